//! What the operator of this program adds to a URL.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use zeroize::Zeroizing;

use crate::address::PrivateAddresses;

/// How an LDAP URL is asked.
pub struct Options<'a> {
    /// The server for URLs that name none, as [`parse_server`](super::parse_server) reads it.
    pub default_host: Option<String>,
    /// An account, for one server.
    pub bind: Option<Bind>,
    /// How servers' certificates are verified; only needed for `bind`.
    pub tls: Option<Arc<ClientConfig>>,
    /// For name, connection, handshake and answer together.
    pub timeout: Duration,
    /// For name, connection and handshake, as a part of it.
    pub connect_timeout: Duration,
    /// The most octets of values taken.
    pub max_octets: usize,
    /// Whether it may be asked at a private address.
    pub private: PrivateAddresses,
    /// Hears of octets that came, and says whether more may come.
    pub spend: &'a (dyn Fn(usize) -> bool + Send + Sync),
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("default_host", &self.default_host)
            .field("bind", &self.bind)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_octets", &self.max_octets)
            .field("private", &self.private)
            .finish_non_exhaustive()
    }
}

/// An account. It is used for its host alone, under TLS alone.
#[derive(Clone, Debug)]
pub struct Bind {
    /// The account's name: a distinguished name, or for Active Directory `user@domain`.
    pub dn: String,
    /// Its password.
    pub password: Password,
    /// The server it is for: a name or an address, without a port.
    pub host: String,
    /// The port, if it is not the usual one. One in the URL, or in
    /// `default_host`, goes first.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub security: Security,
}

/// How a connection comes under TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Security {
    /// From its first octet, at port 636.
    Ldaps,
    /// By asking for it (RFC 4511 §4.14), at port 389.
    StartTls,
}

/// A password: overwritten when dropped, and never shown.
#[derive(Clone)]
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// Takes these octets over.
    pub fn new(octets: Vec<u8>) -> Self {
        Password(Zeroizing::new(octets))
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
