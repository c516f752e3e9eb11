//! net.tcp: the upgrade of .NET Message Framing (MC-NMF §2.2).

use super::Asked;
use super::incoming::{Incoming, REFUSED, Trouble, refused};
use super::{Conversation, Step};
use crate::failure::{Failure, Stage};
use crate::text;

/// The path of the endpoint between nodes of the self-hosted integration runtime.
pub const DEFAULT_VIA: &str = "/ExternalService.svc/";

/// Octets of a Via that WCF takes (its `maxViaSize`).
pub const MAX_VIA_OCTETS: usize = 2048;

/// Octets of a fault that are read; WCF's own clients take 256.
const MAX_FAULT_OCTETS: usize = 1024;

const UPGRADE: &[u8] = b"application/ssl-tls";

/// Records (MC-NMF §2.2.1).
mod record {
    pub(super) const VERSION: u8 = 0;
    pub(super) const MODE: u8 = 1;
    pub(super) const VIA: u8 = 2;
    pub(super) const KNOWN_ENCODING: u8 = 3;
    pub(super) const FAULT: u8 = 8;
    pub(super) const UPGRADE_REQUEST: u8 = 9;
    pub(super) const UPGRADE_RESPONSE: u8 = 10;
    pub(super) const PREAMBLE_ACK: u8 = 11;
}

/// Duplex (MC-NMF §2.2.3.2), as sessions of NetTcpBinding are.
const DUPLEX: u8 = 2;
/// Binary with a dictionary in the session (MC-NMF §2.2.3.4.1), NetTcpBinding's encoding.
const BINARY_SESSION: u8 = 8;

/// The client's side.
#[derive(Debug)]
pub(super) struct NetTcp {
    via: String,
    is_asked: bool,
}

impl NetTcp {
    /// For the endpoint that is asked for.
    pub(super) fn new(asked: &Asked<'_>) -> Result<NetTcp, Failure> {
        let via = via(asked);
        let wrong = |message: String| {
            let hint = format!(
                "Give the endpoint's address as the service has it, as net.tcp://{}{DEFAULT_VIA}",
                asked.authority()
            );
            Err(Failure::new(Stage::Upgrade, "upgrade-via", message, hint))
        };
        if via.len() > MAX_VIA_OCTETS {
            return wrong(format!(
                "the endpoint's address has {} octets, and servers take {MAX_VIA_OCTETS}",
                via.len()
            ));
        }
        if let Some((at, _)) = via.char_indices().find(|(_, c)| c.is_control() || *c == ' ') {
            let shown = text::shown(via.as_bytes(), 200);
            return wrong(format!("the endpoint's address “{shown}” has a space or control character at octet {at}"));
        }
        Ok(NetTcp { via, is_asked: false })
    }

    /// Everything up to the request. It is sent at once, as WCF's clients do: the server
    /// answers the request, and nothing before it but with a fault.
    fn preamble(&self) -> Vec<u8> {
        // Version 1.0.
        let mut preamble = vec![record::VERSION, 1, 0, record::MODE, DUPLEX, record::VIA];
        push_length(&mut preamble, self.via.len());
        preamble.extend_from_slice(self.via.as_bytes());
        preamble.extend_from_slice(&[record::KNOWN_ENCODING, BINARY_SESSION, record::UPGRADE_REQUEST]);
        push_length(&mut preamble, UPGRADE.len());
        preamble.extend_from_slice(UPGRADE);
        preamble
    }
}

fn via(asked: &Asked<'_>) -> String {
    let via = asked.via.unwrap_or(DEFAULT_VIA);
    if via.contains("://") {
        return via.to_owned();
    }
    let slash = if via.starts_with('/') { "" } else { "/" };
    format!("net.tcp://{}{slash}{via}", asked.authority())
}

/// A length in groups of seven bits, the low ones first (MC-NMF §2.2.2).
fn push_length(octets: &mut Vec<u8>, mut length: usize) {
    while length > 0x7f {
        octets.push(0x80 | (length & 0x7f) as u8);
        length >>= 7;
    }
    octets.push((length & 0x7f) as u8);
}

impl Conversation for NetTcp {
    fn step(&mut self, incoming: &mut Incoming) -> Result<Step, Trouble> {
        if !self.is_asked {
            self.is_asked = true;
            return Ok(Step::Send(self.preamble()));
        }
        match incoming.rest().first() {
            None => Ok(Step::More),
            Some(&record::UPGRADE_RESPONSE) => {
                incoming.take(1);
                Ok(Step::Done)
            }
            Some(&record::FAULT) => match fault(incoming)? {
                Some(fault) => Err(faulted(&fault, &self.via)),
                None => Ok(Step::More),
            },
            Some(&record::PREAMBLE_ACK) => {
                Err(incoming.unexpected(0, "an upgrade response, 0a, and not yet the end of the preamble"))
            }
            Some(_) => Err(incoming.unexpected(0, "an upgrade response, 0a, or a fault, 08")),
        }
    }

