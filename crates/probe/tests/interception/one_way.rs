//! Verdicts from one capture, because direct access is blocked.

use certlens_core::time::Time;
use certlens_probe::interception::observation::Looked;
use certlens_probe::interception::{Observation, Question, Reached, Verdict, Way, assess};
use certlens_testkit::{Ca, Extension, Key};

use super::harness::{
    HOST, INTERNAL, NOW, ask, ask_with, block_page, blocked, direct, disproven, evidence, logged, mitmproxy, plain,
    private, private_root, proxied, proxy, public, reached, reference, root, short, unproven,
};

fn only(reached: Reached) -> [Observation; 2] {
    [blocked(Way::Direct), proxied(reached)]
}

#[test]
fn a_public_chain_is_not_replaced() {
    let assessment = ask(HOST, &only(public(HOST, 10)));
    assert_eq!(short(&assessment), "not-replaced: public-ca");
    assert_eq!(evidence(&assessment, &proxy()), ["-public-root", "-scts"]);
}

#[test]
fn products_are_named() {
    let assessment = ask(HOST, &only(private(HOST, 10, &mitmproxy(), false)));
    assert_eq!(short(&assessment), "replaced-untrusted: mitmproxy");
    let signals = evidence(&assessment, &proxy());
    assert_eq!(signals, ["+product-name", "+private-root-untrusted", "+no-scts", "+no-addresses"]);
    let zscaler = root(&[("O", "Zscaler Inc.")], 55);
    assert_eq!(short(&ask(HOST, &only(private(HOST, 10, &zscaler, true)))), "replaced-trusted: Zscaler");
    let squid = root(&[("CN", "Not trusted by \"Contoso Proxy CA\"")], 56);
    assert_eq!(short(&ask(HOST, &only(private(HOST, 10, &squid, false)))), "replaced-untrusted: squid (ssl_bump)");
}

/// A company's own CA for a name of its registered domain, made with openssl or step-ca:
/// without a mark of a replacer it is no replacement, whatever the certificate leaves out.
#[test]
fn a_trusted_private_root_on_a_public_name_needs_a_mark() {
    let ca = private_root();
    for seen in [only(private(HOST, 10, &ca, true)), [direct(private(HOST, 10, &ca, true)), blocked(proxy())]] {
        let assessment = ask(HOST, &seen);
        assert!(assessment.judgements.iter().all(|judgement| !judgement.verdict.is_replaced()));
    }
    let assessment = ask(HOST, &only(private(HOST, 10, &ca, true)));
    assert_eq!(short(&assessment), "cannot-tell: private-ca-trusted-here");
    let signals = evidence(&assessment, &proxy());
    assert_eq!(signals, ["+private-root-trusted", "+no-scts", "+no-addresses"]);
    // With one it is, by the same signs.
    let marked = plain(HOST, ca.key()).issued_by(&ca);
    let assessment = ask(HOST, &only(reached(&[&marked, ca.der()], Some(&ca), false)));
    assert_eq!(short(&assessment), "replaced-trusted: -");
    let careful = plain(HOST, Key::p256(10))
        .extension(Extension::crl_distribution_points(["http://pki.contoso.com/ca.crl"]))
        .issued_by(&ca);
    let assessment = ask(HOST, &only(reached(&[&careful, ca.der()], Some(&ca), false)));
    assert_eq!(short(&assessment), "cannot-tell: private-ca-trusted-here");
    assert!(assessment.judgements[1].next_step.unwrap().contains("reference hosts"));
    // Not trusted: a server that was set up wrongly looks the same.
    assert_eq!(short(&ask(HOST, &only(private(HOST, 10, &ca, false)))), "cannot-tell: too-little-evidence");
}

