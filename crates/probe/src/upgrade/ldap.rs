//! LDAP: the extended operation StartTLS (RFC 4511 §4.12, §4.14).

use super::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use super::{Conversation, Step};
use crate::limits::MAX_LINE_OCTETS;
use crate::text;

const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";

/// The request: message 1, ExtendedRequest with the operation's name.
fn request() -> Vec<u8> {
    let mut request = vec![0x30, 29, 0x02, 1, 1, 0x77, 24, 0x80, 22];
    request.extend_from_slice(START_TLS);
    request
}

mod tag {
    pub(super) const SEQUENCE: u8 = 0x30;
    pub(super) const INTEGER: u8 = 0x02;
    pub(super) const OCTET_STRING: u8 = 0x04;
    pub(super) const ENUMERATED: u8 = 0x0a;
    pub(super) const EXTENDED_RESPONSE: u8 = 0x78;
    pub(super) const REFERRAL: u8 = 0xa3;
}

/// The client's side.
#[derive(Debug, Default)]
pub(super) struct Ldap {
    is_asked: bool,
}

impl Conversation for Ldap {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        if !self.is_asked {
            self.is_asked = true;
            return Ok(Step::Send(request()));
        }
        let begin = incoming.at();
        let Some(count) = frame(incoming)? else { return Ok(Step::More) };
        let Some(message) = incoming.take(count).map(<[u8]>::to_vec) else { return Ok(Step::More) };
        let outcome = read(&message)
            .map_err(|(at, expected)| Trouble::Unexpected { at: begin + at, expected: expected.to_owned() })?;
        incoming.note(&outcome.text);
        match (outcome.unasked, outcome.code) {
            (false, 0) => Ok(Step::Done),
            _ => Err(declined(&outcome)),
        }
    }

    fn awaits(&self) -> &'static str {
        "the answer to StartTLS"
    }
}

/// The octets of the message that begins here, once they can be told.
fn frame(incoming: &Incoming) -> Result<Option<usize>, Trouble> {
    let rest = incoming.rest();
    match rest {
        [] => Ok(None),
        [tag::SEQUENCE, ..] => match length(rest.get(1..).unwrap_or_default()) {
            Length::Unknown => Ok(None),
            Length::Is { octets, content } if content <= MAX_LINE_OCTETS => Ok(Some(1 + octets + content)),
            Length::Is { .. } => Err(Trouble::TooLong { at: incoming.at(), what: "a message", most: MAX_LINE_OCTETS }),
            Length::Not => Err(incoming.unexpected(1, "a definite length (RFC 4511 §5.1)")),
        },
        _ => Err(incoming.unexpected(0, "the SEQUENCE of an LDAP message, 30")),
    }
}

enum Length {
    Unknown,
    Not,
    Is { octets: usize, content: usize },
}

/// A definite length, which may have leading zeros, as Active Directory writes it.
fn length(octets: &[u8]) -> Length {
    let Some((&first, rest)) = octets.split_first() else { return Length::Unknown };
    if first < 0x80 {
        return Length::Is { octets: 1, content: first.into() };
    }
    let count = usize::from(first & 0x7f);
    if !(1..=8).contains(&count) {
        return Length::Not;
    }
    let Some(digits) = rest.get(..count) else { return Length::Unknown };
    let content = digits.iter().fold(0u64, |content, digit| content << 8 | u64::from(*digit));
    Length::Is { octets: 1 + count, content: usize::try_from(content).unwrap_or(usize::MAX) }
}

/// What the server says about the operation, or about the connection without being asked.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    unasked: bool,
    code: u32,
    /// The server's own words.
    text: Vec<u8>,
    /// Where it sends the client.
    referral: Vec<u8>,
}

/// Reads one whole message. An error is the octet in it, and what should be there.
fn read(message: &[u8]) -> Result<Outcome, (usize, &'static str)> {
    let mut outside = Reader { octets: message, at: 0 };
    let mut inside = outside.constructed(tag::SEQUENCE, "the SEQUENCE of an LDAP message, 30")?;
    let at = inside.at;
    let unasked = match inside.value(tag::INTEGER, "the message's number")? {
        [1] => false,
        [0] => true,
        _ => return Err((at, "the number of the request, 1, or 0")),
    };
    let mut response = inside.constructed(tag::EXTENDED_RESPONSE, "an ExtendedResponse, 78")?;
    let at = response.at;
    let code = match response.value(tag::ENUMERATED, "a result code, 0a")? {
        code @ [0..=0x7f, ..] if code.len() <= 4 => {
            code.iter().fold(0u32, |number, octet| number << 8 | u32::from(*octet))
        }
        _ => return Err((at, "a result code from 0 on")),
    };
    response.value(tag::OCTET_STRING, "a matched name, 04")?;
    let text = response.value(tag::OCTET_STRING, "a diagnostic message, 04")?.to_vec();
    let referral = response.constructed(tag::REFERRAL, "").and_then(|mut list| list.value(tag::OCTET_STRING, ""));
    Ok(Outcome { unasked, code, text, referral: referral.unwrap_or_default().to_vec() })
}

