use std::fs;
use std::path::Path;

use certlens_testkit::{CertificateBuilder, Key, Name, pem};
use tempfile::TempDir;

use super::*;
use crate::key::KeyError;
use crate::provider::KeyKind;

fn certificate(name: &str, key: Key) -> Vec<u8> {
    CertificateBuilder::new(Name::cn(name), key).self_signed()
}

fn data(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/keys").join(name)).unwrap()
}

/// Two certificates with their keys, one without, a key of nobody, an encrypted
/// one, and files that are neither.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, octets: &[u8]| fs::write(folder.path().join(name), octets).unwrap();
    let first = certificate("a.example.com", Key::p256(1));
    write("a.cer", &first);
    write("a.key", &Key::p256(1).pkcs8());
    let both = [
        pem::encode("CERTIFICATE", &certificate("b.example.com", Key::rsa2048(0))),
        pem::encode("PRIVATE KEY", &Key::rsa2048(0).pkcs8()),
        pem::encode("CERTIFICATE", &first),
    ];
    write("b.pem", both.concat().as_bytes());
    write("c.cer", &certificate("c.example.com", Key::p256(2)));
    write("d.key", &data("ed25519.pem"));
    write("e.key", &data("encrypted-aes-256-cbc.pem"));
    write("readme.txt", b"nothing of use");
    write("request.csr", b"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n");
    fs::create_dir(folder.path().join("inside")).unwrap();
    fs::write(folder.path().join("inside/f.cer"), certificate("f.example.com", Key::p256(3))).unwrap();
    folder
}

#[test]
fn certificates_find_their_keys() {
    let folder = folder();
    let store = Folder::read(folder.path(), &[]).unwrap();
    let entries = store.entries().unwrap();
    let shown: Vec<_> = entries.iter().map(|entry| (entry.certificate.subject().to_string(), entry.has_key)).collect();
    let names = ["CN=a.example.com", "CN=b.example.com", "CN=c.example.com"].map(str::to_owned);
    assert_eq!(shown, names.into_iter().zip([true, true, false]).collect::<Vec<_>>());
    let key = |at: usize| store.key(&entries[at].certificate).unwrap();
    assert_eq!(key(0).unwrap().facts.algorithm, KeyKind::Ec { curve: "P-256".into() });
    assert!(key(0).unwrap().origin.to_string().ends_with("a.key"));
    assert!(key(1).unwrap().origin.to_string().ends_with("b.pem"));
    assert_eq!(key(2), None);
    assert!(matches!(store.permissions(&entries[0].certificate), Err(StoreError::NoPermissions)));
    assert!(matches!(store.permissions(&entries[2].certificate), Err(StoreError::NoKey)));
}

#[test]
fn what_is_left_over_is_said() {
    let folder = folder();
    fs::write(folder.path().join("g.pfx"), PFX).unwrap();
    // What should be a SEQUENCE of safes is a SET.
    let mut damaged = PFX.to_vec();
    damaged[PFX.len() - 2] = 0x31;
    fs::write(folder.path().join("h.pfx"), damaged).unwrap();
    let store = Folder::read(folder.path(), &[]).unwrap();
    let lone: Vec<_> = store.lone_keys().iter().map(|key| key.facts.as_ref().map(|facts| &facts.algorithm)).collect();
    assert_eq!(lone, [Ok(&KeyKind::Ed25519), Err(&KeyError::PasswordNeeded)]);
    let skipped: Vec<_> = store
        .skipped()
        .iter()
        .map(|file| {
            let name = Path::new(&file.path).file_name().unwrap().to_str().unwrap();
            let why = match file.why {
                NotUsed::Pfx(_) => "damaged PFX",
                NotUsed::Input(_) => "of no use",
                NotUsed::Other(_) => "other",
                NotUsed::Io(_) => "I/O",
            };
            (name, why)
        })
        .collect();
    assert_eq!(
        skipped,
        [("g.pfx", "other"), ("h.pfx", "damaged PFX"), ("readme.txt", "of no use"), ("request.csr", "other")]
    );

    let password = Password::new("Paßwort 1".to_owned());
    let other = Password::new("another".to_owned());
    let store = Folder::read(folder.path(), &[other, password]).unwrap();
    assert!(store.lone_keys().iter().all(|key| key.facts.is_ok()));
}

/// A PFX file of no safes.
const PFX: &[u8] =
    &[0x30, 0x16, 2, 1, 3, 0x30, 0x11, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1, 0xa0, 4, 4, 2, 0x30, 0];

#[test]
fn searches() {
    let folder = folder();
    let store = Folder::read(folder.path(), &[]).unwrap();
    let entries = store.entries().unwrap();
    let first = &entries[0].certificate;
    let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, first.der());
    let digits: Vec<String> = sha1.as_ref().iter().map(|octet| format!("{octet:02X}")).collect();
    let found = |search: &Search| {
        let found = store.find(search).unwrap();
        found.iter().map(|entry| entry.certificate.subject().to_string()).collect::<Vec<_>>().join(" ")
    };
    for text in
        [digits.concat(), digits.join(" "), digits.join(":").to_lowercase(), format!("\u{200e}{}", digits.concat())]
    {
        assert_eq!(found(&Search::parse(&text)), "CN=a.example.com", "{text}");
    }
    assert_eq!(found(&Search::parse(&first.id().to_string())), "CN=a.example.com");
    assert_eq!(found(&Search::Serial(first.serial().as_bytes().to_vec())), "CN=a.example.com");
    assert_eq!(found(&Search::parse("B.example")), "CN=b.example.com");
    assert_eq!(found(&Search::parse("example.com")).matches("CN=").count(), 3);
    assert_eq!(found(&Search::Sha1([0; 20])), "");
}

#[test]
fn a_folder_is_read_alone_and_within_limits() {
    let folder = folder();
    let mut store = Folder::read(folder.path(), &[]).unwrap();
    assert!(matches!(store.import(PFX, None, ImportFlags::NONE), Err(StoreError::ReadOnly)));
    assert_eq!(store.name(), folder.path().display().to_string());
    let missing = Folder::read(&folder.path().join("missing"), &[]).unwrap_err();
    assert!(missing.to_string().contains("missing cannot be read"), "{missing}");

    let keys = pem::encode("PRIVATE KEY", &Key::p256(0).pkcs8()).repeat(128);
    for name in ["1.pem", "2.pem", "3.pem", "4.pem", "5.pem"] {
        fs::write(folder.path().join(name), &keys).unwrap();
    }
    let error = Folder::read(folder.path(), &[]).unwrap_err();
    assert!(matches!(error, StoreError::LimitExceeded { name: "MAX_FOLDER_KEYS", .. }), "{error}");
}
