//! Putting it together: search, validate, decide.

use crate::anchors::AnchorSet;
use crate::finding::{Code, Finding, Severity};
use crate::path::{CandidatePath, Limit, MAX_KEPT_PATHS, PathEnd, Search, Verifier, VerifyCache};
use crate::policy::ValidationPolicy;
use crate::pool::{CertPool, Sourced};
use crate::revocation::{Checker, Evidence, IssuerAnswer, needs};
use crate::time::Time;
use crate::validation::{PathGuide, PathOutcome, validate};
use crate::verdict::{Status, Verdict};
use crate::x509::sources::without_credentials;

/// How many paths that cannot be accepted are looked at to find the one that
/// explains best why.
const EXPLAINING_PATHS: usize = 8;

/// Which paths are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paths {
    /// Until one is trusted.
    #[default]
    UntilTrusted,
    /// All, for a report that shows them, up to [`MAX_KEPT_PATHS`].
    All,
}

/// One verification: everything it depends on, stated.
///
/// ```
/// use certlens_core::anchors::AnchorSet;
/// use certlens_core::engine::{Paths, Validation};
/// use certlens_core::path::VerifyCache;
/// use certlens_core::policy::{Profile, ValidationPolicy};
/// use certlens_core::pool::CertPool;
/// use certlens_core::revocation::Evidence;
/// use certlens_core::time::Time;
///
/// # fn run(target: certlens_core::pool::Sourced, anchors: AnchorSet) {
/// let verdict = Validation {
///     target: &target,
///     pool: &CertPool::new(),
///     anchors: &anchors,
///     policy: &ValidationPolicy::new(Profile::Rfc5280),
///     time: Time::from_unix(1_800_000_000),
///     paths: Paths::UntilTrusted,
///     evidence: &Evidence::new(),
///     cache: &VerifyCache::new(),
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
    /// Which paths are looked at.
    pub paths: Paths,
    /// What is at hand about revocation.
    pub evidence: &'a Evidence,
    /// Signatures verified before; the same for several verifications that share
    /// certificates.
    pub cache: &'a VerifyCache,
}

