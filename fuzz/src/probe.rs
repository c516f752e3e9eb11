//! Peers that say anything, for what speaks to them by tokio.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use certlens_probe::Failure;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a peer sends, in pieces of this many octets; then it hangs up. What it is sent is kept.
pub struct Script {
    octets: Vec<u8>,
    at: usize,
    piece: usize,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Script {
    /// A script, and what will have been sent to it.
    pub fn new(octets: &[u8], piece: usize) -> (Script, Arc<Mutex<Vec<u8>>>) {
        let sent = Arc::default();
        (Script { octets: octets.to_vec(), at: 0, piece: piece.max(1), sent: Arc::clone(&sent) }, sent)
    }

    /// A script that adds what it is sent to `sent`.
    pub fn adding(octets: &[u8], piece: usize, sent: Arc<Mutex<Vec<u8>>>) -> Script {
        Script { octets: octets.to_vec(), at: 0, piece: piece.max(1), sent }
    }
}

impl AsyncRead for Script {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let count = self.piece.min(to.remaining()).min(self.octets.len() - self.at);
        to.put_slice(&self.octets[self.at..self.at + count]);
        self.at += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Script {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let count = octets.len().min(self.piece);
        self.sent.lock().expect("one thread").extend_from_slice(&octets[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Runs a conversation to its end. Scripts keep nobody waiting.
pub fn run<T>(conversation: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    }
    RUNTIME.with(|runtime| runtime.block_on(conversation))
}

/// Every failure is a sentence with what to do, and cannot act on a terminal.
pub fn check(failure: &Failure) {
    assert!(!failure.message.is_empty() && !failure.hint.is_empty(), "{failure:?}");
    assert!(failure.message.len() < 8192 && !failure.message.contains(char::is_control), "{failure:?}");
    assert!(failure.cause.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'-'), "{failure:?}");
}

/// What tells a peer by its first octets holds for any octets.
pub fn sniff(octets: &[u8]) {
    use certlens_probe::answer::{shown, speaks};
    let found = speaks(octets);
    assert_eq!(found, speaks(octets));
    let shown = shown(octets);
    assert!(shown.len() < 1024 && !shown.contains(char::is_control), "{shown:?}");
}
