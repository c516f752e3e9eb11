//! openssl's TLS server, and a handshake with it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use certlens_probe::stream::Stream;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::process::{Process, run, start};

/// `openssl s_server`, which sends back each line in reverse. It takes one connection
/// after the other.
pub(crate) struct TlsServer {
    folder: tempfile::TempDir,
    _process: Process,
    port: u16,
}

impl TlsServer {
    /// With these further arguments, as `-tls1_2`.
    pub(crate) fn start(arguments: &[&str]) -> TlsServer {
        let folder = tempfile::tempdir().unwrap();
        make_certificate(folder.path());
        let (process, port) = start(folder.path(), |port| {
            let mut command = Command::new("openssl");
            command.args(["s_server", "-rev", "-quiet", "-cert", "cert.pem", "-key", "key.pem", "-accept"]);
            command.arg(port.to_string()).args(arguments);
            command
        });
        TlsServer { folder, _process: process, port }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// The handshake, which fails unless it is this server.
    pub(crate) async fn handshake(&self, stream: Stream) -> std::io::Result<TlsStream<Stream>> {
        handshake(self.folder.path(), stream).await
    }
}

/// Makes `cert.pem` and `key.pem` for localhost, and the certificate in DER.
pub(crate) fn make_certificate(folder: &Path) {
    run(
        folder,
        "openssl",
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -batch -keyout key.pem -out cert.pem \
         -subj /CN=localhost -days 30 -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE",
    );
    run(folder, "openssl", "x509 -in cert.pem -outform DER -out cert.der");
}

/// A handshake that fails unless it is with the owner of the certificate in this folder.
pub(crate) async fn handshake(folder: &Path, stream: Stream) -> std::io::Result<TlsStream<Stream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(fs::read(folder.join("cert.der")).unwrap())).unwrap();
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
