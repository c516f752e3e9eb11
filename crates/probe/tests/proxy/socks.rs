//! SOCKS5.

use certlens_probe::proxy::{Destination, Kind, Proxy, open};
use certlens_testkit::server::Server;
use certlens_testkit::server::socks5::Socks5;
use tokio::io::AsyncReadExt as _;

use crate::support::tls::{TlsServer, talks};
use crate::to;
use crate::{SECRET, SOCKS, declines, proxy, through, with_login};

#[tokio::test]
async fn names_and_addresses() {
    let behind = TlsServer::start(&[]);
    let port = behind.address().port();
    for server in [Socks5::new().start(), Socks5::new().bound_by_name().start()] {
        let by_name = through(&proxy(SOCKS, server.port()), "host.test", port).await.unwrap();
        assert_eq!((by_name.report.status, by_name.report.reason.as_str()), (Some(0), "succeeded"));
        talks(&mut behind.handshake(by_name.stream).await.unwrap()).await;
        assert!(server.heard().windows(14).any(|part| part == b"\x05\x01\0\x03\x09host.test"));
    }
    // Resolved here.
    let server = Socks5::new().without_names().start();
    let local = Proxy { kind: Kind::Socks5 { remote_dns: false }, ..proxy(SOCKS, server.port()) };
    let destination = Destination::address(behind.address());
    let timeout = std::time::Duration::from_secs(20);
    let opened = open(&local, &destination, timeout, || to(local.port)).await.unwrap();
    talks(&mut behind.handshake(opened.stream).await.unwrap()).await;
    let declined = declines(&proxy(SOCKS, server.port()), "host.test", port).await;
    assert_eq!((declined.failure.cause, declined.report.status), ("proxy-declined", Some(8)));
    assert!(declined.failure.message.contains("address type not supported"), "{declined:?}");
    assert!(declined.failure.hint.contains("socks5:"), "{declined:?}");
    // IPv6 is asked for as such.
    declines(&proxy(SOCKS, server.port()), "::1", 1).await;
    assert!(server.heard().ends_with(&[&[5, 1, 0, 4][..], &[0; 15], &[1, 0, 1]].concat()));
}

#[tokio::test]
async fn logins() {
    let behind = TlsServer::start(&[]);
    let port = behind.address().port();
    let server = Socks5::new().login("user", SECRET).start();
    let right = with_login(proxy(SOCKS, server.port()), "user", SECRET);
    let opened = through(&right, "127.0.0.1", port).await.unwrap();
    assert_eq!(opened.report.authenticated_by, Some("username/password"));
    talks(&mut behind.handshake(opened.stream).await.unwrap()).await;
    let wrong = declines(&with_login(proxy(SOCKS, server.port()), "user", "no"), "127.0.0.1", port).await;
    assert_eq!((wrong.failure.cause, wrong.failure.windows.as_slice()), ("proxy-credentials-refused", &[12015][..]));
    let none = declines(&proxy(SOCKS, server.port()), "127.0.0.1", port).await;
    assert_eq!(none.failure.cause, "proxy-authentication-required");
    assert!(none.failure.hint.contains("Give user name"), "{none:?}");
    // A login that is not wanted is not sent.
    let open = Socks5::new().start();
    let opened = through(&with_login(proxy(SOCKS, open.port()), "user", SECRET), "127.0.0.1", port).await.unwrap();
    assert_eq!(opened.report.authenticated_by, None);
    assert!(!open.heard().windows(9).any(|part| part == b"sw0rdfish"));
    let strict = declines(&with_login(proxy(SOCKS, Server::answering([5, 0xff]).port()), "u", SECRET), "a", 1).await;
    assert!(!strict.failure.message.is_empty());
}

