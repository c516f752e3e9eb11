//! Where a key goes: the rules of PFXImportCertStore, and what was seen to
//! depart from them.

use std::fmt;

use super::facts::{KeyFacts, NamedProvider};
use super::importer::ImportFlags;
use super::kind::KeyKind;
use super::names::{BASE_DSS_DH, Class, ENHANCED, Provider, ProviderType, SOFTWARE_KSP};
use super::statement::{Confidence, Stated, source};

/// Where a key is after an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Landing {
    /// In a CSP.
    Csp {
        /// Its name.
        name: String,
        /// Its type.
        provider_type: ProviderType,
    },
    /// In a KSP.
    Ksp {
        /// Its name.
        name: String,
    },
    /// In memory, as a CNG key, until the program lets go of it.
    Ephemeral,
    /// Nowhere: certificates alone are imported.
    NoKey,
    /// Nowhere: the import fails.
    Fails {
        /// Why.
        why: String,
    },
    /// Nobody can say from the file.
    Unknown {
        /// Why, and what it depends on.
        why: String,
    },
}

impl Landing {
    /// Whether it is in a CSP; `None` when that is unknown.
    pub fn is_csp(&self) -> Option<bool> {
        match self {
            Landing::Csp { .. } => Some(true),
            Landing::Ksp { .. } | Landing::Ephemeral => Some(false),
            Landing::NoKey | Landing::Fails { .. } | Landing::Unknown { .. } => None,
        }
    }
}

impl fmt::Display for Landing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Landing::Csp { name, provider_type } => write!(f, "CSP {name} (type {})", provider_type.0),
            Landing::Ksp { name } => write!(f, "KSP {name}"),
            Landing::Ephemeral => f.write_str("in memory, as a CNG key"),
            Landing::NoKey => f.write_str("no key is imported"),
            Landing::Fails { why } => write!(f, "the import fails: {why}"),
            Landing::Unknown { why } => write!(f, "unknown: {why}"),
        }
    }
}

fn unknown(why: impl Into<String>, confidence: Confidence, source: &'static str) -> Stated<Landing> {
    Stated::new(Landing::Unknown { why: why.into() }, confidence, source)
}

/// Where PFXImportCertStore puts the key when it is called with these flags.
pub fn landing(facts: &KeyFacts, flags: ImportFlags) -> Stated<Landing> {
    if flags.has(ImportFlags::ONLY_CERTIFICATES) {
        return Stated::new(Landing::NoKey, Confidence::Documented, source::IMPORT_FLAGS);
    }
    if flags.has(ImportFlags::NO_PERSIST) {
        return Stated::new(Landing::Ephemeral, Confidence::Observed, "dotnet/runtime issue 23749");
    }
    let named = facts.named();
    if flags.has(ImportFlags::ALWAYS_CNG) {
        // That a KSP is used is documented; that it is the one that the file names is not:
        // the provider of the file is said not to count.
        let other = named.filter(|provider| provider.class == Class::Ksp && provider.name != SOFTWARE_KSP);
        let sure = if other.is_some() { Confidence::Medium } else { Confidence::Documented };
        return into(&other.unwrap_or_else(software_ksp), &facts.algorithm, sure, source::IMPORT_FLAGS);
    }
    let prefers_cng = flags.has(ImportFlags::PREFER_CNG);
    match (&facts.provider, named) {
        (NamedProvider::Name(_), Some(provider)) if prefers_cng && provider.is_base() => {
            into(&software_ksp(), &facts.algorithm, Confidence::Observed, source::RUNTIME_119124)
        }
        (NamedProvider::Name(_), Some(provider)) => {
            into(&provider, &facts.algorithm, Confidence::Documented, source::IMPORT)
        }
        (NamedProvider::Unreadable, _) => unknown(
            "the provider attribute is no text; whether Windows ignores it or looks for a provider by its type is not documented",
            Confidence::Low,
            source::IMPORT,
        ),
        // That an empty name counts as none is not documented.
        (NamedProvider::Empty, _) => {
            let absent = unnamed(&facts.algorithm, prefers_cng);
            Stated { confidence: absent.confidence.min(Confidence::Medium), ..absent }
        }
        (NamedProvider::Absent | NamedProvider::Name(_), _) => unnamed(&facts.algorithm, prefers_cng),
    }
}

