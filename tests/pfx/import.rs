//! certutil's `-importPFX`, and `certlens pfx predict`: what Windows would do with a
//! file, and the file that says it itself.

use std::fs;
use std::process::Command;

use certlens_testkit::Key;
use serde_json::Value;

use crate::certutil::has_in_order;
use crate::made::Files;
use crate::schema;
use crate::{PASSWORD, VARIABLE, at, code, json, opened, run, stderr, stdout, words};

const ENHANCED_AES: &str = "Microsoft Enhanced RSA and AES Cryptographic Provider";
const KSP: &str = "Microsoft Software Key Storage Provider";
const SUCCESS: &str = "CertUtil: -importPFX command completed successfully.";

/// Encryption that every release reads.
const OLD: &str = "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1";

/// `-importPFX` with the password.
fn import(args: &[&str]) -> std::process::Output {
    run(&[&["-p", PASSWORD, "-importPFX"], args].concat())
}

/// `pfx predict` as JSON, which keeps to its schema; and its text ends alike.
fn predicted(file: &str, options: &[&str]) -> (i32, String, Value) {
    let all = [&["pfx", "predict", file], options].concat();
    let (text, report) = (opened(&all), opened(&[&all[..], &["--format", "json"]].concat()));
    assert_eq!(code(&text), code(&report), "{options:?}: {}", stderr(&report));
    let json = json(&report);
    schema::check("pfx-predict-1", &json);
    (code(&text), words(&text), json)
}

#[test]
fn where_the_key_lands_is_said_in_certutils_lines() {
    let files = Files::new();
    let options = format!("-keysig -name node1 -certfile {} {OLD}", files.path("ca.pem"));
    let file = files.export("node", "node1.pfx", Some(KSP), &options);
    let output = import(&[&file]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).starts_with("computed by certlens "), "{}", stdout(&output));
    has_in_order(
        &stdout(&output),
        &[
            "My \"Personal\" of the machine",
            "================ Private Key 1 ================",
            "  Key Container = node1",
            "  Provider = Microsoft Software Key Storage Provider",
            "  ProviderType = 0",
            "  Flags = 20 (32)",
            "    CRYPT_MACHINE_KEYSET -- 20 (32)",
            "  KeySpec = 0",
            "Certificate \"node1.example.test\" added to store.",
            "Certificate \"Node CA\" added to store.",
            SUCCESS,
        ],
    );
    let modifiers = "AT_SIGNATURE,NoRoot,NoExport";
    let output = run(&["/user", "-csp", ENHANCED_AES, "-p", PASSWORD, "/IMPORTPFX", "My", &file, modifiers]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    has_in_order(
        &stdout(&output),
        &[
            "My \"Personal\" of the user",
            "  Provider = Microsoft Enhanced RSA and AES Cryptographic Provider",
            "  ProviderType = 18",
            "  KeySpec = 2 -- AT_SIGNATURE",
            "Private key is NOT exportable",
            "Certificate \"node1.example.test\" added to store.",
            "  certlens: certificate \"Node CA\" is not added: left out by NoRoot (documented: certutil -importPFX -?)",
            SUCCESS,
        ],
    );
    assert!(!stdout(&output).contains("CRYPT_MACHINE_KEYSET"), "{}", stdout(&output));
    assert!(stdout(&output).contains("AT_SIGNATURE makes signatures alone"), "{}", stdout(&output));
}

