//! What a PFX that is written has in it, and changing it.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{Cursor, DerError, Tag, encode};
use certlens_core::x509::Certificate;
use zeroize::Zeroizing;

use super::attributes::BagAttributes;
use super::error::WriteError;
use super::pairing::Hint;
use crate::key::{self, KeyAlgorithm, KeyAttributes, KeyUsageAttribute, KeyWork};
use crate::oid;
use crate::pfx::PrivateKey;
use crate::pfx::ber_to_der::to_der;
use crate::provider::KeySpec;
use crate::secret::SecretOctets;

/// What a PFX is to have in it, in the order in which it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Private keys.
    pub keys: Vec<KeyEntry>,
    /// X.509 certificates.
    pub certificates: Vec<CertificateEntry>,
    /// Everything else that a file had.
    pub others: Vec<OtherEntry>,
}

/// A private key that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// PrivateKeyInfo, in DER.
    octets: SecretOctets,
    /// The attributes of its bag, but not localKeyID, which is computed.
    pub attributes: BagAttributes,
    /// What a file had as its localKeyID.
    pub(super) hint: Option<Hint>,
}

/// A certificate that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateEntry {
    pub(super) octets: Vec<u8>,
    /// The attributes of its bag, but not localKeyID, which is computed.
    pub attributes: BagAttributes,
    pub(super) hint: Option<Hint>,
}

/// Something else that is written as it stood in a file: a CRL, a secret that is no
/// private key, a certificate or bag of an unknown type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherEntry {
    /// Content octets of the bag type's OBJECT IDENTIFIER.
    pub(super) bag: Vec<u8>,
    /// The bag's value, in DER.
    pub(super) value: SecretOctets,
    /// The attributes of its bag.
    pub attributes: BagAttributes,
    /// localKeyID, as it was.
    pub(super) local_key_id: Option<Vec<u8>>,
}

/// What was there already when contents were merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Keys that came once more and were not added.
    pub repeated_keys: usize,
    /// Those of them of which Windows was told something else.
    pub told_otherwise: Vec<ToldOtherwise>,
    /// Certificates that came once more and were not added.
    pub repeated_certificates: usize,
}

/// A key that came once more, and what is said of it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldOtherwise {
    /// The place of the key that stays.
    pub key: usize,
    /// The attributes that were left out.
    pub attributes: BagAttributes,
    /// keyUsage that was left out.
    pub key_usage: Option<KeyUsageAttribute>,
}

impl KeyEntry {
    /// A key without attributes of its bag, from PrivateKeyInfo (PKCS#8) in DER or
    /// BER; its own attributes, such as keyUsage, stay.
    ///
    /// # Errors
    /// It is no PrivateKeyInfo.
    pub fn new(pkcs8: SecretOctets) -> Result<KeyEntry, WriteError> {
        let octets = SecretOctets::new(std::mem::take(&mut *to_der(pkcs8.expose())));
        let read = PrivateKey::read(octets).map_err(WriteError::Key)?;
        Ok(KeyEntry { octets: read.octets, attributes: BagAttributes::default(), hint: None })
    }

    /// PrivateKeyInfo, in DER.
    pub fn pkcs8(&self) -> &SecretOctets {
        &self.octets
    }

    /// What kind of key it is; `None` when it cannot be read. Nothing is computed with it.
    pub fn algorithm(&self) -> Option<KeyAlgorithm> {
        let key = key::PrivateKey::from_pkcs8_within(self.octets.expose(), &mut KeyWork::none());
        key.ok().map(|key| key.algorithm().clone())
    }

    /// By which the same key is found again, whatever its attributes are.
    fn fingerprint(&self) -> Vec<u8> {
        let octets = self.octets.expose();
        let parts = algorithm_and_key(octets).unwrap_or([octets, &[]]);
        fingerprint(&Zeroizing::new(parts.concat()))
    }

