//! One more connection, made to find out what a peer objects to.

use std::fmt;
use std::time::{Duration, Instant};

use super::route::Route;
use super::trouble::Trouble;
use crate::failure::Failure;
use crate::target::Opening;
use crate::tls::handshake::{Offer, Versions, handshake};
use crate::tls::plain::{PlainOffer, inspect};
use crate::tls::{Capture, Version};
use crate::upgrade::Protocol;

/// What was done otherwise than at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// The server was not asked for a name (SNI).
    WithoutName,
    /// TLS 1.2 alone was offered.
    OnlyTls12,
    /// Both versions were offered where the settings have one.
    BothVersions,
    /// A hello of old was sent with this version at most; no handshake was made.
    PlainHello(Version),
    /// TLS was asked for by this protocol.
    Upgrade(Protocol),
    /// TLS was begun at once, without the protocol's own request.
    DirectTls,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::WithoutName => f.write_str("without the server's name (SNI)"),
            Change::OnlyTls12 => f.write_str("with TLS 1.2 alone"),
            Change::BothVersions => f.write_str("with TLS 1.2 and 1.3"),
            Change::PlainHello(version) => write!(f, "with a hello of old, {version} at most"),
            Change::Upgrade(protocol) => write!(f, "by {protocol}'s own request for TLS"),
            Change::DirectTls => f.write_str("with TLS from the beginning"),
        }
    }
}

/// A trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What was done otherwise.
    pub change: Change,
    /// What came of it.
    pub outcome: TrialOutcome,
    /// How long it took.
    pub elapsed: Duration,
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrialOutcome {
    /// The server presented its certificates, or agreed to go on with TLS.
    Answered,
    /// TLS failed.
    Failed(Trouble),
    /// It did not come to TLS.
    NotReached(Failure),
}

impl Route<'_> {
    /// Makes a trial; what the server presented comes with it.
    pub(super) async fn attempt(&self, change: Change, offer: &Offer<'_>) -> (Trial, Option<Capture>) {
        let begun = Instant::now();
        let timeouts = &self.settings.timeouts;
        let within = timeouts.trial.min(timeouts.handshake);
        let opening = match change {
            Change::Upgrade(protocol) => Opening::Upgrade(protocol),
            Change::DirectTls => Opening::Tls,
            _ => self.target.opening,
        };
        let (mut stream, told) = match self.again(opening, within).await {
            Ok(opened) => opened,
            Err(failure) => {
                let outcome = TrialOutcome::NotReached(failure);
                return (Trial { change, outcome, elapsed: begun.elapsed() }, None);
            }
        };
        let mut changed = Offer { tickets: false, ..*offer };
        let plain = match change {
            Change::WithoutName => {
                changed.server_name = None;
                None
            }
            Change::OnlyTls12 => {
                changed.versions = Versions::Tls12;
                None
            }
            Change::BothVersions => {
                changed.versions = Versions::Both;
                None
            }
            Change::PlainHello(version) => {
                Some(PlainOffer { server_name: offer.server_name, version, alpn: offer.alpn })
            }
            Change::Upgrade(_) | Change::DirectTls => None,
        };
        let (trouble, capture) = match plain {
            Some(plain) => {
                // What a hello of old leads to ends within the handshake.
                let answer = inspect(&mut stream, &plain, within).await;
                (Trouble::of_plain(&answer), answer.capture)
            }
            None => {
                let made = handshake(&mut stream, &changed, &told, within).await;
                (Trouble::of(&made), made.capture)
            }
        };
        let capture = capture.filter(|capture| !capture.chain.is_empty());
        // Certificates are an answer, whatever the server demands besides.
        let outcome = match trouble {
            Some(trouble) if capture.is_none() => TrialOutcome::Failed(trouble),
            _ => TrialOutcome::Answered,
        };
        (Trial { change, outcome, elapsed: begun.elapsed() }, capture)
    }
}
