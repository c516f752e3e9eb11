//! The record of one answer or failure: a small text, read strictly.
//!
//! ```text
//! certlens-cache 1
//! kind crl
//! url http://crl.example/ca.crl
//! object <SHA-256 of the answer>
//! size 1234
//! stored 1764000000
//! expires 1764003600
//! header etag: "abc"
//! check <SHA-256 of all lines above>
//! ```
//!
//! A file that does not end with its own digest is torn or not ours.

use super::key::{Digest, Key, Kind};
use crate::failure::{Failure, Stage};

/// The longest record: a URL and a failure's texts, each within its own limit,
/// with room for headers.
pub(super) const MAX_RECORD_OCTETS: usize = 64 << 10;

/// The longest message, hint or header kept, in octets; sentences for people
/// stay below.
pub const MAX_TEXT_OCTETS: usize = 4_096;

/// The headers kept: what an answer is, and how long it is fresh.
pub const KEPT_HEADERS: [&str; 7] =
    ["content-type", "cache-control", "expires", "age", "date", "last-modified", "etag"];

/// The first line; another version is another format, and not read.
const FIRST: &str = "certlens-cache 1";

/// A failure as it was remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedFailure {
    /// See [`Failure::stage`].
    pub stage: Stage,
    /// See [`Failure::cause`].
    pub cause: String,
    /// See [`Failure::message`].
    pub message: String,
    /// See [`Failure::hint`].
    pub hint: String,
    /// See [`Failure::winhttp`].
    pub winhttp: Option<u32>,
    /// See [`Failure::cannot_tell`].
    pub cannot_tell: bool,
    /// The circumstances that it came under.
    pub under: Digest,
}

impl RememberedFailure {
    /// A failure as it is remembered, each text on one line.
    pub(super) fn new(failure: &Failure, under: Digest) -> Self {
        RememberedFailure {
            stage: failure.stage,
            cause: failure.cause.to_owned(),
            message: one_line(&failure.message),
            hint: one_line(&failure.hint),
            winhttp: failure.winhttp,
            cannot_tell: failure.cannot_tell,
            under,
        }
    }

    /// The failure again, if its cause is one of those given: the file may have
    /// been written by another version.
    pub fn to_failure(&self, causes: &[&'static str]) -> Option<Failure> {
        let cause = causes.iter().find(|cause| **cause == self.cause)?;
        Some(Failure {
            stage: self.stage,
            cause,
            message: self.message.clone(),
            hint: self.hint.clone(),
            winhttp: self.winhttp,
            cannot_tell: self.cannot_tell,
        })
    }
}

/// What a record is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// An answer.
    Object {
        /// Its SHA-256, by which it is found and verified.
        digest: Digest,
        /// Its length in octets.
        size: u64,
        /// Those of [`KEPT_HEADERS`] that came with it, in lower case.
        headers: Vec<(String, String)>,
    },
    /// A failure.
    Failure(RememberedFailure),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) key: Key,
    pub(super) stored: i64,
    /// The first second at which it is no longer used.
    pub(super) expires: i64,
    pub(super) content: Content,
}

impl Record {
    /// Whether it may be used. One from the future was written under another
    /// clock, and says nothing about this one.
    pub(super) fn is_fresh(&self, now: i64) -> bool {
        self.stored <= now && now < self.expires
    }

