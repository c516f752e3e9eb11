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

use std::fmt;
use std::str::FromStr;

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

/// A weakness that a user can decide to live with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WeakKind {
    /// Signatures over SHA-1, in RSA-PSS also as the hash of the mask.
    Sha1,
    /// Signatures over MD5.
    Md5,
    /// RSA keys of 1024 to 2047 bits.
    Rsa1024,
    /// DSA keys of at least 1024 bits, and DSA signatures.
    Dsa,
}

impl WeakKind {
    /// Every kind.
    pub const ALL: [WeakKind; 4] = [WeakKind::Sha1, WeakKind::Md5, WeakKind::Rsa1024, WeakKind::Dsa];

    /// The word that allows it on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            WeakKind::Sha1 => "sha1",
            WeakKind::Md5 => "md5",
            WeakKind::Rsa1024 => "rsa1024",
            WeakKind::Dsa => "dsa",
        }
    }

    /// What it is, for a report.
    pub const fn describe(self) -> &'static str {
        match self {
            WeakKind::Sha1 => "SHA-1",
            WeakKind::Md5 => "MD5",
            WeakKind::Rsa1024 => "an RSA key below 2048 bits",
            WeakKind::Dsa => "DSA",
        }
    }

    /// The document that withdraws it.
    pub const fn citation(self) -> &'static str {
        match self {
            WeakKind::Sha1 => "RFC 6194, NIST SP 800-131A Rev. 2 §9",
            WeakKind::Md5 => "RFC 6151 §2",
            WeakKind::Rsa1024 => "NIST SP 800-131A Rev. 2 §3",
            WeakKind::Dsa => "FIPS 186-5 §4",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of [`WeakKind`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WeakKinds(u8);

impl WeakKinds {
    /// None of them.
    pub const NONE: WeakKinds = WeakKinds(0);

    /// All of them.
    pub const ALL: WeakKinds =
        WeakKinds(WeakKind::Sha1.bit() | WeakKind::Md5.bit() | WeakKind::Rsa1024.bit() | WeakKind::Dsa.bit());

    /// The set with `kind` in it.
    #[must_use]
    pub const fn with(self, kind: WeakKind) -> WeakKinds {
        WeakKinds(self.0 | kind.bit())
    }

    /// The kinds in either set.
    #[must_use]
    pub const fn union(self, other: WeakKinds) -> WeakKinds {
        WeakKinds(self.0 | other.0)
    }

    /// Whether `kind` is in it.
    pub const fn contains(self, kind: WeakKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Whether all of `other` are in it.
    pub const fn contains_all(self, other: WeakKinds) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in it.
    pub fn iter(self) -> impl Iterator<Item = WeakKind> {
        WeakKind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl From<WeakKind> for WeakKinds {
    fn from(kind: WeakKind) -> Self {
        WeakKinds::NONE.with(kind)
    }
}

/// A word that is neither a [`WeakKind`]'s name nor `all`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWeakKind(pub String);

impl fmt::Display for UnknownWeakKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is none of sha1, md5, rsa1024, dsa, all", self.0)
    }
}

impl std::error::Error for UnknownWeakKind {}

impl FromStr for WeakKinds {
    type Err = UnknownWeakKind;

    /// Reads one word: a kind's name, or `all`.
    fn from_str(word: &str) -> Result<Self, UnknownWeakKind> {
        if word == "all" {
            return Ok(WeakKinds::ALL);
        }
        let kind = WeakKind::ALL.into_iter().find(|kind| kind.name() == word);
        kind.map(WeakKinds::from).ok_or_else(|| UnknownWeakKind(word.to_owned()))
    }
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

impl RefusalReason {
    /// The rule it breaks; `None` where this library's own table says so.
    pub const fn citation(self) -> Option<&'static str> {
        Some(match self {
            RefusalReason::UnknownAlgorithm | RefusalReason::Curve => return None,
            RefusalReason::BrokenHash(HashAlgorithm::Md2) => "RFC 6149",
            RefusalReason::BrokenHash(_) => "RFC 6150",
            RefusalReason::WeakForWeb(kinds) => {
                // A weak key and a weak signature are never judged in one.
                if kinds.contains(WeakKind::Rsa1024) { "BR §6.1.5" } else { "BR §7.1.3" }
            }
            RefusalReason::NotForWeb => "BR §7.1.3",
            RefusalReason::HashNotForWeb(_) => "BR §7.1.3.2",
            RefusalReason::PssNotForWeb => "BR §7.1.3.2.1",
            RefusalReason::PssKeyNotForWeb => "BR §7.1.3.1.1",
            RefusalReason::RsaTooShort { .. } | RefusalReason::DsaTooShort { .. } => "NIST SP 800-131A Rev. 2 §3",
            RefusalReason::RsaNotWholeOctets { .. } => "BR §6.1.5",
            RefusalReason::RsaModulus | RefusalReason::RsaExponent => "RFC 8017 §3.1",
            RefusalReason::ExplicitCurve | RefusalReason::ImplicitCurve => "RFC 5480 §2.1.1",
            RefusalReason::DsaParametersMissing => "RFC 3279 §2.3.2",
        })
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAlgorithm => f.write_str("the algorithm is not known"),
            Self::BrokenHash(hash) => write!(f, "{} is broken", hash.name()),
            Self::WeakForWeb(kinds) => {
                for (index, kind) in kinds.iter().enumerate() {
                    write!(f, "{}{}", if index == 0 { "" } else { " and " }, kind.describe())?;
                }
                f.write_str(" is not allowed for TLS servers")
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
mod tests {
    use super::*;
    use crate::crypto::vectors::{integer, uint};
    use crate::x509::oid::oids;
    use crate::x509::spki::{DsaParameters, MlDsa};
    use Acceptance::{Accepted, Refused};

    const RFC5280: AlgorithmPolicy =
        AlgorithmPolicy { profile: AlgorithmProfile::Rfc5280, allow_weak: WeakKinds::NONE };
    const WEB: AlgorithmPolicy = AlgorithmPolicy { profile: AlgorithmProfile::Web, allow_weak: WeakKinds::ALL };

    fn weak(kinds: &[WeakKind]) -> WeakKinds {
        kinds.iter().fold(WeakKinds::NONE, |set, kind| set.with(*kind))
    }

    fn pss(hash: HashAlgorithm, mgf_hash: HashAlgorithm, salt_len: u32) -> SignatureAlgorithm<'static> {
        SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash, salt_len })
    }

    #[test]
    fn the_table_of_signature_algorithms() {
        use HashAlgorithm::{Md2, Md4, Md5, Sha1, Sha224, Sha256, Sha384, Sha512};
        use SignatureAlgorithm::{Dsa, Ecdsa, Ed448, Ed25519, RsaPkcs1};
        use WeakKind as Kind;

        let refused = |reason| (Refused(reason), Refused(reason));
        let accepted = (Accepted, Accepted);
        let not_for_web = |reason| (Accepted, Refused(reason));
        let weak = |kinds: &[WeakKind]| {
            let kinds = weak(kinds);
            (Acceptance::Weak { kinds, allowed: false }, Refused(RefusalReason::WeakForWeb(kinds)))
        };
        let pss_not_for_web = not_for_web(RefusalReason::PssNotForWeb);
        for (algorithm, (rfc5280, web)) in [
            (RsaPkcs1(Md2), refused(RefusalReason::BrokenHash(Md2))),
            (RsaPkcs1(Md4), refused(RefusalReason::BrokenHash(Md4))),
            (RsaPkcs1(Md5), weak(&[Kind::Md5])),
            (RsaPkcs1(Sha1), weak(&[Kind::Sha1])),
            (RsaPkcs1(Sha224), not_for_web(RefusalReason::HashNotForWeb(Sha224))),
            (RsaPkcs1(Sha256), accepted),
            (RsaPkcs1(Sha384), accepted),
            (RsaPkcs1(Sha512), accepted),
            (Ecdsa(Sha1), weak(&[Kind::Sha1])),
            (Ecdsa(Sha224), not_for_web(RefusalReason::HashNotForWeb(Sha224))),
            (Ecdsa(Sha256), accepted),
            (Ecdsa(Sha384), accepted),
            (Ecdsa(Sha512), accepted),
            (pss(Sha256, Sha256, 32), accepted),
            (pss(Sha384, Sha384, 48), accepted),
            (pss(Sha512, Sha512, 64), accepted),
            (pss(Sha256, Sha256, 20), pss_not_for_web),
            (pss(Sha256, Sha384, 32), pss_not_for_web),
            (pss(Sha224, Sha224, 28), not_for_web(RefusalReason::HashNotForWeb(Sha224))),
            (pss(Sha1, Sha1, 20), weak(&[Kind::Sha1])),
            (pss(Sha256, Sha1, 32), weak(&[Kind::Sha1])),
            (pss(Sha1, Md5, 20), weak(&[Kind::Sha1, Kind::Md5])),
            (pss(Sha1, Md2, 20), refused(RefusalReason::BrokenHash(Md2))),
            (SignatureAlgorithm::RsaPssOther(oids::SHA3_256), refused(RefusalReason::UnknownAlgorithm)),
            (Ed25519, not_for_web(RefusalReason::NotForWeb)),
            (Ed448, not_for_web(RefusalReason::NotForWeb)),
            (SignatureAlgorithm::MlDsa(MlDsa::MlDsa65), not_for_web(RefusalReason::NotForWeb)),
            (Dsa(Sha1), weak(&[Kind::Dsa, Kind::Sha1])),
            (Dsa(Sha256), weak(&[Kind::Dsa])),
            (SignatureAlgorithm::Unknown(oids::SM2_WITH_SM3), refused(RefusalReason::UnknownAlgorithm)),
        ] {
            assert_eq!(RFC5280.judge_signature(&algorithm), rfc5280, "{}", algorithm.describe());
            assert_eq!(WEB.judge_signature(&algorithm), web, "{} for web", algorithm.describe());
        }
    }

    #[test]
    fn every_weakness_has_to_be_allowed() {
        let allowed = |kinds: &[WeakKind], algorithm| {
            let policy = AlgorithmPolicy { allow_weak: weak(kinds), ..RFC5280 };
            match policy.judge_signature(&algorithm) {
                Acceptance::Weak { allowed, .. } => allowed,
                other => panic!("{other:?}"),
            }
        };
        let dsa_sha1 = SignatureAlgorithm::Dsa(HashAlgorithm::Sha1);
        assert!(!allowed(&[], dsa_sha1));
        assert!(!allowed(&[WeakKind::Dsa, WeakKind::Md5, WeakKind::Rsa1024], dsa_sha1));
        assert!(!allowed(&[WeakKind::Sha1], dsa_sha1));
        assert!(allowed(&[WeakKind::Dsa, WeakKind::Sha1], dsa_sha1));
        assert!(allowed(&WeakKind::ALL, SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Md5)));
        let everything = AlgorithmPolicy { allow_weak: WeakKinds::ALL, ..RFC5280 };
        let md2 = SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Md2);
        assert_eq!(everything.judge_signature(&md2), RFC5280.judge_signature(&md2));
    }

    /// A number of exactly these bits, odd.
    fn number(bits: usize) -> Vec<u8> {
        let mut magnitude = vec![0xff; bits.div_ceil(8)];
        magnitude[0] >>= (8 - bits % 8) % 8;
        uint(&magnitude)
    }

    fn judge_rsa(policy: &AlgorithmPolicy, n: &[u8], e: &[u8], pss_only: bool) -> Acceptance {
        policy.judge_key(&PublicKey::Rsa { der: &[], n: integer(n), e: integer(e), pss_only })
    }

    #[test]
    fn the_table_of_rsa_keys() {
        let e = uint(&[1, 0, 1]);
        let kinds = weak(&[WeakKind::Rsa1024]);
        for (bits, rfc5280, web) in [
            (512, Refused(RefusalReason::RsaTooShort { bits: 512 }), Refused(RefusalReason::RsaTooShort { bits: 512 })),
            (
                1023,
                Refused(RefusalReason::RsaTooShort { bits: 1023 }),
                Refused(RefusalReason::RsaTooShort { bits: 1023 }),
            ),
            (1024, Acceptance::Weak { kinds, allowed: false }, Refused(RefusalReason::WeakForWeb(kinds))),
            (2047, Acceptance::Weak { kinds, allowed: false }, Refused(RefusalReason::WeakForWeb(kinds))),
            (2048, Accepted, Accepted),
            (2049, Accepted, Refused(RefusalReason::RsaNotWholeOctets { bits: 2049 })),
            (2056, Accepted, Accepted),
            (4096, Accepted, Accepted),
        ] {
            assert_eq!(judge_rsa(&RFC5280, &number(bits), &e, false), rfc5280, "{bits}");
            assert_eq!(judge_rsa(&WEB, &number(bits), &e, false), web, "{bits} for web");
        }
        let allowing = AlgorithmPolicy { allow_weak: kinds, ..RFC5280 };
        assert_eq!(judge_rsa(&allowing, &number(1024), &e, false), Acceptance::Weak { kinds, allowed: true });
        assert!(matches!(judge_rsa(&allowing, &number(1023), &e, false), Refused(_)));
        assert_eq!(judge_rsa(&RFC5280, &number(2048), &e, true), Accepted);
        assert_eq!(judge_rsa(&WEB, &number(2048), &e, true), Refused(RefusalReason::PssKeyNotForWeb));
    }

    #[test]
    fn rsa_numbers_that_cannot_be_a_key() {
        let (n, e) = (number(2048), uint(&[3]));
        assert_eq!(judge_rsa(&WEB, &n, &e, false), Accepted);
        for bad in [uint(&[]), uint(&[1]), uint(&[2]), uint(&[1, 0, 0]), vec![0x02, 0x01, 0xfd]] {
            assert_eq!(judge_rsa(&RFC5280, &n, &bad, false), Refused(RefusalReason::RsaExponent), "{bad:?}");
        }
        let mut even = n.clone();
        *even.last_mut().unwrap() = 0xfe;
        for bad in [even, uint(&[]), vec![0x02, 0x02, 0x80, 0x01]] {
            assert_eq!(judge_rsa(&RFC5280, &bad, &e, false), Refused(RefusalReason::RsaModulus), "{bad:?}");
        }
    }

    #[test]
    fn the_table_of_other_keys() {
        let ec = |curve| PublicKey::Ec { curve, point: &[] };
        for key in [ec(Curve::P256), ec(Curve::P384), ec(Curve::P521)] {
            assert_eq!((RFC5280.judge_key(&key), WEB.judge_key(&key)), (Accepted, Accepted));
        }
        for (key, reason) in [
            (ec(Curve::Other(oids::SECP256K1)), RefusalReason::Curve),
            (ec(Curve::Other(oids::P224)), RefusalReason::Curve),
            (ec(Curve::Explicit), RefusalReason::ExplicitCurve),
            (ec(Curve::Implicit), RefusalReason::ImplicitCurve),
            (PublicKey::Unknown(oids::GOST_2012_256), RefusalReason::UnknownAlgorithm),
        ] {
            assert_eq!((RFC5280.judge_key(&key), WEB.judge_key(&key)), (Refused(reason), Refused(reason)));
        }
        for key in [PublicKey::Ed25519(&[]), PublicKey::Ed448(&[]), PublicKey::MlDsa(MlDsa::MlDsa44, &[])] {
            assert_eq!((RFC5280.judge_key(&key), WEB.judge_key(&key)), (Accepted, Refused(RefusalReason::NotForWeb)));
        }
    }

    #[test]
    fn the_table_of_dsa_keys() {
        let (short, long, small) = (number(1023), number(1024), uint(&[5]));
        let key = |p| PublicKey::Dsa {
            parameters: Some(DsaParameters { p, q: integer(&small), g: integer(&small) }),
            y: integer(&small),
        };
        let kinds = weak(&[WeakKind::Dsa]);
        let allowing = AlgorithmPolicy { allow_weak: kinds, ..RFC5280 };
        let too_short = Refused(RefusalReason::DsaTooShort { bits: 1023 });
        assert_eq!(allowing.judge_key(&key(integer(&short))), too_short);
        assert_eq!(WEB.judge_key(&key(integer(&short))), too_short);
        assert_eq!(RFC5280.judge_key(&key(integer(&long))), Acceptance::Weak { kinds, allowed: false });
        assert_eq!(allowing.judge_key(&key(integer(&long))), Acceptance::Weak { kinds, allowed: true });
        assert_eq!(WEB.judge_key(&key(integer(&long))), Refused(RefusalReason::WeakForWeb(kinds)));
        let bare = PublicKey::Dsa { parameters: None, y: integer(&small) };
        assert_eq!(allowing.judge_key(&bare), Refused(RefusalReason::DsaParametersMissing));
    }

    #[test]
    fn words_of_the_command_line() {
        for kind in WeakKind::ALL {
            assert_eq!(kind.name().parse(), Ok(WeakKinds::from(kind)));
        }
        assert_eq!("all".parse(), Ok(WeakKinds::ALL));
        assert_eq!(WeakKinds::ALL.iter().collect::<Vec<_>>(), WeakKind::ALL);
        for bad in ["", "SHA1", "sha-1", "sha1,md5", "none"] {
            assert_eq!(bad.parse::<WeakKinds>(), Err(UnknownWeakKind(bad.to_string())));
        }
    }

    #[test]
    fn reasons_read_as_sentences() {
        let both = RefusalReason::WeakForWeb(weak(&[WeakKind::Dsa, WeakKind::Sha1]));
        assert_eq!(both.to_string(), "SHA-1 and DSA is not allowed for TLS servers");
        assert_eq!(RefusalReason::BrokenHash(HashAlgorithm::Md4).citation(), Some("RFC 6150"));
        assert_eq!(RefusalReason::Curve.citation(), None);
    }
}