#[test]
fn a_private_ca_on_an_internal_name_cannot_be_told() {
    for host in [INTERNAL, "fileserver", "10.1.2.3", "nas.local", "db.test"] {
        for is_anchor in [true, false] {
            let assessment = ask(host, &only(private(host, 10, &private_root(), is_anchor)));
            assert_eq!(short(&assessment), "cannot-tell: private-ca-on-internal-name", "{host}");
            let signals = evidence(&assessment, &proxy());
            // What public CAs have to give is not missed in a private one's.
            assert!(signals.is_empty(), "{signals:?}");
        }
    }
}

#[test]
fn incomplete_chains_cannot_be_told() {
    let leaf = logged(HOST, Key::p256(10)).issued_by(Ca::anchor("Unknown Issuing CA", Key::p256(60)));
    let assessment = ask(HOST, &only(reached(&[&leaf], None, false)));
    assert_eq!(short(&assessment), "cannot-tell: incomplete-chain");
    let later = Time::from_unix(NOW.unix() + 400 * 86_400);
    let observations = only(reached(&[&leaf], None, false));
    let question = Question { host: HOST, observations: &observations, references: &[], pins: &[], now: later };
    assert_eq!(short(&assess(&question)), "cannot-tell: expired");
}

#[test]
fn one_issuer_for_unrelated_hosts_decides_with_a_private_root() {
    let ca = private_root();
    let careful = |host: &str, key: u32| {
        let certificate = plain(host, Key::p256(key))
            .extension(Extension::crl_distribution_points(["http://pki.contoso.com/ca.crl"]));
        reached(&[&certificate.issued_by(&ca), ca.der()], Some(&ca), false)
    };
    let with = |other: &str, observation: Observation| {
        ask_with(HOST, &only(careful(HOST, 10)), &[reference(other, observation)], &[])
    };
    let assessment = with("www.example.net", proxied(careful("www.example.net", 12)));
    assert_eq!(short(&assessment), "replaced-trusted: -");
    assert!(evidence(&assessment, &proxy()).contains(&"+same-issuer-elsewhere".to_owned()));
    // The same key as well, as mitmproxy does.
    let assessment = with("www.example.net", proxied(careful("www.example.net", 10)));
    assert!(evidence(&assessment, &proxy()).contains(&"+same-key-elsewhere".to_owned()));
    for (what, other, observation) in [
        ("related", "mail.example.com", proxied(careful("mail.example.com", 12))),
        ("internal", INTERNAL, proxied(careful(INTERNAL, 12))),
        ("in another way", "www.example.net", direct(careful("www.example.net", 12))),
        ("public", "www.example.net", proxied(public("www.example.net", 12))),
        ("not reached", "www.example.net", blocked(proxy())),
        ("of another CA", "www.example.net", proxied(private("www.example.net", 12, &mitmproxy(), true))),
    ] {
        assert_eq!(short(&with(other, observation)), "cannot-tell: private-ca-trusted-here", "a reference: {what}");
    }
}

/// Everybody's certificates come from the same public CAs.
#[test]
fn one_public_issuer_for_unrelated_hosts_says_nothing() {
    let references = [reference("www.example.net", proxied(public("www.example.net", 10)))];
    let assessment = ask_with(HOST, &only(public(HOST, 10)), &references, &[]);
    assert_eq!(short(&assessment), "not-replaced: public-ca");
}

/// A public CA that somebody has certified anew, for the trust anchors of a system.
#[test]
fn a_public_issuer_below_a_private_root_says_nothing_by_reference_hosts() {
    let own = private_root();
    let cross = Ca::intermediate("Public Issuing CA", Key::p256(2), &own);
    let leaf = logged(HOST, Key::p256(10)).issued_by(&cross);
    let seen = reached(&[&leaf, cross.der()], Some(&own), false);
    let references = [reference("www.example.net", proxied(public("www.example.net", 12)))];
    let assessment = ask_with(HOST, &only(seen), &references, &[]);
    assert_eq!(short(&assessment), "cannot-tell: private-ca-trusted-here");
    assert!(!evidence(&assessment, &proxy()).contains(&"+same-issuer-elsewhere".to_owned()));
}

