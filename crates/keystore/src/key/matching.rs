//! Whether a private key is that of a certificate.

use std::fmt;

use certlens_core::encoding::der::{Cursor, Decode};
use certlens_core::x509::spki::{Curve, PublicKey, SubjectPublicKeyInfo};

use super::algorithm::{EcCurve, KeyAlgorithm};
use super::ec::same_point;
use super::error::{KeyProblem, NoPublicKey};

/// Whether a private key is that of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Its public half is the public key, and its private half does not belong to it, or
    /// not all of it.
    Corrupt(KeyProblem),
    /// It cannot be told, and why.
    Unknown(NoMatch),
}

impl Match {
    /// Whether the public half is the public key, whatever is known of the private half:
    /// the key is meant for it.
    pub const fn has_same_public_key(self) -> bool {
        match self {
            Match::Yes
            | Match::Corrupt(_)
            | Match::Unknown(NoMatch::Stored | NoMatch::PrivateHalf(_) | NoMatch::LocalKeyIds) => true,
            Match::No | Match::Unknown(NoMatch::PublicHalf(_) | NoMatch::Unreadable | NoMatch::CurveWrittenOut) => {
                false
            }
        }
    }
}

/// Why it cannot be told whether two keys belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMatch {
    /// The public half of the private key is not known.
    PublicHalf(NoPublicKey),
    /// The public key cannot be read.
    Unreadable,
    /// The keys agree, but by localKeyID (RFC 2985 §5.5.2) Windows gives one of the two
    /// to another.
    LocalKeyIds,
    /// The points agree, but one of the two has its curve written out, and
    /// that may be another one.
    CurveWrittenOut,
    /// The public half agrees, and is stored with the private key: it was not computed
    /// from it, and may be anybody's.
    Stored,
    /// The public half agrees, and whether the private half belongs to it is not known.
    PrivateHalf(KeyProblem),
}

impl fmt::Display for NoMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublicHalf(why) => write!(f, "the public half of the private key is not known: {why}"),
            Self::Unreadable => f.write_str("the public key cannot be read"),
            Self::LocalKeyIds => f.write_str(
                "it is that of the certificate, but a localKeyID gives one of the two to another, and Windows pairs by it; `certlens pfx convert` writes them anew",
            ),
            Self::Stored => f.write_str(
                "the public half agrees, but it is stored beside the private key and is not computed for this one, so that it may be another's",
            ),
            Self::PrivateHalf(problem) => {
                write!(f, "the public half agrees, but whether the private half belongs to it is not known: {problem}")
            }
            Self::CurveWrittenOut => {
                f.write_str("the points agree, but one key has its curve written out, which may be another one")
            }
        }
    }
}

/// A public key that private keys are compared with; `None` when it cannot be read.
pub(crate) struct Public<'a>(Option<SubjectPublicKeyInfo<'a>>);

impl<'a> Public<'a> {
    /// From a SubjectPublicKeyInfo.
    pub(crate) fn of(spki: &'a [u8]) -> Public<'a> {
        Public(SubjectPublicKeyInfo::decode(&mut Cursor::silent(spki)).ok())
    }
}

/// A private key that is compared with public keys: its algorithm and public half.
pub(crate) struct Matcher<'a> {
    algorithm: &'a KeyAlgorithm,
    own: Result<Public<'a>, NoPublicKey>,
    /// What it comes to when the public half is the same.
    proof: Match,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(algorithm: &'a KeyAlgorithm, own: Result<&'a [u8], NoPublicKey>, proof: Match) -> Matcher<'a> {
        Matcher { algorithm, own: own.map(Public::of), proof }
    }

    /// Whether it is the private key of this one.
    pub(crate) fn matches(&self, public: &Public<'_>) -> Match {
        let Public(Some(theirs)) = public else { return Match::Unknown(NoMatch::Unreadable) };
        match &self.own {
            Ok(Public(Some(ours))) => match same_key(ours, theirs) {
                Match::Yes => self.proof,
                other => other,
            },
            Ok(Public(None)) => Match::Unknown(NoMatch::Unreadable),
            Err(_) if !may_be(self.algorithm, theirs) => Match::No,
            Err(why) => Match::Unknown(NoMatch::PublicHalf(*why)),
        }
    }
}

