//! What nginx serves, and how it can go wrong.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use certlens_fetch::{Stage, What};

use crate::nginx::Nginx;
use crate::support::*;

/// A server behind nginx that never answers.
pub(crate) fn silent() -> Server {
    Server::new(|_, _| thread::sleep(Duration::from_secs(12)))
}

/// A server behind nginx that dies in the middle of its answer.
pub(crate) fn cutting() -> Server {
    Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789")
}

fn nginx() -> Option<(Nginx, [Server; 2])> {
    let behind = [silent(), cutting()];
    Some((Nginx::start(&behind[0], &behind[1])?, behind))
}

#[test]
fn files_are_served() {
    let Some((nginx, _behind)) = nginx() else { return };
    let crl = get(config(), &nginx.url("/ca.crl"));
    let header = |name: &str| crl.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    assert_eq!(header("content-type"), Some("application/pkix-crl"));
    assert!(header("etag").is_some() && header("last-modified").is_some());
    assert_eq!(crl.status, Some(200));
    assert!(crl.outcome.as_deref() == Ok(&nginx.crl));
    for (path, starts) in [("/ca.cer", &nginx.ca[..]), ("/ca.pem", b"-----BEGIN CERTIFICATE-----")] {
        let certificate = get_what(config(), &nginx.url(path), What::Certificates);
        assert!(certificate.outcome.unwrap().starts_with(starts), "{path}");
    }
    let zipped = get(config(), &nginx.url("/zip/ca.crl"));
    assert!(zipped.headers.contains(&("content-encoding".to_owned(), "gzip".to_owned())), "{:?}", zipped.headers);
    assert!(zipped.outcome.as_deref() == Ok(&nginx.crl));

    let mut trusting = config();
    trusting.anchors = vec![nginx.ca.clone()];
    let secure = get(trusting, &nginx.https("/ca.crl"));
    assert!(secure.outcome.as_deref() == Ok(&nginx.crl));
    let failure = fails(config(), &nginx.https("/ca.crl"));
    assert_eq!((failure.stage, failure.cause), (Stage::Tls, "tls-untrusted"));
    assert!(failure.message.contains("issued by CN=Test Anchor"), "{failure}");
    // Plain HTTP spoken to a port for TLS, and the other way round.
    let wrong = nginx.https("/ca.crl").replace("https:", "http:");
    assert_eq!(fails(config(), &wrong).cause, "http-status");
    let wrong = nginx.url("/ca.crl").replace("http:", "https:");
    assert_eq!(fails(config(), &wrong).cause, "tls-handshake-failed");
}

#[test]
fn redirects_are_followed_within_reason() {
    let Some((nginx, _behind)) = nginx() else { return };
    let moved = get(config(), &nginx.url("/moved.crl"));
    assert_eq!(moved.redirects, [nginx.url("/again.crl"), nginx.url("/ca.crl")]);
    assert!(moved.outcome.as_deref() == Ok(&nginx.crl));
    for (path, stage, cause) in [
        ("/loop.crl", Stage::Http, "redirect-loop"),
        ("/ldap.crl", Stage::Url, "scheme-refused"),
        ("/metadata.crl", Stage::Url, "address-refused"),
        ("/private.crl", Stage::Content, "login-page"),
    ] {
        let failure = fails(config(), &nginx.url(path));
        assert_eq!((failure.stage, failure.cause), (stage, cause), "{path}");
    }
}

#[test]
fn what_goes_wrong_is_told_apart() {
    let Some((nginx, _behind)) = nginx() else { return };
    for (path, stage, cause, code, says) in [
        ("/missing.crl", Stage::Http, "http-status", None, "404 Not Found (its page is titled “404 Not Found”)"),
        ("/forbidden.crl", Stage::Http, "http-status", None, "403 Forbidden"),
        ("/broken.crl", Stage::Http, "http-status", None, "503 Service Unavailable"),
        ("/page.crl", Stage::Content, "html-page", None, "titled “File not found”"),
        ("/empty.crl", Stage::Content, "empty-body", None, "nothing in it"),
        ("/nothing.crl", Stage::Http, "connection-reset", Some(12030), "before any answer came"),
        ("/cut.crl", Stage::Http, "connection-reset", Some(12030), "after 10 octets"),
        ("/huge.crl", Stage::Size, "too-large", None, "than the limit of "),
    ] {
        let failure = fails(config(), &nginx.url(path));
        assert_eq!((failure.stage, failure.cause, failure.winhttp), (stage, cause, code), "{path}: {failure}");
        assert!(failure.message.contains(says), "{path}: {failure}");
    }
    let bomb = get_what(config(), &nginx.url("/zip/huge.cer"), What::Certificates);
    assert!(bomb.headers.contains(&("content-encoding".to_owned(), "gzip".to_owned())));
    assert!(failure(&bomb).message.contains("than the limit of "));
}

#[test]
fn slow_and_silent_servers_cost_the_timeout() {
    let Some((nginx, _behind)) = nginx() else { return };
    let brief = || config().with_timeout(Duration::from_secs(1));
    let begun = Instant::now();
    let failure = fails(brief(), &nginx.url("/slow/ca.crl"));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Http, "timed-out", Some(12002)));
    assert!(failure.message.contains("octets of the answer within 1 second"), "{failure}");
    let failure = fails(brief(), &nginx.url("/silent.crl"));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Http, "timed-out", Some(12002)));
    assert!(failure.message.contains("did not answer within 1 second"), "{failure}");
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    // A server whose connection is taken and left alone.
    let mute = Server::raw(|mut stream| {
        let _ = stream.write_all(b"");
        thread::sleep(Duration::from_secs(12));
    });
    assert_eq!(fails(brief(), &mute.url("/")).cause, "timed-out");
}
