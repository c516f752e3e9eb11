//! What comes: plain, compressed, too much, too little, something else.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use certlens_fetch::limits::{MAX_CERTIFICATES_OCTETS, MAX_CRL_OCTETS, MAX_OCSP_OCTETS};
use certlens_fetch::{Stage, What};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::support::*;

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_file_is_fetched() {
    let server = Server::answering(ok("Content-Type: application/pkix-crl\r\nSet-Cookie: a=b\r\nETag: \"1\"\r\n", DER));
    let retrieved = get(config(), &server.url("/ca.crl?x=1#fragment"));
    assert_eq!(retrieved.outcome.unwrap(), DER);
    assert_eq!(retrieved.status, Some(200));
    assert_eq!(retrieved.peer, Some(server.address));
    assert_eq!(retrieved.proxy, None);
    assert!(retrieved.redirects.is_empty());
    let header =
        |name: &str| retrieved.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    assert_eq!(header("content-type"), Some("application/pkix-crl"));
    assert_eq!(header("etag"), Some("\"1\""));
    assert_eq!(header("set-cookie"), None);
    let heard = &server.heard()[0];
    assert_eq!(heard.line(), ["GET", "/ca.crl?x=1", "HTTP/1.1"]);
    assert_eq!(heard.header("user-agent"), Some(concat!("certlens/", env!("CARGO_PKG_VERSION"))));
    assert!(heard.header("accept").unwrap().contains("application/pkix-crl"));
    for absent in ["cookie", "referer", "authorization", "proxy-authorization"] {
        assert_eq!(heard.header(absent), None);
    }
}

#[test]
fn a_file_without_length_is_read_to_the_end() {
    let mut answer = b"HTTP/1.0 200 OK\r\n\r\n".to_vec();
    answer.extend_from_slice(DER);
    assert_eq!(get(config(), &Server::answering(answer).url("/")).outcome.unwrap(), DER);
}

#[test]
fn compressed_files_are_decompressed_even_unasked() {
    let plain = DER.repeat(1000);
    let server = Server::answering(ok("Content-Encoding: gzip\r\n", &gzip(&plain)));
    assert_eq!(get(config(), &server.url("/")).outcome.unwrap(), plain);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&plain).unwrap();
    let server = Server::answering(ok("Content-Encoding: deflate\r\n", &encoder.finish().unwrap()));
    assert_eq!(get(config(), &server.url("/")).outcome.unwrap(), plain);
    // Labelled, but not compressed.
    let server = Server::answering(ok("Content-Encoding: gzip\r\n", &plain));
    assert_eq!(get(config(), &server.url("/")).outcome.unwrap(), plain);
}

#[test]
fn broken_compression_is_said_so() {
    let mut cut = gzip(&DER.repeat(1000));
    cut.truncate(cut.len() - 6);
    let server = Server::answering(ok("Content-Encoding: gzip\r\n", &cut));
    let failure = fails(config(), &server.url("/"));
    assert_eq!((failure.stage, failure.cause), (Stage::Content, "content-encoding-broken"));
    for coding in ["br", "gzip, gzip"] {
        let server = Server::answering(ok(&format!("Content-Encoding: {coding}\r\n"), DER));
        assert_eq!(fails(config(), &server.url("/")).cause, "content-encoding-unknown");
    }
}

#[test]
fn a_decompression_bomb_meets_the_limit() {
    let bomb = gzip(&vec![0x30; MAX_CERTIFICATES_OCTETS + 1]);
    assert!(bomb.len() < 10_000);
    let server = Server::answering(ok("Content-Encoding: gzip\r\n", &bomb));
    let failure = failure(&get_what(config(), &server.url("/"), What::Certificates));
    assert_eq!((failure.stage, failure.cause), (Stage::Size, "too-large"));
    assert!(failure.message.contains(&format!("the limit of {MAX_CERTIFICATES_OCTETS} octets")), "{failure}");
    let fits = gzip(&vec![0x30; MAX_CERTIFICATES_OCTETS]);
    let server = Server::answering(ok("Content-Encoding: gzip\r\n", &fits));
    let octets = get_what(config(), &server.url("/"), What::Certificates).outcome.unwrap();
    assert_eq!(octets.len(), MAX_CERTIFICATES_OCTETS);
}

