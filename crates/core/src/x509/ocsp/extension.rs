//! Extensions of OCSP messages (RFC 6960 §4.4) and, inside single responses, of
//! CRL entries (RFC 6960 §4.4.5, RFC 5280 §5.3).

use crate::encoding::der::{Cursor, Decode, DerError, DerErrorKind, InField, Integer, SequenceOf, Span, Tag};
use crate::encoding::deviation::DeviationKind;
use crate::x509::extension::{AccessDescription, SctList};
use crate::x509::general_name::GeneralNames;
use crate::x509::name::Name;
use crate::x509::ocsp::explicit;
use crate::x509::oid::Oid;
use crate::x509::oid::oids::keys;
use crate::x509::reason::RevocationReason;
use crate::x509::validity::EncodedTime;

/// The most extensions in one list. Messages in use have one or two; looking
/// for duplicates costs the square of the number.
pub const MAX_OCSP_EXTENSIONS: usize = 64;

/// One extension.
#[derive(Clone, Copy, Debug)]
pub struct OcspExtension<'a> {
    /// What kind of extension it is.
    pub oid: Oid<'a>,
    /// Whether a reader that does not process it must refuse the message.
    pub critical: bool,
    /// The octets inside extnValue.
    pub octets: &'a [u8],
    /// Where the whole extension stands in the message.
    pub span: Span,
    /// The decoded value, or why the octets are not a value of this extension,
    /// with the offset in the message.
    pub value: Result<OcspExtensionValue<'a>, DerError>,
}

/// The decoded value of an extension.
#[derive(Clone, Copy, Debug)]
pub enum OcspExtensionValue<'a> {
    /// RFC 6960 §4.4.1, RFC 9654 §2.1: what binds a response to its request.
    Nonce(&'a [u8]),
    /// RFC 6960 §4.4.2: the CRL that the answer was taken from.
    CrlId(CrlId<'a>),
    /// RFC 6960 §4.4.3: response types that the client understands.
    AcceptableResponses(SequenceOf<'a, Oid<'a>>),
    /// RFC 6960 §4.4.4: revocation is remembered beyond expiry from this time on.
    ArchiveCutoff(EncodedTime),
    /// RFC 6960 §4.4.6: where the request is to be forwarded to.
    ServiceLocator(ServiceLocator<'a>),
    /// RFC 6960 §4.4.8: certificates never issued are answered as revoked.
    ExtendedRevoke,
    /// RFC 6962 §3.3.
    SctList(SctList<'a>),
    /// RFC 5280 §5.3.1.
    Reason(RevocationReason),
    /// RFC 5280 §5.3.2.
    InvalidityDate(EncodedTime),
    /// RFC 5280 §5.3.3.
    CertificateIssuer(GeneralNames<'a>),
    /// Not decoded here; the octets inside extnValue.
    Unknown(&'a [u8]),
}

/// CrlID.
#[derive(Clone, Copy, Debug)]
pub struct CrlId<'a> {
    /// Where the CRL is.
    pub url: Option<&'a [u8]>,
    /// Its number.
    pub number: Option<Integer<'a>>,
    /// When it was made.
    pub time: Option<EncodedTime>,
}

impl<'a> Decode<'a> for CrlId<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut fields = cursor.sequence()?;
        let url =
            explicit(&mut fields, 0, |inside| Ok(inside.expect(Tag::IA5_STRING)?.content())).in_field("crlUrl")?;
        let number = explicit(&mut fields, 1, Cursor::integer).in_field("crlNum")?;
        let time = explicit(&mut fields, 2, generalized).in_field("crlTime")?;
        fields.finish();
        Ok(CrlId { url, number, time })
    }
}

/// ServiceLocator.
#[derive(Clone, Copy, Debug)]
pub struct ServiceLocator<'a> {
    /// The certificate's issuer.
    pub issuer: Name<'a>,
    /// The certificate's authorityInfoAccess.
    pub locator: Option<SequenceOf<'a, AccessDescription<'a>>>,
}

impl<'a> Decode<'a> for ServiceLocator<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut fields = cursor.sequence()?;
        let issuer = Name::decode(&mut fields).in_field("issuer")?;
        let locator = if fields.is_empty() { None } else { Some(SequenceOf::read(&mut fields).in_field("locator")?) };
        fields.finish();
        Ok(ServiceLocator { issuer, locator })
    }
}

/// A GeneralizedTime in the form of RFC 5280 §4.1.2.5.2, which RFC 6960 §4.2.1
/// asks for.
pub(super) fn generalized(cursor: &mut Cursor<'_>) -> Result<EncodedTime, DerError> {
    EncodedTime::generalized(&cursor.expect(Tag::GENERALIZED_TIME)?)
}