#[test]
fn what_would_fail_does_not_end_well() {
    let files = Files::new();
    let rsa = files.export("node", "rsa.pfx", Some(KSP), "-keyex");
    let ec = files.export("ec", "ec.pfx", None, OLD);
    let none = files.export("node", "none.pfx", None, OLD);
    let old = files.export("node", "old.pfx", Some(ENHANCED_AES), OLD);
    let pbmac1 = files.path("pbmac1.pfx");
    let signs = "Microsoft RSA Signature Cryptographic Provider";
    let text = files.path("text.pfx");
    let base64 = ["base64", "-in", &old, "-out", &text];
    assert!(Command::new("openssl").args(base64).status().unwrap().success());
    let written = opened(&["pfx", "convert", &old, "--mac", "pbmac1-sha256", "--output", &pbmac1]);
    assert_eq!(code(&written), 0, "{}", stderr(&written));
    for (file, options, exit, answer, reason) in [
        (&rsa, &[][..], 0, "imports", "KSP Microsoft Software Key Storage Provider"),
        (&rsa, &["--compatible-with", "server2016"], 1, "fails", "Windows Server 2016 does not open the file"),
        (&rsa, &["--compatible-with", "server2019"], 0, "imports", "KSP"),
        (&pbmac1, &[], 1, "fails", "no release of Windows opens the file: PBMAC1"),
        (&ec, &["--csp", ENHANCED_AES], 1, "fails", "the key is EC P-256"),
        (&ec, &["--csp", "ksp"], 0, "imports", "KSP Microsoft Software Key Storage Provider"),
        (&old, &["--csp", "Microsoft DH SChannel Cryptographic Provider"], 1, "fails", "the key is RSA 2048"),
        (&old, &["--csp", signs, "--key-spec", "exchange"], 1, "fails", "makes signatures alone"),
        (&text, &[], 3, "cannot_know", "the file is text (PEM or base64)"),
        (&none, &[], 3, "cannot_know", "always name the provider"),
        (&none, &["--csp", "Contoso Vault"], 3, "cannot_know", "'Contoso Vault'"),
        (&none, &["--csp", ENHANCED_AES], 0, "imports", "AT_KEYEXCHANGE; machine"),
    ] {
        let (found, text, report) = predicted(file, options);
        assert_eq!((found, at(&report, "/answer")), (exit, &answer.into()), "{file} {options:?}: {text}");
        assert!(at(&report, "/reason").as_str().unwrap().contains(reason), "{options:?}: {text}");
        let mut args = vec!["pfx", "predict", file, "--format", "certutil", "--password-env", VARIABLE];
        args.extend(options);
        let said = run(&args);
        assert_eq!((code(&said), stdout(&said).contains(SUCCESS)), (exit, exit == 0), "{}", stdout(&said));
    }
    let output = run(&["-p", PASSWORD, "-importPFX", &rsa, "--compatible-with", "server2012r2"]);
    has_in_order(
        &stdout(&output),
        &["CertUtil: -importPFX command FAILED: 0x80070056 (WIN32: 86 ERROR_INVALID_PASSWORD)"],
    );
    assert!(import(&[&ec, "--csp", ENHANCED_AES]).stdout.ends_with(b"CertUtil: -importPFX command FAILED\n"));
    // Nothing is imported without the password; what the file says of the key is said all the same.
    for wrong in [&["-importPFX", &rsa][..], &["-p", "wrong", "-importPFX", &rsa]] {
        let output = run(wrong);
        assert_eq!(code(&output), 2);
        has_in_order(
            &stdout(&output),
            &[
                "  Provider = Microsoft Software Key Storage Provider",
                "CertUtil: -importPFX command FAILED: 0x80070056 (WIN32: 86 ERROR_INVALID_PASSWORD)",
            ],
        );
        assert!(!stdout(&output).contains("added to store"), "{}", stdout(&output));
    }
    for (password, answer) in [(&[][..], "cannot_know"), (&["--password", "wrong"], "fails")] {
        let output = files.path("not.pfx");
        let args = ["pfx", "predict", &rsa, "--csp", ENHANCED_AES, "--output", &output, "--format", "json"];
        let report = json(&run(&[&args[..], password].concat()));
        assert_eq!((at(&report, "/exit_code"), at(&report, "/answer")), (&2.into(), &answer.into()));
        assert!(fs::metadata(&output).is_err());
    }
}

