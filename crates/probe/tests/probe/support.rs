//! `openssl s_server` with certificates made for the test, and what every test says.

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use certlens_probe::probe::{Probe, Settings, Timeouts, probe};
use certlens_probe::resolve::{Given, Nobody};
use certlens_probe::target::Target;
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name, pem};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A folder of PEM files for servers.
pub(crate) struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    pub(crate) fn new() -> Files {
        Files { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn put(&self, name: &str, octets: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, octets).expect("a file can be written");
        path
    }

    /// Certificate and key as files, by the arguments of s_server.
    pub(crate) fn identity(&self, name: &str, certificate: &[u8], key: Key) -> Vec<String> {
        let certificate = self.put(&format!("{name}.pem"), pem::certificate(certificate));
        let key = self.put(&format!("{name}.key"), pem::encode("PRIVATE KEY", &key.pkcs8()));
        vec!["-cert".into(), shown(&certificate), "-key".into(), shown(&key)]
    }
}

pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A CA, and a certificate of it for `host.test`.
pub(crate) fn issued(key: Key) -> (Ca, Vec<u8>) {
    let ca = Ca::anchor("Test CA", Key::p256(90));
    let certificate = CertificateBuilder::new(Name::cn("host.test"), key)
        .extension(Extension::subject_alt_name([GeneralName::dns("host.test")]))
        .issued_by(&ca);
    (ca, certificate)
}

/// `openssl s_server` on a port that it chose.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(arguments: &[&str], files: &[String]) -> Server {
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0"])
            .args(files)
            .args(arguments)
            // It ends when its input does, and so with the test.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl is installed");
        let output = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("ACCEPT ")?.parse().ok())
            .unwrap_or_else(|| panic!("openssl s_server does not begin with {arguments:?}"));
        // Whoever does not read what it prints stops it.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Server { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Settings with timeouts that fit loopback.
pub(crate) fn quick() -> Settings {
    let second = Duration::from_secs(2);
    let timeouts = Timeouts { trial: Duration::from_millis(500), ..Timeouts::within(second) };
    Settings { timeouts, ..Settings::default() }
}

/// Probes `host.test` at this port of the loopback address.
pub(crate) async fn at(address: SocketAddr, settings: &Settings) -> Probe {
    to(&format!("tls://host.test:{}", address.port()), settings).await
}

pub(crate) async fn to(target: &str, settings: &Settings) -> Probe {
    let target = Target::parse(target).unwrap_or_else(|error| panic!("{error}"));
    probe(&target, settings, &names()).await
}

pub(crate) fn names() -> Given<Nobody> {
    Given::new([("host.test".to_owned(), vec![[127, 0, 0, 1].into()])], Nobody)
}

/// A server of one's own: what `serve` does with each connection.
pub(crate) async fn serve<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// The ClientHello that a client sends, as one record.
pub(crate) async fn client_hello(stream: &mut TcpStream) -> Vec<u8> {
    let mut header = [0; 5];
    stream.read_exact(&mut header).await.expect("a record");
    let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    stream.read_exact(&mut hello).await.expect("a hello");
    hello
}

/// Closes a connection with a reset.
pub(crate) fn reset(stream: &TcpStream) {
    stream.set_zero_linger().expect("a connection can be reset");
}

/// Connects both ends and passes on what comes, to `address`.
pub(crate) async fn forward(first: &[u8], mut stream: TcpStream, address: SocketAddr) {
    let Ok(mut onward) = TcpStream::connect(address).await else { return };
    if onward.write_all(first).await.is_ok() {
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
    }
}

/// A TLS server that takes several connections at once, which s_server does not.
pub(crate) async fn side_by_side(certificate: &[u8], pkcs8: &[u8]) -> SocketAddr {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pkcs8.to_vec()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate.to_vec())], key)
        .expect("an identity");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut tls) = acceptor.accept(stream).await {
                let _ = tls.read_to_end(&mut Vec::new()).await;
            }
        }
    })
    .await
}
