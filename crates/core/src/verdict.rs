//! The answer: trusted, untrusted, or not to be decided with what is at hand.

use crate::finding::{Finding, Severity};
use crate::validation::PathOutcome;

/// The three answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A path to a trust anchor satisfies the policy.
    Trusted,
    /// No path does.
    Untrusted,
    /// Evidence is missing, or a limit ended the work before it was done.
    Indeterminate,
}

/// The answer with its grounds.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The answer.
    pub status: Status,
    /// The path that decided: the trusted one, or the one that came nearest.
    pub best: Option<PathOutcome>,
    /// Other paths that were tried, in the order of trying.
    pub others: Vec<PathOutcome>,
    /// Findings about the run as a whole.
    pub findings: Vec<Finding>,
    /// Signatures verified.
    pub signatures: usize,
}

impl Verdict {
    /// The finding that decided, the worst one nearest to the target; `None`
    /// when trusted without any.
    pub fn reason(&self) -> Option<&Finding> {
        let in_path = self.best.iter().flat_map(|outcome| outcome.findings.iter().rev());
        let mut all = self.findings.iter().filter(|finding| finding.severity == Severity::Error).chain(in_path);
        all.find(|finding| finding.severity == Severity::Error)
    }

    /// All findings that count for the verdict: those of the run and of the
    /// deciding path.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.best.iter().flat_map(|outcome| outcome.findings.iter()))
    }
}
