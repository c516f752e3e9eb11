//! What is written may be less than somebody has in mind: that is said.

use crate::made::Files;
use crate::{VARIABLE, at, code, json, opened, run, stderr, stdout, words};

const KSP: &str = "Microsoft Software Key Storage Provider";
const CSP: &str = "Microsoft Enhanced RSA and AES Cryptographic Provider";

fn convert(files: &Files, file: &str, options: &[&str]) -> std::process::Output {
    opened(&[&["pfx", "convert", file, "--force", "--output", &files.path("out.pfx")], options].concat())
}

#[test]
fn weak_encryption_is_not_chosen_without_a_word() {
    let files = Files::new();
    let file = files.node1();
    for (options, said) in [
        (&["--iterations", "1"][..], "The hash is iterated once"),
        (&["--iterations", "999"], "iterated 999 times"),
        (
            &["--compatible-with", "server2019", "--cipher", "aes192", "--prf", "sha224"],
            "Whether Windows Server 2019 opens it is not known",
        ),
    ] {
        let ran = convert(&files, &file, options);
        assert_eq!(code(&ran), 0, "{options:?}: {}", stderr(&ran));
        assert!(words(&ran).contains(said), "{options:?}: {}", stdout(&ran));
    }
    for options in [&["--iterations", "1000"][..], &["--compatible-with", "server2019"], &[]] {
        assert!(!stdout(&convert(&files, &file, options)).contains("Remarks"), "{options:?}");
    }
}

/// The encryption of the first file is that of all.
#[test]
fn merging_does_not_weaken_encryption_without_a_word() {
    let files = Files::new();
    let old = files.export("ec", "old.pfx", None, "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1");
    let new = files.node1();
    let merge = |first: &str, second: &str, options: &[&str]| {
        let output = files.path("both.pfx");
        let ran = opened(&[&["pfx", "merge", first, second, "--force", "--output", &output], options].concat());
        assert_eq!(code(&ran), 0, "{}", stderr(&ran));
        words(&ran)
    };
    let weaker = "its keys were encrypted with";
    assert!(merge(&old, &new, &[]).contains(weaker));
    assert!(!merge(&new, &old, &[]).contains(weaker));
    assert!(!merge(&old, &new, &["--compatible-with", "server2019"]).contains(weaker));
}

#[test]
fn a_key_of_a_curve_for_exchange_cannot_sign() {
    let files = Files::new();
    let file = files.export("ec", "ec.pfx", None, "");
    let ran = convert(&files, &file, &["--key-spec", "exchange"]);
    assert!(words(&ran).contains("it may decrypt and not sign"), "{}", stdout(&ran));
    let ran = convert(&files, &file, &["--key-spec", "none"]);
    assert!(!stdout(&ran).contains("decrypt and not sign"), "{}", stdout(&ran));
}

#[test]
fn certificates_that_were_not_encrypted_are_if_it_is_asked_for() {
    let files = Files::new();
    let file = files.export("node", "plain.pfx", None, "-certpbe NONE");
    let ec = files.export("ec", "ec.pfx", None, "");
    // Without the password, certificates alone are taken out that are not encrypted.
    let is_encrypted = |output: &str| code(&run(&["pfx", "extract", output])) == 2;
    let output = files.path("out.pfx");
    assert_eq!(code(&convert(&files, &file, &[])), 0);
    assert!(!is_encrypted(&output), "it stays as it is");
    assert_eq!(code(&convert(&files, &file, &["--encrypt-certificates"])), 0);
    assert!(is_encrypted(&output));
    // The modifier of certutil says the same.
    let list = format!("{file},{ec}");
    let passwords = format!("{0},{0},{0}", crate::PASSWORD);
    for (modifier, encrypted) in [("EncryptCert", true), ("ExtendedProperties", false), ("NoEncryptCert", false)] {
        let ran = run(&["-f", "-p", &passwords, "-MergePFX", &list, &output, modifier]);
        assert_eq!(code(&ran), 0, "{}", stderr(&ran));
        assert_eq!(is_encrypted(&output), encrypted, "{modifier}");
    }
}

