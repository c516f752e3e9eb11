//! An anchor, an issuing CA and a target, written into a folder.

use std::fs;
use std::path::Path;

use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name, pem, time};
use tempfile::TempDir;

pub(crate) const AT: &str = "2026-07-01T00:00:00Z";
pub(crate) const TARGET_SERIAL: [u8; 2] = [0x12, 0x34];
pub(crate) const ISSUING_SERIAL: [u8; 2] = [0x56, 0x78];

/// Where the certificates say that things are.
#[derive(Default)]
pub(crate) struct Urls {
    pub(crate) issuers: Vec<String>,
    pub(crate) responders: Vec<String>,
    pub(crate) crls: Vec<String>,
    pub(crate) freshest: Vec<String>,
    pub(crate) issuing_crls: Vec<String>,
}

pub(crate) struct Pki {
    pub(crate) folder: TempDir,
    pub(crate) anchor: Ca,
    pub(crate) issuing: Ca,
}

impl Pki {
    /// Ed25519, so that the same inputs give the same octets.
    pub(crate) fn new(urls: &Urls) -> Pki {
        Pki::with_validity(urls, (time::START, time::END))
    }

    pub(crate) fn with_validity(urls: &Urls, (from, to): (i64, i64)) -> Pki {
        let folder = tempfile::tempdir().unwrap();
        let anchor = Ca::anchor("Anchor", Key::ed25519(0));
        let points = |urls: &[String]| Extension::crl_distribution_points(urls.iter().map(String::as_str));
        let mut builder = Ca::builder("Issuing CA", Key::ed25519(1)).serial(&ISSUING_SERIAL);
        if !urls.issuing_crls.is_empty() {
            builder = builder.extension(points(&urls.issuing_crls));
        }
        let issuing = Ca::issued(builder, &anchor);
        let mut builder = CertificateBuilder::new(Name::cn("www.example.com"), Key::ed25519(2))
            .serial(&TARGET_SERIAL)
            .validity(from, to)
            .extension(Extension::subject_alt_name([GeneralName::dns("www.example.com")]));
        let issuers: Vec<&str> = urls.issuers.iter().map(String::as_str).collect();
        let responders: Vec<&str> = urls.responders.iter().map(String::as_str).collect();
        if !issuers.is_empty() || !responders.is_empty() {
            builder = builder.extension(Extension::authority_info_access(&issuers, &responders));
        }
        if !urls.crls.is_empty() {
            builder = builder.extension(points(&urls.crls));
        }
        if !urls.freshest.is_empty() {
            let value = points(&urls.freshest);
            // freshestCRL has the same syntax under another identifier.
            let fields = certlens_testkit::der::fields(&value.to_der());
            let octets = certlens_testkit::der::open(fields.last().unwrap()).0.to_vec();
            builder = builder.extension(Extension::new("2.5.29.46", false, octets));
        }
        let target = builder.issued_by(&issuing);
        let pki = Pki { folder, anchor, issuing };
        pki.write("anchor.pem", pem::certificate(pki.anchor.der()));
        pki.write("issuing.pem", pem::certificate(pki.issuing.der()));
        pki.write("target.pem", pem::certificate(&target));
        pki
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}
