//! The stages: which were passed, and what failed.

use std::net::IpAddr;
use std::time::Duration;

use certlens_probe::Stage;
use certlens_probe::probe::{Probe, Settings, probe};
use certlens_probe::proxy::{Kind, Proxy};
use certlens_probe::resolve::{Given, Nobody};
use certlens_probe::target::{Dial, Sni, Target};
use certlens_testkit::Key;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Files, Server, at, forward, issued, quick, serve, to};

fn stages(probe: &Probe) -> Vec<(Stage, Result<(), &'static str>)> {
    probe.stages.iter().map(|report| (report.stage, report.outcome)).collect()
}

fn server() -> (Server, Vec<u8>) {
    let (_, certificate) = issued(Key::p256(1));
    let files = Files::new();
    // The files are read before the port is told.
    (Server::start(&[], &files.identity("ec", &certificate, Key::p256(1))), certificate)
}

#[tokio::test]
async fn each_stage_is_timed() {
    let (server, _) = server();
    let probe = at(server.address, &quick()).await;
    assert_eq!(stages(&probe), [(Stage::Name, Ok(())), (Stage::Connect, Ok(())), (Stage::Tls, Ok(()))]);
    assert_eq!((probe.connected, probe.addresses.as_slice()), (Some(server.address), &[server.address][..]));
    let parts: Duration = probe.stages.iter().map(|report| report.elapsed).sum();
    assert!(parts <= probe.elapsed && !probe.elapsed.is_zero());
}

#[tokio::test]
async fn names_and_ports_fail_by_themselves() {
    let unknown = to("tls://unknown.test:1", &quick()).await;
    assert_eq!(stages(&unknown), [(Stage::Name, Err("name-not-resolved"))]);
    assert_eq!(unknown.failure.map(|failure| failure.windows), Some(vec![11_001, 12_007]));

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let closed = listener.local_addr().expect("an address");
    drop(listener);
    let refused = at(closed, &quick()).await;
    assert_eq!(stages(&refused), [(Stage::Name, Ok(())), (Stage::Connect, Err("connection-refused"))]);
    assert_eq!(refused.failure.map(|failure| failure.windows), Some(vec![10_061, 12_029]));
}

#[tokio::test]
async fn every_address_of_a_name_is_tried() {
    let (server, _) = server();
    // Nothing listens on the port of the server at the first two.
    let addresses: Vec<IpAddr> = vec![[127, 0, 0, 7].into(), [127, 0, 0, 8].into(), [127, 0, 0, 1].into()];
    let names = Given::new([("host.test".to_owned(), addresses)], Nobody);
    let target = Target::parse(&format!("host.test:{}", server.address.port())).expect("a target");
    let probe = probe(&target, &quick(), &names).await;
    assert_eq!((probe.failure, probe.connected), (None, Some(server.address)));
    assert_eq!(probe.attempts.len(), 3);
}

#[tokio::test]
async fn another_address_is_connected_to_and_the_name_stays() {
    let (server, certificate) = server();
    let dial = Dial::parse(&server.address.to_string()).expect("an address");
    // The name is not resolved at all.
    let probe = to("https://elsewhere.test/", &Settings { dial: Some(dial), ..quick() }).await;
    assert_eq!(probe.failure, None);
    let capture = probe.capture.expect("a capture");
    assert_eq!(capture.server_name.as_deref(), Some("elsewhere.test"));
    assert_eq!(capture.chain, [certificate]);
}

#[tokio::test]
async fn an_address_is_not_asked_for_by_name() {
    let (server, _) = server();
    let name_of = async |sni| {
        let probe = to(&server.address.to_string(), &Settings { sni, ..quick() }).await;
        probe.capture.and_then(|capture| capture.server_name)
    };
    assert_eq!(name_of(Sni::Host).await, None);
    assert_eq!(name_of(Sni::name("host.test").expect("a name")).await.as_deref(), Some("host.test"));
}

/// A proxy that answers CONNECT with `answer` and, if that opens, passes on to `server`.
async fn proxy(answer: &'static str, server: &Server) -> Proxy {
    let onward = server.address;
    let address = serve(move |mut stream| async move {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut octet = [0];
            if stream.read_exact(&mut octet).await.is_err() {
                return;
            }
            request.extend(octet);
        }
        assert!(request.starts_with(b"CONNECT host.test:443 HTTP/1.1\r\n"), "{request:?}");
        let _ = stream.write_all(answer.as_bytes()).await;
        if answer.contains(" 200 ") {
            forward(b"", stream, onward).await;
        }
    })
    .await;
    Proxy { kind: Kind::Http { tls: false }, host: "127.0.0.1".to_owned(), port: address.port(), credentials: None }
}

