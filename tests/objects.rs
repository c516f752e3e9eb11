//! `certlens crl` and `certlens ocsp` as a user meets them.

#![expect(clippy::unwrap_used, reason = "a test that finds its data broken has to stop")]

#[path = "objects/crl.rs"]
mod crl;
#[path = "objects/ocsp.rs"]
mod ocsp;
#[path = "objects/openssl.rs"]
mod openssl;
#[path = "objects/wrong.rs"]
mod wrong;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use certlens_testkit::{Ca, CertificateBuilder, Extension, Key, KeyUsage, Name, Signing};
use serde_json::Value;
use tempfile::TempDir;

/// The time at which the objects of the test kit are fresh, `time::MIDDLE`.
const AT: &str = "2026-07-01T00:00:00Z";

/// The serial number of [`Files::certificate`], as it is shown.
const SERIAL: &str = "77";

fn testdata(name: &str) -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../testdata").join(name).display().to_string()
}

fn certlens() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    certlens().args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn words(output: &Output) -> String {
    stdout(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first_line(output: &Output) -> String {
    stdout(output).lines().next().unwrap_or_default().to_owned()
}

fn json(args: &[&str]) -> Value {
    let output = run(&[args, &["--format", "json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.get("exit_code"), Some(&Value::from(output.status.code())), "{args:?}");
    report
}

/// A CA with an EC key.
fn ca() -> Ca {
    Ca::anchor("Objects CA", Key::p256(1))
}

/// A CA with an RSA key.
fn rsa_ca() -> Ca {
    Ca::anchor("RSA CA", Key::rsa2048(0))
}

/// A certificate of a CA, with the serial number 0x77.
fn leaf(ca: &Ca) -> Vec<u8> {
    CertificateBuilder::new(Name::cn("www.example.test"), Key::p256(2)).serial(&[0x77]).issued_by(ca)
}

/// A folder with a CA's certificate, another CA's, and a certificate of the first.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Files {
        Files::of(&ca())
    }

    fn of(ca: &Ca) -> Files {
        let files = Files { folder: tempfile::tempdir().unwrap() };
        files.add("ca.der", ca.der());
        files.add("other.der", Ca::anchor("Another CA", Key::p256(3)).der());
        files.add("leaf.der", &leaf(ca));
        files
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn add(&self, name: &str, octets: &[u8]) -> String {
        fs::write(self.folder.path().join(name), octets).unwrap();
        self.path(name)
    }

    /// The arguments with the names of these files in the place of `@name`.
    fn run(&self, args: &str) -> Output {
        let args: Vec<String> = args
            .split_whitespace()
            .map(|word| word.strip_prefix('@').map_or_else(|| word.to_owned(), |name| self.path(name)))
            .collect();
        run(&args.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[track_caller]
    fn expect(&self, args: &str, code: i32, first: &str) -> Output {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args}: {}{}", stdout(&output), stderr(&output));
        assert_eq!(first_line(&output), first, "{args}: {}", stdout(&output));
        output
    }
}

/// A CA whose key usage is this alone.
fn ca_with_usage(usage: &[KeyUsage]) -> Ca {
    Ca::self_signed(Ca::builder("Objects CA", Key::p256(1)).extension(Extension::key_usage(usage)))
}

/// SHA-1, as old CAs sign.
const WEAK: Signing = Signing::RsaSha1;
