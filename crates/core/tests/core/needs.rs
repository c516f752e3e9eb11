//! What would help, and where it may be had.

use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::policy::PreferredSource;
use certlens_core::revocation::{FailedSource, IssuerAnswer, Need, NeedKind, SourceKind};
use certlens_core::verdict::{Status, Verdict};
use certlens_core::x509::ocsp::CertIdHash;
use certlens_core::x509::{CertId, Certificate, Crl};
use certlens_testkit::{
    Ca, CertificateBuilder, CrlBuilder, DistributionPointSpec, Extension, Issuer, Key, OcspHash, OcspSingle, purposes,
};

use crate::harness::{Case, Pki, intermediate, target};
use crate::ocsp::{SERIAL, asked, ca, case_of, good, response, revoked};

fn describe(need: &Need) -> String {
    let kind = match &need.kind {
        NeedKind::Issuer => "issuer",
        NeedKind::Ocsp(_) => "ocsp",
        NeedKind::Crl => "crl",
        NeedKind::DeltaCrl => "delta",
    };
    let of = need.certificate.subject().brief();
    format!("{kind} of {of}: {}", need.urls.join(" "))
}

#[track_caller]
fn needs(what: &str, case: &Case, expected: &[&str]) -> Verdict {
    let verdict = case.verdict();
    let found: Vec<String> = verdict.needs.iter().map(describe).collect();
    assert_eq!(found, expected, "{what}");
    verdict
}

/// A certificate that names all sources.
fn with_sources() -> CertificateBuilder {
    asked()
        .extension(Extension::authority_info_access(&["http://ca/"], &["http://ocsp/1", "http://ocsp/2"]))
        .extension(Extension::crl_distribution_points(["http://crl/1", "http://crl/2"]))
}

fn failed(kind: SourceKind, url: &str, certificate: CertId) -> FailedSource {
    let finding = Finding::new(Code::SourceNotRetrieved, Severity::Warning, "connection refused");
    FailedSource { kind, url: url.to_owned(), certificate, origin: Origin::Url(url.to_owned()), finding }
}

fn failing(case: Case, kind: SourceKind, urls: &[&str]) -> Case {
    let target = case.target_id();
    case.with_evidence(|evidence| urls.iter().for_each(|url| evidence.note_failure(failed(kind, url, target))))
}

fn asked_for_issuer(case: Case, url: &str) -> Case {
    case.with_evidence(|evidence| evidence.note_issuer_answer(url, IssuerAnswer::Asked))
}

fn with_crl(case: Case, crl: Vec<u8>, origin: Origin) -> Case {
    case.with_evidence(|evidence| evidence.add_crl(Crl::from_der(&crl).expect("the CRL can be read"), origin))
}

#[test]
fn a_missing_issuer() {
    let pki = Pki::new();
    let aia = Extension::authority_info_access(&["http://a/", "http://b/", "http://a/"], &["http://ocsp/"]);
    let case = Case::new(target().extension(aia).issued_by(&pki.intermediate)).anchors([pki.anchor.der()]);
    needs("none asked", &case, &["issuer of CN=Target: http://a/ http://b/"]);
    let case = asked_for_issuer(case, "http://a/");
    needs("one asked", &case, &["issuer of CN=Target: http://b/"]);
    needs("all asked", &asked_for_issuer(case.clone(), "http://b/"), &[]);
    needs("another asked", &asked_for_issuer(case, "http://c/"), &["issuer of CN=Target: http://b/"]);
}

#[test]
fn an_issuer_while_no_path_holds() {
    let pki = Pki::new();
    let aia = || Extension::authority_info_access(&["http://ca/"], &[]);
    let expired = Ca::issued(intermediate().validity(0, 1), &pki.anchor);
    let case =
        Case::new(target().extension(aia()).issued_by(&expired)).pool([expired.der()]).anchors([pki.anchor.der()]);
    needs("there may be another certificate of the issuer", &case, &["issuer of CN=Target: http://ca/"]);
    let above = Ca::issued(intermediate().extension(aia()), &pki.anchor);
    let case = Case::new(target().issued_by(&above)).pool([above.der()]);
    needs("the issuer's issuer", &case, &["issuer of CN=Intermediate: http://ca/"]);
    needs("it holds", &case.anchors([pki.anchor.der()]), &[]);
}

