//! A thousand TLS 1.3 endpoints, two round trips of 50 ms away, captured and judged by
//! `certlens probe`, against what cannot be saved: the two round trips, and the
//! processor time of the bare handshakes on both sides divided by the cores. Beside it,
//! in the same run, `openssl s_client` under `xargs -P64`, and sslyze where it is there.
//!
//! Loopback has no delay, so the server waits: one round trip for the connection before
//! it reads, one for the handshake before it answers. Server and clients share the
//! machine, and so the server's handshakes are in the bound.
//!
//! Targets: within [`TARGET`] times the bound, and [`MEMORY`] KiB for each endpoint. In a
//! second part a tenth of the endpoints is stuck, and delays nobody else.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name, pem};
use tokio::io::AsyncReadExt;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::{self, ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme, version};
use tokio_rustls::{TlsAcceptor, TlsConnector};

const ROUND_TRIP: Duration = Duration::from_millis(50);
const TARGET: f64 = 1.3;

/// The most memory for each endpoint at the peak, in KiB.
const MEMORY: f64 = 64.0;

const HOST: &str = "host.test";
const AT: &str = "2026-06-01T00:00:00Z";

/// The variable that makes this program the server; its value is the delay in ms.
const SERVER: &str = "CERTLENS_BENCH_SERVER";

fn main() -> io::Result<()> {
    if let Ok(delay) = std::env::var(SERVER) {
        return serve(Duration::from_millis(delay.parse().map_err(io::Error::other)?));
    }
    // `cargo test --benches` runs it once, to see that it works.
    let (endpoints, rounds) = if std::env::args().any(|argument| argument == "--bench") { (1_000, 5) } else { (20, 1) };
    let mut out = io::stdout().lock();
    let folder = tempfile::tempdir()?;
    let ca = folder.path().join("ca.pem");
    fs::write(&ca, pem::encode("CERTIFICATE", Ca::anchor("Test CA", Key::p256(90)).der()))?;
    let cores = std::thread::available_parallelism()?.get();

    let near = Server::start(Duration::ZERO)?;
    let handshake = bare(&near, endpoints)?;
    let bound = ROUND_TRIP.as_secs_f64() * 2.0 + handshake * endpoints as f64 / cores as f64;
    writeln!(
        out,
        "{endpoints} endpoints, {cores} cores; a bare handshake takes {:.0} µs on both sides; bound {:.3} s\n",
        handshake * 1e6,
        bound
    )?;
    drop(near);

    let server = Server::start(ROUND_TRIP)?;
    let list = folder.path().join("list");
    fs::write(&list, targets(endpoints, server.port))?;
    let few = folder.path().join("few");
    fs::write(&few, targets(8, server.port))?;
    let base = certlens(&few, &ca, 8, 0)?.peak;
    let mut runs = Vec::new();
    for _ in 0..rounds {
        runs.push(certlens(&list, &ca, endpoints, 0)?);
    }
    runs.sort_by(|one, other| one.wall.total_cmp(&other.wall));
    let (Some(best), Some(median)) = (runs.first(), runs.get(runs.len() / 2)) else { return Ok(()) };
    let each = (median.peak.saturating_sub(base)) as f64 / endpoints as f64;
    for (name, run) in [("certlens probe, median", median), ("certlens probe, best", best)] {
        let ratio = run.wall / bound;
        let verdict = if ratio <= TARGET { "met" } else { "missed" };
        writeln!(out, "{name:<32} {:>8.3} s  {ratio:.2} × the bound (target {TARGET}: {verdict})", run.wall)?;
    }
    let verdict = if each <= MEMORY { "met" } else { "missed" };
    writeln!(
        out,
        "{:<32} {} KiB at the peak, {each:.1} KiB each beyond 8 endpoints (target {MEMORY}: {verdict})",
        "", median.peak
    )?;

    let stuck = stuck_list(endpoints, server.port)?;
    let mixed = folder.path().join("mixed");
    fs::write(&mixed, &stuck.list)?;
    let run = certlens(&mixed, &ca, endpoints, 3)?;
    writeln!(
        out,
        "{:<32} {:>8.3} s until the last of the others is out, {:.3} s with those that are stuck (2 s each)",
        "a tenth of them stuck", run.last_good, run.wall
    )?;
    drop(stuck);

    let openssl = openssl(&list, &ca)?;
    writeln!(
        out,
        "{:<32} {:>8.3} s  {:.1} × certlens",
        "openssl s_client, xargs -P64",
        openssl,
        openssl / median.wall
    )?;
    match sslyze(&few, folder.path()) {
        Some(time) => writeln!(out, "{:<32} {time:>8.3} s for 8 endpoints (--certinfo)", "sslyze")?,
        None => writeln!(out, "sslyze is not there (.ci/venv sslyze)")?,
    }
    Ok(())
}

/// Endpoints at addresses of their own.
fn targets(count: usize, port: u16) -> String {
    (0..count).map(|number| format!("127.1.{}.{}:{port}\n", number / 250, number % 250 + 1)).collect()
}

/// A run of certlens.
struct Measured {
    /// Seconds from start to end.
    wall: f64,
    /// Seconds until the last endpoint that is trusted was written.
    last_good: f64,
    /// The most resident memory, in KiB.
    peak: u64,
}

