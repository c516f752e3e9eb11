//! What is asked again, and what is not.

use std::cell::RefCell;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use certlens_fetch::cache::{Cache, Config as CacheConfig, NEGATIVE_SECONDS};
use certlens_fetch::{Client, Config, Event, Fetcher, Retrieved, Source, What};

use crate::support::*;

const NOW: i64 = 1_764_000_000;

/// A cache in a folder that goes with the test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn cache(&self) -> Cache {
        Cache::open(CacheConfig::at(self.0.path().join("certlens")))
    }

    fn fetcher(&self, config: Config) -> Fetcher {
        Fetcher::new(Client::new(config).unwrap(), Some(self.cache()))
    }
}

fn fetch(fetcher: &Fetcher, url: &str, now: i64) -> Retrieved {
    fetcher.fetch(&[request(url, What::Crl)], now, &|_| {}).remove(0)
}

#[test]
fn what_is_fresh_is_not_asked_for_again() {
    let server = Server::answering(ok("Content-Type: application/pkix-crl\r\n", DER));
    let folder = Folder::new();
    let fetcher = folder.fetcher(config());
    let url = server.url("/ca.crl");
    // Nothing is kept but by whoever has read it.
    for asked in 1..=2 {
        assert_eq!(fetch(&fetcher, &url, NOW).source, Source::Network);
        assert_eq!(server.heard().len(), asked);
    }
    fetcher.keep(&fetch(&fetcher, &url, NOW), Some(NOW + 100), NOW).unwrap();
    for now in [NOW, NOW + 99] {
        let cached = fetch(&fetcher, &url, now);
        assert_eq!(cached.source, Source::Cache { stored: NOW });
        assert_eq!(cached.headers, [("content-type".to_owned(), "application/pkix-crl".to_owned())]);
        assert_eq!((cached.status, cached.peer, cached.elapsed), (None, None, Duration::ZERO));
        assert_eq!(cached.outcome.as_deref(), Ok(DER));
        // What came from the cache lives no longer for being read.
        fetcher.keep(&cached, Some(NOW + 1_000), now).unwrap();
    }
    assert_eq!(server.heard().len(), 3);
    // Another process, another kind of question, and out of date.
    assert!(matches!(fetch(&folder.fetcher(config()), &url, NOW).source, Source::Cache { .. }));
    let other = fetcher.fetch(&[request(&url, What::Certificates)], NOW, &|_| {});
    assert_eq!(other[0].source, Source::Network);
    assert_eq!(fetch(&fetcher, &url, NOW + 100).source, Source::Network);
    assert_eq!(server.heard().len(), 5);
}

#[test]
fn identical_requests_are_asked_once_and_answered_in_order() {
    let server = Server::new(|heard, stream| {
        let _ = stream.write_all(&ok("", heard.line()[1].as_bytes()));
    });
    let folder = Folder::new();
    let fetcher = folder.fetcher(config());
    let requests: Vec<_> =
        ["/b", "/a", "/c", "/b", "/a", "/a"].map(|path| request(&server.url(path), What::Crl)).into();
    fetcher.keep(&fetch(&fetcher, &server.url("/a"), NOW), None, NOW).unwrap();
    let events = RefCell::new(Vec::new());
    let all = fetcher.fetch(&requests, NOW, &|event| {
        let event = match event {
            Event::Started(request) => format!("started {}", request.url),
            Event::Finished(retrieved) => format!("finished {}", retrieved.request.url),
        };
        events.borrow_mut().push(event);
    });
    assert_eq!(server.heard().len(), 3);
    assert!(all.iter().zip(&requests).all(|(retrieved, request)| retrieved.request == *request));
    let paths: Vec<&[u8]> = all.iter().map(|retrieved| retrieved.outcome.as_deref().unwrap()).collect();
    assert_eq!(paths, [&b"/b"[..], b"/a", b"/c", b"/b", b"/a", b"/a"]);
    let cached: Vec<bool> = all.iter().map(|retrieved| retrieved.source != Source::Network).collect();
    assert_eq!(cached, [false, true, false, false, true, true]);
    let events = events.into_inner();
    assert_eq!(events.len(), 5, "{events:?}");
    assert_eq!(events[0], format!("finished {}", server.url("/a")));
}

