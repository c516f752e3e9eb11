//! Public keys and algorithm identifiers.

use certlens_core::crypto::algorithm::SignatureAlgorithm;
use certlens_core::x509::oid::oids;
use certlens_core::x509::spki::{AlgorithmIdentifier, Curve, PublicKey, SubjectPublicKeyInfo};
use schemars::JsonSchema;
use serde::Serialize;

use super::octets::NumberFacts;
use super::{ErrorFacts, Hex, OidFacts};

/// An algorithm with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AlgorithmFacts {
    /// The algorithm in words, parameters included, as `RSA-PSS with SHA-256, salt 32`.
    pub(crate) description: String,
    /// The algorithm's identifier.
    pub(crate) algorithm: OidFacts,
    /// The parameters as encoded; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameters: Option<Hex>,
    /// Why the parameters cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorFacts>,
}

impl AlgorithmFacts {
    /// The algorithm of a signature.
    pub(crate) fn of_signature(identifier: &AlgorithmIdentifier<'_>) -> Self {
        let (description, error) = match SignatureAlgorithm::from_identifier(identifier) {
            Ok(algorithm) => (algorithm.describe(), None),
            Err(error) => (identifier.oid.name_or_dotted(), Some(ErrorFacts::new(&error))),
        };
        AlgorithmFacts {
            description,
            algorithm: OidFacts::new(identifier.oid),
            parameters: identifier.parameters.map(|tlv| tlv.raw().into()),
            error,
        }
    }
}

/// The subject's public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PublicKeyFacts {
    /// The key in words, as `RSA 2048`.
    pub(crate) description: String,
    /// The algorithm's identifier.
    pub(crate) algorithm: OidFacts,
    /// The algorithm's parameters as encoded; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameters: Option<Hex>,
    /// Size in bits: modulus of RSA and DSA, field of an elliptic curve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bits: Option<usize>,
    /// The decoded key, or why it cannot be decoded.
    #[serde(flatten)]
    pub(crate) reading: KeyReading,
}

/// A key that was decoded, or one that could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyReading {
    /// The key's parts.
    Key(KeyFacts),
    /// Why the key could not be decoded.
    Error(BrokenKey),
}

/// A key that could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BrokenKey {
    /// Where and why.
    #[serde(flatten)]
    pub(crate) error: ErrorFacts,
    /// The octets of the key.
    pub(crate) octets: Hex,
}

/// The parts of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum KeyFacts {
    /// RSA.
    Rsa {
        /// The modulus.
        modulus: NumberFacts,
        /// The public exponent.
        exponent: NumberFacts,
        /// The key is marked for RSASSA-PSS alone.
        pss_only: bool,
        /// To which parameters a key for RSASSA-PSS is restricted (RFC 4055 §3.3).
        #[serde(skip_serializing_if = "Option::is_none")]
        pss_restriction: Option<String>,
    },
    /// Elliptic curve.
    Ec {
        /// The curve's name, dotted identifier, or `explicit` or `implicit`.
        curve: String,
        /// The point (SEC 1 §2.3.3).
        point: Hex,
        /// How the point is written.
        form: PointForm,
    },
    /// Ed25519.
    Ed25519 {
        /// The key's octets.
        octets: Hex,
    },
    /// Ed448.
    Ed448 {
        /// The key's octets.
        octets: Hex,
    },
    /// ML-DSA.
    MlDsa {
        /// The parameter set, as `ML-DSA-65`.
        parameter_set: String,
        /// The key's octets.
        octets: Hex,
    },
    /// DSA.
    Dsa {
        /// The domain parameters; absent when they are the issuer's.
        #[serde(skip_serializing_if = "Option::is_none")]
        domain: Option<Box<DsaDomain>>,
        /// The public value.
        y: NumberFacts,
    },
    /// A key of an algorithm that certlens does not decode.
    Unknown {
        /// The key's octets.
        octets: Hex,
    },
}

