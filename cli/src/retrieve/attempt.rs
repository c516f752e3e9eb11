//! A question to a URL with its answer, and what the answer is in a verification.

use std::cell::Cell;
use std::rc::Rc;

use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::pool::CertPool;
use certlens_core::revocation::single::crl_listing;
use certlens_core::revocation::{
    Evidence, EvidenceOcsp, FailedSource, IssuerAnswer, Need, NeedKind, SourceKind, SourceOutcome, SourceResult,
};
use certlens_core::time::Time;
use certlens_core::verdict::Verdict;
use certlens_core::x509::ocsp::{CertIdOwned, Nonce, ResponseStatus, encode_request};
use certlens_core::x509::{Certificate, Crl};
use certlens_fetch::{Retrieved, What, shown};

use super::content::{Content, Unread};
use super::wanted::Wanted;

/// What decides which answer a question has.
pub(crate) type Key = (Wanted, String, Option<CertIdOwned>);

/// One URL that was asked for one certificate.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) wanted: Wanted,
    /// The certificate that names the URL.
    pub(crate) certificate: Certificate,
    pub(super) answer: Rc<Answer>,
    /// Its place among the CRLs or responses of the evidence, once it is there.
    pub(crate) place: Option<usize>,
}

/// What came from a URL, and what it is.
pub(super) struct Answer {
    pub(super) retrieved: Retrieved,
    pub(super) content: Result<Content, Unread>,
    /// Whether the cache has it, and as what.
    pub(super) kept: Cell<Option<Kept>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kept {
    ForSeconds,
    WhileFresh,
}

impl Attempt {
    pub(crate) fn retrieved(&self) -> &Retrieved {
        &self.answer.retrieved
    }

    /// What came, or why it is of no use.
    pub(crate) fn content(&self) -> Result<&Content, &Unread> {
        self.answer.content.as_ref()
    }

    /// Whether a CRL came in another form than DER, which begins with the tag of a SEQUENCE.
    pub(crate) fn is_pem_crl(&self) -> bool {
        let is_der = self.retrieved().outcome.as_ref().is_ok_and(|octets| octets.first() == Some(&0x30));
        !is_der && self.crl().is_some()
    }

    /// The CRL that came.
    pub(crate) fn crl(&self) -> Option<&Crl> {
        match self.content() {
            Ok(Content::Crl(crl)) => Some(crl),
            _ => None,
        }
    }
}

/// A question to a URL.
pub(crate) struct Question {
    pub(crate) wanted: Wanted,
    pub(crate) url: String,
    pub(crate) certificate: Certificate,
    /// What an OCSP responder is asked about.
    pub(crate) id: Option<CertIdOwned>,
}

impl Question {
    pub(crate) fn key(&self) -> Key {
        (self.wanted, self.url.clone(), self.id.clone())
    }
}

/// What is asked for, as it is sent.
pub(crate) fn what(question: &Question, nonce: Option<&[u8]>) -> What {
    match (question.wanted, &question.id) {
        (Wanted::Ocsp, Some(id)) => What::Ocsp(encode_request(std::slice::from_ref(id), nonce.and_then(Nonce::new))),
        (Wanted::Issuer, _) => What::Certificates,
        _ => What::Crl,
    }
}

/// Turns needs into questions, up to a number.
pub(crate) fn questions(needs: &[Need], most: usize) -> Vec<Question> {
    let mut questions = Vec::new();
    for need in needs {
        let (wanted, id) = match &need.kind {
            NeedKind::Issuer => (Wanted::Issuer, None),
            NeedKind::Ocsp(id) => (Wanted::Ocsp, Some(id.clone())),
            NeedKind::Crl => (Wanted::Crl, None),
            NeedKind::DeltaCrl => (Wanted::DeltaCrl, None),
        };
        for url in &need.urls {
            questions.push(Question {
                wanted,
                url: url.clone(),
                certificate: need.certificate.clone(),
                id: id.clone(),
            });
        }
    }
    questions.truncate(most);
    questions
}

/// Gives what came to the next step of the verification.
pub(crate) fn supply<'a>(
    attempts: impl IntoIterator<Item = &'a mut Attempt>,
    evidence: &mut Evidence,
    pool: &mut CertPool,
) {
    for attempt in attempts {
        match attempt.wanted.source() {
            Some(kind) => evidence.note_asked(kind, &attempt.retrieved().request.url, attempt.certificate.id()),
            None => evidence.note_issuer_answer(&attempt.retrieved().request.url, issuer_answer(attempt)),
        }
        let Attempt { wanted, certificate, answer, place } = attempt;
        let url = &answer.retrieved.request.url;
        let origin = Origin::Url(shown(url));
        *place = match &answer.content {
            Ok(Content::Certificates(certificates)) => {
                for certificate in certificates {
                    pool.add(certificate.clone(), origin.clone());
                }
                None
            }
            Ok(Content::Crl(crl)) => {
                let place = evidence.add_crl(crl.clone(), origin);
                evidence.note_crl_from(url, place);
                Some(place)
            }
            Ok(Content::Ocsp { response, nonce }) => Some(evidence.add_response(EvidenceOcsp {
                response: response.clone(),
                origin,
                nonce: nonce.clone(),
                asked_for: Some(certificate.id()),
            })),
            Err(unread) => {
                if let Some(kind) = wanted.source() {
                    let finding = unusable(unread.code, unread.message.clone(), Some(unread.hint.clone()));
                    let (url, certificate) = (url.clone(), certificate.id());
                    evidence.note_failure(FailedSource { kind, url, certificate, origin, finding });
                }
                None
            }
        };
    }
}

