//! ASN.1 character strings: what each type allows (X.680 §41), their text, and
//! their preparation for comparison (RFC 5280 §7.1, RFC 4518).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::encoding::der::{Tag, Tlv};
use crate::encoding::deviation::DeviationKind;

/// A value that may be a character string: attribute values are of any type.
#[derive(Clone, Copy, Debug)]
pub struct StringValue<'a> {
    /// The type as encoded.
    pub tag: Tag,
    /// The content octets.
    pub bytes: &'a [u8],
    /// Tag, length and content.
    pub raw: &'a [u8],
}

impl<'a> StringValue<'a> {
    /// Takes a value and notes the characters its type does not have.
    #[inline]
    pub fn read(tlv: &Tlv<'a>) -> Self {
        let bytes = tlv.content();
        if tlv.is_noted()
            && let Some((index, kind)) = departure(tlv.tag, bytes)
        {
            tlv.cursor().note(tlv.content_offset() + index, kind);
        }
        StringValue { tag: tlv.tag, bytes, raw: tlv.raw() }
    }

    /// The text, or `None` when the type is no character string or the octets
    /// are not well-formed in it.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self.tag {
            Tag::UTF8_STRING => std::str::from_utf8(self.bytes).ok().map(Cow::Borrowed),
            Tag::PRINTABLE_STRING
            | Tag::IA5_STRING
            | Tag::NUMERIC_STRING
            | Tag::VISIBLE_STRING
            | Tag::TELETEX_STRING => {
                match std::str::from_utf8(self.bytes) {
                    Ok(text) if self.bytes.is_ascii() => Some(Cow::Borrowed(text)),
                    // TeletexString is used as ISO 8859-1 in practice (RFC 5280 §4.1.2.4
                    // leaves it for old subjects); other types get the same reading.
                    _ => Some(Cow::Owned(self.bytes.iter().map(|&octet| char::from(octet)).collect())),
                }
            }
            Tag::BMP_STRING => {
                let (pairs, rest) = self.bytes.as_chunks::<2>();
                if !rest.is_empty() {
                    return None;
                }
                let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
                char::decode_utf16(units).collect::<Result<String, _>>().ok().map(Cow::Owned)
            }
            Tag::UNIVERSAL_STRING => {
                let (quads, rest) = self.bytes.as_chunks::<4>();
                if !rest.is_empty() {
                    return None;
                }
                quads
                    .iter()
                    .map(|quad| char::from_u32(u32::from_be_bytes(*quad)))
                    .collect::<Option<String>>()
                    .map(Cow::Owned)
            }
            _ => None,
        }
    }
}

/// The characters that PrintableString has (X.680 §41.4), as a table because
/// most octets of a certificate's names are looked up here.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, where an index out of range is an error")]
static PRINTABLE: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = (octet as u8).is_ascii_alphanumeric()
            || matches!(
                octet as u8,
                b' ' | b'\'' | b'(' | b')' | b'+' | b',' | b'-' | b'.' | b'/' | b':' | b'=' | b'?'
            );
        octet += 1;
    }
    table
};

/// Whether PrintableString has this character.
fn is_printable(octet: u8) -> bool {
    PRINTABLE.get(usize::from(octet)).is_some_and(|&printable| printable)
}

/// Whether this is a universal string type in its constructed form: BIT STRING
/// and OCTET STRING, and the character strings from NumericString to BMPString
/// without the two times among them.
fn is_constructed_string(tag: Tag) -> bool {
    matches!(tag.first_octet(), 0x23 | 0x24 | 0x2c | 0x32..=0x36 | 0x39..=0x3e)
}

/// The first octet where the content departs from its type, and how.
fn departure(tag: Tag, bytes: &[u8]) -> Option<(usize, DeviationKind)> {
    let stray = match tag {
        Tag::PRINTABLE_STRING => bytes.iter().position(|&octet| !is_printable(octet)),
        Tag::NUMERIC_STRING => bytes.iter().position(|octet| !octet.is_ascii_digit() && *octet != b' '),
        Tag::IA5_STRING if bytes.is_ascii() => None,
        Tag::IA5_STRING => bytes.iter().position(|octet| !octet.is_ascii()),
        Tag::VISIBLE_STRING => bytes.iter().position(|octet| !(0x20..0x7f).contains(octet)),
        Tag::UTF8_STRING => {
            let error = std::str::from_utf8(bytes).err()?;
            return Some((error.valid_up_to(), DeviationKind::StringMalformed));
        }
        Tag::BMP_STRING | Tag::UNIVERSAL_STRING => {
            let text = StringValue { tag, bytes, raw: &[] }.text();
            return text.is_none().then_some((0, DeviationKind::StringMalformed));
        }
        _ if is_constructed_string(tag) => return Some((0, DeviationKind::StringConstructed)),
        _ => None,
    }?;
    bytes.get(stray).map(|&octet| (stray, DeviationKind::StringCharacter(octet)))
}