#[test]
fn an_issuer_that_is_not_sent_is_compared_by_name() {
    let ca = root(&[("CN", "Contoso Proxy CA")], 57);
    let open = |host: &str, key| reached(&[&plain(host, Key::p256(key)).issued_by(&ca)], None, false);
    let references = [reference("www.example.net", proxied(open("www.example.net", 12)))];
    let assessment = ask_with(HOST, &only(open(HOST, 10)), &references, &[]);
    // Three signs of medium weight: not enough.
    assert_eq!(short(&assessment), "cannot-tell: incomplete-chain");
    assert!(evidence(&assessment, &proxy()).contains(&"+same-issuer-name-elsewhere".to_owned()));
    // And the same key, which is.
    let references = [reference("www.example.net", proxied(open("www.example.net", 10)))];
    let assessment = ask_with(HOST, &only(open(HOST, 10)), &references, &[]);
    assert_eq!(short(&assessment), "replaced-untrusted: -");
}

#[test]
fn where_scts_were_looked_for_is_said() {
    let ca = private_root();
    let sentence = |tls, staple| {
        let mut seen = private(HOST, 10, &ca, true);
        (seen.tls_scts, seen.staple_scts) = (tls, staple);
        let assessment = ask(HOST, &only(seen));
        let judgement = &assessment.judgements[1];
        let found = judgement.evidence.iter().find(|one| one.signal.word().ends_with("scts")).unwrap();
        (found.signal.word(), found.sentence.clone())
    };
    let (word, text) = sentence(Looked::NotLookedFor, Looked::Absent);
    assert_eq!(word, "no-scts");
    assert!(
        text.contains("looked for in the certificate and a stapled OCSP response; not looked for in the handshake")
    );
    let (_, text) = sentence(Looked::Absent, Looked::Absent);
    assert!(!text.contains("not looked for"), "{text}");
    for (tls, staple, place) in [
        (Looked::Present, Looked::Absent, "in the handshake"),
        (Looked::NotLookedFor, Looked::Present, "in the stapled OCSP response"),
    ] {
        let (word, text) = sentence(tls, staple);
        assert_eq!(word, "scts");
        assert!(text.contains(place), "{text}");
    }
}

#[test]
fn weak_signals_are_told_and_decide_nothing() {
    let now = NOW.unix();
    let ca = Ca::self_signed(Ca::builder("Contoso CA", Key::p256(58)).without_key_identifiers());
    let leaf = plain(HOST, Key::p256(10))
        .without_key_identifiers()
        .validity(now - 2 * 86_400, now + 398 * 86_400)
        .issued_by(&ca);
    let mut seen = reached(&[&leaf, ca.der()], None, false);
    seen.proxy_headers = vec![("via".to_owned(), "1.1 proxy.contoso.com (squid/5.7)".to_owned())];
    let assessment = ask(HOST, &only(seen));
    assert_eq!(short(&assessment), "cannot-tell: too-little-evidence");
    let signals = evidence(&assessment, &proxy());
    for signal in ["+no-key-identifiers", "+recent", "+long-validity", "+proxy-headers"] {
        assert!(signals.contains(&signal.to_owned()), "{signal} in {signals:?}");
    }
    let sentences: Vec<&str> = assessment.judgements[1].evidence.iter().map(|one| one.sentence.as_str()).collect();
    let all = sentences.join("\n");
    for text in ["2 days 0 hours ago", "valid for 400 days, 200 are the most", "via: 1.1 proxy.contoso.com (squid/5.7)"]
    {
        assert!(all.contains(text), "{text} in {all}");
    }
}

