//! ECDSA on the curves P-256, P-384 and P-521, with any hash that is not broken
//! beyond use.

use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA1_ASN1, ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1,
    ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA1_ASN1,
    ECDSA_P521_SHA224_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1, ECDSA_P521_SHA512_ASN1,
    EcdsaVerificationAlgorithm, ParsedPublicKey, UnparsedPublicKey,
};

use super::algorithm::{HashAlgorithm, SignatureAlgorithm};
use super::digest::{self as own_digest, Message};
use super::error::VerifyError;
use crate::x509::spki::{Curve, PublicKey};

/// Octets of the longest hash that [`Library::Padded`] stretches to: SHA-384's.
const MAX_PADDED: usize = 48;

/// How aws-lc-rs verifies a pair of curve and hash.
enum Library {
    /// It has a constant for the pair.
    Direct(&'static EcdsaVerificationAlgorithm),
    /// It has none. ECDSA reads the hash as an integer (FIPS 186-5 §6.4.2), and a
    /// hash shorter than the curve's order is the same integer with zeros before
    /// it, so the value goes in padded, as if it were of this longer hash.
    Padded(&'static EcdsaVerificationAlgorithm, &'static digest::Algorithm),
}

/// Verifies an ECDSA-Sig-Value in DER (RFC 3279 §2.2.3); aws-lc takes no other
/// encoding of it.
pub(super) fn verify(
    curve: Curve<'_>,
    point: &[u8],
    hash_algorithm: HashAlgorithm,
    message: Message<'_>,
    signature: &[u8],
) -> Result<(), VerifyError> {
    let Some(field) = curve.field_octets() else {
        return Err(VerifyError::UnsupportedKey(PublicKey::Ec { curve, point }.describe()));
    };
    // RFC 5480 §2.2: uncompressed or compressed, never hybrid. Without this check
    // aws-lc would also take a whole SubjectPublicKeyInfo in the place of a point.
    let length = match point.first() {
        Some(0x04) => 1 + 2 * field,
        Some(0x02 | 0x03) => 1 + field,
        _ => return Err(VerifyError::MalformedKey("the point is neither compressed nor uncompressed (RFC 5480 §2.2)")),
    };
    if point.len() != length {
        return Err(VerifyError::MalformedKey("the point has not the length of its curve (SEC 1 §2.3.4)"));
    }
    let unsupported = || VerifyError::UnsupportedAlgorithm(SignatureAlgorithm::Ecdsa(hash_algorithm).describe());
    let (library, result) = match library(curve, hash_algorithm).ok_or_else(unsupported)? {
        Library::Direct(library) => {
            let key = UnparsedPublicKey::new(library, point);
            let result = match message {
                Message::Octets(octets) => key.verify(octets, signature),
                Message::Hashed(_) => {
                    let digest = own_digest::imported(message, hash_algorithm).ok_or_else(unsupported)?;
                    key.verify_digest(&digest, signature)
                }
            };
            (library, result)
        }
        Library::Padded(library, longer) => {
            let value = message.hash(hash_algorithm).ok_or_else(unsupported)?;
            let mut padded = [0; MAX_PADDED];
            for (to, from) in padded.iter_mut().take(longer.output_len()).rev().zip(value.as_bytes().iter().rev()) {
                *to = *from;
            }
            let padded = padded.get(..longer.output_len()).unwrap_or_default();
            let digest = Digest::import_less_safe(padded, longer).map_err(|_| unsupported())?;
            (library, UnparsedPublicKey::new(library, point).verify_digest(&digest, signature))
        }
    };
    // Only a failure is worth a second look at the key.
    result.map_err(|_| match ParsedPublicKey::new(library, point) {
        Ok(_) => VerifyError::Invalid,
        Err(_) => VerifyError::MalformedKey("the point is not on its curve (SEC 1 §3.2.2.1)"),
    })
}

fn library(curve: Curve<'_>, hash: HashAlgorithm) -> Option<Library> {
    use HashAlgorithm::{Md2, Md4, Md5, Sha1, Sha224, Sha256, Sha384, Sha512};
    use Library::{Direct, Padded};

    Some(match (curve, hash) {
        (_, Md2 | Md4 | Md5) => return None,
        (Curve::P256, Sha1) => Direct(&ECDSA_P256_SHA1_ASN1),
        (Curve::P256, Sha224) => Padded(&ECDSA_P256_SHA256_ASN1, &digest::SHA256),
        (Curve::P256, Sha256) => Direct(&ECDSA_P256_SHA256_ASN1),
        (Curve::P256, Sha384) => Direct(&ECDSA_P256_SHA384_ASN1),
        (Curve::P256, Sha512) => Direct(&ECDSA_P256_SHA512_ASN1),
        (Curve::P384, Sha1 | Sha224) => Padded(&ECDSA_P384_SHA384_ASN1, &digest::SHA384),
        (Curve::P384, Sha256) => Direct(&ECDSA_P384_SHA256_ASN1),
        (Curve::P384, Sha384) => Direct(&ECDSA_P384_SHA384_ASN1),
        (Curve::P384, Sha512) => Direct(&ECDSA_P384_SHA512_ASN1),
        (Curve::P521, Sha1) => Direct(&ECDSA_P521_SHA1_ASN1),
        (Curve::P521, Sha224) => Direct(&ECDSA_P521_SHA224_ASN1),
        (Curve::P521, Sha256) => Direct(&ECDSA_P521_SHA256_ASN1),
        (Curve::P521, Sha384) => Direct(&ECDSA_P521_SHA384_ASN1),
        (Curve::P521, Sha512) => Direct(&ECDSA_P521_SHA512_ASN1),
        (Curve::Other(_) | Curve::Explicit | Curve::Implicit, _) => return None,
    })
}
