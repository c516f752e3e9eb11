//! TLS with the proxy itself.

use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::TlsConnector;

use super::trouble::words;
use crate::failure::{Failure, Stage};
use crate::proxy::Proxy;
use crate::stream::Stream;
use crate::tls::handshake::{Versions, config};
use crate::tls::recorder::Recorder;

/// Begins TLS with a proxy, verified as `trust` says; without it any certificate will
/// do, unless there are credentials that an impostor would get. Gives what the proxy
/// presented, too.
pub(super) async fn secure(
    proxy: &Proxy,
    trust: Option<&Arc<ClientConfig>>,
    stream: Stream,
) -> Result<(Stream, Vec<Vec<u8>>), Failure> {
    let contact = proxy.authority();
    let fail = |cause, message: String, hint: &str| Failure::new(Stage::Proxy, cause, message, hint);
    let config = match trust {
        Some(config) => Arc::clone(config),
        None if proxy.credentials.is_some() => {
            return Err(fail(
                "proxy-not-verified",
                format!("the proxy {contact} is not given credentials, because its certificate is not verified"),
                "Say which certificates to trust the proxy by, or leave the credentials out.",
            ));
        }
        None => {
            let recorder = Arc::new(Recorder::new(None));
            let config = config(Versions::Both, &[], &recorder).map_err(|error| {
                fail("proxy-tls", format!("TLS with the proxy {contact} cannot begin: {error}"), "Use another proxy.")
            })?;
            Arc::new(config)
        }
    };
    let name = ServerName::try_from(proxy.host.clone()).map_err(|_| {
        fail("proxy-tls", format!("the proxy {contact} has no name that TLS could ask for"), "Correct its host name.")
    })?;
    let secured = TlsConnector::from(config).connect(name, stream).await.map_err(|error| {
        let (words, hint) = why(&error);
        fail("proxy-tls", format!("TLS with the proxy {contact} failed: {words}"), hint).windows(12_175)
    })?;
    let chain = secured.get_ref().1.peer_certificates().unwrap_or_default();
    let chain = chain.iter().map(|certificate: &CertificateDer<'_>| certificate.as_ref().to_vec()).collect();
    Ok((Stream::new(secured), chain))
}

/// What kept TLS with a proxy from coming about, and what to do.
fn why(error: &io::Error) -> (String, &'static str) {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(problem)) => (
            format!("its certificate is not accepted ({})", words(&format!("{problem:?}"))),
            "Have the CA of the proxy's certificate trusted here, or name the proxy as its certificate does.",
        ),
        Some(rustls::Error::InvalidMessage(_)) => (
            "what it answers is not TLS".to_owned(),
            "The proxy is most likely spoken to without TLS: write http:// in its URL.",
        ),
        Some(other) => (words(&other.to_string()), "Look into the proxy's log."),
        None => (error.to_string(), "Check whether the proxy is spoken to under TLS at all (https:// in its URL)."),
    }
}
