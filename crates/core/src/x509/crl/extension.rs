//! Extensions of CRLs and of their entries (RFC 5280 §5.2, §5.3).

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, Integer, SequenceOf, Tag};
use crate::encoding::deviation::DeviationKind;
use crate::x509::extension::{
    AccessDescription, AuthorityKeyIdentifier, DistributionPoint, DistributionPointName, Entry, ReasonFlags,
};
use crate::x509::general_name::GeneralNames;
use crate::x509::oid::oids::keys;
use crate::x509::oid::{Oid, oids};
use crate::x509::validity::EncodedTime;

/// The most extensions that a CRL may have; real ones stay below 10.
pub const MAX_CRL_EXTENSIONS: usize = 64;

/// The issuing distribution point (RFC 5280 §5.2.5): what the CRL covers.
#[derive(Clone, Copy, Debug)]
pub struct IssuingDistributionPoint<'a> {
    /// The CRL's own name.
    pub name: Option<DistributionPointName<'a>>,
    /// Only certificates of end entities.
    pub only_user_certs: bool,
    /// Only certificates of CAs.
    pub only_ca_certs: bool,
    /// Only some reasons; all when absent.
    pub only_some_reasons: Option<ReasonFlags>,
    /// Entries may be of other issuers.
    pub indirect: bool,
    /// Only attribute certificates.
    pub only_attribute_certs: bool,
}

impl<'a> Decode<'a> for IssuingDistributionPoint<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut content = cursor.sequence()?;
        let name = match content.optional(Tag::context_constructed(0))? {
            Some(tlv) => Some(DistributionPointName::decode_choice(tlv.cursor()).in_field("distributionPoint")?),
            None => None,
        };
        let flag = |number: u8, content: &mut Cursor<'a>| -> Result<bool, DerError> {
            match content.optional(Tag::context(number))? {
                None => Ok(false),
                Some(tlv) => {
                    let value = tlv.boolean()?;
                    if !value {
                        content.note(tlv.offset(), DeviationKind::DefaultEncoded);
                    }
                    Ok(value)
                }
            }
        };
        let only_user_certs = flag(1, &mut content).in_field("onlyContainsUserCerts")?;
        let only_ca_certs = flag(2, &mut content).in_field("onlyContainsCACerts")?;
        let only_some_reasons = match content.optional(Tag::context(3))? {
            Some(tlv) => Some(ReasonFlags::from_bits(&content, &tlv.bit_string().in_field("onlySomeReasons")?)),
            None => None,
        };
        let indirect = flag(4, &mut content).in_field("indirectCRL")?;
        let only_attribute_certs = flag(5, &mut content).in_field("onlyContainsAttributeCerts")?;
        // What is left over could restrict the scope further.
        if !content.is_empty() {
            return Err(DerError::new(content.offset(), DerErrorKind::TrailingData));
        }
        Ok(IssuingDistributionPoint {
            name,
            only_user_certs,
            only_ca_certs,
            only_some_reasons,
            indirect,
            only_attribute_certs,
        })
    }
}

