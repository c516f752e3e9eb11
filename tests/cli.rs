//! The command line as a user meets it: inputs of every kind, exit codes,
//! where output goes.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use certlens_core::x509::Certificate;
use serde_json::Value;

const AT: &str = "2026-06-01T00:00:00Z";

fn testdata(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../testdata").join(name).display().to_string()
}

fn anchor() -> String {
    testdata("anchors/certlens-test-anchor.pem")
}

fn issuing() -> String {
    testdata("intermediates/issuing-ca.pem")
}

/// certlens without anything of this machine's environment that it reads.
fn certlens() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    certlens().args(args).output().expect("certlens starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("standard output is UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("standard error is UTF-8")
}

/// Standard output as one line of words: where a report wraps depends on the paths in it.
fn words(output: &Output) -> String {
    stdout(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn verify_target(target: &str) -> Output {
    run(&["verify", target, "--anchors", &anchor(), "--intermediates", &issuing(), "--at", AT])
}

#[test]
fn the_same_certificate_in_every_wrapping_is_trusted() {
    for name in [
        "target.der",
        "target-crlf.pem",
        "target-bom.pem",
        "target-utf16le.pem",
        "target-utf16be.pem",
        "target-no-final-newline.pem",
        "target-text-around.pem",
        "target-base64.txt",
        "target-base64-one-line.txt",
        "chain.p7b",
        "chain.p7c.pem",
        "chain-ber.p7b",
    ] {
        let output = verify_target(&testdata(&format!("inputs/{name}")));
        assert_eq!(output.status.code(), Some(0), "{name}: {}{}", stdout(&output), stderr(&output));
        assert!(words(&output).contains("CN=www.example.test"), "{name}: another target\n{}", stdout(&output));
    }
}

#[test]
fn what_is_no_certificate_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let zeros = folder.path().join("zeros.bin");
    fs::File::create(&zeros).unwrap().set_len(100 << 20).unwrap();
    let small_zeros = folder.path().join("small-zeros.bin");
    fs::write(&small_zeros, vec![0; 5000]).unwrap();
    let no_such = testdata("inputs/target.dre");
    for (file, words) in [
        (testdata("inputs/empty.pem"), &["empty"][..]),
        (testdata("inputs/server.pfx"), &["certificates are encrypted", "--password-file"][..]),
        (testdata("inputs/request.csr"), &["signing request", "certification authority"][..]),
        (testdata("inputs/key.pem"), &["private key"][..]),
        (testdata("inputs/crl.pem"), &["revocation list"][..]),
        (testdata("inputs/error-page.html"), &["HTML", "proxy"][..]),
        (testdata("inputs/not-a-certificate.txt"), &["text"][..]),
        (zeros.display().to_string(), &["104857600", "MAX_INPUT_OCTETS"][..]),
        (small_zeros.display().to_string(), &["zero"][..]),
        (no_such, &["no such file", "did you mean", "target.der"][..]),
        ("www.example.com:443".to_owned(), &["no such file", "certlens probe"][..]),
        ("https://www.example.com".to_owned(), &["no such file", "certlens probe"][..]),
        ("www.example.com".to_owned(), &["no such file", "tls://www.example.com"][..]),
    ] {
        // `inspect` shows CRLs, and `verify` takes endpoints.
        let both = match &file {
            file if file.ends_with("crl.pem") => &["verify"][..],
            file if file.contains(':') => &["inspect"],
            _ => &["verify", "inspect"],
        };
        for command in both {
            let output = run(&[command, &file]);
            let said = stderr(&output);
            assert_eq!(output.status.code(), Some(2), "{command} {file}: {said}");
            assert!(said.starts_with("error: "), "{said}");
            assert!(said.contains(" hint: "), "{command} {file} says not what to do: {said}");
            assert!(said.contains(&file), "{command} {file} is not named: {said}");
            for word in words {
                assert!(said.contains(word), "{command} {file}: {word:?} is not in: {said}");
            }
        }
    }
}

#[test]
fn a_broken_target_is_unusable_and_a_broken_intermediate_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let mut der = fs::read(testdata("inputs/target.der")).unwrap();
    // The tag of the serial number, after two headers of four octets and the version's five.
    assert_eq!(der[13], 0x02);
    der[13] = 0x0c;
    let broken = folder.path().join("broken.der");
    fs::write(&broken, &der).unwrap();
    let broken = broken.display().to_string();
    let output = verify_target(&broken);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("byte ") && stderr(&output).contains("certlens inspect"), "{}", stderr(&output));

    let target = testdata("inputs/target.der");
    let output = run(&[
        "verify",
        &target,
        "--anchors",
        &anchor(),
        "--intermediates",
        &issuing(),
        "--intermediates",
        &broken,
        "--at",
        AT,
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(words(&output).contains("certificate-unreadable"), "{}", stdout(&output));

    let two = testdata("inputs/two-certificates-one-broken.pem");
    let output = run(&[
        "verify",
        &target,
        "--anchors",
        &anchor(),
        "--intermediates",
        &issuing(),
        "--intermediates",
        &two,
        "--at",
        AT,
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(words(&output).contains("certificate-unreadable"), "{}", stdout(&output));
}

#[test]
fn standard_input_is_read_on_request() {
    let mut child = certlens()
        .args(["verify", "-", "--anchors", &anchor(), "--intermediates", &issuing(), "--at", AT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let der = fs::read(testdata("inputs/target.der")).unwrap();
    child.stdin.take().unwrap().write_all(&der).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(words(&output).contains("target · standard input"), "{}", stdout(&output));
}

#[test]
fn directories_serve_as_targets_anchors_and_intermediates() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(testdata("inputs/target.der"), folder.path().join("a.der")).unwrap();
    fs::copy(testdata("cases/expired/target.pem"), folder.path().join("b.pem")).unwrap();
    fs::write(folder.path().join("README"), "nothing of use").unwrap();
    let targets = folder.path().display().to_string();
    let output = run(&[
        "verify",
        &targets,
        "--anchors",
        &testdata("anchors"),
        "--intermediates",
        &testdata("intermediates"),
        "--at",
        AT,
    ]);
    assert_eq!(output.status.code(), Some(1), "{}{}", stdout(&output), stderr(&output));
    assert!(words(&output).contains("a.der: TRUSTED"), "{}", stdout(&output));
    assert!(words(&output).contains("b.pem: UNTRUSTED"), "{}", stdout(&output));

    let empty = tempfile::tempdir().unwrap();
    let output = run(&["verify", &empty.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("no file with a certificate"), "{}", stderr(&output));
}

/// A file whose first certificate is damaged must not be judged by its second.
#[test]
fn another_certificate_is_never_taken_for_a_damaged_target() {
    let output = verify_target(&testdata("inputs/two-certificates-one-broken.pem"));
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).contains("may be the certificate to verify"), "{}", stderr(&output));
    let inspected = run(&["inspect", &testdata("inputs/two-certificates-one-broken.pem")]);
    assert_eq!(inspected.status.code(), Some(2));
}

#[test]
fn no_damage_to_the_first_block_makes_the_second_the_target() {
    let first = fs::read_to_string(testdata("cases/expired/target.pem")).unwrap();
    let good = fs::read_to_string(testdata("cases/healthy-rsa/target.pem")).unwrap();
    let (begin, end) = ("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n");
    let base64 = first.replace(begin, "").replace(end, "");
    let half: String = first.lines().take(8).map(|line| format!("{line}\n")).collect();
    let notes = "-----BEGIN X-----\nMAA\n-----END X-----\n".repeat(1_001);
    let folder = tempfile::tempdir().unwrap();
    for (what, damaged) in [
        ("no END line", first.replace(end, "")),
        ("cut in half", half),
        ("no BEGIN line", first.replace(begin, "")),
        ("four dashes", first.replace("-----BEGIN", "----BEGIN")),
        ("a letter", first.replace("BEGIN", "BEGlN")),
        ("other dashes", first.replace("-----BEGIN", "\u{2014}BEGIN")),
        (
            "lower case",
            first.replace(begin, "-----begin certificate-----\n").replace(end, "-----end certificate-----\n"),
        ),
        ("no boundaries", base64),
        ("many notes before", notes + &first.replace("MII", "M*I")),
    ] {
        let file = folder.path().join("chain.pem");
        fs::write(&file, damaged + &good).unwrap();
        let output = verify_target(&file.display().to_string());
        assert_eq!(output.status.code(), Some(2), "{what}: {}{}", stdout(&output), stderr(&output));
    }
    // Text around and between whole blocks is no damage.
    let file = folder.path().join("chain.pem");
    fs::write(&file, format!("subject=CN = x\n-----\n{good}---\nissuer=MIINI\n{first}-- \nbye")).unwrap();
    assert_eq!(verify_target(&file.display().to_string()).status.code(), Some(0));
}

#[test]
fn a_name_that_mozilla_trusts_is_not_enough_for_the_hint() {
    let folder = tempfile::tempdir().unwrap();
    let anchor_name = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().find_map(|der| {
        let certificate = Certificate::from_der(der).ok()?;
        let name = certificate.subject().rfc4514();
        (name == "CN=ISRG Root X1,O=Internet Security Research Group,C=US").then_some(())
    });
    assert!(anchor_name.is_some(), "the Mozilla set has ISRG Root X1");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let openssl = |args: &[&str]| {
        let made = Command::new("openssl").args(args).output().expect("openssl starts (apt-get install openssl)");
        assert!(made.status.success(), "{}", stderr(&made));
    };
    let subject = "/C=US/O=Internet Security Research Group/CN=ISRG Root X1";
    let (ca, ca_key, leaf, leaf_key, request) =
        (path("ca.pem"), path("ca.key"), path("leaf.pem"), path("leaf.key"), path("leaf.csr"));
    let new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let forged = ["req", "-x509", "-subj", subject, "-days", "3650", "-keyout", &ca_key, "-out", &ca];
    openssl(&[&forged[..], &new_key].concat());
    let asked = ["req", "-new", "-subj", "/CN=www.example.test", "-keyout", &leaf_key, "-out", &request];
    openssl(&[&asked[..], &new_key].concat());
    let signed = ["x509", "-req", "-in", &request, "-CA", &ca, "-CAkey", &ca_key, "-set_serial", "5", "-out", &leaf];
    openssl(&signed);
    let output = run(&["verify", &path("leaf.pem"), "--anchors", &anchor()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!words(&output).contains("trusted-by-mozilla"), "{}", stdout(&output));
}

#[test]
fn a_directory_hides_no_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let der = fs::read(testdata("inputs/target.der")).unwrap();
    fs::write(folder.path().join("a.der"), &der).unwrap();
    fs::write(folder.path().join("cut.der"), &der[..200]).unwrap();
    fs::write(folder.path().join("notes.txt"), "nothing of use").unwrap();
    let name = folder.path().display().to_string();
    let as_target = verify_target(&name);
    assert_eq!(as_target.status.code(), Some(2), "{}", stdout(&as_target));
    assert!(stderr(&as_target).contains("cut.der"), "{}", stderr(&as_target));
    assert!(!stderr(&as_target).contains("notes.txt"), "{}", stderr(&as_target));

    fs::copy(issuing(), folder.path().join("issuing.pem")).unwrap();
    let as_pool =
        run(&["verify", &testdata("inputs/target.der"), "--anchors", &anchor(), "--intermediates", &name, "--at", AT]);
    assert_eq!(as_pool.status.code(), Some(0), "{}{}", stdout(&as_pool), stderr(&as_pool));
    assert!(
        words(&as_pool).contains("certificate-unreadable") && words(&as_pool).contains("cut.der"),
        "{}",
        stdout(&as_pool)
    );
}

#[test]
fn a_file_in_the_wrong_order_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chain.pem");
    let chain =
        fs::read_to_string(issuing()).unwrap() + &fs::read_to_string(testdata("cases/healthy-rsa/target.pem")).unwrap();
    fs::write(&file, chain).unwrap();
    let output = run(&["verify", &file.display().to_string(), "--anchors", &anchor(), "--at", AT]);
    assert!(words(&output).contains("warning: chain-order"), "{}", stdout(&output));
}

#[test]
fn a_p7b_with_several_targets_is_refused() {
    // Two end entities; made here because the order in a PKCS#7 must not matter.
    let ends = [testdata("cases/healthy-rsa/target.pem"), testdata("cases/expired/target.pem")];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.p7b");
    let made = Command::new("openssl")
        .args(["crl2pkcs7", "-nocrl", "-certfile", &ends[0], "-certfile", &ends[1], "-outform", "DER", "-out"])
        .arg(&file)
        .output()
        .expect("openssl starts (apt-get install openssl)");
    assert!(made.status.success(), "{}", stderr(&made));
    let output = verify_target(&file.display().to_string());
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).contains("which certificate to verify"), "{}", stderr(&output));
}

