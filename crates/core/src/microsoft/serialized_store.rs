//! Serialized certificate stores (`.sst`), which `certutil -generateSSTFromWU` and
//! the certificate snap-in write.
//!
//! The file starts with a version, four zero octets, and `CERT`. Elements follow,
//! each with three numbers of four octets, little endian: what it is, how it is
//! encoded (1), and its length. 32 is a certificate, 33 a CRL, 34 a trust list;
//! any other number is a property of the one that comes next (the numbers of
//! wincrypt.h). An element of number 0 and length 0 ends the store.

use std::fmt;

use super::property::{Properties, Value};
use super::{MAX_ENTRIES, MAX_PROBLEMS};
use crate::encoding::der::{Cursor, DerError, Span};

/// Version 0, then `CERT`.
const HEADER: &[u8] = b"\0\0\0\0CERT";
/// An element before its content.
const ELEMENT_OCTETS: usize = 12;
/// X509_ASN_ENCODING.
const ENCODING: u32 = 1;

const END: u32 = 0;
const CERTIFICATE: u32 = 32;
const CRL: u32 = 33;
const TRUST_LIST: u32 = 34;

/// The most properties that are read of one file; certificates have below 20.
const MAX_PROPERTIES: usize = 20 * MAX_ENTRIES;

/// What a store holds.
#[derive(Clone, Debug, Default)]
pub struct SerializedStore<'a> {
    /// The certificates, in order.
    pub certificates: Vec<Element<'a>>,
    /// The CRLs, in order.
    pub crls: Vec<Element<'a>>,
    /// The trust lists, in order.
    pub trust_lists: Vec<Element<'a>>,
    /// Properties that could not be read, at most [`MAX_PROBLEMS`].
    pub problems: Vec<DerError>,
    /// How many more there were.
    pub problems_omitted: usize,
    /// Why reading ended early; what was read before is kept.
    pub broken: Option<StoreError>,
}

/// A certificate, CRL or trust list of a store.
#[derive(Clone, Debug)]
pub struct Element<'a> {
    /// Offset of its octets in the file.
    pub offset: usize,
    /// Its octets.
    pub raw: &'a [u8],
    /// What the store says about it.
    pub properties: Properties<'a>,
}

/// Why a store cannot be read (to its end).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// Offset in the file.
    pub offset: usize,
    /// What is wrong there.
    pub kind: StoreErrorKind,
}

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// It does not start as one.
    Header,
    /// Fewer octets are left than an element's three numbers have.
    ElementTruncated {
        /// Octets that are left.
        available: usize,
    },
    /// An element says that it is encoded in another way.
    Encoding {
        /// The number found.
        found: u32,
    },
    /// An element is longer than what is left.
    ContentTruncated {
        /// Octets that it announces.
        announced: u32,
        /// Octets that are left.
        available: usize,
    },
    /// The end has a content, or properties stand before it.
    End,
    /// Octets are left behind the end.
    Trailing {
        /// How many.
        octets: usize,
    },
    /// More elements than [`MAX_ENTRIES`], or more properties than 20 for each of so many.
    TooMany,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: ", self.offset)?;
        match self.kind {
            StoreErrorKind::Header => {
                f.write_str("expected the beginning of a serialized store: four zero octets and CERT")
            }
            StoreErrorKind::ElementTruncated { available } => {
                write!(f, "expected an element, which starts with {ELEMENT_OCTETS} octets; {available} are left")
            }
            StoreErrorKind::Encoding { found } => {
                write!(f, "expected the encoding type 1 (X.509, ASN.1), found {found}")
            }
            StoreErrorKind::ContentTruncated { announced, available } => {
                write!(f, "the element announces {announced} octets, but only {available} are left")
            }
            StoreErrorKind::End => f.write_str("expected the end of the store to have no content and no properties"),
            StoreErrorKind::Trailing { octets } => write!(f, "{octets} octets stand behind the end of the store"),
            StoreErrorKind::TooMany => write!(f, "the store has more than {MAX_ENTRIES} elements"),
        }
    }
}

impl std::error::Error for StoreError {}

/// Reads a serialized store. What stands in its elements is for their own readers.
///
/// # Errors
///
/// When it does not start as one; a later break is in [`SerializedStore::broken`].
pub fn read(file: &[u8]) -> Result<SerializedStore<'_>, StoreError> {
    if !file.starts_with(HEADER) {
        return Err(StoreError { offset: 0, kind: StoreErrorKind::Header });
    }
    let mut store = SerializedStore::default();
    store.broken = store.elements(file).err();
    Ok(store)
}

impl<'a> SerializedStore<'a> {
    fn elements(&mut self, file: &'a [u8]) -> Result<(), StoreError> {
        let mut at = HEADER.len();
        let mut properties = Properties::default();
        let mut count = 0_usize;
        let mut is_between = true;
        loop {
            let rest = file.get(at..).unwrap_or_default();
            let error = |kind| StoreError { offset: at, kind };
            let Some(([number, encoding, length], content)) = numbers(rest) else {
                return Err(error(StoreErrorKind::ElementTruncated { available: rest.len() }));
            };
            if number == END {
                if length != 0 || !is_between {
                    return Err(error(StoreErrorKind::End));
                }
                return match content.len() {
                    0 => Ok(()),
                    octets => {
                        Err(StoreError { offset: at + ELEMENT_OCTETS, kind: StoreErrorKind::Trailing { octets } })
                    }
                };
            }
            if encoding != ENCODING {
                return Err(error(StoreErrorKind::Encoding { found: encoding }));
            }
            let Some(raw) = usize::try_from(length).ok().and_then(|length| content.get(..length)) else {
                let available = content.len();
                return Err(error(StoreErrorKind::ContentTruncated { announced: length, available }));
            };
            let offset = at + ELEMENT_OCTETS;
            count += 1;
            if count > MAX_PROPERTIES || self.len() >= MAX_ENTRIES {
                return Err(error(StoreErrorKind::TooMany));
            }
            let list = match number {
                CERTIFICATE => Some(&mut self.certificates),
                CRL => Some(&mut self.crls),
                TRUST_LIST => Some(&mut self.trust_lists),
                _ => None,
            };
            is_between = list.is_some();
            match list {
                Some(list) => list.push(Element { offset, raw, properties: std::mem::take(&mut properties) }),
                None => {
                    if let Err(error) = properties.take(number, &Value::rest(part(file, offset, raw.len()))) {
                        self.problem(error);
                    }
                }
            }
            at = offset + raw.len();
        }
    }

    /// How many elements there are.
    fn len(&self) -> usize {
        self.certificates.len() + self.crls.len() + self.trust_lists.len()
    }

    fn problem(&mut self, error: DerError) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(error);
        } else {
            self.problems_omitted += 1;
        }
    }
}

/// The three numbers that an element starts with, and what stands behind them.
fn numbers(octets: &[u8]) -> Option<([u32; 3], &[u8])> {
    let (head, content) = octets.split_at_checked(ELEMENT_OCTETS)?;
    let (words, _) = head.as_chunks::<4>();
    let &[number, encoding, length] = words else { return None };
    Some(([number, encoding, length].map(u32::from_le_bytes), content))
}

/// A part of the file whose offsets count from its start.
fn part(file: &[u8], start: usize, octets: usize) -> Cursor<'_> {
    let place = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Cursor::silent_part(file, Span { start: place(start), end: place(start.saturating_add(octets)) })
}
