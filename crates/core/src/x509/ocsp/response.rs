//! The response (RFC 6960 §4.2.1).

use std::fmt;
use std::sync::Arc;

use crate::encoding::der::{
    BitString, Cursor, Decode, DerError, DerErrorKind, DeviationSink, InField, SequenceOf, Span, Tag,
};
use crate::encoding::deviation::Deviation;
use crate::x509::certificate::Version;
use crate::x509::issuer::Issuer;
use crate::x509::name::Name;
use crate::x509::ocsp::cert_id::{CertIdMatcher, key_hash};
use crate::x509::ocsp::extension::{OcspExtensionValue, OcspExtensions, generalized};
use crate::x509::ocsp::single::SingleResponse;
use crate::x509::ocsp::{again, check_size, end, explicit, version, with_span};
use crate::x509::oid::{Oid, oids};
use crate::x509::spki::AlgorithmIdentifier;
use crate::x509::validity::EncodedTime;

/// The most certificates that one response may have. One is usual, a chain
/// rare; each is a candidate whose signature must be verified.
pub const MAX_OCSP_CERTIFICATES: usize = 32;

/// How a responder answers as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseStatus {
    /// The response says something about certificates.
    Successful,
    /// The request was not understood.
    MalformedRequest,
    /// The responder has a problem of its own.
    InternalError,
    /// The responder cannot answer now.
    TryLater,
    /// The request must be signed.
    SigRequired,
    /// The client may not ask, or the responder cannot speak about this issuer.
    Unauthorized,
    /// A number that RFC 6960 §4.2.1 does not define.
    Other(u32),
}

impl ResponseStatus {
    fn from_number(number: u32) -> ResponseStatus {
        match number {
            0 => ResponseStatus::Successful,
            1 => ResponseStatus::MalformedRequest,
            2 => ResponseStatus::InternalError,
            3 => ResponseStatus::TryLater,
            5 => ResponseStatus::SigRequired,
            6 => ResponseStatus::Unauthorized,
            other => ResponseStatus::Other(other),
        }
    }
}

impl fmt::Display for ResponseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ResponseStatus::Successful => "successful",
            ResponseStatus::MalformedRequest => "malformedRequest",
            ResponseStatus::InternalError => "internalError",
            ResponseStatus::TryLater => "tryLater",
            ResponseStatus::SigRequired => "sigRequired",
            ResponseStatus::Unauthorized => "unauthorized",
            ResponseStatus::Other(number) => return write!(f, "undefined status {number}"),
        })
    }
}

/// An OCSP response: shared octets and where its parts stand in them.
///
/// Cloning shares the octets. Everything that can be read was read once when
/// the response was made, so the accessors do not fail; an extension that could
/// not be read says so in its own result.
#[derive(Clone)]
pub struct OcspResponse {
    inner: Arc<Inner>,
}

struct Inner {
    der: Box<[u8]>,
    status: ResponseStatus,
    response_type: Option<Span>,
    basic: Option<Parts>,
    deviations: Vec<Deviation>,
}

/// Where the parts of a BasicOCSPResponse stand.
struct Parts {
    tbs: Span,
    version: Version,
    responder: Span,
    produced_at: EncodedTime,
    responses: Span,
    extensions: Option<Span>,
    algorithm: Span,
    signature: Span,
    certificates: Vec<Span>,
}

impl OcspResponse {
    /// Reads a response.
    ///
    /// # Errors
    ///
    /// When the octets cannot be read as a response at all. What can be read
    /// but departs from DER is in [`OcspResponse::deviations`].
    pub fn from_der(der: &[u8]) -> Result<OcspResponse, DerError> {
        check_size(der)?;
        let sink = DeviationSink::new();
        let mut inner = read(Cursor::new(der, &sink))?;
        inner.der = Box::from(der);
        inner.deviations = sink.into_deviations();
        Ok(OcspResponse { inner: Arc::new(inner) })
    }

    /// The whole response.
    pub fn der(&self) -> &[u8] {
        &self.inner.der
    }

    /// How the responder answers as a whole.
    pub fn status(&self) -> ResponseStatus {
        self.inner.status
    }

