//! Proxies, and what they answer themselves.

use std::io::Write;
use std::net::TcpListener;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certlens_fetch::{Client, Config, Environment, PrivateAddresses, ProxyChoice, ProxyUrl, Stage};

use crate::support::*;

fn with_login(server: &Server) -> String {
    format!("http://us%40er:s%3Aecret@{}", server.address)
}

#[test]
fn a_proxy_is_asked_for_the_whole_url() {
    let proxy = Server::answering(ok("", DER));
    // The name need not resolve here.
    let retrieved = get(by(&proxy.url("/")), "http://crl.example.invalid/ca.crl");
    assert_eq!(retrieved.outcome.unwrap(), DER);
    assert_eq!(retrieved.proxy, Some(format!("http://{}", proxy.address)));
    let heard = &proxy.heard()[0];
    assert_eq!(heard.line()[1], "http://crl.example.invalid/ca.crl");
    assert_eq!(heard.header("host"), Some("crl.example.invalid"));
    assert_eq!(heard.header("proxy-authorization"), None);
}

#[test]
fn a_login_is_sent_to_the_proxy_and_never_shown() {
    let expected = format!("Basic {}", STANDARD.encode("us@er:s:ecret"));
    let proxy = Server::new(move |heard, stream| {
        let known = heard.header("proxy-authorization") == Some(&expected);
        let _ = stream.write_all(&if known {
            ok("", DER)
        } else {
            answer("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"x\"\r\n", b"")
        });
    });
    let retrieved = get(by(&with_login(&proxy)), "http://crl.example.invalid/");
    assert!(retrieved.outcome.is_ok());
    assert!(!format!("{retrieved:?}").contains("ecret"));
    assert_eq!(retrieved.proxy, Some(format!("http://{}", proxy.address)));

    let failure = fails(by(&proxy.url("")), "http://crl.example.invalid/");
    assert_eq!(
        (failure.stage, failure.cause, failure.winhttp),
        (Stage::Proxy, "proxy-authentication-required", Some(12015))
    );
    assert!(failure.message.contains("it offers Basic") && failure.hint.contains("USER:PASSWORD@"), "{failure:?}");
    let wrong = format!("http://user:wrong@{}", proxy.address);
    let failure = fails(by(&wrong), "http://crl.example.invalid/");
    assert!(failure.message.contains("did not accept") && !format!("{failure:?}").contains("wrong"), "{failure:?}");
}

#[test]
fn a_login_that_is_not_spoken_is_named() {
    let headers = "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n";
    for url in ["http://crl.example.invalid/", "https://crl.example.invalid/"] {
        let proxy = Server::answering(answer("407 Proxy Authentication Required", headers, b""));
        let failure = fails(by(&proxy.url("")), url);
        assert_eq!(failure.cause, "proxy-authentication-required", "{url}");
        assert!(failure.message.contains("Negotiate, NTLM") && failure.hint.contains("Only Basic"), "{failure:?}");
        assert!(failure.cannot_tell);
    }
}

#[test]
fn a_tunnel_that_is_refused_is_explained() {
    let proxy = Server::answering(answer("403 Forbidden", "", b""));
    let retrieved = get(by(&with_login(&proxy)), "https://crl.example.invalid/");
    let failure = failure(&retrieved);
    assert_eq!((failure.stage, failure.cause), (Stage::Proxy, "proxy-refused"));
    assert!(failure.message.contains("crl.example.invalid:443 with 403 Forbidden"), "{failure}");
    assert!(retrieved.proxy.is_some());
    let heard = proxy.heard();
    assert!(heard.iter().all(|heard| heard.line()[..2] == ["CONNECT", "crl.example.invalid:443"]));
    assert!(heard.iter().all(|heard| heard.header("proxy-authorization").is_some()));
}

