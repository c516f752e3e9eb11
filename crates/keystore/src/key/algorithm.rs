//! What kind of key it is.

use certlens_core::x509::oid::{Oid, oids};
use certlens_core::x509::spki::MlDsa;

/// dhKeyAgreement (PKCS #3 §9).
pub(super) const DH_KEY_AGREEMENT: Oid<'static> = Oid::new(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01]);

/// A curve in the Weierstrass form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EcCurve {
    /// NIST P-256, secp256r1.
    P256,
    /// NIST P-384, secp384r1.
    P384,
    /// NIST P-521, secp521r1.
    P521,
    /// Another named curve, by the content octets of its identifier.
    Other(Vec<u8>),
    /// Curve parameters written out, which RFC 5480 §2.1.1 forbids.
    Explicit,
    /// The curve is implied (`implicitCurve`), which RFC 5480 §2.1.1 forbids.
    Implicit,
}

impl EcCurve {
    pub(super) fn by_oid(oid: Oid<'_>) -> EcCurve {
        match oid {
            oids::P256 => EcCurve::P256,
            oids::P384 => EcCurve::P384,
            oids::P521 => EcCurve::P521,
            other => EcCurve::Other(other.as_bytes().to_vec()),
        }
    }

    /// Octets of a private value, for the curves that are computed with (RFC 5915 §3).
    pub(super) fn private_octets(&self) -> Option<usize> {
        match self {
            EcCurve::P256 => Some(32),
            EcCurve::P384 => Some(48),
            EcCurve::P521 => Some(66),
            _ => None,
        }
    }
}

/// A key's algorithm, with what there is to say of its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// RSA.
    Rsa {
        /// Bits of the modulus.
        bits: usize,
        /// The public exponent; `None` beyond 64 bits.
        exponent: Option<u64>,
        /// The key is marked for PSS alone (RFC 4055 §1.2).
        pss_only: bool,
    },
    /// An elliptic-curve key (RFC 5480).
    Ec(EcCurve),
    /// DSA.
    Dsa {
        /// Bits of p; `None` without domain parameters.
        bits: Option<usize>,
    },
    /// Diffie-Hellman, PKCS #3 or X9.42.
    Dh {
        /// Bits of p; `None` without domain parameters.
        bits: Option<usize>,
    },
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// Ed448 (RFC 8410).
    Ed448,
    /// X25519 (RFC 8410).
    X25519,
    /// X448 (RFC 8410).
    X448,
    /// ML-DSA (RFC 9881).
    MlDsa(MlDsa),
    /// Another one, by the content octets of its identifier.
    Other(Vec<u8>),
}

impl KeyAlgorithm {
    /// What the key is called in a report, as `RSA 2048`.
    pub fn describe(&self) -> String {
        let sized = |name: &str, bits: &Option<usize>| match bits {
            Some(bits) => format!("{name} {bits}"),
            None => format!("{name} without parameters"),
        };
        match self {
            Self::Rsa { bits, pss_only, .. } => format!("{} {bits}", if *pss_only { "RSA-PSS" } else { "RSA" }),
            Self::Ec(EcCurve::P256) => "EC P-256".into(),
            Self::Ec(EcCurve::P384) => "EC P-384".into(),
            Self::Ec(EcCurve::P521) => "EC P-521".into(),
            Self::Ec(EcCurve::Other(oid)) => format!("EC {}", Oid::new(oid).name_or_dotted()),
            Self::Ec(EcCurve::Explicit) => "EC with explicit parameters".into(),
            Self::Ec(EcCurve::Implicit) => "EC with an implicit curve".into(),
            Self::Dsa { bits } => sized("DSA", bits),
            Self::Dh { bits } => sized("DH", bits),
            Self::Ed25519 => "Ed25519".into(),
            Self::Ed448 => "Ed448".into(),
            Self::X25519 => "X25519".into(),
            Self::X448 => "X448".into(),
            Self::MlDsa(set) => set.name().into(),
            Self::Other(oid) => Oid::new(oid).name_or_dotted(),
        }
    }

    /// Size in bits: modulus, prime or field; `None` when it says nothing.
    pub fn bits(&self) -> Option<usize> {
        match self {
            Self::Rsa { bits, .. } => Some(*bits),
            Self::Dsa { bits } | Self::Dh { bits } => *bits,
            Self::Ec(EcCurve::P256) => Some(256),
            Self::Ec(EcCurve::P384) => Some(384),
            Self::Ec(EcCurve::P521) => Some(521),
            _ => None,
        }
    }
}
