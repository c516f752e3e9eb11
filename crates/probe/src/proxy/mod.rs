//! The proxy between here and a peer.
//!
//! HTTP proxies are asked by CONNECT (RFC 9110 §9.3.6), with Basic and Digest if they
//! want a login; SOCKS5 by RFC 1928 and RFC 1929. What a proxy says about itself is kept
//! for the report, whether it opens or not: it is what an administrator needs to
//! find out which proxy it was, and which of its rules.

mod auth;
mod connect;
mod credentials;
mod early;
mod failures;
mod head;
mod page;
mod socks5;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

pub use credentials::Credentials;

use crate::failure::{Failure, Stage};
use crate::stream::Stream;
use crate::text;

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// HTTP CONNECT.
    Http {
        /// Whether the connection to the proxy itself is under TLS.
        tls: bool,
    },
    /// SOCKS version 5.
    Socks5 {
        /// Whether the proxy resolves names (`socks5h:`), or this machine (`socks5:`).
        remote_dns: bool,
    },
}

/// A proxy.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// How it is spoken to.
    pub kind: Kind,
    /// Its name or address, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// For a proxy that wants a login.
    pub credentials: Option<Credentials>,
}

impl Proxy {
    /// Host and port, as messages name it.
    pub fn authority(&self) -> String {
        text::authority(&self.host, self.port)
    }
}

/// What a proxy is to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Name(String),
    Address(IpAddr),
}

impl Destination {
    /// A host that the proxy resolves, or an address without brackets.
    ///
    /// # Errors
    ///
    /// What cannot stand in a request: anything but letters, digits, `-`, `.` and `_`,
    /// and names of more than 253 octets (RFC 1035 §2.3.4). Names in other scripts are
    /// given as A-labels (RFC 5890 §2.3.2.1).
    pub fn new(host: &str, port: u16) -> Result<Destination, Failure> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(Destination { host: Host::Address(address), port });
        }
        let wrong = host.char_indices().find(|(_, c)| !(c.is_ascii_alphanumeric() || "-._".contains(*c)));
        let message = match (wrong, host.len()) {
            (Some((at, _)), _) => format!(
                "“{}” cannot be asked of a proxy: a letter, digit, hyphen, dot or underscore was expected at octet {at}",
                text::shown(host.as_bytes(), 100)
            ),
            (None, 0) => "no host is given that the proxy could connect to".to_owned(),
            (None, 254..) => {
                format!("a host name of {} octets cannot be asked of a proxy, the most are 253", host.len())
            }
            (None, _) => return Ok(Destination { host: Host::Name(host.to_owned()), port }),
        };
        Err(Failure::new(Stage::Proxy, "proxy-destination", message, "Correct the host name."))
    }

    /// An address that this machine has resolved.
    pub fn address(address: SocketAddr) -> Destination {
        Destination { host: Host::Address(address.ip()), port: address.port() }
    }

    /// As it stands in requests and messages: `host:port`, with brackets around IPv6.
    pub fn authority(&self) -> String {
        match &self.host {
            Host::Name(name) => text::authority(name, self.port),
            Host::Address(address) => SocketAddr::new(*address, self.port).to_string(),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.authority())
    }
}

/// What a proxy said. Everything in it is the proxy's own word: bounded, one line
/// each, and not trustworthy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyReport {
    /// The status of its last answer (HTTP), or the reply code (SOCKS5).
    pub status: Option<u16>,
    /// The reason phrase beside it.
    pub reason: String,
    /// Header fields by which it shows what it is, as `Via` and `Server`, in lower case
    /// and in the order of the answer.
    pub headers: Vec<(String, String)>,
    /// The title of the page that came with a refusal.
    pub title: Option<String>,
    /// The schemes by which it lets users log in, in its order, none twice.
    pub schemes: Vec<String>,
    /// The scheme that was answered, once it was.
    pub authenticated_by: Option<&'static str>,
    /// Requests that were sent.
    pub requests: usize,
}

/// A tunnel.
#[derive(Debug)]
pub struct Opened {
    /// The connection to the destination. What came behind the proxy's answer comes first.
    pub stream: Stream,
    /// What the proxy said.
    pub report: ProxyReport,
}

/// No tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// Why.
    pub failure: Failure,
    /// What the proxy said until then.
    pub report: ProxyReport,
}

impl From<Declined> for Failure {
    fn from(declined: Declined) -> Failure {
        declined.failure
    }
}

/// Has a proxy connect to `destination`, within `timeout` altogether.
///
/// `connect` makes a connection to the proxy, TLS with the proxy included. It is called
/// once, and again when a proxy that wants a login has closed the connection over it.
///
/// # Errors
///
/// Why there is no tunnel, and what the proxy said; or what `connect` failed with.
pub async fn open<F: Future<Output = Result<Stream, Failure>>>(
    proxy: &Proxy,
    destination: &Destination,
    timeout: Duration,
    connect: impl FnMut() -> F,
) -> Result<Opened, Declined> {
    let mut talk =
        Talk { proxy, destination, report: ProxyReport::default(), awaits: "a connection", received: Vec::new() };
    let stream = {
        let opening = async {
            match proxy.kind {
                Kind::Http { .. } => connect::open(&mut talk, connect).await,
                Kind::Socks5 { .. } => socks5::open(&mut talk, connect).await,
            }
        };
        tokio::time::timeout(timeout, opening).await
    };
    match stream.unwrap_or_else(|_| Err(talk.timed_out(timeout))) {
        Ok(stream) => Ok(Opened { stream, report: talk.report }),
        Err(failure) => Err(Declined { failure, report: talk.report }),
    }
}

/// A conversation with a proxy, as far as it has come.
struct Talk<'a> {
    proxy: &'a Proxy,
    destination: &'a Destination,
    report: ProxyReport,
    /// What the proxy has to say next, as after "waited for".
    awaits: &'static str,
    /// What it said since it was asked.
    received: Vec<u8>,
}

impl Talk<'_> {
    /// What was said belongs to an earlier connection.
    fn reconnects(&mut self) {
        self.awaits = "another connection";
        self.received.clear();
    }
}
