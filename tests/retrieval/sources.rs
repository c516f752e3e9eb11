//! Which source says something, and which one does not.

use serde_json::Value;

use crate::lab::lab;
use crate::web::Answer;

const BY_CRL: &str = "--anchors root.pem --intermediates issuing.pem --fetch --no-cache --timeout 3 --prefer crl";

fn sources(json: &Value) -> Vec<Value> {
    json["results"][0]["path"]["revocation"][0]["sources"].as_array().unwrap().clone()
}

fn finding(json: &Value, code: &str) -> Option<Value> {
    let findings = json["results"][0]["path"]["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["code"] == code).cloned()
}

#[test]
fn a_revocation_of_a_delta_crl_is_told_as_its_own() {
    let lab = lab();
    let delta = format!("http://localhost:{}/delta.crl", lab.web.port);
    let (exit, text, json) = lab.both(&format!("verify late.pem {BY_CRL}"));
    assert_eq!(exit, 1, "{text}");
    assert!(text.contains(&format!("revoked by delta CRL {delta} of ")), "{text}");
    assert!(text.contains("/issuing.crl"), "{text}");
    let combined = sources(&json).iter().map(|source| source["delta"].clone()).find(|delta| !delta.is_null()).unwrap();
    assert_eq!((combined["origin"].as_str(), combined["decides"].as_bool()), (Some(delta.as_str()), Some(true)));
    // Where it changes nothing, it is named beside the complete one.
    let (exit, text, json) = lab.both(&format!("verify lasting.pem {BY_CRL}"));
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains(&format!("/issuing.crl with delta CRL {delta} of ")), "{text}");
    assert_eq!(sources(&json)[0]["delta"]["decides"], false, "{json}");
}

#[test]
fn a_delta_crl_that_is_not_used_is_a_warning() {
    let lab = lab();
    for (answer, code, words) in [
        (Answer::Page(404, "<html></html>"), "source-not-retrieved", "404"),
        (Answer::Octets(b"no CRL".to_vec()), "crl-unreadable", "no CRL"),
        (Answer::Octets(lab.octets("later-delta.crl")), "delta-crl-not-usable", "updates a newer complete CRL"),
        (Answer::Octets(lab.octets("issuing.crl")), "delta-crl-not-usable", "a complete CRL and no delta CRL"),
        (Answer::Octets(lab.octets("delta.crl")), "", ""),
    ] {
        lab.web.set("/delta.crl", answer);
        let (exit, text, json) = lab.both(&format!("verify lasting.pem {BY_CRL}"));
        assert_eq!(exit, 0, "{text}");
        if code.is_empty() {
            assert!(!text.contains("warning"), "{text}");
            continue;
        }
        let finding = finding(&json, code).unwrap_or_else(|| panic!("{code}: {text}"));
        assert_eq!(finding["severity"], "warning", "{finding}");
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains("/delta.crl is not used") && message.contains(words), "{message}");
        assert!(text.contains("(1 warning below)"), "{text}");
    }
}

#[test]
fn a_crl_of_another_issuer_is_named_and_nothing_given_is_asked_for_again() {
    let lab = lab();
    lab.web.set("/issuing.crl", Answer::Octets(lab.octets("root.crl")));
    let (exit, text, json) = lab.both(&format!("verify lasting.pem {BY_CRL}"));
    assert_eq!(exit, 3, "{text}");
    let source = sources(&json).into_iter().find(|source| source["finding"]["code"] == "crl-wrong-issuer");
    assert!(source.is_some(), "{json}");
    let sentence = "the CRL there is of CN=Lab Root, the certificate's issuer is CN=Lab Issuing CA";
    assert!(text.contains(sentence), "{text}");
    assert!(!text.contains("with --fetch") && !text.contains("give --fetch"), "{text}");
}

#[test]
fn a_certificate_without_a_source_says_so() {
    let lab = lab();
    for (name, words) in [("bare", "it names no source, neither a CRL nor an OCSP responder"), ("never", "noRevAvail")]
    {
        let (exit, text, json) = lab.both(&format!("verify {name}.pem {BY_CRL}"));
        assert_eq!(exit, 3, "{text}");
        let finding = finding(&json, "revocation-unknown").unwrap();
        assert!(finding["message"].as_str().unwrap().contains(words), "{finding}");
        assert!(!text.contains("with --fetch"), "{text}");
        // Nor is retrieval advised where it was not asked for.
        let alone = "--revocation require --revocation-scope end-entity";
        let given = format!("verify {name}.pem --anchors root.pem --intermediates issuing.pem");
        let (exit, text, _) = lab.both(&format!("{given} {alone}"));
        assert_eq!(exit, 3, "{text}");
        assert!(text.contains(words) && !text.contains("--fetch"), "{text}");
    }
}

#[test]
fn redirects_and_pem_are_told_of() {
    let lab = lab();
    let site = format!("http://localhost:{}", lab.web.port);
    lab.web.set("/issuing.crl", Answer::Redirect(format!("{site}/moved.crl")));
    lab.web.set("/moved.crl", Answer::Octets(lab.octets("issuing.crl.pem")));
    let (exit, text, json) = lab.both(&format!("verify lasting.pem {BY_CRL}"));
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains(&format!("{site}/issuing.crl redirected to {site}/moved.crl")), "{text}");
    assert!(text.contains("gives the CRL as PEM, where RFC 5280 §4.2.1.13 demands DER"), "{text}");
    let asked = json["results"][0]["retrieved"].as_array().unwrap();
    let crl = asked.iter().find(|one| one["url"] == format!("{site}/issuing.crl")).unwrap();
    assert_eq!(crl["pem"], true, "{crl}");
}

#[test]
fn what_is_out_of_date_is_offline_to_windows() {
    let lab = lab();
    let later = std::process::Command::new("date").args(["-u", "-d", "+8 days", "+%Y-%m-%dT%H:%M:%SZ"]).output();
    let later = String::from_utf8(later.unwrap().stdout).unwrap();
    let base = "verify good.pem --anchors root.pem --intermediates issuing.pem --crl issuing.crl --crl root.crl";
    let output = lab.certlens(&format!("{base} --revocation require --at {} --format certutil", later.trim()));
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{text}");
    for words in [
        "CERT_TRUST_IS_OFFLINE_REVOCATION (0x1000000)",
        "CERT_TRUST_REVOCATION_STATUS_UNKNOWN (0x40)",
        "dwErrorStatus=1000040",
        "0x80092013 (-2146885613 CRYPT_E_REVOCATION_OFFLINE)",
        "Revocation check skipped -- server offline",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("CRYPT_E_NO_REVOCATION_CHECK"), "{text}");
}
