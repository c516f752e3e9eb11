//! LDAP through the same client as HTTP, and in the same words.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use certlens_fetch::cache::{Cache, Config as CacheConfig};
use certlens_fetch::ldap::{Bind, Password, Security};
use certlens_fetch::limits::{MAX_CONCURRENT_PER_HOST, MAX_CRL_OCTETS};
use certlens_fetch::{Client, Config, Failure, Fetcher, PrivateAddresses, Request, Source, Stage, What};

use crate::fake;
use crate::slapd::{Access, BASE, PASSWORD, READER, Slapd};
use crate::support::*;

const ATTRIBUTE: &str = "certificateRevocationList";

/// A directory that has a CRL.
fn directory() -> fake::Server {
    fake::Server::start(|it| {
        it.answer(&fake::entry(ATTRIBUTE, &[DER]));
        it.answer(&fake::done(0, ""));
    })
}

fn ldap(address: impl std::fmt::Display) -> String {
    format!("ldap://{address}/o=x?{ATTRIBUTE}")
}

/// Takes connections, counts them, and says so much.
fn silent(says: &'static [u8]) -> (Server, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let server = Server::raw(move |mut stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        let _ = stream.write_all(says);
        thread::sleep(Duration::from_secs(12));
    });
    (server, count)
}

fn brief(seconds: u64) -> Config {
    config().with_timeout(Duration::from_secs(seconds))
}

fn failures(config: Config, urls: &[String]) -> Vec<Failure> {
    let requests: Vec<Request> = urls.iter().map(|url| request(url, What::Crl)).collect();
    Client::new(config).unwrap().fetch(&requests, &|_| {}).iter().map(failure).collect()
}

#[test]
fn a_real_directory_answers() {
    let Some(server) = Slapd::start(Access::Authenticated) else { return };
    let path = format!("cn=cdp,{BASE}?{ATTRIBUTE}?base?objectClass=cRLDistributionPoint");
    let open = get(config(), &format!("ldap://{}/{path}", server.ldap()));
    assert_eq!(failure(&open).cause, "ldap-bind-required");
    assert_eq!(open.peer.map(|peer| peer.to_string()), Some(server.ldap()));

    let mut config = config();
    config.anchors = vec![server.certificates()[0].clone()];
    config.ldap_bind = Some(Bind {
        dn: READER.to_owned(),
        password: Password::new(PASSWORD.into()),
        host: "localhost".to_owned(),
        port: Some(server.ldaps_port()),
        security: Security::Ldaps,
    });
    for url in [format!("ldap:///{path}"), format!("ldaps://localhost/{path}"), format!(" LDAP:///{path} ")] {
        assert!(get(config.clone(), &url).outcome.unwrap() == server.crl(), "{url}");
    }
    config.anchors.clear();
    let failure = fails(config, &format!("ldap:///{path}"));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Tls, "tls-untrusted", Some(12045)));
    assert!(failure.hint.starts_with("The account was not sent."), "{failure:?}");
}

#[test]
fn a_url_without_a_host_goes_to_the_one_that_is_given() {
    let Some(server) = Slapd::start(Access::Anonymous) else { return };
    let url = format!("ldap:///cn=cdp,{BASE}?{ATTRIBUTE}");
    assert_eq!(fails(config(), &url).cause, "ldap-host-missing");
    let mut with_server = config();
    with_server.ldap_host = Some(server.ldap());
    let retrieved = get(with_server, &url);
    assert!(retrieved.outcome.as_deref() == Ok(&server.crl()));
    assert_eq!((retrieved.status, retrieved.proxy, retrieved.redirects.len()), (None, None, 0));
}

