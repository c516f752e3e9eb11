//! The certificate itself (RFC 5280 §4.1).

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::encoding::der::{
    BitString, Cursor, Decode, DerError, DerErrorKind, DeviationSink, InField, Integer, Span, Tag,
};
use crate::encoding::deviation::{Deviation, DeviationKind};
use crate::x509::digest::sha256;
use crate::x509::extension::{self, Extension, ExtensionValue};
use crate::x509::name::{Name, NameDigest};
use crate::x509::oid::{Oid, oids};
use crate::x509::spki::{AlgorithmIdentifier, SubjectPublicKeyInfo};
use crate::x509::validity::EncodedTime;

/// The most extensions that one certificate may have. Real certificates stay
/// below 25; looking for duplicates costs the square of the number.
pub const MAX_EXTENSIONS: usize = 256;

/// The largest certificate that is read, in octets. ML-DSA-87 certificates
/// with thousands of names stay far below.
pub const MAX_CERTIFICATE_OCTETS: usize = 16 * 1024 * 1024;

/// SHA-256 of the whole certificate: its identity everywhere in this library.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertId(pub [u8; 32]);

impl fmt::Display for CertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for CertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertId({self})")
    }
}

/// The version of a certificate as encoded (0 is version 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Version 1: no extensions.
    V1,
    /// Version 2: unique identifiers, no extensions.
    V2,
    /// Version 3.
    V3,
    /// A number that RFC 5280 §4.1.2.1 does not define; `None` when beyond 32 bits.
    Other(Option<u32>),
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Version::V1 => f.write_str("1"),
            Version::V2 => f.write_str("2"),
            Version::V3 => f.write_str("3"),
            Version::Other(Some(number)) => write!(f, "unknown (encoded as {number})"),
            Version::Other(None) => f.write_str("unknown (the number is too large)"),
        }
    }
}

/// A certificate: shared octets and where its parts stand in them.
///
/// Cloning shares the octets. Everything that can be read was read once when
/// the certificate was made, so the accessors do not fail; an extension or a
/// public key that could not be read says so in its own result.
#[derive(Clone)]
pub struct Certificate {
    inner: Arc<Inner>,
}

struct Inner {
    der: Box<[u8]>,
    tbs: Span,
    outer_algorithm: Span,
    signature: Span,
    version: Version,
    serial: Span,
    inner_algorithm: Span,
    issuer: Span,
    not_before: EncodedTime,
    not_after: EncodedTime,
    subject: Span,
    spki: Span,
    key_error: Option<DerError>,
    issuer_unique_id: Option<Span>,
    subject_unique_id: Option<Span>,
    extensions: Vec<extension::Entry>,
    by_arc: ByArc,
    extensions_at: usize,
    deviations: Vec<Deviation>,
    id: OnceLock<CertId>,
    subject_digest: OnceLock<NameDigest>,
    issuer_digest: OnceLock<NameDigest>,
    spki_digest: OnceLock<[u8; 32]>,
    well_formed: OnceLock<()>,
}

impl Certificate {
    /// Reads a certificate.
    ///
    /// # Errors
    ///
    /// When the octets cannot be read as a certificate at all. What can be
    /// read but departs from DER is in [`Certificate::deviations`].
    pub fn from_der(der: &[u8]) -> Result<Certificate, DerError> {
        if der.len() > MAX_CERTIFICATE_OCTETS {
            let what = "the certificate is larger than 16 MiB (limit MAX_CERTIFICATE_OCTETS)";
            return Err(DerError::new(MAX_CERTIFICATE_OCTETS, DerErrorKind::Invalid(what)));
        }
        let sink = DeviationSink::new();
        let mut inner = read(Cursor::new(der, &sink))?;
        inner.der = Box::from(der);
        inner.deviations = sink.into_deviations();
        Ok(Certificate { inner: Arc::new(inner) })
    }

    fn part(&self, span: Span) -> &[u8] {
        self.inner.der.get(span.range()).unwrap_or_default()
    }

    /// Decodes a part that was decoded before when the certificate was read.
    fn again<'a, T: Decode<'a>>(&'a self, span: Span) -> T {
        match T::decode(&mut Cursor::silent_part(&self.inner.der, span).read_before()) {
            Ok(value) => value,
            Err(error) => unreachable!("a part that was read before cannot be read again: {error}"),
        }
    }

    /// The whole certificate.
    pub fn der(&self) -> &[u8] {
        &self.inner.der
    }

    /// SHA-256 of the whole certificate, computed when first asked for.
    pub fn id(&self) -> CertId {
        *self.inner.id.get_or_init(|| CertId(sha256(&self.inner.der)))
    }

    /// The octets that the signature covers (tbsCertificate).
    pub fn tbs(&self) -> &[u8] {
        self.part(self.inner.tbs)
    }

