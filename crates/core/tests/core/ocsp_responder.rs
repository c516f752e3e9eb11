//! Who may sign an OCSP response (RFC 6960 §4.2.2.2).

use certlens_core::origin::Origin;
use certlens_core::revocation::MAX_REVOCATION_SIGNATURES;
use certlens_core::verdict::Status;
use certlens_core::x509::Crl;
use certlens_testkit::{
    Ca, CertificateBuilder, CrlBuilder, CrlEntry, Extension, GeneralName, Issuer, Key, KeyUsage, Name, OcspBuilder,
    OcspSingle, Signing, purposes, time,
};

use crate::harness::{Case, Pki};
use crate::ocsp::{SERIAL, accepted, ca, case, case_of, good, refused, response, revoked, unused};

/// The serial number of the responder's certificate.
const RESPONDER: &[u8] = &[0x52];

/// A responder that may be asked without further question, to be changed.
fn responder() -> CertificateBuilder {
    doubtful().extension(Extension::ocsp_no_check())
}

/// One that may be revoked.
fn doubtful() -> CertificateBuilder {
    CertificateBuilder::new(Name::cn("Responder"), Key::p256(5))
        .serial(RESPONDER)
        .extension(Extension::extended_key_usage([purposes::OCSP_SIGNING]))
}

fn signer() -> Issuer {
    Issuer::new("Responder", Key::p256(5))
}

/// A response of a responder with this certificate.
fn delegated(certificate: &[u8]) -> Vec<u8> {
    OcspBuilder::new().single(good()).certificate(certificate).signed_by(signer())
}

fn case_with(certificate: CertificateBuilder) -> Case {
    case(delegated(&certificate.issued_by(ca())))
}

fn with_crl(case: Case, crl: &CrlBuilder) -> Case {
    let crl = Crl::from_der(&crl.signed_by(ca())).expect("the CRL can be read");
    case.with_evidence(|evidence| evidence.add_crl(crl, Origin::Memory))
}

#[test]
fn a_delegate_of_the_issuer_may() {
    accepted("by key hash", &case_with(responder()));
    let by_name = OcspBuilder::new().single(good()).by_name().certificate(&responder().issued_by(ca()));
    accepted("by name", &case(by_name.signed_by(signer())));
    let revoked = OcspBuilder::new().single(revoked(None)).certificate(&responder().issued_by(ca()));
    refused("revoked", &case(revoked.signed_by(signer())));
    let more = responder().extension(Extension::extended_key_usage([purposes::SERVER_AUTH, purposes::OCSP_SIGNING]));
    accepted("for other purposes too", &case_with(more));
}

#[test]
fn nobody_else_may() {
    let pki = Pki::new();
    let code = "ocsp-responder-not-authorised";
    unused("issued by the CA above", &case(delegated(&responder().issued_by(&pki.anchor))), code);
    unused("issued by itself", &case(delegated(&responder().self_signed())), code);
    let namesake = Issuer::new("Intermediate", Key::p256(9));
    unused("issued by a CA of the same name", &case(delegated(&responder().issued_by(namesake))), code);
    let renamed = Issuer::new("Other", ca().key());
    unused("issued by the same key under another name", &case(delegated(&responder().issued_by(renamed))), code);
    unused("not for OCSP signing", &case_with(responder().without("2.5.29.37")), code);
    let server = Extension::extended_key_usage([purposes::SERVER_AUTH]);
    unused("for something else", &case_with(responder().extension(server)), code);
    let any = Extension::extended_key_usage([purposes::ANY]);
    unused("for anything, which does not name it", &case_with(responder().extension(any)), code);
    let signed_by_target = OcspBuilder::new().single(good()).signed_by(Issuer::new("Target", Key::p256(2)));
    unused("the target", &case(signed_by_target), code);
    let anchor = OcspBuilder::new().single(good()).certificate(pki.anchor.der()).signed_by(&pki.anchor);
    unused("the trust anchor", &case(anchor), code);
}

