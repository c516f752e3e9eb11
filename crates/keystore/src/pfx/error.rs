//! Why a PFX cannot be read, and why one cannot be opened.

use std::fmt;

use certlens_core::encoding::der::{DerError, DerErrorKind};
use certlens_core::encoding::sniff::ObjectKind;

use super::place::Place;
use crate::oid;
use crate::pbe::{AlgorithmError, Count, LimitError, PbeError};

/// Why a file could not be read as PFX; no password would change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PfxError {
    /// Where, when it is about a place.
    pub place: Option<Place>,
    /// Why.
    pub kind: PfxErrorKind,
}

/// The kinds of [`PfxError`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PfxErrorKind {
    /// It is something else.
    NotPfx {
        /// What.
        found: ObjectKind,
    },
    /// The file ends in the middle of a value.
    Truncated {
        /// Octets that there are.
        octets: usize,
    },
    /// The structure is not that of a PFX (RFC 7292 §4).
    Structure {
        /// What is wrong.
        error: DerErrorKind,
        /// The field that was being read.
        field: &'static str,
    },
    /// Another version than 3.
    Version(Count),
    /// The integrity rests on a signature, not on a password (RFC 7292 §3.1).
    PublicKeyIntegrity,
    /// The authenticated safe is of a content type that RFC 7292 §4 does not have.
    ContentType {
        /// Content octets of its OBJECT IDENTIFIER.
        oid: Vec<u8>,
    },
    /// The algorithm of the MAC is malformed.
    Mac(AlgorithmError),
    /// Larger than is allowed.
    Limit(LimitError),
}

impl PfxError {
    pub(super) fn at(place: Place, kind: PfxErrorKind) -> PfxError {
        PfxError { place: Some(place), kind }
    }

    /// An error of a reader whose octets start at `base`.
    pub(super) fn der(base: Place, error: DerError) -> PfxError {
        let DerError { offset, kind, field } = error;
        PfxError::at(base.plus(offset), PfxErrorKind::Structure { error: kind, field })
    }

    pub(super) fn limit(what: &'static str, found: usize, limit: usize, name: &'static str) -> PfxError {
        let (found, limit) = (Count::new(found as u64), limit as u64);
        PfxError { place: None, kind: PfxErrorKind::Limit(LimitError { what, found, limit, name }) }
    }

    /// What to do about it, in a sentence; empty when nothing helps.
    pub fn advice(&self) -> &'static str {
        match &self.kind {
            PfxErrorKind::NotPfx { found } => match found {
                ObjectKind::Html => "What was downloaded is the page of a server or proxy, not the file; download it again.",
                ObjectKind::Pkcs7 => "A PKCS#7 file (.p7b) has certificates, but no private key; ask for the PFX, or put key and certificates together.",
                ObjectKind::Certificate => "A certificate has no private key; put key and certificates together into a PFX.",
                ObjectKind::JavaKeyStore => "Convert it: keytool -importkeystore -deststoretype PKCS12.",
                ObjectKind::PrivateKey { .. } => "Put the key and its certificates together into a PFX.",
                ObjectKind::Empty | ObjectKind::AllZeros => "The copy went wrong; copy the file again.",
                _ => "Check that this is the right file, and that it was copied in binary mode.",
            },
            PfxErrorKind::Truncated { .. } => "The copy or download ended early; copy the file again, in binary mode.",
            PfxErrorKind::Structure { .. } | PfxErrorKind::ContentType { .. } | PfxErrorKind::Mac(_) => {
                "The file was damaged, or made wrongly; export it again."
            }
            PfxErrorKind::Version(_) => "Export the file again; every current program writes version 3.",
            PfxErrorKind::PublicKeyIntegrity => "Export the file again with a password; Windows reads no others either.",
            PfxErrorKind::Limit(_) => "If the file is trustworthy, export it again with less in it.",
        }
    }
}

