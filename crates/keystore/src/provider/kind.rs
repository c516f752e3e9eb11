//! What kind of key it is, as far as Windows makes a difference.

use std::fmt;

use certlens_core::x509::oid::Oid;
use certlens_core::x509::spki::{Curve, PublicKey};

use crate::key::{EcCurve, KeyAlgorithm};

/// What kind of key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA for every use; one that is marked for PSS alone (RFC 4055 §1.2) is another
    /// algorithm.
    Rsa {
        /// Bits of the modulus.
        bits: usize,
    },
    /// DSA.
    Dsa,
    /// Diffie-Hellman (X9.42 or PKCS #3).
    Dh,
    /// An elliptic curve, by its name.
    Ec {
        /// As `P-256`, or an object identifier.
        curve: String,
    },
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
    /// ML-DSA, by its parameter set.
    MlDsa,
    /// Another algorithm, by its name or object identifier.
    Other(String),
    /// Neither key nor certificate could be read.
    Unknown,
}

impl KeyKind {
    /// That of a certificate's key.
    pub fn of(key: &PublicKey<'_>) -> KeyKind {
        match key {
            PublicKey::Rsa { pss_only: true, .. } => KeyKind::Other(key.describe()),
            PublicKey::Rsa { .. } => KeyKind::Rsa { bits: key.bits().unwrap_or(0) },
            PublicKey::Ec { curve, .. } => KeyKind::Ec {
                curve: match curve {
                    Curve::P256 => "P-256".to_owned(),
                    Curve::P384 => "P-384".to_owned(),
                    Curve::P521 => "P-521".to_owned(),
                    Curve::Other(oid) => oid.name_or_dotted(),
                    Curve::Explicit | Curve::Implicit => "unnamed curve".to_owned(),
                },
            },
            PublicKey::Ed25519(_) => KeyKind::Ed25519,
            PublicKey::Ed448(_) => KeyKind::Ed448,
            PublicKey::MlDsa(..) => KeyKind::MlDsa,
            PublicKey::Dsa { .. } => KeyKind::Dsa,
            PublicKey::Unknown(oid) => KeyKind::Other(oid.name_or_dotted()),
        }
    }
}

impl From<&KeyAlgorithm> for KeyKind {
    fn from(algorithm: &KeyAlgorithm) -> KeyKind {
        match algorithm {
            KeyAlgorithm::Rsa { pss_only: true, .. } => KeyKind::Other(algorithm.describe()),
            KeyAlgorithm::Rsa { bits, .. } => KeyKind::Rsa { bits: *bits },
            KeyAlgorithm::Dsa { .. } => KeyKind::Dsa,
            KeyAlgorithm::Dh { .. } => KeyKind::Dh,
            KeyAlgorithm::Ec(curve) => KeyKind::Ec {
                curve: match curve {
                    EcCurve::P256 => "P-256".to_owned(),
                    EcCurve::P384 => "P-384".to_owned(),
                    EcCurve::P521 => "P-521".to_owned(),
                    EcCurve::Other(oid) => Oid::new(oid).name_or_dotted(),
                    EcCurve::Explicit | EcCurve::Implicit => "unnamed curve".to_owned(),
                },
            },
            KeyAlgorithm::Ed25519 => KeyKind::Ed25519,
            KeyAlgorithm::Ed448 => KeyKind::Ed448,
            KeyAlgorithm::MlDsa(_) => KeyKind::MlDsa,
            KeyAlgorithm::X25519 | KeyAlgorithm::X448 | KeyAlgorithm::Other(_) => KeyKind::Other(algorithm.describe()),
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyKind::Rsa { bits } => write!(f, "RSA {bits}"),
            KeyKind::Dsa => f.write_str("DSA"),
            KeyKind::Dh => f.write_str("DH"),
            KeyKind::Ec { curve } => write!(f, "EC {curve}"),
            KeyKind::Ed25519 => f.write_str("Ed25519"),
            KeyKind::Ed448 => f.write_str("Ed448"),
            KeyKind::MlDsa => f.write_str("ML-DSA"),
            KeyKind::Other(name) => f.write_str(name),
            KeyKind::Unknown => f.write_str("unknown algorithm"),
        }
    }
}
