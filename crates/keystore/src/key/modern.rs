//! Keys on Edwards and Montgomery curves (RFC 8410 §7), and ML-DSA (RFC 9881 §6).

use aws_lc_rs::agreement::{self, X25519};
use aws_lc_rs::encoding::AsRawBytes;
use aws_lc_rs::signature::{
    Ed25519KeyPair, KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair,
};
use certlens_core::encoding::der::{Cursor, InField, Tag};
use certlens_core::x509::spki::MlDsa;

use super::algorithm::KeyAlgorithm;
use super::error::{KeyError, KeyProblem, NoPublicKey};
use super::facts::Facts;
use super::work::KeyWork;

/// What computing a public key on a curve of 255 bits costs.
const CURVE_STEPS: u64 = 20_000;

/// What expanding an ML-DSA key costs, whichever its form.
const ML_DSA_STEPS: u64 = 150_000;

/// Reads CurvePrivateKey, an OCTET STRING.
///
/// # Errors
/// Another structure, or not the length of the curve's keys.
pub(super) fn read_curve(
    algorithm: KeyAlgorithm,
    mut cursor: Cursor<'_>,
    work: &mut KeyWork,
) -> Result<Facts, KeyError> {
    let private = cursor.octet_string().in_field("CurvePrivateKey")?;
    cursor.finish();
    let expected = match algorithm {
        KeyAlgorithm::Ed448 => 57,
        KeyAlgorithm::X448 => 56,
        _ => 32,
    };
    if private.len() != expected {
        return Err(KeyError::Malformed("the private key has not the length of its curve (RFC 8032 §5, RFC 7748 §5)"));
    }
    if matches!(algorithm, KeyAlgorithm::Ed25519 | KeyAlgorithm::X25519) && !work.spend(CURVE_STEPS) {
        return Ok(Facts::computed(algorithm, Err(NoPublicKey::WorkSpent)));
    }
    let public = match algorithm {
        KeyAlgorithm::Ed25519 => {
            Ed25519KeyPair::from_seed_unchecked(private).ok().map(|pair| pair.public_key().as_ref().to_vec())
        }
        KeyAlgorithm::X25519 => agreement::PrivateKey::from_private_key(&X25519, private)
            .ok()
            .and_then(|key| key.compute_public_key().ok())
            .map(|public| public.as_ref().to_vec()),
        _ => None,
    };
    Ok(Facts::computed(algorithm, public.ok_or(NoPublicKey::NotComputed)))
}

/// Reads an ML-DSA private key: `[0]` seed, the expanded key, or a SEQUENCE of both.
///
/// # Errors
/// Another structure, or lengths that the parameter set does not have.
pub(super) fn read_ml_dsa(
    set: MlDsa,
    mut cursor: Cursor<'_>,
    problems: &mut Vec<KeyProblem>,
    work: &mut KeyWork,
) -> Result<Facts, KeyError> {
    let (seed, expanded) = match cursor.peek() {
        0x80 => (Some(cursor.expect(Tag::context(0))?.content()), None),
        0x04 => (None, Some(cursor.octet_string()?)),
        _ => {
            let mut both = cursor.sequence().in_field("ML-DSA-PrivateKey")?;
            let parts = (both.octet_string().in_field("seed")?, both.octet_string().in_field("expandedKey")?);
            both.finish();
            (Some(parts.0), Some(parts.1))
        }
    };
    cursor.finish();
    if !work.spend(ML_DSA_STEPS) {
        return Ok(Facts::computed(KeyAlgorithm::MlDsa(set), Err(NoPublicKey::WorkSpent)));
    }
    let algorithm = match set {
        MlDsa::MlDsa44 => &ML_DSA_44_SIGNING,
        MlDsa::MlDsa65 => &ML_DSA_65_SIGNING,
        MlDsa::MlDsa87 => &ML_DSA_87_SIGNING,
    };
    let malformed = |_| KeyError::Malformed("the ML-DSA private key is not one of its parameter set (RFC 9881 §6)");
    let pair = match (seed, expanded) {
        // The seed is the key, the rest follows from it.
        (Some(seed), _) => PqdsaKeyPair::from_seed(algorithm, seed).map_err(malformed)?,
        (None, Some(expanded)) => PqdsaKeyPair::from_raw_private_key(algorithm, expanded).map_err(malformed)?,
        (None, None) => return Err(KeyError::Malformed("the ML-DSA private key is empty (RFC 9881 §6)")),
    };
    if let (Some(_), Some(expanded)) = (seed, expanded)
        && pair.private_key().as_raw_bytes().map_or(true, |own| own.as_ref() != expanded)
    {
        problems.push(KeyProblem::SeedDiffers);
    }
    let public = pair.public_key().as_ref().to_vec();
    Ok(Facts::computed(KeyAlgorithm::MlDsa(set), Ok(public)))
}