    /// Whether another provider, key store or usage is asked for.
    fn is_told_otherwise(&self, other: &KeyEntry) -> bool {
        let told = |key: &KeyEntry| (key.attributes.provider.clone(), key.attributes.machine_keyset, key.key_usage());
        told(self) != told(other)
    }

    /// keyUsage among the key's own attributes, from which Windows takes the key
    /// spec or the allowed usages; `None` when there is none that can be read.
    pub fn key_usage(&self) -> Option<KeyUsageAttribute> {
        PrivateKey::read(self.octets.clone()).ok()?.key_usage
    }

    /// Sets keyUsage in the place of any that is there, or removes it.
    ///
    /// # Errors
    /// The key's other attributes cannot be read.
    pub fn set_key_usage(&mut self, usage: Option<&KeyUsageAttribute>) -> Result<(), WriteError> {
        self.octets = with_key_usage(self.octets.expose(), usage).map_err(WriteError::Key)?;
        Ok(())
    }

    /// Sets the key spec that Windows gives the key in a CSP. Without one, keyUsage
    /// is removed: an RSA key in a CSP is then for key exchange, and a key in a KSP
    /// for everything.
    ///
    /// # Errors
    /// As [`KeyEntry::set_key_usage`].
    pub fn set_key_spec(&mut self, spec: Option<KeySpec>) -> Result<(), WriteError> {
        let usage = spec.map(|spec| match spec {
            KeySpec::Exchange => KeyUsageAttribute::key_exchange(),
            KeySpec::Signature => KeyUsageAttribute::signature(),
        });
        self.set_key_usage(usage.as_ref())
    }
}

/// The algorithm and the privateKey of a PrivateKeyInfo.
fn algorithm_and_key(pkcs8: &[u8]) -> Result<[&[u8]; 2], DerError> {
    let mut reader = Reader::new(pkcs8);
    reader.enter(Tag::SEQUENCE)?;
    reader.expect(Tag::INTEGER)?;
    Ok([reader.expect(Tag::SEQUENCE)?.raw, reader.expect(Tag::OCTET_STRING)?.raw])
}

/// PrivateKeyInfo with another keyUsage; all else stays octet by octet.
fn with_key_usage(pkcs8: &[u8], usage: Option<&KeyUsageAttribute>) -> Result<SecretOctets, DerError> {
    let mut reader = Reader::new(pkcs8);
    reader.enter(Tag::SEQUENCE)?;
    let mut parts = vec![
        reader.expect(Tag::INTEGER)?.raw,
        reader.expect(Tag::SEQUENCE)?.raw,
        reader.expect(Tag::OCTET_STRING)?.raw,
    ];
    let mut attributes = KeyAttributes::default();
    if reader.peek()?.is_some_and(|header| header.tag == Tag::context_constructed(0)) {
        let present = reader.expect(Tag::context_constructed(0))?.content;
        attributes = KeyAttributes::read(Cursor::silent(present), &mut Vec::new())?;
    }
    attributes.set_key_usage(usage);
    let attributes = attributes.to_der();
    parts.push(&attributes);
    // The public key of version 2 (RFC 5958 §2).
    while let Some(more) = reader.value()? {
        parts.push(more.raw);
    }
    Ok(SecretOctets::new(encode(Tag::SEQUENCE, &parts)))
}

impl CertificateEntry {
    /// A certificate without attributes.
    ///
    /// # Errors
    /// The octets are no certificate.
    pub fn new(octets: Vec<u8>) -> Result<CertificateEntry, WriteError> {
        Certificate::from_der(&octets).map_err(WriteError::Certificate)?;
        Ok(CertificateEntry { octets, attributes: BagAttributes::default(), hint: None })
    }

    /// The certificate as it is written.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

impl OtherEntry {
    /// Whether it is no secret: a CRL, or a certificate of another type.
    pub fn is_public(&self) -> bool {
        matches!(self.bag.as_slice(), oid::CRL_BAG | oid::CERT_BAG)
    }