#[test]
fn the_preferred_source_first_and_then_the_other() {
    let case = case_of(with_sources());
    let ocsp = "ocsp of CN=Target: http://ocsp/1 http://ocsp/2";
    let crl = "crl of CN=Target: http://crl/1 http://crl/2";
    let verdict = needs("OCSP", &case, &[ocsp]);
    let NeedKind::Ocsp(id) = &verdict.needs[0].kind else { panic!() };
    assert_eq!(id.der(), OcspHash::Sha1.cert_id(SERIAL, ca()));
    let sha256 = case.clone().with(|policy| policy.revocation.cert_id_hash = CertIdHash::Sha256);
    let NeedKind::Ocsp(id) = &sha256.verdict().needs[0].kind else { panic!() };
    assert_eq!(id.der(), OcspHash::Sha256.cert_id(SERIAL, ca()));

    let one = failing(case.clone(), SourceKind::Ocsp, &["http://ocsp/1"]);
    needs("one responder failed", &one, &["ocsp of CN=Target: http://ocsp/2"]);
    let both = failing(one, SourceKind::Ocsp, &["http://ocsp/2"]);
    needs("both failed", &both, &[crl]);
    needs("all failed", &failing(both, SourceKind::Crl, &["http://crl/1", "http://crl/2"]), &[]);

    let case = case.with(|policy| policy.revocation.prefer = PreferredSource::Crl);
    needs("CRL", &case, &[crl]);
    let both = failing(case, SourceKind::Crl, &["http://crl/1", "http://crl/2"]);
    needs("both CRLs failed", &both, &[ocsp]);

    let no_responder = case_of(with_sources().without("1.3.6.1.5.5.7.1.1"));
    needs("no responder", &no_responder, &[crl]);
    let no_crl = case_of(with_sources().without("2.5.29.31"));
    needs("no CRL", &no_crl.with(|policy| policy.revocation.prefer = PreferredSource::Crl), &[ocsp]);
    needs("no source", &case_of(asked()), &[]);
}

/// Two certificates can name one responder; it answers about each.
#[test]
fn a_responder_is_asked_about_each_certificate() {
    let case = case_of(with_sources());
    let other = Certificate::from_der(Pki::new().anchor.der()).expect("the certificate can be read").id();
    let failure = failed(SourceKind::Ocsp, "http://ocsp/1", other);
    let case = case.with_evidence(|evidence| evidence.note_failure(failure.clone()));
    let verdict = needs("asked about another", &case, &["ocsp of CN=Target: http://ocsp/1 http://ocsp/2"]);
    let sources = verdict.best.iter().flat_map(|best| &best.revocation).map(|found| found.sources.len());
    assert_eq!(sources.sum::<usize>(), 0, "the failure is about another certificate");
}

#[test]
fn an_answer_that_is_none_leads_on() {
    let unknown = response(OcspSingle::unknown(SERIAL, ca()));
    let case = case_of(with_sources()).response_from(unknown, Origin::Url("http://ocsp/1".into()));
    let target = case.target_id();
    let case = case.with_evidence(|evidence| evidence.note_asked(SourceKind::Ocsp, "http://ocsp/1", target));
    needs("the next responder", &case, &["ocsp of CN=Target: http://ocsp/2"]);
    let case = failing(case, SourceKind::Ocsp, &["http://ocsp/2"]);
    needs("the CRL", &case, &["crl of CN=Target: http://crl/1 http://crl/2"]);
}

#[test]
fn nothing_when_it_is_known() {
    needs("good", &case_of(with_sources()).response(response(good())), &[]);
    needs("good by CRL", &with_crl(case_of(with_sources()), CrlBuilder::new().signed_by(ca()), Origin::Memory), &[]);
    // No other path can help.
    needs("revoked", &case_of(with_sources()).response(response(revoked(None))), &[]);
}

#[test]
fn what_is_tolerated_may_still_be_had() {
    let case = case_of(with_sources()).best_effort();
    let verdict = needs("unknown", &case, &["ocsp of CN=Target: http://ocsp/1 http://ocsp/2"]);
    assert_eq!(verdict.status, Status::Trusted);
}

#[test]
fn nothing_about_revocation_while_no_path_holds() {
    let purpose = case_of(with_sources().extension(Extension::extended_key_usage([purposes::CLIENT_AUTH])));
    needs("another purpose, which no other path mends", &purpose.purpose("server-auth"), &[]);
    let pki = Pki::new();
    let aia = Extension::authority_info_access(&["http://a/"], &["http://ocsp/"]);
    let missing = Case::new(target().extension(aia).issued_by(&pki.intermediate)).anchors([pki.anchor.der()]);
    let expired = missing.at(certlens_testkit::time::END + 1);
    needs("a chain that is not complete", &expired, &["issuer of CN=Target: http://a/"]);
}

