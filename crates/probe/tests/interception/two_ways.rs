//! Verdicts on a host that was seen direct and through a proxy.

use certlens_core::x509::issuer::NamedKey;
use certlens_probe::interception::judge::Doubt;
use certlens_probe::interception::observation::Anchor;
use certlens_probe::interception::{Verdict, Way};
use certlens_testkit::{Ca, CertificateBuilder, Extension, Key, Name};

use super::harness::{
    HOST, INTERNAL, ask, ask_with, block_page, blocked, direct, disproven, dn, evidence, logged, mitmproxy, plain,
    private, private_root, proxied, proxy, public, reached, reference, root, short, unproven,
};

#[test]
fn the_same_certificate_is_not_replaced() {
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(public(HOST, 10))]);
    // ECDSA signatures differ from run to run: the same certificate is the same octets.
    assert_eq!(short(&assessment), "not-replaced: same-key");
    let seen = public(HOST, 10);
    let assessment = ask(HOST, &[direct(seen.clone()), proxied(seen)]);
    assert_eq!(short(&assessment), "not-replaced: same-certificate");
    assert!(assessment.judgements[1].difference.as_ref().unwrap().is_empty());
    assert_eq!(assessment.judgements[1].next_step, None);
}

#[test]
fn a_key_counts_only_with_its_proof() {
    let open = |proven: bool| {
        let leaf = plain(HOST, Key::p256(10)).issued_by(Ca::anchor("Unknown", Key::p256(60)));
        let seen = reached(&[&leaf], None, false);
        if proven { seen } else { unproven(seen) }
    };
    let assess = |proven| short(&ask(HOST, &[direct(public(HOST, 10)), proxied(open(proven))]));
    assert_eq!(assess(true), "not-replaced: same-key");
    assert_eq!(assess(false), "cannot-tell: incomplete-chain");
}

#[test]
fn two_public_certificates_are_in_service() {
    let other_root = Ca::anchor("Other Public Root", Key::p256(3));
    let leaf = logged(HOST, Key::rsa2048(0)).issued_by(&other_root);
    let other = reached(&[&leaf, other_root.der()], Some(&other_root), true);
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(other.clone())]);
    assert_eq!(short(&assessment), "not-replaced: two-certificates-in-service");
    assert_eq!(evidence(&assessment, &proxy()), ["-two-public-certificates", "-public-root", "-scts"]);

    // A public certificate that is not trusted here, as when it has expired, is still public.
    let mut expired = other;
    expired.trust.trusted_here = false;
    expired.trust.why_not = Some("it has expired".to_owned());
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(expired)]);
    assert_eq!(short(&assessment), "not-replaced: two-certificates-in-service");
}

#[test]
fn a_private_root_in_the_place_of_a_public_one_decides() {
    for (is_anchor, expected) in [(true, "replaced-trusted: -"), (false, "replaced-untrusted: -")] {
        let seen = [direct(public(HOST, 10)), proxied(private(HOST, 11, &private_root(), is_anchor))];
        let assessment = ask(HOST, &seen);
        assert_eq!(short(&assessment), expected);
        assert_eq!(evidence(&assessment, &proxy())[0], "+private-root-for-public");
        let direct = &assessment.judgements[0];
        assert_eq!(direct.verdict.word(), "not-replaced");
        assert_eq!(direct.compared_with, Some(proxy()));
    }
    let seen = [direct(public(HOST, 10)), proxied(private(HOST, 11, &mitmproxy(), false))];
    assert_eq!(short(&ask(HOST, &seen)), "replaced-untrusted: mitmproxy");
}

#[test]
fn a_name_that_weighs_little_names_nobody() {
    let cisco = root(&[("CN", "Contoso CA"), ("O", "Cisco Systems")], 52);
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(private(HOST, 11, &cisco, true))]);
    assert_eq!(short(&assessment), "replaced-trusted: -");
    assert!(evidence(&assessment, &proxy()).contains(&"+product-name".to_owned()));
}

