//! SQL Server before TDS 8.0: PRELOGIN (MS-TDS §2.2.6.5), and the TLS handshake inside
//! packets of the same type.

mod wrap;

pub(super) use wrap::wrap;

use super::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use super::{Conversation, Step};
use crate::limits::MAX_LINE_OCTETS;
use crate::text;

/// Types of packets (MS-TDS §2.2.3.1.1).
mod packet {
    pub(super) const RESPONSE: u8 = 4;
    pub(super) const PRELOGIN: u8 = 0x12;
}

/// Octets of a packet's header: type, status, length, process, number, window.
const HEADER: usize = 8;
/// The status of a message's last packet.
const END: u8 = 1;

/// Options (MS-TDS §2.2.6.5).
mod option {
    pub(super) const VERSION: u8 = 0;
    pub(super) const ENCRYPTION: u8 = 1;
    pub(super) const TERMINATOR: u8 = 0xff;
}

/// Values of ENCRYPTION.
mod encryption {
    pub(super) const OFF: u8 = 0;
    pub(super) const ON: u8 = 1;
    pub(super) const NOT_SUPPORTED: u8 = 2;
    pub(super) const REQUIRED: u8 = 3;
}

/// A packet with everything in it.
fn packet(kind: u8, status: u8, number: u8, content: &[u8]) -> Vec<u8> {
    // Contents are below 4 KiB.
    let length = u16::try_from(HEADER + content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut packet = vec![kind, status];
    packet.extend_from_slice(&length);
    packet.extend_from_slice(&[0, 0, number, 0]);
    packet.extend_from_slice(content);
    packet
}

/// PRELOGIN with encryption of everything: VERSION, ENCRYPTION, INSTOPT, THREADID, MARS.
fn request() -> Vec<u8> {
    let options: [(u8, &[u8]); 5] = [
        (option::VERSION, &[0, 0, 0, 0, 0, 0]),
        (option::ENCRYPTION, &[encryption::ON]),
        (2, &[0]),
        (3, &[0, 0, 0, 0]),
        (4, &[0]),
    ];
    let mut content = Vec::new();
    let mut offset = options.len() * 5 + 1;
    for (option, value) in &options {
        let place = u16::try_from(offset).unwrap_or(u16::MAX).to_be_bytes();
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes();
        content.push(*option);
        content.extend_from_slice(&[place, length].concat());
        offset += value.len();
    }
    content.push(option::TERMINATOR);
    options.iter().for_each(|(_, value)| content.extend_from_slice(value));
    packet(packet::PRELOGIN, END, 0, &content)
}

/// The client's side.
#[derive(Debug, Default)]
pub(super) struct Tds {
    is_asked: bool,
    /// The response, of one or several packets.
    response: Vec<u8>,
    /// Where each packet's content begins, in the response and in what came.
    begins: Vec<(usize, usize)>,
}

impl Tds {
    /// Where an octet of the response is in what came.
    fn place(&self, at: usize) -> usize {
        let begin = self.begins.iter().rfind(|(begin, _)| *begin <= at).copied().unwrap_or_default();
        begin.1 + at - begin.0
    }
}

impl Conversation for Tds {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        if !self.is_asked {
            self.is_asked = true;
            return Ok(Step::Send(request()));
        }
        loop {
            let (status, length) = match incoming.rest() {
                [] => return Ok(Step::More),
                // Some servers that imitate SQL Server answer with the type of the request.
                [packet::RESPONSE | packet::PRELOGIN, rest @ ..] => match rest {
                    &[status, high, low, ..] => (status, usize::from(high) << 8 | usize::from(low)),
                    _ => return Ok(Step::More),
                },
                _ => return Err(incoming.unexpected(0, "a response, 04")),
            };
            if length < HEADER {
                return Err(incoming.unexpected(2, "a length of 8 or more"));
            }
            if self.response.len() + length > MAX_LINE_OCTETS {
                return Err(Trouble::TooLong { at: incoming.at(), what: "a response", most: MAX_LINE_OCTETS });
            }
            let begin = (self.response.len(), incoming.at() + HEADER);
            let Some(packet) = incoming.take(length) else { return Ok(Step::More) };
            self.response.extend_from_slice(packet.get(HEADER..).unwrap_or_default());
            self.begins.push(begin);
            if status & END == 0 {
                continue;
            }
            let response = read(&self.response).map_err(|wrong| wrong.into_trouble(|at| self.place(at)))?;
            if let Some([major, minor, build_high, build_low, ..]) = response.version {
                let build = u16::from(*build_high) << 8 | u16::from(*build_low);
                incoming.note(format!("SQL Server {major}.{minor}.{build}").as_bytes());
            }
            return match response.encryption {
                encryption::ON | encryption::REQUIRED => Ok(Step::Done),
                encryption::OFF | encryption::NOT_SUPPORTED => Err(refused(
                    NOT_OFFERED,
                    "does not encrypt: it answered PRELOGIN so",
                    "The server has no usable certificate or encryption is switched off: assign a certificate in SQL Server Configuration Manager (the service account must be able to read its private key), and restart the service.",
                )),
                other => Err(refused(
                    REFUSED,
                    format!("answered PRELOGIN with encryption {other}, which MS-TDS does not have"),
                    "Check what listens on this port.",
                )),
            };
        }
    }

    fn awaits(&self) -> &'static str {
        "the response to PRELOGIN"
    }
}

