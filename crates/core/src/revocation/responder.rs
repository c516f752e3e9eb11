//! Who signed an OCSP response, and may they? (RFC 6960 §4.2.2.2.)

use std::collections::HashMap;

use crate::anchors::{AnchorUse, TrustAnchor};
use crate::crypto::acceptance::WeakKinds;
use crate::encoding::hex;
use crate::finding::{Code, Severity};
use crate::origin::Origin;
use crate::path::{CandidatePath, IssuerKey, PathEnd, Verifier};
use crate::policy::{Profile, Purpose, ValidationPolicy};
use crate::pool::{CertPool, Sourced};
use crate::revocation::RevocationStatus;
use crate::revocation::checker::{Checker, MAX_REVOCATION_NESTING};
use crate::revocation::crl::Question;
use crate::revocation::signer::{Refusal, refuse};
use crate::validation::validate;
use crate::x509::Certificate;
use crate::x509::issuer::{Issuer, NamedKey};
use crate::x509::ocsp::{BasicResponse, ResponderId, key_hash};
use crate::x509::oid::oids;

/// Certificates by the SHA-1 of their key.
pub(super) type ByKey<'a> = HashMap<Vec<u8>, Vec<&'a Certificate>>;

fn by_key(pool: &CertPool) -> ByKey<'_> {
    let mut by_key = ByKey::new();
    for sourced in pool.iter() {
        let hash = key_hash(Issuer::Certificate(&sourced.certificate));
        by_key.entry(hash.as_ref().to_vec()).or_default().push(&sourced.certificate);
    }
    by_key
}

impl<'a> Checker<'a> {
    /// The issuer itself, or whom it made a responder.
    pub(super) fn check_responder(
        &mut self,
        basic: &BasicResponse<'_>,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Result<(), Refusal> {
        if self.limit_reached {
            return refuse(Code::OcspSignatureInvalid, "its signature was not looked at, after a limit was reached");
        }
        let id = basic.responder_id();
        let issuer = question.issuer.issuer;
        let mut refusal: Option<Refusal> = None;
        if id.is(issuer) {
            match self.verify_response(basic, question.issuer) {
                Ok(()) => return Ok(()),
                // A delegate can have the issuer's name.
                Err(why) => refusal = Some(why),
            }
        }
        let tried = refusal.is_some();
        let mut embedded =
            basic.certificates().filter_map(|(_, der)| Certificate::from_der(der).ok()).collect::<Vec<_>>();
        embedded.retain(|one| id.is(Issuer::Certificate(one)));
        for responder in embedded.into_iter().chain(self.responders_at_hand(id)) {
            if tried && responder.spki_raw() == issuer.spki_raw() {
                continue;
            }
            // The signature first: it shows who is meant among several of one name, and
            // that no further response is looked at, for the responder's own status,
            // without counting against the limit.
            let key = IssuerKey::of(Issuer::Certificate(&responder));
            let result = self.verify_response(basic, key);
            match result.and_then(|()| self.check_delegation(&responder, question, verifier)) {
                Ok(()) => return Ok(()),
                Err(why) => {
                    // What is said about whoever signed it tells more than that others did not.
                    let tells_more = |old: &Refusal| {
                        old.code == Code::OcspSignatureInvalid && why.code != Code::OcspSignatureInvalid
                    };
                    if refusal.as_ref().is_none_or(tells_more) {
                        refusal = Some(why);
                    }
                }
            }
            if self.limit_reached {
                break;
            }
        }
        Err(refusal.unwrap_or_else(|| {
            let whose = match id {
                ResponderId::ByName(name) => name.brief(),
                ResponderId::ByKey(hash) => format!("the key with the SHA-1 {}", hex::encode(hash)),
            };
            let message = format!(
                "it is signed by {whose}, who is not the certificate's issuer, and the certificate of {whose} did not come with it"
            );
            Refusal { code: Code::OcspNotAuthorised, message }
        }))
    }

    /// Certificates given otherwise that the response may mean.
    fn responders_at_hand(&mut self, id: ResponderId<'_>) -> Vec<Certificate> {
        let pool = self.pool;
        match id {
            ResponderId::ByName(name) => pool.by_subject(name.digest()).map(|one| one.certificate.clone()).collect(),
            ResponderId::ByKey(hash) => {
                let by_key = self.responders.get_or_insert_with(|| by_key(pool));
                by_key.get(hash).into_iter().flatten().map(|one| (*one).clone()).collect()
            }
        }
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
        // By the key: another certificate for it, or the same signed anew, is no one else.
        if responder.spki_raw() == question.certificate.spki_raw() {
            return refuse(Code::OcspNotAuthorised, format!("{name} signed it about itself"));
        }
        if self.in_progress.contains(&responder.id()) {
            // From elsewhere it may come out otherwise.
            self.cycles += 1;
            return refuse(Code::OcspNotAuthorised, format!("it is signed by {name}, whose own status depends on it"));
        }
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
            allow_weak: match self.policy.profile {
                Profile::Rfc5280 => self.policy.allow_weak,
                // Nothing weak can be allowed under it, and its other rules are for TLS servers.
                Profile::Web => WeakKinds::default(),
            },
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
            if self.in_progress.len() == MAX_REVOCATION_NESTING {
                self.limit_reached = true;
                return refuse(
                    Code::OcspResponderNotValid,
                    format!(
                        "whether {name} is revoked was not looked at (limit MAX_REVOCATION_NESTING = {MAX_REVOCATION_NESTING})"
                    ),
                );
            }
            match self.status(about, verifier).0 {
                RevocationStatus::Revoked(revocation) => {
                    return refuse(
                        Code::OcspResponderNotValid,
                        format!("the certificate of the responder {name} was revoked on {}", revocation.time),
                    );
                }
                RevocationStatus::Unknown => self.note_unknown(about),
                RevocationStatus::Good | RevocationStatus::RevokedLater(_) => {}
            }
        }
        Ok(())
    }
}