impl fmt::Display for PfxErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPfx { found: ObjectKind::Pfx } => f.write_str("expected one PFX, found several objects"),
            Self::NotPfx { found } => write!(f, "expected a PFX (PKCS#12) file, but the file is {}", found.describe()),
            Self::Truncated { octets } => write!(f, "the file is cut off: it ends after {octets} octets, in the middle of a value"),
            Self::Structure { error, field: "" } => error.fmt(f),
            Self::Structure { error, field } => write!(f, "{error} (in {field})"),
            Self::Version(version) => write!(f, "expected version 3 of PFX (RFC 7292 §4), found version {version}"),
            Self::PublicKeyIntegrity => f.write_str(
                "the PFX is in public-key integrity mode (signed, RFC 7292 §3.1), which is not supported; expected one that a password protects",
            ),
            Self::ContentType { oid } => {
                write!(f, "the authenticated safe has the content type {}; expected data", oid::name(oid))
            }
            Self::Mac(error) => write!(f, "the MAC: {error}"),
            Self::Limit(limit) => limit.fmt(f),
        }
    }
}

impl fmt::Display for PfxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(place) => write!(f, "{place}: {}", self.kind),
            None => self.kind.fmt(f),
        }
    }
}

impl std::error::Error for PfxError {}

/// The part of a PFX that an [`OpenError`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The MAC over everything.
    Mac,
    /// A safe, counted from 1.
    Safe(usize),
    /// A private key.
    Key {
        /// The safe it is in, counted from 1.
        safe: usize,
        /// Where its bag starts.
        place: Place,
    },
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Mac => f.write_str("the MAC"),
            Part::Safe(number) => write!(f, "safe {number}"),
            Part::Key { safe, place } => write!(f, "the private key in safe {safe} ({place})"),
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
    /// The MAC does not match, and nothing shows that the password is right.
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
    /// The password was verified, or there is no MAC to verify it, and what was
    /// decrypted makes no sense.
    Undecryptable {
        /// What is wrong with it.
        error: Box<Undecryptable>,
        /// Whether the MAC held, so that the password is right.
        verified: bool,
    },
    /// It would cost too much, with the limit's name.
    Limit(LimitError),
    /// Parameters that nothing can work with, or an algorithm that is named, but not supported.
    Unusable(PbeError),
    /// The algorithm identifier is malformed, or of an algorithm not known here.
    Algorithm(AlgorithmError),
    /// Encrypted to a certificate (RFC 7292 §3.1, public-key privacy mode), or of
    /// an unknown content type.
    ContentType {
        /// Content octets of its OBJECT IDENTIFIER.
        oid: Vec<u8>,
    },
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
            PbeError::Limit(limit) => OpenErrorKind::Limit(limit),
            error => OpenErrorKind::Unusable(error),
        }
    }
}

impl OpenErrorKind {
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
            Self::Undecryptable { .. } => "The file was damaged, or made wrongly; export it again.",
            Self::Limit(_) => "If the file is trustworthy, raise the limit, or export it again with fewer iterations.",
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
                f.write_str("the MAC does not match without a password: the file has one, or was damaged")
            }
            Self::Damaged => f.write_str(
                "the MAC does not match, though the password decrypts what is inside: the file was damaged or changed after it was made",
            ),
            Self::SidProtected => f.write_str(
                "the MAC does not match: the file is protected to accounts of a domain (SIDs), and its password is known to Windows alone",
            ),
            Self::Undecryptable { error, verified } => {
                match &**error {
                    Undecryptable::Cipher(PbeError::Padding) => f.write_str("what was decrypted does not end as it must")?,
                    Undecryptable::Cipher(error) => error.fmt(f)?,
                    Undecryptable::Structure(error) => write!(f, "what was decrypted cannot be read: {error}")?,
                }
                f.write_str(if *verified {
                    "; the MAC holds, so the password is right, and this part was damaged before the file was made or has another password"
                } else {
                    "; the password is wrong, or the file was damaged (it has no MAC that would tell which)"
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
        match self.part {
            Part::Mac => self.kind.fmt(f),
            part => write!(f, "{part}: {}", self.kind),
        }
    }
}

impl std::error::Error for OpenError {}
