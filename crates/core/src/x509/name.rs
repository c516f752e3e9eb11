//! Distinguished names (RFC 5280 §4.1.2.4), their text form (RFC 4514) and
//! their comparison (RFC 5280 §7.1).

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::encoding::der::{Cursor, Decode, DerError, InField, Tag, Tlv};
use crate::encoding::deviation::DeviationKind;
use crate::encoding::hex;
use crate::x509::digest::sha256;
use crate::x509::oid::{Oid, oids};
use crate::x509::string::{self, StringValue};

/// A distinguished name: a sequence of relative distinguished names, the most
/// significant first.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    raw: &'a [u8],
    content: Cursor<'a>,
}

impl<'a> Decode<'a> for Name<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let tlv = cursor.expect(Tag::SEQUENCE).in_field("Name")?;
        Name::from_tlv(&tlv)
    }
}

impl<'a> Name<'a> {
    /// Reads an RDNSequence whose tag was already accepted (for the explicitly
    /// tagged directoryName, and nowhere else, it is not universal).
    pub fn from_tlv(tlv: &Tlv<'a>) -> Result<Self, DerError> {
        if !tlv.is_again() {
            let mut rdns = tlv.cursor();
            while !rdns.is_empty() {
                Rdn::decode(&mut rdns)?;
            }
        }
        Ok(Name { raw: tlv.raw(), content: tlv.cursor().read_before() })
    }

    /// The encoded name.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether it has no relative distinguished name.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// The relative distinguished names in encoded order.
    pub fn rdns(&self) -> impl DoubleEndedIterator<Item = Rdn<'a>> + use<'a> {
        let mut walk = self.content;
        let mut all = Vec::new();
        all.extend(std::iter::from_fn(|| next_rdn(&mut walk)));
        all.into_iter()
    }

    /// The last value of this attribute type, the one that a person would call
    /// the name's (for the common name: the most specific one).
    pub fn last_value(&self, attribute: Oid<'_>) -> Option<String> {
        self.rdns()
            .flat_map(|rdn| rdn.attributes())
            .filter(|value| value.oid == attribute)
            .last()
            .map(|value| value.value.to_text().into_owned())
    }

    /// The form in which names that RFC 5280 §7.1 calls equal are equal octet
    /// by octet: per attribute the type and the prepared value (case folded,
    /// white space at the ends dropped and inside collapsed), each relative
    /// name's attributes in sorted order.
    ///
    /// String types that carry text compare with each other, as PrintableString
    /// and UTF8String must. A value that is no text compares by its octets.
    pub fn canonical(&self) -> Vec<u8> {
        let mut canonical = Vec::with_capacity(self.raw.len() + 16);
        let mut walk = self.content;
        while let Some(rdn) = next_rdn(&mut walk) {
            rdn.write_canonical(&mut canonical);
        }
        canonical
    }

    /// SHA-256 of the canonical form: equal for names that RFC 5280 §7.1 calls
    /// equal, and of a fixed length however long the name is.
    pub fn digest(&self) -> NameDigest {
        NameDigest(sha256(&self.canonical()))
    }

    /// Whether two names are equal (RFC 5280 §7.1).
    pub fn matches(&self, other: &Name<'_>) -> bool {
        self.raw == other.raw || self.canonical() == other.canonical()
    }

    /// Text by RFC 4514: the most specific relative name first.
    pub fn rfc4514(&self) -> String {
        self.to_string()
    }

    /// As [`Name::rfc4514`], cut after [`MAX_BRIEF`] octets: for sentences and
    /// lists, which a hostile name must not fill.
    pub fn brief(&self) -> String {
        let mut text = Bounded(String::new());
        if write!(text, "{self}").is_err() {
            text.0.push('…');
        }
        text.0
    }
}

/// The most octets of a name in a sentence or a list. The longest names of
/// public CAs have about 250.
pub const MAX_BRIEF: usize = 500;

/// What names are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameDigest([u8; 32]);