#[test]
fn the_key_of_a_renewed_ca_speaks_for_it_no_more_than_a_stranger() {
    // Both certificates of the CA are good, but RFC 6960 §4.2.2.2 wants the very key.
    let pki = Pki::new();
    let renewed = Ca::intermediate("Intermediate", Key::p256(9), &pki.anchor);
    let of = |response: Vec<u8>| case(response).pool([renewed.der()]);
    let delegate = of(delegated(&responder().issued_by(&renewed)));
    unused("its delegate", &delegate, "ocsp-responder-not-authorised");
    let single = OcspSingle::good(SERIAL, ca());
    let own = OcspBuilder::new().single(single).signed_by(&renewed);
    unused("itself", &of(own), "ocsp-responder-not-authorised");
    let own = OcspBuilder::new().single(good()).by_name().certificate(renewed.der()).signed_by(&renewed);
    unused("itself by name", &of(own), "ocsp-responder-not-authorised");
}

#[test]
fn a_delegates_certificate_must_be_valid() {
    let code = "ocsp-responder-not-valid";
    unused("expired", &case_with(responder().validity(time::CA_START, time::MIDDLE - 1)), code);
    unused("not yet valid", &case_with(responder().validity(time::MIDDLE + 1, time::END)), code);
    let usage = Extension::key_usage(&[KeyUsage::KeyEncipherment]);
    unused("key usage", &case_with(responder().extension(usage)), code);
    accepted("without key usage", &case_with(responder().without("2.5.29.15")));
    let unknown = Extension::new("1.2.3", true, vec![5, 0]);
    unused("a critical extension", &case_with(responder().extension(unknown)), code);
    unused("a wrong signature", &case_with(responder().corrupt_signature()), "ocsp-responder-not-authorised");
    unused("SHA-1", &case_with(responder().signing(Signing::EcdsaSha1)), code);
    let allowed = case_with(responder().signing(Signing::EcdsaSha1)).allow_weak("sha1");
    accepted("SHA-1, allowed", &allowed);
}

#[test]
fn under_the_profile_web_nothing_weak_is_allowed_to_a_delegate() {
    let server = CertificateBuilder::new(Name::cn("a.example"), Key::p256(2))
        .serial(SERIAL)
        .extension(Extension::subject_alt_name([GeneralName::dns("a.example")]))
        .extension(Extension::extended_key_usage([purposes::SERVER_AUTH]));
    let web = case_of(server).web().purpose("server-auth").allow_weak("sha1");
    accepted("SHA-256", &web.clone().response(delegated(&responder().issued_by(ca()))));
    let weak = delegated(&responder().signing(Signing::EcdsaSha1).issued_by(ca()));
    unused("SHA-1", &web.response(weak), "ocsp-responder-not-valid");
}

#[test]
fn a_delegate_can_be_revoked() {
    let listed = || CrlBuilder::new().entry(RESPONDER);
    let code = "ocsp-responder-not-valid";
    let unused = |what: &str, case: &Case| {
        let verdict = case.expect(what, Status::Indeterminate, &["error revocation-unknown@0"]);
        assert!(crate::ocsp::sources(&verdict, 0).iter().any(|source| source == code), "{what}");
    };
    let by_response = OcspBuilder::new().single(OcspSingle::revoked(RESPONDER, ca(), time::REVOKED, None));
    let by_response = by_response.signed_by(ca());
    unused("by a response", &case_with(doubtful()).response(by_response.clone()));
    accepted("by a response, but not to be asked about", &case_with(responder()).response(by_response));
    // The CRL is enough for the target as well.
    let verdict = with_crl(case_with(doubtful()), &listed()).trusted("by a CRL", &[]);
    assert_eq!(crate::ocsp::sources(&verdict, 0), [code, "good"]);
    let verdict = with_crl(case_with(responder()), &listed()).trusted("by a CRL, but not to be asked about", &[]);
    assert_eq!(crate::ocsp::sources(&verdict, 0), ["good", "good"]);
    accepted("nothing is known", &case_with(doubtful()));
    let good = OcspBuilder::new().single(OcspSingle::good(RESPONDER, ca())).signed_by(ca());
    accepted("shown to be good", &case_with(doubtful()).response(good));
    let later = OcspSingle::revoked(RESPONDER, ca(), time::MIDDLE + 3600, None).this_update(time::MIDDLE + 7200);
    accepted("revoked later", &case_with(doubtful()).response(response(later)));
}

