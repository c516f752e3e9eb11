//! Attributes of bags: what Windows takes a key's provider, container and key
//! store from (RFC 7292 §4.2, RFC 2985 §5.5; Microsoft's have no document).

use std::borrow::Cow;
use std::fmt;

use certlens_core::encoding::ber::{Reader, Value};
use certlens_core::encoding::der::{DerError, InField, Tag};
use certlens_core::x509::string::StringValue;

use super::error::PfxError;
use super::limits::{MAX_ATTRIBUTES, MAX_FILE_ATTRIBUTES};
use super::place::Place;
use crate::oid;

/// A text that an attribute has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeText {
    /// The text, which may be empty, without the U+0000 that Windows may append.
    Text(String),
    /// A value that is no text; [`Attributes::problems`] says why.
    Unreadable,
}

impl AttributeText {
    /// The text, when it can be read.
    pub fn text(&self) -> Option<&str> {
        match self {
            AttributeText::Text(text) => Some(text),
            AttributeText::Unreadable => None,
        }
    }
}

/// A property of a certificate in Windows' store, exported with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendedProperty {
    /// Its number: CERT_*_PROP_ID.
    pub id: u64,
    /// The whole attribute as it stands; in a BER file it may be BER.
    pub octets: Vec<u8>,
}

impl ExtendedProperty {
    /// The octets, when the value is an OCTET STRING.
    pub fn value(&self) -> Option<Vec<u8>> {
        first_value(&self.octets).ok()?.1.and_then(octets)
    }
}

/// An attribute that is not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherAttribute {
    /// Content octets of its OBJECT IDENTIFIER.
    pub oid: Vec<u8>,
    /// The whole attribute as it stands; in a BER file it may be BER.
    pub octets: Vec<u8>,
}

/// The attributes of one bag. Of attributes that come twice, and of several
/// values, the first counts, as on Windows, even if nothing can be read of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// 1.3.6.1.4.1.311.17.1: the provider (CSP or KSP) that the key came from.
    pub provider: Option<AttributeText>,
    /// 1.3.6.1.4.1.311.17.2: the key belongs to the computer, not to a user.
    /// Presence counts, whatever the value.
    pub machine_keyset: bool,
    /// localKeyID, by which a key finds its certificate.
    pub local_key_id: Option<Vec<u8>>,
    /// friendlyName: of a key the name of its container, of a certificate its
    /// display name.
    pub friendly_name: Option<AttributeText>,
    /// 1.3.6.1.4.1.311.17.3.N, in the order of the file.
    pub extended_properties: Vec<ExtendedProperty>,
    /// All others, in the order of the file.
    pub others: Vec<OtherAttribute>,
    /// What is wrong with them.
    pub problems: Vec<AttributeProblem>,
}

/// Something that is wrong with an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeProblem {
    /// The attribute.
    pub attribute: AttributeKind,
    /// Where it starts.
    pub place: Place,
    /// What is wrong.
    pub kind: AttributeProblemKind,
}

/// The attributes that are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttributeKind {
    /// The provider's name.
    Provider,
    /// The machine keyset.
    MachineKeyset,
    /// The local key ID.
    LocalKeyId,
    /// The friendly name.
    FriendlyName,
}

/// The kinds of [`AttributeProblem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeProblemKind {
    /// The attribute was there before; this one is not looked at.
    Duplicate,
    /// It has no value.
    NoValue,
    /// It has several values; the first counts.
    SeveralValues,
    /// Its text has no characters.
    EmptyText,
    /// A BMPString with an odd number of octets (X.690 §8.23.8).
    OddLength {
        /// How many.
        octets: usize,
    },
    /// The octets are no text of their type.
    MalformedText,
    /// A value of a type that does not belong there.
    WrongType {
        /// The type.
        found: Tag,
    },
}

/// Reads bagAttributes, if they are there. `base` is where the reader's octets
/// start, `total` counts the attributes of the file.
pub(super) fn read(reader: &mut Reader<'_>, base: Place, total: &mut usize) -> Result<Attributes, PfxError> {
    let mut attributes = Attributes::default();
    let located = |error| PfxError::der(base, error);
    if reader.peek().map_err(located)?.is_none() {
        return Ok(attributes);
    }
    reader.enter(Tag::SET).in_field("bagAttributes").map_err(located)?;
    let mut count = 0;
    while reader.peek().map_err(located)?.is_some() {
        count += 1;
        if count > MAX_ATTRIBUTES {
            return Err(PfxError::limit("the number of attributes of a bag", count, MAX_ATTRIBUTES, "MAX_ATTRIBUTES"));
        }
        *total += 1;
        if *total > MAX_FILE_ATTRIBUTES {
            let what = "the number of attributes of all bags";
            return Err(PfxError::limit(what, *total, MAX_FILE_ATTRIBUTES, "MAX_FILE_ATTRIBUTES"));
        }
        attributes.read_one(reader, base).in_field("bagAttributes").map_err(located)?;
    }
    reader.leave().map_err(located)?;
    Ok(attributes)
}

impl Attributes {
    /// Whether the provider's attribute is there without a value.
    pub fn has_empty_provider(&self) -> bool {
        let is_empty = |problem: &AttributeProblem| {
            (problem.attribute, problem.kind) == (AttributeKind::Provider, AttributeProblemKind::NoValue)
        };
        self.provider.is_none() && self.problems.iter().any(is_empty)
    }

