//! MySQL and MariaDB: a greeting with capabilities, SSLRequest (MySQL's documentation,
//! "Connection Phase Packets").

use super::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use super::{Conversation, Step};
use crate::limits::MAX_LINE_OCTETS;
use crate::text;

/// Capabilities.
mod client {
    pub(super) const LONG_PASSWORD: u32 = 1;
    pub(super) const PROTOCOL_41: u32 = 1 << 9;
    pub(super) const SSL: u32 = 1 << 11;
    pub(super) const TRANSACTIONS: u32 = 1 << 13;
    pub(super) const SECURE_CONNECTION: u32 = 1 << 15;
}

/// The client's side.
#[derive(Debug, Default)]
pub(super) struct Mysql {
    is_asked: bool,
}

impl Conversation for Mysql {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        if self.is_asked {
            // The request has no answer but TLS.
            return Ok(Step::Done);
        }
        let Some(header) = incoming.rest().get(..4) else {
            return match incoming.rest() {
                // A packet of more than 64 KiB is no greeting; letters of other protocols are.
                [_, _, upper, ..] if *upper > 0 => {
                    Err(incoming.unexpected(2, "the length of a greeting, below 64 KiB"))
                }
                _ => Ok(Step::More),
            };
        };
        let [low, high, upper, sequence] = *header else { return Ok(Step::More) };
        let length = usize::from(low) | usize::from(high) << 8 | usize::from(upper) << 16;
        if upper > 0 {
            return Err(incoming.unexpected(2, "the length of a greeting, below 64 KiB"));
        }
        if sequence != 0 {
            return Err(incoming.unexpected(3, "packet 0"));
        }
        match incoming.rest().get(4) {
            None => return Ok(Step::More),
            Some(10 | 0xff) => {}
            Some(9) => return Err(too_old("speaks version 9 of the protocol, of MySQL before 3.21")),
            Some(_) => return Err(incoming.unexpected(4, "version 10 of the protocol, or an error")),
        }
        if length > MAX_LINE_OCTETS {
            return Err(Trouble::TooLong { at: incoming.at(), what: "a greeting", most: MAX_LINE_OCTETS });
        }
        if incoming.rest().len() < 4 + length {
            return Ok(Step::More);
        }
        let begin = incoming.at() + 4;
        let packet = incoming.take(4 + length).and_then(|packet| packet.get(4..)).unwrap_or_default().to_vec();
        if let [0xff, rest @ ..] = packet.as_slice() {
            return Err(error(rest));
        }
        let (version, capabilities) = greeting(&packet)
            .map_err(|(at, expected)| Trouble::Unexpected { at: begin + at, expected: expected.to_owned() })?;
        incoming.note(version);
        if capabilities & client::PROTOCOL_41 == 0 {
            return Err(too_old("is older than MySQL 4.1"));
        }
        if capabilities & client::SSL == 0 {
            return Err(refused(
                NOT_OFFERED,
                format!("does not offer TLS (its version is “{}”)", text::shown(version, 60)),
                "Enable TLS on the server: ssl_cert and ssl_key in its configuration (MySQL 8 makes its own unless told otherwise; MariaDB before 11.4 does not), then restart.",
            ));
        }
        self.is_asked = true;
        Ok(Step::Send(request(capabilities)))
    }

    fn awaits(&self) -> &'static str {
        "the greeting"
    }
}

/// Version and the lower capabilities. An error is the octet in the packet, and what
/// should be there.
fn greeting(packet: &[u8]) -> Result<(&[u8], u32), (usize, &'static str)> {
    let text = packet.get(1..).unwrap_or_default();
    let end = text.iter().position(|octet| *octet == 0).ok_or((1, "a version that ends with NUL"))?;
    let (version, rest) = text.split_at_checked(end).unwrap_or_default();
    // NUL, connection (4), first part of the challenge (8), filler (1).
    match rest.get(14..16) {
        Some(&[low, high]) => Ok((version, u32::from(low) | u32::from(high) << 8)),
        _ => Err((packet.len(), "capabilities behind version, connection and challenge")),
    }
}

fn request(capabilities: u32) -> Vec<u8> {
    let wanted = client::LONG_PASSWORD | client::TRANSACTIONS | client::SECURE_CONNECTION;
    let flags = capabilities & wanted | client::PROTOCOL_41 | client::SSL;
    let mut request = vec![32, 0, 0, 1];
    request.extend_from_slice(&flags.to_le_bytes());
    // The largest packet, 16 MiB; the character set utf8_general_ci; 23 octets of filler.
    request.extend_from_slice(&(1u32 << 24).to_le_bytes());
    request.push(33);
    request.extend_from_slice(&[0; 23]);
    request
}

/// An error packet without its first octet: code, SQL state from 4.1 on, text.
fn error(rest: &[u8]) -> Trouble {
    let (code, text) = match rest {
        [low, high, text @ ..] => (u16::from(*low) | u16::from(*high) << 8, text),
        _ => (0, rest),
    };
    let text = match text {
        [b'#', _, _, _, _, _, text @ ..] => text,
        text => text,
    };
    let hint = match code {
        1040 | 1203 => "The server has as many connections as it takes: try again later.",
        1129 => {
            "The server has locked this address out after failed connections (as probes are): FLUSH HOSTS on it, or raise max_connect_errors."
        }
        1130 => {
            "The server has no account for this address, and lets nobody in from here: create one ('user'@'host'), or probe from an allowed host."
        }
        _ => "The server's log says why.",
    };
    refused(REFUSED, format!("does not let clients in: error {code}, “{}”", text::shown(text, 200)), hint)
}

fn too_old(did: &str) -> Trouble {
    refused(NOT_OFFERED, did, "Such a server has no TLS: replace it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_has_32_octets() {
        let request = request(u32::MAX);
        assert_eq!((request.len(), request[0], request[3]), (36, 32, 1));
        assert_eq!(u32::from_le_bytes(request[4..8].try_into().unwrap()) & client::SSL, client::SSL);
    }

    #[test]
    fn greetings_are_read() {
        let packet = [b"\x0a8.0\0".as_slice(), &[1; 12], b"\0", &[0xff, 0xf7]].concat();
        assert_eq!(greeting(&packet), Ok((&b"8.0"[..], 0xf7ff)));
        assert_eq!(greeting(&packet[..packet.len() - 1]).unwrap_err().0, packet.len() - 1);
        assert_eq!(greeting(b"\x0a8.0").unwrap_err().0, 1);
    }
}
