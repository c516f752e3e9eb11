//! Extensions of CRLs.

use certlens_core::x509::crl::{CrlExtension, CrlExtensionValue, IssuingDistributionPoint};
use certlens_core::x509::extension::DistributionPointName;
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::extension::access::{self, AccessFacts, DistributionPointFacts};
use crate::facts::general_name::{GeneralNameFacts, names};
use crate::facts::name::RdnFacts;
use crate::facts::octets::NumberFacts;
use crate::facts::{ErrorFacts, Hex, OidFacts};

/// One extension of a CRL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CrlExtensionFacts {
    /// Which extension.
    #[serde(flatten)]
    pub(crate) id: OidFacts,
    /// Whether a reader that does not process it must not use the CRL.
    pub(crate) critical: bool,
    /// Its value, or why that cannot be read.
    #[serde(flatten)]
    pub(crate) reading: CrlExtensionReading,
}

/// An extension that was decoded, or one that could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CrlExtensionReading {
    /// The value.
    Value(CrlExtensionValueFacts),
    /// Why there is none.
    Error(BrokenCrlExtension),
}

/// An extension that could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BrokenCrlExtension {
    /// Where and why.
    #[serde(flatten)]
    pub(crate) error: ErrorFacts,
    /// The octets inside extnValue.
    pub(crate) octets: Hex,
}

/// The value of an extension of a CRL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum CrlExtensionValueFacts {
    /// RFC 5280 §5.2.1.
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
    /// RFC 5280 §5.2.2.
    IssuerAltName {
        /// The names.
        names: Vec<GeneralNameFacts>,
    },
    /// RFC 5280 §5.2.3.
    CrlNumber {
        /// The number.
        number: NumberFacts,
    },
    /// RFC 5280 §5.2.4.
    DeltaCrlIndicator {
        /// The number of the CRL that this one updates.
        base_number: NumberFacts,
    },
    /// RFC 5280 §5.2.5.
    IssuingDistributionPoint(Box<ScopeFacts>),
    /// RFC 5280 §5.2.6.
    FreshestCrl {
        /// Where delta CRLs are.
        points: Vec<DistributionPointFacts>,
    },
    /// RFC 5280 §5.2.7.
    AuthorityInfoAccess {
        /// What is found where.
        descriptions: Vec<AccessFacts>,
    },
    /// An extension that certlens does not decode.
    Unknown {
        /// The octets inside extnValue.
        octets: Hex,
    },
}

/// What a CRL covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ScopeFacts {
    /// The CRL's own names, which all mean this CRL.
    pub(crate) full_name: Vec<GeneralNameFacts>,
    /// A name relative to the issuer's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) relative_name: Option<RdnFacts>,
    /// Only certificates of end entities.
    pub(crate) only_user_certificates: bool,
    /// Only certificates of CAs.
    pub(crate) only_ca_certificates: bool,
    /// Only attribute certificates.
    pub(crate) only_attribute_certificates: bool,
    /// Only these reasons; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) only_some_reasons: Option<Vec<&'static str>>,
    /// Entries may be of certificates of other issuers.
    pub(crate) indirect: bool,
}

impl CrlExtensionFacts {
    pub(crate) fn new(extension: &CrlExtension<'_>) -> Self {
        CrlExtensionFacts {
            id: OidFacts::new(extension.oid()),
            critical: extension.is_critical(),
            reading: match extension.value() {
                Ok(value) => CrlExtensionReading::Value(CrlExtensionValueFacts::new(&value)),
                Err(error) => CrlExtensionReading::Error(BrokenCrlExtension {
                    error: ErrorFacts::new(&error),
                    octets: extension.value_octets().into(),
                }),
            },
        }
    }
}

