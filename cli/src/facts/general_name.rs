//! General names, internationalized ones in both forms.

use std::net::IpAddr;

use certlens_core::identity::to_unicode;
use certlens_core::x509::general_name::{GeneralName, GeneralNames, ip_address, ip_subnet};
use certlens_core::x509::string::StringValue;
use schemars::JsonSchema;
use serde::Serialize;

use super::name::{NameFacts, ValueFacts, email_to_unicode};
use super::{Hex, OidFacts};

/// A general name (RFC 5280 §4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum GeneralNameFacts {
    /// A DNS name, or a subtree of them in a constraint.
    Dns(Ia5Facts),
    /// A mailbox, or a host or domain of mailboxes in a constraint.
    Email(Ia5Facts),
    /// A URI, or a host or domain in a constraint.
    Uri(Ia5Facts),
    /// An IP address, or a range of them in a constraint.
    Ip {
        /// The address (RFC 5952 for IPv6), in a constraint `address/prefix` or
        /// `address mask mask`; absent when the octets are not of the length that is right.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// The octets as encoded.
        octets: Hex,
    },
    /// A distinguished name.
    DirectoryName {
        /// The name.
        name: NameFacts,
    },
    /// A name of another kind, such as a user principal name.
    OtherName {
        /// Which kind.
        #[serde(rename = "type")]
        type_id: OidFacts,
        /// The value, as text when it is a character string.
        #[serde(flatten)]
        value: ValueFacts,
    },
    /// An object identifier as a name.
    RegisteredId(OidFacts),
    /// An X.400 address.
    X400Address {
        /// The content octets; certlens does not decode them.
        octets: Hex,
    },
    /// An EDI party.
    EdiPartyName {
        /// The content octets; certlens does not decode them.
        octets: Hex,
    },
}

/// A name that is an IA5String.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Ia5Facts {
    /// The name as it stands; octets that are not UTF-8 are replaced.
    pub(crate) value: String,
    /// The name with its `xn--` labels in Unicode, when that differs and maps back to the same name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unicode: Option<String>,
    /// The octets, when they are not ASCII as they have to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) octets: Option<Hex>,
}

/// What a general name stands for, which decides how an IP address is encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// One name.
    Name,
    /// The base of a subtree in name constraints (RFC 5280 §4.2.1.10).
    Subtree,
}

/// Facts about every name of a list.
pub(crate) fn names(names: &GeneralNames<'_>) -> Vec<GeneralNameFacts> {
    names.iter().map(|name| GeneralNameFacts::new(&name, Role::Name)).collect()
}

impl GeneralNameFacts {
    pub(crate) fn new(name: &GeneralName<'_>, role: Role) -> Self {
        match name {
            GeneralName::Dns(octets) => GeneralNameFacts::Dns(Ia5Facts::new(octets, to_unicode)),
            GeneralName::Rfc822(octets) => GeneralNameFacts::Email(Ia5Facts::new(octets, email_to_unicode)),
            GeneralName::Uri(octets) => GeneralNameFacts::Uri(Ia5Facts::new(octets, uri_to_unicode)),
            GeneralName::Ip(octets) => {
                let value = match role {
                    Role::Name => ip_address(octets).map(|address| address.to_string()),
                    Role::Subtree => ip_subnet(octets).map(|(address, mask)| describe_subnet(address, mask)),
                };
                GeneralNameFacts::Ip { value, octets: (*octets).into() }
            }
            GeneralName::Directory(name) => GeneralNameFacts::DirectoryName { name: NameFacts::new(name) },
            GeneralName::Other { oid, value } => GeneralNameFacts::OtherName {
                type_id: OidFacts::new(*oid),
                value: ValueFacts::new(&StringValue::read(value)),
            },
            GeneralName::RegisteredId(oid) => GeneralNameFacts::RegisteredId(OidFacts::new(*oid)),
            GeneralName::X400(octets) => GeneralNameFacts::X400Address { octets: (*octets).into() },
            GeneralName::EdiParty(octets) => GeneralNameFacts::EdiPartyName { octets: (*octets).into() },
        }
    }
}