impl NameDigest {
    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Text that takes so much and no more.
struct Bounded(String);

impl fmt::Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = MAX_BRIEF.saturating_sub(self.0.len());
        if part.len() <= room {
            self.0.push_str(part);
            return Ok(());
        }
        let end = (0..=room).rev().find(|end| part.is_char_boundary(*end)).unwrap_or(0);
        self.0.push_str(part.get(..end).unwrap_or_default());
        Err(fmt::Error)
    }
}

fn next_rdn<'a>(walk: &mut Cursor<'a>) -> Option<Rdn<'a>> {
    if walk.is_empty() { None } else { Rdn::decode(walk).ok() }
}

fn push_part(target: &mut Vec<u8>, part: &[u8]) {
    target.extend((part.len() as u32).to_be_bytes());
    target.extend(part);
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            // RFC 4514 §2.1 writes the empty name as an empty string, which
            // nobody can see in a report.
            return f.write_str("(empty name)");
        }
        for (index, rdn) in self.rdns().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (index, attribute) in rdn.attributes().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                attribute.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// A relative distinguished name: a set of attributes.
#[derive(Clone, Copy, Debug)]
pub struct Rdn<'a> {
    content: Cursor<'a>,
}

impl<'a> Decode<'a> for Rdn<'a> {
    #[inline]
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let set = cursor.expect(Tag::SET).in_field("RelativeDistinguishedName")?;
        Rdn::from_content(&set)
    }
}

impl<'a> Rdn<'a> {
    /// Reads the content of a SET whose tag was already accepted.
    #[inline]
    pub(crate) fn from_content(set: &Tlv<'a>) -> Result<Self, DerError> {
        if set.is_again() {
            return Ok(Rdn { content: set.cursor() });
        }
        let mut walk = set.cursor();
        if walk.is_empty() {
            // X.501 §9.3 has SET SIZE (1..MAX).
            walk.note(set.offset(), DeviationKind::EmptySequence);
        }
        let mut previous: &[u8] = &[];
        while !walk.is_empty() {
            let offset = walk.offset();
            let attribute = Attribute::decode(&mut walk)?;
            if !previous.is_empty() && previous > attribute.raw {
                walk.note(offset, DeviationKind::SetNotSorted);
            }
            previous = attribute.raw;
        }
        Ok(Rdn { content: set.cursor().read_before() })
    }

    /// Writes the form in which relative names that RFC 5280 §7.1 calls equal are
    /// equal octet by octet (see [`Name::canonical`]).
    pub(crate) fn write_canonical(&self, target: &mut Vec<u8>) {
        let mut count: u32 = 0;
        let start = target.len();
        target.extend(count.to_be_bytes());
        let mut first_end = start;
        for attribute in self.attributes() {
            attribute.write_canonical(target);
            count += 1;
            if count == 1 {
                first_end = target.len();
            }
        }
        if count > 1 {
            // A set: its order in the encoding follows the values as written.
            target.truncate(first_end);
            let first = target.split_off(start + 4);
            let mut all = vec![first];
            all.extend(self.attributes().skip(1).map(|attribute| {
                let mut one = Vec::new();
                attribute.write_canonical(&mut one);
                one
            }));
            all.sort_unstable();
            target.extend(all.concat());
        }
        if let Some(room) = target.get_mut(start..start + 4) {
            room.copy_from_slice(&count.to_be_bytes());
        }
    }

    /// The attributes in encoded order.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let mut walk = self.content;
        std::iter::from_fn(move || if walk.is_empty() { None } else { Attribute::decode(&mut walk).ok() })
    }
}

/// One attribute: a type and a value.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'a> {
    raw: &'a [u8],
    /// The attribute's type.
    pub oid: Oid<'a>,
    /// Its value.
    pub value: StringValue<'a>,
}

impl<'a> Decode<'a> for Attribute<'a> {
    #[inline]
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let tlv = cursor.expect(Tag::SEQUENCE).in_field("AttributeTypeAndValue")?;
        let mut content = tlv.cursor();
        let oid = Oid::decode(&mut content)?;
        let value = content.read().in_field("AttributeTypeAndValue.value")?;
        content.finish();
        Ok(Attribute { raw: tlv.raw(), oid, value: StringValue::read(&value) })
    }
}

