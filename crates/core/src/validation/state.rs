//! The variables of RFC 5280 §6.1.2 and how findings are made from them.

use crate::crypto::acceptance::AlgorithmPolicy;
use crate::finding::{Code, Finding, Severity};
use crate::path::{CandidatePath, IssuerKey};
use crate::policy::ValidationPolicy;
use crate::revocation::RevocationOutcome;
use crate::time::Time;
use crate::validation::name_constraints::InForce;
use crate::validation::policies::{Policies, ValidPolicies};
use crate::x509::Certificate;
use crate::x509::issuer::Issuer;

/// A candidate path with what is wrong with it.
#[derive(Clone, Debug)]
pub struct PathOutcome {
    /// The path.
    pub path: CandidatePath,
    /// What was found out, the trust anchor's side first.
    pub findings: Vec<Finding>,
    /// What the path is valid for (`user-constrained-policy-set`, RFC 5280
    /// §6.1.6); without meaning when the path is refused.
    pub policies: ValidPolicies,
    /// What is known about revocation; empty when it was not looked at, which it is
    /// only for paths that are otherwise valid.
    pub revocation: Vec<RevocationOutcome>,
}

impl PathOutcome {
    /// Whether the path reaches an anchor and nothing speaks against it.
    pub fn is_trusted(&self) -> bool {
        self.path.anchor().is_some() && self.errors() == 0
    }

    /// Whether nothing speaks against the path but that something about revocation
    /// is not known.
    pub fn is_undetermined(&self) -> bool {
        let unknown = |finding: &Finding| matches!(finding.code, Code::RevocationUnknown | Code::RevocationOffline);
        let mut errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error).peekable();
        self.path.anchor().is_some() && errors.peek().is_some() && errors.all(unknown)
    }

    /// How many findings refuse the path.
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }
}

/// A path length constraint in force.
#[derive(Clone)]
pub(super) struct PathLength {
    /// CAs that are not self-issued and may still follow (`max_path_length`).
    pub(super) left: u32,
    /// What the constraint said.
    pub(super) stated: u32,
    /// The depth of the certificate that set it; `None` when the policy did.
    pub(super) depth: Option<usize>,
    /// The CAs beyond it, and the finding about them.
    pub(super) beyond: Vec<String>,
    pub(super) finding: Option<usize>,
}

impl PathLength {
    pub(super) fn new(stated: u32, depth: Option<usize>) -> PathLength {
        PathLength { left: stated, stated, depth, beyond: Vec::new(), finding: None }
    }
}

pub(super) struct State<'a> {
    pub(super) path: &'a CandidatePath,
    pub(super) policy: &'a ValidationPolicy,
    pub(super) algorithms: AlgorithmPolicy,
    pub(super) time: Time,
    /// `None` at the top of a path without a trust anchor.
    pub(super) issuer: Option<IssuerKey<'a>>,
    pub(super) name_constraints: Vec<InForce>,
    pub(super) policies: Policies<'a>,
    /// Each constraint above counts for itself: the shortest decides, and who stated
    /// one that is exceeded is told.
    pub(super) path_lengths: Vec<PathLength>,
    /// Whether the certificate at hand is the trust anchor.
    pub(super) at_anchor: bool,
    /// Whether the anchor belongs to a set that a root program keeps.
    pub(super) in_public_set: bool,
    /// Whether nothing is known of what stands above and below.
    pub(super) alone: bool,
    depth: usize,
    certificate: Option<&'a Certificate>,
    findings: Vec<Finding>,
}

impl<'a> State<'a> {
    pub(super) fn new(path: &'a CandidatePath, policy: &'a ValidationPolicy, time: Time) -> Self {
        State {
            path,
            policy,
            algorithms: policy.algorithms(),
            time,
            issuer: None,
            name_constraints: Vec::new(),
            policies: Policies::new(policy),
            // RFC 5280 §6.1.2 (k), where a shorter path is not demanded.
            path_lengths: policy.max_path_length.map(|most| PathLength::new(most, None)).into_iter().collect(),
            at_anchor: false,
            in_public_set: false,
            alone: false,
            depth: 0,
            certificate: None,
            findings: Vec::new(),
        }
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    pub(super) fn go_to(&mut self, depth: usize, certificate: &'a Certificate) {
        self.depth = depth;
        self.certificate = Some(certificate);
    }

    /// Makes the certificate at hand the issuer of the next one.
    pub(super) fn descend(&mut self, certificate: &'a Certificate) {
        let inherited = self.issuer.and_then(|issuer| issuer.parameters());
        self.issuer = Some(IssuerKey { issuer: Issuer::Certificate(certificate), inherited });
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// A finding about the certificate at hand with the severity that the
    /// policy gives its code.
    pub(super) fn finding(&self, code: Code, message: impl Into<String>) -> Finding {
        let finding = Finding::new(code, self.policy.severity(code), message);
        match self.certificate {
            Some(certificate) => finding.at(Some(self.depth), certificate.id()),
            None => finding,
        }
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// As [`State::push`]; on a trust anchor of a public set an error becomes a
    /// warning, because its root program knows the anchor and accepts it.
    pub(super) fn push_rule(&mut self, finding: Finding) {
        if self.at_anchor && self.in_public_set { self.push_form(finding) } else { self.push(finding) }
    }

    /// Puts a finding in the place of an earlier one.
    pub(super) fn replace(&mut self, place: usize, finding: Finding) {
        if let Some(earlier) = self.findings.get_mut(place) {
            *earlier = finding;
        }
    }

    /// How many findings there are so far.
    pub(super) fn count(&self) -> usize {
        self.findings.len()
    }

    /// Whether anything found so far refuses the certificate.
    pub(super) fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// As [`State::push`]; on a trust anchor an error becomes a warning,
    /// because the anchor's own encoding and form were the caller's to judge.
    pub(super) fn push_form(&mut self, mut finding: Finding) {
        if self.at_anchor && finding.severity == Severity::Error {
            finding.severity = Severity::Warning;
        }
        self.findings.push(finding);
    }
}