/// A self-signed certificate in the host's place, as network equipment shows it.
#[test]
fn a_self_signed_certificate_for_a_public_one_is_replaced() {
    let name = dn(&[("CN", "UniFi"), ("O", "Ubiquiti Inc.")]);
    let own = CertificateBuilder::new(name, Key::p256(12)).self_signed();
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(reached(&[&own], None, false))]);
    assert_eq!(short(&assessment), "replaced-untrusted: UniFi");
}

#[test]
fn a_private_ca_on_an_internal_name_is_not_called_interception() {
    let ca = private_root();
    for is_anchor in [true, false] {
        let seen = [direct(private(INTERNAL, 10, &ca, is_anchor)), proxied(private(INTERNAL, 11, &ca, is_anchor))];
        assert_eq!(short(&ask(INTERNAL, &seen)), "not-replaced: same-private-ca");
        let other = root(&[("CN", "Contoso Other CA")], 53);
        let seen = [direct(private(INTERNAL, 10, &ca, is_anchor)), proxied(private(INTERNAL, 11, &other, is_anchor))];
        assert_eq!(short(&ask(INTERNAL, &seen)), "cannot-tell: different-private-cas");
    }
    // Neither does a product's name, when both ways show it.
    let ca = root(&[("CN", "FortiGate CA"), ("O", "Fortinet")], 54);
    let seen = [direct(private(INTERNAL, 10, &ca, true)), proxied(private(INTERNAL, 11, &ca, true))];
    assert_eq!(short(&ask(INTERNAL, &seen)), "not-replaced: same-private-ca");
}

#[test]
fn a_product_of_which_the_direct_way_knows_nothing_replaces_internal_names_too() {
    let proxy_ca = mitmproxy();
    // The key of the CA in the certificate, as mitmproxy does.
    let leaf = plain(INTERNAL, proxy_ca.key()).issued_by(&proxy_ca);
    let seen =
        [direct(private(INTERNAL, 10, &private_root(), true)), proxied(reached(&[&leaf, proxy_ca.der()], None, false))];
    let assessment = ask(INTERNAL, &seen);
    assert_eq!(short(&assessment), "replaced-untrusted: mitmproxy");
    let signals = evidence(&assessment, &proxy());
    for signal in ["+product-name", "+ca-key-in-end-entity", "+other-private-ca"] {
        assert!(signals.contains(&signal.to_owned()), "{signal} in {signals:?}");
    }
    assert!(!signals.contains(&"+no-scts".to_owned()), "an internal name needs no SCT: {signals:?}");
}

#[test]
fn a_private_ca_in_both_ways_on_a_public_name_is_not_replaced_without_a_mark() {
    let ca = private_root();
    let seen = [direct(private(HOST, 10, &ca, true)), proxied(private(HOST, 11, &ca, true))];
    let assessment = ask(HOST, &seen);
    assert_eq!(short(&assessment), "not-replaced: same-private-ca");
    assert!(assessment.judgements[1].next_step.unwrap().contains("reference hosts"));
}

/// Whatever else speaks for it: the proxy shows what there is without it.
#[test]
fn what_both_ways_show_on_an_internal_name_is_not_replaced() {
    let ca = mitmproxy();
    let seen = || {
        let leaf = plain(INTERNAL, ca.key()).serial(&[9]).issued_by(&ca);
        reached(&[&leaf, ca.der()], Some(&ca), false)
    };
    let one = seen();
    assert_eq!(short(&ask(INTERNAL, &[direct(one.clone()), proxied(one)])), "not-replaced: same-certificate");
    assert_eq!(short(&ask(INTERNAL, &[direct(seen()), proxied(seen())])), "not-replaced: same-key");
    let assessment = ask(INTERNAL, &[direct(seen()), proxied(unproven(seen()))]);
    assert_eq!(short(&assessment), "cannot-tell: key-unproven");
}

/// One of both is replaced, and without a mark nothing says which.
#[test]
fn two_private_cas_without_a_mark() {
    let other = root(&[("CN", "Contoso Proxy CA")], 53);
    for host in [HOST, INTERNAL] {
        let seen = [direct(private(host, 10, &private_root(), true)), proxied(private(host, 11, &other, true))];
        let assessment = ask(host, &seen);
        assert_eq!(short(&assessment), "cannot-tell: different-private-cas");
        assert!(assessment.judgements.iter().all(|judgement| judgement.verdict.word() == "cannot-tell"));
    }
}

