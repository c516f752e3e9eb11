//! How two chains differ.

use certlens_core::x509::Certificate;
use certlens_probe::interception::compare::{Both, Difference, Role, Sameness, compare};
use certlens_testkit::{Ca, Key, Signing, time};

use super::harness::{HOST, logged, mitmproxy, plain, private, public, read};

fn path(ders: &[&[u8]]) -> Vec<Certificate> {
    ders.iter().map(|der| read(der)).collect()
}

fn roles(first: &[Certificate], second: &[Certificate]) -> Vec<(Role, Sameness)> {
    compare(first, second).pairs.iter().map(|pair| (pair.role, pair.sameness)).collect()
}

#[test]
fn a_path_does_not_differ_from_itself() {
    let path = public(HOST, 10).path();
    let difference = compare(&path, &path);
    assert!(difference.is_empty());
    let roles: Vec<Role> = difference.pairs.iter().map(|pair| pair.role).collect();
    assert_eq!(roles, [Role::EndEntity, Role::Issuer(1), Role::Root]);
    assert!(difference.pairs.iter().all(|pair| pair.differences.is_empty()));
    assert!(compare(&[], &[]).pairs.is_empty());
}

#[test]
fn roots_stand_opposite_each_other() {
    use Role::{EndEntity, Issuer, Root};
    use Sameness::{OnlyFirst, OnlySecond, Other, Same};
    let (long, short) = (public(HOST, 10).path(), private(HOST, 11, &mitmproxy(), false).path());
    assert_eq!(roles(&long, &short), [(EndEntity, Other), (Issuer(1), OnlyFirst), (Root, Other)]);
    assert_eq!(roles(&short, &long), [(EndEntity, Other), (Issuer(1), OnlySecond), (Root, Other)]);
    // Without its root, a path has issuers alone.
    assert_eq!(roles(&long[..2], &long), [(EndEntity, Same), (Issuer(1), Same), (Root, OnlySecond)]);
    // A self-signed end entity is no root.
    let own = path(&[&plain(HOST, Key::p256(12)).self_signed()]);
    assert_eq!(roles(&own, &long), [(EndEntity, Other), (Issuer(1), OnlySecond), (Root, OnlySecond)]);
}

#[test]
fn everything_that_differs_is_told_with_both_values() {
    let (public_ca, proxy_ca) = (Ca::anchor("Public CA", Key::p256(2)), mitmproxy());
    let first = logged(HOST, Key::p256(10)).serial(&[1, 2]).issued_by(&public_ca);
    let second = plain(HOST, Key::rsa2048(0))
        .serial(&[3])
        .validity(time::START, time::END)
        .without_key_identifiers()
        .signing(Signing::EcdsaSha384)
        .issued_by(&proxy_ca);
    let (first, second) = (path(&[&first, public_ca.der()]), path(&[&second, proxy_ca.der()]));
    let difference = compare(&first, &second);
    let pair = difference.pair(Role::EndEntity).unwrap();
    let words: Vec<&str> = pair.differences.iter().map(Difference::word).collect();
    assert_eq!(
        words,
        [
            "key",
            "key-type",
            "issuer-name",
            "issuer-key",
            "not-before",
            "not-after",
            "serial-number",
            "signature-algorithm",
            "embedded-scts",
            "issuer-address",
            "ocsp-address",
            "authority-key-identifier",
            "subject-key-identifier",
        ]
    );
    let is = |wanted: Difference| assert!(pair.differences.contains(&wanted), "{wanted:?} in {:?}", pair.differences);
    is(Difference::Serial(Both { first: vec![1, 2], second: vec![3] }));
    is(Difference::EmbeddedScts(Both { first: 2, second: 0 }));
    is(Difference::OcspAddress(Both { first: true, second: false }));
    is(Difference::AuthorityKeyIdentifier(Both { first: true, second: false }));
    is(Difference::IssuerName(Both {
        first: "CN=Public CA".to_owned(),
        second: "O=mitmproxy,CN=mitmproxy".to_owned(),
    }));
    is(Difference::IssuerKey(Both { first: Some(first[1].spki_digest()), second: Some(second[1].spki_digest()) }));
}

#[test]
fn a_renewed_certificate_has_the_same_key() {
    let ca = Ca::anchor("Public CA", Key::p256(2));
    let certificate = |serial: u8| path(&[&plain(HOST, Key::p256(10)).serial(&[serial]).issued_by(&ca), ca.der()]);
    let difference = compare(&certificate(1), &certificate(2));
    let pair = difference.pair(Role::EndEntity).unwrap();
    assert_eq!(pair.sameness, Sameness::SameKey);
    let words: Vec<&str> = pair.differences.iter().map(Difference::word).collect();
    assert_eq!(words, ["serial-number"]);
    assert_eq!(difference.pair(Role::Root).unwrap().sameness, Sameness::Same);
    assert!(!difference.is_empty());
}
