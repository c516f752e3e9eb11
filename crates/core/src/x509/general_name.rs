//! General names (RFC 5280 §4.2.1.6), whose nine kinds serve alternative
//! names, constraints and distribution points.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, SequenceOf, Tag, Tlv};
use crate::encoding::deviation::DeviationKind;
use crate::x509::name::Name;
use crate::x509::oid::Oid;

/// A list of general names.
pub type GeneralNames<'a> = SequenceOf<'a, GeneralName<'a>>;

/// One general name.
#[derive(Clone, Copy, Debug)]
pub enum GeneralName<'a> {
    /// otherName `[0]`.
    Other {
        /// The kind of name.
        oid: Oid<'a>,
        /// The value inside its explicit tag.
        value: Tlv<'a>,
    },
    /// rfc822Name `[1]`: a mailbox in ASCII.
    Rfc822(&'a [u8]),
    /// dNSName `[2]`.
    Dns(&'a [u8]),
    /// x400Address `[3]`, undecoded.
    X400(&'a [u8]),
    /// directoryName `[4]`.
    Directory(Name<'a>),
    /// ediPartyName `[5]`, undecoded.
    EdiParty(&'a [u8]),
    /// uniformResourceIdentifier `[6]`.
    Uri(&'a [u8]),
    /// iPAddress `[7]`: 4 or 16 octets in a name; twice that, address and mask, in a constraint.
    Ip(&'a [u8]),
    /// registeredID `[8]`.
    RegisteredId(Oid<'a>),
}

impl<'a> Decode<'a> for GeneralName<'a> {
    #[inline]
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let tlv = cursor.read().in_field("GeneralName")?;
        let ia5 = |tlv: &Tlv<'a>| {
            let bytes = tlv.content();
            if tlv.is_noted()
                && !bytes.is_ascii()
                && let Some(index) = bytes.iter().position(|octet| !octet.is_ascii())
                && let Some(&octet) = bytes.get(index)
            {
                tlv.cursor().note(tlv.content_offset() + index, DeviationKind::StringCharacter(octet));
            }
            bytes
        };
        Ok(match tlv.tag.first_octet() {
            0xa0 => {
                let mut content = tlv.cursor();
                let oid = Oid::decode(&mut content).in_field("otherName.type-id")?;
                let explicit = content.expect(Tag::context_constructed(0)).in_field("otherName.value")?;
                content.finish();
                let mut inside = explicit.cursor();
                let value = inside.read().in_field("otherName.value")?;
                inside.finish();
                GeneralName::Other { oid, value }
            }
            0x81 => GeneralName::Rfc822(ia5(&tlv)),
            0x82 => GeneralName::Dns(ia5(&tlv)),
            0xa3 => GeneralName::X400(tlv.content()),
            0xa4 => {
                // Name is a CHOICE, so its implicit tag is explicit (X.680 §31.2.7).
                let mut content = tlv.cursor();
                let name = Name::decode(&mut content).in_field("directoryName")?;
                content.finish();
                GeneralName::Directory(name)
            }
            0xa5 => GeneralName::EdiParty(tlv.content()),
            0x86 => GeneralName::Uri(ia5(&tlv)),
            0x87 => GeneralName::Ip(tlv.content()),
            0x88 => GeneralName::RegisteredId(Oid::new(tlv.oid()?)),
            _ => {
                let what = "a GeneralName is one of [0] to [8]";
                return Err(DerError::new(tlv.offset(), DerErrorKind::Invalid(what)));
            }
        })
    }
}

impl GeneralName<'_> {
    /// Whether it is a dNSName with exactly these octets.
    pub fn is_dns(&self, octets: &[u8]) -> bool {
        matches!(self, GeneralName::Dns(name) if *name == octets)
    }

    /// What kind of name it is, as reports and JSON call it.
    pub const fn kind(&self) -> &'static str {
        match self {
            GeneralName::Other { .. } => "otherName",
            GeneralName::Rfc822(_) => "email",
            GeneralName::Dns(_) => "dns",
            GeneralName::X400(_) => "x400Address",
            GeneralName::Directory(_) => "directoryName",
            GeneralName::EdiParty(_) => "ediPartyName",
            GeneralName::Uri(_) => "uri",
            GeneralName::Ip(_) => "ip",
            GeneralName::RegisteredId(_) => "registeredID",
        }
    }
}

/// The octets of an iPAddress as an address; `None` unless 4 or 16 octets.
pub fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(IpAddr::V4(Ipv4Addr::from(v4)));
    }
    <[u8; 16]>::try_from(bytes).ok().map(|v6| IpAddr::V6(Ipv6Addr::from(v6)))
}

/// The octets of an iPAddress constraint as address and mask
/// (RFC 5280 §4.2.1.10); `None` unless 8 or 32 octets.
pub fn ip_subnet(bytes: &[u8]) -> Option<(IpAddr, IpAddr)> {
    if bytes.len() != 8 && bytes.len() != 32 {
        return None;
    }
    let (address, mask) = bytes.split_at_checked(bytes.len() / 2)?;
    Some((ip_address(address)?, ip_address(mask)?))
}
