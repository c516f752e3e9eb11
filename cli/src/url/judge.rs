//! What a URL's answer is worth.

use std::collections::HashMap;

use certlens_core::finding::Code;
use certlens_core::origin::Origin;
use certlens_core::path::{IssuerKey, Verifier, VerifyCache};
use certlens_core::policy::{RevocationMode, RevocationPolicy, ValidationPolicy};
use certlens_core::pool::CertPool;
use certlens_core::revocation::{Checker, Evidence, EvidenceOcsp, SourceOutcome, SourceResult};
use certlens_core::time::Time;
use certlens_core::validation::PathOutcome;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::{Certificate, Crl};
use certlens_fetch::shown;

use super::{Row, outcome_for};
use crate::retrieve::{Attempt, Content, Wanted};
use crate::verification::Request;

/// What became of a URL, in the words of Windows where it has some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It gave what it is for, and that counts.
    Verified,
    /// It counts, and says that the certificate is revoked.
    Revoked,
    /// Nothing of use came.
    Failed,
    /// What came is out of date.
    Expired,
    /// What came is from after the verification time.
    NotYetValid,
    /// What came is somebody else's.
    WrongIssuer,
    /// A CRL that is another part than the certificate's.
    NoCommonPoint,
    /// The responder does not know the certificate.
    Unknown,
    /// The signature is wrong.
    BadSignature,
    /// What came cannot be used for another reason.
    NotUsable,
    /// Whether it works cannot be seen from here.
    CannotTell,
    /// It was not asked.
    NotAsked,
}

impl Status {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Status::Verified => "Verified",
            Status::Revoked => "Revoked",
            Status::Failed => "Failed",
            Status::Expired => "Expired",
            Status::NotYetValid => "Not yet valid",
            Status::WrongIssuer => "Wrong issuer",
            Status::NoCommonPoint => "Other partition",
            Status::Unknown => "Unknown",
            Status::BadSignature => "Bad signature",
            Status::NotUsable => "Not usable",
            Status::CannotTell => "Cannot tell",
            Status::NotAsked => "Not asked",
        }
    }

    /// The word in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Status::Verified => "verified",
            Status::Revoked => "revoked",
            Status::Failed => "failed",
            Status::Expired => "expired",
            Status::NotYetValid => "not_yet_valid",
            Status::WrongIssuer => "wrong_issuer",
            Status::NoCommonPoint => "other_partition",
            Status::Unknown => "unknown",
            Status::BadSignature => "bad_signature",
            Status::NotUsable => "not_usable",
            Status::CannotTell => "cannot_tell",
            Status::NotAsked => "not_asked",
        }
    }

    /// Whether the URL does what it is there for.
    pub(crate) const fn works(self) -> bool {
        matches!(self, Status::Verified | Status::Revoked)
    }

    fn of_code(code: Code) -> Status {
        match code {
            Code::CrlExpired | Code::OcspExpired => Status::Expired,
            Code::CrlNotYetValid | Code::OcspNotYetValid => Status::NotYetValid,
            Code::CrlWrongIssuer | Code::OcspDoesNotCover | Code::OcspNotAuthorised | Code::CrlIssuerNotFound => {
                Status::WrongIssuer
            }
            Code::CrlNoCommonPoint => Status::NoCommonPoint,
            Code::OcspStatusUnknown => Status::Unknown,
            Code::CrlSignatureInvalid | Code::OcspSignatureInvalid => Status::BadSignature,
            _ => Status::NotUsable,
        }
    }
}

/// A status with its reasons.
struct Judged {
    status: Status,
    message: Option<String>,
    hint: Option<String>,
}

impl Judged {
    fn works(status: Status) -> Judged {
        Judged { status, message: None, hint: None }
    }

    fn not(status: Status, message: impl Into<String>, hint: impl Into<String>) -> Judged {
        Judged { status, message: Some(message.into()), hint: Some(hint.into()) }
    }
}

/// What judging depends on.
struct Judge<'a> {
    best: &'a PathOutcome,
    time: Time,
    policy: ValidationPolicy,
    pool: CertPool,
    /// Complete CRLs by the depth of their certificate, for the delta CRLs.
    complete: HashMap<usize, Vec<(Crl, Origin)>>,
}

