//! What a server presented.

use super::names::{Group, Scheme, Suite, Version};

/// What a server presented in its handshake, as it came and not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// How it was got.
    pub how: How,
    /// The name that was asked for (SNI, RFC 6066 §3), `None` without one.
    pub server_name: Option<String>,
    /// The version that the server chose.
    pub version: Option<Version>,
    /// The cipher suite that the server chose.
    pub suite: Option<Suite>,
    /// The group in which keys were exchanged; `None` with RSA key exchange.
    pub group: Option<Group>,
    /// The application protocol that the server chose (ALPN, RFC 7301).
    pub alpn: Option<Vec<u8>>,
    /// The certificates, encoded, exactly as sent: in order, with duplicates.
    pub chain: Vec<Vec<u8>>,
    /// How many more certificates came than are kept ([`MAX_CHAIN`](crate::limits::MAX_CHAIN)).
    pub chain_omitted: usize,
    /// The OCSP response that came with the end entity's certificate (RFC 6066 §8).
    pub staple: Option<Vec<u8>>,
    /// The SCTs that came as an extension of TLS (RFC 6962 §3.3.1), as a
    /// SignedCertificateTimestampList; only asked for by a hello in plaintext.
    pub scts: Option<Vec<u8>>,
    /// Whether the server has the key of the first certificate.
    pub possession: Possession,
    /// What the server gives for resuming the session.
    pub sessions: Sessions,
    /// What the server said about client certificates, when it asked for one.
    pub client_certificate: Option<ClientCertificate>,
    /// Octets that the server sent until the handshake ended.
    pub octets: usize,
}

/// How a capture was got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// By a whole handshake.
    Handshake,
    /// By a handshake that did not come to its end.
    Partly,
    /// From what a server says in plaintext after a ClientHello; no handshake was made.
    PlainHello,
}

impl How {
    /// The word that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            How::Handshake => "handshake",
            How::Partly => "partial-handshake",
            How::PlainHello => "plain-hello",
        }
    }
}

/// Whether a server proved that it has the private key of its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Possession {
    /// It signed the handshake, and the signature is correct.
    Proven(Scheme),
    /// It did not come to a proof; the text says why.
    Unproven(String),
    /// It signed the handshake with something else; the text says what is wrong.
    Disproven(Scheme, String),
}

/// What a server gives for resuming a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    /// Tickets of TLS 1.3 that came until the connection was closed (RFC 8446 §4.6.1).
    pub tickets: usize,
    /// The most octets of early data that a ticket allows; 0 for none.
    pub early_data: u32,
    /// Whether a session of TLS 1.2 can be resumed, by identifier or ticket.
    pub resumable_1_2: bool,
}

/// A server's request for a client certificate (RFC 8446 §4.3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The names of the CAs from which it takes certificates, encoded; none means any.
    pub ca_names: Vec<Vec<u8>>,
    /// The signature schemes that it takes.
    pub schemes: Vec<Scheme>,
    /// Whether a certificate was given.
    pub given: bool,
    /// What the server said to that.
    pub word: ClientCertificateWord,
}

/// What a server said to the client certificate that it got or did not get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientCertificateWord {
    /// It went on.
    Accepted,
    /// It refused, with this alert.
    Refused(crate::alert::Alert),
    /// It closed the connection.
    Closed,
    /// It said nothing within [`AFTERMATH_TIMEOUT`](crate::limits::AFTERMATH_TIMEOUT),
    /// as a server does that waits for a request.
    Silent,
    /// The handshake did not come so far.
    NotReached,
}
