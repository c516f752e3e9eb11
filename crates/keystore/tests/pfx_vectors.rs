//! The PKCS#12 files of the Python package `cryptography_vectors`: its own, and
//! those of NIST's PKITS. All open, and their certificates can be read.
//!
//! They are looked for in the package's folder, which `CERTLENS_PFX_VECTORS`
//! names, or else where `.ci/venv cryptography_vectors==50.0.2` puts it. Where
//! tests are run without anybody looking (`CI=true`), vectors that are not there
//! fail the tests.

#![expect(clippy::unwrap_used, reason = "a harness that finds its data broken has to stop")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use certlens_core::x509::Certificate;
use certlens_keystore::pfx::{PasswordForm, Pfx};
use certlens_keystore::secret::Password;

/// The folder of the package.
fn package() -> Option<PathBuf> {
    let found = std::env::var_os("CERTLENS_PFX_VECTORS").map_or_else(installed, |folder| Some(PathBuf::from(folder)));
    if let Some(folder) = found.filter(|folder| folder.join("pkcs12").is_dir()) {
        return Some(folder);
    }
    let message =
        "SKIPPED: PKCS#12 vectors: run `.ci/venv cryptography_vectors==50.0.2`, or set CERTLENS_PFX_VECTORS\n";
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
    // Past the harness, which shows nothing of a test that passes.
    std::io::stderr().write_all(message.as_bytes()).unwrap();
    None
}

fn installed() -> Option<PathBuf> {
    let libraries = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/ci-venv/lib");
    let versions = fs::read_dir(libraries).ok()?;
    versions
        .filter_map(|version| Some(version.ok()?.path().join("site-packages/cryptography_vectors")))
        .find(|folder| folder.is_dir())
}

/// The files of a folder, with their names.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == "p12"));
    files.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())).collect()
}

/// How many keys and certificates it has, once it was opened.
fn open(name: &str, file: &[u8], password: Option<&str>) -> (usize, usize, Option<PasswordForm>) {
    let mut pfx = Pfx::read(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let password = password.map(|password| Password::new(password.to_owned()));
    let opening = pfx.open(password.as_ref()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(opening.verified && opening.is_complete(), "{name}: {opening:?}");
    assert!(!pfx.is_locked() && pfx.forms.is_der() && pfx.trailing.is_none(), "{name}");
    for (_, octets) in pfx.certificates() {
        assert!(Certificate::from_der(octets).is_ok(), "{name}");
    }
    (pfx.private_keys().count(), pfx.certificates().count(), opening.password)
}

#[test]
fn vectors_of_the_package() {
    let Some(package) = package() else { return };
    let files = files(&package.join("pkcs12"));
    assert_eq!(files.len(), 31);
    for (name, file) in files {
        let (password, form) = match name.as_str() {
            // Java protects it with the empty password when it is told to have none.
            "java-truststore" => (None, PasswordForm::Empty),
            _ if name.contains("no-p") => (None, PasswordForm::Absent),
            _ if name.contains("-pwd") => (Some("password"), PasswordForm::Text),
            _ => (Some("cryptography"), PasswordForm::Text),
        };
        let expected = match name.as_str() {
            "java-truststore" => (0, 2),
            "cert-aes256cbc-no-key" => (0, 1),
            "no-cert-key-aes256cbc" => (1, 0),
            // Two more certificates, and these alone.
            _ if name.starts_with("no-cert") => (0, 2),
            _ if name.contains("-pwd") => (1, 3),
            _ => (1, 1),
        };
        let (keys, certificates, found) = open(&name, &file, password);
        assert_eq!((keys, certificates), expected, "{name}");
        assert_eq!(found, Some(form), "{name}");
        if name.contains("unicode") {
            let pfx = Pfx::read(&file).unwrap();
            let mut names = pfx.bags().filter_map(|bag| bag.attributes.friendly_name.as_ref()?.text());
            assert!(password.is_some() || names.any(|name| !name.is_ascii()), "{name}");
        }
    }
}

#[test]
fn vectors_of_pkits() {
    let Some(package) = package() else { return };
    let files = files(&package.join("x509/PKITS_data/pkcs12"));
    assert_eq!(files.len(), 405);
    for (name, file) in files {
        assert_eq!(open(&name, &file, Some("password")), (1, 1, Some(PasswordForm::Text)), "{name}");
    }
}
