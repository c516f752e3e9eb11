//! The facts of `certlens ocsp`.

mod extension;

use certlens_core::crypto::algorithm::HashAlgorithm;
use certlens_core::crypto::digest;
use certlens_core::origin::Origin;
use certlens_core::revocation::Revocation;
use certlens_core::x509::Certificate;
use certlens_core::x509::certificate::Version;
use certlens_core::x509::extension::ExtensionValue;
use certlens_core::x509::ocsp::{
    BasicResponse, CertIdMatcher, CertIdRef, CertStatus, OcspExtensionValue, OcspRequest, OcspResponse, ResponderId,
    SingleResponse,
};
use certlens_core::x509::oid::oids;
use schemars::JsonSchema;
use serde::Serialize;

use super::certificate::DeviationFacts;
use super::finding::FindingFacts;
use super::general_name::{GeneralNameFacts, Role};
use super::judged::{DemandFacts, JudgementFacts, RefusedObjectFacts, RevocationFacts};
use super::key::AlgorithmFacts;
use super::name::NameFacts;
use super::not_read::NotReadFacts;
use super::octets::NumberFacts;
use super::origin::OriginFacts;
use super::time::TimeFacts;
use super::{ErrorFacts, Hex, OidFacts};
pub(crate) use extension::{OcspExtensionFacts, OcspExtensionReading, OcspExtensionValueFacts};

/// Departures from DER that are listed.
const MAX_DEVIATIONS: usize = 100;

/// The report of `certlens ocsp`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OcspReport {
    /// Always `certlens/ocsp/1`.
    pub(crate) schema: &'static str,
    /// The version of certlens.
    pub(crate) version: &'static str,
    /// The exit code of the run.
    pub(crate) exit_code: u8,
    /// What the responses were judged by.
    pub(crate) request: DemandFacts,
    /// Responses and requests, in the order of the inputs.
    pub(crate) messages: Vec<OcspOutcomeFacts>,
    /// Inputs that could not be read.
    pub(crate) not_read: Vec<NotReadFacts>,
    /// Findings about the inputs.
    pub(crate) findings: Vec<FindingFacts>,
}

/// A message that was read, or refused.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OcspOutcomeFacts {
    /// A response.
    Response(Box<JudgedResponseFacts>),
    /// A request.
    Request(Box<OcspRequestFacts>),
    /// It cannot be read.
    Refused(RefusedObjectFacts),
}

/// A response with what was found out about it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct JudgedResponseFacts {
    /// `passed`, `failed` or `indeterminate`.
    pub(crate) status: &'static str,
    /// What the response says.
    pub(crate) response: ResponseFacts,
    /// The checks.
    #[serde(flatten)]
    pub(crate) judgement: JudgementFacts,
}

/// What a response says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ResponseFacts {
    /// Where the response came from.
    pub(crate) origin: OriginFacts,
    /// Octets of the response.
    pub(crate) length: usize,
    /// How the responder answers as a whole: `successful`, `tryLater`, …
    pub(crate) response_status: String,
    /// What kind of response the octets inside are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response_type: Option<OidFacts>,
    /// What is said about certificates, in a successful response of the type id-pkix-ocsp-basic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) basic: Option<BasicFacts>,
    /// SHA-256 of the response.
    pub(crate) sha256: Hex,
    /// SHA-1 of the response.
    pub(crate) sha1: Hex,
    /// How often the response departs from DER.
    pub(crate) deviation_count: usize,
    /// The first 100 departures from DER, in the order of reading.
    pub(crate) deviations: Vec<DeviationFacts>,
}

/// What is said about certificates, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BasicFacts {
    /// The version; absent when the number is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u64>,
    /// Who made the response.
    pub(crate) responder: ResponderFacts,
    /// When it was signed.
    pub(crate) produced_at: TimeFacts,
    /// What is said about each certificate.
    pub(crate) responses: Vec<SingleFacts>,
    /// The response's extensions.
    pub(crate) extensions: Vec<OcspExtensionFacts>,
    /// The certificates that came with it.
    pub(crate) certificates: Vec<EmbeddedFacts>,
    /// The algorithm of the signature.
    pub(crate) signature_algorithm: AlgorithmFacts,
    /// The signature.
    pub(crate) signature: Hex,
}

/// Who made a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ResponderFacts {
    /// By name.
    Name(NameFacts),
    /// By the SHA-1 of the key.
    Key(Hex),
}

