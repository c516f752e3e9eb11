//! Private keys that OpenSSL made (`data/keys/make.sh`), of every kind and in
//! every form, against the public keys that OpenSSL says they have.

#![expect(clippy::unwrap_used, reason = "a test that finds its data broken has to stop")]

use std::fs;
use std::path::Path;

use certlens_core::encoding::pem::blocks;
use certlens_core::encoding::text::Text;
use certlens_keystore::key::{KeyError, KeyUsageAttribute, Match, NoMatch, NoPublicKey, PrivateKey, find};
use certlens_keystore::pbe::{Cipher, Count, Encryption, Hash, Kdf, Passphrase, Pkcs12Cipher};
use certlens_keystore::secret::Password;

fn file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/keys").join(name)).unwrap()
}

fn password() -> Password {
    Password::new("Paßwort 1".to_owned())
}

fn read(name: &str) -> PrivateKey {
    PrivateKey::read(&file(name), None).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The SubjectPublicKeyInfo that OpenSSL wrote for the key of this name.
fn public(name: &str) -> Vec<u8> {
    let text = file(&format!("{name}.pub.pem"));
    blocks(&Text::detect(&text).unwrap()).next().unwrap().unwrap().der.clone()
}

/// Names of keys, what they are called, and whether the public half is computed;
/// else it is stored with the key, or not known.
const KEYS: &[(&str, &str)] = &[
    ("rsa1024", "RSA 1024"),
    ("rsa2048", "RSA 2048"),
    ("rsa2048-e3", "RSA 2048"),
    ("rsa-pss", "RSA-PSS 2048"),
    ("rsa-pss-sha256", "RSA-PSS 2048"),
    ("ec-P-256", "EC P-256"),
    ("ec-P-384", "EC P-384"),
    ("ec-P-521", "EC P-521"),
    ("ec-secp256k1", "EC secp256k1"),
    ("ec-brainpoolP256r1", "EC brainpoolP256r1"),
    ("ec-explicit", "EC with explicit parameters"),
    ("ec-with-parameters", "EC P-256"),
    ("ed25519", "Ed25519"),
    ("ed448", "Ed448"),
    ("x25519", "X25519"),
    ("x448", "X448"),
    ("dsa", "DSA 1024"),
    ("dh", "DH 2048"),
    ("dhx", "DH 2048"),
];

#[test]
fn keys_of_every_kind_match_their_own_public_key_and_no_other() {
    let publics: Vec<Vec<u8>> = KEYS.iter().map(|(name, _)| public(name)).collect();
    for (own, (name, description)) in KEYS.iter().enumerate() {
        let key = read(&format!("{name}.pem"));
        assert_eq!((key.algorithm().describe().as_str(), key.problems()), (*description, &[][..]), "{name}");
        for (at, spki) in publics.iter().enumerate() {
            let expected = match (*name, KEYS.get(at).unwrap().0) {
                // Neither stored nor computed, so that only another kind of key is told apart.
                ("ed448", "ed448") | ("x448", "x448" | "x25519" | "dh" | "dhx") => {
                    Match::Unknown(NoMatch::PublicHalf(NoPublicKey::NotComputed))
                }
                // Stored and not computed.
                ("ec-secp256k1" | "ec-brainpoolP256r1" | "ec-explicit", _) if at == own => {
                    Match::Unknown(NoMatch::Stored)
                }
                _ if at == own => Match::Yes,
                _ => Match::No,
            };
            assert_eq!(key.matches(spki), expected, "{name} and {}", KEYS.get(at).unwrap().0);
        }
        if let Ok(spki) = key.spki() {
            assert_eq!(spki, publics.get(own).unwrap().as_slice(), "{name}");
        }
        assert_eq!(PrivateKey::from_pkcs8(key.to_pkcs8().expose()).unwrap(), key, "{name}");
    }
}

#[test]
fn older_forms_are_the_same_keys() {
    let curve = read("ec-P-256.pem");
    for (name, same) in [
        ("rsa2048.pkcs1.pem", "rsa2048.pem"),
        ("rsa2048.der", "rsa2048.pem"),
        ("dsa.traditional.pem", "dsa.pem"),
        ("ec-P-256.sec1.pem", "ec-P-256.pem"),
        ("ec-P-256.compressed.pem", "ec-P-256.pem"),
        ("ec-P-256.no-public.pem", "ec-P-256.pem"),
    ] {
        let (key, same) = (read(name), read(same));
        assert_eq!((key.problems(), key.spki()), (&[][..], same.spki()), "{name}");
        assert_eq!(key.to_pkcs8(), same.to_pkcs8(), "{name}");
    }
    assert_eq!(curve.to_pem().expose(), file("ec-P-256.pem"), "written as OpenSSL writes it");
    // OpenSSL's parameters before the key are no key.
    assert_eq!(find(&file("ec-with-parameters.pem"), None).len(), 1);
}

const ENCRYPTED: &[&str] = &[
    "encrypted-aes-128-cbc.pem",
    "encrypted-aes-192-cbc.pem",
    "encrypted-aes-256-cbc.pem",
    "encrypted-des3.pem",
    "encrypted-rc2-cbc.pem",
    "encrypted-hmacWithSHA1.pem",
    "encrypted-hmacWithSHA224.pem",
    "encrypted-hmacWithSHA384.pem",
    "encrypted-hmacWithSHA512.pem",
    "encrypted-iterations.pem",
    "encrypted-scrypt.pem",
    "encrypted-PBE-SHA1-3DES.pem",
    "encrypted-PBE-SHA1-2DES.pem",
    "encrypted-PBE-SHA1-RC2-40.pem",
    "encrypted-PBE-SHA1-RC2-128.pem",
    "encrypted.der",
    "traditional-aes128.pem",
    "traditional-aes192.pem",
    "traditional-aes256.pem",
    "traditional-des3.pem",
];

#[test]
fn encrypted_keys_open_with_their_password_alone() {
    let key = read("ec-P-256.pem");
    let wrong = Password::new("Passwort 1".to_owned());
    for name in ENCRYPTED {
        let read = |password: Option<&Password>| PrivateKey::read(&file(name), password);
        let opened = read(Some(&password())).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(opened, key, "{name}");
        assert_eq!(read(None), Err(KeyError::PasswordNeeded), "{name}");
        assert_eq!(read(Some(&wrong)), Err(KeyError::WrongPassword), "{name}");
    }
    for (name, plain) in [("traditional-rsa.pem", "rsa2048.pem"), ("traditional-dsa.pem", "dsa.pem")] {
        let opened = PrivateKey::read(&file(name), Some(&password())).unwrap();
        assert_eq!(opened.to_pkcs8(), read(plain).to_pkcs8(), "{name}");
        assert_eq!(PrivateKey::read(&file(name), Some(&wrong)), Err(KeyError::WrongPassword), "{name}");
    }
    let empty = Password::new(String::new());
    assert_eq!(PrivateKey::read(&file("encrypted-empty-password.pem"), Some(&empty)).unwrap(), key);
}

#[test]
fn what_is_not_decrypted_is_named() {
    for (name, said) in [
        ("encrypted-camellia.pem", "cipher 1.2.392.200011.61.1.1.1.4 is not supported"),
        ("encrypted-PBE-MD5-DES.pem", "pbeWithMD5AndDES-CBC is not supported"),
        ("encrypted-PBE-SHA1-RC4-128.pem", "RC4"),
        ("traditional-des.pem", "DES-CBC, which is not read"),
        ("traditional-camellia256.pem", "CAMELLIA-256-CBC, which is not read"),
    ] {
        let error = PrivateKey::read(&file(name), Some(&password())).unwrap_err().to_string();
        assert!(error.contains(said), "{name}: {error}");
    }
}

#[test]
fn keys_are_encrypted_and_read_back() {
    let mut key = read("rsa2048.pem");
    key.set_key_usage(Some(&KeyUsageAttribute::key_exchange()));
    let password = password();
    let iterations = Count::new(10);
    let kdf = Kdf::Pbkdf2 { salt: vec![1; 16], iterations, key_length: None, prf: Hash::Sha256 };
    for encryption in [
        Encryption::Pbes2 { kdf, cipher: Cipher::Aes256, iv: vec![2; 16] },
        Encryption::Pkcs12 { cipher: Pkcs12Cipher::TripleDes, salt: vec![1; 8], iterations },
    ] {
        let pem = key.to_encrypted_pem(&encryption, Passphrase::Text(&password)).unwrap();
        let read = PrivateKey::read(pem.expose(), Some(&password)).unwrap();
        assert_eq!(read, key);
        assert_eq!(read.attributes().key_usage(), Some(KeyUsageAttribute::key_exchange()));
    }
}

#[test]
fn damaged_encrypted_keys_are_refused_without_harm() {
    let password = password();
    for name in ["encrypted.der", "encrypted-PBE-SHA1-3DES.pem", "traditional-aes128.pem"] {
        let whole = file(name);
        for length in (0..whole.len()).step_by(7) {
            assert!(PrivateKey::read(whole.get(..length).unwrap(), Some(&password)).is_err(), "{name} at {length}");
        }
        // Every octet of the envelope, and some of what it holds: these may decrypt, to
        // nothing or to another key, and iteration counts may become costly.
        for at in (0..whole.len()).filter(|at| *at < 60 || at % 11 == 0) {
            let mut damaged = whole.clone();
            *damaged.get_mut(at).unwrap() ^= 0x10;
            let _ = PrivateKey::read(&damaged, Some(&password));
        }
    }
}