#[test]
fn a_delegate_does_not_vouch_for_itself() {
    // On hold by the CRL, and good by its own word since: that must not release it.
    let hold = CrlEntry { reason: Some(6), ..CrlEntry::new(RESPONDER) };
    let crl = CrlBuilder::new().this_update(time::THIS_UPDATE - 3600).entry_full(hold).entry(SERIAL);
    let by_itself = OcspBuilder::new()
        .single(OcspSingle::good(RESPONDER, ca()))
        .certificate(&doubtful().issued_by(ca()))
        .signed_by(signer());
    let case = with_crl(case_with(doubtful()), &crl).response(by_itself.clone());
    let verdict = case.untrusted("on hold", &["error revoked@0"]);
    assert_eq!(crate::ocsp::sources(&verdict, 0), ["ocsp-responder-not-valid", "revoked"]);
    // Nor when its certificate is the one in question.
    unused("asked about itself", &case_of(doubtful()).response(by_itself), "ocsp-responder-not-authorised");
    let by_ca = OcspBuilder::new().single(OcspSingle::good(RESPONDER, ca())).signed_by(ca());
    accepted("the CA vouches", &case_of(doubtful()).response(by_ca));
}

#[test]
fn the_certificate_may_be_at_hand_otherwise() {
    let bare = OcspBuilder::new().single(good()).signed_by(signer());
    let by_name = OcspBuilder::new().single(good()).by_name().signed_by(signer());
    for bare in [bare, by_name] {
        unused("nowhere", &case(bare.clone()), "ocsp-responder-not-authorised");
        accepted("in the pool", &case(bare.clone()).pool([responder().issued_by(ca())]));
        let stranger = responder().issued_by(Issuer::new("Intermediate", Key::p256(9)));
        unused("a stranger in the pool", &case(bare).pool([stranger]), "ocsp-responder-not-authorised");
    }
    let other = OcspBuilder::new().single(good()).by_key_hash(&[1; 20]).certificate(&responder().issued_by(ca()));
    unused("another is named", &case(other.signed_by(signer())), "ocsp-responder-not-authorised");
}

#[test]
fn of_several_of_one_name_the_one_that_signed_counts() {
    let namesake = CertificateBuilder::new(Name::cn("Responder"), Key::p256(6)).issued_by(ca());
    let expired = responder().validity(time::CA_START, time::MIDDLE - 1).issued_by(ca());
    let others = [namesake, expired];
    let own = responder().issued_by(ca());
    let by_name = || OcspBuilder::new().single(good()).by_name();
    let embedded = others.iter().fold(by_name(), |builder, one| builder.certificate(one)).certificate(&own);
    accepted("behind others", &case(embedded.signed_by(signer())));
    let embedded = others.iter().fold(by_name(), |builder, one| builder.certificate(one));
    accepted("at hand, others embedded", &case(embedded.signed_by(signer())).pool([&own[..]]));
    let mut pool: Vec<&[u8]> = others.iter().map(Vec::as_slice).chain([&own[..]]).collect();
    for _ in 0..3 {
        accepted("at hand", &case(by_name().signed_by(signer())).pool(pool.iter().copied()));
        pool.rotate_left(1);
    }
    let unreadable = by_name().certificate(&[0x30, 0]).certificate(&own);
    accepted("behind what cannot be read", &case(unreadable.signed_by(signer())));
}

#[test]
fn a_delegate_may_have_the_issuers_name() {
    let namesake = CertificateBuilder::new(Name::cn("Intermediate"), Key::p256(5))
        .extension(Extension::extended_key_usage([purposes::OCSP_SIGNING]))
        .extension(Extension::ocsp_no_check());
    let signer = Issuer::new("Intermediate", Key::p256(5));
    let by_name = || OcspBuilder::new().single(good()).by_name();
    accepted("a delegate", &case(by_name().certificate(&namesake.issued_by(ca())).signed_by(&signer)));
    unused("without a certificate", &case(by_name().signed_by(&signer)), "ocsp-signature-invalid");
    let stranger = by_name().certificate(&namesake.self_signed()).signed_by(&signer);
    unused("a stranger", &case(stranger), "ocsp-responder-not-authorised");
    let by_key = OcspBuilder::new().single(good()).signed_by(&signer);
    unused("by its key", &case(by_key), "ocsp-responder-not-authorised");
}

