//! Extensions, every kind that the library decodes.

pub(crate) mod access;
pub(crate) mod policies;
pub(crate) mod qualified;
pub(crate) mod transparency;

use certlens_core::x509::extension::{
    AuthorityKeyIdentifier, Extension, ExtensionValue, GeneralSubtree, PolicyConstraints,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::general_name::{GeneralNameFacts, Role, names};
use super::name::ValueFacts;
use super::octets::NumberFacts;
use super::time::TimeFacts;
use super::{ErrorFacts, Hex, OidFacts};
use access::{AccessFacts, DistributionPointFacts};
use policies::{PolicyFacts, PolicyMappingFacts};
use qualified::QcStatementFacts;
use transparency::SctFacts;

/// One extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ExtensionFacts {
    /// Which extension.
    #[serde(flatten)]
    pub(crate) id: OidFacts,
    /// Whether a reader that does not process it must refuse the certificate.
    pub(crate) critical: bool,
    /// Offset of the extension in the certificate.
    pub(crate) offset: u32,
    /// Octets that it takes there.
    pub(crate) length: u32,
    /// Its value, or why that cannot be read.
    #[serde(flatten)]
    pub(crate) reading: ExtensionReading,
}

/// An extension that was decoded, or one that could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExtensionReading {
    /// The value.
    Value(ExtensionValueFacts),
    /// Why there is none.
    Error(BrokenExtension),
}

/// An extension that could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BrokenExtension {
    /// Where and why.
    #[serde(flatten)]
    pub(crate) error: ErrorFacts,
    /// The octets inside extnValue.
    pub(crate) octets: Hex,
    /// What a second, lenient reader (x509-parser) makes of it, for a person to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) second_reading: Option<String>,
}