impl<'a> Attribute<'a> {
    fn write_canonical(&self, target: &mut Vec<u8>) {
        push_part(target, self.oid.as_bytes());
        let kind_at = target.len();
        // The kind, and room for the length of what follows.
        target.extend([0; 5]);
        if !string::prepare(&self.value, target) {
            target.truncate(kind_at + 5);
            target.push(self.value.tag.first_octet());
            target.extend(self.value.bytes);
            if let Some(kind) = target.get_mut(kind_at) {
                *kind = 1;
            }
        }
        let length = (target.len() - kind_at - 5) as u32;
        if let Some(room) = target.get_mut(kind_at + 1..kind_at + 5) {
            room.copy_from_slice(&length.to_be_bytes());
        }
    }

    /// The short name of RFC 4514 §3 and of common use, if the type has one.
    pub fn short_name(&self) -> Option<&'static str> {
        short_name(self.oid)
    }

    /// Type and value octets as they stand.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }
}

impl fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.short_name() {
            Some(name) => f.write_str(name)?,
            None => self.oid.fmt(f)?,
        }
        f.write_str("=")?;
        // RFC 4514 §2.4: a value whose type has no string form is written in hexadecimal.
        match self.value.text() {
            Some(text) => write_escaped(&text, f),
            None => {
                f.write_str("#")?;
                self.value.raw.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
            }
        }
    }
}

/// Escapes by RFC 4514 §2.4; control characters as hex pairs so that a name
/// stays on one line.
fn write_escaped(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{character}")?,
            '#' | ' ' if index == 0 => write!(f, "\\{character}")?,
            ' ' if index == last => f.write_str("\\ ")?,
            character if character.is_control() => {
                let mut buffer = [0; 4];
                character.encode_utf8(&mut buffer).bytes().try_for_each(|octet| write!(f, "\\{octet:02X}"))?;
            }
            character => write!(f, "{character}")?,
        }
    }
    Ok(())
}

fn short_name(oid: Oid<'_>) -> Option<&'static str> {
    Some(match oid {
        oids::COMMON_NAME => "CN",
        oids::LOCALITY => "L",
        oids::STATE => "ST",
        oids::ORGANIZATION => "O",
        oids::ORGANIZATIONAL_UNIT => "OU",
        oids::COUNTRY => "C",
        oids::STREET => "STREET",
        oids::DOMAIN_COMPONENT => "DC",
        oids::USER_ID => "UID",
        // The rest have no short name in RFC 4514; these are the LDAP
        // descriptors of RFC 4519 and the names that OpenSSL made common.
        oids::SURNAME => "SN",
        oids::GIVEN_NAME => "GN",
        oids::SERIAL_NUMBER => "serialNumber",
        oids::TITLE => "title",
        oids::DESCRIPTION => "description",
        oids::BUSINESS_CATEGORY => "businessCategory",
        oids::POSTAL_CODE => "postalCode",
        oids::DN_QUALIFIER => "dnQualifier",
        oids::PSEUDONYM => "pseudonym",
        oids::INITIALS => "initials",
        oids::NAME => "name",
        oids::GENERATION_QUALIFIER => "generationQualifier",
        oids::ORGANIZATION_IDENTIFIER => "organizationIdentifier",
        oids::EMAIL_ADDRESS => "emailAddress",
        oids::UNSTRUCTURED_NAME => "unstructuredName",
        oids::UNIQUE_IDENTIFIER => "x500UniqueIdentifier",
        oids::JURISDICTION_COUNTRY => "jurisdictionC",
        oids::JURISDICTION_STATE => "jurisdictionST",
        oids::JURISDICTION_LOCALITY => "jurisdictionL",
        _ => return None,
    })
}

impl<'a> StringValue<'a> {
    /// The text for a person: decoded, or the octets in hexadecimal.
    pub fn to_text(&self) -> Cow<'a, str> {
        self.text().unwrap_or_else(|| {
            let hex = format!("#{}", hex::encode(self.raw));
            Cow::Owned(hex)
        })
    }
}
