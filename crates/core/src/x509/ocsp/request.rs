//! The request (RFC 6960 §4.1.1).

use std::fmt;
use std::sync::Arc;

use crate::encoding::der::{Cursor, Decode, DerError, DeviationSink, InField, SequenceOf, Span, Tag, encode};
use crate::encoding::deviation::Deviation;
use crate::x509::certificate::Version;
use crate::x509::general_name::GeneralName;
use crate::x509::ocsp::cert_id::{CertIdOwned, CertIdRef};
use crate::x509::ocsp::extension::{OcspExtensionValue, OcspExtensions};
use crate::x509::ocsp::{again, check_size, end, explicit, version, with_span};
use crate::x509::oid::oids;
use crate::x509::spki::AlgorithmIdentifier;

/// The longest nonce (RFC 9654 §2.1).
pub const MAX_NONCE_OCTETS: usize = 128;

/// A nonce of a length that RFC 9654 §2.1 allows; 32 octets are what it tells
/// clients to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce<'a>(&'a [u8]);

impl<'a> Nonce<'a> {
    /// These octets, `None` unless there are 1 to [`MAX_NONCE_OCTETS`].
    pub fn new(octets: &'a [u8]) -> Option<Nonce<'a>> {
        (1..=MAX_NONCE_OCTETS).contains(&octets.len()).then_some(Nonce(octets))
    }

    /// The octets.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

/// An OCSPRequest for these certificates, version 1 and not signed.
pub fn encode_request(ids: &[CertIdOwned], nonce: Option<Nonce<'_>>) -> Vec<u8> {
    let requests: Vec<Vec<u8>> = ids.iter().map(|id| encode(Tag::SEQUENCE, &[id.der()])).collect();
    let requests: Vec<&[u8]> = requests.iter().map(Vec::as_slice).collect();
    let list = encode(Tag::SEQUENCE, &requests);
    let extensions = nonce.map(|nonce| {
        let value = encode(Tag::OCTET_STRING, &[&encode(Tag::OCTET_STRING, &[nonce.as_bytes()])]);
        let extension = encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[oids::OCSP_NONCE.as_bytes()]), &value]);
        encode(Tag::context_constructed(2), &[&encode(Tag::SEQUENCE, &[&extension])])
    });
    encode(Tag::SEQUENCE, &[&encode(Tag::SEQUENCE, &[&list, &extensions.unwrap_or_default()])])
}

/// An OCSP request: shared octets and where its parts stand in them; see
/// [`OcspResponse`](crate::x509::ocsp::OcspResponse).
#[derive(Clone)]
pub struct OcspRequest {
    inner: Arc<Inner>,
}

struct Inner {
    der: Box<[u8]>,
    version: Version,
    requestor: Option<Span>,
    requests: Span,
    extensions: Option<Span>,
    algorithm: Option<Span>,
    deviations: Vec<Deviation>,
}

/// One certificate that a request asks for.
#[derive(Clone, Copy, Debug)]
pub struct SingleRequest<'a> {
    /// Which certificate.
    pub cert_id: CertIdRef<'a>,
    /// singleRequestExtensions.
    pub extensions: OcspExtensions<'a>,
}

impl<'a> Decode<'a> for SingleRequest<'a> {
    fn decode(cursor: &mut Cursor<'a>) -> Result<Self, DerError> {
        let mut fields = cursor.sequence().in_field("Request")?;
        let cert_id = CertIdRef::decode(&mut fields).in_field("reqCert")?;
        let extensions = explicit(&mut fields, 0, OcspExtensions::read).in_field("singleRequestExtensions")?;
        end(&fields).in_field("Request")?;
        Ok(SingleRequest { cert_id, extensions: extensions.unwrap_or_default() })
    }
}

impl OcspRequest {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// When the octets cannot be read as a request at all. What can be read but
    /// departs from DER is in [`OcspRequest::deviations`].
    pub fn from_der(der: &[u8]) -> Result<OcspRequest, DerError> {
        check_size(der)?;
        let sink = DeviationSink::new();
        let mut inner = read(Cursor::new(der, &sink))?;
        inner.der = Box::from(der);
        inner.deviations = sink.into_deviations();
        Ok(OcspRequest { inner: Arc::new(inner) })
    }

    /// The whole request.
    pub fn der(&self) -> &[u8] {
        &self.inner.der
    }

    /// The version; only version 1 is defined.
    pub fn version(&self) -> Version {
        self.inner.version
    }

    /// Who asks, when it says so.
    pub fn requestor_name(&self) -> Option<GeneralName<'_>> {
        self.inner.requestor.map(|span| again(&self.inner.der, span, GeneralName::decode))
    }

    /// The certificates asked for, in encoded order.
    pub fn requests(&self) -> impl Iterator<Item = SingleRequest<'_>> {
        again(&self.inner.der, self.inner.requests, SequenceOf::read).iter()
    }

    /// requestExtensions.
    pub fn extensions(&self) -> OcspExtensions<'_> {
        self.inner.extensions.map(|span| again(&self.inner.der, span, OcspExtensions::read)).unwrap_or_default()
    }

    /// The nonce, when there is one that can be read.
    pub fn nonce(&self) -> Option<&[u8]> {
        match self.extensions().get(oids::OCSP_NONCE)?.value {
            Ok(OcspExtensionValue::Nonce(nonce)) => Some(nonce),
            _ => None,
        }
    }

    /// The algorithm of the signature, which is not verified here; `None` for a
    /// request that is not signed.
    pub fn signature_algorithm(&self) -> Option<AlgorithmIdentifier<'_>> {
        self.inner.algorithm.map(|span| again(&self.inner.der, span, AlgorithmIdentifier::decode))
    }

    /// Departures from DER, in the order of reading.
    pub fn deviations(&self) -> &[Deviation] {
        &self.inner.deviations
    }
}

impl PartialEq for OcspRequest {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.inner.der == other.inner.der
    }
}

impl Eq for OcspRequest {}

impl fmt::Debug for OcspRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OcspRequest({} octets)", self.inner.der.len())
    }
}

fn read(mut file: Cursor<'_>) -> Result<Inner, DerError> {
    let request = file.expect(Tag::SEQUENCE).in_field("OCSPRequest")?;
    file.finish();
    let mut outer = request.cursor();
    let mut fields = outer.sequence().in_field("tbsRequest")?;
    let version = version(&mut fields)?;
    let requestor = explicit(&mut fields, 1, |inside| Ok(with_span(inside, GeneralName::decode)?.0));
    let requestor = requestor.in_field("requestorName")?;
    let (requests, _) = with_span(&mut fields, SequenceOf::<SingleRequest<'_>>::read).in_field("requestList")?;
    let extensions = explicit(&mut fields, 2, |inside| Ok(with_span(inside, OcspExtensions::read)?.0));
    let extensions = extensions.in_field("requestExtensions")?;
    end(&fields).in_field("tbsRequest")?;
    let algorithm = explicit(&mut outer, 0, |inside| {
        let mut signature = inside.sequence()?;
        let (algorithm, _) = with_span(&mut signature, AlgorithmIdentifier::decode).in_field("signatureAlgorithm")?;
        signature.bit_string().in_field("signature")?;
        explicit(&mut signature, 0, |inside| inside.expect(Tag::SEQUENCE)).in_field("certs")?;
        signature.finish();
        Ok(algorithm)
    })
    .in_field("optionalSignature")?;
    outer.finish();
    Ok(Inner { der: Box::default(), version, requestor, requests, extensions, algorithm, deviations: Vec::new() })
}
