//! As much BER as LDAP needs (RFC 4511 §5.1): tags of one octet, definite
//! lengths; Active Directory writes them with leading zeros.

/// Tags, as LDAP uses them.
pub(super) mod tag {
    pub(in crate::ldap) const BOOLEAN: u8 = 0x01;
    pub(in crate::ldap) const INTEGER: u8 = 0x02;
    pub(in crate::ldap) const OCTET_STRING: u8 = 0x04;
    pub(in crate::ldap) const ENUMERATED: u8 = 0x0a;
    pub(in crate::ldap) const SEQUENCE: u8 = 0x30;
    pub(in crate::ldap) const SET: u8 = 0x31;
}

/// The most octets of a length: what fits into 64 bits.
const MAX_LENGTH_OCTETS: usize = 8;

/// The tag and length before a content of this many octets.
pub(super) fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut encoded = vec![tag];
    let length = length.to_be_bytes();
    let significant = length.iter().copied().skip_while(|octet| *octet == 0).collect::<Vec<u8>>();
    match significant.as_slice() {
        [] => encoded.push(0),
        [short] if *short < 0x80 => encoded.push(*short),
        long => {
            // At most eight octets of length.
            encoded.push(0x80 | (long.len() & 0x0f) as u8);
            encoded.extend_from_slice(long);
        }
    }
    encoded
}

/// One value with its tag and length.
pub(super) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut encoded = header(tag, content.len());
    encoded.extend_from_slice(content);
    encoded
}

/// Several encoded values under one tag.
pub(super) fn list<T: AsRef<[u8]>>(tag: u8, parts: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut content = Vec::new();
    for part in parts {
        content.extend_from_slice(part.as_ref());
    }
    value(tag, &content)
}

/// An INTEGER or ENUMERATED.
pub(super) fn number(tag: u8, number: u32) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let mut content: Vec<u8> = octets.iter().copied().skip_while(|octet| *octet == 0).collect();
    // A first bit would make it negative, and nothing is no number.
    if content.first().is_none_or(|first| *first >= 0x80) {
        content.insert(0, 0);
    }
    value(tag, &content)
}

/// What the octets at hand are the beginning of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Too few to tell.
    Unknown,
    /// A value of this many octets, its tag and length included.
    Octets(u64),
    /// No value.
    Not,
}

/// Looks at the tag and length of the first value.
pub(super) fn frame(octets: &[u8]) -> Frame {
    match octets {
        [tag, ..] if tag & 0x1f == 0x1f => Frame::Not,
        [_, short, ..] if *short < 0x80 => Frame::Octets(2 + u64::from(*short)),
        [_, first, rest @ ..] => {
            let count = usize::from(first & 0x7f);
            if !(1..=MAX_LENGTH_OCTETS).contains(&count) {
                return Frame::Not;
            }
            let Some(digits) = rest.get(..count) else { return Frame::Unknown };
            let length = digits.iter().fold(0u64, |length, octet| length << 8 | u64::from(*octet));
            length.checked_add(2 + count as u64).map_or(Frame::Not, Frame::Octets)
        }
        _ => Frame::Unknown,
    }
}

/// Reads values one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next value's tag and content; `None` at the end and where there is none.
    pub(super) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let Frame::Octets(length) = frame(self.0) else { return None };
        let (whole, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        let (tag, second) = (whole.first()?, whole.get(1)?);
        let header = if *second < 0x80 { 2 } else { 2 + usize::from(second & 0x7f) };
        self.0 = rest;
        Some((*tag, whole.get(header..)?))
    }

    /// The content of the next value, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    /// As [`expect`](Self::expect), as a number.
    pub(super) fn number(&mut self, tag: u8) -> Option<u32> {
        let content = self.expect(tag)?;
        let (first, rest) = content.split_first()?;
        // Negative, or more than RFC 4511's maxInt.
        if *first >= 0x80 || content.len() > 5 {
            return None;
        }
        let number = rest.iter().fold(u64::from(*first), |number, octet| number << 8 | u64::from(*octet));
        u32::try_from(number).ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Reader, frame, number, tag, value};

    #[test]
    fn what_is_written_is_read() {
        for length in [0usize, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let encoded = value(tag::OCTET_STRING, &content);
            assert_eq!(frame(&encoded), Frame::Octets(encoded.len() as u64));
            let mut reader = Reader(&encoded);
            assert_eq!(reader.expect(tag::OCTET_STRING), Some(content.as_slice()));
            assert!(reader.is_empty());
        }
        for expected in [0, 1, 127, 128, 255, 256, 65_535, u32::MAX] {
            assert_eq!(Reader(&number(tag::INTEGER, expected)).number(tag::INTEGER), Some(expected));
        }
    }

    #[test]
    fn lengths_may_have_leading_zeros_and_must_be_there() {
        assert_eq!(Reader(&[0x30, 0x84, 0, 0, 0, 1, 9]).next(), Some((0x30, &[9u8][..])));
        for (octets, expected) in [
            (&[][..], Frame::Unknown),
            (&[0x30], Frame::Unknown),
            (&[0x30, 0x82, 1], Frame::Unknown),
            (&[0x30, 0x80], Frame::Not),
            (&[0x30, 0x89], Frame::Not),
            (&[0x3f, 1], Frame::Not),
            (&[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255], Frame::Not),
            (&[0x30, 0x84, 255, 255, 255, 255], Frame::Octets(6 + 0xffff_ffff)),
        ] {
            assert_eq!(frame(octets), expected, "{octets:02x?}");
        }
        for octets in [&[][..], &[4], &[4, 2, 0], &[4, 0x81], &[4, 0x88, 127, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(Reader(octets).next(), None);
        }
        for octets in [&[2, 0][..], &[2, 1, 0x80], &[2, 5, 1, 0, 0, 0, 0], &[2, 6, 0, 0, 0, 0, 0, 1]] {
            assert_eq!(Reader(octets).number(tag::INTEGER), None);
        }
    }
}