/// The text prepared for comparison by the LDAP profile of StringPrep, as
/// RFC 5280 §7.1 asks (RFC 4518 §2.2, §2.3, §2.6.1): what is invisible is dropped,
/// case folded, the rest normalised by NFKC, white space at the ends dropped and
/// inside collapsed to one space.
///
/// Appends the prepared text in UTF-8; `false`, with `target` in any state
/// beyond its old end, when the value is no text.
pub(crate) fn prepare(value: &StringValue<'_>, target: &mut Vec<u8>) -> bool {
    let is_text = matches!(value.tag, Tag::UTF8_STRING | Tag::PRINTABLE_STRING | Tag::IA5_STRING);
    if is_text && value.bytes.iter().all(|octet| (0x20..0x7f).contains(octet)) {
        let mut words = value.bytes.split(|octet| *octet == b' ').filter(|word| !word.is_empty());
        if let Some(first) = words.next() {
            target.extend(first.iter().map(u8::to_ascii_lowercase));
        }
        for word in words {
            target.push(b' ');
            target.extend(word.iter().map(u8::to_ascii_lowercase));
        }
        return true;
    }
    let Some(text) = value.text() else { return false };
    let mapped: String =
        text.chars().filter(|character| !is_nothing(*character)).flat_map(char::to_lowercase).collect();
    // Normalising can bring up capitals and spaces that were hidden in one character.
    let folded: String = mapped.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    for (index, word) in folded.split_whitespace().enumerate() {
        if index > 0 {
            target.push(b' ');
        }
        target.extend(word.as_bytes());
    }
    true
}

/// Characters that are mapped to nothing (RFC 4518 §2.2).
fn is_nothing(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{6dd}' | '\u{70f}' | '\u{1806}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::der::{Cursor, DeviationSink};

    fn read(der: &[u8]) -> (Option<String>, Vec<DeviationKind>) {
        let sink = DeviationSink::new();
        let text = {
            let mut cursor = Cursor::new(der, &sink);
            let tlv = cursor.read().unwrap();
            StringValue::read(&tlv).text().map(Cow::into_owned)
        };
        (text, sink.into_deviations().iter().map(|deviation| deviation.kind).collect())
    }

    #[test]
    fn each_type_decodes_and_notes_strays() {
        use DeviationKind::{StringCharacter, StringConstructed, StringMalformed};
        let cases: &[(&[u8], Option<&str>, &[DeviationKind])] = &[
            (b"\x13\x03a-b", Some("a-b"), &[]),
            (b"\x13\x03a*b", Some("a*b"), &[StringCharacter(b'*')]),
            (b"\x13\x03a@b", Some("a@b"), &[StringCharacter(b'@')]),
            (b"\x0c\x02\xc3\xbc", Some("ü"), &[]),
            (b"\x0c\x02\xc3\x28", None, &[StringMalformed]),
            (b"\x14\x01\xfc", Some("ü"), &[]),
            (b"\x16\x01\xfc", Some("ü"), &[StringCharacter(0xfc)]),
            (b"\x1e\x04\x00A\x00B", Some("AB"), &[]),
            (b"\x1e\x03\x00AB", None, &[StringMalformed]),
            (b"\x1e\x02\xd8\x00", None, &[StringMalformed]),
            (b"\x1c\x04\x00\x01\xf6\x00", Some("\u{1f600}"), &[]),
            (b"\x12\x032 b", Some("2 b"), &[StringCharacter(b'b')]),
            (b"\x02\x01\x05", None, &[]),
            (b"\x2c\x04\x0c\x02ab", None, &[StringConstructed]),
            (b"\x33\x00", None, &[StringConstructed]),
            (b"\x30\x00", None, &[]),
            (b"\xac\x00", None, &[]),
        ];
        for (der, text, deviations) in cases {
            let found = read(der);
            assert_eq!(found.0.as_deref(), *text, "{der:02x?}");
            assert_eq!(found.1, *deviations, "{der:02x?}");
        }
    }
}
