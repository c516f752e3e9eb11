//! The command lines and the output shapes of certutil.
//!
//! Whole outputs stand in `tests/certutil/*.out`; `CERTLENS_UPDATE=1 cargo test
//! --test certutil` rewrites them.

#![expect(clippy::unwrap_used, reason = "a harness that finds its data broken has to stop")]

#[path = "certutil/peer.rs"]
mod peer;
#[path = "certutil/pki.rs"]
mod pki;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use certlens_testkit::{Ca, CrlBuilder, CrlEntry, GeneralName, IdpSpec, Key, OcspBuilder, OcspSingle, pem, time};
use peer::{Pages, Peer};
use pki::{AT, Pki, TARGET_SERIAL, Urls};

const DONE: &str = "CertUtil: -verify command completed successfully.";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn case(name: &str) -> PathBuf {
    root().join("testdata/cases").join(name)
}

fn start(program: &Path, folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).stdin(Stdio::null());
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

fn run(folder: &Path, args: &[&str]) -> Output {
    start(Path::new(env!("CARGO_BIN_EXE_certlens")), folder, args)
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Compares with the file of this name, or writes it.
fn golden(name: &str, output: &Output, exit: i32) {
    let text = stdout(output).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_eq!(output.status.code(), Some(exit), "{name}: {text}{}", stderr(output));
    let path = root().join("tests/certutil").join(name).with_extension("out");
    if std::env::var_os("CERTLENS_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    assert!(wanted == text, "{name} differs; CERTLENS_UPDATE=1 rewrites it:\n{text}");
}

fn verify<'a>(extra: &[&'a str]) -> Vec<&'a str> {
    let mut args =
        vec!["-verify", "target.pem", "--anchors", "anchor.pem", "--intermediates", "issuing.pem", "--at", AT];
    args.extend(extra);
    args
}

#[test]
fn verdicts_from_files_have_certutils_shape() {
    const ANCHOR: &str = "../../anchors/certlens-test-anchor.pem";
    const OTHER: &str = "../../anchors/certlens-test-other-anchor.pem";
    const TIME: &str = "2026-06-01T00:00:00Z";
    let with = ["-verify", "target.pem", "--intermediates", "intermediates.pem", "--at", TIME, "--anchors"];
    let without = ["-verify", "target.pem", "--at", TIME, "--anchors"];
    for (name, folder, args, extra, exit) in [
        ("healthy", "healthy-rsa", &with[..], &[ANCHOR, "-sslpolicy", "www.example.test"][..], 0),
        ("expired", "expired", &with, &[ANCHOR], 1),
        ("untrusted-root", "untrusted-anchor", &with, &[OTHER], 1),
        ("partial-chain", "missing-intermediate", &without, &[ANCHOR], 1),
        ("name-mismatch", "wrong-name", &with, &[ANCHOR, "-sslpolicy", "www.other.test"], 1),
    ] {
        let args: Vec<&str> = args.iter().chain(extra).copied().collect();
        golden(name, &run(&case(folder), &args), exit);
    }
}

#[test]
fn no_untrusted_chain_is_said_to_have_completed_successfully() {
    let mut runs = 0;
    for folder in fs::read_dir(root().join("testdata/cases")).unwrap() {
        let folder = folder.unwrap().path();
        let text = fs::read_to_string(folder.join("case.txt")).unwrap();
        let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start)).unwrap();
        let exit: i32 = line("exit: ").parse().unwrap();
        let args: Vec<&str> = line("args: ").split(' ').chain(["--format", "certutil"]).collect();
        let output = run(&folder, &args);
        let said = stdout(&output);
        assert_eq!(output.status.code(), Some(exit), "{}: {said}{}", folder.display(), stderr(&output));
        assert_eq!(said.contains("completed successfully"), exit == 0, "{}: {said}", folder.display());
        assert_eq!(said.contains("CertUtil: -verify command FAILED: 0x8"), exit != 0, "{}: {said}", folder.display());
        assert!(said.starts_with("computed by certlens ") && said.contains(", profile "), "{said}");
        assert!(!said.contains("revocation check passed"), "{}: {said}", folder.display());
        runs += 1;
    }
    assert!(runs >= 60, "only {runs} cases found");
}

