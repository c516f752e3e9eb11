//! What a certificate needs of its issuer: a name and a key. An issuer is a
//! certificate, or a trust anchor of which only these two are known
//! (RFC 5280 §6.1.1 (d)).

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField};
use crate::x509::Certificate;
use crate::x509::digest::sha256;
use crate::x509::name::{Name, NameDigest};
use crate::x509::spki::SubjectPublicKeyInfo;

/// A name and a key that belong together, without a certificate.
#[derive(Clone)]
pub struct NamedKey {
    inner: Arc<Inner>,
}

struct Inner {
    name: Box<[u8]>,
    spki: Box<[u8]>,
    name_digest: OnceLock<NameDigest>,
    spki_digest: OnceLock<[u8; 32]>,
}

impl NamedKey {
    /// Reads an encoded Name and an encoded SubjectPublicKeyInfo.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read, or is followed by more octets.
    pub fn from_der(name: &[u8], spki: &[u8]) -> Result<NamedKey, DerError> {
        read_whole::<Name<'_>>(name).in_field("name")?;
        read_whole::<SubjectPublicKeyInfo<'_>>(spki).in_field("subjectPublicKeyInfo")?;
        let inner = Inner {
            name: Box::from(name),
            spki: Box::from(spki),
            name_digest: OnceLock::new(),
            spki_digest: OnceLock::new(),
        };
        Ok(NamedKey { inner: Arc::new(inner) })
    }

    /// The name.
    pub fn name(&self) -> Name<'_> {
        again(&self.inner.name)
    }

    /// The key.
    pub fn spki(&self) -> SubjectPublicKeyInfo<'_> {
        again(&self.inner.spki)
    }

    /// What the name is compared by, computed when first asked for.
    pub fn name_digest(&self) -> NameDigest {
        *self.inner.name_digest.get_or_init(|| self.name().digest())
    }

    /// SHA-256 of the key, computed when first asked for.
    pub fn spki_digest(&self) -> [u8; 32] {
        *self.inner.spki_digest.get_or_init(|| sha256(&self.inner.spki))
    }
}

impl PartialEq for NamedKey {
    fn eq(&self, other: &Self) -> bool {
        self.inner.name == other.inner.name && self.inner.spki == other.inner.spki
    }
}

impl Eq for NamedKey {}

impl fmt::Debug for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NamedKey({})", self.name())
    }
}

fn read_whole<'a, T: Decode<'a>>(der: &'a [u8]) -> Result<T, DerError> {
    let mut cursor = Cursor::silent(der);
    let value = T::decode(&mut cursor)?;
    if !cursor.is_empty() {
        return Err(DerError::new(cursor.offset(), DerErrorKind::TrailingData));
    }
    Ok(value)
}

fn again<'a, T: Decode<'a>>(der: &'a [u8]) -> T {
    match T::decode(&mut Cursor::silent(der).read_before()) {
        Ok(value) => value,
        Err(error) => unreachable!("what was read before cannot be read again: {error}"),
    }
}

/// An issuer as the certificates below it see it.
#[derive(Clone, Copy, Debug)]
pub enum Issuer<'a> {
    /// A certificate.
    Certificate(&'a Certificate),
    /// A name and a key.
    NamedKey(&'a NamedKey),
}

impl<'a> Issuer<'a> {
    /// The name that certificates below have as issuer.
    pub fn name(self) -> Name<'a> {
        match self {
            Issuer::Certificate(certificate) => certificate.subject(),
            Issuer::NamedKey(key) => key.name(),
        }
    }

    /// What the name is compared by.
    pub fn name_digest(self) -> NameDigest {
        match self {
            Issuer::Certificate(certificate) => certificate.subject_digest(),
            Issuer::NamedKey(key) => key.name_digest(),
        }
    }

    /// The encoded name.
    pub fn name_raw(self) -> &'a [u8] {
        match self {
            Issuer::Certificate(certificate) => certificate.subject_raw(),
            Issuer::NamedKey(key) => &key.inner.name,
        }
    }

    /// The key that signs.
    pub fn spki(self) -> SubjectPublicKeyInfo<'a> {
        match self {
            Issuer::Certificate(certificate) => certificate.spki(),
            Issuer::NamedKey(key) => key.spki(),
        }
    }

    /// The encoded key.
    pub fn spki_raw(self) -> &'a [u8] {
        match self {
            Issuer::Certificate(certificate) => certificate.spki_raw(),
            Issuer::NamedKey(key) => &key.inner.spki,
        }
    }

    /// SHA-256 of the key.
    pub fn spki_digest(self) -> [u8; 32] {
        match self {
            Issuer::Certificate(certificate) => certificate.spki_digest(),
            Issuer::NamedKey(key) => key.spki_digest(),
        }
    }

    /// The subject key identifier, when it is known.
    pub fn key_identifier(self) -> Option<&'a [u8]> {
        match self {
            Issuer::Certificate(certificate) => certificate.subject_key_identifier(),
            Issuer::NamedKey(_) => None,
        }
    }

    /// Whether this is the name that the certificate gives as its issuer's
    /// (RFC 5280 §7.1).
    pub fn is_named_by(self, child: &Certificate) -> bool {
        self.name_raw() == child.issuer_raw() || self.name_digest() == child.issuer_digest()
    }
}
