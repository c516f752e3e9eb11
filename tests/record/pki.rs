//! A small company: an anchor, an issuing CA that is to be had by AIA, its CRLs.

use std::fs;
use std::path::PathBuf;

use certlens_testkit::{
    Ca, CertificateBuilder, CrlBuilder, Extension, GeneralName, Key, Name, OcspBuilder, OcspSingle, pem,
};
use tempfile::TempDir;

use crate::server::{Port, Server};

/// The serial number of the target.
const SERIAL: &[u8] = &[0x11, 0x22, 0x33];

/// What is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) revoked: bool,
    /// The CRL about the issuing CA is not there.
    pub(crate) no_anchor_crl: bool,
    /// The target is asked for by OCSP.
    pub(crate) ocsp: bool,
}

pub(crate) struct Company {
    pub(crate) folder: TempDir,
    pub(crate) target: PathBuf,
    pub(crate) anchor: PathBuf,
    pub(crate) server: Server,
}

impl Company {
    pub(crate) fn new(trouble: Trouble) -> Company {
        let port = Port::take();
        let [anchor_crl, crl, aia, responder] =
            ["/anchor.crl", "/issuing.crl", "/issuing.cer", "/ocsp"].map(|path| port.url(path));
        let anchor = Ca::anchor("Anchor", Key::p256(0));
        let builder =
            Ca::builder("Issuing", Key::p256(1)).extension(Extension::crl_distribution_points([&*anchor_crl]));
        let issuing = Ca::issued(builder, &anchor);
        // With a user and a password in it, as nobody should write it.
        let crl = crl.replace("http://", "http://user:swordfish@");
        let responders: &[&str] = if trouble.ocsp { &[&responder] } else { &[] };
        let target = CertificateBuilder::new(Name::cn("server.example.test"), Key::p256(2))
            .serial(SERIAL)
            .extension(Extension::subject_alt_name([GeneralName::dns("server.example.test")]))
            .extension(Extension::crl_distribution_points([&*crl]))
            .extension(Extension::authority_info_access(&[&aia], responders))
            .issued_by(&issuing);

        let folder = tempfile::tempdir().unwrap();
        let (target_path, anchor_path) = (folder.path().join("target.pem"), folder.path().join("anchor.pem"));
        let key = pem::encode("PRIVATE KEY", &Key::p256(2).pkcs8());
        fs::write(&target_path, pem::certificate(&target) + &key).unwrap();
        fs::write(&anchor_path, pem::certificate(anchor.der())).unwrap();

        let of_anchor = CrlBuilder::new().signed_by(&anchor);
        let list = CrlBuilder::new();
        let of_issuing = if trouble.revoked { list.entry(SERIAL) } else { list }.signed_by(&issuing);
        let issuing_der = issuing.der().to_vec();
        let server = port.serve(move |path, body| match path {
            "/anchor.crl" if !trouble.no_anchor_crl => Some(of_anchor.clone()),
            "/issuing.crl" => Some(of_issuing.clone()),
            "/issuing.cer" => Some(issuing_der.clone()),
            "/ocsp" => Some(respond(body, trouble.revoked, &issuing)),
            _ => None,
        });
        Company { folder, target: target_path, anchor: anchor_path, server }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Repeats the nonce, as a responder must that takes part in it.
fn respond(request: &[u8], revoked: bool, issuing: &Ca) -> Vec<u8> {
    let request =
        certlens_core::x509::ocsp::OcspRequest::from_der(request).expect("a request with a nonce is sent by POST");
    let single = match revoked {
        true => OcspSingle::revoked(SERIAL, issuing, certlens_testkit::time::REVOKED, None),
        false => OcspSingle::good(SERIAL, issuing),
    };
    let nonce = request.nonce().expect("there is a nonce");
    OcspBuilder::new().single(single).extension(Extension::ocsp_nonce(nonce)).signed_by(issuing)
}