#[derive(Debug)]
struct Response<'a> {
    version: Option<&'a [u8]>,
    encryption: u8,
}

/// What is wrong with a response.
#[derive(Debug)]
enum Wrong {
    Unexpected(usize, &'static str),
    /// An error token in its place.
    Error(u32, String),
}

impl Wrong {
    fn into_trouble(self, place: impl Fn(usize) -> usize) -> Trouble {
        match self {
            Wrong::Unexpected(at, expected) => Trouble::Unexpected { at: place(at), expected: expected.to_owned() },
            Wrong::Error(number, text) => refused(
                REFUSED,
                format!("refused PRELOGIN with the error {number}: “{text}”"),
                "The server takes no connections from here at present; its error log says why.",
            ),
        }
    }
}

fn read(response: &[u8]) -> Result<Response<'_>, Wrong> {
    if let [0xaa, ..] = response {
        return Err(error(response));
    }
    let mut found = (None, None);
    for (index, option) in response.chunks(5).enumerate() {
        let at = index * 5;
        let (kind, place, length) = match option {
            [option::TERMINATOR, ..] => {
                let Some(encryption) = found.1 else {
                    return Err(Wrong::Unexpected(at, "the option ENCRYPTION before the end of the options"));
                };
                return Ok(Response { version: found.0, encryption });
            }
            &[kind, a, b, c, d] => (kind, usize::from(a) << 8 | usize::from(b), usize::from(c) << 8 | usize::from(d)),
            _ => break,
        };
        let Some(value) = response.get(place..place + length) else {
            return Err(Wrong::Unexpected(at + 1, "an offset and a length within the response"));
        };
        match (kind, value) {
            (option::VERSION, _) => found.0 = Some(value),
            (option::ENCRYPTION, [encryption]) => found.1 = Some(*encryption),
            (option::ENCRYPTION, _) => return Err(Wrong::Unexpected(at + 3, "the length 1 of ENCRYPTION")),
            _ => {}
        }
    }
    Err(Wrong::Unexpected(response.len(), "the end of the options, ff"))
}

/// An ERROR token (MS-TDS §2.2.7.10): length, number, state, class, text in UTF-16.
fn error(response: &[u8]) -> Wrong {
    let number = response.get(3..7).unwrap_or_default();
    let number = number.iter().rev().fold(0u32, |number, octet| number << 8 | u32::from(*octet));
    let count = response.get(9..11).map_or(0, |octets| match *octets {
        [low, high] => usize::from(low) | usize::from(high) << 8,
        _ => 0,
    });
    let text = response.get(11..).unwrap_or_default();
    let text = text.get(..count * 2).unwrap_or(text);
    let units = text.chunks_exact(2).map(|pair| match *pair {
        [low, high] => u16::from(low) | u16::from(high) << 8,
        _ => 0,
    });
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
    Wrong::Error(number, text::shown(text.as_bytes(), 200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_can_be_read() {
        let request = request();
        assert_eq!((request[0], request[1], usize::from(request[3])), (0x12, 1, request.len()));
        let read = read(&request[HEADER..]).unwrap();
        assert_eq!((read.encryption, read.version.unwrap().len()), (encryption::ON, 6));
    }

    #[test]
    fn responses_are_read() {
        let response = [&[0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff][..], &[16, 0, 4, 5, 0, 0, 3]].concat();
        let read_ = read(&response).unwrap();
        assert_eq!((read_.encryption, read_.version), (encryption::REQUIRED, Some(&[16, 0, 4, 5, 0, 0][..])));
        for (octets, at) in [
            (&[][..], 0),
            (&[0xff], 0),
            (&[1, 0, 6, 0, 2, 0xff, 0, 0], 3),
            (&[1, 0, 6, 0, 9, 0xff, 0, 0], 1),
            (&[1, 0, 5, 0, 1, 0x02], 6),
        ] {
            let Err(Wrong::Unexpected(found, _)) = read(octets) else { panic!("{octets:?}") };
            assert_eq!(found, at, "{octets:?}");
        }
        let token = [&[0xaa, 20, 0, 0x8d, 0x4f, 0, 0, 1, 20, 2, 0][..], b"n\0o\0more"].concat();
        let Err(Wrong::Error(20365, text)) = read(&token) else { panic!("{:?}", read(&token)) };
        assert_eq!(text, "no");
    }
}
