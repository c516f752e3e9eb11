//! One CRL or one OCSP response by itself: what it shows without a path, on the
//! word of issuers that the caller vouches for.

use crate::anchors::TrustAnchor;
use crate::finding::{Code, Finding, Severity};
use crate::origin::Origin;
use crate::path::{IssuerKey, Verifier, VerifyCache};
use crate::policy::ValidationPolicy;
use crate::pool::{CertPool, Sourced};
use crate::revocation::checker::Checker;
use crate::revocation::crl::{self, Question};
use crate::revocation::evidence::{Evidence, EvidenceOcsp};
use crate::revocation::ocsp;
use crate::revocation::points::{ALL_REASONS, NotCovered, Points, coverage};
use crate::revocation::signer::Refusal;
use crate::revocation::{Revocation, SourceOutcome};
use crate::time::Time;
use crate::x509::Certificate;
use crate::x509::crl::Crl;
use crate::x509::extension::ReasonFlags;
use crate::x509::issuer::Issuer;
use crate::x509::ocsp::{CertIdMatcher, OcspResponse, SingleResponse};

fn failed(refusal: Refusal) -> Box<Finding> {
    Box::new(Finding::new(refusal.code, Severity::Error, refusal.message))
}

fn key(certificate: &Certificate) -> IssuerKey<'_> {
    IssuerKey::of(Issuer::Certificate(certificate))
}

fn anchor(certificate: &Certificate) -> TrustAnchor {
    TrustAnchor::from_certificate(certificate.clone(), Origin::Memory)
}

/// Whether the CRL means what it says (RFC 5280 §5): in DER, without
/// contradictions, without a critical extension that is not processed.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn crl_form(crl: &Crl) -> Result<(), Box<Finding>> {
    crl::check_form(crl).map_err(failed)
}

/// Whether the CRL counts at this time (RFC 5280 §6.3.3 (a)).
///
/// # Errors
///
/// Why it does not.
pub fn crl_freshness(crl: &Crl, time: Time) -> Result<(), Box<Finding>> {
    crl::check_fresh(crl, time).map_err(failed)
}

/// Which of the issuers signed the CRL; it also has to be allowed to sign CRLs,
/// with an acceptable algorithm.
///
/// # Errors
///
/// What is wrong with the signature, or that none of them is the CRL's issuer.
pub fn crl_signer<'i>(
    crl: &Crl,
    issuers: &'i [Sourced],
    policy: &ValidationPolicy,
    time: Time,
) -> Result<&'i Sourced, Box<Finding>> {
    let (evidence, pool, cache) = (Evidence::new(), CertPool::new(), VerifyCache::new());
    let mut checker = Checker::new(policy, time, &evidence, &pool);
    let mut verifier = Verifier::new(&cache);
    let mut wrong: Option<Box<Finding>> = None;
    for one in issuers.iter().filter(|one| one.certificate.subject_digest() == crl.issuer_digest()) {
        match checker.check_signer(0, crl, key(&one.certificate), &anchor(&one.certificate), &mut verifier) {
            Ok(_) => return Ok(one),
            // That another key of the same name is at hand says less than what is wrong with this one's.
            Err(refusal) => {
                if wrong.as_ref().is_none_or(|finding| finding.code == Code::CrlIssuerNotFound) {
                    wrong = Some(failed(refusal));
                }
            }
        }
    }
    Err(wrong.unwrap_or_else(|| {
        let message = match issuers {
            [one] => {
                let given = one.certificate.subject().brief();
                format!("it is of {}, the issuer given is {given}", crl.issuer().brief())
            }
            _ => format!("it is of {}, who is none of the {} issuers given", crl.issuer().brief(), issuers.len()),
        };
        Box::new(Finding::new(Code::CrlWrongIssuer, Severity::Error, message))
    }))
}

/// The issuer whose key signed the certificate.
pub fn issuer_of<'i>(certificate: &Certificate, issuers: impl IntoIterator<Item = &'i Sourced>) -> Option<&'i Sourced> {
    issuers.into_iter().find(|one| {
        Issuer::Certificate(&one.certificate).is_named_by(certificate)
            && key(&one.certificate).verify(certificate).is_ok()
    })
}

