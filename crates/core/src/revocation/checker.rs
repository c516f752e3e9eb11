//! Revocation of the certificates of a path, one after the other.

use std::collections::{HashMap, HashSet};

use crate::finding::{Code, Fact, Finding, Severity};
use crate::origin::Origin;
use crate::path::{CandidatePath, IssuerKey, Verifier};
use crate::policy::{RevocationMode, RevocationScope, ValidationPolicy};
use crate::pool::CertPool;
use crate::revocation::crl::{Judged, Question, lone_delta};
use crate::revocation::evidence::{Evidence, EvidenceCrl, EvidenceOcsp, SourceKind};
use crate::revocation::points::{ALL_REASONS, directory_names, distribution_points};
use crate::revocation::{Revocation, RevocationOutcome, RevocationStatus, SourceOutcome, SourceResult};
use crate::time::Time;
use crate::validation::PathOutcome;
use crate::x509::extension::{ExtensionValue, ReasonFlags, TlsFeature};
use crate::x509::issuer::Issuer;
use crate::x509::name::NameDigest;
use crate::x509::oid::oids;
use crate::x509::sources::{crl_urls, ocsp_urls};
use crate::x509::{CertId, Certificate};

/// The most signatures of CRLs and responses that one verification verifies: a
/// healthy one takes one for each certificate.
pub const MAX_REVOCATION_SIGNATURES: usize = 1_024;

/// The most certificates of CRL issuers whose paths one verification looks for.
pub const MAX_SIGNER_PATHS: usize = 32;

/// certificateHold (RFC 5280 §5.3.1), the one revocation that can be taken back.
const CERTIFICATE_HOLD: u8 = 6;

/// A certificate by what revocation is about: issuer name, issuer key, serial number.
type Identity = (NameDigest, [u8; 32], Vec<u8>);

/// Looks at revocation for one verification, and remembers what it found.
pub struct Checker<'a> {
    pub(super) policy: &'a ValidationPolicy,
    pub(super) time: Time,
    pub(super) evidence: &'a Evidence,
    pub(super) pool: &'a CertPool,
    /// By certificate, issuer's key and anchor's key.
    known: HashMap<(CertId, [u8; 32], [u8; 32]), (RevocationStatus, Vec<SourceOutcome>)>,
    revoked: HashMap<Identity, Revocation>,
    /// Certificates whose status is being looked for.
    pub(super) in_progress: Vec<CertId>,
    /// How often the status of a certificate would have been needed to find itself.
    pub(super) cycles: usize,
    pub(super) crl_signatures: HashMap<(usize, [u8; 32]), bool>,
    pub(super) signers: HashMap<(CertId, [u8; 32]), Result<(), String>>,
    pub(super) signer_paths: usize,
    pub(super) signatures: usize,
}

