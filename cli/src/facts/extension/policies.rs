//! Certificate policies, their qualifiers and mappings.

use certlens_core::encoding::der::SequenceOf;
use certlens_core::x509::extension::{PolicyInformation, PolicyMapping, PolicyQualifier};
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::name::ValueFacts;
use crate::facts::{Hex, OidFacts};

/// A policy with its qualifiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PolicyFacts {
    /// The policy.
    pub(crate) policy: OidFacts,
    /// Its qualifiers.
    pub(crate) qualifiers: Vec<QualifierFacts>,
}

/// A policy qualifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum QualifierFacts {
    /// Where the certification practice statement is published.
    Cps {
        /// The URI.
        uri: ValueFacts,
    },
    /// A notice to be shown.
    UserNotice {
        /// Organization of the notice reference.
        #[serde(skip_serializing_if = "Option::is_none")]
        organization: Option<ValueFacts>,
        /// Numbers of the notice reference; `null` for one that is negative or beyond 32 bits.
        numbers: Vec<Option<u32>>,
        /// The text.
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<ValueFacts>,
    },
    /// Another kind.
    Other {
        /// Which kind.
        qualifier: OidFacts,
        /// The value as encoded.
        octets: Hex,
    },
}

/// A policy of the issuer's domain that counts as one of the subject's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PolicyMappingFacts {
    /// The issuer's policy.
    pub(crate) issuer_domain: OidFacts,
    /// The subject's policy.
    pub(crate) subject_domain: OidFacts,
}

pub(super) fn read(list: &SequenceOf<'_, PolicyInformation<'_>>) -> Vec<PolicyFacts> {
    list.iter()
        .map(|information| PolicyFacts {
            policy: OidFacts::new(information.policy),
            qualifiers: information
                .qualifiers
                .map(|list| list.iter().map(|qualifier| read_qualifier(&qualifier)).collect())
                .unwrap_or_default(),
        })
        .collect()
}

pub(super) fn read_mappings(list: &SequenceOf<'_, PolicyMapping<'_>>) -> Vec<PolicyMappingFacts> {
    list.iter()
        .map(|mapping| PolicyMappingFacts {
            issuer_domain: OidFacts::new(mapping.issuer_domain),
            subject_domain: OidFacts::new(mapping.subject_domain),
        })
        .collect()
}

fn read_qualifier(qualifier: &PolicyQualifier<'_>) -> QualifierFacts {
    match qualifier {
        PolicyQualifier::Cps(uri) => QualifierFacts::Cps { uri: ValueFacts::new(uri) },
        PolicyQualifier::UserNotice(notice) => QualifierFacts::UserNotice {
            organization: notice.organization.map(|value| ValueFacts::new(&value)),
            numbers: notice.numbers.map(|list| list.iter().map(|number| number.0).collect()).unwrap_or_default(),
            text: notice.explicit_text.map(|value| ValueFacts::new(&value)),
        },
        PolicyQualifier::Other(oid, value) => {
            QualifierFacts::Other { qualifier: OidFacts::new(*oid), octets: value.raw().into() }
        }
    }
}
