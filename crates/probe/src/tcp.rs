//! Connections to the first of several addresses that answers (RFC 8305).

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use crate::failure::{Failure, Stage};
use crate::limits::{ATTEMPT_DELAY, MAX_ADDRESSES};

/// What became of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It answered, first of all.
    Connected,
    /// It refused: the host is there, nothing listens on the port.
    Refused,
    /// It did not answer in time: a firewall drops what is sent, or there is no such host.
    TimedOut,
    /// There is no route to its network (10051) or host (10065).
    Unreachable,
    /// It broke off the connection at once.
    Reset,
    /// This machine may not connect to it.
    Forbidden,
    /// Another address answered before this one did.
    Overtaken,
    /// Something else, in the system's words.
    Other(String),
}

impl Fate {
    fn of(error: &io::Error) -> Fate {
        match error.kind() {
            ErrorKind::ConnectionRefused => Fate::Refused,
            ErrorKind::TimedOut => Fate::TimedOut,
            ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::AddrNotAvailable => {
                Fate::Unreachable
            }
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Fate::Reset,
            ErrorKind::PermissionDenied => Fate::Forbidden,
            _ => Fate::Other(error.to_string()),
        }
    }

    /// Which of several says most about why there is no connection: an answer says more
    /// than that there was none.
    fn telling(&self) -> u8 {
        match self {
            Fate::Refused => 0,
            Fate::Reset => 1,
            Fate::Forbidden => 2,
            Fate::TimedOut => 3,
            Fate::Other(_) => 4,
            Fate::Unreachable => 5,
            Fate::Connected | Fate::Overtaken => 6,
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fate::Connected => "connected",
            Fate::Refused => "refused",
            Fate::TimedOut => "no answer",
            Fate::Unreachable => "no route",
            Fate::Reset => "reset",
            Fate::Forbidden => "forbidden on this machine",
            Fate::Overtaken => "another address was faster",
            Fate::Other(words) => words,
        })
    }
}

/// An address that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The address.
    pub address: SocketAddr,
    /// What became of it.
    pub fate: Fate,
    /// How long that took.
    pub elapsed: Duration,
}

/// What came of trying to connect.
#[derive(Debug)]
pub struct Reached {
    /// The connection, with the address that it is to.
    pub connected: Option<(TcpStream, SocketAddr)>,
    /// What was tried, in this order.
    pub attempts: Vec<Attempt>,
}

/// Connects to the first of `addresses` that answers. The next is tried when one fails,
/// or has not answered within [`ATTEMPT_DELAY`] (RFC 8305 §5); each is waited for up to
/// `within`.
pub async fn connect(addresses: &[SocketAddr], within: Duration) -> Reached {
    let mut waiting = addresses.iter().copied().take(MAX_ADDRESSES);
    let mut running: JoinSet<(usize, io::Result<TcpStream>)> = JoinSet::new();
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut started: Vec<Instant> = Vec::new();
    let mut next_at = Instant::now();
    let mut more = true;
    loop {
        tokio::select! {
            biased;
            Some(done) = running.join_next() => {
                // A task ends by itself: it is neither aborted here nor does it panic.
                let Ok((index, result)) = done else { continue };
                let elapsed = started.get(index).map(Instant::elapsed).unwrap_or_default();
                let Some(attempt) = attempts.get_mut(index) else { continue };
                attempt.elapsed = elapsed;
                match result {
                    Ok(stream) => {
                        attempt.fate = Fate::Connected;
                        let address = attempt.address;
                        for (attempt, started) in attempts.iter_mut().zip(&started) {
                            if attempt.fate == Fate::Overtaken {
                                attempt.elapsed = started.elapsed();
                            }
                        }
                        return Reached { connected: Some((stream, address)), attempts };
                    }
                    Err(error) => {
                        attempt.fate = Fate::of(&error);
                        next_at = Instant::now();
                    }
                }
            }
            () = sleep_until(next_at), if more => {
                match waiting.next() {
                    None => more = false,
                    Some(address) => {
                        let index = attempts.len();
                        attempts.push(Attempt { address, fate: Fate::Overtaken, elapsed: Duration::ZERO });
                        started.push(Instant::now());
                        next_at = Instant::now() + ATTEMPT_DELAY;
                        running.spawn(async move {
                            let result = match timeout(within, TcpStream::connect(address)).await {
                                Ok(result) => result,
                                Err(_) => Err(io::Error::from(ErrorKind::TimedOut)),
                            };
                            (index, result)
                        });
                    }
                }
            }
            else => return Reached { connected: None, attempts },
        }
    }
}

