//! `certlens pfx convert`, `create`, `extract` and `password`: every option
//! read back by openssl and by `pfx inspect`; where files go, and what is refused.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::made::Files;
use crate::schema;
use crate::{PASSWORD, VARIABLE, at, code, first_line, json, opened, run, stderr, stdout};

pub(crate) const OTHER: &str = "battery staple";

/// What `openssl pkcs12 -info` says of a file, keys and certificates as they are.
pub(crate) fn openssl(file: &str, password: &str) -> String {
    let mut command = Command::new("openssl");
    command.args(["pkcs12", "-in", file, "-info", "-nodes", "-passin", &format!("pass:{password}")]);
    let output = command.output().expect("openssl starts (apt-get install openssl)");
    assert!(output.status.success(), "{file}: {}", stderr(&output));
    // It writes names in the encoding of its system.
    stderr(&output) + &String::from_utf8_lossy(&output.stdout)
}

pub(crate) fn inspected(file: &str) -> Value {
    let report = json(&opened(&["pfx", "inspect", file, "--format", "json"]));
    at(&report, "/files/0").clone()
}

/// Runs `pfx convert` into `out.pfx` and returns the facts of what was written.
fn converted(files: &Files, file: &str, options: &[&str]) -> (String, Value) {
    let output = files.path("out.pfx");
    let ran =
        opened(&[&["pfx", "convert", file, "--output", &output, "--force", "--format", "json"], options].concat());
    assert_eq!(code(&ran), 0, "{options:?}: {}", stderr(&ran));
    let report = json(&ran);
    schema::check("pfx-written-1", &report);
    let facts = inspected(&output);
    assert_eq!(at(&report, "/file/keys"), at(&facts, "/keys"), "what is reported is what is in the file");
    (openssl(&output, PASSWORD), facts)
}

