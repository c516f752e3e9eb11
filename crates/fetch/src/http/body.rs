//! Reading an answer's octets, within limits.

use std::io::{self, Write};

use flate2::write::{MultiGzDecoder, ZlibDecoder};
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;

use super::hop::Hop;
use super::{Http, classify};
use crate::budget::{self, Budget, Limit};
use crate::failure::{Failure, Stage};
use crate::limits::{ERROR_PAGE_OCTETS, ERROR_PAGE_TIMEOUT};
use crate::request::What;
use crate::text::printable;
use crate::watch::Phase;

/// Reads the whole answer.
pub(crate) async fn read(
    response: &mut Response,
    what: &What,
    hop: &Hop,
    budget: &Budget,
    http: &Http,
) -> Result<Vec<u8>, Failure> {
    let limit = Limit::of(what);
    hop.watch.enter(Phase::Receiving);
    if let Some(length) = response.content_length().filter(|&length| length > limit.octets as u64) {
        return Err(limit.exceeded(what, Some(length)));
    }
    let mut decoder = Decoder::new(coding(response)?, limit.octets);
    let mut received = 0usize;
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(error) => return Err(classify::failure(&error, hop, http)),
        };
        received = received.saturating_add(chunk.len());
        let before = decoder.sink().octets.len();
        let written = decoder.write(&chunk);
        // Compressed octets count, too: they may decode to nothing without end.
        if decoder.sink().full || received > limit.octets {
            return Err(limit.exceeded(what, None));
        }
        written.map_err(|error| broken_coding(&error))?;
        let grown = decoder.sink().octets.len().saturating_sub(before);
        if !budget.take(grown) {
            return Err(budget::spent());
        }
        let total = decoder.sink().octets.len();
        hop.watch.note(|seen| seen.octets = total);
    }
    match decoder.finish() {
        Ok(sink) if sink.full => Err(limit.exceeded(what, None)),
        Ok(sink) => Ok(sink.octets),
        Err(error) => Err(broken_coding(&error)),
    }
}

/// The beginning of an error page; nothing when it does not come soon.
pub(crate) async fn page(response: &mut Response) -> Vec<u8> {
    let Ok(coding) = coding(response) else { return Vec::new() };
    let mut decoder = Decoder::new(coding, ERROR_PAGE_OCTETS);
    let reading = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            if decoder.write(&chunk).is_err() || decoder.sink().full {
                break;
            }
        }
    };
    // What came until then is enough.
    let _ = tokio::time::timeout(ERROR_PAGE_TIMEOUT, reading).await;
    std::mem::take(&mut decoder.sink_mut().octets)
}

fn broken_coding(error: &io::Error) -> Failure {
    Failure::new(
        Stage::Content,
        "content-encoding-broken",
        format!("the answer says it is compressed, but cannot be decompressed ({error})"),
        "The web server or a proxy on the way damages the file or labels it wrongly: these files should be served without compression.",
    )
    .code(12152)
}

/// How the answer is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Identity,
    Gzip,
    Deflate,
}

/// Content-Encoding (RFC 9110 §8.4), which servers send even unasked.
fn coding(response: &Response) -> Result<Coding, Failure> {
    let mut found = Coding::Identity;
    for value in response.headers().get_all(CONTENT_ENCODING) {
        let value = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        for word in value.split(',').map(str::trim) {
            let next = match word {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => Coding::Gzip,
                "deflate" => Coding::Deflate,
                _ => return Err(unknown_coding(word)),
            };
            if found != Coding::Identity {
                return Err(unknown_coding(&value));
            }
            found = next;
        }
    }
    Ok(found)
}

fn unknown_coding(coding: &str) -> Failure {
    Failure::new(
        Stage::Content,
        "content-encoding-unknown",
        format!("the answer is compressed with “{}”, which was not asked for", printable(coding, 40)),
        "The web server should send these files without compression, as Windows and OpenSSL expect them.",
    )
    .code(12152)
}

