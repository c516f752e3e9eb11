//! What the answers of URLs are worth.
//!
//! All of them are evidence of one verification that looks at every source; a row is
//! the part that its own answer has in it.

use std::cell::RefCell;

use certlens_core::finding::{Code, Finding};
use certlens_core::path::Verifier;
use certlens_core::policy::{RevocationMode, RevocationPolicy};
use certlens_core::revocation::{
    Checker, Evidence, RevocationOutcome, RevocationStatus, SourceKind, SourceOutcome, SourceResult,
};
use certlens_core::time::Time;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::{Certificate, Crl};

use super::Row;
use super::above::Above;
use super::chain::Chain;
use super::plan::Planned;
use super::status::{Judged, Status};
use crate::retrieve::{Attempt, Content, Wanted, lists, supply};
use crate::verification::{Request, Verified};

/// What judging depends on.
struct Judge<'a> {
    chain: &'a Chain<'a>,
    time: Time,
    found: Vec<RevocationOutcome>,
    /// Whether a limit left some sources unseen.
    limit_reached: bool,
    above: RefCell<Above<'a>>,
}

pub(super) fn rows(
    planned: Vec<Planned>,
    attempts: &mut [Attempt],
    chain: &Chain<'_>,
    verified: &Verified,
    request: &Request,
) -> Vec<Row> {
    let mut policy = request.policy.clone();
    policy.revocation = RevocationPolicy { mode: RevocationMode::Require, ..RevocationPolicy::NONE };
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
    let above = RefCell::new(Above::new(&request.cache, request.time));
    let judge = Judge { chain, time: request.time, found, limit_reached: checker.limit_reached(), above };
    let row = |Planned { depth, wanted, url, question }: Planned| {
        let attempt = question.as_ref().ok().and_then(|place| attempts.get(*place)).cloned();
        let Judged { status, message, hint } = match (question, &attempt) {
            (Err(judged), _) => judged,
            (Ok(_), Some(attempt)) => judge.judge(depth, wanted, attempt),
            (Ok(_), None) => Judged::works(Status::NotAsked),
        };
        let valid_to = attempt.as_ref().and_then(|attempt| judge.valid_to(depth, attempt));
        Row { depth, wanted, url, status, message, hint, valid_to, attempt }
    };
    planned.into_iter().map(row).collect()
}

impl Judge<'_> {
    fn judge(&self, depth: usize, wanted: Wanted, attempt: &Attempt) -> Judged {
        if let Err(failure) = &attempt.retrieved().outcome {
            let status = if failure.cannot_tell { Status::CannotTell } else { Status::Failed };
            return Judged::with(status, format!("{}: {}", failure.stage.word(), failure.message), &failure.hint);
        }
        let Some(certificate) = self.chain.certificate(depth) else { return Judged::works(Status::NotAsked) };
        let content = match attempt.content() {
            Err(unread) => {
                return Judged::with(Status::Failed, format!("content: {}", unread.message), &unread.hint);
            }
            Ok(content) => content,
        };
        if let Content::Certificates(certificates) = content {
            return self.above.borrow_mut().judge(certificate, certificates);
        }
        let Some(found) = self.found.get(depth).filter(|_| depth < self.chain.judged) else {
            return Judged::with(
                Status::NotJudged,
                "the certificate's issuer is not at hand, so what came cannot be judged",
                self.chain.find_issuer(depth),
            );
        };
        match content {
            Content::Crl(crl) => self.crl(wanted, attempt, crl, certificate, found),
            _ => match own(found, attempt, true) {
                Some(source) => self.source(source, found, true),
                None => self.unseen("the response is about other certificates", Status::DoesNotCover),
            },
        }
    }

    fn crl(
        &self,
        wanted: Wanted,
        attempt: &Attempt,
        crl: &Crl,
        certificate: &Certificate,
        found: &RevocationOutcome,
    ) -> Judged {
        let combined = found.sources.iter().find(|source| source.delta.is_some() && source.delta == attempt.place);
        let Some(source) = own(found, attempt, false).or(combined) else {
            let issuer = certificate.issuer().brief();
            let message = format!("the CRL is of {}, the issuer is {issuer}", crl.issuer().brief());
            return self.unseen(&message, Status::WrongIssuer);
        };
        let judged = self.source(source, found, lists(crl, certificate));
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
        let code = if status == Status::WrongIssuer { Code::CrlWrongIssuer } else { Code::OcspDoesNotCover };
        let status = if self.limit_reached { Status::CannotTell } else { status };
        Judged::with(status, message, code.entry().hint)
    }

    /// What a source comes to. Of a complete and a delta CRL that were combined the
    /// revocation is that one's which lists the certificate.
    fn source(&self, source: &SourceOutcome, found: &RevocationOutcome, lists: bool) -> Judged {
        match &source.result {
            SourceResult::Good => match partial(found).filter(|_| source.kind == SourceKind::Crl) {
                Some(finding) => self.not_used(finding),
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
        let status = if self.limit_reached { Status::CannotTell } else { Status::of_code(finding.code) };
        Judged::with(status, finding.message.clone(), finding.advice())
    }

    /// Until when what came counts.
    fn valid_to(&self, depth: usize, attempt: &Attempt) -> Option<Time> {
        match attempt.content().ok()? {
            Content::Crl(crl) => crl.next_update().map(|time| time.time),
            Content::Ocsp { .. } => own(self.found.get(depth)?, attempt, true)?.next_update,
            Content::Certificates(certificates) => {
                let certificate = self.chain.certificate(depth)?;
                let issuers = certificates.iter().filter(|one| Issuer::Certificate(one).is_named_by(certificate));
                issuers.map(|issuer| issuer.not_after().time).max()
            }
        }
    }
}

/// The source that is what came.
fn own<'f>(found: &'f RevocationOutcome, attempt: &Attempt, is_ocsp: bool) -> Option<&'f SourceOutcome> {
    let place = attempt.place?;
    let mut sources = found.sources.iter();
    sources.find(|source| source.place == Some(place) && (source.kind == SourceKind::Ocsp) == is_ocsp)
}

/// That the CRLs together do not cover all reasons: then none of them is enough.
fn partial(found: &RevocationOutcome) -> Option<&Finding> {
    found.sources.iter().find_map(|source| match &source.result {
        SourceResult::NotUsed(finding) if finding.code == Code::CrlReasonsPartial => Some(finding.as_ref()),
        _ => None,
    })
}
