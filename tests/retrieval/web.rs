//! A web server for the lab: what it answers is set path by path.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What is answered.
#[derive(Clone)]
pub(crate) enum Answer {
    /// These octets with 200.
    Octets(Vec<u8>),
    /// A page with this status.
    Page(u16, &'static str),
    /// A redirect to this URL.
    Redirect(String),
    /// Nothing, for so long.
    Silence(Duration),
}

/// The server; it ends with the test process.
pub(crate) struct Web {
    pub(crate) port: u16,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<AtomicUsize>,
}

impl Web {
    pub(crate) fn start() -> Web {
        Web::on(0)
    }

    /// On this port, 0 for any that is free.
    pub(crate) fn on(port: u16) -> Web {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers: Arc<Mutex<HashMap<String, Answer>>> = Arc::default();
        let asked = Arc::new(AtomicUsize::new(0));
        let (map, count) = (Arc::clone(&answers), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let map = Arc::clone(&map);
                std::thread::spawn(move || serve(stream, &map));
            }
        });
        Web { port, answers, asked }
    }

    pub(crate) fn set(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// How many connections were made.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, answers: &Mutex<HashMap<String, Answer>>) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 16_384 {
        match stream.read(&mut octet) {
            Ok(1) => head.push(octet[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = stream.read_exact(&mut body);
    // A GET to a responder has the request behind the path.
    let first = format!("/{}", path.trim_start_matches('/').split('/').next().unwrap_or_default());
    let answer = {
        let answers = answers.lock().unwrap();
        answers.get(&path).or_else(|| answers.get(&first)).cloned()
    };
    let reply = |stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    };
    match answer {
        Some(Answer::Octets(octets)) => reply(&mut stream, "200 OK", "", &octets),
        Some(Answer::Page(status, page)) => {
            reply(&mut stream, &format!("{status} Page"), "Content-Type: text/html\r\n", page.as_bytes());
        }
        Some(Answer::Redirect(url)) => reply(&mut stream, "302 Found", &format!("Location: {url}\r\n"), b""),
        Some(Answer::Silence(time)) => std::thread::sleep(time),
        None => reply(&mut stream, "404 Not Found", "Content-Type: text/html\r\n", b"<html><title>none</title></html>"),
    }
}
