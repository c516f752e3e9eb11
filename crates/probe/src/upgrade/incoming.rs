//! What a server has said so far, and what is wrong with it.

use crate::limits::{MAX_LINE_OCTETS, MAX_NOTE, MAX_NOTES, MAX_UPGRADE_OCTETS};
use crate::text;

/// Everything that a server has sent, and how far it was read.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    octets: Vec<u8>,
    /// Read up to here.
    at: usize,
    /// No line feed is between `at` and here.
    searched: usize,
    notes: Vec<String>,
}

/// Why an upgrade goes no further, as its parser sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Something that the protocol does not have at this place.
    Unexpected {
        /// Which octet of what the server sent, from 0.
        at: usize,
        /// What should be there.
        expected: String,
    },
    /// More than is read of it.
    TooLong {
        /// Where it begins.
        at: usize,
        /// What it is.
        what: &'static str,
        /// How many octets (or lines) are read.
        most: usize,
    },
    /// The server speaks the protocol, and would not.
    Refused(Refusal),
}

/// An answer that says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The kind, as in [`Failure::cause`](crate::Failure::cause).
    pub(crate) cause: &'static str,
    /// What the server did, as the end of a sentence that begins with its name.
    pub(crate) did: String,
    /// What to do.
    pub(crate) hint: String,
}

/// The server would not begin TLS, and says so by a code.
pub(crate) const REFUSED: &str = "upgrade-refused";
/// The server does not have TLS on this port.
pub(crate) const NOT_OFFERED: &str = "upgrade-not-offered";

/// A refusal.
pub(crate) fn refused(cause: &'static str, did: impl Into<String>, hint: impl Into<String>) -> Trouble {
    Trouble::Refused(Refusal { cause, did: did.into(), hint: hint.into() })
}

impl Incoming {
    /// Adds what has come.
    pub(crate) fn push(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// Everything that came, for something to be added.
    pub(crate) fn all_mut(&mut self) -> &mut Vec<u8> {
        &mut self.octets
    }

    /// How many octets may still come.
    pub(crate) fn room(&self) -> usize {
        MAX_UPGRADE_OCTETS.saturating_sub(self.octets.len())
    }

    /// Everything that came.
    pub(crate) fn all(&self) -> &[u8] {
        &self.octets
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &[u8] {
        self.octets.get(self.at..).unwrap_or_default()
    }

    /// How many octets were read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The next `count` octets, once they are there.
    pub(crate) fn take(&mut self, count: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.octets.get(self.at..end)?;
        self.at = end;
        self.searched = self.searched.max(end);
        Some(taken)
    }

    /// The next line without its end, which is CR LF or LF alone, once it is there.
    pub(crate) fn line(&mut self) -> Result<Option<&[u8]>, Trouble> {
        let unsearched = self.octets.get(self.searched..).unwrap_or_default();
        let Some(found) = unsearched.iter().position(|octet| *octet == b'\n') else {
            self.searched = self.octets.len();
            return self.fits(self.octets.len()).map(|()| None);
        };
        let end = self.searched + found;
        self.fits(end)?;
        let line = self.octets.get(self.at..end).unwrap_or_default();
        self.at = end + 1;
        self.searched = self.at;
        Ok(Some(line.strip_suffix(b"\r").unwrap_or(line)))
    }

    fn fits(&self, end: usize) -> Result<(), Trouble> {
        if end - self.at <= MAX_LINE_OCTETS {
            return Ok(());
        }
        Err(Trouble::TooLong { at: self.at, what: "a line", most: MAX_LINE_OCTETS })
    }

    /// That something else should be `ahead` octets behind what was read.
    pub(crate) fn unexpected(&self, ahead: usize, expected: impl Into<String>) -> Trouble {
        Trouble::Unexpected { at: self.at + ahead, expected: expected.into() }
    }

    /// That nothing more is read of it.
    pub(crate) fn full(&self) -> Trouble {
        Trouble::TooLong { at: 0, what: "what it says before TLS", most: MAX_UPGRADE_OCTETS }
    }

    /// Whether nothing came that was not read. Before the client has begun TLS the
    /// server has nothing to say; whatever was put there, by the server or somebody in
    /// between, must not pass for what comes under TLS (as it did in CVE-2021-23222).
    pub(crate) fn is_used_up(&self) -> Result<(), Trouble> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.unexpected(0, "nothing more before TLS begins")) }
    }

    /// Keeps what the server said for the report, if it said anything.
    pub(crate) fn note(&mut self, said: &[u8]) {
        let said = text::shown(said, MAX_NOTE);
        if !said.is_empty() && self.notes.len() < MAX_NOTES && !self.notes.contains(&said) {
            self.notes.push(said);
        }
    }

    /// What was kept.
    pub(crate) fn into_notes(self) -> Vec<String> {
        self.notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_a_line_feed() {
        let mut incoming = Incoming::default();
        incoming.push(b"one\r\ntw");
        assert_eq!(incoming.line(), Ok(Some(&b"one"[..])));
        assert_eq!(incoming.line(), Ok(None));
        incoming.push(b"o\n\n");
        assert_eq!(incoming.line(), Ok(Some(&b"two"[..])));
        assert_eq!(incoming.line(), Ok(Some(&b""[..])));
        assert_eq!((incoming.at(), incoming.rest()), (10, &b""[..]));
    }

    #[test]
    fn an_endless_line_ends() {
        let mut incoming = Incoming::default();
        incoming.push(b"x\n");
        incoming.line().unwrap();
        incoming.push(&[b'a'; MAX_LINE_OCTETS]);
        assert_eq!(incoming.line(), Ok(None));
        incoming.push(b"a");
        let expected = Trouble::TooLong { at: 2, what: "a line", most: MAX_LINE_OCTETS };
        assert_eq!(incoming.line(), Err(expected.clone()));
        incoming.push(b"\n");
        assert_eq!(incoming.line(), Err(expected));
    }

    #[test]
    fn octets_are_taken_when_all_are_there() {
        let mut incoming = Incoming::default();
        incoming.push(b"abc");
        assert_eq!(incoming.take(4), None);
        assert_eq!(incoming.take(2), Some(&b"ab"[..]));
        assert_eq!(incoming.take(usize::MAX), None);
        assert_eq!(incoming.unexpected(0, "d"), Trouble::Unexpected { at: 2, expected: "d".to_owned() });
    }

    #[test]
    fn few_notes_are_kept_and_none_twice() {
        let mut incoming = Incoming::default();
        for number in 0..100 {
            incoming.note(format!("{}\n", number / 2).as_bytes());
        }
        assert_eq!(incoming.into_notes().len(), MAX_NOTES);
    }
}
