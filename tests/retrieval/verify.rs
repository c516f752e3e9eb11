//! `verify --fetch` with healthy and broken sources.

use std::time::{Duration, Instant};

use crate::lab::lab;
use crate::web::Answer;

/// With the certificate whose responder is the web server's.
const WEB: &str = "verify web.pem --anchors root.pem --fetch --no-cache --timeout 3";

/// The code for which the target's source of this kind is not used.
fn code(json: &serde_json::Value, kind: &str) -> String {
    let sources = json["results"][0]["path"]["revocation"][0]["sources"].as_array().unwrap().clone();
    let source = sources.iter().find(|source| source["kind"] == kind);
    source.map(|source| source["finding"]["code"].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
}

#[test]
fn without_fetch_no_network_is_used() {
    let lab = lab();
    let before = lab.web.asked();
    for arguments in [
        "verify good.pem --anchors root.pem",
        "verify good.pem --anchors root.pem --intermediates issuing.pem",
        "verify good.pem --anchors root.pem --intermediates issuing.pem --revocation require",
        "verify good.pem --anchors root.pem --intermediates issuing.pem --crl issuing.crl --crl root.crl",
        "inspect good.pem",
    ] {
        lab.certlens(arguments);
    }
    assert_eq!(lab.web.asked(), before, "somebody asked the web server");
    // The same certificate does ask with --fetch: the count can tell.
    lab.certlens("verify good.pem --anchors root.pem --fetch --no-cache --timeout 2");
    assert!(lab.web.asked() > before);
}

#[test]
fn crls_from_files_do_without_the_network() {
    let lab = lab();
    let crls = "--intermediates issuing.pem --crl issuing.crl --crl root.crl --revocation require";
    let (exit, text, _) = lab.both(&format!("verify good.pem --anchors root.pem {crls}"));
    assert_eq!(exit, 0, "{text}");
    assert!(text.starts_with("TRUSTED (not revoked)") && text.contains("not revoked by CRL issuing.crl"), "{text}");
    let (exit, text, _) = lab.both(&format!("verify revoked.pem --anchors root.pem {crls}"));
    assert_eq!(exit, 1, "{text}");
    assert!(text.starts_with("UNTRUSTED (revoked)"), "{text}");
    // What is missing is named, with what to do.
    let (exit, text, _) = lab.both("verify good.pem --anchors root.pem --intermediates issuing.pem --crl issuing.crl");
    assert_eq!(exit, 0, "{text}");
    assert!(text.starts_with("TRUSTED (revocation not known for 1 of 2)") && text.contains("--fetch"), "{text}");
}

#[test]
fn each_kind_of_trouble_is_told_apart() {
    let lab = lab();
    let garbage = Answer::Octets(b"\x30\x03\x0a\x01\x01".to_vec());
    let login = Answer::Page(200, "<html><form action=login><input type=password name=p></form></html>");
    for (answer, cause, winhttp) in [
        (Answer::Page(500, "<html><title>Oops</title></html>"), "http-status", None),
        (login, "login-page", None),
        (Answer::Octets(Vec::new()), "empty-body", None),
        (Answer::Redirect("file:///etc/passwd".to_owned()), "scheme-refused", Some(12156)),
        (Answer::Redirect("http://169.254.169.254/latest".to_owned()), "address-refused", None),
        (Answer::Silence(Duration::from_secs(12)), "timed-out", Some(12002)),
    ] {
        lab.web.set("/ocsp", answer);
        let (exit, text, json) = lab.both(WEB);
        assert_eq!((exit, code(&json, "ocsp").as_str()), (3, "source-not-retrieved"), "{cause}: {text}");
        let retrieved = json["results"][0]["retrieved"].as_array().unwrap();
        let asked = retrieved.iter().find(|one| one["wanted"] == "ocsp").unwrap();
        assert_eq!(asked["failure"]["cause"], cause, "{text}");
        assert_eq!(asked["failure"]["winhttp"].as_u64(), winhttp, "{cause}");
        assert!(!asked["failure"]["hint"].as_str().unwrap().is_empty(), "{cause}");
        assert!(text.contains(cause) && text.contains("What to do"), "{text}");
    }
    lab.web.set("/ocsp", garbage);
    let (exit, text, json) = lab.both(WEB);
    assert_eq!((exit, code(&json, "ocsp").as_str()), (3, "ocsp-unsuccessful"), "{text}");
    assert!(text.contains("malformedRequest"), "{text}");
    lab.web.set("/ocsp", Answer::Octets(b"no response at all".to_vec()));
    let (_, text, json) = lab.both(WEB);
    assert_eq!(code(&json, "ocsp"), "ocsp-unreadable", "{text}");
}

#[test]
fn a_responder_that_never_answers_costs_no_more_than_the_timeout() {
    let lab = lab();
    lab.web.set("/ocsp", Answer::Silence(Duration::from_secs(60)));
    let start = Instant::now();
    let output = lab.certlens("verify web.pem --anchors root.pem --fetch --no-cache --timeout 2");
    assert_eq!(output.status.code(), Some(3));
    // Starting processes on a busy machine takes its time, too; without a timeout it would be a minute.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn broken_crls_are_told_apart() {
    let lab = lab();
    let mut bad_signature = lab.octets("issuing.crl");
    *bad_signature.last_mut().unwrap() ^= 1;
    for (octets, expected) in [
        (lab.octets("root.crl"), "crl-wrong-issuer"),
        (bad_signature, "crl-signature-invalid"),
        (lab.octets("issuing.crt"), "crl-unreadable"),
    ] {
        lab.web.set("/issuing.crl", Answer::Octets(octets));
        let (exit, text, json) = lab.both("url good.pem --anchors root.pem --no-cache --timeout 3");
        assert_eq!(exit, 1, "{expected}: {text}");
        let urls = json["chains"][0]["urls"].as_array().unwrap();
        let crl = urls.iter().find(|row| row["kind"] == "crl" && row["depth"] == 0).unwrap();
        let status = match expected {
            "crl-wrong-issuer" => "wrong_issuer",
            "crl-signature-invalid" => "bad_signature",
            _ => "failed",
        };
        assert_eq!(crl["status"], status, "{text}");
    }
}

#[test]
fn what_helped_is_not_asked_again_and_what_did_not_is_soon() {
    let lab = lab();
    let cache = tempfile::tempdir().unwrap();
    let command =
        format!("verify good.pem --anchors root.pem --fetch --prefer crl --cache-dir {}", cache.path().display());
    let first = lab.certlens(&command);
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stdout));
    let before = lab.web.asked();
    let (exit, text, json) = lab.both(&command);
    assert_eq!(exit, 0, "{text}");
    assert_eq!(lab.web.asked(), before, "{text}");
    let retrieved = json["results"][0]["retrieved"].as_array().unwrap();
    assert!(!retrieved.is_empty() && retrieved.iter().all(|one| one["source"] == "cache"), "{json}");
    // Without the cache everything is asked.
    lab.certlens("verify good.pem --anchors root.pem --fetch --prefer crl --no-cache");
    assert!(lab.web.asked() > before);
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let lab = lab();
    for arguments in ["--no-cache", "--proxy http://localhost:1", "--timeout 3", "--ocsp-nonce", "--public-only"] {
        let output = lab.certlens(&format!("verify good.pem --anchors root.pem {arguments}"));
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("--fetch"), "{arguments}");
    }
    let output = lab.certlens("verify good.pem --anchors root.pem --crl issuing.crl --revocation none");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn private_addresses_are_refused_on_request() {
    let lab = lab();
    let (exit, text, _) =
        lab.both("verify good.pem --anchors root.pem --fetch --no-cache --public-only --intermediates issuing.pem");
    assert_eq!(exit, 3, "{text}");
    assert!(text.contains("private-address-refused"), "{text}");
}