#[test]
fn advice_is_about_the_target_it_stands_under() {
    let own = testdata("cases/self-signed/target.pem");
    let other = testdata("cases/wrong-name/target.pem");
    let output = run(&["verify", &other, &own, "--anchors", &anchor(), "--at", AT]);
    let text = stdout(&output);
    assert!(text.starts_with("2 TARGETS: 2 untrusted"), "{text}");
    assert!(text.contains(&format!("certlens verify {own}")), "{text}");
    assert!(text.contains(&format!("--anchors {own}")) && !text.contains(&format!("--anchors {other}")), "{text}");
}

#[test]
fn several_results_end_with_the_weightiest_exit_code() {
    let good = testdata("inputs/target.der");
    let bad = testdata("cases/expired/target.pem");
    let both = ["--anchors", &anchor(), "--intermediates", &issuing(), "--at", AT];
    for (targets, code) in [
        (vec![good.as_str()], 0),
        (vec![good.as_str(), bad.as_str()], 1),
        (vec![bad.as_str(), "no-such-file", good.as_str()], 2),
    ] {
        let args: Vec<&str> = ["verify"].into_iter().chain(targets.iter().copied()).chain(both).collect();
        let output = run(&args);
        assert_eq!(output.status.code(), Some(code), "{targets:?}: {}", stderr(&output));
        let json = run(&args.iter().copied().chain(["--format", "json"]).collect::<Vec<_>>());
        let report: Value = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!(report["exit_code"], code);
        assert_eq!(
            report["results"].as_array().unwrap().len() + report["not_read"].as_array().unwrap().len(),
            targets.len()
        );
    }
}

