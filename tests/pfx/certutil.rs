//! certutil's `-dump`, `-dumpPFX` and `-csplist`.

use crate::made::{AT, Files};
use crate::{PASSWORD, code, run, stderr, stdout};

/// Line by line in this order, other lines between them.
pub(crate) fn has_in_order(text: &str, wanted: &[&str]) {
    let mut lines = text.lines();
    for line in wanted {
        assert!(lines.any(|found| found == *line), "{line:?} is not there, or out of order:\n{text}");
    }
}

#[test]
fn a_certificate_is_dumped() {
    let files = Files::new();
    for verb in ["-dump", "/Dump"] {
        let output = run(&[verb, &files.path("ca.pem")]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let said = stdout(&output);
        assert!(said.starts_with("computed by certlens "), "{said}");
        has_in_order(
            &said,
            &[
                "================ Certificate 0 ================",
                "================ Begin Nesting Level 1 ================",
                "Element 0:",
                "Issuer: CN=Node CA",
                "Subject: CN=Node CA",
                "Signature matches Public Key",
                "Root Certificate: Subject matches Issuer",
                "----------------  End Nesting Level 1  ----------------",
                "CertUtil: -dump command completed successfully.",
            ],
        );
        assert!(!said.contains("Provider"), "{said}");
    }
}

#[test]
fn a_pfx_is_dumped_with_what_windows_is_told_of_its_key() {
    let files = Files::new();
    let options = format!("-keyex -LMK -name node1 -certfile {}", files.path("ca.pem"));
    let file = files.export("node", "node.pfx", Some("Microsoft Strong Cryptographic Provider"), &options);
    let output = run(&["-p", PASSWORD, "-dump", &file]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(!(stdout(&output) + &stderr(&output)).contains(PASSWORD));
    has_in_order(
        &stdout(&output),
        &[
            "================ Certificate 0 ================",
            "Subject: CN=node1.example.test",
            "SubjectAltName: DNS Name=node1.example.test",
            "Non-root Certificate",
            "----------------  End Nesting Level 1  ----------------",
            "  Key Container = node1",
            "  Provider = Microsoft Strong Cryptographic Provider",
            "  ProviderType = 1",
            "  Flags = 20 (32)",
            "    CRYPT_MACHINE_KEYSET -- 20 (32)",
            "  certlens: key spec after the import: AT_KEYEXCHANGE in a CSP",
            "  certlens: the private key is that of the certificate: it has the same public key",
            "================ Certificate 1 ================",
            "Root Certificate: Subject matches Issuer",
            "No key provider information",
            "Cannot find the certificate and private key for decryption.",
            "CertUtil: -dump command completed successfully.",
        ],
    );
    for wrong in [&["-dump", &file][..], &["-dump", "-p", "wrong", &file]] {
        let output = run(wrong);
        assert_eq!(code(&output), 2);
        has_in_order(
            &stdout(&output),
            &[
                "  Provider = Microsoft Strong Cryptographic Provider",
                "CertUtil: -dump command FAILED: 0x80070056 (WIN32: 86 ERROR_INVALID_PASSWORD)",
                "CertUtil: The specified network password is not correct.",
            ],
        );
    }
}

#[test]
fn the_structure_of_a_pfx_is_dumped() {
    let files = Files::new();
    let file = files.node1();
    let output = run(&["-dumpPFX", "-p", PASSWORD, &file]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    has_in_order(
        &stdout(&output),
        &[
            "    Bag 1: certificate",
            "      Subject: CN=node1.example.test",
            "      Provider = Microsoft Software Key Storage Provider",
            "      ProviderType = 0",
            "      certlens: key spec after the import: none in a KSP; CNG usage sign",
            "CertUtil: -dumpPFX command completed successfully.",
        ],
    );
    let output = run(&["-dumpPFX", &file]);
    assert_eq!(code(&output), 0);
    has_in_order(
        &stdout(&output),
        &["    certlens: not decrypted", "CertUtil: -dumpPFX command completed successfully."],
    );
    let output = run(&["-dumpPFX", &files.path("node.pem")]);
    assert_eq!(code(&output), 2);
    assert!(stdout(&output).contains("CertUtil: -dumpPFX command FAILED: 0x8009310b"), "{}", stdout(&output));
    let output = run(&["-dumpPFX", &files.path("absent.pfx")]);
    assert!(stdout(&output).contains("FAILED: 0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)"), "{}", stdout(&output));
}

#[test]
fn providers_have_a_type_or_are_key_storage_providers() {
    let output = run(&["-csplist"]);
    assert_eq!(code(&output), 0);
    let said = stdout(&output);
    assert!(said.contains(
        "Provider Name: Microsoft Enhanced RSA and AES Cryptographic Provider\nProvider Type: 24 - PROV_RSA_AES\n"
    ));
    assert!(said.contains("Provider Name: Microsoft Software Key Storage Provider\n\n"), "{said}");
    assert!(said.ends_with("CertUtil: -csplist command completed successfully.\n"));
}

#[test]
fn other_verbs_take_the_password_too() {
    let files = Files::new();
    let file = files.node1();
    let anchors = files.path("ca.pem");
    let output = run(&["-verify", "-p", PASSWORD, &file, "--anchors", &anchors, "--at", AT]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("CertUtil: -verify command completed successfully."));
}

/// A PFX file with keys alone is dumped as it is.
#[test]
fn keys_without_certificates_are_no_failure() {
    let files = Files::new();
    let output = files.path("keys.pfx");
    let mut openssl = std::process::Command::new("openssl");
    openssl.args(["pkcs12", "-export", "-nocerts", "-inkey", &files.path("node.key"), "-out", &output]);
    assert!(openssl.args(["-passout", &format!("pass:{}", PASSWORD)]).status().unwrap().success());
    let dumped = run(&["-p", PASSWORD, "-dump", &output]);
    assert_eq!(code(&dumped), 0, "{}{}", stdout(&dumped), stderr(&dumped));
    assert!(stdout(&dumped).contains("command completed successfully"), "{}", stdout(&dumped));
    assert_eq!(code(&run(&["-dump", &output])), 2, "without the password nothing is known of it");
}