/// A provider that is nearly one of Microsoft's is one that does not exist.
#[test]
fn a_provider_has_the_name_of_one() {
    let files = Files::new();
    let file = files.node1();
    for (name, said) in [
        ("Microsoft Enhanced RSA and AES Cryptographc Provider", "did you mean \"Microsoft Enhanced RSA and AES"),
        ("Microsoft Enhanced RSA and AES Cryptographic Provider ", "did you mean \"Microsoft Enhanced RSA and AES"),
        ("Microsoft Software Key Storge Provider", "did you mean \"Microsoft Software Key Storage Provider\"?"),
        ("Microsoft Sofware Key Storage Provider", "did you mean \"Microsoft Software Key Storage Provider\"?"),
        ("enhanced", "certlens pfx providers"),
        ("a\" & calc & \" Key Storage Provider", "certlens pfx providers"),
    ] {
        let ran = convert(&files, &file, &["--csp", name]);
        assert_eq!(code(&ran), 2, "{name}: {}", stdout(&ran));
        assert!(stderr(&ran).contains(said), "{name}: {}", stderr(&ran));
    }
    for name in ["Acme Secure Key Storage Provider", "Acme PKI Client CSP", "microsoft software key storage provider"] {
        assert_eq!(code(&convert(&files, &file, &["--csp", name])), 0, "{name}");
    }
    // One that a file has already is pointed out.
    let file = files.export("node", "typo.pfx", Some("Microsoft Enhanced RSA and AES Cryptographic Provider "), "");
    let said = words(&opened(&["pfx", "inspect", &file]));
    assert!(said.contains("with a blank before or behind it"), "{said}");
}

/// What Windows is told of a key that is in both files is what the first one says.
#[test]
fn merging_says_which_provider_stays() {
    let files = Files::new();
    let ca = files.path("ca.pem");
    let first = files.export("node", "ksp.pfx", Some(KSP), &format!("-keysig -certfile {ca}"));
    let second = files.export("node", "csp.pfx", Some(CSP), "-keyex -LMK");
    let output = files.path("both.pfx");
    let ran = opened(&["pfx", "merge", &first, &second, "--output", &output]);
    let said = words(&ran);
    for part in [
        format!("it has key 1 with {CSP} (CSP) in the place of {KSP} (KSP)"),
        "the usage dataEncipherment (AT_KEYEXCHANGE in a CSP) in the place of digitalSignature".to_owned(),
        "the machine's key store in the place of no key store".to_owned(),
    ] {
        assert!(said.contains(&part), "{part:?} is not in: {}", stdout(&ran));
    }
    // What is merged stands in an order that nobody complains of.
    let ec = files.export("ec", "ec.pfx", None, &format!("-certfile {ca}"));
    assert_eq!(code(&opened(&["pfx", "merge", &first, &ec, "--force", "--output", &output])), 0);
    let report = json(&opened(&["pfx", "inspect", &output, "--format", "json"]));
    assert_eq!(at(&report, "/files/0/problems").as_array().unwrap().len(), 0, "{report:#}");
    let again = opened(&["pfx", "merge", &first, &first, "--force", "--output", &output]);
    assert!(!stdout(&again).contains("in the place of"), "{}", stdout(&again));
}

/// Many certificates that no key is for are one problem.
#[test]
fn certificates_of_no_chain_are_counted() {
    let files = Files::new();
    let one = files.export("node", "one.pfx", None, &format!("-certfile {}", files.path("ec.pem")));
    assert!(words(&opened(&["pfx", "inspect", &one])).contains("certificate 2 is in the chain of no certificate"));
    let both = std::fs::read_to_string(files.path("ec.pem")).unwrap() + &others();
    files.add("others.pem", both);
    let three = files.export("node", "three.pfx", None, &format!("-certfile {}", files.path("others.pem")));
    let said = words(&opened(&["pfx", "inspect", &three]));
    assert!(said.contains("3 certificates are in the chain of no certificate with a key"), "{said}");
    assert!(!said.contains("certificate 2 is in the chain"), "{said}");
}

fn others() -> String {
    use certlens_testkit::{Ca, Key, pem};
    ["One", "Two"].iter().map(|name| pem::certificate(Ca::anchor(name, Key::p256(7)).der())).collect()
}

