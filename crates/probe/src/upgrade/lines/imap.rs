//! IMAP: CAPABILITY, STARTTLS (RFC 9051 §6.1.1, §6.2.1).

use crate::limits::MAX_ANSWER_LINES;
use crate::text;
use crate::upgrade::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use crate::upgrade::{Conversation, Step};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Greeting,
    Capabilities,
    Ready,
}

/// The client's side.
#[derive(Debug)]
pub(in crate::upgrade) struct Imap {
    awaits: Awaits,
    lines: usize,
    offers: bool,
}

impl Default for Imap {
    fn default() -> Imap {
        Imap { awaits: Awaits::Greeting, lines: 0, offers: false }
    }
}

impl Conversation for Imap {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        loop {
            let at = incoming.at();
            if !matches!(incoming.rest(), [] | [b'*' | b'a' | b'A', ..]) {
                return Err(incoming.unexpected(0, self.expected()));
            }
            let Some(line) = incoming.line()?.map(<[u8]>::to_vec) else { return Ok(Step::More) };
            self.lines += 1;
            if self.lines > MAX_ANSWER_LINES {
                return Err(Trouble::TooLong { at, what: "untagged responses", most: MAX_ANSWER_LINES });
            }
            let mut words = line.splitn(3, |octet| *octet == b' ');
            let tag = words.next().unwrap_or_default();
            let word = words.next().unwrap_or_default().to_ascii_uppercase();
            let rest = words.next().unwrap_or_default();
            let unexpected = || Trouble::Unexpected { at, expected: self.expected().to_owned() };
            match (self.awaits, tag, word.as_slice()) {
                (Awaits::Greeting, b"*", b"OK") => {
                    incoming.note(&line);
                    self.awaits = Awaits::Capabilities;
                    return Ok(Step::Send(b"a1 CAPABILITY\r\n".to_vec()));
                }
                (Awaits::Greeting, b"*", b"PREAUTH") => return Err(already_in(&line)),
                (_, b"*", b"BYE") => return Err(goodbye(&line)),
                (Awaits::Greeting, ..) => return Err(unexpected()),
                (Awaits::Capabilities, b"*", b"CAPABILITY") => {
                    incoming.note(rest);
                    self.offers |= rest.split(|octet| *octet == b' ').any(|it| it.eq_ignore_ascii_case(b"STARTTLS"));
                }
                // Other untagged responses may come at any time (RFC 9051 §7).
                (_, b"*", _) => {}
                (Awaits::Capabilities, tag, b"OK") if is_tag(tag, b"a1") => return self.ask(),
                (Awaits::Capabilities, tag, b"NO" | b"BAD") if is_tag(tag, b"a1") => {
                    return Err(refused(
                        REFUSED,
                        format!("refused CAPABILITY with “{}”", text::shown(&line, 200)),
                        "Every IMAP server has this command: is a proxy or firewall in front of it?",
                    ));
                }
                (Awaits::Ready, tag, b"OK") if is_tag(tag, b"a2") => return Ok(Step::Done),
                (Awaits::Ready, tag, b"NO" | b"BAD") if is_tag(tag, b"a2") => return Err(not_ready(&line)),
                _ => return Err(unexpected()),
            }
        }
    }

    fn awaits(&self) -> &'static str {
        match self.awaits {
            Awaits::Greeting => "the greeting",
            Awaits::Capabilities => "the answer to CAPABILITY",
            Awaits::Ready => "the answer to STARTTLS",
        }
    }
}

impl Imap {
    fn expected(&self) -> &'static str {
        match self.awaits {
            Awaits::Greeting => "* OK",
            Awaits::Capabilities => "an untagged response or a1 OK",
            Awaits::Ready => "a2 OK",
        }
    }

    fn ask(&mut self) -> Result<Step, Trouble> {
        if !self.offers {
            return Err(refused(
                NOT_OFFERED,
                "does not offer STARTTLS",
                "Enable TLS on the server (it needs a certificate), or probe the port for TLS from the beginning (993).",
            ));
        }
        self.awaits = Awaits::Ready;
        Ok(Step::Send(b"a2 STARTTLS\r\n".to_vec()))
    }
}

fn is_tag(found: &[u8], tag: &[u8]) -> bool {
    found.eq_ignore_ascii_case(tag)
}

/// STARTTLS is allowed before authentication alone (RFC 9051 §6.2.1).
fn already_in(line: &[u8]) -> Trouble {
    refused(
        REFUSED,
        format!("has let this client in before any login, and then TLS cannot begin: “{}”", text::shown(line, 200)),
        "Somebody in between may send this to keep the connection readable; otherwise the server lets this address in without a login, and its operator must change that.",
    )
}

fn goodbye(line: &[u8]) -> Trouble {
    refused(
        REFUSED,
        format!("hung up: “{}”", text::shown(line, 200)),
        "The server is not available, or does not talk to this address: its operator can tell.",
    )
}

fn not_ready(line: &[u8]) -> Trouble {
    refused(
        REFUSED,
        format!("refused STARTTLS with “{}”", text::shown(line, 200)),
        "TLS is not switched on, or its certificate or key cannot be read: the server's log says which.",
    )
}
