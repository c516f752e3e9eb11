//! What a firewall would have to open.

use std::collections::HashSet;

use certlens_fetch::{Failure, Retrieved, Source, Stage};

use crate::address::host_and_port;

/// Hosts and ports that were not reached, for whoever keeps the firewall; not those
/// that answered another URL.
pub(crate) fn to_open<'a>(retrieved: impl Iterator<Item = &'a Retrieved> + Clone) -> Vec<String> {
    let answered: HashSet<String> = retrieved
        .clone()
        .filter(|one| one.source == Source::Network && (one.outcome.is_ok() || one.status.is_some()))
        .filter_map(|one| host_and_port(one.redirects.last().unwrap_or(&one.request.url)))
        .collect();
    let mut hosts = Vec::new();
    for one in retrieved {
        let Err(failure) = &one.outcome else { continue };
        if !looks_blocked(failure) {
            continue;
        }
        if let Some(host) = host_and_port(one.redirects.last().unwrap_or(&one.request.url))
            && !hosts.contains(&host)
            && !answered.contains(&host)
        {
            hosts.push(host);
        }
    }
    hosts
}

/// Whether the failure is one that a firewall makes: no way to the host, no answer, a
/// refusal. A name that is not known, and a server that answers something else or
/// nothing, are not mended by opening anything.
fn looks_blocked(failure: &Failure) -> bool {
    let causes = ["timed-out", "unreachable", "connection-refused", "connection-reset"];
    failure.stage == Stage::Connect && causes.contains(&failure.cause)
}
