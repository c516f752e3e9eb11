//! Files that are opened, changed and written again; and what is not written.

use certlens_core::encoding::der::{Tag, encode};
use certlens_keystore::key::{KeyUsageAttribute, PrivateKey};
use certlens_keystore::pbe::{Cipher, EncryptionScheme, Hash, MacScheme, PbeError, Pkcs12Cipher};
use certlens_keystore::pfx::write::{
    CertificateEntry, CertificateProtection, Contents, KeyEntry, KeyProtection, NameProblem, NoRandom, Protection,
    RandomSource, Remark, RemarkKind, SystemRandom, WriteError, WritePassword,
};
use certlens_keystore::pfx::{AttributeProblemKind, Pfx, Position};
use certlens_keystore::provider::KeySpec;
use certlens_keystore::provider::releases::CompatibleWith;
use certlens_keystore::secret::{Password, SecretOctets};
use certlens_testkit::{Ca, CertificateBuilder, Key, Name};

use crate::build::*;
use crate::writing::assert_same;

const FAST: Protection = {
    let scheme = EncryptionScheme::Pbes2 { cipher: Cipher::Aes256, prf: Hash::Sha256, iterations: 3 };
    Protection {
        keys: KeyProtection::Encrypted(scheme),
        certificates: CertificateProtection::Encrypted(scheme),
        mac: MacScheme::Pkcs12 { hash: Hash::Sha256, iterations: 3 },
    }
};

fn write(contents: &Contents, password: &str) -> Vec<u8> {
    let password = Password::new(password.to_owned());
    let file = contents.write(&FAST, WritePassword::Given(&password), &mut SystemRandom).unwrap();
    file.expose().to_vec()
}

fn open(file: &[u8], password: &str) -> Pfx {
    let mut pfx = Pfx::read(file).unwrap();
    assert!(pfx.open(Some(&Password::new(password.to_owned()))).unwrap().is_complete());
    pfx
}

fn taken(file: &[u8], password: &str) -> (Contents, Vec<Remark>) {
    Contents::of(&open(file, password)).unwrap()
}

fn key(key: Key) -> KeyEntry {
    KeyEntry::new(SecretOctets::new(key.pkcs8())).unwrap()
}

fn certificate(der: &[u8]) -> CertificateEntry {
    CertificateEntry::new(der.to_vec()).unwrap()
}

/// A key with its certificate, and the chain.
fn node(number: u32) -> Contents {
    let anchor = Ca::anchor("Anchor", Key::ed25519(90));
    let end = CertificateBuilder::new(Name::cn(&format!("node{number}")), Key::p256(number)).issued_by(&anchor);
    Contents {
        keys: vec![key(Key::p256(number))],
        certificates: vec![certificate(&end), certificate(anchor.der())],
        others: vec![],
    }
}

fn attribute(dotted: &str, values: &[&[u8]]) -> Vec<u8> {
    sequence(&[&oid(dotted), &encode(Tag::SET, values)])
}

const PROVIDER: &str = "1.3.6.1.4.1.311.17.1";
const FRIENDLY_NAME: &str = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID: &str = "1.2.840.113549.1.9.21";

