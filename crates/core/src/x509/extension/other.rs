//! Further extensions, each a few fields.

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, Tag, Tlv};
use crate::x509::extension::usage::check_named_bits;
use crate::x509::oid::Oid;
use crate::x509::string::StringValue;
use crate::x509::validity::EncodedTime;

/// An attribute with a set of values (RFC 5280 §4.2.1.8).
#[derive(Clone, Copy, Debug)]
pub struct AttributeSet<'a> {
    /// The attribute's type.
    pub oid: Oid<'a>,
    values: Cursor<'a>,
}

impl<'a> Decode<'a> for AttributeSet<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let oid = Oid::decode(&mut content)?;
        let set = content.expect(Tag::SET)?;
        content.finish();
        let mut walk = set.cursor();
        while !walk.is_empty() {
            walk.read()?;
        }
        Ok(AttributeSet { oid, values: set.cursor().read_before() })
    }
}

impl<'a> AttributeSet<'a> {
    /// The values.
    pub fn values(&self) -> impl Iterator<Item = StringValue<'a>> + use<'a> {
        let mut walk = self.values;
        std::iter::from_fn(
            move || {
                if walk.is_empty() { None } else { walk.read().ok().map(|tlv| StringValue::read(&tlv)) }
            },
        )
    }
}

/// When the private key may be used (RFC 3280 §4.2.1.4).
#[derive(Clone, Copy, Debug)]
pub struct PrivateKeyUsagePeriod {
    /// From this time.
    pub not_before: Option<EncodedTime>,
    /// Until this time.
    pub not_after: Option<EncodedTime>,
}

impl<'a> Decode<'a> for PrivateKeyUsagePeriod {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let mut time = |number| -> Result<Option<EncodedTime>, DerError> {
            content.optional(Tag::context(number))?.map(|tlv| EncodedTime::generalized(&tlv)).transpose()
        };
        let period = PrivateKeyUsagePeriod { not_before: time(0)?, not_after: time(1)? };
        content.finish();
        Ok(period)
    }
}

/// A TLS extension that the server must answer with (RFC 7633 §4.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsFeature(pub u16);

impl TlsFeature {
    /// `status_request`: the server must staple an OCSP response.
    pub const STATUS_REQUEST: TlsFeature = TlsFeature(5);

    /// The name of the TLS extension.
    pub fn name(self) -> Option<&'static str> {
        match self.0 {
            5 => Some("status_request (must staple)"),
            17 => Some("status_request_v2"),
            _ => None,
        }
    }
}

impl<'a> Decode<'a> for TlsFeature {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let offset = cursor.offset();
        let number = cursor.integer()?.to_u32().and_then(|number| u16::try_from(number).ok());
        let invalid = DerErrorKind::Invalid("a TLS extension number has 16 bits");
        number.map(TlsFeature).ok_or(DerError::new(offset, invalid))
    }
}

/// A cipher or digest that the holder's mail program reads (RFC 4262, RFC 8551 §2.5.2).
#[derive(Clone, Copy, Debug)]
pub struct SmimeCapability<'a> {
    /// The algorithm.
    pub oid: Oid<'a>,
    /// Its parameters, undecoded.
    pub parameters: Option<Tlv<'a>>,
}

impl<'a> Decode<'a> for SmimeCapability<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let oid = Oid::decode(&mut content)?;
        let parameters = if content.is_empty() { None } else { Some(content.read()?) };
        content.finish();
        Ok(SmimeCapability { oid, parameters })
    }
}

/// How an organization is registered (CA/B Forum EV guidelines §9.8.2).
#[derive(Clone, Copy, Debug)]
pub struct OrganizationIdentifier<'a> {
    /// Registration scheme, three letters.
    pub scheme: StringValue<'a>,
    /// Country, ISO 3166.
    pub country: StringValue<'a>,
    /// State or province.
    pub state: Option<StringValue<'a>>,
    /// The number or text in the register.
    pub reference: StringValue<'a>,
}

impl<'a> Decode<'a> for OrganizationIdentifier<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let scheme =
            StringValue::read(&content.expect(Tag::PRINTABLE_STRING).in_field("registrationSchemeIdentifier")?);
        let country = StringValue::read(&content.expect(Tag::PRINTABLE_STRING).in_field("registrationCountry")?);
        let state = content.optional(Tag::context(0))?.map(|tlv| {
            // Implicitly tagged PrintableString.
            StringValue { tag: Tag::PRINTABLE_STRING, bytes: tlv.content(), raw: tlv.raw() }
        });
        let reference = StringValue::read(&content.read().in_field("registrationReference")?);
        content.finish();
        Ok(OrganizationIdentifier { scheme, country, state, reference })
    }
}

/// Netscape's forerunner of key purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetscapeCertType(u8);

impl NetscapeCertType {
    const NAMES: [&'static str; 8] =
        ["sslClient", "sslServer", "smime", "objectSigning", "reserved", "sslCA", "smimeCA", "objectSigningCA"];

    /// The names of the set bits.
    pub fn names(self) -> Vec<&'static str> {
        Self::NAMES.iter().enumerate().filter(|(index, _)| self.0 & 0x80 >> index != 0).map(|(_, name)| *name).collect()
    }
}

impl<'a> Decode<'a> for NetscapeCertType {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let bits = cursor.bit_string()?;
        check_named_bits(cursor, &bits);
        Ok(NetscapeCertType(bits.bytes.first().copied().unwrap_or(0)))
    }
}
