//! What a thousand endpoints at once cost. Run by hand, and best in release:
//! `cargo test -p certlens-probe --test probe scale -- --ignored --nocapture`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use certlens_probe::many::{Load, Probes};
use certlens_probe::probe::Settings;
use certlens_probe::resolve::Nobody;
use certlens_probe::target::Target;
use certlens_testkit::{Ca, CertificateBuilder, Key, Name};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, version};

const ENDPOINTS: usize = 1_000;

/// Two round trips of 50 ms: one for the connection, one for the handshake. Loopback has
/// none, so the server waits for both before it answers.
const LATENCY: Duration = Duration::from_millis(100);

/// Not a test: the server of the measurement, in a process of its own.
#[test]
#[ignore = "the server of `a_thousand_endpoints`, which starts it"]
fn server() {
    if std::env::var_os("CERTLENS_SCALE_SERVER").is_none() {
        return;
    }
    let key = Key::p256(1);
    let ca = Ca::anchor("Test CA", Key::p256(90));
    let certificate = CertificateBuilder::new(Name::cn("host.test"), key).issued_by(&ca);
    let chain = vec![CertificateDer::from(certificate), CertificateDer::from(ca.der().to_vec())];
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .expect("TLS 1.3")
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.pkcs8())))
        .expect("an identity");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind("0.0.0.0:0".parse().expect("an address")).expect("a port");
        let listener = socket.listen(4096).expect("a listener");
        println!("PORT {}", listener.local_addr().expect("an address").port());
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                tokio::time::sleep(LATENCY).await;
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
                }
            });
        }
    });
}

/// The largest resident set until now, in KiB, and the processor time in ms (proc(5)).
fn cost() -> (usize, u64) {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    let peak = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).expect("ticks");
    (peak, (ticks(11) + ticks(12)) * 10)
}

/// A process that ends with the test, also when it panics.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "measures; run by hand"]
fn a_thousand_endpoints() {
    let server = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "scale::server", "--ignored", "--nocapture"])
        .env("CERTLENS_SCALE_SERVER", "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("a server");
    let mut server = Process(server);
    let lines = BufReader::new(server.0.stdout.take().expect("its output")).lines();
    let port: u16 = lines
        .map_while(Result::ok)
        .find_map(|line| line.split("PORT ").nth(1)?.trim().parse().ok())
        .expect("the server's port");
    let targets = |count: usize| {
        (0..count).map(move |number| {
            Target::parse(&format!("127.1.{}.{}:{port}", number / 250, number % 250 + 1)).expect("a target")
        })
    };
    let settings = Arc::new(Settings::default());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let run = |count: usize, load: Load| {
        runtime.block_on(async {
            let planned = targets(count).into_iter().map(|target| (target, Arc::clone(&settings)));
            let mut probes = Probes::new(planned, Arc::new(Nobody), load);
            let begun = Instant::now();
            let (mut captured, mut last) = (0, None);
            while let Some((_, probe)) = probes.next().await {
                captured += usize::from(probe.failure.is_none() && probe.capture.is_some());
                last = probe.failure.or(last);
            }
            (begun.elapsed(), captured, last)
        })
    };
    run(8, Load::default());
    let (peak, time) = cost();
    let load = Load { overall: ENDPOINTS, per_host: 8 };
    let (elapsed, captured, failure) = run(ENDPOINTS, load);
    let (peak_after, time_after) = cost();
    let each = (peak_after - peak) as f64 / ENDPOINTS as f64;
    println!(
        "{captured} captured in {elapsed:?}, {} ms of processor time, {each:.1} KiB each at the peak",
        time_after - time
    );
    assert_eq!((captured, failure), (ENDPOINTS, None));
    assert!(each <= 64.0, "{each} KiB each");
}
