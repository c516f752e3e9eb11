//! A server that has a certificate, and not its key.

use std::sync::Arc;

use certlens_probe::tls::{How, Possession, Scheme};
use certlens_testkit::Key;
use rustls::pki_types::CertificateDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{ServerConfig, SignatureAlgorithm, SignatureScheme, version};
use tokio::io::AsyncReadExt;
use tokio_rustls::TlsAcceptor;

use crate::support::{at, issued, quick, serve};

/// Signs with garbage, by a scheme that nobody offered.
#[derive(Clone, Copy, Debug)]
struct Garbage(SignatureScheme);

impl SigningKey for Garbage {
    fn choose_scheme(&self, _: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        Some(Box::new(*self))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for Garbage {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(vec![0x5a; 114])
    }

    fn scheme(&self) -> SignatureScheme {
        self.0
    }
}

#[derive(Debug)]
struct Copied(Arc<CertifiedKey>);

impl ResolvesServerCert for Copied {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

#[tokio::test]
async fn a_copied_certificate_is_no_proof() {
    let (_, certificate) = issued(Key::p256(1));
    for scheme in [0x0808, 0x0202, 0x0401, 0x0804, 0x7777] {
        let key = Arc::new(Garbage(SignatureScheme::from(scheme)));
        let copied = CertifiedKey::new(vec![CertificateDer::from(certificate.clone())], key);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13])
            .expect("TLS 1.3")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Copied(Arc::new(copied))));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let address = serve(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(mut tls) = acceptor.accept(stream).await {
                    let _ = tls.read_to_end(&mut Vec::new()).await;
                }
            }
        })
        .await;
        let probe = at(address, &quick()).await;
        let capture = probe.capture.as_ref().unwrap_or_else(|| panic!("no capture: {probe:?}"));
        assert_eq!((capture.how, capture.chain.as_slice()), (How::Handshake, std::slice::from_ref(&certificate)));
        let found = &capture.possession;
        assert!(matches!(found, Possession::Disproven(Scheme(signed), _) if *signed == scheme), "{found:?}");
    }
}
