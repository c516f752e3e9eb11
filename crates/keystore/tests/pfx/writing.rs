//! What is written is what is read: every combination of contents, protection and
//! password that a generator without randomness makes.

use certlens_core::encoding::der::{Tag, encode};
use certlens_keystore::key::KeyUsageAttribute;
use certlens_keystore::pbe::{Cipher, EncryptionScheme, Hash, MacScheme, Passphrase, Pkcs12Cipher};
use certlens_keystore::pfx::write::{
    BagAttributes, CertificateEntry, CertificateProtection, Contents, KeyEntry, KeyProtection, NoRandom, Protection,
    RandomSource, WritePassword,
};
use certlens_keystore::pfx::{Bag, BagContent, OtherAttribute, Pfx, Protection as SafeProtection};
use certlens_keystore::secret::{Password, SecretOctets};
use certlens_testkit::{Ca, CertificateBuilder, Key, Name};

use crate::build::*;

/// A generator without randomness.
pub(crate) struct Generator(pub(crate) u64);

impl Generator {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.next() % of.len()].clone()
    }

    fn often(&mut self) -> bool {
        !self.next().is_multiple_of(3)
    }
}

impl RandomSource for Generator {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), NoRandom> {
        octets.fill_with(|| self.next() as u8);
        Ok(())
    }
}

/// Keys with their certificates, and the chain of all.
pub(crate) struct Material {
    keys: Vec<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
}

impl Material {
    pub(crate) fn new() -> Material {
        let anchor = Ca::anchor("Anchor", Key::p256(90));
        let issuing = Ca::intermediate("Issuing", Key::p256(91), &anchor);
        let all = [Key::rsa2048(0), Key::p256(1), Key::p384(2), Key::ed25519(3)];
        let mut certificates = vec![issuing.der().to_vec(), anchor.der().to_vec()];
        for (number, key) in all.into_iter().enumerate() {
            let name = Name::cn(&format!("node{number}.example.com"));
            certificates.push(CertificateBuilder::new(name, key).issued_by(&issuing));
        }
        let mut keys: Vec<Vec<u8>> = all.iter().map(|key| key.pkcs8()).collect();
        // One of an algorithm whose rules it breaks: nothing computes its public half.
        keys.push(private_key());
        Material { keys, certificates }
    }

    fn contents(&self, generator: &mut Generator) -> Contents {
        let mut contents = others(generator);
        for octets in &self.keys {
            if generator.often() {
                let mut key = KeyEntry::new(SecretOctets::new(octets.clone())).unwrap();
                let usages = [
                    None,
                    Some(KeyUsageAttribute::key_exchange()),
                    Some(KeyUsageAttribute::signature()),
                    Some(KeyUsageAttribute::from_der(&[3, 2, 4, 0x10]).unwrap()),
                ];
                key.set_key_usage(generator.one(&usages).as_ref()).unwrap();
                key.attributes = attributes(generator);
                contents.keys.push(key);
            }
        }
        for octets in &self.certificates {
            if generator.often() {
                let mut entry = CertificateEntry::new(octets.clone()).unwrap();
                entry.attributes = attributes(generator);
                contents.certificates.push(entry);
            }
        }
        contents
    }
}

fn attributes(generator: &mut Generator) -> BagAttributes {
    let names = ["Microsoft Enhanced RSA and AES Cryptographic Provider", "n", "{8A8B-😀}", "Schlüssel für Köln"];
    let mut name = || generator.often().then(|| generator.one(&names).to_owned());
    let (provider, friendly_name) = (name(), name());
    let other = |dotted: &str, value: &[u8]| {
        let octets = sequence(&[&oid(dotted), &encode(Tag::SET, &[value])]);
        OtherAttribute { oid: oid(dotted)[2..].to_vec(), octets }
    };
    let all = [
        other("1.3.6.1.4.1.311.17.3.11", &octet_string(b"\0n\0\0")),
        other("1.3.6.1.4.1.311.17.3.133", &[]),
        other("1.2.3", &octet_string(b"unknown")),
    ];
    let others = all.into_iter().filter(|_| generator.next().is_multiple_of(4)).collect();
    BagAttributes { provider, machine_keyset: generator.often(), friendly_name, others }
}

