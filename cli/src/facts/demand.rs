//! Demands of a product and what comes of them, as JSON has them.

use certlens_keystore::judgement::{Judgement, Outcome};
use certlens_keystore::profile::{Check, Files, Judged, PrivateKeyFacts, Profile, Remedy, Subject, Weight};
use schemars::JsonSchema;
use serde::Serialize;

use crate::exit::Exit;
use crate::facts::certificate::thumbprint;

/// One demand and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DemandFacts {
    /// A stable name, as `csp`.
    pub(crate) code: &'static str,
    /// What is demanded.
    pub(crate) demand: &'static str,
    /// Whether the product fails without it.
    pub(crate) weight: WeightFacts,
    /// What comes of it.
    pub(crate) outcome: OutcomeFacts,
    /// Whether it counts for the answer.
    pub(crate) counts: bool,
    /// Why it comes to that.
    pub(crate) reason: String,
    /// How well what is said about Windows is founded: `documented`, `source code`, `observed`, `medium`, `low`.
    pub(crate) confidence: &'static str,
    /// Who says so.
    pub(crate) source: &'static str,
    /// What mends it, or tells whether it is met; not there when it is met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remedy: Option<RemedyFacts>,
}

/// What a demand that is not met comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WeightFacts {
    /// The product fails.
    Must,
    /// It works for some uses alone, or is in danger.
    Should,
}

/// What comes of a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeFacts {
    /// It is met.
    Pass,
    /// It is not met.
    Fail,
    /// Whether it is met cannot be known from what was given.
    CannotKnow,
    /// Only the node can tell.
    OnNode,
    /// What it takes to judge it was not given, as the names of hosts.
    NotAsked,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct RemedyFacts {
    /// In words.
    pub(crate) what: String,
    /// The command line of certlens: the program and its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certlens: Option<Vec<String>>,
    /// The command line on Windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) windows: Option<String>,
    /// The oldest release on which that works, as `Windows Server 2019`, where it is not every release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) windows_since: Option<&'static str>,
}

impl From<Remedy> for RemedyFacts {
    fn from(remedy: Remedy) -> RemedyFacts {
        RemedyFacts {
            what: remedy.what,
            certlens: remedy.ours,
            windows: remedy.windows,
            windows_since: remedy.windows_since.map(|release| release.name()),
        }
    }
}

impl RemedyFacts {
    /// On Windows, by this command.
    pub(crate) fn windows(what: impl Into<String>, command: impl Into<String>) -> RemedyFacts {
        RemedyFacts { what: what.into(), certlens: None, windows: Some(command.into()), windows_since: None }
    }

    /// In words alone.
    pub(crate) fn words(what: impl Into<String>) -> RemedyFacts {
        RemedyFacts { what: what.into(), certlens: None, windows: None, windows_since: None }
    }
}

impl DemandFacts {
    pub(crate) fn new(judged: &Judged, profile: &Profile, subject: &Subject<'_>, files: Files<'_>) -> DemandFacts {
        let Judged { demand, judgement, counts, .. } = judged;
        let outcome = outcome(judged, subject);
        let remedy = match outcome {
            OutcomeFacts::OnNode if is_about_key(demand.check) && !judged.is_by_store => Some(look_at_key(subject)),
            OutcomeFacts::NotAsked => Some(RemedyFacts::words(match demand.check {
                Check::Opens => "say with --compatible-with which release of Windows must open the file",
                _ => "say with --node for which hosts the certificate is",
            })),
            _ => judged.remedy(profile, subject, files).map(RemedyFacts::from),
        };
        DemandFacts {
            code: demand.code,
            demand: demand.what,
            weight: match demand.weight {
                Weight::Must => WeightFacts::Must,
                Weight::Should => WeightFacts::Should,
            },
            outcome,
            counts: *counts,
            reason: judgement.reason.clone(),
            confidence: judgement.confidence.word(),
            source: judgement.source,
            remedy,
        }
    }

    /// One that no profile has, and that must be met.
    pub(crate) fn own(
        code: &'static str,
        demand: &'static str,
        outcome: OutcomeFacts,
        judgement: Judgement,
        remedy: Option<RemedyFacts>,
    ) -> DemandFacts {
        DemandFacts {
            code,
            demand,
            weight: WeightFacts::Must,
            outcome,
            counts: !matches!(outcome, OutcomeFacts::OnNode | OutcomeFacts::NotAsked),
            reason: judgement.reason,
            confidence: judgement.confidence.word(),
            source: judgement.source,
            remedy,
        }
    }

    /// What it does to the answer: nothing when it is met, does not count, or should
    /// be met and need not be.
    pub(crate) fn weighs(&self, strict: bool) -> Exit {
        match (self.weight, self.outcome) {
            (WeightFacts::Should, _) | (_, OutcomeFacts::Pass) => Exit::Success,
            (WeightFacts::Must, OutcomeFacts::Fail) if self.counts => Exit::Failed,
            (WeightFacts::Must, OutcomeFacts::CannotKnow) if self.counts => Exit::Indeterminate,
            (WeightFacts::Must, _) if strict => Exit::Indeterminate,
            (WeightFacts::Must, _) => Exit::Success,
        }
    }
}

impl From<Outcome> for OutcomeFacts {
    fn from(outcome: Outcome) -> OutcomeFacts {
        match outcome {
            Outcome::Pass => OutcomeFacts::Pass,
            Outcome::Fail => OutcomeFacts::Fail,
            Outcome::CannotKnow => OutcomeFacts::CannotKnow,
        }
    }
}

fn outcome(judged: &Judged, subject: &Subject<'_>) -> OutcomeFacts {
    if judged.judgement.outcome != Outcome::CannotKnow {
        return judged.judgement.outcome.into();
    }
    match judged.demand.check {
        Check::OnNode => OutcomeFacts::OnNode,
        _ if judged.is_by_store => OutcomeFacts::OnNode,
        Check::Readable if subject.acl.is_none() => OutcomeFacts::OnNode,
        Check::Opens if subject.protection.is_none() => OutcomeFacts::OnNode,
        Check::Opens if subject.release.is_none() => OutcomeFacts::NotAsked,
        Check::CoversHosts | Check::CommonName if subject.hosts.is_empty() => OutcomeFacts::NotAsked,
        check if is_about_key(check) && matches!(subject.key, PrivateKeyFacts::Elsewhere) => OutcomeFacts::OnNode,
        _ => OutcomeFacts::CannotKnow,
    }
}

const fn is_about_key(check: Check) -> bool {
    matches!(
        check,
        Check::PrivateKey
            | Check::KeyMatches
            | Check::Rsa
            | Check::Csp
            | Check::GoodProvider
            | Check::KspNamed
            | Check::Exchange
            | Check::NotSignature
            | Check::Machine
            | Check::WcfOlder
            | Check::Tls
            | Check::Opens
    )
}

/// Where the certificate alone is at hand.
fn look_at_key(subject: &Subject<'_>) -> RemedyFacts {
    let certificate = subject.certificate.map_or_else(|| "THUMBPRINT".to_owned(), |one| thumbprint(one.der()));
    RemedyFacts::windows(
        "look at the key: there is one (\"Encryption test passed\"), its Provider, ProviderType (0 is a KSP), KeySpec (1 is AT_KEYEXCHANGE) and Flags (20 is the machine's)",
        format!("certutil -v -store My {certificate}"),
    )
}