/// For which reasons the CRL covers the certificate (RFC 5280 §6.3.3 (b), (d)),
/// unless for all.
///
/// # Errors
///
/// Why it does not cover it at all.
pub fn crl_coverage(crl: &Crl, certificate: &Certificate) -> Result<Option<ReasonFlags>, Box<Finding>> {
    let covered = coverage(certificate, &Points::of(certificate), crl)
        .map_err(|NotCovered { code, message }| failed(Refusal { code, message }))?;
    Ok((covered != ALL_REASONS).then(|| ReasonFlags::from_flags(covered)))
}

/// What the CRL lists about the certificate, whoever signed it.
///
/// # Errors
///
/// When its entries about it cannot be read.
pub fn crl_listing(crl: &Crl, certificate: &Certificate, time: Time) -> Result<Option<Revocation>, Box<Finding>> {
    let entry = crl::lookup(crl, certificate, time).map_err(failed)?;
    Ok(entry.filter(|entry| !crl::is_removal(entry)).map(|entry| crl::revocation(&entry)))
}

/// What the CRL shows about the certificate that this issuer issued. Those in
/// `signers` may have signed it, besides the issuer; delta CRLs for it are taken
/// from `evidence`, which holds the CRL itself.
///
/// `None` when the CRL is not in `evidence`.
pub fn judge_crl_alone(
    crl: &Crl,
    evidence: &Evidence,
    (certificate, issuer): (&Certificate, &Certificate),
    signers: &[Sourced],
    policy: &ValidationPolicy,
    time: Time,
) -> Option<SourceOutcome> {
    let (place, one) = evidence.crls_of(crl.issuer_digest()).find(|(_, one)| one.crl == *crl)?;
    let signer = crl_signer(crl, signers, policy, time).map_or(issuer, |signer| &signer.certificate);
    let anchor = anchor(signer);
    let question = Question { certificate, issuer: key(issuer), anchor: &anchor };
    let (pool, cache) = (CertPool::new(), VerifyCache::new());
    let mut checker = Checker::new(policy, time, evidence, &pool);
    let mut verifier = Verifier::new(&cache);
    let points = Points::of(certificate);
    if crl.is_delta() {
        return Some(checker.judge_delta(place, one, (&points, &[]), question, &mut verifier));
    }
    Some(checker.judge_crl(place, one, &points, question, &mut verifier).outcome)
}

/// Whether the response is a successful one that means what it says (RFC 6960
/// §4.2): in DER, of a known type, without a critical extension that is not
/// processed.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn response_form(response: &OcspResponse) -> Result<(), Box<Finding>> {
    let basic = ocsp::check_form(response).map_err(failed)?;
    ocsp::check_der(response).map_err(failed)?;
    ocsp::check_extensions(basic.extensions()).map_err(failed)?;
    basic.responses().try_for_each(|single| ocsp::check_extensions(single.extensions)).map_err(failed)
}

/// Whether what is said about one certificate counts at this time (RFC 6960 §3.2).
///
/// # Errors
///
/// Why it does not.
pub fn response_freshness(single: &SingleResponse<'_>, time: Time) -> Result<(), Box<Finding>> {
    ocsp::check_fresh(single, time).map_err(failed)
}

/// Whether the response is signed by this issuer, or by a responder that this
/// issuer authorised, with an acceptable algorithm (RFC 6960 §4.2.2.2).
///
/// # Errors
///
/// What is wrong with the signature or the responder.
pub fn response_signer(
    response: &OcspResponse,
    issuer: &Certificate,
    policy: &ValidationPolicy,
    time: Time,
) -> Result<(), Box<Finding>> {
    let basic = ocsp::check_form(response).map_err(failed)?;
    let (evidence, pool, cache) = (Evidence::new(), CertPool::new(), VerifyCache::new());
    let mut checker = Checker::new(policy, time, &evidence, &pool);
    let anchor = anchor(issuer);
    // The responder's right does not depend on the certificate in question.
    let question = Question { certificate: issuer, issuer: key(issuer), anchor: &anchor };
    checker.check_signature(&basic, question, &mut Verifier::new(&cache)).map_err(failed)
}