    /// The version.
    pub fn version(&self) -> Version {
        self.inner.version
    }

    /// The serial number, which need not be positive or short (see the tolerance list).
    pub fn serial(&self) -> Integer<'_> {
        self.again::<Serial<'_>>(self.inner.serial).0
    }

    /// Where the serial number stands.
    pub fn serial_span(&self) -> Span {
        self.inner.serial
    }

    /// The issuer's name.
    pub fn issuer(&self) -> Name<'_> {
        self.again(self.inner.issuer)
    }

    /// The issuer's name, encoded.
    pub fn issuer_raw(&self) -> &[u8] {
        self.part(self.inner.issuer)
    }

    /// The subject's name.
    pub fn subject(&self) -> Name<'_> {
        self.again(self.inner.subject)
    }

    /// The subject's name, encoded.
    pub fn subject_raw(&self) -> &[u8] {
        self.part(self.inner.subject)
    }

    /// What the subject's name is compared by, computed when first asked for.
    pub fn subject_digest(&self) -> NameDigest {
        *self.inner.subject_digest.get_or_init(|| self.subject().digest())
    }

    /// What the issuer's name is compared by, computed when first asked for.
    pub fn issuer_digest(&self) -> NameDigest {
        *self.inner.issuer_digest.get_or_init(|| {
            if self.issuer_raw() == self.subject_raw() { self.subject_digest() } else { self.issuer().digest() }
        })
    }

    /// SHA-256 of the SubjectPublicKeyInfo, computed when first asked for.
    pub fn spki_digest(&self) -> [u8; 32] {
        *self.inner.spki_digest.get_or_init(|| sha256(self.spki_raw()))
    }

    /// Whether the other certificate has the same subject, key and alternative
    /// names: what loops in a path are cut by (RFC 4158 §5.2).
    pub fn is_same_entity(&self, other: &Certificate) -> bool {
        let names =
            |certificate: &Certificate| certificate.extension(oids::SUBJECT_ALT_NAME).map(|names| names.entry.value);
        // The keys of different entities differ, and in their first octets.
        self.spki_raw() == other.spki_raw()
            && self.subject_digest() == other.subject_digest()
            && names(self).map(|span| self.part(span)) == names(other).map(|span| other.part(span))
    }

    /// Whether somebody found that nothing is to be said about how it is made.
    pub(crate) fn is_known_to_be_well_formed(&self) -> bool {
        self.inner.well_formed.get().is_some()
    }

    /// Remembers that.
    pub(crate) fn remember_well_formed(&self) {
        let _ = self.inner.well_formed.set(());
    }

    /// Start of validity, included.
    pub fn not_before(&self) -> EncodedTime {
        self.inner.not_before
    }

    /// End of validity, included.
    pub fn not_after(&self) -> EncodedTime {
        self.inner.not_after
    }

    /// The subject's public key.
    pub fn spki(&self) -> SubjectPublicKeyInfo<'_> {
        self.again(self.inner.spki)
    }

    /// The subject's public key, encoded.
    pub fn spki_raw(&self) -> &[u8] {
        self.part(self.inner.spki)
    }

    /// Why the public key cannot be decoded, when it cannot.
    pub fn key_error(&self) -> Option<DerError> {
        self.inner.key_error
    }

    /// The signature algorithm outside the signed part.
    pub fn signature_algorithm(&self) -> AlgorithmIdentifier<'_> {
        self.again(self.inner.outer_algorithm)
    }

    /// The signature algorithm outside the signed part, read so that whoever
    /// decodes its parameters notes deviations in `sink`.
    pub fn signature_algorithm_noting<'a>(&'a self, sink: &'a DeviationSink) -> AlgorithmIdentifier<'a> {
        let mut cursor = Cursor::part(&self.inner.der, self.inner.outer_algorithm, sink);
        AlgorithmIdentifier::decode(&mut cursor).unwrap_or_else(|_| self.signature_algorithm())
    }

    /// The signature algorithm inside the signed part, which must be the same
    /// (RFC 5280 §4.1.1.2).
    pub fn signed_algorithm(&self) -> AlgorithmIdentifier<'_> {
        self.again(self.inner.inner_algorithm)
    }

    /// The signature.
    pub fn signature(&self) -> BitString<'_> {
        self.again::<Bits<'_>>(self.inner.signature).0
    }

    /// issuerUniqueID, which RFC 5280 §4.1.2.8 tells CAs not to use.
    pub fn issuer_unique_id(&self) -> Option<&[u8]> {
        self.inner.issuer_unique_id.map(|span| self.part(span))
    }

    /// subjectUniqueID, which RFC 5280 §4.1.2.8 tells CAs not to use.
    pub fn subject_unique_id(&self) -> Option<&[u8]> {
        self.inner.subject_unique_id.map(|span| self.part(span))
    }

    /// The extensions in encoded order.
    pub fn extensions(&self) -> impl ExactSizeIterator<Item = Extension<'_>> {
        self.inner.extensions.iter().map(|entry| Extension { der: &self.inner.der, entry })
    }

    /// The first extension of this kind.
    pub fn extension(&self, oid: Oid<'_>) -> Option<Extension<'_>> {
        if let Some(arc) = ByArc::arc(oid.as_bytes()) {
            let entry = self.inner.extensions.get(self.inner.by_arc.place(arc)?)?;
            return Some(Extension { der: &self.inner.der, entry });
        }
        self.extensions().find(|extension| extension.oid() == oid)
    }

    /// Offset of the list of extensions, 0 when there is none.
    pub fn extensions_offset(&self) -> usize {
        self.inner.extensions_at
    }

    /// Departures from DER, in the order of reading.
    pub fn deviations(&self) -> &[Deviation] {
        &self.inner.deviations
    }

    /// Whether issuer and subject are the same name (RFC 5280 §3.2): renewed
    /// and rolled-over CAs are self-issued without being self-signed.
    pub fn is_self_issued(&self) -> bool {
        self.issuer_digest() == self.subject_digest()
    }

    /// The subject key identifier, when present and readable.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        match self.extension(oids::SUBJECT_KEY_IDENTIFIER)?.value() {
            Ok(ExtensionValue::SubjectKeyIdentifier(identifier)) => Some(identifier),
            _ => None,
        }
    }

    /// The issuer's key identifier from the authority key identifier, when
    /// present and readable.
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        match self.extension(oids::AUTHORITY_KEY_IDENTIFIER)?.value() {
            Ok(ExtensionValue::AuthorityKeyIdentifier(identifier)) => identifier.key_identifier,
            _ => None,
        }
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.inner.der == other.inner.der
    }
}

