//! OCSP responses: what they are about, what they say, and whether they can be
//! read as meant (RFC 6960 §3.2 (1), (2), §4.2, §4.4).

use certlens_core::origin::Origin;
use certlens_core::policy::RevocationScope;
use certlens_core::revocation::{EvidenceOcsp, RevocationStatus, SourceOutcome, SourceResult};
use certlens_core::verdict::{Status, Verdict};
use certlens_core::x509::ocsp::OcspResponse;
use certlens_testkit::{
    Ca, CertificateBuilder, Extension, Issuer, Key, Name, OcspBuilder, OcspHash, OcspSingle, OcspStatus, Signing, der,
    time,
};

use crate::harness::{Case, Pki, target};

/// The serial number of the certificate in question.
pub(crate) const SERIAL: &[u8] = &[0x51, 2, 3];

/// The certificate in question, to be changed.
pub(crate) fn asked() -> CertificateBuilder {
    target().serial(SERIAL)
}

/// The CA that issued it.
pub(crate) fn ca() -> Ca {
    Pki::new().intermediate
}

/// A case in which the status of the target alone must be known.
pub(crate) fn case_of(certificate: CertificateBuilder) -> Case {
    Pki::new()
        .case(certificate)
        .require_revocation::<&[u8]>([])
        .with(|policy| policy.revocation.scope = RevocationScope::EndEntity)
}

/// The same about [`asked`], with one response.
pub(crate) fn case(response: Vec<u8>) -> Case {
    case_of(asked()).response(response)
}

pub(crate) fn good() -> OcspSingle {
    OcspSingle::good(SERIAL, ca())
}

pub(crate) fn revoked(reason: Option<u8>) -> OcspSingle {
    OcspSingle::revoked(SERIAL, ca(), time::REVOKED, reason)
}

/// A response of the CA with this in it.
pub(crate) fn response(single: OcspSingle) -> Vec<u8> {
    OcspBuilder::new().single(single).signed_by(ca())
}

/// What each source gave for the certificate at a depth.
pub(crate) fn sources(verdict: &Verdict, depth: usize) -> Vec<String> {
    let found = verdict.best.iter().flat_map(|best| best.revocation.get(depth)).flat_map(|found| &found.sources);
    let code = |source: &SourceOutcome| match &source.result {
        SourceResult::Good => "good".to_owned(),
        SourceResult::Revoked(_) => "revoked".to_owned(),
        SourceResult::NotUsed(finding) => finding.code.to_string(),
    };
    found.map(code).collect()
}

/// The message of the finding about the first source that was not used.
fn message(verdict: &Verdict) -> String {
    let found = verdict.best.iter().flat_map(|best| &best.revocation).flat_map(|found| &found.sources);
    let mut messages = found.filter_map(|source| match &source.result {
        SourceResult::NotUsed(finding) => Some(finding.message.clone()),
        SourceResult::Good | SourceResult::Revoked(_) => None,
    });
    messages.next().unwrap_or_default()
}

#[track_caller]
pub(crate) fn accepted(what: &str, case: &Case) -> Verdict {
    let verdict = case.trusted(what, &[]);
    assert_eq!(sources(&verdict, 0), ["good"], "{what}");
    verdict
}

#[track_caller]
pub(crate) fn refused(what: &str, case: &Case) -> Verdict {
    let verdict = case.untrusted(what, &["error revoked@0"]);
    assert_eq!(sources(&verdict, 0), ["revoked"], "{what}");
    verdict
}

/// Asserts that the response counts for nothing, for this reason.
#[track_caller]
pub(crate) fn unused(what: &str, case: &Case, code: &str) -> Verdict {
    let verdict = case.expect(what, Status::Indeterminate, &["error revocation-unknown@0"]);
    assert_eq!(sources(&verdict, 0), [code], "{what}: {}", message(&verdict));
    let lenient = case.clone().best_effort();
    lenient.trusted(what, &["warning revocation-unknown@0"]);
    verdict
}

/// Asserts that nothing is known and no source is worth naming.
#[track_caller]
fn not_about_it(what: &str, single: OcspSingle) {
    // What is alone was meant for the target.
    unused(what, &case(response(single.clone())), "ocsp-does-not-cover");
    let among_others = case(response(single)).response(response(OcspSingle::good(&[9], ca())));
    let verdict = among_others.expect(what, Status::Indeterminate, &["error revocation-unknown@0"]);
    assert_eq!(sources(&verdict, 0), [""; 0], "{what}");
}

