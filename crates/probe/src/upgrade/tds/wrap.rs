//! TLS inside PRELOGIN packets, until the handshake ends (MS-TDS §2.2.6.5).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{END, HEADER, packet};
use crate::limits::MAX_EMPTY_PACKETS;
use crate::stream::Stream;

/// Octets of a packet before a login has agreed on another size, its header included.
const PACKET_OCTETS: usize = 4096;

/// Octets that are kept until they are flushed; a client's flight has a few hundred,
/// with certificates some thousand.
const MAX_PENDING_OCTETS: usize = 64 << 10;

/// A stream that puts TLS into packets until the handshake is said to have ended, or
/// the server sends TLS outside packets.
pub(in crate::upgrade) fn wrap(stream: Stream, has_ended: Arc<AtomicBool>) -> Stream {
    Stream::new(Wrapped {
        stream,
        has_ended,
        written: Vec::new(),
        packets: Vec::new(),
        sent: 0,
        header: [0; HEADER],
        header_read: 0,
        receiving: Receiving::Header,
        empty: 0,
    })
}

struct Wrapped {
    stream: Stream,
    has_ended: Arc<AtomicBool>,
    /// Written, and not in packets yet.
    written: Vec<u8>,
    /// In packets, and sent up to `sent`.
    packets: Vec<u8>,
    sent: usize,
    header: [u8; HEADER],
    header_read: usize,
    receiving: Receiving,
    /// Packets that came without content.
    empty: usize,
}

enum Receiving {
    /// A packet's header, or TLS.
    Header,
    /// So many octets of TLS in a packet.
    Packet(usize),
    /// TLS without packets, of which the octets of `header` from here on come first.
    Plain(usize),
}

impl Wrapped {
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.packets.is_empty() && !self.written.is_empty() {
            let count = self.written.len().div_ceil(PACKET_OCTETS - HEADER);
            for (index, part) in self.written.chunks(PACKET_OCTETS - HEADER).enumerate() {
                let status = if index + 1 == count { END } else { 0 };
                let number = u8::try_from(index & 0xff).unwrap_or(0);
                self.packets.extend_from_slice(&packet(packet::PRELOGIN, status, number, part));
            }
            self.written.clear();
        }
        while let Some(rest) = self.packets.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.stream).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.sent += count,
            }
        }
        self.packets.clear();
        self.sent = 0;
        Poll::Ready(Ok(()))
    }

    /// Reads a header, or finds that what comes is TLS. False at the end of the stream.
    fn poll_header(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        while self.header_read < HEADER {
            let rest = self.header.get_mut(self.header_read..).unwrap_or_default();
            let mut buffer = ReadBuf::new(rest);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
            match buffer.filled().len() {
                0 if self.header_read == 0 => return Poll::Ready(Ok(false)),
                0 => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                count => self.header_read += count,
            }
            match self.header {
                // Content types of TLS (RFC 8446 §5.1).
                [20..=23, ..] => {
                    self.has_ended.store(true, Ordering::Relaxed);
                    self.receiving = Receiving::Plain(0);
                    return Poll::Ready(Ok(true));
                }
                [packet::PRELOGIN | packet::RESPONSE, ..] => {}
                [other, ..] => {
                    let what = format!("a packet of type 12 or a TLS record was expected, and {other:02x} found");
                    return Poll::Ready(Err(wrong(&what)));
                }
            }
        }
        self.header_read = 0;
        let [_, _, high, low, ..] = self.header;
        let length = usize::from(high) << 8 | usize::from(low);
        let Some(content) = length.checked_sub(HEADER) else {
            return Poll::Ready(Err(wrong(&format!(
                "a packet says that it has {length} octets, and its header has 8"
            ))));
        };
        if content == 0 {
            // Nothing of them counts as octets of TLS, so that they would never end.
            self.empty += 1;
            if self.empty > MAX_EMPTY_PACKETS {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::QuotaExceeded, "MAX_EMPTY_PACKETS")));
            }
        }
        self.receiving = if content == 0 { Receiving::Header } else { Receiving::Packet(content) };
        Poll::Ready(Ok(true))
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("during the handshake in PRELOGIN packets {what}"))
}

impl AsyncRead for Wrapped {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // An answer can only come to what was sent.
        ready!(this.poll_send(context))?;
        while to.remaining() > 0 {
            match this.receiving {
                Receiving::Header => {
                    if !ready!(this.poll_header(context))? {
                        break;
                    }
                }
                Receiving::Packet(rest) => {
                    let mut part = [0; 2048];
                    let most = rest.min(to.remaining()).min(part.len());
                    let mut buffer = ReadBuf::new(part.get_mut(..most).unwrap_or_default());
                    ready!(Pin::new(&mut this.stream).poll_read(context, &mut buffer))?;
                    let octets = buffer.filled();
                    if octets.is_empty() {
                        return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                    }
                    to.put_slice(octets);
                    let rest = rest - octets.len();
                    this.receiving = if rest == 0 { Receiving::Header } else { Receiving::Packet(rest) };
                    break;
                }
                Receiving::Plain(from) => {
                    let first = this.header.get(from..this.header_read).unwrap_or_default();
                    if first.is_empty() {
                        return Pin::new(&mut this.stream).poll_read(context, to);
                    }
                    let count = first.len().min(to.remaining());
                    to.put_slice(first.get(..count).unwrap_or_default());
                    this.receiving = Receiving::Plain(from + count);
                    break;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wrapped {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let has_ended = self.has_ended.load(Ordering::Relaxed);
        if has_ended || self.written.len() >= MAX_PENDING_OCTETS {
            ready!(self.poll_send(context))?;
        }
        if has_ended {
            return Pin::new(&mut self.stream).poll_write(context, octets);
        }
        let count = octets.len().min(MAX_PENDING_OCTETS);
        self.written.extend_from_slice(octets.get(..count).unwrap_or_default());
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What was written while a packet was on its way goes into another one.
        loop {
            ready!(self.poll_send(context))?;
            if self.written.is_empty() {
                return Pin::new(&mut self.stream).poll_flush(context);
            }
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
