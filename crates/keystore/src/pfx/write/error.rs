//! Why a PFX cannot be written, or taken over to be written again.

use std::fmt;

use certlens_core::encoding::der::DerError;

use super::random::NoRandom;
use crate::bundle::BundleLimit;
use crate::pbe::{LimitError, PbeError};
use crate::pfx::{PfxError, Position};

/// Why a PFX cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// There is neither a key nor a certificate nor anything else.
    Nothing,
    /// A part of the file that is to be written again was not decrypted.
    Locked(Position),
    /// A password was given, and it has no characters.
    EmptyPassword,
    /// A name that no attribute can have.
    Name {
        /// Which name.
        what: &'static str,
        /// What is wrong with it.
        problem: NameProblem,
    },
    /// The octets are no PrivateKeyInfo in DER or BER.
    Key(DerError),
    /// The octets are no certificate.
    Certificate(DerError),
    /// More keys or certificates than are compared with each other.
    TooMany(BundleLimit),
    /// The file would be beyond a limit of the reader.
    Limit(LimitError),
    /// The chosen encryption or MAC, or the password, cannot be worked with.
    Pbe(PbeError),
    /// There are no random octets.
    Random,
    /// The file would not be read here: it is beyond a limit.
    NotRead(Box<PfxError>),
}

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameProblem {
    /// It has no characters.
    Empty,
    /// It has the character U+0000, at which Windows ends a name.
    Nul,
}

impl WriteError {
    /// What to do about it, in a sentence; empty when nothing helps.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Nothing => "Add a key or a certificate.",
            Self::Locked(_) => "Open the file with its password first, or leave it as it is.",
            Self::EmptyPassword => {
                "Give a password; if the file is to have none, say so by name (the empty one, or none at all)."
            }
            Self::Name { .. } => "Give another name, or drop the attribute.",
            Self::Key(_) => "Give the key as PKCS#8.",
            Self::Certificate(_) => "Give an X.509 certificate.",
            Self::TooMany(_) | Self::NotRead(_) => "Write several files.",
            Self::Limit(_) => "Choose fewer iterations, or write several files.",
            Self::Pbe(_) => "Choose another encryption or a shorter password.",
            Self::Random => "",
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("there is neither a key nor a certificate to write"),
            Self::Locked(position) => write!(f, "{position} was not decrypted, so it cannot be written again"),
            Self::EmptyPassword => f.write_str("the password has no characters"),
            Self::Name { what, problem: NameProblem::Empty } => write!(f, "{what} has no characters"),
            Self::Name { what, problem: NameProblem::Nul } => {
                write!(f, "{what} has the character U+0000, at which Windows ends it")
            }
            Self::Key(error) => write!(f, "the private key is no PKCS#8: {error}"),
            Self::Certificate(error) => write!(f, "the certificate cannot be read: {error}"),
            Self::TooMany(limit) => limit.fmt(f),
            Self::Limit(limit) => limit.fmt(f),
            Self::Pbe(error) => error.fmt(f),
            Self::Random => NoRandom.fmt(f),
            Self::NotRead(error) => write!(f, "the file could not be read again: {error}"),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<PbeError> for WriteError {
    fn from(error: PbeError) -> WriteError {
        match error {
            PbeError::Limit(limit) => WriteError::Limit(limit),
            error => WriteError::Pbe(error),
        }
    }
}

impl From<BundleLimit> for WriteError {
    fn from(limit: BundleLimit) -> WriteError {
        WriteError::TooMany(limit)
    }
}

impl From<NoRandom> for WriteError {
    fn from(_: NoRandom) -> WriteError {
        WriteError::Random
    }
}
