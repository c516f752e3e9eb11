//! Files that `openssl pkcs12` makes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name, pem};
use tempfile::TempDir;

use crate::PASSWORD;

/// The time at which the certificates are valid.
pub(crate) const AT: &str = "2026-07-01T00:00:00Z";

/// A CA, and a folder with files of it.
pub(crate) struct Files {
    folder: TempDir,
}

impl Files {
    /// `node.key` and `node.pem` (RSA), `ec.key` and `ec.pem`, `ca.pem`.
    pub(crate) fn new() -> Files {
        let files = Files { folder: tempfile::tempdir().unwrap() };
        let ca = Ca::anchor("Node CA", Key::p256(1));
        files.add("ca.pem", pem::certificate(ca.der()));
        for (name, key) in [("node", Key::rsa2048(0)), ("ec", Key::p256(2))] {
            let host = format!("{name}1.example.test");
            let names = Extension::subject_alt_name([GeneralName::dns(&host)]);
            let builder = CertificateBuilder::new(Name::cn(&host), key).extension(names);
            files.add(&format!("{name}.pem"), pem::certificate(&builder.issued_by(&ca)));
            files.add(&format!("{name}.key"), pem::encode("PRIVATE KEY", &key.pkcs8()));
        }
        files
    }

    pub(crate) fn add(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        path.display().to_string()
    }

    pub(crate) fn folder(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// `openssl pkcs12 -export` of a certificate with its key; `options` by words, the
    /// provider apart, because it has spaces.
    pub(crate) fn export(&self, of: &str, output: &str, provider: Option<&str>, options: &str) -> String {
        let output = self.path(output);
        let mut command = Command::new("openssl");
        command.args(["pkcs12", "-export", "-in", &self.path(&format!("{of}.pem"))]);
        command.args(["-inkey", &self.path(&format!("{of}.key")), "-out", &output]);
        command.args(["-passout", &format!("pass:{PASSWORD}")]).args(options.split_whitespace());
        if let Some(provider) = provider {
            command.args(["-CSP", provider]);
        }
        let made = command.output().expect("openssl starts (apt-get install openssl)");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        output
    }

    /// The file of somebody who is about to be disappointed: a KSP, for signatures alone.
    pub(crate) fn node1(&self) -> String {
        self.export("node", "node1.pfx", Some("Microsoft Software Key Storage Provider"), "-keysig -name node1")
    }
}
