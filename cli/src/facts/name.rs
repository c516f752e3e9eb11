//! Distinguished names and attribute values.

use certlens_core::encoding::der::Tag;
use certlens_core::identity::to_unicode;
use certlens_core::x509::name::{Attribute, Name, Rdn};
use certlens_core::x509::oid::oids;
use certlens_core::x509::string::StringValue;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Hex, OidFacts};

/// A distinguished name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct NameFacts {
    /// Text by RFC 4514, the most specific relative name first; empty for the empty name.
    pub(crate) rfc4514: String,
    /// The relative distinguished names in encoded order, the least specific first.
    pub(crate) rdns: Vec<RdnFacts>,
}

/// A relative distinguished name: nearly always one attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct RdnFacts {
    /// Text by RFC 4514.
    pub(crate) rfc4514: String,
    /// The attributes in encoded order.
    pub(crate) attributes: Vec<AttributeFacts>,
}

/// An attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AttributeFacts {
    /// The attribute's type.
    #[serde(rename = "type")]
    pub(crate) kind: OidFacts,
    /// The type's short name, as in the RFC 4514 text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) short_name: Option<String>,
    /// The value.
    #[serde(flatten)]
    pub(crate) value: ValueFacts,
    /// The value with internationalized domain names (`xn--`) in Unicode, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unicode: Option<String>,
}

/// A value of any ASN.1 type, which mostly is a character string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ValueFacts {
    /// The text, when the value is well-formed text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    /// The ASN.1 type as encoded.
    pub(crate) asn1_type: String,
    /// Tag, length and content, when the value is not well-formed text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) octets: Option<Hex>,
}

impl NameFacts {
    pub(crate) fn new(name: &Name<'_>) -> Self {
        // The library shows the empty name as words; RFC 4514 §2.1 has the empty string.
        let rfc4514 = if name.is_empty() { String::new() } else { name.rfc4514() };
        NameFacts { rfc4514, rdns: name.rdns().map(|rdn| RdnFacts::new(&rdn)).collect() }
    }
}

impl RdnFacts {
    pub(crate) fn new(rdn: &Rdn<'_>) -> Self {
        let texts: Vec<String> = rdn.attributes().map(|attribute| attribute.to_string()).collect();
        RdnFacts {
            rfc4514: texts.join("+"),
            attributes: rdn.attributes().map(|attribute| AttributeFacts::new(&attribute)).collect(),
        }
    }
}

impl AttributeFacts {
    fn new(attribute: &Attribute<'_>) -> Self {
        let value = ValueFacts::new(&attribute.value);
        let unicode = value.value.as_deref().and_then(|text| match attribute.oid {
            oids::COMMON_NAME | oids::DOMAIN_COMPONENT => to_unicode(text),
            oids::EMAIL_ADDRESS => email_to_unicode(text),
            _ => None,
        });
        AttributeFacts {
            kind: OidFacts::new(attribute.oid),
            short_name: attribute.short_name().map(str::to_owned),
            value,
            unicode,
        }
    }
}

impl ValueFacts {
    pub(crate) fn new(value: &StringValue<'_>) -> Self {
        let text = match value.tag {
            // A date of birth is a GeneralizedTime (RFC 3739 §3.2.2); its digits read as they are.
            Tag::GENERALIZED_TIME | Tag::UTC_TIME if value.bytes.is_ascii() => {
                Some(value.bytes.iter().map(|&octet| char::from(octet)).collect())
            }
            _ => value.text().map(|text| text.into_owned()),
        };
        let octets = text.is_none().then(|| value.raw.into());
        ValueFacts { value: text, asn1_type: value.tag.to_string(), octets }
    }

    /// The text, or the octets in the way of RFC 4514 §2.4.
    pub(crate) fn to_text(&self) -> String {
        match (&self.value, &self.octets) {
            (Some(text), _) => text.clone(),
            (None, Some(octets)) => format!("#{octets}"),
            (None, None) => String::new(),
        }
    }
}
/// A mailbox with its domain in Unicode, when it has an `xn--` label.
pub(super) fn email_to_unicode(text: &str) -> Option<String> {
    match text.rsplit_once('@') {
        Some((local, domain)) => Some(format!("{local}@{}", to_unicode(domain)?)),
        // In a constraint: a host or a domain (RFC 5280 §4.2.1.10).
        None => to_unicode(text),
    }
}
