//! Reading endpoints (RFC 3986 §3.2).

use std::net::{IpAddr, Ipv6Addr};

use certlens_core::identity::ReferenceName;

use super::{Host, Opening, TLS_SCHEMES, Target, TargetError};
use crate::limits::MAX_TARGET_OCTETS;
use crate::text;
use crate::upgrade::Protocol;

/// A text as errors show it: shortened, and without user information, which may be a
/// password. What stands before the last `@` counts as that, wherever it is.
pub(super) fn shortened(text: &str) -> String {
    let Some((before, after)) = text.rsplit_once('@') else { return text::shown(text.as_bytes(), 120) };
    let scheme = before.split_once("://").map_or_else(String::new, |(scheme, _)| format!("{scheme}://"));
    text::shown(format!("{scheme}***@{after}").as_bytes(), 120)
}

pub(super) fn wrong(text: &str, offset: usize, reason: impl Into<String>) -> TargetError {
    TargetError { text: shortened(text), offset, reason: reason.into() }
}

pub(super) fn target(text: &str) -> Result<Target, TargetError> {
    if text.len() > MAX_TARGET_OCTETS {
        return Err(wrong(text, MAX_TARGET_OCTETS, format!("it exceeds MAX_TARGET_OCTETS ({MAX_TARGET_OCTETS})")));
    }
    if let Some(offset) = text.find(|c: char| c.is_control() || c.is_whitespace()) {
        return Err(wrong(text, offset, "there is a blank or control character"));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        let (host, port) = authority(text, text, 0)?;
        return Ok(Target { scheme: "tls", host, port: port.unwrap_or(443), opening: Opening::Tls, path: None });
    };
    let (scheme, default_port, opening) = known(text, scheme)?;
    let start = text.len() - rest.len();
    let (named, path) = match rest.find(['/', '?', '#']) {
        Some(end) => rest.split_at(end),
        None => (rest, ""),
    };
    let (host, port) = authority(text, named, start)?;
    // A fragment is the client's own (RFC 3986 §3.5).
    let path = path.split('#').next().unwrap_or_default();
    let path = match path {
        "" => None,
        path if path.starts_with('/') => Some(path.to_owned()),
        query => Some(format!("/{query}")),
    };
    Ok(Target { scheme, host, port: port.unwrap_or(default_port), opening, path })
}

fn known(text: &str, scheme: &str) -> Result<(&'static str, u16, Opening), TargetError> {
    let lower = scheme.to_ascii_lowercase();
    let sought = if lower == "ssl" { "tls" } else { lower.as_str() };
    if let Some((name, port)) = TLS_SCHEMES.iter().find(|(name, _)| *name == sought) {
        return Ok((name, *port, Opening::Tls));
    }
    if let Some(protocol) = Protocol::from_scheme(&lower) {
        return Ok((protocol.scheme(), protocol.default_port(), Opening::Upgrade(protocol)));
    }
    if lower == "http" || lower == "ws" {
        return Err(wrong(text, 0, format!("{lower} is without TLS and has no certificate; {lower}s has")));
    }
    let names = TLS_SCHEMES.iter().map(|(name, _)| *name).chain(Protocol::ALL.iter().map(|known| known.scheme()));
    let names: Vec<&str> = names.collect();
    Err(wrong(text, 0, format!("there is an unknown scheme; known are {}", names.join(", "))))
}

/// Host and port of `part`, which begins at `start` of `text`.
pub(super) fn authority(text: &str, part: &str, start: usize) -> Result<(Host, Option<u16>), TargetError> {
    if let Some(at) = part.find('@') {
        return Err(wrong(text, start + at, "there is user information, which is not sent; leave it out"));
    }
    if let Some(inside) = part.strip_prefix('[') {
        let Some((address, rest)) = inside.split_once(']') else {
            return Err(wrong(text, start, "a bracket is opened and not closed; an IPv6 address is written [::1]"));
        };
        let host = Host::Address(IpAddr::V6(ipv6(text, address, start + 1)?));
        let after = start + address.len() + 2;
        return match rest.strip_prefix(':') {
            Some(digits) => Ok((host, Some(port(text, digits, after + 1)?))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(wrong(text, after, "after the bracket a colon with the port was expected")),
        };
    }
    match part.split_once(':') {
        None => Ok((host(text, part, start)?, None)),
        // An address without brackets has no port: which part would it be?
        Some((_, rest)) if rest.contains(':') => Ok((Host::Address(IpAddr::V6(ipv6(text, part, start)?)), None)),
        Some((name, digits)) => {
            let named = host(text, name, start)?;
            Ok((named, Some(port(text, digits, start + name.len() + 1)?)))
        }
    }
}

fn ipv6(text: &str, address: &str, offset: usize) -> Result<Ipv6Addr, TargetError> {
    if let Some(zone) = address.find('%') {
        let reason = "there is a zone of a link-local address, which is not supported; use a name or a global address";
        return Err(wrong(text, offset + zone, reason));
    }
    address.parse().map_err(|_| wrong(text, offset, "an IPv6 address was expected, with a port as [::1]:443"))
}

pub(super) fn port(text: &str, digits: &str, offset: usize) -> Result<u16, TargetError> {
    let read = if digits.bytes().all(|octet| octet.is_ascii_digit()) { digits.parse().ok() } else { None };
    read.filter(|port| *port != 0).ok_or_else(|| wrong(text, offset, "a port from 1 to 65535 was expected"))
}

pub(super) fn host(text: &str, part: &str, offset: usize) -> Result<Host, TargetError> {
    if part.is_empty() {
        return Err(wrong(text, offset, "a host was expected"));
    }
    if let Ok(address) = part.parse() {
        return Ok(Host::Address(address));
    }
    match ReferenceName::parse(&format!("dns:{part}")) {
        Ok(ReferenceName::Dns(name)) => Ok(Host::Name(name.as_str().to_owned())),
        Ok(_) => Err(wrong(text, offset, "a host was expected")),
        Err(error) => Err(wrong(text, offset, format!("a host was expected: {}", error.reason))),
    }
}
