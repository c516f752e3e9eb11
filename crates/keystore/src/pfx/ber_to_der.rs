//! Lengths and strings of BER in the one form that DER has for them.

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{MAX_NESTING, Tag};
use zeroize::Zeroizing;

use super::forms::Forms;

/// One value with definite lengths, in as few octets as they need, and its OCTET
/// STRINGs in one piece (X.690 §10.1, §10.2). Other choices of BER, and content that
/// is none, stay as they are.
pub(super) fn to_der(value: &[u8]) -> Zeroizing<Vec<u8>> {
    let changed = if Forms::of(value).is_der() { None } else { rewritten(value, 0) };
    changed.unwrap_or_else(|| Zeroizing::new(value.to_vec()))
}

/// Values in a row; `None` when they cannot be read.
///
/// Values are appended to one buffer, whose room is enough from the beginning: growing,
/// it would leave copies of a key behind, and many small values would take many times
/// their octets.
fn rewritten(values: &[u8], depth: usize) -> Option<Zeroizing<Vec<u8>>> {
    if depth > MAX_NESTING {
        return None;
    }
    let fragmented = Tag::from_octet(Tag::OCTET_STRING.first_octet() | 0x20);
    let mut reader = Reader::new(values);
    // A definite length can take more octets than an indefinite one, once a level.
    let mut written = Zeroizing::new(Vec::with_capacity(values.len() + 8 * MAX_NESTING));
    while let Some(value) = reader.value().ok()? {
        let tag = value.header.tag;
        if tag == fragmented {
            // Joined, it may be a key.
            let octets = Zeroizing::new(Reader::new(value.raw).octet_string().ok()?.into_owned());
            append(&mut written, &[Tag::OCTET_STRING.first_octet()], &octets);
        } else {
            let inside = if tag.is_constructed() { rewritten(value.content, depth + 1) } else { None };
            let content = inside.as_ref().map_or(value.content, |inside| inside.as_slice());
            append(&mut written, identifier(value.raw), content);
        }
    }
    Some(written)
}

/// A value in the octets of DER: identifier, length in as few as it needs, content.
fn append(written: &mut Vec<u8>, identifier: &[u8], content: &[u8]) {
    written.extend_from_slice(identifier);
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|octet| **octet == 0).count();
    let significant = length.get(zeros..).unwrap_or_default();
    match significant {
        [] => written.push(0),
        [short] if *short < 0x80 => written.push(*short),
        long => {
            written.push(0x80 | long.len() as u8);
            written.extend_from_slice(long);
        }
    }
    written.extend_from_slice(content);
}

/// The identifier octets, which are several for tag numbers above 30.
fn identifier(value: &[u8]) -> &[u8] {
    let octets = match value.split_first() {
        Some((first, rest)) if first & 0x1f == 0x1f => 2 + rest.iter().take_while(|octet| **octet & 0x80 != 0).count(),
        _ => 1,
    };
    value.get(..octets).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let table: &[(&[u8], &[u8])] = &[
            (&[0x30, 3, 4, 1, 9], &[0x30, 3, 4, 1, 9]),
            (&[0x30, 0x80, 4, 1, 9, 0, 0], &[0x30, 3, 4, 1, 9]),
            (&[0x30, 0x80, 0x24, 0x80, 4, 1, 8, 4, 1, 9, 0, 0, 0, 0], &[0x30, 4, 4, 2, 8, 9]),
            (&[0x30, 0x82, 0, 4, 4, 0x81, 1, 9], &[0x30, 3, 4, 1, 9]),
            (&[0x30, 0x80, 0xbf, 0x81, 0x22, 0x80, 5, 0, 0, 0, 0, 0], &[0x30, 6, 0xbf, 0x81, 0x22, 2, 5, 0]),
            // What is inside [0] is no value.
            (&[0x30, 0x80, 0xa0, 1, 4, 0, 0], &[0x30, 3, 0xa0, 1, 4]),
        ];
        for (ber, der) in table {
            assert_eq!(to_der(ber).as_slice(), *der, "{ber:02x?}");
        }
        assert_eq!(to_der(&[0x30, 0x80, 4]).as_slice(), [0x30, 0x80, 4]);
    }

    #[test]
    fn depth_is_bounded() {
        let mut value = vec![0x30, 0x80, 0, 0];
        for _ in 0..10_000 {
            value = [&[0x30, 0x84, 0, 0, (value.len() >> 8) as u8, value.len() as u8], value.as_slice()].concat();
            if value.len() > 60_000 {
                break;
            }
        }
        assert_eq!(to_der(&value).first(), Some(&0x30));
    }
}
