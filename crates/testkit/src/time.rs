//! The instants that certificates are made with, and how X.509 writes them.

use crate::der;

/// 2020-01-01T00:00:00Z, when CAs of this crate become valid.
pub const CA_START: i64 = 1_577_836_800;
/// 2036-01-01T00:00:00Z, the last second of their validity.
pub const CA_END: i64 = 2_082_758_400;
/// 2026-01-01T00:00:00Z, when end entities of this crate become valid.
pub const START: i64 = 1_767_225_600;
/// 2027-01-01T00:00:00Z, the last second of their validity.
pub const END: i64 = 1_798_761_600;
/// 2026-07-01T00:00:00Z, a time at which everything of this crate is valid.
pub const MIDDLE: i64 = 1_782_864_000;

/// 2026-06-30T00:00:00Z, a day before [`MIDDLE`]: thisUpdate of CRLs and responses.
pub const THIS_UPDATE: i64 = MIDDLE - SECONDS_PER_DAY;
/// 2026-07-07T00:00:00Z, their nextUpdate.
pub const NEXT_UPDATE: i64 = MIDDLE + 6 * SECONDS_PER_DAY;
/// 2026-06-01T00:00:00Z, when entries of CRLs were revoked.
pub const REVOKED: i64 = MIDDLE - 30 * SECONDS_PER_DAY;

const SECONDS_PER_DAY: i64 = 86_400;

/// A Time as RFC 5280 §4.1.2.5 wants it: UTCTime until 2049, then
/// GeneralizedTime; before 1950, which it does not foresee, the latter too.
pub fn encode(unix: i64) -> Vec<u8> {
    let year = civil(unix.div_euclid(SECONDS_PER_DAY)).0;
    if (1950..2050).contains(&year) { encode_utc(unix) } else { encode_generalized(unix) }
}

/// A UTCTime, its year cut to two digits.
pub fn encode_utc(unix: i64) -> Vec<u8> {
    let text = digits(unix);
    der::utc_time(text.get(2..).unwrap_or_default())
}

/// A GeneralizedTime, also where RFC 5280 §4.1.2.5 forbids it.
pub fn encode_generalized(unix: i64) -> Vec<u8> {
    der::generalized_time(&digits(unix))
}

/// `YYYYMMDDHHMMSSZ`.
fn digits(unix: i64) -> String {
    let (year, month, day) = civil(unix.div_euclid(SECONDS_PER_DAY));
    let second = unix.rem_euclid(SECONDS_PER_DAY);
    format!("{year:04}{month:02}{day:02}{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Year, month and day of a day counted from 1970-01-01, found by walking: slow
/// and plain, so that it shares no trick with the code under test.
fn civil(day: i64) -> (i64, u32, u32) {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in_year = |year| if is_leap(year) { 366 } else { 365 };
    let (mut year, mut left) = (1970, day);
    while left < 0 {
        year -= 1;
        left += days_in_year(year);
    }
    while left >= days_in_year(year) {
        left -= days_in_year(year);
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, left as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_forms() {
        for (unix, expected) in [
            (CA_START, der::utc_time("200101000000Z")),
            (CA_END, der::utc_time("360101000000Z")),
            (START, der::utc_time("260101000000Z")),
            (END, der::utc_time("270101000000Z")),
            (MIDDLE, der::utc_time("260701000000Z")),
            (951_827_696, der::utc_time("000229123456Z")),
            (-631_152_000, der::utc_time("500101000000Z")),
            (-631_152_001, der::generalized_time("19491231235959Z")),
            (2_524_607_999, der::utc_time("491231235959Z")),
            (2_524_608_000, der::generalized_time("20500101000000Z")),
            (253_402_300_799, der::generalized_time("99991231235959Z")),
        ] {
            assert_eq!(encode(unix), expected, "{unix}");
        }
    }
}