/// Winsock's codes, and WinHTTP's for a connection that does not come about.
const REFUSED: u32 = 10_061;
const TIMED_OUT: u32 = 10_060;
const NETWORK_UNREACHABLE: u32 = 10_051;
const RESET: u32 = 10_054;
const ACCESS_DENIED: u32 = 10_013;
const CANNOT_CONNECT: u32 = 12_029;
const WINHTTP_TIMEOUT: u32 = 12_002;

/// Why no address of `contact`, a host with its port, answered.
pub fn failure(contact: &str, attempts: &[Attempt], within: Duration) -> Failure {
    let most_telling = attempts.iter().map(|attempt| &attempt.fate).min_by_key(|fate| fate.telling());
    let tried = tried(attempts);
    let fail =
        |cause, what: &str, hint: String| Failure::new(Stage::Connect, cause, format!("{contact} {what}{tried}"), hint);
    let open_port = format!("have the firewalls between here and {contact} let TCP through");
    match most_telling {
        Some(Fate::Refused) => fail(
            "connection-refused",
            "refused the connection: the host is there, and nothing listens on the port",
            format!("Check that the service runs, that it listens on this port and on this address and not on the loopback address alone, and {open_port}: some of them refuse in the host's place."),
        )
        .windows(REFUSED)
        .windows(CANNOT_CONNECT),
        Some(Fate::Reset) => fail(
            "connection-reset",
            "broke off the connection as soon as it was there",
            format!("Something between, or the service itself, wants no connections from here; {open_port}."),
        )
        .windows(RESET)
        .windows(CANNOT_CONNECT),
        Some(Fate::Forbidden) => fail(
            "connection-forbidden",
            "may not be connected to: a rule of this machine forbids it",
            "Look at this machine's own firewall and at the service's sandbox.".to_owned(),
        )
        .windows(ACCESS_DENIED),
        Some(Fate::TimedOut) => fail(
            "connection-timed-out",
            &format!("did not answer within {} s: what is sent there is dropped silently", within.as_secs_f32()),
            format!("Most often a firewall: {open_port}. Else the host is down, or the address is no longer its own."),
        )
        .windows(TIMED_OUT)
        .windows(WINHTTP_TIMEOUT),
        Some(Fate::Unreachable) => fail(
            "host-unreachable",
            "cannot be reached: there is no route",
            "Check this machine's network, its routes (ip route, route print) and its VPN; for an IPv6 address, whether there is IPv6 at all.".to_owned(),
        )
        .windows(NETWORK_UNREACHABLE)
        .windows(CANNOT_CONNECT),
        Some(Fate::Other(words)) => {
            fail("connection-failed", &format!("cannot be connected to: {words}"), format!("Check the host, and {open_port}."))
                .windows(CANNOT_CONNECT)
        }
        Some(Fate::Connected | Fate::Overtaken) | None => {
            fail("connection-failed", "has no address that could be tried", "Check the host's addresses.".to_owned())
        }
    }
}

/// Addresses that a message names.
const MAX_SHOWN: usize = 4;