#[test]
fn trust_sets() {
    let good = testdata("inputs/target.der");
    let output = run(&["verify", &good, "--trust", "none", "--at", AT]);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(stdout(&output).starts_with("INDETERMINATE (revocation not checked)"), "{}", stdout(&output));
    assert!(words(&output).contains("--trust mozilla"), "{}", stdout(&output));

    let system = certlens()
        .args(["verify", &good, "--intermediates", &issuing(), "--at", AT])
        .env("SSL_CERT_FILE", anchor())
        .output()
        .unwrap();
    assert_eq!(system.status.code(), Some(0), "{}", stdout(&system));
    assert!(words(&system).contains("system trust store (1 anchor)"), "{}", stdout(&system));

    let empty = tempfile::tempdir().unwrap();
    let no_store = certlens().args(["verify", &good, "--at", AT]).env("SSL_CERT_DIR", empty.path()).output().unwrap();
    assert_eq!(no_store.status.code(), Some(3), "{}", stdout(&no_store));
    assert!(words(&no_store).contains("trust-store-empty"), "{}", stdout(&no_store));

    // --anchors alone shuts the other sets out; together with --trust both count.
    let both = run(&[
        "verify",
        &good,
        "--intermediates",
        &issuing(),
        "--anchors",
        &anchor(),
        "--trust",
        "mozilla",
        "--at",
        AT,
    ]);
    assert_eq!(both.status.code(), Some(0), "{}", stdout(&both));
    assert!(words(&both).contains("Mozilla set ("), "{}", stdout(&both));
}

