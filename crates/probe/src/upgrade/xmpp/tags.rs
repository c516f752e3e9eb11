//! As much XML as the beginning of an XMPP stream has: tags with attributes, and text
//! that is passed over. Comments, document types and instructions are forbidden there
//! (RFC 6120 §11.1).

use crate::limits::MAX_LINE_OCTETS;
use crate::upgrade::incoming::{Incoming, Trouble};

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// Where it begins in what came.
    pub(super) at: usize,
    pub(super) kind: Kind,
    /// Without prefix.
    pub(super) name: Vec<u8>,
    /// Names with prefix, values as they are written.
    pub(super) attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Where an element begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Start,
    End,
    /// Both.
    Empty,
}

impl Tag {
    pub(super) fn attribute(&self, name: &[u8]) -> Option<&[u8]> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_slice())
    }

    /// Whether the tag declares this namespace, for its own name or for a prefix.
    pub(super) fn declares(&self, namespace: &[u8]) -> bool {
        self.attributes.iter().any(|(name, value)| name.starts_with(b"xmlns") && value == namespace)
    }
}

/// The next tag once all of it is there. `is_inside` says whether text may stand before it.
pub(super) fn next(incoming: &mut Incoming, is_inside: bool) -> Result<Option<Tag>, Trouble> {
    loop {
        let rest = incoming.rest();
        let text = rest.iter().position(|octet| *octet == b'<').unwrap_or(rest.len());
        let blank = |octet: &u8| octet.is_ascii_whitespace();
        if let Some(at) = rest.get(..text).unwrap_or_default().iter().position(|octet| !is_inside && !blank(octet)) {
            return Err(incoming.unexpected(at, "a tag"));
        }
        incoming.take(text);
        let Some(end) = end(incoming)? else { return Ok(None) };
        let begin = incoming.at();
        let tag = incoming.take(end).unwrap_or_default().to_vec();
        match tag.get(1..end.saturating_sub(1)).unwrap_or_default() {
            // The declaration, which stands at the beginning alone.
            [b'?', b'x', b'm', b'l', ..] if !is_inside => {}
            [b'?' | b'!', ..] => {
                return Err(Trouble::Unexpected {
                    at: begin,
                    expected: "a tag, and no comment, document type or instruction (RFC 6120 §11.1)".to_owned(),
                });
            }
            inside => {
                let read = read(inside).map(|tag| Some(Tag { at: begin, ..tag }));
                return read.map_err(|(at, expected)| Trouble::Unexpected {
                    at: begin + 1 + at,
                    expected: expected.to_owned(),
                });
            }
        }
    }
}

