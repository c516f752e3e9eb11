//! A run kept as a directory, and repeated from it.
//!
//! ```text
//! record.json                      what was demanded, asked and answered; written last
//! target-001.pem …                 the certificates of each target, the target first
//! anchors-001.pem …                trust anchors: those of files, in the order given
//! anchors-system.pem               those of the system's store
//! intermediates.pem
//! crl-001.pem …, ocsp-001.der …    CRLs and OCSP responses that were given
//! objects/001.crl, 002.ocsp, …     what URLs gave, as it came
//! ```
//!
//! It is made to be handed to others: it holds certificates, CRLs and responses, never
//! a private key, a password or a cookie. It is read as what a stranger sends: names
//! lead nowhere else, and every file but `record.json`, which has the digests, is what its
//! digest says. Nothing shows who made it.

mod arguments;
mod files;
mod format;
mod read;
mod write;

#[cfg(test)]
pub(crate) use format::Record;
pub(crate) use read::Replay;
pub(crate) use write::Recorder;
