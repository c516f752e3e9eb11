//! TLS for HTTPS: trusts the system's anchors and the embedded ones, and notes
//! who issued what the server presented.

use std::sync::{Arc, OnceLock};

use certlens_core::x509::certificate::Certificate;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme};

use crate::config::ConfigError;
use crate::watch::Watch;

/// What servers are verified with. The trust stores are read when the first
/// HTTPS URL is asked: most URLs in certificates are plain HTTP.
#[derive(Debug)]
pub(crate) struct Tls {
    provider: Arc<CryptoProvider>,
    anchors: Vec<CertificateDer<'static>>,
    verifier: OnceLock<Arc<WebPkiServerVerifier>>,
}

impl Tls {
    pub(crate) fn new(anchors: &[Vec<u8>]) -> Result<Tls, ConfigError> {
        let anchors: Vec<CertificateDer<'static>> = anchors.iter().cloned().map(CertificateDer::from).collect();
        let mut store = RootCertStore::empty();
        for anchor in &anchors {
            store.add(anchor.clone()).map_err(|error| ConfigError::Anchor(error.to_string()))?;
        }
        Ok(Tls { provider: Arc::new(aws_lc_rs::default_provider()), anchors, verifier: OnceLock::new() })
    }

    /// The anchors that were given.
    pub(crate) fn anchors(&self) -> &[CertificateDer<'static>] {
        &self.anchors
    }

    fn verifier(&self) -> Result<Arc<WebPkiServerVerifier>, rustls::Error> {
        if let Some(verifier) = self.verifier.get() {
            return Ok(Arc::clone(verifier));
        }
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(self.anchors.iter().cloned());
        // A store that cannot be read in part is used for the rest: a missing
        // anchor shows itself as an untrusted server.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        store.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&self.provider))
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(Arc::clone(self.verifier.get_or_init(|| verifier)))
    }

    /// The configuration for one request; `secure` when there will be a handshake.
    pub(crate) fn client(&self, secure: bool, watch: &Arc<Watch>) -> Result<ClientConfig, rustls::Error> {
        let builder =
            ClientConfig::builder_with_provider(Arc::clone(&self.provider)).with_safe_default_protocol_versions()?;
        if !secure {
            return Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
        }
        let noting = Noting { inner: self.verifier()?, watch: Arc::clone(watch) };
        let mut client = builder.dangerous().with_custom_certificate_verifier(Arc::new(noting)).with_no_client_auth();
        client.resumption = rustls::client::Resumption::store(Arc::clone(watch) as _);
        Ok(client)
    }
}

/// How the certificate of an HTTPS proxy is verified: by the system's anchors and the
/// embedded ones.
///
/// # Errors
///
/// When the trust stores cannot be used.
pub fn for_proxy() -> Result<Arc<ClientConfig>, ConfigError> {
    let failed = |error: rustls::Error| ConfigError::Tls(error.to_string());
    let tls = Tls::new(&[])?;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&tls.provider))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    Ok(Arc::new(builder.with_webpki_verifier(tls.verifier().map_err(failed)?).with_no_client_auth()))
}

/// Verifies as rustls does; only notes what it sees.
#[derive(Debug)]
struct Noting {
    inner: Arc<WebPkiServerVerifier>,
    watch: Arc<Watch>,
}

impl ServerCertVerifier for Noting {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Ok(certificate) = Certificate::from_der(end_entity) {
            self.watch.note(|seen| seen.issuer = Some(certificate.issuer().brief()));
        }
        self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        self.inner.root_hint_subjects()
    }
}
