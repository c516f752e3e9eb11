//! Which addresses may be asked.
//!
//! URLs in certificates are chosen by whoever made the certificate. Without
//! rules, a certificate could have this machine ask its cloud's metadata
//! service, or a device beside it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether URLs may lead to private addresses: those of RFC 1918, RFC 4193,
/// carrier-grade NAT (RFC 6598), and this machine itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrivateAddresses {
    /// As a private PKI needs it.
    Allowed,
    /// For certificates that come from strangers.
    Refused,
}

/// Why an address is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Refusal {
    Metadata,
    LinkLocal,
    Multicast,
    Broadcast,
    Unspecified,
    Reserved,
    Loopback,
    Private,
}

impl Refusal {
    /// Whether it would be asked if private addresses were allowed.
    pub(crate) fn by_choice(self) -> bool {
        matches!(self, Refusal::Loopback | Refusal::Private)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Metadata => "a cloud metadata service",
            Refusal::LinkLocal => "a link-local address",
            Refusal::Multicast => "a multicast address",
            Refusal::Broadcast => "a broadcast address",
            Refusal::Unspecified => "an unspecified address",
            Refusal::Reserved => "a reserved address",
            Refusal::Loopback => "an address of this machine",
            Refusal::Private => "a private address",
        })
    }
}

/// Metadata services at addresses that are not link-local: Alibaba, Oracle, Azure.
const METADATA_V4: &[Ipv4Addr] =
    &[Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192), Ipv4Addr::new(168, 63, 129, 16)];

/// The same in IPv6: Amazon, Google.
const METADATA_V6: &[Ipv6Addr] =
    &[Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

/// Names of metadata services, for where a proxy resolves the name.
const METADATA_NAMES: &[&str] = &["metadata.google.internal", "metadata.goog", "instance-data", "metadata"];

/// Whether `host` is a well-known name of a metadata service.
pub(crate) fn is_metadata_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    METADATA_NAMES.iter().any(|name| host.eq_ignore_ascii_case(name))
        || host.to_ascii_lowercase().starts_with("instance-data.")
}

