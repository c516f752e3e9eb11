//! Departures from DER that do not stop a reader.

use std::fmt;

/// One departure from DER with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// Offset of the octet, counted from the start of the object.
    pub offset: usize,
    /// What departs.
    pub kind: DeviationKind,
}

/// What departs from DER, or from the ASN.1 module of RFC 5280 where the
/// meaning is still clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviationKind {
    /// The length has leading zeros or the long form without need (X.690 §10.1).
    LengthNotMinimal,
    /// The length is indefinite (X.690 §10.1).
    LengthIndefinite,
    /// The tag number has leading zeros or the long form without need (X.690 §8.1.2.4).
    TagNotMinimal,
    /// TRUE is written as another octet than 0xFF (X.690 §11.1).
    BooleanNotCanonical(u8),
    /// An INTEGER has a redundant first octet (X.690 §8.3.2).
    IntegerNotMinimal,
    /// Unused bits of a BIT STRING are not zero (X.690 §11.2.1).
    BitStringPadding,
    /// A named-bit list keeps trailing zero bits (X.690 §11.2.2).
    NamedBitsTrailingZero,
    /// A subidentifier of an OBJECT IDENTIFIER starts with 0x80 (X.690 §8.19.2).
    OidNotMinimal,
    /// A component equal to its DEFAULT is written out (X.690 §11.5).
    DefaultEncoded,
    /// The elements of a SET OF are not in ascending order (X.690 §11.6).
    SetNotSorted,
    /// A character that the string type does not have.
    StringCharacter(u8),
    /// A string that is not well-formed in its encoding (UTF-8, UTF-16 or UTF-32).
    StringMalformed,
    /// A string in constructed form, split into fragments (X.690 §10.2).
    StringConstructed,
    /// A time without seconds, which DER demands (X.690 §11.7, §11.8; RFC 5280 §4.1.2.5).
    TimeWithoutSeconds,
    /// A time with an offset instead of `Z` (X.690 §11.7, §11.8).
    TimeWithOffset,
    /// A time with a fraction of a second (RFC 5280 §4.1.2.5.2).
    TimeWithFraction,
    /// Octets after the end of a structure, and how many.
    TrailingData(usize),
    /// A SEQUENCE that must have at least one element has none.
    EmptySequence,
    /// The parameters of an algorithm identifier are not what its definition demands.
    AlgorithmParameters(&'static str),
}

impl fmt::Display for DeviationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LengthNotMinimal => f.write_str("the length is not in its shortest form (X.690 §10.1)"),
            Self::LengthIndefinite => f.write_str("the length is indefinite (X.690 §10.1)"),
            Self::TagNotMinimal => f.write_str("the tag number is not in its shortest form (X.690 §8.1.2.4)"),
            Self::BooleanNotCanonical(octet) => write!(f, "TRUE is written as 0x{octet:02x}, not 0xff (X.690 §11.1)"),
            Self::IntegerNotMinimal => f.write_str("the INTEGER has a redundant first octet (X.690 §8.3.2)"),
            Self::BitStringPadding => f.write_str("unused bits of the BIT STRING are not zero (X.690 §11.2.1)"),
            Self::NamedBitsTrailingZero => f.write_str("the named-bit list keeps trailing zero bits (X.690 §11.2.2)"),
            Self::OidNotMinimal => f.write_str("the OBJECT IDENTIFIER has a redundant octet (X.690 §8.19.2)"),
            Self::DefaultEncoded => f.write_str("a value equal to its DEFAULT is written out (X.690 §11.5)"),
            Self::SetNotSorted => f.write_str("the elements of the SET OF are not in order (X.690 §11.6)"),
            Self::StringCharacter(octet) => {
                write!(f, "the string has the octet 0x{octet:02x}, which its type does not allow (X.680 §41)")
            }
            Self::StringMalformed => f.write_str("the string is not well-formed in its encoding (X.680 §41)"),
            Self::StringConstructed => f.write_str("the string is in constructed form, as fragments (X.690 §10.2)"),
            Self::TimeWithoutSeconds => f.write_str("the time has no seconds (RFC 5280 §4.1.2.5)"),
            Self::TimeWithOffset => f.write_str("the time has an offset, not Z (RFC 5280 §4.1.2.5)"),
            Self::TimeWithFraction => f.write_str("the time has a fraction of a second (RFC 5280 §4.1.2.5.2)"),
            Self::TrailingData(count) => write!(f, "{count} octets stand after the end of the structure"),
            Self::EmptySequence => f.write_str("the SEQUENCE is empty, but must have an element"),
            Self::AlgorithmParameters(what) => f.write_str(what),
        }
    }
}
