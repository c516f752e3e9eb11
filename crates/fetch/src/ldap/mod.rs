//! CRLs and certificates from directories (RFC 5280 §4.2.1.13, §4.2.2.1).
//!
//! A conversation of our own instead of a library's, because what answers may be
//! anyone: the octets of an answer are counted before they are kept, its nesting
//! is fixed, and the connection is made to an address that was checked before.
//! Referrals are told, not followed.

mod ber;
mod connection;
mod failures;
mod fetch;
mod filter;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod message;
mod options;
mod select;
mod url;

pub use connection::MESSAGE_SLACK_OCTETS;
pub(crate) use fetch::server_of;
pub use fetch::{Fetched, LDAP_PORT, LDAPS_PORT, fetch};
pub use filter::MAX_FILTER_DEPTH;
pub use message::{MAX_ENTRIES, MAX_VALUES};
pub use options::{Bind, Options, Password, Security};
pub use url::{LdapUrl, MAX_LDAP_URL_OCTETS, MAX_URL_ITEMS, Scope, UrlError, parse_server};
