//! Why an algorithm cannot be read, and why one cannot be worked with.

use std::fmt;

use certlens_core::encoding::der::DerError;

use super::count::Count;
use crate::oid;

/// What an algorithm was to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Encryption by a password.
    Encryption,
    /// Derivation of a key from a password.
    KeyDerivation,
    /// The function that a derivation iterates.
    PseudoRandomFunction,
    /// The cipher of PBES2.
    Cipher,
    /// The hash of a MAC, or the MAC of PBMAC1.
    Mac,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Encryption => "encryption algorithm",
            Role::KeyDerivation => "key derivation function",
            Role::PseudoRandomFunction => "pseudo-random function",
            Role::Cipher => "cipher",
            Role::Mac => "MAC algorithm",
        })
    }
}

/// Why an AlgorithmIdentifier says nothing that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlgorithmError {
    /// The octets are not what was expected; the offset counts from the start of
    /// the AlgorithmIdentifier.
    Malformed(DerError),
    /// An algorithm that is not supported.
    Unsupported {
        /// What it was to be.
        role: Role,
        /// Content octets of its OBJECT IDENTIFIER.
        oid: Vec<u8>,
    },
    /// Parameters that contradict their algorithm; the text says what they had to be.
    Parameters(&'static str),
}

impl From<DerError> for AlgorithmError {
    fn from(error: DerError) -> Self {
        AlgorithmError::Malformed(error)
    }
}

impl fmt::Display for AlgorithmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "the algorithm identifier cannot be read: {error}"),
            Self::Unsupported { role, oid } => write!(f, "the {role} {} is not supported", oid::name(oid)),
            Self::Parameters(expected) => f.write_str(expected),
        }
    }
}

impl std::error::Error for AlgorithmError {}

/// A limit of [`super::limits`] that was hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitError {
    /// What is too large.
    pub what: &'static str,
    /// What the file states.
    pub found: Count,
    /// The limit.
    pub limit: u64,
    /// Name of the limit's constant.
    pub name: &'static str,
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LimitError { what, found, limit, name } = self;
        write!(f, "{what} is {found}, and the limit {name} is {limit}")
    }
}

impl std::error::Error for LimitError {}

/// Why nothing is derived, decrypted or encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PbeError {
    /// It would cost more than is allowed.
    Limit(LimitError),
    /// A count below one.
    InvalidCount {
        /// What is counted.
        what: &'static str,
        /// What the file states.
        found: Count,
    },
    /// Parameters that no implementation can work with; the text says what they had to be.
    Parameters(&'static str),
    /// An algorithm that is named, but not supported.
    Unsupported(&'static str),
    /// The ciphertext is not a number of whole blocks: it was damaged.
    CiphertextLength {
        /// Its length in octets.
        octets: usize,
    },
    /// What was decrypted does not end as it must: a wrong key, or a damaged ciphertext.
    Padding,
}

impl fmt::Display for PbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(limit) => limit.fmt(f),
            Self::InvalidCount { what, found } => write!(f, "{what} is {found}, which is no count: it is at least 1"),
            Self::Parameters(expected) => f.write_str(expected),
            Self::Unsupported(name) => write!(f, "{name} is not supported"),
            Self::CiphertextLength { octets } => {
                write!(f, "the ciphertext of {octets} octets is not a number of whole blocks: it was damaged")
            }
            Self::Padding => f.write_str(
                "what was decrypted does not end as it must: the password is wrong or the ciphertext was damaged",
            ),
        }
    }
}

impl std::error::Error for PbeError {}
