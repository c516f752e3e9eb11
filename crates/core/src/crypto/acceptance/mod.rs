//! Which algorithms and keys may be accepted: a table, apart from whether a
//! signature is correct.
//!
//! | | `Rfc5280` | `Web` |
//! |---|---|---|
//! | RSA | ≥ 2048 bits | ≥ 2048 bits and a multiple of 8, marked rsaEncryption |
//! | EC | P-256, P-384, P-521 | the same |
//! | Ed25519, Ed448, ML-DSA | accepted | refused |
//! | SHA-224; PSS with any salt or MGF hash | accepted | refused |
//! | SHA-1, MD5, DSA, RSA 1024–2047 | refused unless allowed | refused |
//! | MD2, MD4, RSA < 1024, DSA < 1024, unknown | refused always | refused always |
//!
//! `Web` are the rules for TLS server certificates of the CA/Browser Forum
//! (Baseline Requirements, "BR" below), which no `--allow-weak` softens.

mod weak;

use std::fmt;

pub use weak::{UnknownWeakKind, WeakKind, WeakKinds};

use super::algorithm::{HashAlgorithm, PssParameters, SignatureAlgorithm};
use super::bit_length;
use crate::x509::spki::{Curve, PublicKey};

/// Whose rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlgorithmProfile {
    /// The algorithms of the RFCs around RFC 5280, as far as they are sound.
    Rfc5280,
    /// The CA/Browser Forum's Baseline Requirements for TLS server certificates.
    Web,
}

/// Whether an algorithm or a key may be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// It may.
    Accepted,
    /// It is weak in one or more ways.
    Weak {
        /// The ways.
        kinds: WeakKinds,
        /// The policy allows every one of them: a warning; otherwise a refusal
        /// that allowing them would turn into one.
        allowed: bool,
    },
    /// It may not, whatever is allowed.
    Refused(RefusalReason),
}

/// Why an algorithm or a key is refused whatever is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// The algorithm is not known here.
    UnknownAlgorithm,
    /// The hash is broken: MD2 or MD4.
    BrokenHash(HashAlgorithm),
    /// Weak, in the profile that allows nothing weak.
    WeakForWeb(WeakKinds),
    /// The signature algorithm or the kind of key is not in the web profile.
    NotForWeb,
    /// The hash is not in the web profile.
    HashNotForWeb(HashAlgorithm),
    /// RSA-PSS with other parameters than the web profile has.
    PssNotForWeb,
    /// The RSA key is marked id-RSASSA-PSS, which the web profile forbids.
    PssKeyNotForWeb,
    /// The RSA modulus has less than 1024 bits.
    RsaTooShort {
        /// Its bits.
        bits: usize,
    },
    /// The bits of the RSA modulus are no multiple of 8.
    RsaNotWholeOctets {
        /// Its bits.
        bits: usize,
    },
    /// The RSA modulus is not a positive odd number.
    RsaModulus,
    /// The RSA public exponent is not an odd number of at least 3.
    RsaExponent,
    /// Another named curve than P-256, P-384 and P-521.
    Curve,
    /// The curve's parameters are written out.
    ExplicitCurve,
    /// The curve is implied.
    ImplicitCurve,
    /// The DSA modulus has less than 1024 bits.
    DsaTooShort {
        /// Its bits.
        bits: usize,
    },
    /// The DSA key has no parameters, not even inherited ones.
    DsaParametersMissing,
}

