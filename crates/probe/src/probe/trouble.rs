//! What kept a handshake from completing.

use std::fmt;
use std::io::{self, ErrorKind};
use std::time::Duration;

use rustls::Error;

use crate::alert::Alert;
use crate::tls::handshake::{Ended, Handshake};
use crate::tls::plain::{PlainAnswer, PlainEnded};
use crate::tls::sniff::{Answer, sniff};

/// What kept a handshake from completing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// What answered is not TLS.
    NotTls(Answer),
    /// The server sent a fatal alert.
    Alert(Alert),
    /// Nothing came after the ClientHello, in this time.
    Silent(Duration),
    /// Something came, and then nothing more until this time had passed.
    Stalled(Duration),
    /// The connection was reset; how many octets had come.
    Reset(usize),
    /// The connection was closed; how many octets had come.
    Closed(usize),
    /// The server chose what current clients do not speak; the text says what.
    Incompatible(String),
    /// What the server sent breaks the rules of TLS; the text says how.
    Misbehaved(String),
    /// The server sent too much, or too small records: the limit's name.
    Limit(String),
    /// There cannot be such a handshake; the text says why.
    Unusable(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Alert(alert) => write!(f, "alert {alert}"),
            Trouble::NotTls(_) => f.write_str("what answered is not TLS"),
            Trouble::Silent(after) => write!(f, "silence for {} s", after.as_secs_f32()),
            Trouble::Stalled(after) => write!(f, "not done after {} s", after.as_secs_f32()),
            Trouble::Reset(_) => f.write_str("connection reset"),
            Trouble::Closed(_) => f.write_str("connection closed"),
            Trouble::Incompatible(what) | Trouble::Misbehaved(what) | Trouble::Unusable(what) => f.write_str(what),
            Trouble::Limit(name) => write!(f, "ended by the limit {name}"),
        }
    }
}

impl Trouble {
    /// What kept this handshake from completing, `None` when it did complete.
    pub(crate) fn of(handshake: &Handshake) -> Option<Trouble> {
        let trouble = match &handshake.ended {
            Ended::Done => return None,
            Ended::Alert(alert) => Trouble::Alert(*alert),
            Ended::Unusable(why) => Trouble::Unusable(why.clone()),
            Ended::TooMuch => Trouble::Limit("MAX_HANDSHAKE_OCTETS".to_owned()),
            Ended::Library(error) => match error {
                Error::PeerIncompatible(what) => Trouble::Incompatible(words(&format!("{what:?}"))),
                Error::PeerMisbehaved(what) => Trouble::Misbehaved(words(&format!("{what:?}"))),
                Error::InvalidMessage(what) => Trouble::Misbehaved(words(&format!("{what:?}"))),
                Error::NoCertificatesPresented => Trouble::Misbehaved("no certificates were sent".to_owned()),
                Error::DecryptError => Trouble::Misbehaved("what it encrypted cannot be decrypted".to_owned()),
                Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
                    Trouble::Misbehaved("a message came out of place".to_owned())
                }
                other => Trouble::Misbehaved(words(&other.to_string())),
            },
            Ended::Closed => Trouble::Closed(handshake.octets),
            Ended::Broken(error) => broken(error, handshake.octets),
            Ended::TimedOut(after) => late(*after, handshake.octets),
        };
        Some(trouble.unless_other_answered(&handshake.first))
    }

    /// What kept this answer from being complete, `None` when it was.
    pub(crate) fn of_plain(answer: &PlainAnswer) -> Option<Trouble> {
        let trouble = match &answer.ended {
            PlainEnded::Done => return None,
            PlainEnded::Alert(alert) => Trouble::Alert(*alert),
            PlainEnded::Unreadable(error) => Trouble::Misbehaved(error.to_string()),
            PlainEnded::Closed => Trouble::Closed(answer.octets),
            PlainEnded::Broken(error) => broken(error, answer.octets),
            PlainEnded::TimedOut(after) => late(*after, answer.octets),
        };
        Some(trouble.unless_other_answered(&answer.first))
    }

    /// Whatever else happened, a peer that does not speak TLS is the trouble.
    fn unless_other_answered(self, first: &[u8]) -> Trouble {
        match sniff(first) {
            Answer::Nothing | Answer::Handshake | Answer::Alert(_) => self,
            other => Trouble::NotTls(other),
        }
    }
}

fn late(after: Duration, octets: usize) -> Trouble {
    if octets == 0 { Trouble::Silent(after) } else { Trouble::Stalled(after) }
}

fn broken(error: &io::Error, octets: usize) -> Trouble {
    match error.kind() {
        ErrorKind::UnexpectedEof => Trouble::Closed(octets),
        ErrorKind::TimedOut => late(Duration::ZERO, octets),
        // What carries TLS broke the rules of its own protocol, or a limit that it names.
        ErrorKind::InvalidData => Trouble::Misbehaved(error.to_string()),
        ErrorKind::QuotaExceeded => Trouble::Limit(error.to_string()),
        // Writing to a connection that was reset fails as well.
        _ => Trouble::Reset(octets),
    }
}

/// `SelectedUnofferedCipherSuite` as `selected unoffered cipher suite`: the library
/// names its errors so.
pub(super) fn words(name: &str) -> String {
    let mut words = String::new();
    let mut before_is_lower = false;
    for character in name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').take(120) {
        if character.is_ascii_uppercase() && before_is_lower {
            words.push(' ');
        }
        before_is_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        words.push(character.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::PeerIncompatible;

    fn handshake(ended: Ended, first: &[u8]) -> Handshake {
        Handshake { ended, capture: None, first: first.to_vec(), octets: first.len() }
    }

    #[test]
    fn what_answered_counts_for_more_than_how_it_ended() {
        let reset = || Ended::Broken(io::Error::from(ErrorKind::ConnectionReset));
        let late = || Ended::TimedOut(Duration::from_secs(1));
        assert_eq!(Trouble::of(&handshake(reset(), b"")), Some(Trouble::Reset(0)));
        assert_eq!(Trouble::of(&handshake(reset(), &[22, 3, 3])), Some(Trouble::Reset(3)));
        assert_eq!(Trouble::of(&handshake(late(), b"")), Some(Trouble::Silent(Duration::from_secs(1))));
        assert_eq!(Trouble::of(&handshake(late(), &[22, 3, 3])), Some(Trouble::Stalled(Duration::from_secs(1))));
        for ended in [reset(), late(), Ended::Closed, Ended::Library(Error::DecryptError)] {
            let trouble = Trouble::of(&handshake(ended, b"HTTP/1.1 400 Bad Request\r\n"));
            assert!(matches!(trouble, Some(Trouble::NotTls(Answer::Other(..)))), "{trouble:?}");
        }
        assert_eq!(Trouble::of(&handshake(Ended::Done, b"")), None);
    }

    #[test]
    fn names_of_errors_become_words() {
        let error = Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13);
        let trouble = Trouble::of(&handshake(Ended::Library(error), &[22, 3, 3]));
        assert_eq!(trouble, Some(Trouble::Incompatible("server does not support tls12 or13".to_owned())));
    }
}