    /// What kind of response the octets inside are; `None` when there are none.
    pub fn response_type(&self) -> Option<Oid<'_>> {
        self.inner.response_type.map(|span| again(&self.inner.der, span, Oid::decode))
    }

    /// What is said about certificates: `None` unless the response is
    /// successful and of the type id-pkix-ocsp-basic.
    pub fn basic(&self) -> Option<BasicResponse<'_>> {
        self.inner.basic.as_ref().map(|parts| BasicResponse { der: &self.inner.der, parts })
    }

    /// Departures from DER, in the order of reading.
    pub fn deviations(&self) -> &[Deviation] {
        &self.inner.deviations
    }
}

impl PartialEq for OcspResponse {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.inner.der == other.inner.der
    }
}

impl Eq for OcspResponse {}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OcspResponse({})", self.inner.status)
    }
}

/// Who made a response.
#[derive(Clone, Copy, Debug)]
pub enum ResponderId<'a> {
    /// The responder's name.
    ByName(Name<'a>),
    /// SHA-1 of the responder's key.
    ByKey(&'a [u8]),
}

impl<'a> Decode<'a> for ResponderId<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        if let Some(name) = explicit(cursor, 1, Name::decode).in_field("byName")? {
            return Ok(ResponderId::ByName(name));
        }
        let key = explicit(cursor, 2, Cursor::octet_string).in_field("byKey")?;
        let what = "a ResponderID is either byName [1] or byKey [2]";
        key.map(ResponderId::ByKey).ok_or(DerError::new(cursor.offset(), DerErrorKind::Invalid(what)))
    }
}

impl ResponderId<'_> {
    /// Whether this means the holder of this name and key, which says nothing
    /// about whether it signed.
    pub fn is(&self, responder: Issuer<'_>) -> bool {
        match self {
            ResponderId::ByName(name) => name.raw() == responder.name_raw() || name.digest() == responder.name_digest(),
            ResponderId::ByKey(hash) => key_hash(responder).as_ref() == *hash,
        }
    }
}

/// A response of the type id-pkix-ocsp-basic.
#[derive(Clone, Copy)]
pub struct BasicResponse<'a> {
    der: &'a [u8],
    parts: &'a Parts,
}

impl<'a> BasicResponse<'a> {
    fn part(&self, span: Span) -> &'a [u8] {
        self.der.get(span.range()).unwrap_or_default()
    }

    /// The octets that the signature covers (tbsResponseData).
    pub fn tbs_response_data(&self) -> &'a [u8] {
        self.part(self.parts.tbs)
    }

    /// The version; only version 1 is defined.
    pub fn version(&self) -> Version {
        self.parts.version
    }

    /// Who made the response.
    pub fn responder_id(&self) -> ResponderId<'a> {
        again(self.der, self.parts.responder, ResponderId::decode)
    }

    /// When it was signed.
    pub fn produced_at(&self) -> EncodedTime {
        self.parts.produced_at
    }

    /// What is said about each certificate, in encoded order.
    pub fn responses(&self) -> impl Iterator<Item = SingleResponse<'a>> + use<'a> {
        again(self.der, self.parts.responses, SequenceOf::read).iter()
    }

    /// What is said about this certificate.
    pub fn responses_for<'m>(
        &self,
        certificate: &'m CertIdMatcher<'_>,
    ) -> impl Iterator<Item = SingleResponse<'a>> + use<'a, 'm> {
        self.responses().filter(|single| certificate.matches(&single.cert_id))
    }

    /// The single response that stands there.
    pub(crate) fn response_at(&self, span: Span) -> SingleResponse<'a> {
        again(self.der, span, SingleResponse::decode)
    }

    /// responseExtensions.
    pub fn extensions(&self) -> OcspExtensions<'a> {
        self.parts.extensions.map(|span| again(self.der, span, OcspExtensions::read)).unwrap_or_default()
    }

    /// The nonce, when there is one that can be read.
    pub fn nonce(&self) -> Option<&'a [u8]> {
        match self.extensions().get(oids::OCSP_NONCE)?.value {
            Ok(OcspExtensionValue::Nonce(nonce)) => Some(nonce),
            _ => None,
        }
    }

    /// The signature algorithm, which is not part of what is signed.
    pub fn signature_algorithm(&self) -> AlgorithmIdentifier<'a> {
        again(self.der, self.parts.algorithm, AlgorithmIdentifier::decode)
    }

    /// The signature algorithm, read so that whoever decodes its parameters
    /// notes deviations in `sink`.
    pub fn signature_algorithm_noting<'s>(&self, sink: &'s DeviationSink) -> AlgorithmIdentifier<'s>
    where
        'a: 's,
    {
        let mut cursor = Cursor::part(self.der, self.parts.algorithm, sink);
        AlgorithmIdentifier::decode(&mut cursor).unwrap_or_else(|_| self.signature_algorithm())
    }

    /// The signature.
    pub fn signature(&self) -> BitString<'a> {
        again(self.der, self.parts.signature, Cursor::bit_string)
    }

    /// The certificates that came with the response, encoded and unread, with
    /// the offset of each.
    pub fn certificates(&self) -> impl ExactSizeIterator<Item = (usize, &'a [u8])> + use<'a> {
        let der = self.der;
        self.parts.certificates.iter().map(move |span| (span.start as usize, der.get(span.range()).unwrap_or_default()))
    }
}

