//! A handshake by rustls, whatever the server's certificate, driven octet by octet so
//! that it is known how far it came.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, SupportedProtocolVersion, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::capture::{Capture, ClientCertificate, ClientCertificateWord, How, Possession};
use super::identity::Identity;
use super::names::{Group, Suite, Version};
use super::recorder::Recorder;
use crate::alert::Alert;
use crate::limits::{AFTERMATH_TIMEOUT, GOODBYE_TIMEOUT, MAX_HANDSHAKE_OCTETS, SNIFF_OCTETS};
use crate::stream::{HandshakeEnd, Stream};

/// Which versions of TLS a handshake offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Versions {
    /// TLS 1.2 and 1.3.
    #[default]
    Both,
    /// TLS 1.2 alone.
    Tls12,
    /// TLS 1.3 alone.
    Tls13,
}

impl Versions {
    fn supported(self) -> Vec<&'static SupportedProtocolVersion> {
        match self {
            Versions::Both => vec![&version::TLS13, &version::TLS12],
            Versions::Tls12 => vec![&version::TLS12],
            Versions::Tls13 => vec![&version::TLS13],
        }
    }
}

/// What a client says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offer<'a> {
    /// The name of the server to ask for (SNI), none for no such extension.
    pub server_name: Option<&'a str>,
    /// The versions.
    pub versions: Versions,
    /// The application protocols (ALPN), none for no such extension.
    pub alpn: &'a [Vec<u8>],
    /// The certificate for a server that asks for one.
    pub identity: Option<&'a Identity>,
    /// Whether to wait for session tickets, for up to [`AFTERMATH_TIMEOUT`].
    pub tickets: bool,
}

/// How a handshake ended.
#[derive(Debug)]
pub enum Ended {
    /// Completely.
    Done,
    /// The server sent a fatal alert.
    Alert(Alert),
    /// The library gave up: what came is not TLS, or breaks its rules, or suits not.
    Library(rustls::Error),
    /// The server closed the connection.
    Closed,
    /// The connection broke, as by a reset.
    Broken(io::Error),
    /// It was not done in time.
    TimedOut(Duration),
    /// The server sent more than [`MAX_HANDSHAKE_OCTETS`].
    TooMuch,
    /// There cannot be a handshake with this offer; the text says why.
    Unusable(String),
}

/// A handshake, complete or not.
#[derive(Debug)]
pub struct Handshake {
    /// How it ended.
    pub ended: Ended,
    /// What the server presented, when it came to present something.
    pub capture: Option<Capture>,
    /// The first octets that the server sent, up to [`SNIFF_OCTETS`].
    pub first: Vec<u8>,
    /// How many it sent.
    pub octets: usize,
}

static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(aws_lc_rs::default_provider()));

/// The configuration of one handshake, noted by `recorder`.
pub(crate) fn config(
    versions: Versions,
    alpn: &[Vec<u8>],
    recorder: &Arc<Recorder>,
) -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&PROVIDER))
        .with_protocol_versions(&versions.supported())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(recorder) as _)
        .with_client_cert_resolver(Arc::clone(recorder) as _);
    config.resumption = Resumption::store(Arc::clone(recorder) as _);
    config.alpn_protocols = alpn.to_vec();
    // A server that chooses what was not offered is shown with what it chose.
    config.check_selected_alpn = false;
    Ok(config)
}

fn connection(offer: &Offer<'_>, recorder: &Arc<Recorder>) -> Result<ClientConnection, String> {
    let config = config(offer.versions, offer.alpn, recorder).map_err(|error| error.to_string())?;
    let name = match offer.server_name {
        Some(name) => {
            ServerName::try_from(name.to_owned()).map_err(|_| format!("{name} cannot be asked for by SNI"))?
        }
        // For an address no SNI is sent (RFC 6066 §3), so any will do.
        None => ServerName::from(IpAddr::from(Ipv4Addr::UNSPECIFIED)),
    };
    ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())
}

/// Makes a handshake over `stream`, for at most `within`, and closes the connection.
/// `upgraded` is what the protocol before it wants to be told; there is a default for
/// connections without one.
pub async fn handshake(stream: &mut Stream, offer: &Offer<'_>, upgraded: &HandshakeEnd, within: Duration) -> Handshake {
    let recorder = Arc::new(Recorder::new(offer.identity.cloned()));
    let mut tls = match connection(offer, &recorder) {
        Ok(connection) => Driven { connection, octets: 0, first: Vec::new(), alert: None },
        Err(why) => {
            return Handshake { ended: Ended::Unusable(why), capture: None, first: Vec::new(), octets: 0 };
        }
    };
    let ended = match timeout(within, tls.complete(stream)).await {
        Ok(ended) => ended,
        Err(_) => Ended::TimedOut(within),
    };
    let octets = tls.octets;
    if matches!(ended, Ended::Done) {
        upgraded.has_ended();
    }
    let word = match &ended {
        Ended::Done if recorder.was_asked() => tls.aftermath(stream, &recorder).await,
        Ended::Done => {
            if offer.tickets && tls.connection.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3) {
                tls.aftermath(stream, &recorder).await;
            }
            ClientCertificateWord::NotReached
        }
        Ended::Alert(alert) => ClientCertificateWord::Refused(*alert),
        Ended::Closed | Ended::Broken(_) => ClientCertificateWord::Closed,
        _ => ClientCertificateWord::NotReached,
    };
    tls.part(stream).await;
    let how = if matches!(ended, Ended::Done) { How::Handshake } else { How::Partly };
    let capture = capture(&tls.connection, &recorder, offer, how, word, octets);
    Handshake { ended, capture, first: tls.first, octets }
}