/// By what OCSP names a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CertIdFacts {
    /// The hash.
    pub(crate) hash: OidFacts,
    /// Hash of the issuer's name.
    pub(crate) issuer_name_hash: Hex,
    /// Hash of the issuer's key.
    pub(crate) issuer_key_hash: Hex,
    /// The certificate's serial number.
    pub(crate) serial: NumberFacts,
    /// Whether this is the certificate in question; absent when there is none, or its issuer is not at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_certificate: Option<bool>,
}

/// What is said about one certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SingleFacts {
    /// Which certificate.
    pub(crate) cert_id: CertIdFacts,
    /// `good`, `revoked` or `unknown`.
    pub(crate) status: &'static str,
    /// When and why it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revocation: Option<RevocationFacts>,
    /// When the status was known to be right.
    pub(crate) this_update: TimeFacts,
    /// When newer information will be there at the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_update: Option<TimeFacts>,
    /// Its extensions.
    pub(crate) extensions: Vec<OcspExtensionFacts>,
}

/// A certificate that came with a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EmbeddedFacts {
    /// It was read.
    Read(Box<EmbeddedCertificateFacts>),
    /// It cannot be read.
    Error(ErrorFacts),
}

/// What matters of a responder's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct EmbeddedCertificateFacts {
    /// The subject's name.
    pub(crate) subject: NameFacts,
    /// The issuer's name.
    pub(crate) issuer: NameFacts,
    /// The serial number.
    pub(crate) serial: NumberFacts,
    /// Start of validity, RFC 3339.
    pub(crate) not_before: String,
    /// End of validity, RFC 3339.
    pub(crate) not_after: String,
    /// Its purposes; absent when it is not restricted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) purposes: Option<Vec<OidFacts>>,
    /// Whether its CA says that its own revocation need not be checked (RFC 6960 §4.2.2.2.1).
    pub(crate) ocsp_no_check: bool,
    /// SHA-256 of the certificate.
    pub(crate) sha256: String,
}

/// What a request asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OcspRequestFacts {
    /// Where the request came from.
    pub(crate) origin: OriginFacts,
    /// Octets of the request.
    pub(crate) length: usize,
    /// The version; absent when the number is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u64>,
    /// Who asks, when it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requestor: Option<GeneralNameFacts>,
    /// The certificates asked for.
    pub(crate) requests: Vec<SingleRequestFacts>,
    /// The request's extensions.
    pub(crate) extensions: Vec<OcspExtensionFacts>,
    /// The algorithm of its signature, which is not verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signature_algorithm: Option<AlgorithmFacts>,
    /// SHA-256 of the request.
    pub(crate) sha256: Hex,
    /// How often the request departs from DER.
    pub(crate) deviation_count: usize,
    /// The first 100 departures from DER, in the order of reading.
    pub(crate) deviations: Vec<DeviationFacts>,
}

/// One certificate that a request asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SingleRequestFacts {
    /// Which certificate.
    pub(crate) cert_id: CertIdFacts,
    /// Its extensions.
    pub(crate) extensions: Vec<OcspExtensionFacts>,
}

impl OcspReport {
    pub(crate) const SCHEMA: &'static str = "certlens/ocsp/1";
}

fn version(version: Version) -> Option<u64> {
    match version {
        Version::V1 => Some(1),
        Version::V2 => Some(2),
        Version::V3 => Some(3),
        Version::Other(encoded) => encoded.map(|encoded| u64::from(encoded) + 1),
    }
}

/// Both hashes are in every build, so there is always a value.
fn hash(algorithm: HashAlgorithm, octets: &[u8]) -> Hex {
    Hex(digest(algorithm, octets).unwrap_or_default())
}

impl ResponseFacts {
    pub(crate) fn new(response: &OcspResponse, origin: &Origin, certificate: Option<&CertIdMatcher<'_>>) -> Self {
        ResponseFacts {
            origin: OriginFacts::new(origin),
            length: response.der().len(),
            response_status: response.status().to_string(),
            response_type: response.response_type().map(OidFacts::new),
            basic: response.basic().map(|basic| BasicFacts::new(&basic, certificate)),
            sha256: hash(HashAlgorithm::Sha256, response.der()),
            sha1: hash(HashAlgorithm::Sha1, response.der()),
            deviation_count: response.deviations().len(),
            deviations: response.deviations().iter().take(MAX_DEVIATIONS).map(DeviationFacts::new).collect(),
        }
    }
}

