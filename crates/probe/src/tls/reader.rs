//! Reads the structures of handshake messages (RFC 5246 §4).

/// What a message has at an offset is not what belongs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Offset in the message's body.
    pub(crate) offset: usize,
    /// What was expected.
    pub(crate) expected: &'static str,
}

/// A cursor over a part of a message's body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Reader<'a> {
        Reader { rest: body, offset: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Offset in the message's body.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn wrong(&self, expected: &'static str) -> Unreadable {
        Unreadable { offset: self.offset, expected }
    }

    pub(crate) fn take(&mut self, count: usize, expected: &'static str) -> Result<&'a [u8], Unreadable> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| self.wrong(expected))?;
        self.rest = rest;
        self.offset += count;
        Ok(taken)
    }

    /// An unsigned integer of `width` octets.
    fn integer(&mut self, width: usize, expected: &'static str) -> Result<usize, Unreadable> {
        let octets = self.take(width, expected)?;
        Ok(octets.iter().fold(0, |value, octet| value << 8 | usize::from(*octet)))
    }

    pub(crate) fn octet(&mut self, expected: &'static str) -> Result<u8, Unreadable> {
        Ok(self.take(1, expected)?.first().copied().unwrap_or_default())
    }

    pub(crate) fn u16(&mut self, expected: &'static str) -> Result<u16, Unreadable> {
        Ok(u16::try_from(self.integer(2, expected)?).unwrap_or_default())
    }

    /// A vector whose length stands before it in `width` octets, as a part to read.
    pub(crate) fn vector(&mut self, width: usize, expected: &'static str) -> Result<Reader<'a>, Unreadable> {
        let before = *self;
        let length = self.integer(width, expected)?;
        let offset = self.offset;
        match self.take(length, expected) {
            Ok(rest) => Ok(Reader { rest, offset }),
            // The length is what is wrong, not what would follow.
            Err(_) => Err(before.wrong(expected)),
        }
    }

    /// All that is left.
    pub(crate) fn octets(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn end(&self, expected: &'static str) -> Result<(), Unreadable> {
        if self.is_empty() { Ok(()) } else { Err(self.wrong(expected)) }
    }
}
