//! How long an answer may be used without asking again (RFC 9111 §4.2).

use certlens_core::time::Time;

use super::key::Kind;

/// How long a failure is remembered: long enough that one run asks a dead server
/// once, short enough that a mended one is seen at the next try.
pub const NEGATIVE_SECONDS: i64 = 30;

/// How long certificates are kept when nothing says for how long: what stands at
/// such a URL changes when a CA gets a new key or certificate, years apart.
pub const CERTIFICATES_SECONDS: i64 = 7 * 86_400;

/// How long a CRL or OCSP response is kept that has no nextUpdate and came
/// without HTTP freshness; RFC 6960 §4.2.2.1 has newer information available all
/// the time then.
pub const UNDATED_SECONDS: i64 = 3_600;

/// The most that HTTP headers alone can make of it, without a nextUpdate.
pub const MAX_UNDATED_SECONDS: i64 = 7 * 86_400;

/// Greater numbers of seconds are taken for this one (RFC 9111 §1.2.2).
const MAX_DELTA: i64 = 1 << 31;

/// Why an answer is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotKept {
    /// `Cache-Control: no-store` (RFC 9111 §5.2.2.5).
    NoStore,
    /// It is to be asked for again before each use: `no-cache`
    /// (RFC 9111 §5.2.2.4), a life of nothing, or a nextUpdate that has passed.
    Expired,
    /// It is larger than all that the cache may hold.
    TooLarge,
}

/// What the headers of an answer say about keeping it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Headers {
    no_store: bool,
    no_cache: bool,
    max_age: Option<i64>,
    s_maxage: Option<i64>,
    /// `Some(None)` is an Expires that is no date, as `0`.
    expires: Option<Option<i64>>,
    date: Option<i64>,
    age: Option<i64>,
}

impl Headers {
    fn read(headers: &[(String, String)]) -> Self {
        let mut found = Headers::default();
        for (name, value) in headers {
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "cache-control" => found.read_cache_control(value),
                "expires" => found.expires = found.expires.or(Some(http_date(value))),
                "date" => found.date = found.date.or_else(|| http_date(value)),
                "age" => found.age = found.age.max(Some(seconds(value))),
                _ => {}
            }
        }
        found
    }

    fn read_cache_control(&mut self, value: &str) {
        for directive in split_directives(value) {
            let (name, argument) = match directive.split_once('=') {
                Some((name, argument)) => (name.trim(), argument.trim().trim_matches('"')),
                None => (directive.trim(), ""),
            };
            // Of contradicting ages the smaller counts (RFC 9111 §4.2.1).
            let least =
                |known: Option<i64>| Some(known.map_or(seconds(argument), |known| known.min(seconds(argument))));
            match name.to_ascii_lowercase().as_str() {
                "no-store" => self.no_store = true,
                // With field names it is about these fields, but many readers
                // take it as if there were none (RFC 9111 §5.2.2.4).
                "no-cache" => self.no_cache = true,
                "max-age" => self.max_age = least(self.max_age),
                "s-maxage" => self.s_maxage = least(self.s_maxage),
                _ => {}
            }
        }
    }

    /// When HTTP has it expire, if it says so.
    fn expiry(&self, now: i64) -> Option<i64> {
        // s-maxage is addressed to shared caches, which this is not; it still
        // tells more than a guess.
        let life = match (self.max_age, self.expires, self.s_maxage) {
            (Some(life), _, _) => life,
            (None, Some(expires), _) => expires.map_or(0, |at| at.saturating_sub(self.date.unwrap_or(now))),
            (None, None, Some(life)) => life,
            (None, None, None) => return None,
        };
        // RFC 9111 §4.2.3; the time the answer took is not known here.
        let apparent = self.date.map_or(0, |date| now.saturating_sub(date).max(0));
        let age = apparent.max(self.age.unwrap_or(0));
        Some(now.saturating_add(life.saturating_sub(age)))
    }
}

/// When an answer that comes at `now` expires.
///
/// # Errors
///
/// Why it is not to be kept at all.
pub(super) fn expiry(
    kind: Kind,
    headers: &[(String, String)],
    fresh_until: Option<i64>,
    now: i64,
) -> Result<i64, NotKept> {
    let headers = Headers::read(headers);
    if headers.no_store {
        return Err(NotKept::NoStore);
    }
    if headers.no_cache {
        return Err(NotKept::Expired);
    }
    let until = match (fresh_until, headers.expiry(now)) {
        (Some(dated), Some(http)) => dated.min(http),
        (Some(dated), None) => dated,
        (None, Some(http)) => http.min(now.saturating_add(MAX_UNDATED_SECONDS)),
        (None, None) if kind == Kind::Certificates => now.saturating_add(CERTIFICATES_SECONDS),
        (None, None) => now.saturating_add(UNDATED_SECONDS),
    };
    if until > now { Ok(until) } else { Err(NotKept::Expired) }
}

/// Splits at commas outside of quotes.
fn split_directives(value: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    value.split(move |character| {
        quoted ^= character == '"';
        character == ',' && !quoted
    })
}

/// delta-seconds (RFC 9111 §1.2.2); what is no number is stale (§4.2.1).
fn seconds(text: &str) -> i64 {
    if text.is_empty() || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return 0;
    }
    text.parse().map_or(MAX_DELTA, |number: i64| number.min(MAX_DELTA))
}

