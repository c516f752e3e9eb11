//! The verdict: was the certificate replaced on the way?
//!
//! What decides alone, in this order:
//!
//! 1. Pins of which none matches a complete path: replaced. A pin that matches: not replaced.
//! 2. A public CA's certificate that is not for the host: replaced where another way shows
//!    one that is, and else it cannot be told.
//! 3. The same certificate or key in another way, or the same private CA: not replaced.
//!    Unless a public name's path ends at a private root, and signs of a replacer are among
//!    those that together decide (see [`RULES`]): then both ways are intercepted, one of
//!    them without being told to use a proxy.
//! 4. A path for the host that ends in Mozilla's set: not replaced, whatever other ways show.
//! 5. A certificate for the host that a CA of another way's public path issued: not replaced.
//! 6. A private root through a proxy where another way shows a public one: replaced, unless
//!    the certificate was logged, has expired, and its root is merely not known any more.
//! 7. A mark of a replacer where another way shows another private CA without any: replaced.
//!
//! Nothing is *not replaced* of which the peer did not prove that it has the key: what it
//! presents may be a copy. For the same reason such a chain is no measure of another way's.
//!
//! Otherwise the signals of the one capture decide together by [`RULES`], if a mark of a
//! replacer is among them and not merely signs of a CA that is private: companies have such
//! CAs, also for public names. Or it cannot be told.

mod rules;
mod ways;

use std::fmt;

use certlens_core::time::Time;
use certlens_core::x509::CertId;

use super::compare::ChainDifference;
use super::observation::{End, Observation, Reference, Way};
use super::products::Match;
use super::public_name::{HostName, classify};
use super::signals::Evidence;
use crate::failure::Stage;

pub use rules::{RULES, Rule};

/// What is judged.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The host as asked for: a DNS name or an address.
    pub host: &'a str,
    /// What was seen of it, one observation for each way.
    pub observations: &'a [Observation],
    /// What was seen of unrelated hosts in the same ways.
    pub references: &'a [Reference],
    /// Keys that the host is known to have, or the CAs above it: SHA-256 of the
    /// SubjectPublicKeyInfo (RFC 7469 §2.4).
    pub pins: &'a [[u8; 32]],
    /// The time of the captures.
    pub now: Time,
}

/// Whether a certificate was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the host's own.
    NotReplaced {
        /// Why.
        why: Reason,
    },
    /// It was replaced, and what replaced it is trusted here.
    ReplacedTrusted {
        /// What replaced it, when its name is known.
        product: Option<Match>,
    },
    /// It was replaced, and is not trusted here.
    ReplacedUntrusted {
        /// What replaced it, when its name is known.
        product: Option<Match>,
    },
    /// What was seen does not say.
    CannotTell {
        /// Why not.
        why: Doubt,
    },
}

impl Verdict {
    /// The word that reports and JSON use.
    pub const fn word(&self) -> &'static str {
        match self {
            Verdict::NotReplaced { .. } => "not-replaced",
            Verdict::ReplacedTrusted { .. } => "replaced-trusted",
            Verdict::ReplacedUntrusted { .. } => "replaced-untrusted",
            Verdict::CannotTell { .. } => "cannot-tell",
        }
    }

    /// Whether it was replaced.
    pub const fn is_replaced(&self) -> bool {
        matches!(self, Verdict::ReplacedTrusted { .. } | Verdict::ReplacedUntrusted { .. })
    }

    /// What replaced it, when its name is known.
    pub const fn product(&self) -> Option<&Match> {
        match self {
            Verdict::ReplacedTrusted { product } | Verdict::ReplacedUntrusted { product } => product.as_ref(),
            Verdict::NotReplaced { .. } | Verdict::CannotTell { .. } => None,
        }
    }

    /// How bad it is, for the verdict over several ways.
    const fn rank(&self) -> u8 {
        match self {
            Verdict::NotReplaced { .. } => 0,
            Verdict::CannotTell { .. } => 1,
            Verdict::ReplacedTrusted { .. } => 2,
            Verdict::ReplacedUntrusted { .. } => 3,
        }
    }
}

/// Why a certificate was not replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A key has a pin that was given.
    Pin,
    /// Another way shows the same certificate.
    SameCertificate,
    /// Another way shows the same key, of which possession was proven.
    SameKey,
    /// Both ways show certificates of public CAs: two in service.
    TwoInService,
    /// A public CA issued it.
    PublicCa,
    /// A CA that another way shows under a public root issued it.
    PublicIssuer,
    /// Both ways show the same private CA.
    SamePrivateCa,
}