struct Reader<'a> {
    octets: &'a [u8],
    /// Where they stand in the message.
    at: usize,
}

impl<'a> Reader<'a> {
    fn constructed(&mut self, tag: u8, expected: &'static str) -> Result<Reader<'a>, (usize, &'static str)> {
        let content = self.value(tag, expected)?;
        Ok(Reader { octets: content, at: self.at - content.len() })
    }

    fn value(&mut self, tag: u8, expected: &'static str) -> Result<&'a [u8], (usize, &'static str)> {
        let Some((_, rest)) = self.octets.split_first().filter(|(found, _)| **found == tag) else {
            return Err((self.at, expected));
        };
        let Length::Is { octets, content } = length(rest) else { return Err((self.at + 1, "a definite length")) };
        let value = rest.get(octets..).and_then(|value| value.split_at_checked(content));
        let Some((value, rest)) = value else { return Err((self.at + 1, "a length within the message")) };
        self.at += 1 + octets + content;
        self.octets = rest;
        Ok(value)
    }
}

fn declined(outcome: &Outcome) -> Trouble {
    let name = code_name(outcome.code);
    let said = match text::shown(&outcome.text, 200) {
        text if text.is_empty() => String::new(),
        text => format!(" (“{text}”)"),
    };
    let code = outcome.code;
    if outcome.unasked {
        return refused(
            REFUSED,
            format!("hung up with {code}, {name}{said}"),
            "The server is stopping, is overloaded, or does not take what it was sent; its log says which.",
        );
    }
    let did = format!("refused StartTLS with {code}, {name}{said}");
    match code {
        // RFC 4511 §4.14.3: "not supported (due to lack of …)".
        2 => refused(
            NOT_OFFERED,
            did,
            "The server has no TLS: give it a certificate and key (OpenLDAP: olcTLSCertificateFile), or probe the port for TLS from the beginning (636).",
        ),
        // A domain controller without a certificate says 52, OpenLDAP with a broken one 52 or 80.
        52 | 80 => refused(
            REFUSED,
            did,
            "TLS is not ready on the server, most often for want of a usable certificate. On a domain controller: one for server authentication with its name and private key in the computer's Personal store.",
        ),
        1 => refused(
            REFUSED,
            did,
            "TLS or another operation is already going on on this connection, as a proxy may do: probe the directory itself.",
        ),
        10 => {
            let referral = text::shown(&outcome.referral, 200);
            refused(REFUSED, format!("{did}, and refers to “{referral}”"), "Probe the server that it refers to.")
        }
        _ => refused(REFUSED, did, "The server's log says why."),
    }
}

/// The names of result codes (RFC 4511 §A.1) that StartTLS may have.
fn code_name(code: u32) -> &'static str {
    match code {
        0 => "success",
        1 => "operationsError",
        2 => "protocolError",
        3 => "timeLimitExceeded",
        7 => "authMethodNotSupported",
        8 => "strongerAuthRequired",
        10 => "referral",
        11 => "adminLimitExceeded",
        13 => "confidentialityRequired",
        49 => "invalidCredentials",
        50 => "insufficientAccessRights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        80 => "other",
        _ => "a code without a name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_one_message() {
        let request = request();
        assert_eq!(usize::from(request[1]) + 2, request.len());
        assert_eq!(usize::from(request[6]) + 7, request.len());
        assert_eq!(usize::from(request[8]), START_TLS.len());
    }

    #[test]
    fn responses_are_read() {
        let ok = b"0\x0c\x02\x01\x01x\x07\n\x01\x00\x04\x00\x04\x00";
        let expected = Outcome { unasked: false, code: 0, text: Vec::new(), referral: Vec::new() };
        assert_eq!(read(ok), Ok(expected));
        // As Active Directory has it: long lengths, NUL at the end.
        let long = b"0\x84\0\0\0\x1c\x02\x01\x01x\x84\0\0\0\x13\n\x01\x34\x04\0\x04\x0cno TLS here\0";
        let outcome = read(long).unwrap();
        assert_eq!((outcome.code, outcome.text.as_slice()), (52, &b"no TLS here\0"[..]));
        for (octets, at) in [
            (&b"0\x0c\x02\x01\x02x\x07\n\x01\x00\x04\x00\x04\x00"[..], 2),
            (b"0\x0c\x02\x01\x01a\x07\n\x01\x00\x04\x00\x04\x00", 5),
            (b"0\x0c\x02\x01\x01x\x07\n\x01\x80\x04\x00\x04\x00", 7),
            (b"0\x0c\x02\x01\x01x\x07\n\x01\x00\x04\x00\x04\x09", 13),
            (b"0\x03\x02\x01\x01", 5),
        ] {
            assert_eq!(read(octets).unwrap_err().0, at, "{octets:02x?}");
        }
    }
}
