//! Proxies that are out of order, mean harm, or are none.

use std::time::{Duration, Instant};

use certlens_probe::Failure;
use certlens_probe::limits::{MAX_PROXY_HEAD_OCTETS, MAX_PROXY_PAGE_OCTETS};
use certlens_probe::proxy::{Destination, Kind, open};
use certlens_testkit::server::Server;

use crate::support::tls::TlsServer;
use crate::to;
use crate::{HTTP, SOCKS, proxy};

/// Where nothing is to come in time.
const SHORT: Duration = Duration::from_millis(800);

/// With time enough even on a machine that is busy.
async fn fails(kind: Kind, server: &Server) -> Failure {
    fails_at(Duration::from_secs(30), kind, server.port()).await
}

async fn fails_at(timeout: Duration, kind: Kind, port: u16) -> Failure {
    let proxy = proxy(kind, port);
    let destination = Destination::new("host.test", 443).unwrap();
    let begun = Instant::now();
    let outcome = open(&proxy, &destination, timeout, || to(port)).await;
    assert!(begun.elapsed() < timeout + Duration::from_secs(10));
    let failure = outcome.unwrap_err().failure;
    assert!(!failure.message.contains(char::is_control) && failure.message.len() < 1000, "{failure:?}");
    failure
}

#[tokio::test]
async fn silence_and_dripping() {
    for kind in [HTTP, SOCKS] {
        let silent = Server::silent();
        let failure = fails_at(SHORT, kind, silent.port()).await;
        assert_eq!((failure.cause, failure.windows.as_slice()), ("proxy-silent", &[12002][..]), "{failure:?}");
        let drip: &[u8] = if kind == HTTP { b"HTTP/1.1 200 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" } else { b"\x05" };
        let pause = Duration::from_millis(if kind == HTTP { 50 } else { 900 });
        let dripping = Server::dripping(drip, pause);
        let failure = fails_at(SHORT, kind, dripping.port()).await;
        assert_eq!(failure.cause, "proxy-timed-out", "{failure:?}");
    }
}

#[tokio::test]
async fn hanging_up() {
    for kind in [HTTP, SOCKS] {
        let closing = Server::start(|mut connection| {
            connection.hear_something();
        });
        let failure = fails(kind, &closing).await;
        assert_eq!((failure.cause, failure.windows.as_slice()), ("proxy-closed", &[12030][..]), "{failure:?}");
        assert!(failure.message.contains("closed the connection without a word"), "{failure:?}");
        let failure = fails(kind, &Server::resetting()).await;
        assert!(failure.cause == "proxy-closed" && failure.message.contains("reset the connection"), "{failure:?}");
    }
    let failure = fails(HTTP, &Server::answering(b"HTTP/1.1 200 OK\r\nVia".as_slice())).await;
    assert!(failure.message.contains("in the middle of the answer to CONNECT, after 20 octets"), "{failure:?}");
}

#[tokio::test]
async fn answers_without_an_end() {
    let failure = fails(HTTP, &Server::endless(b"HTTP/1.1 200 ".as_slice(), [b'a'; 4096])).await;
    assert_eq!(failure.cause, "proxy-too-long");
    assert!(failure.message.contains(&format!("more than {MAX_PROXY_HEAD_OCTETS} octets")), "{failure:?}");
    let failure = fails(HTTP, &Server::endless(b"HTTP/1.1 200 OK\r\n".as_slice(), b"a: b\r\n".repeat(100))).await;
    assert_eq!(failure.cause, "proxy-too-long", "{failure:?}");
    let failure = fails(HTTP, &Server::endless(b"".as_slice(), b"HTTP/1.1 100 Continue\r\n\r\n".repeat(20))).await;
    assert!(failure.message.contains("interim answers"), "{failure:?}");
    let fields = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"a: b\r\n".repeat(65), b"\r\n".to_vec()].concat();
    let failure = fails(HTTP, &Server::answering(fields)).await;
    assert!(failure.message.contains("more than 64 header fields"), "{failure:?}");
    // A page without an end: the refusal counts, and what is read of the page is bounded.
    let failure = fails(HTTP, &Server::endless(b"HTTP/1.1 403 No\r\n\r\n<title>a".as_slice(), [b'a'; 4096])).await;
    assert_eq!(failure.cause, "proxy-forbids", "{failure:?}");
    const { assert!(MAX_PROXY_PAGE_OCTETS < 1 << 20) };
}

#[tokio::test]
async fn other_protocols() {
    for (answer, says, hints) in [
        (&b"\x15\x03\x01\x00\x02\x02\x0a"[..], "TLS does: the alert 10, unexpected_message", "https://127.0.0.1:"),
        (b"\x05\xff", "a SOCKS5 proxy", "socks5h://127.0.0.1:"),
        (b"SSH-2.0-x\r\n", "SSH does: “SSH-2.0-x”", "no proxy"),
        (b"220 a ESMTP\r\n", "SMTP", "no proxy"),
    ] {
        let failure = fails(HTTP, &Server::answering(answer)).await;
        assert_eq!((failure.cause, failure.windows.as_slice()), ("proxy-other-protocol", &[12152][..]), "{failure:?}");
        assert!(failure.message.contains(says) && failure.hint.contains(hints), "{failure:?}");
    }
    for kind in [HTTP, SOCKS] {
        let server = Server::start(|mut connection| {
            connection.hear_something();
            connection.drip(b"SSH-2.0-OpenSSH_9.2\r\n", Duration::from_millis(2));
            connection.wait();
        });
        let failure = fails(kind, &server).await;
        assert!(failure.message.contains("SSH does: “SSH-2.0-OpenSSH_9.2”"), "{failure:?}");
    }
    let failure = fails(HTTP, &Server::answering(b"\x99\x98\x1b".as_slice())).await;
    assert_eq!(failure.cause, "proxy-malformed");
    assert!(failure.message.contains("at octet 0 HTTP/1. was expected, and the octets 99 98 1b found"), "{failure:?}");
    let failure = fails(HTTP, &Server::answering(b"HTTP/1.1 200 OK\r\nbad line\r\n\r\n".as_slice())).await;
    assert!(failure.message.contains("at octet 25 a colon in this header field"), "{failure:?}");
}

/// openssl's server hangs up on both without a word; the hint names the cure.
#[tokio::test]
async fn tls_without_being_told() {
    let server = TlsServer::start(&[]);
    let failure = fails_at(Duration::from_secs(30), HTTP, server.address().port()).await;
    assert!(matches!(failure.cause, "proxy-closed" | "proxy-other-protocol"), "{failure:?}");
    assert!(failure.hint.contains("https:"), "{failure:?}");
}

#[test]
fn destinations_that_cannot_be_asked() {
    for (host, says) in [
        ("a\r\nX: y", "at octet 1"),
        ("a b", "at octet 1"),
        ("bücher.de", "at octet 1"),
        ("a/b", "at octet 1"),
        ("a:80", "at octet 1"),
        ("", "no host"),
        (&"a".repeat(254), "254 octets"),
    ] {
        let failure = Destination::new(host, 1).unwrap_err();
        assert_eq!(failure.cause, "proxy-destination");
        assert!(failure.message.contains(says) && !failure.message.contains(char::is_control), "{failure:?}");
    }
    assert_eq!(Destination::new("_a-b.example", 443).unwrap().to_string(), "_a-b.example:443");
    assert_eq!(Destination::new("::1", 443).unwrap().to_string(), "[::1]:443");
}
