//! The way to where TLS begins: name, connection, proxy, upgrade.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::settings::{Diagnosis, Settings};
use super::trial::{Change, TrialOutcome};
use super::{Probe, StageReport, failures, proxy_tls};
use crate::failure::{Failure, Stage};
use crate::limits::GREETING_PATIENCE;
use crate::proxy::{self, Destination, Kind, Proxy};
use crate::resolve::{self, Resolve};
use crate::stream::{HandshakeEnd, Stream};
use crate::target::{Host, Opening, Target};
use crate::tls::handshake::Offer;
use crate::upgrade::{self, Asked, Protocol};
use crate::{tcp, text};

/// How connections to a target are opened.
pub(super) struct Route<'a> {
    pub(super) target: &'a Target,
    pub(super) settings: &'a Settings,
    resolver: &'a dyn Resolve,
    /// Where connections go: all addresses at first, then the one that answered.
    addresses: Vec<SocketAddr>,
    /// Host and port that are dialled, by this machine or by the proxy.
    host: Host,
    port: u16,
    /// What the proxy is to connect to.
    destination: Option<Destination>,
    /// Both as messages name them.
    contact: String,
}

/// A connection on which TLS may begin, and whom to tell when its handshake has ended.
type Ready = (Stream, HandshakeEnd);

