//! A conversation with a directory: one request at a time, a bounded number of
//! octets in all.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::ber::{Frame, frame};
use super::failures;
use super::message::{self, Attribute, Outcome, Response, code};
use super::url::LdapUrl;
use crate::budget::{self, Limit};
use crate::failure::{Failure, Stage};
use crate::request::What;

/// What an answer may have beyond the values asked for: names, types, other
/// entries.
pub const MESSAGE_SLACK_OCTETS: usize = 64 << 10;

/// How many octets are read at once.
const CHUNK: usize = 16 << 10;

/// What a search gave.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) entries: Vec<Vec<Attribute>>,
    /// Where the server says more is.
    pub(super) referrals: Vec<String>,
}

/// Counts octets as they come.
pub(super) struct Meter<'a> {
    received: AtomicUsize,
    /// Hears of them, and says whether more may come.
    spend: &'a (dyn Fn(usize) -> bool + Send + Sync),
}

impl<'a> Meter<'a> {
    pub(super) fn new(spend: &'a (dyn Fn(usize) -> bool + Send + Sync)) -> Self {
        Meter { received: AtomicUsize::new(0), spend }
    }

    pub(super) fn received(&self) -> usize {
        self.received.load(Ordering::Relaxed)
    }

    fn take(&self, octets: usize) -> Result<(), Failure> {
        self.received.fetch_add(octets, Ordering::Relaxed);
        if (self.spend)(octets) { Ok(()) } else { Err(budget::spent()) }
    }
}

