//! `certlens ha --fetch`: whether the chain and its revocation can be checked.

use crate::lab::lab;
use crate::web::Answer;

const MORE: &str = "--anchors root.pem --fetch --no-cache --timeout 3";

fn row(json: &serde_json::Value, code: &str) -> (String, String) {
    let all = json["nodes"][0]["demands"].as_array().unwrap();
    let found = all.iter().find(|demand| demand["code"] == code).unwrap();
    (found["outcome"].as_str().unwrap().to_owned(), found["reason"].as_str().unwrap().to_owned())
}

#[test]
fn a_chain_that_can_be_checked() {
    let lab = lab();
    let (exit, text, json) = lab.both(&format!("ha node.example.test=good.pem {MORE}"));
    assert_eq!((exit, row(&json, "reachable").0.as_str()), (0, "pass"), "{text}");
    assert_eq!(row(&json, "trusted").0, "pass", "the intermediate was retrieved");
    assert_eq!(json["fetched"], true);
    // Each URL that was asked, once, with what came of it.
    let asked = json["asked"].as_array().unwrap();
    assert!(asked.iter().any(|one| one["status"] == "verified"), "{asked:?}");
    assert!(asked.iter().all(|one| text.contains(one["url"].as_str().unwrap())), "{text}");
    assert!(text.contains("were asked from here, which is not from the nodes"), "{text}");
    // Without asking, the node has to.
    let (exit, text, json) = lab.both("ha node.example.test=good.pem --anchors root.pem --intermediates issuing.pem");
    assert_eq!((exit, row(&json, "reachable").0.as_str()), (0, "on_node"), "{text}");
    assert!(text.contains("certutil -verify -urlfetch"), "{text}");
}

/// S1 of the guide: "unable to check revocation because the revocation server was offline".
#[test]
fn a_chain_whose_revocation_cannot_be_checked() {
    let lab = lab();
    lab.web.set("/issuing.crl", Answer::Page(503, "<html></html>"));
    let (exit, text, json) = lab.both(&format!("ha node.example.test=good.pem {MORE}"));
    let (outcome, reason) = row(&json, "reachable");
    assert_eq!((exit, outcome.as_str(), &json["decisive"]["code"]), (1, "fail", &"reachable".into()), "{text}");
    assert!(reason.contains("The revocation of CN=good cannot be checked from here"), "{reason}");
    assert!(text.contains(&format!("localhost:{}", lab.ocsp_port)), "the host to open: {text}");
}

#[test]
fn revoked_and_without_sources() {
    let lab = lab();
    let (exit, text, json) = lab.both(&format!("ha node.example.test=revoked.pem {MORE}"));
    assert_eq!((exit, row(&json, "reachable").0.as_str()), (1, "fail"), "{text}");
    assert!(row(&json, "reachable").1.contains("revoked"), "{text}");
    // Nothing is listed for the certificate itself, though the CA's own sources work.
    let (_, text, json) = lab.both(&format!("ha node.example.test=bare.pem --intermediates issuing.pem {MORE}"));
    let (outcome, reason) = row(&json, "reachable");
    assert_eq!(outcome, "cannot_know", "{text}");
    assert!(reason.contains("CRYPT_E_NO_REVOCATION_CHECK"), "{reason}");
    assert!(text.contains("names neither a CRL nor a responder"), "the text says why: {text}");
}