#[test]
fn good_by_the_issuer() {
    accepted("by key hash", &case(response(good())));
    accepted("by name", &case(OcspBuilder::new().single(good()).by_name().signed_by(ca())));
    let printable = Name::empty().and("2.5.4.3", der::printable_string("intermediate"));
    accepted(
        "by name, written otherwise",
        &case(OcspBuilder::new().single(good()).by_name_of(printable).signed_by(ca())),
    );
}

#[test]
fn good_by_the_anchor() {
    let pki = Pki::new();
    let single = OcspSingle::good(SERIAL, &pki.anchor);
    let case = Case::new(asked().issued_by(&pki.anchor))
        .anchors([pki.anchor.der()])
        .require_revocation::<&[u8]>([])
        .response(OcspBuilder::new().single(single).signed_by(&pki.anchor));
    accepted("issued by the anchor", &case);
}

#[test]
fn every_certificate_in_scope_is_asked_about() {
    let pki = Pki::new();
    let about_ca = |single: fn(&[u8], &Ca) -> OcspSingle| {
        OcspBuilder::new().single(single(&[7], &pki.anchor)).signed_by(&pki.anchor)
    };
    let intermediate = Ca::issued(crate::harness::intermediate().serial(&[7]), &pki.anchor);
    let case = |about_ca: Vec<u8>| {
        Case::new(asked().issued_by(&intermediate))
            .pool([intermediate.der()])
            .anchors([pki.anchor.der()])
            .require_revocation::<&[u8]>([])
            .response(response(good()))
            .response(about_ca)
    };
    let verdict = case(about_ca(|serial, ca| OcspSingle::good(serial, ca))).trusted("both good", &[]);
    assert_eq!((sources(&verdict, 0), sources(&verdict, 1)), (vec!["good".into()], vec!["good".into()]));
    let revoked = about_ca(|serial, ca| OcspSingle::revoked(serial, ca, time::REVOKED, Some(2)));
    case(revoked.clone()).untrusted("the CA is revoked", &["error revoked@1"]);
    let target_alone = case(revoked).with(|policy| policy.revocation.scope = RevocationScope::EndEntity);
    target_alone.trusted("the CA is out of scope", &[]);
    case_of(asked()).with(|policy| policy.revocation.scope = RevocationScope::Chain).response(response(good())).expect(
        "nothing about the CA",
        Status::Indeterminate,
        &["error revocation-unknown@1"],
    );
}

#[test]
fn revoked_with_time_and_reason() {
    let verdict = refused("with a reason", &case(response(revoked(Some(1)))));
    assert_eq!(
        verdict.reason().map(|finding| finding.message.as_str()),
        Some("revoked on 2026-06-01T00:00:00Z, reason keyCompromise")
    );
    let verdict = refused("without", &case(response(revoked(None))));
    assert!(verdict.reason().is_some_and(|finding| finding.message.ends_with("reason unspecified")));
    let since = revoked(Some(1)).extension(Extension::invalidity_date(time::START));
    let verdict = refused("invalid since", &case(response(since)));
    let RevocationStatus::Revoked(revocation) = &verdict.best.as_ref().unwrap().revocation[0].status else { panic!() };
    assert_eq!(revocation.invalidity_date.map(|date| date.unix()), Some(time::START));
    refused("best effort refuses too", &case(response(revoked(None))).best_effort());
}

#[test]
fn unknown_is_no_answer() {
    unused("unknown", &case(response(OcspSingle::unknown(SERIAL, ca()))), "ocsp-status-unknown");
}

#[test]
fn of_several_single_responses_the_newest_counts() {
    let of = |singles: [OcspSingle; 3]| {
        case(singles.into_iter().fold(OcspBuilder::new(), OcspBuilder::single).signed_by(ca()))
    };
    let older = |single: OcspSingle| single.this_update(time::THIS_UPDATE - 60);
    let other = || OcspSingle::revoked(&[9], ca(), time::REVOKED, None);
    let hold = || revoked(Some(6));
    let unknown = || OcspSingle::unknown(SERIAL, ca());
    accepted("good, about others revoked", &of([other(), good(), other()]));
    accepted("good since", &of([other(), older(hold()), good()]));
    accepted("good since, the other way round", &of([good(), older(hold()), other()]));
    accepted("known since", &of([older(unknown()), good(), other()]));
    refused("on hold since", &of([hold(), older(good()), other()]));
    refused("both at once", &of([hold(), good(), other()]));
    refused("both at once, the other way round", &of([good(), hold(), other()]));
    refused("for good", &of([older(revoked(Some(1))), good(), other()]));
    unused("unknown since", &of([unknown(), older(good()), other()]), "ocsp-status-unknown");
    let twice = [good().hash(OcspHash::Sha256), hold(), other()];
    refused("by two hashes", &of(twice));
}

