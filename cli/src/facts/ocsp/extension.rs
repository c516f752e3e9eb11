//! Extensions of OCSP messages.

use certlens_core::x509::ocsp::{OcspExtension, OcspExtensionValue, OcspExtensions};
use certlens_core::x509::reason::RevocationReason;
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::extension::access::{self, AccessFacts};
use crate::facts::extension::transparency::SctFacts;
use crate::facts::general_name::{GeneralNameFacts, names};
use crate::facts::name::NameFacts;
use crate::facts::octets::NumberFacts;
use crate::facts::{ErrorFacts, Hex, OidFacts};

/// One extension of an OCSP message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OcspExtensionFacts {
    /// Which extension.
    #[serde(flatten)]
    pub(crate) id: OidFacts,
    /// Whether a reader that does not process it must refuse the message.
    pub(crate) critical: bool,
    /// Offset of the extension in the message.
    pub(crate) offset: u32,
    /// Its value, or why that cannot be read.
    #[serde(flatten)]
    pub(crate) reading: OcspExtensionReading,
}

/// An extension that was decoded, or one that could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OcspExtensionReading {
    /// The value.
    Value(OcspExtensionValueFacts),
    /// Why there is none.
    Error(BrokenOcspExtension),
}

/// An extension that could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BrokenOcspExtension {
    /// Where and why.
    #[serde(flatten)]
    pub(crate) error: ErrorFacts,
    /// The octets inside extnValue.
    pub(crate) octets: Hex,
}

/// The value of an extension of an OCSP message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum OcspExtensionValueFacts {
    /// RFC 6960 §4.4.1.
    Nonce {
        /// The octets.
        octets: Hex,
    },
    /// RFC 6960 §4.4.2: the CRL that the answer was taken from.
    CrlId {
        /// Where the CRL is.
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Its number.
        #[serde(skip_serializing_if = "Option::is_none")]
        number: Option<NumberFacts>,
        /// When it was made, RFC 3339.
        #[serde(skip_serializing_if = "Option::is_none")]
        time: Option<String>,
    },
    /// RFC 6960 §4.4.3.
    AcceptableResponses {
        /// Response types that the client understands.
        types: Vec<OidFacts>,
    },
    /// RFC 6960 §4.4.4.
    ArchiveCutoff {
        /// Revocations are remembered back to this time, RFC 3339.
        time: String,
    },
    /// RFC 6960 §4.4.6.
    ServiceLocator {
        /// The certificate's issuer.
        issuer: NameFacts,
        /// Where its responder is.
        locator: Vec<AccessFacts>,
    },
    /// RFC 6960 §4.4.8: certificates never issued are answered as revoked.
    ExtendedRevoke,
    /// RFC 6962 §3.3.
    SctList {
        /// The timestamps.
        timestamps: Vec<SctFacts>,
    },
    /// RFC 5280 §5.3.1.
    Reason {
        /// The reason's number.
        code: u8,
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'static str>,
    },
    /// RFC 5280 §5.3.2.
    InvalidityDate {
        /// RFC 3339.
        time: String,
    },
    /// RFC 5280 §5.3.3.
    CertificateIssuer {
        /// The names.
        names: Vec<GeneralNameFacts>,
    },
    /// An extension that certlens does not decode.
    Unknown {
        /// The octets inside extnValue.
        octets: Hex,
    },
}

/// Facts about all extensions of a list.
pub(super) fn all(extensions: OcspExtensions<'_>) -> Vec<OcspExtensionFacts> {
    extensions.iter().map(|extension| OcspExtensionFacts::new(&extension)).collect()
}

impl OcspExtensionFacts {
    fn new(extension: &OcspExtension<'_>) -> Self {
        OcspExtensionFacts {
            id: OidFacts::new(extension.oid),
            critical: extension.critical,
            offset: extension.span.start,
            reading: match &extension.value {
                Ok(value) => OcspExtensionReading::Value(OcspExtensionValueFacts::new(value)),
                Err(error) => OcspExtensionReading::Error(BrokenOcspExtension {
                    error: ErrorFacts::new(error),
                    octets: extension.octets.into(),
                }),
            },
        }
    }
}

impl OcspExtensionValueFacts {
    fn new(value: &OcspExtensionValue<'_>) -> Self {
        use OcspExtensionValue as V;
        match value {
            V::Nonce(octets) => Self::Nonce { octets: (*octets).into() },
            V::CrlId(id) => Self::CrlId {
                url: id.url.map(|url| String::from_utf8_lossy(url).into_owned()),
                number: id.number.map(NumberFacts::new),
                time: id.time.map(|time| time.time.to_string()),
            },
            V::AcceptableResponses(list) => {
                Self::AcceptableResponses { types: list.iter().map(OidFacts::new).collect() }
            }
            V::ArchiveCutoff(time) => Self::ArchiveCutoff { time: time.time.to_string() },
            V::ServiceLocator(locator) => Self::ServiceLocator {
                issuer: NameFacts::new(&locator.issuer),
                locator: locator.locator.map(|list| access::read(&list)).unwrap_or_default(),
            },
            V::ExtendedRevoke => Self::ExtendedRevoke,
            V::SctList(list) => Self::SctList { timestamps: list.iter().map(|sct| SctFacts::new(&sct)).collect() },
            V::Reason(RevocationReason(code)) => Self::Reason { code: *code, name: RevocationReason(*code).name() },
            V::InvalidityDate(time) => Self::InvalidityDate { time: time.time.to_string() },
            V::CertificateIssuer(list) => Self::CertificateIssuer { names: names(list) },
            V::Unknown(octets) => Self::Unknown { octets: (*octets).into() },
        }
    }
}