#[tokio::test]
async fn a_proxy_is_a_stage_of_its_own() {
    let (server, certificate) = server();
    let through = proxy("HTTP/1.1 200 Connection established\r\nVia: 1.1 box\r\n\r\n", &server).await;
    let settings = Settings { proxy: Some(through.clone()), ..quick() };
    let opened = to("https://host.test", &settings).await;
    let ok = Ok(());
    let wanted = [(Stage::Name, ok), (Stage::Connect, ok), (Stage::Proxy, ok), (Stage::Tls, ok)];
    assert_eq!(stages(&opened), wanted, "{opened:?}");
    assert_eq!(opened.capture.map(|capture| capture.chain), Some(vec![certificate]));
    let report = opened.proxy.expect("a report");
    assert_eq!((report.status, report.headers), (Some(200), vec![("via".to_owned(), "1.1 box".to_owned())]));

    let denies = proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", &server).await;
    let denied = to("https://host.test", &Settings { proxy: Some(denies), ..quick() }).await;
    let failure = denied.failure.expect("a failure");
    assert_eq!((failure.stage, denied.proxy.and_then(|report| report.status)), (Stage::Proxy, Some(403)));

    // A proxy that is not there is not the target.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let absent = Proxy { port, ..through };
    let gone = to("https://host.test", &Settings { proxy: Some(absent.clone()), ..quick() }).await;
    let failure = gone.failure.expect("a failure");
    assert_eq!((failure.stage, failure.cause), (Stage::Connect, "connection-refused"));
    assert!(failure.message.starts_with("the proxy 127.0.0.1"), "{failure}");
    assert!(failure.hint.contains("proxy") && !failure.hint.contains("node"), "{}", failure.hint);

    // Nor is one that has no address.
    let nowhere = Proxy { host: "proxy.test".to_owned(), port: 3128, ..absent };
    let unknown = to("https://host.test", &Settings { proxy: Some(nowhere), ..quick() }).await;
    let failure = unknown.failure.expect("a failure");
    assert_eq!((failure.stage, failure.cause), (Stage::Name, "name-not-resolved"));
    assert!(failure.message.starts_with("the proxy proxy.test:3128 "), "{failure}");
    assert!(failure.hint.contains("the proxy's host name") && !failure.hint.contains("cluster"), "{}", failure.hint);
}

#[tokio::test]
async fn a_proxy_under_tls_gets_credentials_only_when_it_is_verified() {
    let (server, certificate) = server();
    let credentials = certlens_probe::proxy::Credentials::new("user".to_owned(), "secret".to_owned());
    let proxy = Proxy {
        kind: Kind::Http { tls: true },
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        credentials: Some(credentials),
    };
    let settings = Settings { proxy: Some(proxy.clone()), ..quick() };
    let kept = to("https://host.test", &settings).await;
    assert_eq!(kept.failure.map(|failure| failure.cause), Some("proxy-not-verified"));
    // Without any there is nothing to lose; what the proxy presents is kept.
    let settings = Settings { proxy: Some(Proxy { credentials: None, ..proxy }), ..quick() };
    let spoken = to("https://host.test", &settings).await;
    assert_eq!(spoken.failure.map(|failure| failure.stage), Some(Stage::Proxy));
    assert_eq!(spoken.proxy_chain, [certificate]);
    // A proxy that is spoken to without TLS.
    let plain = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let proxy = settings.proxy.clone().map(|proxy| Proxy { port: plain.port(), ..proxy });
    let spoken = to("https://host.test", &Settings { proxy, ..quick() }).await;
    let failure = spoken.failure.expect("a failure");
    assert_eq!(failure.cause, "proxy-tls");
    assert!(failure.message.ends_with("what it answers is not TLS"), "{failure}");
}

#[tokio::test]
async fn ipv6_is_as_good() {
    let Ok(listener) = TcpListener::bind("[::1]:0").await else {
        eprintln!("SKIPPED: this machine has no IPv6");
        return;
    };
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 70]).await;
        }
    });
    let probe = to(&address.to_string(), &quick()).await;
    assert_eq!((probe.connected, probe.failure.map(|failure| failure.cause)), (Some(address), Some("tls-alert")));
}

#[tokio::test]
async fn an_upgrade_is_a_stage_of_its_own() {
    let (server, certificate) = server();
    let onward = server.address;
    let address = serve(move |mut stream| async move {
        let _ = stream.write_all(b"* OK ready\r\n").await;
        let mut asked = Vec::new();
        while !asked.ends_with(b"STARTTLS\r\n") {
            let mut octet = [0];
            if stream.read_exact(&mut octet).await.is_err() {
                return;
            }
            asked.extend(octet);
            if asked.ends_with(b"CAPABILITY\r\n") {
                let tag = asked.split(|octet| *octet == b' ').next().unwrap_or_default().to_vec();
                let answer = [b"* CAPABILITY IMAP4rev1 STARTTLS\r\n".as_slice(), &tag, b" OK\r\n"].concat();
                let _ = stream.write_all(&answer).await;
                asked.clear();
            }
        }
        let tag = asked.split(|octet| *octet == b' ').next().unwrap_or_default().to_vec();
        let _ = stream.write_all(&[&tag, b" OK begin\r\n".as_slice()].concat()).await;
        forward(b"", stream, onward).await;
    })
    .await;
    let probe = to(&format!("imap://host.test:{}", address.port()), &quick()).await;
    let ok = Ok(());
    let wanted = [(Stage::Name, ok), (Stage::Connect, ok), (Stage::Upgrade, ok), (Stage::Tls, ok)];
    assert_eq!(stages(&probe), wanted, "{probe:?}");
    assert_eq!(probe.capture.map(|capture| capture.chain), Some(vec![certificate]));
    assert!(!probe.notes.is_empty());
}
