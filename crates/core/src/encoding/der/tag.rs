//! ASN.1 tags (X.690 §8.1.2).

use std::fmt;

/// An ASN.1 tag: class, the constructed bit and the number (X.690 §8.1.2).
///
/// Tags with a number up to 30 are held as their identifier octet; larger
/// numbers stand above the first eight bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag(pub(super) u32);

#[expect(missing_docs, reason = "each constant is the ASN.1 type it names")]
impl Tag {
    pub const BOOLEAN: Tag = Tag(0x01);
    pub const INTEGER: Tag = Tag(0x02);
    pub const BIT_STRING: Tag = Tag(0x03);
    pub const OCTET_STRING: Tag = Tag(0x04);
    pub const NULL: Tag = Tag(0x05);
    pub const OID: Tag = Tag(0x06);
    pub const ENUMERATED: Tag = Tag(0x0a);
    pub const UTF8_STRING: Tag = Tag(0x0c);
    pub const NUMERIC_STRING: Tag = Tag(0x12);
    pub const PRINTABLE_STRING: Tag = Tag(0x13);
    pub const TELETEX_STRING: Tag = Tag(0x14);
    pub const IA5_STRING: Tag = Tag(0x16);
    pub const UTC_TIME: Tag = Tag(0x17);
    pub const GENERALIZED_TIME: Tag = Tag(0x18);
    pub const VISIBLE_STRING: Tag = Tag(0x1a);
    pub const UNIVERSAL_STRING: Tag = Tag(0x1c);
    pub const BMP_STRING: Tag = Tag(0x1e);
    pub const SEQUENCE: Tag = Tag(0x30);
    pub const SET: Tag = Tag(0x31);
}

impl Tag {
    /// The tag whose whole identifier is this octet (number up to 30).
    pub const fn from_octet(octet: u8) -> Tag {
        Tag(octet as u32)
    }

    /// Context-specific `[number]`, primitive; `number` up to 30.
    pub const fn context(number: u8) -> Tag {
        Tag(0x80 | number as u32)
    }

    /// Context-specific `[number]`, constructed; `number` up to 30.
    pub const fn context_constructed(number: u8) -> Tag {
        Tag(0xa0 | number as u32)
    }

    /// The tag number.
    pub const fn number(self) -> u32 {
        if self.0 & 0x1f == 0x1f { self.0 >> 8 } else { self.0 & 0x1f }
    }

    /// Whether the constructed bit is set.
    pub const fn is_constructed(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// Whether the class is context-specific.
    pub const fn is_context(self) -> bool {
        self.0 & 0xc0 == 0x80
    }

    /// The first identifier octet: class, constructed bit, low five bits.
    pub const fn first_octet(self) -> u8 {
        self.0 as u8
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Tag::BOOLEAN => "BOOLEAN",
            Tag::INTEGER => "INTEGER",
            Tag::BIT_STRING => "BIT STRING",
            Tag::OCTET_STRING => "OCTET STRING",
            Tag::NULL => "NULL",
            Tag::OID => "OBJECT IDENTIFIER",
            Tag::ENUMERATED => "ENUMERATED",
            Tag::UTF8_STRING => "UTF8String",
            Tag::NUMERIC_STRING => "NumericString",
            Tag::PRINTABLE_STRING => "PrintableString",
            Tag::TELETEX_STRING => "TeletexString",
            Tag::IA5_STRING => "IA5String",
            Tag::UTC_TIME => "UTCTime",
            Tag::GENERALIZED_TIME => "GeneralizedTime",
            Tag::VISIBLE_STRING => "VisibleString",
            Tag::UNIVERSAL_STRING => "UniversalString",
            Tag::BMP_STRING => "BMPString",
            Tag::SEQUENCE => "SEQUENCE",
            Tag::SET => "SET",
            _ => {
                let class = match self.0 & 0xc0 {
                    0x00 => "UNIVERSAL ",
                    0x40 => "APPLICATION ",
                    0x80 => "",
                    _ => "PRIVATE ",
                };
                return write!(f, "[{class}{}]", self.number());
            }
        };
        f.write_str(name)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