/// The value of an extension. Numbers beyond 32 bits, which no path reaches,
/// are given as 4294967295.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ExtensionValueFacts {
    /// RFC 5280 §4.2.1.1.
    AuthorityKeyIdentifier {
        /// The issuer's key identifier.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_identifier: Option<Hex>,
        /// Names of the issuer's issuer.
        issuer: Vec<GeneralNameFacts>,
        /// Serial number of the issuer's certificate.
        #[serde(skip_serializing_if = "Option::is_none")]
        serial: Option<NumberFacts>,
    },
    /// RFC 5280 §4.2.1.2.
    SubjectKeyIdentifier {
        /// The identifier.
        key_identifier: Hex,
    },
    /// RFC 5280 §4.2.1.3.
    KeyUsage {
        /// The names of the set bits.
        usages: Vec<&'static str>,
    },
    /// RFC 5280 §4.2.1.4.
    CertificatePolicies {
        /// The policies.
        policies: Vec<PolicyFacts>,
    },
    /// RFC 5280 §4.2.1.5.
    PolicyMappings {
        /// The mappings.
        mappings: Vec<PolicyMappingFacts>,
    },
    /// RFC 5280 §4.2.1.6.
    SubjectAltName {
        /// The names.
        names: Vec<GeneralNameFacts>,
    },
    /// RFC 5280 §4.2.1.7.
    IssuerAltName {
        /// The names.
        names: Vec<GeneralNameFacts>,
    },
    /// RFC 5280 §4.2.1.8.
    SubjectDirectoryAttributes {
        /// The attributes.
        attributes: Vec<AttributeSetFacts>,
    },
    /// RFC 5280 §4.2.1.9.
    BasicConstraints {
        /// Whether the subject is a CA.
        ca: bool,
        /// How many intermediates may follow.
        #[serde(skip_serializing_if = "Option::is_none")]
        path_length: Option<u32>,
    },
    /// RFC 5280 §4.2.1.10.
    NameConstraints {
        /// Permitted subtrees, when given.
        #[serde(skip_serializing_if = "Option::is_none")]
        permitted: Option<Vec<SubtreeFacts>>,
        /// Excluded subtrees, when given.
        #[serde(skip_serializing_if = "Option::is_none")]
        excluded: Option<Vec<SubtreeFacts>>,
    },
    /// RFC 5280 §4.2.1.11.
    PolicyConstraints(PolicyConstraintsFacts),
    /// RFC 5280 §4.2.1.12.
    ExtendedKeyUsage {
        /// The purposes.
        purposes: Vec<OidFacts>,
    },
    /// RFC 5280 §4.2.1.13.
    CrlDistributionPoints {
        /// The points.
        points: Vec<DistributionPointFacts>,
    },
    /// RFC 5280 §4.2.1.14.
    InhibitAnyPolicy {
        /// Certificates that may follow before anyPolicy loses its meaning.
        skip_certificates: u32,
    },
    /// RFC 5280 §4.2.1.15.
    FreshestCrl {
        /// Where delta CRLs are.
        points: Vec<DistributionPointFacts>,
    },
    /// RFC 5280 §4.2.2.1.
    AuthorityInfoAccess {
        /// What is found where.
        descriptions: Vec<AccessFacts>,
    },
    /// RFC 5280 §4.2.2.2.
    SubjectInfoAccess {
        /// What is found where.
        descriptions: Vec<AccessFacts>,
    },
    /// RFC 3280 §4.2.1.4.
    PrivateKeyUsagePeriod {
        /// From this time.
        #[serde(skip_serializing_if = "Option::is_none")]
        not_before: Option<TimeFacts>,
        /// Until this time.
        #[serde(skip_serializing_if = "Option::is_none")]
        not_after: Option<TimeFacts>,
    },
    /// RFC 6962 §3.3.
    SctList {
        /// The timestamps.
        timestamps: Vec<SctFacts>,
    },
    /// RFC 6962 §3.1: this is a precertificate.
    CtPoison,
    /// RFC 7633.
    TlsFeature {
        /// The TLS extensions.
        features: Vec<TlsFeatureFacts>,
    },
    /// RFC 6960 §4.2.2.2.1.
    OcspNoCheck,
    /// RFC 3739 §3.2.6, ETSI EN 319 412-5.
    QcStatements {
        /// The statements.
        statements: Vec<QcStatementFacts>,
    },
    /// RFC 4262.
    SmimeCapabilities {
        /// The algorithms, the preferred ones first.
        capabilities: Vec<SmimeCapabilityFacts>,
    },
    /// CA/B Forum EV guidelines §9.8.2.
    OrganizationIdentifier(Box<OrganizationFacts>),
    /// Microsoft: name of a version 1 template.
    MsTemplateName {
        /// The template.
        template: ValueFacts,
    },
    /// Microsoft: template of version 2 or later.
    MsTemplate {
        /// The template's identifier; only the directory knows its name.
        template: OidFacts,
        /// Major version.
        #[serde(skip_serializing_if = "Option::is_none")]
        major: Option<u32>,
        /// Minor version.
        #[serde(skip_serializing_if = "Option::is_none")]
        minor: Option<u32>,
    },
    /// Microsoft: application policies, the counterpart of extKeyUsage.
    MsApplicationPolicies {
        /// The policies.
        policies: Vec<PolicyFacts>,
    },
    /// Microsoft: application policy mappings.
    MsApplicationPolicyMappings {
        /// The mappings.
        mappings: Vec<PolicyMappingFacts>,
    },
    /// Microsoft: application policy constraints.
    MsApplicationPolicyConstraints(PolicyConstraintsFacts),
    /// Microsoft: how often a CA was renewed.
    MsCaVersion {
        /// Index of the certificate, from 0.
        certificate_index: u16,
        /// Index of the key, from 0.
        key_index: u16,
    },
    /// Microsoft: the CA's previous certificate.
    MsPreviousCaHash {
        /// SHA-1 of that certificate.
        sha1: Hex,
    },
    /// Microsoft: the account for which the certificate was issued (KB5014754).
    MsNtdsSecurity {
        /// The account's security identifier.
        sid: String,
    },
    /// Netscape certificate type.
    NetscapeCertType {
        /// The names of the set bits.
        types: Vec<&'static str>,
    },
    /// Netscape comment.
    NetscapeComment {
        /// The comment.
        comment: ValueFacts,
    },
    /// An extension that certlens does not decode.
    Unknown {
        /// The octets inside extnValue.
        octets: Hex,
    },
}

/// One subtree of name constraints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SubtreeFacts {
    /// The base of the subtree.
    pub(crate) base: GeneralNameFacts,
    /// `minimum`, which RFC 5280 §4.2.1.10 wants to be 0.
    pub(crate) minimum: u32,
    /// Whether `maximum` is present, which RFC 5280 §4.2.1.10 forbids.
    pub(crate) has_maximum: bool,
}

