//! POP3: CAPA, STLS (RFC 1939, RFC 2449 §5, RFC 2595 §4).

use crate::limits::MAX_ANSWER_LINES;
use crate::text;
use crate::upgrade::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use crate::upgrade::{Conversation, Step};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Greeting,
    Capabilities,
    /// One of the list, which a dot ends.
    Capability,
    Ready,
}

/// The client's side.
#[derive(Debug)]
pub(in crate::upgrade) struct Pop3 {
    awaits: Awaits,
    capabilities: Vec<Vec<u8>>,
}

impl Default for Pop3 {
    fn default() -> Pop3 {
        Pop3 { awaits: Awaits::Greeting, capabilities: Vec::new() }
    }
}

impl Conversation for Pop3 {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        loop {
            let at = incoming.at();
            if self.awaits != Awaits::Capability && !matches!(incoming.rest(), [] | [b'+' | b'-', ..]) {
                return Err(incoming.unexpected(0, "+OK or -ERR"));
            }
            let Some(line) = incoming.line()?.map(<[u8]>::to_vec) else { return Ok(Step::More) };
            if self.awaits == Awaits::Capability {
                if line == b"." {
                    return self.ask(incoming);
                }
                if self.capabilities.len() == MAX_ANSWER_LINES {
                    return Err(Trouble::TooLong { at, what: "the list of capabilities", most: MAX_ANSWER_LINES });
                }
                self.capabilities.push(line);
                continue;
            }
            let yes = match line.as_slice() {
                [b'+', b'O' | b'o', b'K' | b'k', ..] => true,
                [b'-', b'E' | b'e', b'R' | b'r', b'R' | b'r', ..] => false,
                _ => return Err(Trouble::Unexpected { at, expected: "+OK or -ERR".to_owned() }),
            };
            match (self.awaits, yes) {
                (Awaits::Greeting, true) => {
                    incoming.note(&line);
                    self.awaits = Awaits::Capabilities;
                    return Ok(Step::Send(b"CAPA\r\n".to_vec()));
                }
                (Awaits::Capabilities, true) => self.awaits = Awaits::Capability,
                // A server without CAPA may still have STLS, which is older.
                (Awaits::Capabilities, false) => {
                    self.awaits = Awaits::Ready;
                    return Ok(Step::Send(b"STLS\r\n".to_vec()));
                }
                (Awaits::Ready, true) => return Ok(Step::Done),
                (Awaits::Greeting, false) => {
                    return Err(refused(
                        REFUSED,
                        format!("does not let clients in: it greeted with “{}”", text::shown(&line, 200)),
                        "The server is not available, or does not talk to this address: its operator can tell.",
                    ));
                }
                _ => {
                    return Err(refused(
                        REFUSED,
                        format!("refused STLS with “{}”", text::shown(&line, 200)),
                        "TLS is not switched on, or its certificate or key cannot be read: the server's log says which.",
                    ));
                }
            }
        }
    }

    fn awaits(&self) -> &'static str {
        match self.awaits {
            Awaits::Greeting => "the greeting",
            Awaits::Capabilities | Awaits::Capability => "the answer to CAPA",
            Awaits::Ready => "the answer to STLS",
        }
    }
}

impl Pop3 {
    fn ask(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        incoming.note(&self.capabilities.join(&b", "[..]));
        if !self.capabilities.iter().any(|line| line.trim_ascii().eq_ignore_ascii_case(b"STLS")) {
            return Err(refused(
                NOT_OFFERED,
                "does not offer STLS",
                "Enable TLS on the server (it needs a certificate), or probe the port for TLS from the beginning (995).",
            ));
        }
        self.awaits = Awaits::Ready;
        Ok(Step::Send(b"STLS\r\n".to_vec()))
    }
}