#[test]
fn what_cannot_be_read_ends_as_dumping_it_does() {
    let files = Files::new();
    for (file, last) in [
        (files.path("absent.pfx"), "CertUtil: -importPFX command FAILED: 0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)"),
        (files.path("node.pem"), "CertUtil: -importPFX command FAILED: 0x8009310b (ASN: 267 CRYPT_E_ASN1_BADTAG)"),
    ] {
        let output = import(&[&file]);
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        has_in_order(&stdout(&output), &[last]);
    }
}

#[test]
fn commands_for_windows_mean_nothing_else_to_its_shells() {
    let files = Files::new();
    let file = files.export("node", "$(calc) node.pfx", Some(KSP), OLD);
    for (options, command) in [
        (&[][..], "certutil -importPFX My FILE.pfx"),
        (&["--store", "%PATH%", "--csp", "KSP"], "certutil -csp KSP -importPFX STORE FILE.pfx"),
        (
            &["--friendly-name", "a&calc", "--key-spec", "exchange"],
            "certutil -importPFX My FILE.pfx \"AT_KEYEXCHANGE,FriendlyName=NAME\"",
        ),
        (&["--friendly-name", "Knoten Ä", "--user"], "certutil -user -importPFX My FILE.pfx \"FriendlyName=Knoten Ä\""),
        (&["--csp", "a\" & calc & \"b"], "certutil -csp PROVIDER -importPFX My FILE.pfx"),
    ] {
        let (_, text, report) = predicted(&file, options);
        assert_eq!(at(&report, "/command"), command, "{text}");
    }
}

#[test]
fn a_file_without_a_key_is_not_for_it() {
    let files = Files::new();
    let file = files.export("node", "keyless.pfx", None, &format!("-nokeys {OLD}"));
    let (exit, text, report) = predicted(&file, &["--csp", ENHANCED_AES]);
    assert_eq!((exit, at(&report, "/keys")), (3, &Value::Array(Vec::new())), "{text}");
    assert!(text.contains("No private key of the file is known"), "{text}");
}