#[test]
fn a_revoked_certificate_is_said_to_be() {
    let pki = Pki::new(&Urls::default());
    let revoked = CrlEntry { reason: Some(1), ..CrlEntry::new(&TARGET_SERIAL) };
    pki.write("issuing.crl", CrlBuilder::new().number(4).entry_full(revoked).signed_by(&pki.issuing));
    pki.write("anchor.crl", CrlBuilder::new().signed_by(&pki.anchor));
    let output = run(pki.path(), &verify(&["--crl", "issuing.crl", "--crl", "anchor.crl"]));
    golden("revoked", &output, 1);
    assert!(stdout(&output).contains("Leaf certificate is REVOKED (Reason=1)\n"));
}

#[test]
fn dead_urls_leave_revocation_unknown() {
    let dead = |path: &str| vec![format!("http://127.0.0.1:1{path}")];
    let pki = Pki::new(&Urls {
        issuers: dead("/issuing.cer"),
        responders: dead("/ocsp"),
        crls: dead("/issuing.crl"),
        issuing_crls: dead("/anchor.crl"),
        ..Urls::default()
    });
    let output = run(pki.path(), &verify(&["-urlfetch", "-t", "500", "-f"]));
    assert!(stderr(&output).contains("note: -f: weakens no check"), "{}", stderr(&output));
    if cfg!(target_os = "linux") {
        golden("offline", &output, 3);
    }
    let said = stdout(&output);
    for line in [
        "(WinHttp: 12029 ERROR_WINHTTP_CANNOT_CONNECT)",
        "ChainContext.dwErrorStatus = CERT_TRUST_IS_OFFLINE_REVOCATION (0x1000000)",
        "CertContext[0][0]: dwInfoStatus=2 dwErrorStatus=1000040",
        "Revocation check skipped -- server offline",
        "CertUtil: -verify command FAILED: 0x80092013 (-2146885613 CRYPT_E_REVOCATION_OFFLINE)",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

/// A run over a server that gives these pages.
fn fetched(urls: impl Fn(&Peer) -> Urls, pages: impl Fn(&Pki) -> Pages, extra: &[&str]) -> (Output, String) {
    let peer = Peer::new();
    let port = peer.url("").rsplit_once(':').unwrap().1.to_owned();
    let pki = Pki::new(&urls(&peer));
    peer.serve(pages(&pki));
    let mut args = vec!["-urlfetch", "-f", "-verify", "target.pem", "--anchors", "anchor.pem", "--at", AT];
    args.extend(extra);
    let output = run(pki.path(), &args);
    let said = stdout(&output).replace(&port, "PORT");
    (output, said)
}

#[test]
fn what_was_retrieved_stands_with_its_certificate() {
    let (output, said) = fetched(
        |peer| Urls {
            issuers: vec![peer.url("/issuing.cer")],
            responders: vec![peer.url("/ocsp")],
            crls: vec![peer.url("/issuing.crl")],
            issuing_crls: vec![peer.url("/anchor.crl")],
            ..Urls::default()
        },
        |pki| {
            Pages::from([
                ("/issuing.cer", pki.issuing.der().to_vec()),
                (
                    "/ocsp",
                    OcspBuilder::new().single(OcspSingle::good(&TARGET_SERIAL, &pki.issuing)).signed_by(&pki.issuing),
                ),
                ("/anchor.crl", CrlBuilder::new().number(7).signed_by(&pki.anchor)),
            ])
        },
        &[],
    );
    // The port is in the certificate, and so in its hashes.
    let masked: String = said
        .split_inclusive(|character: char| !character.is_ascii_hexdigit())
        .map(|word| {
            let end = word.trim_end_matches(|character: char| !character.is_ascii_hexdigit());
            if end.len() == 40 { word.replace(end, "SHA-1") } else { word.to_owned() }
        })
        .collect();
    let masked = Output { stdout: masked.into_bytes(), ..output };
    golden("retrieved", &masked, 0);
    assert!(said.contains("Not asked \"CDP\"") && said.contains("Leaf certificate revocation check passed"), "{said}");
}

#[test]
fn each_way_to_be_of_no_use_has_its_word() {
    let other = || Ca::anchor("Other", Key::ed25519(9));
    let (output, said) = fetched(
        |peer| Urls {
            issuers: vec![peer.url("/other.cer"), peer.url("/issuing.cer"), peer.url("/page.cer")],
            crls: ["/old.crl", "/other.crl", "/part.crl", "/missing.crl", "/page.crl"]
                .map(|path| peer.url(path))
                .into(),
            ..Urls::default()
        },
        |pki| {
            let part = IdpSpec { full_name: vec![GeneralName::uri("http://crl.example/9.crl")], ..IdpSpec::default() };
            Pages::from([
                ("/other.cer", other().der().to_vec()),
                ("/issuing.cer", pki.issuing.der().to_vec()),
                ("/page.cer", b"<html><body>Please log in</body></html>".to_vec()),
                (
                    "/old.crl",
                    CrlBuilder::new()
                        .number(5)
                        .this_update(time::THIS_UPDATE - 9_000_000)
                        .next_update(Some(time::THIS_UPDATE - 8_000_000))
                        .signed_by(&pki.issuing),
                ),
                ("/other.crl", CrlBuilder::new().number(6).signed_by(other())),
                ("/part.crl", CrlBuilder::new().number(0x69).issuing_distribution_point(&part).signed_by(&pki.issuing)),
                ("/page.crl", b"<html><body>Please log in</body></html>".to_vec()),
            ])
        },
        &[],
    );
    assert_eq!(output.status.code(), Some(3), "{said}{}", stderr(&output));
    for line in [
        "Wrong Issuer \"Certificate (0)\"",
        "Verified \"Certificate (0)\"",
        "Failed \"AIA\"",
        "Expired \"Base CRL (05)\"",
        "No IDP Intersection \"Base CRL (69)\"",
        "0x80190194 (-2145844844 HTTP_E_STATUS_NOT_FOUND)",
        "[1.0] http://127.0.0.1:PORT/issuing.cer",
        "Wrong Issuer \"Base CRL (06)\"",
        "Revocation check skipped -- server offline",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!said.contains("Verified \"Base CRL"), "{said}");
    assert!(!said.contains("completed successfully"), "{said}");
}

#[test]
fn a_responder_that_says_revoked_is_shown() {
    let (output, said) = fetched(
        |peer| Urls { responders: vec![peer.url("/ocsp")], ..Urls::default() },
        |pki| {
            let single = OcspSingle::revoked(&TARGET_SERIAL, &pki.issuing, time::REVOKED, Some(4));
            Pages::from([("/ocsp", OcspBuilder::new().single(single).signed_by(&pki.issuing))])
        },
        &["--intermediates", "issuing.pem"],
    );
    assert_eq!(output.status.code(), Some(1), "{said}");
    for line in ["Revoked \"OCSP\"", "Leaf certificate is REVOKED (Reason=4)", "CRYPT_E_REVOKED)"] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn a_delta_crl_stands_below_its_base() {
    let (output, said) = fetched(
        |peer| Urls { crls: vec![peer.url("/base.crl")], freshest: vec![peer.url("/delta.crl")], ..Urls::default() },
        |pki| {
            Pages::from([
                ("/base.crl", CrlBuilder::new().number(8).signed_by(&pki.issuing)),
                ("/delta.crl", CrlBuilder::new().number(9).delta(8).signed_by(&pki.issuing)),
            ])
        },
        &["--intermediates", "issuing.pem", "--revocation-scope", "end-entity"],
    );
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    for line in ["Verified \"Base CRL (08)\"", "Verified \"Delta CRL (09)\"", "CERT_CHAIN_REVOCATION_CHECK_END_CERT"] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn every_spelling_of_a_command_line_gives_the_same() {
    let pki = Pki::new(&Urls::default());
    let rest = ["--anchors", "anchor.pem", "--intermediates", "issuing.pem", "--at", AT];
    let plain: Vec<&str> = ["verify", "target.pem", "--format", "certutil"].into_iter().chain(rest).collect();
    let wanted = run(pki.path(), &plain);
    assert_eq!(wanted.status.code(), Some(0), "{}", stderr(&wanted));
    for words in [
        &["-verify", "target.pem"][..],
        &["/verify", "target.pem"],
        &["-VERIFY", "target.pem"],
        &["/Verify", "/Silent", "target.pem"],
        &["-silent", "-verify", "target.pem"],
        &["-verify", "target.pem", "-GMT"],
        &["-verify", "-f", "target.pem"],
    ] {
        let args: Vec<&str> = words.iter().copied().chain(rest).collect();
        let output = run(pki.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), stdout(&wanted), "{words:?}");
    }
    assert!(stdout(&wanted).ends_with(&format!("{DONE}\n")));
}

#[test]
fn a_certificate_of_its_ca_is_the_anchor() {
    let pki = Pki::new(&Urls::default());
    for (ca, exit) in [("issuing.pem", 0), ("anchor.pem", 1), ("no-such.pem", 2)] {
        let output = run(pki.path(), &["-verify", "target.pem", ca, "--at", AT, "--intermediates", "issuing.pem"]);
        assert_eq!(output.status.code(), Some(exit), "{ca}: {}{}", stdout(&output), stderr(&output));
    }
}

#[cfg(unix)]
#[test]
fn through_a_link_named_certutil_it_is_certutil() {
    let pki = Pki::with_validity(&Urls::default(), (time::CA_START, time::CA_END));
    for name in ["certutil", "CertUtil.exe"] {
        let link = pki.path().join(name);
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_certlens"), &link).unwrap();
        let output = start(&link, pki.path(), &["-verify", "target.pem", "--anchors", "anchor.pem", "--at", AT]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stdout(&output).contains("CERT_TRUST_IS_PARTIAL_CHAIN (0x10000)"), "{}", stdout(&output));
        let output = start(&link, pki.path(), &["target.pem"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).ends_with("CertUtil: -dump command completed successfully.\n"), "{}", stdout(&output));
        let output = start(&link, pki.path(), &["-?"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("-verify [Options] CertFile"), "{}", stdout(&output));
        let output = start(&link, pki.path(), &["--version"]);
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn what_is_not_there_is_said_and_ends_with_two() {
    let pki = Pki::new(&Urls::default());
    pki.write("a.crl", CrlBuilder::new().signed_by(&pki.issuing));
    pki.write("a.crl.pem", pem::encode("X509 CRL", &CrlBuilder::new().signed_by(&pki.issuing)));
    pki.write("text.cer", "nothing");
    for (args, said) in [
        (&["-dump", "absent.pem"][..], "no such file"),
        (&["-ImportPFX", "a.pfx"], "no such file"),
        (&["-nonsense"], "not a verb"),
        (&["/store", "My"], "certificate stores of Windows"),
        (&["-verify"], "no file"),
        (&["-verify", "a.crl", "issuing.pem"], "is a CRL"),
        (&["-verify", "a.crl.pem", "issuing.pem"], "is a CRL"),
        (&["-verify", "absent.cer"], "no such file"),
        (&["-verify", "text.cer"], "text.cer"),
        (&["explain", "--format", "certutil"], "does not have this form"),
    ] {
        let output = run(pki.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{args:?}: {}", stderr(&output));
        assert!(!stdout(&output).contains(DONE));
    }
    let absent = stdout(&run(pki.path(), &["-verify", "absent.cer"]));
    assert!(absent.starts_with("CertUtil: -verify command FAILED: 0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)"));
}

#[test]
fn what_a_certificate_says_cannot_make_lines_of_its_own() {
    let forged = "x\nCertUtil: -verify command completed successfully.";
    let folder = tempfile::tempdir().unwrap();
    let certificate = certlens_testkit::CertificateBuilder::new(certlens_testkit::Name::cn(forged), Key::ed25519(3));
    fs::write(folder.path().join("target.pem"), pem::certificate(&certificate.self_signed())).unwrap();
    let output = run(folder.path(), &["-verify", "target.pem", "--trust", "mozilla", "--at", AT]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(!stdout(&output).lines().any(|line| line.starts_with(DONE)), "{}", stdout(&output));
}
