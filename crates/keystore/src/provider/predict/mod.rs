//! What each importer makes of a key: where it lands, as what, for whom.

mod notes;
mod whose;

use std::fmt;

use crate::provider::facts::{
    CngUsage, KeyFacts, KeySpec, UsageAttribute, cng_usage, key_spec, sure_of_spec, sure_of_usage,
};
use crate::provider::importer::{Certutil, ImportFlags, Importer};
use crate::provider::landing::{Landing, into, landing};
use crate::provider::names::{Provider, ProviderType, SOFTWARE_KSP};
use crate::provider::statement::{Confidence, Stated, source};

/// How a key may be used after an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecAfterImport {
    /// The key spec of a key in a CSP.
    Csp(KeySpec),
    /// The usages of a CNG key, which has no key spec.
    Cng(CngUsage),
    /// Not known, as is where the key is; each for the case that it is there.
    Either {
        /// In a CSP.
        csp: Option<KeySpec>,
        /// In a KSP.
        cng: Option<CngUsage>,
    },
    /// The usages stand inside the encrypted key.
    NeedsPassword,
    /// The usages are there, and cannot be read.
    Unreadable,
    /// There will be no key.
    NoKey,
}

impl fmt::Display for SpecAfterImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpecAfterImport::Csp(spec) => spec.fmt(f),
            SpecAfterImport::Cng(usage) => write!(f, "CNG usage {usage}"),
            SpecAfterImport::Either { csp, cng } => {
                let csp = csp.map_or_else(|| "unknown".to_owned(), |spec| spec.to_string());
                let cng = cng.map_or_else(|| "unknown".to_owned(), |usage| usage.to_string());
                write!(f, "{csp} in a CSP, usage {cng} in a KSP")
            }
            SpecAfterImport::NeedsPassword => f.write_str("unknown without the password"),
            SpecAfterImport::Unreadable => f.write_str("unknown: keyUsage of the private key cannot be read"),
            SpecAfterImport::NoKey => f.write_str("no key"),
        }
    }
}

/// Whose key store it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The machine's.
    Machine,
    /// The user's who imports.
    User,
    /// That of the certificate store chosen: LocalMachine or CurrentUser.
    OfStore,
    /// Nobody's: the key is not kept, or not imported.
    Nobody,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scope::Machine => "machine",
            Scope::User => "user",
            Scope::OfStore => "machine or user, as the store chosen",
            Scope::Nobody => "not kept",
        })
    }
}

/// Whether the key can be exported afterwards, as far as the importer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exportability {
    /// Unless this is said.
    YesUnless(&'static str),
    /// Only if this is said.
    OnlyWith(&'static str),
    /// As a PFX file, and not as plain text.
    Encrypted,
    /// It cannot.
    No,
    /// There is nothing to export.
    Nothing,
}

impl fmt::Display for Exportability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exportability::YesUnless(said) => write!(f, "exportable, unless {said}"),
            Exportability::OnlyWith(said) => write!(f, "not exportable, unless {said}"),
            Exportability::Encrypted => f.write_str("exportable into a PFX file, not as plain text"),
            Exportability::No => f.write_str("not exportable"),
            Exportability::Nothing => f.write_str("nothing to export"),
        }
    }
}

/// What one importer makes of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// Who imports.
    pub importer: Importer,
    /// Where the key is afterwards.
    pub landing: Stated<Landing>,
    /// As what.
    pub spec: Stated<SpecAfterImport>,
    /// Whose.
    pub scope: Stated<Scope>,
    /// Whether it can be exported.
    pub exportable: Stated<Exportability>,
    /// What else one should know.
    pub notes: Vec<Stated<String>>,
}

/// What this importer makes of this key.
pub fn predict(facts: &KeyFacts, importer: &Importer) -> Prediction {
    let landing = landing_by(facts, importer);
    let mut notes = notes::notes(facts, importer, &landing.value);
    let spec = spec(facts, importer, &landing.value, &mut notes);
    let nothing = matches!(landing.value, Landing::NoKey | Landing::Fails { .. });
    Prediction {
        importer: importer.clone(),
        spec,
        scope: match landing.value {
            _ if nothing => Stated::new(Scope::Nobody, landing.confidence, landing.source),
            Landing::Ephemeral => Stated::new(Scope::Nobody, landing.confidence, landing.source),
            _ => whose::scope(facts, importer),
        },
        exportable: match nothing {
            true => Stated::new(Exportability::Nothing, landing.confidence, landing.source),
            false => whose::exportability(importer),
        },
        landing,
        notes,
    }
}