#[test]
fn the_file_that_is_written_says_it_itself() {
    let files = Files::new();
    let file = files.node1();
    let ready = files.path("ready.pfx");
    let modifiers = "AT_KEYEXCHANGE,FriendlyName=Knoten 1,NoExport";
    let output = run(&["-csp", ENHANCED_AES, "-p", PASSWORD, "-importPFX", "My", &file, modifiers, "-out", &ready]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(!(stdout(&output) + &stderr(&output)).contains(PASSWORD));
    has_in_order(
        &stdout(&output),
        &[
            "  certlens: what was written opens on Server 2012 R2, Server 2016, Server 2019, Server 2022, Server 2025",
            "  certlens: note: No file can say NoExport: certutil must be told again",
            &format!("  certlens: wrote {ready}: CSP KEY, exchange, machine"),
            SUCCESS,
        ],
    );
    let windows = format!("    certutil -f -csp \"{ENHANCED_AES}\" -importPFX My ready.pfx \"AT_KEYEXCHANGE,NoExport,");
    assert!(stdout(&output).contains(&windows), "{}", stdout(&output));
    // What certutil is told, it need not be told any more; nor do others.
    let report = json(&opened(&["pfx", "inspect", &ready, "--format", "json"]));
    assert_eq!(at(&report, "/files/0/answer"), "CSP KEY, exchange, machine");
    assert_eq!(at(&report, "/files/0/certificates/0/friendly_name"), "Knoten 1");
    for prediction in at(&report, "/files/0/keys/0/predictions").as_array().unwrap() {
        let ours = prediction["importer"] != ".NET 9+ X509CertificateLoader";
        assert_eq!(prediction["provider"] == ENHANCED_AES, ours, "{prediction}");
    }
    let (exit, _, again) = predicted(&ready, &["--compatible-with", "server2012r2"]);
    assert_eq!((exit, at(&again, "/keys/0/key_spec")), (0, &1.into()));
    // The file is its owner's, and is not written over.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&ready).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let first = fs::read(&ready).unwrap();
    let twice = import(&[&file, "-out", &ready]);
    assert_eq!((code(&twice), fs::read(&ready).unwrap() == first), (2, true));
    assert!(stderr(&twice).contains("exists already"), "{}", stderr(&twice));
    let over = import(&["-f", "-user", &file, "-out", &ready]);
    assert_eq!(code(&over), 0, "{}", stderr(&over));
    let report = json(&opened(&["pfx", "inspect", &ready, "--format", "json"]));
    assert_eq!(at(&report, "/files/0/answer"), "KSP KEY, signature");
}

#[test]
fn what_is_written_can_be_chosen() {
    let files = Files::new();
    let file = files.export("node", "node.pfx", Some(KSP), &format!("-certfile {}", files.path("ca.pem")));
    for (options, certificates, mac) in [
        (&[][..], 2, "HMAC SHA-1"),
        (&["--no-root"], 1, "HMAC SHA-1"),
        (&["--no-chain"], 1, "HMAC SHA-1"),
        (&["--compatible-with", "server2022"], 2, "HMAC SHA-256"),
        (&["--cipher", "aes256"], 2, "HMAC SHA-256"),
    ] {
        let output = files.path("out.pfx");
        let more = [&["--output", &output, "--force"], options].concat();
        let (exit, text, report) = predicted(&file, &more);
        assert_eq!((exit, at(&report, "/written/certificates")), (0, &certificates.into()), "{options:?}: {text}");
        let found = at(&report, "/written/file/mac").as_str().unwrap();
        assert!(found.starts_with(&format!("{mac},")), "{options:?}: {found}");
    }
}

#[test]
fn what_would_not_work_is_not_written() {
    let files = Files::new();
    let file = files.export("node", "node.pfx", None, "");
    let ec = files.export("ec", "ec.pfx", None, "");
    let output = files.path("out.pfx");
    for (args, exit, said) in [
        (&[&file[..]][..], 3, "out.pfx was not written: it would not be known to work"),
        (&[&ec, "--csp", ENHANCED_AES], 1, "out.pfx was not written: the import would fail"),
        (&[&file, "--csp", ENHANCED_AES, "--password", "no"], 2, "the password is wrong"),
        (&[&file, "--csp", ENHANCED_AES, "--iterations", "0"], 2, "0 is not in"),
    ] {
        let password: &[&str] = if args.contains(&"--password") { &[] } else { &["--password-env", VARIABLE] };
        let ran = run(&[&["pfx", "predict", "--output", &output], args, password].concat());
        assert_eq!(code(&ran), exit, "{args:?}: {}{}", stdout(&ran), stderr(&ran));
        assert!((words(&ran) + &stderr(&ran)).contains(said), "{args:?}: {}{}", stdout(&ran), stderr(&ran));
        assert!(fs::metadata(&output).is_err(), "{args:?} wrote a file");
    }
    let ran = opened(&["pfx", "predict", &file, "--cipher", "aes256"]);
    assert_eq!(code(&ran), 2);
    assert!(stderr(&ran).contains("--cipher was given, and nothing is written"), "{}", stderr(&ran));
}

/// A file that no release is known to open is not known to be imported, wherever its key
/// would land; what is written in its place is.
#[test]
fn what_no_release_is_known_to_open() {
    let files = Files::new();
    let file = files.export("node", "nomac.pfx", Some(ENHANCED_AES), &format!("-nomac -keyex {OLD}"));
    let (exit, text, report) = predicted(&file, &[]);
    assert_eq!((exit, at(&report, "/answer")), (3, &"cannot_know".into()), "{text}");
    let reason = at(&report, "/reason").as_str().unwrap();
    assert!(reason.starts_with("whether any release of Windows opens the file is not known: "), "{reason}");
    assert!(!text.contains("Tell certutil the provider"), "{text}");
    let (exit, text, _) = predicted(&file, &["--output", &files.path("out.pfx"), "--force"]);
    assert_eq!(exit, 0, "{text}");
}

/// Where a key would land says nothing of one that cannot be read, or whose numbers do
/// not belong together.
#[test]
fn keys_that_nobody_can_use() {
    let files = Files::new();
    let options = "-keypbe NONE -certpbe NONE -nomac -keyex";
    let file = fs::read(files.export("node", "plain.pfx", Some(ENHANCED_AES), options)).unwrap();
    let coefficient = Key::rsa2048(0).pkcs8();
    let coefficient = coefficient.last_chunk::<16>().unwrap();
    let changed_coefficient = coefficient.map(|octet| octet ^ 2);
    for (found, replaced, reason) in [
        (&b"\x02\x01\x00\x02\x82\x01\x01"[..], &b"\x02\x01\x05\x02\x82\x01\x01"[..], "the key cannot be read: RSAPriv"),
        (coefficient, &changed_coefficient, "whether Windows takes the key is not known: the RSA coefficient"),
    ] {
        let place = file.windows(found.len()).position(|window| window == found).unwrap();
        let mut octets = file.clone();
        octets.splice(place..place + found.len(), replaced.iter().copied());
        files.add("changed.pfx", octets);
        for options in [&[][..], &["--csp", KSP]] {
            let (exit, text, report) = predicted(&files.path("changed.pfx"), options);
            assert_eq!((exit, at(&report, "/answer")), (3, &"cannot_know".into()), "{text}");
            assert!(at(&report, "/reason").as_str().unwrap().starts_with(reason), "{text}");
            assert!(!text.contains("Tell certutil the provider"), "{text}");
        }
        let output = files.path("out.pfx");
        assert_eq!(code(&opened(&["pfx", "predict", &files.path("changed.pfx"), "--output", &output])), 3);
        assert!(fs::metadata(&output).is_err());
    }
}

/// A password that was given for a file without one is that of what is written.
#[test]
fn the_password_that_was_given_is_that_of_what_is_written() {
    let files = Files::new();
    let file = files.export("node", "open.pfx", None, "-keypbe NONE -certpbe NONE -nomac");
    let output = files.path("out.pfx");
    let ran = opened(&["pfx", "predict", &file, "--csp", ENHANCED_AES, "--output", &output]);
    assert_eq!(code(&ran), 0, "{}{}", stdout(&ran), stderr(&ran));
    assert_eq!(code(&run(&["pfx", "inspect", &output, "--password", PASSWORD])), 0);
}

#[test]
fn what_is_said_on_the_way() {
    let files = Files::new();
    let file = files.export("node", "node.pfx", Some(ENHANCED_AES), &format!("-keyex {OLD}"));
    let output = import(&[&file, "Pkcs8,KeyFriendlyName=box"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for modifier in ["Pkcs8: has no effect", "KeyFriendlyName=: has no effect"] {
        assert!(stderr(&output).contains(modifier), "{}", stderr(&output));
    }
    for (options, warning) in [
        (&["--protect", "consent"][..], "a service cannot answer"),
        (&["--store", "Root"], "not in Root"),
        (&["--no-certificate"], "certutil -repairstore"),
        (&["--csp", KSP], "The file names Microsoft Enhanced RSA and AES Cryptographic Provider; -csp has"),
    ] {
        let (exit, text, report) = predicted(&file, options);
        assert_eq!(exit, 0, "{text}");
        let warnings = at(&report, "/warnings").as_array().unwrap();
        let said = |one: &Value| one.as_str().unwrap().contains(warning);
        assert!(warnings.iter().any(said), "{options:?}: {warnings:?}");
    }
    let help = run(&["-importPFX", "-?"]);
    for line in ["AT_KEYEXCHANGE         --key-spec=exchange", "-out FILE", "VSM                    refused"] {
        assert!(stdout(&help).contains(line), "{}", stdout(&help));
    }
}
