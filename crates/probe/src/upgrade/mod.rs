//! Protocols that ask for TLS after they have begun without.
//!
//! Each protocol is a parser without I/O, which is handed what the server sent and
//! says what to send next; [`upgrade`] runs it over a connection. Nothing that a
//! server says before TLS is trusted: it is shown, and decides how to go on.

mod drive;
mod failures;
#[cfg(fuzzing)]
pub mod fuzzing;
mod incoming;
mod ldap;
mod lines;
mod mysql;
mod net_tcp;
mod postgres;
mod protocol;
mod rdp;
mod second_look;
mod tds;
mod xmpp;

pub use drive::{Asked, Upgraded, upgrade};
pub use net_tcp::{DEFAULT_VIA, MAX_VIA_OCTETS};
pub use protocol::Protocol;
pub use second_look::{is_unexplained, second_look};

use crate::failure::Failure;
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
fn conversation(protocol: Protocol, asked: &Asked<'_>) -> Result<Box<dyn Conversation>, Failure> {
    Ok(match protocol {
        Protocol::Smtp => Box::<lines::smtp::Smtp>::default(),
        Protocol::Imap => Box::<lines::imap::Imap>::default(),
        Protocol::Pop3 => Box::<lines::pop3::Pop3>::default(),
        Protocol::Ftp => Box::<lines::ftp::Ftp>::default(),
        Protocol::Ldap => Box::<ldap::Ldap>::default(),
        Protocol::XmppClient => Box::new(xmpp::Xmpp::new(xmpp::Side::Client, asked)),
        Protocol::XmppServer => Box::new(xmpp::Xmpp::new(xmpp::Side::Server, asked)),
        Protocol::Postgres => Box::<postgres::Postgres>::default(),
        Protocol::Mysql => Box::<mysql::Mysql>::default(),
        Protocol::Tds => Box::<tds::Tds>::default(),
        Protocol::Rdp => Box::<rdp::Rdp>::default(),
        Protocol::NetTcp => Box::new(net_tcp::NetTcp::new(asked)?),
    })
}
