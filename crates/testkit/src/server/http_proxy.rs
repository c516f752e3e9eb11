//! An HTTP proxy that answers CONNECT from a list.

use std::net::SocketAddr;
use std::sync::Mutex;

use super::{Server, lock};

/// What is done with one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// These octets are sent, and the connection is kept.
    Keep(Vec<u8>),
    /// These octets are sent, and the connection is closed.
    Close(Vec<u8>),
    /// These octets are sent, and what comes next goes to this server.
    Tunnel(Vec<u8>, SocketAddr),
}

impl Reply {
    /// An answer with these header fields, each ended with CR LF, and this page. The
    /// connection is kept.
    pub fn page(status: &str, fields: &str, page: &str) -> Reply {
        let length = page.len();
        Reply::Keep(format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n{page}").into_bytes())
    }

    /// A tunnel to this server.
    pub fn established(behind: SocketAddr) -> Reply {
        Reply::Tunnel(b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec(), behind)
    }
}

/// Starts one that treats its requests so, first to last, on however many connections;
/// after the last it hangs up. A request ends with an empty line.
pub fn start(replies: impl IntoIterator<Item = Reply>) -> Server {
    let replies = Mutex::new(replies.into_iter().collect::<std::collections::VecDeque<Reply>>());
    Server::start(move |mut connection| {
        while connection.take_until(b"\r\n\r\n").is_some() {
            let next = lock(&replies).pop_front();
            match next {
                Some(Reply::Keep(octets)) => {
                    connection.send(&octets);
                }
                Some(Reply::Tunnel(octets, behind)) => {
                    connection.send(&octets);
                    return connection.splice(behind);
                }
                Some(Reply::Close(octets)) => {
                    connection.send(&octets);
                    return;
                }
                None => return,
            }
        }
    })
}
