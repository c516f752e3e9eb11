//! openssl's TLS server, and a handshake with it.

use std::net::SocketAddr;
use std::sync::Arc;

use certlens_probe::stream::Stream;
use certlens_testkit::Key;
use certlens_testkit::program::{Presented, SServer};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// `openssl s_server` with the certificate of [`presented`].
pub(crate) struct TlsServer {
    server: SServer,
}

impl TlsServer {
    /// With these further arguments, as `-tls1_2`.
    pub(crate) fn start(arguments: &[&str]) -> TlsServer {
        TlsServer { server: SServer::start(&presented(), arguments) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The handshake, which fails unless it is this server.
    pub(crate) async fn handshake(&self, stream: Stream) -> std::io::Result<TlsStream<Stream>> {
        handshake(stream).await
    }
}

/// What servers present here.
pub(crate) fn presented() -> Presented {
    Presented::self_signed(Key::p256(1))
}

/// A handshake that fails unless it is with who has the key of [`presented`].
pub(crate) async fn handshake(stream: Stream) -> std::io::Result<TlsStream<Stream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(presented().chain[0].clone())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// Has a line sent back in reverse.
pub(crate) async fn talks(stream: &mut TlsStream<Stream>) {
    stream.write_all(b"certlens\n").await.unwrap();
    stream.flush().await.unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await.unwrap();
    assert_eq!(line, "sneltrec\n");
}
