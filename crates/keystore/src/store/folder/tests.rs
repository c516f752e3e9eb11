use std::fs;

use certlens_core::encoding::input::MAX_INPUT_OCTETS;
use certlens_testkit::{CertificateBuilder, Key, Name, pem};
use tempfile::TempDir;

use super::*;
use crate::pbe::{Cipher, EncryptionScheme, Hash, MacScheme};
use crate::pfx::OpenErrorKind;
use crate::pfx::write::{
    CertificateEntry, CertificateProtection, Contents, KeyEntry, KeyProtection, Protection, SystemRandom, WritePassword,
};
use crate::provider::{ImpliedSpec, KeyKind, KeySpec, NamedProvider, UsageAttribute};
use crate::secret::SecretOctets;

const CSP: &str = "Microsoft RSA SChannel Cryptographic Provider";

fn certificate(name: &str, key: Key) -> Vec<u8> {
    CertificateBuilder::new(Name::cn(name), key).self_signed()
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

/// What Windows is told of the key: a CSP, for exchange, the machine's, container `box`.
fn key(key: Key) -> KeyEntry {
    let mut entry = KeyEntry::new(SecretOctets::new(key.pkcs8())).unwrap();
    entry.set_key_spec(Some(KeySpec::Exchange)).unwrap();
    entry.attributes.provider = Some(CSP.to_owned());
    entry.attributes.machine_keyset = true;
    entry.attributes.friendly_name = Some("box".to_owned());
    entry
}

fn pfx(keys: Vec<KeyEntry>, certificates: &[Vec<u8>], opens_with: &str, is_plain: bool) -> Vec<u8> {
    let mut contents = Contents { keys, ..Contents::default() };
    for der in certificates {
        let mut entry = CertificateEntry::new(der.clone()).unwrap();
        entry.attributes.friendly_name = Some("Node 1".to_owned());
        contents.certificates.push(entry);
    }
    let scheme = EncryptionScheme::Pbes2 { cipher: Cipher::Aes256, prf: Hash::Sha256, iterations: 1_000 };
    let protection = Protection {
        keys: KeyProtection::Encrypted(scheme),
        certificates: if is_plain { CertificateProtection::Plain } else { CertificateProtection::Encrypted(scheme) },
        mac: MacScheme::Pkcs12 { hash: Hash::Sha256, iterations: 1_000 },
    };
    let password = password(opens_with);
    let given = if password.is_empty() { WritePassword::Empty } else { WritePassword::Given(&password) };
    contents.write(&protection, given, &mut SystemRandom).unwrap().expose().to_vec()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, octets) in files {
        fs::write(folder.path().join(name), octets).unwrap();
    }
    folder
}

fn name(path: &str) -> &str {
    Path::new(path).file_name().unwrap().to_str().unwrap()
}

#[test]
fn what_windows_is_told_comes_out_of_pfx_files() {
    let (first, second) =
        (certificate("a.example.com", Key::rsa2048(0)), certificate("b.example.com", Key::rsa2048(1)));
    let armored = pem::encode("PKCS12", &pfx(vec![key(Key::rsa2048(1))], std::slice::from_ref(&second), "two", true));
    let folder = folder(&[
        ("a.cer", &first),
        // The same key as in the PFX file, which says more of it.
        ("a.key", &Key::rsa2048(0).pkcs8()),
        ("c.pfx", &pfx(vec![key(Key::rsa2048(0))], std::slice::from_ref(&first), "one", false)),
        ("d.p12", armored.as_bytes()),
    ]);
    let store = Folder::read(folder.path(), &[password("wrong"), password("one"), password("two")]).unwrap();
    assert!(store.skipped().is_empty() && store.not_opened().is_empty() && store.lone_keys().is_empty(), "{store:?}");
    let entries = store.entries().unwrap();
    assert_eq!(entries.len(), 2);
    for (entry, file) in entries.iter().zip(["c.pfx", "d.p12"]) {
        assert_eq!((entry.has_key, entry.friendly_name.as_deref()), (true, Some("Node 1")));
        let stored = store.key(&entry.certificate).unwrap().unwrap();
        assert!(matches!(&stored.origin, Origin::PfxBag { path, safe: 1, bag: 1 } if name(path) == file), "{stored:?}");
        assert_eq!(stored.facts.provider, NamedProvider::Name(CSP.to_owned()));
        assert_eq!(stored.facts.implied_spec(), Some(ImpliedSpec::Csp(KeySpec::Exchange)));
        assert_eq!(stored.facts.algorithm, KeyKind::Rsa { bits: 2048 });
        assert_eq!((stored.facts.machine_keyset, stored.container.as_deref()), (true, Some("box")));
    }
}