impl Validation<'_> {
    /// Searches and validates, path by path, until one is trusted or none is
    /// left, and decides.
    pub fn run(&self) -> Verdict {
        let mut verifier = Verifier::new(self.cache);
        let mut guide = PathGuide::new(&self.target.certificate, self.policy, self.time);
        let mut search = Search::new(self.target, self.pool, self.anchors, self.policy.anchor_use);
        let mut checker = Checker::new(self.policy, self.time, self.evidence, self.pool);
        let mut tried = Tried::default();
        let mut hopeless = None;
        while let Some(candidate) = search.next(&mut guide, &mut verifier) {
            let outcome = self.judge(candidate, &mut checker, &mut verifier);
            if outcome.is_trusted() && tried.trusted.is_none() {
                tried.trusted = Some(outcome);
                if self.paths == Paths::UntilTrusted {
                    break;
                }
            } else {
                tried.keep(outcome);
            }
            // What is wrong with the target is wrong on every path: a few show it.
            let hopeless = *hopeless.get_or_insert_with(|| !guide.may_be_target());
            // As long as none is trusted and one could be, none is enough.
            let enough = match self.paths {
                Paths::All if hopeless || tried.trusted.is_some() => MAX_KEPT_PATHS,
                Paths::UntilTrusted if hopeless => EXPLAINING_PATHS,
                Paths::All | Paths::UntilTrusted => usize::MAX,
            };
            if tried.count >= enough {
                break;
            }
        }
        let mut limit = search.limit();
        if tried.trusted.is_none() || self.paths == Paths::All {
            if limit.is_some() && !guide.may_be_target() {
                limit = None;
            }
            let most = if self.paths == Paths::All { MAX_KEPT_PATHS } else { EXPLAINING_PATHS };
            for candidate in search.explain(most, &mut verifier) {
                if tried.has(&candidate) {
                    continue;
                }
                let outcome = self.judge(candidate, &mut checker, &mut verifier);
                // What the search did not come to may hold.
                if outcome.is_trusted() && tried.trusted.is_none() {
                    tried.trusted = Some(outcome);
                } else {
                    tried.keep(outcome);
                }
            }
        }
        tried.reconsider(&checker);
        let mut verdict = self.decide(tried, limit, verifier.verified() + checker.verified());
        // What is wrong with the target, no other issuer mends; only a chain that ends
        // below its anchor is worth completing, to show the whole of it.
        let is_complete = verdict.best.as_ref().is_some_and(|best| best.path.anchor().is_some());
        let target_is_refused = !guide.may_be_target()
            || verdict.best.iter().flat_map(|best| &best.findings).any(|finding| {
                finding.code == Code::Revoked
                    && finding.locus.certificate.is_some_and(|certificate| certificate.depth == Some(0))
            });
        verdict.target_is_refused = target_is_refused;
        if !(target_is_refused && is_complete && verdict.status == Status::Untrusted) {
            let (evidence, policy) = (self.evidence, &self.policy.revocation);
            verdict.needs = needs(verdict.best.as_ref(), &verdict.others, evidence, policy, checker.needs());
        }
        verdict
    }

    /// Revocation is asked only of otherwise valid paths.
    fn judge(&self, path: CandidatePath, checker: &mut Checker<'_>, verifier: &mut Verifier<'_>) -> PathOutcome {
        let mut outcome = validate(path, self.policy, self.time, verifier);
        if outcome.is_trusted() {
            checker.check(&mut outcome, verifier);
        }
        outcome
    }

    fn decide(&self, tried: Tried, limit: Option<Limit>, signatures: usize) -> Verdict {
        let Tried { trusted, mut others, count, .. } = tried;
        if trusted.is_some() {
            let others_dropped = count - others.len();
            return Verdict {
                status: Status::Trusted,
                best: trusted,
                others,
                others_dropped,
                findings: Vec::new(),
                signatures,
                target_is_refused: false,
                needs: Vec::new(),
            };
        }
        let mut findings = Vec::new();
        let mut status = Status::Untrusted;
        if let Some(limit) = limit {
            let (name, value) = limit.describe();
            let (message, hint) = match limit {
                Limit::PathCertificates => (
                    format!(
                        "the path has more than {value} certificates, and certlens follows no further (limit {name})"
                    ),
                    "If every CA in it is meant, give one nearer to the target as trust anchor.",
                ),
                Limit::Steps | Limit::Signatures => (
                    format!("the search ended at its limit {name} = {value}, and not every path was seen"),
                    Code::BudgetExhausted.entry().hint,
                ),
            };
            findings.push(Finding::new(Code::BudgetExhausted, Severity::Error, message).hint(hint));
            status = Status::Indeterminate;
        }
        if self.anchors.is_empty() {
            let message = "there is no trust anchor to end a path in";
            findings.push(Finding::new(Code::TrustStoreEmpty, Severity::Error, message));
            status = Status::Indeterminate;
        }
        // A path that only lacks evidence may hold.
        let undetermined = others.iter().enumerate().find(|(_, outcome)| outcome.is_undetermined());
        if undetermined.is_some() {
            status = Status::Indeterminate;
        }
        let nearest = undetermined
            .or_else(|| others.iter().enumerate().min_by_key(|(index, outcome)| (distance(outcome), *index)));
        let mut best = nearest.map(|(index, _)| index).map(|index| others.remove(index));
        if best.as_mut().is_some_and(|best| self.tell_of_issuer_urls(best)) {
            status = Status::Indeterminate;
        }
        let others_dropped = count - others.len() - usize::from(best.is_some());
        Verdict {
            status,
            best,
            others,
            others_dropped,
            findings,
            signatures,
            target_is_refused: false,
            needs: Vec::new(),
        }
    }
}

