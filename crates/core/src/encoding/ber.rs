//! A forward-only BER reader for containers that need not be DER: PKCS#7 and
//! PKCS#12 files come with indefinite lengths and fragmented strings.
//!
//! The reader enters a value without looking for its end, so each octet is
//! passed once however deep indefinite lengths nest. Depth is bounded by
//! [`MAX_NESTING`], and nothing recurses.

use std::borrow::Cow;

use super::der::{DerError, DerErrorKind, MAX_NESTING, Tag};

/// What a message says where the 0x00 0x00 of an indefinite length is wanting.
const NO_END_OF_CONTENTS: &str = "expected the end-of-contents octets 00 00 of an indefinite length, found the end";

/// Identifier and length octets of the next value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The tag. Numbers above 30, which no container has, all read as `[31]`.
    pub tag: Tag,
    /// Offset of the identifier octet.
    pub offset: usize,
    /// Offset of the first content octet.
    pub content_offset: usize,
    /// Count of content octets, or `None` for an indefinite length.
    pub length: Option<usize>,
}

/// One whole value.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// Its identifier and length.
    pub header: Header,
    /// All its octets as they stand.
    pub raw: &'a [u8],
    /// The content octets, without the end-of-contents octets.
    pub content: &'a [u8],
}

#[derive(Clone, Copy)]
struct Level {
    /// No octet at or after this offset belongs to the level.
    limit: usize,
    indefinite: bool,
}

