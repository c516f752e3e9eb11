//! SMTP: EHLO, STARTTLS (RFC 5321 §4.1.1.1, RFC 3207 §4).

use super::reply::{Replies, Reply, Style};
use crate::answer::{self, Speaks};
use crate::upgrade::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use crate::upgrade::{Conversation, Step};

/// The name that a client says: fully qualified, as strict servers want it, and under
/// the domain that stands for this machine (RFC 6761 §6.3).
const CLIENT: &str = "certlens.localhost";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Greeting,
    Capabilities,
    Ready,
}

/// The client's side.
#[derive(Debug)]
pub(in crate::upgrade) struct Smtp {
    awaits: Awaits,
    replies: Replies,
}

impl Default for Smtp {
    fn default() -> Smtp {
        Smtp { awaits: Awaits::Greeting, replies: Replies::new(Style::Smtp) }
    }
}

impl Conversation for Smtp {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        let Some(reply) = self.replies.next(incoming)? else { return Ok(Step::More) };
        match self.awaits {
            Awaits::Greeting => {
                if answer::speaks(incoming.all()) == Some(Speaks::Ftp) {
                    return Err(Trouble::Unexpected { at: 0, expected: "a greeting of SMTP".to_owned() });
                }
                incoming.note(reply.said().as_bytes());
                if reply.code != 220 {
                    return Err(not_greeted(&reply));
                }
                self.awaits = Awaits::Capabilities;
                Ok(Step::Send(format!("EHLO {CLIENT}\r\n").into_bytes()))
            }
            Awaits::Capabilities => {
                let capabilities = reply.lines.iter().skip(1).map(Vec::as_slice).collect::<Vec<&[u8]>>();
                incoming.note(&capabilities.join(&b", "[..]));
                let offers = capabilities.iter().any(|line| is_word(line, b"STARTTLS"));
                if reply.code != 250 || !offers {
                    return Err(not_offered(&reply));
                }
                self.awaits = Awaits::Ready;
                Ok(Step::Send(b"STARTTLS\r\n".to_vec()))
            }
            Awaits::Ready if reply.code == 220 => Ok(Step::Done),
            Awaits::Ready => Err(not_ready(&reply)),
        }
    }

    fn awaits(&self) -> &'static str {
        match self.awaits {
            Awaits::Greeting => "the greeting",
            Awaits::Capabilities => "the answer to EHLO",
            Awaits::Ready => "the answer to STARTTLS",
        }
    }
}

/// Whether a line's first word is this one, in any case.
fn is_word(line: &[u8], word: &[u8]) -> bool {
    line.split(|octet| *octet == b' ').next().is_some_and(|first| first.eq_ignore_ascii_case(word))
}

fn not_greeted(reply: &Reply) -> Trouble {
    let hint = match reply.code {
        421 => "The server is not available at present, or takes no more connections: try again later.",
        554 => "The server does not talk to this address (RFC 5321 §3.1): its operator must allow it.",
        _ => "The server's operator can tell why it greets so.",
    };
    refused(REFUSED, format!("does not let clients in: it greeted with {}", reply.said()), hint)
}

fn not_offered(reply: &Reply) -> Trouble {
    if reply.code != 250 {
        return refused(
            NOT_OFFERED,
            format!("has no extensions, and so no TLS: it answered EHLO with {}", reply.said()),
            "A server without EHLO has no STARTTLS. Some firewalls rewrite EHLO (“SMTP fixup”, “ESMTP inspection”): ask whether one is on the way.",
        );
    }
    refused(
        NOT_OFFERED,
        "does not offer STARTTLS",
        "Enable TLS on the server (it needs a certificate), or probe the port for TLS from the beginning (465). Some firewalls take STARTTLS out of the answer to EHLO: look whether the server's log or a probe from its own network says otherwise.",
    )
}

fn not_ready(reply: &Reply) -> Trouble {
    let hint = match reply.code {
        // RFC 3207 §4.
        454 => {
            "The server's TLS is out of order at present; most often its certificate or key cannot be read. Its log says which."
        }
        501 => "The server did not understand the request; something on the way may change it.",
        500 | 502 => "The server offers STARTTLS and does not know it: something on the way may change what is said.",
        530 | 550 | 554 => "The server has a rule against it for this client; its operator can tell which.",
        _ => "The server's log says why.",
    };
    refused(REFUSED, format!("refused STARTTLS with {}", reply.said()), hint)
}