/// Whether the verdict rests on what came.
pub(crate) fn helped(attempt: &Attempt, verdict: &Verdict) -> bool {
    let Some(best) = &verdict.best else { return false };
    if attempt.wanted == Wanted::Issuer {
        let origin = Origin::Url(shown(&attempt.retrieved().request.url));
        return best.path.certificates.iter().any(|sourced| sourced.origin == origin);
    }
    // An error of the responder says nothing for longer than a moment.
    if let Ok(Content::Ocsp { response, .. }) = attempt.content()
        && response.status() != ResponseStatus::Successful
    {
        return false;
    }
    best.revocation.iter().any(|found| {
        let certificate = best.path.certificates.get(found.depth).map(|sourced| &sourced.certificate);
        // A response is about one certificate, a CRL about many.
        (attempt.wanted != Wanted::Ocsp || certificate == Some(&attempt.certificate))
            && found.sources.iter().any(|source| is_used_from(attempt, source))
    })
}

/// Whether the source is what came, or was combined with it, and counts.
pub(crate) fn is_used_from(attempt: &Attempt, source: &SourceOutcome) -> bool {
    is_from(attempt, source) && !matches!(source.result, SourceResult::NotUsed(_))
}

/// Whether the source is what came, or was combined with it.
pub(crate) fn is_from(attempt: &Attempt, source: &SourceOutcome) -> bool {
    let (Some(place), Some(wanted)) = (attempt.place, attempt.wanted.source()) else { return false };
    match (wanted == SourceKind::Ocsp, source.kind == SourceKind::Ocsp) {
        (true, true) => source.place == Some(place),
        (false, false) => {
            source.place == Some(place) || source.delta.as_ref().is_some_and(|delta| delta.place == place)
        }
        _ => false,
    }
}

/// Whether the CRL lists the certificate, or may.
pub(crate) fn lists(crl: &Crl, certificate: &Certificate, time: Time) -> bool {
    !matches!(crl_listing(crl, certificate, time), Ok(None))
}

/// The most certificates that a URL gave which are named.
const MAX_NAMED: usize = 4;

/// What came of a URL that was asked for an issuer's certificate.
fn issuer_answer(attempt: &Attempt) -> IssuerAnswer {
    match (&attempt.retrieved().outcome, attempt.content()) {
        (Err(failure), _) => IssuerAnswer::Failed {
            stage: Some(failure.stage.word()),
            why: failure.message.clone(),
            hint: failure.hint.clone(),
        },
        (Ok(_), Err(unread)) => {
            IssuerAnswer::Failed { stage: None, why: unread.message.clone(), hint: unread.hint.clone() }
        }
        (Ok(_), Ok(Content::Certificates(certificates))) => {
            IssuerAnswer::Came(certificates.iter().take(MAX_NAMED).map(|one| one.subject().brief()).collect())
        }
        (Ok(_), Ok(Content::Crl(_) | Content::Ocsp { .. })) => IssuerAnswer::Asked,
    }
}

/// A finding that something retrieved is of no use.
fn unusable(code: Code, message: String, hint: Option<String>) -> Finding {
    let finding = Finding::new(code, Severity::Warning, message);
    match hint {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}
