//! Revocation of the certificates of a path, one after the other.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::finding::{Code, Fact, Finding, Severity};
use crate::origin::Origin;
use crate::path::{CandidatePath, IssuerKey, Verifier};
use crate::policy::{CLOCK_TOLERANCE, RevocationMode, RevocationScope, ValidationPolicy};
use crate::pool::CertPool;
use crate::revocation::crl::{CERTIFICATE_HOLD, Question, may_list};
use crate::revocation::evidence::{Evidence, EvidenceCrl, SourceKind};
use crate::revocation::needs::{Need, needs_of_signers};
use crate::revocation::points::{ALL_REASONS, Points};
use crate::revocation::responder::ByKey;
use crate::revocation::signer::Candidates;
use crate::revocation::unheard::{idle_deltas, nameless, names_no_source};
use crate::revocation::{Revocation, RevocationOutcome, RevocationStatus, SourceOutcome, SourceResult};
use crate::time::Time;
use crate::validation::PathOutcome;
use crate::x509::extension::{ExtensionValue, ReasonFlags, TlsFeature};
use crate::x509::issuer::Issuer;
use crate::x509::name::NameDigest;
use crate::x509::ocsp::CertIdOwned;
use crate::x509::oid::oids;
use crate::x509::{CertId, Certificate};

/// The most signatures of CRLs and responses that one verification verifies, one by a
/// long key, or by one that signs long octets without a hash, counted as several. A
/// healthy verification takes one for each certificate.
pub const MAX_REVOCATION_SIGNATURES: usize = 1_024;

/// The most certificates of CRL issuers whose paths one verification looks for.
pub const MAX_SIGNER_PATHS: usize = 32;

/// The most sources without use that are kept for one certificate: a report that can
/// be read, whatever is thrown in.
const MAX_UNUSED_SOURCES: usize = 32;

/// How deep the question who may say that a certificate is revoked can lead to
/// further certificates. Each level takes room on the stack; two are in use.
pub const MAX_REVOCATION_NESTING: usize = 16;

/// A certificate by what revocation is about: issuer name, issuer key, serial number.
type Identity = (NameDigest, [u8; 32], Vec<u8>);

/// An issuer or trust anchor: name, key, and the certificate that it was given as,
/// since another certificate for the same key may allow other things.
pub(super) type Holder = (NameDigest, [u8; 32], Option<CertId>);

pub(super) fn holder(issuer: Issuer<'_>) -> Holder {
    let id = match issuer {
        Issuer::Certificate(certificate) => Some(certificate.id()),
        Issuer::NamedKey(_) => None,
    };
    (issuer.name_digest(), issuer.spki_digest(), id)
}

/// What CRLs show about a certificate.
struct ByCrl {
    /// Whether for all reasons it was not revoked at the verification time.
    covers_all: bool,
    /// The newest that would show a hold, and shows none.
    newest_without_hold: Option<Time>,
}

