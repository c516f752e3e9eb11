//! The private keys of the Python package `cryptography_vectors`: all of them are
//! read or refused as `key_vectors.ledger` says.
//!
//! They are looked for in the folder that `CERTLENS_KEY_VECTORS` names (the
//! package's `asymmetric`), or else where `.ci/venv cryptography_vectors==50.0.2`
//! puts them. `CERTLENS_UPDATE=1` rewrites the ledger, but for its last column.

#![expect(clippy::unwrap_used, reason = "a harness that finds its data broken has to stop")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use certlens_keystore::key::{KeyError, find};
use certlens_keystore::secret::Password;

const FOLDERS: [&str; 5] =
    ["DER_Serialization", "MLDSA", "PEM_Serialization", "PKCS8", "Traditional_OpenSSL_Serialization"];

/// Private keys in these folders in version 50.0.2 of the package, bad ones included.
const VECTORS: usize = 83;

/// The passwords that the package's users give; the files do not say which.
const PASSWORDS: [&str; 11] = [
    "",
    "PolarSSLTest",
    "hunter42",
    "123456",
    "password",
    "foobar",
    "baz",
    "hello",
    "a123456",
    "testpassword",
    "Red Hat Enterprise Linux 7.4",
];

const HEADER: &str = "\
# The private keys of cryptography_vectors 50.0.2 (asymmetric), as certlens reads them.
# Written by `CERTLENS_UPDATE=1 cargo test -p certlens-keystore --test key_vectors`, the last column by hand.
# file | read as, password | note
";

#[test]
fn every_vector_is_read_as_the_ledger_says() {
    let Some(folder) = vectors() else { return };
    let mut read = BTreeMap::new();
    for inside in FOLDERS {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder.join(inside)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let file = fs::read(&path).unwrap();
            if let Some(said) = describe(&file) {
                read.insert(format!("{inside}/{}", path.file_name().unwrap().to_string_lossy()), said);
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/key_vectors.ledger");
    let ledger = fs::read_to_string(&path).unwrap_or_default();
    let lines: BTreeMap<&str, (&str, &str)> = ledger
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, rest) = line.split_once(" | ").unwrap();
            (name, rest.rsplit_once(" | ").unwrap())
        })
        .collect();
    if std::env::var_os("CERTLENS_UPDATE").is_some() {
        let note = |name: &str| lines.get(name).map_or("-", |line| line.1);
        let text: String = read.iter().map(|(name, said)| format!("{name} | {said} | {}\n", note(name))).collect();
        return fs::write(path, format!("{HEADER}{text}")).unwrap();
    }
    let mut complaints: Vec<String> = read
        .iter()
        .filter(|(name, said)| lines.get(name.as_str()).map(|line| line.0) != Some(said))
        .map(|(name, said)| format!("{name} is read as: {said}"))
        .collect();
    let vanished = lines.keys().filter(|name| !read.contains_key(**name));
    complaints.extend(vanished.map(|name| format!("{name} is in the ledger, but not in the package")));
    let silent = lines.iter().filter(|(_, line)| line.0.starts_with("refused") && line.1 == "-");
    complaints.extend(silent.map(|(name, _)| format!("{name} is refused, and the ledger does not say why")));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(read.len() >= VECTORS, "{} vectors of {VECTORS} in {}", read.len(), folder.display());
}

/// What the first private key of a file is; `None` when there is none.
fn describe(file: &[u8]) -> Option<String> {
    let first = |password: Option<&Password>| find(file, password).into_iter().next().map(|found| found.key);
    let mut key = first(None)?;
    let mut opened = "without password".to_owned();
    for password in PASSWORDS {
        if !matches!(key, Err(KeyError::PasswordNeeded | KeyError::WrongPassword)) {
            break;
        }
        key = first(Some(&Password::new(password.to_owned())))?;
        opened = format!("password '{password}'");
    }
    Some(match key {
        Ok(key) => {
            let public = key.spki().err().map(|why| format!("; public key unknown: {why}")).unwrap_or_default();
            let problems: String = key.problems().iter().map(|problem| format!("; {problem}")).collect();
            format!("{}, {opened}{public}{problems}", key.algorithm().describe())
        }
        Err(KeyError::WrongPassword) => "no password fits".to_owned(),
        Err(error) => format!("refused: {error}"),
    })
}

/// The folder of the vectors; `None`, said aloud, when they are not there. With
/// `CI=true`, when nobody reads that, it fails.
fn vectors() -> Option<PathBuf> {
    let found = match std::env::var_os("CERTLENS_KEY_VECTORS") {
        Some(folder) => Some(PathBuf::from(folder)),
        None => installed(),
    };
    if let Some(folder) = found.filter(|folder| folder.is_dir()) {
        return Some(folder);
    }
    let message = "SKIPPED: key vectors: run `.ci/venv cryptography_vectors==50.0.2`, or set CERTLENS_KEY_VECTORS";
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
    // Past the harness, which shows nothing of a test that passes.
    std::io::stderr().write_all(format!("{message}\n").as_bytes()).unwrap();
    None
}

fn installed() -> Option<PathBuf> {
    let environment = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/ci-venv/lib");
    fs::read_dir(environment)
        .ok()?
        .filter_map(|version| Some(version.ok()?.path().join("site-packages/cryptography_vectors/asymmetric")))
        .find(|folder| folder.is_dir())
}
