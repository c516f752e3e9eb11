//! Every URL of every certificate of a chain, asked and judged: what `certlens url`
//! reports.

mod judge;
mod rule;

use certlens_core::path::{CandidatePath, PathEnd};
use certlens_core::time::Time;
use certlens_core::validation::PathOutcome;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::ocsp::CertIdOwned;
use certlens_core::x509::sources::{crl_urls, freshest_crl_urls, issuer_urls, ocsp_urls};

pub(crate) use judge::Status;
pub(crate) use rule::{Answer, Reach, Rule};

use crate::retrieve::{Attempt, Question, Retriever, Wanted};
use crate::verification::{Request, Verified};

/// One URL of one certificate.
pub(crate) struct Row {
    /// Place of the certificate in the chain, 0 being the target.
    pub(crate) depth: usize,
    pub(crate) wanted: Wanted,
    pub(crate) url: String,
    pub(crate) status: Status,
    /// Why the status is not verified, as a sentence.
    pub(crate) message: Option<String>,
    /// What to do.
    pub(crate) hint: Option<String>,
    /// Until when what came counts.
    pub(crate) valid_to: Option<Time>,
    /// How asking went; `None` when it could not be asked.
    pub(crate) attempt: Option<Attempt>,
}

/// A chain with its URLs.
pub(crate) struct Reached {
    pub(crate) verified: Verified,
    pub(crate) rows: Vec<Row>,
    pub(crate) reach: Reach,
}

/// Certificate and, when it is known, issuer.
struct Member {
    depth: usize,
    certificate: Certificate,
}

/// Asks all URLs of the chain at the same time and judges what came.
pub(crate) fn reach(mut verified: Verified, request: &Request, retriever: &mut Retriever, rule: Rule) -> Reached {
    let Some(best) = verified.verdict.best.clone() else {
        return Reached { verified, rows: Vec::new(), reach: Reach::of(&[], rule, 0) };
    };
    let members: Vec<Member> = best
        .path
        .certificates
        .iter()
        .enumerate()
        .map(|(depth, sourced)| Member { depth, certificate: sourced.certificate.clone() })
        .collect();
    let mut asked = Vec::new();
    let mut questions = Vec::new();
    for member in &members {
        for (wanted, urls) in urls_of(member, &best.path) {
            for url in urls {
                let issuer = issuer_at(&best.path, member.depth);
                let id = match (wanted, issuer) {
                    (Wanted::Ocsp, Some(issuer)) => {
                        Some(CertIdOwned::for_certificate(&member.certificate, issuer, retriever.hash))
                    }
                    _ => None,
                };
                let can_be_asked = wanted != Wanted::Ocsp || id.is_some();
                asked.push((member.depth, wanted, url.clone(), can_be_asked));
                if can_be_asked {
                    questions.push(Question { wanted, url, certificate: member.certificate.clone(), id });
                }
            }
        }
    }
    // What was asked to build the chain is not asked again.
    let mut known: Vec<Attempt> = std::mem::take(&mut verified.attempts);
    let mut attempts: Vec<Option<Attempt>> = questions
        .iter()
        .map(|question| {
            let same =
                |attempt: &Attempt| attempt.wanted == question.wanted && attempt.retrieved.request.url == question.url;
            known.iter().position(same).map(|place| known.swap_remove(place))
        })
        .collect();
    let mut places = Vec::new();
    let mut left = Vec::new();
    for (place, question) in questions.into_iter().enumerate() {
        if attempts.get(place).is_some_and(Option::is_none) {
            places.push(place);
            left.push(question);
        }
    }
    for (place, attempt) in places.into_iter().zip(retriever.ask(left)) {
        if let Some(slot) = attempts.get_mut(place) {
            *slot = Some(attempt);
        }
    }
    let mut answers = attempts.into_iter();
    let with_answers: Vec<(usize, Wanted, String, Option<Attempt>)> = asked
        .into_iter()
        .map(|(depth, wanted, url, can_be_asked)| {
            let attempt = if can_be_asked { answers.next().flatten() } else { None };
            (depth, wanted, url, attempt)
        })
        .collect();
    let rows = judge::rows(with_answers, &best, request);
    for row in &rows {
        if let Some(attempt) = &row.attempt {
            retriever.keep(attempt, matches!(row.status, Status::Verified | Status::Revoked));
        }
    }
    let reach = Reach::of(&rows, rule, members.len());
    Reached { verified, rows, reach }
}

fn urls_of(member: &Member, path: &CandidatePath) -> [(Wanted, Vec<String>); 4] {
    let certificate = &member.certificate;
    // Nothing stands above a trust anchor or a self-signed certificate.
    let is_top = matches!(path.end, PathEnd::TargetIsAnchor(_) | PathEnd::SelfSigned(_))
        && member.depth + 1 == path.certificates.len();
    let above = if is_top { Vec::new() } else { issuer_urls(certificate) };
    [
        (Wanted::Issuer, above),
        (Wanted::Crl, crl_urls(certificate)),
        (Wanted::DeltaCrl, freshest_crl_urls(certificate)),
        (Wanted::Ocsp, ocsp_urls(certificate)),
    ]
}

/// Who issued the certificate at a depth, when that is known.
pub(crate) fn issuer_at(path: &CandidatePath, depth: usize) -> Option<Issuer<'_>> {
    if let Some(above) = path.certificates.get(depth + 1) {
        return Some(Issuer::Certificate(&above.certificate));
    }
    match &path.end {
        PathEnd::Anchor(anchor) => Some(anchor.issuer()),
        PathEnd::SelfSigned(_) | PathEnd::TargetIsAnchor(_) => {
            path.certificates.get(depth).map(|sourced| Issuer::Certificate(&sourced.certificate))
        }
        PathEnd::NoIssuer(_) | PathEnd::Loop(_) | PathEnd::NotFollowed(_) => None,
    }
}

/// The chain that rows are judged in: from one certificate to its issuer, taken as
/// trusted, where the chain reaches no trust anchor.
fn outcome_for(best: &PathOutcome, depth: usize) -> Option<PathOutcome> {
    if best.path.anchor().is_some() {
        return Some(PathOutcome { findings: Vec::new(), revocation: Vec::new(), ..best.clone() });
    }
    let certificate = best.path.certificates.get(depth)?;
    let issuer = best.path.certificates.get(depth + 1)?;
    let anchor =
        certlens_core::anchors::TrustAnchor::from_certificate(issuer.certificate.clone(), issuer.origin.clone());
    Some(PathOutcome {
        path: CandidatePath { certificates: vec![certificate.clone()], end: PathEnd::Anchor(anchor) },
        findings: Vec::new(),
        policies: Default::default(),
        revocation: Vec::new(),
    })
}
