//! Putting it together: search, validate, decide.

use crate::anchors::AnchorSet;
use crate::finding::{Code, Finding, Severity};
use crate::path::{CandidatePath, EdgeCache, Limit, PathEnd, search};
use crate::policy::ValidationPolicy;
use crate::pool::{CertPool, Sourced};
use crate::time::Time;
use crate::validation::{PathOutcome, validate};
use crate::verdict::{Status, Verdict};

/// One verification: everything it depends on, stated.
///
/// ```
/// use certlens_core::anchors::AnchorSet;
/// use certlens_core::engine::Validation;
/// use certlens_core::policy::{Profile, ValidationPolicy};
/// use certlens_core::pool::CertPool;
/// use certlens_core::time::Time;
///
/// # fn run(target: certlens_core::pool::Sourced, anchors: AnchorSet) {
/// let verdict = Validation {
///     target: &target,
///     pool: &CertPool::new(),
///     anchors: &anchors,
///     policy: &ValidationPolicy::new(Profile::Rfc5280),
///     time: Time::from_unix(1_800_000_000),
/// }
/// .run();
/// println!("{:?}", verdict.status);
/// # }
/// ```
pub struct Validation<'a> {
    /// The certificate to be judged.
    pub target: &'a Sourced,
    /// Certificates that may stand between it and an anchor.
    pub pool: &'a CertPool,
    /// What is trusted.
    pub anchors: &'a AnchorSet,
    /// What is demanded.
    pub policy: &'a ValidationPolicy,
    /// The verification time.
    pub time: Time,
}

impl Validation<'_> {
    /// Searches, validates the candidates in order until one is trusted, and
    /// decides.
    pub fn run(&self) -> Verdict {
        let mut edges = EdgeCache::new();
        let found = search(self.target, self.pool, self.anchors, &mut edges);
        let mut outcomes: Vec<PathOutcome> = Vec::new();
        let mut trusted = None;
        for candidate in found.complete {
            let outcome = self.validate(candidate, &mut edges);
            if outcome.is_trusted() {
                trusted = Some(outcome);
                break;
            }
            outcomes.push(outcome);
        }
        if trusted.is_none()
            && let Some(partial) = found.partial
        {
            outcomes.push(self.validate(partial, &mut edges));
        }
        self.decide(trusted, outcomes, found.limit, edges.verified())
    }

    fn validate(&self, path: CandidatePath, edges: &mut EdgeCache) -> PathOutcome {
        validate(path, self.policy, self.time, edges)
    }

    fn decide(
        &self,
        trusted: Option<PathOutcome>,
        mut outcomes: Vec<PathOutcome>,
        limit: Option<Limit>,
        signatures: usize,
    ) -> Verdict {
        if trusted.is_some() {
            return Verdict {
                status: Status::Trusted,
                best: trusted,
                others: outcomes,
                findings: Vec::new(),
                signatures,
            };
        }
        let mut findings = Vec::new();
        let mut status = Status::Untrusted;
        if let Some(limit) = limit {
            let (name, value) = limit.describe();
            let message = format!("the search ended at its limit {name} = {value}, and not every path was seen");
            let finding = Finding::new(Code::BudgetExhausted, Severity::Error, message);
            findings.push(match limit {
                Limit::PathCertificates => finding.hint(
                    "The path is longer than certlens follows; if every CA in it is meant, give one nearer to the target as trust anchor.",
                ),
                _ => finding,
            });
            status = Status::Indeterminate;
        }
        if self.anchors.is_empty() {
            let message = "there is no trust anchor to end a path in";
            findings.push(Finding::new(Code::TrustStoreEmpty, Severity::Error, message));
            status = Status::Indeterminate;
        }
        let nearest = outcomes.iter().enumerate().min_by_key(|(index, outcome)| (distance(outcome), *index));
        let best = nearest.map(|(index, _)| index).map(|index| outcomes.remove(index));
        Verdict { status, best, others: outcomes, findings, signatures }
    }
}

/// How far a path is from being trusted: reaching an anchor comes first, then
/// the number of findings that refuse it.
fn distance(outcome: &PathOutcome) -> (usize, usize) {
    let end = match outcome.path.end {
        PathEnd::Anchor(_) | PathEnd::TargetIsAnchor(_) => 0,
        PathEnd::SelfSigned => 1,
        PathEnd::NoIssuer(_) => 2,
    };
    (end, outcome.errors())
}
