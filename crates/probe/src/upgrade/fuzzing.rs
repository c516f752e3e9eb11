//! A door for fuzzing: a conversation with a server that says anything.

use super::incoming::{Incoming, Trouble};
use super::{Asked, Protocol, Step, conversation};
use crate::limits::{MAX_NOTE, MAX_NOTES, MAX_UPGRADE_OCTETS};

/// Has a server say `octets`, which come in pieces of `piece` octets. Gives what the
/// client sent and how it ended, in words that can be compared.
pub fn converse(protocol: Protocol, octets: &[u8], piece: usize) -> (Vec<u8>, String) {
    let asked = Asked::new("host.test", 1);
    let mut conversation = match conversation(protocol, &asked) {
        Ok(conversation) => conversation,
        Err(failure) => panic!("the host is well-formed: {failure}"),
    };
    let (mut incoming, mut sent, mut rest) = (Incoming::default(), Vec::new(), octets);
    let ended = loop {
        match conversation.step(&mut incoming) {
            Ok(Step::Send(octets)) => {
                assert!(!octets.is_empty() && octets.len() < 4096);
                sent.extend_from_slice(&octets);
            }
            Ok(Step::More) if rest.is_empty() => break format!("waits for {}", conversation.awaits()),
            Ok(Step::More) if incoming.room() == 0 => break format!("{:?}", incoming.full()),
            Ok(Step::More) => {
                let (now, later) = rest.split_at(piece.clamp(1, rest.len()).min(incoming.room()));
                incoming.push(now);
                rest = later;
            }
            Ok(Step::Done) => break format!("done at {}", incoming.at()),
            Err(Trouble::Refused(refusal)) => {
                assert!(refusal.did.len() < 4096 && !refusal.did.contains(char::is_control), "{refusal:?}");
                break format!("{refusal:?}");
            }
            Err(trouble) => {
                if let Trouble::Unexpected { at, .. } | Trouble::TooLong { at, .. } = &trouble {
                    assert!(*at <= incoming.all().len(), "{trouble:?}");
                }
                break format!("{trouble:?}");
            }
        }
        assert!(sent.len() < 16_384 && incoming.all().len() <= MAX_UPGRADE_OCTETS);
    };
    let notes = incoming.into_notes();
    assert!(notes.len() <= MAX_NOTES);
    assert!(notes.iter().all(|note| note.chars().count() <= MAX_NOTE + 1 && !note.contains(char::is_control)));
    (sent, ended)
}
