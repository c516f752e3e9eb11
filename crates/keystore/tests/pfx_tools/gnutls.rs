//! GnuTLS.

use std::fs;

use super::*;

#[test]
fn gnutls_opens() {
    let Some(certtool) = program("certtool", "gnutls-bin") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pfx");
    for written in presets().into_iter().chain(choices()) {
        fs::write(&path, &written.file).unwrap();
        let arguments = ["--p12-info", "--inder", "--infile", path.to_str().unwrap(), "--password", PASSWORD];
        let text = run(&certtool, &arguments, &written.name);
        written.assert_certificates(certificates_in(&text));
        // A file with plain certificates has them in the same order.
        let (key, certificates) = text.split_once("-----END ENCRYPTED PRIVATE KEY-----").unwrap();
        for (part, name) in [(key, CONTAINER), (certificates, FRIENDLY)] {
            assert_eq!(part.matches(&format!("Friendly name: {name}")).count(), 1, "{}: {text}", written.name);
            assert_eq!(part.matches("Key ID: 01:00:00:00").count(), 1, "{}: {text}", written.name);
        }

        // It shows the key encrypted; decrypted, it is the certificate's.
        let block = key.split_once("-----BEGIN ENCRYPTED").unwrap().1;
        let pem = format!("-----BEGIN ENCRYPTED{block}-----END ENCRYPTED PRIVATE KEY-----\n");
        let encrypted = folder.path().join("key.pem");
        fs::write(&encrypted, pem).unwrap();
        let arguments = ["--key-info", "--pkcs8", "--infile", encrypted.to_str().unwrap(), "--password", PASSWORD];
        let text = run(&certtool, &arguments, &written.name);
        assert_eq!(keys_in(&text), [Key::rsa2048(0).spki()], "{}: {text}", written.name);
    }
}