fn certlens(list: &Path, ca: &Path, endpoints: usize, exit: i32) -> io::Result<Measured> {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_certlens"))
        .args(["probe", "--format", "json", "--concurrency", "1000", "--name", HOST, "--at", AT, "--timeout", "2"])
        .arg("--list")
        .arg(list)
        .arg("--anchors")
        .arg(ca)
        .stdout(Stdio::piped())
        .spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let peak = std::thread::spawn(move || {
        let mut peak = 0;
        while let Some(now) = high_water(&status) {
            peak = peak.max(now);
            std::thread::sleep(Duration::from_millis(5));
        }
        peak
    });
    let (mut count, mut good, mut last_good) = (0, 0, 0.0);
    for line in BufReader::new(child.stdout.take().ok_or_else(|| io::Error::other("no output"))?).lines() {
        let line = line?;
        count += 1;
        if line.contains("\"status\":\"trusted\"") {
            good += 1;
            last_good = begun.elapsed().as_secs_f64();
        }
    }
    let ended = child.wait()?;
    let wall = begun.elapsed().as_secs_f64();
    let peak = peak.join().map_err(|_| io::Error::other("the memory was not read"))?;
    let expected = if exit == 0 { endpoints } else { endpoints - endpoints / 10 };
    if (ended.code(), count, good) != (Some(exit), endpoints, expected) && exit == 0 {
        return Err(io::Error::other(format!(
            "{ended}: {good} of {count} trusted, expected {expected} of {endpoints}"
        )));
    }
    Ok(Measured { wall, last_good, peak })
}

/// The largest resident set until now; nothing once the process has ended.
fn high_water(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Seconds of the processor that a bare handshake takes, on both sides.
fn bare(server: &Server, count: usize) -> io::Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13])
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Signature(aws_lc_rs::default_provider())))
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    let connector = TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from(HOST).map_err(io::Error::other)?;
    let times = |of: &str| ticks(of);
    let server_stat = format!("/proc/{}/stat", server.child.id());
    let (mine, its) = (times("/proc/self/stat")?, times(&server_stat)?);
    runtime.block_on(async {
        for _ in 0..count {
            let stream = tokio::net::TcpStream::connect(("127.0.0.1", server.port)).await?;
            drop(connector.connect(name.clone(), stream).await?);
        }
        io::Result::Ok(())
    })?;
    // What the server has still to do of the last ones.
    std::thread::sleep(Duration::from_millis(50));
    let spent = times("/proc/self/stat")? - mine + times(&server_stat)? - its;
    Ok(spent as f64 / 100.0 / count as f64)
}

/// Processor time in ticks of 10 ms (proc(5)).
fn ticks(stat: &str) -> io::Result<u64> {
    let text = fs::read_to_string(stat)?;
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let field = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
    field(11).zip(field(12)).map(|(user, system)| user + system).ok_or_else(|| io::Error::other("no ticks"))
}

/// Verifies the handshake's signature, and nothing of the certificate.
#[derive(Debug)]
struct Signature(rustls::crypto::CryptoProvider);

impl ServerCertVerifier for Signature {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// The server, in a process of its own.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(round_trip: Duration) -> io::Result<Server> {
        let mut child = Command::new(std::env::current_exe()?)
            .env(SERVER, round_trip.as_millis().to_string())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        BufReader::new(output).read_line(&mut line)?;
        let port = line.trim().parse().map_err(io::Error::other)?;
        Ok(Server { child, port })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(round_trip: Duration) -> io::Result<()> {
    let key = Key::p256(1);
    let ca = Ca::anchor("Test CA", Key::p256(90));
    let names = Extension::subject_alt_name([GeneralName::dns(HOST)]);
    let certificate = CertificateBuilder::new(Name::cn(HOST), key).extension(names).issued_by(&ca);
    let chain = vec![CertificateDer::from(certificate)];
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.pkcs8())))
        .map_err(io::Error::other)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind("0.0.0.0:0".parse().map_err(io::Error::other)?)?;
        let listener = socket.listen(4096)?;
        writeln!(io::stdout(), "{}", listener.local_addr()?.port())?;
        loop {
            let (stream, _) = listener.accept().await?;
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                tokio::time::sleep(round_trip * 2).await;
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let _ = stream.read(&mut [0]).await;
                }
            });
        }
    })
}

/// Endpoints of which every tenth accepts and says nothing.
struct Stuck {
    list: String,
    _listener: std::net::TcpListener,
}

fn stuck_list(count: usize, port: u16) -> io::Result<Stuck> {
    let listener = std::net::TcpListener::bind("0.0.0.0:0")?;
    let silent = listener.local_addr()?.port();
    let line = |number: usize| {
        let port = if number.is_multiple_of(10) { silent } else { port };
        format!("127.1.{}.{}:{port}\n", number / 250, number % 250 + 1)
    };
    Ok(Stuck { list: (0..count).map(line).collect(), _listener: listener })
}

fn openssl(list: &Path, ca: &Path) -> io::Result<f64> {
    let begun = Instant::now();
    let script = format!(
        "openssl s_client -connect {{}} -CAfile {} -verify_hostname {HOST} -verify_return_error -brief </dev/null",
        ca.display()
    );
    let mut child = Command::new("xargs")
        .args(["-P64", "-I{}", "-a"])
        .arg(list)
        .args(["sh", "-c", &script])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let status = child.wait()?;
    match status.success() {
        true => Ok(begun.elapsed().as_secs_f64()),
        false => Err(io::Error::other(format!("openssl under xargs: {status}"))),
    }
}

/// Seconds that sslyze takes, where it is there.
fn sslyze(list: &Path, folder: &Path) -> Option<f64> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/ci-venv/bin/sslyze");
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["--certinfo", "--targets_in"])
        .arg(list)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut said = String::new();
    child.stdout.take()?.read_to_string(&mut said).ok()?;
    child.wait().ok()?;
    said.contains("Certificates").then(|| begun.elapsed().as_secs_f64())
}
