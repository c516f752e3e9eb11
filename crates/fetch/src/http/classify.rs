//! What a failed request failed for.
//!
//! By the types in the chain of causes, and by how far the request had come;
//! not by the words of libraries, which change.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::hop::Hop;
use super::{Http, tls_failure};
use crate::failure::{Failure, Stage};
use crate::locator;
use crate::watch::{Phase, Seen};

/// The first cause of type `T` behind `error`.
pub(crate) fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // An io::Error names as its source that of the error inside, not the error itself.
        current = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// The innermost io::Error behind `error`: outer ones wrap it for TLS.
fn innermost_io<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut found = find::<io::Error>(error)?;
    while let Some(inner) = found.get_ref().and_then(|inner| find::<io::Error>(inner)) {
        found = inner;
    }
    Some(found)
}

/// The failure behind an error of the HTTP client.
pub(crate) fn failure(error: &reqwest::Error, hop: &Hop, http: &Http) -> Failure {
    let seen = hop.watch.seen();
    if let Some((address, refusal)) = seen.refused {
        return locator::refused(&hop.url, address, refusal);
    }
    if let Some(words) = &seen.unresolved {
        return unresolved(hop, words);
    }
    if let Some(error) = find::<rustls::Error>(error) {
        return tls_failure::failure(error, hop, &seen);
    }
    if error.is_timeout() {
        return timed_out(hop, http.connect_timeout, "DEFAULT_CONNECT_TIMEOUT");
    }
    let io = innermost_io(error).map(io::Error::kind);
    if matches!(seen.phase, Phase::Start | Phase::Resolving | Phase::Connecting) {
        return not_connected(hop, &seen, innermost_io(error));
    }
    if let Some(error) = find::<hyper::Error>(error)
        && error.is_parse()
    {
        return malformed(hop);
    }
    if matches!(io, Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)) && seen.phase != Phase::Handshaking
    {
        return malformed(hop);
    }
    broken_off(hop, &seen, io)
}

fn unresolved(hop: &Hop, words: &str) -> Failure {
    let words = super::printable(words, 200);
    if let Some(proxy) = &hop.proxy {
        let host = proxy.url.host_str().unwrap_or_default();
        return Failure::new(
            Stage::Proxy,
            "proxy-unreachable",
            format!("the name of the proxy {host} cannot be resolved: {words}"),
            format!("Correct the proxy in {}.", proxy.origin),
        )
        .code(12007)
        .says_nothing();
    }
    let host = hop.url.host_str().unwrap_or_default();
    Failure::new(
        Stage::Dns,
        "name-not-resolved",
        format!("the name {host} cannot be resolved: {words}"),
        format!("Check that this machine's DNS servers know {host} (nslookup {host}); a name of an internal network is known only inside it. If only a proxy resolves names from outside, name it (--proxy)."),
    )
    .code(12007)
}

/// The failure to connect to the server, or to the proxy if there is one.
pub(crate) fn not_connected(hop: &Hop, seen: &Seen, error: Option<&io::Error>) -> Failure {
    let addresses: Vec<String> = seen.addresses.iter().take(4).map(|address| address.ip().to_string()).collect();
    let addresses = if addresses.is_empty() { String::new() } else { format!(" ({})", addresses.join(", ")) };
    let kind = error.map(io::Error::kind);
    let what = match kind {
        Some(io::ErrorKind::ConnectionRefused) => "refused the connection",
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            "cannot be reached: there is no route"
        }
        Some(io::ErrorKind::PermissionDenied) => "may not be connected to: a firewall on this machine forbids it",
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted) => "broke off the connection at once",
        _ => "cannot be connected to",
    };
    let cause = if kind == Some(io::ErrorKind::ConnectionRefused) { "connection-refused" } else { "unreachable" };
    let message = format!("{}{addresses} {what}", hop.contact());
    if let Some(proxy) = &hop.proxy {
        return Failure::new(
            Stage::Proxy,
            "proxy-unreachable",
            message,
            format!(
                "Check the proxy in {}: its name and port, whether it runs, and whether it lets this machine reach {}.",
                proxy.origin,
                hop.server()
            ),
        )
        .code(12029)
        .says_nothing();
    }
    Failure::new(
        Stage::Connect,
        cause,
        message,
        format!("Check that the server runs and that the firewall lets this machine reach {} (TCP).", hop.server()),
    )
    .code(12029)
}

