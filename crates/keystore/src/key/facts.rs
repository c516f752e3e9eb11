//! What is found out about a key, whatever its algorithm.

use certlens_core::encoding::der::{Tag, encode};
use certlens_core::x509::oid::oids;
use certlens_core::x509::spki::AlgorithmIdentifier;

use super::algorithm::KeyAlgorithm;
use super::error::NoPublicKey;

/// What the private key octets say.
pub(super) struct Facts {
    pub(super) algorithm: KeyAlgorithm,
    /// The public key as it stands in the BIT STRING of a SubjectPublicKeyInfo.
    pub(super) public: Result<Vec<u8>, NoPublicKey>,
    /// Whether the public key was stored with the private one, and is not computed from it:
    /// nothing shows that it is its own.
    pub(super) is_stored: bool,
}

impl Facts {
    /// Those of a key whose public half, if it is known, was computed.
    pub(super) const fn computed(algorithm: KeyAlgorithm, public: Result<Vec<u8>, NoPublicKey>) -> Facts {
        Facts { algorithm, public, is_stored: false }
    }
}

/// AlgorithmIdentifier of rsaEncryption (RFC 3279 §2.3.1: the parameters are NULL).
pub(super) fn rsa_encryption() -> Vec<u8> {
    let oid = encode(Tag::OID, &[oids::RSA_ENCRYPTION.as_bytes()]);
    encode(Tag::SEQUENCE, &[&oid, &encode(Tag::NULL, &[])])
}

/// The algorithm identifier that a certificate has for a key with this one.
pub(super) fn public_algorithm(algorithm: &AlgorithmIdentifier<'_>) -> Vec<u8> {
    if algorithm.oid == oids::RSA_ENCRYPTION { rsa_encryption() } else { algorithm.raw.to_vec() }
}

/// SubjectPublicKeyInfo (RFC 5280 §4.1).
pub(super) fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    encode(Tag::SEQUENCE, &[algorithm, &encode(Tag::BIT_STRING, &[&[0], key])])
}
