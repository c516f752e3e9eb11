//! A certificate as plain data: all of RFC 5280 §4.1, and its extensions.

use certlens_core::crypto::algorithm::HashAlgorithm;
use certlens_core::crypto::digest;
use certlens_core::encoding::deviation::Deviation;
use certlens_core::origin::Origin;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use certlens_core::x509::certificate::Version;
use certlens_core::x509::validity::EncodedTime;
use schemars::JsonSchema;
use serde::Serialize;

use super::Hex;
use super::extension::ExtensionFacts;
use super::finding::FindingFacts;
use super::key::{AlgorithmFacts, PublicKeyFacts};
use super::name::NameFacts;
use super::octets::SerialFacts;
use super::origin::OriginFacts;
use super::time::TimeFacts;

/// Departures from DER that are listed. A hostile certificate can have millions;
/// the rest says nothing that these do not.
const MAX_DEVIATIONS: usize = 100;

/// Everything that a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CertificateFacts {
    /// Where the certificate came from.
    pub(crate) origin: OriginFacts,
    /// Octets of the certificate.
    pub(crate) length: usize,
    /// The version, 1 to 3 when it is one that exists; absent when the number is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u64>,
    /// The serial number.
    pub(crate) serial: SerialFacts,
    /// The algorithm of the signature.
    pub(crate) signature_algorithm: AlgorithmFacts,
    /// The algorithm inside the signed part, when it differs from the one
    /// outside, as it must not (RFC 5280 §4.1.1.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signed_algorithm: Option<AlgorithmFacts>,
    /// The issuer's name.
    pub(crate) issuer: NameFacts,
    /// When the certificate is valid.
    pub(crate) validity: ValidityFacts,
    /// The subject's name.
    pub(crate) subject: NameFacts,
    /// Whether issuer and subject are the same name; that alone does not make it self-signed.
    pub(crate) self_issued: bool,
    /// The subject's public key.
    pub(crate) public_key: PublicKeyFacts,
    /// issuerUniqueID: the count of unused bits, then the bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuer_unique_id: Option<Hex>,
    /// subjectUniqueID: the count of unused bits, then the bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject_unique_id: Option<Hex>,
    /// The extensions in encoded order.
    pub(crate) extensions: Vec<ExtensionFacts>,
    /// The signature.
    pub(crate) signature: Hex,
    /// Digests of the certificate and its key.
    pub(crate) fingerprints: FingerprintFacts,
    /// How often the certificate departs from DER; counting stops at 1,000.
    pub(crate) deviation_count: usize,
    /// The first 100 departures from DER, in the order of reading.
    pub(crate) deviations: Vec<DeviationFacts>,
    /// Where a second reader (x509-parser) reads something else, or refuses the certificate.
    pub(crate) reader_differences: Vec<String>,
    /// What was found out about the certificate by itself.
    pub(crate) findings: Vec<FindingFacts>,
}

/// When a certificate is valid, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ValidityFacts {
    /// The first second.
    pub(crate) not_before: TimeFacts,
    /// The last second.
    pub(crate) not_after: TimeFacts,
    /// Seconds from the first to the last, both counted; not positive when the
    /// certificate is valid at no time.
    pub(crate) seconds: i64,
    /// The end is 9999-12-31T23:59:59Z, which means none (RFC 5280 §4.1.2.5).
    pub(crate) no_expiry: bool,
}

/// Digests by which a certificate or its key is recognised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FingerprintFacts {
    /// SHA-256 of the certificate.
    pub(crate) sha256: Hex,
    /// SHA-1 of the certificate, which Windows calls the thumbprint.
    pub(crate) sha1: Hex,
    /// SHA-256 of the SubjectPublicKeyInfo.
    pub(crate) spki_sha256: Hex,
    /// The same in base64, as key pins have it (RFC 7469 §2.4).
    pub(crate) spki_pin: String,
    /// SHA-1 of the key's bits: the key identifier by method 1 of RFC 5280 §4.2.1.2.
    pub(crate) key_sha1: Hex,
}

/// A departure from DER.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DeviationFacts {
    /// Offset in the certificate.
    pub(crate) offset: usize,
    /// What departs.
    pub(crate) message: String,
}

impl CertificateFacts {
    /// What the certificate says. `findings` and `reader_differences` are the
    /// caller's to add, because they depend on what it was asked.
    pub(crate) fn new(certificate: &Certificate, origin: &Origin) -> Self {
        let (outer, inner) = (certificate.signature_algorithm(), certificate.signed_algorithm());
        let octets_of = |extension: &certlens_core::x509::extension::Extension<'_>| {
            certificate.der().get(extension.span().range()).unwrap_or_default()
        };
        CertificateFacts {
            origin: OriginFacts::new(origin),
            length: certificate.der().len(),
            version: match certificate.version() {
                Version::V1 => Some(1),
                Version::V2 => Some(2),
                Version::V3 => Some(3),
                Version::Other(encoded) => encoded.map(|encoded| u64::from(encoded) + 1),
            },
            serial: SerialFacts::new(certificate.serial()),
            signature_algorithm: AlgorithmFacts::of_signature(&outer),
            signed_algorithm: (outer.raw != inner.raw).then(|| AlgorithmFacts::of_signature(&inner)),
            issuer: NameFacts::new(&certificate.issuer()),
            validity: ValidityFacts::new(certificate.not_before(), certificate.not_after()),
            subject: NameFacts::new(&certificate.subject()),
            self_issued: certificate.is_self_issued(),
            public_key: PublicKeyFacts::new(&certificate.spki()),
            issuer_unique_id: certificate.issuer_unique_id().map(Hex::from),
            subject_unique_id: certificate.subject_unique_id().map(Hex::from),
            extensions: certificate
                .extensions()
                .map(|extension| ExtensionFacts::new(&extension, octets_of(&extension)))
                .collect(),
            signature: certificate.signature().bytes.into(),
            fingerprints: FingerprintFacts::new(certificate),
            deviation_count: certificate.deviations().len(),
            deviations: certificate.deviations().iter().take(MAX_DEVIATIONS).map(DeviationFacts::new).collect(),
            reader_differences: Vec::new(),
            findings: Vec::new(),
        }
    }
}

impl ValidityFacts {
    fn new(not_before: EncodedTime, not_after: EncodedTime) -> Self {
        ValidityFacts {
            seconds: not_after.time.since(not_before.time).saturating_add(1),
            no_expiry: not_after.time == Time::NO_EXPIRY,
            not_before: TimeFacts::new(not_before),
            not_after: TimeFacts::new(not_after),
        }
    }
}

/// SHA-1 in hexadecimal: what Windows finds a certificate by.
pub(crate) fn thumbprint(der: &[u8]) -> String {
    Hex(digest(HashAlgorithm::Sha1, der).unwrap_or_default()).to_string()
}

impl FingerprintFacts {
    fn new(certificate: &Certificate) -> Self {
        // Both hashes are in every build, so there is always a value.
        let of = |algorithm, octets| Hex(digest(algorithm, octets).unwrap_or_default());
        let spki_sha256 = of(HashAlgorithm::Sha256, certificate.spki_raw());
        FingerprintFacts {
            sha256: Hex(certificate.id().0.to_vec()),
            sha1: of(HashAlgorithm::Sha1, certificate.der()),
            spki_pin: spki_sha256.base64(),
            spki_sha256,
            key_sha1: of(HashAlgorithm::Sha1, certificate.spki().key.bytes),
        }
    }
}

impl DeviationFacts {
    pub(super) fn new(deviation: &Deviation) -> Self {
        DeviationFacts { offset: deviation.offset, message: deviation.kind.to_string() }
    }
}