/// Policy constraints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PolicyConstraintsFacts {
    /// Certificates that may follow before an explicit policy is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) require_explicit_policy: Option<u32>,
    /// Certificates that may follow before policy mapping is inhibited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) inhibit_policy_mapping: Option<u32>,
}

/// A TLS extension that the server must answer with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct TlsFeatureFacts {
    /// The extension's number.
    pub(crate) number: u16,
    /// Its name, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// An algorithm that the holder's mail program reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SmimeCapabilityFacts {
    /// The algorithm.
    pub(crate) algorithm: OidFacts,
    /// Its parameters as encoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameters: Option<Hex>,
}

/// How an organization is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OrganizationFacts {
    /// Registration scheme.
    pub(crate) scheme: ValueFacts,
    /// Country.
    pub(crate) country: ValueFacts,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<ValueFacts>,
    /// The number or text in the register.
    pub(crate) reference: ValueFacts,
}

/// An attribute with its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AttributeSetFacts {
    /// The attribute's type.
    #[serde(rename = "type")]
    pub(crate) kind: OidFacts,
    /// Its values.
    pub(crate) values: Vec<ValueFacts>,
}

impl ExtensionFacts {
    /// `octets` are those of the whole extension.
    pub(crate) fn new(extension: &Extension<'_>, octets: &[u8]) -> Self {
        let span = extension.span();
        let reading = match extension.value() {
            Ok(value) => ExtensionReading::Value(ExtensionValueFacts::new(&value)),
            Err(error) => ExtensionReading::Error(BrokenExtension {
                error: ErrorFacts::new(&error),
                octets: extension.value_octets().into(),
                second_reading: crate::facts::second_reader::extension(octets),
            }),
        };
        ExtensionFacts {
            id: OidFacts::new(extension.oid()),
            critical: extension.is_critical(),
            offset: span.start,
            length: span.end.saturating_sub(span.start),
            reading,
        }
    }

    /// The decoded value, when it could be decoded.
    pub(crate) fn value(&self) -> Option<&ExtensionValueFacts> {
        match &self.reading {
            ExtensionReading::Value(value) => Some(value),
            ExtensionReading::Error(_) => None,
        }
    }
}