/// Squid with a CA of the company's, which no table knows: its key is in the certificate.
#[test]
fn a_mark_in_one_of_two_ways_decides() {
    let other = root(&[("CN", "Contoso Proxy CA")], 53);
    let fortigate = root(&[("CN", "FortiGate CA"), ("O", "Fortinet")], 54);
    for host in [HOST, INTERNAL] {
        let marked = || reached(&[&plain(host, other.key()).issued_by(&other), other.der()], Some(&other), false);
        let own = || private(host, 10, &private_root(), true);
        let assessment = ask(host, &[direct(own()), proxied(marked())]);
        assert_eq!(short(&assessment), "replaced-trusted: -");
        assert_eq!(assessment.judgements[0].verdict.word(), "cannot-tell");
        // A product's name is one as well, also without its root.
        let assessment = ask(host, &[direct(own()), proxied(private(host, 11, &fortigate, false))]);
        assert_eq!(short(&assessment), "replaced-untrusted: FortiGate");
        let open = reached(&[&plain(host, Key::p256(11)).issued_by(&fortigate)], None, false);
        assert_eq!(short(&ask(host, &[direct(own()), proxied(open)])), "replaced-untrusted: FortiGate");
        // And so it is on the way without a proxy that is known.
        let assessment = ask(host, &[direct(marked()), proxied(own())]);
        assert_eq!(short(&assessment), "replaced-trusted: -");
        assert_eq!(assessment.judgements[1].verdict.word(), "cannot-tell");
    }
}

#[test]
fn a_product_in_both_ways_intercepts_both() {
    let zscaler = root(&[("CN", "Zscaler Root CA"), ("O", "Zscaler Inc.")], 55);
    let both = private(HOST, 10, &zscaler, true);
    for other in [both.clone(), private(HOST, 11, &zscaler, true)] {
        let assessment = ask(HOST, &[direct(both.clone()), proxied(other)]);
        assert_eq!(short(&assessment), "replaced-trusted: Zscaler, direct too");
        assert!(assessment.judgements.iter().all(|judgement| judgement.other_way_too));
    }
}

#[test]
fn unrelated_hosts_with_one_private_issuer_mark_both_ways() {
    let ca = private_root();
    let seen = [direct(private(HOST, 10, &ca, true)), proxied(private(HOST, 11, &ca, true))];
    let mut references = reference("www.example.net", direct(private("www.example.net", 12, &ca, true)));
    references.observations.push(proxied(private("www.example.net", 13, &ca, true)));
    let assessment = ask_with(HOST, &seen, &[references], &[]);
    assert_eq!(short(&assessment), "replaced-trusted: -, direct too");
}

/// Names that are resolved otherwise inside a network lead to servers with private CAs; what
/// intercepts the direct way has a mark.
#[test]
fn a_private_direct_way_beside_a_public_one_needs_a_mark() {
    let seen = [direct(private(HOST, 10, &private_root(), true)), proxied(public(HOST, 11))];
    let assessment = ask(HOST, &seen);
    assert_eq!(short(&assessment), "cannot-tell: private-ca-beside-public");
    assert_eq!(assessment.judgements[1].verdict.word(), "not-replaced");
    for ca in [mitmproxy(), root(&[("CN", "FortiGate CA"), ("O", "Fortinet")], 54)] {
        let assessment = ask(HOST, &[direct(private(HOST, 10, &ca, true)), proxied(public(HOST, 11))]);
        assert!(short(&assessment).starts_with("replaced-trusted"), "{}", short(&assessment));
        // No proxy is replaced beside which it would be so as well.
        assert!(!assessment.direct_too);
    }
}

