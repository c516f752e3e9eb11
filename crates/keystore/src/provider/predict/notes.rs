//! What one should know beside where a key lands.

use crate::provider::facts::{KeyFacts, NamedProvider};
use crate::provider::importer::{Certutil, Importer};
use crate::provider::kind::KeyKind;
use crate::provider::landing::Landing;
use crate::provider::names::{Basis, Class, ENHANCED, Provider};
use crate::provider::statement::{Confidence, Stated, source};

pub(super) fn notes(facts: &KeyFacts, importer: &Importer, landing: &Landing) -> Vec<Stated<String>> {
    let mut notes = Vec::new();
    match landing {
        Landing::Csp { name, .. } | Landing::Ksp { name } => {
            notes.extend(by_default(facts, importer, landing));
            let provider = Provider::classify(name);
            if let Some(note) = provider.known().and_then(|known| known.note) {
                notes.push(note.map(|note| format!("{name}: {note}")));
            }
            if provider.known().is_none_or(|known| known.vendor != "Microsoft") {
                notes.push(where_it_is_missing(&provider, importer));
            }
        }
        Landing::Unknown { .. } => {
            if let Some(provider) = meant(facts, importer).filter(|provider| provider.basis == Basis::Nothing) {
                notes.push(where_it_is_missing(&provider, importer));
            }
        }
        Landing::Ephemeral | Landing::NoKey | Landing::Fails { .. } => {}
    }
    notes
}

/// The provider that the importer is told, or the file names.
fn meant(facts: &KeyFacts, importer: &Importer) -> Option<Provider> {
    match importer {
        Importer::Certutil(Certutil { provider: Some(provider), .. }) => Some(Provider::by_certutil_argument(provider)),
        _ => facts.named(),
    }
}

/// About a key that lands somewhere because nobody said where.
fn by_default(facts: &KeyFacts, importer: &Importer, landing: &Landing) -> Option<Stated<String>> {
    let is_unnamed = matches!(facts.provider, NamedProvider::Absent | NamedProvider::Empty);
    if !is_unnamed || importer.names_provider() {
        return None;
    }
    match (&facts.algorithm, landing) {
        (KeyKind::Ec { .. }, _) => Some(Stated::new(
            "no provider is named: such a key was seen in an old CSP after certutil, where nothing can use it; name the KSP, in the file or with -csp".to_owned(),
            Confidence::Observed,
            source::EC_IN_CSP,
        )),
        (KeyKind::Rsa { .. }, Landing::Csp { name, .. }) if name == ENHANCED => Some(Stated::new(
            "which CSP it is, is less sure than that it is one of type 1: Microsoft Base Cryptographic Provider v1.0 was seen in its place".to_owned(),
            Confidence::Observed,
            source::RUNTIME_107005,
        )),
        _ => None,
    }
}

fn where_it_is_missing(provider: &Provider, importer: &Importer) -> Stated<String> {
    let name = &provider.name;
    match (provider.class, importer) {
        (_, Importer::Certutil(Certutil { provider: Some(_), .. })) => Stated::new(
            format!("{name} must be installed; `certutil -csplist` tells"),
            Confidence::Medium,
            source::CERTUTIL_HELP,
        ),
        // These prefer CNG, and the flag for that makes the import fail then.
        (Class::Ksp, Importer::ImportPfxCertificate | Importer::DotNetLoader { .. }) => Stated::new(
            format!("{name} must be installed, or the import fails"),
            Confidence::Documented,
            source::IMPORT_FLAGS,
        ),
        _ => Stated::new(
            format!("where {name} is not installed, Windows takes the default provider of its type"),
            Confidence::Documented,
            source::IMPORT,
        ),
    }
}
