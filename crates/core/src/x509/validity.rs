//! UTCTime and GeneralizedTime as RFC 5280 §4.1.2.5 restricts them.

use crate::encoding::der::{Cursor, DerError, DerErrorKind, Tag, Tlv};
use crate::encoding::deviation::DeviationKind;
use crate::time::Time;

/// The ASN.1 type that a time was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// Two-digit year: 1950 to 2049.
    Utc,
    /// Four-digit year; RFC 5280 §4.1.2.5 wants it from 2050 on, and only then.
    Generalized,
}

/// A time as it stands in a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodedTime {
    /// The instant.
    pub time: Time,
    /// Its ASN.1 type.
    pub form: TimeForm,
    /// Offset of its identifier octet.
    pub offset: usize,
}

impl EncodedTime {
    /// Whether it is a GeneralizedTime where RFC 5280 §4.1.2.5 demands UTCTime.
    pub fn is_early_generalized(&self) -> bool {
        // 2050-01-01T00:00:00Z
        self.form == TimeForm::Generalized && self.time < Time::from_unix(2_524_608_000)
    }

    /// Reads a Time (a CHOICE of the two types).
    pub fn decode(cursor: &mut Cursor<'_>) -> Result<Self, DerError> {
        let form =
            if cursor.peek() == Tag::GENERALIZED_TIME.first_octet() { TimeForm::Generalized } else { TimeForm::Utc };
        let tag = if form == TimeForm::Generalized { Tag::GENERALIZED_TIME } else { Tag::UTC_TIME };
        let tlv = cursor.expect(tag)?;
        Ok(EncodedTime { time: parse(&tlv, form)?, form, offset: tlv.offset() })
    }

    /// Reads the content of an implicitly tagged GeneralizedTime.
    pub fn generalized(tlv: &Tlv<'_>) -> Result<Self, DerError> {
        let form = TimeForm::Generalized;
        Ok(EncodedTime { time: parse(tlv, form)?, form, offset: tlv.offset() })
    }
}

fn parse(tlv: &Tlv<'_>, form: TimeForm) -> Result<Time, DerError> {
    let at = tlv.content_offset();
    let invalid = |what| DerError::new(at, DerErrorKind::Invalid(what));
    let unreadable = || {
        invalid(match form {
            TimeForm::Utc => "the UTCTime is not of the form YYMMDDHHMMSSZ",
            TimeForm::Generalized => "the GeneralizedTime is not of the form YYYYMMDDHHMMSSZ",
        })
    };
    let mut rest = tlv.content();
    let mut pair = || -> Option<u32> {
        let (&[tens, ones], after) = rest.split_first_chunk::<2>()?;
        if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
            return None;
        }
        rest = after;
        Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    };
    let year = match form {
        // RFC 5280 §4.1.2.5.1: 50 and above is 19YY, below is 20YY.
        TimeForm::Utc => pair().map(|year| if year >= 50 { 1900 + year } else { 2000 + year }),
        TimeForm::Generalized => pair().zip(pair()).map(|(century, year)| century * 100 + year),
    };
    let (Some(year), Some(month), Some(day), Some(hour), Some(minute)) = (year, pair(), pair(), pair(), pair()) else {
        return Err(unreadable());
    };
    let second = pair();
    let cursor = tlv.cursor();
    if second.is_none() {
        cursor.note(at, DeviationKind::TimeWithoutSeconds);
    }
    if form == TimeForm::Generalized
        && let [b'.' | b',', after @ ..] = rest
    {
        let digits = after.iter().take_while(|octet| octet.is_ascii_digit()).count();
        if digits == 0 {
            return Err(unreadable());
        }
        cursor.note(at, DeviationKind::TimeWithFraction);
        rest = after.get(digits..).unwrap_or_default();
    }
    let offset = match *rest {
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), a, b, c, d] if [a, b, c, d].iter().all(u8::is_ascii_digit) => {
            cursor.note(at, DeviationKind::TimeWithOffset);
            let number = |tens: u8, ones: u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
            let (hours, minutes) = (number(a, b), number(c, d));
            if hours > 23 || minutes > 59 {
                return Err(unreadable());
            }
            let seconds = hours * 3600 + minutes * 60;
            if sign == b'+' { seconds } else { -seconds }
        }
        _ => return Err(unreadable()),
    };
    let time = Time::from_civil(i64::from(year), month, day, hour, minute, second.unwrap_or(0))
        .ok_or_else(|| invalid("the time has a part out of range (there is no such date or time of day)"))?;
    Ok(Time::from_unix(time.unix() - offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::der::DeviationSink;
    use DeviationKind::{TimeWithFraction, TimeWithOffset, TimeWithoutSeconds};

    fn read(tag: u8, text: &str) -> (Option<String>, Vec<DeviationKind>) {
        let mut der = vec![tag, text.len() as u8];
        der.extend(text.as_bytes());
        let sink = DeviationSink::new();
        let time = EncodedTime::decode(&mut Cursor::new(&der, &sink)).ok().map(|encoded| encoded.time.to_string());
        (time, sink.into_deviations().iter().map(|deviation| deviation.kind).collect())
    }

    #[test]
    fn forms() {
        let cases: &[(u8, &str, Option<&str>, &[DeviationKind])] = &[
            (0x17, "491231235959Z", Some("2049-12-31T23:59:59Z"), &[]),
            (0x17, "500101000000Z", Some("1950-01-01T00:00:00Z"), &[]),
            (0x17, "2601010000Z", Some("2026-01-01T00:00:00Z"), &[TimeWithoutSeconds]),
            (0x17, "260101020000+0200", Some("2026-01-01T00:00:00Z"), &[TimeWithOffset]),
            (0x17, "260101000000-0030", Some("2026-01-01T00:30:00Z"), &[TimeWithOffset]),
            (0x17, "260230000000Z", None, &[]),
            (0x17, "260101000060Z", None, &[]),
            (0x17, "260101000000", None, &[]),
            (0x17, "260101000000.5Z", None, &[]),
            (0x17, "26010100000zZ", None, &[TimeWithoutSeconds]),
            (0x17, "", None, &[]),
            (0x18, "20500101000000Z", Some("2050-01-01T00:00:00Z"), &[]),
            (0x18, "99991231235959Z", Some("9999-12-31T23:59:59Z"), &[]),
            (0x18, "20500101000000.125Z", Some("2050-01-01T00:00:00Z"), &[TimeWithFraction]),
            (0x18, "20500101000000.Z", None, &[]),
            (0x18, "205001010000", None, &[TimeWithoutSeconds]),
        ];
        for (tag, text, time, deviations) in cases {
            let found = read(*tag, text);
            assert_eq!(found.0.as_deref(), *time, "{text}");
            assert_eq!(found.1, *deviations, "{text}");
        }
    }

    #[test]
    fn early_generalized_time_is_recognised() {
        let der = b"\x18\x0f20491231235959Z";
        assert!(EncodedTime::decode(&mut Cursor::silent(der)).unwrap().is_early_generalized());
        let der = b"\x18\x0f20500101000000Z";
        assert!(!EncodedTime::decode(&mut Cursor::silent(der)).unwrap().is_early_generalized());
    }
}
