//! An issuer that is missing, and what its URL gives.

use crate::lab::{Lab, lab};
use crate::web::Answer;

const FETCH: &str = "verify good.pem --anchors root.pem --fetch --no-cache --timeout 3";

/// The second line of the text, which a reader with a terminal has before everything else.
fn second_line(lab: &Lab, arguments: &str) -> (String, Vec<String>) {
    let text = String::from_utf8(lab.certlens(arguments).stdout).unwrap();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (head, rest) = words.split_once("Path, ").unwrap();
    let steps = rest.split_once("What to do ").unwrap().1.split("Checked with").next().unwrap();
    let mut at = Vec::new();
    let mut left = steps;
    for number in 1.. {
        let Some((_, step)) = left.split_once(&format!("{number}. ")) else { break };
        let end = step.find(&format!(" {}. ", number + 1)).unwrap_or(step.len());
        at.push(step[..end].to_owned());
        left = &step[end..];
    }
    (head.to_owned(), at)
}

#[test]
fn the_failure_is_a_sentence_and_its_cure_comes_first() {
    let lab = lab();
    lab.web.set("/issuing.crt", Answer::Page(404, "<html></html>"));
    let (head, steps) = second_line(&lab, FETCH);
    let url = format!("http://localhost:{}/issuing.crt", lab.web.port);
    let sentence = format!(
        "The issuer of CN=good (CN=Lab Issuing CA) is not among the certificates given, and {url} could not be retrieved: it failed at stage http: "
    );
    assert!(head.contains(&sentence), "{head}");
    let (_, _, json) = lab.both(FETCH);
    let asked = &json["results"][0]["retrieved"][0];
    let own_hint: Vec<&str> = asked["failure"]["hint"].as_str().unwrap().split_whitespace().collect();
    assert_eq!(steps[0], own_hint.join(" "), "{steps:?}");
    assert!(steps[1].ends_with("certlens url good.pem --anchors root.pem"), "{steps:?}");
    assert!(!steps.iter().any(|step| step.contains("curl")), "{steps:?}");
    // What was not asked is worth a download by hand.
    let (_, steps) = second_line(&lab, "verify good.pem --anchors root.pem");
    assert!(steps[0].contains(&format!("curl --fail --location --globoff --output issuer.cer {url}")), "{steps:?}");
}

#[test]
fn another_certificate_in_its_place_is_named() {
    let lab = lab();
    lab.web.set("/issuing.crt", Answer::Octets(lab.octets("root.crt")));
    let (head, steps) = second_line(&lab, FETCH);
    assert!(head.contains("/issuing.crt gives another one in its place: CN=Lab Root."), "{head}");
    assert!(steps[0].starts_with("Have the CA put the certificate of CN=Lab Issuing CA"), "{steps:?}");
    lab.web.set("/issuing.crt", Answer::Octets(lab.octets("root.crl")));
    let (head, _) = second_line(&lab, FETCH);
    assert!(head.contains("/issuing.crt gives no certificate: "), "{head}");
}
