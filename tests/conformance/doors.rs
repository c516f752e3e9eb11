//! The two doors, and what was seen through them.

use std::collections::BTreeSet;

use certlens_core::anchors::AnchorSet;
use certlens_core::engine::{Paths, Validation};
use certlens_core::finding::{Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::path::{CandidatePath, Verifier, VerifyCache};
use certlens_core::policy::ValidationPolicy;
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::revocation::{Checker, Evidence, SourceResult};
use certlens_core::time::Time;
use certlens_core::validation::{PathOutcome, validate};
use certlens_core::verdict::{Status, Verdict};
use certlens_core::x509::{Certificate, Crl};

/// What a case demands.
pub(crate) struct Demand {
    pub(crate) policy: ValidationPolicy,
    pub(crate) time: Time,
    pub(crate) evidence: Evidence,
}

impl Demand {
    /// The builder with the validator.
    pub(crate) fn build(
        &self,
        target: &Certificate,
        pool: &CertPool,
        anchors: &AnchorSet,
        cache: &VerifyCache,
    ) -> Verdict {
        let Demand { policy, time, evidence } = self;
        let target = &sourced(target);
        Validation { target, pool, anchors, policy, time: *time, paths: Paths::UntilTrusted, evidence, cache }.run()
    }

    /// The validator alone. Nothing is known from the builder's work: each
    /// signature is verified again. The pool is for the issuers of CRLs.
    pub(crate) fn validate(&self, path: CandidatePath, pool: &CertPool) -> PathOutcome {
        let cache = VerifyCache::new();
        let mut verifier = Verifier::new(&cache);
        let mut outcome = validate(path, &self.policy, self.time, &mut verifier);
        if outcome.is_trusted() {
            Checker::new(&self.policy, self.time, &self.evidence, pool).check(&mut outcome, &mut verifier);
        }
        outcome
    }
}

/// Whether the answer is that the certificate can be trusted.
pub(crate) fn is_trusted(verdict: &Verdict) -> bool {
    verdict.status == Status::Trusted
}

/// A certificate with its origin.
pub(crate) fn sourced(certificate: &Certificate) -> Sourced {
    Sourced { certificate: certificate.clone(), origin: Origin::Memory }
}

/// These certificates as candidates for issuers.
pub(crate) fn pool<'c>(certificates: impl IntoIterator<Item = &'c Certificate>) -> CertPool {
    let mut pool = CertPool::new();
    for certificate in certificates {
        pool.add(certificate.clone(), Origin::Memory);
    }
    pool
}

/// These CRLs as evidence.
pub(crate) fn evidence(crls: impl IntoIterator<Item = Crl>) -> Evidence {
    let mut evidence = Evidence::new();
    for crl in crls {
        evidence.add_crl(crl, Origin::Memory);
    }
    evidence
}

/// These certificates as trust anchors.
pub(crate) fn anchors<'c>(certificates: impl IntoIterator<Item = &'c Certificate>) -> AnchorSet {
    let mut anchors = AnchorSet::new();
    for certificate in certificates {
        anchors.add(certificate.clone(), Origin::Memory);
    }
    anchors
}

/// A case and what became of it.
pub(crate) struct Observed {
    pub(crate) id: String,
    /// Whether the suite accepts it.
    pub(crate) expected: bool,
    /// Whether certlens does, through every door.
    pub(crate) ours: bool,
    /// What refused it, as `code@depth`.
    pub(crate) refused_by: BTreeSet<String>,
    /// What the validator alone found on the path that it was given.
    pub(crate) refused_alone: BTreeSet<String>,
    /// What does not fit together whatever is expected.
    pub(crate) complaints: Vec<String>,
}

impl Observed {
    /// Whether certlens decides as the suite does.
    pub(crate) fn agrees(&self) -> bool {
        self.expected == self.ours
    }
}

/// The words of the suites.
pub(crate) fn word(accepted: bool) -> &'static str {
    if accepted { "SUCCESS" } else { "FAILURE" }
}

/// What kept sources of revocation from being used, as `code@depth`.
pub(crate) fn unused_sources<'o>(outcomes: impl IntoIterator<Item = &'o PathOutcome>) -> BTreeSet<String> {
    let unknown = outcomes.into_iter().flat_map(|outcome| &outcome.revocation).filter(|found| !found.is_known());
    unknown
        .flat_map(|found| found.sources.iter().map(|source| (found.depth, &source.result)))
        .filter_map(|(depth, result)| match result {
            SourceResult::NotUsed(finding) => Some(format!("{}@{depth}", finding.code)),
            SourceResult::Good | SourceResult::Revoked(_) => None,
        })
        .collect()
}

/// Findings that refuse, as `code@depth`; `-` stands for no certificate of the path.
pub(crate) fn refusals<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> BTreeSet<String> {
    let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| match finding.locus.certificate.and_then(|certificate| certificate.depth) {
            Some(depth) => format!("{}@{depth}", finding.code),
            None => format!("{}@-", finding.code),
        })
        .collect()
}