/// A position in BER octets, and the values that are open there.
pub struct Reader<'a> {
    buf: &'a [u8],
    pos: usize,
    open: Vec<Level>,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `buf`.
    pub fn new(buf: &'a [u8]) -> Self {
        Reader { buf, pos: 0, open: Vec::new() }
    }

    /// Offset of the next octet.
    pub fn offset(&self) -> usize {
        self.pos
    }

    /// The octets from the next value to the end of the one that was entered last; of
    /// one of indefinite length, to the end of the one around it.
    ///
    /// # Errors
    /// As [`Reader::peek`].
    pub fn rest(&self) -> Result<&'a [u8], DerError> {
        self.peek()?;
        Ok(self.buf.get(self.pos..self.level().limit).unwrap_or_default())
    }

    fn level(&self) -> Level {
        self.open.last().copied().unwrap_or(Level { limit: self.buf.len(), indefinite: false })
    }

    /// The next value's header, without moving; `None` at the end of the
    /// value that was entered last.
    ///
    /// # Errors
    /// A header that cannot be read, a definite length that reaches beyond
    /// the enclosing value, or no end-of-contents octets.
    pub fn peek(&self) -> Result<Option<Header>, DerError> {
        let Level { limit, indefinite } = self.level();
        let rest = self.buf.get(self.pos..limit).unwrap_or_default();
        match rest {
            [] if indefinite => Err(DerError::new(self.pos, DerErrorKind::Invalid(NO_END_OF_CONTENTS))),
            [] => Ok(None),
            [0, 0, ..] if indefinite => Ok(None),
            _ => header(rest, self.pos).map(Some),
        }
    }

    /// Opens the next value, which must be constructed and have this tag.
    ///
    /// # Errors
    /// As [`Reader::peek`]; nothing or another tag there; nesting deeper than [`MAX_NESTING`].
    pub fn enter(&mut self, tag: Tag) -> Result<Header, DerError> {
        let header = self.peek_tag(tag)?;
        self.open(header)?;
        Ok(header)
    }

    fn open(&mut self, header: Header) -> Result<(), DerError> {
        if !header.tag.is_constructed() {
            return Err(DerError::new(header.offset, DerErrorKind::Invalid("expected a constructed value")));
        }
        if self.open.len() >= MAX_NESTING {
            return Err(DerError::new(header.offset, DerErrorKind::NestingTooDeep));
        }
        let level = match header.length {
            Some(length) => Level { limit: header.content_offset + length, indefinite: false },
            None => Level { limit: self.level().limit, indefinite: true },
        };
        self.open.push(level);
        self.pos = header.content_offset;
        Ok(())
    }

    /// Closes the value that was entered last, passing over what is left of it.
    ///
    /// # Errors
    /// As [`Reader::value`]; an indefinite length has to be read to its end.
    pub fn leave(&mut self) -> Result<(), DerError> {
        let Level { limit, indefinite } = self.level();
        if indefinite {
            while self.value()?.is_some() {}
            self.pos += 2;
        } else {
            self.pos = limit;
        }
        self.open.pop();
        Ok(())
    }

    /// The next value as a whole; `None` at the end of the value that was entered last.
    ///
    /// # Errors
    /// As [`Reader::peek`], also for values within one of indefinite length.
    pub fn value(&mut self) -> Result<Option<Value<'a>>, DerError> {
        let Some(header) = self.peek()? else { return Ok(None) };
        let start = header.content_offset;
        let (content_end, end) = match header.length {
            Some(length) => (start + length, start + length),
            None => {
                let depth = self.open.len();
                self.open(header)?;
                self.close_to(depth)?;
                (self.pos - 2, self.pos)
            }
        };
        self.pos = end;
        let slice = |from, to| self.buf.get(from..to).unwrap_or_default();
        Ok(Some(Value { header, raw: slice(header.offset, end), content: slice(start, content_end) }))
    }

    /// Reads on until only `depth` values are open, entering those of
    /// indefinite length only.
    fn close_to(&mut self, depth: usize) -> Result<(), DerError> {
        while self.open.len() > depth {
            match self.peek()? {
                None => {
                    self.pos += if self.level().indefinite { 2 } else { 0 };
                    self.open.pop();
                }
                Some(Header { content_offset, length: Some(length), .. }) => self.pos = content_offset + length,
                Some(header) => self.open(header)?,
            }
        }
        Ok(())
    }

    /// The next value as a whole, which must have this tag.
    ///
    /// # Errors
    /// As [`Reader::value`]; nothing or another tag there.
    pub fn expect(&mut self, tag: Tag) -> Result<Value<'a>, DerError> {
        self.peek_tag(tag)?;
        self.value()?.ok_or(DerError::new(self.pos, DerErrorKind::Missing(tag)))
    }

    fn peek_tag(&self, tag: Tag) -> Result<Header, DerError> {
        match self.peek()? {
            Some(header) if header.tag == tag => Ok(header),
            Some(Header { tag: found, offset, .. }) => {
                Err(DerError::new(offset, DerErrorKind::UnexpectedTag { expected: tag, found }))
            }
            None => Err(DerError::new(self.pos, DerErrorKind::Missing(tag))),
        }
    }

    /// The octets of an OCTET STRING, primitive or in fragments (X.690 §8.7).
    ///
    /// # Errors
    /// As [`Reader::implicit_octet_string`].
    pub fn octet_string(&mut self) -> Result<Cow<'a, [u8]>, DerError> {
        self.implicit_octet_string(Tag::OCTET_STRING)
    }

    /// The octets of an OCTET STRING with the given implicit tag (in its
    /// primitive form), joined when it comes in fragments. Fragments have the
    /// universal tag and may be fragmented again (X.690 §8.7.3.2, §8.14.3). What is
    /// joined may be secret: it is written once, into room that is enough.
    ///
    /// # Errors
    /// As [`Reader::value`]; another type than OCTET STRING, outside or within.
    pub fn implicit_octet_string(&mut self, tag: Tag) -> Result<Cow<'a, [u8]>, DerError> {
        let constructed = |tag: Tag| Tag::from_octet(tag.first_octet() | 0x20);
        match self.peek()? {
            Some(header) if header.tag == constructed(tag) => {
                let start = self.pos;
                let mut octets = 0;
                self.fragments(header, |fragment| octets += fragment.len())?;
                self.pos = start;
                let mut joined = Vec::with_capacity(octets);
                self.fragments(header, |fragment| joined.extend_from_slice(fragment))?;
                Ok(Cow::Owned(joined))
            }
            _ => Ok(Cow::Borrowed(self.expect(tag)?.content)),
        }
    }

    /// Passes over a constructed string that starts with this header, fragment by fragment.
    fn fragments(&mut self, header: Header, mut each: impl FnMut(&'a [u8])) -> Result<(), DerError> {
        let constructed = Tag::from_octet(Tag::OCTET_STRING.first_octet() | 0x20);
        let depth = self.open.len();
        self.open(header)?;
        while self.open.len() > depth {
            match self.peek()? {
                None => self.leave()?,
                Some(fragment) if fragment.tag == constructed => self.open(fragment)?,
                Some(_) => each(self.expect(Tag::OCTET_STRING)?.content),
            }
        }
        Ok(())
    }
}