impl CrlExtensionValueFacts {
    fn new(value: &CrlExtensionValue<'_>) -> Self {
        use CrlExtensionValue as V;
        match value {
            V::AuthorityKeyIdentifier(identifier) => Self::AuthorityKeyIdentifier {
                key_identifier: identifier.key_identifier.map(Hex::from),
                issuer: identifier.issuer.map(|list| names(&list)).unwrap_or_default(),
                serial: identifier.serial.map(NumberFacts::new),
            },
            V::IssuerAltName(list) => Self::IssuerAltName { names: names(list) },
            V::CrlNumber(number) => Self::CrlNumber { number: NumberFacts::new(*number) },
            V::DeltaCrlIndicator(base) => Self::DeltaCrlIndicator { base_number: NumberFacts::new(*base) },
            V::IssuingDistributionPoint(scope) => Self::IssuingDistributionPoint(Box::new(ScopeFacts::new(scope))),
            V::FreshestCrl(list) => Self::FreshestCrl { points: access::read_points(list) },
            V::AuthorityInfoAccess(list) => Self::AuthorityInfoAccess { descriptions: access::read(list) },
            V::Unknown(octets) => Self::Unknown { octets: (*octets).into() },
        }
    }
}

impl ScopeFacts {
    fn new(scope: &IssuingDistributionPoint<'_>) -> Self {
        let (full_name, relative_name) = match &scope.name {
            Some(DistributionPointName::Full(list)) => (names(list), None),
            Some(DistributionPointName::Relative(rdn)) => (Vec::new(), Some(RdnFacts::new(rdn))),
            None => (Vec::new(), None),
        };
        ScopeFacts {
            full_name,
            relative_name,
            only_user_certificates: scope.only_user_certs,
            only_ca_certificates: scope.only_ca_certs,
            only_attribute_certificates: scope.only_attribute_certs,
            only_some_reasons: scope.only_some_reasons.map(|reasons| reasons.names()),
            indirect: scope.indirect,
        }
    }

    /// What is covered, in words.
    pub(crate) fn sentence(&self) -> String {
        let kinds = [
            (self.only_user_certificates, "end entities"),
            (self.only_ca_certificates, "CAs"),
            (self.only_attribute_certificates, "attribute certificates"),
        ];
        let kinds: Vec<&str> = kinds.iter().filter(|(only, _)| *only).map(|(_, kind)| *kind).collect();
        let kinds = match kinds.as_slice() {
            [] => "all kinds of certificates".to_owned(),
            [one] => format!("{one} only"),
            // RFC 5280 §5.2.5 allows at most one.
            several => format!("at once only {}, which contradict each other", several.join(" and only ")),
        };
        let whose = if self.indirect { "of this issuer and of others it names (indirect)" } else { "of this issuer" };
        let reasons = match &self.only_some_reasons {
            None => "all reasons".to_owned(),
            Some(reasons) if reasons.is_empty() => "no reason".to_owned(),
            Some(reasons) => format!("only the reasons {}", reasons.join(", ")),
        };
        let part = if self.full_name.is_empty() && self.relative_name.is_none() {
            ""
        } else {
            "; those that name this distribution point"
        };
        format!("{kinds} {whose}; {reasons}{part}")
    }
}

#[cfg(test)]
mod tests {
    use super::ScopeFacts;

    #[test]
    fn scopes_in_words() {
        let all = ScopeFacts {
            full_name: Vec::new(),
            relative_name: None,
            only_user_certificates: false,
            only_ca_certificates: false,
            only_attribute_certificates: false,
            only_some_reasons: None,
            indirect: false,
        };
        assert_eq!(all.sentence(), "all kinds of certificates of this issuer; all reasons");
        let narrow = ScopeFacts {
            only_ca_certificates: true,
            indirect: true,
            only_some_reasons: Some(vec!["keyCompromise"]),
            ..all.clone()
        };
        assert_eq!(
            narrow.sentence(),
            "CAs only of this issuer and of others it names (indirect); only the reasons keyCompromise"
        );
        let contradiction = ScopeFacts { only_user_certificates: true, only_ca_certificates: true, ..all.clone() };
        assert!(contradiction.sentence().contains("contradict each other"), "{}", contradiction.sentence());
        let nothing = ScopeFacts { only_some_reasons: Some(Vec::new()), ..all };
        assert!(nothing.sentence().ends_with("no reason"), "{}", nothing.sentence());
    }
}
