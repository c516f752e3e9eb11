use certlens_testkit::{Ca, CertificateBuilder, Key, Name};

use super::*;
use crate::key::{KeyProblem, Match};

/// An end entity with its intermediate and anchor, and one that nobody issued.
struct Pki {
    end: Certificate,
    intermediate: Certificate,
    anchor: Certificate,
    stranger: Certificate,
    key: PrivateKey,
}

fn pki() -> Pki {
    let anchor = Ca::anchor("Anchor", Key::p256(0));
    let intermediate = Ca::intermediate("Intermediate", Key::p256(1), &anchor);
    let end = CertificateBuilder::new(Name::cn("node1.example.com"), Key::p256(2)).issued_by(&intermediate);
    let stranger = CertificateBuilder::new(Name::cn("stranger"), Key::p256(3)).self_signed();
    let read = |der: &[u8]| Certificate::from_der(der).unwrap();
    Pki {
        end: read(&end),
        intermediate: read(intermediate.der()),
        anchor: read(anchor.der()),
        stranger: read(&stranger),
        key: PrivateKey::from_pkcs8(&Key::p256(2).pkcs8()).unwrap(),
    }
}

fn certificates<'a>(all: &[&'a Certificate]) -> Vec<CertificateItem<'a>> {
    all.iter().map(|certificate| CertificateItem { certificate, local_key_id: None }).collect()
}

fn key<'a>(key: Option<&'a PrivateKey>, local_key_id: Option<&'static [u8]>) -> KeyItem<'a> {
    KeyItem { key, local_key_id }
}

#[test]
fn a_file_as_it_should_be() {
    let pki = pki();
    let mut all = certificates(&[&pki.end, &pki.intermediate, &pki.anchor]);
    all[0].local_key_id = Some(&[1]);
    let bundle = Bundle::assemble(&[key(Some(&pki.key), Some(&[1]))], &all).unwrap();
    assert_eq!(bundle.pairs, [Pair { key: 0, certificate: 0, by: PairedBy::PublicKey }]);
    assert_eq!(bundle.chains, [Chain { certificates: vec![0, 1, 2], end: ChainEnd::SelfIssued }]);
    assert_eq!((bundle.problems.as_slice(), bundle.end_entity()), (&[][..], Some(0)));
}

#[test]
fn order_and_what_is_not_in_the_chain() {
    let pki = pki();
    let keys = [key(Some(&pki.key), None)];
    let of = |all: &[&Certificate]| {
        let bundle = Bundle::assemble(&keys, &certificates(all)).unwrap();
        (bundle.chains.into_iter().map(|chain| (chain.certificates, chain.end)).collect::<Vec<_>>(), bundle.problems)
    };
    assert_eq!(
        of(&[&pki.anchor, &pki.intermediate, &pki.end]),
        (vec![(vec![2, 1, 0], ChainEnd::SelfIssued)], vec![BundleProblem::OutOfOrder])
    );
    assert_eq!(of(&[&pki.end, &pki.intermediate]), (vec![(vec![0, 1], ChainEnd::IssuerMissing)], vec![]));
    assert_eq!(
        of(&[&pki.end, &pki.anchor, &pki.stranger, &pki.anchor]),
        (
            vec![(vec![0], ChainEnd::IssuerMissing)],
            vec![
                BundleProblem::CertificateRepeated { first: 1, second: 3 },
                BundleProblem::NotInChain { certificate: 1 },
                BundleProblem::NotInChain { certificate: 2 },
            ]
        )
    );
    assert_eq!(of(&[&pki.stranger]), (vec![(vec![0], ChainEnd::SelfIssued)], vec![BundleProblem::KeyAlone { key: 0 }]));
    assert_eq!(of(&[]), (vec![], vec![BundleProblem::KeyAlone { key: 0 }]));
}

#[test]
fn without_keys_the_end_entity_is_who_issued_nobody() {
    let pki = pki();
    for (all, expected) in [
        (vec![&pki.anchor, &pki.intermediate, &pki.end], Some(2)),
        (vec![&pki.anchor, &pki.intermediate], Some(1)),
        (vec![&pki.anchor], Some(0)),
        (vec![], None),
    ] {
        assert_eq!(Bundle::assemble(&[], &certificates(&all)).unwrap().end_entity(), expected);
    }
}