#[test]
fn failures_are_remembered_for_seconds() {
    let count = AtomicUsize::new(0);
    let server = Server::new(move |_, stream| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        let _ = stream.write_all(&if first { answer("500 Oops", "", b"") } else { ok("", DER) });
    });
    let folder = Folder::new();
    let fetcher = folder.fetcher(config());
    let url = server.url("/");
    let failed = fetch(&fetcher, &url, NOW);
    assert_eq!(failure(&failed).cause, "http-status");
    fetcher.keep(&failed, None, NOW).unwrap();
    const { assert!(NEGATIVE_SECONDS <= 30) };
    let remembered = fetch(&fetcher, &url, NOW + NEGATIVE_SECONDS - 1);
    assert_eq!(remembered.source, Source::Cache { stored: NOW });
    assert_eq!(failure(&remembered), failure(&failed));
    assert_eq!(server.heard().len(), 1);
    // Then it is asked again, and the answer takes the failure's place.
    let mended = fetch(&fetcher, &url, NOW + NEGATIVE_SECONDS);
    assert_eq!((mended.source, mended.outcome.as_deref()), (Source::Network, Ok(DER)));
    fetcher.keep(&mended, None, NOW + NEGATIVE_SECONDS).unwrap();
    // A failure does not take the answer's.
    fetcher.keep(&failed, None, NOW + NEGATIVE_SECONDS).unwrap();
    assert_eq!(fetch(&fetcher, &url, NOW + NEGATIVE_SECONDS + 1).outcome.as_deref(), Ok(DER));
    // What another process has got meanwhile ends a failure at once.
    let other = server.url("/other");
    fetcher.keep(&Retrieved { request: request(&other, What::Crl), ..failed }, None, NOW).unwrap();
    assert!(fetch(&fetcher, &other, NOW).outcome.is_err());
    folder.cache().put(&request(&other, What::Crl), b"other", &[], None, NOW).unwrap();
    assert_eq!(fetch(&fetcher, &other, NOW).outcome.as_deref(), Ok(&b"other"[..]));
    assert_eq!(server.heard().len(), 2);
}

#[test]
fn a_failure_is_forgotten_when_the_setup_changes() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}/");
    let folder = Folder::new();
    let fetcher = folder.fetcher(config());
    fetcher.keep(&fetch(&fetcher, &url, NOW), None, NOW).unwrap();
    assert_ne!(fetch(&folder.fetcher(config()), &url, NOW).source, Source::Network);
    // As its hint says: another proxy, more time.
    let proxy = Server::answering(ok("", DER));
    assert_eq!(fetch(&folder.fetcher(by(&proxy.url(""))), &url, NOW).outcome.as_deref(), Ok(DER));
    let patient = config().with_timeout(Duration::from_secs(60));
    assert_eq!(fetch(&folder.fetcher(patient), &url, NOW).source, Source::Network);
    let mut with_server = config();
    with_server.ldap_host = Some("dc1".to_owned());
    assert_eq!(fetch(&folder.fetcher(with_server), &url, NOW).source, Source::Network);
}

#[test]
fn what_users_mend_is_not_remembered() {
    let folder = Folder::new();
    let login = Server::answering(answer("407 Proxy Authentication Required", "Proxy-Authenticate: Basic\r\n", b""));
    let plain = Server::raw(|mut stream| {
        let _ = stream.write_all(b"this is not TLS");
    });
    for (config, url, cause) in [
        (by(&login.url("")), "http://crl.example/".to_owned(), "proxy-authentication-required"),
        (config(), format!("https://{}/", plain.address), "tls-handshake-failed"),
        (config(), "ldap:///CN=x?certificateRevocationList".to_owned(), "ldap-host-missing"),
        (config(), "file:///etc/passwd".to_owned(), "scheme-refused"),
    ] {
        let fetcher = folder.fetcher(config);
        let failed = fetch(&fetcher, &url, NOW);
        assert_eq!(failure(&failed).cause, cause);
        fetcher.keep(&failed, None, NOW).unwrap();
        assert_eq!(fetch(&fetcher, &url, NOW).source, Source::Network, "{cause}");
    }
    assert_eq!(folder.cache().list().unwrap(), []);
}

#[test]
fn a_cache_that_cannot_be_used_stops_nothing() {
    let server = Server::answering(ok("", DER));
    let folder = Folder::new();
    fs::write(folder.0.path().join("certlens"), b"in the way").unwrap();
    let fetcher = folder.fetcher(config());
    for _ in 0..2 {
        let retrieved = fetch(&fetcher, &server.url("/"), NOW);
        assert_eq!((retrieved.source, retrieved.outcome.as_deref()), (Source::Network, Ok(DER)));
        fetcher.keep(&retrieved, Some(NOW + 100), NOW).unwrap_err();
    }
    let without = Fetcher::new(Client::new(config()).unwrap(), None);
    let retrieved = fetch(&without, &server.url("/"), NOW);
    assert!(without.cache().is_none());
    without.keep(&retrieved, None, NOW).unwrap();
    assert_eq!(fetch(&without, &server.url("/"), NOW).source, Source::Network);
}

#[test]
fn what_the_server_wants_forgotten_is_not_kept() {
    let server = Server::answering(ok("Cache-Control: no-store\r\n", DER));
    let folder = Folder::new();
    let fetcher = folder.fetcher(config());
    fetcher.keep(&fetch(&fetcher, &server.url("/"), NOW), Some(NOW + 100), NOW).unwrap();
    assert_eq!(fetch(&fetcher, &server.url("/"), NOW).source, Source::Network);
}
