//! The hosts that are asked without the proxy: `NO_PROXY`.
//!
//! There is no standard; this is what curl, Go and wget have in common: entries
//! separated by commas or blanks; `*` for all; a name stands for itself and all
//! names below it, with or without a leading dot or `*.`; addresses and blocks
//! (`10.0.0.0/8`) are compared with hosts that are written as addresses; each may
//! have a port.

use std::net::IpAddr;

/// The entries of `NO_PROXY`.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoProxy(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    host: Host,
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum Host {
    All,
    Name(String),
    Block(IpAddr, u8),
}

impl NoProxy {
    pub(crate) fn parse(text: &str) -> NoProxy {
        NoProxy(text.split(|c: char| c == ',' || c.is_whitespace()).filter_map(entry).collect())
    }

    /// Whether a host and port are asked without the proxy. IPv6 addresses come
    /// without brackets.
    pub(crate) fn covers(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok().map(|address: IpAddr| address.to_canonical());
        self.0.iter().any(|entry| {
            entry.port.is_none_or(|wanted| wanted == port)
                && match (&entry.host, address) {
                    (Host::All, _) => true,
                    (Host::Block(base, length), Some(address)) => within(address, *base, *length),
                    (Host::Name(name), None) => is_below(&host, name),
                    (Host::Block(..), None) | (Host::Name(_), Some(_)) => false,
                }
        })
    }
}

fn entry(text: &str) -> Option<Entry> {
    if text.is_empty() {
        return None;
    }
    if text == "*" {
        return Some(Entry { host: Host::All, port: None });
    }
    if let Some(host) = block(text) {
        return Some(Entry { host, port: None });
    }
    // Only what is not an address as a whole can end in a port.
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (text, None),
    };
    if host == "*" {
        return Some(Entry { host: Host::All, port });
    }
    let host = block(host).or_else(|| {
        let name = host.strip_prefix("*.").unwrap_or(host).trim_matches('.').to_ascii_lowercase();
        (!name.is_empty() && !name.contains(['/', '[', ':'])).then_some(Host::Name(name))
    })?;
    Some(Entry { host, port })
}

/// An address, with or without brackets, or a block of them (RFC 4632 §3.1).
fn block(text: &str) -> Option<Host> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let inner = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
    let address: IpAddr = inner.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let length = length.unwrap_or(bits);
    (length <= bits).then_some(Host::Block(address, length))
}

fn within(address: IpAddr, base: IpAddr, length: u8) -> bool {
    let length = u32::from(length);
    match (address, base) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            u32::from(address) & mask == u32::from(base) & mask
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            u128::from(address) & mask == u128::from(base) & mask
        }
        _ => false,
    }
}

fn is_below(host: &str, name: &str) -> bool {
    host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(list: &str, host: &str, port: u16, expected: bool) {
        assert_eq!(NoProxy::parse(list).covers(host, port), expected, "{list:?} and {host}:{port}");
    }

    #[test]
    fn names_stand_for_what_is_below_them() {
        check("example.com", "example.com", 80, true);
        check("example.com", "www.example.com", 80, true);
        check("example.com", "WWW.Example.COM.", 80, true);
        check(".example.com", "www.example.com", 80, true);
        check(".example.com", "example.com", 80, true);
        check("*.example.com", "www.example.com", 80, true);
        check("example.com", "notexample.com", 80, false);
        check("example.com", "example.com.evil.org", 80, false);
        check("a.org, b.org c.org", "x.c.org", 80, true);
        check("", "example.com", 80, false);
        check(",, ,", "example.com", 80, false);
        check(".", "example.com", 80, false);
    }

    #[test]
    fn ports_narrow() {
        check("example.com:8080", "www.example.com", 8080, true);
        check("example.com:8080", "www.example.com", 80, false);
        check("*:8080", "anything", 8080, true);
        check("10.0.0.1:81", "10.0.0.1", 81, true);
        check("10.0.0.1:81", "10.0.0.1", 80, false);
        check("[::1]:81", "::1", 81, true);
        check("[::1]:81", "::1", 80, false);
        check("example.com:x", "example.com", 80, false);
    }

    #[test]
    fn addresses_and_blocks() {
        check("*", "example.com", 443, true);
        check("10.0.0.0/8", "10.200.3.4", 80, true);
        check("10.0.0.0/8", "11.0.0.1", 80, false);
        check("0.0.0.0/0", "11.0.0.1", 80, true);
        check("10.0.0.1", "10.0.0.1", 80, true);
        check("10.0.0.1", "10.0.0.10", 80, false);
        check("fd00::/8", "fd12::1", 80, true);
        check("[fd00::]/8", "fd12::1", 80, true);
        check("::1", "::1", 80, true);
        check("10.0.0.1", "::ffff:10.0.0.1", 80, true);
        check("10.0.0.0/33", "10.0.0.1", 80, false);
        check("10.0.0.0/8", "ten.example.com", 80, false);
        check("0.1", "10.0.0.1", 80, false);
    }
}
