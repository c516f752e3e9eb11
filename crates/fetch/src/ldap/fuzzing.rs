//! A door for fuzzing: a conversation with a directory that says anything.

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::ber::{Frame, frame};
use super::connection::{Connection, Meter};
use super::url::LdapUrl;
use super::{message, select};
use crate::budget::Limit;
use crate::failure::Failure;
use crate::request::What;

/// What a directory sends, in pieces of this many octets.
struct Script<'a> {
    octets: &'a [u8],
    piece: usize,
}

impl AsyncRead for Script<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let count = self.piece.min(to.remaining()).min(self.octets.len());
        let (now, later) = self.octets.split_at(count);
        to.put_slice(now);
        self.octets = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Script<'_> {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Searches as `url` has it, and takes `octets` for the answer, which come in
/// pieces of `piece` octets; what is retrieved may have 1,000 octets.
///
/// # Errors
///
/// What is wrong with the URL or the answer.
pub fn converse(url: &LdapUrl, what: &What, octets: &[u8], piece: usize) -> Result<Vec<u8>, Failure> {
    let wanted = select::wanted(url, what)?;
    let asked = select::asked(&wanted);
    let request = message::search(1, url, &asked, 1);
    assert_eq!(frame(&request), Frame::Octets(request.len() as u64), "a request is one value");
    let limit = Limit { octets: 1_000 };
    let meter = Meter::new(&|_| true);
    let script = Script { octets, piece: piece.max(1) };
    let mut connection = Connection::new(script, "h:389".to_owned(), limit, what, &meter);
    let found = {
        let searching = pin!(connection.search(url, &asked, 1));
        match searching.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(found) => found?,
            Poll::Pending => panic!("a script never keeps anyone waiting"),
        }
    };
    let (octets, values) = select::answer(found, &wanted, what, limit, "h:389")?;
    assert!(octets.len() <= limit.octets && values > 0 && values <= 2 * message::MAX_VALUES * message::MAX_MESSAGES);
    Ok(octets)
}