fn landing_by(facts: &KeyFacts, importer: &Importer) -> Stated<Landing> {
    let (plain, preferring) = (landing(facts, ImportFlags::NONE), landing(facts, ImportFlags::PREFER_CNG));
    // Where both flags come to the same, it does not matter which an importer passes.
    let is_decided_by_file = plain.value == preferring.value;
    match importer {
        Importer::Wizard if is_decided_by_file => plain,
        Importer::Wizard => plain.given(Confidence::Observed, source::PUPPET_62),
        Importer::Certutil(Certutil { provider: Some(provider), .. }) => into(
            &Provider::by_certutil_argument(provider),
            &facts.algorithm,
            Confidence::Documented,
            source::CERTUTIL_HELP,
        ),
        Importer::Certutil(Certutil { provider: None, .. }) if is_decided_by_file => plain,
        Importer::Certutil(Certutil { provider: None, .. }) => Stated::new(
            Landing::Unknown {
                why: format!(
                    "certutil seems to prefer CNG since Windows 11: {} before, {} since; always name the provider with -csp",
                    plain.value, preferring.value
                ),
            },
            Confidence::Low,
            source::SEB_641,
        ),
        Importer::ImportPfxCertificate => preferring,
        Importer::DotNetFramework { ephemeral: false } if is_decided_by_file => plain,
        Importer::DotNetFramework { ephemeral: false } => plain.given(Confidence::SourceCode, source::FRAMEWORK),
        Importer::DotNetFramework { ephemeral: true } => {
            landing(facts, ImportFlags::NO_PERSIST.and(ImportFlags::ALWAYS_CNG))
        }
        // That the attribute is left alone then is read in its source.
        Importer::DotNetLoader { preserve_provider: true } => preferring.given(Confidence::SourceCode, source::LOADER),
        // It writes the KSP's name over what the file says before it calls Windows.
        Importer::DotNetLoader { preserve_provider: false } => {
            into(&Provider::classify(SOFTWARE_KSP), &facts.algorithm, Confidence::SourceCode, source::LOADER)
        }
    }
}

fn spec(
    facts: &KeyFacts,
    importer: &Importer,
    landing: &Landing,
    notes: &mut Vec<Stated<String>>,
) -> Stated<SpecAfterImport> {
    let documented = |value| Stated::new(value, Confidence::Documented, source::IMPORT);
    let modifier = match importer {
        Importer::Certutil(told) => told.spec,
        _ => None,
    };
    let sure = sure_of_spec(facts.usage);
    let closed = || match facts.usage {
        UsageAttribute::Unreadable => SpecAfterImport::Unreadable,
        _ => SpecAfterImport::NeedsPassword,
    };
    let (csp, cng) = (key_spec(facts.usage, &facts.algorithm), cng_usage(facts.usage));
    match landing {
        Landing::NoKey | Landing::Fails { .. } => documented(SpecAfterImport::NoKey),
        Landing::Csp { provider_type, .. } => {
            let stated = match (modifier, csp) {
                (Some(spec), _) => {
                    Stated::new(SpecAfterImport::Csp(spec), Confidence::Documented, source::CERTUTIL_HELP)
                }
                (None, Some(spec)) => Stated::new(SpecAfterImport::Csp(spec), sure, source::IMPORT),
                (None, None) => documented(closed()),
            };
            if *provider_type == ProviderType::RSA_SIG && stated.value == SpecAfterImport::Csp(KeySpec::Exchange) {
                notes.push(Stated::new(
                    "a provider of type 2 makes signatures alone; a key for exchange does not fit into it".to_owned(),
                    Confidence::Medium,
                    "wincrypt.h",
                ));
            }
            stated
        }
        Landing::Ksp { .. } | Landing::Ephemeral => {
            if let Some(spec) = modifier {
                notes.push(Stated::new(
                    format!("keys in a KSP have no key spec; what {spec} changes there is not documented"),
                    Confidence::Low,
                    source::CERTUTIL_HELP,
                ));
            }
            match cng {
                Some(usage) => Stated::new(SpecAfterImport::Cng(usage), sure_of_usage(facts.usage), source::IMPORT),
                None => documented(closed()),
            }
        }
        Landing::Unknown { .. }
            if matches!(facts.usage, UsageAttribute::Unknown | UsageAttribute::Unreadable) && modifier.is_none() =>
        {
            documented(closed())
        }
        Landing::Unknown { .. } => {
            let sure = sure.min(sure_of_usage(facts.usage));
            Stated::new(SpecAfterImport::Either { csp: modifier.or(csp), cng }, sure, source::IMPORT)
        }
    }
}

#[cfg(test)]
mod tests;
