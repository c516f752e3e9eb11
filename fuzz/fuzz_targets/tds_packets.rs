//! TLS in the packets of SQL Server: what comes behind the response to PRELOGIN.

#![no_main]

use certlens_fuzz::probe::{Script, run};
use certlens_probe::stream::Stream;
use certlens_probe::upgrade::{Asked, Protocol, upgrade};
use certlens_testkit::server::tds::response;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fuzz_target!(|says: &[u8]| {
    let whole = read(says, usize::MAX);
    assert_eq!(whole.0, read(says, 1).0, "pieces make a difference");
    if let Ok(octets) = &whole.0 {
        assert!(octets.len() <= says.len());
    }
    // What was written is in packets, whole and in order, behind the request.
    let sent = whole.1;
    let request = usize::from(sent[2]) << 8 | usize::from(sent[3]);
    let (mut rest, mut written) = (&sent[request..], Vec::new());
    while let [0x12, 0 | 1, high, low, ..] = *rest {
        let length = usize::from(high) << 8 | usize::from(low);
        assert!((9..=4096).contains(&length));
        written.extend_from_slice(&rest[8..length]);
        rest = &rest[length..];
    }
    written.extend_from_slice(rest);
    assert_eq!(written, hello());
});

fn hello() -> Vec<u8> {
    (0..5000u32).map(|number| (number % 251) as u8).collect()
}

/// Everything that is read, and everything that was sent.
fn read(says: &[u8], piece: usize) -> (Result<Vec<u8>, String>, Vec<u8>) {
    let (script, sent) = Script::new(&[&response(1), says].concat(), piece);
    let outcome = run(async {
        // The response alone, so that nothing comes behind it in the same segment.
        let script = Limited { first: response(1).len(), script };
        let mut upgraded = upgrade(Protocol::Tds, Stream::new(script), &Asked::new("h", 1)).await.expect("encryption");
        upgraded.stream.write_all(&hello()).await.expect("a script takes all");
        upgraded.stream.flush().await.expect("a script takes all");
        let mut octets = Vec::new();
        upgraded.stream.read_to_end(&mut octets).await.map(|_| octets).map_err(|error| error.to_string())
    });
    let sent = sent.lock().expect("one thread").clone();
    (outcome, sent)
}

/// Gives the first octets by themselves.
struct Limited {
    first: usize,
    script: Script,
}

impl tokio::io::AsyncRead for Limited {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        to: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        if self.first == 0 {
            return std::pin::Pin::new(&mut self.script).poll_read(context, to);
        }
        let mut octets = vec![0; self.first.min(to.remaining())];
        let mut part = tokio::io::ReadBuf::new(&mut octets);
        let _ = std::pin::Pin::new(&mut self.script).poll_read(context, &mut part);
        to.put_slice(part.filled());
        self.first -= part.filled().len();
        std::task::Poll::Ready(Ok(()))
    }
}

impl tokio::io::AsyncWrite for Limited {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        octets: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::pin::Pin::new(&mut self.script).poll_write(context, octets)
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}