#[test]
fn local_key_ids_that_mislead() {
    let pki = pki();
    let of = |keys: &[KeyItem<'_>], ids: [Option<&'static [u8]>; 2]| {
        let mut all = certificates(&[&pki.end, &pki.intermediate]);
        for (item, id) in all.iter_mut().zip(ids) {
            item.local_key_id = id;
        }
        let bundle = Bundle::assemble(keys, &all).unwrap();
        (bundle.pairs.iter().map(|pair| (pair.certificate, pair.by)).collect::<Vec<_>>(), bundle.problems)
    };
    let (one, two): (&[u8], &[u8]) = (&[1], &[2]);
    let own = (0, PairedBy::PublicKey);
    let differs = BundleProblem::LocalKeyIdDiffers { key: 0, certificate: 0 };
    let misleads = BundleProblem::LocalKeyIdMisleads { key: 0, certificate: 1 };
    let decrypted = [key(Some(&pki.key), Some(&[1]))];
    assert_eq!(of(&decrypted, [Some(two), None]), (vec![own], vec![differs]));
    assert_eq!(of(&decrypted, [None, Some(one)]), (vec![own], vec![misleads, differs]));
    assert_eq!(of(&decrypted, [Some(one), Some(one)]), (vec![own], vec![misleads]));
    assert_eq!(of(&[key(Some(&pki.key), None)], [Some(one), None]), (vec![own], vec![differs]));
    assert_eq!(of(&[key(Some(&pki.key), None)], [None, None]), (vec![own], vec![]));
    // A key may have several certificates; one of them is paired by the identifier.
    let renewed = CertificateBuilder::new(Name::cn("renewed"), Key::p256(2)).self_signed();
    let renewed = Certificate::from_der(&renewed).unwrap();
    let mut all = certificates(&[&renewed, &pki.end]);
    all[1].local_key_id = Some(one);
    assert_eq!(Bundle::assemble(&decrypted, &all).unwrap().problems, []);
    // Not decrypted: the identifier is all there is.
    let shut = [key(None, Some(&[1]))];
    let by_id = (1, PairedBy::LocalKeyId);
    assert_eq!(of(&shut, [None, Some(one)]), (vec![by_id], vec![BundleProblem::NotInChain { certificate: 0 }]));
    assert_eq!(of(&shut, [Some(two), None]), (vec![], vec![]));
    assert_eq!(of(&[key(None, Some(&[]))], [Some(&[]), None]), (vec![], vec![]));
    let twice = [key(Some(&pki.key), Some(&[1])), key(Some(&pki.key), Some(&[1]))];
    assert_eq!(
        of(&twice, [Some(one), None]),
        (vec![own, own], vec![BundleProblem::LocalKeyIdRepeated { first: 0, second: 1 }])
    );
}

#[test]
fn namesakes_are_told_apart_by_their_signature() {
    let pki = pki();
    // The same name and, without identifiers, nothing but the signature to tell them apart.
    let namesake = CertificateBuilder::ca(Name::cn("Intermediate"), Key::p256(7)).without_key_identifiers();
    let namesake = Certificate::from_der(&namesake.issued_by(Ca::anchor("Anchor", Key::p256(0)))).unwrap();
    let all = certificates(&[&pki.end, &namesake, &pki.intermediate]);
    let bundle = Bundle::assemble(&[key(Some(&pki.key), None)], &all).unwrap();
    assert_eq!(bundle.chains[0].certificates, [0, 2]);
    assert_eq!(bundle.problems, [BundleProblem::NotInChain { certificate: 1 }]);
}

#[test]
fn circles_and_limits_end() {
    let cross = |name: &str, own: u32, issuer: &str, by: u32| {
        let issuer = CertificateBuilder::ca(Name::cn(issuer), Key::p256(by)).as_issuer();
        Certificate::from_der(&CertificateBuilder::ca(Name::cn(name), Key::p256(own)).issued_by(issuer)).unwrap()
    };
    let (a, b) = (cross("A", 0, "B", 1), cross("B", 1, "A", 0));
    let bundle = Bundle::assemble(&[], &certificates(&[&a, &b])).unwrap();
    assert_eq!(bundle.chains, [Chain { certificates: vec![0, 1], end: ChainEnd::Circle }]);
    let many = vec![&a; MAX_COMPARED_CERTIFICATES + 1];
    let error = Bundle::assemble(&[], &certificates(&many)).unwrap_err();
    assert_eq!(error.to_string(), "4097 exceeds MAX_COMPARED_CERTIFICATES (4096)");
}

#[test]
fn a_key_that_cannot_be_compared_is_named() {
    let pki = pki();
    // A private value of P-256 that is zero has no public half.
    let mut octets = Key::p256(2).pkcs8();
    let at = octets.windows(4).position(|four| four == [0x02, 1, 1, 0x04]).unwrap() + 5;
    octets[at..at + 32].fill(0);
    let zero = PrivateKey::from_pkcs8(&octets).unwrap();
    let Match::Unknown(why) = zero.matches(pki.end.spki_raw()) else { panic!("it was compared") };
    let all = certificates(&[&pki.end, &pki.intermediate]);
    let bundle = Bundle::assemble(&[key(Some(&pki.key), None), key(Some(&zero), None)], &all).unwrap();
    assert!(bundle.problems.contains(&BundleProblem::NotCompared { key: 1, certificate: 0, why }));
    let bundle = Bundle::assemble(&[key(Some(&pki.key), None), key(None, None)], &all).unwrap();
    assert_eq!(bundle.problems, [], "what was not decrypted is said elsewhere");
}

/// A damaged key is that of its certificate nevertheless, and must not be lost sight of.
#[test]
fn a_damaged_key_has_its_certificate() {
    let der = CertificateBuilder::new(Name::cn("node1.example.com"), Key::rsa2048(0)).self_signed();
    let certificate = Certificate::from_der(&der).unwrap();
    let mut pkcs8 = Key::rsa2048(0).pkcs8();
    // The coefficient stands last.
    *pkcs8.last_mut().unwrap() ^= 1;
    let damaged = PrivateKey::from_pkcs8(&pkcs8).unwrap();
    let match_found = damaged.matches(certificate.spki_raw());
    assert_eq!(match_found, Match::Corrupt(KeyProblem::RsaCoefficient));
    let bundle = Bundle::assemble(&[key(Some(&damaged), None)], &certificates(&[&certificate])).unwrap();
    assert_eq!(bundle.pairs, [Pair { key: 0, certificate: 0, by: PairedBy::PublicKey }]);
    assert_eq!(bundle.problems, []);
}
