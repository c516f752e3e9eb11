//! OCSP responses of the test kit, in order and not.

use certlens_testkit::{
    Ca, CertificateBuilder, Extension, Issuer, Key, Name, OcspBuilder, OcspHash, OcspSingle, OcspStatus, der, purposes,
    time,
};

use crate::{AT, Files, SERIAL, WEAK, ca, json, rsa_ca, stdout, words};

const SERIAL_OCTETS: &[u8] = &[0x77];
const UNSIGNED: &str = "(signature not checked: give --issuer)";

fn good() -> OcspSingle {
    OcspSingle::good(SERIAL_OCTETS, ca())
}

#[test]
fn the_first_line_is_the_answer_about_the_response() {
    let files = Files::new();
    let with = |single: OcspSingle| OcspBuilder::new().single(single);
    let critical = Extension::new("1.2.3.4", true, der::null());
    let day = 86_400;
    for (response, args, code, first) in [
        (with(good()), "", 0, format!("OCSP RESPONSE IN ORDER {UNSIGNED}")),
        (with(good()), "--issuer @ca.der", 0, "OCSP RESPONSE IN ORDER".to_owned()),
        (with(good().next_update(Some(time::MIDDLE - day))), "", 1, format!("OCSP RESPONSE EXPIRED {UNSIGNED}")),
        (with(good().this_update(time::MIDDLE + day)), "", 1, format!("OCSP RESPONSE NOT YET VALID {UNSIGNED}")),
        (with(good()).corrupt_signature(), "--issuer @ca.der", 1, "OCSP RESPONSE SIGNATURE WRONG".to_owned()),
        (with(good()), "--issuer @other.der", 1, "OCSP RESPONSE RESPONDER NOT AUTHORISED".to_owned()),
        (with(good()), "--issuer @other.der --issuer @ca.der", 0, "OCSP RESPONSE IN ORDER".to_owned()),
        (with(good()).extension(critical), "", 1, format!("OCSP RESPONSE NOT USABLE {UNSIGNED}")),
        (with(good()).response_type("1.2.3"), "", 1, "OCSP RESPONSE MALFORMED".to_owned()),
        // About nobody in particular: what it says is in the second line.
        (
            with(OcspSingle::revoked(SERIAL_OCTETS, ca(), time::REVOKED, Some(1))),
            "",
            0,
            format!("OCSP RESPONSE IN ORDER {UNSIGNED}"),
        ),
    ] {
        files.add("response.der", &response.signed_by(ca()));
        files.expect(&format!("ocsp @response.der --at {AT} {args}"), code, &first);
    }
    files.add("response.der", &OcspBuilder::bare(OcspStatus::TryLater));
    let output = files.expect(&format!("ocsp @response.der --at {AT}"), 1, "OCSP RESPONSE UNSUCCESSFUL");
    assert!(words(&output).contains("tryLater"), "{}", stdout(&output));
}

#[test]
fn what_is_said_about_a_certificate() {
    let files = Files::new();
    let about = format!("--at {AT} --cert @leaf.der --issuer @ca.der");
    let day = 86_400;
    for (single, code, first) in [
        (good(), 0, "NOT REVOKED"),
        (good().hash(OcspHash::Sha256), 0, "NOT REVOKED"),
        (
            OcspSingle::revoked(SERIAL_OCTETS, ca(), time::REVOKED, Some(1)),
            1,
            "REVOKED on 2026-06-01T00:00:00Z, reason keyCompromise",
        ),
        (
            OcspSingle::revoked(SERIAL_OCTETS, ca(), time::MIDDLE + day, None),
            0,
            "NOT REVOKED then, but later: revoked on 2026-07-02T00:00:00Z, reason not given",
        ),
        (OcspSingle::unknown(SERIAL_OCTETS, ca()), 3, "UNKNOWN to the responder"),
        (OcspSingle::good(&[0x78], ca()), 1, "OCSP RESPONSE NOT ABOUT THE CERTIFICATE"),
        (good().next_update(Some(time::MIDDLE - day)), 1, "OCSP RESPONSE EXPIRED"),
    ] {
        files.add("response.der", &OcspBuilder::new().single(single).signed_by(ca()));
        files.expect(&format!("ocsp @response.der {about}"), code, first);
    }
    files.add("response.der", &OcspBuilder::new().single(good()).signed_by(ca()));
    files.expect(&format!("ocsp @response.der --at {AT} --cert @leaf.der"), 3, &format!("INDETERMINATE {UNSIGNED}"));
}