#[test]
fn answers_of_directories_are_kept_too() {
    let server = directory();
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(CacheConfig::at(folder.path().join("certlens")));
    let fetcher = Fetcher::new(Client::new(config()).unwrap(), Some(cache));
    let requests = [request(&ldap(server.address), What::Crl)];
    let first = fetcher.fetch(&requests, 0, &|_| {}).remove(0);
    assert_eq!((first.source, first.outcome.as_deref(), first.peer), (Source::Network, Ok(DER), Some(server.address)));
    fetcher.keep(&first, Some(10), 0).unwrap();
    let again = fetcher.fetch(&requests, 9, &|_| {}).remove(0);
    assert_eq!((again.source, again.outcome.as_deref()), (Source::Cache { stored: 0 }, Ok(DER)));
}

#[test]
fn neither_referrals_nor_redirects_lead_to_a_directory() {
    let elsewhere = directory();
    let to = ldap(elsewhere.address);
    let referral = to.clone();
    let referring = fake::Server::start(move |it| it.answer(&fake::referral(&referral)));
    let failure = fails(config(), &ldap(referring.address));
    assert_eq!((failure.stage, failure.cause), (Stage::Ldap, "ldap-referral"));
    let redirecting = Server::answering(redirect(&to));
    let failure = fails(config(), &redirecting.url("/"));
    assert_eq!((failure.stage, failure.cause), (Stage::Url, "scheme-refused"));
    assert!(failure.message.contains("redirects to a URL with ldap:"), "{failure}");
    assert!(!elsewhere.was_asked());
}

#[test]
fn the_rules_on_addresses_are_those_of_http() {
    let server = directory();
    let refusing = || Config::new(PrivateAddresses::Refused, config().proxy);
    let port = server.address.port();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"] {
        let failure = fails(refusing(), &ldap(format!("{host}:{port}")));
        assert_eq!((failure.stage, failure.cause), (Stage::Url, "private-address-refused"), "{host}");
        assert!(failure.cannot_tell && failure.hint.contains("--public-only"));
    }
    let mut by_option = refusing();
    by_option.ldap_host = Some(format!("127.0.0.1:{port}"));
    assert_eq!(fails(by_option, &format!("ldap:///o=x?{ATTRIBUTE}")).cause, "private-address-refused");
    assert!(!server.was_asked());
    for host in ["169.254.169.254", "[fe80::1]", "0.0.0.0"] {
        assert_eq!(fails(config(), &ldap(host)).cause, "address-refused", "{host}");
    }
}

/// The same trouble has the same cause and the same code, whatever is spoken.
#[test]
fn there_is_one_vocabulary() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (mute, _) = silent(b"");
    let leaving = Server::raw(|mut stream| {
        let _ = stream.read(&mut [0; 4_096]);
    });
    let babbling = Server::answering("SSH-2.0-OpenSSH_9.9\r\n\r\n");
    let babbling_ldap = fake::Server::start(|it| it.send(b"SSH-2.0-OpenSSH_9.9\r\n"));
    let long = format!("h/{}", "x".repeat(3_000));
    for (http, ldap, cause) in [
        (closed.clone(), closed, "connection-refused"),
        ("no-such-host.invalid".to_owned(), "no-such-host.invalid".to_owned(), "name-not-resolved"),
        (mute.address.to_string(), mute.address.to_string(), "timed-out"),
        (leaving.address.to_string(), leaving.address.to_string(), "connection-reset"),
        (babbling.address.to_string(), babbling_ldap.address.to_string(), "malformed-answer"),
        (long.clone(), long, "url-too-long"),
        ("[::1".to_owned(), "[::1".to_owned(), "url-malformed"),
    ] {
        let http = fails(brief(3), &format!("http://{http}/"));
        let ldap = fails(brief(3), &format!("ldap://{ldap}/o=x"));
        assert_eq!((http.cause, ldap.cause), (cause, cause));
        let stages = (http.stage, ldap.stage);
        assert!(stages.0 == stages.1 || stages == (Stage::Http, Stage::Ldap), "{stages:?}");
        // That LDAP makes no sense has no code there.
        assert!(http.winhttp == ldap.winhttp || cause == "malformed-answer", "{cause}");
        if stages.0 == stages.1 && cause != "url-malformed" && cause != "url-too-long" {
            assert_eq!(http.message, ldap.message);
        }
    }
}

