//! Whether a signature is correct; never whether its algorithm may be accepted.

use aws_lc_rs::signature::{ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87, UnparsedPublicKey, VerificationAlgorithm};

use super::algorithm::{PssParameters, SignatureAlgorithm};
use super::digest::Message;
use super::error::VerifyError;
use super::{dsa, ecdsa, rsa};
use crate::x509::oid::oids;
use crate::x509::spki::{AlgorithmIdentifier, MlDsa, PublicKey};

/// Verifies `signature` over `message` with the signer's key.
///
/// A DSA key needs its parameters filled in; see [`dsa::resolve_dsa`]. The
/// restrictions that an id-RSASSA-PSS key carries are not part of a
/// [`PublicKey`]; see [`check_key_restrictions`].
///
/// # Errors
///
/// Whatever kept the signature from being found correct.
pub fn verify<'m>(
    algorithm: &SignatureAlgorithm<'_>,
    key: &PublicKey<'_>,
    message: impl Into<Message<'m>>,
    signature: &[u8],
) -> Result<(), VerifyError> {
    let message = message.into();
    match (*algorithm, *key) {
        (SignatureAlgorithm::Unknown(_) | SignatureAlgorithm::RsaPssOther(_) | SignatureAlgorithm::Ed448, _) => {
            Err(VerifyError::UnsupportedAlgorithm(algorithm.describe()))
        }
        (_, PublicKey::Unknown(_)) => Err(VerifyError::UnsupportedKey(key.describe())),
        // RFC 4055 §1.2: a key of id-RSASSA-PSS is for RSASSA-PSS alone.
        (SignatureAlgorithm::RsaPkcs1(hash), PublicKey::Rsa { n, e, pss_only: false, .. }) => {
            rsa::verify_pkcs1(&rsa::RsaKey::new(n, e)?, hash, message, signature)
        }
        (SignatureAlgorithm::RsaPss(parameters), PublicKey::Rsa { n, e, .. }) => {
            rsa::verify_pss(&rsa::RsaKey::new(n, e)?, parameters, message, signature)
        }
        (SignatureAlgorithm::Ecdsa(hash), PublicKey::Ec { curve, point }) => {
            ecdsa::verify(curve, point, hash, message, signature)
        }
        (SignatureAlgorithm::Ed25519, PublicKey::Ed25519(octets)) => {
            // aws-lc would also take a whole SubjectPublicKeyInfo; the key is the 32 octets (RFC 8410 §4).
            if octets.len() != 32 {
                return Err(VerifyError::MalformedKey("an Ed25519 key has 32 octets (RFC 8032 §5.1.5)"));
            }
            with_library(&ED25519, octets, whole(message)?, signature)
        }
        (SignatureAlgorithm::MlDsa(set), PublicKey::MlDsa(key_set, octets)) if set == key_set => {
            // As above: the raw key, never a SubjectPublicKeyInfo (RFC 9881 §4).
            if octets.len() != set.public_key_octets() {
                return Err(VerifyError::MalformedKey("the ML-DSA key has not the length of its parameter set"));
            }
            let library = match set {
                MlDsa::MlDsa44 => &ML_DSA_44,
                MlDsa::MlDsa65 => &ML_DSA_65,
                MlDsa::MlDsa87 => &ML_DSA_87,
            };
            with_library(library, octets, whole(message)?, signature)
        }
        (SignatureAlgorithm::Dsa(hash), PublicKey::Dsa { parameters, y }) => {
            let parameters = parameters.ok_or(VerifyError::DsaParametersMissing)?;
            dsa::verify(&parameters, &y, hash, message, signature)
        }
        _ => Err(VerifyError::KeyMismatch { needed: kind_needed(algorithm), found: kind_of(key) }),
    }
}

