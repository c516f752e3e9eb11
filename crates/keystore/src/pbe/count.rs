//! Counts as files state them, which may be nonsense.

use std::fmt;

use certlens_core::encoding::der::{Tag, encode};

use super::error::{LimitError, PbeError};

/// An INTEGER that states a count, whatever it states: reports show it, and
/// [`Count::within`] says whether it can be worked with. Numbers beyond 127 bits
/// are kept as the largest or smallest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(i128);

impl Count {
    /// A count.
    pub const fn new(value: u64) -> Count {
        Count(value as i128)
    }

    /// From the content octets of an INTEGER (X.690 §8.3); of none, zero.
    pub fn from_integer(content: &[u8]) -> Count {
        let negative = content.first().is_some_and(|octet| octet & 0x80 != 0);
        let fill = if negative { 0xff } else { 0 };
        let significant = content.iter().copied().skip_while(|&octet| octet == fill);
        let mut value: i128 = if negative { -1 } else { 0 };
        for (index, octet) in significant.enumerate() {
            // Fifteen octets cannot reach the sign.
            if index == 15 {
                return Count(if negative { i128::MIN } else { i128::MAX });
            }
            value = value << 8 | i128::from(octet);
        }
        Count(value)
    }

    /// The number, when it fits.
    pub fn get(self) -> Option<u64> {
        u64::try_from(self.0).ok()
    }

    /// The number, from 1 to `limit`.
    ///
    /// # Errors
    /// Zero or negative; above the limit, with its name.
    pub fn within(self, what: &'static str, limit: u64, name: &'static str) -> Result<u64, PbeError> {
        match self.get() {
            Some(count @ 1..) if count <= limit => Ok(count),
            _ if self.0 < 1 => Err(PbeError::InvalidCount { what, found: self }),
            _ => Err(PbeError::Limit(LimitError { what, found: self, limit, name })),
        }
    }

    /// The INTEGER.
    pub(super) fn to_der(self) -> Vec<u8> {
        let octets = self.0.to_be_bytes();
        let redundant = octets
            .windows(2)
            .take_while(|pair| {
                matches!(pair, [0x00, next] if next & 0x80 == 0) || matches!(pair, [0xff, next] if next & 0x80 != 0)
            })
            .count();
        encode(Tag::INTEGER, &[octets.get(redundant..).unwrap_or_default()])
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            i128::MAX => f.write_str("more than 2^120"),
            i128::MIN => f.write_str("less than -2^120"),
            value => value.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_integers_say() {
        let table: &[(&[u8], &str)] = &[
            (&[], "0"),
            (&[0], "0"),
            (&[1], "1"),
            (&[0xff], "-1"),
            (&[0x80], "-128"),
            (&[0x00, 0x80], "128"),
            (&[0x09, 0x27, 0xc0], "600000"),
            (&[1, 0, 0, 0, 0, 0, 0, 0, 0], "18446744073709551616"),
            (&[1; 16], "more than 2^120"),
            (&[0x81; 17], "less than -2^120"),
            (&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7], "7"),
        ];
        for (content, expected) in table {
            assert_eq!(Count::from_integer(content).to_string(), *expected, "{content:02x?}");
        }
    }

    #[test]
    fn limits_hold() {
        assert_eq!(Count::new(5).within("count", 5, "MAX"), Ok(5));
        let error = Count::new(6).within("the iteration count", 5, "MAX").unwrap_err();
        assert_eq!(error.to_string(), "the iteration count is 6, and the limit MAX is 5");
        let error = Count::new(0).within("the iteration count", 5, "MAX").unwrap_err();
        assert_eq!(error.to_string(), "the iteration count is 0, which is no count: it is at least 1");
        assert!(matches!(Count(-1).within("n", 5, "MAX"), Err(PbeError::InvalidCount { .. })));
        assert!(matches!(Count(i128::MAX).within("n", u64::MAX, "MAX"), Err(PbeError::Limit(_))));
    }

    #[test]
    fn what_is_written_is_read() {
        for value in [0, 1, 127, 128, 255, 256, 600_000, u64::MAX] {
            let der = Count::new(value).to_der();
            assert_eq!(Count::from_integer(&der[2..]), Count::new(value));
            assert!(der[2] & 0x80 == 0);
        }
        assert_eq!(Count::new(128).to_der(), [2, 2, 0, 128]);
    }
}