impl<'a> Checker<'a> {
    /// Nothing looked at yet. `pool` is where certificates of CRL issuers are
    /// looked for.
    pub fn new(policy: &'a ValidationPolicy, time: Time, evidence: &'a Evidence, pool: &'a CertPool) -> Checker<'a> {
        Checker {
            policy,
            time,
            evidence,
            pool,
            known: HashMap::new(),
            revoked: HashMap::new(),
            in_progress: Vec::new(),
            cycles: 0,
            crl_signatures: HashMap::new(),
            signers: HashMap::new(),
            signer_paths: 0,
            signatures: 0,
        }
    }

    /// Signatures of CRLs and responses verified so far.
    pub fn verified(&self) -> usize {
        self.signatures
    }

    /// Looks at the certificates in scope of an otherwise valid path, and adds what
    /// is found to its outcome.
    pub fn check(&mut self, outcome: &mut PathOutcome, verifier: &mut Verifier<'_>) {
        if self.policy.revocation.mode == RevocationMode::None {
            return;
        }
        if let Some(target) = outcome.path.certificates.first() {
            outcome.findings.extend(self.missing_staple(&target.certificate));
        }
        for (depth, question) in questions(&outcome.path).into_iter().enumerate() {
            if depth > 0 && self.policy.revocation.scope == RevocationScope::EndEntity {
                break;
            }
            let (status, sources) = self.status(question, verifier);
            let found = RevocationOutcome { depth, status, sources };
            outcome.findings.extend(self.finding(question.certificate, &found));
            outcome.revocation.push(found);
        }
    }

    /// Applies revocations that became known after a path was looked at
    /// (issuer name, issuer key and serial number bind every path).
    pub fn reconsider(&self, outcome: &mut PathOutcome) {
        let mut changed = Vec::new();
        for (depth, question) in questions(&outcome.path).into_iter().enumerate() {
            let Some(revocation) = self.revoked.get(&identity(question)) else { continue };
            let is_unknown = |found: &&mut RevocationOutcome| found.depth == depth && !found.is_known();
            if let Some(found) = outcome.revocation.iter_mut().find(is_unknown) {
                found.status = RevocationStatus::Revoked(revocation.clone());
                changed.extend(self.finding(question.certificate, found));
            }
        }
        for finding in changed {
            let is_replaced = |old: &Finding| {
                matches!(old.code, Code::RevocationUnknown | Code::RevocationOffline)
                    && old.locus.certificate == finding.locus.certificate
            };
            outcome.findings.retain(|old| !is_replaced(old));
            outcome.findings.push(finding);
        }
    }

    /// The first certificate of a signer's path, from this depth on, that is revoked,
    /// or else whose status is not known.
    pub(super) fn statuses_of(
        &mut self,
        path: &CandidatePath,
        from: usize,
        verifier: &mut Verifier<'_>,
    ) -> Option<(usize, RevocationStatus)> {
        let mut unknown = None;
        for (depth, question) in questions(path).into_iter().enumerate().skip(from) {
            match self.status(question, verifier).0 {
                RevocationStatus::Good | RevocationStatus::RevokedLater(_) => {}
                status @ RevocationStatus::Revoked(_) => return Some((depth, status)),
                RevocationStatus::Unknown => {
                    unknown.get_or_insert((depth, RevocationStatus::Unknown));
                }
            }
        }
        unknown
    }

    pub(super) fn status(
        &mut self,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> (RevocationStatus, Vec<SourceOutcome>) {
        let id = question.certificate.id();
        let memo = (id, question.issuer.issuer.spki_digest(), question.anchor.issuer().spki_digest());
        if let Some(known) = self.known.get(&memo) {
            return known.clone();
        }
        if let Some(revocation) = self.revoked.get(&identity(question)) {
            return (RevocationStatus::Revoked(revocation.clone()), Vec::new());
        }
        if self.in_progress.contains(&id) {
            self.cycles += 1;
            return (RevocationStatus::Unknown, Vec::new());
        }
        self.in_progress.push(id);
        let cycles = self.cycles;
        let (status, sources) = self.look(question, verifier);
        self.in_progress.pop();
        if let RevocationStatus::Revoked(revocation) = &status {
            self.revoked.insert(identity(question), revocation.clone());
        }
        if cycles == self.cycles || self.in_progress.is_empty() {
            self.known.insert(memo, (status.clone(), sources.clone()));
        }
        (status, sources)
    }

    /// All sources at hand, and what they come to.
    fn look(&mut self, question: Question<'_>, verifier: &mut Verifier<'_>) -> (RevocationStatus, Vec<SourceOutcome>) {
        let mut sources = self.look_at_responses(question, verifier);
        let by_crl = self.look_at_crls(question, verifier, &mut sources);
        self.note_failures(question.certificate, &mut sources);
        (self.conclude(&sources, by_crl), sources)
    }

    /// Responses about the certificate, and those that were retrieved for it.
    fn look_at_responses(&mut self, question: Question<'_>, verifier: &mut Verifier<'_>) -> Vec<SourceOutcome> {
        let evidence = self.evidence;
        let urls = ocsp_urls(question.certificate);
        let is_ours = |origin: &Origin| matches!(origin, Origin::Url(url) if urls.contains(url));
        let mut sources = Vec::new();
        for one in evidence.responses() {
            let outcome = self.judge_ocsp(one, question, verifier);
            let about_others = match &outcome.result {
                SourceResult::NotUsed(finding) => {
                    matches!(finding.code, Code::OcspDoesNotCover | Code::OcspUnsuccessful)
                }
                SourceResult::Good | SourceResult::Revoked(_) => false,
            };
            // What was given is said to be of no use once nothing else is known.
            if !about_others || is_ours(&one.origin) || self.is_alone(one) {
                sources.push(outcome);
            }
        }
        sources
    }

    /// Whether the response is all there is, so that it was meant for the certificate.
    fn is_alone(&self, one: &EvidenceOcsp) -> bool {
        !matches!(one.origin, Origin::Url(_)) && self.evidence.responses().len() == 1 && self.in_progress.len() == 1
    }

    /// Whether CRLs show for all reasons that the certificate is not revoked.
    fn look_at_crls(
        &mut self,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
        sources: &mut Vec<SourceOutcome>,
    ) -> bool {
        let evidence = self.evidence;
        let mut issuers = vec![question.certificate.issuer_digest()];
        let points = distribution_points(question.certificate).unwrap_or_default();
        for name in points.iter().filter_map(|point| point.crl_issuer).flat_map(directory_names) {
            issuers.push(name.digest());
        }
        let mut seen = HashSet::new();
        issuers.retain(|issuer| seen.insert(*issuer));
        let mut crls: Vec<(usize, &EvidenceCrl)> =
            issuers.into_iter().flat_map(|issuer| evidence.crls_of(issuer)).collect();
        // The newest first: it makes older ones of its scope superfluous.
        crls.sort_by_key(|(_, one)| std::cmp::Reverse(one.crl.this_update().time));
        let (deltas, complete): (Vec<_>, Vec<_>) = crls.into_iter().partition(|(_, one)| one.crl.is_delta());
        let mut reasons = 0;
        let mut used = false;
        for (place, one) in complete {
            let Judged { outcome, reasons: covered } = self.judge_crl(place, one, question, verifier);
            let revoked = matches!(outcome.result, SourceResult::Revoked(_));
            used |= !matches!(outcome.result, SourceResult::NotUsed(_));
            sources.push(outcome);
            reasons |= covered;
            if revoked || reasons == ALL_REASONS {
                break;
            }
        }
        if !used {
            sources.extend(deltas.into_iter().map(|(_, one)| lone_delta(one, question)));
        }
        if reasons != 0 && reasons != ALL_REASONS {
            let missing = ReasonFlags::from_flags(ALL_REASONS & !reasons).names().join(", ");
            let message = format!("the CRLs at hand do not cover {missing}");
            let finding = Finding::new(Code::CrlReasonsPartial, Severity::Warning, message);
            if let Some(last) = sources.iter_mut().rev().find(|source| source.result == SourceResult::Good) {
                last.result = SourceResult::NotUsed(Box::new(finding.at(None, question.certificate.id())));
            }
        }
        reasons == ALL_REASONS
    }

    /// What was asked for in vain.
    fn note_failures(&self, certificate: &Certificate, sources: &mut Vec<SourceOutcome>) {
        for (kind, urls) in [(SourceKind::Ocsp, ocsp_urls(certificate)), (SourceKind::Crl, crl_urls(certificate))] {
            for failure in self.evidence.failures(kind, &urls) {
                let finding = failure.finding.clone().at(None, certificate.id());
                sources.push(SourceOutcome {
                    kind,
                    origin: Origin::Url(failure.url.clone()),
                    result: SourceResult::NotUsed(Box::new(finding)),
                    this_update: None,
                    next_update: None,
                });
            }
        }
    }

    /// Revoked by any source is revoked, but for a hold that a newer source does not
    /// know any more; one sufficient source is enough for not revoked.
    fn conclude(&self, sources: &[SourceOutcome], by_crl: bool) -> RevocationStatus {
        let good = by_crl
            || sources.iter().any(|source| source.kind == SourceKind::Ocsp && source.result == SourceResult::Good);
        let newest_good = sources
            .iter()
            .filter(|source| good && source.result == SourceResult::Good)
            .filter_map(|source| source.this_update)
            .max();
        let revocations = sources.iter().filter_map(|source| match &source.result {
            SourceResult::Revoked(revocation) => Some((source, revocation)),
            SourceResult::Good | SourceResult::NotUsed(_) => None,
        });
        let standing = revocations.filter(|(source, revocation)| {
            revocation.reason != Some(CERTIFICATE_HOLD) || newest_good.is_none() || source.this_update >= newest_good
        });
        match standing.map(|(_, revocation)| revocation).min_by_key(|revocation| revocation.time) {
            Some(revocation) if revocation.time <= self.time => RevocationStatus::Revoked(revocation.clone()),
            Some(revocation) => RevocationStatus::RevokedLater(revocation.clone()),
            None if good => RevocationStatus::Good,
            None => RevocationStatus::Unknown,
        }
    }

    /// RFC 7633 §4.2.3: the certificate demands a staple.
    fn missing_staple(&self, target: &Certificate) -> Option<Finding> {
        if !self.policy.revocation.staple_possible || self.evidence.has_staple() {
            return None;
        }
        let Ok(ExtensionValue::TlsFeature(features)) = target.extension(oids::TLS_FEATURE)?.value() else {
            return None;
        };
        if !features.iter().any(|feature| feature == TlsFeature::STATUS_REQUEST) {
            return None;
        }
        let message = "it demands a stapled OCSP response, and none came in the handshake";
        let finding = Finding::new(Code::StapleMissing, self.policy.severity(Code::StapleMissing), message);
        Some(finding.part("tlsFeature").at(Some(0), target.id()))
    }

    fn finding(&self, certificate: &Certificate, found: &RevocationOutcome) -> Option<Finding> {
        let finding = match &found.status {
            RevocationStatus::Good => return None,
            RevocationStatus::Revoked(revocation) => {
                let message =
                    format!("revoked on {}, reason {}{}", revocation.time, revocation.reason_name(), since(revocation));
                Finding::new(Code::Revoked, self.policy.severity(Code::Revoked), message)
                    .found(Fact::Time(revocation.time))
            }
            RevocationStatus::RevokedLater(revocation) => {
                let message = format!(
                    "revoked on {}, after the verification time, reason {}{}",
                    revocation.time,
                    revocation.reason_name(),
                    since(revocation)
                );
                Finding::new(Code::RevokedLater, self.policy.severity(Code::RevokedLater), message)
                    .found(Fact::Time(revocation.time))
            }
            RevocationStatus::Unknown => self.unknown(certificate, found),
        };
        Some(finding.at(Some(found.depth), certificate.id()))
    }

    fn unknown(&self, certificate: &Certificate, found: &RevocationOutcome) -> Finding {
        let reasons: Vec<(&SourceOutcome, &Finding)> = found
            .sources
            .iter()
            .filter_map(|source| match &source.result {
                SourceResult::NotUsed(finding) => Some((source, finding.as_ref())),
                SourceResult::Good | SourceResult::Revoked(_) => None,
            })
            .collect();
        let offline = |finding: &Finding| finding.code == Code::SourceNotRetrieved;
        let is_offline = !reasons.is_empty() && reasons.iter().all(|(_, finding)| offline(finding));
        let code = if is_offline { Code::RevocationOffline } else { Code::RevocationUnknown };
        let severity = match self.policy.revocation.mode {
            RevocationMode::Require => self.policy.severity(code),
            RevocationMode::None | RevocationMode::BestEffort => Severity::Warning,
        };
        let message = match reasons.first() {
            Some((source, finding)) => {
                let more = match reasons.len() {
                    1 => String::new(),
                    count => format!(" (and {} more sources)", count - 1),
                };
                format!("whether it is revoked is not known: {}: {}{more}", source.origin, finding.message)
            }
            None if ocsp_urls(certificate).is_empty() && crl_urls(certificate).is_empty() => {
                "whether it is revoked is not known: no CRL or OCSP response for it was given, and it names no source"
                    .to_owned()
            }
            None => "whether it is revoked is not known: no CRL or OCSP response for it was given".to_owned(),
        };
        let mut finding = Finding::new(code, severity, message);
        if let Some((_, reason)) = reasons.first() {
            finding = finding.hint(reason.advice());
        }
        finding
    }
}

fn since(revocation: &Revocation) -> String {
    revocation.invalidity_date.map_or_else(String::new, |date| format!(", thought to be invalid since {date}"))
}

fn identity(question: Question<'_>) -> Identity {
    let issuer = question.issuer.issuer;
    (issuer.name_digest(), issuer.spki_digest(), question.certificate.serial().as_bytes().to_vec())
}

/// The certificates of a path, each with its issuer, the target first; none when the
/// target is the trust anchor.
pub(super) fn questions(path: &CandidatePath) -> Vec<Question<'_>> {
    let Some(anchor) = path.anchor().filter(|_| path.end_depth() > 0) else { return Vec::new() };
    let mut questions: Vec<Question<'_>> = Vec::new();
    let mut issuer = IssuerKey::of(anchor.issuer());
    for sourced in path.certificates.iter().rev() {
        questions.push(Question { certificate: &sourced.certificate, issuer, anchor });
        let inherited = issuer.parameters();
        issuer = IssuerKey { issuer: Issuer::Certificate(&sourced.certificate), inherited };
    }
    questions.reverse();
    questions
}