#[tokio::test]
async fn logins_that_cannot_be_said() {
    let server = Socks5::new().start();
    for (user, password, says) in [
        ("", "a", "the user name for the SOCKS5 proxy has 0 octets"),
        ("a", "", "the password for the SOCKS5 proxy has 0 octets"),
        ("a", &"b".repeat(256), "has 256 octets"),
    ] {
        let proxy = with_login(proxy(SOCKS, server.port()), user, password);
        let destination = Destination::new("a", 1).unwrap();
        let timeout = std::time::Duration::from_secs(1);
        let outcome = open(&proxy, &destination, timeout, || to(proxy.port)).await;
        let failure = outcome.unwrap_err().failure;
        assert_eq!(failure.cause, "proxy-credentials");
        assert!(failure.message.contains(says), "{failure:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn every_reply_has_its_meaning() {
    for (code, cause, name, windows) in [
        (1, "proxy-cannot-connect", "general SOCKS server failure", 12029),
        (2, "proxy-forbids", "connection not allowed by ruleset", 12029),
        (3, "proxy-cannot-connect", "network unreachable", 10051),
        (4, "proxy-cannot-connect", "host unreachable", 10065),
        (5, "proxy-cannot-connect", "connection refused", 10061),
        (6, "proxy-destination-timed-out", "TTL expired", 12002),
        (7, "proxy-declined", "command not supported", 12029),
        (8, "proxy-declined", "address type not supported", 12029),
        (200, "proxy-declined", "a code without a name", 12029),
    ] {
        let server = Socks5::new().replying(code).start();
        for host in ["host.test", "127.0.0.1"] {
            let declined = declines(&proxy(SOCKS, server.port()), host, 443).await;
            assert_eq!((declined.failure.cause, declined.failure.windows.as_slice()), (cause, &[windows][..]));
            let says = format!("refused a tunnel to {host}:443 with {code}, {name}");
            assert!(declined.failure.message.ends_with(&says), "{declined:?}");
            assert_eq!((declined.report.status, declined.report.reason.as_str()), (Some(code.into()), name));
        }
    }
    // By the proxy's own doing.
    let server = Socks5::new().start();
    assert_eq!(declines(&proxy(SOCKS, server.port()), "no.invalid", 1).await.report.status, Some(4));
    assert_eq!(declines(&proxy(SOCKS, server.port()), "host.test", 1).await.report.status, Some(5));
}

/// The answer is read to its last octet and no further.
#[tokio::test]
async fn early_octets_are_kept() {
    for address in
        [&b"\x01\x7f\0\0\x01"[..], b"\x03\x09localhost", b"\x03\0", b"\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"]
    {
        let answer = [&[5, 0, 0], address, &[0, 80], b"220 early\r\n"].concat();
        let server = Server::start(move |mut connection| {
            connection.hear_something();
            connection.send(&[5, 0]);
            connection.hear_something();
            connection.send(&answer);
        });
        let mut opened = through(&proxy(SOCKS, server.port()), "host.test", 25).await.unwrap();
        let mut early = String::new();
        opened.stream.read_to_string(&mut early).await.unwrap();
        assert_eq!(early, "220 early\r\n");
    }
}

#[tokio::test]
async fn what_is_no_socks5() {
    for (answer, cause, says, hints) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "proxy-other-protocol", "a web server", "http://127.0.0.1:"),
        (b"\x15\x03\x01\x00\x02\x02\x0a", "proxy-other-protocol", "unexpected_message", "no proxy"),
        (b"\x00\x5b\0\0\0\0\0\0", "proxy-other-protocol", "SOCKS version 4", "SOCKS5 or HTTP"),
        (b"\x05\x01", "proxy-malformed", "the login method 1, GSSAPI", "out of order"),
        (b"\x05\x02", "proxy-malformed", "the login method 2, user name and password", "out of order"),
        (b"\x07\x00", "proxy-malformed", "at octet 0 of its choice of a login", "SOCKS5"),
        (b"\x05", "proxy-closed", "in the middle of its choice of a login, after 1 octets", "Try again"),
        (b"\x05\0\x05\0\0\x09\0\0", "proxy-malformed", "at octet 3 of the answer to CONNECT", "SOCKS5"),
        (b"\x05\0\x05\0\0\x01\x7f", "proxy-closed", "after 5 octets", "Try again"),
    ] {
        let (first, second) = answer.split_at(answer.len().min(if answer.starts_with(b"\x05\0") { 2 } else { 99 }));
        let server = Server::start(move |mut connection| {
            connection.hear_something();
            connection.send(first);
            if !second.is_empty() {
                connection.hear_something();
                connection.send(second);
            }
        });
        let declined = declines(&proxy(SOCKS, server.port()), "host.test", 443).await;
        assert_eq!(declined.failure.cause, cause, "{declined:?}");
        assert!(declined.failure.message.contains(says) && declined.failure.hint.contains(hints), "{declined:?}");
    }
}
