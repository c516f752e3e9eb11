//! OCSP requests: GET where they are short, POST otherwise and as a second try.

use std::io::Write;

use certlens_fetch::{Stage, What};

use crate::support::*;

fn ocsp(server: &Server, length: usize) -> certlens_fetch::Retrieved {
    get_what(config(), &server.url("/ocsp"), What::Ocsp(vec![0xff; length]))
}

#[test]
fn short_requests_are_sent_by_get() {
    let server = Server::answering(ok("Content-Type: application/ocsp-response\r\n", DER));
    assert_eq!(ocsp(&server, 3).outcome.unwrap(), DER);
    let heard = &server.heard()[0];
    assert_eq!(heard.line()[..2], ["GET", "/ocsp/%2F%2F%2F%2F"]);
    assert!(heard.header("accept").unwrap().contains("application/ocsp-response"));
}

#[test]
fn long_requests_are_posted() {
    let server = Server::answering(ok("", DER));
    assert_eq!(ocsp(&server, 400).outcome.unwrap(), DER);
    let heard = &server.heard()[0];
    assert_eq!(heard.line()[..2], ["POST", "/ocsp"]);
    assert_eq!(heard.header("content-type"), Some("application/ocsp-request"));
    assert_eq!(heard.body, [0xff; 400]);
}

#[test]
fn a_responder_without_get_is_asked_by_post() {
    for refusal in [
        answer("405 Method Not Allowed", "", b""),
        answer("404 Not Found", "", b""),
        answer("500 Internal Server Error", "", b""),
        ok("", b"<html>This is a responder</html>"),
        ok("", b""),
        b"no HTTP at all\r\n\r\n".to_vec(),
    ] {
        let server = Server::new(move |heard, stream| {
            let _ = stream.write_all(if heard.line()[0] == "GET" { &refusal } else { &[] });
            let _ = stream.write_all(&if heard.line()[0] == "POST" { ok("", DER) } else { Vec::new() });
        });
        assert_eq!(ocsp(&server, 20).outcome.unwrap(), DER);
        assert_eq!(server.heard().len(), 2);
    }
    let server = Server::answering(answer("404 Not Found", "", b""));
    let retrieved = ocsp(&server, 20);
    let failure = failure(&retrieved);
    assert_eq!((failure.stage, failure.cause, retrieved.status), (Stage::Http, "http-status", Some(404)));
}

#[test]
fn a_redirect_keeps_the_request() {
    let server = Server::new(|heard, stream| {
        let answer = if heard.line()[1] == "/ocsp" { redirect("/there") } else { ok("", DER) };
        let _ = stream.write_all(&answer);
    });
    assert_eq!(ocsp(&server, 400).outcome.unwrap(), DER);
    assert_eq!(server.heard()[1].line()[..2], ["POST", "/there"]);
    assert_eq!(server.heard()[1].body, [0xff; 400]);
}