/// Bags that are neither keys nor X.509 certificates, which only a file has.
fn others(generator: &mut Generator) -> Contents {
    let identifier = sequence(&[&oid("1.2.840.113549.1.9.21"), &encode(Tag::SET, &[&octet_string(b"its own")])]);
    let all = [
        typed_bag(CRL, "1.2.840.113549.1.9.23.1", &octet_string(b"crl")),
        typed_bag(CRL, "1.2.3", &octet_string(b"other")),
        typed_bag(CERTIFICATE, "1.2.840.113549.1.9.22.2", &encode(Tag::IA5_STRING, &[b"c2RzaQ=="])),
        typed_bag(CERTIFICATE, "1.2.3", &octet_string(b"x")),
        bag_with(SECRET_BAG, &sequence(&[&oid("1.2.4"), &explicit(&octet_string(b"hidden"))]), &[identifier]),
        bag("1.2.5", &octet_string(b"x")),
    ];
    let bags: Vec<Vec<u8>> = all.into_iter().filter(|_| generator.next().is_multiple_of(3)).collect();
    let (mut contents, remarks) = Contents::of(&Pfx::read(&without_mac(&[plain_safe(&bags)])).unwrap()).unwrap();
    assert_eq!(remarks, []);
    for other in &mut contents.others {
        other.attributes.friendly_name = generator.often().then(|| "other".to_owned());
    }
    contents
}

fn scheme(generator: &mut Generator) -> EncryptionScheme {
    let iterations = generator.next() as u32 % 5 + 1;
    let old =
        [Pkcs12Cipher::TripleDes, Pkcs12Cipher::TwoKeyTripleDes, Pkcs12Cipher::Rc2With128, Pkcs12Cipher::Rc2With40];
    let new = [Cipher::Aes128, Cipher::Aes192, Cipher::Aes256, Cipher::TripleDes, Cipher::Rc2 { effective_bits: 128 }];
    if generator.often() {
        EncryptionScheme::Pbes2 { cipher: generator.one(&new), prf: generator.one(&Hash::ALL), iterations }
    } else {
        EncryptionScheme::Pkcs12 { cipher: generator.one(&old), iterations }
    }
}

fn protection(generator: &mut Generator) -> Protection {
    let keys = match generator.next() % 6 {
        0 => KeyProtection::PlainKeys,
        _ => KeyProtection::Encrypted(scheme(generator)),
    };
    let certificates = match generator.often() {
        true => CertificateProtection::Encrypted(scheme(generator)),
        false => CertificateProtection::Plain,
    };
    let (hash, prf, iterations) =
        (generator.one(&Hash::ALL), generator.one(&Hash::ALL), generator.next() as u32 % 5 + 1);
    let mac = match generator.often() {
        true => MacScheme::Pkcs12 { hash, iterations },
        false => MacScheme::Pbmac1 { hash, prf, iterations },
    };
    Protection { keys, certificates, mac }
}

/// In the order in which attributes are written.
pub(crate) fn ordered(mut contents: Contents) -> Contents {
    let keys = contents.keys.iter_mut().map(|entry| &mut entry.attributes);
    let keys = keys.chain(contents.certificates.iter_mut().map(|entry| &mut entry.attributes));
    for attributes in keys.chain(contents.others.iter_mut().map(|entry| &mut entry.attributes)) {
        attributes.others.sort_by(|a, b| a.octets.cmp(&b.octets));
    }
    contents
}

/// Asserts that the same is in both, but for the localKeyIDs that a file had.
pub(crate) fn assert_same(found: &Contents, expected: &Contents) {
    let keys = |contents: &Contents| {
        contents.keys.iter().map(|key| (key.pkcs8().clone(), key.attributes.clone())).collect::<Vec<_>>()
    };
    let certificates = |contents: &Contents| {
        let all = contents.certificates.iter();
        all.map(|entry| (entry.octets().to_vec(), entry.attributes.clone())).collect::<Vec<_>>()
    };
    assert_eq!(keys(found), keys(expected));
    assert_eq!(certificates(found), certificates(expected));
    assert_eq!(found.others, expected.others);
    assert_eq!(found.pairs().unwrap(), expected.pairs().unwrap());
}