/// Reads a header at the start of `rest`, which begins at `offset`.
fn header(rest: &[u8], offset: usize) -> Result<Header, DerError> {
    let truncated = |at: usize| DerError::new(at, DerErrorKind::Truncated { announced: 1, available: 0 });
    let octet = |index: usize| rest.get(index).copied().ok_or(truncated(offset + index));
    let first = octet(0)?;
    let mut index = 1;
    if first & 0x1f == 0x1f {
        // Four octets hold every number up to 28 bits.
        while octet(index)? & 0x80 != 0 && index < 4 {
            index += 1;
        }
        if octet(index)? & 0x80 != 0 {
            return Err(DerError::new(offset, DerErrorKind::Invalid("the tag number is larger than 28 bits")));
        }
        index += 1;
    }
    let tag = Tag::from_octet(first);
    let length_at = offset + index;
    let unreadable = DerError::new(length_at, DerErrorKind::LengthUnreadable);
    let length_octet = octet(index)?;
    index += 1;
    let length = match length_octet {
        0..0x80 => Some(usize::from(length_octet)),
        0x80 if tag.is_constructed() => None,
        0x80 | 0xff => return Err(unreadable),
        _ => {
            let mut length: usize = 0;
            for _ in 0..length_octet & 0x7f {
                // Leading zeros are allowed in BER (X.690 §8.1.3.5, note 2).
                if length >> 24 != 0 {
                    return Err(unreadable);
                }
                length = length << 8 | usize::from(octet(index)?);
                index += 1;
            }
            Some(length)
        }
    };
    let available = rest.len().saturating_sub(index);
    if let Some(announced) = length
        && announced > available
    {
        return Err(DerError::new(length_at, DerErrorKind::Truncated { announced, available }));
    }
    Ok(Header { tag, offset, content_offset: offset + index, length })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octet_string(bytes: &[u8]) -> Result<Vec<u8>, DerErrorKind> {
        Reader::new(bytes).octet_string().map(Cow::into_owned).map_err(|error| error.kind)
    }

    #[test]
    fn joins_fragments() {
        let table: &[(&[u8], &[u8])] = &[
            (&[0x04, 0x02, 1, 2], &[1, 2]),
            (&[0x24, 0x80, 0x04, 0x01, 1, 0x04, 0x02, 2, 3, 0, 0], &[1, 2, 3]),
            (&[0x24, 0x06, 0x04, 0x01, 1, 0x04, 0x01, 2], &[1, 2]),
            (&[0x24, 0x80, 0x24, 0x80, 0x04, 0x01, 7, 0, 0, 0x24, 0x03, 0x04, 0x01, 8, 0, 0], &[7, 8]),
            (&[0x24, 0x80, 0, 0], &[]),
        ];
        for (bytes, expected) in table {
            assert_eq!(octet_string(bytes).as_deref(), Ok(*expected), "{bytes:02x?}");
        }
        // Growing, the room would leave copies behind.
        let many = [&[0x24, 0x80], [0x04, 0x01, 7].repeat(1_000).as_slice(), &[0, 0]].concat();
        let joined = Reader::new(&many).octet_string().unwrap().into_owned();
        assert_eq!((joined.len(), joined.capacity()), (1_000, 1_000));
        let mut reader = Reader::new(&[0xa0, 0x80, 0x04, 0x01, 9, 0, 0, 0x05, 0x00]);
        assert_eq!(reader.rest().unwrap().len(), 9);
        assert_eq!(reader.implicit_octet_string(Tag::context(0)).unwrap(), [9].as_slice());
        assert!(reader.expect(Tag::NULL).is_ok(), "the reader stands behind the string");
    }

    #[test]
    fn refuses_what_is_no_octet_string() {
        let number = DerErrorKind::UnexpectedTag { expected: Tag::OCTET_STRING, found: Tag::INTEGER };
        assert_eq!(octet_string(&[0x24, 0x80, 0x02, 0x01, 1, 0, 0]), Err(number));
        assert_eq!(octet_string(&[0x24, 0x80, 0x04, 0x01, 1]), Err(DerErrorKind::Invalid(NO_END_OF_CONTENTS)));
        assert_eq!(octet_string(&[0x04, 0x80, 1, 0, 0]), Err(DerErrorKind::LengthUnreadable));
        assert_eq!(octet_string(&[]), Err(DerErrorKind::Missing(Tag::OCTET_STRING)));
        assert_eq!(
            octet_string(&[0x24, 0x03, 0x04, 0x05, 1]),
            Err(DerErrorKind::Truncated { announced: 5, available: 1 }),
            "a fragment must not reach beyond the string"
        );
    }

    #[test]
    fn value_of_indefinite_length_ends_with_its_own_octets() {
        let bytes = [0x30, 0x80, 0x30, 0x80, 0x04, 0x02, 0, 0, 0, 0, 0, 0, 0x05, 0x00];
        let mut reader = Reader::new(&bytes);
        let value = reader.value().unwrap().unwrap();
        assert_eq!(value.raw, &bytes[..12]);
        assert_eq!(value.content, &bytes[2..10]);
        assert_eq!(reader.value().unwrap().unwrap().raw, [0x05, 0x00]);
        assert!(reader.value().unwrap().is_none());
    }

    #[test]
    fn leave_passes_over_the_rest() {
        for bytes in [
            &[0x30, 0x80, 0x30, 0x80, 0x05, 0, 0, 0, 0x05, 0, 0, 0, 0x02, 1, 5][..],
            &[0x30, 0x06, 0x30, 0x02, 0x05, 0, 0x05, 0, 0x02, 1, 5],
        ] {
            let mut reader = Reader::new(bytes);
            reader.enter(Tag::SEQUENCE).unwrap();
            reader.enter(Tag::SEQUENCE).unwrap();
            reader.leave().unwrap();
            assert_eq!(reader.peek().unwrap().unwrap().tag, Tag::NULL);
            reader.leave().unwrap();
            assert_eq!(reader.expect(Tag::INTEGER).unwrap().content, [5]);
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let at = |depth: usize| {
            let mut bytes = [0x24, 0x80].repeat(depth);
            bytes.extend([0, 0].repeat(depth));
            bytes
        };
        assert!(Reader::new(&at(MAX_NESTING)).value().is_ok());
        assert_eq!(octet_string(&at(MAX_NESTING)), Ok(vec![]));
        let deep = at(MAX_NESTING + 1);
        assert_eq!(Reader::new(&deep).value().unwrap_err().kind, DerErrorKind::NestingTooDeep);
        assert_eq!(octet_string(&deep), Err(DerErrorKind::NestingTooDeep));
    }

    #[test]
    fn lengths() {
        let value = |bytes: &'static [u8]| Reader::new(bytes).value().map(|value| value.unwrap().content.len());
        assert_eq!(value(&[0x04, 0x88, 0, 0, 0, 0, 0, 0, 0, 1, 9]), Ok(1));
        let kind = |bytes: &'static [u8]| value(bytes).unwrap_err().kind;
        assert_eq!(kind(&[0x04, 0x85, 1, 0, 0, 0, 0]), DerErrorKind::LengthUnreadable);
        assert_eq!(kind(&[0x04, 0xff]), DerErrorKind::LengthUnreadable);
        assert_eq!(kind(&[0x04, 0x82, 1]), DerErrorKind::Truncated { announced: 1, available: 0 });
        assert_eq!(value(&[0x1f, 0x81, 0x01, 0x01, 9]), Ok(1));
        assert!(value(&[0x1f, 0xff, 0xff, 0xff, 0xff, 0x01, 0]).is_err());
    }
}