/// Where decoded octets go.
#[derive(Debug)]
struct Sink {
    octets: Vec<u8>,
    limit: usize,
    full: bool,
}

impl Write for Sink {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let room = self.limit.saturating_sub(self.octets.len());
        self.octets.extend_from_slice(octets.get(..room).unwrap_or(octets));
        if octets.len() > room {
            self.full = true;
            return Err(io::Error::other("too large"));
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Decoder {
    Plain(Sink),
    Gzip(Box<MultiGzDecoder<Sink>>),
    Deflate(Box<ZlibDecoder<Sink>>),
    /// Gzip is announced; whether it is true shows in the first two octets.
    Undecided(Sink, Vec<u8>),
}

impl Decoder {
    fn new(coding: Coding, limit: usize) -> Decoder {
        let sink = Sink { octets: Vec::new(), limit, full: false };
        match coding {
            Coding::Identity => Decoder::Plain(sink),
            Coding::Gzip => Decoder::Undecided(sink, Vec::new()),
            Coding::Deflate => Decoder::Deflate(Box::new(ZlibDecoder::new(sink))),
        }
    }

    fn sink(&self) -> &Sink {
        match self {
            Decoder::Plain(sink) | Decoder::Undecided(sink, _) => sink,
            Decoder::Gzip(decoder) => decoder.get_ref(),
            Decoder::Deflate(decoder) => decoder.get_ref(),
        }
    }

    fn sink_mut(&mut self) -> &mut Sink {
        match self {
            Decoder::Plain(sink) | Decoder::Undecided(sink, _) => sink,
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Deflate(decoder) => decoder.get_mut(),
        }
    }

    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        match self {
            Decoder::Plain(sink) => sink.write_all(chunk),
            Decoder::Gzip(decoder) => {
                decoder.write_all(chunk)?;
                decoder.flush()
            }
            Decoder::Deflate(decoder) => {
                decoder.write_all(chunk)?;
                decoder.flush()
            }
            Decoder::Undecided(sink, held) => {
                held.extend_from_slice(chunk);
                if held.len() < 2 {
                    return Ok(());
                }
                let held = std::mem::take(held);
                let sink = std::mem::replace(sink, Sink { octets: Vec::new(), limit: 0, full: false });
                // A file that is not compressed, labelled so: seen on servers that keep
                // `.crl` next to `.crl.gz` (RFC 1952 §2.3.1 for the two octets).
                *self = if held.starts_with(&[0x1f, 0x8b]) {
                    Decoder::Gzip(Box::new(MultiGzDecoder::new(sink)))
                } else {
                    Decoder::Plain(sink)
                };
                self.write(&held)
            }
        }
    }

    fn finish(self) -> io::Result<Sink> {
        match self {
            Decoder::Plain(sink) => Ok(sink),
            Decoder::Gzip(decoder) => decoder.finish(),
            Decoder::Deflate(decoder) => decoder.finish(),
            Decoder::Undecided(mut sink, held) => {
                sink.octets.extend_from_slice(&held);
                Ok(sink)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_labelled_gzip_may_be_plain() {
        let mut decoder = Decoder::new(Coding::Gzip, 100);
        for octet in [0x30, 0x03, 0x02, 0x01, 0x05] {
            decoder.write(&[octet]).unwrap();
        }
        assert_eq!(decoder.finish().unwrap().octets, [0x30, 0x03, 0x02, 0x01, 0x05]);
        assert!(Decoder::new(Coding::Gzip, 100).finish().unwrap().octets.is_empty());
    }

    #[test]
    fn a_sink_keeps_no_more_than_its_limit() {
        let mut decoder = Decoder::new(Coding::Identity, 4);
        decoder.write(b"1234").unwrap();
        assert!(decoder.write(b"5").is_err());
        assert!(decoder.sink().full);
        assert_eq!(decoder.finish().unwrap().octets, b"1234");
    }
}
