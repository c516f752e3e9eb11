//! `certlens pfx inspect`.

use crate::made::Files;
use crate::{at, code, first_line, json, opened, run, schema, stderr, stdout, words};

const ENHANCED_AES: &str = "Microsoft Enhanced RSA and AES Cryptographic Provider";

#[test]
fn the_first_line_says_what_the_file_is_to_windows() {
    let files = Files::new();
    for (provider, options, answer) in [
        (Some("Microsoft Software Key Storage Provider"), "-keysig", "KSP KEY, signature"),
        (Some(ENHANCED_AES), "-keyex -LMK", "CSP KEY, exchange, machine"),
        (Some(ENHANCED_AES), "-keysig", "CSP KEY, signature"),
        (None, "", "CSP OR KSP KEY, undecided"),
    ] {
        let file = files.export("node", "a.pfx", provider, options);
        let output = opened(&["pfx", "inspect", &file]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert_eq!(first_line(&output), format!("{answer}: {file}"));
    }
    let file = files.export("ec", "ec.pfx", None, "");
    assert_eq!(first_line(&opened(&["pfx", "inspect", &file])), format!("KSP KEY, probably: {file}"));
    let file = files.export("ec", "ec.pfx", Some(ENHANCED_AES), "");
    let output = opened(&["pfx", "inspect", &file]);
    assert_eq!(first_line(&output), format!("UNUSABLE KEY: {file}"));
    assert!(words(&output).contains("CSPs hold no elliptic-curve keys"), "{}", stdout(&output));
    assert!(words(&output).contains("certutil -f -csp \"Microsoft Software Key Storage Provider\" -importpfx My"));
}

#[test]
fn the_report_has_what_an_administrator_asks() {
    let files = Files::new();
    let file = files.node1();
    let output = opened(&["pfx", "inspect", &file]);
    let said = words(&output);
    for part in [
        "Opened yes, with the password",
        "; it holds",
        "Provider Microsoft Software Key Storage Provider KSP, made by Microsoft (documented",
        "Key spec none in a KSP; CNG usage sign",
        "Key usage digitalSignature",
        "Container node1",
        "Algorithm RSA 2048",
        "Certificates 1 (the same public key)",
        "Import-PfxCertificate KSP Microsoft Software Key Storage Provider (documented: PFXImportCertStore, remarks)",
        "AT_KEYEXCHANGE; machine",
        "Certificate 1: end entity",
        "Subject CN=node1.example.test",
        "the issuer of the last one is not in the file",
        "fails on Server 2012 R2, Server 2016: PBES2 encryption (AES)",
        "it says: The specified network password is not correct. (0x80070056)",
        "-importpfx My",
        "certlens verify",
    ] {
        assert!(said.contains(part), "{part:?} is not in: {}", stdout(&output));
    }
    // Nothing is left to be told.
    assert!(!said.contains("Not known yet") && !said.contains("Problems"), "{}", stdout(&output));
}

#[test]
fn without_a_password_what_can_be_read_is_said_and_what_it_would_add() {
    let files = Files::new();
    let file = files.node1();
    let output = run(&["pfx", "inspect", &file]);
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
    let said = words(&output);
    for part in [
        "Provider Microsoft Software Key Storage Provider",
        "It has a password, and none was given",
        "Not known yet the key usages inside the private key",
        "certificates as a rule",
        "Key usage not known: the key is still encrypted",
        "Container node1",
        "--password-file FILE",
    ] {
        assert!(said.contains(part), "{part:?} is not in: {}", stdout(&output));
    }
    let report = json(&run(&["pfx", "inspect", &file, "--format", "json"]));
    assert_eq!(at(&report, "/files/0/opening/state"), "locked");
    assert_eq!(at(&report, "/files/0/keys/0/provider/kind"), "ksp");
    assert_eq!(at(&report, "/files/0/keys/0/decrypted"), false);
    schema::check("pfx-1", &report);
}

#[test]
fn a_wrong_password_ends_with_two_and_shows_the_rest() {
    let files = Files::new();
    let file = files.node1();
    let output = run(&["pfx", "inspect", &file, "--password", "wrong"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("the password is wrong, or the file was damaged"), "{}", stderr(&output));
    assert_eq!(first_line(&output), format!("KSP KEY: {file}"));
    let report = json(&run(&["pfx", "inspect", &file, "--password", "wrong", "--format", "json"]));
    assert_eq!(at(&report, "/files/0/opening/state"), "refused");
    assert_eq!(at(&report, "/files/0/opening/wrong_password"), true);
    schema::check("pfx-1", &report);
}

#[test]
fn json_says_the_same_and_has_the_certificates_whole() {
    let files = Files::new();
    let file = files.export("node", "a.pfx", Some(ENHANCED_AES), &format!("-keyex -certfile {}", files.path("ca.pem")));
    let report = json(&opened(&["pfx", "inspect", &file, "--format", "json"]));
    assert_eq!(at(&report, "/schema"), "certlens/pfx/1");
    let one = at(&report, "/files/0");
    assert_eq!(at(one, "/answer"), "CSP KEY, exchange");
    assert_eq!(at(one, "/opening/mac_holds"), true);
    assert_eq!(at(one, "/keys/0/provider/provider_type"), 24);
    assert_eq!(at(one, "/keys/0/usage/usages/0"), "dataEncipherment");
    assert_eq!(at(one, "/keys/0/certificates/0"), 1);
    assert_eq!(at(one, "/keys/0/predictions").as_array().unwrap().len(), 6);
    assert_eq!(at(one, "/certificates/0/role"), "end_entity");
    assert_eq!(at(one, "/certificates/0/certificate/subject/rfc4514"), "CN=node1.example.test");
    assert_eq!(at(one, "/certificates/1/role"), "anchor");
    assert_eq!(at(one, "/chains/0/end"), "self_issued");
    assert_eq!(at(one, "/releases/0/opens"), "no");
    schema::check("pfx-1", &report);
}

#[test]
fn what_is_no_pfx_is_named_and_the_others_are_shown() {
    let files = Files::new();
    let file = files.node1();
    files.add("cut.pfx", &std::fs::read(&file).unwrap()[..900]);
    let (pem, cut) = (files.path("node.pem"), files.path("cut.pfx"));
    let absent = files.path("node2.pfx");
    let output = opened(&["pfx", "inspect", &pem, &cut, &absent, &file, &files.folder()]);
    assert_eq!(code(&output), 2);
    assert_eq!(first_line(&output), format!("KSP KEY, signature: {file}"));
    for part in ["expected a PFX", "byte 900: the file is cut off", "did you mean", "is a directory"] {
        assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
    }
    let output = opened(&["pfx", "inspect", &pem, "--format", "json"]);
    let report = json(&output);
    assert!(at(&report, "/not_read/0/message").as_str().unwrap().contains("expected a PFX"));
    schema::check("pfx-1", &report);
}

#[test]
fn providers_are_listed() {
    let output = run(&["pfx", "providers"]);
    assert_eq!(code(&output), 0);
    assert!(words(&output).contains(&format!("CSP 24 {ENHANCED_AES} Microsoft")), "{}", stdout(&output));
    let report = json(&run(&["pfx", "providers", "--format", "json"]));
    assert!(at(&report, "/providers").as_array().unwrap().len() > 20);
    schema::check("providers-1", &report);
}

/// Whether the public keys are the same is said only where they were compared; and no
/// KSP of Microsoft holds such keys.
#[test]
fn what_was_not_compared_is_not_said_to_be_the_same() {
    let files = Files::new();
    let openssl = |line: &str| {
        let made = std::process::Command::new("openssl").args(line.split_whitespace()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    for (algorithm, same, shown, dumped) in [
        ("ed448", serde_json::json!([]), "1, by localKeyID", "the private key was not compared with the certificate"),
        ("ed25519", serde_json::json!([1]), "1 (the same public key)", "it has the same public key"),
    ] {
        let (key, certificate) = (files.path(&format!("{algorithm}.key")), files.path(&format!("{algorithm}.pem")));
        openssl(&format!("genpkey -algorithm {algorithm} -out {key}"));
        openssl(&format!("req -x509 -key {key} -subj /CN=node -days 3650 -out {certificate}"));
        let file = files.export(algorithm, "a.pfx", Some("Microsoft Software Key Storage Provider"), "-keysig");
        let output = opened(&["pfx", "inspect", &file]);
        assert_eq!(first_line(&output), format!("UNUSABLE KEY, signature: {file}"));
        assert!(words(&output).contains(&format!("Certificates {shown}")), "{}", stdout(&output));
        let report = json(&opened(&["pfx", "inspect", &file, "--format", "json"]));
        assert_eq!(at(&report, "/files/0/keys/0/same_public_key"), &same, "{report:#}");
        let dump = run(&["-dump", "-p", crate::PASSWORD, &file]);
        assert!(words(&dump).contains(dumped), "{}", stdout(&dump));
    }
}