#[test]
fn an_announced_size_beyond_the_limit_is_not_read() {
    for (what, limit) in [
        (What::Certificates, MAX_CERTIFICATES_OCTETS),
        (What::Crl, MAX_CRL_OCTETS),
        (What::Ocsp(vec![0x30; 300]), MAX_OCSP_OCTETS),
    ] {
        let server = Server::answering(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n0", limit + 1));
        let failure = failure(&get_what(config(), &server.url("/"), what));
        assert_eq!((failure.stage, failure.cause), (Stage::Size, "too-large"));
        assert!(failure.message.contains(&format!("the limit of {limit} octets")), "{failure}");
        assert!(failure.message.contains(&(limit + 1).to_string()), "{failure}");
    }
}

#[test]
fn a_body_without_end_meets_the_limit() {
    let server = Server::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = format!("10000\r\n{}\r\n", "0".repeat(0x10000));
        for _ in 0..10_000 {
            if stream.write_all(chunk.as_bytes()).is_err() {
                return;
            }
        }
    });
    let failure = failure(&get_what(config(), &server.url("/"), What::Certificates));
    assert_eq!((failure.stage, failure.cause), (Stage::Size, "too-large"));
}

#[test]
fn dribbling_octets_win_no_time() {
    let server = Server::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE && stream.write_all(b"0").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let begun = Instant::now();
    let retrieved = get(config().with_timeout(Duration::from_millis(600)), &server.url("/"));
    assert!(begun.elapsed() < Duration::from_secs(10));
    let failure = failure(&retrieved);
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Http, "timed-out", Some(12002)));
    assert!(failure.message.contains("octets of the answer within 600 ms"), "{failure}");
    assert!(failure.hint.contains("--timeout"));
    assert_eq!((retrieved.status, retrieved.peer), (Some(200), Some(server.address)));
}

#[test]
fn a_connection_that_breaks_off_is_told_from_a_complete_answer() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789");
    let failure = fails(config(), &server.url("/"));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Http, "connection-reset", Some(12030)));
    assert!(failure.message.contains("after 10 octets"), "{failure}");

    // What is left unread when a socket is closed makes a reset of it.
    let server = Server::raw(|mut stream| {
        let mut first = [0; 4];
        let _ = std::io::Read::read_exact(&mut stream, &mut first);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789");
        thread::sleep(Duration::from_millis(100));
    });
    let failure = fails(config(), &server.url("/"));
    assert_eq!((failure.stage, failure.cause, failure.winhttp), (Stage::Http, "connection-reset", Some(12030)));
    assert!(failure.message.contains("reset in the middle of the answer"), "{failure}");
}

#[test]
fn pages_are_not_taken_for_files() {
    let check = |headers: &str, body: &str, cause: &str, says: &str| {
        let server = Server::answering(ok(headers, body.as_bytes()));
        let failure = fails(config(), &server.url("/"));
        assert_eq!((failure.stage, failure.cause), (Stage::Content, cause), "{body}");
        assert!(failure.message.contains(says), "{failure}");
        failure
    };
    let failure = check("", "<!DOCTYPE html><title>Not\n here</title>", "html-page", "titled “Not here”");
    assert!(failure.hint.contains("the proxy or firewall answered instead of the server"));
    check("Content-Type: text/html; charset=utf-8\r\n", "<h1>Moved</h1>", "html-page", "web page");
    check("", "<html><form><input type=\"password\"></form>", "login-page", "login page");
    check("", "<?xml version=\"1.0\"?><error/>", "wrong-content", "an XML document");
    check("", "{\"error\": 1}", "wrong-content", "a JSON document");
    check("", "", "empty-body", "200 OK with nothing in it");
    check("", " \r\n", "empty-body", "nothing in it");
    // Whatever its media type: a server that knows no CRLs.
    let server = Server::answering(ok("Content-Type: text/html\r\n", DER));
    assert_eq!(get(config(), &server.url("/")).outcome.unwrap(), DER);
}

#[test]
fn no_content_is_nothing() {
    let failure = fails(config(), &Server::answering("HTTP/1.1 204 No Content\r\n\r\n").url("/"));
    assert_eq!((failure.stage, failure.cause), (Stage::Content, "empty-body"));
    assert!(failure.message.contains("204 No Content"));
}