impl fmt::Debug for BasicResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BasicResponse({:?})", self.responder_id())
    }
}

fn read(mut file: Cursor<'_>) -> Result<Inner, DerError> {
    let response = file.expect(Tag::SEQUENCE).in_field("OCSPResponse")?;
    file.finish();
    let mut fields = response.cursor();
    let tlv = fields.expect(Tag::ENUMERATED).in_field("responseStatus")?;
    let number = tlv.integer().in_field("responseStatus")?.to_u32();
    let what = "the responseStatus is negative or beyond 32 bits";
    let number = number.ok_or(DerError::new(tlv.content_offset(), DerErrorKind::Invalid(what)));
    let status = ResponseStatus::from_number(number.in_field("responseStatus")?);
    let body = explicit(&mut fields, 0, |inside| {
        let mut content = inside.sequence()?;
        let (response_type, oid) = with_span(&mut content, Oid::decode).in_field("responseType")?;
        let octets = content.expect(Tag::OCTET_STRING).in_field("response")?;
        content.finish();
        // RFC 6960 §4.2.1 has nothing inside an error; what stands there nevertheless is nobody's word.
        let is_basic = status == ResponseStatus::Successful && oid == oids::OCSP_BASIC;
        Ok((response_type, if is_basic { Some(read_basic(octets.cursor())?) } else { None }))
    })
    .in_field("responseBytes")?;
    fields.finish();
    let (response_type, basic) = body.map_or((None, None), |(response_type, basic)| (Some(response_type), basic));
    Ok(Inner { der: Box::default(), status, response_type, basic, deviations: Vec::new() })
}

fn read_basic(mut octets: Cursor<'_>) -> Result<Parts, DerError> {
    let basic = octets.expect(Tag::SEQUENCE).in_field("BasicOCSPResponse")?;
    octets.finish();
    let mut outer = basic.cursor();
    let tbs = outer.expect(Tag::SEQUENCE).in_field("tbsResponseData")?;
    let mut fields = tbs.cursor();
    let version = version(&mut fields)?;
    let (responder, _) = with_span(&mut fields, ResponderId::decode).in_field("responderID")?;
    let produced_at = generalized(&mut fields).in_field("producedAt")?;
    let (responses, _) = with_span(&mut fields, SequenceOf::<SingleResponse<'_>>::read).in_field("responses")?;
    let extensions = explicit(&mut fields, 1, |inside| Ok(with_span(inside, OcspExtensions::read)?.0));
    let extensions = extensions.in_field("responseExtensions")?;
    end(&fields).in_field("tbsResponseData")?;

    let (algorithm, _) = with_span(&mut outer, AlgorithmIdentifier::decode).in_field("signatureAlgorithm")?;
    let (signature, _) = with_span(&mut outer, Cursor::bit_string).in_field("signature")?;
    let certificates = explicit(&mut outer, 0, read_certificates).in_field("certs")?.unwrap_or_default();
    outer.finish();
    Ok(Parts {
        tbs: tbs.span(),
        version,
        responder,
        produced_at,
        responses,
        extensions,
        algorithm,
        signature,
        certificates,
    })
}

fn read_certificates(inside: &mut Cursor<'_>) -> Result<Vec<Span>, DerError> {
    let mut walk = inside.sequence()?;
    let mut certificates = Vec::new();
    while !walk.is_empty() {
        if certificates.len() == MAX_OCSP_CERTIFICATES {
            let what = "more than 32 certificates (limit MAX_OCSP_CERTIFICATES)";
            return Err(DerError::new(walk.offset(), DerErrorKind::Invalid(what)));
        }
        certificates.push(walk.expect(Tag::SEQUENCE)?.span());
    }
    Ok(certificates)
}
