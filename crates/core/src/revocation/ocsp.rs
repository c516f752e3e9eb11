//! One OCSP response about one certificate (RFC 6960 §3.2, §4.2.2).

use crate::anchors::{AnchorUse, TrustAnchor};
use crate::encoding::hex;
use crate::finding::{Code, Severity};
use crate::origin::Origin;
use crate::path::{CandidatePath, IssuerKey, PathEnd, Verifier};
use crate::policy::{CLOCK_TOLERANCE, Profile, Purpose, ValidationPolicy};
use crate::pool::Sourced;
use crate::revocation::checker::Checker;
use crate::revocation::crl::{Question, not_used};
use crate::revocation::evidence::{EvidenceOcsp, SourceKind};
use crate::revocation::signer::{Refusal, accept_algorithm, refuse};
use crate::revocation::{Revocation, RevocationStatus, SourceOutcome, SourceResult};
use crate::time::Time;
use crate::validation::validate;
use crate::x509::Certificate;
use crate::x509::certificate::Version;
use crate::x509::issuer::{Issuer, NamedKey};
use crate::x509::ocsp::{
    BasicResponse, CertIdMatcher, CertStatus, OcspExtensionValue, OcspExtensions, ResponderId, ResponseStatus,
    SingleResponse,
};
use crate::x509::oid::oids;

/// How old a response without nextUpdate may be, in seconds. It says that newer
/// information is always there (RFC 6960 §4.2.2.1), so an old one was kept by
/// somebody.
pub const MAX_AGE_WITHOUT_NEXT_UPDATE: i64 = 24 * 60 * 60;

