//! Properties of certificates, by their numbers in wincrypt.h
//! (`CERT_FRIENDLY_NAME_PROP_ID` and its siblings).

use crate::encoding::der::{Cursor, DerError, DerErrorKind, SequenceOf, Tlv};
use crate::time::Time;
use crate::x509::oid::Oid;

/// The most octets of a friendly name that are read; the longest in use have below 200.
pub const MAX_TEXT_OCTETS: usize = 2_048;

/// The most object identifiers of one property; the longest lists in use have about ten.
const MAX_PURPOSES: usize = 64;

/// `CERT_ENHKEY_USAGE_PROP_ID`: what the certificate may be used for.
const ENHANCED_KEY_USAGE: u32 = 9;
/// `CERT_FRIENDLY_NAME_PROP_ID`: a name for people.
const FRIENDLY_NAME: u32 = 11;
/// `CERT_AUTH_ROOT_SHA256_HASH_PROP_ID`: SHA-256 of the certificate.
const SHA256: u32 = 98;
/// `CERT_DISALLOWED_FILETIME_PROP_ID`: since when it is trusted no more.
const DISALLOWED: u32 = 104;
/// `CERT_DISALLOWED_ENHKEY_USAGE_PROP_ID`: purposes for which the time above counts.
const DISALLOWED_PURPOSES: u32 = 122;
/// `CERT_NOT_BEFORE_FILETIME_PROP_ID`: certificates issued after it are not trusted.
const NOT_BEFORE: u32 = 126;
/// `CERT_NOT_BEFORE_ENHKEY_USAGE_PROP_ID`: purposes for which that counts.
const NOT_BEFORE_PURPOSES: u32 = 127;

/// A point in time from which something is trusted no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// The time, where one is given.
    pub since: Option<Time>,
}

/// What a file says about a certificate beside the certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties<'a> {
    /// A name for people.
    pub friendly_name: Option<String>,
    /// What it may be used for; `None` where nothing restricts it.
    pub purposes: Option<Vec<Oid<'a>>>,
    /// SHA-256 of the certificate.
    pub sha256: Option<&'a [u8]>,
    /// It is disabled.
    pub disallowed: Option<Restriction>,
    /// The purposes for which it is disabled; empty where for all.
    pub disallowed_purposes: Vec<Oid<'a>>,
    /// Certificates below it that were issued later are not trusted.
    pub not_before: Option<Restriction>,
    /// The purposes for which that counts; empty where for all.
    pub not_before_purposes: Vec<Oid<'a>>,
    /// How many properties there are that say nothing here.
    pub others: usize,
}

impl<'a> Properties<'a> {
    /// Takes in the property of this number, whose octets are the content of `value`.
    ///
    /// # Errors
    ///
    /// When the octets are not what the number stands for; what is there stays.
    pub(super) fn take(&mut self, number: u32, value: &Value<'a>) -> Result<(), DerError> {
        match number {
            ENHANCED_KEY_USAGE => self.purposes = Some(value.purposes()?),
            FRIENDLY_NAME => self.friendly_name = Some(value.text()?),
            SHA256 => self.sha256 = Some(value.digest()?),
            DISALLOWED => self.disallowed = Some(value.time()?),
            DISALLOWED_PURPOSES => self.disallowed_purposes = value.purposes()?,
            NOT_BEFORE => self.not_before = Some(value.time()?),
            NOT_BEFORE_PURPOSES => self.not_before_purposes = value.purposes()?,
            _ => self.others += 1,
        }
        Ok(())
    }
}

/// The octets of a property, and where they stand.
pub(super) struct Value<'a> {
    octets: &'a [u8],
    cursor: Cursor<'a>,
}

impl<'a> Value<'a> {
    /// The content of an OCTET STRING, as trust lists have it.
    pub(super) fn of(tlv: &Tlv<'a>) -> Self {
        Value { octets: tlv.content(), cursor: tlv.cursor() }
    }