#[test]
fn set_and_dropped() {
    let (mut contents, remarks) = taken(&write(&node(1), "old"), "old");
    assert_eq!(remarks, []);
    let key = &mut contents.keys[0];
    let read = PrivateKey::from_pkcs8(key.pkcs8().expose()).unwrap();
    assert_eq!(key.algorithm().as_ref(), Some(read.algorithm()));
    let before = key.pkcs8().clone();
    key.attributes.provider = Some("Microsoft Software Key Storage Provider".to_owned());
    key.attributes.machine_keyset = true;
    key.attributes.friendly_name = Some("container".to_owned());
    key.set_key_spec(Some(KeySpec::Signature)).unwrap();
    let file = write(&contents, "new");
    assert!(Pfx::read(&file).unwrap().open(Some(&Password::new("old".to_owned()))).is_err());
    let pfx = open(&file, "new");
    let bag = pfx.private_keys().next().unwrap();
    let text = |text: &Option<certlens_keystore::pfx::AttributeText>| text.as_ref().unwrap().text().unwrap().to_owned();
    assert_eq!(text(&bag.attributes.provider), "Microsoft Software Key Storage Provider");
    assert_eq!(text(&bag.attributes.friendly_name), "container");
    assert!(bag.attributes.machine_keyset && bag.attributes.problems.is_empty());
    assert_eq!(bag.private_key().unwrap().key_usage, Some(KeyUsageAttribute::signature()));

    let mut contents = Contents::of(&pfx).unwrap().0;
    let key = &mut contents.keys[0];
    key.attributes.provider = None;
    key.attributes.machine_keyset = false;
    key.attributes.friendly_name = None;
    key.set_key_spec(None).unwrap();
    assert_eq!((key.key_usage(), key.pkcs8()), (None, &before));
    assert_same(&taken(&write(&contents, "new"), "new").0, &node_as(&contents));
    let pfx = open(&write(&contents, "new"), "new");
    let attributes = &pfx.private_keys().next().unwrap().attributes;
    assert_eq!(attributes.local_key_id.as_deref(), Some(&[1, 0, 0, 0][..]));
    assert!(attributes.provider.is_none() && !attributes.machine_keyset && attributes.friendly_name.is_none());
}

/// The same without what a file said of pairs.
fn node_as(contents: &Contents) -> Contents {
    let keys = contents.keys.iter().map(|key| KeyEntry::new(key.pkcs8().clone()).unwrap());
    let certificates = contents.certificates.iter().map(|entry| certificate(entry.octets()));
    Contents { keys: keys.collect(), certificates: certificates.collect(), others: vec![] }
}

#[test]
fn key_usage_leaves_the_rest_of_the_key() {
    // Version 2 with another attribute and the public key behind.
    let other = attribute("1.2.3", &[&octet_string(b"x")]);
    let parts: [&[u8]; 5] = [
        &[0x02, 1, 1],
        &sequence(&[&oid("1.3.101.112")]),
        &octet_string(&octet_string(&[7; 32])),
        &explicit(&other),
        &encode(Tag::context(1), &[&[0; 33]]),
    ];
    let original = sequence(&parts);
    let mut entry = KeyEntry::new(SecretOctets::new(original.clone())).unwrap();
    entry.set_key_spec(Some(KeySpec::Exchange)).unwrap();
    let usage = attribute("2.5.29.15", &[&[3, 2, 0, 0x10]]);
    let expected = sequence(&[parts[0], parts[1], parts[2], &explicit(&[other, usage].concat()), parts[4]]);
    assert_eq!(entry.pkcs8().expose(), expected);
    entry.set_key_usage(None).unwrap();
    assert_eq!(entry.pkcs8().expose(), original);
    assert!(matches!(KeyEntry::new(SecretOctets::new(vec![0x30, 0])), Err(WriteError::Key(_))));
}

#[test]
fn chains_are_added_and_dropped() {
    let mut contents = node(1);
    let chain = contents.drop_chain().unwrap();
    assert_eq!((chain.len(), contents.certificates.len()), (1, 1));
    assert_eq!(contents.add_certificate(chain[0].octets().to_vec()), Ok(true));
    assert_eq!(contents.add_certificate(chain[0].octets().to_vec()), Ok(false));
    assert_eq!(contents.certificates.len(), 2);
    assert!(matches!(contents.add_certificate(b"none".to_vec()), Err(WriteError::Certificate(_))));
}

#[test]
fn several_become_one() {
    let (mut all, _) = taken(&write(&node(1), "one"), "one");
    for number in [2, 1] {
        let (mut other, _) = taken(&write(&node(number), "two"), "two");
        // The same key, whatever it is for there.
        other.keys[0].set_key_spec(Some(KeySpec::Signature)).unwrap();
        let merged = all.merge(other);
        assert_eq!(merged.repeated_certificates, if number == 1 { 2 } else { 1 });
        assert_eq!(merged.repeated_keys, usize::from(number == 1));
        // What it was for there is told.
        let told: Vec<_> = merged.told_otherwise.iter().map(|told| (told.key, told.key_usage.is_some())).collect();
        assert_eq!(told, if number == 1 { vec![(0, true)] } else { vec![] });
    }
    assert_eq!((all.keys.len(), all.certificates.len()), (2, 3));
    assert_eq!(all.pairs().unwrap(), [(0, 0), (1, 2)]);
    let pfx = open(&write(&all, "all"), "all");
    let ids: Vec<_> = pfx.bags().map(|bag| bag.attributes.local_key_id.clone().map(|id| id[0])).collect();
    assert_eq!(ids, [Some(1), Some(2), Some(1), None, Some(2)]);
}

