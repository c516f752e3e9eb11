//! A zero-copy DER cursor that reads on where the meaning is clear and keeps a
//! note of every departure from DER (X.690 §8, §10 and §11) with its byte
//! offset.
//!
//! A certificate that is not DER is still worth showing, so the cursor tells
//! two things apart. A [`Deviation`] is an encoding that another reader could
//! also understand, only not the one that DER allows; it is noted and reading
//! goes on. A [`DerError`] means that the octets cannot be read as what was
//! expected; it ends the reading of that object (or of that extension).
//!
//! All offsets count from the start of the buffer that the first cursor was
//! made over, so a finding can point at the octet.

use std::cell::RefCell;
use std::fmt;

use super::deviation::{Deviation, DeviationKind};

/// How deep constructed values may nest where the structure itself sets no
/// bound (indefinite lengths). Certificates in the wild stay below 15.
pub const MAX_NESTING: usize = 32;

/// An ASN.1 tag: class, the constructed bit and the number (X.690 §8.1.2).
///
/// Tags with a number up to 30 are held as their identifier octet; larger
/// numbers stand above the first eight bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag(u32);

#[expect(missing_docs, reason = "each constant is the ASN.1 type it names")]
impl Tag {
    pub const BOOLEAN: Tag = Tag(0x01);
    pub const INTEGER: Tag = Tag(0x02);
    pub const BIT_STRING: Tag = Tag(0x03);
    pub const OCTET_STRING: Tag = Tag(0x04);
    pub const NULL: Tag = Tag(0x05);
    pub const OID: Tag = Tag(0x06);
    pub const ENUMERATED: Tag = Tag(0x0a);
    pub const UTF8_STRING: Tag = Tag(0x0c);
    pub const NUMERIC_STRING: Tag = Tag(0x12);
    pub const PRINTABLE_STRING: Tag = Tag(0x13);
    pub const TELETEX_STRING: Tag = Tag(0x14);
    pub const IA5_STRING: Tag = Tag(0x16);
    pub const UTC_TIME: Tag = Tag(0x17);
    pub const GENERALIZED_TIME: Tag = Tag(0x18);
    pub const VISIBLE_STRING: Tag = Tag(0x1a);
    pub const UNIVERSAL_STRING: Tag = Tag(0x1c);
    pub const BMP_STRING: Tag = Tag(0x1e);
    pub const SEQUENCE: Tag = Tag(0x30);
    pub const SET: Tag = Tag(0x31);
}

impl Tag {
    /// The tag whose whole identifier is this octet (number up to 30).
    pub const fn from_octet(octet: u8) -> Tag {
        Tag(octet as u32)
    }

    /// Context-specific `[number]`, primitive; `number` up to 30.
    pub const fn context(number: u8) -> Tag {
        Tag(0x80 | number as u32)
    }

    /// Context-specific `[number]`, constructed; `number` up to 30.
    pub const fn context_constructed(number: u8) -> Tag {
        Tag(0xa0 | number as u32)
    }

    /// The tag number.
    pub const fn number(self) -> u32 {
        if self.0 & 0x1f == 0x1f { self.0 >> 8 } else { self.0 & 0x1f }
    }

    /// Whether the constructed bit is set.
    pub const fn is_constructed(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// Whether the class is context-specific.
    pub const fn is_context(self) -> bool {
        self.0 & 0xc0 == 0x80
    }

    /// The first identifier octet: class, constructed bit, low five bits.
    pub const fn first_octet(self) -> u8 {
        self.0 as u8
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Tag::BOOLEAN => "BOOLEAN",
            Tag::INTEGER => "INTEGER",
            Tag::BIT_STRING => "BIT STRING",
            Tag::OCTET_STRING => "OCTET STRING",
            Tag::NULL => "NULL",
            Tag::OID => "OBJECT IDENTIFIER",
            Tag::ENUMERATED => "ENUMERATED",
            Tag::UTF8_STRING => "UTF8String",
            Tag::NUMERIC_STRING => "NumericString",
            Tag::PRINTABLE_STRING => "PrintableString",
            Tag::TELETEX_STRING => "TeletexString",
            Tag::IA5_STRING => "IA5String",
            Tag::UTC_TIME => "UTCTime",
            Tag::GENERALIZED_TIME => "GeneralizedTime",
            Tag::VISIBLE_STRING => "VisibleString",
            Tag::UNIVERSAL_STRING => "UniversalString",
            Tag::BMP_STRING => "BMPString",
            Tag::SEQUENCE => "SEQUENCE",
            Tag::SET => "SET",
            _ => {
                let class = match self.0 & 0xc0 {
                    0x00 => "UNIVERSAL ",
                    0x40 => "APPLICATION ",
                    0x80 => "",
                    _ => "PRIVATE ",
                };
                return write!(f, "[{class}{}]", self.number());
            }
        };
        f.write_str(name)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

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

/// Where cursors note departures from DER.
#[derive(Debug, Default)]
pub struct DeviationSink(RefCell<Vec<Deviation>>);

impl DeviationSink {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was noted, in reading order.
    pub fn into_deviations(self) -> Vec<Deviation> {
        self.0.into_inner()
    }
}

/// Start and end of a part of the object, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// First octet.
    pub start: u32,
    /// One past the last octet.
    pub end: u32,
}

impl Span {
    /// The span as a range of indices.
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One value: tag, length and content, still undecoded.
#[derive(Clone, Copy)]
pub struct Tlv<'a> {
    /// The tag.
    pub tag: Tag,
    buf: &'a [u8],
    start: usize,
    content_start: usize,
    content_end: usize,
    end: usize,
    sink: Option<&'a DeviationSink>,
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

