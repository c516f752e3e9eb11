//! FTP: AUTH TLS (RFC 2228 §3, RFC 4217 §4).

use super::reply::{Replies, Reply, Style};
use crate::answer::{self, Speaks};
use crate::upgrade::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use crate::upgrade::{Conversation, Step};

/// Greetings of "ready in some minutes" that are passed over.
const MAX_DELAYS: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Greeting { delays: usize },
    Ready,
}

/// The client's side.
#[derive(Debug)]
pub(in crate::upgrade) struct Ftp {
    awaits: Awaits,
    replies: Replies,
}

impl Default for Ftp {
    fn default() -> Ftp {
        Ftp { awaits: Awaits::Greeting { delays: 0 }, replies: Replies::new(Style::Ftp) }
    }
}

impl Conversation for Ftp {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        loop {
            let Some(reply) = self.replies.next(incoming)? else { return Ok(Step::More) };
            match (self.awaits, reply.code) {
                (Awaits::Greeting { .. }, 220) if answer::speaks(incoming.all()) == Some(Speaks::Smtp) => {
                    return Err(Trouble::Unexpected { at: 0, expected: "a greeting of FTP".to_owned() });
                }
                (Awaits::Greeting { .. }, 220) => {
                    incoming.note(reply.said().as_bytes());
                    self.awaits = Awaits::Ready;
                    return Ok(Step::Send(b"AUTH TLS\r\n".to_vec()));
                }
                // "Service ready in nnn minutes" (RFC 959 §4.2.2).
                (Awaits::Greeting { delays }, 120) if delays < MAX_DELAYS => {
                    incoming.note(reply.said().as_bytes());
                    self.awaits = Awaits::Greeting { delays: delays + 1 };
                }
                (Awaits::Greeting { .. }, code) => return Err(not_greeted(&reply, code)),
                // 234 is the rule, 334 wants security data that TLS does not have.
                (Awaits::Ready, 234) => return Ok(Step::Done),
                (Awaits::Ready, code) => return Err(not_ready(&reply, code)),
            }
        }
    }

    fn awaits(&self) -> &'static str {
        match self.awaits {
            Awaits::Greeting { .. } => "the greeting",
            Awaits::Ready => "the answer to AUTH TLS",
        }
    }
}

fn not_greeted(reply: &Reply, code: u16) -> Trouble {
    let hint = match code {
        421 => "The server is not available at present, or takes no more connections: try again later.",
        530 => "The server does not let this address in: its operator must allow it.",
        _ => "The server's operator can tell why it greets so.",
    };
    refused(REFUSED, format!("does not let clients in: it greeted with {}", reply.said()), hint)
}

fn not_ready(reply: &Reply, code: u16) -> Trouble {
    let did = format!("refused AUTH TLS with {}", reply.said());
    match code {
        // Not known, not implemented (RFC 4217 §4).
        500 | 502 | 504 | 530 => refused(
            NOT_OFFERED,
            did,
            "The server has no TLS, or it is not switched on: enable explicit FTPS on it (it needs a certificate), or probe the port for TLS from the beginning (990).",
        ),
        // RFC 2228 §3: "need some unavailable resource".
        431 => refused(
            REFUSED,
            did,
            "The server's TLS is out of order at present; most often its certificate or key cannot be read. Its log says which.",
        ),
        534 => refused(REFUSED, did, "The server has a rule against TLS for this client; its operator can tell which."),
        _ => refused(REFUSED, did, "The server's log says why."),
    }
}