impl RefusalReason {}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAlgorithm => f.write_str("the algorithm is not known"),
            Self::BrokenHash(hash) => write!(f, "{} is broken", hash.name()),
            Self::WeakForWeb(kinds) => {
                f.write_str("not allowed for TLS servers: ")?;
                for (index, kind) in kinds.iter().enumerate() {
                    write!(f, "{}{}", if index == 0 { "" } else { " and " }, kind.describe())?;
                }
                Ok(())
            }
            Self::NotForWeb => f.write_str("the algorithm is not allowed for TLS servers"),
            Self::HashNotForWeb(hash) => write!(f, "{} is not allowed for TLS servers", hash.name()),
            Self::PssNotForWeb => f.write_str(
                "RSA-PSS for TLS servers has SHA-256, SHA-384 or SHA-512 for message and mask, and a salt of that length",
            ),
            Self::PssKeyNotForWeb => f.write_str("an RSA key for TLS servers is marked rsaEncryption"),
            Self::RsaTooShort { bits } => write!(f, "an RSA key of {bits} bits can be factored"),
            Self::RsaNotWholeOctets { bits } => {
                write!(f, "the {bits} bits of the RSA modulus are not a multiple of 8")
            }
            Self::RsaModulus => f.write_str("the RSA modulus is not a positive odd number"),
            Self::RsaExponent => f.write_str("the RSA public exponent is not an odd number of at least 3"),
            Self::Curve => f.write_str("the curve is none of P-256, P-384 and P-521"),
            Self::ExplicitCurve => f.write_str("the curve is written out and not named"),
            Self::ImplicitCurve => f.write_str("the curve is implied and not named"),
            Self::DsaTooShort { bits } => write!(f, "a DSA key of {bits} bits can be broken"),
            Self::DsaParametersMissing => f.write_str("the DSA key has no parameters and there are none to inherit"),
        }
    }
}

/// What may be accepted: a profile, and the weaknesses a user has allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlgorithmPolicy {
    /// Whose rules apply.
    pub profile: AlgorithmProfile,
    /// Weaknesses to warn of instead of refusing; the web profile allows none.
    pub allow_weak: WeakKinds,
}

/// The shortest RSA and DSA modulus that can be allowed at all, in bits.
const SHORTEST_ALLOWED_BITS: usize = 1024;

/// The shortest RSA modulus that is accepted, in bits (BR §6.1.5, NIST SP 800-131A Rev. 2 §3).
const SHORTEST_RSA_BITS: usize = 2048;

impl AlgorithmPolicy {
    /// Judges how something was signed. The signature on a trust anchor is never judged.
    pub fn judge_signature(&self, algorithm: &SignatureAlgorithm<'_>) -> Acceptance {
        match algorithm {
            SignatureAlgorithm::Unknown(_) | SignatureAlgorithm::RsaPssOther(_) => {
                Acceptance::Refused(RefusalReason::UnknownAlgorithm)
            }
            SignatureAlgorithm::RsaPkcs1(hash) | SignatureAlgorithm::Ecdsa(hash) => {
                self.judge_hashes(&[*hash], WeakKinds::NONE)
            }
            SignatureAlgorithm::RsaPss(parameters) => {
                let judged = self.judge_hashes(&[parameters.hash, parameters.mgf_hash], WeakKinds::NONE);
                if judged == Acceptance::Accepted && self.is_web() && !is_listed_pss(parameters) {
                    return Acceptance::Refused(RefusalReason::PssNotForWeb);
                }
                judged
            }
            SignatureAlgorithm::Dsa(hash) => self.judge_hashes(&[*hash], WeakKind::Dsa.into()),
            SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 | SignatureAlgorithm::MlDsa(_) => {
                self.judge_unlisted()
            }
        }
    }

