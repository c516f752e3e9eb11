//! Under which name an answer is kept.

use std::fmt;

use certlens_core::encoding::hex;
use certlens_core::x509::sources::without_credentials;

use super::error::CacheError;
use crate::request::{Request, What};

/// The longest URL of which a record is kept; web servers accept 2,048 to 8,192.
pub const MAX_URL_OCTETS: usize = 8_192;

/// What kind of answer is kept; the same URL may be asked for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Certificates of issuers.
    Certificates,
    /// A CRL.
    Crl,
    /// An OCSP response.
    Ocsp,
}

impl Kind {
    /// The word that records, reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Certificates => "certificates",
            Kind::Crl => "crl",
            Kind::Ocsp => "ocsp",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Kind::Certificates, Kind::Crl, Kind::Ocsp].into_iter().find(|kind| kind.word() == word)
    }
}

/// A SHA-256 digest, by which objects and records are named.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these octets.
    pub fn of(octets: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets);
        let mut id = [0; 32];
        id.copy_from_slice(digest.as_ref());
        Digest(id)
    }

    /// From exactly 64 lower-case hexadecimal digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut id = [0; 32];
        for (octet, pair) in id.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *octet = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Digest(id))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What was asked, as far as it decides which answer comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) kind: Kind,
    /// Without credentials.
    pub(super) url: String,
    /// The OCSP request's.
    pub(super) request: Option<Digest>,
}

impl Key {
    /// # Errors
    ///
    /// When the URL cannot stand on a line of a record.
    pub(super) fn of(request: &Request) -> Result<Self, CacheError> {
        let (kind, digest) = match &request.what {
            What::Certificates => (Kind::Certificates, None),
            What::Crl => (Kind::Crl, None),
            What::Ocsp(encoded) => (Kind::Ocsp, Some(Digest::of(encoded))),
        };
        Self::new(kind, &request.url, digest).ok_or(CacheError::Url)
    }

    pub(super) fn new(kind: Kind, url: &str, request: Option<Digest>) -> Option<Self> {
        let fits = url.len() <= MAX_URL_OCTETS && !url.is_empty() && !url.chars().any(char::is_control);
        let asked_for = request.is_some() == (kind == Kind::Ocsp);
        (fits && asked_for).then(|| Key { kind, url: without_credentials(url), request })
    }

    /// The name of the record. The URL comes last, for it alone may hold spaces.
    pub(super) fn id(&self) -> Digest {
        let request = self.request.map(|digest| digest.to_string()).unwrap_or_default();
        Digest::of(format!("{} {request} {}", self.kind.word(), self.url).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, Key, Kind};

    #[test]
    fn a_key_differs_by_kind_url_and_request() {
        let id = |kind, url, request| Key::new(kind, url, request).unwrap().id();
        let one = Some(Digest::of(b"1"));
        let all = [
            id(Kind::Crl, "http://h/", None),
            id(Kind::Certificates, "http://h/", None),
            id(Kind::Crl, "http://h/x", None),
            id(Kind::Ocsp, "http://h/", one),
            id(Kind::Ocsp, "http://h/", Some(Digest::of(b"2"))),
        ];
        for (at, left) in all.iter().enumerate() {
            assert!(all.iter().skip(at + 1).all(|right| left != right));
        }
        assert_eq!(id(Kind::Crl, "http://u:p@h/", None), id(Kind::Crl, "http://h/", None));
    }

    #[test]
    fn what_cannot_stand_on_a_line_has_no_key() {
        for url in ["", "http://h/\n", "http://h/\u{85}", "http://h/\0"] {
            assert_eq!(Key::new(Kind::Crl, url, None), None);
        }
        assert_eq!(Key::new(Kind::Crl, &"x".repeat(super::MAX_URL_OCTETS + 1), None), None);
    }

    #[test]
    fn digests_are_read_strictly() {
        let digest = Digest::of(b"");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        for text in ["", "0", &"0".repeat(63), &"0".repeat(65), &"A".repeat(64), &"é".repeat(32), &"+".repeat(64)] {
            assert_eq!(Digest::parse(text), None);
        }
    }
}
