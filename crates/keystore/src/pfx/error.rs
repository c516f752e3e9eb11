//! Why a PFX cannot be read, and why one cannot be opened.

use std::fmt;

use certlens_core::encoding::der::{DerError, DerErrorKind, MAX_NESTING};
use certlens_core::encoding::input::ProblemKind;
use certlens_core::encoding::sniff::ObjectKind;

use super::place::{Place, Position};
use crate::oid;
use crate::pbe::{AlgorithmError, Count, LimitError};

/// Why a file could not be read as PFX; no password would change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PfxError {
    /// Where, when it is about a place.
    pub place: Option<Place>,
    /// The safe and the bag in it, when it is about one.
    pub position: Option<Position>,
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
    /// It is text with more than one PFX in it.
    Several,
    /// It is text that cannot be decoded.
    Text(Box<ProblemKind>),
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
    Mac(Box<AlgorithmError>),
    /// Larger than is allowed.
    Limit(Box<LimitError>),
}

impl PfxError {
    pub(super) fn at(place: Place, kind: PfxErrorKind) -> PfxError {
        PfxError { place: Some(place), position: None, kind }
    }

    /// An error of a reader whose octets start at `base`.
    pub(super) fn der(base: Place, error: DerError) -> PfxError {
        let DerError { offset, kind, field } = error;
        let kind = match kind {
            DerErrorKind::NestingTooDeep => limit("the nesting of values", MAX_NESTING + 1, MAX_NESTING, "MAX_NESTING"),
            error => PfxErrorKind::Structure { error, field },
        };
        PfxError::at(base.plus(offset), kind)
    }

    /// Says which safe and bag it is about, unless that is known in more detail.
    pub(super) fn within(mut self, position: Position) -> PfxError {
        self.position.get_or_insert(position);
        self
    }

    pub(super) fn limit(what: &'static str, found: usize, max: usize, name: &'static str) -> PfxError {
        PfxError { place: None, position: None, kind: limit(what, found, max, name) }
    }

    /// What to do about it, in a sentence; empty when nothing helps.
    pub fn advice(&self) -> &'static str {
        match &self.kind {
            PfxErrorKind::NotPfx { found } => match found {
                ObjectKind::Html => {
                    "What was downloaded is the page of a server or proxy, not the file; download it again."
                }
                ObjectKind::Pkcs7 => {
                    "A PKCS#7 file (.p7b) has certificates, but no private key; ask for the PFX, or put key and certificates together."
                }
                ObjectKind::Certificate => {
                    "A certificate has no private key; put both together: certlens pfx create --key KEY --cert CERTIFICATE --output FILE.pfx."
                }
                ObjectKind::JavaKeyStore => {
                    "Convert it: keytool -importkeystore -srckeystore STORE -destkeystore FILE.p12 -deststoretype PKCS12."
                }
                ObjectKind::PrivateKey { .. } => {
                    "Put it together with its certificates: certlens pfx create --key KEY --cert CERTIFICATE --output FILE.pfx."
                }
                ObjectKind::Empty | ObjectKind::AllZeros => "The copy went wrong; copy the file again.",
                _ => "Check that this is the right file, and that it was copied in binary mode.",
            },
            PfxErrorKind::Several => "Split the file.",
            PfxErrorKind::Text(_) => "Copy the whole text again; it was changed or cut off.",
            PfxErrorKind::Truncated { .. } => "The copy or download ended early; copy the file again, in binary mode.",
            PfxErrorKind::Structure { .. } | PfxErrorKind::ContentType { .. } | PfxErrorKind::Mac(_) => {
                "The file was damaged, or made wrongly; export it again."
            }
            PfxErrorKind::Version(_) => "Export the file again; every current program writes version 3.",
            PfxErrorKind::PublicKeyIntegrity => {
                "Export the file again with a password; Windows reads no others either."
            }
            PfxErrorKind::Limit(limit) if limit.name == "MAX_NESTING" => {
                "No known program nests values this deep; if the file is trustworthy, export it again."
            }
            PfxErrorKind::Limit(_) => "If the file is trustworthy, export it again with less in it.",
        }
    }
}

fn limit(what: &'static str, found: usize, max: usize, name: &'static str) -> PfxErrorKind {
    let found = Count::new(found as u64);
    PfxErrorKind::Limit(Box::new(LimitError { what, found, limit: max as u64, name }))
}

impl fmt::Display for PfxErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPfx { found } => write!(f, "expected a PFX (PKCS#12) file, but the file is {}", found.describe()),
            Self::Several => f.write_str("expected one PFX, found several"),
            Self::Text(problem) => write!(f, "the file is text that cannot be decoded: {problem}"),
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
        if let Some(place) = self.place {
            write!(f, "{place}: ")?;
        }
        if let Some(position) = self.position {
            write!(f, "{position}: ")?;
        }
        self.kind.fmt(f)
    }
}

impl std::error::Error for PfxError {}
