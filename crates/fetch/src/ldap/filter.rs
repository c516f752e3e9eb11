//! Search filters as text (RFC 4515), encoded as RFC 4511 §4.5.1.7 has them.

use super::ber::{self, tag};

/// How deep filters may be nested; those in certificates have one test.
pub const MAX_FILTER_DEPTH: usize = 16;

/// Encodes a filter. The parentheses around a single test may be missing, as
/// Active Directory writes it.
pub(super) fn encode(text: &str) -> Option<Vec<u8>> {
    if !text.starts_with('(') {
        // A test's value has its parentheses escaped.
        return if text.contains(['(', ')']) { None } else { item(text) };
    }
    let (encoded, rest) = filter(text, MAX_FILTER_DEPTH)?;
    rest.is_empty().then_some(encoded)
}

/// A filter in parentheses, and what follows it.
fn filter(text: &str, depth: usize) -> Option<(Vec<u8>, &str)> {
    let inner = text.strip_prefix('(')?;
    let depth = depth.checked_sub(1)?;
    let (encoded, rest) = match inner.as_bytes().first()? {
        b'&' => filters(0xa0, inner.get(1..)?, depth)?,
        b'|' => filters(0xa1, inner.get(1..)?, depth)?,
        b'!' => {
            let (negated, rest) = filter(inner.get(1..)?, depth)?;
            (ber::value(0xa2, &negated), rest)
        }
        _ => {
            let (test, rest) = inner.split_at_checked(inner.find([')', '('])?)?;
            (item(test)?, rest)
        }
    };
    Some((encoded, rest.strip_prefix(')')?))
}

/// The filters of an AND or OR, at least one.
fn filters(tag: u8, mut text: &str, depth: usize) -> Option<(Vec<u8>, &str)> {
    let mut all = Vec::new();
    while text.starts_with('(') {
        let (encoded, rest) = filter(text, depth)?;
        all.push(encoded);
        text = rest;
    }
    (!all.is_empty()).then(|| (ber::list(tag, all), text))
}

/// One test. Extensible matches (`:=`) are not known: no certificate needs one.
fn item(text: &str) -> Option<Vec<u8>> {
    let (left, right) = text.split_once('=')?;
    let (attribute, tag) = match left.as_bytes().last()? {
        b'~' => (left.strip_suffix('~')?, 0xa8),
        b'>' => (left.strip_suffix('>')?, 0xa5),
        b'<' => (left.strip_suffix('<')?, 0xa6),
        _ => (left, 0xa3),
    };
    if !is_attribute(attribute) {
        return None;
    }
    if tag == 0xa3 && right == "*" {
        return Some(ber::value(0x87, attribute.as_bytes()));
    }
    let description = ber::value(tag::OCTET_STRING, attribute.as_bytes());
    if tag == 0xa3 && right.contains('*') {
        return Some(ber::list(0xa4, [description, substrings(right)?]));
    }
    Some(ber::list(tag, [description, ber::value(tag::OCTET_STRING, &unescape(right)?)]))
}

/// The parts between asterisks: the first is the beginning, the last the end.
fn substrings(text: &str) -> Option<Vec<u8>> {
    let last = text.matches('*').count();
    let mut parts = Vec::new();
    for (at, part) in text.split('*').enumerate() {
        let tag = match at {
            0 => 0x80,
            at if at == last => 0x82,
            _ => 0x81,
        };
        if !part.is_empty() {
            parts.push(ber::value(tag, &unescape(part)?));
        } else if tag == 0x81 {
            return None;
        }
    }
    Some(ber::list(tag::SEQUENCE, parts))
}

/// An attribute description (RFC 4512 §2.5): a name or OID, with options.
pub(super) fn is_attribute(text: &str) -> bool {
    text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b';'))
}

/// Resolves `\xx`; asterisks and NUL must be written so.
fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut value = Vec::with_capacity(text.len());
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        match octet {
            b'\\' => {
                let mut digit = || char::from(octets.next()?).to_digit(16);
                value.push((digit()? * 16 + digit()?) as u8);
            }
            0 | b'*' => return None,
            other => value.push(other),
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::{MAX_FILTER_DEPTH, encode};

    #[test]
    fn tests_are_encoded_as_the_rfc_has_them() {
        let expected: [(&str, &[u8]); 9] = [
            ("(a=*)", b"\x87\x01a"),
            ("a=*", b"\x87\x01a"),
            ("(a=b)", b"\xa3\x06\x04\x01a\x04\x01b"),
            ("(a=)", b"\xa3\x05\x04\x01a\x04\x00"),
            (r"(a=\2a\C3)", b"\xa3\x07\x04\x01a\x04\x02*\xc3"),
            ("(a>=b)", b"\xa5\x06\x04\x01a\x04\x01b"),
            ("(a~=b)", b"\xa8\x06\x04\x01a\x04\x01b"),
            ("(a=b*c*d)", b"\xa4\x0e\x04\x01a\x30\x09\x80\x01b\x81\x01c\x82\x01d"),
            ("(a=*b)", b"\xa4\x08\x04\x01a\x30\x03\x82\x01b"),
        ];
        for (text, octets) in expected {
            assert_eq!(encode(text).as_deref(), Some(octets), "{text}");
        }
    }

    #[test]
    fn filters_nest() {
        assert_eq!(encode("(&(a=*)(!(b=*)))").as_deref(), Some(&b"\xa0\x08\x87\x01a\xa2\x03\x87\x01b"[..]));
        assert_eq!(encode("(|(a=*))").as_deref(), Some(&b"\xa1\x03\x87\x01a"[..]));
        let nested = |depth: usize| format!("{}(a=*){}", "(!".repeat(depth), ")".repeat(depth));
        assert!(encode(&nested(MAX_FILTER_DEPTH - 1)).is_some());
        assert!(encode(&nested(MAX_FILTER_DEPTH)).is_none());
        assert!(encode(&"(!".repeat(1_000_000)).is_none());
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for text in [
            "",
            "(",
            ")",
            "()",
            "(a)",
            "a",
            "(a=b",
            "a=b)",
            "(a=b))",
            "(a=b)(c=d)",
            "(&)",
            "(&a=b)",
            "(=b)",
            "(é=b)",
            "(a:=b)",
            "(a:dn:1.2:=b)",
            "(a=b**c)",
            r"(a=\)",
            r"(a=\4)",
            r"(a=\zz)",
            "(a>=*)",
            "(a=\0)",
            "((a=b))",
        ] {
            assert_eq!(encode(text), None, "{text}");
        }
    }
}