impl BasicFacts {
    fn new(basic: &BasicResponse<'_>, certificate: Option<&CertIdMatcher<'_>>) -> Self {
        BasicFacts {
            version: version(basic.version()),
            responder: match basic.responder_id() {
                ResponderId::ByName(name) => ResponderFacts::Name(NameFacts::new(&name)),
                ResponderId::ByKey(hash) => ResponderFacts::Key(hash.into()),
            },
            produced_at: TimeFacts::generalized(basic.produced_at()),
            responses: basic.responses().map(|single| SingleFacts::new(&single, certificate)).collect(),
            extensions: extension::all(basic.extensions()),
            certificates: basic.certificates().map(|(offset, der)| EmbeddedFacts::new(offset, der)).collect(),
            signature_algorithm: AlgorithmFacts::of_signature(&basic.signature_algorithm()),
            signature: basic.signature().bytes.into(),
        }
    }
}

impl CertIdFacts {
    fn new(id: &CertIdRef<'_>, certificate: Option<&CertIdMatcher<'_>>) -> Self {
        CertIdFacts {
            hash: OidFacts::new(id.algorithm.oid),
            issuer_name_hash: id.issuer_name_hash.into(),
            issuer_key_hash: id.issuer_key_hash.into(),
            serial: NumberFacts::new(id.serial),
            is_certificate: certificate.map(|certificate| certificate.matches(id)),
        }
    }
}

impl SingleFacts {
    fn new(single: &SingleResponse<'_>, certificate: Option<&CertIdMatcher<'_>>) -> Self {
        let invalidity_date = match single.extensions.get(oids::INVALIDITY_DATE).map(|extension| extension.value) {
            Some(Ok(OcspExtensionValue::InvalidityDate(date))) => Some(date.time),
            _ => None,
        };
        let (status, revocation) = match single.status {
            CertStatus::Good => ("good", None),
            CertStatus::Unknown => ("unknown", None),
            CertStatus::Revoked { time, reason } => {
                let reason = reason.map(|reason| reason.0);
                ("revoked", Some(Revocation { time: time.time, reason, invalidity_date }))
            }
        };
        SingleFacts {
            cert_id: CertIdFacts::new(&single.cert_id, certificate),
            status,
            revocation: revocation.as_ref().map(RevocationFacts::new),
            this_update: TimeFacts::generalized(single.this_update),
            next_update: single.next_update.map(TimeFacts::generalized),
            extensions: extension::all(single.extensions),
        }
    }
}

impl EmbeddedFacts {
    /// Offsets count in the response.
    fn new(offset: usize, der: &[u8]) -> Self {
        let certificate = match Certificate::from_der(der) {
            Ok(certificate) => certificate,
            Err(error) => {
                let facts = ErrorFacts::new(&error);
                return EmbeddedFacts::Error(ErrorFacts { offset: facts.offset + offset, ..facts });
            }
        };
        let usage = certificate.extension(oids::EXTENDED_KEY_USAGE).map(|extension| extension.value());
        EmbeddedFacts::Read(Box::new(EmbeddedCertificateFacts {
            subject: NameFacts::new(&certificate.subject()),
            issuer: NameFacts::new(&certificate.issuer()),
            serial: NumberFacts::new(certificate.serial()),
            not_before: certificate.not_before().time.to_string(),
            not_after: certificate.not_after().time.to_string(),
            purposes: match usage {
                Some(Ok(ExtensionValue::ExtendedKeyUsage(list))) => Some(list.iter().map(OidFacts::new).collect()),
                // Unreadable, it allows nothing.
                Some(_) => Some(Vec::new()),
                None => None,
            },
            ocsp_no_check: certificate.extension(oids::OCSP_NO_CHECK).is_some(),
            sha256: certificate.id().to_string(),
        }))
    }
}

impl OcspRequestFacts {
    pub(crate) fn new(request: &OcspRequest, origin: &Origin, certificate: Option<&CertIdMatcher<'_>>) -> Self {
        OcspRequestFacts {
            origin: OriginFacts::new(origin),
            length: request.der().len(),
            version: version(request.version()),
            requestor: request.requestor_name().map(|name| GeneralNameFacts::new(&name, Role::Name)),
            requests: request
                .requests()
                .map(|single| SingleRequestFacts {
                    cert_id: CertIdFacts::new(&single.cert_id, certificate),
                    extensions: extension::all(single.extensions),
                })
                .collect(),
            extensions: extension::all(request.extensions()),
            signature_algorithm: request
                .signature_algorithm()
                .map(|algorithm| AlgorithmFacts::of_signature(&algorithm)),
            sha256: hash(HashAlgorithm::Sha256, request.der()),
            deviation_count: request.deviations().len(),
            deviations: request.deviations().iter().take(MAX_DEVIATIONS).map(DeviationFacts::new).collect(),
        }
    }
}