/// Proxies that have one key alone give themselves away, whatever their CA is called.
#[test]
fn a_ca_that_certifies_its_own_key_replaces() {
    let ca = root(&[("CN", "Contoso Network Services")], 59);
    let leaf = plain(HOST, ca.key()).issued_by(&ca);
    for (what, seen, expected) in [
        ("sent", reached(&[&leaf, ca.der()], None, false), "replaced-untrusted: -"),
        ("trusted, not sent", reached(&[&leaf], Some(&ca), false), "replaced-trusted: -"),
        ("neither", reached(&[&leaf], None, false), "replaced-untrusted: -"),
    ] {
        let assessment = ask(HOST, &only(seen));
        assert_eq!(short(&assessment), expected, "{what}");
        assert!(evidence(&assessment, &proxy()).contains(&"+ca-key-in-end-entity".to_owned()), "{what}");
    }
    // A self-signed certificate has no CA.
    let own = plain(HOST, ca.key()).self_signed();
    let assessment = ask(HOST, &only(reached(&[&own], None, false)));
    assert_eq!(short(&assessment), "cannot-tell: too-little-evidence");
}

/// Anybody can present a host's certificate; whoever has its key is the host.
#[test]
fn without_the_key_nothing_is_the_host_s_own() {
    let pin = public(HOST, 10).chain[0].spki_digest();
    for seen in [unproven(public(HOST, 10)), disproven(public(HOST, 10))] {
        assert_eq!(short(&ask(HOST, &only(seen.clone()))), "cannot-tell: key-unproven");
        assert_eq!(short(&ask_with(HOST, &only(seen.clone()), &[], &[pin])), "cannot-tell: key-unproven");
        let assessment = ask(HOST, &[direct(public(HOST, 11)), proxied(seen)]);
        assert_eq!(short(&assessment), "cannot-tell: key-unproven");
        assert!(assessment.judgements[1].next_step.is_some());
    }
    let assessment = ask(HOST, &only(disproven(public(HOST, 10))));
    let Verdict::CannotTell { why } = &assessment.verdict else { panic!("{:?}", assessment.verdict) };
    assert!(why.to_string().ends_with("the signature is wrong"), "{why}");
}

/// Block pages and captive portals have public certificates, for themselves.
#[test]
fn a_public_certificate_for_another_name_is_not_the_host_s() {
    let assessment = ask(HOST, &only(block_page()));
    assert_eq!(short(&assessment), "cannot-tell: certificate-for-another-name");
    assert_eq!(evidence(&assessment, &proxy()), ["+public-root-for-another-name"]);
    assert!(assessment.judgements[1].next_step.unwrap().contains("block page"));
    // Nor is one whose issuer is missing that a CA of the host's own issued too.
    let public_root = Ca::anchor("Public Root CA", Key::p256(1));
    let issuing = Ca::intermediate("Public Issuing CA", Key::p256(2), &public_root);
    let mut open = reached(&[&logged("blocked.example.net", Key::p256(90)).issued_by(&issuing)], None, false);
    open.trust.for_host = false;
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(open)]);
    assert_eq!(short(&assessment), "cannot-tell: incomplete-chain");
}

#[test]
fn the_next_step_fits_the_way() {
    let step = |observations: &[Observation], at: usize| ask(HOST, observations).judgements[at].next_step.unwrap();
    let seen = private(HOST, 10, &private_root(), true);
    let alone = step(&[direct(seen.clone())], 0);
    assert!(alone.contains("--proxy") && !alone.contains("does not go through the proxy"), "{alone}");
    assert!(step(&only(seen.clone()), 1).contains("does not go through the proxy"));
    let tried = step(&[direct(seen), blocked(proxy())], 0);
    assert!(tried.contains("--pin") && !tried.contains("--proxy"), "{tried}");
}

/// The only way there is.
#[test]
fn the_direct_way_alone_is_judged_too() {
    assert_eq!(short(&ask(HOST, &[direct(public(HOST, 10))])), "not-replaced: public-ca");
    let zscaler = root(&[("O", "Zscaler Inc.")], 55);
    let assessment = ask(HOST, &[direct(private(HOST, 10, &zscaler, true))]);
    assert_eq!(short(&assessment), "replaced-trusted: Zscaler");
    assert_eq!(short(&ask(HOST, &[blocked(Way::Direct)])), "cannot-tell: not-reached");
}