pub(super) struct Connection<'a, S> {
    stream: S,
    /// For messages: host and port.
    server: String,
    buffer: Vec<u8>,
    next_id: u32,
    /// Octets that may still come.
    left: usize,
    limit: Limit,
    what: &'a What,
    meter: &'a Meter<'a>,
    /// Whether credentials were given.
    bound: bool,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Connection<'a, S> {
    /// `limit` is for the values asked for.
    pub(super) fn new(stream: S, server: String, limit: Limit, what: &'a What, meter: &'a Meter<'a>) -> Self {
        let left = limit.octets.saturating_add(MESSAGE_SLACK_OCTETS);
        Connection { stream, server, buffer: Vec::new(), next_id: 1, left, limit, what, meter, bound: false }
    }

    /// Asks to go on under TLS, and gives the stream for it.
    pub(super) async fn start_tls(mut self) -> Result<S, Failure> {
        let id = self.id();
        self.send(&message::start_tls(id)).await?;
        let refused = match self.answer(id).await? {
            // Octets that are here already came unprotected, and would be taken
            // for the server's under TLS.
            Response::Extended(outcome) if outcome.code == code::SUCCESS && self.buffer.is_empty() => {
                return Ok(self.stream);
            }
            Response::Extended(outcome) if outcome.code == code::SUCCESS => {
                return Err(failures::malformed(&self.server, &self.buffer));
            }
            Response::Extended(outcome) | Response::Disconnecting(outcome) => failures::said(&outcome),
            _ => return Err(self.unexpected()),
        };
        Err(failures::cannot_tell(failures::failure(
            Stage::Tls,
            "ldap-start-tls-refused",
            None,
            format!("{} does not go on under TLS: {refused}", self.server),
            "An account is given under TLS alone: have the server take StartTLS, or use LDAPS.",
        )))
    }

    /// A simple bind. Only called when the stream is under TLS.
    pub(super) async fn bind(&mut self, dn: &str, password: &[u8]) -> Result<(), Failure> {
        let id = self.id();
        let request = message::bind(id, dn, password);
        self.send(&request).await?;
        match self.answer(id).await? {
            Response::Bound(outcome) if outcome.code == code::SUCCESS => {
                self.bound = true;
                Ok(())
            }
            Response::Bound(Outcome { code: code::REFERRAL, referrals, .. }) => {
                Err(failures::referral(&referrals, &self.server))
            }
            Response::Bound(outcome) => Err(failures::bind_refused(&failures::said(&outcome), &self.server)),
            Response::Disconnecting(outcome) => Err(self.disconnected(&outcome)),
            _ => Err(self.unexpected()),
        }
    }

    /// The search of a URL, for these attributes.
    pub(super) async fn search(
        &mut self,
        url: &LdapUrl,
        attributes: &[String],
        seconds: u32,
    ) -> Result<Found, Failure> {
        let id = self.id();
        self.send(&message::search(id, url, attributes, seconds)).await?;
        let mut found = Found::default();
        for _ in 0..message::MAX_MESSAGES {
            match self.answer(id).await? {
                Response::Entry(attributes) => found.entries.push(attributes),
                Response::Excessive => break,
                Response::Continued(addresses) => {
                    found.referrals.extend(addresses);
                    found.referrals.truncate(message::MAX_REFERRALS);
                }
                Response::Intermediate => {}
                Response::Done(outcome) if outcome.code == code::SUCCESS => return Ok(found),
                Response::Done(outcome) if outcome.code == code::SIZE_LIMIT_EXCEEDED && !found.entries.is_empty() => {
                    return Ok(found);
                }
                Response::Done(outcome) => return Err(failures::of_outcome(&outcome, &self.server, self.bound)),
                Response::Disconnecting(outcome) => return Err(self.disconnected(&outcome)),
                Response::Bound(_) | Response::Extended(_) => return Err(self.unexpected()),
            }
        }
        Err(failures::too_many(&self.server))
    }

    /// Says farewell; whether it arrives does not matter.
    pub(super) async fn close(mut self) {
        let id = self.id();
        if self.send(&message::unbind(id)).await.is_ok() {
            let _ = self.stream.shutdown().await;
        }
    }

    fn id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    async fn send(&mut self, request: &[u8]) -> Result<(), Failure> {
        let sent = async {
            self.stream.write_all(request).await?;
            self.stream.flush().await
        };
        sent.await.map_err(|error| failures::lost(&self.server, &error.to_string()))
    }

    /// The next message, to the request of this id or unasked.
    async fn answer(&mut self, id: u32) -> Result<Response, Failure> {
        let length = loop {
            match frame(&self.buffer) {
                // Whatever begins otherwise is another protocol, and may never end.
                _ if self.buffer.first().is_some_and(|first| *first != 0x30) => return Err(self.unexpected()),
                Frame::Not => return Err(self.unexpected()),
                Frame::Octets(length) => {
                    let still_missing = length.saturating_sub(self.buffer.len() as u64);
                    if still_missing == 0 {
                        break usize::try_from(length).unwrap_or(usize::MAX);
                    }
                    // Said in advance: not one octet more is waited for.
                    if still_missing > self.left as u64 {
                        return Err(self.limit.exceeded(self.what, Some(length)));
                    }
                }
                Frame::Unknown => {}
            }
            self.receive().await?;
        };
        let rest = self.buffer.split_off(length.min(self.buffer.len()));
        let whole = std::mem::replace(&mut self.buffer, rest);
        message::read(&whole, id).ok_or_else(|| failures::malformed(&self.server, &whole))
    }

    async fn receive(&mut self) -> Result<(), Failure> {
        if self.left == 0 {
            return Err(self.limit.exceeded(self.what, None));
        }
        self.buffer.reserve(CHUNK);
        let mut limited = (&mut self.stream).take(CHUNK.min(self.left) as u64);
        match limited.read_buf(&mut self.buffer).await {
            Ok(0) => Err(failures::lost(&self.server, "closed")),
            Ok(count) => {
                self.left = self.left.saturating_sub(count);
                self.meter.take(count)
            }
            Err(error) => Err(failures::lost(&self.server, &error.to_string())),
        }
    }

    fn unexpected(&self) -> Failure {
        failures::malformed(&self.server, &self.buffer)
    }

    /// A farewell with one of the reasons that a result has is told by that reason.
    fn disconnected(&self, outcome: &Outcome) -> Failure {
        let failure = failures::of_outcome(outcome, &self.server, self.bound);
        if failure.cause != "ldap-result" {
            return failure;
        }
        failures::failure(
            Stage::Ldap,
            "ldap-disconnected",
            Some(failures::winhttp::CONNECTION_ERROR),
            format!("{} hung up: {}", self.server, failures::said(outcome)),
            "Ask who runs the directory what its log says about this.",
        )
    }
}
