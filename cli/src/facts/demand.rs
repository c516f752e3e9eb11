//! Demands of a product and what comes of them, as JSON has them.

use certlens_keystore::judgement::Judgement;
use certlens_keystore::profile::{Judged, Means, Remedy, Standing, Weight};
use schemars::JsonSchema;
use serde::Serialize;

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

/// By what means something is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MeansFacts {
    /// By changing the file.
    Convert,
    /// By another file, which leaves nothing of this one to be changed.
    Anew,
    /// By something else, or it tells what is not known.
    Other,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct RemedyFacts {
    /// By what means.
    pub(crate) means: MeansFacts,
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
            means: match remedy.means {
                Means::Convert => MeansFacts::Convert,
                Means::Anew => MeansFacts::Anew,
                Means::Other => MeansFacts::Other,
            },
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
        RemedyFacts { windows: Some(command.into()), ..RemedyFacts::words(what) }
    }

    /// In words alone.
    pub(crate) fn words(what: impl Into<String>) -> RemedyFacts {
        let means = MeansFacts::Other;
        RemedyFacts { means, what: what.into(), certlens: None, windows: None, windows_since: None }
    }

    /// In words, by another file.
    pub(crate) fn anew(what: impl Into<String>) -> RemedyFacts {
        RemedyFacts { means: MeansFacts::Anew, ..RemedyFacts::words(what) }
    }
}

impl DemandFacts {
    pub(crate) fn new(judged: Judged, remedy: Option<Remedy>) -> DemandFacts {
        let demand = judged.demand;
        let own = DemandFacts::own((demand.code, demand.what), judged.standing.into(), judged.judgement, None);
        DemandFacts { remedy: remedy.map(RemedyFacts::from), ..own.weighing(demand.weight.into()) }
    }

    /// One that no profile has, and that must be met.
    pub(crate) fn own(
        (code, demand): (&'static str, &'static str),
        outcome: OutcomeFacts,
        judgement: Judgement,
        remedy: Option<RemedyFacts>,
    ) -> DemandFacts {
        DemandFacts {
            code,
            demand,
            weight: WeightFacts::Must,
            outcome,
            counts: Standing::from(outcome).is_judged(),
            reason: judgement.reason,
            confidence: judgement.confidence.word(),
            source: judgement.source,
            remedy,
        }
    }

    /// The same with this weight.
    pub(crate) fn weighing(self, weight: WeightFacts) -> DemandFacts {
        let counts = weight == WeightFacts::Must && Standing::from(self.outcome).is_judged();
        DemandFacts { weight, counts, ..self }
    }

    /// What it is together with others judged by.
    pub(crate) fn weighed(&self) -> (Weight, Standing) {
        let weight = match self.weight {
            WeightFacts::Must => Weight::Must,
            WeightFacts::Should => Weight::Should,
        };
        (weight, self.outcome.into())
    }
}

impl From<Weight> for WeightFacts {
    fn from(weight: Weight) -> WeightFacts {
        match weight {
            Weight::Must => WeightFacts::Must,
            Weight::Should => WeightFacts::Should,
        }
    }
}

impl From<Standing> for OutcomeFacts {
    fn from(standing: Standing) -> OutcomeFacts {
        match standing {
            Standing::Pass => OutcomeFacts::Pass,
            Standing::Fail => OutcomeFacts::Fail,
            Standing::CannotKnow => OutcomeFacts::CannotKnow,
            Standing::OnNode => OutcomeFacts::OnNode,
            Standing::NotAsked => OutcomeFacts::NotAsked,
        }
    }
}

impl From<OutcomeFacts> for Standing {
    fn from(outcome: OutcomeFacts) -> Standing {
        match outcome {
            OutcomeFacts::Pass => Standing::Pass,
            OutcomeFacts::Fail => Standing::Fail,
            OutcomeFacts::CannotKnow => Standing::CannotKnow,
            OutcomeFacts::OnNode => Standing::OnNode,
            OutcomeFacts::NotAsked => Standing::NotAsked,
        }
    }
}
