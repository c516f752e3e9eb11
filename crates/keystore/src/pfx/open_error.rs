//! Why a PFX cannot be opened with a password.

use std::fmt;

use super::error::PfxError;
use super::place::{Place, Position};
use crate::oid;
use crate::pbe::{AlgorithmError, LimitError, PbeError};

/// The part of a PFX that an [`OpenError`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// All that is derived from the password.
    Whole,
    /// The MAC over everything.
    Mac,
    /// A safe, counted from 1.
    Safe(usize),
    /// A private key.
    Key {
        /// Its safe and bag.
        position: Position,
        /// Where its bag starts.
        place: Place,
    },
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Whole => f.write_str("the file"),
            Part::Mac => f.write_str("the MAC"),
            Part::Safe(number) => write!(f, "safe {number}"),
            Part::Key { position, place } => write!(f, "the private key in {position} ({place})"),
        }
    }
}

/// Why a PFX that could be read could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenError {
    /// The part it is about.
    pub part: Part,
    /// Why.
    pub kind: OpenErrorKind,
}

/// The kinds of [`OpenError`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenErrorKind {
    /// The MAC does not match, and nothing shows that the password is right. Without
    /// a MAC: nothing can be decrypted without a password.
    WrongPassword {
        /// Whether a password was given at all.
        given: bool,
    },
    /// The MAC does not match, though the password decrypts what is inside: the
    /// file was changed after it was made.
    Damaged,
    /// The file's password is one that Windows made and protected to accounts of
    /// a domain; nobody knows it.
    SidProtected,
    /// What was decrypted makes no sense.
    Undecryptable {
        /// What is wrong with it.
        error: Box<Undecryptable>,
        /// What shows that the password is right.
        proof: Proof,
    },
    /// It would cost too much, with the limit's name.
    Limit(Box<LimitError>),
    /// Parameters that nothing can work with, or an algorithm that is named, but not supported.
    Unusable(Box<PbeError>),
    /// The algorithm identifier is malformed, or of an algorithm not known here.
    Algorithm(AlgorithmError),
    /// Encrypted to a certificate (RFC 7292 §3.1, public-key privacy mode), or of
    /// an unknown content type.
    ContentType {
        /// Content octets of its OBJECT IDENTIFIER.
        oid: Vec<u8>,
    },
}

/// What shows that a password is the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The MAC over everything.
    Mac,
    /// There is no MAC, but another part was decrypted and makes sense.
    OtherPart,
    /// Nothing: there is no MAC, and nothing else was decrypted.
    Nothing,
}

/// How something decrypted makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecryptable {
    /// The ciphertext's length, or the padding.
    Cipher(PbeError),
    /// Its structure.
    Structure(PfxError),
}

impl From<PbeError> for OpenErrorKind {
    fn from(error: PbeError) -> Self {
        match error {
            PbeError::Limit(limit) => OpenErrorKind::Limit(Box::new(limit)),
            error => OpenErrorKind::Unusable(Box::new(error)),
        }
    }
}

impl OpenErrorKind {
    /// Of something decrypted while nothing shows that the password is right.
    pub(super) fn undecryptable(error: Undecryptable) -> OpenErrorKind {
        OpenErrorKind::Undecryptable { error: Box::new(error), proof: Proof::Nothing }
    }

    /// Whether a password is all that is missing.
    pub const fn needs_password(&self) -> bool {
        matches!(self, Self::WrongPassword { given: false } | Self::SidProtected)
    }

    /// What to do about it, in a sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::WrongPassword { given: false } => "Give the file's password.",
            Self::WrongPassword { given: true } => {
                "Check the password (upper and lower case, leading and trailing spaces); if it is right, the file was damaged: copy it again."
            }
            Self::Damaged => "Copy the file again; do not import it, as somebody may have changed it.",
            Self::SidProtected => {
                "Import it on a computer of that domain under one of those accounts, or export it again with a password."
            }
            Self::Undecryptable { proof: Proof::Nothing, .. } => {
                "Check the password; if it is right, copy the file again, or export it again."
            }
            Self::Undecryptable { .. } => "The file was damaged, or made wrongly; export it again.",
            Self::Limit(_) => "If the file is trustworthy, export it again with fewer iterations.",
            Self::Unusable(_) | Self::Algorithm(_) | Self::ContentType { .. } => {
                "Export the file again with a common encryption (AES-256 with SHA-256, or Triple DES for old Windows releases)."
            }
        }
    }
}

impl fmt::Display for OpenErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongPassword { given: true } => {
                f.write_str("the MAC does not match: the password is wrong, or the file was damaged")
            }
            Self::WrongPassword { given: false } => {
                f.write_str("it does not open without a password: it has one, or was damaged")
            }
            Self::Damaged => f.write_str(
                "the MAC does not match, though the password decrypts what is inside: the file was damaged or changed after it was made",
            ),
            Self::SidProtected => f.write_str(
                "the MAC does not match: the file is protected to accounts of a domain (SIDs), and its password is known to Windows alone",
            ),
            Self::Undecryptable { error, proof } => {
                match &**error {
                    Undecryptable::Cipher(PbeError::Padding) => f.write_str("what was decrypted does not end as it must")?,
                    Undecryptable::Cipher(error) => error.fmt(f)?,
                    Undecryptable::Structure(error) => write!(f, "what was decrypted cannot be read: {error}")?,
                }
                f.write_str(match proof {
                    Proof::Mac => {
                        "; the MAC holds, so the password is right, and this part was damaged before the file was made or has another password"
                    }
                    Proof::OtherPart => {
                        "; other parts were decrypted, so the password is right, and this part was damaged or has another one"
                    }
                    Proof::Nothing => {
                        "; the password is wrong, or the file was damaged (it has no MAC that would tell which)"
                    }
                })
            }
            Self::Limit(limit) => limit.fmt(f),
            Self::Unusable(error) => error.fmt(f),
            Self::Algorithm(error) => error.fmt(f),
            Self::ContentType { oid } if oid == oid::ENVELOPED_DATA => {
                f.write_str("it is encrypted to a certificate (envelopedData, public-key privacy mode), which is not supported")
            }
            Self::ContentType { oid } => write!(f, "its content type is {}; expected data or encryptedData", oid::name(oid)),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.part, &self.kind) {
            // These name the MAC themselves.
            (Part::Mac, OpenErrorKind::WrongPassword { .. } | OpenErrorKind::Damaged | OpenErrorKind::SidProtected) => {
                self.kind.fmt(f)
            }
            (part, kind) => write!(f, "{part}: {kind}"),
        }
    }
}

impl std::error::Error for OpenError {}