#[test]
fn without_the_password_what_is_readable_is_used() {
    let (open, hidden) = (certificate("a.example.com", Key::rsa2048(0)), certificate("b.example.com", Key::rsa2048(1)));
    let folder = folder(&[
        ("a.pfx", &pfx(vec![key(Key::rsa2048(0))], std::slice::from_ref(&open), "one", true)),
        ("b.pfx", &pfx(vec![key(Key::rsa2048(1))], std::slice::from_ref(&hidden), "one", false)),
        ("c.pfx", &pfx(Vec::new(), std::slice::from_ref(&hidden), "", false)),
    ]);
    for passwords in [&[][..], &[password("wrong")]] {
        let store = Folder::read(folder.path(), passwords).unwrap();
        let not_opened: Vec<_> =
            store.not_opened().iter().map(|file| (name(&file.path), file.error.kind.clone())).collect();
        let wrong = OpenErrorKind::WrongPassword { given: !passwords.is_empty() };
        assert_eq!(not_opened, [("a.pfx", wrong.clone()), ("b.pfx", wrong)]);
        // The certificate of the first is not encrypted, and its localKeyID is the key's;
        // the password of the third is the empty one.
        let entries = store.entries().unwrap();
        let shown: Vec<_> =
            entries.iter().map(|entry| (entry.certificate.subject().to_string(), entry.has_key)).collect();
        assert_eq!(shown, [("CN=a.example.com".to_owned(), true), ("CN=b.example.com".to_owned(), false)]);
        let stored = store.key(&entries[0].certificate).unwrap().unwrap();
        assert_eq!(stored.facts.provider, NamedProvider::Name(CSP.to_owned()));
        assert_eq!(stored.facts.usage, UsageAttribute::Unknown);
        assert_eq!(stored.facts.algorithm, KeyKind::Rsa { bits: 2048 });
        let [lone] = store.lone_keys() else { panic!("{:?}", store.lone_keys()) };
        let facts = lone.facts.as_ref().unwrap();
        assert_eq!((&facts.provider, &facts.algorithm), (&NamedProvider::Name(CSP.to_owned()), &KeyKind::Unknown));
        assert!(facts.machine_keyset && matches!(&lone.origin, Origin::PfxBag { path, .. } if name(path) == "b.pfx"));
    }
    // Opened elsewhere in the folder, the same key is known by itself.
    let store = Folder::read(folder.path(), &[password("one")]).unwrap();
    assert!(store.not_opened().is_empty() && store.lone_keys().is_empty());
    assert!(store.entries().unwrap().iter().all(|entry| entry.has_key));
}

#[test]
fn a_key_finds_its_certificate_in_another_file() {
    let der = certificate("a.example.com", Key::rsa2048(0));
    let folder =
        folder(&[("a.cer", &der), ("b.pfx", &pfx(vec![key(Key::rsa2048(0))], &[], "one", false)), ("c", b"nothing")]);
    let store = Folder::read(folder.path(), &[password("one")]).unwrap();
    let entries = store.entries().unwrap();
    let stored = store.key(&entries[0].certificate).unwrap().unwrap();
    assert!(entries[0].has_key && matches!(stored.origin, Origin::PfxBag { .. }));
    assert_eq!(entries[0].friendly_name, None);
}

/// What is beyond a limit is not looked into.
#[test]
fn limits_end_the_reading() {
    let exceeded = |files: &[(&str, &[u8])]| {
        let folder = folder(files);
        match Folder::read(folder.path(), &[password("one")]) {
            Err(StoreError::LimitExceeded { name, .. }) => name,
            other => panic!("{other:?}"),
        }
    };
    let keys = pem::encode("PRIVATE KEY", &Key::p256(0).pkcs8()).repeat(MAX_FOLDER_KEYS);
    let full = ("1.pem", keys.as_bytes());
    let folder_of_keys = folder(&[full]);
    assert_eq!(Folder::read(folder_of_keys.path(), &[]).unwrap().lone_keys().len(), MAX_FOLDER_KEYS);
    let one = Key::p256(0).pkcs8();
    assert_eq!(exceeded(&[full, ("2.key", &one)]), "MAX_FOLDER_KEYS");
    assert_eq!(exceeded(&[full, ("2.pfx", &pfx(vec![key(Key::rsa2048(0))], &[], "one", true))]), "MAX_FOLDER_KEYS");

    // Files without content take no room on the disk, and are read nevertheless.
    let folder = TempDir::new().unwrap();
    for at in 0..=MAX_FOLDER_OCTETS / MAX_INPUT_OCTETS {
        let file = fs::File::create(folder.path().join(at.to_string())).unwrap();
        file.set_len(MAX_INPUT_OCTETS as u64).unwrap();
    }
    let error = Folder::read(folder.path(), &[]).unwrap_err();
    assert!(matches!(error, StoreError::LimitExceeded { name: "MAX_FOLDER_OCTETS", .. }), "{error}");
}

/// A folder's files together cost no more than it may.
#[test]
fn work_is_counted_for_the_folder() {
    let file = pfx(Vec::new(), &[certificate("a.example.com", Key::p256(1))], "one", false);
    let passwords = [password("one")];
    let mut reader = reader::Reader::new(&passwords);
    reader.pfx("a.pfx", &file).unwrap();
    // 1,000 iterations of the MAC, and twice as many hashes for the certificates.
    assert_eq!(MAX_FOLDER_ROUNDS - reader.rounds, 3_000);
    reader.rounds = 2_999;
    reader.pfx("b.pfx", &file).unwrap();
    let [not_opened] = reader.not_opened.as_slice() else { panic!("{:?}", reader.not_opened) };
    assert!(matches!(&not_opened.error.kind, OpenErrorKind::Limit(limit) if limit.name == "MAX_ROUNDS"));
}
