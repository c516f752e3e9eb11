//! What the answers of URLs are worth.
//!
//! All of them are evidence of one verification that looks at every source; a row is
//! the part that its own answer has in it.

use std::cell::RefCell;

use certlens_core::finding::{Code, Finding};
use certlens_core::path::Verifier;
use certlens_core::policy::{RevocationMode, RevocationPolicy};
use certlens_core::revocation::{
    Checker, Evidence, Need, RevocationOutcome, RevocationStatus, SourceKind, SourceOutcome, SourceResult,
};
use certlens_core::time::Time;
use certlens_core::x509::{Certificate, Crl};

use super::above::Above;
use super::chain::Chain;
use super::plan::Planned;
use super::status::{Judged, Status};
use super::{Revoked, Row};
use crate::retrieve::{Attempt, Content, Wanted, is_from, lists, supply};
use crate::verification::{Request, Verified};

/// What all that came shows about the certificates of the chain.
pub(super) struct Looked {
    found: Vec<RevocationOutcome>,
    /// Whether a limit left some sources unseen.
    limit_reached: bool,
    /// What would show more: sources of those who signed CRLs and responses.
    pub(super) needs: Vec<Need>,
}

/// Takes all that came for the evidence of one verification.
pub(super) fn look(attempts: &mut [Attempt], chain: &Chain<'_>, verified: &Verified, request: &Request) -> Looked {
    let mut policy = request.policy.clone();
    policy.revocation = RevocationPolicy {
        mode: RevocationMode::Require,
        cert_id_hash: request.policy.revocation.cert_id_hash,
        ..RevocationPolicy::NONE
    };
    let mut pool = verified.pool.clone();
    for sourced in chain.certificates() {
        pool.add(sourced.certificate.clone(), sourced.origin.clone());
    }
    let mut evidence = Evidence::new();
    supply(attempts.iter_mut(), &mut evidence, &mut pool);
    let mut checker = Checker::new(&policy, request.time, &evidence, &pool).with_every_source();
    let found = chain.to_judge().map_or_else(Vec::new, |mut outcome| {
        checker.check(&mut outcome, &mut Verifier::new(&request.cache));
        outcome.revocation
    });
    Looked { found, limit_reached: checker.limit_reached(), needs: checker.needs() }
}

/// What judging depends on.
struct Judge<'a> {
    chain: &'a Chain<'a>,
    time: Time,
    looked: &'a Looked,
    above: RefCell<Above<'a>>,
}

/// The rows, and the certificates that are revoked.
pub(super) fn rows(
    planned: Vec<Planned>,
    attempts: &[Attempt],
    chain: &Chain<'_>,
    looked: &Looked,
    request: &Request,
) -> (Vec<Row>, Vec<Revoked>) {
    let above = RefCell::new(Above::new(&request.cache, request.time));
    let judge = Judge { chain, time: request.time, looked, above };
    let row = |Planned { depth, wanted, url, question }: Planned| {
        let attempt = question.as_ref().ok().and_then(|place| attempts.get(*place)).cloned();
        let (Judged { status, message, hint }, valid_to) = match (question, &attempt) {
            (Err(judged), _) => (judged, None),
            (Ok(_), Some(attempt)) => judge.judge(depth, wanted, attempt),
            (Ok(_), None) => (Judged::works(Status::NotAsked), None),
        };
        Row { depth, wanted, url, status, message, hint, valid_to, attempt }
    };
    let rows = planned.into_iter().map(row).collect();
    let revoked = looked.found.iter().take(chain.judged).filter_map(|found| {
        let RevocationStatus::Revoked(revocation) = &found.status else { return None };
        let says = |source: &&SourceOutcome| matches!(source.result, SourceResult::Revoked(_));
        let origin = found.sources.iter().find(says).map(|source| source.origin.clone());
        Some(Revoked { depth: found.depth, revocation: revocation.clone(), origin })
    });
    (rows, revoked.collect())
}