    /// The kind of its bag, by the name of its type.
    pub fn kind(&self) -> String {
        oid::name(&self.bag)
    }
}

impl Contents {
    /// Adds a certificate unless it is there; returns whether it was added. Each one is
    /// compared with all that are there: many are added by [`Contents::merge`].
    ///
    /// # Errors
    /// The octets are no certificate.
    pub fn add_certificate(&mut self, octets: Vec<u8>) -> Result<bool, WriteError> {
        let is_new = self.certificates.iter().all(|entry| entry.octets != octets);
        let entry = CertificateEntry::new(octets)?;
        if is_new {
            self.certificates.push(entry);
        }
        Ok(is_new)
    }

    /// Drops the certificates of which there is no key, and returns them.
    ///
    /// # Errors
    /// There are more keys or certificates than are compared.
    pub fn drop_chain(&mut self) -> Result<Vec<CertificateEntry>, WriteError> {
        let is_of_key = self.local_key_ids()?.certificates;
        let (with_key, chain): (Vec<_>, Vec<_>) =
            self.certificates.drain(..).zip(is_of_key).partition(|(_, id)| id.is_some());
        self.certificates = with_key.into_iter().map(|(entry, _)| entry).collect();
        Ok(chain.into_iter().map(|(entry, _)| entry).collect())
    }

    /// Adds all of another file. A key or certificate that is here already is not
    /// added again; the attributes of the one here stay, a key's own among them.
    pub fn merge(&mut self, other: Contents) -> Merged {
        let mut merged = Merged::default();
        // What one file calls its first key is not what another one does.
        let hints = self.keys.iter().map(|key| &key.hint).chain(self.certificates.iter().map(|entry| &entry.hint));
        let sources = hints.flatten().map(|hint| hint.source + 1).max().unwrap_or(0);
        let moved = |hint: Option<Hint>| hint.map(|hint| Hint { source: hint.source + sources, ..hint });
        let mut keys: HashMap<_, _> = self.keys.iter().enumerate().map(|(at, key)| (key.fingerprint(), at)).collect();
        for key in other.keys {
            let at = *keys.entry(key.fingerprint()).or_insert(self.keys.len());
            match self.keys.get(at) {
                Some(present) => {
                    merged.repeated_keys += 1;
                    if present.is_told_otherwise(&key) {
                        let key_usage = key.key_usage();
                        merged.told_otherwise.push(ToldOtherwise { key: at, attributes: key.attributes, key_usage });
                    }
                }
                None => self.keys.push(KeyEntry { hint: moved(key.hint), ..key }),
            }
        }
        let present = self.certificates.iter().enumerate().map(|(at, entry)| (fingerprint(&entry.octets), at));
        let mut present: HashMap<_, _> = present.collect();
        for entry in other.certificates {
            let hint = moved(entry.hint);
            let at = *present.entry(fingerprint(&entry.octets)).or_insert(self.certificates.len());
            match self.certificates.get_mut(at) {
                Some(present) => {
                    merged.repeated_certificates += 1;
                    present.hint = present.hint.take().or(hint);
                }
                None => self.certificates.push(CertificateEntry { hint, ..entry }),
            }
        }
        self.others.extend(other.others);
        merged
    }

    /// Drops what is not known of all bags: bags that hold neither key nor X.509
    /// certificate, and attributes without a name here. Microsoft's extended
    /// properties are among those. Returns the names of what was dropped.
    pub fn drop_others(&mut self) -> Vec<String> {
        let mut dropped: Vec<String> = self.others.drain(..).map(|entry| entry.kind()).collect();
        let keys = self.keys.iter_mut().map(|key| &mut key.attributes);
        let certificates = self.certificates.iter_mut().map(|entry| &mut entry.attributes);
        for attributes in keys.chain(certificates) {
            dropped.extend(attributes.others.drain(..).map(|other| oid::name(&other.oid)));
        }
        dropped
    }
}

/// By which the same octets are found again in time that does not grow with their number.
fn fingerprint(octets: &[u8]) -> Vec<u8> {
    digest(&SHA256, octets).as_ref().to_vec()
}
