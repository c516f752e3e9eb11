//! The cursor.

use std::fmt;

use super::MAX_NESTING;
use super::error::{DerError, DerErrorKind};
use super::sink::{DeviationSink, Span, note};
use super::tag::Tag;
use super::value::{BitString, Integer, Tlv};
use crate::encoding::deviation::DeviationKind;

/// A position in DER octets.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    pub(super) buf: &'a [u8],
    pub(super) pos: usize,
    pub(super) end: usize,
    pub(super) sink: Option<&'a DeviationSink>,
    /// The octets were read before, as the same type and without an error.
    pub(super) again: bool,
}

impl<'a> Cursor<'a> {
    /// A cursor over the whole of `buf` that notes deviations in `sink`.
    pub fn new(buf: &'a [u8], sink: &'a DeviationSink) -> Self {
        Cursor { buf, pos: 0, end: buf.len(), sink: Some(sink), again: false }
    }

    /// A cursor over the whole of `buf` that notes nothing.
    pub fn silent(buf: &'a [u8]) -> Self {
        Cursor { buf, pos: 0, end: buf.len(), sink: None, again: false }
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
        Cursor { buf, pos: (part.start as usize).min(end), end, sink: None, again: false }
    }

    /// The same position, for octets that were just read as the type they are
    /// going to be read as again: nothing is noted a second time, and lists are
    /// taken without walking through their elements first.
    #[inline]
    pub(crate) fn read_before(self) -> Self {
        Cursor { sink: None, again: true, ..self }
    }

    /// The same position, for octets that may have been found to be wrong when
    /// they were read before: lists are walked through again.
    #[inline]
    pub(crate) fn read_anew(self) -> Self {
        Cursor { again: false, ..self }
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

    /// The octets of a part of the whole.
    pub(crate) fn octets(&self, part: Span) -> &'a [u8] {
        self.buf.get(part.range()).unwrap_or_default()
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

    #[cold]
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
        match self.short() {
            Some(tlv) => {
                self.pos = tlv.end;
                Ok(tlv)
            }
            None => self.read_any(),
        }
    }

    /// The next value when it is what nearly all values are: complete, with one
    /// octet each for tag and length. Small enough to be compiled into its callers.
    #[inline(always)]
    fn short(&self) -> Option<Tlv<'a>> {
        let rest = self.buf.get(self.pos..self.end)?;
        let &[first, length, ..] = rest else { return None };
        let (content_start, end) = (self.pos + 2, self.pos + 2 + usize::from(length));
        if first & 0x1f == 0x1f || length >= 0x80 || end > self.end {
            return None;
        }
        Some(self.tlv(Tag(u32::from(first)), self.pos, content_start, end, end))
    }

    #[inline(always)]
    fn tlv(&self, tag: Tag, start: usize, content_start: usize, content_end: usize, end: usize) -> Tlv<'a> {
        Tlv { tag, buf: self.buf, start, content_start, content_end, end, sink: self.sink, again: self.again }
    }

    /// The next value in any form.
    fn read_any(&mut self) -> Result<Tlv<'a>, DerError> {
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
        Ok(self.tlv(tag, start, content_start, self.pos, self.pos))
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
        Ok(self.tlv(tag, start, content_start, content_end, self.pos))
    }

    /// The next value, which must have this tag.
    #[inline]
    pub fn expect(&mut self, tag: Tag) -> Result<Tlv<'a>, DerError> {
        match self.short() {
            Some(tlv) if tlv.tag == tag => {
                self.pos = tlv.end;
                Ok(tlv)
            }
            _ => self.expect_any(tag),
        }
    }

    /// The next value in any form, which must have this tag; or why not.
    fn expect_any(&mut self, tag: Tag) -> Result<Tlv<'a>, DerError> {
        if self.is_empty() {
            return Err(self.error(self.pos, DerErrorKind::Missing(tag)));
        }
        let start = self.pos;
        let tlv = self.read_any()?;
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
    #[inline(always)]
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

impl<'a> Tlv<'a> {
    /// A cursor over the content.
    #[inline]
    pub fn cursor(&self) -> Cursor<'a> {
        Cursor { buf: self.buf, pos: self.content_start, end: self.content_end, sink: self.sink, again: self.again }
    }

    /// A cursor that stands before this value.
    pub fn as_cursor(&self) -> Cursor<'a> {
        Cursor { buf: self.buf, pos: self.start, end: self.end, sink: self.sink, again: self.again }
    }

    /// Whether deviations are noted; where not, looking for them is in vain.
    #[inline]
    pub(crate) fn is_noted(&self) -> bool {
        self.sink.is_some()
    }

    /// Whether this reads for the second time; see [`Cursor::read_before`].
    #[inline]
    pub(crate) fn is_again(&self) -> bool {
        self.again
    }
}

impl fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({}..{})", self.pos, self.end)
    }
}
