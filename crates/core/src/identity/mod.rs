//! Does the certificate speak for the name that was asked for? (RFC 9525 for
//! DNS names and addresses; RFC 5280 §7.5 and RFC 9598 for mailboxes.)
//!
//! Only subjectAltName counts. The common name is looked at to explain a
//! mismatch and for nothing else (RFC 9525 §2).

mod matching;
mod presented;
mod reference;

pub use matching::{NameCheck, NearMiss, check};
pub use presented::{Presented, presented};
pub use reference::{DnsName, Mailbox, ReferenceError, ReferenceName, to_unicode};
pub(crate) use reference::{is_host_name, is_mailbox_local};
