//! Runs a conversation over a connection, within its time and octets.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::incoming::{Incoming, Trouble};
use super::{Conversation, Protocol, Step, conversation, failures, tds};
use crate::answer;
use crate::failure::Failure;
use crate::limits::UPGRADE_TIMEOUT;
use crate::stream::{HandshakeEnd, Stream};
use crate::text;

/// Whom an upgrade is asked of.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The server's name or address, without brackets.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// For net.tcp, the endpoint's address that the server looks up before the
    /// upgrade (MC-NMF §2.2.3.3): a whole URI, or a path on `host` and `port`.
    pub via: Option<&'a str>,
    /// How long the upgrade may take, all steps together.
    pub timeout: Duration,
}

impl<'a> Asked<'a> {
    /// Asked of this server, with nothing particular and [`UPGRADE_TIMEOUT`].
    pub const fn new(host: &'a str, port: u16) -> Asked<'a> {
        Asked { host, port, via: None, timeout: UPGRADE_TIMEOUT }
    }

    /// Host and port, as messages name them.
    pub(crate) fn authority(&self) -> String {
        text::authority(self.host, self.port)
    }
}

/// A connection on which TLS may begin.
#[derive(Debug)]
pub struct Upgraded {
    /// What comes next on it is TLS, and the client begins.
    pub stream: Stream,
    /// What the server said before, first to last: greetings, versions, capabilities.
    /// Bounded, one line each, and not trustworthy.
    pub notes: Vec<String>,
    /// To be told when the handshake has ended.
    pub handshake: HandshakeEnd,
}

/// Asks for TLS by the protocol's own request. The server's part is read to its
/// last octet and no further.
///
/// # Errors
///
/// Why there will be no TLS: the server has none or refuses, speaks something else,
/// keeps silent or hangs up.
pub async fn upgrade(protocol: Protocol, mut stream: Stream, asked: &Asked<'_>) -> Result<Upgraded, Failure> {
    let mut conversation = conversation(protocol, asked)?;
    let mut incoming = Incoming::default();
    let within = tokio::time::timeout(asked.timeout, converse(&mut *conversation, &mut stream, &mut incoming)).await;
    if let Ok(Err(Stop::Trouble(Trouble::Unexpected { at, .. }))) = &within {
        answer::look(&mut stream, incoming.all_mut(), *at).await;
    }
    let context = failures::Context { protocol, asked, awaits: conversation.awaits(), incoming: &incoming };
    match within {
        Err(_) => Err(context.timed_out()),
        Ok(Err(Stop::Trouble(trouble))) => Err(context.trouble(&trouble)),
        Ok(Err(Stop::Closed)) => Err(context.closed()),
        Ok(Err(Stop::Io(error))) => Err(context.broken(&error)),
        Ok(Ok(())) => Ok(upgraded(protocol, stream, incoming.into_notes())),
    }
}

fn upgraded(protocol: Protocol, stream: Stream, notes: Vec<String>) -> Upgraded {
    if protocol != Protocol::Tds {
        return Upgraded { stream, notes, handshake: HandshakeEnd::default() };
    }
    let ended = Arc::new(AtomicBool::new(false));
    Upgraded { stream: tds::wrap(stream, ended.clone()), notes, handshake: HandshakeEnd::told(ended) }
}

enum Stop {
    Trouble(Trouble),
    Closed,
    Io(std::io::Error),
}

async fn converse(
    conversation: &mut dyn Conversation,
    stream: &mut Stream,
    incoming: &mut Incoming,
) -> Result<(), Stop> {
    let mut part = [0; 2048];
    loop {
        match conversation.step(incoming).map_err(Stop::Trouble)? {
            Step::Send(octets) => {
                stream.write_all(&octets).await.map_err(Stop::Io)?;
                stream.flush().await.map_err(Stop::Io)?;
            }
            Step::More => {
                let room = incoming.room().min(part.len());
                if room == 0 {
                    return Err(Stop::Trouble(incoming.full()));
                }
                let read = stream.read(part.get_mut(..room).unwrap_or_default()).await.map_err(Stop::Io)?;
                if read == 0 {
                    return Err(Stop::Closed);
                }
                incoming.push(part.get(..read).unwrap_or_default());
            }
            Step::Done => {
                return incoming.is_used_up().map_err(Stop::Trouble);
            }
        }
    }
}