#[test]
fn an_answer_that_may_be_the_proxys_is_said_so() {
    for status in ["403 Forbidden", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"] {
        let proxy = Server::answering(answer(status, "", b"<title>ERR_DNS_FAIL</title>"));
        let failure = fails(by(&proxy.url("")), "http://crl.example.invalid/");
        assert_eq!((failure.stage, failure.cause), (Stage::Http, "http-status"));
        assert!(
            failure.message.contains("may be the proxy's own answer (its page is titled “ERR_DNS_FAIL”)"),
            "{failure}"
        );
    }
    let proxy = Server::answering(answer("404 Not Found", "", b""));
    let failure = fails(by(&proxy.url("")), "http://crl.example.invalid/");
    assert!(failure.message.contains("through the proxy"), "{failure}");
}

#[test]
fn a_proxy_that_cannot_be_reached() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for proxy in
        [format!("http://127.0.0.1:{port}"), format!("socks5://127.0.0.1:{port}"), "http://p.invalid:1".to_owned()]
    {
        for url in ["http://crl.example.invalid/", "https://crl.example.invalid/"] {
            let failure = fails(by(&proxy), url);
            assert_eq!((failure.stage, failure.cause), (Stage::Proxy, "proxy-unreachable"), "{proxy} {url} {failure}");
        }
    }
}

#[test]
fn the_environment_and_its_exceptions() {
    let proxy = Server::answering(ok("", DER));
    let server = Server::answering(ok("", DER));
    let environment = |no_proxy: &str| {
        let variables = [("HTTP_PROXY", proxy.url("")), ("NO_PROXY", no_proxy.to_owned())];
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
        Config::new(PrivateAddresses::Allowed, ProxyChoice::Environment(Environment::new(variables)))
    };
    assert!(get(environment(""), &server.url("/")).proxy.is_some());
    for direct in ["*", "127.0.0.0/8", "127.0.0.1", &format!("127.0.0.1:{}", server.address.port())] {
        let retrieved = get(environment(direct), &server.url("/"));
        assert_eq!((retrieved.proxy, retrieved.peer), (None, Some(server.address)), "{direct}");
    }
    assert!(get(environment("127.0.0.1:1"), &server.url("/")).proxy.is_some());
}

#[test]
fn socks_proxies_resolve_the_name() {
    let proxy = Server::raw(|mut stream| {
        use std::io::Read;
        // RFC 1928 §3 to §6, without authentication.
        let mut greeting = [0; 2];
        stream.read_exact(&mut greeting).unwrap();
        stream.read_exact(&mut vec![0; usize::from(greeting[1])]).unwrap();
        stream.write_all(&[5, 0]).unwrap();
        let mut request = [0; 5];
        stream.read_exact(&mut request).unwrap();
        let mut name = vec![0; usize::from(request[4]) + 2];
        stream.read_exact(&mut name).unwrap();
        assert_eq!((request[3], &name[..name.len() - 2]), (3, &b"crl.example.invalid"[..]));
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
        hear(&mut stream).unwrap();
        stream.write_all(&ok("", DER)).unwrap();
    });
    let retrieved = get(by(&format!("socks5://{}", proxy.address)), "http://crl.example.invalid/");
    assert_eq!(retrieved.outcome.unwrap(), DER);
    assert_eq!(retrieved.proxy, Some(format!("socks5h://{}", proxy.address)));
}

#[test]
fn a_socks_proxy_that_refuses() {
    let proxy = Server::raw(|mut stream| {
        let _ = stream.write_all(&[5, 0xff]);
        let _ = std::io::Read::read(&mut stream, &mut [0; 100]);
    });
    let failure = fails(by(&format!("socks5h://{}", proxy.address)), "http://crl.example.invalid/");
    assert_eq!((failure.stage, failure.cause), (Stage::Proxy, "proxy-refused"));
}

#[test]
fn a_proxy_that_makes_no_sense_is_an_error_at_once() {
    let choice = ProxyChoice::Url(ProxyUrl("gopher://u:secret@x".to_owned()));
    let error = Client::new(Config::new(PrivateAddresses::Allowed, choice)).unwrap_err();
    assert!(!error.to_string().contains("secret") && error.to_string().contains("gopher"), "{error}");
}