/// An HTTP date in its three forms (RFC 9110 §5.6.7), as seconds since 1970.
fn http_date(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split([' ', '-']).filter(|part| !part.is_empty()).collect();
    let (year, month, day, clock) = match parts.as_slice() {
        // Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT
        [_, day, month, year, clock, "GMT"] => (*year, *month, *day, *clock),
        // Sun Nov  6 08:49:37 1994
        [_, month, day, clock, year] => (*year, *month, *day, *clock),
        _ => return None,
    };
    let number = |text: &str, most: usize| -> Option<u32> {
        let digits = (1..=most).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    };
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = (1u32..).zip(MONTHS).find(|(_, name)| *name == month)?.0;
    let year = match (number(year, 4)?, year.len()) {
        // Two digits: the century that is nearest to this software's lifetime.
        (short, 2) if short < 70 => 2000 + short,
        (short, 2) => 1900 + short,
        (long, 4) => long,
        _ => return None,
    };
    let mut clock = clock.split(':');
    let mut next = || number(clock.next()?, 2);
    let (hour, minute, second) = (next()?, next()?, next()?);
    // A leap second is the end of its minute.
    let time = Time::from_civil(i64::from(year), month, number(day, 2)?, hour, minute, second.min(59))?;
    (clock.next().is_none() && second <= 60).then(|| time.unix())
}

#[cfg(test)]
mod tests {
    use super::{CERTIFICATES_SECONDS, Kind, MAX_UNDATED_SECONDS, NotKept, UNDATED_SECONDS, expiry, http_date};

    const NOW: i64 = 784_111_777;

    fn with(kind: Kind, headers: &[(&str, &str)], fresh_until: Option<i64>) -> Result<i64, NotKept> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        expiry(kind, &headers, fresh_until, NOW).map(|until| until - NOW)
    }

    fn crl(headers: &[(&str, &str)]) -> Result<i64, NotKept> {
        with(Kind::Crl, headers, Some(NOW + 5_000))
    }

    #[test]
    fn the_earlier_of_next_update_and_http_counts() {
        assert_eq!(crl(&[]), Ok(5_000));
        assert_eq!(crl(&[("Cache-Control", "max-age=100")]), Ok(100));
        assert_eq!(crl(&[("cache-control", "public, Max-Age=\"100\"")]), Ok(100));
        assert_eq!(crl(&[("Cache-Control", "max-age=9000")]), Ok(5_000));
        assert_eq!(crl(&[("Cache-Control", "max-age=300, max-age=100")]), Ok(100));
        assert_eq!(crl(&[("Cache-Control", "max-age=300"), ("Age", "100")]), Ok(200));
        assert_eq!(crl(&[("Cache-Control", "s-maxage=300")]), Ok(300));
        assert_eq!(crl(&[("Cache-Control", "s-maxage=300, max-age=100")]), Ok(100));
        assert_eq!(crl(&[("Expires", "Sun, 06 Nov 1994 08:51:17 GMT")]), Ok(100));
        assert_eq!(crl(&[("Expires", "Sun, 06 Nov 1994 08:51:17 GMT"), ("Cache-Control", "max-age=7")]), Ok(7));
    }

    #[test]
    fn the_age_of_an_answer_is_taken_off() {
        // Sent 60 s ago by its Date, with a life of 100 s.
        let date = ("Date", "Sun, 06 Nov 1994 08:48:37 GMT");
        assert_eq!(crl(&[date, ("Expires", "Sun, 06 Nov 1994 08:50:17 GMT")]), Ok(40));
        assert_eq!(crl(&[date, ("Cache-Control", "max-age=100"), ("Age", "70")]), Ok(30));
        assert_eq!(crl(&[date, ("Cache-Control", "max-age=60")]), Err(NotKept::Expired));
    }

    #[test]
    fn some_answers_are_not_kept() {
        assert_eq!(crl(&[("Cache-Control", "private, no-store")]), Err(NotKept::NoStore));
        assert_eq!(crl(&[("Cache-Control", "no-cache")]), Err(NotKept::Expired));
        assert_eq!(crl(&[("Cache-Control", "no-cache=\"set-cookie, a\"")]), Err(NotKept::Expired));
        assert_eq!(crl(&[("Cache-Control", "max-age=0")]), Err(NotKept::Expired));
        assert_eq!(crl(&[("Cache-Control", "max-age=-5")]), Err(NotKept::Expired));
        assert_eq!(crl(&[("Cache-Control", "max-age=soon")]), Err(NotKept::Expired));
        assert_eq!(crl(&[("Expires", "0")]), Err(NotKept::Expired));
        assert_eq!(with(Kind::Crl, &[], Some(NOW)), Err(NotKept::Expired));
        assert_eq!(with(Kind::Crl, &[], Some(i64::MIN)), Err(NotKept::Expired));
        // Quotes hide a directive, as the grammar has it.
        assert_eq!(crl(&[("Cache-Control", "ext=\"a, no-store\"")]), Ok(5_000));
    }

    #[test]
    fn without_dates_there_are_caps() {
        assert_eq!(with(Kind::Certificates, &[], None), Ok(CERTIFICATES_SECONDS));
        assert_eq!(with(Kind::Crl, &[], None), Ok(UNDATED_SECONDS));
        assert_eq!(with(Kind::Ocsp, &[], None), Ok(UNDATED_SECONDS));
        let endless = [("Cache-Control", "max-age=99999999999999999999")];
        assert_eq!(with(Kind::Ocsp, &endless, None), Ok(MAX_UNDATED_SECONDS));
        assert_eq!(with(Kind::Crl, &endless, Some(i64::MAX)), Ok(1 << 31));
    }

    #[test]
    fn http_dates_have_three_forms() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(http_date(text), Some(784_111_777), "{text}");
        }
        assert_eq!(http_date("Thu, 31 Dec 1998 23:59:60 GMT"), http_date("Thu, 31 Dec 1998 23:59:59 GMT"));
        for text in [
            "",
            "0",
            "-1",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:01 GMT",
            "Sun, 06 Nov 99999999999 08:49:37 GMT",
            "Sun, é6 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }
}
