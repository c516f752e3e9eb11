//! What to do about a replaced certificate.

use certlens_probe::interception::cure::{Cures, cures};
use certlens_probe::interception::observation::End;
use certlens_probe::interception::products;
use certlens_probe::interception::{Observation, Question, Reached, Way, assess};
use certlens_testkit::Key;

use super::harness::{
    HOST, NOW, block_page, blocked, direct, mitmproxy, plain, private, private_root, proxied, proxy, public, reached,
    read, root,
};

fn cure(observations: &[Observation]) -> Option<Cures> {
    let question = Question { host: HOST, observations, references: &[], pins: &[], now: NOW };
    let assessment = assess(&question);
    let judgement =
        assessment.judgements.iter().find(|judgement| judgement.way == proxy()).expect("a judgement of the proxy");
    cures(&question, &assessment, 443, &judgement.way)
}

fn replaced(reached: Reached) -> Cures {
    cure(&[direct(public(HOST, 10)), proxied(reached)]).expect("cures")
}

#[test]
fn nothing_is_cured_that_was_not_replaced() {
    assert!(cure(&[direct(public(HOST, 10)), proxied(public(HOST, 11))]).is_none());
    assert!(cure(&[proxied(reached(&[], None, false))]).is_none());
}

#[test]
fn the_product_s_own_terms() {
    let seen = private(HOST, 11, &mitmproxy(), false);
    let cures = replaced(seen.clone());
    assert_eq!(cures.trust.certificate.as_ref(), seen.chain.last());
    let sha256 = seen.chain[1].id().to_string();
    assert_eq!(cures.trust.sha256.as_deref(), Some(&*sha256));
    assert!(!cures.trust.known_here);
    for text in ["O=mitmproxy", "mitmproxy-ca-cert.pem", &sha256] {
        assert!(cures.trust.sentence.contains(text), "{text} in {}", cures.trust.sentence);
    }
    let pattern = "--ignore-hosts '^www\\.example\\.com:443$'";
    assert!(cures.exempt.sentence.contains(pattern), "{}", cures.exempt.sentence);
    assert!(cures.exempt.letter.iter().any(|line| line.contains(pattern)), "{:?}", cures.exempt.letter);
    assert_eq!(cures.trust.where_to_get_it.and_then(|place| place.url), Some("http://mitm.it/cert/pem"));
}

/// Every place in a product's words that is to be filled is filled.
#[test]
fn no_placeholder_is_left() {
    for product in products::all() {
        let words = product.exempt.unwrap_or_default().replace("{host}", "").replace("{pattern}", "");
        assert!(!words.contains(['{', '}']), "{}: {words}", product.name);
    }
}

/// A root that was not sent, and was given, is the root to trust all the same.
#[test]
fn a_path_is_completed_by_what_was_given() {
    let root = mitmproxy();
    let leaf = plain(HOST, Key::p256(11)).issued_by(&root);
    let mut seen = reached(&[&leaf], None, false);
    assert_eq!(seen.end(), End::Open);
    seen.trust.beside = vec![read(root.der())];
    assert_eq!(seen.end(), End::OwnRoot);
    let cures = replaced(seen);
    assert_eq!(cures.trust.sha256, Some(read(root.der()).id().to_string()));
}

#[test]
fn the_letter_has_both_certificates() {
    let (genuine, seen) = (public(HOST, 10), private(HOST, 11, &mitmproxy(), false));
    let letter = cure(&[direct(genuine.clone()), proxied(seen.clone())]).unwrap().exempt.letter.join("\n");
    let ids = [genuine.chain[0].id().to_string(), seen.chain[0].id().to_string()];
    for text in [
        "Please exempt www.example.com:443",
        "2026-07-01T00:00:00Z, through proxy.test:3128",
        "Issuer: O=mitmproxy,CN=mitmproxy",
        "Issuer: CN=Public Issuing CA",
        "seen direct",
        &ids[0],
        &ids[1],
    ] {
        assert!(letter.contains(text), "{text} in\n{letter}");
    }
    let alone = cure(&[blocked(Way::Direct), proxied(seen)]).unwrap().exempt.letter.join("\n");
    assert!(alone.contains("could not be seen") && !alone.contains(&ids[0]), "{alone}");
}

/// What the direct way shows is told, whatever CA it has, unless it is replaced as well.
#[test]
fn the_letter_tells_what_another_way_shows() {
    let letter = |other: Reached| {
        cure(&[direct(other), proxied(private(HOST, 11, &mitmproxy(), false))]).unwrap().exempt.letter.join("\n")
    };
    let text = letter(private(HOST, 10, &private_root(), true));
    assert!(text.contains("Another certificate, seen direct, which may be the host's own:"), "{text}");
    let text = letter(private(HOST, 10, &mitmproxy(), false));
    assert!(text.contains("could not be seen"), "{text}");
}

#[test]
fn the_letter_goes_to_those_who_can_do_it() {
    let observations = [direct(private(HOST, 11, &mitmproxy(), false))];
    let question = Question { host: HOST, observations: &observations, references: &[], pins: &[], now: NOW };
    let cures = cures(&question, &assess(&question), 443, &Way::Direct).unwrap();
    assert_eq!(cures.exempt.addressee, "those who run the network");
    assert!(!cures.trust.sentence.contains("run the proxy"), "{}", cures.trust.sentence);
    let cures = replaced(private(HOST, 11, &private_root(), false));
    assert_eq!(cures.exempt.addressee, "those who run the proxy");
}

#[test]
fn anchors_of_one_run_are_not_the_system_s() {
    let mut seen = private(HOST, 11, &private_root(), true);
    seen.trust.anchors_given = true;
    let cures = replaced(seen);
    assert!(cures.trust.sentence.contains("is trusted for this run"), "{}", cures.trust.sentence);
    assert!(cures.trust.is_to_be_installed);
    assert!(!replaced(private(HOST, 11, &private_root(), true)).trust.is_to_be_installed);
}

#[test]
fn nothing_is_to_be_installed_against_a_block_page() {
    let cures = replaced(block_page());
    assert!(!cures.trust.is_to_be_installed);
    assert!(cures.trust.sentence.contains("no root to trust"), "{}", cures.trust.sentence);
}

#[test]
fn a_root_that_is_trusted_already_or_was_not_sent() {
    let cures = replaced(private(HOST, 11, &private_root(), true));
    assert!(cures.trust.known_here);
    assert!(cures.trust.sentence.contains("is trusted by this system"), "{}", cures.trust.sentence);
    assert_eq!((cures.trust.where_to_get_it, cures.exempt.how), (None, None));
    assert!(cures.exempt.sentence.contains("exempted from inspection on the proxy"), "{}", cures.exempt.sentence);

    let mut refused = private(HOST, 11, &private_root(), true);
    refused.trust.trusted_here = false;
    refused.trust.why_not = Some("it has expired.".to_owned());
    let sentence = replaced(refused).trust.sentence;
    assert!(sentence.ends_with("refused here all the same: it has expired."), "{sentence}");

    let fortigate = root(&[("CN", "FortiGate CA"), ("O", "Fortinet")], 54);
    let leaf = plain(HOST, Key::p256(11)).issued_by(&fortigate);
    let cures = replaced(reached(&[&leaf], None, false));
    assert_eq!((cures.trust.certificate, cures.trust.sha256), (None, None));
    assert!(cures.trust.sentence.contains("It was not sent"), "{}", cures.trust.sentence);
    assert!(cures.exempt.letter.iter().any(|line| line == "It is replaced by FortiGate."));
}
