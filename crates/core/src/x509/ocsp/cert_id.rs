//! CertID, by which OCSP names a certificate (RFC 6960 §4.1.1).

use std::cell::OnceCell;

use aws_lc_rs::digest::{self, Digest, digest};

use crate::encoding::der::{Cursor, Decode, DerError, InField, Integer, Tag, encode};
use crate::encoding::deviation::DeviationKind;
use crate::x509::Certificate;
use crate::x509::issuer::Issuer;
use crate::x509::oid::{Oid, oids};
use crate::x509::spki::AlgorithmIdentifier;

/// A hash that a CertID can be made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertIdHash {
    /// SHA-1: what responders must understand (RFC 5019 §2.1.1).
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl CertIdHash {
    /// The hash with this identifier, `None` when it is not one of these.
    pub fn from_oid(oid: Oid<'_>) -> Option<CertIdHash> {
        match oid {
            oids::SHA1 => Some(CertIdHash::Sha1),
            oids::SHA224 => Some(CertIdHash::Sha224),
            oids::SHA256 => Some(CertIdHash::Sha256),
            oids::SHA384 => Some(CertIdHash::Sha384),
            oids::SHA512 => Some(CertIdHash::Sha512),
            _ => None,
        }
    }

    /// Its identifier.
    pub fn oid(self) -> Oid<'static> {
        match self {
            CertIdHash::Sha1 => oids::SHA1,
            CertIdHash::Sha224 => oids::SHA224,
            CertIdHash::Sha256 => oids::SHA256,
            CertIdHash::Sha384 => oids::SHA384,
            CertIdHash::Sha512 => oids::SHA512,
        }
    }

    fn digest(self, octets: &[u8]) -> Digest {
        let algorithm = match self {
            CertIdHash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            CertIdHash::Sha224 => &digest::SHA224,
            CertIdHash::Sha256 => &digest::SHA256,
            CertIdHash::Sha384 => &digest::SHA384,
            CertIdHash::Sha512 => &digest::SHA512,
        };
        digest(algorithm, octets)
    }
}

/// The octets of a public key that OCSP hashes: the BIT STRING without tag,
/// length and count of unused bits (RFC 6960 §4.1.1, §4.2.1).
fn key_octets(issuer: Issuer<'_>) -> &[u8] {
    issuer.spki().key.bytes
}

/// The hash of a key by which a ResponderID names it, always SHA-1 (RFC 6960
/// §4.2.1).
pub(crate) fn key_hash(responder: Issuer<'_>) -> Digest {
    CertIdHash::Sha1.digest(key_octets(responder))
}

/// A CertID as it stands in a request or response.
#[derive(Clone, Copy, Debug)]
pub struct CertIdRef<'a> {
    /// The whole CertID.
    pub raw: &'a [u8],
    /// The hash, which need not be a [`CertIdHash`].
    pub algorithm: AlgorithmIdentifier<'a>,
    /// Hash of the issuer's encoded name.
    pub issuer_name_hash: &'a [u8],
    /// Hash of the issuer's key.
    pub issuer_key_hash: &'a [u8],
    /// The certificate's serial number.
    pub serial: Integer<'a>,
}

impl<'a> Decode<'a> for CertIdRef<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let tlv = cursor.expect(Tag::SEQUENCE).in_field("CertID")?;
        let mut fields = tlv.cursor();
        let algorithm = AlgorithmIdentifier::decode(&mut fields).in_field("hashAlgorithm")?;
        if CertIdHash::from_oid(algorithm.oid).is_some()
            && algorithm.parameters.is_some()
            && !algorithm.has_null_parameters()
        {
            let what = "the parameters of the hash are neither absent nor NULL (RFC 4055 §2.1)";
            fields.note(algorithm.offset, DeviationKind::AlgorithmParameters(what));
        }
        let issuer_name_hash = fields.octet_string().in_field("issuerNameHash")?;
        let issuer_key_hash = fields.octet_string().in_field("issuerKeyHash")?;
        let serial = fields.integer().in_field("serialNumber")?;
        fields.finish();
        Ok(CertIdRef { raw: tlv.raw(), algorithm, issuer_name_hash, issuer_key_hash, serial })
    }
}

impl CertIdRef<'_> {
    /// The hash, `None` when it is not one that can be computed here.
    pub fn hash(&self) -> Option<CertIdHash> {
        CertIdHash::from_oid(self.algorithm.oid)
    }

    /// Whether this means the certificate. To compare with many, make the
    /// [`CertIdMatcher`] once.
    pub fn matches(&self, certificate: &Certificate, issuer: Issuer<'_>) -> bool {
        CertIdMatcher::for_certificate(certificate, issuer).matches(self)
    }
}