pub(super) fn rows(
    answers: Vec<(usize, Wanted, String, Option<Attempt>)>,
    best: &PathOutcome,
    request: &Request,
) -> Vec<Row> {
    let mut policy = request.policy.clone();
    policy.revocation = RevocationPolicy { mode: RevocationMode::Require, ..RevocationPolicy::NONE };
    let mut pool = request.intermediates.clone();
    let mut complete: HashMap<usize, Vec<(Crl, Origin)>> = HashMap::new();
    for sourced in &best.path.certificates {
        pool.add(sourced.certificate.clone(), sourced.origin.clone());
    }
    for (depth, _, url, attempt) in &answers {
        match attempt.as_ref().map(|attempt| &attempt.content) {
            Some(Ok(Content::Certificates(certificates))) => {
                certificates.iter().for_each(|one| {
                    pool.add(one.clone(), Origin::Url(shown(url)));
                });
            }
            Some(Ok(Content::Crl(crl))) if !crl.is_delta() => {
                complete.entry(*depth).or_default().push((crl.clone(), Origin::Url(shown(url))));
            }
            _ => {}
        }
    }
    let judge = Judge { best, time: request.time, policy, pool, complete };
    let mut rows = Vec::new();
    for (depth, wanted, url, attempt) in answers {
        let judged = judge.judge(depth, &url, attempt.as_ref());
        let valid_to = attempt.as_ref().and_then(|attempt| valid_to(attempt, &judge, depth));
        let Judged { status, message, hint } = judged;
        rows.push(Row { depth, wanted, url, status, message, hint, valid_to, attempt });
    }
    rows
}

fn valid_to(attempt: &Attempt, judge: &Judge<'_>, depth: usize) -> Option<Time> {
    match attempt.content.as_ref().ok()? {
        Content::Crl(crl) => crl.next_update().map(|time| time.time),
        Content::Ocsp { response, .. } => {
            let basic = response.basic()?;
            basic.responses().filter_map(|single| single.next_update).map(|time| time.time).min()
        }
        Content::Certificates(certificates) => {
            let certificate = &judge.best.path.certificates.get(depth)?.certificate;
            let issuers = certificates.iter().filter(|one| Issuer::Certificate(one).is_named_by(certificate));
            issuers.map(|issuer| issuer.not_after().time).max()
        }
    }
}

