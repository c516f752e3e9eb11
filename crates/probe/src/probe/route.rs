//! The way to where TLS begins: name, connection, upgrade.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::settings::Settings;
use super::{Probe, StageReport};
use crate::failure::{Failure, Stage};
use crate::resolve::{self, Resolve};
use crate::stream::Stream;
use crate::target::{Opening, Target};
use crate::upgrade::{self, Asked, Protocol};
use crate::{tcp, text};

/// How connections to a target are opened.
pub(super) struct Route<'a> {
    pub(super) target: &'a Target,
    pub(super) settings: &'a Settings,
    pub(super) resolver: &'a dyn Resolve,
    /// Where connections go: all addresses at first, then the one that answered.
    addresses: Vec<SocketAddr>,
    /// The host and port that are dialled, for messages.
    contact: String,
}

impl<'a> Route<'a> {
    pub(super) fn new(target: &'a Target, settings: &'a Settings, resolver: &'a dyn Resolve) -> Route<'a> {
        Route { target, settings, resolver, addresses: Vec::new(), contact: target.authority() }
    }

    /// The host and port that are dialled.
    pub(super) fn contact(&self) -> &str {
        &self.contact
    }

    /// Goes the way for the first time, and notes each stage.
    pub(super) async fn open(&mut self, report: &mut Probe) -> Result<Stream, Failure> {
        let begun = Instant::now();
        let found = self.resolve().await;
        report.stage(Stage::Name, begun, found.as_ref().err());
        self.addresses = found?;
        report.addresses.clone_from(&self.addresses);

        let begun = Instant::now();
        let reached = tcp::connect(&self.addresses, self.settings.timeouts.connect).await;
        report.attempts = reached.attempts;
        let Some((stream, address)) = reached.connected else {
            let failure = tcp::failure(&self.contact, &report.attempts, self.settings.timeouts.connect);
            report.stage(Stage::Connect, begun, Some(&failure));
            return Err(failure);
        };
        report.stage(Stage::Connect, begun, None);
        report.connected = Some(address);
        self.addresses = vec![address];
        let stream = ready(stream);

        match self.target.opening {
            Opening::Tls => Ok(stream),
            Opening::Upgrade(protocol) => {
                let begun = Instant::now();
                let upgraded = self.upgrade(protocol, stream, self.settings.timeouts.upgrade).await;
                report.stage(Stage::Upgrade, begun, upgraded.as_ref().err());
                let upgraded = upgraded?;
                report.notes = upgraded.notes;
                Ok(upgraded.stream)
            }
        }
    }

    /// Goes the way once more, to the address that answered; with `opening` in place of
    /// the target's own.
    pub(super) async fn again(&self, opening: Opening, within: Duration) -> Result<Stream, Failure> {
        let within_connect = within.min(self.settings.timeouts.connect);
        let reached = tcp::connect(&self.addresses, within_connect).await;
        let Some((stream, _)) = reached.connected else {
            return Err(tcp::failure(&self.contact, &reached.attempts, within_connect));
        };
        let stream = ready(stream);
        match opening {
            Opening::Tls => Ok(stream),
            Opening::Upgrade(protocol) => {
                let within = within.min(self.settings.timeouts.upgrade);
                Ok(self.upgrade(protocol, stream, within).await?.stream)
            }
        }
    }

    async fn resolve(&mut self) -> Result<Vec<SocketAddr>, Failure> {
        let (host, port) = match &self.settings.dial {
            Some(dial) => (&dial.host, dial.port.unwrap_or(self.target.port)),
            None => (&self.target.host, self.target.port),
        };
        self.contact = text::authority(&host.to_string(), port);
        let found = resolve::addresses(self.resolver, host, self.settings.timeouts.name).await?;
        Ok(found.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }

    async fn upgrade(
        &self,
        protocol: Protocol,
        stream: Stream,
        timeout: Duration,
    ) -> Result<upgrade::Upgraded, Failure> {
        let host = self.target.host.to_string();
        let mut asked = Asked::new(&host, self.target.port);
        asked.timeout = timeout;
        asked.via = self.settings.via.as_deref().or(self.target.via());
        upgrade::upgrade(protocol, stream, &asked).await
    }
}

/// What is sent is sent at once: each message waits for its answer.
fn ready(stream: tokio::net::TcpStream) -> Stream {
    // Without it things are slower, not wrong.
    let _ = stream.set_nodelay(true);
    Stream::new(stream)
}

impl Probe {
    pub(super) fn stage(&mut self, stage: Stage, begun: Instant, failure: Option<&Failure>) {
        let outcome = failure.map_or(Ok(()), |failure| Err(failure.cause));
        self.stages.push(StageReport { stage, outcome, elapsed: begun.elapsed() });
    }
}