    pub(super) fn write(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            text.push_str(name);
            text.push(' ');
            text.push_str(value);
            text.push('\n');
        };
        line("certlens-cache", "1");
        line("kind", self.key.kind.word());
        line("url", &self.key.url);
        if let Some(request) = self.key.request {
            line("request", &request.to_string());
        }
        match &self.content {
            Content::Object { digest, size, .. } => {
                line("object", &digest.to_string());
                line("size", &size.to_string());
            }
            Content::Failure(failure) => {
                line("failure", failure.stage.word());
                line("cause", &failure.cause);
                line("message", &failure.message);
                line("hint", &failure.hint);
                line("winhttp", &failure.winhttp.map(|code| code.to_string()).unwrap_or_default());
                line("cannot-tell", if failure.cannot_tell { "yes" } else { "no" });
                line("under", &failure.under.to_string());
            }
        }
        line("stored", &self.stored.to_string());
        line("expires", &self.expires.to_string());
        if let Content::Object { headers, .. } = &self.content {
            for (name, value) in headers {
                line("header", &format!("{name}: {value}"));
            }
        }
        let check = Digest::of(text.as_bytes());
        text.push_str(&format!("check {check}\n"));
        text
    }

    /// Reads what [`write`](Self::write) wrote, and nothing else.
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(octets).ok()?;
        let (body, last) = text.strip_suffix('\n')?.rsplit_once('\n')?;
        let body = text.get(..body.len() + 1)?;
        if Digest::parse(last.strip_prefix("check ")?)? != Digest::of(body.as_bytes()) {
            return None;
        }
        let mut lines = Lines(body.split_terminator('\n').peekable());
        (lines.0.next()? == FIRST).then_some(())?;
        let kind = Kind::from_word(lines.value("kind")?)?;
        let url = lines.value("url")?;
        let request = match lines.value("request") {
            Some(digits) => Some(Digest::parse(digits)?),
            None => None,
        };
        let key = Key::new(kind, url, request)?;
        let mut content = lines.content()?;
        let (stored, expires) = (lines.number("stored")?, lines.number("expires")?);
        if let Content::Object { headers, .. } = &mut content {
            while let Some(header) = lines.value("header") {
                let (name, value) = header.split_once(": ")?;
                KEPT_HEADERS.contains(&name).then(|| headers.push((name.to_owned(), value.to_owned())))?;
            }
        }
        lines.0.next().is_none().then_some(Record { key, stored, expires, content })
    }
}

struct Lines<'a, I: Iterator<Item = &'a str>>(std::iter::Peekable<I>);

impl<'a, I: Iterator<Item = &'a str>> Lines<'a, I> {
    /// The rest of the next line if it begins with this word.
    fn value(&mut self, name: &str) -> Option<&'a str> {
        let value = self.0.peek()?.strip_prefix(name)?.strip_prefix(' ')?;
        self.0.next();
        Some(value)
    }

    fn number<T: std::str::FromStr>(&mut self, name: &str) -> Option<T> {
        self.value(name)?.parse().ok()
    }

    fn content(&mut self) -> Option<Content> {
        if let Some(digits) = self.value("object") {
            return Some(Content::Object {
                digest: Digest::parse(digits)?,
                size: self.number("size")?,
                headers: Vec::new(),
            });
        }
        let word = self.value("failure")?;
        Some(Content::Failure(RememberedFailure {
            stage: Stage::from_word(word)?,
            cause: self.value("cause")?.to_owned(),
            message: self.value("message")?.to_owned(),
            hint: self.value("hint")?.to_owned(),
            winhttp: match self.value("winhttp")? {
                "" => None,
                code => Some(code.parse().ok()?),
            },
            cannot_tell: match self.value("cannot-tell")? {
                "yes" => true,
                "no" => false,
                _ => return None,
            },
            under: Digest::parse(self.value("under")?)?,
        }))
    }
}

/// The headers worth keeping, in lower case, each on one line.
pub(super) fn kept_headers(headers: &[(String, String)]) -> Vec<(String, String)> {
    let lower = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), one_line(value)));
    // Each is sent once or twice; more is an attempt to fill the record.
    lower.filter(|(name, _)| KEPT_HEADERS.contains(&name.as_str())).take(KEPT_HEADERS.len()).collect()
}

