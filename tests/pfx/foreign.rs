//! Whatever `certlens pfx` can be asked to write, read by OpenSSL, NSS, GnuTLS and
//! Java: keys, certificates, attributes and encryption are those that were asked for,
//! as far as the program shows them.
//!
//! What is to be in a file stands in the table, not in what our own reader says of it.
//! A program that is not installed is said, and under CI it has to be there.

#[path = "foreign/gnutls.rs"]
mod gnutls;
#[path = "foreign/java.rs"]
mod java;
#[path = "foreign/nss.rs"]
mod nss;
#[path = "foreign/openssl.rs"]
mod openssl;
#[path = "foreign/table.rs"]
mod table;

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use certlens_keystore::key;
use certlens_testkit::Key;

use crate::made::Files;
use crate::{code, run, stderr};
use table::{Row, Until};

/// A program that reads PFX files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    OpenSsl,
    Nss,
    GnuTls,
    Java,
}

/// What a program shows of a file, a line for each key, certificate and algorithm; or
/// what it says when it does not open it.
type Shown = Result<Vec<String>, String>;

/// Writes every file of the table, and compares what the program shows of it.
fn compare(program: Program, shown: impl Fn(&Files, &str, &Row) -> Shown, expected: impl Fn(&Row) -> Vec<String>) {
    let version = program.version();
    let files = table::sources();
    let output = files.path("written.pfx");
    for row in table::rows() {
        let about = format!("{program:?} {version:?}: {}", row.about);
        let arguments = row.arguments(&files);
        let mut all: Vec<&str> = vec!["pfx"];
        all.extend(arguments.iter().map(String::as_str));
        all.extend(["--output", &output, "--force"]);
        let ran = run(&all);
        assert_eq!(code(&ran), 0, "{about}: {}", stderr(&ran));
        let mut wanted = expected(&row);
        wanted.sort();
        let shown = shown(&files, &output, &row).map(|mut lines| {
            lines.sort();
            lines
        });
        let Some(refusal) = row.refusals.iter().find(|refusal| refusal.program == program) else {
            assert_eq!(shown, Ok(wanted), "{about}");
            continue;
        };
        let is_newer = |than: [u32; 2]| version.is_none_or(|version| version > than);
        let must_refuse = match refusal.until {
            Until::Known(first) => !is_newer(first) && version != Some(first),
            Until::Seen(last) => !is_newer(last),
        };
        match shown {
            // It has learnt it; then it has to show the same as of all others.
            Ok(lines) => {
                assert!(!must_refuse, "{about}: opened, although: {}", refusal.why);
                assert_eq!(lines, wanted, "{about}");
            }
            Err(said) => {
                let may_refuse = must_refuse || matches!(refusal.until, Until::Seen(_));
                assert!(may_refuse, "{about}: not opened: {said}");
                // A newer one may say it in other words.
                assert!(!must_refuse || said.contains(refusal.words), "{about}: {} not in {said}", refusal.words);
            }
        }
    }
}

impl Program {
    /// Its major and minor version, where it can be told.
    fn version(self) -> Option<[u32; 2]> {
        let (program, arguments): (&str, &[&str]) = match self {
            Program::OpenSsl => ("openssl", &["version"]),
            Program::GnuTls => ("certtool", &["--version"]),
            Program::Java => ("keytool", &["-J-version"]),
            // Its tools do not tell theirs.
            Program::Nss => ("dpkg-query", &["-W", "-f", "${Version}", "libnss3"]),
        };
        let output = Command::new(program).args(arguments).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
        version(&text)
    }
}

/// The first version in a text: two numbers with a dot between them.
fn version(text: &str) -> Option<[u32; 2]> {
    let words = text.split(|character: char| !character.is_ascii_digit() && character != '.');
    words.into_iter().find_map(|word| {
        let mut numbers = word.split('.').map(str::parse::<u32>);
        Some([numbers.next()?.ok()?, numbers.next()?.ok()?])
    })
}

#[test]
fn versions_as_programs_tell_them() {
    for (text, expected) in [
        ("OpenSSL 3.0.19 27 Jan 2026 (Library: OpenSSL 3.0.19 27 Jan 2026)", Some([3, 0])),
        ("certtool 3.7.9\nCopyright (C) 2000-2023", Some([3, 7])),
        ("openjdk version \"17.0.21.1\" 2026-11-17", Some([17, 0])),
        ("2:3.87.1-1+deb12u4", Some([3, 87])),
        ("no such program", None),
    ] {
        assert_eq!(version(text), expected, "{text}");
    }
}

/// Whether a program is there.
fn is_there(program: &str, package: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder: PathBuf| folder.join(program).is_file()) {
        return true;
    }
    let message = format!("SKIPPED: {program} is not installed (Debian: apt-get install {package})\n");
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
    // Past the harness, which shows nothing of a test that passes.
    std::io::stderr().write_all(message.as_bytes()).unwrap();
    false
}

/// Runs a program: its standard output, and its error output; all that it said when
/// it fails.
fn ask(program: &str, arguments: &[&str]) -> Result<(String, String), String> {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C.UTF-8").output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    if output.status.success() { Ok((out, err)) } else { Err(out + &err) }
}

/// The content of a PEM block without its line ends.
fn base64(block: &str) -> String {
    block.lines().filter(|line| !line.starts_with('-')).collect()
}

/// Whose certificate a PEM block is: `node`, `ec` or `ca`.
fn certificate(files: &Files, block: &str) -> &'static str {
    let is_of = |name: &&str| {
        let file = std::fs::read_to_string(files.path(&format!("{name}.pem"))).unwrap();
        base64(&file) == base64(block)
    };
    ["node", "ec", "ca"].into_iter().find(is_of).expect("a certificate that was put in")
}

/// The keys by name.
fn keys() -> [(&'static str, Key); 2] {
    [("node", Key::rsa2048(0)), ("ec", Key::p256(2))]
}

/// Whose key a PEM block is: `node` or `ec`.
fn private_key(block: &str) -> &'static str {
    let found = key::find(block.as_bytes(), None).pop().expect("a private key");
    let key = found.key.unwrap();
    let is_of = |(_, own): &(&str, Key)| key.spki() == Ok(own.spki().as_slice());
    keys().into_iter().find(is_of).expect("a key that was put in").0
}
