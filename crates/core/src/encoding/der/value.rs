//! One value, and the primitive types read from its content.

use std::fmt;

use super::error::{DerError, DerErrorKind};
use super::sink::{DeviationSink, Span, note};
use super::tag::Tag;
use crate::encoding::deviation::DeviationKind;

/// One value: tag, length and content, still undecoded.
#[derive(Clone, Copy)]
pub struct Tlv<'a> {
    /// The tag.
    pub tag: Tag,
    pub(super) buf: &'a [u8],
    pub(super) start: usize,
    pub(super) content_start: usize,
    pub(super) content_end: usize,
    pub(super) end: usize,
    pub(super) sink: Option<&'a DeviationSink>,
    pub(super) again: bool,
}

impl<'a> Tlv<'a> {
    /// The content octets.
    #[inline]
    pub fn content(&self) -> &'a [u8] {
        self.buf.get(self.content_start..self.content_end).unwrap_or_default()
    }

    /// Identifier, length and content octets as they stand.
    #[inline]
    pub fn raw(&self) -> &'a [u8] {
        self.buf.get(self.start..self.end).unwrap_or_default()
    }

    /// Offset of the identifier octet.
    pub fn offset(&self) -> usize {
        self.start
    }

    /// Offset of the first content octet.
    pub fn content_offset(&self) -> usize {
        self.content_start
    }

    /// Where the whole value stands.
    pub fn span(&self) -> Span {
        Span { start: self.start as u32, end: self.end as u32 }
    }

    /// Where the content stands.
    pub fn content_span(&self) -> Span {
        Span { start: self.content_start as u32, end: self.content_end as u32 }
    }

    fn note(&self, offset: usize, kind: DeviationKind) {
        note(self.sink, offset, kind);
    }

    #[cold]
    fn invalid(&self, what: &'static str) -> DerError {
        DerError::new(self.content_start, DerErrorKind::Invalid(what))
    }

    /// The content as INTEGER or ENUMERATED (X.690 §8.3).
    #[inline]
    pub fn integer(&self) -> Result<Integer<'a>, DerError> {
        let bytes = self.content();
        match *bytes {
            [] => return Err(self.invalid("an INTEGER needs at least one octet")),
            [0x00, next, ..] if next & 0x80 == 0 => self.note(self.content_start, DeviationKind::IntegerNotMinimal),
            [0xff, next, ..] if next & 0x80 != 0 => self.note(self.content_start, DeviationKind::IntegerNotMinimal),
            _ => {}
        }
        Ok(Integer { bytes })
    }

    /// The content as BOOLEAN (X.690 §8.2, §11.1).
    pub fn boolean(&self) -> Result<bool, DerError> {
        match *self.content() {
            [0x00] => Ok(false),
            [0xff] => Ok(true),
            [octet] => {
                self.note(self.content_start, DeviationKind::BooleanNotCanonical(octet));
                Ok(true)
            }
            _ => Err(self.invalid("a BOOLEAN is one octet")),
        }
    }

    /// The content as BIT STRING (X.690 §8.6, §11.2.1).
    #[inline]
    pub fn bit_string(&self) -> Result<BitString<'a>, DerError> {
        let Some((&unused, bytes)) = self.content().split_first() else {
            return Err(self.invalid("a BIT STRING starts with the count of unused bits"));
        };
        if unused > 7 || (unused > 0 && bytes.is_empty()) {
            return Err(self.invalid("a BIT STRING has at most 7 unused bits, and none when empty"));
        }
        if let Some(&last) = bytes.last()
            && last & ((1u8 << unused) - 1) != 0
        {
            self.note(self.content_end - 1, DeviationKind::BitStringPadding);
        }
        Ok(BitString { bytes, unused, offset: self.content_start })
    }

    /// The content as OBJECT IDENTIFIER (X.690 §8.19).
    #[inline(always)]
    pub fn oid(&self) -> Result<&'a [u8], DerError> {
        let bytes = self.content();
        match bytes.last() {
            Some(last) if last & 0x80 == 0 => {}
            _ => return Err(self.invalid("an OBJECT IDENTIFIER ends with an octet below 0x80")),
        }
        if self.is_noted() && bytes.contains(&0x80) {
            self.note_padded_arcs(bytes);
        }
        Ok(bytes)
    }

    #[cold]
    fn note_padded_arcs(&self, bytes: &[u8]) {
        let mut first = true;
        for (index, &octet) in bytes.iter().enumerate() {
            if first && octet == 0x80 {
                self.note(self.content_start + index, DeviationKind::OidNotMinimal);
            }
            first = octet & 0x80 == 0;
        }
    }

    /// The content as NULL (X.690 §8.8).
    pub fn null(&self) -> Result<(), DerError> {
        if self.content().is_empty() { Ok(()) } else { Err(self.invalid("a NULL has no content")) }
    }
}

impl fmt::Debug for Tlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ({} octets)", self.tag, self.start, self.content_end - self.content_start)
    }
}

/// An INTEGER of any length, big-endian two's complement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integer<'a> {
    bytes: &'a [u8],
}

impl<'a> Integer<'a> {
    /// The content octets as they stand.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the value is below zero.
    pub fn is_negative(&self) -> bool {
        self.bytes.first().is_some_and(|octet| octet & 0x80 != 0)
    }

    /// Whether the value is zero.
    pub fn is_zero(&self) -> bool {
        self.bytes.iter().all(|&octet| octet == 0)
    }

    /// The magnitude without leading zeros, when the value is not negative.
    pub fn unsigned(&self) -> Option<&'a [u8]> {
        if self.is_negative() {
            return None;
        }
        let skip = self.bytes.iter().take_while(|&&octet| octet == 0).count();
        self.bytes.get(skip..)
    }

    /// The value when it is not negative and fits.
    pub fn to_u32(&self) -> Option<u32> {
        let magnitude = self.unsigned()?;
        if magnitude.len() > 4 {
            return None;
        }
        Some(magnitude.iter().fold(0, |value, &octet| value << 8 | u32::from(octet)))
    }
}

/// A BIT STRING.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitString<'a> {
    /// The octets, the last one padded with `unused` bits.
    pub bytes: &'a [u8],
    /// Unused bits in the last octet, 0 to 7.
    pub unused: u8,
    /// Offset of the count octet.
    pub offset: usize,
}

impl<'a> BitString<'a> {
    /// The octets when their number of bits is a multiple of eight.
    pub fn octets(&self) -> Option<&'a [u8]> {
        (self.unused == 0).then_some(self.bytes)
    }

    /// Bit `index` of a named-bit list, bit 0 being the most significant one.
    pub fn bit(&self, index: usize) -> bool {
        self.bytes.get(index / 8).is_some_and(|octet| octet & (0x80 >> (index % 8)) != 0)
    }
}