fn software_ksp() -> Provider {
    Provider::classify(SOFTWARE_KSP)
}

/// A key whose file names no provider.
fn unnamed(algorithm: &KeyKind, prefers_cng: bool) -> Stated<Landing> {
    let csp = |name: &str, confidence| into(&Provider::classify(name), algorithm, confidence, source::IMPORT);
    match algorithm {
        // No CSP of Microsoft does elliptic curves, and .NET loads such files; but one
        // report has certutil leave an unusable key in a CSP.
        KeyKind::Ec { .. } => into(&software_ksp(), algorithm, Confidence::Medium, source::NO_EC_CSP),
        _ if prefers_cng => into(&software_ksp(), algorithm, Confidence::Documented, source::IMPORT),
        // The documentation names Enhanced, and so does one report; another saw Base. Both
        // are type 1.
        KeyKind::Rsa { .. } => into(&Provider::classify(ENHANCED), algorithm, Confidence::Observed, source::PUPPET_62),
        KeyKind::Dsa => csp(BASE_DSS_DH, Confidence::Documented),
        // Not in the documentation's list; the provider is the only kind that fits.
        KeyKind::Dh => csp(BASE_DSS_DH, Confidence::Low),
        KeyKind::Ed25519 | KeyKind::Ed448 | KeyKind::MlDsa => {
            into(&software_ksp(), algorithm, Confidence::Medium, source::IMPORT)
        }
        KeyKind::Unknown => unknown(
            "no provider is named, and the kind of key, which decides then, could not be read",
            Confidence::Documented,
            source::IMPORT,
        ),
        KeyKind::Other(name) => unknown(
            format!("no provider is named, and where {name} keys go then is not documented"),
            Confidence::Low,
            source::IMPORT,
        ),
    }
}

/// A key that is meant for this provider, as far as the provider can hold it.
pub(super) fn into(
    provider: &Provider,
    algorithm: &KeyKind,
    confidence: Confidence,
    source: &'static str,
) -> Stated<Landing> {
    let name = provider.name.clone();
    // No landing is surer than what the provider is.
    let confidence = confidence.min(provider.confidence());
    match provider.class {
        Class::Csp { provider_type } => match (algorithm, provider_type.holds_rsa()) {
            (KeyKind::Ec { .. }, _) => unknown(
                format!(
                    "{name} is a CSP, and CSPs hold no elliptic-curve keys: the import fails, or leaves a key that nothing can use"
                ),
                Confidence::Medium,
                source::NO_EC_CSP,
            ),
            (KeyKind::Ed25519 | KeyKind::Ed448 | KeyKind::MlDsa | KeyKind::Other(_), _) => Stated::new(
                Landing::Fails { why: format!("{name} is a CSP, and CSPs hold no {algorithm} keys") },
                Confidence::Medium,
                source,
            ),
            (KeyKind::Rsa { .. }, Some(false)) | (KeyKind::Dsa | KeyKind::Dh, Some(true)) => unknown(
                format!("{name} (type {}) holds no {algorithm} keys", provider_type.0),
                Confidence::Medium,
                source,
            ),
            _ => Stated::new(Landing::Csp { name, provider_type }, confidence, source),
        },
        Class::Ksp => {
            let is_microsoft = provider.is_microsofts();
            match algorithm {
                KeyKind::Ed25519 | KeyKind::Ed448 if is_microsoft => Stated::new(
                    Landing::Fails { why: format!("{name} holds no {algorithm} keys") },
                    Confidence::Medium,
                    "certutil -verify: NTE_BAD_ALGID for certificates with such keys",
                ),
                KeyKind::Ed25519 | KeyKind::Ed448 | KeyKind::MlDsa | KeyKind::Other(_) => unknown(
                    format!("whether {name} holds {algorithm} keys depends on its release"),
                    Confidence::Low,
                    source,
                ),
                _ => Stated::new(Landing::Ksp { name }, confidence, source),
            }
        }
        // Windows looks for an invalid name by provider type, which the file does not have.
        Class::Unknown => {
            unknown(format!("'{name}': {}", provider.why_unknown().unwrap_or("not known here")), confidence, source)
        }
    }
}