/// What came, if there is anything beyond the version.
fn capture(
    tls: &ClientConnection,
    recorder: &Recorder,
    offer: &Offer<'_>,
    how: How,
    word: ClientCertificateWord,
    octets: usize,
) -> Option<Capture> {
    let seen = recorder.take();
    let suite = tls.negotiated_cipher_suite().map(|suite| Suite(suite.suite().into()));
    if seen.chain.is_empty() && suite.is_none() {
        return None;
    }
    Some(Capture {
        how,
        server_name: offer.server_name.map(str::to_owned),
        version: tls.protocol_version().map(|version| Version(version.into())),
        suite,
        group: tls.negotiated_key_exchange_group().map(|group| Group::Named(group.name().into())),
        alpn: tls.alpn_protocol().map(<[u8]>::to_vec),
        chain: seen.chain,
        chain_omitted: seen.chain_omitted,
        staple: seen.staple,
        scts: None,
        possession: seen
            .possession
            .unwrap_or_else(|| Possession::Unproven("the handshake ended before the server's signature".to_owned())),
        sessions: seen.sessions,
        client_certificate: seen.asked_for.map(|(ca_names, schemes)| ClientCertificate {
            ca_names,
            schemes,
            given: seen.given,
            word,
        }),
        octets,
    })
}

/// A connection of rustls and what went through it.
struct Driven {
    connection: ClientConnection,
    octets: usize,
    first: Vec<u8>,
    alert: Option<Alert>,
}

impl Driven {
    async fn complete(&mut self, stream: &mut Stream) -> Ended {
        loop {
            if let Err(error) = self.flush(stream).await {
                // What the server said before it closed counts for more than that it closed.
                return match self.read(stream).await {
                    Err(ended @ (Ended::Alert(_) | Ended::Library(_))) => ended,
                    _ => Ended::Broken(error),
                };
            }
            if !self.connection.is_handshaking() {
                return Ended::Done;
            }
            if let Err(ended) = self.read(stream).await {
                return ended;
            }
        }
    }

    async fn flush(&mut self, stream: &mut Stream) -> io::Result<()> {
        let mut out = Vec::new();
        while self.connection.wants_write() {
            self.connection.write_tls(&mut out)?;
        }
        if !out.is_empty() {
            stream.write_all(&out).await?;
            stream.flush().await?;
        }
        Ok(())
    }

    /// Reads once and has it processed.
    async fn read(&mut self, stream: &mut Stream) -> Result<(), Ended> {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.map_err(Ended::Broken)?;
        if count == 0 {
            return Err(Ended::Closed);
        }
        let mut came = buffer.get(..count).unwrap_or_default();
        self.octets = self.octets.saturating_add(count);
        let wanted = SNIFF_OCTETS.saturating_sub(self.first.len());
        self.first.extend(came.iter().take(wanted));
        while !came.is_empty() {
            if let Err(error) = self.connection.read_tls(&mut came) {
                return Err(Ended::Broken(error));
            }
            if let Err(error) = self.connection.process_new_packets() {
                return Err(match error {
                    // The library keeps the level to itself; what ends a handshake is fatal.
                    rustls::Error::AlertReceived(alert) => {
                        let alert = Alert { level: 2, description: alert.into() };
                        self.alert = Some(alert);
                        Ended::Alert(alert)
                    }
                    other => Ended::Library(other),
                });
            }
        }
        if self.octets > MAX_HANDSHAKE_OCTETS { Err(Ended::TooMuch) } else { Ok(()) }
    }

    /// Waits for what the server says to the client's part of a TLS 1.3 handshake.
    async fn aftermath(&mut self, stream: &mut Stream, recorder: &Recorder) -> ClientCertificateWord {
        if self.connection.protocol_version() != Some(rustls::ProtocolVersion::TLSv1_3) {
            // The server's Finished came after the client's certificate (RFC 5246 §7.3).
            return ClientCertificateWord::Accepted;
        }
        let word = timeout(AFTERMATH_TIMEOUT, async {
            loop {
                if recorder.sessions().tickets > 0 {
                    return ClientCertificateWord::Accepted;
                }
                match self.read(stream).await {
                    Ok(()) => {}
                    Err(Ended::Alert(alert)) => return ClientCertificateWord::Refused(alert),
                    Err(Ended::Closed | Ended::Broken(_)) => return ClientCertificateWord::Closed,
                    Err(_) => return ClientCertificateWord::Silent,
                }
            }
        });
        word.await.unwrap_or(ClientCertificateWord::Silent)
    }

    /// Sends what is left to be said, as an alert, and closes.
    async fn part(&mut self, stream: &mut Stream) {
        self.connection.send_close_notify();
        // Whether the peer hears it changes nothing.
        let _ = timeout(GOODBYE_TIMEOUT, async {
            let _ = self.flush(stream).await;
            let _ = stream.shutdown().await;
        })
        .await;
    }
}
