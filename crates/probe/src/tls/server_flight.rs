//! What a server says in plaintext after a ClientHello: ServerHello, Certificate,
//! CertificateStatus, ServerKeyExchange, CertificateRequest, ServerHelloDone, or an
//! alert (RFC 5246 §7.3). Without I/O: octets go in as they come.

mod messages;

use std::fmt;

use super::capture::{Capture, ClientCertificate, ClientCertificateWord, How, Possession, Sessions};
use super::names::{Exchange, Group, Scheme, Suite, Version};
use super::possession;
use super::reader::Unreadable;
use super::record::{Content, Records};
use crate::alert::Alert;
use crate::limits::{MAX_HANDSHAKE_OCTETS, MAX_HANDSHAKE_RECORDS, MAX_MESSAGE_OCTETS};

/// How far a flight has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More has to come.
    More,
    /// The server has said all that it says in plaintext.
    Done,
    /// The server ended it with an alert.
    Alert(Alert),
}

/// Why what came is no flight of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlightError {
    /// It is not made of records of TLS.
    Record {
        /// Offset in all that came.
        offset: usize,
        /// What was expected there.
        expected: &'static str,
    },
    /// A message cannot be read.
    Message {
        /// Its name.
        message: &'static str,
        /// Offset in its body.
        offset: usize,
        /// What was expected there.
        expected: &'static str,
    },
    /// A message, by its type, came where it has no place.
    OutOfPlace(u8),
    /// Something else than handshake messages came, as the text says.
    NoHandshake(&'static str),
    /// A limit of [`crate::limits`] is exceeded: its name and value.
    Limit(&'static str, usize),
}

impl fmt::Display for FlightError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record { offset, expected } => write!(f, "at octet {offset} of the answer {expected} was expected"),
            Self::Message { message, offset, expected } => {
                write!(f, "at octet {offset} of the {message} {expected} was expected")
            }
            Self::OutOfPlace(kind) => write!(f, "a handshake message of type {kind} came out of place"),
            Self::NoHandshake(what) => write!(f, "{what} came where handshake messages belong"),
            Self::Limit(name, value) => write!(f, "the answer exceeds {name} ({value})"),
        }
    }
}

impl std::error::Error for FlightError {}

/// What a server has said so far.
#[derive(Debug, Default)]
pub struct ServerFlight {
    records: Records,
    record_count: usize,
    octets: usize,
    /// Octets of handshake messages not yet whole.
    pending: Vec<u8>,
    hello: Option<ServerHello>,
    chain: Option<(Vec<Vec<u8>>, usize)>,
    staple: Option<Vec<u8>>,
    exchange: Option<KeyExchange>,
    request: Option<(Vec<Vec<u8>>, Vec<Scheme>)>,
    ended: Option<Progress>,
}

#[derive(Debug)]
struct ServerHello {
    version: Version,
    random: [u8; 32],
    suite: Suite,
    alpn: Option<Vec<u8>>,
    scts: Option<Vec<u8>>,
}

#[derive(Debug)]
struct KeyExchange {
    group: Option<Group>,
    /// The parameters as they are signed, the scheme where it is named, the signature.
    signed: Option<(Vec<u8>, Option<Scheme>, Vec<u8>)>,
}

const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_KEY_EXCHANGE: u8 = 12;
const CERTIFICATE_REQUEST: u8 = 13;
const SERVER_HELLO_DONE: u8 = 14;
const CERTIFICATE_STATUS: u8 = 22;

impl ServerFlight {
    /// Nothing has come yet.
    pub fn new() -> ServerFlight {
        ServerFlight::default()
    }

    /// Goes on with what came. After the end whatever else comes is not looked at.
    ///
    /// # Errors
    ///
    /// When what came is no flight of a server, or exceeds a limit.
    pub fn push(&mut self, octets: &[u8]) -> Result<Progress, FlightError> {
        if let Some(ended) = self.ended {
            return Ok(ended);
        }
        self.octets = self.octets.saturating_add(octets.len());
        if self.octets > MAX_HANDSHAKE_OCTETS {
            return Err(FlightError::Limit("MAX_HANDSHAKE_OCTETS", MAX_HANDSHAKE_OCTETS));
        }
        self.records.push(octets);
        loop {
            let record = match self.records.next() {
                Ok(Some(record)) => record,
                Ok(None) => return Ok(Progress::More),
                Err(wrong) => return Err(FlightError::Record { offset: wrong.offset, expected: wrong.expected }),
            };
            self.record_count += 1;
            if self.record_count > MAX_HANDSHAKE_RECORDS {
                return Err(FlightError::Limit("MAX_HANDSHAKE_RECORDS", MAX_HANDSHAKE_RECORDS));
            }
            match record.content {
                Content::Alert => self.alert(&record.fragment),
                Content::Handshake => self.messages(&record.fragment)?,
                // Nothing is encrypted without a key exchange, and no session was asked for.
                Content::ChangeCipherSpec => return Err(FlightError::NoHandshake("ChangeCipherSpec")),
                Content::ApplicationData => return Err(FlightError::NoHandshake("application data")),
            }
            if let Some(ended) = self.ended {
                return Ok(ended);
            }
        }
    }

    fn alert(&mut self, fragment: &[u8]) {
        let [level, description, ..] = *fragment else { return };
        let alert = Alert { level, description };
        // A warning leaves it to the client to go on (RFC 5246 §7.2.2); close_notify ends.
        if level != 1 || description == 0 {
            self.ended = Some(Progress::Alert(alert));
        }
    }