#[test]
fn what_windows_is_told_is_set_and_dropped() {
    let files = Files::new();
    let file = files.node1();
    let csp = "Microsoft RSA SChannel Cryptographic Provider";
    let (said, facts) = converted(
        &files,
        &file,
        &["--csp", csp, "--key-spec", "exchange", "--machine", "--container", "box", "--friendly-name", "Knoten Ä"],
    );
    for line in ["Microsoft CSP Name: Microsoft RSA SChannel", "Microsoft Local Key set", "X509v3 Key Usage: 10"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(said.contains("friendlyName: box") && said.contains("friendlyName: Knoten"), "{said}");
    assert_eq!(at(&facts, "/keys/0/provider/name"), csp);
    assert_eq!(at(&facts, "/keys/0/machine_keyset"), true);
    assert_eq!(at(&facts, "/keys/0/container"), "box");
    assert_eq!(at(&facts, "/certificates/0/friendly_name"), "Knoten Ä");
    assert_eq!(at(&facts, "/answer"), "CSP KEY, exchange, machine");

    let (said, facts) = converted(
        &files,
        &file,
        &["--csp", "none", "--key-spec", "none", "--user", "--container", "none", "--friendly-name", "None"],
    );
    for word in ["Microsoft CSP Name", "Local Key set", "Key Usage", "friendlyName"] {
        assert!(!said.contains(word), "{word}: {said}");
    }
    assert_eq!(at(&facts, "/keys/0/provider/state"), "absent");

    let (said, _) = converted(&files, &file, &["--key-spec", "signature"]);
    assert!(said.contains("X509v3 Key Usage: 80"), "{said}");
    // A short name of certutil's -csp.
    let (_, facts) = converted(&files, &file, &["--csp", "tpm"]);
    assert_eq!(at(&facts, "/keys/0/provider/name"), "Microsoft Platform Crypto Provider");
}

#[test]
fn encryption_is_kept_or_chosen() {
    let files = Files::new();
    let file = files.node1();
    let aes = "PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256";
    for (options, wanted) in [
        (&[][..], &[aes, "MAC: sha256, Iteration 2048"][..]),
        (&["--compatible-with", "server2012r2"], &["pbeWithSHA1And3-KeyTripleDES-CBC", "MAC: sha1, Iteration 2048"]),
        (&["--compatible-with", "server2016"], &["pbeWithSHA1And3-KeyTripleDES-CBC", "MAC: sha1, Iteration 2048"]),
        (&["--compatible-with", "server2019"], &["AES-256-CBC, Iteration 200000", "MAC: sha256, Iteration 200000"]),
        (&["--compatible-with", "server2022"], &["AES-256-CBC, Iteration 200000", "MAC: sha256, Iteration 200000"]),
        (&["--compatible-with", "modern"], &["AES-256-CBC, Iteration 200000", "MAC: sha256, Iteration 200000"]),
        (&["--cipher", "3des"], &["pbeWithSHA1And3-KeyTripleDES-CBC", "MAC: sha1"]),
        (
            &["--cipher", "aes128", "--prf", "sha512", "--iterations", "3000", "--mac", "sha384"],
            &["AES-128-CBC, Iteration 3000, PRF hmacWithSHA512", "MAC: sha384, Iteration 3000"],
        ),
        (&["--cipher", "aes192"], &["AES-192-CBC, Iteration 2048"]),
        (&["--plain-keys"], &["Key bag", aes]),
        (&["--plain-certificates"], &["Shrouded Keybag: PBES2", "PKCS7 Data\nCertificate bag"]),
    ] {
        let (said, _) = converted(&files, &file, options);
        for line in wanted {
            assert!(said.contains(line), "{options:?}: no {line}\n{said}");
        }
    }
    // OpenSSL 3.0 does not read PBMAC1; we do.
    let pbmac1 = files.path("pbmac1.pfx");
    assert_eq!(code(&opened(&["pfx", "convert", &file, "--mac", "pbmac1-sha256", "--output", &pbmac1])), 0);
    assert!(at(&inspected(&pbmac1), "/mac").as_str().unwrap().contains("PBMAC1"));
    // RC2 is not written any more; what opened it opens Triple DES.
    let old = files.export("node", "old.pfx", None, "-legacy");
    let (said, _) = converted(&files, &old, &[]);
    assert!(!said.contains("RC2") && said.contains("PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC"), "{said}");
}

#[test]
fn chains_are_added_and_dropped() {
    let files = Files::new();
    let file = files.node1();
    let ca = files.path("ca.pem");
    let (said, facts) = converted(&files, &file, &["--add", &ca]);
    assert_eq!(said.matches("Certificate bag").count(), 2);
    assert_eq!(at(&facts, "/chains/0/certificates").as_array().unwrap().len(), 2);
    let full = files.path("full.pfx");
    fs::copy(files.path("out.pfx"), &full).unwrap();
    let (said, _) = converted(&files, &full, &["--drop-chain"]);
    assert_eq!(said.matches("Certificate bag").count(), 1);
    let again = opened(&["pfx", "convert", &full, "--add", &ca, "--output", &files.path("x.pfx")]);
    assert!(crate::words(&again).contains("CN=Node CA was there already"), "{}", stdout(&again));
}

#[test]
fn a_file_is_made_of_key_and_certificates() {
    let files = Files::new();
    files.add("new", OTHER);
    let output = files.path("made.pfx");
    let (key, ca) = (files.path("node.key"), files.path("ca.pem"));
    let ran = run(&[
        "pfx",
        "create",
        "--key",
        &key,
        "--cert",
        &ca,
        "--cert",
        &files.path("node.pem"),
        "--csp",
        "Microsoft Strong Cryptographic Provider",
        "--key-spec",
        "exchange",
        "--new-password-file",
        &files.path("new"),
        "--output",
        &output,
    ]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    assert_eq!(first_line(&ran), format!("WROTE {output}: CSP KEY, exchange"));
    let said = openssl(&output, OTHER);
    let (node, ca_at) = (said.find("subject=CN = node1").unwrap(), said.find("subject=CN = Node CA").unwrap());
    assert!(node < ca_at, "the key's certificate is the first");
    let text = fs::read_to_string(&key).unwrap();
    assert!(said.contains(text.lines().nth(3).unwrap()), "the key is the one that was given");

    let foreign = run(&["pfx", "create", "--key", &key, "--cert", &ca, "--empty-password", "--output", "x.pfx"]);
    assert_eq!(code(&foreign), 2);
    assert!(stderr(&foreign).contains("none of the certificates is that of this key"), "{}", stderr(&foreign));
}

#[test]
fn certificates_and_keys_are_taken_out() {
    let files = Files::new();
    let file = files.export("node", "node.pfx", None, &format!("-certfile {}", files.path("ca.pem")));
    let all = opened(&["pfx", "extract", &file]);
    let node = fs::read_to_string(files.path("node.pem")).unwrap();
    let ca = fs::read_to_string(files.path("ca.pem")).unwrap();
    assert_eq!((code(&all), stdout(&all)), (0, format!("{node}{ca}")));
    assert_eq!(stdout(&opened(&["pfx", "extract", &file, "--end-entity"])), node);

    let to = files.path("key.pem");
    let refused = opened(&["pfx", "extract", &file, "--key"]);
    assert_eq!(code(&refused), 2, "a key goes to a file");
    assert_eq!(code(&opened(&["pfx", "extract", &file, "--key", "--output", &to])), 0);
    assert!(fs::read_to_string(&to).unwrap().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    let mut command = Command::new("openssl");
    command.args(["pkey", "-in", &to, "-passin", &format!("pass:{PASSWORD}")]);
    let key = fs::read_to_string(files.path("node.key")).unwrap();
    assert_eq!(stdout(&command.output().unwrap()), key);
    assert_eq!(code(&opened(&["pfx", "extract", &file, "--key", "--plain-keys", "--output", &to, "--force"])), 0);
    assert_eq!(fs::read_to_string(&to).unwrap(), key);
}

#[cfg(unix)]
#[test]
fn what_is_written_is_its_owners_alone_and_overwrites_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let files = Files::new();
    let file = files.node1();
    let output = files.path("out.pfx");
    let mode = || fs::metadata(&output).unwrap().permissions().mode() & 0o777;
    assert_eq!(code(&opened(&["pfx", "convert", &file, "--output", &output])), 0);
    assert_eq!(mode(), 0o600);
    let first = fs::read(&output).unwrap();
    let again = opened(&["pfx", "convert", &file, "--output", &output]);
    assert_eq!(code(&again), 2);
    assert!(stderr(&again).contains("exists already") && stderr(&again).contains("--force"), "{}", stderr(&again));
    assert_eq!(fs::read(&output).unwrap(), first);
    fs::set_permissions(&output, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(code(&opened(&["pfx", "convert", &file, "--output", &output, "--force"])), 0);
    assert_eq!(mode(), 0o600, "whoever could read the old one cannot read the new one");
    assert_ne!(fs::read(&output).unwrap(), first, "salts are new");
    let onto_itself = opened(&["pfx", "convert", &file, "--output", &file, "--force"]);
    assert_eq!(code(&onto_itself), 2);
    assert!(stderr(&onto_itself).contains("is an input"), "{}", stderr(&onto_itself));
    let left: Vec<_> = fs::read_dir(files.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
}

#[test]
fn what_cannot_be_done_writes_nothing() {
    let files = Files::new();
    let file = files.node1();
    let ec = files.export("ec", "ec.pfx", None, "");
    let plain = files.export("node", "plain.pfx", None, "-keypbe NONE -certpbe NONE -nomac");
    let output = files.path("out.pfx");
    files.add("wrong", "no");
    files.add("empty", "");
    let (wrong, empty) = (files.path("wrong"), files.path("empty"));
    let csp = "Microsoft Enhanced RSA and AES Cryptographic Provider";
    for (args, said) in [
        (&["convert", &file, "--password-file", &wrong][..], "the password is wrong"),
        (&["convert", &file], "does not open without a password"),
        (&["convert", &ec, "--csp", csp, "--password-env", VARIABLE], "the key is EC P-256"),
        (&["convert", &plain], "a password is needed for what is written"),
        (&["convert", &file, "--password-env", VARIABLE, "--new-password-file", &empty], "has no characters"),
        (&["convert", &file, "--password-env", VARIABLE, "--cipher", "3des", "--prf", "sha256"], "--prf: Triple DES"),
        (
            &["convert", &file, "--password-env", VARIABLE, "--compatible-with", "server2016", "--cipher", "aes256"],
            "Windows Server 2016 would not open it",
        ),
        (&["convert", &file, "--password-env", VARIABLE, "--format", "certutil"], "does not have this form"),
        (&["convert", &file, "--password-env", VARIABLE, "--machine", "--user"], "cannot be used with"),
        (&["convert", &file, "--password-env", VARIABLE, "--iterations", "0"], "0 is not in"),
        (&["extract", &file, "--password-env", VARIABLE, "--empty-password"], "nothing is encrypted"),
        (&["password", &file, "--password-env", VARIABLE], "a password is needed for what is written"),
    ] {
        let ran = run(&[&["pfx"], args, &["--output", &output]].concat());
        assert_eq!(code(&ran), 2, "{args:?}: {}", stdout(&ran));
        assert!(stderr(&ran).contains(said), "{args:?}: {}", stderr(&ran));
        assert!(fs::metadata(&output).is_err(), "{args:?} wrote a file");
    }
    // Asked for by name.
    let ran = run(&["pfx", "convert", &plain, "--empty-password", "--output", &output]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    assert!(crate::words(&ran).contains("the password is the empty one, which protects nothing"), "{}", stdout(&ran));
    openssl(&output, "");
}

#[test]
fn secrets_are_in_no_report() {
    let files = Files::new();
    let file = files.node1();
    let key = fs::read_to_string(files.path("node.key")).unwrap();
    let key = key.lines().nth(5).unwrap();
    for format in ["text", "json"] {
        for (command, options) in
            [("convert", &["--plain-keys", "--machine"][..]), ("password", &[]), ("extract", &["--key"])]
        {
            let output = files.path("secret.out");
            let given = ["--password", PASSWORD, "--new-password", OTHER, "--output", &output, "--force"];
            let ran = run(&[&["pfx", command, &file, "--format", format], options, &given].concat());
            assert_eq!(code(&ran), 0, "{command}: {}", stderr(&ran));
            let all = stdout(&ran) + &stderr(&ran);
            assert!(!all.contains(PASSWORD) && !all.contains(OTHER) && !all.contains(key), "{command}: {all}");
            assert!(stderr(&ran).contains("warning: --new-password: "), "{}", stderr(&ran));
        }
        let output = files.path("secret.out");
        let ran = opened(&["pfx", "extract", &file, "--key", "--plain-keys", "--output", &output, "--force"]);
        assert!(code(&ran) == 0 && !(stdout(&ran) + &stderr(&ran)).contains(key));
    }
}
