//! What the tests share: TLS servers behind the others.

pub(crate) mod tls;

use certlens_probe::stream::Stream;
use tokio::net::TcpStream;

/// A connection to a port of 127.0.0.1.
pub(crate) async fn connect(port: u16) -> Stream {
    Stream::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap())
}
