//! Bags: what a safe holds (RFC 7292 §4.2).

use std::fmt;

use super::attribute::Attributes;
use super::place::{Place, Position};
use super::private_key::PrivateKey;
use crate::oid;
use crate::pbe::{AlgorithmError, Encryption};
use crate::secret::SecretOctets;

/// A bag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bag {
    /// The safe it is in, and its number there.
    pub position: Position,
    /// Where it starts.
    pub place: Place,
    /// What it holds.
    pub content: BagContent,
    /// Its attributes.
    pub attributes: Attributes,
}

/// What a bag holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BagContent {
    /// A private key that no password of its own protects (keyBag).
    Key(PrivateKey),
    /// A private key, encrypted by itself (pkcs8ShroudedKeyBag).
    ShroudedKey(ShroudedKey),
    /// A private key that is not encrypted where one that is should be: GnuTLS writes
    /// it so for an empty password, and OpenSSL does not read it.
    UnshroudedKey(PrivateKey),
    /// An X.509 certificate as it stands, not looked into.
    X509Certificate(Vec<u8>),
    /// An SDSI certificate, in Base64 (RFC 7292 §4.2.3).
    SdsiCertificate(Vec<u8>),
    /// A certificate of an unknown type, with the octets of its value.
    OtherCertificate {
        /// Content octets of the type's OBJECT IDENTIFIER.
        oid: Vec<u8>,
        /// The value as it stands, with tag and length.
        octets: Vec<u8>,
    },
    /// An X.509 CRL as it stands, not looked into.
    X509Crl(Vec<u8>),
    /// A CRL of an unknown type, with the octets of its value.
    OtherCrl {
        /// Content octets of the type's OBJECT IDENTIFIER.
        oid: Vec<u8>,
        /// The value as it stands, with tag and length.
        octets: Vec<u8>,
    },
    /// Something secret that is no private key (secretBag), such as a key of Java
    /// for symmetric ciphers.
    Secret {
        /// Content octets of the type's OBJECT IDENTIFIER.
        oid: Vec<u8>,
        /// The value as it stands, with tag and length.
        octets: SecretOctets,
    },
    /// More bags (safeContentsBag).
    SafeContents(Vec<Bag>),
    /// A bag of an unknown type.
    Other {
        /// Content octets of the type's OBJECT IDENTIFIER.
        oid: Vec<u8>,
        /// The value as it stands, with tag and length.
        octets: SecretOctets,
    },
}

/// A private key, encrypted by itself (EncryptedPrivateKeyInfo, RFC 5958 §3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShroudedKey {
    /// How it is encrypted, or why that cannot be read.
    pub encryption: Result<Encryption, AlgorithmError>,
    /// What is encrypted.
    pub ciphertext: Vec<u8>,
    /// The key, once the file was opened.
    pub key: Option<PrivateKey>,
}

impl Bag {
    /// Whether it holds a private key, readable or not.
    pub fn is_private_key(&self) -> bool {
        self.content.is_private_key()
    }

    /// The private key, when the bag has one that can be read.
    pub fn private_key(&self) -> Option<&PrivateKey> {
        match &self.content {
            BagContent::Key(key) | BagContent::UnshroudedKey(key) => Some(key),
            BagContent::ShroudedKey(shrouded) => shrouded.key.as_ref(),
            _ => None,
        }
    }

    /// The octets of the X.509 certificate, when it holds one.
    pub fn certificate(&self) -> Option<&[u8]> {
        match &self.content {
            BagContent::X509Certificate(octets) => Some(octets),
            _ => None,
        }
    }
}

impl BagContent {
    pub(super) fn is_private_key(&self) -> bool {
        matches!(self, BagContent::Key(_) | BagContent::ShroudedKey(_) | BagContent::UnshroudedKey(_))
    }

    /// The bags inside; of all but a safeContentsBag none.
    pub fn bags(&self) -> &[Bag] {
        match self {
            BagContent::SafeContents(bags) => bags,
            _ => &[],
        }
    }
}

/// The standard's name of the kind of bag, and of what is in it.
impl fmt::Display for BagContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BagContent::Key(_) => f.write_str("keyBag"),
            BagContent::ShroudedKey(_) => f.write_str("pkcs8ShroudedKeyBag"),
            BagContent::UnshroudedKey(_) => f.write_str("pkcs8ShroudedKeyBag (not encrypted)"),
            BagContent::X509Certificate(_) => f.write_str("certBag (x509Certificate)"),
            BagContent::SdsiCertificate(_) => f.write_str("certBag (sdsiCertificate)"),
            BagContent::OtherCertificate { oid, .. } => write!(f, "certBag ({})", oid::name(oid)),
            BagContent::X509Crl(_) => f.write_str("crlBag (x509Crl)"),
            BagContent::OtherCrl { oid, .. } => write!(f, "crlBag ({})", oid::name(oid)),
            BagContent::Secret { oid, .. } => write!(f, "secretBag ({})", oid::name(oid)),
            BagContent::SafeContents(_) => f.write_str("safeContentsBag"),
            BagContent::Other { oid, .. } => write!(f, "bag of the unknown type {}", oid::name(oid)),
        }
    }
}

/// All bags of a list, each before those inside it.
pub(super) fn flat<'a>(bags: &'a [Bag]) -> impl Iterator<Item = &'a Bag> + use<'a> {
    let mut open = vec![bags.iter()];
    std::iter::from_fn(move || {
        loop {
            match open.last_mut()?.next() {
                Some(bag) => {
                    open.push(bag.content.bags().iter());
                    return Some(bag);
                }
                None => drop(open.pop()),
            }
        }
    })
}