impl Eq for Certificate {}

impl std::hash::Hash for Certificate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.subject())
    }
}

struct Serial<'a>(Integer<'a>);

impl<'a> Decode<'a> for Serial<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        cursor.integer().map(Serial)
    }
}

struct Bits<'a>(BitString<'a>);

impl<'a> Decode<'a> for Bits<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        cursor.bit_string().map(Bits)
    }
}

fn read(mut file: Cursor<'_>) -> Result<Inner, DerError> {
    let certificate = file.expect(Tag::SEQUENCE).in_field("Certificate")?;
    file.finish();
    let mut outer = certificate.cursor();
    let tbs = outer.expect(Tag::SEQUENCE).in_field("tbsCertificate")?;
    let mut fields = tbs.cursor();

    let version = match fields.optional(Tag::context_constructed(0))? {
        None => Version::V1,
        Some(tlv) => {
            let mut inside = tlv.cursor();
            let number = inside.integer().in_field("version")?;
            inside.finish();
            match number.to_u32() {
                Some(0) => {
                    file.note(tlv.offset(), DeviationKind::DefaultEncoded);
                    Version::V1
                }
                Some(1) => Version::V2,
                Some(2) => Version::V3,
                other => Version::Other(other),
            }
        }
    };
    let serial = fields.expect(Tag::INTEGER).in_field("serialNumber")?;
    serial.integer().in_field("serialNumber")?;
    let inner_algorithm = read_span::<AlgorithmIdentifier<'_>>(&mut fields).in_field("signature")?;
    let issuer = fields.expect(Tag::SEQUENCE).in_field("issuer")?;
    Name::from_tlv(&issuer).in_field("issuer")?;
    let mut validity = fields.sequence().in_field("validity")?;
    let not_before = EncodedTime::decode(&mut validity).in_field("validity.notBefore")?;
    let not_after = EncodedTime::decode(&mut validity).in_field("validity.notAfter")?;
    validity.finish();
    let subject = fields.expect(Tag::SEQUENCE).in_field("subject")?;
    Name::from_tlv(&subject).in_field("subject")?;
    let spki_start = fields.offset();
    let spki = SubjectPublicKeyInfo::decode(&mut fields).in_field("subjectPublicKeyInfo")?;
    let spki_span = Span { start: spki_start as u32, end: fields.offset() as u32 };
    let key_error = spki.public_key().err();

    let issuer_unique_id = unique_id(&mut fields, 1).in_field("issuerUniqueID")?;
    let subject_unique_id = unique_id(&mut fields, 2).in_field("subjectUniqueID")?;
    let mut extensions = Vec::new();
    let mut extensions_at = 0;
    let mut by_arc = ByArc::default();
    if let Some(explicit) = fields.optional(Tag::context_constructed(3)).in_field("extensions")? {
        extensions_at = explicit.offset();
        let mut inside = explicit.cursor();
        let list = inside.expect(Tag::SEQUENCE).in_field("extensions")?;
        inside.finish();
        let mut walk = list.cursor();
        if walk.is_empty() {
            walk.note(list.offset(), DeviationKind::EmptySequence);
        }
        extensions.reserve_exact(12);
        while !walk.is_empty() {
            if extensions.len() == MAX_EXTENSIONS {
                let what = "more than 256 extensions (limit MAX_EXTENSIONS)";
                return Err(DerError::new(walk.offset(), DerErrorKind::Invalid(what))).in_field("extensions");
            }
            let entry = read_extension(&mut walk).in_field("extensions")?;
            by_arc.note(walk.octets(entry.oid), extensions.len());
            extensions.push(entry);
        }
    }
    // What is left over could be extensions in a form that is not read, with
    // constraints in them: not a departure to be tolerated.
    if !fields.is_empty() {
        return Err(DerError::new(fields.offset(), DerErrorKind::TrailingData)).in_field("tbsCertificate");
    }

    let outer_algorithm = read_span::<AlgorithmIdentifier<'_>>(&mut outer).in_field("signatureAlgorithm")?;
    let signature = outer.expect(Tag::BIT_STRING).in_field("signatureValue")?;
    signature.bit_string().in_field("signatureValue")?;
    outer.finish();

    Ok(Inner {
        der: Box::default(),
        tbs: tbs.span(),
        outer_algorithm,
        signature: signature.span(),
        version,
        serial: serial.span(),
        inner_algorithm,
        issuer: issuer.span(),
        not_before,
        not_after,
        subject: subject.span(),
        spki: spki_span,
        key_error,
        issuer_unique_id,
        subject_unique_id,
        extensions,
        by_arc,
        extensions_at,
        deviations: Vec::new(),
        id: OnceLock::new(),
        subject_digest: OnceLock::new(),
        issuer_digest: OnceLock::new(),
        spki_digest: OnceLock::new(),
        well_formed: OnceLock::new(),
    })
}