impl Validation<'_> {
    /// Says of a missing issuer what its URLs gave. Gives whether nothing else is wrong
    /// with the path, and a URL could not be asked: whoever reaches it may come to
    /// another answer.
    fn tell_of_issuer_urls(&self, best: &mut PathOutcome) -> bool {
        let PathEnd::NoIssuer(missing) = &best.path.end else { return false };
        let failed = self.evidence.issuer_answers(&missing.urls).find_map(|(url, answer)| match answer {
            IssuerAnswer::Failed { stage, why, hint } => Some((without_credentials(url), stage, why, hint)),
            IssuerAnswer::Asked | IssuerAnswer::Came(_) => None,
        });
        let other = self.evidence.issuer_answers(&missing.urls).find_map(|(url, answer)| match answer {
            IssuerAnswer::Came(subjects) => Some((without_credentials(url), subjects)),
            IssuerAnswer::Asked | IssuerAnswer::Failed { .. } => None,
        });
        let below = best.path.certificates.last().map(|last| last.certificate.subject().brief());
        let whose = format!("the issuer of {} ({})", below.unwrap_or_default(), missing.name);
        let errors = best.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let is_missing =
            |finding: &&mut Finding| finding.code == Code::IssuerNotFound && finding.severity == Severity::Error;
        let Some(finding) = best.findings.iter_mut().find(is_missing) else { return false };
        match (failed, other) {
            (Some((url, Some(stage), why, hint)), _) => {
                finding.message = format!(
                    "{whose} is not among the certificates given, and {url} could not be retrieved: it failed at stage {stage}: {why}"
                );
                finding.hint = Some(hint.clone());
                errors == 1
            }
            (Some((url, None, why, hint)), _) => {
                finding.message =
                    format!("{whose} is not among the certificates given, and {url} gives no certificate: {why}");
                finding.hint = Some(hint.clone());
                errors == 1
            }
            (None, Some((url, subjects))) => {
                let what = if subjects.iter().all(|subject| *subject == missing.name) {
                    "one of the same name, but with another key".to_owned()
                } else {
                    format!("another one in its place: {}", subjects.join(" and "))
                };
                finding.message = format!("{whose} is not among the certificates given, and {url} gives {what}");
                let hint = format!(
                    "Have the CA put the certificate of {}, with the key that signed, under this URL; until then get it elsewhere and give it with --intermediates.",
                    missing.name
                );
                finding.hint = Some(hint);
                false
            }
            (None, None) => false,
        }
    }
}

/// What became of the paths.
#[derive(Default)]
struct Tried {
    trusted: Option<PathOutcome>,
    /// Those that came nearest, in the order of trying.
    others: Vec<PathOutcome>,
    /// How many there were, `trusted` not counted.
    count: usize,
}

impl Tried {
    fn keep(&mut self, outcome: PathOutcome) {
        self.count += 1;
        if self.others.len() < MAX_KEPT_PATHS {
            self.others.push(outcome);
            return;
        }
        let farthest = self.others.iter().enumerate().max_by_key(|(_, outcome)| distance(outcome));
        if let Some((place, farthest)) = farthest
            && distance(&outcome) < distance(farthest)
        {
            self.others.remove(place);
            self.others.push(outcome);
        }
    }

    /// What a later path made known holds for those before it.
    fn reconsider(&mut self, checker: &Checker<'_>) {
        self.trusted.iter_mut().chain(&mut self.others).for_each(|outcome| checker.reconsider(outcome));
        if let Some(refused) = self.trusted.take_if(|outcome| !outcome.is_trusted()) {
            let next = self.others.iter().position(PathOutcome::is_trusted);
            self.trusted = next.map(|place| self.others.remove(place));
            self.others.insert(0, refused);
            self.count += usize::from(self.trusted.is_none());
        }
    }

    fn has(&self, candidate: &CandidatePath) -> bool {
        self.trusted.iter().chain(&self.others).any(|outcome| outcome.path.is_same(candidate))
    }
}

/// How far a path is from being trusted: reaching an anchor comes first, then
/// the number of findings that refuse it.
fn distance(outcome: &PathOutcome) -> (usize, usize) {
    let end = match outcome.path.end {
        PathEnd::Anchor(_) | PathEnd::TargetIsAnchor(_) => 0,
        PathEnd::SelfSigned(_) | PathEnd::Loop(_) => 1,
        PathEnd::NoIssuer(_) | PathEnd::NotFollowed(_) => 2,
    };
    (end, outcome.errors())
}
