//! Why DER cannot be read.

use std::fmt;

use super::MAX_NESTING;
use super::tag::Tag;

/// Why octets could not be read as what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DerErrorKind {
    /// The value needs more octets than there are.
    Truncated {
        /// Octets that the length announces.
        announced: usize,
        /// Octets that are left.
        available: usize,
    },
    /// Nothing is left where a value had to stand.
    Missing(Tag),
    /// Another type stands there.
    UnexpectedTag {
        /// The type wanted.
        expected: Tag,
        /// The type found.
        found: Tag,
    },
    /// A length beyond what this reader addresses (four octets), or reserved.
    LengthUnreadable,
    /// Values nest deeper than [`MAX_NESTING`].
    NestingTooDeep,
    /// A string in constructed (fragmented) form, which DER forbids (X.690 §10.2).
    ConstructedString,
    /// A value whose content cannot mean anything; the text says what it had to be.
    Invalid(&'static str),
    /// Octets are left after the last element of a structure.
    TrailingData,
}

/// A [`DerErrorKind`] with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DerError {
    /// Offset of the octet, counted from the start of the object.
    pub offset: usize,
    /// What is wrong.
    pub kind: DerErrorKind,
    /// The field that was being read, empty when not known.
    pub field: &'static str,
}

impl DerError {
    /// An error of this kind at this offset.
    pub const fn new(offset: usize, kind: DerErrorKind) -> Self {
        DerError { offset, kind, field: "" }
    }
}

impl fmt::Display for DerErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            DerErrorKind::Truncated { announced, available } => {
                write!(f, "length {announced} announced, but only {available} octets are left")
            }
            DerErrorKind::Missing(tag) => write!(f, "expected {tag}, found the end"),
            DerErrorKind::UnexpectedTag { expected, found } => write!(f, "expected {expected}, found {found}"),
            DerErrorKind::LengthUnreadable => f.write_str("the length octets cannot be read"),
            DerErrorKind::NestingTooDeep => write!(f, "values nest deeper than {MAX_NESTING} levels"),
            DerErrorKind::ConstructedString => f.write_str("the string is split into fragments"),
            DerErrorKind::Invalid(what) => f.write_str(what),
            DerErrorKind::TrailingData => f.write_str("expected the end of the structure, found more octets"),
        }
    }
}

impl fmt::Display for DerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.kind)?;
        if !self.field.is_empty() {
            write!(f, " (in {})", self.field)?;
        }
        Ok(())
    }
}

impl std::error::Error for DerError {}

/// Adds the field's name to an error that has none yet.
pub trait InField {
    /// Names the field that was being read.
    fn in_field(self, field: &'static str) -> Self;
}

impl<T> InField for Result<T, DerError> {
    fn in_field(self, field: &'static str) -> Self {
        self.map_err(|mut error| {
            if error.field.is_empty() {
                error.field = field;
            }
            error
        })
    }
}