impl<'a> Route<'a> {
    pub(super) fn new(target: &'a Target, settings: &'a Settings, resolver: &'a dyn Resolve) -> Route<'a> {
        let (host, port) = match &settings.dial {
            Some(dial) => (dial.host.clone(), dial.port.unwrap_or(target.port)),
            None => (target.host.clone(), target.port),
        };
        let contact = text::authority(&host.to_string(), port);
        Route { target, settings, resolver, addresses: Vec::new(), host, port, destination: None, contact }
    }

    /// The host and port that are dialled.
    pub(super) fn contact(&self) -> &str {
        &self.contact
    }

    /// Goes the way for the first time, and notes each stage.
    pub(super) async fn open(&mut self, report: &mut Probe) -> Result<Ready, Failure> {
        let begun = Instant::now();
        let found = self.resolve().await;
        report.stage(Stage::Name, begun, found.as_ref().err());
        self.addresses = found?;
        report.addresses.clone_from(&self.addresses);

        let begun = Instant::now();
        let reached = tcp::connect(&self.addresses, self.settings.timeouts.connect).await;
        report.attempts = reached.attempts;
        let Some((stream, address)) = reached.connected else {
            let failure = self.not_connected(&report.attempts, self.settings.timeouts.connect);
            report.stage(Stage::Connect, begun, Some(&failure));
            return Err(failure);
        };
        report.stage(Stage::Connect, begun, None);
        report.connected = Some(address);
        self.addresses = vec![address];
        let mut stream = ready(stream);

        if let Some(proxy) = &self.settings.proxy {
            let begun = Instant::now();
            let opened = self.tunnel(proxy, stream, self.settings.timeouts.proxy, report).await;
            report.stage(Stage::Proxy, begun, opened.as_ref().err());
            stream = opened?;
        }
        match self.target.opening {
            Opening::Tls => Ok((stream, HandshakeEnd::default())),
            Opening::Upgrade(protocol) => {
                let begun = Instant::now();
                let upgraded = self.first_upgrade(protocol, stream).await;
                report.stage(Stage::Upgrade, begun, upgraded.as_ref().err());
                let upgraded = upgraded?;
                report.notes = upgraded.notes;
                Ok((upgraded.stream, upgraded.handshake))
            }
        }
    }

    /// The upgrade; but a port that begins with TLS, where the server should speak first,
    /// is not waited for to the end.
    async fn first_upgrade(&self, protocol: Protocol, stream: Stream) -> Result<upgrade::Upgraded, Failure> {
        let within = self.settings.timeouts.upgrade;
        let upgrading = self.upgrade(protocol, stream, within);
        let looks = protocol.server_begins() && self.settings.diagnosis == Diagnosis::Trials;
        if !looks || within <= GREETING_PATIENCE {
            return upgrading.await;
        }
        tokio::select! {
            biased;
            upgraded = upgrading => upgraded,
            () = Box::pin(self.is_seen_to_begin_with_tls()) => {
                Err(failures::begins_with_tls(self, protocol, vec![failures::TIMED_OUT]))
            }
        }
    }

    /// Ends when another connection shows, after some patience, that the port begins with
    /// TLS, and never otherwise.
    async fn is_seen_to_begin_with_tls(&self) {
        tokio::time::sleep(GREETING_PATIENCE).await;
        let offer = Offer { server_name: self.target.server_name(&self.settings.sni), ..Offer::default() };
        let (trial, _) = self.attempt(Change::DirectTls, &offer).await;
        if trial.outcome != TrialOutcome::Answered {
            std::future::pending::<()>().await;
        }
    }

    /// Goes the way once more, to the address that answered; with `opening` in place of
    /// the target's own.
    pub(super) async fn again(&self, opening: Opening, within: Duration) -> Result<Ready, Failure> {
        let mut stream = self.dial(within).await?;
        if let Some(proxy) = &self.settings.proxy {
            // What the proxy says it has said before.
            let mut unread = Probe::new(self.target);
            stream = self.tunnel(proxy, stream, within.min(self.settings.timeouts.proxy), &mut unread).await?;
        }
        match opening {
            Opening::Tls => Ok((stream, HandshakeEnd::default())),
            Opening::Upgrade(protocol) => {
                let within = within.min(self.settings.timeouts.upgrade);
                let upgraded = self.upgrade(protocol, stream, within).await?;
                Ok((upgraded.stream, upgraded.handshake))
            }
        }
    }

    /// A better explanation than that an upgrade found silence, if there is one.
    pub(super) async fn second_look(&self, protocol: Protocol, failure: Failure) -> Failure {
        if !upgrade::is_unexplained(&failure) {
            return failure;
        }
        let within = self.settings.timeouts.trial;
        match self.again(Opening::Tls, within).await {
            Ok((stream, _)) => {
                let host = self.target.host.to_string();
                upgrade::second_look(protocol, failure, stream, &self.asked(&host, within)).await
            }
            Err(_) => failure,
        }
    }

    async fn dial(&self, within: Duration) -> Result<Stream, Failure> {
        let within = within.min(self.settings.timeouts.connect);
        let reached = tcp::connect(&self.addresses, within).await;
        match reached.connected {
            Some((stream, _)) => Ok(ready(stream)),
            None => Err(self.not_connected(&reached.attempts, within)),
        }
    }

    fn not_connected(&self, attempts: &[tcp::Attempt], within: Duration) -> Failure {
        match &self.settings.proxy {
            None => {
                let failure = tcp::failure(&self.contact, attempts, within);
                match self.localhost_elsewhere() {
                    Some(words) => Failure { hint: format!("{words} {}", failure.hint), ..failure },
                    None => failure,
                }
            }
            Some(proxy) => {
                let failure = tcp::failure(&format!("the proxy {}", proxy.authority()), attempts, within);
                let hint = match failure.cause {
                    "connection-refused" => {
                        "No proxy listens there: check its host and port where it is named, and that it runs."
                    }
                    "connection-timed-out" => {
                        "The proxy's host is down, or a firewall between drops what is sent to it: check host and port where the proxy is named, and that this machine may reach it."
                    }
                    "host-unreachable" => {
                        "Check this machine's network, its routes (ip route, route print) and its VPN, and the proxy's host where it is named."
                    }
                    "connection-forbidden" => {
                        "Look at this machine's own firewall and at the service's sandbox, which have to allow the proxy."
                    }
                    _ => {
                        "Check the proxy's host and port where it is named, and what stands between this machine and it."
                    }
                };
                Failure { hint: hint.to_owned(), ..failure }
            }
        }
    }

    /// What is wrong with the name `localhost`, when it leads to other machines
    /// (RFC 6761 §6.3).
    fn localhost_elsewhere(&self) -> Option<String> {
        let is_localhost = matches!(&self.host, Host::Name(name) if name.eq_ignore_ascii_case("localhost"));
        let elsewhere = self.addresses.iter().map(SocketAddr::ip).find(|address| !address.is_loopback());
        let elsewhere = elsewhere.filter(|_| is_localhost)?;
        Some(format!(
            "The name localhost leads to {elsewhere}, which is no loopback address: correct the hosts file, or else what the DNS servers say."
        ))
    }

    async fn resolve(&mut self) -> Result<Vec<SocketAddr>, Failure> {
        let timeout = self.settings.timeouts.name;
        let Some(proxy) = &self.settings.proxy else {
            let found = resolve::addresses(self.resolver, &self.host, timeout).await?;
            return Ok(found.into_iter().map(|address| SocketAddr::new(address, self.port)).collect());
        };
        // The proxy resolves the host's name, but one of SOCKS that is told not to.
        self.destination = Some(if proxy.kind == (Kind::Socks5 { remote_dns: false }) {
            let found = resolve::addresses(self.resolver, &self.host, timeout).await?;
            // The resolver's first; a proxy takes one address.
            match found.first() {
                Some(address) => Destination::address(SocketAddr::new(*address, self.port)),
                None => Destination::new(&self.host.to_string(), self.port)?,
            }
        } else {
            Destination::new(&self.host.to_string(), self.port)?
        });
        let host = match proxy.host.parse() {
            Ok(address) => Host::Address(address),
            Err(_) => Host::Name(proxy.host.clone()),
        };
        let found = resolve::addresses(self.resolver, &host, timeout).await.map_err(|failure| Failure {
            message: format!("the proxy {} is not reached: {}", proxy.authority(), failure.message),
            hint: match failure.cause {
                "name-not-resolved" => format!("Check the proxy's host name where it is named, and that this machine's DNS servers know it (nslookup {host})."),
                _ => failure.hint,
            },
            ..failure
        })?;
        Ok(found.into_iter().map(|address| SocketAddr::new(address, proxy.port)).collect())
    }

    /// Has the proxy, to which `stream` leads, open a tunnel.
    async fn tunnel(
        &self,
        proxy: &Proxy,
        stream: Stream,
        within: Duration,
        report: &mut Probe,
    ) -> Result<Stream, Failure> {
        let Some(destination) = &self.destination else {
            return Err(Failure::new(Stage::Proxy, "proxy-destination", "no destination is known", "Name a host."));
        };
        let mut first = Some(stream);
        let chain = Mutex::new(Vec::new());
        let opened = proxy::open(proxy, destination, within, || {
            let (first, chain) = (first.take(), &chain);
            async move {
                let stream = match first {
                    Some(stream) => stream,
                    None => self.dial(within).await?,
                };
                if proxy.kind != (Kind::Http { tls: true }) {
                    return Ok(stream);
                }
                let (stream, presented) = proxy_tls::secure(proxy, self.settings.proxy_tls.as_ref(), stream).await?;
                *chain.lock().unwrap_or_else(PoisonError::into_inner) = presented;
                Ok(stream)
            }
        })
        .await;
        report.proxy_chain = chain.into_inner().unwrap_or_else(PoisonError::into_inner);
        match opened {
            Ok(opened) => {
                report.proxy = Some(opened.report);
                Ok(opened.stream)
            }
            Err(declined) => {
                report.proxy = Some(declined.report);
                Err(declined.failure)
            }
        }
    }

    fn asked<'h>(&'h self, host: &'h str, timeout: Duration) -> Asked<'h> {
        let via = self.settings.via.as_deref().or(self.target.via());
        Asked { via, timeout, ..Asked::new(host, self.target.port) }
    }

    async fn upgrade(
        &self,
        protocol: Protocol,
        stream: Stream,
        timeout: Duration,
    ) -> Result<upgrade::Upgraded, Failure> {
        let host = self.target.host.to_string();
        upgrade::upgrade(protocol, stream, &self.asked(&host, timeout)).await
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
