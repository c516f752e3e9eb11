//! Distribution points and access descriptions.

use certlens_core::encoding::der::SequenceOf;
use certlens_core::x509::extension::{AccessDescription, DistributionPoint, DistributionPointName};
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::OidFacts;
use crate::facts::general_name::{GeneralNameFacts, Role, names};
use crate::facts::name::RdnFacts;

/// Where something about the issuer or subject is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AccessFacts {
    /// What is found there.
    pub(crate) method: OidFacts,
    /// Where.
    pub(crate) location: GeneralNameFacts,
}

/// Where a CRL is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DistributionPointFacts {
    /// Full names, which all mean the same CRL.
    pub(crate) full_name: Vec<GeneralNameFacts>,
    /// A name relative to the CRL issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) relative_name: Option<RdnFacts>,
    /// The revocation reasons that the CRL covers; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reasons: Option<Vec<&'static str>>,
    /// Who issues the CRL, when not the certificate's issuer.
    pub(crate) crl_issuer: Vec<GeneralNameFacts>,
}

pub(in crate::facts) fn read(list: &SequenceOf<'_, AccessDescription<'_>>) -> Vec<AccessFacts> {
    list.iter()
        .map(|description| AccessFacts {
            method: OidFacts::new(description.method),
            location: GeneralNameFacts::new(&description.location, Role::Name),
        })
        .collect()
}

pub(in crate::facts) fn read_points(list: &SequenceOf<'_, DistributionPoint<'_>>) -> Vec<DistributionPointFacts> {
    list.iter().map(|point| read_point(&point)).collect()
}

fn read_point(point: &DistributionPoint<'_>) -> DistributionPointFacts {
    let (full_name, relative_name) = match &point.name {
        Some(DistributionPointName::Full(list)) => (names(list), None),
        Some(DistributionPointName::Relative(rdn)) => (Vec::new(), Some(RdnFacts::new(rdn))),
        None => (Vec::new(), None),
    };
    DistributionPointFacts {
        full_name,
        relative_name,
        reasons: point.reasons.map(|reasons| reasons.names()),
        crl_issuer: point.crl_issuer.map(|list| names(&list)).unwrap_or_default(),
    }
}
