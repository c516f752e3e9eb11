//! What answered on a port where TLS was expected, told by its first octets.

use crate::alert::Alert;
use crate::answer::{self, Speaks};

/// What answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing came.
    Nothing,
    /// A handshake of TLS.
    Handshake,
    /// An alert of TLS, and nothing before it.
    Alert(Alert),
    /// SSL 2.0, which nothing here speaks (RFC 6176).
    Ssl2,
    /// Something that is not TLS and can be named, with its words as they may be shown.
    Other(Speaks, String),
    /// Something that cannot be named, with its words or octets as they may be shown.
    Unknown(String),
}

/// What sends octets that begin like this. Of a handshake cut short it says what it
/// began as; whether it is sound is not looked at.
pub fn sniff(octets: &[u8]) -> Answer {
    match *octets {
        [] => Answer::Nothing,
        [21, 3, _, _, _, level @ (1 | 2), description, ..] => Answer::Alert(Alert { level, description }),
        [20..=23, 3, 0..=4, ..] => Answer::Handshake,
        // A SERVER-HELLO or ERROR in a record with a header of two octets (draft-hickman-netscape-ssl-00 §1.1).
        [0x80..=0xff, _, 0 | 4, 0..=3, 0..=3, 0..=2, ..] => Answer::Ssl2,
        _ => match answer::speaks(octets) {
            Some(speaks) => Answer::Other(speaks, answer::shown(octets)),
            None => Answer::Unknown(answer::shown(octets)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let alert = |description| Answer::Alert(Alert { level: 2, description });
        let cases: [(&[u8], Answer); 7] = [
            (b"", Answer::Nothing),
            (&[21, 3, 3, 0, 2, 2, 40], alert(40)),
            (&[21, 3, 3, 0, 2], Answer::Handshake),
            (&[22, 3, 3, 0, 122, 2], Answer::Handshake),
            (&[0x80, 0x0b, 4, 0, 1, 0, 2, 0, 0], Answer::Ssl2),
            (b"SSH-2.0-x\r\n", Answer::Other(Speaks::Ssh, "“SSH-2.0-x”".to_owned())),
            (&[0, 1], Answer::Unknown("the octets 00 01".to_owned())),
        ];
        for (octets, wanted) in cases {
            assert_eq!(sniff(octets), wanted, "{octets:02x?}");
        }
    }
}