#[test]
fn the_certificate_is_named_by_any_known_hash() {
    for hash in [OcspHash::Sha1, OcspHash::Sha224, OcspHash::Sha256, OcspHash::Sha384, OcspHash::Sha512] {
        accepted("good", &case(response(good().hash(hash))));
        refused("revoked", &case(response(revoked(None).hash(hash))));
    }
}

#[test]
fn what_is_about_others_says_nothing() {
    let id = |algorithm: &str, edit: fn(&mut [Vec<u8>])| {
        let mut fields = der::fields(&OcspHash::Sha1.cert_id(SERIAL, ca()));
        fields[0] = der::algorithm(algorithm, &der::null());
        edit(&mut fields);
        good().cert_id_raw(der::sequence(fields))
    };
    const SHA1: &str = "1.3.14.3.2.26";
    not_about_it("an unknown hash", id("1.2.3", |_| {}));
    not_about_it("another hash's octets", id("2.16.840.1.101.3.4.2.1", |_| {}));
    not_about_it("another name", id(SHA1, |fields| fields[1] = der::octet_string(&[0; 20])));
    not_about_it("another key", id(SHA1, |fields| fields[2] = der::octet_string(&[0; 20])));
    not_about_it("no hashes", id(SHA1, |fields| fields[1..3].fill(der::octet_string(&[]))));
    not_about_it("the serial number negated", id(SHA1, |fields| fields[3] = der::integer_octets(&[0xd1, 2, 3])));
    not_about_it("another serial number", OcspSingle::good(&[9], ca()));
    not_about_it("the serial number of another issuer", OcspSingle::good(SERIAL, Issuer::new("Other", Key::p256(9))));
    // The same key under two names: what is said about one is not about the other.
    not_about_it("the same key under another name", OcspSingle::good(SERIAL, Issuer::new("Other", ca().key())));
    not_about_it("the same name with another key", OcspSingle::good(SERIAL, Issuer::new("Intermediate", Key::p256(9))));
}

#[test]
fn unsuccessful_answers_are_named() {
    for (status, name) in [
        (OcspStatus::MalformedRequest, "malformedRequest"),
        (OcspStatus::InternalError, "internalError"),
        (OcspStatus::TryLater, "tryLater"),
        (OcspStatus::SigRequired, "sigRequired"),
        (OcspStatus::Unauthorized, "unauthorized"),
    ] {
        let verdict = unused(name, &case(OcspBuilder::bare(status)), "ocsp-unsuccessful");
        assert_eq!(message(&verdict), format!("the responder answered {name}"));
    }
    let undefined = case(der::sequence([der::enumerated(7)]));
    assert!(message(&unused("7", &undefined, "ocsp-unsuccessful")).ends_with("undefined status 7"));
    // What stands inside nevertheless is nobody's word.
    let inside = OcspBuilder::new().single(good()).status_raw(der::enumerated(3)).signed_by(ca());
    unused("with a response inside", &case(inside), "ocsp-unsuccessful");
}

#[test]
fn only_basic_responses_of_version_1_are_understood() {
    let of = |builder: OcspBuilder| case(builder.single(good()).signed_by(ca()));
    unused("another type", &of(OcspBuilder::new().response_type("1.2.3")), "ocsp-malformed");
    unused("nothing inside", &case(OcspBuilder::bare(OcspStatus::Successful)), "ocsp-malformed");
    let version = OcspBuilder::new().version_raw(der::explicit(0, &der::integer(1)));
    unused("version 2", &of(version), "ocsp-malformed");
    let trailing = OcspBuilder::new().edit_response(|der| [der, vec![0]].concat());
    unused("not DER", &of(trailing), "ocsp-not-der");
    let fraction = good().this_update_raw(der::generalized_time("20260630000000.5Z"));
    unused("not DER within", &case(response(fraction)), "ocsp-not-der");
}