fn tried(attempts: &[Attempt]) -> String {
    let mut shown: Vec<String> =
        attempts.iter().take(MAX_SHOWN).map(|attempt| format!("{}: {}", attempt.address.ip(), attempt.fate)).collect();
    let more = attempts.len().saturating_sub(MAX_SHOWN);
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    if shown.is_empty() { String::new() } else { format!(" ({})", shown.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    const SOON: Duration = Duration::from_secs(2);

    async fn listener(address: &str) -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind(address).await.expect("a loopback address");
        let address = listener.local_addr().expect("an address");
        (listener, address)
    }

    /// An address where nothing listens.
    async fn closed() -> SocketAddr {
        listener("127.0.0.1:0").await.1
    }

    /// An address that does not answer: its queue of connections is full, so that the
    /// kernel drops what comes (tcp(7)). The connections that fill it are kept.
    async fn silent() -> (socket::Full, SocketAddr) {
        socket::full().await
    }

    mod socket {
        use super::*;

        pub(super) type Full = (TcpListener, Vec<tokio::task::JoinHandle<io::Result<TcpStream>>>);

        pub(super) async fn full() -> (Full, SocketAddr) {
            let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
            socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
            let listener = socket.listen(1).expect("a listener");
            let address = listener.local_addr().expect("an address");
            let filling = (0..8).map(|_| tokio::spawn(TcpStream::connect(address))).collect();
            tokio::time::sleep(Duration::from_millis(100)).await;
            ((listener, filling), address)
        }
    }

    #[tokio::test]
    async fn the_first_that_answers_is_taken() {
        let (_open, open) = listener("127.0.0.1:0").await;
        let closed = closed().await;
        let reached = connect(&[closed, open, closed], SOON).await;
        assert_eq!(reached.connected.map(|(_, address)| address), Some(open));
        let fates: Vec<Fate> = reached.attempts.into_iter().map(|attempt| attempt.fate).collect();
        assert_eq!(fates, [Fate::Refused, Fate::Connected]);
    }

    #[tokio::test]
    async fn a_silent_address_costs_a_delay_and_no_more() {
        let (_full, silent) = silent().await;
        let (_open, open) = listener("127.0.0.1:0").await;
        let begun = Instant::now();
        let reached = connect(&[silent, open], SOON).await;
        assert_eq!(reached.connected.map(|(_, address)| address), Some(open));
        assert_eq!(reached.attempts[0].fate, Fate::Overtaken);
        assert!(begun.elapsed() >= ATTEMPT_DELAY && begun.elapsed() < SOON, "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn failures_are_told_apart() {
        let closed = closed().await;
        let reached = connect(&[closed], SOON).await;
        let refused = failure("host.test:1", &reached.attempts, SOON);
        assert_eq!((refused.cause, refused.windows.first()), ("connection-refused", Some(&10_061)));
        assert!(refused.message.contains("127.0.0.1: refused"), "{refused}");

        let (_full, silent) = silent().await;
        let within = Duration::from_millis(400);
        let reached = connect(&[silent], within).await;
        let dropped = failure("host.test:1", &reached.attempts, within);
        assert_eq!((dropped.cause, dropped.windows.first()), ("connection-timed-out", Some(&10_060)));
        // One that refuses says more than one that is silent.
        let reached = connect(&[silent, closed], within).await;
        assert_eq!(failure("host.test:1", &reached.attempts, within).cause, "connection-refused");
        assert_eq!(failure("host.test:1", &[], within).cause, "connection-failed");
    }

    #[test]
    fn errors_of_the_system_have_causes() {
        for (kind, cause, code) in [
            (ErrorKind::ConnectionReset, "connection-reset", Some(10_054)),
            (ErrorKind::NetworkUnreachable, "host-unreachable", Some(10_051)),
            (ErrorKind::PermissionDenied, "connection-forbidden", Some(10_013)),
            (ErrorKind::OutOfMemory, "connection-failed", Some(12_029)),
        ] {
            let fate = Fate::of(&io::Error::from(kind));
            let address = SocketAddr::from(([192, 0, 2, 1], 1));
            let attempts = vec![Attempt { address, fate, elapsed: Duration::ZERO }; 6];
            let failure = failure("host.test:1", &attempts, SOON);
            assert_eq!((failure.cause, failure.windows.first().copied()), (cause, code));
            assert!(failure.message.ends_with("2 more)"), "{failure}");
        }
    }
}