fn answer(same: bool) -> Match {
    if same { Match::Yes } else { Match::No }
}

/// Whether two public keys are the same.
fn same_key(ours: &SubjectPublicKeyInfo<'_>, theirs: &SubjectPublicKeyInfo<'_>) -> Match {
    match (ours.public_key(), theirs.public_key()) {
        // A key for PSS alone is the same pair of numbers (RFC 4055 §1.2).
        (Ok(PublicKey::Rsa { n: a, e: b, .. }), Ok(PublicKey::Rsa { n, e, .. })) => {
            answer(a.unsigned() == n.unsigned() && b.unsigned() == e.unsigned())
        }
        (Ok(PublicKey::Ec { curve: a, point: ours_at }), Ok(PublicKey::Ec { curve: b, point })) => {
            let written_out = |curve: Curve<'_>| matches!(curve, Curve::Explicit | Curve::Implicit);
            if !same_point(ours_at, point) {
                Match::No
            } else if ours.algorithm.raw == theirs.algorithm.raw {
                Match::Yes
            } else if written_out(a) || written_out(b) {
                Match::Unknown(NoMatch::CurveWrittenOut)
            } else {
                answer(a == b)
            }
        }
        // Parameters that a certificate inherits are not compared (RFC 3279 §2.3.2).
        (Ok(PublicKey::Dsa { parameters: a, y: ours }), Ok(PublicKey::Dsa { parameters: b, y })) => {
            answer(ours.unsigned() == y.unsigned() && (a.is_none() || b.is_none() || a == b))
        }
        (Ok(PublicKey::Unknown(a)), Ok(PublicKey::Unknown(b))) => answer(a == b && ours.key.bytes == theirs.key.bytes),
        (Ok(_), Ok(_)) => answer(ours.algorithm.oid == theirs.algorithm.oid && ours.key.bytes == theirs.key.bytes),
        _ => Match::Unknown(NoMatch::Unreadable),
    }
}

/// Whether a key of this algorithm could have this public key, by its kind.
fn may_be(algorithm: &KeyAlgorithm, theirs: &SubjectPublicKeyInfo<'_>) -> bool {
    match (algorithm, theirs.public_key()) {
        (_, Err(_)) => true,
        (KeyAlgorithm::Rsa { .. }, Ok(key)) => matches!(key, PublicKey::Rsa { .. }),
        (KeyAlgorithm::Ec(EcCurve::Other(ours)), Ok(PublicKey::Ec { curve: Curve::Other(oid), .. })) => {
            ours == oid.as_bytes()
        }
        (KeyAlgorithm::Ec(EcCurve::P256), Ok(PublicKey::Ec { curve, .. })) => curve == Curve::P256,
        (KeyAlgorithm::Ec(EcCurve::P384), Ok(PublicKey::Ec { curve, .. })) => curve == Curve::P384,
        (KeyAlgorithm::Ec(EcCurve::P521), Ok(PublicKey::Ec { curve, .. })) => curve == Curve::P521,
        (KeyAlgorithm::Ec(_), Ok(key)) => matches!(key, PublicKey::Ec { .. }),
        (KeyAlgorithm::Dsa { .. }, Ok(key)) => matches!(key, PublicKey::Dsa { .. }),
        (KeyAlgorithm::Ed25519, Ok(key)) => matches!(key, PublicKey::Ed25519(_)),
        (KeyAlgorithm::Ed448, Ok(key)) => matches!(key, PublicKey::Ed448(_)),
        (KeyAlgorithm::MlDsa(ours), Ok(PublicKey::MlDsa(set, _))) => *ours == set,
        (KeyAlgorithm::MlDsa(_), Ok(_)) => false,
        (KeyAlgorithm::Other(ours), Ok(_)) => ours == theirs.algorithm.oid.as_bytes(),
        (KeyAlgorithm::Dh { .. } | KeyAlgorithm::X25519 | KeyAlgorithm::X448, Ok(key)) => {
            matches!(key, PublicKey::Unknown(_))
        }
    }
}