impl Reason {
    /// The word that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            Reason::Pin => "pin-matches",
            Reason::SameCertificate => "same-certificate",
            Reason::SameKey => "same-key",
            Reason::TwoInService => "two-certificates-in-service",
            Reason::PublicCa => "public-ca",
            Reason::PublicIssuer => "public-issuer",
            Reason::SamePrivateCa => "same-private-ca",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Pin => "a key of the chain has a pin that was given",
            Reason::SameCertificate => "another way shows the same certificate",
            Reason::SameKey => "another way shows the same key, and the server proved that it has it",
            Reason::TwoInService => "both ways show certificates of public CAs: the host has two in service",
            Reason::PublicCa => "a CA of Mozilla's set issued it",
            Reason::PublicIssuer => "a CA that another way shows under a public root issued it",
            Reason::SamePrivateCa => "both ways show the same private CA",
        })
    }
}

/// Why it cannot be told whether a certificate was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing was observed.
    NothingSeen,
    /// The endpoint was not reached.
    NotReached {
        /// Where it failed.
        stage: Stage,
        /// What kind of failure.
        cause: &'static str,
        /// The failure as a sentence.
        message: String,
    },
    /// It was reached, and presented no certificate.
    NoCertificate,
    /// The issuer of the chain's last certificate is not at hand.
    IncompleteChain,
    /// A certificate of the chain has expired, and its root is not known here any more.
    Expired,
    /// Whoever presented the certificate did not prove that it has the key; why.
    KeyUnproven(String),
    /// A public CA's certificate that is not for the host.
    AnotherName,
    /// The ways show different private CAs.
    OtherPrivateCas,
    /// The direct way shows a private CA, and a proxy a public one.
    PrivateBesidePublic,
    /// A private CA issued for a name that public CAs do not issue for, which is as it should be.
    PrivateCaOnInternalName,
    /// A private CA that is trusted here issued for a public name, and nothing else is odd.
    TrustedPrivateCa,
    /// The signals do not suffice.
    TooLittle,
}

impl Doubt {
    /// The word that reports and JSON use.
    pub const fn word(&self) -> &'static str {
        match self {
            Doubt::NothingSeen => "nothing-seen",
            Doubt::NotReached { .. } => "not-reached",
            Doubt::NoCertificate => "no-certificate",
            Doubt::IncompleteChain => "incomplete-chain",
            Doubt::Expired => "expired",
            Doubt::KeyUnproven(_) => "key-unproven",
            Doubt::AnotherName => "public-certificate-for-another-name",
            Doubt::OtherPrivateCas => "different-private-cas",
            Doubt::PrivateBesidePublic => "private-ca-beside-public",
            Doubt::PrivateCaOnInternalName => "private-ca-on-internal-name",
            Doubt::TrustedPrivateCa => "private-ca-trusted-here",
            Doubt::TooLittle => "too-little-evidence",
        }
    }

    /// What would settle it, for a way that has another to be compared with (`is_pair`) or
    /// has not.
    pub fn next_step(&self, way: &Way, is_pair: bool) -> &'static str {
        match self {
            Doubt::NothingSeen => "Reach the host in at least one way.",
            Doubt::NotReached { .. } => "Make the host reachable in this way first; the failure says how.",
            Doubt::NoCertificate => "Ask the host for TLS at a port where it has a certificate.",
            Doubt::IncompleteChain => {
                "Get the missing issuer's certificate (its address may stand in the certificate) and give it as an \
                 intermediate, or compare with a way whose chain is complete."
            }
            Doubt::Expired => {
                "Renew the certificate on the server, or have its operator say which one is right; then compare again."
            }
            Doubt::KeyUnproven(_) => {
                "Find out first why the handshake fails: until it comes to a proof of the key, whoever answered may \
                 have copied the certificate."
            }
            Doubt::AnotherName => {
                "Open the address in a browser: a block page says who blocks the host, a captive portal asks for a \
                 login. If it is neither, the name leads to the wrong server."
            }
            Doubt::PrivateBesidePublic => {
                "Ask the host's operator whether it has a server of its own inside the network; or give the SHA-256 of \
                 its key as a pin (--pin), or public hosts that have nothing to do with it (--reference)."
            }
            Doubt::OtherPrivateCas => {
                "Ask the host's operator which of the two CAs is the host's, or for the SHA-256 of its key, and give \
                 that as a pin (--pin)."
            }
            Doubt::PrivateCaOnInternalName => match (way, is_pair) {
                (Way::Direct, false) => {
                    "Compare with what a proxy shows (--proxy), or give the SHA-256 of the key that the server's \
                     operator names as a pin (--pin)."
                }
                (Way::Proxy(_), false) => {
                    "Compare with a capture that does not go through the proxy, or give the SHA-256 of the key that \
                     the server's operator names as a pin (--pin)."
                }
                (_, true) => "Give the SHA-256 of the key that the server's operator names as a pin (--pin).",
            },
            Doubt::TrustedPrivateCa | Doubt::TooLittle => match (way, is_pair) {
                (Way::Direct, false) => {
                    "Compare with what a proxy shows (--proxy), with public hosts that have nothing to do with this \
                     one (reference hosts, --reference), or give the SHA-256 of the host's key as a pin (--pin)."
                }
                (Way::Proxy(_), false) => {
                    "Compare with a capture that does not go through the proxy, with public hosts that have nothing to \
                     do with this one (reference hosts, --reference), or give the SHA-256 of the host's key as a pin \
                     (--pin)."
                }
                (_, true) => {
                    "Compare with public hosts that have nothing to do with this one (reference hosts, --reference), or \
                     give the SHA-256 of the host's key as a pin (--pin)."
                }
            },
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Doubt::NothingSeen => "nothing was observed",
            Doubt::NotReached { message, .. } => message,
            Doubt::NoCertificate => "the server presented no certificate",
            Doubt::IncompleteChain => {
                "the chain is incomplete: the issuer of its last certificate is neither sent nor known here"
            }
            Doubt::Expired => "a certificate of the chain has expired, and its root is not known here",
            Doubt::PrivateCaOnInternalName => {
                "a private CA issued the certificate of a name that public CAs do not issue for, which is as it should be"
            }
            Doubt::KeyUnproven(why) => {
                return write!(
                    f,
                    "whoever presented the certificate did not prove that it has the key, and anybody can copy a \
                     certificate: {why}"
                );
            }
            Doubt::AnotherName => {
                "a public certificate for another name answered: a block page or the wrong server"
            }
            Doubt::OtherPrivateCas => {
                "the ways show different private CAs, and nothing says which of them is the host's"
            }
            Doubt::PrivateBesidePublic => {
                "the way without a proxy shows a private CA and a proxy a public one: it is intercepted, or the name \
                 leads to another server inside the network"
            }
            Doubt::TrustedPrivateCa => {
                "a private CA that is trusted here issued the certificate, as a company's own does and a proxy's does"
            }
            Doubt::TooLittle => "what was seen has other explanations as well",
        })
    }
}