/// Checks a signature's algorithm against the parameters that an id-RSASSA-PSS
/// key carries: the same hashes, and no less salt (RFC 4055 §3.3).
///
/// `key_algorithm` is the `algorithm` of the signer's SubjectPublicKeyInfo; any
/// other algorithm, or one without parameters, restricts nothing.
///
/// # Errors
///
/// [`VerifyError::KeyRestriction`], or [`VerifyError::MalformedKey`] when the
/// key's parameters cannot be read.
pub fn check_key_restrictions(
    key_algorithm: &AlgorithmIdentifier<'_>,
    algorithm: &SignatureAlgorithm<'_>,
) -> Result<(), VerifyError> {
    if key_algorithm.oid != oids::RSASSA_PSS || key_algorithm.parameters.is_none() {
        return Ok(());
    }
    let key = SignatureAlgorithm::from_identifier(key_algorithm)
        .map_err(|_| VerifyError::MalformedKey("the parameters of the RSASSA-PSS key cannot be read"))?;
    match (key, *algorithm) {
        (SignatureAlgorithm::RsaPss(key), SignatureAlgorithm::RsaPss(signature)) => within(&key, &signature),
        // Hashes not known here: whatever cannot be compared is left to `verify`, which refuses it.
        (_, SignatureAlgorithm::RsaPssOther(_)) => Ok(()),
        (SignatureAlgorithm::RsaPssOther(_), SignatureAlgorithm::RsaPss(_)) => Err(OTHER_HASH),
        _ => Err(VerifyError::KeyRestriction("the key is for RSASSA-PSS alone (RFC 4055 §1.2)")),
    }
}

const OTHER_HASH: VerifyError =
    VerifyError::KeyRestriction("the RSASSA-PSS key is for signatures with another hash (RFC 4055 §3.3)");

fn within(key: &PssParameters, signature: &PssParameters) -> Result<(), VerifyError> {
    if key.hash != signature.hash || key.mgf_hash != signature.mgf_hash {
        return Err(OTHER_HASH);
    }
    if signature.salt_len < key.salt_len {
        return Err(VerifyError::KeyRestriction("the RSASSA-PSS key demands a longer salt (RFC 4055 §3.3)"));
    }
    Ok(())
}

/// Ed25519 and ML-DSA sign the octets themselves (RFC 8032 §5.1, FIPS 204 §5.2).
fn whole(message: Message<'_>) -> Result<&[u8], VerifyError> {
    match message {
        Message::Octets(octets) => Ok(octets),
        Message::Hashed(_) => Err(VerifyError::UnsupportedAlgorithm("a signature on octets that were not kept".into())),
    }
}

/// A key that is used once is cheapest unparsed: a `ParsedPublicKey` copies the
/// octets to the heap first.
fn with_library(
    library: &'static dyn VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), VerifyError> {
    UnparsedPublicKey::new(library, key).verify(message, signature).map_err(|_| VerifyError::Invalid)
}

const RSA_KIND: &str = "an RSA key";
const EC_KIND: &str = "an elliptic-curve key";
const ED25519_KIND: &str = "an Ed25519 key";
const ED448_KIND: &str = "an Ed448 key";
const DSA_KIND: &str = "a DSA key";

fn ml_dsa_kind(set: MlDsa) -> &'static str {
    match set {
        MlDsa::MlDsa44 => "an ML-DSA-44 key",
        MlDsa::MlDsa65 => "an ML-DSA-65 key",
        MlDsa::MlDsa87 => "an ML-DSA-87 key",
    }
}

fn kind_needed(algorithm: &SignatureAlgorithm<'_>) -> &'static str {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => "an RSA key not kept for RSASSA-PSS",
        SignatureAlgorithm::RsaPss(_) | SignatureAlgorithm::RsaPssOther(_) => RSA_KIND,
        SignatureAlgorithm::Ecdsa(_) => EC_KIND,
        SignatureAlgorithm::Ed25519 => ED25519_KIND,
        SignatureAlgorithm::Ed448 => ED448_KIND,
        SignatureAlgorithm::Dsa(_) => DSA_KIND,
        SignatureAlgorithm::MlDsa(set) => ml_dsa_kind(*set),
        SignatureAlgorithm::Unknown(_) => "a key of its own kind",
    }
}

fn kind_of(key: &PublicKey<'_>) -> &'static str {
    match key {
        PublicKey::Rsa { pss_only: true, .. } => "an RSA key for RSASSA-PSS alone",
        PublicKey::Rsa { .. } => RSA_KIND,
        PublicKey::Ec { .. } => EC_KIND,
        PublicKey::Ed25519(_) => ED25519_KIND,
        PublicKey::Ed448(_) => ED448_KIND,
        PublicKey::MlDsa(set, _) => ml_dsa_kind(*set),
        PublicKey::Dsa { .. } => DSA_KIND,
        PublicKey::Unknown(_) => "of an unknown kind",
    }
}

#[cfg(test)]
mod tests;
