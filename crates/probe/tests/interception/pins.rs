//! Pins that the user gives.

use certlens_probe::interception::Way;
use certlens_testkit::{Ca, Key};

use super::harness::{
    HOST, INTERNAL, ask_with, blocked, direct, mitmproxy, plain, private, private_root, proxied, public, reached, read,
    root, short,
};

#[test]
fn a_pin_that_matches_ends_the_question() {
    let ca = private_root();
    let seen = private(HOST, 10, &ca, true);
    let (leaf, issuer) = (seen.chain[0].spki_digest(), seen.chain[1].spki_digest());
    for pin in [leaf, issuer] {
        let assessment = ask_with(HOST, &[blocked(Way::Direct), proxied(seen.clone())], &[], &[[0; 32], pin]);
        assert_eq!(short(&assessment), "not-replaced: pin-matches");
    }
    // Also the anchor's, which need not be sent.
    let mut seen = seen;
    seen.chain.truncate(1);
    let assessment = ask_with(HOST, &[proxied(seen)], &[], &[issuer]);
    assert_eq!(short(&assessment), "not-replaced: pin-matches");
}

#[test]
fn a_pin_that_does_not_match_decides() {
    let pins = [[7; 32]];
    for (host, seen, expected) in [
        (HOST, private(HOST, 10, &private_root(), true), "replaced-trusted: -"),
        (INTERNAL, private(INTERNAL, 10, &private_root(), true), "replaced-trusted: -"),
        (HOST, private(HOST, 10, &mitmproxy(), false), "replaced-untrusted: mitmproxy"),
        (HOST, public(HOST, 10), "replaced-trusted: -"),
    ] {
        let assessment = ask_with(host, &[direct(public(host, 20)), proxied(seen)], &[], &pins);
        assert!(short(&assessment).starts_with(expected), "{}", short(&assessment));
    }
}

/// A company that makes products may run public CAs.
#[test]
fn a_public_ca_is_no_product() {
    let public_root = root(&[("CN", "Public CA"), ("O", "Sophos Ltd")], 3);
    let leaf = plain(HOST, Key::p256(10)).issued_by(&public_root);
    let seen = reached(&[&leaf, public_root.der()], Some(&public_root), true);
    let assessment = ask_with(HOST, &[proxied(seen)], &[], &[[7; 32]]);
    assert_eq!(short(&assessment), "replaced-trusted: -");
}

#[test]
fn a_pin_of_an_issuer_that_is_missing_does_not_decide() {
    let leaf = plain(HOST, Key::p256(10)).issued_by(Ca::anchor("Unknown", Key::p256(60)));
    let assessment = ask_with(HOST, &[proxied(reached(&[&leaf], None, false))], &[], &[[7; 32]]);
    assert_eq!(short(&assessment), "cannot-tell: incomplete-chain");
}

/// Anybody can send a certificate that has the pinned key beside a path without it.
#[test]
fn a_pinned_certificate_beside_the_path_is_no_match() {
    let pinned = public(HOST, 10).chain[1].clone();
    let mut seen = private(HOST, 11, &mitmproxy(), false);
    seen.chain.push(pinned.clone());
    let assessment = ask_with(HOST, &[proxied(seen)], &[], &[pinned.spki_digest()]);
    assert_eq!(short(&assessment), "replaced-untrusted: mitmproxy");
    // Nor one that claims to be the issuer by its name, without having signed.
    let name_of_public = Ca::anchor("Public Issuing CA", Key::p256(62));
    let leaf = plain(HOST, Key::p256(11)).issued_by(&name_of_public);
    let mut seen = reached(&[&leaf], None, false);
    seen.chain.push(pinned.clone());
    seen.chain.push(read(name_of_public.der()));
    let assessment = ask_with(HOST, &[proxied(seen)], &[], &[pinned.spki_digest()]);
    assert_eq!(short(&assessment), "replaced-untrusted: -");
}