impl Judge<'_> {
    /// What came to, and until when it counts.
    fn judge(&self, depth: usize, wanted: Wanted, attempt: &Attempt) -> (Judged, Option<Time>) {
        if let Err(failure) = &attempt.retrieved().outcome {
            let status = if failure.cannot_tell { Status::CannotTell } else { Status::Failed };
            let message = format!("{}: {}", failure.stage.word(), failure.message);
            return (Judged::with(status, message, &failure.hint), None);
        }
        let Some(certificate) = self.chain.certificate(depth) else {
            return (Judged::works(Status::NotAsked), None);
        };
        let content = match attempt.content() {
            Err(unread) => {
                let message = format!("content: {}", unread.message);
                return (Judged::with(Status::Failed, message, &unread.hint), None);
            }
            Ok(content) => content,
        };
        if let Content::Certificates(certificates) = content {
            return self.above.borrow_mut().judge(certificate, certificates);
        }
        let Some(found) = self.looked.found.get(depth).filter(|_| depth < self.chain.judged) else {
            let judged = Judged::with(
                Status::NotJudged,
                "the certificate's issuer is not at hand, so what came cannot be judged",
                self.chain.find_issuer(depth),
            );
            return (judged, None);
        };
        let source = own(found, attempt);
        let judged = match content {
            Content::Crl(crl) => self.crl(wanted, crl, certificate, source, found),
            Content::Ocsp { .. } | Content::Certificates(_) => match source {
                Some(source) => self.source(source, found, true),
                None => self.unseen("the response is about other certificates", Status::DoesNotCover),
            },
        };
        (judged, source.and_then(|source| source.next_update))
    }

    fn crl(
        &self,
        wanted: Wanted,
        crl: &Crl,
        certificate: &Certificate,
        source: Option<&SourceOutcome>,
        found: &RevocationOutcome,
    ) -> Judged {
        let Some(source) = source else {
            if crl.issuer_digest() == certificate.issuer_digest() {
                return self.unseen("it was not looked at", Status::CannotTell);
            }
            let issuer = certificate.issuer().brief();
            let message = format!("the CRL is of {}, the issuer is {issuer}", crl.issuer().brief());
            return self.unseen(&message, Status::WrongIssuer);
        };
        let judged = self.source(source, found, lists(crl, certificate, self.time));
        let other = match (wanted, crl.is_delta()) {
            _ if judged.status == Status::Revoked => None,
            (Wanted::Crl, true) => Some(("the CRL there is a delta CRL", "Publish the complete CRL under this URL.")),
            (Wanted::DeltaCrl, false) => {
                Some(("the CRL there is no delta CRL", "Publish the delta CRL under this URL."))
            }
            _ => None,
        };
        other.map_or(judged, |(message, hint)| Judged::with(Status::NotUsable, message, hint))
    }

    /// A source that was not among those of the certificate.
    fn unseen(&self, message: &str, status: Status) -> Judged {
        let code = match status {
            Status::WrongIssuer => Code::CrlWrongIssuer,
            Status::DoesNotCover => Code::OcspDoesNotCover,
            _ => Code::BudgetExhausted,
        };
        let status = if self.looked.limit_reached { Status::CannotTell } else { status };
        Judged::with(status, message, code.entry().hint)
    }

    /// What a source comes to. Of a complete and a delta CRL that were combined the
    /// revocation is that one's which lists the certificate.
    fn source(&self, source: &SourceOutcome, found: &RevocationOutcome, lists: bool) -> Judged {
        match &source.result {
            SourceResult::Good => match partial(found).filter(|_| source.kind == SourceKind::Crl) {
                Some(finding) => self.not_used(finding),
                // What a limit left unseen may be that it is revoked.
                None if self.looked.limit_reached && found.status == RevocationStatus::Unknown => Judged::with(
                    Status::CannotTell,
                    format!("it is good, and not every source was looked at (limits {LIMITS})"),
                    Code::BudgetExhausted.entry().hint,
                ),
                None => Judged::works(Status::Verified),
            },
            SourceResult::Revoked(_) if !lists => Judged::works(Status::Verified),
            SourceResult::Revoked(revocation) => {
                let (time, reason) = (revocation.time, revocation.reason_name());
                let is_revoked = matches!(found.status, RevocationStatus::Revoked(_));
                let (status, message) = match is_revoked {
                    true => (
                        Status::Revoked,
                        format!("it says that the certificate was revoked on {time}, reason {reason}"),
                    ),
                    false if time > self.time => (
                        Status::Verified,
                        format!("it says that the certificate was revoked afterwards, on {time}, reason {reason}"),
                    ),
                    false => {
                        (Status::Verified, format!("it has a hold of {time} that a newer source has not any more"))
                    }
                };
                let hint = is_revoked.then(|| Code::Revoked.entry().hint.to_owned());
                Judged { status, message: Some(message), hint }
            }
            SourceResult::NotUsed(finding) => self.not_used(finding),
        }
    }

    fn not_used(&self, finding: &Finding) -> Judged {
        let status = match finding.code {
            _ if self.looked.limit_reached => Status::CannotTell,
            Code::CrlIssuerStatusUnknown => Status::CannotTell,
            // Its path may go on above where this chain ends.
            Code::CrlIssuerNotValid if !self.chain.is_anchored => Status::NotJudged,
            code => Status::of_code(code),
        };
        Judged::with(status, finding.message.clone(), finding.advice())
    }
}

/// Limits of looking at sources.
const LIMITS: &str = "MAX_REVOCATION_SIGNATURES, MAX_SIGNER_PATHS, MAX_REVOCATION_NESTING";

/// The source that is what came, or that it was combined with.
fn own<'f>(found: &'f RevocationOutcome, attempt: &Attempt) -> Option<&'f SourceOutcome> {
    let is_itself = |source: &&SourceOutcome| source.delta != attempt.place;
    let mut sources = found.sources.iter().filter(|source| is_from(attempt, source));
    sources.clone().find(is_itself).or_else(|| sources.next())
}

/// That the CRLs together do not cover all reasons: then none of them is enough.
fn partial(found: &RevocationOutcome) -> Option<&Finding> {
    found.sources.iter().find_map(|source| match &source.result {
        SourceResult::NotUsed(finding) if finding.code == Code::CrlReasonsPartial => Some(finding.as_ref()),
        _ => None,
    })
}
