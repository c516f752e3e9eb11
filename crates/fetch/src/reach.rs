//! Hosts that cannot be reached, in the same words whatever is spoken with them.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use crate::failure::{Failure, Stage};

/// The most addresses of a host that a message names.
const MAX_NAMED_ADDRESSES: usize = 4;

/// A name without an address; `words` are the system's.
pub(crate) fn unresolved(host: &str, words: &str) -> Failure {
    Failure::new(
        Stage::Dns,
        "name-not-resolved",
        format!("the name {host} cannot be resolved: {words}"),
        format!("Check that this machine's DNS servers know {host} (nslookup {host}); a name of an internal network is known only inside it."),
    )
    .code(12007)
}

/// What the system says about a name, without what the standard library says before it.
pub(crate) fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("failed to lookup address information: ").unwrap_or(&text).to_owned()
}

/// The cause of a connection that did not come about, and a sentence for it.
pub(crate) fn not_connected(
    contact: &str,
    addresses: &[SocketAddr],
    error: Option<&io::Error>,
) -> (&'static str, String) {
    let addresses: Vec<String> =
        addresses.iter().take(MAX_NAMED_ADDRESSES).map(|address| address.ip().to_string()).collect();
    let addresses = if addresses.is_empty() { String::new() } else { format!(" ({})", addresses.join(", ")) };
    let (cause, what) = match error.map(io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => ("connection-refused", "refused the connection"),
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
            ("unreachable", "cannot be reached: there is no route")
        }
        Some(ErrorKind::PermissionDenied) => {
            ("unreachable", "may not be connected to: a firewall on this machine forbids it")
        }
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted) => {
            ("unreachable", "broke off the connection at once")
        }
        _ => ("unreachable", "cannot be connected to"),
    };
    (cause, format!("{contact}{addresses} {what}"))
}

/// What to do about a server that cannot be connected to.
pub(crate) fn check_server(server: &str) -> String {
    format!("Check that the server runs and that the firewall lets this machine reach {server} (TCP).")
}

/// Something that was not there in time.
pub(crate) fn timed_out(stage: Stage, message: &str, hint: &str, after: Duration) -> Failure {
    Failure::new(
        stage,
        "timed-out",
        format!("{message} within {}", seconds(after)),
        format!("{hint}; or wait longer (--timeout)."),
    )
    .code(12002)
}

/// A duration in words.
pub(crate) fn seconds(duration: Duration) -> String {
    if duration < Duration::from_secs(1) || duration.subsec_millis() != 0 {
        return format!("{} ms", duration.as_millis());
    }
    match duration.as_secs() {
        1 => "1 second".to_owned(),
        count => format!("{count} seconds"),
    }
}