/// Whether `address` may be asked.
pub(crate) fn check(address: IpAddr, private: PrivateAddresses) -> Result<(), Refusal> {
    let refusal = match address {
        IpAddr::V4(address) => refusal_v4(address),
        IpAddr::V6(address) => refusal_v6(address),
    };
    match refusal {
        Some(refusal) if refusal.by_choice() && private == PrivateAddresses::Allowed => Ok(()),
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

/// RFC 6890 and its registry, as far as it matters here.
fn refusal_v4(address: Ipv4Addr) -> Option<Refusal> {
    let refusal = match address.octets() {
        [169, 254, 169, 254] => Refusal::Metadata,
        _ if METADATA_V4.contains(&address) => Refusal::Metadata,
        [169, 254, ..] => Refusal::LinkLocal,
        [255, 255, 255, 255] => Refusal::Broadcast,
        [0, ..] => Refusal::Unspecified,
        [224..=239, ..] => Refusal::Multicast,
        [240..=255, ..] => Refusal::Reserved,
        [127, ..] => Refusal::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Refusal::Private,
        // RFC 6598 §7; RFC 6890 §2.2.2 (IETF protocols), RFC 2544 (benchmarks).
        [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18..=19, ..] => Refusal::Private,
        _ => return None,
    };
    Some(refusal)
}

fn refusal_v6(address: Ipv6Addr) -> Option<Refusal> {
    if METADATA_V6.contains(&address) {
        return Some(Refusal::Metadata);
    }
    let refusal = match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Refusal::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Refusal::Loopback,
        [0xfe80..=0xfebf, ..] => Refusal::LinkLocal,
        [0xff00..=0xffff, ..] => Refusal::Multicast,
        // RFC 4193; site-local, deprecated by RFC 3879 but still routed.
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => embedded(address).unwrap_or(Refusal::Private),
        // The local prefix of translators (RFC 8215); where the IPv4 address stands is theirs to choose.
        [0x64, 0xff9b, 1, ..] => embedded(address).unwrap_or(Refusal::Private),
        _ => return embedded(address),
    };
    Some(refusal)
}

/// What is to be said of the IPv4 addresses that `address` leads to.
fn embedded(address: Ipv6Addr) -> Option<Refusal> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    let last = v4(g, h);
    match (a, b, c, d, e, f) {
        // Compatible and mapped (RFC 4291 §2.5.5), translated (RFC 2765 §2.1).
        (0, 0, 0, 0, 0, 0 | 0xffff) | (0, 0, 0, 0, 0xffff, 0) => refusal_v4(last),
        // NAT64 (RFC 6052 §2.1, RFC 8215).
        (0x64, 0xff9b, 0, 0, 0, 0) | (0x64, 0xff9b, 1, ..) => refusal_v4(last),
        // 6to4 (RFC 3056 §2).
        (0x2002, ..) => refusal_v4(v4(b, c)),
        // Teredo (RFC 4380 §4): the server, and the client with all bits inverted.
        (0x2001, 0, ..) => refusal_v4(v4(c, d)).or_else(|| refusal_v4(v4(!g, !h))),
        // ISATAP (RFC 5214 §6.1).
        (.., 0 | 0x200, 0x5efe) => refusal_v4(last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str, private: PrivateAddresses) -> Option<Refusal> {
        check(text.parse().unwrap(), private).err()
    }

    #[test]
    fn some_addresses_are_always_refused() {
        for (text, expected) in [
            ("169.254.169.254", Refusal::Metadata),
            ("100.100.100.200", Refusal::Metadata),
            ("168.63.129.16", Refusal::Metadata),
            ("fd00:ec2::254", Refusal::Metadata),
            ("169.254.0.1", Refusal::LinkLocal),
            ("fe80::1", Refusal::LinkLocal),
            ("febf:ffff::1", Refusal::LinkLocal),
            ("224.0.0.1", Refusal::Multicast),
            ("239.255.255.255", Refusal::Multicast),
            ("ff02::1", Refusal::Multicast),
            ("255.255.255.255", Refusal::Broadcast),
            ("0.0.0.0", Refusal::Unspecified),
            ("0.1.2.3", Refusal::Unspecified),
            ("::", Refusal::Unspecified),
            ("240.0.0.1", Refusal::Reserved),
            ("::ffff:169.254.169.254", Refusal::Metadata),
            ("::169.254.169.254", Refusal::Metadata),
            ("::ffff:0:169.254.169.254", Refusal::Metadata),
            ("64:ff9b::169.254.169.254", Refusal::Metadata),
            ("64:ff9b:1::169.254.169.254", Refusal::Metadata),
            ("2002:a9fe:a9fe::1", Refusal::Metadata),
            ("2001:0:a9fe:a9fe::1", Refusal::Metadata),
            ("2001:0:808:808::5601:5601", Refusal::Metadata),
            ("2001:db8::5efe:169.254.169.254", Refusal::Metadata),
            ("fd00::5efe:169.254.169.254", Refusal::Metadata),
        ] {
            assert_eq!(refusal(text, PrivateAddresses::Allowed), Some(expected), "{text}");
            assert_eq!(refusal(text, PrivateAddresses::Refused), Some(expected), "{text}");
        }
    }

    #[test]
    fn private_addresses_are_a_matter_of_choice() {
        for text in [
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "127.0.0.1",
            "127.255.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "198.18.0.1",
            "::1",
            "fc00::1",
            "fdff::1",
            "fec0::1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::192.168.0.1",
            "64:ff9b:1::8.8.8.8",
            "2002:7f00:1::",
        ] {
            assert_eq!(refusal(text, PrivateAddresses::Allowed), None, "{text}");
            assert!(refusal(text, PrivateAddresses::Refused).is_some_and(Refusal::by_choice), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_asked() {
        for text in [
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "2606:4700::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert_eq!(refusal(text, PrivateAddresses::Refused), None, "{text}");
        }
    }

    #[test]
    fn metadata_services_are_known_by_name_too() {
        assert!(is_metadata_name("Metadata.Google.Internal."));
        assert!(is_metadata_name("instance-data.ec2.internal"));
        assert!(!is_metadata_name("metadata.example.com"));
    }
}