fn malformed(hop: &Hop) -> Failure {
    Failure::new(
        Stage::Http,
        "malformed-answer",
        format!("what {}{} sent is not HTTP as it should be", hop.server(), hop.through()),
        "Another service may listen on that port, or a device on the way changes what is sent; tell the server's operator.",
    )
    .code(12152)
}

/// A connection that stood, and ended too early.
fn broken_off(hop: &Hop, seen: &Seen, kind: Option<io::ErrorKind>) -> Failure {
    let how = match kind {
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe) => "reset",
        _ => "closed",
    };
    let (stage, when) = match seen.phase {
        Phase::Handshaking => (Stage::Tls, "during the TLS handshake".to_owned()),
        Phase::Receiving => (Stage::Http, format!("in the middle of the answer, after {} octets", seen.octets)),
        _ => (Stage::Http, "before any answer came".to_owned()),
    };
    let hint = match stage {
        Stage::Tls => format!("Does {} speak TLS at all, and a version that is still used (1.2, 1.3)? A firewall or proxy that inspects TLS breaks connections off like this, too.", hop.server()),
        _ => "Try again; if it stays so, a firewall, a virus scanner or a proxy on the way breaks off the transfer, or the server is at fault.".to_owned(),
    };
    Failure::new(
        stage,
        "connection-reset",
        format!("the connection to {}{} was {how} {when}", hop.server(), hop.through()),
        hint,
    )
    .code(12030)
}

/// A request that ran out of time; `limit` is the constant, and the setting, that ended it.
pub(crate) fn timed_out(hop: &Hop, after: Duration, limit: &'static str) -> Failure {
    let seen = hop.watch.seen();
    let server = hop.server();
    let contact = hop.contact();
    let seconds = seconds(after);
    let reach = format!(
        "Open the firewall for {server} (TCP) on the way from this machine, or name the proxy to be used (--proxy)"
    );
    let (stage, message, hint) = match seen.phase {
        Phase::Start | Phase::Resolving => (
            if hop.proxy.is_some() { Stage::Proxy } else { Stage::Dns },
            format!("the name of {contact} was not resolved within {seconds}"),
            "This machine's DNS servers do not answer: check them".to_owned(),
        ),
        Phase::Connecting if hop.proxy.is_some() => (
            Stage::Proxy,
            format!("{contact} did not connect to {server} within {seconds}"),
            format!("Check that the proxy can be reached from here, and that it may reach {server}"),
        ),
        Phase::Connecting => (Stage::Connect, format!("{server} did not accept a connection within {seconds}"), reach),
        Phase::Handshaking => (
            Stage::Tls,
            format!("the TLS handshake with {server}{} was not finished within {seconds}", hop.through()),
            format!("Does {server} speak TLS? A firewall or proxy that inspects TLS may hold it up"),
        ),
        Phase::Waiting => (
            Stage::Http,
            format!("{server}{} accepted the connection, but did not answer within {seconds}", hop.through()),
            "The server is overloaded or hangs, or a device on the way holds back the answer: tell its operator"
                .to_owned(),
        ),
        Phase::Receiving => (
            Stage::Http,
            format!("{server}{} sent only {} octets of the answer within {seconds}", hop.through(), seen.octets),
            "The server or the way to it is slow".to_owned(),
        ),
    };
    Failure::new(stage, "timed-out", format!("{message} ({limit})"), format!("{hint}; or wait longer (--timeout)."))
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