#[test]
fn the_issuers_key_may_have_another_name_by_a_certificate_of_its_own() {
    let alias = CertificateBuilder::new(Name::cn("Alias"), ca().key())
        .extension(Extension::extended_key_usage([purposes::OCSP_SIGNING]))
        .extension(Extension::ocsp_no_check());
    let by_alias = OcspBuilder::new().single(good()).by_name().certificate(&alias.issued_by(ca()));
    accepted("with it", &case(by_alias.signed_by(alias.as_issuer())));
    let without = OcspBuilder::new().single(good()).by_name_of(Name::cn("Alias")).signed_by(ca());
    unused("without", &case(without), "ocsp-responder-not-authorised");
}

/// Responders whose certificates may be revoked, and what the second says about the first.
fn circle(count: u32) -> (Vec<CertificateBuilder>, impl Fn(u32, u32) -> Vec<u8>) {
    let one = |number: u32| {
        CertificateBuilder::new(Name::cn(&format!("Responder {number}")), Key::ed25519(number))
            .serial(&[0x60, number as u8])
            .extension(Extension::extended_key_usage([purposes::OCSP_SIGNING]))
    };
    let about = move |asked: u32, signer: u32| {
        OcspBuilder::new()
            .single(OcspSingle::good(&[0x60, asked as u8], ca()))
            .certificate(&one(signer).issued_by(ca()))
            .signed_by(one(signer).as_issuer())
    };
    ((0..count).map(one).collect(), about)
}

fn about_target(by: &CertificateBuilder) -> Vec<u8> {
    OcspBuilder::new().single(good()).certificate(&by.issued_by(ca())).signed_by(by.as_issuer())
}

#[test]
fn responders_that_vouch_for_each_other_are_not_followed_without_end() {
    let (all, about) = circle(10);
    let mut case = case(about_target(&all[0]));
    for (asked, signer) in (0..10).flat_map(|asked| (0..10).map(move |signer| (asked, signer))) {
        case = case.response(about(asked, signer));
    }
    // All orders of ten would be millions of ways.
    let verdict = case.clone().expect("a limit", Status::Indeterminate, &["error revocation-unknown@0"]);
    assert!(verdict.signatures <= MAX_REVOCATION_SIGNATURES + 200, "{}", verdict.signatures);
    // What is not seen may be a revocation, so the lenient must not go on without.
    case.best_effort().expect("a limit", Status::Indeterminate, &["error revocation-unknown@0"]);
}

#[test]
fn a_chain_of_responders_has_an_end() {
    let chain = |length: u32| {
        let (all, about) = circle(length);
        (1..length).fold(case(about_target(&all[0])), |case, signer| case.response(about(signer - 1, signer)))
    };
    accepted("short", &chain(5));
    for case in [chain(40), chain(40).best_effort()] {
        case.expect("long", Status::Indeterminate, &["error revocation-unknown@0"]);
    }
}

#[test]
fn a_heap_of_forged_responses_hides_nothing() {
    let forged = OcspBuilder::new().single(good()).corrupt_signature().signed_by(ca());
    let heap = |count: usize| {
        (0..count).fold(case(response(good())), |case, _| case.response(&forged)).response(response(revoked(None)))
    };
    heap(10).untrusted("some", &["error revoked@0"]);
    let verdict = heap(MAX_REVOCATION_SIGNATURES + 10).best_effort().expect(
        "more than are looked at",
        Status::Indeterminate,
        &["error revocation-unknown@0"],
    );
    assert!(verdict.signatures <= MAX_REVOCATION_SIGNATURES + 10);
}

#[test]
fn heaps_of_single_responses_and_of_certificates_are_gone_through_once() {
    // Responses with thousands about others and one about it, by nobody in a pool of
    // strangers: no pair of them is compared.
    let many = (0..4_000_u16).fold(OcspBuilder::new(), |builder, number| {
        let serial = [&[0x10], &number.to_be_bytes()[..]].concat();
        builder.single(OcspSingle::good(&serial, ca()))
    });
    let many = many.single(good()).by_key_hash(&[1; 20]).signed_by(signer());
    let strangers = (0..2_000_u16).map(|number| {
        let serial = [&[0x10], &number.to_be_bytes()[..]].concat();
        let name = Name::cn(&format!("Stranger {number}"));
        CertificateBuilder::bare(name, Key::ed25519(1)).serial(&serial).self_signed()
    });
    let case = (0..40).fold(case(response(good())), |case, _| case.response(&many)).pool(strangers);
    let verdict = case.trusted("all of it", &[]);
    assert!(verdict.signatures < 10, "{}", verdict.signatures);
}
