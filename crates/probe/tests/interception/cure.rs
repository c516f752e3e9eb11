//! What to do about a replaced certificate.

use certlens_probe::interception::cure::{Cures, cures};
use certlens_probe::interception::{Observation, Question, Reached, Way, assess};
use certlens_testkit::Key;

use super::harness::{
    HOST, NOW, blocked, direct, mitmproxy, plain, private, private_root, proxied, proxy, public, reached, root,
};

fn cure(observations: &[Observation]) -> Option<Cures> {
    let question = Question { host: HOST, observations, references: &[], pins: &[], now: NOW };
    let assessment = assess(&question);
    let judgement =
        assessment.judgements.iter().find(|judgement| judgement.way == proxy()).expect("a judgement of the proxy");
    cures(&question, 443, &proxy(), &judgement.verdict)
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
    assert!(cures.exempt.sentence.contains("ignore_hosts"), "{}", cures.exempt.sentence);
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

#[test]
fn a_root_that_is_trusted_already_or_was_not_sent() {
    let cures = replaced(private(HOST, 11, &private_root(), true));
    assert!(cures.trust.known_here);
    assert!(cures.trust.sentence.contains("is trusted by this system"), "{}", cures.trust.sentence);
    assert_eq!((cures.trust.where_to_get_it, cures.exempt.how), (None, None));
    assert!(cures.exempt.sentence.contains("exempted from inspection on the proxy"), "{}", cures.exempt.sentence);

    let mut refused = private(HOST, 11, &private_root(), true);
    refused.trust.trusted_here = false;
    refused.trust.why_not = Some("it has expired".to_owned());
    let sentence = replaced(refused).trust.sentence;
    assert!(sentence.ends_with("refused here all the same: it has expired."), "{sentence}");

    let fortigate = root(&[("CN", "FortiGate CA"), ("O", "Fortinet")], 54);
    let leaf = plain(HOST, Key::p256(11)).issued_by(&fortigate);
    let cures = replaced(reached(&[&leaf], None, false));
    assert_eq!((cures.trust.certificate, cures.trust.sha256), (None, None));
    assert!(cures.trust.sentence.contains("It was not sent"), "{}", cures.trust.sentence);
    assert!(cures.exempt.letter.iter().any(|line| line == "It is replaced by FortiGate."));
}
