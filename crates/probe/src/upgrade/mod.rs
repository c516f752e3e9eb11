//! Protocols that ask for TLS after they have begun without.
//!
//! Each protocol is a parser without I/O, which is handed what the server sent and
//! says what to send next; [`upgrade`] runs it over a connection. Nothing that a
//! server says before TLS is trusted: it is shown, and decides how to go on.

mod drive;
mod failures;
mod incoming;
mod lines;
mod protocol;

pub use drive::{Asked, Upgraded, upgrade};
pub use protocol::Protocol;

use incoming::{Incoming, Trouble};

/// What a conversation does next.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// This is to be sent, and the conversation asked again.
    Send(Vec<u8>),
    /// More has to come from the server first.
    More,
    /// What comes next is TLS.
    Done,
}

/// The client's side of a protocol until TLS begins, without I/O.
trait Conversation: Send {
    /// Goes on with what has come.
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble>;

    /// What the server has to say next, as after "waited for".
    fn awaits(&self) -> &'static str;
}

/// The conversation of a protocol.
fn conversation(protocol: Protocol, asked: &Asked<'_>) -> Result<Box<dyn Conversation>, crate::Failure> {
    let _ = asked;
    Ok(match protocol {
        Protocol::Smtp => Box::<lines::smtp::Smtp>::default(),
        Protocol::Imap => Box::<lines::imap::Imap>::default(),
        Protocol::Pop3 => Box::<lines::pop3::Pop3>::default(),
        Protocol::Ftp => Box::<lines::ftp::Ftp>::default(),
        _ => return Err(failures::unknown(protocol)),
    })
}
