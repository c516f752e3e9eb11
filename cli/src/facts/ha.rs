//! The facts of `certlens ha`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::exit::Exit;
use crate::facts::check::{AnswerFacts, BriefFacts, GivenFacts, decide};
use crate::facts::demand::{DemandFacts, RemedyFacts};
use crate::facts::endpoint::EndpointFacts;
use crate::facts::finding::FindingFacts;
use crate::facts::not_read::NotReadFacts;

/// The report of `certlens ha`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HaReport {
    /// Always `certlens/ha/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// The exit code of the run.
    pub(crate) exit_code: u8,
    /// What comes of all nodes together.
    pub(crate) answer: AnswerFacts,
    /// What decides it, unless all that counts is met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decisive: Option<DecisiveFacts>,
    /// What was judged by beside the files.
    pub(crate) given: GivenFacts,
    /// Sets of trust anchors that were used, each with its number of anchors.
    pub(crate) anchors: Vec<AnchorsFacts>,
    /// Whether the URLs in the certificates were asked.
    pub(crate) fetched: bool,
    /// What came of the URLs that were asked, each once.
    pub(crate) asked: Vec<AskedFacts>,
    /// Whether the nodes' services were connected to, from here.
    pub(crate) probed: bool,
    /// The names of all nodes, in the order of the command line.
    pub(crate) names: Vec<String>,
    /// The nodes, in the order of the command line.
    pub(crate) nodes: Vec<NodeFacts>,
    /// For each file, the conversion that mends everything that one can mend.
    pub(crate) conversions: Vec<RemedyFacts>,
    /// Files that could not be read.
    pub(crate) not_read: Vec<NotReadFacts>,
    /// Findings about trust anchors and intermediates given, and about this machine where services were probed.
    pub(crate) findings: Vec<FindingFacts>,
}

/// A demand on a node that decides.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct DecisiveFacts {
    /// The demand.
    pub(crate) code: &'static str,
    /// The first node that it is about.
    pub(crate) node: String,
}

/// A set of trust anchors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AnchorsFacts {
    /// Its name or file.
    pub(crate) set: String,
    /// How many anchors it has.
    pub(crate) count: usize,
}

/// A URL that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AskedFacts {
    /// The URL, without user name and password.
    pub(crate) url: String,
    /// `issuer`, `crl`, `delta_crl` or `ocsp`.
    pub(crate) kind: &'static str,
    /// As in the report of `certlens url`: `verified`, `failed`, …
    pub(crate) status: &'static str,
}

/// A node.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NodeFacts {
    /// Its host name, or that of its file where no host was named.
    pub(crate) name: String,
    /// Its file, `-` for standard input.
    pub(crate) file: String,
    /// What comes of it alone.
    pub(crate) answer: AnswerFacts,
    /// Its certificate, when it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<BriefFacts>,
    /// What its key is in Windows, in one sentence.
    pub(crate) key: String,
    /// Whether the key was at hand; of a certificate alone nothing is known of it.
    pub(crate) key_was_looked_at: bool,
    /// The demands; the same on every node, in the same order.
    pub(crate) demands: Vec<DemandFacts>,
    /// What else is to be said of its file.
    pub(crate) remarks: Vec<String>,
    /// How its service answered, when it was connected to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<ServiceFacts>,
}

/// How the service of a node answered, as it is seen from here.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ServiceFacts {
    /// What it answers.
    pub(crate) answers: AnswersFacts,
    /// The certificate that it presented, when it did and it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) presented: Option<BriefFacts>,
    /// How it was reached, stage by stage.
    pub(crate) endpoint: EndpointFacts,
}

/// What a service answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnswersFacts {
    /// net.tcp, and TLS is on.
    Tls,
    /// net.tcp, and TLS is not on.
    NoTls,
    /// net.tcp, and whether it is the nodes' service, or will be, is not known.
    OtherService,
    /// This machine could not ask it, for a reason of its own.
    NotAsked,
    /// Not as the nodes need it, or not at all.
    Nothing,
}

impl HaReport {
    pub(crate) const SCHEMA: &'static str = "certlens/ha/1";

    pub(crate) fn new(given: GivenFacts, fetched: bool, probed: bool) -> HaReport {
        HaReport {
            schema: Self::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            exit_code: 0,
            answer: AnswerFacts::CannotKnow,
            decisive: None,
            given,
            anchors: Vec::new(),
            fetched,
            probed,
            asked: Vec::new(),
            names: Vec::new(),
            nodes: Vec::new(),
            conversions: Vec::new(),
            not_read: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Decides by what was found, and gives the exit code that it asks for.
    pub(crate) fn decide(&mut self) -> Exit {
        let strict = self.given.strict;
        for node in &mut self.nodes {
            node.answer = node.known(decide(&node.demands, strict).0);
        }
        // Demand by demand: the first that fails on any node is the one to say.
        let mut all: Vec<(usize, &NodeFacts, &DemandFacts)> = Vec::new();
        for node in &self.nodes {
            all.extend(node.demands.iter().enumerate().map(|(at, demand)| (at, node, demand)));
        }
        all.sort_by_key(|(at, ..)| *at);
        let (answer, decisive) = decide(all.iter().map(|(_, _, demand)| *demand), strict);
        let of_node = all.iter().find(|(_, _, demand)| decisive.is_some_and(|one| std::ptr::eq(one, *demand)));
        let decisive = of_node.map(|(_, node, demand)| DecisiveFacts { code: demand.code, node: node.name.clone() });
        let answer = self.nodes.iter().fold(answer, |answer, node| node.known(answer));
        (self.answer, self.decisive) = (answer, decisive);
        answer.exit()
    }
}

impl NodeFacts {
    /// An answer by what is known of the node's key: nobody is ready whose key was not
    /// looked at.
    fn known(&self, answer: AnswerFacts) -> AnswerFacts {
        if answer == AnswerFacts::Ready && !self.key_was_looked_at { AnswerFacts::NothingAgainst } else { answer }
    }
}
