//! Java.

use std::fs;

use certlens_keystore::pfx::Pfx;

use super::*;

#[test]
fn java_lists_and_exports() {
    let Some(keytool) = program("keytool", "default-jre-headless") else { return };
    // Java has no AES-192 in PBES2 (PBES2Parameters of JDK 17).
    let choices = choices().into_iter().filter(|written| !written.name.starts_with("AES-192"));
    for written in presets().into_iter().chain(choices) {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (source, copy) = (path("file.pfx"), path("copy.p12"));
        fs::write(&source, &written.file).unwrap();
        let listed = run(
            &keytool,
            &["-list", "-rfc", "-storetype", "PKCS12", "-keystore", &source, "-storepass", PASSWORD],
            &written.name,
        );
        assert!(listed.contains(&format!("Alias name: {CONTAINER}")), "{listed}");
        assert!(listed.contains("PrivateKeyEntry") && listed.contains("Certificate chain length: 3"), "{listed}");
        written.assert_certificates(certificates_in(&listed));
        let arguments = [
            "-importkeystore",
            "-noprompt",
            "-srcstoretype",
            "PKCS12",
            "-srckeystore",
            &source,
            "-srcstorepass",
            PASSWORD,
            "-deststoretype",
            "PKCS12",
            "-destkeystore",
            &copy,
            "-deststorepass",
            PASSWORD,
        ];
        run(&keytool, &arguments, &written.name);
        let mut copied = Pfx::read(&fs::read(&copy).unwrap()).unwrap();
        let password = Password::new(PASSWORD.to_owned());
        assert!(copied.open(Some(&password)).unwrap().is_complete());
        let key = copied.private_keys().next().unwrap().private_key().unwrap();
        assert_eq!(key.parsed().unwrap().spki().unwrap(), Key::rsa2048(0).spki());
    }
}