/// Keys that nothing is known of: a file's word counts, but only within it.
#[test]
fn words_of_files_are_not_confused() {
    let file = |id: &[u8], certificate: &[u8]| {
        let id = [attribute(LOCAL_KEY_ID, &[&octet_string(id)])];
        let value = sequence(&[&oid("1.2.840.113549.1.9.22.1"), &explicit(&octet_string(certificate))]);
        plain_safe(&[bag_with(KEY, &private_key_with(certificate), &id), bag_with(CERTIFICATE, &value, &id)])
    };
    let certificates = [1, 2].map(|number| CertificateBuilder::new(Name::cn("x"), Key::p256(number)).self_signed());
    let of = |number: usize| {
        let pfx = Pfx::read(&without_mac(&[file(&[1, 0, 0, 0], &certificates[number])])).unwrap();
        Contents::of(&pfx).unwrap().0
    };
    let mut contents = of(0);
    contents.merge(of(1));
    assert_eq!(contents.pairs().unwrap(), [(0, 0), (1, 1)]);
    // The same of certificates that cannot be read.
    let pfx = Pfx::read(&without_mac(&[file(b"id", b"no certificate")])).unwrap();
    assert_eq!(Contents::of(&pfx).unwrap().0.pairs().unwrap(), [(0, 0)]);
    let pfx = Pfx::read(&without_mac(&[file(b"", b"no certificate")])).unwrap();
    assert_eq!(Contents::of(&pfx).unwrap().0.pairs().unwrap(), []);
}

/// An Ed25519 key that is none, so that nothing is known of its public half.
fn private_key_with(octets: &[u8]) -> Vec<u8> {
    sequence(&[&[0x02, 1, 0], &sequence(&[&oid("1.3.101.112")]), &octet_string(octets)])
}

/// localKeyIDs that mislead are put right, and one that many certificates have.
#[test]
fn misleading_pairs_are_put_right() {
    let certificates = [1, 2].map(|number| CertificateBuilder::new(Name::cn("x"), Key::p256(number)).self_signed());
    let id = |number: u8| [attribute(LOCAL_KEY_ID, &[&octet_string(&[number])])];
    let value = |der: &[u8]| sequence(&[&oid("1.2.840.113549.1.9.22.1"), &explicit(&octet_string(der))]);
    let bags = [
        bag_with(KEY, &Key::p256(1).pkcs8(), &id(1)),
        bag_with(KEY, &Key::p256(2).pkcs8(), &id(2)),
        bag_with(KEY, &Key::p256(3).pkcs8(), &id(1)),
        bag_with(CERTIFICATE, &value(&certificates[0]), &id(2)),
        bag_with(CERTIFICATE, &value(&certificates[1]), &id(1)),
    ];
    let (contents, _) = Contents::of(&Pfx::read(&without_mac(&[plain_safe(&bags)])).unwrap()).unwrap();
    assert_eq!(contents.pairs().unwrap(), [(0, 0), (1, 1)]);
    let pfx = open(&write(&contents, "new"), "new");
    let ids: Vec<_> = pfx.bags().map(|bag| bag.attributes.local_key_id.clone().map(|id| id[0])).collect();
    assert_eq!(ids, [Some(1), Some(2), None, Some(1), Some(2)]);
}