    /// A cursor over the content.
    #[inline]
    pub fn cursor(&self) -> Cursor<'a> {
        Cursor { buf: self.buf, pos: self.content_start, end: self.content_end, sink: self.sink }
    }

    /// A cursor that stands before this value.
    pub fn as_cursor(&self) -> Cursor<'a> {
        Cursor { buf: self.buf, pos: self.start, end: self.end, sink: self.sink }
    }

    fn note(&self, offset: usize, kind: DeviationKind) {
        note(self.sink, offset, kind);
    }

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
    #[inline]
    pub fn oid(&self) -> Result<&'a [u8], DerError> {
        let bytes = self.content();
        match bytes.last() {
            Some(last) if last & 0x80 == 0 => {}
            _ => return Err(self.invalid("an OBJECT IDENTIFIER ends with an octet below 0x80")),
        }
        let mut first = true;
        for (index, &octet) in bytes.iter().enumerate() {
            if first && octet == 0x80 {
                self.note(self.content_start + index, DeviationKind::OidNotMinimal);
            }
            first = octet & 0x80 == 0;
        }
        Ok(bytes)
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

/// A position in DER octets.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    buf: &'a [u8],
    pos: usize,
    end: usize,
    sink: Option<&'a DeviationSink>,
}

impl<'a> Cursor<'a> {
    /// A cursor over the whole of `buf` that notes deviations in `sink`.
    pub fn new(buf: &'a [u8], sink: &'a DeviationSink) -> Self {
        Cursor { buf, pos: 0, end: buf.len(), sink: Some(sink) }
    }

    /// A cursor over the whole of `buf` that notes nothing.
    pub fn silent(buf: &'a [u8]) -> Self {
        Cursor { buf, pos: 0, end: buf.len(), sink: None }
    }

    /// A cursor over a part of `buf` that notes deviations in `sink`; offsets
    /// still count from the start of `buf`.
    pub fn part(buf: &'a [u8], part: Span, sink: &'a DeviationSink) -> Self {
        Cursor { sink: Some(sink), ..Self::silent_part(buf, part) }
    }

    /// A cursor over a part of `buf` that notes nothing; offsets still count
    /// from the start of `buf`.
    pub fn silent_part(buf: &'a [u8], part: Span) -> Self {
        let end = (part.end as usize).min(buf.len());
        Cursor { buf, pos: (part.start as usize).min(end), end, sink: None }
    }

    /// The same position, noting nothing from here on.
    pub fn without_sink(self) -> Self {
        Cursor { sink: None, ..self }
    }

    /// Offset of the next octet.
    pub fn offset(&self) -> usize {
        self.pos
    }

