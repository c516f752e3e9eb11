//! Distinguished names.

use crate::der;

/// Attribute types, dotted.
#[expect(missing_docs, reason = "each constant is the attribute type it names")]
pub mod attributes {
    pub const COMMON_NAME: &str = "2.5.4.3";
    pub const COUNTRY: &str = "2.5.4.6";
    pub const ORGANIZATION: &str = "2.5.4.10";
    pub const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";
    pub const DOMAIN_COMPONENT: &str = "0.9.2342.19200300.100.1.25";
    pub const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";
}

/// A name, encoded; immutable, so that it can be used again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Encoded RelativeDistinguishedNames, or the whole name when `raw`.
    parts: Vec<Vec<u8>>,
    raw: bool,
}

impl Name {
    /// A common name as UTF8String.
    pub fn cn(text: &str) -> Name {
        Name::empty().and(attributes::COMMON_NAME, der::utf8_string(text))
    }

    /// The name without any part.
    pub fn empty() -> Name {
        Name { parts: Vec::new(), raw: false }
    }

    /// A name that is this encoding, whatever it is.
    pub fn raw(der: Vec<u8>) -> Name {
        Name { parts: vec![der], raw: true }
    }

    /// The name with one more relative name of one attribute; `value` is
    /// encoded, so that any string type (and any mistake) can be chosen.
    #[must_use]
    pub fn and(self, attribute: &str, value: Vec<u8>) -> Name {
        self.and_raw(der::set([attribute_value(attribute, &value)]))
    }

    /// The name with one more relative name of several attributes.
    #[must_use]
    pub fn and_several<'a>(self, attributes: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Name {
        let values = attributes.into_iter().map(|(attribute, value)| attribute_value(attribute, &value));
        self.and_raw(der::set(values))
    }

    /// The name with one more relative name that is this encoding.
    #[must_use]
    pub fn and_raw(mut self, rdn: Vec<u8>) -> Name {
        self.parts.push(rdn);
        self
    }

    /// The encoded name.
    pub fn to_der(&self) -> Vec<u8> {
        if self.raw { der::concat(&self.parts) } else { der::sequence(&self.parts) }
    }
}

/// An AttributeTypeAndValue.
pub(crate) fn attribute_value(attribute: &str, value: &[u8]) -> Vec<u8> {
    der::sequence([der::oid(attribute).as_slice(), value])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(Name::empty().to_der(), [0x30, 0]);
        assert_eq!(Name::cn("A").to_der(), b"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01A");
        let several = Name::empty().and_several([
            (attributes::ORGANIZATION, der::printable_string("B")),
            (attributes::COMMON_NAME, der::printable_string("A")),
        ]);
        let sorted = [
            attribute_value(attributes::COMMON_NAME, &der::printable_string("A")),
            attribute_value(attributes::ORGANIZATION, &der::printable_string("B")),
        ];
        assert_eq!(several.to_der(), der::sequence([der::set_as_given(sorted)]));
        assert_eq!(Name::raw(vec![5, 0]).to_der(), [5, 0]);
    }
}