/// How many octets the tag has that begins here: `>` ends it, unless in quotation marks.
fn end(incoming: &Incoming) -> Result<Option<usize>, Trouble> {
    let mut quote = None;
    for (at, octet) in incoming.rest().iter().enumerate() {
        match (quote, octet) {
            _ if at == MAX_LINE_OCTETS => {
                return Err(Trouble::TooLong { at: incoming.at(), what: "a tag", most: MAX_LINE_OCTETS });
            }
            (None, b'>') => return Ok(Some(at + 1)),
            (None, b'"' | b'\'') => quote = Some(octet),
            (None, b'<') if at > 0 => return Err(incoming.unexpected(at, "the end of the tag")),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    Ok(None)
}

/// Reads what stands between `<` and `>`. An error is the octet in it, and what should
/// be there.
fn read(inside: &[u8]) -> Result<Tag, (usize, &'static str)> {
    let (kind, mut at, end) = match inside {
        [b'/', ..] => (Kind::End, 1, inside.len()),
        [.., b'/'] => (Kind::Empty, 0, inside.len() - 1),
        _ => (Kind::Start, 0, inside.len()),
    };
    let name = word(inside, &mut at, end);
    if name.is_empty() {
        return Err((at, "the name of an element"));
    }
    let local = name.iter().rposition(|octet| *octet == b':').map_or(0, |colon| colon + 1);
    let mut tag = Tag { at: 0, kind, name: name.get(local..).unwrap_or_default().to_vec(), attributes: Vec::new() };
    loop {
        skip_blank(inside, &mut at, end);
        if at >= end {
            return Ok(tag);
        }
        let name = word(inside, &mut at, end).to_vec();
        skip_blank(inside, &mut at, end);
        if name.is_empty() || inside.get(at) != Some(&b'=') {
            return Err((at, "the name of an attribute, and an equals sign"));
        }
        at += 1;
        skip_blank(inside, &mut at, end);
        let Some(quote) = inside.get(at).filter(|quote| matches!(quote, b'"' | b'\'')) else {
            return Err((at, "a value in quotation marks"));
        };
        let rest = inside.get(at + 1..end).unwrap_or_default();
        let Some(length) = rest.iter().position(|octet| octet == quote) else {
            return Err((at, "a value in quotation marks"));
        };
        tag.attributes.push((name, rest.get(..length).unwrap_or_default().to_vec()));
        at += length + 2;
    }
}

fn skip_blank(inside: &[u8], at: &mut usize, end: usize) {
    while *at < end && inside.get(*at).is_some_and(u8::is_ascii_whitespace) {
        *at += 1;
    }
}

fn word<'a>(inside: &'a [u8], at: &mut usize, end: usize) -> &'a [u8] {
    let begin = *at;
    let is_of_name = |octet: &u8| !octet.is_ascii_whitespace() && !b"=/\"'<>&".contains(octet);
    while *at < end && inside.get(*at).is_some_and(is_of_name) {
        *at += 1;
    }
    inside.get(begin..*at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(octets: &[u8]) -> Result<Vec<(Kind, String)>, Trouble> {
        let (mut incoming, mut found) = (Incoming::default(), Vec::new());
        for octet in octets {
            incoming.push(&[*octet]);
            let is_inside = !found.is_empty();
            while let Some(tag) = next(&mut incoming, is_inside)? {
                found.push((tag.kind, String::from_utf8_lossy(&tag.name).into_owned()));
            }
        }
        Ok(found)
    }

    #[test]
    fn tags_are_read() {
        let octets = b"<?xml version='1.0'?>\n<s:stream a='>' b = \"'\"><m>PLAIN</m>text<c x='y' /></s:stream>";
        let names =
            [(Kind::Start, "stream"), (Kind::Start, "m"), (Kind::End, "m"), (Kind::Empty, "c"), (Kind::End, "stream")];
        assert_eq!(all(octets).unwrap(), names.map(|(kind, name)| (kind, name.to_owned())));
        let tag = read(b"a xmlns:p='urn:x' b=\"c d\"").unwrap();
        assert_eq!(tag.attribute(b"b"), Some(&b"c d"[..]));
        assert!(tag.declares(b"urn:x") && !tag.declares(b"urn:y"));
    }

    #[test]
    fn what_is_no_tag_is_told_by_its_octet() {
        for (octets, expected) in [
            (&b"HTTP"[..], 0),
            (b"<?xml?><a><!-- b -->", 10),
            (b"<!DOCTYPE a>", 0),
            (b"<a><?xml?>", 3),
            (b"<>", 1),
            (b"<a b>", 4),
            (b"<a b=c>", 5),
            (b"<a <", 3),
        ] {
            let Err(Trouble::Unexpected { at, .. }) = all(octets) else { panic!("{octets:?}") };
            assert_eq!(at, expected, "{}", String::from_utf8_lossy(octets));
        }
        assert_eq!(all(b"<a b='c>"), Ok(vec![]));
        let endless = [b"<a b='".as_slice(), &[b'c'; MAX_LINE_OCTETS]].concat();
        assert!(matches!(all(&endless), Err(Trouble::TooLong { .. })));
    }
}
