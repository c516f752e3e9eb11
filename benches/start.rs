//! How long the command takes to start and to verify one certificate, against
//! an empty Rust program and against `/bin/true`.
//!
//! The environment is the benchmark's own: the Mozilla set stands for the
//! system's trust store, once as one file and once as a directory, so that the
//! figures do not depend on the machine's.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use harness::{Subject, measure};

mod harness;

const AT: &str = "2026-06-01T00:00:00Z";

/// One run of the command: name, environment, arguments, exit code.
struct Run {
    name: &'static str,
    environment: Vec<(&'static str, PathBuf)>,
    arguments: Vec<String>,
    exit: i32,
}

fn main() -> io::Result<()> {
    let rounds = if harness::is_bench() { 201 } else { 1 };
    let mut out = io::stdout().lock();
    let folder = tempfile::tempdir()?;
    let runs = runs(folder.path())?;
    for run in &runs {
        check(run)?;
    }
    let empty = empty_program(folder.path());
    if let Err(error) = &empty {
        writeln!(out, "no empty Rust program to compare with ({error}); ratios are to /bin/true")?;
    }
    let mut subjects = Vec::new();
    if let Ok(empty) = &empty {
        subjects.push(Subject::new("empty Rust program", move || run(&mut Command::new(empty))));
    }
    subjects.push(Subject::new("/bin/true", || run(&mut Command::new("/bin/true"))));
    for one in &runs {
        subjects.push(Subject::new(one.name, move || run(&mut command(one))));
    }
    writeln!(out, "start to end of a process; medians of {rounds} rounds\n")?;
    writeln!(out, "{:<36} {:>8} {:>8}  {:<16} {:>8} {:>8}", "", "ms", "× first", "(quartiles)", "best ms", "× first")?;
    for measured in measure(subjects, rounds, 1) {
        let (from, to) = measured.spread;
        let milli = |time: Duration| time.as_secs_f64() * 1e3;
        writeln!(
            out,
            "{:<36} {:>8.3} {:>8.2}  {:<16} {:>8.3} {:>8.2}",
            measured.name,
            milli(measured.median),
            measured.ratio,
            format!("({from:.2} to {to:.2})"),
            milli(measured.best),
            measured.best_ratio,
        )?;
    }
    Ok(())
}

/// The runs, with what they need laid into `folder`.
fn runs(folder: &Path) -> io::Result<Vec<Run>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata");
    let path = |name: &str| testdata.join(name).display().to_string();
    let verify = || {
        let case = "cases/healthy-rsa";
        vec![
            "verify".to_owned(),
            path(&format!("{case}/target.pem")),
            "--intermediates".to_owned(),
            path(&format!("{case}/intermediates.pem")),
            "--at".to_owned(),
            AT.to_owned(),
        ]
    };
    let (bundle, directory, nothing) = (folder.join("bundle.pem"), folder.join("certs"), folder.join("nothing"));
    fs::create_dir(&directory)?;
    fs::create_dir(&nothing)?;
    let mut all = String::new();
    for (index, der) in webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().enumerate() {
        let pem = pem(der);
        // Named as c_rehash does; the reader of directories looks at such names alone.
        fs::write(directory.join(format!("{index:08x}.0")), &pem)?;
        all.push_str(&pem);
    }
    fs::write(&bundle, all)?;
    let mut with_anchor = verify();
    with_anchor.extend(["--anchors".to_owned(), path("anchors/certlens-test-anchor.pem")]);
    Ok(vec![
        Run { name: "--version", environment: Vec::new(), arguments: vec!["--version".to_owned()], exit: 0 },
        Run {
            name: "verify, one anchor file",
            environment: vec![("SSL_CERT_FILE", nothing.join("none")), ("SSL_CERT_DIR", nothing)],
            arguments: with_anchor,
            exit: 0,
        },
        // The test anchor is in no public set: the answer is "untrusted".
        Run {
            name: "verify, system store as one file",
            environment: vec![("SSL_CERT_FILE", bundle)],
            arguments: verify(),
            exit: 1,
        },
        Run {
            name: "verify, system store as directory",
            environment: vec![("SSL_CERT_DIR", directory)],
            arguments: verify(),
            exit: 1,
        },
    ])
}

fn command(run: &Run) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
    command.envs(run.environment.iter().map(|(name, value)| (name, value))).args(&run.arguments);
    command
}

fn run(command: &mut Command) -> io::Result<Option<i32>> {
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?.code())
}

/// What is measured has to be what it is called.
fn check(run: &Run) -> io::Result<()> {
    let output = command(run).stdin(Stdio::null()).output()?;
    if output.status.code() == Some(run.exit) {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    Err(io::Error::other(format!("{}: {}, not exit code {}:\n{said}", run.name, output.status, run.exit)))
}

/// Compiles `fn main() {}` as this benchmark was compiled.
fn empty_program(folder: &Path) -> io::Result<PathBuf> {
    let (source, program) = (folder.join("empty.rs"), folder.join("empty"));
    fs::write(&source, "fn main() {}\n")?;
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let compiled = Command::new(rustc).args(["-O", "-C", "strip=symbols", "-o"]).arg(&program).arg(&source).output()?;
    if !compiled.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&compiled.stderr).into_owned()));
    }
    Ok(program)
}

fn pem(der: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in der.chunks(48) {
        for group in line.chunks(3) {
            let octet = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
            let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
            for index in 0..4 {
                let letter = ALPHABET.get((bits >> (18 - 6 * index)) as usize & 63).copied().unwrap_or(b'=');
                pem.push(if index <= group.len() { char::from(letter) } else { '=' });
            }
        }
        pem.push('\n');
    }
    pem + "-----END CERTIFICATE-----\n"
}
