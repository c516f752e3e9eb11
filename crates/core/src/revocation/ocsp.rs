//! One OCSP response about one certificate (RFC 6960 §3.2, §4.2.2).

use crate::finding::Code;
use crate::path::Verifier;
use crate::policy::CLOCK_TOLERANCE;
use crate::revocation::checker::Checker;
use crate::revocation::crl::{CERTIFICATE_HOLD, Question, not_used};
use crate::revocation::evidence::{EvidenceOcsp, SourceKind};
use crate::revocation::signer::{Refusal, accept_algorithm, refuse};
use crate::revocation::{Revocation, SourceOutcome, SourceResult};
use crate::time::Time;
use crate::x509::certificate::Version;
use crate::x509::ocsp::{
    BasicResponse, CertIdMatcher, CertStatus, OcspExtensionValue, OcspExtensions, OcspResponse, ResponseStatus,
    SingleResponse,
};
use crate::x509::oid::oids;

/// How old a response without nextUpdate may be, in seconds. It says that newer
/// information is always there (RFC 6960 §4.2.2.1), so an old one was kept by
/// somebody.
pub const MAX_AGE_WITHOUT_NEXT_UPDATE: i64 = 24 * 60 * 60;

impl<'a> Checker<'a> {
    /// Responses about the certificate, and those that were retrieved for it.
    pub(super) fn look_at_responses(
        &mut self,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Vec<SourceOutcome> {
        let evidence = self.evidence;
        let matcher = CertIdMatcher::for_certificate(question.certificate, question.issuer.issuer);
        let is_ours = |one: &EvidenceOcsp| one.asked_for == Some(question.certificate.id());
        let mut with_serial = evidence.singles_about(question.certificate.serial()).iter().peekable();
        let mut sources = Vec::new();
        for (place, one) in evidence.responses().enumerate() {
            let mut about = Vec::new();
            while let Some((_, span)) = with_serial.next_if(|(of, _)| *of == place) {
                about.extend(one.response.basic().map(|basic| basic.response_at(*span)));
            }
            about.retain(|single| matcher.matches(&single.cert_id));
            // What was given is said to be of no use only where it was meant to be.
            if !about.is_empty() || is_ours(one) || self.is_alone(one) {
                sources.push(self.judge_ocsp(Some(place), one, &about, question, verifier));
            }
        }
        sources
    }

    /// Whether the response is all there is, so that it was meant for the certificate.
    fn is_alone(&self, one: &EvidenceOcsp) -> bool {
        one.asked_for.is_none() && self.evidence.responses().len() == 1 && self.in_progress.len() == 1
    }

    /// Judges a response that says this about the certificate.
    pub(super) fn judge_ocsp(
        &mut self,
        place: Option<usize>,
        evidence: &EvidenceOcsp,
        about: &[SingleResponse<'_>],
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> SourceOutcome {
        // As with several responses: a revocation stands, and else the newest counts.
        let weight = |single: &&SingleResponse<'_>| match single.status {
            CertStatus::Revoked { reason, .. } => {
                (reason.is_none_or(|reason| reason.0 != CERTIFICATE_HOLD), single.this_update.time, true)
            }
            CertStatus::Good | CertStatus::Unknown => (false, single.this_update.time, false),
        };
        let single = about.iter().max_by_key(weight);
        let result = match self.answer(evidence, single, question, verifier) {
            Ok(result) => result,
            Err(refusal) => not_used(refusal, question),
        };
        SourceOutcome {
            kind: SourceKind::Ocsp,
            origin: evidence.origin.clone(),
            place,
            delta: None,
            combined: None,
            result,
            this_update: single.map(|single| single.this_update.time),
            next_update: single.and_then(|single| single.next_update).map(|time| time.time),
        }
    }

    fn answer(
        &mut self,
        evidence: &EvidenceOcsp,
        single: Option<&SingleResponse<'_>>,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Result<SourceResult, Refusal> {
        let basic = check_form(&evidence.response)?;
        let Some(single) = single else {
            return refuse(Code::OcspDoesNotCover, "the response is about other certificates");
        };
        check_der(&evidence.response)?;
        check_extensions(basic.extensions())?;
        check_extensions(single.extensions)?;
        if let (Some(sent), Some(received)) = (&evidence.nonce, basic.nonce())
            && sent != received
        {
            return refuse(Code::OcspNonceMismatch, "the response repeats another nonce than the one sent");
        }
        self.check_signature(&basic, question, verifier)?;
        match single.status {
            // However old: nothing takes it back but the end of a hold, which a newer source shows.
            CertStatus::Revoked { time, reason } => Ok(SourceResult::Revoked(Revocation {
                time: time.time,
                reason: reason.map(|reason| reason.0),
                invalidity_date: invalidity_date(single.extensions),
            })),
            CertStatus::Good => check_fresh(single, self.time).map(|()| SourceResult::Good),
            CertStatus::Unknown => {
                refuse(Code::OcspStatusUnknown, "the responder does not know the certificate (unknown)")
            }
        }
    }

    /// Algorithm, signer and signature.
    pub(super) fn check_signature(
        &mut self,
        basic: &BasicResponse<'_>,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Result<(), Refusal> {
        accept_algorithm(self.policy, &basic.signature_algorithm(), Code::OcspAlgorithmRefused)?;
        self.check_responder(basic, question, verifier)
    }
}

pub(super) fn check_der(response: &OcspResponse) -> Result<(), Refusal> {
    match response.deviations().first() {
        Some(deviation) => refuse(Code::OcspNotDer, format!("byte {}: {}", deviation.offset, deviation.kind)),
        None => Ok(()),
    }
}

/// Whether it is a successful response whose content is to be looked at.
pub(super) fn check_form(response: &OcspResponse) -> Result<BasicResponse<'_>, Refusal> {
    if response.status() != ResponseStatus::Successful {
        return refuse(Code::OcspUnsuccessful, format!("the responder answered {}", response.status()));
    }
    let Some(basic) = response.basic() else {
        let of = response.response_type().map_or_else(|| "without a type".to_owned(), |oid| oid.name_or_dotted());
        return refuse(Code::OcspMalformed, format!("the response is of a type that is not known: {of}"));
    };
    if basic.version() != Version::V1 {
        return refuse(Code::OcspMalformed, format!("its version is not 1 but {}", basic.version()));
    }
    Ok(basic)
}

pub(super) fn check_extensions(extensions: OcspExtensions<'_>) -> Result<(), Refusal> {
    if let Some(twice) = extensions.duplicate() {
        return refuse(Code::OcspMalformed, format!("it has the extension {} twice", twice.oid.name_or_dotted()));
    }
    for extension in extensions.iter() {
        let name = extension.oid.name_or_dotted();
        match extension.value {
            Err(error) => return refuse(Code::OcspMalformed, format!("its extension {name} cannot be read: {error}")),
            // The last three mean nothing in a response that names its certificates.
            Ok(
                OcspExtensionValue::Unknown(_)
                | OcspExtensionValue::AcceptableResponses(_)
                | OcspExtensionValue::ServiceLocator(_)
                | OcspExtensionValue::CertificateIssuer(_),
            ) if extension.critical => {
                return refuse(
                    Code::OcspExtensionNotProcessed,
                    format!("its critical extension {name} is not processed"),
                );
            }
            Ok(_) => {}
        }
    }
    Ok(())
}

fn invalidity_date(extensions: OcspExtensions<'_>) -> Option<Time> {
    match extensions.get(oids::INVALIDITY_DATE)?.value {
        Ok(OcspExtensionValue::InvalidityDate(date)) => Some(date.time),
        _ => None,
    }
}

/// RFC 6960 §3.2 (5) and (6), §4.4.4.
pub(super) fn check_fresh(single: &SingleResponse<'_>, time: Time) -> Result<(), Refusal> {
    let this_update = single.this_update.time;
    let (now, made) = (time.unix(), this_update.unix());
    if let Some(next) = single.next_update
        && next.time < this_update
    {
        return refuse(
            Code::OcspMalformed,
            format!("it is of {this_update}, and a newer response was due before that, on {}", next.time),
        );
    }
    if made > now.saturating_add(CLOCK_TOLERANCE) {
        // The responder remembers revocations back to this time, so what is not revoked
        // later was not revoked then.
        let cutoff = single.extensions.get(oids::OCSP_ARCHIVE_CUTOFF).and_then(|extension| match extension.value {
            Ok(OcspExtensionValue::ArchiveCutoff(cutoff)) => Some(cutoff.time),
            _ => None,
        });
        if cutoff.is_some_and(|cutoff| cutoff <= time) {
            return Ok(());
        }
        return refuse(Code::OcspNotYetValid, format!("the response is of {this_update}, after the verification time"));
    }
    match single.next_update {
        Some(next) if next.time.unix().saturating_add(CLOCK_TOLERANCE) < now => refuse(
            Code::OcspExpired,
            format!("a newer response was due on {}, before the verification time", next.time),
        ),
        Some(_) => Ok(()),
        None if made.saturating_add(MAX_AGE_WITHOUT_NEXT_UPDATE) < now => refuse(
            Code::OcspExpired,
            format!("the response is of {this_update} and does not say until when it counts; one day is allowed"),
        ),
        None => Ok(()),
    }
}