impl Ia5Facts {
    fn new(octets: &[u8], to_unicode: impl Fn(&str) -> Option<String>) -> Self {
        let value = String::from_utf8_lossy(octets).into_owned();
        let is_ascii = octets.is_ascii();
        let unicode = if is_ascii { to_unicode(&value) } else { None };
        Ia5Facts { value, unicode, octets: (!is_ascii).then(|| octets.into()) }
    }
}

/// `address/prefix`, or both in full when the ones of the mask are not at its start.
fn describe_subnet(address: IpAddr, mask: IpAddr) -> String {
    let (bits, width) = match mask {
        IpAddr::V4(mask) => (u128::from(mask.to_bits()) << 96, 32),
        IpAddr::V6(mask) => (mask.to_bits(), 128),
    };
    let prefix = bits.leading_ones();
    if prefix == bits.count_ones() && prefix <= width {
        format!("{address}/{prefix}")
    } else {
        format!("{address} mask {mask}")
    }
}

/// A URI with its host in Unicode, when that has an `xn--` label.
fn uri_to_unicode(text: &str) -> Option<String> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return to_unicode(text);
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, host_port) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    let (host, port) = host_port.split_at(host_port.rfind(':').unwrap_or(host_port.len()));
    Some(format!("{scheme}://{user}{}{port}{path}", to_unicode(host)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_by_prefix_where_the_mask_is_one() {
        for (octets, expected) in [
            (&[192, 0, 2, 0, 255, 255, 255, 0][..], Some("192.0.2.0/24")),
            (&[0; 8], Some("0.0.0.0/0")),
            (&[192, 0, 2, 7, 255, 255, 255, 255], Some("192.0.2.7/32")),
            (&[192, 0, 2, 0, 255, 0, 255, 0], Some("192.0.2.0 mask 255.0.255.0")),
            (&[192, 0, 2, 0], None),
            (&[0; 32], Some("::/0")),
        ] {
            let GeneralNameFacts::Ip { value, .. } = GeneralNameFacts::new(&GeneralName::Ip(octets), Role::Subtree)
            else {
                panic!("an address stays an address");
            };
            assert_eq!(value.as_deref(), expected, "{octets:?}");
        }
        let eight = GeneralNameFacts::new(&GeneralName::Ip(&[0; 8]), Role::Name);
        assert_eq!(eight, GeneralNameFacts::Ip { value: None, octets: Hex(vec![0; 8]) });
    }

    #[test]
    fn only_the_host_of_a_uri_and_the_domain_of_a_mailbox_change() {
        for (text, expected) in [
            (
                "https://u:p@xn--bcher-kva.example:8080/xn--bcher-kva?q",
                Some("https://u:p@bücher.example:8080/xn--bcher-kva?q"),
            ),
            ("http://xn--bcher-kva.example", Some("http://bücher.example")),
            ("http://[2001:db8::1]/xn--bcher-kva", None),
            ("http://example.com/", None),
            (".xn--bcher-kva.example", Some(".bücher.example")),
            ("urn:x", None),
        ] {
            assert_eq!(uri_to_unicode(text).as_deref(), expected, "{text}");
        }
        assert_eq!(email_to_unicode("ann@xn--bcher-kva.example").as_deref(), Some("ann@bücher.example"));
        assert_eq!(email_to_unicode("xn--bcher-kva@example.com"), None);
    }

    #[test]
    fn octets_beyond_ascii_are_kept() {
        let facts = Ia5Facts::new(b"caf\xe9.example", to_unicode);
        assert_eq!((facts.value.as_str(), facts.unicode), ("caf\u{fffd}.example", None));
        assert_eq!(facts.octets, Some(Hex(b"caf\xe9.example".to_vec())));
    }
}