/// The verdict on one way.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The way.
    pub way: Way,
    /// The verdict.
    pub verdict: Verdict,
    /// The way that it was compared with, if there was one.
    pub compared_with: Option<Way>,
    /// How the chains of both ways differ: first this way's, then the other's.
    pub difference: Option<ChainDifference>,
    /// What speaks for and against, the weightiest first.
    pub evidence: Vec<Evidence>,
    /// It was replaced, and the other way is intercepted by the same.
    pub other_way_too: bool,
    /// Where the chain ends, `None` without a certificate.
    pub end: Option<End>,
    /// SHA-256 of the end entity's certificate.
    pub certificate: Option<CertId>,
    /// What would make a weak verdict stronger, as a sentence.
    pub next_step: Option<&'static str>,
}

/// The verdict on an endpoint.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// What kind of name the host has.
    pub host: HostName,
    /// A judgement for each way, in the order of the observations.
    pub judgements: Vec<Judgement>,
    /// The verdict over all: the worst of the proxies', or the direct way's if that is
    /// worse. That nothing can be told of the direct way does not count beside proxies,
    /// unless a proxy shows a public CA where it shows a private one.
    pub verdict: Verdict,
    /// Whether the direct way is intercepted as well as a proxy's.
    pub direct_too: bool,
}

/// Judges what was seen of an endpoint.
pub fn assess(question: &Question<'_>) -> Assessment {
    let host = classify(question.host);
    let judgements = ways::judge(question, host);
    let is_replaced = |judgement: &Judgement| judgement.verdict.is_replaced();
    let (direct, proxied): (Vec<&Judgement>, Vec<&Judgement>) =
        judgements.iter().partition(|judgement| judgement.way == Way::Direct);
    let direct_too = direct.iter().any(|one| is_replaced(one)) && proxied.iter().any(|one| is_replaced(one));
    let counts = |judgement: &&Judgement| {
        let is_split = matches!(judgement.verdict, Verdict::CannotTell { why: Doubt::PrivateBesidePublic });
        judgement.way != Way::Direct || proxied.is_empty() || is_replaced(judgement) || is_split
    };
    let mut counted: Vec<&Judgement> = judgements.iter().filter(counts).collect();
    // Stable, so that of equals the first way counts.
    counted.sort_by_key(|judgement| std::cmp::Reverse(judgement.verdict.rank()));
    let verdict =
        counted.first().map_or(Verdict::CannotTell { why: Doubt::NothingSeen }, |judgement| judgement.verdict.clone());
    Assessment { host, judgements, verdict, direct_too }
}