    /// Whether nothing is left.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.pos >= self.end
    }

    /// The octets that are left.
    pub fn rest(&self) -> &'a [u8] {
        self.buf.get(self.pos..self.end).unwrap_or_default()
    }

    /// Notes a deviation at `offset`.
    pub fn note(&self, offset: usize, kind: DeviationKind) {
        note(self.sink, offset, kind);
    }

    /// The next identifier octet, or 0 (which no DER value has) at the end.
    #[inline]
    pub fn peek(&self) -> u8 {
        if self.pos < self.end { self.buf.get(self.pos).copied().unwrap_or(0) } else { 0 }
    }

    fn error(&self, offset: usize, kind: DerErrorKind) -> DerError {
        DerError::new(offset, kind)
    }

    #[inline]
    fn octet(&mut self) -> Result<u8, DerError> {
        match self.buf.get(self.pos) {
            Some(&octet) if self.pos < self.end => {
                self.pos += 1;
                Ok(octet)
            }
            _ => Err(self.error(self.pos, DerErrorKind::Truncated { announced: 1, available: 0 })),
        }
    }

    fn high_tag(&mut self, first: u8) -> Result<Tag, DerError> {
        let start = self.pos;
        let mut number: u32 = 0;
        loop {
            let octet = self.octet()?;
            if number == 0 && octet == 0x80 && self.pos == start + 1 {
                self.note(start, DeviationKind::TagNotMinimal);
            }
            if number >> 17 != 0 {
                return Err(self.error(start, DerErrorKind::Invalid("the tag number is larger than 24 bits")));
            }
            number = number << 7 | u32::from(octet & 0x7f);
            if octet & 0x80 == 0 {
                break;
            }
        }
        if number < 31 {
            self.note(start, DeviationKind::TagNotMinimal);
        }
        Ok(Tag(number << 8 | u32::from(first)))
    }

    #[cold]
    fn long_length(&mut self, first: u8, at: usize) -> Result<usize, DerError> {
        let count = usize::from(first & 0x7f);
        let mut length: usize = 0;
        let mut significant = 0;
        for index in 0..count {
            let octet = self.octet()?;
            if octet == 0 && index == 0 {
                self.note(at, DeviationKind::LengthNotMinimal);
            }
            if octet != 0 || significant > 0 {
                significant += 1;
            }
            if significant > 4 {
                return Err(self.error(at, DerErrorKind::LengthUnreadable));
            }
            length = length << 8 | usize::from(octet);
        }
        if length < 0x80 {
            self.note(at, DeviationKind::LengthNotMinimal);
        }
        Ok(length)
    }

    /// The next value, whatever its tag.
    #[inline]
    pub fn read(&mut self) -> Result<Tlv<'a>, DerError> {
        let start = self.pos;
        let first = self.octet()?;
        let tag = if first & 0x1f == 0x1f { self.high_tag(first)? } else { Tag(u32::from(first)) };
        let length_at = self.pos;
        let octet = self.octet()?;
        let length = match octet {
            0..0x80 => usize::from(octet),
            0x80 => return self.indefinite(tag, start, length_at),
            // The two usual long forms, kept out of the general loop.
            0x81 => {
                let length = usize::from(self.octet()?);
                if length < 0x80 {
                    self.note(length_at, DeviationKind::LengthNotMinimal);
                }
                length
            }
            0x82 => {
                let length = usize::from(self.octet()?) << 8 | usize::from(self.octet()?);
                if length < 0x100 {
                    self.note(length_at, DeviationKind::LengthNotMinimal);
                }
                length
            }
            0xff => return Err(self.error(length_at, DerErrorKind::LengthUnreadable)),
            _ => self.long_length(octet, length_at)?,
        };
        let content_start = self.pos;
        let available = self.end - content_start;
        if length > available {
            return Err(self.error(length_at, DerErrorKind::Truncated { announced: length, available }));
        }
        self.pos = content_start + length;
        Ok(Tlv { tag, buf: self.buf, start, content_start, content_end: self.pos, end: self.pos, sink: self.sink })
    }

    /// A value of indefinite length (X.690 §8.1.3.6): BER, not DER.
    #[cold]
    fn indefinite(&mut self, tag: Tag, start: usize, length_at: usize) -> Result<Tlv<'a>, DerError> {
        if !tag.is_constructed() {
            return Err(self.error(length_at, DerErrorKind::LengthUnreadable));
        }
        self.note(length_at, DeviationKind::LengthIndefinite);
        let content_start = self.pos;
        let mut open: usize = 1;
        // Everything inside is read again by whoever wants it; note nothing twice.
        let mut walk = self.without_sink();
        loop {
            if walk.rest().starts_with(&[0, 0]) {
                walk.pos += 2;
                open -= 1;
                if open == 0 {
                    break;
                }
                continue;
            }
            let first = walk.octet()?;
            let inner = if first & 0x1f == 0x1f { walk.high_tag(first)? } else { Tag(u32::from(first)) };
            let at = walk.pos;
            match walk.octet()? {
                0x80 if inner.is_constructed() => {
                    open += 1;
                    if open > MAX_NESTING {
                        return Err(self.error(at, DerErrorKind::NestingTooDeep));
                    }
                }
                0x80 | 0xff => return Err(self.error(at, DerErrorKind::LengthUnreadable)),
                octet => {
                    let length = if octet < 0x80 { usize::from(octet) } else { walk.long_length(octet, at)? };
                    let available = walk.end - walk.pos;
                    if length > available {
                        return Err(self.error(at, DerErrorKind::Truncated { announced: length, available }));
                    }
                    walk.pos += length;
                }
            }
        }
        self.pos = walk.pos;
        let content_end = walk.pos - 2;
        Ok(Tlv { tag, buf: self.buf, start, content_start, content_end, end: self.pos, sink: self.sink })
    }

    /// The next value, which must have this tag.
    #[inline]
    pub fn expect(&mut self, tag: Tag) -> Result<Tlv<'a>, DerError> {
        if self.is_empty() {
            return Err(self.error(self.pos, DerErrorKind::Missing(tag)));
        }
        let start = self.pos;
        let tlv = self.read()?;
        if tlv.tag == tag {
            return Ok(tlv);
        }
        self.pos = start;
        // A string type in its constructed form is worth its own words.
        let kind = if tlv.tag.0 == tag.0 | 0x20 && !tag.is_context() {
            DerErrorKind::ConstructedString
        } else {
            DerErrorKind::UnexpectedTag { expected: tag, found: tlv.tag }
        };
        Err(self.error(start, kind))
    }

    /// The next value if it has this tag.
    #[inline]
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>, DerError> {
        if self.is_empty() || self.peek() != tag.first_octet() {
            return Ok(None);
        }
        self.expect(tag).map(Some)
    }

    /// The content of the next SEQUENCE.
    #[inline]
    pub fn sequence(&mut self) -> Result<Cursor<'a>, DerError> {
        Ok(self.expect(Tag::SEQUENCE)?.cursor())
    }

    /// The next INTEGER.
    #[inline]
    pub fn integer(&mut self) -> Result<Integer<'a>, DerError> {
        self.expect(Tag::INTEGER)?.integer()
    }

    /// The next BIT STRING.
    #[inline]
    pub fn bit_string(&mut self) -> Result<BitString<'a>, DerError> {
        self.expect(Tag::BIT_STRING)?.bit_string()
    }

    /// The next OCTET STRING's content.
    pub fn octet_string(&mut self) -> Result<&'a [u8], DerError> {
        Ok(self.expect(Tag::OCTET_STRING)?.content())
    }

    /// The next OBJECT IDENTIFIER's content octets.
    #[inline]
    pub fn oid(&mut self) -> Result<&'a [u8], DerError> {
        self.expect(Tag::OID)?.oid()
    }

    /// A BOOLEAN with a DEFAULT: absent means the default, and DER forbids to
    /// write the default out (X.690 §11.5).
    #[inline]
    pub fn boolean_default(&mut self, default: bool) -> Result<bool, DerError> {
        match self.optional(Tag::BOOLEAN)? {
            None => Ok(default),
            Some(tlv) => {
                let value = tlv.boolean()?;
                if value == default {
                    self.note(tlv.offset(), DeviationKind::DefaultEncoded);
                }
                Ok(value)
            }
        }
    }

    /// Moves past one octet.
    pub fn skip_octet(&mut self) {
        self.pos = (self.pos + 1).min(self.end);
    }

    /// Notes what is left after the last known element of a structure.
    #[inline]
    pub fn finish(&self) {
        if !self.is_empty() {
            self.note(self.pos, DeviationKind::TrailingData(self.end - self.pos));
        }
    }
}