/// A responder's certificate from this CA.
fn delegate(issuer: &Ca, purpose: Option<&str>) -> Vec<u8> {
    let builder = CertificateBuilder::new(Name::cn("Responder"), Key::p256(5)).extension(Extension::ocsp_no_check());
    match purpose {
        Some(purpose) => builder.extension(Extension::extended_key_usage([purpose])).issued_by(issuer),
        None => builder.issued_by(issuer),
    }
}

#[test]
fn a_delegated_responder_needs_its_purpose() {
    let files = Files::new();
    let other = Ca::anchor("Another CA", Key::p256(3));
    for (certificate, code, first) in [
        (delegate(&ca(), Some(purposes::OCSP_SIGNING)), 0, "NOT REVOKED"),
        (delegate(&ca(), Some(purposes::SERVER_AUTH)), 1, "OCSP RESPONSE RESPONDER NOT AUTHORISED"),
        (delegate(&ca(), None), 1, "OCSP RESPONSE RESPONDER NOT AUTHORISED"),
        (delegate(&other, Some(purposes::OCSP_SIGNING)), 1, "OCSP RESPONSE RESPONDER NOT AUTHORISED"),
    ] {
        let response = OcspBuilder::new().single(good()).certificate(&certificate);
        files.add("response.der", &response.signed_by(Issuer::new("Responder", Key::p256(5))));
        let output =
            files.expect(&format!("ocsp @response.der --at {AT} --cert @leaf.der --issuer @ca.der"), code, first);
        assert!(words(&output).contains("Certificate CN=Responder Issuer CN="), "{}", stdout(&output));
        assert!(words(&output).contains("need not be checked (ocsp-nocheck)"), "{}", stdout(&output));
    }
}

#[test]
fn a_weak_signature_is_refused_unless_allowed() {
    let files = Files::of(&rsa_ca());
    let single = OcspSingle::good(SERIAL_OCTETS, rsa_ca());
    files.add("response.der", &OcspBuilder::new().single(single).signing(WEAK).signed_by(rsa_ca()));
    let about = format!("--at {AT} --cert @leaf.der --issuer @ca.der");
    files.expect(&format!("ocsp @response.der {about}"), 1, "OCSP RESPONSE ALGORITHM REFUSED");
    files.expect(&format!("ocsp @response.der {about} --allow-weak sha1"), 0, "NOT REVOKED");
}

#[test]
fn everything_in_a_response_is_shown() {
    let files = Files::new();
    let single = OcspSingle::revoked(SERIAL_OCTETS, ca(), time::REVOKED, Some(4))
        .extension(Extension::ocsp_archive_cutoff(time::START));
    let response = OcspBuilder::new()
        .by_name()
        .single(single)
        .single(OcspSingle::unknown(&[0x78], ca()))
        .nonce(&[0xaa; 32])
        .extension(Extension::ocsp_crl_id(Some("http://crl.example/ca.crl"), Some(7), None))
        .signed_by(ca());
    let path = files.add("response.der", &response);
    let about = ["--at", AT, "--cert", &files.path("leaf.der"), "--issuer", &files.path("ca.der")];
    let output = files.run(&format!("ocsp @response.der --at {AT} --cert @leaf.der --issuer @ca.der"));
    for part in [
        "Answer successful",
        "Responder CN=Objects CA",
        "Serial number 77 (the certificate given)",
        "revoked on 2026-06-01T00:00:00Z, reason superseded",
        "Remembers back to 2026-01-01T00:00:00Z",
        "Serial number 78",
        "Nonce",
        "http://crl.example/ca.crl",
        "Signature algorithm",
    ] {
        assert!(words(&output).contains(part), "{part}: {}", stdout(&output));
    }
    let report = json(&[&["ocsp", &path][..], &about].concat());
    assert_eq!(report["schema"], "certlens/ocsp/1");
    let one = &report["messages"][0]["response"];
    assert_eq!(one["status"], "failed");
    assert_eq!(one["certificate"]["status"], "revoked");
    let singles = &one["response"]["basic"]["responses"];
    assert_eq!(singles[0]["cert_id"]["serial"]["hex"], SERIAL);
    assert_eq!(singles[0]["cert_id"]["is_certificate"], true);
    assert_eq!(singles[1]["cert_id"]["is_certificate"], false);
    assert_eq!(singles[1]["status"], "unknown");

    let inspected = json(&["inspect", &path]);
    assert_eq!(inspected["ocsp_responses"][0]["basic"]["responses"][1]["status"], "unknown");
    let inspected = files.run("inspect @response.der");
    assert_eq!(inspected.status.code(), Some(0));
    assert!(stdout(&inspected).starts_with("OCSP RESPONSE\n"), "{}", stdout(&inspected));
}
