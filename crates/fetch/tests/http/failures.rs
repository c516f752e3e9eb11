//! Servers that cannot be reached, or answer with something else.

use std::io::Write;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use certlens_fetch::Stage;

use crate::support::*;

/// A port on which nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_name_that_does_not_exist() {
    let retrieved = get(config(), "http://crl.does-not-exist.invalid/ca.crl");
    let failure = failure(&retrieved);
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Dns, "name-not-resolved", Some(12007)));
    assert!(failure.message.contains("crl.does-not-exist.invalid"), "{failure}");
    assert_eq!(retrieved.peer, None);
}

#[test]
fn a_port_where_nobody_listens() {
    let port = closed_port();
    for host in ["127.0.0.1", "localhost"] {
        let failure = fails(config(), &format!("http://{host}:{port}/"));
        assert_eq!(
            (failure.stage, failure.cause, failure.winhttp),
            (Stage::Connect, "connection-refused", Some(12029))
        );
        assert!(failure.hint.contains(&format!("{host}:{port} (TCP)")), "{}", failure.hint);
    }
}

#[test]
fn a_server_that_never_answers() {
    let server = Server::new(|_, _| thread::sleep(Duration::from_secs(3)));
    let begun = Instant::now();
    let retrieved = get(config().with_timeout(Duration::from_millis(400)), &server.url("/"));
    assert!(begun.elapsed() < Duration::from_secs(10));
    let failure = failure(&retrieved);
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Http, "timed-out", Some(12002)));
    assert!(failure.message.contains("did not answer within 400 ms"), "{failure}");
}

#[test]
fn a_host_that_does_not_accept_connections() {
    // A listener whose queue is full drops what comes.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let held: Vec<_> = (0..600)
        .map_while(|_| std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok())
        .collect();
    if held.len() == 600 {
        println!("skipped: this system has a longer queue");
        return;
    }
    let failure = fails(config().with_timeout(Duration::from_millis(600)), &format!("http://{address}/"));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Connect, "timed-out", Some(12002)));
    assert!(failure.message.contains("within 400 ms"), "{failure}");
    assert!(failure.hint.contains(&format!("{address} (TCP)")) && failure.hint.contains("--timeout"));
}

#[test]
fn statuses_are_reported_with_their_names() {
    for (status, says, hints) in [
        ("404 Whatever", "404 Not Found", "not there"),
        ("410 Gone", "410 Gone", "not there"),
        ("403 Forbidden", "403 Forbidden", "anonymously"),
        ("500 Oops", "500 Internal Server Error", "fault of its own"),
        ("503 Oops", "503 Service Unavailable", "fault of its own"),
        ("304 Not Modified", "304 Not Modified", "did not like"),
        ("599 Odd", "599", "fault"),
    ] {
        let server = Server::answering(answer(status, "", b"<html><title>A page</title>"));
        let retrieved = get(config(), &server.url("/"));
        let failure = failure(&retrieved);
        assert_eq!((failure.stage, failure.cause), (Stage::Http, "http-status"), "{status}");
        assert!(failure.message.contains(says) && failure.hint.contains(hints), "{failure:?}");
        assert_eq!(retrieved.status, status.split(' ').next().unwrap().parse().ok());
        if !status.starts_with("304") {
            assert!(failure.message.contains("titled “A page”"), "{failure}");
        }
    }
}

#[test]
fn an_error_page_that_does_not_end_costs_little() {
    let server = Server::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 500 No\r\nContent-Length: 1000\r\n\r\n<title>Slow</title>");
        thread::sleep(Duration::from_secs(8));
    });
    let failure = fails(config(), &server.url("/"));
    assert_eq!(failure.cause, "http-status");
    assert!(failure.message.contains("Slow"), "{failure}");
}

#[test]
fn what_is_not_http() {
    for answer in ["SSH-2.0-OpenSSH_9.9\r\n\r\n", "HTTP/9 what\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"] {
        let failure = fails(config(), &Server::answering(answer).url("/"));
        assert_eq!(
            (failure.stage, failure.cause, failure.winhttp),
            (Stage::Http, "malformed-answer", Some(12152)),
            "{answer}"
        );
    }
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n0123";
    let failure = fails(config(), &Server::answering(chunked).url("/"));
    assert_eq!((failure.stage, failure.winhttp), (Stage::Http, Some(12152)), "{failure}");
}

#[test]
fn a_connection_closed_without_an_answer() {
    let failure = fails(config(), &Server::answering("").url("/"));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Http, "connection-reset", Some(12030)));
    assert!(failure.message.contains("before any answer came"), "{failure}");
}
