//! RSA signatures: the checks on the key, and which code does the work.
//!
//! aws-lc-rs is given the two numbers of the key and not its DER, so that there
//! is one reading of the key (ours), and no second parse. What it has no
//! algorithm for goes to the module `own`, with the feature `legacy`.

#[cfg(feature = "legacy")]
mod own;

use aws_lc_rs::digest::Digest;
use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPssSaltLength, RsaPublicKeyComponents,
};

use super::algorithm::{HashAlgorithm, PssParameters, SignatureAlgorithm};
use super::bit_length;
use super::digest::{Message, imported};
use super::error::VerifyError;
use crate::encoding::der::Integer;

/// The longest RSA modulus that is computed with, in bits. aws-lc and OpenSSL
/// stop there too (OPENSSL_RSA_MAX_MODULUS_BITS).
pub const RSA_MAX_MODULUS_BITS: usize = 16_384;

/// The longest public exponent that is computed with, in bits: the limit of
/// BoringSSL and aws-lc. Few keys go beyond 2^16 + 1, some to 2^32 + 1; a long
/// exponent only makes a verifier slow.
pub const RSA_MAX_EXPONENT_BITS: usize = 33;

/// An RSA key that has passed the checks of RFC 8017 §3.1 that need no factors.
pub(super) struct RsaKey<'a> {
    /// n, big-endian without leading zeros, odd.
    modulus: &'a [u8],
    /// e, big-endian without leading zeros, odd and at least 3.
    exponent: &'a [u8],
    /// Bits of n.
    bits: usize,
}

impl<'a> RsaKey<'a> {
    pub(super) fn new(n: Integer<'a>, e: Integer<'a>) -> Result<Self, VerifyError> {
        let odd = |magnitude: &&[u8]| magnitude.last().is_some_and(|octet| octet & 1 == 1);
        let modulus = n
            .unsigned()
            .filter(odd)
            .ok_or(VerifyError::MalformedKey("the RSA modulus is not a positive odd number (RFC 8017 §3.1)"))?;
        let bits = bit_length(modulus);
        if bits > RSA_MAX_MODULUS_BITS {
            return Err(VerifyError::LimitExceeded {
                name: "RSA_MAX_MODULUS_BITS",
                limit: RSA_MAX_MODULUS_BITS,
                found: bits,
            });
        }
        let exponent =
            e.unsigned().filter(odd).filter(|magnitude| *magnitude != [1]).ok_or(VerifyError::MalformedKey(
                "the RSA exponent is not an odd number of at least 3 (RFC 8017 §3.1)",
            ))?;
        let exponent_bits = bit_length(exponent);
        if exponent_bits > RSA_MAX_EXPONENT_BITS {
            return Err(VerifyError::LimitExceeded {
                name: "RSA_MAX_EXPONENT_BITS",
                limit: RSA_MAX_EXPONENT_BITS,
                found: exponent_bits,
            });
        }
        Ok(RsaKey { modulus, exponent, bits })
    }

    /// RFC 8017 §8.1.2 and §8.2.2, step 1: exactly as long as the modulus.
    fn check_length(&self, signature: &[u8]) -> Result<(), VerifyError> {
        if signature.len() == self.modulus.len() { Ok(()) } else { Err(VerifyError::Invalid) }
    }

    fn with_library(&self, library: &RsaParameters, octets: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        self.components().verify(library, octets, signature).map_err(|_| VerifyError::Invalid)
    }

    fn with_library_hashed(
        &self,
        library: &'static RsaParameters,
        digest: &Digest,
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        let key = self.components().to_parsed_public_key(library).map_err(|_| VerifyError::Invalid)?;
        key.verify_digest_sig(digest, signature).map_err(|_| VerifyError::Invalid)
    }

    fn components(&self) -> RsaPublicKeyComponents<&'a [u8]> {
        RsaPublicKeyComponents { n: self.modulus, e: self.exponent }
    }
}

/// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2).
pub(super) fn verify_pkcs1(
    key: &RsaKey<'_>,
    hash: HashAlgorithm,
    message: Message<'_>,
    signature: &[u8],
) -> Result<(), VerifyError> {
    if matches!(hash, HashAlgorithm::Md2 | HashAlgorithm::Md4) {
        return Err(VerifyError::UnsupportedAlgorithm(SignatureAlgorithm::RsaPkcs1(hash).describe()));
    }
    key.check_length(signature)?;
    let library = match (hash, key.bits) {
        (HashAlgorithm::Sha1, 1024..=8192) => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (HashAlgorithm::Sha256, 1024..=8192) => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        (HashAlgorithm::Sha384, 2048..=8192) => &RSA_PKCS1_2048_8192_SHA384,
        (HashAlgorithm::Sha512, 1024..=8192) => &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        _ => return own_pkcs1(key, hash, message, signature),
    };
    match message {
        Message::Octets(octets) => key.with_library(library, octets, signature),
        Message::Hashed(_) => {
            let digest = imported(message, hash).ok_or(VerifyError::Invalid)?;
            key.with_library_hashed(library, &digest, signature)
        }
    }
}

/// RSASSA-PSS (RFC 8017 §8.1.2).
pub(super) fn verify_pss(
    key: &RsaKey<'_>,
    parameters: PssParameters,
    message: Message<'_>,
    signature: &[u8],
) -> Result<(), VerifyError> {
    let PssParameters { hash, mgf_hash, salt_len } = parameters;
    if [hash, mgf_hash].iter().any(|hash| matches!(hash, HashAlgorithm::Md2 | HashAlgorithm::Md4)) {
        return Err(VerifyError::UnsupportedAlgorithm(SignatureAlgorithm::RsaPss(parameters).describe()));
    }
    key.check_length(signature)?;
    // RFC 8017 §9.1.2 step 3: the encoded message has one bit less than the modulus.
    let encoded_octets = (key.bits - 1).div_ceil(8);
    let Some(salt) =
        u16::try_from(salt_len).ok().filter(|salt| hash.output_octets() + usize::from(*salt) + 2 <= encoded_octets)
    else {
        return Err(VerifyError::Invalid);
    };
    let library = match (hash, key.bits) {
        _ if hash != mgf_hash => None,
        (HashAlgorithm::Sha256, 2048..=8192) => Some(RSA_PSS_2048_8192_SHA256),
        (HashAlgorithm::Sha384, 2048..=8192) => Some(RSA_PSS_2048_8192_SHA384),
        (HashAlgorithm::Sha512, 2048..=8192) => Some(RSA_PSS_2048_8192_SHA512),
        _ => None,
    };
    match (library, message) {
        (Some(library), Message::Octets(octets)) => {
            key.with_library(&library.with_pss_salt_length(RsaPssSaltLength::Custom(salt)), octets, signature)
        }
        // The library parses keys for constant parameters alone, and verifies a hash only with a parsed key.
        _ => own_pss(key, parameters, usize::from(salt), message, signature),
    }
}

#[cfg(feature = "legacy")]
fn own_pkcs1(key: &RsaKey<'_>, hash: HashAlgorithm, message: Message<'_>, signature: &[u8]) -> Result<(), VerifyError> {
    own::verify_pkcs1(key, hash, message, signature)
}

#[cfg(feature = "legacy")]
fn own_pss(
    key: &RsaKey<'_>,
    parameters: PssParameters,
    salt: usize,
    message: Message<'_>,
    signature: &[u8],
) -> Result<(), VerifyError> {
    own::verify_pss(key, parameters, salt, message, signature)
}

#[cfg(not(feature = "legacy"))]
fn own_pkcs1(
    key: &RsaKey<'_>,
    hash: HashAlgorithm,
    _message: Message<'_>,
    _signature: &[u8],
) -> Result<(), VerifyError> {
    let name = SignatureAlgorithm::RsaPkcs1(hash).describe();
    Err(super::error::needs_legacy(format!("{name} of {} bits", key.bits)))
}

#[cfg(not(feature = "legacy"))]
fn own_pss(
    key: &RsaKey<'_>,
    parameters: PssParameters,
    _salt: usize,
    _message: Message<'_>,
    _signature: &[u8],
) -> Result<(), VerifyError> {
    let name = SignatureAlgorithm::RsaPss(parameters).describe();
    Err(super::error::needs_legacy(format!("{name} and a key of {} bits", key.bits)))
}