    /// Judges a key, whatever it signs. A DSA key has to be resolved first
    /// ([`resolve_dsa`](super::dsa::resolve_dsa)).
    pub fn judge_key(&self, key: &PublicKey<'_>) -> Acceptance {
        match key {
            PublicKey::Unknown(_) => Acceptance::Refused(RefusalReason::UnknownAlgorithm),
            PublicKey::Rsa { n, e, pss_only, .. } => {
                let odd = |magnitude: &&[u8]| magnitude.last().is_some_and(|octet| octet & 1 == 1);
                let Some(modulus) = n.unsigned().filter(odd) else {
                    return Acceptance::Refused(RefusalReason::RsaModulus);
                };
                if e.unsigned().filter(odd).is_none_or(|exponent| exponent == [1]) {
                    return Acceptance::Refused(RefusalReason::RsaExponent);
                }
                self.judge_rsa(bit_length(modulus), *pss_only)
            }
            PublicKey::Ec { curve, .. } => match curve {
                Curve::P256 | Curve::P384 | Curve::P521 => Acceptance::Accepted,
                Curve::Other(_) => Acceptance::Refused(RefusalReason::Curve),
                Curve::Explicit => Acceptance::Refused(RefusalReason::ExplicitCurve),
                Curve::Implicit => Acceptance::Refused(RefusalReason::ImplicitCurve),
            },
            PublicKey::Ed25519(_) | PublicKey::Ed448(_) | PublicKey::MlDsa(..) => self.judge_unlisted(),
            PublicKey::Dsa { parameters: None, .. } => Acceptance::Refused(RefusalReason::DsaParametersMissing),
            PublicKey::Dsa { parameters: Some(parameters), .. } => {
                let bits = parameters.p.unsigned().map_or(0, bit_length);
                if bits < SHORTEST_ALLOWED_BITS {
                    return Acceptance::Refused(RefusalReason::DsaTooShort { bits });
                }
                self.judge_weak(WeakKind::Dsa.into())
            }
        }
    }

    fn is_web(&self) -> bool {
        self.profile == AlgorithmProfile::Web
    }

    fn judge_rsa(&self, bits: usize, pss_only: bool) -> Acceptance {
        if bits < SHORTEST_ALLOWED_BITS {
            return Acceptance::Refused(RefusalReason::RsaTooShort { bits });
        }
        if bits < SHORTEST_RSA_BITS {
            return self.judge_weak(WeakKind::Rsa1024.into());
        }
        if self.is_web() && !bits.is_multiple_of(8) {
            return Acceptance::Refused(RefusalReason::RsaNotWholeOctets { bits });
        }
        if self.is_web() && pss_only {
            return Acceptance::Refused(RefusalReason::PssKeyNotForWeb);
        }
        Acceptance::Accepted
    }

    /// Broken comes before weak, and weak before what is only not listed.
    fn judge_hashes(&self, hashes: &[HashAlgorithm], mut kinds: WeakKinds) -> Acceptance {
        let mut unlisted = None;
        for hash in hashes {
            match hash {
                HashAlgorithm::Md2 | HashAlgorithm::Md4 => {
                    return Acceptance::Refused(RefusalReason::BrokenHash(*hash));
                }
                HashAlgorithm::Md5 => kinds = kinds.with(WeakKind::Md5),
                HashAlgorithm::Sha1 => kinds = kinds.with(WeakKind::Sha1),
                // RFC 4055 §5, RFC 5758 §3.2 and FIPS 186-4 have it; the BR do not.
                HashAlgorithm::Sha224 if self.is_web() => unlisted = Some(*hash),
                HashAlgorithm::Sha224 | HashAlgorithm::Sha256 | HashAlgorithm::Sha384 | HashAlgorithm::Sha512 => {}
            }
        }
        match (kinds.is_empty(), unlisted) {
            (false, _) => self.judge_weak(kinds),
            (true, Some(hash)) => Acceptance::Refused(RefusalReason::HashNotForWeb(hash)),
            (true, None) => Acceptance::Accepted,
        }
    }

    fn judge_weak(&self, kinds: WeakKinds) -> Acceptance {
        if self.is_web() {
            return Acceptance::Refused(RefusalReason::WeakForWeb(kinds));
        }
        Acceptance::Weak { kinds, allowed: self.allow_weak.contains_all(kinds) }
    }

    /// Ed25519, Ed448 and ML-DSA: RFC 8410 and RFC 9881 have them, BR §6.1.5 and
    /// §7.1.3 do not list them and close with what they list.
    fn judge_unlisted(&self) -> Acceptance {
        if self.is_web() { Acceptance::Refused(RefusalReason::NotForWeb) } else { Acceptance::Accepted }
    }
}

/// BR §7.1.3.2.1: one hash for both, and as much salt as it is long.
fn is_listed_pss(parameters: &PssParameters) -> bool {
    parameters.hash == parameters.mgf_hash && parameters.salt_len as usize == parameters.hash.output_octets()
}

#[cfg(test)]
mod tests;
