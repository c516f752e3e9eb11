//! A web server on loopback that gives what it was told to.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// What is served under each path; anything else is not found.
pub(crate) type Pages = HashMap<&'static str, Vec<u8>>;

/// A port that is taken, but not yet answered on.
pub(crate) struct Peer {
    listener: TcpListener,
}

impl Peer {
    pub(crate) fn new() -> Peer {
        Peer { listener: TcpListener::bind("127.0.0.1:0").unwrap() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listener.local_addr().unwrap())
    }

    /// Answers until the test ends.
    pub(crate) fn serve(self, pages: Pages) {
        std::thread::spawn(move || {
            for stream in self.listener.incoming().flatten() {
                // A client that goes away is its own affair.
                let _ = answer(stream, &pages);
            }
        });
    }
}

fn answer(mut stream: TcpStream, pages: &Pages) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut octet)?;
        head.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<u64>().ok());
    std::io::copy(&mut (&stream).take(length.unwrap_or(0)), &mut std::io::sink())?;
    let path = head.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match pages.get(path) {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", &b"no such page"[..]),
    };
    let length = body.len();
    let kind = if path.starts_with("/ocsp") { "application/ocsp-response" } else { "application/octet-stream" };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n"
    )?;
    stream.write_all(body)
}
