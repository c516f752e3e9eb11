//! Several endpoints in one text: port lists and CIDR blocks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::parse::{authority, port, shortened, wrong};
use super::{Host, Target, TargetError};
use crate::limits::{MAX_EXPANDED, MAX_TARGET_OCTETS};

/// The endpoints of a text: what [`Target::parse`] reads, with several ports as
/// `host:443,8443,9000-9010`, and with a block of addresses as `192.0.2.0/28`,
/// `192.0.2.0/28:443` or `[2001:db8::]/124:443`, of which all are meant.
///
/// # Errors
///
/// When the text is no endpoint, or means more than [`MAX_EXPANDED`] of them.
pub fn expand(text: &str) -> Result<Vec<Target>, TargetError> {
    if text.len() > MAX_TARGET_OCTETS {
        // Said there, with the limit.
        return Target::parse(text).map(|target| vec![target]);
    }
    let (scheme, rest, start) = match text.split_once("://") {
        // A URL's path comes after a slash as well, so that it has no blocks.
        Some((scheme, rest)) => (Some(scheme), rest, scheme.len() + 3),
        None => (None, text, 0),
    };
    if scheme.is_some() {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (named, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let Some((head, list, at)) = port_list(named) else { return Target::parse(text).map(|target| vec![target]) };
        let ports = ports(text, list, start + at)?;
        let prefix = text.get(..start).unwrap_or_default();
        return ports.into_iter().map(|port| Target::parse(&format!("{prefix}{head}:{port}{path}"))).collect();
    }
    let (named, list, at) = match port_list(rest) {
        Some((named, list, at)) => (named, Some(list), at),
        None => (rest, None, 0),
    };
    let Some((address, after)) = named.split_once('/') else {
        let Some(list) = list else { return Target::parse(text).map(|target| vec![target]) };
        return ports(text, list, at)?.into_iter().map(|port| Target::parse(&format!("{named}:{port}"))).collect();
    };
    let (length, ports) = match (list, after.split_once(':')) {
        (Some(list), _) => (after, ports(text, list, at)?),
        (None, Some((length, digits))) => (length, vec![port(text, digits, named.len() - digits.len())?]),
        (None, None) => (after, Vec::new()),
    };
    let addresses = block(text, address, length)?;
    let count = addresses.len().saturating_mul(ports.len().max(1));
    if count > MAX_EXPANDED {
        return Err(too_many(text, address.len() + 1));
    }
    let mut targets = Vec::with_capacity(count);
    for address in addresses {
        let mut target = Target::parse(&address.to_string())?;
        if ports.is_empty() {
            targets.push(target.clone());
        }
        for port in &ports {
            target.port = *port;
            targets.push(target.clone());
        }
    }
    Ok(targets)
}

fn too_many(text: &str, offset: usize) -> TargetError {
    wrong(text, offset, format!("more endpoints are meant than MAX_EXPANDED ({MAX_EXPANDED})"))
}

/// What stands before the last colon, the list of ports after it, and where that begins;
/// `None` when there is no list, but one port or none.
fn port_list(text: &str) -> Option<(&str, &str, usize)> {
    let (head, list) = text.rsplit_once(':')?;
    // The groups of an address without brackets are no ports.
    if head.contains(':') && !head.contains(']') {
        return None;
    }
    let is_list =
        list.contains([',', '-']) && list.bytes().all(|octet| octet.is_ascii_digit() || b",-".contains(&octet));
    is_list.then_some((head, list, head.len() + 1))
}

fn ports(text: &str, list: &str, start: usize) -> Result<Vec<u16>, TargetError> {
    let mut ports = Vec::new();
    let mut offset = start;
    for part in list.split(',') {
        match part.split_once('-') {
            None => ports.push(port(text, part, offset)?),
            Some((first, last)) => {
                let low = port(text, first, offset)?;
                let high = port(text, last, offset + first.len() + 1)?;
                if low > high {
                    return Err(wrong(text, offset, "a range of ports from the lower to the higher was expected"));
                }
                ports.extend(low..=high);
            }
        }
        if ports.len() > MAX_EXPANDED {
            return Err(too_many(text, offset));
        }
        offset += part.len() + 1;
    }
    Ok(ports)
}

/// The addresses of a block (RFC 4632 §3.1, RFC 4291 §2.3), the first and the last with
/// the others: whoever writes a block knows which of them are hosts.
fn block(text: &str, address: &str, length: &str) -> Result<Vec<IpAddr>, TargetError> {
    let Ok((Host::Address(address), None)) = authority(text, address, 0) else {
        return Err(wrong(text, 0, format!("an address was expected before the slash, not '{}'", shortened(address))));
    };
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let digits = length.bytes().all(|octet| octet.is_ascii_digit());
    let length: Option<u32> = if digits { length.parse().ok().filter(|length| *length <= bits) } else { None };
    let at = text.find('/').map_or(0, |slash| slash + 1);
    let Some(length) = length else {
        return Err(wrong(text, at, format!("a length of prefix from 0 to {bits} was expected")));
    };
    let host_bits = bits - length;
    let count = 1usize.checked_shl(host_bits).filter(|count| host_bits < 32 && *count <= MAX_EXPANDED);
    let Some(count) = count else { return Err(too_many(text, at)) };
    Ok(match address {
        IpAddr::V4(address) => {
            let first = address.to_bits() & u32::MAX.checked_shl(host_bits).unwrap_or(0);
            (0..count)
                .filter_map(|step| first.checked_add(u32::try_from(step).ok()?))
                .map(|address| Ipv4Addr::from_bits(address).into())
                .collect()
        }
        IpAddr::V6(address) => {
            let first = address.to_bits() & u128::MAX.checked_shl(host_bits).unwrap_or(0);
            (0..count)
                .filter_map(|step| first.checked_add(u128::try_from(step).ok()?))
                .map(|address| Ipv6Addr::from_bits(address).into())
                .collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let targets = expand(text).unwrap_or_else(|error| panic!("{error}"));
        targets.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn lists_and_blocks_are_spelt_out() {
        assert_eq!(shown("host.test"), ["tls://host.test:443"]);
        assert_eq!(shown("[::1]:1"), ["tls://[::1]:1"]);
        assert_eq!(shown("::1"), ["tls://[::1]:443"]);
        assert_eq!(shown("host-1.test:1,3-5"), [1, 3, 4, 5].map(|port| format!("tls://host-1.test:{port}")));
        assert_eq!(shown("[::1]:1,2"), ["tls://[::1]:1", "tls://[::1]:2"]);
        assert_eq!(shown("https://host.test:1-2/a"), ["https://host.test:1/a", "https://host.test:2/a"]);
        assert_eq!(shown("net.tcp://host.test:8060/a:1,2"), ["net.tcp://host.test:8060/a:1,2"]);
        assert_eq!(shown("192.0.2.6/31"), ["tls://192.0.2.6:443", "tls://192.0.2.7:443"]);
        assert_eq!(shown("192.0.2.5/32:8443"), ["tls://192.0.2.5:8443"]);
        assert_eq!(shown("192.0.2.3/30:1,2").len(), 8);
        assert_eq!(shown("192.0.2.3/30").first().map(String::as_str), Some("tls://192.0.2.0:443"));
        assert_eq!(shown("[2001:db8::4]/127:1"), ["tls://[2001:db8::4]:1", "tls://[2001:db8::5]:1"]);
        assert_eq!(shown("255.255.255.255/31").len(), 2);
        assert_eq!(shown("10.0.0.0/16").len(), 65_536);
    }

    #[test]
    fn what_is_wrong_is_said_where() {
        for (text, offset, reason) in [
            ("host:1,", 7, "a port from 1 to 65535"),
            ("host:1,70000", 7, "a port from 1 to 65535"),
            ("2001:db8::1-2", 0, "an IPv6 address was expected"),
            ("host:5-4", 5, "from the lower"),
            ("host:1-", 7, "a port from 1 to 65535"),
            ("host/24", 0, "an address was expected before the slash"),
            ("192.0.2.0/33", 10, "from 0 to 32"),
            ("192.0.2.0/", 10, "from 0 to 32"),
            ("192.0.2.0/24:x", 13, "a port from 1 to 65535"),
            ("0.0.0.0/0", 8, "MAX_EXPANDED"),
            ("[::]/0", 5, "MAX_EXPANDED"),
            ("10.0.0.0/16:1-65535", 9, "MAX_EXPANDED"),
        ] {
            let error = expand(text).expect_err(text);
            assert_eq!(error.offset, offset, "{error}");
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
