//! Inspects servers that no current client talks to: a ClientHello of old is sent, and
//! what the server answers in plaintext is read. No handshake is made.

use std::io;
use std::time::Duration;

use aws_lc_rs::rand;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::capture::Capture;
use super::hello::Hello;
use super::names::Version;
use super::server_flight::{FlightError, Progress, ServerFlight};
use crate::alert::Alert;
use crate::limits::{GOODBYE_TIMEOUT, SNIFF_OCTETS};
use crate::stream::Stream;

/// What the ClientHello says.
#[derive(Clone, Copy, Debug)]
pub struct PlainOffer<'a> {
    /// The name of the server to ask for (SNI), none for no such extension.
    pub server_name: Option<&'a str>,
    /// The highest version, of TLS 1.0 to 1.2.
    pub version: Version,
    /// The application protocols (ALPN), none for no such extension.
    pub alpn: &'a [Vec<u8>],
}

/// How the server's answer ended.
#[derive(Debug)]
pub enum PlainEnded {
    /// With ServerHelloDone.
    Done,
    /// With a fatal alert.
    Alert(Alert),
    /// It is not an answer of TLS, or exceeds a limit.
    Unreadable(FlightError),
    /// The server closed the connection.
    Closed,
    /// The connection broke, as by a reset.
    Broken(io::Error),
    /// It was not complete in time.
    TimedOut(Duration),
}

/// The answer to a hello in plaintext.
#[derive(Debug)]
pub struct PlainAnswer {
    /// How it ended.
    pub ended: PlainEnded,
    /// What the server presented, from its ServerHello on.
    pub capture: Option<Capture>,
    /// The first octets that the server sent, up to [`SNIFF_OCTETS`].
    pub first: Vec<u8>,
    /// How many it sent.
    pub octets: usize,
}

/// close_notify as a warning in a record of TLS 1.0: no handshake was begun in earnest.
const GOODBYE: [u8; 7] = [21, 3, 1, 0, 2, 1, 0];

/// Sends a hello over `stream`, reads the answer for at most `within`, and closes the
/// connection.
pub async fn inspect(stream: &mut Stream, offer: &PlainOffer<'_>, within: Duration) -> PlainAnswer {
    let mut random = [0; 32];
    let mut first = Vec::new();
    let mut flight = ServerFlight::new();
    let ended = match rand::fill(&mut random) {
        Err(_) => PlainEnded::Broken(io::Error::other("the system gives no random values")),
        Ok(()) => {
            let hello =
                Hello { version: offer.version, random, server_name: offer.server_name, alpn: offer.alpn }.record();
            let exchange = exchange(stream, &hello, &mut flight, &mut first);
            match timeout(within, exchange).await {
                Ok(ended) => ended,
                Err(_) => PlainEnded::TimedOut(within),
            }
        }
    };
    // Whether the server hears it changes nothing.
    let _ = timeout(GOODBYE_TIMEOUT, async {
        let _ = stream.write_all(&GOODBYE).await;
        let _ = stream.shutdown().await;
    })
    .await;
    let octets = flight.octets();
    PlainAnswer { ended, capture: flight.capture(&random, offer.server_name), first, octets }
}

async fn exchange(stream: &mut Stream, hello: &[u8], flight: &mut ServerFlight, first: &mut Vec<u8>) -> PlainEnded {
    let sent = async {
        stream.write_all(hello).await?;
        stream.flush().await
    };
    // What a server said before it closed counts for more than that it closed.
    let broken = sent.await.err();
    loop {
        let mut buffer = [0; 4096];
        let count = match stream.read(&mut buffer).await {
            Ok(0) => return broken.map_or(PlainEnded::Closed, PlainEnded::Broken),
            Ok(count) => count,
            Err(error) => return PlainEnded::Broken(broken.unwrap_or(error)),
        };
        let came = buffer.get(..count).unwrap_or_default();
        first.extend(came.iter().take(SNIFF_OCTETS.saturating_sub(first.len())));
        match flight.push(came) {
            Ok(Progress::More) => {}
            Ok(Progress::Done) => return PlainEnded::Done,
            Ok(Progress::Alert(alert)) => return PlainEnded::Alert(alert),
            Err(error) => return PlainEnded::Unreadable(error),
        }
    }
}
