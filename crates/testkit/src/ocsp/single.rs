//! What a response says about one certificate.

use aws_lc_rs::digest::{self, digest};

use super::explicit_list;
use crate::der;
use crate::extension::{Extension, ExtensionList};
use crate::issuer::Issuer;
use crate::time;

/// The hash by which a CertID names an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the hash it names")]
pub enum OcspHash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl OcspHash {
    fn parts(self) -> (&'static str, &'static digest::Algorithm) {
        match self {
            OcspHash::Sha1 => ("1.3.14.3.2.26", &digest::SHA1_FOR_LEGACY_USE_ONLY),
            OcspHash::Sha224 => ("2.16.840.1.101.3.4.2.4", &digest::SHA224),
            OcspHash::Sha256 => ("2.16.840.1.101.3.4.2.1", &digest::SHA256),
            OcspHash::Sha384 => ("2.16.840.1.101.3.4.2.2", &digest::SHA384),
            OcspHash::Sha512 => ("2.16.840.1.101.3.4.2.3", &digest::SHA512),
        }
    }

    /// A CertID (RFC 6960 §4.1.1) of this serial number (content octets) under
    /// this issuer, encoded.
    pub fn cert_id(self, serial: &[u8], issuer: impl AsRef<Issuer>) -> Vec<u8> {
        let issuer = issuer.as_ref();
        let (oid, algorithm) = self.parts();
        let spki = issuer.key.spki();
        let (_, bits) = der::open(der::open(&spki).0);
        let key = der::open(bits).0.get(1..).unwrap_or_default();
        der::sequence([
            der::algorithm(oid, &der::null()),
            der::octet_string(digest(algorithm, &issuer.name.to_der()).as_ref()),
            der::octet_string(digest(algorithm, key).as_ref()),
            der::integer_octets(serial),
        ])
    }
}

/// What is said about one certificate (SingleResponse, RFC 6960 §4.2.1).
///
/// Without further words from [`time::THIS_UPDATE`] to [`time::NEXT_UPDATE`],
/// named by SHA-1, without extensions.
#[derive(Clone)]
pub struct OcspSingle {
    serial: Vec<u8>,
    issuer: Issuer,
    hash: OcspHash,
    cert_id: Option<Vec<u8>>,
    status: Vec<u8>,
    this_update: Vec<u8>,
    next_update: Vec<u8>,
    extensions: ExtensionList,
}

impl OcspSingle {
    /// The certificate with this serial number (content octets) from this
    /// issuer is good.
    pub fn good(serial: &[u8], issuer: impl AsRef<Issuer>) -> Self {
        OcspSingle {
            serial: serial.to_vec(),
            issuer: issuer.as_ref().clone(),
            hash: OcspHash::Sha1,
            cert_id: None,
            status: der::implicit(0, &[]),
            this_update: time::encode_generalized(time::THIS_UPDATE),
            next_update: der::explicit(0, &time::encode_generalized(time::NEXT_UPDATE)),
            extensions: ExtensionList::default(),
        }
    }

    /// It was revoked at this time, in seconds since 1970, for this reason.
    pub fn revoked(serial: &[u8], issuer: impl AsRef<Issuer>, unix: i64, reason: Option<u8>) -> Self {
        let reason = reason.map(|reason| der::explicit(0, &der::enumerated(reason.into()))).unwrap_or_default();
        let info = der::concat([time::encode_generalized(unix), reason]);
        Self::good(serial, issuer).status_raw(der::implicit_constructed(1, &info))
    }

    /// The responder does not know it.
    pub fn unknown(serial: &[u8], issuer: impl AsRef<Issuer>) -> Self {
        Self::good(serial, issuer).status_raw(der::implicit(2, &[]))
    }

    /// The hash by which the issuer is named.
    #[must_use]
    pub fn hash(mut self, hash: OcspHash) -> Self {
        self.hash = hash;
        self
    }

    /// The CertID as it stands.
    #[must_use]
    pub fn cert_id_raw(mut self, der: Vec<u8>) -> Self {
        self.cert_id = Some(der);
        self
    }

    /// The CertStatus as it stands.
    #[must_use]
    pub fn status_raw(mut self, der: Vec<u8>) -> Self {
        self.status = der;
        self
    }

    /// thisUpdate in seconds since 1970.
    #[must_use]
    pub fn this_update(self, unix: i64) -> Self {
        self.this_update_raw(time::encode_generalized(unix))
    }

    /// thisUpdate, encoded.
    #[must_use]
    pub fn this_update_raw(mut self, der: Vec<u8>) -> Self {
        self.this_update = der;
        self
    }

    /// nextUpdate in seconds since 1970, or none.
    #[must_use]
    pub fn next_update(mut self, unix: Option<i64>) -> Self {
        self.next_update = unix.map(|unix| der::explicit(0, &time::encode_generalized(unix))).unwrap_or_default();
        self
    }

    /// Sets an extension; one with the same identifier is replaced.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.set(&extension);
        self
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        let cert_id = self.cert_id.clone().unwrap_or_else(|| self.hash.cert_id(&self.serial, &self.issuer));
        let extensions = explicit_list(1, &self.extensions);
        der::sequence([cert_id, self.status.clone(), self.this_update.clone(), self.next_update.clone(), extensions])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::fields;
    use crate::key::Key;

    #[test]
    fn cert_ids_hash_name_and_key() {
        let issuer = &Issuer::new("CA", Key::ed25519(0));
        let id = fields(&OcspHash::Sha1.cert_id(&[5], issuer));
        assert_eq!(id[2], der::octet_string(&issuer.key_identifier));
        let id = fields(&OcspHash::Sha512.cert_id(&[5], issuer));
        assert_eq!((id[1].len(), id[2].len(), id[3].as_slice()), (66, 66, &[2, 1, 5][..]));
    }
}
