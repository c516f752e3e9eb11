//! General names (RFC 5280 §4.2.1.6).

use std::net::IpAddr;

use crate::der;
use crate::name::Name;

/// One general name, encoded. Contents are not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneralName(Vec<u8>);

impl GeneralName {
    /// A dNSName with these octets.
    pub fn dns(name: impl AsRef<[u8]>) -> GeneralName {
        GeneralName(der::implicit(2, name.as_ref()))
    }

    /// An rfc822Name with these octets.
    pub fn email(mailbox: impl AsRef<[u8]>) -> GeneralName {
        GeneralName(der::implicit(1, mailbox.as_ref()))
    }

    /// A uniformResourceIdentifier with these octets.
    pub fn uri(uri: impl AsRef<[u8]>) -> GeneralName {
        GeneralName(der::implicit(6, uri.as_ref()))
    }

    /// An iPAddress.
    ///
    /// # Panics
    ///
    /// When the text is no address.
    pub fn ip(address: &str) -> GeneralName {
        match address.parse().expect("the text is an address") {
            IpAddr::V4(address) => Self::ip_octets(&address.octets()),
            IpAddr::V6(address) => Self::ip_octets(&address.octets()),
        }
    }

    /// An iPAddress with these octets, of any number.
    pub fn ip_octets(octets: &[u8]) -> GeneralName {
        GeneralName(der::implicit(7, octets))
    }

    /// A directoryName.
    pub fn directory(name: &Name) -> GeneralName {
        GeneralName(der::explicit(4, &name.to_der()))
    }

    /// An otherName with this encoded value.
    pub fn other(type_id: &str, value: &[u8]) -> GeneralName {
        let content = der::concat([der::oid(type_id), der::explicit(0, value)]);
        GeneralName(der::implicit_constructed(0, &content))
    }

    /// A SmtpUTF8Mailbox (RFC 9598 §3).
    pub fn smtp_utf8_mailbox(mailbox: &str) -> GeneralName {
        Self::other("1.3.6.1.5.5.7.8.9", &der::utf8_string(mailbox))
    }

    /// A registeredID.
    pub fn registered_id(dotted: &str) -> GeneralName {
        GeneralName(der::implicit(8, &der::oid_content(dotted)))
    }

    /// This encoding, whatever it is.
    pub fn raw(der: Vec<u8>) -> GeneralName {
        GeneralName(der)
    }
}

impl AsRef<[u8]> for GeneralName {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (name, expected) in [
            (GeneralName::email("a@b"), &b"\x81\x03a@b"[..]),
            (GeneralName::dns("a"), b"\x82\x01a"),
            (GeneralName::directory(&Name::empty()), b"\xa4\x02\x30\x00"),
            (GeneralName::uri("u:"), b"\x86\x02u:"),
            (GeneralName::ip("192.0.2.1"), b"\x87\x04\xc0\x00\x02\x01"),
            (GeneralName::registered_id("1.2"), b"\x88\x01\x2a"),
            (GeneralName::other("1.2", &der::null()), b"\xa0\x07\x06\x01\x2a\xa0\x02\x05\x00"),
        ] {
            assert_eq!(name.as_ref(), expected);
        }
        assert_eq!(GeneralName::ip("2001:db8::1").as_ref().len(), 18);
    }
}