    /// All that the cursor has left, as serialized stores have it.
    pub(super) fn rest(cursor: Cursor<'a>) -> Self {
        Value { octets: cursor.rest(), cursor }
    }

    fn invalid(&self, what: &'static str) -> DerError {
        DerError::new(self.cursor.offset(), DerErrorKind::Invalid(what))
    }

    /// An extKeyUsage (RFC 5280 §4.2.1.12), of which nothing is also an empty one.
    fn purposes(&self) -> Result<Vec<Oid<'a>>, DerError> {
        if self.octets.is_empty() {
            return Ok(Vec::new());
        }
        let mut cursor = self.cursor;
        let purposes = SequenceOf::<Oid<'a>>::read(&mut cursor)?;
        if !cursor.is_empty() {
            return Err(DerError::new(cursor.offset(), DerErrorKind::TrailingData));
        }
        if purposes.iter().nth(MAX_PURPOSES).is_some() {
            return Err(self.invalid("the list has more than 64 purposes"));
        }
        Ok(purposes.iter().collect())
    }

    /// UTF-16, little endian, up to a zero.
    fn text(&self) -> Result<String, DerError> {
        if self.octets.len() > MAX_TEXT_OCTETS {
            return Err(self.invalid("the text has more than 2048 octets"));
        }
        utf16(self.octets).ok_or_else(|| self.invalid("expected text in UTF-16 (little endian)"))
    }

    fn digest(&self) -> Result<&'a [u8], DerError> {
        if self.octets.len() == 32 { Ok(self.octets) } else { Err(self.invalid("expected 32 octets, a SHA-256")) }
    }

    /// A FILETIME; nothing, or zero, means always.
    fn time(&self) -> Result<Restriction, DerError> {
        if self.octets.is_empty() {
            return Ok(Restriction { since: None });
        }
        let octets =
            <[u8; 8]>::try_from(self.octets).map_err(|_| self.invalid("expected 8 octets, a FILETIME, or none"))?;
        let ticks = u64::from_le_bytes(octets);
        if ticks == 0 {
            return Ok(Restriction { since: None });
        }
        // 2^64 ticks of 100 ns are some 58,000 years, so this fits.
        let time = i64::try_from(ticks / 10_000_000)
            .map_or(Time::NO_EXPIRY, |seconds| Time::from_unix(seconds - FILETIME_EPOCH).min(Time::NO_EXPIRY));
        Ok(Restriction { since: Some(time) })
    }
}

/// Seconds from 1601-01-01, from which a FILETIME counts, to 1970-01-01.
const FILETIME_EPOCH: i64 = 11_644_473_600;

/// Text in UTF-16, little endian, up to its first zero; `None` when it is none.
pub(super) fn utf16(octets: &[u8]) -> Option<String> {
    let (pairs, odd) = octets.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).take_while(|unit| *unit != 0);
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(octets: &[u8]) -> Value<'_> {
        Value::rest(Cursor::silent(octets))
    }

    #[test]
    fn file_times() {
        let since = |octets: &[u8]| value(octets).time().map(|time| time.since.map(|time| time.to_string()));
        // 2017-09-15T00:00:00Z is Unix 1505433600.
        let ticks = (1_505_433_600_i64 + FILETIME_EPOCH) as u64 * 10_000_000;
        assert_eq!(since(&ticks.to_le_bytes()), Ok(Some("2017-09-15T00:00:00Z".to_owned())));
        assert_eq!(since(&[]), Ok(None));
        assert_eq!(since(&[0; 8]), Ok(None));
        assert_eq!(since(&[0xff; 8]), Ok(Some(Time::NO_EXPIRY.to_string())));
        assert!(since(&[1; 7]).is_err());
    }

    #[test]
    fn text_ends_at_a_zero() {
        assert_eq!(utf16(b"D\0i\0\0\0x\0").as_deref(), Some("Di"));
        assert_eq!(utf16(b"D\0i"), None);
        assert_eq!(utf16(b"\x00\xd8"), None, "half of a surrogate pair");
        assert_eq!(utf16(b"").as_deref(), Some(""));
    }
}
