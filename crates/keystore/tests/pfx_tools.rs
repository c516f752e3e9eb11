//! Files that are written here, opened by OpenSSL, NSS, GnuTLS and Java: with the
//! key, the certificates and, where the program shows them, the attributes.
//!
//! A program that is not installed is said, and under CI it has to be there.

#![expect(clippy::unwrap_used, reason = "a harness that finds its data broken has to stop")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use certlens_core::encoding::input;
use certlens_keystore::key;
use certlens_keystore::pbe::{Cipher, EncryptionScheme, Hash, MacScheme, Pkcs12Cipher};
use certlens_keystore::pfx::write::{
    CertificateEntry, CertificateProtection, Contents, KeyEntry, KeyProtection, Protection, SystemRandom, WritePassword,
};
use certlens_keystore::provider::KeySpec;
use certlens_keystore::provider::releases::CompatibleWith;
use certlens_keystore::secret::{Password, SecretOctets};
use certlens_testkit::{Ca, CertificateBuilder, Key, Name};

#[path = "pfx_tools/gnutls.rs"]
mod gnutls;
#[path = "pfx_tools/java.rs"]
mod java;
#[path = "pfx_tools/nss.rs"]
mod nss;
#[path = "pfx_tools/openssl.rs"]
mod openssl;

const PASSWORD: &str = "correct horse";
const PROVIDER: &str = "Microsoft Enhanced RSA and AES Cryptographic Provider";
const CONTAINER: &str = "te-node1-2c5e";
const FRIENDLY: &str = "Node 1";

/// A file, with what is in it.
struct Written {
    /// What the file is about.
    name: String,
    /// End entity, intermediate, anchor.
    certificates: Vec<Vec<u8>>,
    file: Vec<u8>,
}

fn contents() -> Contents {
    let anchor = Ca::anchor("Anchor", Key::p256(90));
    let issuing = Ca::intermediate("Issuing", Key::p256(91), &anchor);
    let end = CertificateBuilder::new(Name::cn("node1.example.com"), Key::rsa2048(0)).issued_by(&issuing);
    let mut contents = Contents::default();
    let mut key = KeyEntry::new(SecretOctets::new(Key::rsa2048(0).pkcs8())).unwrap();
    key.set_key_spec(Some(KeySpec::Exchange)).unwrap();
    key.attributes.provider = Some(PROVIDER.to_owned());
    key.attributes.machine_keyset = true;
    key.attributes.friendly_name = Some(CONTAINER.to_owned());
    contents.keys.push(key);
    for (octets, name) in [(end, Some(FRIENDLY)), (issuing.der().to_vec(), None), (anchor.der().to_vec(), None)] {
        let mut entry = CertificateEntry::new(octets).unwrap();
        entry.attributes.friendly_name = name.map(str::to_owned);
        contents.certificates.push(entry);
    }
    contents
}

fn write(name: &str, contents: &Contents, protection: Protection) -> Written {
    let password = Password::new(PASSWORD.to_owned());
    let file = contents.write(&protection, WritePassword::Given(&password), &mut SystemRandom).unwrap();
    Written {
        name: name.to_owned(),
        certificates: contents.certificates.iter().map(|entry| entry.octets().to_vec()).collect(),
        file: file.expose().to_vec(),
    }
}

/// A file for each preset.
fn presets() -> Vec<Written> {
    CompatibleWith::ALL.into_iter().map(|preset| write(preset.name(), &contents(), preset.into())).collect()
}

/// Files with other choices, which every one of the programs knows.
fn choices() -> Vec<Written> {
    let aes = |cipher, prf| EncryptionScheme::Pbes2 { cipher, prf, iterations: 2_000 };
    let mac = |hash| MacScheme::Pkcs12 { hash, iterations: 2_000 };
    let encrypted = |scheme: EncryptionScheme, mac| Protection {
        keys: KeyProtection::Encrypted(scheme),
        certificates: CertificateProtection::Encrypted(scheme),
        mac,
    };
    let modern = aes(Cipher::Aes256, Hash::Sha256);
    let plain = CertificateProtection::Plain;
    [
        ("AES-128 with SHA-1", encrypted(aes(Cipher::Aes128, Hash::Sha1), mac(Hash::Sha1))),
        ("AES-192 with SHA-512", encrypted(aes(Cipher::Aes192, Hash::Sha512), mac(Hash::Sha512))),
        ("AES-256 with SHA-384", encrypted(aes(Cipher::Aes256, Hash::Sha384), mac(Hash::Sha384))),
        ("plain certificates", Protection { certificates: plain, ..encrypted(modern, mac(Hash::Sha256)) }),
        (
            "Triple DES and SHA-256",
            encrypted(
                EncryptionScheme::Pkcs12 { cipher: Pkcs12Cipher::TripleDes, iterations: 2_000 },
                mac(Hash::Sha256),
            ),
        ),
    ]
    .map(|(name, protection)| write(name, &contents(), protection))
    .into()
}

/// The program, when it is there.
fn program(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        let message = format!("SKIPPED: {name} is not installed (Debian: apt-get install {package})\n");
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
        // Past the harness, which shows nothing of a test that passes.
        std::io::stderr().write_all(message.as_bytes()).unwrap();
    }
    found
}

/// Runs a program that has to succeed, and returns both of its outputs.
fn run(program: &Path, arguments: &[&str], about: &str) -> String {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap();
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{about}: {} {arguments:?}: {text}", program.display());
    text
}

/// The certificates in a text with PEM blocks, in order.
fn certificates_in(text: &str) -> Vec<Vec<u8>> {
    let read = input::read(text.as_bytes()).unwrap();
    read.objects.into_iter().map(|object| object.der).filter(|der| !der.is_empty()).collect()
}

/// The public half of each private key in a text with PEM blocks.
fn keys_in(text: &str) -> Vec<Vec<u8>> {
    key::find(text.as_bytes(), None).into_iter().map(|found| found.key.unwrap().spki().unwrap().to_vec()).collect()
}

impl Written {
    fn assert_key_and_certificates(&self, text: &str) {
        assert_eq!(keys_in(text), [Key::rsa2048(0).spki()], "{}: {text}", self.name);
        self.assert_certificates(certificates_in(text));
    }

    /// Asserts that these are the certificates, in whichever order.
    fn assert_certificates(&self, mut found: Vec<Vec<u8>>) {
        let mut expected = self.certificates.clone();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{}", self.name);
    }
}