impl<'a> Decode<'a> for OcspExtension<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let whole = cursor.expect(Tag::SEQUENCE).in_field("Extension")?;
        let mut fields = whole.cursor();
        let oid = Oid::decode(&mut fields).in_field("extnID")?;
        let critical = fields.boolean_default(false).in_field("critical")?;
        let value = fields.expect(Tag::OCTET_STRING).in_field("extnValue")?;
        fields.finish();
        // A value that was found broken is found broken again.
        let decoded = decode(oid, value.cursor().read_anew());
        Ok(OcspExtension { oid, critical, octets: value.content(), span: whole.span(), value: decoded })
    }
}

fn decode<'a>(oid: Oid<'a>, mut cursor: Cursor<'a>) -> Result<OcspExtensionValue<'a>, DerError> {
    use OcspExtensionValue as V;
    let c = &mut cursor;
    match oid.key() {
        keys::OCSP_NONCE => whole(c, "nonce", Cursor::octet_string, V::Nonce),
        keys::OCSP_CRL_ID => whole(c, "CrlID", CrlId::decode, V::CrlId),
        keys::OCSP_ACCEPTABLE_RESPONSES => whole(c, "AcceptableResponses", SequenceOf::read, V::AcceptableResponses),
        keys::OCSP_ARCHIVE_CUTOFF => whole(c, "ArchiveCutoff", generalized, V::ArchiveCutoff),
        keys::OCSP_SERVICE_LOCATOR => whole(c, "ServiceLocator", ServiceLocator::decode, V::ServiceLocator),
        keys::OCSP_EXTENDED_REVOKE => {
            whole(c, "extendedRevoke", |c| c.expect(Tag::NULL)?.null(), |()| V::ExtendedRevoke)
        }
        keys::OCSP_SCT_LIST => whole(c, "signedCertificateTimestampList", SctList::decode, V::SctList),
        keys::CRL_REASON => whole(c, "reasonCode", RevocationReason::decode, V::Reason),
        keys::INVALIDITY_DATE => whole(c, "invalidityDate", generalized, V::InvalidityDate),
        keys::CERTIFICATE_ISSUER => whole(c, "certificateIssuer", SequenceOf::read, V::CertificateIssuer),
        _ => Ok(V::Unknown(c.rest())),
    }
}

/// The one value that extnValue holds the encoding of (RFC 5280 §4.2).
fn whole<'a, T>(
    cursor: &mut Cursor<'a>,
    field: &'static str,
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DerError>,
    make: impl FnOnce(T) -> OcspExtensionValue<'a>,
) -> Result<OcspExtensionValue<'a>, DerError> {
    let value = read(cursor).in_field(field)?;
    if !cursor.is_empty() {
        return Err(DerError::new(cursor.offset(), DerErrorKind::TrailingData)).in_field(field);
    }
    Ok(make(value))
}

/// A list of extensions, which may be absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct OcspExtensions<'a> {
    list: Option<SequenceOf<'a, OcspExtension<'a>>>,
}

impl<'a> OcspExtensions<'a> {
    /// Reads Extensions; a value that is broken has its own result.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let list = cursor.expect(Tag::SEQUENCE).in_field("Extensions")?;
        if !list.is_again() {
            let mut walk = list.cursor();
            if walk.is_empty() {
                walk.note(list.offset(), DeviationKind::EmptySequence);
            }
            let mut count = 0;
            while !walk.is_empty() {
                if count == MAX_OCSP_EXTENSIONS {
                    let what = "more than 64 extensions (limit MAX_OCSP_EXTENSIONS)";
                    return Err(DerError::new(walk.offset(), DerErrorKind::Invalid(what)));
                }
                OcspExtension::decode(&mut walk)?;
                count += 1;
            }
        }
        // All elements were read: no need to walk through them again.
        let read = list.as_cursor().read_before().expect(Tag::SEQUENCE)?;
        Ok(OcspExtensions { list: Some(SequenceOf::from_content(&read)?) })
    }

    /// The extensions in encoded order.
    pub fn iter(&self) -> impl Iterator<Item = OcspExtension<'a>> + use<'a> {
        self.list.into_iter().flat_map(|list| list.iter())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_none_or(|list| list.is_empty())
    }

    /// The first extension of this kind.
    pub fn get(&self, oid: Oid<'_>) -> Option<OcspExtension<'a>> {
        self.iter().find(|extension| extension.oid == oid)
    }

    /// The first extension whose kind occurred before in the list, which
    /// RFC 5280 §4.2 forbids.
    pub fn duplicate(&self) -> Option<OcspExtension<'a>> {
        let mut seen: Vec<Oid<'a>> = Vec::new();
        self.iter().find(|extension| {
            let before = seen.contains(&extension.oid);
            seen.push(extension.oid);
            before
        })
    }
}