/// The decoded value of a CRL's extension.
#[derive(Clone, Copy, Debug)]
pub enum CrlExtensionValue<'a> {
    /// RFC 5280 §5.2.1.
    AuthorityKeyIdentifier(AuthorityKeyIdentifier<'a>),
    /// RFC 5280 §5.2.2.
    IssuerAltName(GeneralNames<'a>),
    /// RFC 5280 §5.2.3.
    CrlNumber(Integer<'a>),
    /// RFC 5280 §5.2.4: the number of the CRL that this one updates.
    DeltaCrlIndicator(Integer<'a>),
    /// RFC 5280 §5.2.5.
    IssuingDistributionPoint(IssuingDistributionPoint<'a>),
    /// RFC 5280 §5.2.6.
    FreshestCrl(SequenceOf<'a, DistributionPoint<'a>>),
    /// RFC 5280 §5.2.7.
    AuthorityInfoAccess(SequenceOf<'a, AccessDescription<'a>>),
    /// Not decoded here; the octets inside extnValue.
    Unknown(&'a [u8]),
}

pub(super) fn decode<'a>(oid: Oid<'a>, mut cursor: Cursor<'a>) -> Result<CrlExtensionValue<'a>, DerError> {
    use CrlExtensionValue as V;
    let c = &mut cursor;
    let value = match oid.key() {
        keys::AUTHORITY_KEY_IDENTIFIER => V::AuthorityKeyIdentifier(AuthorityKeyIdentifier::decode(c)?),
        keys::ISSUER_ALT_NAME => V::IssuerAltName(SequenceOf::read(c)?),
        keys::CRL_NUMBER => V::CrlNumber(c.integer()?),
        keys::DELTA_CRL_INDICATOR => V::DeltaCrlIndicator(c.integer()?),
        keys::ISSUING_DISTRIBUTION_POINT => V::IssuingDistributionPoint(IssuingDistributionPoint::decode(c)?),
        keys::FRESHEST_CRL => V::FreshestCrl(SequenceOf::read(c)?),
        keys::AUTHORITY_INFO_ACCESS => V::AuthorityInfoAccess(SequenceOf::read(c)?),
        _ => return Ok(V::Unknown(c.rest())),
    };
    if !c.is_empty() {
        return Err(DerError::new(c.offset(), DerErrorKind::TrailingData));
    }
    Ok(value)
}

/// Reads the SEQUENCE of extensions.
pub(super) fn read_all(cursor: &mut Cursor<'_>, most: usize) -> Result<Vec<Entry>, DerError> {
    let mut list = cursor.sequence()?;
    let mut entries: Vec<Entry> = Vec::new();
    while !list.is_empty() {
        if entries.len() >= most {
            let what = "more than 64 extensions (limit MAX_CRL_EXTENSIONS)";
            return Err(DerError::new(list.offset(), DerErrorKind::Invalid(what)));
        }
        entries.push(read(&mut list, |oid, value| decode(oid, value).map(|_| ()))?);
    }
    Ok(entries)
}

/// Reads one extension and decodes its value once, so that deviations are noted.
pub(super) fn read<'a>(
    list: &mut Cursor<'a>,
    decode: impl FnOnce(Oid<'a>, Cursor<'a>) -> Result<(), DerError>,
) -> Result<Entry, DerError> {
    let whole = list.expect(Tag::SEQUENCE)?;
    let mut content = whole.cursor();
    let oid = content.expect(Tag::OID).in_field("extnID")?;
    let id = Oid::new(oid.oid().in_field("extnID")?);
    let critical = content.boolean_default(false).in_field("critical")?;
    let value = content.expect(Tag::OCTET_STRING).in_field("extnValue")?;
    content.finish();
    let error = decode(id, value.cursor()).err().map(Box::new);
    Ok(Entry { oid: oid.content_span(), critical, value: value.content_span(), whole: whole.span(), error })
}

/// What the extensions of one entry say (RFC 5280 §5.3).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EntryExtensions<'a> {
    pub(super) reason: Option<u8>,
    pub(super) invalidity_date: Option<EncodedTime>,
    /// The content of the GeneralNames, and where it stands.
    pub(super) certificate_issuer: Option<(&'a [u8], usize)>,
    /// A critical extension that is not processed here.
    pub(super) unprocessed: Option<Oid<'a>>,
}

/// Reads crlEntryExtensions.
pub(super) fn read_entry<'a>(cursor: &mut Cursor<'a>) -> Result<EntryExtensions<'a>, DerError> {
    // Some CAs write an empty list where there are no extensions; its meaning is clear.
    let mut list = cursor.sequence()?;
    let mut found = EntryExtensions::default();
    while !list.is_empty() {
        let at = list.offset();
        let mut content = list.sequence()?;
        let oid = Oid::new(content.oid().in_field("extnID")?);
        let critical = content.boolean_default(false).in_field("critical")?;
        let mut value = content.expect(Tag::OCTET_STRING).in_field("extnValue")?.cursor();
        content.finish();
        let is_known = match oid {
            oids::CRL_REASON => found.reason.is_some(),
            oids::INVALIDITY_DATE => found.invalidity_date.is_some(),
            oids::CERTIFICATE_ISSUER => found.certificate_issuer.is_some(),
            _ => false,
        };
        if is_known {
            // RFC 5280 §4.2, §5.2: and which of the two should count?
            return Err(DerError::new(at, DerErrorKind::Invalid("the entry has an extension twice")));
        }
        match oid {
            oids::CRL_REASON => {
                let number = value.expect(Tag::ENUMERATED)?.integer().in_field("reasonCode")?.to_u32();
                found.reason = Some(number.and_then(|number| u8::try_from(number).ok()).unwrap_or(u8::MAX));
            }
            oids::INVALIDITY_DATE => {
                let date = value.expect(Tag::GENERALIZED_TIME).in_field("invalidityDate")?;
                found.invalidity_date = Some(EncodedTime::generalized(&date).in_field("invalidityDate")?);
            }
            oids::CERTIFICATE_ISSUER => {
                let names = value.expect(Tag::SEQUENCE).in_field("certificateIssuer")?;
                if GeneralNames::from_content(&names).in_field("certificateIssuer")?.is_empty() {
                    list.note(names.offset(), DeviationKind::EmptySequence);
                }
                found.certificate_issuer = Some((names.content(), names.content_offset()));
            }
            _ => {
                if critical && found.unprocessed.is_none() {
                    found.unprocessed = Some(oid);
                }
                continue;
            }
        }
        value.finish();
    }
    Ok(found)
}