#[test]
fn a_block_page_does_not_speak_against_the_other_way() {
    let blocked = || block_page();
    // The host's own certificate under a private CA, and a block page by the other way.
    let own = || private(HOST, 10, &private_root(), true);
    for seen in [[direct(own()), proxied(blocked())], [direct(blocked()), proxied(own())]] {
        let assessment = ask(HOST, &seen);
        assert!(assessment.judgements.iter().all(|judgement| judgement.verdict.word() == "cannot-tell"));
    }
    // Where the host's own is seen, the block page is what was put in its place.
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(blocked())]);
    assert_eq!(short(&assessment), "replaced-untrusted: -");
    assert_eq!(evidence(&assessment, &proxy())[0], "+another-name-for-public");
    let assessment = ask(HOST, &[direct(blocked()), proxied(public(HOST, 10))]);
    assert_eq!(short(&assessment), "replaced-untrusted: -");
    assert_eq!(assessment.judgements[1].verdict.word(), "not-replaced");
}

/// A copy of the host's certificate from somebody without its key.
#[test]
fn a_public_chain_without_its_key_is_no_measure() {
    for copy in [unproven(public(HOST, 10)), disproven(public(HOST, 10))] {
        let assessment = ask(HOST, &[direct(copy), proxied(private(HOST, 11, &private_root(), true))]);
        assert_eq!(short(&assessment), "cannot-tell: private-ca-trusted-here");
    }
    let seen = public(HOST, 10);
    let assessment = ask(HOST, &[direct(seen.clone()), proxied(disproven(seen))]);
    assert_eq!(short(&assessment), "cannot-tell: key-unproven");
}

#[test]
fn a_missing_intermediate_is_no_replacement() {
    let public_root = Ca::anchor("Public Root CA", Key::p256(1));
    let issuing = Ca::intermediate("Public Issuing CA", Key::p256(2), &public_root);
    let leaf = logged(HOST, Key::p256(11)).issued_by(&issuing);
    let whole = reached(&[&logged(HOST, Key::p256(10)).issued_by(&issuing), issuing.der()], Some(&public_root), true);
    let assessment = ask(HOST, &[direct(whole.clone()), proxied(reached(&[&leaf], None, false))]);
    assert_eq!(short(&assessment), "not-replaced: public-issuer");

    // Another issuing CA below the same root, which nobody sent.
    let second = Ca::intermediate("Second Issuing CA", Key::p256(4), &public_root);
    let leaf = logged(HOST, Key::p256(11)).issued_by(&second);
    let assessment = ask(HOST, &[direct(whole.clone()), proxied(reached(&[&leaf], None, false))]);
    assert_eq!(short(&assessment), "cannot-tell: incomplete-chain");
    assert!(assessment.judgements[1].next_step.unwrap().contains("missing issuer"));
    // When it is sent, the root above it is known.
    let assessment = ask(HOST, &[direct(whole), proxied(reached(&[&leaf, second.der()], None, false))]);
    assert_eq!(short(&assessment), "not-replaced: public-issuer");
}

/// An anchor may be known by its name and key alone.
#[test]
fn a_public_anchor_without_a_certificate_counts() {
    let public_root = Ca::anchor("Public Root CA", Key::p256(1));
    let named = NamedKey::from_der(&public_root.name().to_der(), &public_root.key().spki()).unwrap();
    let mut whole = public(HOST, 10);
    whole.trust.anchor = Some(Anchor::NamedKey(named));
    assert_eq!(whole.path().len(), 2);
    let second = Ca::intermediate("Second Issuing CA", Key::p256(4), &public_root);
    let leaf = logged(HOST, Key::p256(11)).issued_by(&second);
    let assessment = ask(HOST, &[direct(whole), proxied(reached(&[&leaf, second.der()], None, false))]);
    assert_eq!(short(&assessment), "not-replaced: public-issuer");
}

/// An open chain is a replacement when its issuer is a product, and only then.
#[test]
fn an_open_chain_needs_a_mark() {
    let open = |ca: &Ca| reached(&[&plain(HOST, Key::p256(11)).issued_by(ca)], None, false);
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(open(&private_root()))]);
    assert_eq!(short(&assessment), "cannot-tell: incomplete-chain");
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(open(&mitmproxy()))]);
    assert_eq!(short(&assessment), "replaced-untrusted: mitmproxy");
}

