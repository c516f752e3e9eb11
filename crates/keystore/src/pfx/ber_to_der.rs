//! Lengths and strings of BER in the one form that DER has for them.

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{MAX_NESTING, Tag, encode};
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
fn rewritten(values: &[u8], depth: usize) -> Option<Zeroizing<Vec<u8>>> {
    if depth > MAX_NESTING {
        return None;
    }
    let fragmented = Tag::from_octet(Tag::OCTET_STRING.first_octet() | 0x20);
    let mut reader = Reader::new(values);
    let mut parts = Vec::new();
    while let Some(value) = reader.value().ok()? {
        let tag = value.header.tag;
        let joined = if tag == fragmented {
            // Joined, it may be a key.
            let octets = Zeroizing::new(Reader::new(value.raw).octet_string().ok()?.into_owned());
            Zeroizing::new(encode(Tag::OCTET_STRING, &[&octets]))
        } else {
            let inside = if tag.is_constructed() { rewritten(value.content, depth + 1) } else { None };
            let content = inside.as_ref().map_or(value.content, |inside| inside.as_slice());
            let encoded = Zeroizing::new(encode(tag, &[content]));
            let (_, behind_tag) = encoded.split_first()?;
            Zeroizing::new([identifier(value.raw), behind_tag].concat())
        };
        parts.push(joined);
    }
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_slice()).collect();
    Some(Zeroizing::new(parts.concat()))
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