#[test]
fn a_timeout_of_a_directory_names_itself() {
    let (server, _) = silent(b"");
    let failure = fails(brief(1), &ldap(server.address));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Ldap, "timed-out", Some(12002)));
    assert!(failure.message.ends_with("but did not answer within 1 second"), "{failure}");
    assert!(failure.hint.contains("--timeout"), "{failure:?}");
    let (server, _) = silent(b"\x30\x84");
    let failure = fails(brief(1), &ldap(server.address));
    assert!(failure.message.contains("sent only 2 octets of the answer within 1 second"), "{failure}");
}

#[test]
fn a_dead_directory_is_waited_for_once() {
    let (server, count) = silent(b"");
    let urls: Vec<String> = (0..30).map(|number| format!("{}{number}", ldap(server.address))).collect();
    let all = failures(brief(1), &urls);
    assert!(all.iter().all(|failure| ["timed-out", "not-asked"].contains(&failure.cause)), "{all:?}");
    assert!(count.load(Ordering::SeqCst) <= MAX_CONCURRENT_PER_HOST);
}

#[test]
fn a_dead_directory_says_nothing_about_its_neighbour() {
    let (dead, _) = silent(b"");
    let alive = directory();
    let mut requests: Vec<Request> =
        (0..8).map(|number| request(&format!("{}{number}", ldap(dead.address)), What::Crl)).collect();
    // The same host, another port; behind those in the queue.
    requests.push(request(&ldap(alive.address), What::Crl));
    let all = Client::new(brief(1)).unwrap().fetch(&requests, &|_| {});
    assert_eq!(all.last().unwrap().outcome.as_deref(), Ok(DER));
}

#[test]
fn ten_dead_urls_of_any_kind_cost_the_time_of_one() {
    let servers: Vec<Server> = (0..9).map(|_| silent(b"").0).collect();
    let mut urls: Vec<String> = ["http", "https", "ldap"]
        .iter()
        .cycle()
        .zip(&servers)
        .map(|(scheme, server)| format!("{scheme}://{}/o=x", server.address))
        .collect();
    urls.push("ldap://no-such-host.invalid/o=x".to_owned());
    let begun = Instant::now();
    let all = failures(brief(2), &urls);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    assert!(all.iter().take(9).all(|failure| failure.cause == "timed-out"), "{all:?}");
}

#[test]
fn connecting_to_a_directory_has_its_own_time() {
    // A listener whose queue is full drops what comes.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let held: Vec<_> =
        (0..600).map_while(|_| TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok()).collect();
    if held.len() == 600 {
        eprintln!("SKIPPED: this system has a longer queue");
        return;
    }
    let all =
        failures(config().with_timeout(Duration::from_millis(600)), &[ldap(address), format!("http://{address}/")]);
    for failure in all {
        assert_eq!((failure.stage, failure.cause), (Stage::Connect, "timed-out"));
        assert!(failure.message.ends_with("within 400 ms"), "{failure}");
    }
}

#[test]
fn answers_of_directories_count_against_the_limit_of_a_call() {
    // Four of the largest fit, without what is around them.
    let value = vec![0x30; MAX_CRL_OCTETS - 1_000];
    let entry = fake::message(&fake::entry(ATTRIBUTE, &[&value]));
    let server = fake::Server::start(move |it| {
        it.send(&entry);
        it.answer(&fake::done(0, ""));
    });
    let requests: Vec<Request> =
        (0..5).map(|number| request(&format!("{}?base?(a={number})", ldap(server.address)), What::Crl)).collect();
    let all = Client::new(brief(60)).unwrap().fetch(&requests, &|_| {});
    let spent =
        all.iter().filter(|retrieved| retrieved.outcome.as_ref().is_err_and(|it| it.cause == "total-too-large"));
    assert!(spent.count() >= 1);
    assert!(all.iter().filter(|retrieved| retrieved.outcome.is_ok()).count() >= 3);
}