/// One certificate and its issuer, to be looked for among CertIDs. Each hash is
/// computed once, however many CertIDs are compared.
#[derive(Debug)]
pub struct CertIdMatcher<'a> {
    serial: &'a [u8],
    names: [&'a [u8]; 2],
    key: &'a [u8],
    hashes: [OnceCell<Hashes>; 5],
}

#[derive(Debug)]
struct Hashes {
    names: [Digest; 2],
    key: Digest,
}

impl<'a> CertIdMatcher<'a> {
    /// The certificate, under this issuer.
    pub fn for_certificate(certificate: &'a Certificate, issuer: Issuer<'a>) -> Self {
        Self::new(certificate.serial(), certificate.issuer_raw(), issuer)
    }

    /// The certificate with this serial number and this encoded issuer name.
    ///
    /// The hash is to be of the name as the certificate has it (RFC 6960
    /// §4.1.1). The same name may be encoded differently in the issuer's own
    /// certificate, which is where many responders take it from, so a hash of
    /// that is accepted too: name and key are the same ones.
    pub fn new(serial: Integer<'a>, issuer_name: &'a [u8], issuer: Issuer<'a>) -> Self {
        CertIdMatcher {
            serial: significant(serial.as_bytes()),
            names: [issuer_name, issuer.name_raw()],
            key: key_octets(issuer),
            hashes: Default::default(),
        }
    }

    /// Whether the CertID means this certificate; never when its hash is not a
    /// [`CertIdHash`].
    pub fn matches(&self, id: &CertIdRef<'_>) -> bool {
        if significant(id.serial.as_bytes()) != self.serial {
            return false;
        }
        let Some(hash) = id.hash() else { return false };
        let Some(cell) = self.hashes.get(hash as usize) else { return false };
        let hashes = cell.get_or_init(|| {
            let [theirs, own] = self.names;
            let first = hash.digest(theirs);
            let second = if own == theirs { first } else { hash.digest(own) };
            Hashes { names: [first, second], key: hash.digest(self.key) }
        });
        hashes.key.as_ref() == id.issuer_key_hash
            && hashes.names.iter().any(|name| name.as_ref() == id.issuer_name_hash)
    }
}

/// The octets of an INTEGER without redundant ones in front, so that numbers are
/// equal when their octets are.
pub(crate) fn significant(mut octets: &[u8]) -> &[u8] {
    while let Some((first, rest)) = octets.split_first()
        && let Some(next) = rest.first()
        && *first == if next & 0x80 == 0 { 0x00 } else { 0xff }
    {
        octets = rest;
    }
    octets
}

/// A CertID to be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertIdOwned {
    der: Vec<u8>,
}

impl CertIdOwned {
    /// The CertID of a certificate under this issuer.
    pub fn for_certificate(certificate: &Certificate, issuer: Issuer<'_>, hash: CertIdHash) -> CertIdOwned {
        // NULL, as everybody writes it: responders look up requests by their octets.
        let algorithm = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[hash.oid().as_bytes()]), &encode(Tag::NULL, &[])]);
        let parts = [
            algorithm,
            encode(Tag::OCTET_STRING, &[hash.digest(certificate.issuer_raw()).as_ref()]),
            encode(Tag::OCTET_STRING, &[hash.digest(key_octets(issuer)).as_ref()]),
            encode(Tag::INTEGER, &[certificate.serial().as_bytes()]),
        ];
        CertIdOwned { der: encode(Tag::SEQUENCE, &parts.each_ref().map(Vec::as_slice)) }
    }

    /// The encoded CertID.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_compare_by_value() {
        for (octets, expected) in [
            (&[][..], &[][..]),
            (&[0], &[0]),
            (&[0, 0, 5], &[5]),
            (&[0, 0x80], &[0, 0x80]),
            (&[0xff, 0xff], &[0xff]),
            (&[0xff, 0x7f], &[0xff, 0x7f]),
            (&[0xff, 0xff, 0x80], &[0x80]),
        ] {
            assert_eq!(significant(octets), expected);
        }
    }

    #[test]
    fn every_hash_has_its_own_place_and_identifier() {
        for hash in [CertIdHash::Sha1, CertIdHash::Sha224, CertIdHash::Sha256, CertIdHash::Sha384, CertIdHash::Sha512] {
            assert!((hash as usize) < 5);
            assert_eq!(CertIdHash::from_oid(hash.oid()), Some(hash));
        }
        assert_eq!(CertIdHash::from_oid(oids::MD5), None);
    }
}
