//! A connection, whatever carries it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a connection can do.
pub trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

/// A connection to a peer, directly or through proxies, as far as it has come.
pub struct Stream(Box<dyn Connection>);

impl Stream {
    /// A stream over what carries it.
    pub fn new(connection: impl Connection + 'static) -> Stream {
        Stream(Box::new(connection))
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// Some protocols treat the handshake otherwise than what comes after it: SQL Server
/// has the one inside its packets, and the other without.
#[derive(Debug, Default)]
pub struct HandshakeEnd(Option<Arc<AtomicBool>>);

impl HandshakeEnd {
    /// One that tells whoever has this.
    pub(crate) fn told(ended: Arc<AtomicBool>) -> HandshakeEnd {
        HandshakeEnd(Some(ended))
    }

    /// Says that the handshake has ended: what is written to the stream from now on is
    /// sent as it is. Nothing needs to be said before reading.
    pub fn has_ended(&self) {
        if let Some(ended) = &self.0 {
            ended.store(true, Ordering::Relaxed);
        }
    }
}
