use std::path::Path;

use super::*;
use certlens_keystore::pfx::write::{Contents, KeyEntry, SystemRandom, WritePassword};
use certlens_keystore::provider::KeySpec;
use certlens_keystore::provider::releases::CompatibleWith;
use certlens_keystore::secret::{Password, SecretOctets};
use certlens_testkit::{Ca, CertificateBuilder, Key, Name, pem};

const PASSWORD: &str = "swordfish";

/// Of the file in OpenSSL's traditional encryption.
const TRADITIONAL_PASSWORD: &str = "Paßwort 1";

/// A folder with a client's certificate, its issuer and the root above.
struct Files {
    folder: tempfile::TempDir,
    root: Ca,
    issuing: Ca,
    client: Vec<u8>,
}

const CLIENT: fn() -> Key = || Key::p256(1);

impl Files {
    fn new() -> Files {
        let root = Ca::anchor("Root", Key::p256(90));
        let issuing = Ca::intermediate("Issuing", Key::p256(91), &root);
        let client = CertificateBuilder::new(Name::cn("client"), CLIENT()).issued_by(&issuing);
        Files { folder: tempfile::tempdir().unwrap(), root, issuing, client }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// The chain in PEM, not in its order.
    fn chain(&self) -> String {
        [self.root.der(), self.client.as_slice(), self.issuing.der()].map(pem::certificate).concat()
    }

    fn password(&self, password: &str) -> std::path::PathBuf {
        Path::new(&self.write("password", password)).to_owned()
    }

    fn pfx(&self, keys: &[Key], certificates: &[&[u8]]) -> Vec<u8> {
        let mut contents = Contents::default();
        for key in keys {
            let mut key = KeyEntry::new(SecretOctets::new(key.pkcs8())).unwrap();
            // As Windows writes it, an attribute of the key.
            key.set_key_spec(Some(KeySpec::Exchange)).unwrap();
            contents.keys.push(key);
        }
        for certificate in certificates {
            contents.add_certificate(certificate.to_vec()).unwrap();
        }
        let password = Password::new(PASSWORD.to_owned());
        let protection = CompatibleWith::Server2016.into();
        contents.write(&protection, WritePassword::Given(&password), &mut SystemRandom).unwrap().expose().to_vec()
    }
}

fn given(cert: &str, key: Option<&str>, password: Option<&Path>) -> ClientArgs {
    ClientArgs {
        client_cert: Some(cert.to_owned()),
        client_key: key.map(str::to_owned),
        client_password_file: password.map(Path::to_owned),
        client_password_env: None,
    }
}

/// How many certificates the server is sent.
#[track_caller]
fn sent(args: &ClientArgs) -> String {
    format!("{:?}", read(args).unwrap().unwrap())
}

const TWO: &str = "Identity(2 certificates, key not shown)";

#[track_caller]
fn failing(args: &ClientArgs, message: &str, advice: &str) {
    let failure = read(args).unwrap_err();
    assert!(failure.message.contains(message), "{failure}");
    assert!(failure.advice.as_deref().unwrap_or_default().contains(advice), "{failure}");
    assert!(!failure.to_string().contains(PASSWORD), "{failure}");
}

#[test]
fn certificate_and_key_in_one_file_or_two() {
    let files = Files::new();
    assert!(read(&ClientArgs::default()).unwrap().is_none());
    let key = pem::encode("PRIVATE KEY", &CLIENT().pkcs8());
    let both = files.write("both.pem", format!("{key}{}", files.chain()));
    assert_eq!(sent(&given(&both, None, None)), TWO);
    let chain = files.write("chain.pem", files.chain());
    let key_file = files.write("client.key", &key);
    assert_eq!(sent(&given(&chain, Some(&key_file), None)), TWO);
    let der = files.write("client.cer", &files.client);
    let key_der = files.write("key.der", CLIENT().pkcs8());
    assert_eq!(sent(&given(&der, Some(&key_der), None)), "Identity(1 certificates, key not shown)");
    // Without a root, but for one that is the client's own.
    let own = CertificateBuilder::new(Name::cn("own"), CLIENT()).self_signed();
    let own = files.write("own.pem", format!("{key}{}", pem::certificate(&own)));
    assert_eq!(sent(&given(&own, None, None)), "Identity(1 certificates, key not shown)");
}

#[test]
fn encrypted_keys_take_a_password() {
    let files = Files::new();
    let scheme = CompatibleWith::Modern.preset().keys;
    let encryption = scheme.with(vec![7; scheme.salt_octets()], vec![7; scheme.iv_octets()]);
    let key = PrivateKey::from_pkcs8(&CLIENT().pkcs8()).unwrap();
    let password = Password::new(PASSWORD.to_owned());
    let passphrase = certlens_keystore::pbe::Passphrase::Text(&password);
    let encrypted = key.to_encrypted_pem(&encryption, passphrase).unwrap();
    let both = files.write("both.pem", [encrypted.expose(), files.chain().as_bytes()].concat());
    assert_eq!(sent(&given(&both, None, Some(&files.password(PASSWORD)))), TWO);
    failing(&given(&both, None, Some(&files.password("wrong"))), "line 1: the password is wrong", "upper and lower");
    failing(&given(&both, None, None), "line 1: the private key is encrypted", "--client-password-file");

    // Of OpenSSL's traditional kind.
    let traditional = include_bytes!("../../../../crates/keystore/tests/data/keys/traditional-aes256.pem");
    let password = Password::new(TRADITIONAL_PASSWORD.to_owned());
    let key = PrivateKey::read(traditional, Some(&password)).unwrap();
    let certificate = CertificateBuilder::new(Name::cn("client"), CLIENT()).spki(key.spki().unwrap().to_vec());
    let certificate = pem::certificate(&certificate.issued_by(&files.issuing));
    let both = files.write("both.pem", [traditional, certificate.as_bytes()].concat());
    let args = given(&both, None, Some(&files.password(TRADITIONAL_PASSWORD)));
    assert_eq!(sent(&args), "Identity(1 certificates, key not shown)");
    failing(&given(&both, None, Some(&files.password("wrong"))), "the password is wrong", "upper and lower");
}

#[test]
fn a_pfx_has_all_of_it() {
    let files = Files::new();
    let pfx = files.pfx(&[CLIENT()], &[files.root.der(), files.issuing.der(), &files.client]);
    let file = files.write("client.pfx", &pfx);
    let right = files.password(PASSWORD);
    assert_eq!(sent(&given(&file, None, Some(&right))), TWO);
    let text = files.write("client.b64", pem::base64(&pfx));
    assert_eq!(sent(&given(&text, None, Some(&right))), TWO);
    failing(&given(&file, None, None), "does not open without a password", "--client-password-file");
    failing(&given(&file, Some("other.key"), Some(&right)), "brings its own key", "leave --client-key out");
    let chain = files.write("chain.pem", files.chain());
    failing(&given(&chain, Some(&file), Some(&right)), "is a PFX file", "with --client-cert");
    let without_key = files.write("none.pfx", files.pfx(&[], &[&files.client]));
    failing(&given(&without_key, None, Some(&right)), "no private key", "--client-key");
    let without_certificate = files.write("none.pfx", files.pfx(&[CLIENT()], &[]));
    failing(&given(&without_certificate, None, Some(&right)), "no certificate", "--client-cert");
    let other = files.write("other.pfx", files.pfx(&[Key::p256(2)], &[&files.client]));
    failing(&given(&other, None, Some(&right)), "that of none of the certificates", "issued");
    let second = CertificateBuilder::new(Name::cn("second"), Key::p256(2)).issued_by(&files.issuing);
    let two = files.write("two.pfx", files.pfx(&[CLIENT(), Key::p256(2)], &[&files.client, &second]));
    failing(&given(&two, None, Some(&right)), "several certificates have their private key there", "one certificate");
    let wrong = files.password("wrong");
    failing(&given(&file, None, Some(&wrong)), "the password is wrong", "Check the password");
}

#[test]
fn what_is_missing_or_does_not_fit_is_named() {
    let files = Files::new();
    let chain = files.write("chain.pem", files.chain());
    let key = files.write("client.key", pem::encode("PRIVATE KEY", &CLIENT().pkcs8()));
    failing(&given(&chain, None, None), "chain.pem: there is no private key in it", "--client-key FILE");
    failing(&given(&key, None, None), "client.key: there is no certificate in it", "--client-cert FILE");
    failing(&given(&chain, Some(&chain), None), "there is no private key", "--client-key");
    let other = files.write("other.key", pem::encode("PRIVATE KEY", &Key::p256(2).pkcs8()));
    let args = given(&chain, Some(&other), None);
    failing(&args, "other.key: the private key is that of none of the certificates", "issued");
    let again = CertificateBuilder::new(Name::cn("again"), CLIENT()).issued_by(&files.issuing);
    let several = files.write("several.pem", files.chain() + &pem::certificate(&again));
    failing(&given(&several, Some(&key), None), "several certificates", "one certificate");
    let twice = files.write("twice.pem", files.chain() + &pem::certificate(&files.client));
    assert_eq!(sent(&given(&twice, Some(&key), None)), TWO);
    failing(&given("-", Some("-"), None), "standard input can be read once", "");
    failing(&given("no-such-file.pem", None, None), "no such file", "");
    // A key that TLS has no use for here.
    let dsa = include_bytes!("../../../../crates/keystore/tests/data/keys/dsa.pem");
    let spki = PrivateKey::read(dsa, None).unwrap().spki().unwrap().to_vec();
    let certificate = CertificateBuilder::new(Name::cn("client"), CLIENT()).spki(spki).issued_by(&files.issuing);
    let both = files.write("dsa.pem", [pem::certificate(&certificate).as_bytes(), dsa].concat());
    failing(&given(&both, None, None), "none of RSA, ECDSA", "the key is DSA");
}