/// Domain parameters of DSA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DsaDomain {
    /// The prime modulus.
    pub(crate) p: NumberFacts,
    /// The prime divisor of p − 1.
    pub(crate) q: NumberFacts,
    /// The generator.
    pub(crate) g: NumberFacts,
}

/// How an elliptic-curve point is written (SEC 1 §2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PointForm {
    /// Both coordinates.
    Uncompressed,
    /// One coordinate and a sign.
    Compressed,
    /// Both coordinates and a sign, which no RFC permits.
    Hybrid,
    /// Another first octet.
    Unknown,
}

impl PointForm {
    fn new(point: &[u8]) -> Self {
        match point.first() {
            Some(0x04) => PointForm::Uncompressed,
            Some(0x02 | 0x03) => PointForm::Compressed,
            Some(0x06 | 0x07) => PointForm::Hybrid,
            _ => PointForm::Unknown,
        }
    }

    /// The word for a report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            PointForm::Uncompressed => "uncompressed",
            PointForm::Compressed => "compressed",
            PointForm::Hybrid => "hybrid",
            PointForm::Unknown => "unknown form",
        }
    }
}

impl PublicKeyFacts {
    pub(crate) fn new(spki: &SubjectPublicKeyInfo<'_>) -> Self {
        let octets = || Hex::from(spki.key.bytes);
        let (description, bits, reading) = match spki.public_key() {
            Ok(key) => (key.describe(), key.bits(), KeyReading::Key(read(spki, &key, octets))),
            Err(error) => {
                let description = format!("undecodable {} key", spki.algorithm.oid.name_or_dotted());
                let broken = BrokenKey { error: ErrorFacts::new(&error), octets: octets() };
                (description, None, KeyReading::Error(broken))
            }
        };
        PublicKeyFacts {
            description,
            algorithm: OidFacts::new(spki.algorithm.oid),
            parameters: spki.algorithm.parameters.map(|tlv| tlv.raw().into()),
            bits,
            reading,
        }
    }
}

fn read(spki: &SubjectPublicKeyInfo<'_>, key: &PublicKey<'_>, octets: impl Fn() -> Hex) -> KeyFacts {
    match key {
        PublicKey::Rsa { n, e, pss_only, .. } => KeyFacts::Rsa {
            modulus: NumberFacts::new(*n),
            exponent: NumberFacts::new(*e),
            pss_only: *pss_only,
            pss_restriction: (spki.algorithm.oid == oids::RSASSA_PSS && spki.algorithm.parameters.is_some())
                .then(|| AlgorithmFacts::of_signature(&spki.algorithm).description),
        },
        PublicKey::Ec { curve, point } => {
            let curve = match curve {
                Curve::P256 => "P-256".to_owned(),
                Curve::P384 => "P-384".to_owned(),
                Curve::P521 => "P-521".to_owned(),
                Curve::Other(oid) => oid.name_or_dotted(),
                Curve::Explicit => "explicit".to_owned(),
                Curve::Implicit => "implicit".to_owned(),
            };
            KeyFacts::Ec { curve, point: (*point).into(), form: PointForm::new(point) }
        }
        PublicKey::Ed25519(bytes) => KeyFacts::Ed25519 { octets: (*bytes).into() },
        PublicKey::Ed448(bytes) => KeyFacts::Ed448 { octets: (*bytes).into() },
        PublicKey::MlDsa(set, bytes) => {
            KeyFacts::MlDsa { parameter_set: set.name().to_owned(), octets: (*bytes).into() }
        }
        PublicKey::Dsa { parameters, y } => KeyFacts::Dsa {
            domain: parameters.map(|domain| {
                Box::new(DsaDomain {
                    p: NumberFacts::new(domain.p),
                    q: NumberFacts::new(domain.q),
                    g: NumberFacts::new(domain.g),
                })
            }),
            y: NumberFacts::new(*y),
        },
        PublicKey::Unknown(_) => KeyFacts::Unknown { octets: octets() },
    }
}
