//! Signatures verified from the hash that was made while reading.

use certlens_testkit::Signing;

use super::*;
use crate::crypto::algorithm::SignatureAlgorithm;
use crate::crypto::error::VerifyError;
use crate::crypto::verify::verify;
use crate::x509::spki::SubjectPublicKeyInfo;

fn check(crl: &Crl, spki: &[u8]) -> Result<(), VerifyError> {
    let spki = SubjectPublicKeyInfo::decode(&mut Cursor::silent(spki)).unwrap();
    let algorithm = SignatureAlgorithm::from_identifier(&crl.signature_algorithm()).unwrap();
    verify(&algorithm, &spki.public_key().unwrap(), crl.signed(), crl.signature().octets().unwrap())
}

/// From the octets, and from a hash of them in pieces.
#[track_caller]
fn both(der: &[u8], spki: &[u8]) -> Result<(), VerifyError> {
    let whole = Crl::from_der(der).unwrap();
    let answer = check(&whole, spki);
    for sizes in [&[usize::MAX][..], &[1], &[64]] {
        let matched = read_in(der, matches(&[&[5]]), sizes).unwrap();
        let is_kept = !cfg!(feature = "legacy") && whole.signature_algorithm().oid == oids::RSASSA_PSS;
        assert_eq!(matches!(matched.signed(), Message::Hashed(_)), !is_kept);
        assert_eq!(format!("{:?}", check(&matched, spki)), format!("{answer:?}"));
    }
    answer
}

#[test]
fn the_hash_serves_as_the_octets_do() {
    let keys = [
        (Key::rsa2048(0), Signing::RsaSha1),
        (Key::rsa2048(0), Signing::RsaSha256),
        (Key::rsa2048(1), Signing::RsaSha384),
        (Key::rsa2048(1), Signing::RsaSha512),
        (Key::rsa1024(), Signing::RsaSha256),
        (Key::p256(0), Signing::EcdsaSha256),
        (Key::p256(0), Signing::EcdsaSha384),
        (Key::p384(0), Signing::EcdsaSha384),
        (Key::p384(0), Signing::EcdsaSha256),
        (Key::p521(0), Signing::EcdsaSha512),
        (Key::p521(0), Signing::EcdsaSha1),
    ];
    for (key, signing) in keys {
        let crl = || CrlBuilder::new().many_entries(5).signing(signing);
        let signer = Issuer::new("CA", key);
        let answer = both(&crl().signed_by(&signer), &key.spki());
        // Whether RSA 1024 can be verified is the build's.
        assert!(answer.is_ok() || key == Key::rsa1024(), "{key:?} {signing:?}: {answer:?}");
        assert!(both(&crl().corrupt_signature().signed_by(&signer), &key.spki()).is_err());
        let der = crl().signed_by(&signer);
        let place = place_of(&CrlBuilder::many_serial(3), &der) + 9;
        let mut changed = der.clone();
        changed[place] ^= 1;
        assert!(both(&changed, &key.spki()).is_err(), "{key:?} {signing:?}");
    }
}

/// What OpenSSL signed and the testkit cannot.
#[test]
fn of_openssl() {
    let unhex = |text: &str| -> Vec<u8> {
        let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    };
    let mut names = Vec::new();
    for line in include_str!("../../../../tests/vectors/crls.txt").lines() {
        let [name, spki, der] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        names.push(name);
        let (spki, der) = (unhex(spki), unhex(der));
        let is_hash_known = cfg!(feature = "legacy") || !name.contains("md5");
        if !is_hash_known {
            assert!(read(&der, matches(&[])).unwrap().der().is_some());
            continue;
        }
        let answer = both(&der, &spki);
        let is_supported = cfg!(feature = "legacy") || ["pss-sha256", "pss-sha384"].contains(&name);
        assert_eq!(answer.is_ok(), is_supported, "{name}: {answer:?}");
        let crl = read(&der, matches(&[&[0x0d], &[0x0a, 0x0b, 0x0c], &[0x0a]])).unwrap();
        assert_eq!(crl.deviations(), []);
        assert_eq!(entries(crl.lookup(&[0x0a, 0x0b, 0x0c]))[0].reason, Some(1));
        assert_eq!((crl.count(), entries(crl.lookup(&[0x0a])).len()), (2, 0));
        let mut changed = der;
        let place = place_of(&[0x02, 0x01, 0x0d], &changed) + 2;
        changed[place] = 0x0e;
        assert!(both(&changed, &spki).is_err(), "{name}");
    }
    assert_eq!(names.len(), 6);
}

/// These sign the octets themselves, so they are kept.
#[test]
fn without_a_hash_everything_is_kept() {
    for key in [Key::ed25519(0), Key::ml_dsa_65(0)] {
        let der = CrlBuilder::new().many_entries(40).signed_by(Issuer::new("CA", key));
        for sizes in [&[usize::MAX][..], &[1], &[100, 3]] {
            let crl = read_in(&der, matches(&[&[5]]), sizes).unwrap();
            assert_eq!(crl.der(), Some(der.as_slice()));
            assert_eq!(check(&crl, &key.spki()).ok(), Some(()));
            // What was not looked for can be answered, too.
            assert_eq!(entries(crl.lookup(&CrlBuilder::many_serial(3))).len(), 1);
        }
        let corrupt = CrlBuilder::new().corrupt_signature().signed_by(Issuer::new("CA", key));
        assert!(check(&read(&corrupt, matches(&[])).unwrap(), &key.spki()).is_err());
    }
}

/// The hash is chosen by the identifier inside; another one outside is not served
/// by it, and the two must not differ anyway.
#[test]
fn another_algorithm_outside() {
    let crl = |inner: Signing, outer: Signing| {
        let builder = CrlBuilder::new().inner_algorithm(inner.identifier()).outer_algorithm(outer.identifier());
        builder.signing(Signing::EcdsaSha256).signed_by(issuer())
    };
    let other = read(&crl(Signing::EcdsaSha384, Signing::EcdsaSha256), matches(&[])).unwrap();
    assert!(matches!(other.signed(), Message::Hashed(_)));
    assert!(check(&other, &Key::p256(0).spki()).is_err());
    assert_ne!(other.signed_algorithm().raw, other.signature_algorithm().raw);
    let ed = read(&crl(Signing::EcdsaSha256, Signing::Ed25519), matches(&[])).unwrap();
    assert!(check(&ed, &Key::ed25519(0).spki()).is_err());
}
