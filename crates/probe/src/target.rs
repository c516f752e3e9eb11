//! Whom to probe: `host`, `host:port`, `[IPv6]:port`, or a URL.

mod list;
mod parse;

use std::fmt;
use std::net::IpAddr;

pub use list::expand;

use crate::text;
use crate::upgrade::{DEFAULT_VIA, Protocol};

/// A host as it was named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name, in A-labels and without a dot at the end.
    Name(String),
    /// An address.
    Address(IpAddr),
}

impl Host {
    /// The address, when it is one.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Host::Address(address) => Some(*address),
            Host::Name(_) => None,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Address(address) => address.fmt(f),
        }
    }
}

/// How an endpoint comes to TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opening {
    /// TLS from the first octet.
    Tls,
    /// By the protocol's own request.
    Upgrade(Protocol),
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The scheme of its URL, `tls` when it was written without one.
    pub scheme: &'static str,
    /// The host.
    pub host: Host,
    /// The port, the scheme's own when none was written.
    pub port: u16,
    /// How it comes to TLS.
    pub opening: Opening,
    /// The path of its URL with what follows, from the slash on; `None` when there was
    /// none. A net.tcp server is asked for it before TLS (MC-NMF §2.2.3.3).
    pub path: Option<String>,
}

/// Why a text is not an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetError {
    /// The text as given, shortened.
    pub text: String,
    /// The octet at which it is wrong.
    pub offset: usize,
    /// What is wrong there and what was expected.
    pub reason: String,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not an endpoint: at octet {}, {}", self.text, self.offset, self.reason)
    }
}

impl std::error::Error for TargetError {}

/// Schemes of protocols that begin with TLS, with their ports.
const TLS_SCHEMES: &[(&str, u16)] = &[
    ("tls", 443),
    ("https", 443),
    ("wss", 443),
    ("smtps", 465),
    ("imaps", 993),
    ("pop3s", 995),
    ("ftps", 990),
    ("ldaps", 636),
    ("xmpps", 5223),
];

impl Target {
    /// Reads an endpoint.
    ///
    /// # Errors
    ///
    /// When the text is none; the error says where and why.
    pub fn parse(text: &str) -> Result<Target, TargetError> {
        parse::target(text)
    }

    /// Host and port as they stand in URLs (RFC 3986 §3.2).
    pub fn authority(&self) -> String {
        text::authority(&self.host.to_string(), self.port)
    }

    /// The path that a net.tcp server is asked for, [`DEFAULT_VIA`] unless named.
    pub fn via(&self) -> Option<&str> {
        match self.opening {
            Opening::Upgrade(Protocol::NetTcp) => Some(self.path.as_deref().unwrap_or(DEFAULT_VIA)),
            _ => None,
        }
    }

    /// The server's name to ask for. Of an address there is none (RFC 6066 §3:
    /// "Literal IPv4 and IPv6 addresses are not permitted in HostName").
    pub fn server_name<'a>(&'a self, sni: &'a Sni) -> Option<&'a str> {
        match (sni, &self.host) {
            (Sni::Name(name), _) => Some(name),
            (Sni::Omit, _) | (Sni::Host, Host::Address(_)) => None,
            (Sni::Host, Host::Name(name)) => Some(name),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority(), self.path.as_deref().unwrap_or_default())
    }
}

/// Which name a server is asked for (SNI, RFC 6066 §3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sni {
    /// The host's, when it has a name.
    #[default]
    Host,
    /// This one.
    Name(String),
    /// None.
    Omit,
}

impl Sni {
    /// Another name than the host's, in A-labels.
    ///
    /// # Errors
    ///
    /// When it is an address or no name.
    pub fn name(text: &str) -> Result<Sni, TargetError> {
        match parse::host(text, text, 0)? {
            Host::Name(name) => Ok(Sni::Name(name)),
            Host::Address(_) => Err(TargetError {
                text: parse::shortened(text),
                offset: 0,
                reason: "there is an address, which a server cannot be asked for by SNI (RFC 6066 §3)".to_owned(),
            }),
        }
    }
}

/// Where to connect to in place of the target's own host and port; whom to ask for and
/// what is expected of the certificate stay the target's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dial {
    /// The host.
    pub host: Host,
    /// The port, `None` for the target's.
    pub port: Option<u16>,
}

impl Dial {
    /// Reads `host`, `host:port`, an address or `[IPv6]:port`.
    ///
    /// # Errors
    ///
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Dial, TargetError> {
        let (host, port) = parse::authority(text, text, 0)?;
        Ok(Dial { host, port })
    }
}

#[cfg(test)]
mod tests;
