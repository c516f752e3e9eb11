//! Why a certificate was revoked (RFC 5280 §5.3.1).

use std::fmt;

use crate::encoding::der::{Cursor, DerError, DerErrorKind, Tag};

/// A CRLReason as encoded; the number is kept even where it has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RevocationReason(pub u8);

impl RevocationReason {
    const NAMES: [&'static str; 11] = [
        "unspecified",
        "keyCompromise",
        "cACompromise",
        "affiliationChanged",
        "superseded",
        "cessationOfOperation",
        "certificateHold",
        // RFC 5280 §5.3.1: value 7 is not used.
        "",
        "removeFromCRL",
        "privilegeWithdrawn",
        "aACompromise",
    ];

    /// The name that RFC 5280 §5.3.1 gives it; `None` for a number that it does
    /// not define.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMES.get(usize::from(self.0)).copied().filter(|name| !name.is_empty())
    }

    /// Reads an ENUMERATED.
    pub(crate) fn decode(cursor: &mut Cursor<'_>) -> Result<Self, DerError> {
        let tlv = cursor.expect(Tag::ENUMERATED)?;
        let number = tlv.integer()?.to_u32().and_then(|number| u8::try_from(number).ok());
        let what = "a CRLReason is a number from 0 to 10 (RFC 5280 §5.3.1)";
        number.map(RevocationReason).ok_or(DerError::new(tlv.content_offset(), DerErrorKind::Invalid(what)))
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "undefined reason {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        for (number, text) in [
            (0, "unspecified"),
            (1, "keyCompromise"),
            (6, "certificateHold"),
            (7, "undefined reason 7"),
            (8, "removeFromCRL"),
            (10, "aACompromise"),
            (11, "undefined reason 11"),
        ] {
            assert_eq!(RevocationReason(number).to_string(), text);
            let der = [0x0a, 1, number];
            assert_eq!(RevocationReason::decode(&mut Cursor::silent(&der)), Ok(RevocationReason(number)));
        }
        for der in [&[0x0a, 1, 0xff][..], &[0x0a, 2, 1, 0], &[0x0a, 0], &[2, 1, 1]] {
            assert!(RevocationReason::decode(&mut Cursor::silent(der)).is_err(), "{der:?}");
        }
    }
}