impl ExtensionValueFacts {
    pub(crate) fn new(value: &ExtensionValue<'_>) -> Self {
        use ExtensionValue as V;
        match value {
            V::AuthorityKeyIdentifier(identifier) => authority_key_identifier(identifier),
            V::SubjectKeyIdentifier(octets) => Self::SubjectKeyIdentifier { key_identifier: (*octets).into() },
            V::KeyUsage(usage) => Self::KeyUsage { usages: usage.names() },
            V::CertificatePolicies(list) => Self::CertificatePolicies { policies: policies::read(list) },
            V::PolicyMappings(list) => Self::PolicyMappings { mappings: policies::read_mappings(list) },
            V::SubjectAltName(list) => Self::SubjectAltName { names: names(list) },
            V::IssuerAltName(list) => Self::IssuerAltName { names: names(list) },
            V::SubjectDirectoryAttributes(list) => {
                let read = |set: certlens_core::x509::extension::AttributeSet<'_>| AttributeSetFacts {
                    kind: OidFacts::new(set.oid),
                    values: set.values().map(|value| ValueFacts::new(&value)).collect(),
                };
                Self::SubjectDirectoryAttributes { attributes: list.iter().map(read).collect() }
            }
            V::BasicConstraints(constraints) => {
                Self::BasicConstraints { ca: constraints.ca, path_length: constraints.path_length }
            }
            V::NameConstraints(constraints) => {
                let read = |subtree| SubtreeFacts::new(&subtree);
                Self::NameConstraints {
                    permitted: constraints.permitted.map(|list| list.iter().map(read).collect()),
                    excluded: constraints.excluded.map(|list| list.iter().map(read).collect()),
                }
            }
            V::PolicyConstraints(constraints) => Self::PolicyConstraints(PolicyConstraintsFacts::new(constraints)),
            V::ExtendedKeyUsage(list) => Self::ExtendedKeyUsage { purposes: list.iter().map(OidFacts::new).collect() },
            V::CrlDistributionPoints(list) => Self::CrlDistributionPoints { points: access::read_points(list) },
            V::InhibitAnyPolicy(skip) => Self::InhibitAnyPolicy { skip_certificates: saturate(*skip) },
            V::FreshestCrl(list) => Self::FreshestCrl { points: access::read_points(list) },
            V::AuthorityInfoAccess(list) => Self::AuthorityInfoAccess { descriptions: access::read(list) },
            V::SubjectInfoAccess(list) => Self::SubjectInfoAccess { descriptions: access::read(list) },
            V::PrivateKeyUsagePeriod(period) => Self::PrivateKeyUsagePeriod {
                not_before: period.not_before.map(TimeFacts::generalized),
                not_after: period.not_after.map(TimeFacts::generalized),
            },
            V::SctList(list) => Self::SctList { timestamps: list.iter().map(|sct| SctFacts::new(&sct)).collect() },
            V::CtPoison => Self::CtPoison,
            V::TlsFeature(list) => Self::TlsFeature {
                features: list
                    .iter()
                    .map(|feature| TlsFeatureFacts { number: feature.0, name: feature.name().map(str::to_owned) })
                    .collect(),
            },
            V::OcspNoCheck => Self::OcspNoCheck,
            V::QcStatements(list) => Self::QcStatements {
                statements: list.iter().map(|statement| QcStatementFacts::new(&statement)).collect(),
            },
            V::SmimeCapabilities(list) => Self::SmimeCapabilities {
                capabilities: list
                    .iter()
                    .map(|capability| SmimeCapabilityFacts {
                        algorithm: OidFacts::new(capability.oid),
                        parameters: capability.parameters.map(|tlv| tlv.raw().into()),
                    })
                    .collect(),
            },
            V::OrganizationIdentifier(identifier) => Self::OrganizationIdentifier(Box::new(OrganizationFacts {
                scheme: ValueFacts::new(&identifier.scheme),
                country: ValueFacts::new(&identifier.country),
                state: identifier.state.map(|state| ValueFacts::new(&state)),
                reference: ValueFacts::new(&identifier.reference),
            })),
            V::MsTemplateName(template) => Self::MsTemplateName { template: ValueFacts::new(template) },
            V::MsTemplate(template) => {
                Self::MsTemplate { template: OidFacts::new(template.id), major: template.major, minor: template.minor }
            }
            V::MsApplicationPolicies(list) => Self::MsApplicationPolicies { policies: policies::read(list) },
            V::MsApplicationPolicyMappings(list) => {
                Self::MsApplicationPolicyMappings { mappings: policies::read_mappings(list) }
            }
            V::MsApplicationPolicyConstraints(constraints) => {
                Self::MsApplicationPolicyConstraints(PolicyConstraintsFacts::new(constraints))
            }
            V::MsCaVersion(version) => {
                Self::MsCaVersion { certificate_index: version.certificate_index, key_index: version.key_index }
            }
            V::MsPreviousCaHash(octets) => Self::MsPreviousCaHash { sha1: (*octets).into() },
            V::MsNtdsSecurity(security) => {
                Self::MsNtdsSecurity { sid: String::from_utf8_lossy(security.sid).into_owned() }
            }
            V::NetscapeCertType(types) => Self::NetscapeCertType { types: types.names() },
            V::NetscapeComment(comment) => Self::NetscapeComment { comment: ValueFacts::new(comment) },
            V::Unknown(octets) => Self::Unknown { octets: (*octets).into() },
        }
    }
}

fn authority_key_identifier(identifier: &AuthorityKeyIdentifier<'_>) -> ExtensionValueFacts {
    ExtensionValueFacts::AuthorityKeyIdentifier {
        key_identifier: identifier.key_identifier.map(Hex::from),
        issuer: identifier.issuer.map(|list| names(&list)).unwrap_or_default(),
        serial: identifier.serial.map(NumberFacts::new),
    }
}

impl SubtreeFacts {
    fn new(subtree: &GeneralSubtree<'_>) -> Self {
        SubtreeFacts {
            base: GeneralNameFacts::new(&subtree.base, Role::Subtree),
            minimum: saturate(subtree.minimum),
            has_maximum: subtree.has_maximum,
        }
    }
}

impl PolicyConstraintsFacts {
    fn new(constraints: &PolicyConstraints) -> Self {
        PolicyConstraintsFacts {
            require_explicit_policy: constraints.require_explicit_policy.map(saturate),
            inhibit_policy_mapping: constraints.inhibit_policy_mapping.map(saturate),
        }
    }
}

/// A count of certificates; no path has as many as 32 bits can count.
fn saturate(number: Option<u32>) -> u32 {
    number.unwrap_or(u32::MAX)
}
