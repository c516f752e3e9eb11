//! A server on loopback that is gone when dropped.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Gives what is at a path, to whom sent this body.
type Site = dyn Fn(&str, &[u8]) -> Option<Vec<u8>> + Send + Sync;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A port whose server is still to come: certificates name it first.
pub(crate) struct Port(TcpListener);

impl Port {
    pub(crate) fn take() -> Port {
        Port(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.local_addr().unwrap())
    }

    pub(crate) fn serve(self, site: impl Fn(&str, &[u8]) -> Option<Vec<u8>> + Send + Sync + 'static) -> Server {
        let (listener, stopped) = (self.0, Arc::new(AtomicBool::new(false)));
        let address = listener.local_addr().unwrap();
        let stop = Arc::clone(&stopped);
        let site: Arc<Site> = Arc::new(site);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), site) = (stream, Arc::clone(&site)) else { return };
                thread::spawn(move || answer(stream, &*site));
            }
        });
        Server { address, stopped, thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // To wake it up.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn answer(mut stream: TcpStream, site: &Site) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    let body = loop {
        let Ok(count @ 1..) = stream.read(&mut piece) else { return };
        heard.extend_from_slice(&piece[..count]);
        let Some(end) = heard.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&heard[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        if heard.len() >= end + 4 + length.unwrap_or(0) {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&heard[..body]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let sent = match site(path, &heard[body..]) {
        Some(octets) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: \"1\"\r\nSet-Cookie: session=biscuit\r\nConnection: close\r\n\r\n",
                octets.len()
            );
            [head.into_bytes(), octets].concat()
        }
        None => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
    };
    let _ = stream.write_all(&sent);
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read(&mut piece);
}
