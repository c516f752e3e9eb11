//! TLS: capturing what a server presents, whether or not it can be trusted.
//!
//! [`handshake`] lets rustls complete a handshake with any certificate and notes what
//! came. For servers that rustls will not talk to, [`plain`] sends a ClientHello of old
//! and reads what the server says in plaintext, which with TLS 1.2 and before is
//! everything up to the end of its first flight (RFC 5246 §7.3). Both end in a
//! [`Capture`].

pub mod capture;
pub mod handshake;
pub mod hello;
pub mod identity;
mod names;
pub mod plain;
mod possession;
mod reader;
mod record;
pub(crate) mod recorder;
pub mod server_flight;
pub mod sniff;

pub use capture::{Capture, ClientCertificate, ClientCertificateWord, How, Possession, Sessions};
pub use identity::Identity;
pub use names::{Group, Scheme, Suite, Version};