/// Looks at revocation for one verification, and remembers what it found.
pub struct Checker<'a> {
    pub(super) policy: &'a ValidationPolicy,
    pub(super) time: Time,
    pub(super) evidence: &'a Evidence,
    pub(super) pool: &'a CertPool,
    /// By certificate, issuer and anchor.
    known: HashMap<(CertId, Holder, Holder), (RevocationStatus, Vec<SourceOutcome>)>,
    revoked: HashMap<Identity, Revocation>,
    /// Certificates whose status is being looked for.
    pub(super) in_progress: Vec<CertId>,
    /// How often the status of a certificate would have been needed to find itself.
    pub(super) cycles: usize,
    pub(super) crl_signatures: HashMap<(usize, [u8; 32]), bool>,
    pub(super) signers: HashMap<(CertId, Holder), Result<(), (Code, String)>>,
    pub(super) candidates: HashMap<NameDigest, Rc<Candidates<'a>>>,
    pub(super) signer_paths: usize,
    pub(super) signatures: usize,
    /// What the signatures cost.
    pub(super) spent: usize,
    /// Certificates of the pool, to find OCSP responders, once they are looked for.
    pub(super) responders: Option<ByKey<'a>>,
    /// Whether a limit left something unseen. What was not seen may be a revocation,
    /// so that from then on nothing is good.
    pub(super) limit_reached: bool,
    /// Signers of CRLs and responses whose status was wanted and is not known, with what
    /// a responder is asked about them.
    unknown: Vec<(Certificate, CertIdOwned)>,
    unknown_ids: HashSet<CertId>,
    /// Whether sources are looked at beyond what decides.
    pub(super) every_source: bool,
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
            candidates: HashMap::new(),
            signer_paths: 0,
            signatures: 0,
            spent: 0,
            responders: None,
            limit_reached: false,
            unknown: Vec::new(),
            unknown_ids: HashSet::new(),
            every_source: false,
        }
    }

    /// Has every source judged, for a report about sources: also those that a
    /// sufficient one makes superfluous, and however many are of no use. Each delta CRL
    /// is compared with each complete one: not for evidence without a bound.
    pub fn with_every_source(mut self) -> Checker<'a> {
        self.every_source = true;
        self
    }

    /// Whether a limit ended the work before every source was looked at.
    pub fn limit_reached(&self) -> bool {
        self.limit_reached
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
        for (depth, question) in questions(&outcome.path).into_iter().enumerate() {
            if depth > 0 && self.policy.revocation.scope == RevocationScope::EndEntity {
                break;
            }
            let (status, sources) = self.status(question, verifier);
            let found = RevocationOutcome { depth, status, sources };
            if depth == 0 {
                outcome.findings.extend(self.missing_staple(question.certificate, &found));
            }
            outcome.findings.extend(self.finding(question.certificate, &found));
            outcome.findings.extend(idle_deltas(question.certificate, &found));
            outcome.revocation.push(found);
        }
        self.reconsider(outcome);
    }

    /// Applies revocations that became known after a certificate was looked at
    /// (issuer name, issuer key and serial number bind every path).
    pub fn reconsider(&self, outcome: &mut PathOutcome) {
        let mut changed = Vec::new();
        for (depth, question) in questions(&outcome.path).into_iter().enumerate() {
            let Some(revocation) = self.revoked.get(&identity(question)) else { continue };
            let is_other = |found: &&mut RevocationOutcome| {
                found.depth == depth && !matches!(found.status, RevocationStatus::Revoked(_))
            };
            if let Some(found) = outcome.revocation.iter_mut().find(is_other) {
                found.status = RevocationStatus::Revoked(revocation.clone());
                changed.extend(self.finding(question.certificate, found));
            }
        }
        for finding in changed {
            let is_replaced = |old: &Finding| {
                matches!(old.code, Code::RevocationUnknown | Code::RevocationOffline | Code::RevokedLater)
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
                    self.note_unknown(question);
                    unknown.get_or_insert((depth, RevocationStatus::Unknown));
                }
            }
        }
        unknown
    }

    /// Remembers that the status of a CRL issuer, a responder or a CA above one of them
    /// was wanted and is not known.
    pub(super) fn note_unknown(&mut self, question: Question<'_>) {
        if self.unknown.len() < MAX_SIGNER_PATHS && self.unknown_ids.insert(question.certificate.id()) {
            let hash = self.policy.revocation.cert_id_hash;
            let id = CertIdOwned::for_certificate(question.certificate, question.issuer.issuer, hash);
            self.unknown.push((question.certificate.clone(), id));
        }
    }

    /// What would help to know the status of those who signed CRLs and responses.
    pub fn needs(&self) -> Vec<Need> {
        needs_of_signers(&self.unknown, self.evidence)
    }

    pub(super) fn status(
        &mut self,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> (RevocationStatus, Vec<SourceOutcome>) {
        let id = question.certificate.id();
        let memo = (id, holder(question.issuer.issuer), holder(question.anchor.issuer()));
        let known = self.known.get(&memo);
        let revoked = self.revoked.get(&identity(question)).cloned();
        // For a report about sources they are looked at even where the answer is known.
        let are_sources_wanted = self.every_source && known.is_none() && !self.in_progress.contains(&id);
        if let Some(revocation) = &revoked
            && !are_sources_wanted
        {
            let sources = known.map(|(_, sources)| sources.clone()).unwrap_or_default();
            return (RevocationStatus::Revoked(revocation.clone()), sources);
        }
        if let Some(known) = known {
            return known.clone();
        }
        if self.in_progress.len() == MAX_REVOCATION_NESTING {
            self.limit_reached = true;
            return (RevocationStatus::Unknown, Vec::new());
        }
        if self.in_progress.contains(&id) {
            self.cycles += 1;
            return (RevocationStatus::Unknown, Vec::new());
        }
        self.in_progress.push(id);
        let cycles = self.cycles;
        let (found, sources) = self.look(question, verifier);
        self.in_progress.pop();
        let status = revoked.map_or(found, RevocationStatus::Revoked);
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
        self.note_others(question.certificate, &mut sources);
        self.note_failures(question.certificate, &mut sources);
        let status = self.conclude(&sources, &by_crl);
        let mut unused = 0;
        sources.retain(|source| {
            unused += usize::from(matches!(source.result, SourceResult::NotUsed(_)));
            self.every_source || unused <= MAX_UNUSED_SOURCES || !matches!(source.result, SourceResult::NotUsed(_))
        });
        (status, sources)
    }

    /// Looks at CRLs until they show for all reasons that the certificate is not
    /// revoked; at all of them when any lists it. So more of them never make a
    /// certificate better, and their order decides nothing.
    fn look_at_crls(
        &mut self,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
        sources: &mut Vec<SourceOutcome>,
    ) -> ByCrl {
        let evidence = self.evidence;
        let points = Points::of(question.certificate);
        let mut seen = HashSet::new();
        let issuers = [question.certificate.issuer_digest()].into_iter().chain(points.crl_issuers());
        let issuers = issuers.filter(|issuer| seen.insert(*issuer));
        let mut crls: Vec<(usize, &EvidenceCrl)> = issuers.flat_map(|issuer| evidence.crls_of(issuer)).collect();
        // The newest first: it makes older ones of its scope superfluous.
        crls.sort_by(|(_, one), (_, other)| {
            let newest = other.crl.this_update().time.cmp(&one.crl.this_update().time);
            newest.then_with(|| one.crl.digest().cmp(&other.crl.digest()))
        });
        let is_listed = crls.iter().any(|(_, one)| may_list(&one.crl, question.certificate, self.time));
        let (deltas, complete): (Vec<_>, Vec<_>) = crls.into_iter().partition(|(_, one)| one.crl.is_delta());
        let mut reasons = 0;
        let mut newest_without_hold = None;
        let mut combined = HashSet::new();
        let mut in_use = Vec::new();
        for (place, one) in complete {
            if reasons == ALL_REASONS && !is_listed && !self.every_source {
                continue;
            }
            let judged = self.judge_crl(place, one, &points, question, verifier);
            if !matches!(judged.outcome.result, SourceResult::NotUsed(_)) {
                in_use.push((place, one));
            }
            // Of several that are partitioned by reason, one knows of holds.
            if judged.outcome.result == SourceResult::Good && judged.reasons & 1 << CERTIFICATE_HOLD != 0 {
                newest_without_hold = newest_without_hold.max(judged.outcome.this_update);
            }
            reasons |= judged.reasons;
            combined.extend(judged.outcome.delta.as_ref().map(|delta| delta.place));
            sources.push(judged.outcome);
        }
        for (place, one) in deltas.into_iter().filter(|(place, _)| !combined.contains(place)) {
            let outcome = self.judge_delta(place, one, (&points, &in_use), question, verifier);
            let is_idle =
                matches!(&outcome.result, SourceResult::NotUsed(finding) if finding.code == Code::DeltaCrlNotUsable);
            if self.every_source || in_use.is_empty() || !is_idle {
                sources.push(outcome);
            }
        }
        self.note_deltas((&points, &in_use), &combined, question, verifier, sources);
        let partial = sources.iter().rposition(|source| match &source.result {
            SourceResult::Good => source.kind == SourceKind::Crl,
            SourceResult::Revoked(_) | SourceResult::NotUsed(_) => false,
        });
        let partial = partial.or_else(|| {
            sources.iter().rposition(|source| match &source.result {
                SourceResult::Revoked(revocation) => {
                    source.kind == SourceKind::Crl && self.is_later(source, revocation)
                }
                SourceResult::Good | SourceResult::NotUsed(_) => false,
            })
        });
        if reasons != 0
            && reasons != ALL_REASONS
            && let Some(last) = partial.and_then(|place| sources.get_mut(place))
        {
            let missing = ReasonFlags::from_flags(ALL_REASONS & !reasons).names().join(", ");
            let message = format!("the CRLs at hand do not cover {missing}");
            let finding = Finding::new(Code::CrlReasonsPartial, Severity::Warning, message);
            last.result = SourceResult::NotUsed(Box::new(finding.at(None, question.certificate.id())));
        }
        ByCrl { covers_all: reasons == ALL_REASONS, newest_without_hold }
    }

    /// Revoked by any source is revoked, but for a hold that a newer source does not
    /// know any more; one sufficient source is enough for not revoked.
    ///
    /// A source from after the verification time tells by the time of revocation
    /// whether it was before. What an older one has is revoked, whatever time it
    /// names; and only an older one shows that a hold had ended by then.
    fn conclude(&self, sources: &[SourceOutcome], by_crl: &ByCrl) -> RevocationStatus {
        let responses = || sources.iter().filter(|source| source.kind == SourceKind::Ocsp);
        let good_responses = || responses().filter(|source| source.result == SourceResult::Good);
        // Revoked later, and said so afterwards: not revoked at the verification time.
        let shows_later = |source: &SourceOutcome| matches!(&source.result, SourceResult::Revoked(revocation) if self.is_later(source, revocation));
        let good = by_crl.covers_all || good_responses().next().is_some() || responses().any(shows_later);
        let newest_without_hold = good_responses()
            .filter_map(|source| source.this_update)
            .filter(|this_update| self.has_come(*this_update))
            .max()
            .max(by_crl.newest_without_hold)
            .filter(|_| good);
        let revocations = sources.iter().filter_map(|source| match &source.result {
            SourceResult::Revoked(revocation) => Some((source, revocation)),
            SourceResult::Good | SourceResult::NotUsed(_) => None,
        });
        let standing = revocations.filter(|(source, revocation)| {
            revocation.reason != Some(CERTIFICATE_HOLD)
                || newest_without_hold.is_none()
                || source.this_update >= newest_without_hold
        });
        // Of those in force a final one counts before a hold, as it does in one CRL.
        let gravest = standing.map(|(source, revocation)| (self.is_later(source, revocation), revocation)).min_by_key(
            |(is_later, revocation)| {
                let is_hold = revocation.reason == Some(CERTIFICATE_HOLD);
                // The rest decides only what is told, whatever order the sources have.
                (*is_later, is_hold, revocation.time, revocation.reason, revocation.invalidity_date)
            },
        );
        match gravest {
            Some((false, revocation)) => RevocationStatus::Revoked(revocation.clone()),
            _ if !good || self.limit_reached => RevocationStatus::Unknown,
            Some((true, revocation)) => RevocationStatus::RevokedLater(revocation.clone()),
            None => RevocationStatus::Good,
        }
    }

    /// Whether it is told afterwards of a revocation after the verification time. One
    /// that had come by then revokes, whatever time it names.
    fn is_later(&self, source: &SourceOutcome, revocation: &Revocation) -> bool {
        revocation.time > self.time && !source.this_update.is_some_and(|time| self.has_come(time))
    }

    /// Whether a source of this time is not from after the verification time.
    fn has_come(&self, this_update: Time) -> bool {
        this_update.unix() <= self.time.unix().saturating_add(CLOCK_TOLERANCE)
    }

    /// RFC 7633 §4.2.3: the certificate demands a staple, and that is one which says
    /// something about it: a server that may send anything instead could hide a
    /// revocation.
    fn missing_staple(&self, target: &Certificate, found: &RevocationOutcome) -> Option<Finding> {
        let staples = || found.sources.iter().filter(|source| source.origin == Origin::Handshake);
        let is_used = |source: &SourceOutcome| !matches!(source.result, SourceResult::NotUsed(_));
        let is_revoked = matches!(found.status, RevocationStatus::Revoked(_));
        if !self.policy.revocation.staple_possible || staples().any(is_used) || is_revoked {
            return None;
        }
        let Ok(ExtensionValue::TlsFeature(features)) = target.extension(oids::TLS_FEATURE)?.value() else {
            return None;
        };
        if !features.iter().any(|feature| feature == TlsFeature::STATUS_REQUEST) {
            return None;
        }
        let why = staples().find_map(|source| match &source.result {
            SourceResult::NotUsed(finding) => Some(finding.message.as_str()),
            SourceResult::Good | SourceResult::Revoked(_) => None,
        });
        let message = match why {
            Some(why) => {
                format!("it demands a stapled OCSP response, and the one in the handshake is of no use: {why}")
            }
            None if self.evidence.has_staple() => {
                "it demands a stapled OCSP response, and the one in the handshake is not about it".to_owned()
            }
            None => "it demands a stapled OCSP response, and none came in the handshake".to_owned(),
        };
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
            // A hostile set of sources must not hide a revocation by its mass.
            _ if self.limit_reached => self.policy.severity(code),
            RevocationMode::None | RevocationMode::BestEffort => Severity::Warning,
        };
        let message = match reasons.first() {
            Some((source, finding)) => {
                let more = match reasons.len() {
                    1 => String::new(),
                    2 => " (and one more source)".to_owned(),
                    count => format!(" (and {} more sources)", count - 1),
                };
                format!("whether it is revoked is not known: {}: {}{more}", source.origin, finding.message)
            }
            None if names_no_source(certificate) => {
                format!("whether it is revoked is not known: {}", nameless(certificate))
            }
            None if self.evidence.is_empty() => {
                "whether it is revoked is not known: no CRL or OCSP response was given".to_owned()
            }
            None => format!(
                "whether it is revoked is not known: nothing that was given is of its issuer, {}",
                certificate.issuer().brief()
            ),
        };
        let finding = Finding::new(code, severity, message);
        match reasons.first() {
            Some((_, reason)) => finding.hint(reason.advice()),
            None if names_no_source(certificate) => finding.hint(
                "No URL can be asked for it: get its CRL from the CA and give it with --crl, or do without (--revocation best-effort).",
            ),
            None if self.evidence.has_asked() => finding.hint("Give its CRL with --crl, or a response with --ocsp."),
            None => finding,
        }
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