    fn awaits(&self) -> &'static str {
        "the answer to the upgrade request"
    }
}

/// The text of a fault record (MC-NMF, Fault Record), once all of it is there.
fn fault(incoming: &Incoming) -> Result<Option<Vec<u8>>, Trouble> {
    let mut length = 0usize;
    for place in 0..5 {
        let Some(&octet) = incoming.rest().get(1 + place) else { return Ok(None) };
        length |= usize::from(octet & 0x7f) << (7 * place);
        if length > MAX_FAULT_OCTETS {
            return Err(Trouble::TooLong { at: incoming.at() + 1, what: "a fault", most: MAX_FAULT_OCTETS });
        }
        if octet < 0x80 {
            let begin = 2 + place;
            return Ok(incoming.rest().get(begin..begin + length).map(<[u8]>::to_vec));
        }
    }
    Err(incoming.unexpected(1, "a length of at most five octets"))
}

/// The faults of WCF, each under its namespace.
const NAMESPACE: &[u8] = b"http://schemas.microsoft.com/ws/2006/05/framing/faults/";

fn faulted(fault: &[u8], via: &str) -> Trouble {
    let Some(name) = fault.strip_prefix(NAMESPACE) else {
        return refused(
            REFUSED,
            format!("refused the upgrade with the fault “{}”", text::shown(fault, 200)),
            "The fault is not one of WCF's; the service's log says why.",
        );
    };
    let via = text::shown(via.as_bytes(), 200);
    let (cause, hint) = match name {
        b"EndpointNotFound" => (
            "endpoint-not-found",
            format!("No endpoint of the service has the address {via}: host, port and path must be as the service is configured. Give the right one with --via, and try the host's name in the place of its address, or the other way round."),
        ),
        b"EndpointUnavailable" => (
            "endpoint-unavailable",
            "Port sharing knows the endpoint, and its service does not run: start the service.".to_owned(),
        ),
        b"ConnectionDispatchFailed" => (
            "endpoint-unavailable",
            "Port sharing could not hand the connection over: look whether the service runs, under which account, and what the event log says.".to_owned(),
        ),
        b"ServiceActivationFailed" => (
            "endpoint-unavailable",
            "The service could not be started for this request: its configuration or its code is at fault; the event log has the exception.".to_owned(),
        ),
        b"ServerTooBusy" => (REFUSED, "The service takes no more connections at present: try again later.".to_owned()),
        b"UpgradeInvalid" => (
            super::incoming::NOT_OFFERED,
            "The binding has no TLS: its security mode is None, or Transport with Windows credentials (application/negotiate). For TLS it is Transport with clientCredentialType None or Certificate; for the integration runtime, switch the encryption between nodes on.".to_owned(),
        ),
        b"ContentTypeInvalid" => (
            REFUSED,
            "The endpoint has another encoding than binary with sessions, and so another binding than NetTcpBinding in its usual form: the certificate cannot be reached this way.".to_owned(),
        ),
        b"UnsupportedMode" => (
            REFUSED,
            "The endpoint does not take duplex sessions (its transferMode is streamed): the certificate cannot be reached this way.".to_owned(),
        ),
        b"UnsupportedVersion" => (REFUSED, "The service does not speak version 1.0 of the framing.".to_owned()),
        b"ViaTooLong" => (REFUSED, "The endpoint's address is too long for the service: give the right one with --via.".to_owned()),
        b"ContentTypeTooLong" | b"MaxMessageSizeExceededFault" => {
            (REFUSED, "The service has very small limits, or something on the way changes what is sent.".to_owned())
        }
        _ => (REFUSED, "The service's log says why.".to_owned()),
    };
    refused(cause, format!("refused the upgrade for {via} with the fault {}", text::shown(name, 100)), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preamble(via: Option<&str>) -> Vec<u8> {
        NetTcp::new(&Asked { via, ..Asked::new("h", 8060) }).unwrap().preamble()
    }

    /// Octet by octet.
    #[test]
    fn the_preamble() {
        let expected = [
            b"\x00\x01\x00\x01\x02\x02\x25net.tcp://h:8060/ExternalService.svc/".as_slice(),
            b"\x03\x08\x09\x13application/ssl-tls",
        ]
        .concat();
        assert_eq!(preamble(None), expected);
        assert_eq!(preamble(Some("ExternalService.svc/")), expected);
        assert!(preamble(Some("net.tcp://other/x")).windows(17).any(|part| part == b"net.tcp://other/x"));
        let long = format!("/{}", "a".repeat(200));
        assert_eq!(preamble(Some(&long))[5..8], [2, 0x80 | (217 & 0x7f), 1]);
    }

    #[test]
    fn addresses_that_no_server_takes() {
        let error = |via: &str| NetTcp::new(&Asked { via: Some(via), ..Asked::new("h", 1) }).unwrap_err().message;
        assert!(error("/a b").contains("at octet 15"));
        assert!(error("/a\n").contains("control character"));
        assert!(error(&"a".repeat(3000)).contains("2048"));
    }
}
