//! Whether public CAs issue for a host.
//!
//! They do not for names that cannot be looked up in the public DNS, nor for addresses
//! that are not routed on the Internet (CA/Browser Forum baseline requirements
//! §4.2.2). For such a host a private CA is the only choice, and says nothing.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What kind of name a host has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostName {
    /// A name of the public DNS by its form; whether it exists there was not asked.
    Public,
    /// An address that is routed on the Internet.
    PublicAddress,
    /// A name of one label, as `fileserver`.
    SingleLabel,
    /// A name under a suffix that the public DNS does not have.
    SpecialUse {
        /// The suffix, without a leading dot.
        suffix: &'static str,
        /// What sets it aside.
        source: &'static str,
    },
    /// An address of a range that is not routed on the Internet (RFC 6890).
    SpecialAddress {
        /// What the range is for.
        range: &'static str,
        /// What sets it aside.
        source: &'static str,
    },
}

impl HostName {
    /// Whether public CAs issue for it.
    pub const fn is_public(self) -> bool {
        matches!(self, HostName::Public | HostName::PublicAddress)
    }

    /// The word that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            HostName::Public => "public-name",
            HostName::PublicAddress => "public-address",
            HostName::SingleLabel => "single-label",
            HostName::SpecialUse { .. } => "special-use-name",
            HostName::SpecialAddress { .. } => "special-address",
        }
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostName::Public => f.write_str("a public name"),
            HostName::PublicAddress => f.write_str("a public address"),
            HostName::SingleLabel => f.write_str("a name of one label, which public CAs do not issue for"),
            HostName::SpecialUse { suffix, source } => {
                write!(f, "a name under .{suffix}, which public CAs do not issue for ({source})")
            }
            HostName::SpecialAddress { range, source } => {
                write!(f, "an address of {range}, which public CAs do not issue for ({source})")
            }
        }
    }
}

/// Suffixes that the public DNS does not have, longer ones first, and what sets each
/// aside. `example.com` is not among them: it is set aside for documentation, and served
/// with public certificates.
const SPECIAL: [(&str, &str); 17] = [
    ("home.arpa", "RFC 8375"),
    ("in-addr.arpa", "RFC 1035 §3.5"),
    ("ip6.arpa", "RFC 3596 §2.5"),
    ("test", "RFC 6761 §6.2"),
    ("localhost", "RFC 6761 §6.3"),
    ("invalid", "RFC 6761 §6.4"),
    ("example", "RFC 6761 §6.5"),
    ("local", "RFC 6762 §3"),
    ("onion", "RFC 7686"),
    ("alt", "RFC 9476"),
    ("internal", "reserved by ICANN in 2024"),
    ("lan", "RFC 6762 appendix G"),
    ("home", "RFC 6762 appendix G"),
    ("corp", "RFC 6762 appendix G"),
    ("private", "RFC 6762 appendix G"),
    ("intranet", "RFC 6762 appendix G"),
    ("localdomain", "customary, not delegated"),
];

/// What kind of name a host has: a DNS name in A-labels, with or without the dot at its
/// end, or an address with or without brackets.
pub fn classify(host: &str) -> HostName {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    // An IPv6 address may name an interface behind a percent sign (RFC 4007 §11).
    let address = bare.split('%').next().unwrap_or(bare);
    if let Ok(address) = address.parse::<IpAddr>() {
        return match range(address) {
            Some((range, source)) => HostName::SpecialAddress { range, source },
            None => HostName::PublicAddress,
        };
    }
    let name = bare.strip_suffix('.').unwrap_or(bare).to_ascii_lowercase();
    let is_under =
        |suffix: &str| name.strip_suffix(suffix).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    if let Some((suffix, source)) = SPECIAL.iter().find(|(suffix, _)| is_under(suffix)) {
        return HostName::SpecialUse { suffix, source };
    }
    if name.contains('.') { HostName::Public } else { HostName::SingleLabel }
}

/// Whether two hosts have nothing to do with each other by their names: their last two
/// labels differ. Names under one registry's suffix, as `co.uk`, count as related, because
/// what is concluded from unrelated hosts must not rest on hosts of one owner.
pub fn are_unrelated(one: &str, other: &str) -> bool {
    let end = |host: &str| -> Vec<String> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        if host.parse::<IpAddr>().is_ok() {
            return vec![host];
        }
        host.rsplit('.').take(2).map(str::to_owned).collect()
    };
    end(one) != end(other)
}