/// A file with several keys has nothing more said of them where it was written.
#[test]
fn what_is_written_of_several_keys_points_nowhere() {
    let files = Files::new();
    let (node, ec, output) = (files.node1(), files.export("ec", "ec.pfx", None, ""), files.path("both.pfx"));
    let ran = opened(&["pfx", "merge", &node, &ec, "--output", &output]);
    assert!(!words(&ran).contains("below"), "{}", stdout(&ran));
    // Nor is a password kept that never was.
    let (key, pem) = (files.path("node.key"), files.path("node.pem"));
    let made = ["pfx", "create", "--key", &key, "--cert", &pem, "--password-env", VARIABLE, "--output"];
    let ran = run(&[&made[..], &[&files.path("made.pfx")]].concat());
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    assert!(words(&ran).contains("the password is the new one"), "{}", stdout(&ran));
}

/// A secret key of Java, as `keytool -genseckey -storetype PKCS12` of JDK 17 wrote it
/// under the password of the files that are made here.
const SECRET: &[u8] = include_bytes!("secret.p12");

/// Of a secret that is dropped nothing is said but that.
#[test]
fn what_is_dropped_does_not_stay() {
    let files = Files::new();
    files.add("secret.p12", SECRET);
    let both = files.path("both.pfx");
    let merged = opened(&["pfx", "merge", &files.node1(), &files.path("secret.p12"), "--output", &both]);
    assert!(words(&merged).contains("stays so"), "{}{}", stdout(&merged), stderr(&merged));
    let (kept, dropped) = (convert(&files, &both, &[]), convert(&files, &both, &["--drop-others"]));
    assert!(words(&kept).contains("stays so"), "{}", stdout(&kept));
    assert!(words(&dropped).contains("secretBag"), "{}", stdout(&dropped));
    assert!(!words(&dropped).contains("stays so"), "{}", stdout(&dropped));
}

/// What is no key says how one that is comes into a PFX file.
#[test]
fn other_files_say_what_makes_a_pfx_of_them() {
    let files = Files::new();
    let (key, pem) = (files.path("node.key"), files.path("node.pem"));
    for file in [&key, &pem] {
        let ran = run(&["pfx", "inspect", file]);
        assert!(stderr(&ran).contains("certlens pfx create --key KEY --cert"), "{}", stderr(&ran));
    }
    let old = files.path("old.key");
    let mut openssl = std::process::Command::new("openssl");
    openssl.args(["pkcs8", "-topk8", "-v1", "PBE-MD5-DES", "-provider", "legacy", "-provider", "default"]);
    openssl.args(["-in", &key, "-out", &old, "-passout", "pass:x"]);
    assert!(openssl.status().unwrap().success());
    let made = ["pfx", "create", "--key", &old, "--cert", &pem, "--password", "x", "--output", &files.path("x.pfx")];
    let ran = run(&made);
    assert_eq!(code(&ran), 2);
    assert!(stderr(&ran).contains(&format!("openssl pkcs8 -topk8 -v2 aes-256-cbc -in {old}")), "{}", stderr(&ran));
}

/// A damaged key is written as it is, which is said, and the check says so too.
#[test]
fn a_damaged_key_is_pointed_out() {
    let files = Files::new();
    let mut key = certlens_testkit::Key::rsa2048(0).pkcs8();
    // The coefficient stands last.
    *key.last_mut().unwrap() ^= 1;
    files.add("damaged.key", certlens_testkit::pem::encode("PRIVATE KEY", &key));
    let (key, pem, output) = (files.path("damaged.key"), files.path("node.pem"), files.path("damaged.pfx"));
    let ran =
        run(&["pfx", "create", "--key", &key, "--cert", &pem, "--new-password-env", VARIABLE, "--output", &output]);
    let remark = "Private key is damaged: the RSA coefficient does not belong to the primes";
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    assert!(words(&ran).contains(remark), "{}", stdout(&ran));
    let converted = convert(&files, &output, &["--machine"]);
    assert!(words(&converted).contains(remark), "{}{}", stdout(&converted), stderr(&converted));
    let checked = opened(&["pfx", "check", "--for", "shir-ha", "--at", crate::made::AT, &output]);
    assert!(words(&checked).contains("the private key is damaged: its public half"), "{}", stdout(&checked));
    assert!(!words(&convert(&files, &files.node1(), &[])).contains("damaged"));
}