#[test]
fn an_old_public_chain_is_no_replacement() {
    let gone = Ca::anchor("Public Root of Old", Key::p256(5));
    let expired = logged(HOST, Key::p256(11)).validity(1_600_000_000, 1_630_000_000).issued_by(&gone);
    let seen = [direct(public(HOST, 10)), proxied(reached(&[&expired, gone.der()], None, false))];
    let assessment = ask(HOST, &seen);
    assert_eq!(short(&assessment), "cannot-tell: expired");
    // Of a CA that logs nothing, expiry excuses nothing.
    let expired = plain(HOST, Key::p256(11)).validity(1_600_000_000, 1_630_000_000).issued_by(&gone);
    let seen = [direct(public(HOST, 10)), proxied(reached(&[&expired, gone.der()], None, false))];
    assert_eq!(short(&ask(HOST, &seen)), "replaced-untrusted: -");
}

/// What is sent beside the path says nothing: neither a product's certificate nor a public one.
#[test]
fn certificates_beside_the_path_do_not_count() {
    let product = root(&[("CN", "Zscaler Root CA")], 55);
    let mut whole = public(HOST, 11);
    whole.chain.push(super::harness::read(product.der()));
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(whole)]);
    assert_eq!(short(&assessment), "not-replaced: two-certificates-in-service");

    // A CA of the same name as the public one, with another key.
    let forged = Ca::self_signed(CertificateBuilder::ca(Name::cn("Public Issuing CA"), Key::p256(61)));
    let public_root = Ca::anchor("Public Root CA", Key::p256(1));
    let leaf = plain(HOST, Key::p256(11)).issued_by(&forged);
    let genuine = Ca::intermediate("Public Issuing CA", Key::p256(2), &public_root);
    let shown = reached(&[&leaf, genuine.der(), forged.der()], None, false);
    let assessment = ask(HOST, &[direct(public(HOST, 10)), proxied(shown)]);
    assert_eq!(short(&assessment), "replaced-untrusted: -");
}

#[test]
fn what_was_not_reached_or_shows_nothing_cannot_be_told() {
    let assessment = ask(HOST, &[direct(public(HOST, 10)), blocked(proxy())]);
    assert_eq!(short(&assessment), "cannot-tell: not-reached");
    let Verdict::CannotTell { why: Doubt::NotReached { cause, .. } } = &assessment.verdict else {
        panic!("{:?}", assessment.verdict)
    };
    assert_eq!(*cause, "connection-timed-out");
    let assessment = ask(HOST, &[proxied(reached(&[], None, false))]);
    assert_eq!(short(&assessment), "cannot-tell: no-certificate");
    assert_eq!(short(&ask(HOST, &[])), "cannot-tell: nothing-seen");
}

#[test]
fn the_worst_way_counts() {
    let second = Way::Proxy("second.test:8080".to_owned());
    let mut replaced = proxied(private(HOST, 11, &mitmproxy(), false));
    replaced.way = second.clone();
    let seen = [blocked(Way::Direct), proxied(public(HOST, 10)), replaced];
    let assessment = ask(HOST, &seen);
    assert_eq!(short(&assessment), "replaced-untrusted: mitmproxy");
    // Without the direct way, the other proxy's public chain is what it is compared with.
    assert_eq!(assessment.judgements[2].compared_with, Some(proxy()));
    assert_eq!(evidence(&assessment, &second)[0], "+private-root-for-public");
    // A direct way that is blocked takes nothing from what the proxies show.
    let assessment = ask(HOST, &seen[..2]);
    assert_eq!(short(&assessment), "not-replaced: public-ca");
}

#[test]
fn circles_of_cas_end() {
    let (one, two) = (Ca::anchor("One", Key::p256(70)), Ca::anchor("Two", Key::p256(71)));
    let one_by_two = Ca::intermediate("One", Key::p256(70), &two);
    let two_by_one = Ca::intermediate("Two", Key::p256(71), &one);
    let leaf = plain(HOST, Key::p256(11)).extension(Extension::tls_feature(&[5])).issued_by(&one);
    let chain = [&leaf[..], one_by_two.der(), two_by_one.der(), one_by_two.der()];
    let shown = reached(&chain, None, false);
    assert_eq!(shown.path().len(), 3);
    assert_eq!(short(&ask(HOST, &[proxied(shown)])), "cannot-tell: incomplete-chain");
}
