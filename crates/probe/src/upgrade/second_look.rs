//! What is at a port that did not say a word: TLS tells itself by its answer to a
//! ClientHello, and a web server by its complaint about one.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Asked, Protocol, failures};
use crate::failure::{Failure, Stage};
use crate::stream::Stream;

/// How long an answer is waited for: it takes one round trip.
const PATIENCE: Duration = Duration::from_secs(5);

/// Octets of the answer that are looked at.
const MAX_OCTETS: usize = 1024;

/// Whether an upgrade failed in a way that leaves open what is at the port, and
/// [`second_look`] may tell.
pub fn is_unexplained(failure: &Failure) -> bool {
    failure.stage == Stage::Upgrade && matches!(failure.cause, "upgrade-silent" | "upgrade-closed" | "upgrade-reset")
}

/// Asks on a fresh connection whether the port speaks TLS from the beginning, or what
/// else. Gives the better explanation, or `failure` as it was.
pub async fn second_look(protocol: Protocol, failure: Failure, mut stream: Stream, asked: &Asked<'_>) -> Failure {
    let mut answer = Vec::new();
    let asking = async {
        stream.write_all(&client_hello()).await?;
        stream.flush().await?;
        let mut part = [0; 512];
        while answer.len() < MAX_OCTETS && crate::answer::speaks(&answer).is_none() {
            match stream.read(&mut part).await? {
                0 => break,
                count => answer.extend_from_slice(part.get(..count).unwrap_or_default()),
            }
        }
        Ok::<(), std::io::Error>(())
    };
    // An error is an answer as well, and what came before it counts.
    let _ = tokio::time::timeout(PATIENCE.min(asked.timeout), asking).await;
    failures::better(protocol, asked, &answer).unwrap_or(failure)
}

/// A ClientHello of TLS 1.2 that any TLS server understands; it need not accept it.
/// Nothing is kept of what it leads to, and its random octets are fixed.
fn client_hello() -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend_from_slice(&[0x5a; 32]);
    // No session; ECDHE and RSA with AES; no compression.
    body.extend_from_slice(&[0, 0, 12, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x30, 0, 0x9c, 0, 0x2f, 0, 0x35, 1, 0]);
    // supported_groups: secp256r1, x25519; ec_point_formats; signature_algorithms.
    let extensions = [
        &[0, 10, 0, 6, 0, 4, 0, 23, 0, 29][..],
        &[0, 11, 0, 2, 1, 0],
        &[0, 13, 0, 12, 0, 10, 4, 3, 8, 4, 4, 1, 5, 1, 2, 1],
    ]
    .concat();
    body.extend_from_slice(&[0, u8::try_from(extensions.len()).unwrap_or(0)]);
    body.extend_from_slice(&extensions);
    let length = u8::try_from(body.len()).unwrap_or(0);
    let mut hello = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    hello.extend_from_slice(&body);
    hello
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lengths_of_the_hello_are_right() {
        let hello = client_hello();
        assert_eq!(hello.len(), 5 + usize::from(hello[4]));
        assert_eq!(hello.len(), 9 + usize::from(hello[8]));
        let extensions = 9 + 2 + 32 + 17;
        assert_eq!(usize::from(hello[extensions + 1]), hello.len() - extensions - 2);
    }
}
