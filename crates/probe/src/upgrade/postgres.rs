//! PostgreSQL: SSLRequest (PostgreSQL's documentation, "Message Flow", "SSL Session
//! Encryption").

use super::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use super::{Conversation, Step};
use crate::limits::MAX_LINE_OCTETS;
use crate::text;

/// Length 8, and the number 80877103 in the place of a version.
const REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// The client's side.
#[derive(Debug, Default)]
pub(super) struct Postgres {
    is_asked: bool,
}

impl Conversation for Postgres {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        if !self.is_asked {
            self.is_asked = true;
            return Ok(Step::Send(REQUEST.to_vec()));
        }
        match incoming.rest() {
            [] => Ok(Step::More),
            [b'S', ..] => {
                incoming.take(1);
                Ok(Step::Done)
            }
            [b'N', ..] => Err(refused(
                NOT_OFFERED,
                "has TLS switched off: it answered SSLRequest with N",
                "Set ssl = on in postgresql.conf, with ssl_cert_file and ssl_key_file, and reload. A pooler or proxy in front of the server (PgBouncer, HAProxy) has a setting of its own.",
            )),
            [b'E', ..] => error(incoming),
            _ => Err(incoming.unexpected(0, "one octet, S or N")),
        }
    }

    fn awaits(&self) -> &'static str {
        "the answer to SSLRequest"
    }
}

/// An error in place of the answer, by version 3 with a length and fields, or as a text
/// by version 2, with which a server complains that has not read the request.
fn error(incoming: &Incoming) -> Result<Step, Trouble> {
    let rest = incoming.rest();
    let Some(length) = rest.get(1..5) else { return Ok(Step::More) };
    let length = length.iter().fold(0usize, |length, octet| length << 8 | usize::from(*octet));
    let said = if (5..=MAX_LINE_OCTETS).contains(&length) {
        let Some(fields) = rest.get(5..1 + length) else { return Ok(Step::More) };
        let field = |of: u8| {
            let found = fields.split(|octet| *octet == 0).find(|field| field.first() == Some(&of));
            found.and_then(|field| field.get(1..)).map(|text| text::shown(text, 200)).unwrap_or_default()
        };
        format!("{} {}: {}", field(b'S'), field(b'C'), field(b'M'))
    } else {
        let text = rest.get(1..).unwrap_or_default();
        match text.iter().position(|octet| *octet == 0) {
            Some(end) => text::shown(text.get(..end).unwrap_or_default(), 200),
            None if text.len() > MAX_LINE_OCTETS => {
                return Err(Trouble::TooLong { at: incoming.at(), what: "an error", most: MAX_LINE_OCTETS });
            }
            None => return Ok(Step::More),
        }
    };
    Err(refused(
        REFUSED,
        format!("refused SSLRequest with an error: “{}”", said.trim()),
        "The server takes no connections at present, or is none of PostgreSQL's; its log says which.",
    ))
}
