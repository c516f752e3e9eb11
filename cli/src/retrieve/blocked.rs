//! What a firewall would have to open.

use std::collections::HashSet;

use certlens_fetch::{Failure, Retrieved, Source, Stage, shown};

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

/// Host and port of a URL as a firewall rule has them.
pub(crate) fn host_and_port(url: &str) -> Option<String> {
    let url = shown(url);
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let bare = authority.rsplit_once(']').map_or(authority, |(_, port)| port);
    if bare.contains(':') {
        return Some(authority.to_owned());
    }
    let port = match scheme.to_ascii_lowercase().as_str() {
        "https" => 443,
        "ldap" => 389,
        "ldaps" => 636,
        _ => 80,
    };
    Some(format!("{authority}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::host_and_port;

    #[test]
    fn firewall_rules_have_host_and_port() {
        for (url, rule) in [
            ("http://crl.example.com/ca.crl", Some("crl.example.com:80")),
            ("https://crl.example.com", Some("crl.example.com:443")),
            ("http://crl.example.com:8080/x", Some("crl.example.com:8080")),
            ("http://[2001:db8::1]/x", Some("[2001:db8::1]:80")),
            ("http://[2001:db8::1]:81/x", Some("[2001:db8::1]:81")),
            ("ldap://dc.example.com/CN=x?a", Some("dc.example.com:389")),
            ("http://user:secret@host/", Some("host:80")),
            ("ldap:///CN=x", None),
            ("nonsense", None),
        ] {
            assert_eq!(host_and_port(url).as_deref(), rule, "{url}");
        }
    }
}
