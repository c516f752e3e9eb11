//! Points in time as whole seconds; the library never reads a clock.

use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// X.509 validity is compared at whole seconds, both ends included
/// (RFC 5280 §4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

const SECONDS_PER_DAY: i64 = 86_400;

impl Time {
    /// The last second that RFC 5280 §4.1.2.5 can write:
    /// 9999-12-31T23:59:59Z, "no well-defined expiration date".
    pub const NO_EXPIRY: Time = Time(253_402_300_799);

    /// From seconds since the epoch.
    pub const fn from_unix(seconds: i64) -> Self {
        Time(seconds)
    }

    /// Seconds since the epoch.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// From a date and time of day in UTC, or `None` when a part is out of
    /// range (year 0 to 9999, no leap second).
    pub fn from_civil(year: i64, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> Option<Self> {
        if !(0..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = days_from_civil(year, month, day);
        Some(Time(days * SECONDS_PER_DAY + i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second)))
    }

    /// Reads RFC 3339 (`2026-11-23T04:30:00Z`, also with a numeric offset, a
    /// space for the `T`, a fraction, which is dropped) or a bare date, which
    /// means midnight UTC.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let number = |from: usize, count: usize| -> Option<u32> {
            let digits = bytes.get(from..from + count)?;
            digits
                .iter()
                .try_fold(0u32, |value, octet| octet.is_ascii_digit().then(|| value * 10 + u32::from(octet - b'0')))
        };
        let is = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|octet| wanted.contains(octet));
        if !is(4, b"-") || !is(7, b"-") {
            return None;
        }
        let (year, month, day) = (i64::from(number(0, 4)?), number(5, 2)?, number(8, 2)?);
        if bytes.len() == 10 {
            return Self::from_civil(year, month, day, 0, 0, 0);
        }
        if !is(10, b"Tt ") || !is(13, b":") || !is(16, b":") {
            return None;
        }
        let time = Self::from_civil(year, month, day, number(11, 2)?, number(14, 2)?, number(17, 2)?)?;
        let mut at = 19;
        if is(at, b".") {
            at += 1;
            let digits = bytes.get(at..)?.iter().take_while(|octet| octet.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            at += digits;
        }
        match bytes.get(at..)? {
            b"Z" | b"z" => Some(time),
            [sign @ (b'+' | b'-'), rest @ ..] if rest.len() == 5 && is(at + 3, b":") => {
                let (hours, minutes) = (number(at + 1, 2)?, number(at + 4, 2)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let offset = i64::from(hours * 3600 + minutes * 60);
                Some(Time(if *sign == b'+' { time.0 - offset } else { time.0 + offset }))
            }
            _ => None,
        }
    }

    /// Whole seconds from `earlier` to `self`; negative when `self` is earlier.
    pub const fn since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Only the date, as `2026-11-23`.
    pub fn date(self) -> String {
        let (year, month, day) = civil_from_days(self.0.div_euclid(SECONDS_PER_DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(SECONDS_PER_DAY));
        let second = self.0.rem_euclid(SECONDS_PER_DAY);
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
    }
}

/// A length of time in the two largest units that say something.
pub fn describe_duration(seconds: i64) -> String {
    let seconds = seconds.unsigned_abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let unit = |count: u64, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
    if days >= 3 {
        unit(days, "day")
    } else if days > 0 {
        format!("{} {}", unit(days, "day"), unit(hours, "hour"))
    } else if hours > 0 {
        format!("{} {}", unit(hours, "hour"), unit(minutes, "minute"))
    } else if minutes > 0 {
        unit(minutes, "minute")
    } else {
        unit(seconds, "second")
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in years
/// that start on the first of March so that the leap day comes last.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let before_year = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let before_month = i64::from((153 * month + 2) / 5);
    before_year + before_month + i64::from(day) - 1 - 719_468
}

fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        for (text, unix) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:34:56Z", 951_827_696),
            ("1950-01-01T00:00:00Z", -631_152_000),
            ("2049-12-31T23:59:59Z", 2_524_607_999),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
        ] {
            let time = Time::parse_rfc3339(text).unwrap();
            assert_eq!(time.unix(), unix, "{text}");
            assert_eq!(time.to_string(), text);
        }
    }

    #[test]
    fn every_day_of_four_centuries_round_trips() {
        for days in -150_000..150_000 {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn offsets_fractions_and_dates() {
        let utc = Time::parse_rfc3339("2026-11-23T04:30:00Z").unwrap();
        for same in ["2026-11-23T06:30:00+02:00", "2026-11-23 04:30:00.25z", "2026-11-22T23:30:00-05:00"] {
            assert_eq!(Time::parse_rfc3339(same), Some(utc), "{same}");
        }
        assert_eq!(Time::parse_rfc3339("2026-11-23"), Time::from_civil(2026, 11, 23, 0, 0, 0));
        for bad in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-11-23T24:00:00Z",
            "2026-11-23T04:30:00",
            "2026-11-23T04:30:00+0200",
            "tomorrow",
            "2026-11-23T04:30:00.Z",
            "2026-11-23T04:30:00+99:00",
            "２０２６-11-23",
        ] {
            assert_eq!(Time::parse_rfc3339(bad), None, "{bad}");
        }
    }
}
