//! Where an object came from; it travels with the object to the report.

use std::fmt;

/// Where a certificate came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A file: its path as given and the object's place in it, from 0.
    File {
        /// The path as the user wrote it.
        path: String,
        /// The object's place in the file.
        index: usize,
        /// How many objects the file held.
        count: usize,
    },
    /// Standard input, and the object's place in it.
    StandardInput {
        /// The object's place.
        index: usize,
        /// How many objects there were.
        count: usize,
    },
    /// A bag of a PFX file.
    PfxBag {
        /// The path as the user wrote it, `-` for standard input.
        path: String,
        /// The number of the safe, from 1.
        safe: usize,
        /// The number of the bag in it, from 1.
        bag: usize,
    },
    /// A set of trust anchors by name.
    TrustSet(TrustSet),
    /// Retrieved from this URL.
    Url(String),
    /// Sent by the peer in its handshake.
    Handshake,
    /// Handed over in memory.
    Memory,
}

/// A set of trust anchors that is not a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrustSet {
    /// The operating system's.
    System,
    /// The embedded Mozilla set.
    Mozilla,
}

impl TrustSet {
    /// The name used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            TrustSet::System => "system trust store",
            TrustSet::Mozilla => "Mozilla set",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File { path, count: 0 | 1, .. } => f.write_str(path),
            Origin::File { path, index, .. } => write!(f, "{path} #{}", index + 1),
            Origin::StandardInput { count: 0 | 1, .. } => f.write_str("standard input"),
            Origin::StandardInput { index, .. } => write!(f, "standard input #{}", index + 1),
            Origin::PfxBag { path, safe, bag } => {
                let path = if path == "-" { "standard input" } else { path };
                write!(f, "{path}, safe {safe}, bag {bag}")
            }
            Origin::TrustSet(set) => f.write_str(set.name()),
            Origin::Url(url) => f.write_str(url),
            Origin::Handshake => f.write_str("the peer's handshake"),
            Origin::Memory => f.write_str("memory"),
        }
    }
}
