//! Remote Desktop: RDP negotiation in the connection request of X.224
//! (MS-RDPBCGR §2.2.1.1, §2.2.1.2; RFC 1006 §6; X.224 §13).

use super::incoming::{Incoming, NOT_OFFERED, REFUSED, Trouble, refused};
use super::{Conversation, Step};

/// Security protocols (MS-RDPBCGR §2.2.1.1.1).
mod security {
    pub(super) const RDP: u32 = 0;
    pub(super) const SSL: u32 = 1;
    pub(super) const HYBRID: u32 = 2;
    pub(super) const RDSTLS: u32 = 4;
    pub(super) const HYBRID_EX: u32 = 8;
}

/// The request: TPKT, connection request of class 0, negotiation request.
fn request() -> Vec<u8> {
    let mut request = vec![3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0];
    request.extend_from_slice(&(security::SSL | security::HYBRID | security::HYBRID_EX).to_le_bytes());
    request
}

/// The least and the most octets of a confirm: without and with negotiation.
const LEAST: usize = 11;
const MOST: usize = 19;

/// The client's side.
#[derive(Debug, Default)]
pub(super) struct Rdp {
    is_asked: bool,
}

impl Conversation for Rdp {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        if !self.is_asked {
            self.is_asked = true;
            return Ok(Step::Send(request()));
        }
        let rest = incoming.rest();
        let (length, kind) = match rest {
            [] | [3] => return Ok(Step::More),
            [3, 0, ..] => match rest.get(2..6) {
                None => return Ok(Step::More),
                Some(&[high, low, _, kind]) => (usize::from(high) << 8 | usize::from(low), kind),
                Some(_) => return Ok(Step::More),
            },
            [3, ..] => return Err(incoming.unexpected(1, "00")),
            _ => return Err(incoming.unexpected(0, "the version of TPKT, 03")),
        };
        match kind & 0xf0 {
            0xd0 => {}
            0x80 => {
                return Err(refused(
                    REFUSED,
                    "refused the connection by a disconnect request of X.224",
                    "The server takes no RDP connections from here at present: its event log says why.",
                ));
            }
            _ => return Err(incoming.unexpected(5, "a connection confirm of X.224, d0")),
        }
        if !(LEAST..=MOST).contains(&length) {
            return Err(incoming.unexpected(2, format!("a length from {LEAST} to {MOST}")));
        }
        let begin = incoming.at();
        let Some(confirm) = incoming.take(length).map(<[u8]>::to_vec) else { return Ok(Step::More) };
        if usize::from(confirm.get(4).copied().unwrap_or(0)) + 5 != length {
            return Err(Trouble::Unexpected { at: begin + 4, expected: format!("the length {}", length - 5) });
        }
        let answer = confirm.get(LEAST..).unwrap_or_default();
        match *answer {
            [] => Err(refused(
                NOT_OFFERED,
                "has RDP's own encryption only, as before Windows Vista: it did not answer the negotiation",
                "Set the security layer of the RDP listener to negotiate or to TLS (SecurityLayer 1 or 2).",
            )),
            [2, _, 8, 0, a, b, c, d] => chosen(u32::from_le_bytes([a, b, c, d]), begin, incoming),
            [3, _, 8, 0, a, b, c, d] => Err(failed(u32::from_le_bytes([a, b, c, d]))),
            _ => Err(Trouble::Unexpected {
                at: begin + LEAST,
                expected: "a negotiation response, 02, or failure, 03, of 8 octets".to_owned(),
            }),
        }
    }

    fn awaits(&self) -> &'static str {
        "the confirm of the connection"
    }
}

fn chosen(protocol: u32, begin: usize, incoming: &mut Incoming) -> Result<Step, Trouble> {
    let name = match protocol {
        security::RDP => {
            return Err(refused(
                NOT_OFFERED,
                "chose RDP's own encryption, without TLS",
                "Set the security layer of the RDP listener to TLS (SecurityLayer 2).",
            ));
        }
        security::SSL => "TLS",
        security::HYBRID => "network level authentication (CredSSP) under TLS",
        security::HYBRID_EX => "network level authentication (CredSSP) under TLS, with early user authorization",
        security::RDSTLS => "RDSTLS",
        _ => {
            let expected = "one of the protocols that were offered, 1, 2 or 8".to_owned();
            return Err(Trouble::Unexpected { at: begin + LEAST + 4, expected });
        }
    };
    incoming.note(format!("chose {name}").as_bytes());
    Ok(Step::Done)
}

/// The failure codes of MS-RDPBCGR §2.2.1.2.2.
fn failed(code: u32) -> Trouble {
    let (name, hint) = match code {
        1 => (
            "SSL_REQUIRED_BY_SERVER",
            "The server demands TLS, which it was offered: something on the way may change the request.",
        ),
        2 => (
            "SSL_NOT_ALLOWED_BY_SERVER",
            "The listener is set to RDP's own encryption: set its security layer to TLS (SecurityLayer 2).",
        ),
        3 => (
            "SSL_CERT_NOT_ON_SERVER",
            "The server has no usable certificate: restart Remote Desktop Services so that it makes one, or assign one; its service account (NETWORK SERVICE) must be able to read the private key.",
        ),
        4 => ("INCONSISTENT_FLAGS", "Something on the way changes the request."),
        5 => (
            "HYBRID_REQUIRED_BY_SERVER",
            "The server demands network level authentication, which it was offered: something on the way may change the request.",
        ),
        6 => ("SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER", "The server demands TLS with a client certificate."),
        _ => ("a code without a name", "The server's event log says why."),
    };
    refused(REFUSED, format!("refused TLS with failure {code}, {name}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_has_the_lengths_that_it_says() {
        let request = request();
        assert_eq!(request.len(), usize::from(request[3]));
        assert_eq!(request.len(), usize::from(request[4]) + 5);
        assert_eq!(request[11..15], [1, 0, 8, 0]);
    }
}
