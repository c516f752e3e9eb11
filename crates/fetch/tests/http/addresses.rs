//! What is not asked at all.

use certlens_fetch::{Config, PrivateAddresses, ProxyChoice, Stage, shown};

use crate::support::*;

fn public_only() -> Config {
    Config::new(PrivateAddresses::Refused, ProxyChoice::None)
}

#[test]
fn other_schemes_are_refused() {
    for (url, cause) in [
        ("file:///etc/passwd", "scheme-refused"),
        ("file://server/share/ca.crl", "scheme-refused"),
        ("ftp://127.0.0.1/", "scheme-refused"),
        ("data:,x", "scheme-refused"),
        ("ldap:///CN=CA?certificateRevocationList", "ldap-host-missing"),
        ("not a url", "url-malformed"),
        ("", "url-malformed"),
    ] {
        let failure = fails(config(), url);
        assert_eq!((failure.stage, failure.cause), (Stage::Url, cause), "{url}");
    }
}

#[test]
fn private_addresses_are_refused_on_demand_however_they_are_written() {
    let server = Server::answering(ok("", DER));
    let port = server.address.port();
    for host in ["127.0.0.1", "2130706433", "0x7f.1", "0177.1", "127.1", "[::ffff:127.0.0.1]", "[::1]", "localhost"] {
        let failure = fails(public_only(), &format!("http://{host}:{port}/"));
        assert_eq!((failure.stage, failure.cause), (Stage::Url, "private-address-refused"), "{host}");
        assert!(failure.cannot_tell && failure.hint.contains("--public-only"), "{failure:?}");
    }
    assert!(server.heard().is_empty());
    assert_eq!(get(config(), &format!("http://0x7f.1:{port}/")).outcome.unwrap(), DER);
    let retrieved = get(config(), &format!("http://localhost:{port}/"));
    assert_eq!(retrieved.outcome.unwrap(), DER);
}

#[test]
fn a_name_is_judged_by_its_addresses() {
    let failure = fails(public_only(), "http://localhost:1/");
    assert!(failure.message.starts_with("localhost resolves to "), "{failure}");
}

#[test]
fn metadata_services_are_refused_through_a_proxy_too() {
    let proxy = Server::answering(ok("", DER));
    for url in ["http://169.254.169.254/", "http://metadata.google.internal/", "http://[fd00:ec2::254]/"] {
        assert_eq!(fails(by(&proxy.url("")), url).cause, "address-refused", "{url}");
    }
    assert!(proxy.heard().is_empty());
}

#[test]
fn credentials_are_neither_sent_nor_shown() {
    let server = Server::answering(answer("401 Unauthorized", "WWW-Authenticate: Basic\r\n", b""));
    let url = format!("http://user:secret@{}/ca.crl", server.address);
    let retrieved = get(config(), &url);
    let failure = failure(&retrieved);
    assert_eq!((failure.stage, failure.cause, retrieved.status), (Stage::Http, "http-status", Some(401)));
    assert!(!format!("{failure:?}").contains("secret"));
    assert_eq!(server.heard().len(), 1);
    assert!(!server.heard()[0].head.contains("secret") && server.heard()[0].header("authorization").is_none());
    assert_eq!(shown(&url), server.url("/ca.crl"));
}