#[test]
fn each_certificate_of_the_chain() {
    let pki = Pki::new();
    let points = |uri| Extension::crl_distribution_points([uri]);
    let above = Ca::issued(intermediate().extension(points("http://crl/ca")), &pki.anchor);
    let case = Case::new(asked().extension(points("http://crl/target")).issued_by(&above))
        .pool([above.der()])
        .anchors([pki.anchor.der()])
        .require_revocation::<&[u8]>([]);
    needs("both", &case, &["crl of CN=Target: http://crl/target", "crl of CN=Intermediate: http://crl/ca"]);
    let case = case.response(response(good()));
    needs("the CA's alone", &case, &["crl of CN=Intermediate: http://crl/ca"]);
}

#[test]
fn a_delta_for_the_crl_that_was_used() {
    let point = |uri| Extension::freshest_crl(&[DistributionPointSpec::uri(uri)]);
    let case = case_of(with_sources().extension(point("http://delta/1")));
    let used =
        with_crl(case.clone(), CrlBuilder::new().extension(point("http://delta/2")).signed_by(ca()), Origin::Memory);
    needs("both places", &used, &["delta of CN=Target: http://delta/1 http://delta/2"]);
    let target = used.target_id();
    let asked = used.with_evidence(|evidence| evidence.note_asked(SourceKind::DeltaCrl, "http://delta/1", target));
    needs("one asked", &asked, &["delta of CN=Target: http://delta/2"]);
    needs("no CRL was used", &case.response(response(good())), &[]);
}

#[test]
fn the_issuer_of_a_crl() {
    // Of the same name, with another key: its certificate must be had.
    let aia = Extension::authority_info_access(&["http://crl-issuer/"], &[]);
    let crl = CrlBuilder::new().extension(aia).signed_by(Issuer::new("Intermediate", Key::p256(9)));
    let case = with_crl(case_of(asked()), crl, Origin::Url("http://crl/1".into()));
    needs("by the CRL", &case, &["issuer of CN=Target: http://crl-issuer/"]);
    needs("asked", &asked_for_issuer(case, "http://crl-issuer/"), &[]);
}

#[test]
fn a_hostile_pool_does_not_make_endless_needs() {
    let pki = Pki::new();
    let cross = |number: u32| {
        let url = format!("http://ca/{number}");
        intermediate()
            .extension(Extension::authority_info_access(&[&url], &[]))
            .validity(0, 1 + i64::from(number))
            .issued_by(&pki.anchor)
    };
    let case = Case::new(
        target().extension(Extension::authority_info_access(&["http://ca/"], &[])).issued_by(&pki.intermediate),
    );
    let verdict = case.pool((0..200).map(cross)).anchors([pki.anchor.der()]).all_paths().verdict();
    assert_eq!(verdict.needs.len(), 64);
    let urls: Vec<String> = (0..100).map(|number| format!("http://ca/{number}")).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let many = target().extension(Extension::authority_info_access(&urls, &[])).issued_by(&pki.intermediate);
    let verdict = Case::new(many).anchors([pki.anchor.der()]).verdict();
    assert_eq!(verdict.needs[0].urls.len(), 16);
    let long = format!("http://ca/{}", "a".repeat(2_048));
    let long = target().extension(Extension::authority_info_access(&[&long], &[])).issued_by(&pki.intermediate);
    assert!(Case::new(long).anchors([pki.anchor.der()]).verdict().needs.is_empty());
}

#[test]
fn sources_that_cannot_be_reached() {
    let case = failing(case_of(with_sources()), SourceKind::Ocsp, &["http://ocsp/1"]);
    let verdict = case.expect("require", Status::Indeterminate, &["error revocation-offline@0"]);
    assert_eq!(crate::ocsp::sources(&verdict, 0), ["source-not-retrieved"]);
    let message = &verdict.reason().unwrap().message;
    assert_eq!(message, "whether it is revoked is not known: http://ocsp/1: connection refused");
    case.clone().best_effort().trusted("best effort", &["warning revocation-offline@0"]);
    let more = failing(case.clone(), SourceKind::Crl, &["http://crl/1"]);
    let verdict = more.expect("two", Status::Indeterminate, &["error revocation-offline@0"]);
    assert_eq!(crate::ocsp::sources(&verdict, 0), ["source-not-retrieved"; 2]);
    let other = failing(case_of(asked()), SourceKind::Ocsp, &["http://ocsp/1"]);
    other.expect("not a source of it", Status::Indeterminate, &["error revocation-unknown@0"]);
    let unknown = response(OcspSingle::unknown(SERIAL, ca()));
    case.clone().response(unknown).expect("one was reached", Status::Indeterminate, &["error revocation-unknown@0"]);
    case.response(response(good())).trusted("one is enough", &[]);
}