#[test]
fn what_is_not_taken_over_is_said() {
    let text = |tag: Tag, octets: &[u8]| encode(tag, &[octets]);
    let odd = [
        attribute(PROVIDER, &[&text(Tag::UTF8_STRING, b"first")]),
        attribute(PROVIDER, &[&text(Tag::UTF8_STRING, b"second")]),
        attribute(FRIENDLY_NAME, &[&text(Tag::BMP_STRING, b"odd")]),
        attribute("1.2.3", &[&[0x24, 0x80, 0x04, 1, 7, 0, 0]]),
    ];
    let bags = [
        bag_with(KEY, &Key::p256(1).pkcs8(), &odd),
        bag(SAFE_CONTENTS, &sequence(&[&bag("1.2.5", &octet_string(b"x"))])),
        typed_bag(SECRET_BAG, "1.3.6.1.4.1.311.17.4", &octet_string(b"sid")),
        typed_bag(SECRET_BAG, "1.2.840.113549.1.12.10.1.2", &octet_string(b"java")),
    ];
    let (mut contents, remarks) = Contents::of(&Pfx::read(&without_mac(&[plain_safe(&bags)])).unwrap()).unwrap();
    let shown: Vec<String> = remarks.iter().map(ToString::to_string).collect();
    let expected = [
        "safe 1, bag 1: the attribute provider name comes once more; the first counts; the rest is left out",
        "safe 1, bag 1: the attribute friendlyName is a BMPString of 3 octets; expected an even number; it is left out",
        "safe 1, bag 2: bags stand in a bag (safeContentsBag); they are written side by side",
        "safe 1, bag 4: the password that is protected to accounts of a domain is left out, as it is that of the old file",
        "safe 1, bag 5: a secret that is encrypted by itself stays so, with the password that it has",
    ];
    assert_eq!(shown, expected);
    assert!(
        matches!(&remarks[0].kind, RemarkKind::Attribute(problem) if problem.kind == AttributeProblemKind::Duplicate)
    );
    let pfx = open(&write(&contents, "new"), "new");
    assert!(pfx.forms.is_der());
    let bag = pfx.private_keys().next().unwrap();
    assert_eq!(bag.attributes.provider.as_ref().unwrap().text(), Some("first"));
    assert_eq!(bag.attributes.others[0].octets, attribute("1.2.3", &[&octet_string(&[7])]));
    assert!(!pfx.is_sid_protected());
    assert_eq!(contents.drop_others(), ["1.2.5", "secretBag", "1.2.3"]);
    assert_eq!(open(&write(&contents, "new"), "new").bags().count(), 1);
}

#[test]
fn what_is_locked_is_not_written() {
    let file = write(&node(1), "old");
    let error = Contents::of(&Pfx::read(&file).unwrap()).unwrap_err();
    assert_eq!(error, WriteError::Locked(Position { safe: 1, bag: Some(1) }));
    assert_eq!(error.to_string(), "safe 1, bag 1 was not decrypted, so it cannot be written again");
    let enveloped = content_info("1.2.840.113549.1.7.3", &sequence(&[]));
    let error = Contents::of(&Pfx::read(&without_mac(&[enveloped])).unwrap()).unwrap_err();
    assert_eq!(error, WriteError::Locked(Position { safe: 1, bag: None }));
}

