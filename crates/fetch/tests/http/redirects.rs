//! Redirects: followed, counted, and each target checked.

use certlens_fetch::limits::{MAX_REDIRECTS, MAX_URL_OCTETS};
use certlens_fetch::{Config, PrivateAddresses, ProxyChoice, Stage};
use std::io::Write;

use crate::support::*;

/// Redirects from `/n` to `/n-1`, and has the file at `/0`.
fn chain() -> Server {
    Server::new(|heard, stream| {
        let left: usize = heard.line()[1].trim_start_matches('/').parse().unwrap();
        let answer = if left == 0 { ok("", DER) } else { redirect(&format!("/{}", left - 1)) };
        let _ = stream.write_all(&answer);
    })
}

#[test]
fn redirects_are_followed_up_to_the_limit() {
    let server = chain();
    let retrieved = get(config(), &server.url(&format!("/{MAX_REDIRECTS}")));
    assert_eq!(retrieved.outcome.unwrap(), DER);
    let expected: Vec<String> = (0..MAX_REDIRECTS).rev().map(|left| server.url(&format!("/{left}"))).collect();
    assert_eq!(retrieved.redirects, expected);
    assert!(server.heard().iter().all(|heard| heard.header("referer").is_none()));

    let retrieved = get(config(), &server.url(&format!("/{}", MAX_REDIRECTS + 1)));
    let failure = failure(&retrieved);
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Http, "too-many-redirects", Some(12156)));
    assert!(failure.message.contains(&format!("more than {MAX_REDIRECTS} redirects")));
    assert_eq!(retrieved.redirects.len(), MAX_REDIRECTS);
}

#[test]
fn loops_are_recognised() {
    let server = Server::new(|heard, stream| {
        let _ = stream.write_all(&redirect(if heard.line()[1] == "/a" { "/b" } else { "/a" }));
    });
    let failure = fails(config(), &server.url("/a"));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Http, "redirect-loop", Some(12156)));
    assert_eq!(server.heard().len(), 2);
}

#[test]
fn redirects_lead_nowhere_but_to_http() {
    for (target, stage, cause) in [
        ("file:///etc/passwd", Stage::Url, "scheme-refused"),
        ("ftp://host/ca.crl", Stage::Url, "scheme-refused"),
        ("http://169.254.169.254/latest/meta-data", Stage::Url, "address-refused"),
        ("http://2852039166/latest/meta-data", Stage::Url, "address-refused"),
        ("http://[fe80::1]/", Stage::Url, "address-refused"),
        ("http://[::ffff:169.254.169.254]/", Stage::Url, "address-refused"),
        ("http://0/", Stage::Url, "address-refused"),
        ("http://[x/", Stage::Url, "url-malformed"),
    ] {
        let server = Server::answering(redirect(target));
        let failure = fails(config(), &server.url("/"));
        assert_eq!((failure.stage, failure.cause), (stage, cause), "{target}");
    }
    let server = Server::answering(redirect(&format!("/{}", "x".repeat(MAX_URL_OCTETS + 1))));
    assert_eq!(fails(config(), &server.url("/")).cause, "url-too-long");
    let server = Server::answering(answer("301 Moved Permanently", "", b""));
    let failure = fails(config(), &server.url("/"));
    assert_eq!((failure.cause, failure.winhttp), ("redirect-without-target", Some(12156)));
}

#[test]
fn a_private_target_is_refused_when_private_addresses_are() {
    // The first hop comes through a proxy, so that it needs no public server.
    let proxy = Server::answering(redirect("http://10.0.0.1/ca.crl"));
    let mut config = by(&proxy.url(""));
    config.private = PrivateAddresses::Refused;
    assert_eq!(fails(config, "http://public.example/").cause, "private-address-refused");
}

#[test]
fn credentials_in_a_redirect_are_neither_sent_nor_kept() {
    let server = Server::new(|heard, stream| {
        let host = heard.header("host").unwrap();
        let answer = match heard.line()[1] {
            "/" => redirect(&format!("http://user:secret@{host}/next")),
            _ => answer("404 Not Found", "", b""),
        };
        let _ = stream.write_all(&answer);
    });
    let retrieved = get(config(), &server.url("/"));
    assert_eq!(retrieved.redirects, [server.url("/next")]);
    assert!(!format!("{:?}", retrieved).contains("secret"));
    assert!(server.heard().iter().all(|heard| heard.header("authorization").is_none()));
}

#[test]
fn a_login_at_the_end_of_redirects_is_named() {
    let page = "<html><title>Welcome</title>";
    let server = Server::new(move |heard, stream| {
        let answer = match heard.line()[1] {
            "/login?from=x" | "/start" => ok("Content-Type: text/html\r\n", page.as_bytes()),
            "/crl" => redirect("/login?from=x"),
            _ => redirect("/start"),
        };
        let _ = stream.write_all(&answer);
    });
    assert_eq!(fails(config(), &server.url("/crl")).cause, "login-page");
    assert_eq!(fails(config(), &server.url("/other")).cause, "html-page");

    let portal = Server::answering(ok("Content-Type: text/html\r\n", page.as_bytes()));
    let port = portal.address.port();
    let server = Server::answering(redirect(&format!("http://localhost:{port}/start")));
    let failure = fails(config(), &server.url("/crl"));
    assert_eq!((failure.stage, failure.cause), (Stage::Content, "captive-portal"));
    assert!(failure.message.contains("Welcome") && failure.cannot_tell, "{failure}");
    let server = Server::answering(answer("511 Network Authentication Required", "", page.as_bytes()));
    assert_eq!(fails(config(), &server.url("/")).cause, "captive-portal");
}

#[test]
fn each_hop_goes_by_its_own_proxy() {
    let proxy = Server::answering(redirect("http://LOCAL/"));
    let server = Server::answering(ok("", DER));
    let target = server.url("/direct");
    let proxy_answer = redirect(&target);
    drop(proxy);
    let proxy = Server::answering(proxy_answer);
    let environment = certlens_fetch::Environment::new([
        ("http_proxy".to_owned(), proxy.url("")),
        ("no_proxy".to_owned(), "127.0.0.1".to_owned()),
    ]);
    let config = Config::new(PrivateAddresses::Allowed, ProxyChoice::Environment(environment));
    let retrieved = get(config, "http://public.example/x");
    assert_eq!(retrieved.outcome.unwrap(), DER);
    assert_eq!((retrieved.proxy, retrieved.peer), (None, Some(server.address)));
    assert_eq!(proxy.heard()[0].line()[1], "http://public.example/x");
}