impl<'a> Checker<'a> {
    pub(super) fn judge_ocsp(
        &mut self,
        evidence: &EvidenceOcsp,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> SourceOutcome {
        let matcher = CertIdMatcher::for_certificate(question.certificate, question.issuer.issuer);
        // The newest of several about the same certificate.
        let single = evidence
            .response
            .basic()
            .and_then(|basic| basic.responses_for(&matcher).max_by_key(|single| single.this_update.time));
        let result = match self.answer(evidence, single.as_ref(), question, verifier) {
            Ok(result) => result,
            Err(refusal) => not_used(refusal, question),
        };
        SourceOutcome {
            kind: SourceKind::Ocsp,
            origin: evidence.origin.clone(),
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
        let response = &evidence.response;
        if response.status() != ResponseStatus::Successful {
            return refuse(Code::OcspUnsuccessful, format!("the responder answered {}", response.status()));
        }
        if let Some(deviation) = response.deviations().first() {
            return refuse(Code::OcspNotDer, format!("byte {}: {}", deviation.offset, deviation.kind));
        }
        let Some(basic) = response.basic() else {
            let of = response.response_type().map_or_else(|| "without a type".to_owned(), |oid| oid.name_or_dotted());
            return refuse(Code::OcspMalformed, format!("the response is of a type that is not known: {of}"));
        };
        if basic.version() != Version::V1 {
            return refuse(Code::OcspMalformed, format!("its version is not 1 but {}", basic.version()));
        }
        let Some(single) = single else {
            return refuse(Code::OcspDoesNotCover, "the response is about other certificates");
        };
        check_extensions(basic.extensions())?;
        check_extensions(single.extensions)?;
        if let (Some(sent), Some(received)) = (&evidence.nonce, basic.nonce())
            && sent != received
        {
            return refuse(Code::OcspNonceMismatch, "the response repeats another nonce than the one sent");
        }
        accept_algorithm(self.policy, &basic.signature_algorithm(), Code::OcspAlgorithmRefused)?;
        self.check_responder(&basic, question, verifier)?;
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

    /// RFC 6960 §4.2.2.2: the issuer itself, or whom it made a responder.
    fn check_responder(
        &mut self,
        basic: &BasicResponse<'_>,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Result<(), Refusal> {
        let id = basic.responder_id();
        let mut by_issuer = None;
        if id.is(question.issuer.issuer) {
            match self.verify_response(basic, question.issuer) {
                Ok(()) => return Ok(()),
                // A delegate can have the issuer's name.
                Err(refusal) => by_issuer = Some(refusal),
            }
        }
        let is_responder =
            |one: &Certificate| one.spki_raw() != question.issuer.issuer.spki_raw() && id.is(Issuer::Certificate(one));
        let mut embedded = basic.certificates().filter_map(|(_, der)| Certificate::from_der(der).ok());
        let at_hand = || self.pool.iter().map(|one| &one.certificate).find(|one| is_responder(one)).cloned();
        let Some(responder) = embedded.find(|one| is_responder(one)).or_else(at_hand) else {
            let whose = match id {
                ResponderId::ByName(name) => name.brief(),
                ResponderId::ByKey(hash) => format!("the key with the SHA-1 {}", hex::encode(hash)),
            };
            let message = format!(
                "it is signed by {whose}, who is not the certificate's issuer, and the certificate of {whose} did not come with it"
            );
            return by_issuer.map_or_else(|| refuse(Code::OcspNotAuthorised, message), Err);
        };
        let key = IssuerKey::of(Issuer::Certificate(&responder));
        self.check_delegation(&responder, question, verifier)?;
        self.verify_response(basic, key)
    }

    fn verify_response(&mut self, basic: &BasicResponse<'_>, key: IssuerKey<'_>) -> Result<(), Refusal> {
        self.spend_signature(Code::OcspSignatureInvalid)?;
        match key.verify_signed(&basic.signature_algorithm(), basic.tbs_response_data(), basic.signature()) {
            Ok(()) => Ok(()),
            Err(error) => {
                let whose = key.issuer.name().brief();
                refuse(
                    Code::OcspSignatureInvalid,
                    format!("its signature does not verify with the key of {whose}: {error}"),
                )
            }
        }
    }

    /// A responder's certificate: issued directly by the issuer in question, with the
    /// same key, for OCSP signing, and not revoked.
    fn check_delegation(
        &mut self,
        responder: &Certificate,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Result<(), Refusal> {
        let name = responder.subject().brief();
        let issuer = question.issuer.issuer;
        if !issuer.is_named_by(responder) {
            return refuse(
                Code::OcspNotAuthorised,
                format!(
                    "it is signed by {name}, whose certificate is of another issuer, {}",
                    responder.issuer().brief()
                ),
            );
        }
        let Ok(named) = NamedKey::from_der(issuer.name_raw(), issuer.spki_raw()) else {
            return refuse(Code::OcspNotAuthorised, "the issuer's key cannot be decoded");
        };
        // The issuer's own path was validated; here it stands for its name and key.
        let policy = ValidationPolicy {
            allow_weak: self.policy.allow_weak,
            purposes: vec![Purpose::Key(oids::OCSP_SIGNING.as_bytes().to_vec())],
            anchor_use: AnchorUse::NameAndKey,
            ..ValidationPolicy::new(Profile::Rfc5280)
        };
        let path = CandidatePath {
            certificates: vec![Sourced { certificate: responder.clone(), origin: Origin::Memory }],
            end: PathEnd::Anchor(TrustAnchor::from_key(named, Origin::Memory)),
        };
        let outcome = validate(path, &policy, self.time, verifier);
        let mut errors = outcome.findings.iter().filter(|finding| finding.severity == Severity::Error);
        if let Some(finding) = errors.next() {
            let not_authorised = matches!(finding.code, Code::PurposeNotAllowed | Code::SignatureInvalid);
            let code = if not_authorised { Code::OcspNotAuthorised } else { Code::OcspResponderNotValid };
            return refuse(
                code,
                format!("the certificate of the responder {name} cannot be accepted: {}", finding.message),
            );
        }
        // §4.2.2.2.1: the CA says that it need not be asked about, or how to ask. Where
        // nothing is known, the choice is the client's; its certificates are short-lived.
        if responder.extension(oids::OCSP_NO_CHECK).is_none() {
            let about = Question { certificate: responder, ..question };
            if let (RevocationStatus::Revoked(revocation), _) = self.status(about, verifier) {
                return refuse(
                    Code::OcspResponderNotValid,
                    format!("the certificate of the responder {name} was revoked on {}", revocation.time),
                );
            }
        }
        Ok(())
    }
}

fn check_extensions(extensions: OcspExtensions<'_>) -> Result<(), Refusal> {
    for extension in extensions.iter() {
        let name = extension.oid.name_or_dotted();
        match extension.value {
            Err(error) => return refuse(Code::OcspMalformed, format!("its extension {name} cannot be read: {error}")),
            Ok(OcspExtensionValue::Unknown(_)) if extension.critical => {
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
fn check_fresh(single: &SingleResponse<'_>, time: Time) -> Result<(), Refusal> {
    let this_update = single.this_update.time;
    let (now, made) = (time.unix(), this_update.unix());
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
