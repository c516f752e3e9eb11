//! Where the suites are, and what is done when they are not there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use certlens_core::encoding::pem;
use certlens_core::encoding::text::Text;
use certlens_core::x509::{Certificate, Crl};
use serde_json::Value;

/// A suite as it is used here.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    /// How many cases are run; a suite with fewer is not the whole of it.
    pub(crate) cases: usize,
    /// Files without which nothing can be run, relative to the suite's folder.
    files: &'static [&'static str],
}

/// The part of x509-limbo that is in use.
pub(crate) const LIMBO: Suite = Suite { name: "limbo", cases: 1035, files: &["limbo.json", "contentious.json"] };

/// The whole of PKITS.
pub(crate) const PKITS: Suite = Suite { name: "pkits", cases: 249, files: &["pkits.json", "certs", "crls"] };

/// The repository's root.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder of all suites: `CERTLENS_SUITES`, or beside the repository.
fn suites() -> PathBuf {
    match std::env::var_os("CERTLENS_SUITES") {
        Some(folder) => PathBuf::from(folder),
        None => repository().join("../shared/conformance"),
    }
}

impl Suite {
    /// The suite's folder; `None`, said aloud, when the suite is not there.
    ///
    /// Where tests are run without anybody looking (`CI=true`), a suite that is
    /// not there fails the test: nobody would notice the line.
    pub(crate) fn locate(&self) -> Option<PathBuf> {
        let folder = suites().join(self.name);
        let Some(missing) = self.files.iter().find(|file| !folder.join(file).exists()) else { return Some(folder) };
        let message = format!(
            "SKIPPED: {} cases of {}: there is no {} (set CERTLENS_SUITES, see docs/conformance.md)",
            self.cases,
            self.name,
            folder.join(missing).display()
        );
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
        say(&message);
        None
    }
}

/// Says something that is seen even if the test passes, whose output is not shown then.
pub(crate) fn say(message: &str) {
    std::io::stderr().write_all(format!("{message}\n").as_bytes()).unwrap();
}

/// Reads a file of JSON.
pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// A text in JSON that has to be there.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A list of texts in JSON that has to be there.
pub(crate) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().unwrap().iter().map(text)
}

/// The certificates in a PEM text, the one it has in almost every case.
pub(crate) fn certificates(pem: &str) -> Vec<Certificate> {
    let text = Text::detect(pem.as_bytes()).unwrap();
    let blocks = pem::blocks(&text).map(Result::unwrap);
    blocks
        .filter(|block| block.label == "CERTIFICATE")
        .map(|block| Certificate::from_der(&block.der).unwrap())
        .collect()
}

/// The CRLs in a PEM text.
pub(crate) fn crls(pem: &str) -> Vec<Crl> {
    let text = Text::detect(pem.as_bytes()).unwrap();
    let blocks = pem::blocks(&text).map(Result::unwrap);
    blocks.filter(|block| block.label == "X509 CRL").map(|block| Crl::from_der(&block.der).unwrap()).collect()
}
