//! OneAsymmetricKey (RFC 5958 §2), formerly PrivateKeyInfo (RFC 5208 §5).

use certlens_core::encoding::der::{Cursor, Decode, InField, Tag, encode};
use certlens_core::x509::oid::oids;
use certlens_core::x509::spki::{AlgorithmIdentifier, MlDsa};
use zeroize::Zeroizing;

use super::PrivateKey;
use super::algorithm::{DH_KEY_AGREEMENT, KeyAlgorithm};
use super::attributes::KeyAttributes;
use super::discrete::{self, Group};
use super::ec::{EcPrivateKey, same_point};
use super::error::{KeyError, KeyProblem, NoPublicKey};
use super::facts::{Facts, public_algorithm, spki};
use super::work::KeyWork;
use super::{modern, rsa};
use crate::secret::SecretOctets;

/// Reads a OneAsymmetricKey.
pub(super) fn read(mut cursor: Cursor<'_>, work: &mut KeyWork) -> Result<PrivateKey, KeyError> {
    let mut inside = cursor.sequence().in_field("OneAsymmetricKey")?;
    cursor.finish();
    let version = inside.integer().in_field("OneAsymmetricKey.version")?.to_u32();
    if !matches!(version, Some(0 | 1)) {
        return Err(KeyError::Version { structure: "OneAsymmetricKey", found: version });
    }
    let algorithm = AlgorithmIdentifier::decode(&mut inside).in_field("OneAsymmetricKey.privateKeyAlgorithm")?;
    let octets = inside.expect(Tag::OCTET_STRING).in_field("OneAsymmetricKey.privateKey")?;
    let mut problems = Vec::new();
    let attributes = match inside.optional(Tag::context_constructed(0)).in_field("attributes")? {
        Some(attributes) => KeyAttributes::read(attributes.cursor(), &mut problems)?,
        None => KeyAttributes::default(),
    };
    let stored = match inside.optional(Tag::context(1)).in_field("OneAsymmetricKey.publicKey")? {
        Some(public) => public.bit_string().in_field("OneAsymmetricKey.publicKey")?.octets(),
        None => None,
    };
    inside.finish();
    if stored.is_some() && version == Some(0) {
        problems.push(KeyProblem::PublicKeyInVersion1);
    }

    let mut facts = facts(&algorithm, octets.cursor(), &mut problems, work)?;
    if let Some(stored) = stored {
        match &facts.public {
            Ok(known) if !same_point(known, stored) => problems.push(KeyProblem::StoredPublicKey),
            // Where it could have been computed, what is stored is not taken unseen.
            Ok(_) | Err(NoPublicKey::PrivateValue | NoPublicKey::WorkSpent) => {}
            Err(_) => (facts.public, facts.is_stored) = (Ok(stored.to_vec()), true),
        }
    }
    Ok(PrivateKey {
        algorithm_identifier: algorithm.raw.to_vec(),
        octets: SecretOctets::new(octets.content().to_vec()),
        attributes,
        stored_public: stored.map(<[u8]>::to_vec),
        algorithm: facts.algorithm,
        is_public_stored: facts.is_stored,
        spki: facts.public.map(|key| spki(&in_certificate(&algorithm, octets.cursor()), &key)),
        problems,
    })
}

/// The algorithm identifier that a certificate of the key has. A curve that stands
/// inside the key alone (RFC 5915 §3 wants it outside) is said there too.
fn in_certificate(algorithm: &AlgorithmIdentifier<'_>, octets: Cursor<'_>) -> Vec<u8> {
    let inside = match (algorithm.oid, algorithm.parameters) {
        (oids::EC_PUBLIC_KEY, None) => EcPrivateKey::read(octets).ok().and_then(|key| key.parameters),
        _ => None,
    };
    match inside {
        Some(curve) => {
            let oid = encode(Tag::OID, &[oids::EC_PUBLIC_KEY.as_bytes()]);
            encode(Tag::SEQUENCE, &[&oid, curve.raw()])
        }
        None => public_algorithm(algorithm),
    }
}

/// Reads the private key octets by their algorithm.
fn facts(
    algorithm: &AlgorithmIdentifier<'_>,
    octets: Cursor<'_>,
    problems: &mut Vec<KeyProblem>,
    work: &mut KeyWork,
) -> Result<Facts, KeyError> {
    match algorithm.oid {
        oids::RSA_ENCRYPTION => rsa::read(octets, false, problems, work),
        oids::RSASSA_PSS => rsa::read(octets, true, problems, work),
        oids::EC_PUBLIC_KEY => EcPrivateKey::read(octets)?.facts(algorithm.parameters, problems, work),
        oids::DSA => discrete::read(Group::Dsa, algorithm.parameters, octets, work),
        DH_KEY_AGREEMENT | oids::DH_PUBLIC_NUMBER => {
            discrete::read(Group::Pkcs3OrX942, algorithm.parameters, octets, work)
        }
        oids::ED25519 => modern::read_curve(KeyAlgorithm::Ed25519, octets, work),
        oids::ED448 => modern::read_curve(KeyAlgorithm::Ed448, octets, work),
        oids::X25519 => modern::read_curve(KeyAlgorithm::X25519, octets, work),
        oids::X448 => modern::read_curve(KeyAlgorithm::X448, octets, work),
        oids::ML_DSA_44 => modern::read_ml_dsa(MlDsa::MlDsa44, octets, problems, work),
        oids::ML_DSA_65 => modern::read_ml_dsa(MlDsa::MlDsa65, octets, problems, work),
        oids::ML_DSA_87 => modern::read_ml_dsa(MlDsa::MlDsa87, octets, problems, work),
        other => {
            let algorithm = KeyAlgorithm::Other(other.as_bytes().to_vec());
            Ok(Facts::computed(algorithm, Err(NoPublicKey::NotComputed)))
        }
    }
}

/// Writes a OneAsymmetricKey: version 1 unless a public key is stored.
pub(super) fn write(key: &PrivateKey) -> SecretOctets {
    let version = encode(Tag::INTEGER, &[&[u8::from(key.stored_public.is_some())]]);
    let octets = Zeroizing::new(encode(Tag::OCTET_STRING, &[key.octets.expose()]));
    let attributes = key.attributes.to_der();
    let public = key.stored_public.as_ref().map(|public| encode(Tag::context(1), &[&[0], public]));
    let parts = [&version, &key.algorithm_identifier, &*octets, &attributes, public.as_deref().unwrap_or_default()];
    SecretOctets::new(encode(Tag::SEQUENCE, &parts))
}
