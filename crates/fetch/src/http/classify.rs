//! What a failed request failed for.
//!
//! By the types in the chain of causes, and by how far the request had come;
//! not by the words of libraries, which change.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::Http;
use super::hop::Hop;
use crate::failure::{Failure, Stage};
use crate::tls_failure::{self, Peer};
use crate::watch::{Phase, Seen};
use crate::{locator, reach};

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
        let peer = Peer {
            server: &hop.server(),
            through: &hop.through(),
            issuer: seen.issuer.as_deref(),
            advice: " CAs publish these files over plain HTTP for good reason: they are signed.",
        };
        return tls_failure::failure(error, &peer);
    }
    if error.is_timeout() {
        return timed_out(hop, http.connect_timeout);
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
    let failure = reach::unresolved(hop.url.host_str().unwrap_or_default(), &words);
    let hint = format!("{} If only a proxy resolves names from outside, name it (--proxy).", failure.hint);
    Failure { hint, ..failure }
}

/// The failure to connect to the server, or to the proxy if there is one.
pub(crate) fn not_connected(hop: &Hop, seen: &Seen, error: Option<&io::Error>) -> Failure {
    let (cause, message) = reach::not_connected(&hop.contact(), &seen.addresses, error);
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
    Failure::new(Stage::Connect, cause, message, reach::check_server(&hop.server())).code(12029)
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

/// A request that ran out of time.
pub(crate) fn timed_out(hop: &Hop, after: Duration) -> Failure {
    let seen = hop.watch.seen();
    let server = hop.server();
    let contact = hop.contact();
    let reach = format!(
        "Open the firewall for {server} (TCP) on the way from this machine, or name the proxy to be used (--proxy)"
    );
    let (stage, message, hint) = match seen.phase {
        Phase::Start | Phase::Resolving => (
            if hop.proxy.is_some() { Stage::Proxy } else { Stage::Dns },
            format!("the name of {contact} was not resolved"),
            "This machine's DNS servers do not answer: check them".to_owned(),
        ),
        Phase::Connecting if hop.proxy.is_some() => (
            Stage::Proxy,
            format!("{contact} did not connect to {server}"),
            format!("Check that the proxy can be reached from here, and that it may reach {server}"),
        ),
        Phase::Connecting => (Stage::Connect, format!("{server} did not accept a connection"), reach),
        Phase::Handshaking => (
            Stage::Tls,
            format!("the TLS handshake with {server}{} was not finished", hop.through()),
            format!("Does {server} speak TLS? A firewall or proxy that inspects TLS may hold it up"),
        ),
        Phase::Waiting => (
            Stage::Http,
            format!("{server}{} accepted the connection, but did not answer", hop.through()),
            "The server is overloaded or hangs, or a device on the way holds back the answer: tell its operator"
                .to_owned(),
        ),
        Phase::Receiving => (
            Stage::Http,
            format!("{server}{} sent only {} octets of the answer", hop.through(), seen.octets),
            "The server or the way to it is slow".to_owned(),
        ),
    };
    reach::timed_out(stage, &message, &hint, after)
}
