//! OpenSSL shows all attributes.

use std::fs;

use super::*;

#[test]
fn openssl_opens_and_shows_all() {
    let Some(openssl) = program("openssl", "openssl") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pfx");
    for written in presets().into_iter().chain(choices()) {
        fs::write(&path, &written.file).unwrap();
        let pass = format!("pass:{PASSWORD}");
        let text = run(
            &openssl,
            &["pkcs12", "-info", "-nodes", "-in", path.to_str().unwrap(), "-passin", &pass],
            &written.name,
        );
        written.assert_key_and_certificates(&text);
        let key = text.split("-----BEGIN PRIVATE KEY").next().unwrap();
        for line in [
            &format!("Microsoft CSP Name: {PROVIDER}"),
            "Microsoft Local Key set: <No Values>",
            "localKeyID: 01 00 00 00",
            &format!("friendlyName: {CONTAINER}"),
            "X509v3 Key Usage: 10",
        ] {
            assert!(key.contains(line), "{}: {line} in {key}", written.name);
        }
        let (_, certificates) = text.split_once("-----END PRIVATE KEY").unwrap();
        assert_eq!(certificates.matches("localKeyID: 01 00 00 00").count(), 1, "{certificates}");
        assert_eq!(certificates.matches(&format!("friendlyName: {FRIENDLY}")).count(), 1);
        assert!(text.contains("MAC verified OK") || text.contains("MAC: sha"), "{text}");
        assert!(text.contains("Certificate bag") && text.contains("Shrouded Keybag"), "{text}");
    }
}

/// Two keys, and of each attribute one that is there, and one that is not.
#[test]
fn openssl_shows_what_was_asked_for() {
    let Some(openssl) = program("openssl", "openssl") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pfx");
    let mut contents = contents();
    let certificate = CertificateBuilder::new(Name::cn("node2"), Key::p256(7)).self_signed();
    contents.certificates.push(CertificateEntry::new(certificate).unwrap());
    contents.keys.insert(0, KeyEntry::new(SecretOctets::new(Key::p256(7).pkcs8())).unwrap());
    contents.keys[1].set_key_spec(Some(KeySpec::Signature)).unwrap();
    contents.keys[1].attributes.machine_keyset = false;
    let written = write("two keys", &contents, CompatibleWith::Modern.into());
    fs::write(&path, &written.file).unwrap();
    let pass = format!("pass:{PASSWORD}");
    let text = run(&openssl, &["pkcs12", "-nodes", "-in", path.to_str().unwrap(), "-passin", &pass], "two keys");
    let mut parts = text.split("-----END");
    let (first, second) = (parts.next().unwrap(), parts.next().unwrap());
    assert!(first.contains("localKeyID: 01 00 00 00") && first.contains("Key Attributes: <No Attributes>"), "{first}");
    for absent in ["CSP Name", "Local Key set", "friendlyName", "Key Usage"] {
        assert!(!first.contains(absent), "{first}");
    }
    assert!(second.contains("localKeyID: 02 00 00 00") && second.contains("X509v3 Key Usage: 80"), "{second}");
    assert!(second.contains(PROVIDER) && !second.contains("Local Key set"), "{second}");
    let identified = |name: &str| parts_of(&text, name).contains("localKeyID");
    assert!(identified("CN = node1.example.com") && identified("CN = node2") && !identified("CN = Anchor"), "{text}");
    assert_eq!(keys_in(&text), [Key::p256(7).spki(), Key::rsa2048(0).spki()]);
    written.assert_certificates(certificates_in(&text));
}

/// What stands before a certificate with this subject.
fn parts_of(text: &str, subject: &str) -> String {
    let of = |part: &&str| part.contains(&format!("subject={subject}\n"));
    text.split("-----END").find(of).unwrap().to_owned()
}

/// What was asked for by name: keys that are not encrypted, the empty password,
/// none, one beyond ASCII.
#[test]
fn openssl_and_passwords() {
    let Some(openssl) = program("openssl", "openssl") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pfx");
    let contents = contents();
    let beyond = Password::new("pässwörd €".to_owned());
    let all =
        [(WritePassword::Empty, ""), (WritePassword::Absent, ""), (WritePassword::Given(&beyond), beyond.expose())];
    for preset in [CompatibleWith::Server2016, CompatibleWith::Modern] {
        for keys in [KeyProtection::PlainKeys, Protection::from(preset).keys] {
            for (password, typed) in all {
                let protection = Protection { keys, ..preset.into() };
                let file = contents.write(&protection, password, &mut SystemRandom).unwrap();
                fs::write(&path, file.expose()).unwrap();
                let pass = format!("pass:{typed}");
                let about = format!("{} {password:?}", preset.name());
                let text =
                    run(&openssl, &["pkcs12", "-nodes", "-in", path.to_str().unwrap(), "-passin", &pass], &about);
                write(&about, &contents, protection).assert_key_and_certificates(&text);
            }
        }
    }
}