impl fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({}..{})", self.pos, self.end)
    }
}

#[cold]
fn note(sink: Option<&DeviationSink>, offset: usize, kind: DeviationKind) {
    if let Some(sink) = sink {
        sink.0.borrow_mut().push(Deviation { offset, kind });
    }
}

/// Something that is read from a cursor.
pub trait Decode<'a>: Sized {
    /// Reads one value.
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError>;
}

/// A SEQUENCE OF whose elements were all read once and are decoded again on
/// demand, so that a list costs no memory.
pub struct SequenceOf<'a, T> {
    content: Cursor<'a>,
    element: std::marker::PhantomData<fn() -> T>,
}

impl<'a, T: Decode<'a>> SequenceOf<'a, T> {
    /// Reads a SEQUENCE and every element in it.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let tlv = cursor.expect(Tag::SEQUENCE)?;
        Self::from_content(&tlv)
    }

    /// Reads the elements of an implicitly tagged SEQUENCE OF.
    pub fn from_content(tlv: &Tlv<'a>) -> Result<Self, DerError> {
        let mut walk = tlv.cursor();
        while !walk.is_empty() {
            T::decode(&mut walk)?;
        }
        Ok(SequenceOf { content: tlv.cursor().without_sink(), element: std::marker::PhantomData })
    }

    /// The elements.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T> {
        let mut walk = self.content;
        std::iter::from_fn(move || if walk.is_empty() { None } else { T::decode(&mut walk).ok() })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// The octets of all elements.
    pub fn raw(&self) -> &'a [u8] {
        self.content.rest()
    }
}

impl<T> Clone for SequenceOf<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SequenceOf<'_, T> {}

impl<T> fmt::Debug for SequenceOf<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SequenceOf({:?})", self.content)
    }
}