#[test]
fn what_is_written_is_read() {
    let material = Material::new();
    let passwords = ["test", "pässword 😀", " "].map(|text| Password::new(text.to_owned()));
    let mut generator = Generator(0x9e37_79b9_7f4a_7c15);
    let mut written = 0;
    for round in 0..600 {
        let contents = ordered(material.contents(&mut generator));
        if contents == Contents::default() {
            continue;
        }
        written += 1;
        let protection = protection(&mut generator);
        let given = generator.one(&passwords);
        let (password, opened_with, phrase) = match generator.next() % 8 {
            0 => (WritePassword::Empty, None, None),
            1 => (WritePassword::Absent, None, Some(Passphrase::Absent)),
            _ => (WritePassword::Given(&given), Some(&given), Some(Passphrase::Text(&given))),
        };
        let seed = generator.0;
        let file = contents.write(&protection, password, &mut Generator(seed)).unwrap();
        let file = file.expose();
        let mut pfx = Pfx::read(file).unwrap();
        assert!(pfx.forms.is_der() && pfx.trailing.is_none(), "{}", pfx.forms);
        assert_visible(&pfx, &contents);
        let opening = pfx.open(opened_with).unwrap();
        assert!(opening.verified && opening.is_complete(), "round {round}: {opening:?}");
        assert!(pfx.forms.is_der());
        assert_protected(&pfx, &protection);
        assert_paired(&pfx, &contents);
        if let Some(phrase) = phrase {
            let mac = pfx.mac.as_ref().unwrap();
            let safe = authenticated_safe(file);
            assert_eq!(mac.algorithm.as_ref().unwrap().verify(phrase, &safe, &mac.digest), Ok(true));
        }

        let (again, remarks) = Contents::of(&pfx).unwrap();
        assert_eq!(remarks, []);
        assert_same(&ordered(again.clone()), &contents);
        // The same octets once more: nothing but the random source decides.
        let twice = again.write(&protection, password, &mut Generator(seed)).unwrap();
        assert_eq!(twice.expose(), file, "round {round}");
        let other = again.write(&protection, password, &mut Generator(seed ^ 1)).unwrap();
        assert_ne!(other.expose(), file);
        assert!(pfx_refuses(file, "Test"));
    }
    assert!(written > 550, "{written}");
}

fn pfx_refuses(file: &[u8], password: &str) -> bool {
    Pfx::read(file).unwrap().open(Some(&Password::new(password.to_owned()))).is_err()
}

/// What the MAC is computed of.
fn authenticated_safe(file: &[u8]) -> Vec<u8> {
    let mut reader = certlens_core::encoding::ber::Reader::new(file);
    reader.enter(Tag::SEQUENCE).unwrap();
    reader.value().unwrap();
    reader.enter(Tag::SEQUENCE).unwrap();
    reader.value().unwrap();
    reader.enter(Tag::context_constructed(0)).unwrap();
    reader.octet_string().unwrap().into_owned()
}

/// Without the password, the attributes of keys are there and no key is.
fn assert_visible(locked: &Pfx, contents: &Contents) {
    let providers: Vec<Option<&str>> =
        locked.private_keys().map(|bag| bag.attributes.provider.as_ref().and_then(|text| text.text())).collect();
    let expected: Vec<Option<&str>> = contents.keys.iter().map(|key| key.attributes.provider.as_deref()).collect();
    assert_eq!(providers, expected);
}

fn assert_protected(pfx: &Pfx, protection: &Protection) {
    let mac = pfx.mac.as_ref().unwrap().algorithm.as_ref().unwrap();
    assert_eq!(mac.to_string(), protection.mac.with(vec![]).to_string());
    let shown = |scheme: EncryptionScheme| scheme.with(vec![], vec![]).to_string();
    let keys = match protection.keys {
        KeyProtection::PlainKeys => None,
        KeyProtection::Encrypted(scheme) => Some(shown(scheme)),
    };
    let certificates = match protection.certificates {
        CertificateProtection::Plain => "not encrypted".to_owned(),
        CertificateProtection::Encrypted(scheme) => shown(scheme),
    };
    for safe in &pfx.safes {
        for bag in safe.bags() {
            let of_safe = match &bag.content {
                BagContent::Key(_) => {
                    assert_eq!(keys, None);
                    continue;
                }
                BagContent::ShroudedKey(shrouded) => {
                    assert_eq!(Some(shrouded.encryption.as_ref().unwrap().to_string()), keys);
                    assert!(matches!(safe.protection, SafeProtection::Plain));
                    continue;
                }
                BagContent::Secret { .. } | BagContent::Other { .. } => keys.as_deref().unwrap_or("not encrypted"),
                _ => &certificates,
            };
            assert_eq!(safe.protection.to_string(), of_safe);
        }
    }
}

/// A key and a certificate have the same localKeyID if and only if they belong together.
fn assert_paired(pfx: &Pfx, contents: &Contents) {
    let pairs = contents.pairs().unwrap();
    let id = |bag: &Bag| bag.attributes.local_key_id.clone();
    for (key, key_bag) in pfx.private_keys().enumerate() {
        for (certificate, (bag, _)) in pfx.certificates().enumerate() {
            let same = id(key_bag).is_some() && id(key_bag) == id(bag);
            assert_eq!(same, pairs.contains(&(key, certificate)), "{key} {certificate}");
        }
    }
    assert_eq!(pairs.iter().map(|pair| pair.0).collect::<std::collections::BTreeSet<_>>().len(), pairs.len());
}
