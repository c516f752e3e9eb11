//! Inputs that are something else, and arguments that contradict each other.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use certlens_testkit::{CrlBuilder, OcspBuilder, OcspSingle, pem};

use crate::{AT, Files, ca, certlens, json, run, stderr, stdout, testdata};

#[test]
fn what_is_something_else_is_named_with_what_to_do() {
    let files = Files::new();
    let crl = CrlBuilder::new().signed_by(ca());
    let list = files.add("list.crl", &crl);
    let cut = files.add("cut.crl", &crl[..crl.len() - 20]);
    let response = files.add("response.der", &OcspBuilder::new().signed_by(ca()));
    for (command, file, said) in [
        ("crl", testdata("inputs/target.der"), &["expected a CRL", "X.509 certificate", "certlens inspect"][..]),
        ("crl", response.clone(), &["an OCSP response", "certlens ocsp"][..]),
        ("ocsp", list.clone(), &["certificate revocation list", "certlens crl"][..]),
        ("ocsp", testdata("inputs/target.der"), &["X.509 certificate", "certlens inspect"][..]),
        ("crl", testdata("inputs/error-page.html"), &["HTML", "expected a CRL", "proxy"][..]),
        ("ocsp", testdata("inputs/error-page.html"), &["HTML", "expected an OCSP response", "proxy"][..]),
        ("crl", testdata("inputs/empty.pem"), &["empty", "again"][..]),
        ("crl", testdata("inputs/key.pem"), &["private key"][..]),
        ("crl", cut, &["damaged", "incomplete"][..]),
        ("crl", testdata("inputs"), &["is a directory"][..]),
        ("crl", files.path("list.clr"), &["no such file", "did you mean", "list.crl"][..]),
        ("ocsp", files.path("none"), &["no such file"][..]),
    ] {
        let output = run(&[command, &file, "--at", AT]);
        assert_eq!(output.status.code(), Some(2), "{command} {file}: {}", stdout(&output));
        let error = stderr(&output);
        assert!(error.starts_with("error: ") && error.contains(" hint: "), "{command} {file}: {error}");
        for word in said.iter().chain([&file.as_str()]) {
            assert!(error.contains(word), "{command} {file}: {word:?} is not in: {error}");
        }
        let report = json(&[command, &file, "--at", AT]);
        assert_eq!(report["not_read"].as_array().unwrap().len(), 1, "{command} {file}");
    }
}

#[test]
fn a_damaged_crl_does_not_hide_the_others() {
    let files = Files::new();
    let good = CrlBuilder::new().signed_by(ca());
    let mut broken = good.clone();
    // The version's tag, behind two headers of up to four octets.
    let version = broken.windows(3).position(|window| window == [2, 1, 1]).unwrap();
    broken[version] = 0x0c;
    let both = pem::encode("X509 CRL", &broken) + &pem::encode("X509 CRL", &good);
    files.add("both.pem", both.as_bytes());
    let output = files.run(&format!("crl @both.pem --at {AT} --issuer @ca.der"));
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stdout(&output).starts_with("UNREADABLE CRL\n"), "{}", stdout(&output));
    assert!(stdout(&output).contains("both.pem #2: CRL GOOD\n"), "{}", stdout(&output));
}

#[test]
fn standard_input_serves_once() {
    let files = Files::new();
    let crl = CrlBuilder::new().signed_by(ca());
    let mut child =
        certlens().args(["crl", "-", "--at", AT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(pem::encode("X509 CRL", &crl).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("standard input"), "{}", stdout(&output));

    let output = files.run("crl - --issuer -");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("given several times"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_says_what_would_be_right() {
    let files = Files::new();
    files.add("list.crl", &CrlBuilder::new().signed_by(ca()));
    for (args, said) in [
        ("crl", "FILE"),
        ("ocsp", "FILE"),
        ("crl @list.crl --at yesterday", "2026-11-23T12:00:00Z"),
        ("crl @list.crl --issuer @list.crl", "revocation list"),
        ("crl @list.crl --allow-weak sha2", "sha1"),
        ("ocsp --request", "--cert"),
        ("ocsp --request --cert @leaf.der", "--issuer"),
        ("ocsp --request --cert @leaf.der --issuer @other.der", "none of the issuers given"),
        ("ocsp @list.crl --nonce", "--request"),
    ] {
        let output = files.run(args);
        assert_eq!(output.status.code(), Some(2), "{args}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{args}: {said:?} is not in: {}", stderr(&output));
    }
}

#[test]
fn an_input_is_never_overwritten() {
    let files = Files::new();
    let crl = CrlBuilder::new().signed_by(ca());
    let path = files.add("list.crl", &crl);
    files.add("response.der", &OcspBuilder::new().single(OcspSingle::good(&[0x77], ca())).signed_by(ca()));
    for args in [
        "crl @list.crl --output @list.crl --force",
        "crl @list.crl --issuer @ca.der --output @ca.der --force",
        "ocsp @response.der --cert @leaf.der --output @leaf.der --force",
        "ocsp --request --cert @leaf.der --issuer @ca.der --output @leaf.der --force",
    ] {
        let output = files.run(args);
        assert_eq!(output.status.code(), Some(2), "{args}");
        assert!(stderr(&output).contains("is an input"), "{args}: {}", stderr(&output));
    }
    assert_eq!(fs::read(path).unwrap(), crl);
}
