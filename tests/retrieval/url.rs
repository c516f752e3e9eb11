//! `certlens url`.

use std::time::Duration;

use crate::lab::lab;
use crate::web::Answer;

const URL: &str = "url web.pem --anchors root.pem --no-cache --timeout 3";

fn statuses(json: &serde_json::Value) -> Vec<String> {
    let rows = json["chains"][0]["urls"].as_array().unwrap();
    let word = |row: &serde_json::Value| {
        format!("{} {} {}", row["depth"], row["kind"].as_str().unwrap(), row["status"].as_str().unwrap())
    };
    rows.iter().map(word).collect()
}

#[test]
fn one_of_each_kind_is_enough_unless_every_url_must_work() {
    let lab = lab();
    // Nothing listens at the responder's port; the CRL is enough.
    let (exit, text, json) = lab.both("url good.pem --anchors root.pem --no-cache --timeout 3");
    assert_eq!(exit, 0, "{text}");
    assert!(text.starts_with("REACHABLE: good.pem"), "{text}");
    assert_eq!(
        statuses(&json),
        ["0 issuer verified", "0 crl verified", "0 ocsp failed", "1 issuer verified", "1 crl verified"]
    );
    let open = format!("localhost:{}", lab.ocsp_port);
    assert!(json["chains"][0]["to_open"].as_array().unwrap().iter().any(|host| *host == open), "{json}");
    assert!(text.contains(&open) && text.contains("connection-refused"), "{text}");
    let (exit, text, _) = lab.both("url good.pem --anchors root.pem --no-cache --timeout 3 --every-url");
    assert_eq!(exit, 1, "{text}");
    assert!(text.starts_with("NOT REACHABLE: good.pem"), "{text}");
}

#[test]
fn a_revoked_certificate_is_said_first() {
    let lab = lab();
    let (exit, text, json) = lab.both("url revoked.pem --anchors root.pem --no-cache --timeout 3");
    assert_eq!(exit, 1, "{text}");
    assert!(text.starts_with("REVOKED: revoked.pem"), "{text}");
    assert!(statuses(&json).contains(&"0 crl revoked".to_owned()), "{text}");
}

#[test]
fn an_issuer_that_is_not_there_ends_the_chain() {
    let lab = lab();
    lab.web.set("/issuing.crt", Answer::Page(404, "<html></html>"));
    let (exit, text, json) = lab.both("url good.pem --anchors root.pem --no-cache --timeout 3");
    assert_eq!(exit, 1, "{text}");
    assert_eq!(json["chains"][0]["reaches_anchor"], false);
    assert!(text.contains("The chain ends below CN=Lab Issuing CA"), "{text}");
    // With the issuer given, everything else is judged.
    let (exit, text, json) =
        lab.both("url good.pem --anchors root.pem --intermediates issuing.pem --no-cache --timeout 3");
    assert_eq!(exit, 1, "{text}");
    assert!(statuses(&json).contains(&"0 issuer failed".to_owned()), "{text}");
    assert!(statuses(&json).contains(&"0 crl verified".to_owned()), "{text}");
}

#[test]
fn another_issuer_under_the_url_is_named() {
    let lab = lab();
    lab.web.set("/issuing.crt", Answer::Octets(lab.octets("root.crt")));
    let (exit, text, json) =
        lab.both("url good.pem --anchors root.pem --intermediates issuing.pem --no-cache --timeout 3");
    assert_eq!(exit, 1, "{text}");
    assert!(statuses(&json).contains(&"0 issuer wrong_issuer".to_owned()), "{text}");
    assert!(text.contains("the certificate there is CN=Lab Root"), "{text}");
}

#[test]
fn a_url_by_itself_is_retrieved_and_described() {
    let lab = lab();
    let site = format!("http://localhost:{}", lab.web.port);
    let (exit, text, json) = lab.both(&format!("url {site}/root.crl --no-cache"));
    assert_eq!((exit, json["urls"][0]["status"].as_str()), (0, Some("retrieved")), "{text}");
    assert!(text.contains("CRL of CN=Lab Root"), "{text}");
    let (exit, text, _) = lab.both(&format!("url {site}/root.crt --no-cache"));
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("certificate of CN=Lab Root"), "{text}");
    lab.web.set("/slow", Answer::Silence(Duration::from_secs(9)));
    for (path, word) in [("none.crl", "404"), ("slow", "timed-out")] {
        let (exit, text, json) = lab.both(&format!("url {site}/{path} --no-cache --timeout 2"));
        assert_eq!(exit, 1, "{text}");
        assert_eq!(json["urls"][0]["status"], "failed");
        assert!(text.contains(word) || json.to_string().contains(word), "{text}");
    }
    for (url, exit) in
        [("file:///etc/passwd", 1), ("http://169.254.169.254/latest", 3), ("ldap:///CN=x?certificateRevocationList", 3)]
    {
        let output = lab.certlens(&format!("url {url} --no-cache"));
        assert_eq!(output.status.code(), Some(exit), "{url}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn through_the_web_servers_own_responder() {
    let lab = lab();
    lab.web.set("/ocsp", Answer::Page(404, "<html></html>"));
    let (exit, text, json) = lab.both(URL);
    assert_eq!(exit, 1, "{text}");
    assert!(statuses(&json).contains(&"0 ocsp failed".to_owned()), "{text}");
    assert!(text.starts_with("NOT REACHABLE: web.pem The revocation of CN=web cannot be checked from here."), "{text}");
}
