//! What HTTP proxies answer.

use certlens_testkit::server::http_proxy::{Reply, start};
use tokio::io::AsyncReadExt as _;

use crate::support::tls::{TlsServer, talks};
use crate::{HTTP, declines, proxy, through};

#[tokio::test]
async fn a_tunnel() {
    let behind = TlsServer::start(&[]);
    let fields = "Via: 1.1 gate (squid/5.7)\r\nX-Request-Id: 7\r\nServer: a\x1bb\r\nSet-Cookie: secret\r\n";
    // The control character would end the reading; squid and others never send one.
    let fields = fields.replace('\x1b', " ");
    let established = format!("HTTP/1.1 200 Connection established\r\n{fields}\r\n").into_bytes();
    let server = start([Reply::Tunnel(established, behind.address())]);
    let opened = through(&proxy(HTTP, server.port()), "host.test", 443).await.unwrap();
    let report = opened.report;
    assert_eq!((report.status, report.reason.as_str(), report.requests), (Some(200), "Connection established", 1));
    let kept: Vec<&str> = report.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(kept, ["via", "x-request-id", "server"]);
    assert_eq!(report.headers[0].1, "1.1 gate (squid/5.7)");
    assert_eq!((report.authenticated_by, report.schemes.len()), (None, 0));
    talks(&mut behind.handshake(opened.stream).await.unwrap()).await;
    let heard = String::from_utf8(server.heard()).unwrap();
    assert!(heard.starts_with("CONNECT host.test:443 HTTP/1.1\r\nHost: host.test:443\r\n"), "{heard}");
    assert!(!heard.contains("Proxy-Authorization"), "{heard}");
}

/// What a server says first may come in the same segment as the proxy's answer.
#[tokio::test]
async fn early_octets_are_kept() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\n\r\n220 early\r\n"[..],
        b"HTTP/1.0 200\r\nContent-Length: 4\r\n\r\n220 early\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 200 OK\n\n220 early\r\n",
    ] {
        let server = start([Reply::Close(answer.to_vec())]);
        let mut opened = through(&proxy(HTTP, server.port()), "::1", 25).await.unwrap();
        let mut early = String::new();
        opened.stream.read_to_string(&mut early).await.unwrap();
        assert_eq!(early, "220 early\r\n");
        assert!(server.heard().starts_with(b"CONNECT [::1]:25 HTTP/1.1\r\nHost: [::1]:25\r\n"));
    }
}

/// Status, header fields, cause, a part of the message, a part of the hint.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str, u32);

#[tokio::test]
async fn refusals_are_told_apart() {
    let cases: [Case; 15] = [
        ("400 Bad Request", "", "proxy-declined", "with 400 Bad Request", "is none", 12029),
        ("401 Unauthorized", "", "proxy-not-a-proxy", "401", "407", 12029),
        (
            "403 Forbidden",
            "X-Squid-Error: ERR_ACCESS_DENIED 0\r\n",
            "proxy-forbids",
            "(ERR_ACCESS_DENIED 0)",
            "allow CONNECT to host.test:443",
            12029,
        ),
        ("404 Not Found", "", "proxy-not-a-proxy", "404", "reverse proxy", 12029),
        ("405 Method Not Allowed", "", "proxy-not-a-proxy", "405", "web server", 12029),
        ("429 Slow", "", "proxy-declined", "429 Slow", "fewer", 12029),
        ("302 Found", "Location: http://login.corp/\r\n", "proxy-login-page", "(http://login.corp/)", "browser", 12015),
        ("511 Network Authentication Required", "", "proxy-login-page", "511", "captive portal", 12015),
        ("500 Oops", "", "proxy-declined", "500", "fault of its own", 12029),
        ("502 Bad Gateway", "", "proxy-cannot-connect", "502", "could not connect to host.test:443", 12029),
        (
            "503 Service Unavailable",
            "X-Squid-Error: ERR_CONNECT_FAIL 111\r\n",
            "proxy-cannot-connect",
            "ERR_CONNECT_FAIL 111",
            "listens",
            12029,
        ),
        (
            "503 Service Unavailable",
            "X-Squid-Error: ERR_DNS_FAIL 0\r\n",
            "proxy-name-unresolved",
            "ERR_DNS_FAIL",
            "resolve",
            12007,
        ),
        (
            "502 Bad Gateway",
            "Proxy-Status: gate; error=dns_error; rcode=NXDOMAIN\r\n",
            "proxy-name-unresolved",
            "error=dns_error",
            "name servers",
            12007,
        ),
        ("504 Gateway Timeout", "", "proxy-destination-timed-out", "504", "in time", 12002),
        ("600 What", "", "proxy-declined", "600 What", "log", 12029),
    ];
    for (status, fields, cause, says, hints, windows) in cases {
        let page = "<html><head><title>ERROR: The requested\n URL &amp; co</title>".to_owned() + &"x".repeat(9000);
        let server = start([Reply::page(status, fields, &page)]);
        let declined = declines(&proxy(HTTP, server.port()), "host.test", 443).await;
        let failure = declined.failure;
        assert_eq!((failure.cause, failure.windows.as_slice()), (cause, &[windows][..]), "{failure:?}");
        assert!(failure.message.contains("refused a tunnel to host.test:443 with "), "{failure:?}");
        assert!(failure.message.contains(says) && failure.hint.contains(hints), "{failure:?}");
        assert!(failure.message.contains("titled “ERROR: The requested URL &amp; co”"), "{failure:?}");
        assert_eq!(declined.report.status.map(|status| status.to_string()).unwrap(), status[..3]);
        assert_eq!(declined.report.title.as_deref(), Some("ERROR: The requested URL &amp; co"));
    }
}