impl Judge<'_> {
    fn judge(&self, depth: usize, url: &str, attempt: Option<&Attempt>) -> Judged {
        let Some(attempt) = attempt else {
            return Judged::not(
                Status::NotAsked,
                "a responder is asked with the issuer's key, and the issuer is not known",
                "Mend the caIssuers URL first, or give the issuer with --intermediates.",
            );
        };
        if let Err(failure) = &attempt.retrieved.outcome {
            let status = if failure.cannot_tell { Status::CannotTell } else { Status::Failed };
            return Judged::not(status, format!("{}: {}", failure.stage.word(), failure.message), &failure.hint);
        }
        match &attempt.content {
            Err(unread) => Judged::not(Status::Failed, format!("content: {}", unread.message), &unread.hint),
            Ok(Content::Certificates(certificates)) => self.issuer(depth, certificates),
            Ok(Content::Crl(crl)) if attempt.wanted == Wanted::DeltaCrl => self.delta(depth, url, crl),
            Ok(Content::Crl(crl)) => {
                let mut evidence = Evidence::new();
                evidence.add_crl(crl.clone(), Origin::Url(shown(url)));
                self.by_evidence(depth, url, &evidence)
            }
            Ok(Content::Ocsp { response, nonce }) => {
                let mut evidence = Evidence::new();
                evidence.add_response(EvidenceOcsp {
                    response: response.clone(),
                    origin: Origin::Url(shown(url)),
                    nonce: nonce.clone(),
                    asked_for: Some(attempt.certificate.id()),
                });
                self.by_evidence(depth, url, &evidence)
            }
        }
    }

    /// Whether the issuer is among the certificates (RFC 5280 §4.2.2.1).
    fn issuer(&self, depth: usize, certificates: &[Certificate]) -> Judged {
        let Some(sourced) = self.best.path.certificates.get(depth) else { return Judged::works(Status::NotAsked) };
        let child = &sourced.certificate;
        let named: Vec<&Certificate> =
            certificates.iter().filter(|one| Issuer::Certificate(one).is_named_by(child)).collect();
        let issued = |one: &&&Certificate| IssuerKey::of(Issuer::Certificate(one)).verify(child).is_ok();
        match named.iter().find(issued) {
            Some(issuer) if issuer.not_after().time < self.time => Judged::not(
                Status::Expired,
                format!("the issuer's certificate there expired on {}", issuer.not_after().time),
                "Publish the issuer's renewed certificate under this URL.",
            ),
            Some(_) => Judged::works(Status::Verified),
            None if named.is_empty() => Judged::not(
                Status::WrongIssuer,
                format!(
                    "the certificate there is {}, the issuer is {}",
                    certificates.first().map(|one| one.subject().brief()).unwrap_or_default(),
                    child.issuer().brief()
                ),
                "Publish the certificate of the issuer under this URL.",
            ),
            None => Judged::not(
                Status::WrongIssuer,
                "the certificate there has the issuer's name and another key",
                "Publish the certificate with the key that signed: after a CA's key was renewed, both are needed, under two URLs.",
            ),
        }
    }

    fn by_evidence(&self, depth: usize, url: &str, evidence: &Evidence) -> Judged {
        match self.source(depth, url, evidence) {
            None => Judged::not(
                Status::NotAsked,
                "the issuer is not known, so what came cannot be judged",
                "Mend the caIssuers URL first, or give the issuer with --intermediates.",
            ),
            Some(source) => of_source(&source),
        }
    }

    /// What the source of this URL comes to for the certificate.
    fn source(&self, depth: usize, url: &str, evidence: &Evidence) -> Option<SourceOutcome> {
        let mut outcome = outcome_for(self.best, depth)?;
        let cache = VerifyCache::new();
        let mut verifier = Verifier::new(&cache);
        Checker::new(&self.policy, self.time, evidence, &self.pool).check(&mut outcome, &mut verifier);
        let at = if outcome.path.certificates.len() == self.best.path.certificates.len() { depth } else { 0 };
        let origin = Origin::Url(shown(url));
        let found = outcome.revocation.into_iter().find(|found| found.depth == at)?;
        let sources = found.sources.into_iter().filter(|source| source.origin == origin);
        // Of another issuer, the source is not looked at for this certificate at all.
        sources
            .into_iter()
            .next()
            .or_else(|| evidence.crls().next().map(|one| self.wrong_issuer(depth, &one.crl, origin)))
    }

    fn wrong_issuer(&self, depth: usize, crl: &Crl, origin: Origin) -> SourceOutcome {
        let issuer = self.best.path.certificates.get(depth).map(|one| one.certificate.issuer().brief());
        let message = format!("the CRL is of {}, the issuer is {}", crl.issuer().brief(), issuer.unwrap_or_default());
        let finding = crate::evidence::unusable(Code::CrlWrongIssuer, message, None);
        SourceOutcome {
            kind: certlens_core::revocation::SourceKind::Crl,
            origin,
            place: None,
            delta: None,
            combined: None,
            result: SourceResult::NotUsed(Box::new(finding)),
            this_update: Some(crl.this_update().time),
            next_update: crl.next_update().map(|time| time.time),
        }
    }

    /// Whether a delta CRL can be combined with a complete one of the certificate.
    fn delta(&self, depth: usize, url: &str, delta: &Crl) -> Judged {
        if !delta.is_delta() {
            let hint = "Publish the delta CRL under this URL.";
            return Judged::not(Status::NotUsable, "the CRL there is no delta CRL", hint);
        }
        if let Some(next) = delta.next_update().filter(|next| next.time < self.time) {
            let hint = "Have the CA publish its delta CRL again.";
            return Judged::not(Status::Expired, format!("the next one was due on {}", next.time), hint);
        }
        for (complete, origin) in self.complete.get(&depth).into_iter().flatten() {
            let mut evidence = Evidence::new();
            evidence.add_crl(complete.clone(), origin.clone());
            evidence.add_crl(delta.clone(), Origin::Url(shown(url)));
            let Origin::Url(complete_url) = origin else { continue };
            let Some(source) = self.source(depth, complete_url, &evidence) else { continue };
            let is_used = source.this_update == Some(delta.this_update().time)
                || delta.number().map(|number| number.as_bytes()) == complete.number().map(|number| number.as_bytes());
            if is_used && !matches!(source.result, SourceResult::NotUsed(_)) {
                return of_source(&source);
            }
        }
        Judged::not(
            Status::NotUsable,
            "no complete CRL of the certificate can be combined with it",
            Code::DeltaCrlNotUsable.entry().hint,
        )
    }
}

fn of_source(source: &SourceOutcome) -> Judged {
    match &source.result {
        SourceResult::Good => Judged::works(Status::Verified),
        SourceResult::Revoked(revocation) => Judged::not(
            Status::Revoked,
            format!(
                "it says that the certificate was revoked on {}, reason {}",
                revocation.time,
                revocation.reason_name()
            ),
            Code::Revoked.entry().hint,
        ),
        SourceResult::NotUsed(finding) => {
            Judged::not(Status::of_code(finding.code), finding.message.clone(), finding.advice())
        }
    }
}
