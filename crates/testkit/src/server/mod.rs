//! Servers on loopback: those that do what a protocol says before TLS, and those that
//! do not.
//!
//! They are made of threads and blocking sockets, and hand TLS on to another server,
//! as `openssl s_server`: nothing here speaks it.

mod connection;
pub mod http_proxy;
pub mod net_tcp;
pub mod socks5;
pub mod tds;
pub mod upgrades;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

pub use connection::Connection;

/// A server at a free port of 127.0.0.1, which ends when dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    ends: AtomicBool,
    connections: AtomicUsize,
    heard: Mutex<Vec<u8>>,
    open: Mutex<Vec<TcpStream>>,
}

impl Server {
    /// Starts one that treats each connection so, each in a thread of its own. The
    /// connection is closed when `treat` returns.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub fn start(treat: impl Fn(Connection) + Send + Sync + 'static) -> Server {
        Server::start_at(0, treat)
    }

    /// The same at this port, for those who have a network to themselves.
    ///
    /// # Panics
    ///
    /// When the port is taken.
    pub fn start_at(port: u16, treat: impl Fn(Connection) + Send + Sync + 'static) -> Server {
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => listener,
            Err(error) => panic!("no port on loopback: {error}"),
        };
        let address = match listener.local_addr() {
            Ok(address) => address,
            Err(error) => panic!("no address of a listener: {error}"),
        };
        let shared = Arc::new(Shared::default());
        let (treat, kept) = (Arc::new(treat), shared.clone());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if kept.ends.load(Ordering::SeqCst) {
                    break;
                }
                kept.connections.fetch_add(1, Ordering::SeqCst);
                if let Ok(clone) = stream.try_clone() {
                    lock(&kept.open).push(clone);
                }
                let (treat, shared) = (treat.clone(), kept.clone());
                thread::spawn(move || treat(Connection::new(stream, shared)));
            }
        });
        Server { address, shared }
    }

    /// One that sends these octets at once and then waits until the client hangs up.
    pub fn saying(octets: impl Into<Vec<u8>>) -> Server {
        let octets = octets.into();
        Server::start(move |mut connection| {
            connection.send(&octets);
            connection.wait();
        })
    }

    /// One that waits for the client's first octets, sends these, and hangs up.
    pub fn answering(octets: impl Into<Vec<u8>>) -> Server {
        let octets = octets.into();
        Server::start(move |mut connection| {
            if connection.hear_something() {
                connection.send(&octets);
            }
        })
    }

    /// One that says nothing.
    pub fn silent() -> Server {
        Server::start(|mut connection| connection.wait())
    }

    /// One that hangs up at once.
    pub fn closing() -> Server {
        Server::start(drop)
    }

    /// One that resets the connection after the client's first octets.
    pub fn resetting() -> Server {
        Server::start(|connection| connection.reset())
    }

    /// One that sends these octets over and over, one at a time with this pause.
    pub fn dripping(octets: impl Into<Vec<u8>>, pause: Duration) -> Server {
        let octets = octets.into();
        Server::start(move |mut connection| {
            for octet in octets.iter().cycle() {
                if !connection.send(&[*octet]) {
                    return;
                }
                thread::sleep(pause);
            }
        })
    }

    /// One that sends these octets, and then these others without an end.
    pub fn endless(first: impl Into<Vec<u8>>, again: impl Into<Vec<u8>>) -> Server {
        let (first, again) = (first.into(), again.into());
        Server::start(move |mut connection| {
            connection.send(&first);
            while connection.send(&again) {}
        })
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Everything that clients have said so far and that was read.
    pub fn heard(&self) -> Vec<u8> {
        lock(&self.shared.heard).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        for stream in lock(&self.shared.open).drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

/// A thread that panicked has left nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
