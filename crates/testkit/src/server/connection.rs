//! A client's connection, as a server sees it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::{Shared, lock};

/// One connection. What is read is kept for [`heard`](super::Server::heard).
pub struct Connection {
    stream: TcpStream,
    shared: Arc<Shared>,
    resets: bool,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, shared: Arc<Shared>) -> Connection {
        let _ = stream.set_nodelay(true);
        Connection { stream, shared, resets: false }
    }

    /// Sends; false when the client is gone.
    pub fn send(&mut self, octets: &[u8]) -> bool {
        self.stream.write_all(octets).is_ok()
    }

    /// Sends one octet after the other, with a pause between them.
    pub fn drip(&mut self, octets: &[u8], pause: Duration) -> bool {
        octets.iter().all(|octet| {
            thread::sleep(pause);
            self.send(&[*octet])
        })
    }

    /// Reads exactly so many octets; `None` when the client hangs up before.
    pub fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut octets = vec![0; count];
        self.stream.read_exact(&mut octets).ok()?;
        lock(&self.shared.heard).extend_from_slice(&octets);
        Some(octets)
    }

    /// Reads up to and with `end`; `None` when the client hangs up before, or after a megabyte.
    pub fn take_until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        let mut octets = Vec::new();
        while !octets.ends_with(end) {
            octets.extend(self.take(1)?);
            if octets.len() > 1 << 20 {
                return None;
            }
        }
        Some(octets)
    }

    /// Reads a line, and gives it without its end.
    pub fn line(&mut self) -> Option<String> {
        let line = self.take_until(b"\n")?;
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// What has come and was not read, waiting for it; it stays unread. Empty when the
    /// client hangs up instead.
    pub fn peek(&self) -> Vec<u8> {
        let mut part = vec![0; 16_384];
        let count = self.stream.peek(&mut part).unwrap_or(0);
        part.truncate(count);
        part
    }

    /// Waits for the first octets; false when the client hangs up in place of them.
    pub fn hear_something(&mut self) -> bool {
        let mut part = [0; 4096];
        let count = self.stream.read(&mut part).unwrap_or(0);
        lock(&self.shared.heard).extend_from_slice(part.get(..count).unwrap_or_default());
        count > 0
    }

    /// Reads until the client hangs up.
    pub fn wait(&mut self) {
        while self.hear_something() {}
    }

    /// Hangs up without having read what the client sent, which resets the connection
    /// (RFC 2525 §2.17).
    pub fn reset(mut self) {
        let mut first = [0; 1];
        let _ = self.stream.peek(&mut first);
        self.resets = true;
    }

    /// Hands everything to another server and back, until one of them hangs up.
    pub fn splice(self, to: SocketAddr) {
        self.splice_with(to, |octets| octets.to_vec(), Some);
    }

    /// As [`splice`](Self::splice), with something done to each piece on its way to the
    /// client, and to what the client sends.
    pub(super) fn splice_with(
        self,
        to: SocketAddr,
        mut outgoing: impl FnMut(&[u8]) -> Vec<u8> + Send + 'static,
        mut incoming: impl FnMut(Vec<u8>) -> Option<Vec<u8>>,
    ) {
        let Ok(behind) = TcpStream::connect(to) else { return };
        let _ = behind.set_nodelay(true);
        let clones = (behind.try_clone(), self.stream.try_clone(), self.stream.try_clone());
        let (Ok(mut from), Ok(mut to_client), Ok(mut client)) = clones else { return };
        let back = thread::spawn(move || {
            let mut part = [0; 8192];
            while let Ok(count @ 1..) = from.read(&mut part) {
                if to_client.write_all(&outgoing(part.get(..count).unwrap_or_default())).is_err() {
                    break;
                }
            }
            let _ = to_client.shutdown(Shutdown::Write);
        });
        let mut behind = behind;
        let mut part = [0; 8192];
        while let Ok(count @ 1..) = client.read(&mut part) {
            let Some(octets) = incoming(part.get(..count).unwrap_or_default().to_vec()) else { break };
            if behind.write_all(&octets).is_err() {
                break;
            }
        }
        let _ = behind.shutdown(Shutdown::Write);
        let _ = back.join();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.resets {
            let _ = self.stream.shutdown(Shutdown::Write);
        }
        // The server's own copy would keep it open.
        let client = self.stream.peer_addr().ok();
        lock(&self.shared.open).retain(|open| client.is_some() && open.peer_addr().ok() != client);
    }
}
