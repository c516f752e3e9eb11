//! Writes DER, and on request what is not DER.
//!
//! The plain functions write DER (X.690 §10, §11); those named after a defect
//! (`tlv_long_length`, `set_as_given`, `boolean_octet`, …) write exactly that
//! defect and nothing else.

/// Tag octets, as they stand in front of a value.
#[expect(missing_docs, reason = "each constant is the ASN.1 type it names")]
pub mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1a;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
}

/// A value with its length in the shortest form.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    if content.len() < 0x80 {
        [&[tag, content.len() as u8], content].concat()
    } else {
        tlv_long_length(tag, 0, content)
    }
}

/// A value whose length has `zeros` needless leading zero octets, in the long
/// form; with 0 zeros and a length below 128, the needless long form itself.
pub fn tlv_long_length(tag: u8, zeros: usize, content: &[u8]) -> Vec<u8> {
    let digits = significant(content.len());
    let mut der = vec![tag, 0x80 | (zeros + digits.len()) as u8];
    der.extend(std::iter::repeat_n(0, zeros));
    der.extend(digits);
    der.extend(content);
    der
}

/// A constructed value of indefinite length, closed by end-of-contents.
pub fn tlv_indefinite(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], content, &[0, 0]].concat()
}

/// The octets of a length without leading zeros, at least one.
fn significant(length: usize) -> Vec<u8> {
    let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    if digits.is_empty() { vec![0] } else { digits }
}

/// The parts one after the other.
pub fn concat<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    parts.into_iter().fold(Vec::new(), |mut all, part| {
        all.extend(part.as_ref());
        all
    })
}

/// A SEQUENCE of values that are already encoded.
pub fn sequence<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    tlv(tag::SEQUENCE, &concat(parts))
}

/// A SET OF, its elements sorted (X.690 §11.6).
pub fn set(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut parts: Vec<Vec<u8>> = parts.into_iter().collect();
    parts.sort();
    tlv(tag::SET, &concat(parts))
}

/// A SET OF whose elements keep the order given.
pub fn set_as_given<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Vec<u8> {
    tlv(tag::SET, &concat(parts))
}

/// A BOOLEAN.
pub fn boolean(value: bool) -> Vec<u8> {
    boolean_octet(if value { 0xff } else { 0 })
}

/// A BOOLEAN with this octet; DER has 0x00 and 0xFF only (X.690 §11.1).
pub fn boolean_octet(octet: u8) -> Vec<u8> {
    tlv(tag::BOOLEAN, &[octet])
}

/// An INTEGER.
pub fn integer(value: i64) -> Vec<u8> {
    let octets = value.to_be_bytes();
    let redundant = octets
        .windows(2)
        .take_while(|pair| {
            matches!(pair, [0x00, next] if next & 0x80 == 0) || matches!(pair, [0xff, next] if next & 0x80 != 0)
        })
        .count();
    tlv(tag::INTEGER, octets.get(redundant..).unwrap_or_default())
}

/// An ENUMERATED.
pub fn enumerated(value: i64) -> Vec<u8> {
    tlv(tag::ENUMERATED, open(&integer(value)).0)
}

/// An INTEGER from a big-endian magnitude, which may have leading zeros.
pub fn unsigned(magnitude: &[u8]) -> Vec<u8> {
    let start = magnitude.iter().position(|octet| *octet != 0).unwrap_or(magnitude.len());
    let mut content = magnitude.get(start..).unwrap_or_default().to_vec();
    if content.first().is_none_or(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    tlv(tag::INTEGER, &content)
}

/// An INTEGER with these content octets, redundant or not.
pub fn integer_octets(content: &[u8]) -> Vec<u8> {
    tlv(tag::INTEGER, content)
}

/// A NULL.
pub fn null() -> Vec<u8> {
    tlv(tag::NULL, &[])
}

/// An OBJECT IDENTIFIER.
///
/// # Panics
///
/// When the text is not one; a test that writes it wrong should not run.
pub fn oid(dotted: &str) -> Vec<u8> {
    tlv(tag::OID, &oid_content(dotted))
}

/// The content octets of an OBJECT IDENTIFIER (X.690 §8.19).
///
/// # Panics
///
/// As [`oid`].
pub fn oid_content(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().expect("an arc is a number")).collect();
    let [first, second, rest @ ..] = arcs.as_slice() else { panic!("an object identifier has two arcs or more") };
    let mut content = base128(first * 40 + second);
    rest.iter().for_each(|arc| content.extend(base128(*arc)));
    content
}

fn base128(mut value: u64) -> Vec<u8> {
    let mut groups = vec![value as u8 & 0x7f];
    while value > 0x7f {
        value >>= 7;
        groups.insert(0, value as u8 | 0x80);
    }
    groups
}

/// An OCTET STRING.
pub fn octet_string(content: &[u8]) -> Vec<u8> {
    tlv(tag::OCTET_STRING, content)
}

/// A BIT STRING with this count of unused bits, which is written as given even
/// where it or the padding is wrong.
pub fn bit_string(unused: u8, octets: &[u8]) -> Vec<u8> {
    tlv(tag::BIT_STRING, &[&[unused], octets].concat())
}