/// What the response shows about the certificate that this issuer issued.
pub fn judge_response_alone(
    evidence: &EvidenceOcsp,
    (certificate, issuer): (&Certificate, &Certificate),
    policy: &ValidationPolicy,
    time: Time,
) -> SourceOutcome {
    let (none, pool, cache) = (Evidence::new(), CertPool::new(), VerifyCache::new());
    let mut checker = Checker::new(policy, time, &none, &pool);
    let anchor = anchor(issuer);
    let question = Question { certificate, issuer: key(issuer), anchor: &anchor };
    let matcher = CertIdMatcher::for_certificate(certificate, Issuer::Certificate(issuer));
    let basic = evidence.response.basic();
    let about: Vec<SingleResponse<'_>> = basic.iter().flat_map(|basic| basic.responses_for(&matcher)).collect();
    checker.judge_ocsp(None, evidence, &about, question, &mut Verifier::new(&cache))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Profile;
    use certlens_testkit::{Ca, CertificateBuilder, CrlBuilder, Key, Name, OcspBuilder, OcspSingle, time};

    fn read(der: &[u8]) -> Sourced {
        Sourced { certificate: Certificate::from_der(der).unwrap(), origin: Origin::Memory }
    }

    fn policy() -> ValidationPolicy {
        ValidationPolicy::new(Profile::Rfc5280)
    }

    #[test]
    fn the_right_key_of_several_with_one_name_is_found() {
        let (old, new) = (Ca::anchor("CA", Key::p256(0)), Ca::anchor("CA", Key::p256(1)));
        let issuers = [read(old.der()), read(new.der())];
        let at = Time::from_unix(time::MIDDLE);
        let crl = Crl::from_der(&CrlBuilder::new().signed_by(&new)).unwrap();
        assert_eq!(crl_signer(&crl, &issuers, &policy(), at).unwrap().certificate, issuers[1].certificate);
        let damaged = Crl::from_der(&CrlBuilder::new().corrupt_signature().signed_by(&new)).unwrap();
        assert_eq!(crl_signer(&damaged, &issuers, &policy(), at).unwrap_err().code, Code::CrlSignatureInvalid);
        let other = [read(Ca::anchor("Another", Key::p256(1)).der())];
        assert_eq!(crl_signer(&crl, &other, &policy(), at).unwrap_err().code, Code::CrlWrongIssuer);
    }

    #[test]
    fn only_the_issuer_whose_key_signed_a_certificate_is_its_issuer() {
        let (old, new) = (Ca::anchor("CA", Key::p256(0)), Ca::anchor("CA", Key::p256(1)));
        let leaf = read(&CertificateBuilder::new(Name::cn("x"), Key::p256(2)).issued_by(&new)).certificate;
        let issuers = [read(old.der()), read(new.der())];
        assert_eq!(issuer_of(&leaf, &issuers).unwrap().certificate, issuers[1].certificate);
        assert!(issuer_of(&leaf, &issuers[..1]).is_none());
    }

    #[test]
    fn every_status_of_a_response_is_looked_at_for_form() {
        let ca = Ca::anchor("CA", Key::p256(0));
        let critical = certlens_testkit::Extension::new("1.2.3.4", true, vec![5, 0]);
        let builder = OcspBuilder::new()
            .single(OcspSingle::good(&[1], &ca))
            .single(OcspSingle::good(&[2], &ca).extension(critical));
        let response = OcspResponse::from_der(&builder.signed_by(&ca)).unwrap();
        assert_eq!(response_form(&response).unwrap_err().code, Code::OcspExtensionNotProcessed);
        let issuer = read(ca.der()).certificate;
        assert!(response_signer(&response, &issuer, &policy(), Time::from_unix(time::MIDDLE)).is_ok());
    }
}