#[test]
fn a_public_chain_verifies_with_mozilla_and_is_explained_without() {
    let chain = testdata("public/chain.pem");
    let at = ["--at", "2026-08-01T00:00:00Z"];
    let trusted = run(&["verify", &chain, "--trust", "mozilla", at[0], at[1]]);
    assert_eq!(trusted.status.code(), Some(0), "{}{}", stdout(&trusted), stderr(&trusted));
    assert!(words(&trusted).contains("(Mozilla set)"), "{}", stdout(&trusted));

    let missing = run(&["verify", &chain, "--anchors", &anchor(), at[0], at[1]]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(words(&missing).contains("trusted by Mozilla, missing here"), "{}", stdout(&missing));
    assert!(words(&missing).contains("--trust mozilla"), "{}", stdout(&missing));

    let mail = run(&["verify", &chain, "--trust", "mozilla", "--purpose", "email-protection", at[0], at[1]]);
    assert_eq!(mail.status.code(), Some(1));
    assert!(words(&mail).contains("trust-set-purpose"), "{}", stdout(&mail));
}

#[test]
fn wrong_usage_says_what_would_be_right() {
    let good = testdata("inputs/target.der");
    for (args, words) in [
        (vec!["verify"], "TARGET"),
        (vec!["verfy", &good], "verify"),
        (vec!["verify", &good, "--at", "yesterday"], "2026-11-23T12:00:00Z"),
        (vec!["verify", &good, "--name", "*.example.com"], "wildcard"),
        (vec!["verify", &good, "--name", "https://example.com/"], "URL"),
        (vec!["verify", &good, "--purpose", "cooking"], "server-auth"),
        (vec!["verify", &good, "--allow-weak", "sha2"], "sha1"),
        (vec!["verify", &good, "--profile", "strict"], "rfc5280"),
        (vec!["explain", "expird"], "expired"),
        (vec!["explain", "no-such-code-at-all"], "lists them all"),
        (vec!["verify", &good, "--force"], "--output"),
        (vec!["verify", &good, "--profile", "web", "--allow-weak", "sha1"], "rfc5280"),
    ] {
        let output = run(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{args:?}: {words:?} is not in: {}", stderr(&output));
    }
}

#[test]
fn an_output_file_is_whole_and_never_overwritten_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let file = report.display().to_string();
    let good = testdata("inputs/target.der");
    let args = [
        "verify",
        &good,
        "--anchors",
        &anchor(),
        "--intermediates",
        &issuing(),
        "--at",
        AT,
        "--format",
        "json",
        "--output",
        &file,
    ];
    assert_eq!(run(&args).status.code(), Some(0));
    let first = fs::read(&report).unwrap();
    assert!(serde_json::from_slice::<Value>(&first).is_ok());

    fs::write(&report, "mine").unwrap();
    let refused = run(&args);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        stderr(&refused).contains("exists already") && stderr(&refused).contains("--force"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(fs::read(&report).unwrap(), b"mine");

    let forced: Vec<&str> = args.iter().copied().chain(["--force"]).collect();
    assert_eq!(run(&forced).status.code(), Some(0));
    assert_eq!(fs::read(&report).unwrap(), first);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a part was left behind");

    let nowhere = run(&["verify", &good, "--output", &folder.path().join("no/such/folder.txt").display().to_string()]);
    assert_eq!(nowhere.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn an_output_that_is_no_plain_file_stays_what_it_is() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let certificate = path("certificate.der");
    fs::copy(testdata("inputs/target.der"), &certificate).unwrap();
    let inspect = |output: &str, force: bool| {
        let mut args = vec!["inspect", &certificate, "--output", output];
        if force {
            args.push("--force");
        }
        run(&args)
    };
    // A link is followed, and the file behind it keeps its mode.
    fs::write(path("real.txt"), "old").unwrap();
    fs::set_permissions(path("real.txt"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink(path("real.txt"), path("link.txt")).unwrap();
    assert_eq!(inspect(&path("link.txt"), true).status.code(), Some(0));
    assert!(fs::symlink_metadata(path("link.txt")).unwrap().file_type().is_symlink());
    assert!(fs::read_to_string(path("real.txt")).unwrap().contains("CN=www.example.test"));
    assert_eq!(fs::metadata(path("real.txt")).unwrap().permissions().mode() & 0o777, 0o600);
    // A device takes the report.
    let null = inspect("/dev/null", false);
    assert_eq!(null.status.code(), Some(0), "{}", stderr(&null));
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    // An input is never overwritten.
    let input = inspect(&certificate, true);
    assert_eq!(input.status.code(), Some(2));
    assert!(stderr(&input).contains("is an input"), "{}", stderr(&input));
    assert_eq!(fs::read(&certificate).unwrap(), fs::read(testdata("inputs/target.der")).unwrap());
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let store = testdata("anchors");
    let mut child = certlens().args(["inspect", &store]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
}

#[test]
fn no_escape_sequence_leaves_a_pipe_or_a_hostile_name() {
    for target in ["inputs/names.pem", "inputs/all-extensions.pem"] {
        for command in ["verify", "inspect"] {
            let output = run(&[command, &testdata(target), "--format", "text"]);
            let text = stdout(&output);
            assert!(!text.is_empty());
            assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{command} {target}");
        }
    }
}

#[test]
fn codes_are_explained() {
    let one = run(&["explain", "expired"]);
    assert_eq!(one.status.code(), Some(0));
    for word in ["RFC 5280 §6.1.3 (a)(2)", "CERT_TRUST_IS_NOT_TIME_VALID (0x1)", "CERT_E_EXPIRED (0x800b0101)"] {
        assert!(words(&one).contains(word), "{}", stdout(&one));
    }
    for windows in ["CERT_E_EXPIRED", "cert_e_expired", "0x800b0101", "0x800B0101", "EXPIRED"] {
        assert!(stdout(&run(&["explain", windows])).contains("expired"), "{windows}");
    }
    let all = run(&["explain", "--format", "json"]);
    let report: Value = serde_json::from_slice(&all.stdout).unwrap();
    assert_eq!(report["schema"], "certlens/explain/1");
    assert!(report["codes"].as_array().unwrap().len() > 30);
}

/// What administrators come with: the numbers and words of Windows, and the demands that
/// reports name.
#[test]
fn what_windows_says_of_keys_is_explained() {
    for (codes, parts) in [
        (
            &["0x8009030D"][..],
            &["SEC_E_UNKNOWN_CREDENTIALS (0x8009030d)", "may not read it", "Demands not met readable", "icacls"][..],
        ),
        (&["0x80090014"], &["NTE_BAD_PROV_TYPE", "The key is in a KSP", "certlens pfx convert FILE.pfx --csp"]),
        (&["-2146893804"], &["NTE_BAD_PROV_TYPE"]),
        (&["0x80070056"], &["ERROR_INVALID_PASSWORD", "AES (PBES2)", "--compatible-with server2016"]),
        (&["103"], &["self-hosted integration runtime", "Demands not met csp"]),
        (&["error", "103"], &["self-hosted integration runtime"]),
        (&["Error", "code", "103"], &["self-hosted integration runtime"]),
        // Its text alone is known.
        (&["0x80090022"], &["NTE_SILENT_CONTEXT (0x80090022)", "the context was acquired as silent"]),
        // One that findings and keys have in common would have both.
        (&["0x80092013"], &["CRYPT_E_REVOCATION_OFFLINE"]),
        (
            &["readable"],
            &["Demand readable", "shir-ha must: the account", "Windows says then SEC_E_UNKNOWN_CREDENTIALS"],
        ),
        (&["csp"], &["Demand csp", "adfs should:", "NTE_BAD_PROV_TYPE", "certlens pfx check --for"]),
        (&["key-exchange"], &["AT_KEYEXCHANGE", "SslCertMayNotDoKeyExchange"]),
        (&["same-certificate"], &["the same certificate is on every node"]),
        (&["opens"], &["Demand opens", "ERROR_INVALID_PASSWORD"]),
    ] {
        let output = run(&[&["explain"], codes].concat());
        assert_eq!(output.status.code(), Some(0), "{codes:?}: {}", stderr(&output));
        for part in parts {
            assert!(words(&output).contains(part), "{codes:?}: {part:?} is not in: {}", stdout(&output));
        }
    }
    let all = run(&["explain"]);
    for part in ["not-signature", "reachable", "0x8009030d, 36870", "103"] {
        assert!(words(&all).contains(part), "{part:?} is not in: {}", stdout(&all));
    }
    let near = run(&["explain", "key-exchagne"]);
    assert!(stderr(&near).contains("did you mean key-exchange?"), "{}", stderr(&near));
    assert_eq!(run(&["explain", "0x80090001"]).status.code(), Some(2));
}

#[test]
fn inspect_reads_what_verify_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let der = fs::read(testdata("inputs/target.der")).unwrap();
    let cut = folder.path().join("cut.der");
    fs::write(&cut, &der[..der.len() - 5]).unwrap();
    let output = run(&["inspect", &cut.display().to_string()]);
    assert_eq!(output.status.code(), Some(2), "{}{}", stdout(&output), stderr(&output));
    let json = run(&["inspect", &testdata("inputs/all-extensions.pem"), "--format", "json"]);
    assert_eq!(json.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(report["schema"], "certlens/inspect/1");
}

#[test]
fn the_paths_of_this_repository_are_there() {
    for name in ["inputs", "cases", "anchors", "intermediates", "public/chain.pem"] {
        assert!(Path::new(&testdata(name)).exists(), "{name}");
    }
}
