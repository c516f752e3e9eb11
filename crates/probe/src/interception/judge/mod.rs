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
mod why;

use certlens_core::time::Time;
use certlens_core::x509::CertId;

use super::compare::ChainDifference;
use super::observation::{End, Observation, Reference, Way};
use super::products::Match;
use super::public_name::{HostName, classify};
use super::signals::Evidence;

pub use rules::{RULES, Rule};
pub use why::{Doubt, Reason};

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
