//! Statements of qualified certificates.

use certlens_core::encoding::der::Tag;
use certlens_core::x509::extension::{QcStatement, QcStatementInfo};
use certlens_core::x509::string::StringValue;
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::name::ValueFacts;
use crate::facts::octets::NumberFacts;
use crate::facts::{Hex, OidFacts};

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct QcStatementFacts {
    /// Which statement.
    pub(crate) statement: OidFacts,
    /// What it says.
    pub(crate) info: QcInfoFacts,
}

/// The content of a statement. A number beyond 32 bits is `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum QcInfoFacts {
    /// Nothing beyond its presence.
    None,
    /// The certificate is for transactions up to this value.
    LimitValue {
        /// ISO 4217 code, alphabetic or numeric.
        currency: String,
        /// The amount, before the power of ten.
        amount: Option<u32>,
        /// The power of ten.
        exponent: Option<u32>,
    },
    /// How long the registration is kept.
    RetentionPeriod {
        /// Years.
        years: Option<u32>,
    },
    /// Where the disclosure statements are.
    Disclosure {
        /// The places.
        locations: Vec<DisclosureFacts>,
    },
    /// For what the certificate is meant.
    Types {
        /// Signature, seal or website.
        types: Vec<OidFacts>,
    },
    /// Countries whose law applies.
    Legislation {
        /// ISO 3166 codes.
        countries: Vec<ValueFacts>,
    },
    /// Another content.
    Other {
        /// The content as encoded.
        octets: Hex,
    },
}

/// Where a disclosure statement is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DisclosureFacts {
    /// The URL.
    pub(crate) url: ValueFacts,
    /// ISO 639-1 code of its language.
    pub(crate) language: ValueFacts,
}

impl QcStatementFacts {
    pub(super) fn new(statement: &QcStatement<'_>) -> Self {
        let info = match &statement.info {
            QcStatementInfo::None => QcInfoFacts::None,
            QcStatementInfo::LimitValue { currency, amount, exponent } => {
                let currency = match currency.integer() {
                    Ok(number) if currency.tag == Tag::INTEGER => {
                        let number = NumberFacts::new(number);
                        number.decimal.unwrap_or(number.hex)
                    }
                    _ => ValueFacts::new(&StringValue::read(currency)).to_text(),
                };
                QcInfoFacts::LimitValue { currency, amount: *amount, exponent: *exponent }
            }
            QcStatementInfo::RetentionYears(years) => QcInfoFacts::RetentionPeriod { years: *years },
            QcStatementInfo::Disclosure(list) => QcInfoFacts::Disclosure {
                locations: list
                    .iter()
                    .map(|location| DisclosureFacts {
                        url: ValueFacts::new(&location.url),
                        language: ValueFacts::new(&location.language),
                    })
                    .collect(),
            },
            QcStatementInfo::Types(list) => QcInfoFacts::Types { types: list.iter().map(OidFacts::new).collect() },
            QcStatementInfo::Legislation(list) => {
                QcInfoFacts::Legislation { countries: list.iter().map(|code| ValueFacts::new(&code.0)).collect() }
            }
            QcStatementInfo::Other(value) => QcInfoFacts::Other { octets: value.raw().into() },
        };
        QcStatementFacts { statement: OidFacts::new(statement.id), info }
    }
}
