//! HTTPS servers, good and bad.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use certlens_fetch::{Config, Stage};
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name, purposes};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::*;

const DAY: i64 = 24 * 3600;

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

fn anchor() -> Ca {
    Ca::self_signed(Ca::builder("Test Anchor", Key::p256(0)).validity(now() - 400 * DAY, now() + 400 * DAY))
}

/// A certificate of a server, issued by [`anchor`].
fn server_certificate(name: GeneralName, from: i64, to: i64) -> Vec<u8> {
    CertificateBuilder::new(Name::cn("Test Server"), Key::p256(1))
        .validity(from, to)
        .extension(Extension::subject_alt_name([name]))
        .extension(Extension::extended_key_usage([purposes::SERVER_AUTH]))
        .issued_by(anchor())
}

fn good() -> Vec<u8> {
    server_certificate(GeneralName::ip("127.0.0.1"), now() - DAY, now() + 30 * DAY)
}

/// Answers over TLS with this certificate.
fn tls_server(certificate: Vec<u8>, answer: Vec<u8>) -> Server {
    let key = PrivateKeyDer::try_from(Key::p256(1).pkcs8()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate)], key)
        .unwrap();
    let config = Arc::new(config);
    Server::raw(move |stream| serve(&config, stream, &answer))
}

fn serve(config: &Arc<ServerConfig>, stream: TcpStream, answer: &[u8]) {
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream);
    if hear(&mut stream).is_some() {
        let _ = stream.write_all(answer);
        stream.conn.send_close_notify();
        let _ = stream.flush();
    }
}

fn trusting() -> Config {
    let mut config = config();
    config.anchors = vec![anchor().der().to_vec()];
    config
}

fn https(server: &Server) -> String {
    format!("https://{}/ca.crl", server.address)
}

#[test]
fn a_trusted_server_is_read() {
    let server = tls_server(good(), ok("", DER));
    let retrieved = get(trusting(), &https(&server));
    assert_eq!(retrieved.outcome.unwrap(), DER);
    assert_eq!((retrieved.peer, retrieved.status), (Some(server.address), Some(200)));
}

#[test]
fn a_redirect_may_lead_to_plain_http() {
    let plain = Server::answering(ok("", DER));
    let server = tls_server(good(), redirect(&plain.url("/")));
    assert_eq!(get(trusting(), &https(&server)).outcome.unwrap(), DER);
}

#[test]
fn bad_certificates_are_told_apart() {
    let self_signed = CertificateBuilder::new(Name::cn("Alone"), Key::p256(1))
        .validity(now() - DAY, now() + DAY)
        .extension(Extension::subject_alt_name([GeneralName::ip("127.0.0.1")]))
        .self_signed();
    let name = || GeneralName::ip("127.0.0.1");
    let not_for_servers = CertificateBuilder::new(Name::cn("Test Server"), Key::p256(1))
        .validity(now() - DAY, now() + DAY)
        .extension(Extension::subject_alt_name([name()]))
        .extension(Extension::extended_key_usage([purposes::CLIENT_AUTH]))
        .issued_by(anchor());
    for (certificate, config, cause, code, says) in [
        (self_signed, trusting(), "tls-untrusted", 12045, "Alone"),
        (good(), config(), "tls-untrusted", 12045, "issued by"),
        (server_certificate(name(), now() - 9 * DAY, now() - DAY), trusting(), "tls-expired", 12037, "has expired"),
        (
            server_certificate(name(), now() + DAY, now() + 9 * DAY),
            trusting(),
            "tls-not-yet-valid",
            12037,
            "not valid yet",
        ),
        (
            server_certificate(GeneralName::dns("other.example"), now() - DAY, now() + DAY),
            trusting(),
            "tls-wrong-name",
            12038,
            "other.example",
        ),
        (not_for_servers, trusting(), "tls-wrong-purpose", 12179, "not for TLS servers"),
    ] {
        let server = tls_server(certificate, ok("", DER));
        let failure = fails(config, &https(&server));
        assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Tls, cause, Some(code)), "{failure}");
        assert!(failure.message.contains(says), "{failure}");
    }
}

#[test]
fn a_server_that_does_not_speak_tls() {
    let failure = fails(
        trusting(),
        &https(&Server::raw(|mut stream| {
            let _ = stream.write_all(&answer("400 Bad Request", "", b""));
            let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
        })),
    );
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Tls, "tls-handshake-failed", Some(12157)));
    let server = Server::raw(|mut stream| {
        let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
    });
    let failure = fails(trusting(), &https(&server));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Tls, "connection-reset", Some(12030)));
    let server = Server::raw(|_stream| std::thread::sleep(Duration::from_secs(5)));
    let failure = fails(trusting().with_timeout(Duration::from_millis(900)), &https(&server));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Tls, "timed-out", Some(12002)), "{failure}");
}

#[test]
fn through_a_tunnel() {
    let server = tls_server(good(), ok("", DER));
    let to = server.address;
    let proxy = Server::new(move |heard, stream| {
        assert_eq!(heard.line()[..2], ["CONNECT", to.to_string().as_str()]);
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
        let mut there = TcpStream::connect(to).unwrap();
        let (mut from_there, mut back) = (there.try_clone().unwrap(), stream.try_clone().unwrap());
        let copying = std::thread::spawn(move || std::io::copy(&mut from_there, &mut back));
        let _ = std::io::copy(stream, &mut there);
        let _ = there.shutdown(std::net::Shutdown::Write);
        let _ = copying.join();
    });
    let mut config = by(&proxy.url(""));
    config.anchors = trusting().anchors;
    let retrieved = get(config, &https(&server));
    assert_eq!(retrieved.outcome.unwrap(), DER);
    assert_eq!(retrieved.proxy, Some(format!("http://{}", proxy.address)));
    let failure = fails(by(&proxy.url("")), &https(&server));
    assert_eq!((failure.stage, failure.cause), (Stage::Tls, "tls-untrusted"));
    assert!(failure.message.contains("through the proxy"), "{failure}");
}

#[test]
fn an_anchor_that_is_none_is_an_error_at_once() {
    let mut config = config();
    config.anchors = vec![b"no certificate".to_vec()];
    assert!(certlens_fetch::Client::new(config).is_err());
}
