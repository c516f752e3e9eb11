//! Why a signature was not found correct.

use std::fmt;

/// Why a signature was not found correct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// The signature does not match key and message.
    Invalid,
    /// The algorithm needs another kind of key.
    KeyMismatch {
        /// The kind of key that the algorithm needs.
        needed: &'static str,
        /// The kind of key that there is.
        found: &'static str,
    },
    /// The key's own parameters rule this signature out (RFC 4055 §3.3); the text says how.
    KeyRestriction(&'static str),
    /// The algorithm, named, cannot be verified by this build.
    UnsupportedAlgorithm(String),
    /// The key, named, cannot be used by this build.
    UnsupportedKey(String),
    /// The key cannot be one of its algorithm; the text says why.
    MalformedKey(&'static str),
    /// A DSA key without domain parameters whose issuer has none to inherit (RFC 3279 §2.3.2).
    DsaParametersMissing,
    /// The key is beyond a limit of this library.
    LimitExceeded {
        /// The constant's name.
        name: &'static str,
        /// Its value, in bits.
        limit: usize,
        /// What the key has, in bits.
        found: usize,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid => f.write_str("the signature does not match"),
            Self::KeyMismatch { needed, found } => write!(f, "the algorithm needs {needed}, the key is {found}"),
            Self::KeyRestriction(what) => f.write_str(what),
            Self::UnsupportedAlgorithm(name) => write!(f, "{name} cannot be verified"),
            Self::UnsupportedKey(name) => write!(f, "a key of the kind {name} cannot be used"),
            Self::MalformedKey(what) => f.write_str(what),
            Self::DsaParametersMissing => {
                f.write_str("the DSA key has no parameters and there are none to inherit (RFC 3279 §2.3.2)")
            }
            Self::LimitExceeded { name, limit, found } => write!(f, "{found} bits exceed {name} ({limit} bits)"),
        }
    }
}

impl std::error::Error for VerifyError {}

#[cfg(not(feature = "legacy"))]
pub(super) fn needs_legacy(what: String) -> VerifyError {
    VerifyError::UnsupportedAlgorithm(format!("{what} (this build lacks the feature `legacy`)"))
}
