//! Taking over what a file has, so that it can be changed and written again.

use std::fmt;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{Tag, encode};
use zeroize::Zeroizing;

use super::attributes::BagAttributes;
use super::contents::{CertificateEntry, Contents, KeyEntry, OtherEntry};
use super::error::WriteError;
use super::pairing::Hint;
use crate::oid;
use crate::pfx::ber_to_der::to_der;
use crate::pfx::{AttributeProblem, AttributeProblemKind, AttributeText, Attributes, Bag, BagContent, OtherAttribute};
use crate::pfx::{Pfx, Position};
use crate::secret::SecretOctets;

/// Something of a file that is not taken over as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The bag.
    pub position: Position,
    /// What.
    pub kind: RemarkKind,
}

/// The kinds of [`Remark`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemarkKind {
    /// What is wrong with an attribute is left out: its further values, one that
    /// cannot be read, one that came twice.
    Attribute(AttributeProblem),
    /// A bag of bags is left out, and what is in it stands where it stood; its
    /// attributes, if it has any, are left out.
    Unnested,
    /// The password protected to accounts of a domain is left out: it is that of the
    /// file as it was.
    SidProtection,
    /// A secret is encrypted by itself (Java's keys for symmetric ciphers) and stays
    /// so, with the password that it has.
    KeepsItsPassword,
}

impl Contents {
    /// All that a file has, which must have been opened; and what is not taken over
    /// as it stands. localKeyIDs are computed anew when it is written.
    ///
    /// # Errors
    /// A part was not decrypted.
    pub fn of(pfx: &Pfx) -> Result<(Contents, Vec<Remark>), WriteError> {
        let mut contents = Contents::default();
        let mut remarks = Vec::new();
        for safe in &pfx.safes {
            if safe.contents.is_none() {
                return Err(WriteError::Locked(Position { safe: safe.number, bag: None }));
            }
            for bag in safe.bags() {
                contents.take(bag, &mut remarks)?;
            }
        }
        Ok((contents, remarks))
    }

    fn take(&mut self, bag: &Bag, remarks: &mut Vec<Remark>) -> Result<(), WriteError> {
        let position = bag.position;
        let mut remark = |kind| remarks.push(Remark { position, kind });
        let typed = |kind: &[u8], of: &[u8], value: &[u8]| {
            let value = Zeroizing::new(encode(Tag::context_constructed(0), &[value]));
            (kind.to_vec(), SecretOctets::new(encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[of]), &value])))
        };
        let (kind, value) = match &bag.content {
            BagContent::Key(_) | BagContent::ShroudedKey(_) | BagContent::UnshroudedKey(_) => {
                let key = bag.private_key().ok_or(WriteError::Locked(position))?;
                let mut entry = KeyEntry::new(key.octets.clone())?;
                (entry.attributes, entry.hint) = attributes(&bag.attributes, &mut remark);
                self.keys.push(entry);
                return Ok(());
            }
            BagContent::X509Certificate(octets) => {
                let (attributes, hint) = attributes(&bag.attributes, &mut remark);
                self.certificates.push(CertificateEntry { octets: octets.clone(), attributes, hint });
                return Ok(());
            }
            BagContent::SafeContents(_) => {
                remark(RemarkKind::Unnested);
                return Ok(());
            }
            BagContent::Secret { oid, .. } if oid == oid::MS_SID_PROTECTED => {
                remark(RemarkKind::SidProtection);
                return Ok(());
            }
            BagContent::Secret { oid, octets } => {
                if oid == oid::SHROUDED_KEY_BAG {
                    remark(RemarkKind::KeepsItsPassword);
                }
                typed(oid::SECRET_BAG, oid, &to_der(octets.expose()))
            }
            BagContent::SdsiCertificate(text) => {
                typed(oid::CERT_BAG, oid::SDSI_CERTIFICATE, &encode(Tag::IA5_STRING, &[text]))
            }
            BagContent::OtherCertificate { oid, octets } => typed(oid::CERT_BAG, oid, &to_der(octets)),
            BagContent::X509Crl(octets) => typed(oid::CRL_BAG, oid::X509_CRL, &encode(Tag::OCTET_STRING, &[octets])),
            BagContent::OtherCrl { oid, octets } => typed(oid::CRL_BAG, oid, &to_der(octets)),
            BagContent::Other { oid, octets } => {
                (oid.clone(), SecretOctets::new(std::mem::take(&mut *to_der(octets.expose()))))
            }
        };
        let local_key_id = bag.attributes.local_key_id.clone();
        let (attributes, _) = attributes(&bag.attributes, &mut remark);
        self.others.push(OtherEntry { bag: kind, value, attributes, local_key_id });
        Ok(())
    }
}

fn attributes(read: &Attributes, remark: &mut impl FnMut(RemarkKind)) -> (BagAttributes, Option<Hint>) {
    for problem in &read.problems {
        remark(RemarkKind::Attribute(*problem));
    }
    let text = |text: &Option<AttributeText>| {
        text.as_ref().and_then(AttributeText::text).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let properties = read.extended_properties.iter().map(|property| &property.octets);
    let others = properties.chain(read.others.iter().map(|other| &other.octets));
    let others = others.map(|octets| {
        let octets = to_der(octets).to_vec();
        OtherAttribute { oid: type_of(&octets), octets }
    });
    let attributes = BagAttributes {
        provider: text(&read.provider),
        machine_keyset: read.machine_keyset,
        friendly_name: text(&read.friendly_name),
        others: others.collect(),
    };
    (attributes, read.local_key_id.clone().map(|id| Hint { source: 0, id }))
}

/// Content octets of an Attribute's type.
fn type_of(attribute: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(attribute);
    let oid = reader.enter(Tag::SEQUENCE).and_then(|_| reader.expect(Tag::OID));
    oid.map(|oid| oid.content.to_vec()).unwrap_or_default()
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.position)?;
        match &self.kind {
            RemarkKind::Attribute(problem) => {
                problem.fmt(f)?;
                f.write_str(match problem.kind {
                    AttributeProblemKind::Duplicate | AttributeProblemKind::SeveralValues => "; the rest is left out",
                    _ => "; it is left out",
                })
            }
            RemarkKind::Unnested => f.write_str("bags stand in a bag (safeContentsBag); they are written side by side"),
            RemarkKind::SidProtection => f.write_str(
                "the password that is protected to accounts of a domain is left out, as it is that of the old file",
            ),
            RemarkKind::KeepsItsPassword => {
                f.write_str("a secret that is encrypted by itself stays so, with the password that it has")
            }
        }
    }
}