    fn read_one(&mut self, reader: &mut Reader<'_>, base: Place) -> Result<(), DerError> {
        let whole = reader.expect(Tag::SEQUENCE)?;
        let place = base.plus(whole.header.offset);
        let read = first_value(whole.raw);
        let (oid, value, more) =
            read.map_err(|error| DerError { offset: whole.header.offset + error.offset, ..error })?;

        let kind = match oid {
            oid::MS_PROVIDER_NAME => AttributeKind::Provider,
            oid::MS_LOCAL_MACHINE_KEYSET => AttributeKind::MachineKeyset,
            oid::LOCAL_KEY_ID => AttributeKind::LocalKeyId,
            oid::FRIENDLY_NAME => AttributeKind::FriendlyName,
            _ => {
                let octets = whole.raw.to_vec();
                match oid.strip_prefix(oid::MS_EXTENDED_PROPERTY).and_then(one_arc) {
                    Some(id) => self.extended_properties.push(ExtendedProperty { id, octets }),
                    None => self.others.push(OtherAttribute { oid: oid.to_vec(), octets }),
                }
                return Ok(());
            }
        };
        let known = match kind {
            AttributeKind::Provider => self.provider.is_some(),
            AttributeKind::MachineKeyset => self.machine_keyset,
            AttributeKind::LocalKeyId => self.local_key_id.is_some(),
            AttributeKind::FriendlyName => self.friendly_name.is_some(),
        };
        // One without a value, or with one that cannot be read, has left its problem.
        let known = known || self.problems.iter().any(|problem| problem.attribute == kind);
        let mut note = |kind_of_problem| {
            self.problems.push(AttributeProblem { attribute: kind, place, kind: kind_of_problem });
        };
        if known {
            note(AttributeProblemKind::Duplicate);
            return Ok(());
        }
        if kind == AttributeKind::MachineKeyset {
            self.machine_keyset = true;
            return Ok(());
        }
        if more {
            note(AttributeProblemKind::SeveralValues);
        }
        let Some(value) = value else {
            note(AttributeProblemKind::NoValue);
            return Ok(());
        };
        if kind == AttributeKind::LocalKeyId {
            self.local_key_id = octets(value);
            if self.local_key_id.is_none() {
                note(AttributeProblemKind::WrongType { found: value.header.tag });
            }
            return Ok(());
        }
        let text = match text(&value) {
            Ok(text) => {
                if text.is_empty() {
                    note(AttributeProblemKind::EmptyText);
                }
                AttributeText::Text(text)
            }
            Err(problem) => {
                note(problem);
                AttributeText::Unreadable
            }
        };
        match kind {
            AttributeKind::Provider => self.provider = Some(text),
            _ => self.friendly_name = Some(text),
        }
        Ok(())
    }
}

/// The type of an attribute, its first value, and whether there are more. What may
/// stand behind the values is passed over.
fn first_value(attribute: &[u8]) -> Result<(&[u8], Option<Value<'_>>, bool), DerError> {
    let mut reader = Reader::new(attribute);
    reader.enter(Tag::SEQUENCE)?;
    let oid = reader.expect(Tag::OID)?.content;
    reader.enter(Tag::SET)?;
    let value = reader.value()?;
    let more = reader.peek()?.is_some();
    reader.leave()?;
    reader.leave()?;
    Ok((oid, value, more))
}

/// The octets of an OCTET STRING, in one piece or in fragments.
fn octets(value: Value<'_>) -> Option<Vec<u8>> {
    Reader::new(value.raw).octet_string().ok().map(Cow::into_owned)
}

/// The text of a string of any type that Windows reads here.
fn text(value: &Value<'_>) -> Result<String, AttributeProblemKind> {
    let (tag, bytes) = (value.header.tag, value.content);
    match tag {
        Tag::BMP_STRING if bytes.len() % 2 == 1 => {
            return Err(AttributeProblemKind::OddLength { octets: bytes.len() });
        }
        Tag::BMP_STRING
        | Tag::UTF8_STRING
        | Tag::IA5_STRING
        | Tag::PRINTABLE_STRING
        | Tag::VISIBLE_STRING
        | Tag::TELETEX_STRING => {}
        found => return Err(AttributeProblemKind::WrongType { found }),
    }
    let text = StringValue { tag, bytes, raw: value.raw }.text().ok_or(AttributeProblemKind::MalformedText)?;
    Ok(text.trim_end_matches('\0').to_owned())
}

/// The number that one more arc of an OBJECT IDENTIFIER is.
fn one_arc(content: &[u8]) -> Option<u64> {
    let (last, more) = content.split_last()?;
    let whole = content.len() <= 9 && last & 0x80 == 0 && more.iter().all(|octet| octet & 0x80 != 0);
    whole.then(|| content.iter().fold(0, |arc, octet| arc << 7 | u64::from(octet & 0x7f)))
}

impl fmt::Display for AttributeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AttributeKind::Provider => "provider name",
            AttributeKind::MachineKeyset => "machine keyset",
            AttributeKind::LocalKeyId => "localKeyID",
            AttributeKind::FriendlyName => "friendlyName",
        })
    }
}

impl fmt::Display for AttributeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attribute = self.attribute;
        match self.kind {
            AttributeProblemKind::Duplicate => write!(f, "the attribute {attribute} comes once more; the first counts"),
            AttributeProblemKind::NoValue => write!(f, "the attribute {attribute} has no value"),
            AttributeProblemKind::SeveralValues => {
                write!(f, "the attribute {attribute} has several values; the first counts")
            }
            AttributeProblemKind::EmptyText => write!(f, "the attribute {attribute} is empty"),
            AttributeProblemKind::OddLength { octets } => {
                write!(f, "the attribute {attribute} is a BMPString of {octets} octets; expected an even number")
            }
            AttributeProblemKind::MalformedText => write!(f, "the attribute {attribute} is not well-formed text"),
            AttributeProblemKind::WrongType { found } => {
                let expected =
                    if attribute == AttributeKind::LocalKeyId { "an OCTET STRING" } else { "a character string" };
                write!(f, "the attribute {attribute} is of the type {found}; expected {expected}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
