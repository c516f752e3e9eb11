//! What is asked for, and what came of it.

use std::net::SocketAddr;
use std::time::Duration;

use crate::failure::Failure;

/// What is wanted from a URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// An issuer's certificate: DER, PEM or PKCS#7 (RFC 5280 §4.2.2.1).
    Certificates,
    /// A CRL (RFC 5280 §4.2.1.13).
    Crl,
    /// An OCSP response to this encoded request (RFC 6960 §A.1).
    Ocsp(Vec<u8>),
}

/// One URL to ask.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// The URL as it stands in the certificate.
    pub url: String,
    /// What is wanted from it.
    pub what: What,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The network.
    Network,
    /// The cache, stored at this moment (seconds since 1970).
    Cache {
        /// When it was stored.
        stored: i64,
    },
}

/// One answer, or why there is none.
#[derive(Clone, Debug)]
pub struct Retrieved {
    /// What was asked.
    pub request: Request,
    /// The octets, or the failure.
    pub outcome: Result<Vec<u8>, Failure>,
    /// Where the answer, or the failure, came from.
    pub source: Source,
    /// From asking to the last octet.
    pub elapsed: Duration,
    /// The address connected to at the last hop, when a connection was made.
    pub peer: Option<SocketAddr>,
    /// The proxy that was used, without credentials.
    pub proxy: Option<String>,
    /// Where redirects led, in order.
    pub redirects: Vec<String>,
    /// The status of the last HTTP answer.
    pub status: Option<u16>,
    /// The headers of the last HTTP answer that matter: content type and freshness.
    pub headers: Vec<(String, String)>,
}