fn range(address: IpAddr) -> Option<(&'static str, &'static str)> {
    match address {
        IpAddr::V4(address) => range_v4(address),
        IpAddr::V6(address) => range_v6(address),
    }
}

fn range_v4(address: Ipv4Addr) -> Option<(&'static str, &'static str)> {
    let [a, b, c, _] = address.octets();
    Some(match (a, b, c) {
        (0, ..) => ("this network", "RFC 791 §3.2"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => ("private networks", "RFC 1918"),
        (100, 64..=127, _) => ("carriers' shared space", "RFC 6598"),
        (127, ..) => ("this computer", "RFC 1122 §3.2.1.3"),
        (169, 254, _) => ("one link", "RFC 3927"),
        (192, 0, 0) => ("protocol assignments", "RFC 6890 §2.1"),
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => ("documentation", "RFC 5737"),
        (198, 18..=19, _) => ("benchmarks", "RFC 2544"),
        (224..=239, ..) => ("multicast", "RFC 5771"),
        (240.., ..) => ("reserved space", "RFC 1112 §4"),
        _ => return None,
    })
}

fn range_v6(address: Ipv6Addr) -> Option<(&'static str, &'static str)> {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return range_v4(mapped);
    }
    let [first, second, third, ..] = address.segments();
    Some(match (first, second, third) {
        _ if address.is_loopback() => ("this computer", "RFC 4291 §2.5.3"),
        _ if address.is_unspecified() => ("no computer", "RFC 4291 §2.5.2"),
        (0xfc00..=0xfdff, ..) => ("private networks", "RFC 4193"),
        (0xfe80..=0xfebf, ..) => ("one link", "RFC 4291 §2.5.6"),
        (0xfec0..=0xfeff, ..) => ("one site", "RFC 3879"),
        (0xff00..=0xffff, ..) => ("multicast", "RFC 4291 §2.7"),
        (0x2001, 0xdb8, _) => ("documentation", "RFC 3849"),
        (0x3fff, 0..=0xfff, _) => ("documentation", "RFC 9637"),
        (0x64, 0xff9b, 1) => ("local translation", "RFC 8215"),
        (0x100, 0, 0) => ("discarding", "RFC 6666"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        let words = [
            ("public-name", "www.example.com www.example.com. a.corp.example.com xn--bcher-kva.de mylocal.de home.de"),
            ("public-address", "9.9.9.9 [2620:fe::fe] 172.32.0.1 100.128.0.1 192.0.1.1 ::ffff:9.9.9.9"),
            ("single-label", "fileserver FILESERVER."),
            (
                "special-use-name",
                "a.local a.internal A.TEST example a.example a.invalid localhost x.localhost. router.home.arpa \
                 nas.lan dc.corp tv.home a.onion a.b.private 1.0.0.10.in-addr.arpa localhost.localdomain",
            ),
            (
                "special-address",
                "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 127.0.0.1 169.254.1.1 100.64.0.1 0.0.0.0 192.0.2.1 \
                 198.51.100.1 203.0.113.1 198.19.0.1 224.0.0.1 255.255.255.255 ::1 :: fd00::1 [fe80::1%eth0] ff02::1 \
                 2001:db8::1 3fff::1 ::ffff:10.0.0.1 64:ff9b:1::1 fec0::1 100::1 192.0.0.1",
            ),
        ];
        for (word, hosts) in words {
            for host in hosts.split_ascii_whitespace() {
                assert_eq!(classify(host).word(), word, "{host}");
                assert_eq!(classify(host).is_public(), word.starts_with("public"), "{host}");
            }
        }
        assert_eq!(
            classify("a.home.arpa").to_string(),
            "a name under .home.arpa, which public CAs do not issue for (RFC 8375)"
        );
    }

    #[test]
    fn hosts_of_one_owner_are_related() {
        for (one, other, unrelated) in [
            ("www.example.com", "example.com.", false),
            ("www.example.com", "www.EXAMPLE.com", false),
            ("a.co.uk", "b.co.uk", false),
            ("www.example.com", "www.example.net", true),
            ("9.9.9.9", "1.1.9.9", true),
            ("9.9.9.9", "9.9.9.9", false),
        ] {
            assert_eq!(are_unrelated(one, other), unrelated, "{one} {other}");
        }
    }
}