/// Where the first extension of each kind below id-ce (2.5.29) stands in the list:
/// they are asked for again and again.
#[derive(Clone, Copy)]
struct ByArc([u16; 64]);

const _: () = assert!(MAX_EXTENSIONS < NO_PLACE as usize, "every place must differ from none");

const NO_PLACE: u16 = u16::MAX;

impl Default for ByArc {
    fn default() -> Self {
        ByArc([NO_PLACE; 64])
    }
}

impl ByArc {
    /// The last arc of an identifier below id-ce, when it has a place here.
    #[inline]
    fn arc(oid: &[u8]) -> Option<usize> {
        match oid {
            [0x55, 0x1d, arc] if *arc < 64 => Some(usize::from(*arc)),
            _ => None,
        }
    }

    #[inline]
    fn note(&mut self, oid: &[u8], place: usize) {
        if let Some(slot) = Self::arc(oid).and_then(|arc| self.0.get_mut(arc))
            && *slot == NO_PLACE
            && let Ok(place) = u16::try_from(place)
        {
            *slot = place;
        }
    }

    #[inline]
    fn place(&self, arc: usize) -> Option<usize> {
        self.0.get(arc).filter(|place| **place != NO_PLACE).map(|place| usize::from(*place))
    }
}

/// Reads a value and keeps only where it stands.
fn read_span<'a, T: Decode<'a>>(cursor: &mut Cursor<'a>) -> Result<Span, DerError> {
    let start = cursor.offset() as u32;
    T::decode(cursor)?;
    Ok(Span { start, end: cursor.offset() as u32 })
}

fn unique_id(fields: &mut Cursor<'_>, number: u8) -> Result<Option<Span>, DerError> {
    match fields.optional(Tag::context(number))? {
        None => Ok(None),
        Some(tlv) => {
            tlv.bit_string()?;
            Ok(Some(tlv.content_span()))
        }
    }
}

fn read_extension(list: &mut Cursor<'_>) -> Result<extension::Entry, DerError> {
    let whole = list.expect(Tag::SEQUENCE)?;
    let mut content = whole.cursor();
    let oid = content.expect(Tag::OID).in_field("extnID")?;
    let id = Oid::new(oid.oid().in_field("extnID")?);
    let critical = content.boolean_default(false).in_field("critical")?;
    let value = content.expect(Tag::OCTET_STRING).in_field("extnValue")?;
    content.finish();
    // Decoded here once, so that deviations inside are noted; the value itself
    // is decoded again by whoever asks.
    let error = extension::decode(id, value.cursor()).err().map(Box::new);
    Ok(extension::Entry { oid: oid.content_span(), critical, value: value.content_span(), whole: whole.span(), error })
}