#[test]
fn what_is_refused() {
    let password = Password::new("test".to_owned());
    let given = WritePassword::Given(&password);
    let error = |contents: &Contents, protection: &Protection, password: WritePassword<'_>| {
        let error = contents.write(protection, password, &mut SystemRandom).unwrap_err();
        assert!(!error.to_string().is_empty() && !error.advice().is_empty());
        error
    };
    assert_eq!(error(&Contents::default(), &FAST, given), WriteError::Nothing);
    let empty = Password::new(String::new());
    assert_eq!(error(&node(1), &FAST, WritePassword::Given(&empty)), WriteError::EmptyPassword);
    let long = Password::new("x".repeat(5_000));
    assert!(matches!(error(&node(1), &FAST, WritePassword::Given(&long)), WriteError::Limit(_)));

    for (name, problem) in [("", NameProblem::Empty), ("a\0b", NameProblem::Nul)] {
        let mut contents = node(1);
        contents.certificates[0].attributes.friendly_name = Some(name.to_owned());
        assert_eq!(error(&contents, &FAST, given), WriteError::Name { what: "the friendly name", problem });
        let mut contents = node(1);
        contents.keys[0].attributes.provider = Some(name.to_owned());
        assert_eq!(error(&contents, &FAST, given), WriteError::Name { what: "the provider's name", problem });
    }

    let with = |scheme| Protection { keys: KeyProtection::Encrypted(scheme), ..FAST };
    let pbes2 = |iterations| EncryptionScheme::Pbes2 { cipher: Cipher::Aes256, prf: Hash::Sha256, iterations };
    let rc4 = EncryptionScheme::Pkcs12 { cipher: Pkcs12Cipher::Rc4With128, iterations: 1 };
    assert!(matches!(error(&node(1), &with(rc4), given), WriteError::Pbe(PbeError::Unsupported(_))));
    assert!(matches!(error(&node(1), &with(pbes2(0)), given), WriteError::Pbe(PbeError::InvalidCount { .. })));
    assert!(matches!(error(&node(1), &with(pbes2(5_000_001)), given), WriteError::Limit(_)));
    let mut many = node(1);
    many.keys.extend((2..8).map(|number| key(Key::p256(number))));
    let limit = error(&many, &with(pbes2(5_000_000)), given).to_string();
    assert!(limit.contains("70000009") && limit.contains("MAX_ROUNDS"), "{limit}");
    many.keys.extend((8..80).map(|number| key(Key::p256(number))));
    assert!(matches!(error(&many, &FAST, given), WriteError::TooMany(_)));
    let mut many = node(1);
    let attribute =
        certlens_keystore::pfx::OtherAttribute { oid: oid("1.2.3")[2..].to_vec(), octets: attribute("1.2.3", &[]) };
    many.keys[0].attributes.others = vec![attribute; 128];
    assert!(error(&many, &FAST, given).to_string().contains("MAX_ATTRIBUTES"));

    struct Dry;
    impl RandomSource for Dry {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), NoRandom> {
            Err(NoRandom)
        }
    }
    assert_eq!(node(1).write(&FAST, given, &mut Dry).unwrap_err(), WriteError::Random);
}

/// Without asking by name, no preset writes a key that can be read.
#[test]
fn keys_are_encrypted_unless_plain_ones_are_asked_for() {
    let secret = Key::p256(1).pkcs8();
    let holds = |file: &[u8]| file.windows(secret.len()).any(|window| window == secret);
    for preset in CompatibleWith::ALL {
        let protection = Protection::from(preset);
        for password in [WritePassword::Empty, WritePassword::Absent] {
            let file = node(1).write(&protection, password, &mut SystemRandom).unwrap();
            assert!(!holds(file.expose()), "{}", preset.name());
        }
        let plain = Protection { keys: KeyProtection::PlainKeys, ..protection };
        let file = node(1).write(&plain, WritePassword::Absent, &mut SystemRandom).unwrap();
        assert!(holds(file.expose()));
    }
    let shown = format!("{:?} {:?}", node(1), node(1).write(&FAST, WritePassword::Empty, &mut SystemRandom).unwrap());
    assert!(!shown.contains(&format!("{:?}", &secret[40..44]).replace(['[', ']'], "")), "{shown}");
}

/// A file in BER becomes one in DER, with all that it has.
#[test]
fn ber_becomes_der() {
    let indefinite = |tag: u8, content: &[u8]| [&[tag, 0x80], content, &[0, 0]].concat();
    let fragments = indefinite(0x24, &[octet_string(b"cr"), octet_string(b"l")].concat());
    let key = indefinite(0x30, &[&[0x02, 1, 0][..], &sequence(&[&oid("1.3.101.112")]), &fragments].concat());
    let bags = [bag(KEY, &key), typed_bag(CRL, "1.2.3", &fragments), bag("1.2.5", &indefinite(0x30, &fragments))];
    let pfx = Pfx::read(&without_mac(&[plain_safe(&bags)])).unwrap();
    let (contents, remarks) = Contents::of(&pfx).unwrap();
    assert_eq!(remarks, []);
    assert_eq!(contents.keys[0].pkcs8().expose(), private_key_with(b"crl"));
    let password = password();
    let file = contents.write(&FAST, WritePassword::Given(&password), &mut SystemRandom).unwrap();
    let mut pfx = Pfx::read(file.expose()).unwrap();
    assert!(pfx.open(Some(&password)).unwrap().is_complete());
    assert!(pfx.forms.is_der(), "{}", pfx.forms);
    assert_eq!(Contents::of(&pfx).unwrap().0, contents);
}
