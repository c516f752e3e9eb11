//! Writes DER: definite lengths in their
//! shortest form (X.690 §10.1).

use super::tag::Tag;

/// A value with its parts one after the other as content. The tag number is up
/// to 30.
pub fn encode(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    // Identifier, and at most nine octets of length.
    let mut der = Vec::with_capacity(10 + length);
    der.push(tag.first_octet());
    if length < 0x80 {
        der.push(length as u8);
    } else {
        let digits = length.to_be_bytes();
        let zeros = digits.iter().take_while(|octet| **octet == 0).count();
        der.push(0x80 | (digits.len() - zeros) as u8);
        der.extend(digits.iter().skip(zeros));
    }
    for part in parts {
        der.extend_from_slice(part);
    }
    der
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::der::{Cursor, DeviationSink};

    #[test]
    fn what_is_written_is_read_without_a_note() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let content = vec![7; length];
            let der = encode(Tag::OCTET_STRING, &[&content[..length / 2], &content[length / 2..]]);
            let sink = DeviationSink::new();
            let mut cursor = Cursor::new(&der, &sink);
            assert_eq!(cursor.octet_string().unwrap(), content);
            assert!(cursor.is_empty());
            assert_eq!(sink.into_deviations(), []);
        }
    }
}