    /// Takes whole messages out of what came of them (RFC 5246 §7.4).
    fn messages(&mut self, fragment: &[u8]) -> Result<(), FlightError> {
        let mut pending = std::mem::take(&mut self.pending);
        pending.extend(fragment);
        let mut rest = pending.as_slice();
        while let Some(([kind, high, middle, low], after)) = rest.split_first_chunk::<4>() {
            let length = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
            if length > MAX_MESSAGE_OCTETS {
                return Err(FlightError::Limit("MAX_MESSAGE_OCTETS", MAX_MESSAGE_OCTETS));
            }
            let Some((body, after)) = after.split_at_checked(length) else { break };
            self.message(*kind, body)?;
            rest = after;
            if self.ended.is_some() {
                return Ok(());
            }
        }
        self.pending = rest.to_vec();
        Ok(())
    }

    fn message(&mut self, kind: u8, body: &[u8]) -> Result<(), FlightError> {
        let in_place = match kind {
            // RFC 5246 §7.4.1.1: a HelloRequest during a handshake is to be ignored.
            0 => return Ok(()),
            SERVER_HELLO => self.hello.is_none(),
            CERTIFICATE => self.hello.is_some() && self.chain.is_none(),
            CERTIFICATE_STATUS => self.chain.is_some() && self.staple.is_none(),
            SERVER_KEY_EXCHANGE => self.chain.is_some() && self.exchange.is_none(),
            CERTIFICATE_REQUEST => self.chain.is_some() && self.request.is_none(),
            SERVER_HELLO_DONE => self.chain.is_some(),
            _ => false,
        };
        if !in_place {
            return Err(FlightError::OutOfPlace(kind));
        }
        let version = self.hello.as_ref().map_or(Version::TLS_1_2, |hello| hello.version);
        let named = |message| {
            move |wrong: Unreadable| FlightError::Message { message, offset: wrong.offset, expected: wrong.expected }
        };
        match kind {
            SERVER_HELLO => self.hello = Some(messages::server_hello(body).map_err(named("ServerHello"))?),
            CERTIFICATE => self.chain = Some(messages::certificate(body).map_err(named("Certificate"))?),
            CERTIFICATE_STATUS => {
                self.staple = Some(messages::certificate_status(body).map_err(named("CertificateStatus"))?);
            }
            SERVER_KEY_EXCHANGE => {
                let exchange = self.hello.as_ref().map_or(Exchange::Unknown, |hello| hello.suite.exchange());
                let read = messages::server_key_exchange(body, exchange, version);
                self.exchange = Some(read.map_err(named("ServerKeyExchange"))?);
            }
            CERTIFICATE_REQUEST => {
                let read = messages::certificate_request(body, version);
                self.request = Some(read.map_err(named("CertificateRequest"))?);
            }
            _ => self.ended = Some(Progress::Done),
        }
        Ok(())
    }

    /// Octets that came.
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// What was said until now, `None` before the ServerHello. `client_random` is what
    /// the ClientHello had, `server_name` whom it asked for.
    pub fn capture(self, client_random: &[u8; 32], server_name: Option<&str>) -> Option<Capture> {
        let hello = self.hello?;
        let (chain, chain_omitted) = self.chain.unwrap_or_default();
        let possession = possessed(&hello, chain.first(), self.exchange.as_ref(), client_random);
        Some(Capture {
            how: How::PlainHello,
            server_name: server_name.map(str::to_owned),
            version: Some(hello.version),
            suite: Some(hello.suite),
            group: self.exchange.and_then(|exchange| exchange.group),
            alpn: hello.alpn,
            chain,
            chain_omitted,
            staple: self.staple,
            scts: hello.scts,
            possession,
            sessions: Sessions::default(),
            client_certificate: self.request.map(|(ca_names, schemes)| ClientCertificate {
                ca_names,
                schemes,
                given: false,
                word: ClientCertificateWord::NotReached,
            }),
            octets: self.octets,
        })
    }
}

/// A signed key exchange proves the key even though no handshake was completed: the
/// signature covers the client's random value (RFC 5246 §7.4.3).
fn possessed(
    hello: &ServerHello,
    certificate: Option<&Vec<u8>>,
    exchange: Option<&KeyExchange>,
    client_random: &[u8; 32],
) -> Possession {
    let unproven = |why: &str| Possession::Unproven(why.to_owned());
    let Some(certificate) = certificate else { return unproven("the server sent no certificate") };
    let Some((parameters, scheme, signature)) = exchange.and_then(|exchange| exchange.signed.as_ref()) else {
        return match hello.suite.exchange() {
            Exchange::Rsa => unproven("with RSA key exchange a server proves its key only at the handshake's end"),
            _ => unproven("the handshake was not continued to the server's signature"),
        };
    };
    let scheme = match scheme {
        Some(scheme) => *scheme,
        // Before TLS 1.2 ECDSA signs SHA-1 (RFC 8422 §5.4); RSA signs MD5 and SHA-1 joined.
        None if hello.suite.to_string().contains("_ECDSA_") => Scheme(0x0203),
        None => return unproven("signatures of TLS 1.0 and 1.1 by RSA or DSA are not verified"),
    };
    let message = [client_random.as_slice(), &hello.random, parameters].concat();
    possession::check(hello.version, scheme, certificate, &message, signature)
}

#[cfg(test)]
mod tests;
