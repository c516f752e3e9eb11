//! Providers: the one that a file names, and those that are known.

use certlens_keystore::provider::names::Basis;
use certlens_keystore::provider::{Class, KeyFacts, KnownProvider, NamedProvider};
use schemars::JsonSchema;
use serde::Serialize;

use super::key::StatedText;

/// The provider that a file names for a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ProviderFacts {
    /// Whether the file names one: `named`, `absent`, `empty` or `unreadable`.
    pub(crate) state: &'static str,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// What it is; absent when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<ProviderKind>,
    /// The type number of a CSP, as 24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider_type: Option<u32>,
    /// The type's name, as PROV_RSA_AES.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider_type_name: Option<&'static str>,
    /// How it is known what it is, or why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) basis: Option<&'static str>,
    /// How well that is founded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<&'static str>,
    /// Who makes it, when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vendor: Option<&'static str>,
    /// What one should know before one uses it, with its foundation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<StatedText>,
}

/// What a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProviderKind {
    /// A cryptographic service provider of CryptoAPI.
    Csp,
    /// A key storage provider of CNG.
    Ksp,
    /// The name does not tell.
    Unknown,
}

impl From<Class> for ProviderKind {
    fn from(class: Class) -> ProviderKind {
        match class {
            Class::Csp { .. } => ProviderKind::Csp,
            Class::Ksp => ProviderKind::Ksp,
            Class::Unknown => ProviderKind::Unknown,
        }
    }
}

impl ProviderFacts {
    pub(super) fn new(facts: &KeyFacts) -> ProviderFacts {
        let state = match &facts.provider {
            NamedProvider::Absent => "absent",
            NamedProvider::Empty => "empty",
            NamedProvider::Unreadable => "unreadable",
            NamedProvider::Name(_) => "named",
        };
        let provider = facts.named();
        let known = provider.as_ref().and_then(|provider| provider.known());
        let provider_type = provider.as_ref().and_then(|provider| match provider.class {
            Class::Csp { provider_type } => Some(provider_type),
            Class::Ksp | Class::Unknown => None,
        });
        ProviderFacts {
            state,
            kind: provider.as_ref().map(|provider| provider.class.into()),
            provider_type: provider_type.map(|number| number.0),
            provider_type_name: provider_type.and_then(|number| number.name()),
            basis: provider.as_ref().map(|provider| {
                provider.why_unknown().unwrap_or(match provider.basis {
                    Basis::Table => "a provider that is known by name",
                    _ => "its name says so",
                })
            }),
            confidence: provider.as_ref().map(|provider| provider.confidence().word()),
            vendor: known.map(|known| known.vendor),
            note: known.and_then(|known| known.note).as_ref().map(StatedText::from),
            name: provider.map(|provider| provider.name),
        }
    }
}

/// The report of `certlens pfx providers`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProvidersReport {
    /// Always `certlens/providers/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// The exit code of the run.
    exit_code: u8,
    /// The providers that are known by name: CSPs, then KSPs. Which are installed on a machine is another question.
    pub(crate) providers: Vec<KnownProviderFacts>,
}

/// A provider that is known by name.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KnownProviderFacts {
    /// Its name as Windows spells it.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) kind: ProviderKind,
    /// The type number of a CSP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider_type: Option<u32>,
    /// The type's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider_type_name: Option<&'static str>,
    /// Who makes it.
    pub(crate) vendor: &'static str,
    /// How well name and kind are founded.
    pub(crate) confidence: &'static str,
    /// What one should know before one uses it, with its foundation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<StatedText>,
    /// Whether keys of servers are badly kept there: it is Base, for signatures alone, or for smart cards or persons.
    pub(crate) unfit_for_servers: bool,
}

impl ProvidersReport {
    pub(crate) const SCHEMA: &'static str = "certlens/providers/1";

    pub(crate) fn new() -> ProvidersReport {
        ProvidersReport {
            schema: ProvidersReport::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            exit_code: 0,
            providers: KnownProvider::all().iter().map(KnownProviderFacts::new).collect(),
        }
    }
}

impl KnownProviderFacts {
    fn new(known: &KnownProvider) -> KnownProviderFacts {
        let provider_type = match known.class {
            Class::Csp { provider_type } => Some(provider_type),
            Class::Ksp | Class::Unknown => None,
        };
        KnownProviderFacts {
            name: known.name,
            kind: known.class.into(),
            provider_type: provider_type.map(|number| number.0),
            provider_type_name: provider_type.and_then(|number| number.name()),
            vendor: known.vendor,
            confidence: known.confidence.word(),
            note: known.note.as_ref().map(StatedText::from),
            unfit_for_servers: known.is_unfit,
        }
    }
}