/// A named-bit list with trailing zero bits dropped (X.690 §11.2.2).
pub fn named_bits(bits: &[usize]) -> Vec<u8> {
    let Some(last) = bits.iter().max() else { return bit_string(0, &[]) };
    let octet =
        |index: usize| bits.iter().filter(|bit| **bit / 8 == index).fold(0u8, |octet, bit| octet | 0x80 >> (bit % 8));
    let octets: Vec<u8> = (0..=last / 8).map(octet).collect();
    bit_string(7 - (last % 8) as u8, &octets)
}

/// A UTF8String.
pub fn utf8_string(text: &str) -> Vec<u8> {
    tlv(tag::UTF8_STRING, text.as_bytes())
}

/// A PrintableString; the characters are not checked.
pub fn printable_string(text: &str) -> Vec<u8> {
    tlv(tag::PRINTABLE_STRING, text.as_bytes())
}

/// An IA5String; the characters are not checked.
pub fn ia5_string(text: &str) -> Vec<u8> {
    tlv(tag::IA5_STRING, text.as_bytes())
}

/// A BMPString, UTF-16 big-endian.
pub fn bmp_string(text: &str) -> Vec<u8> {
    let content: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    tlv(tag::BMP_STRING, &content)
}

/// A UTCTime with this text, whatever it is.
pub fn utc_time(text: &str) -> Vec<u8> {
    tlv(tag::UTC_TIME, text.as_bytes())
}

/// A GeneralizedTime with this text, whatever it is.
pub fn generalized_time(text: &str) -> Vec<u8> {
    tlv(tag::GENERALIZED_TIME, text.as_bytes())
}

/// `[number] EXPLICIT` around an encoded value.
pub fn explicit(number: u8, value: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, value)
}

/// `[number] IMPLICIT`, primitive, with these content octets.
pub fn implicit(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0x80 | number, content)
}

/// `[number] IMPLICIT`, constructed, of values that are already encoded.
pub fn implicit_constructed(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, content)
}

/// An AlgorithmIdentifier; `parameters` are encoded, or empty for none.
pub fn algorithm(dotted: &str, parameters: &[u8]) -> Vec<u8> {
    sequence([oid(dotted).as_slice(), parameters])
}

/// The content octets of the value at the start of `der`, whose length must be
/// definite, and what stands after it.
///
/// # Panics
///
/// When there is no such value; it is for taking apart what this crate made.
pub fn open(der: &[u8]) -> (&[u8], &[u8]) {
    let (header, length) = match der {
        [_, short, ..] if *short < 0x80 => (2, usize::from(*short)),
        [_, long, digits @ ..] => {
            let count = usize::from(long & 0x7f);
            let digits = digits.get(..count).expect("the length octets are complete");
            (2 + count, digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)))
        }
        _ => panic!("a value has at least two octets"),
    };
    let (value, rest) = der.split_at_checked(header + length).expect("the value is complete");
    (value.split_at(header).1, rest)
}

/// The encoded values inside the value at the start of `der`.
///
/// # Panics
///
/// As [`open`].
pub fn fields(der: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = open(der).0;
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let after = open(rest).1;
        fields.push(rest.split_at(rest.len() - after.len()).0.to_vec());
        rest = after;
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (length, header) in [
            (0, vec![4, 0]),
            (127, vec![4, 127]),
            (128, vec![4, 0x81, 128]),
            (255, vec![4, 0x81, 255]),
            (256, vec![4, 0x82, 1, 0]),
            (65_536, vec![4, 0x83, 1, 0, 0]),
        ] {
            let der = octet_string(&vec![7; length]);
            assert_eq!(der[..header.len()], header);
            assert_eq!(open(&der), (vec![7; length].as_slice(), &[][..]));
        }
        assert_eq!(tlv_long_length(4, 0, &[9]), [4, 0x81, 1, 9]);
        assert_eq!(tlv_long_length(4, 2, &[9]), [4, 0x83, 0, 0, 1, 9]);
        assert_eq!(tlv_long_length(4, 0, &[]), [4, 0x81, 0]);
        assert_eq!(tlv_indefinite(0x30, &[5, 0]), [0x30, 0x80, 5, 0, 0, 0]);
    }

    #[test]
    fn integers_are_minimal() {
        for (value, content) in [
            (0, vec![0]),
            (1, vec![1]),
            (127, vec![127]),
            (128, vec![0, 128]),
            (256, vec![1, 0]),
            (-1, vec![0xff]),
            (-128, vec![0x80]),
            (-129, vec![0xff, 0x7f]),
            (i64::MIN, vec![0x80, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            assert_eq!(integer(value), integer_octets(&content), "{value}");
        }
        assert_eq!(unsigned(&[]), integer(0));
        assert_eq!(unsigned(&[0, 0, 0x80]), integer(0x80));
    }

    #[test]
    fn identifiers_and_bits() {
        assert_eq!(oid("1.2.840.113549"), [6, 6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]);
        assert_eq!(oid("2.999"), [6, 2, 0x88, 0x37]);
        assert_eq!(named_bits(&[5, 6]), [3, 2, 1, 0x06]);
        assert_eq!(named_bits(&[8]), [3, 3, 7, 0, 0x80]);
        assert_eq!(named_bits(&[]), [3, 1, 0]);
        assert_eq!(set([vec![2], vec![1]]), [0x31, 2, 1, 2]);
        assert_eq!(set_as_given([[2], [1]]), [0x31, 2, 2, 1]);
        assert_eq!(bmp_string("A"), [0x1e, 2, 0, 0x41]);
    }
}
