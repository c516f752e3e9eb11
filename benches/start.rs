//! How long the command takes to start and to verify one certificate, against
//! `/bin/true` and an empty Rust program, and how much memory.
//!
//! Targets: a verification with one anchor file within [`ONE_ANCHOR`] times
//! `/bin/true`, with a trust store within [`STORE`] times, and each below
//! [`MEMORY`] KiB.
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

const ONE_ANCHOR: f64 = 2.0;
const STORE: f64 = 6.0;

/// The most memory a run may have had at once, in KiB.
const MEMORY: u64 = 8 * 1024;

/// One run of the command: name, the most times `/bin/true` that it may take,
/// environment, arguments, exit code.
struct Run {
    name: &'static str,
    target: Option<f64>,
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
        writeln!(out, "no empty Rust program to compare with: {error}")?;
    }
    let mut subjects = vec![Subject::new("/bin/true", || run(&mut Command::new("/bin/true")))];
    if let Ok(empty) = &empty {
        subjects.push(Subject::new("empty Rust program", move || run(&mut Command::new(empty))));
    }
    for one in &runs {
        subjects.push(Subject::new(one.name, move || run(&mut command(one))));
    }
    writeln!(out, "start to end of a process; medians of {rounds} rounds\n")?;
    writeln!(out, "{:<36} {:>8} {:>8}  {:<16} {:>8} {:>8}", "", "ms", "× first", "(quartiles)", "best ms", "× first")?;
    let mut targets = Vec::new();
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
        let target = runs.iter().find(|run| run.name == measured.name).and_then(|run| run.target);
        targets.extend(target.map(|target| (measured.name, target, measured.ratio)));
    }
    writeln!(out)?;
    for (name, target, ratio) in targets {
        let met = if ratio <= target { "met" } else { "MISSED" };
        writeln!(out, "target: {name} at most {target:.1} × /bin/true: {ratio:.2}, {met}")?;
    }
    memory(&mut out, &runs, folder.path())
}

/// The most memory that each run had at once, as the kernel tells it.
fn memory(out: &mut dyn Write, runs: &[Run], folder: &Path) -> io::Result<()> {
    let said = folder.join("memory");
    writeln!(out)?;
    for one in runs {
        let plain = command(one);
        let mut timed = Command::new("/usr/bin/time");
        timed.args(["--quiet", "--format=%M", "--output"]).arg(&said).arg(plain.get_program()).args(plain.get_args());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => timed.env(name, value),
                None => timed.env_remove(name),
            };
        }
        if run(&mut timed).is_err() {
            return writeln!(out, "time is not installed (Debian: apt-get install time); memory was not measured");
        }
        let kib: u64 = fs::read_to_string(&said)?.trim().parse().map_err(io::Error::other)?;
        let met = if kib <= MEMORY { "met" } else { "MISSED" };
        writeln!(out, "target: {} in at most {MEMORY} KiB of memory: {kib}, {met}", one.name)?;
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
        Run {
            name: "--version",
            target: None,
            environment: Vec::new(),
            arguments: vec!["--version".to_owned()],
            exit: 0,
        },
        Run {
            name: "verify, one anchor file",
            target: Some(ONE_ANCHOR),
            environment: vec![("SSL_CERT_FILE", nothing.join("none")), ("SSL_CERT_DIR", nothing)],
            arguments: with_anchor,
            exit: 0,
        },
        // The test anchor is in no public set: the answer is "untrusted".
        Run {
            name: "verify, system store as one file",
            target: Some(STORE),
            environment: vec![("SSL_CERT_FILE", bundle)],
            arguments: verify(),
            exit: 1,
        },
        Run {
            name: "verify, system store as directory",
            target: Some(STORE),
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