#[test]
fn signatures() {
    let of = |builder: OcspBuilder| case(builder.single(good()).signed_by(ca()));
    unused("altered", &of(OcspBuilder::new().corrupt_signature()), "ocsp-signature-invalid");
    let swapped = |tbs: Vec<u8>| {
        let at = tbs.windows(SERIAL.len()).position(|part| part == SERIAL).unwrap();
        [&tbs[..at], &[9], &tbs[at + 1..]].concat()
    };
    let response = OcspBuilder::new().single(good()).signed_by(ca());
    unused(
        "what is signed is altered",
        &case_of(asked().serial(&[9, 2, 3])).response(swapped(response)),
        "ocsp-signature-invalid",
    );
    unused("SHA-1", &of(OcspBuilder::new().signing(Signing::EcdsaSha1)), "ocsp-algorithm-refused");
    let allowed = of(OcspBuilder::new().signing(Signing::EcdsaSha1)).allow_weak("sha1");
    accepted("SHA-1, allowed", &allowed);
    let unknown = OcspBuilder::new().algorithm(der::algorithm("1.2.3", &[]));
    unused("an unknown algorithm", &of(unknown), "ocsp-algorithm-refused");
    let other = OcspBuilder::new().algorithm(Signing::EcdsaSha384.identifier());
    unused("another algorithm", &of(other), "ocsp-signature-invalid");
}

#[test]
fn extensions() {
    let in_response =
        |extension: Extension| case(OcspBuilder::new().single(good()).extension(extension).signed_by(ca()));
    let in_single = |extension: Extension| case(response(good().extension(extension)));
    let unknown = || Extension::new("1.2.3", true, der::null());
    unused("critical and unknown", &in_response(unknown()), "ocsp-extension-not-processed");
    unused("critical and unknown in the single", &in_single(unknown()), "ocsp-extension-not-processed");
    accepted("unknown", &in_response(unknown().non_critical()));
    accepted("unknown in the single", &in_single(unknown().non_critical()));
    accepted("critical and known", &in_response(Extension::ocsp_extended_revoke().critical()));
    // It means something in a CRL alone, where an entry can be about another issuer's certificate.
    let issuer = Extension::certificate_issuer(&Name::cn("Other"));
    unused("critical without meaning here", &in_single(issuer), "ocsp-extension-not-processed");
    let broken = Extension::ocsp_archive_cutoff(0).with_value(der::null());
    unused("broken", &in_single(broken), "ocsp-malformed");
    let twice = OcspBuilder::new().single(good()).nonce(&[1; 16]).append_extension(Extension::ocsp_nonce(&[2; 16]));
    unused("twice", &case(twice.signed_by(ca())), "ocsp-malformed");
    accepted("a reason says nothing about what is good", &in_single(Extension::crl_reason(1)));
}

#[test]
fn nonces() {
    let with = |sent: Option<&[u8]>, builder: OcspBuilder| {
        let response = OcspResponse::from_der(&builder.single(good()).signed_by(ca())).unwrap();
        let evidence =
            EvidenceOcsp { response, origin: Origin::Memory, nonce: sent.map(<[u8]>::to_vec), asked_for: None };
        case_of(asked()).with_evidence(|all| all.add_response(evidence))
    };
    accepted("repeated", &with(Some(&[7; 32]), OcspBuilder::new().nonce(&[7; 32])));
    unused("another", &with(Some(&[7; 32]), OcspBuilder::new().nonce(&[8; 32])), "ocsp-nonce-mismatch");
    unused("a part of it", &with(Some(&[7; 32]), OcspBuilder::new().nonce(&[7; 16])), "ocsp-nonce-mismatch");
    // Responders that answer from a store have none to repeat (RFC 9654 §2.1, RFC 5019 §4).
    accepted("not repeated", &with(Some(&[7; 32]), OcspBuilder::new()));
    accepted("none sent", &with(None, OcspBuilder::new().nonce(&[8; 32])));
}

#[test]
fn the_source_says_when_it_was_made_and_until_when_it_counts() {
    let verdict = accepted("good", &case(response(good())));
    let source = &verdict.best.as_ref().unwrap().revocation[0].sources[0];
    assert_eq!(source.this_update.map(|time| time.unix()), Some(time::THIS_UPDATE));
    assert_eq!(source.next_update.map(|time| time.unix()), Some(time::NEXT_UPDATE));
}