/// Without control characters, and not longer than [`MAX_TEXT_OCTETS`].
fn one_line(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_TEXT_OCTETS);
    let kept = text.get(..end).unwrap_or(text);
    kept.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        Content, Digest, Failure, Key, Kind, MAX_RECORD_OCTETS, MAX_TEXT_OCTETS, Record, RememberedFailure, Stage,
        kept_headers,
    };
    use crate::cache::key::MAX_URL_OCTETS;

    fn positive() -> Record {
        let headers = vec![("etag".to_owned(), "\"a: b\"".to_owned()), ("date".to_owned(), String::new())];
        Record {
            key: Key::new(Kind::Crl, "http://h/a b", None).unwrap(),
            stored: -5,
            expires: i64::MAX,
            content: Content::Object { digest: Digest::of(b"x"), size: 1, headers },
        }
    }

    fn negative() -> Record {
        let failure = Failure {
            stage: Stage::Connect,
            cause: "connection-refused",
            message: "two\nlines".to_owned(),
            hint: String::new(),
            winhttp: Some(12029),
            cannot_tell: true,
        };
        Record {
            key: Key::new(Kind::Ocsp, "http://h/", Some(Digest::of(b"request"))).unwrap(),
            stored: 1,
            expires: 2,
            content: Content::Failure(RememberedFailure::new(&failure, Digest::of(b"u"))),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for record in [positive(), negative()] {
            assert_eq!(Record::read(record.write().as_bytes()), Some(record));
        }
        let Content::Failure(failure) = negative().content else { panic!("a failure") };
        assert_eq!(failure.message, "two lines");
        assert_eq!(
            failure.to_failure(&["other", "connection-refused"]).map(|failure| failure.cause),
            Some("connection-refused")
        );
        assert_eq!(failure.to_failure(&["other"]), None);
    }

    #[test]
    fn every_cut_and_every_changed_octet_is_noticed() {
        for record in [positive(), negative()] {
            let whole = record.write().into_bytes();
            for length in 0..whole.len() {
                assert_eq!(Record::read(&whole[..length]), None);
            }
            for at in 0..whole.len() {
                let mut changed = whole.clone();
                changed[at] ^= 1;
                assert_eq!(Record::read(&changed), None);
            }
            assert_eq!(Record::read(&[whole.as_slice(), b"\n"].concat()), None);
            assert_eq!(Record::read(&[whole.as_slice(), whole.as_slice()].concat()), None);
        }
    }

    #[test]
    fn a_digest_does_not_make_a_record() {
        let sealed = |body: &str| format!("{body}check {}\n", Digest::of(body.as_bytes()));
        let body = positive().write();
        let (body, _) = body.split_once("check ").unwrap();
        assert!(Record::read(sealed(body).as_bytes()).is_some());
        for (from, to) in [
            ("certlens-cache 1", "certlens-cache 2"),
            ("kind crl", "kind key"),
            ("kind crl", "kind ocsp"),
            ("size 1\n", "size -1\n"),
            ("size 1\n", ""),
            ("stored -5\n", "stored\n"),
            ("header etag: ", "header etag"),
            ("header etag", "trailer etag"),
        ] {
            assert!(body.contains(from));
            assert_eq!(Record::read(sealed(&body.replacen(from, to, 1)).as_bytes()), None, "{to}");
        }
        assert_eq!(Record::read(sealed("").as_bytes()), None);
    }

    #[test]
    fn the_longest_record_fits() {
        let long = "é\n".repeat(MAX_TEXT_OCTETS);
        let mut record = negative();
        record.key.url = "x".repeat(MAX_URL_OCTETS);
        let failure = Failure {
            stage: Stage::Ldap,
            cause: "c",
            message: long.clone(),
            hint: long.clone(),
            winhttp: None,
            cannot_tell: false,
        };
        record.content = Content::Failure(RememberedFailure::new(&failure, Digest::of(b"u")));
        assert!(record.write().len() < MAX_RECORD_OCTETS);
        let headers: Vec<_> = (0..100).map(|_| ("ETag".to_owned(), long.clone())).collect();
        record.content = Content::Object { digest: Digest::of(b""), size: 0, headers: kept_headers(&headers) };
        assert!(record.write().len() < MAX_RECORD_OCTETS);
        assert_eq!(Record::read(record.write().as_bytes()), Some(record));
    }

    #[test]
    fn only_known_headers_are_kept() {
        let header = |name: &str| (name.to_owned(), "v".to_owned());
        let kept = kept_headers(&[header("Set-Cookie"), header("ETag"), header("Authorization")]);
        assert_eq!(kept, [header("etag")]);
    }

    #[test]
    fn fresh_is_from_stored_until_before_expires() {
        let record = negative();
        assert_eq!([0, 1, 2].map(|now| record.is_fresh(now)), [false, true, false]);
    }
}
