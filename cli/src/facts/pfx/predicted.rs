//! The facts of `certlens pfx predict`: what `certutil -importPFX` makes of a file.

mod certificate;

use certlens_keystore::inventory::{Inventory, KeyEntry};
use certlens_keystore::key::KeyProblem;
use certlens_keystore::provider::{
    Certutil, Confidence, Exportability, Importer, KeyFacts, KeySpec, Landing, Prediction, Provider, ProviderType,
    Scope, SpecAfterImport, predict,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::friendly_name;
use super::key::{KeyPredictionFacts, StatedText};
use super::protection::{OpeningFacts, ReleaseFacts, releases};
use super::written::WrittenReport;
use crate::pfx::PfxFile;

pub(crate) use certificate::{ImportedCertificateFacts, ToldOfCertificates, certificates};

/// The report of `certlens pfx predict`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PredictionReport {
    /// Always `certlens/pfx-predict/1`.
    pub(crate) schema: &'static str,
    /// The version of certlens.
    pub(crate) version: &'static str,
    /// The exit code of the run.
    pub(crate) exit_code: u8,
    /// The file, `-` for standard input.
    pub(crate) input: String,
    /// The command line on Windows that is predicted, without the password.
    pub(crate) command: String,
    /// Whether the import works.
    pub(crate) answer: PredictedAnswer,
    /// Why, or what becomes of the key.
    pub(crate) reason: String,
    /// What Windows says when it fails, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'static str>,
    /// The certificate store.
    pub(crate) store: StoreFacts,
    /// How far the file was opened.
    pub(crate) opening: OpeningFacts,
    /// Which releases of Windows open the file: the one that was written, else the one that was read.
    pub(crate) releases: Vec<ReleaseFacts>,
    /// The private keys, and where they are afterwards.
    pub(crate) keys: Vec<ImportedKeyFacts>,
    /// The certificates, and where they are afterwards.
    pub(crate) certificates: Vec<ImportedCertificateFacts>,
    /// What one should know.
    pub(crate) warnings: Vec<String>,
    /// The file that was written, ready to be imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) written: Option<WrittenReport>,
}

/// Whether an import works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PredictedAnswer {
    /// It works, as it is described.
    Imports,
    /// It fails.
    Fails,
    /// What happens depends on what the file does not say.
    CannotKnow,
}

/// A certificate store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StoreFacts {
    /// Its name, as `My`.
    pub(crate) name: String,
    /// What Windows calls it, as `Personal`; absent for stores that are not known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<&'static str>,
    /// Whose it is: `machine` or `user`.
    pub(crate) location: &'static str,
}

/// A private key after the import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ImportedKeyFacts {
    /// Its number in the file, from 1.
    pub(crate) number: usize,
    /// Its algorithm, in words.
    pub(crate) algorithm: String,
    /// Numbers of the certificates that are its own.
    pub(crate) certificates: Vec<usize>,
    /// Its container.
    pub(crate) container: StatedText,
    /// Where it is, as what, whose, and whether it can be exported.
    pub(crate) prediction: KeyPredictionFacts,
    /// The type number of the provider, 0 for a KSP; absent when the provider is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider_type: Option<u32>,
    /// The key spec: 1 for AT_KEYEXCHANGE, 2 for AT_SIGNATURE, 0 in a KSP; absent when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_spec: Option<u32>,
    /// Whether it is in the machine's key store.
    pub(crate) machine: bool,
    /// Whether it can be exported.
    pub(crate) export: ExportFacts,
}

/// Whether a key can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportFacts {
    /// Also as plain text.
    Yes,
    /// As a PFX file alone.
    Encrypted,
    /// It cannot.
    No,
    /// There is no key.
    Nothing,
}

impl From<Exportability> for ExportFacts {
    fn from(export: Exportability) -> ExportFacts {
        match export {
            Exportability::YesUnless(_) => ExportFacts::Yes,
            Exportability::Encrypted => ExportFacts::Encrypted,
            Exportability::OnlyWith(_) | Exportability::No => ExportFacts::No,
            Exportability::Nothing => ExportFacts::Nothing,
        }
    }
}

impl PredictionReport {
    pub(crate) const SCHEMA: &'static str = "certlens/pfx-predict/1";
}

impl StoreFacts {
    pub(crate) fn new(name: &str, user: bool) -> StoreFacts {
        const TITLES: [(&str, &str); 3] = [
            ("My", "Personal"),
            ("Root", "Trusted Root Certification Authorities"),
            ("CA", "Intermediate Certification Authorities"),
        ];
        let title = TITLES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, title)| *title);
        StoreFacts { name: name.to_owned(), title, location: if user { "user" } else { "machine" } }
    }
}

fn stated(text: impl Into<String>, confidence: Confidence, source: &'static str) -> StatedText {
    StatedText { text: text.into(), confidence: confidence.word(), source }
}

/// What became of the keys, and what decides about the whole of them.
pub(crate) struct PredictedKeys {
    pub(crate) facts: Vec<ImportedKeyFacts>,
    pub(crate) answer: PredictedAnswer,
    pub(crate) reason: String,
    pub(crate) warnings: Vec<String>,
    /// Whether it is not known for want of a provider that certutil is told.
    pub(crate) provider_decides: bool,
}

/// What certutil makes of the keys; `recorded`: of a file that asks for the key store itself.
pub(crate) fn keys(inventory: &Inventory<'_>, told: &Certutil, recorded: bool) -> PredictedKeys {
    let importer = Importer::Certutil(told.clone());
    let mut keys = PredictedKeys {
        facts: Vec::new(),
        answer: PredictedAnswer::Imports,
        reason: String::new(),
        warnings: Vec::new(),
        provider_decides: false,
    };
    if inventory.keys.is_empty() {
        keys.answer = PredictedAnswer::CannotKnow;
        keys.reason = "no private key of the file is known, and certutil -importPFX is for keys with their certificates; certutil -addstore adds certificates".to_owned();
        return keys;
    }
    for (at, entry) in inventory.keys.iter().enumerate() {
        let mut facts = entry.facts.clone();
        if recorded {
            facts.machine_keyset = !told.for_user;
        }
        let prediction = predict(&facts, &importer);
        let which = if inventory.keys.len() > 1 { format!("key {}", at + 1) } else { "the key".to_owned() };
        let unusable = unusable(entry, &which).map(|reason| (PredictedAnswer::CannotKnow, reason));
        let is_usable = unusable.is_none();
        let (answer, reason) = unusable.unwrap_or_else(|| {
            let (answer, reason) = outcome(&facts, &prediction, told);
            (answer, if inventory.keys.len() > 1 { format!("{which}: {reason}") } else { reason })
        });
        // Of several the worst decides, and of equals the first.
        if keys.reason.is_empty() || weight(answer) > weight(keys.answer) {
            keys.provider_decides = is_usable && answer == PredictedAnswer::CannotKnow;
            (keys.answer, keys.reason) = (answer, reason);
        }
        warn(&mut keys.warnings, &facts, &prediction, told);
        let pairs = inventory.bundle.iter().flat_map(|bundle| &bundle.pairs);
        keys.facts.push(ImportedKeyFacts {
            number: at + 1,
            algorithm: facts.algorithm.to_string(),
            certificates: pairs.filter(|pair| pair.key == at).map(|pair| pair.certificate + 1).collect(),
            container: container(entry, told),
            provider_type: match &prediction.landing.value {
                Landing::Csp { provider_type, .. } => Some(provider_type.0),
                Landing::Ksp { .. } => Some(0),
                _ => None,
            },
            key_spec: match &prediction.spec.value {
                SpecAfterImport::Csp(spec) => Some(spec.number()),
                SpecAfterImport::Cng(_) => Some(0),
                _ => None,
            },
            machine: prediction.scope.value == Scope::Machine,
            export: prediction.exportable.value.into(),
            prediction: KeyPredictionFacts::new(&prediction),
        });
    }
    keys
}

/// How much an answer counts beside others: the worst most.
pub(crate) const fn weight(answer: PredictedAnswer) -> u8 {
    match answer {
        PredictedAnswer::Imports => 0,
        PredictedAnswer::CannotKnow => 1,
        PredictedAnswer::Fails => 2,
    }
}

/// Why nobody knows whether Windows takes a key, wherever it would land: it cannot be
/// read, or its numbers do not belong together; `which`: the key, in words.
fn unusable(entry: &KeyEntry<'_>, which: &str) -> Option<String> {
    let key = match entry.key.as_ref()? {
        Ok(key) => key,
        Err(error) => return Some(format!("{which} cannot be read: {error}")),
    };
    let is_wrong = |problem: &&KeyProblem| {
        matches!(
            problem,
            KeyProblem::RsaPrimes
                | KeyProblem::RsaPrimesMissing
                | KeyProblem::RsaPrivateExponent
                | KeyProblem::RsaCrtExponents
                | KeyProblem::RsaCoefficient
                | KeyProblem::RsaUnchecked
        )
    };
    let problem = key.problems().iter().find(is_wrong)?;
    Some(format!("whether Windows takes {which} is not known: {problem}"))
}

fn outcome(facts: &KeyFacts, prediction: &Prediction, told: &Certutil) -> (PredictedAnswer, String) {
    let named = told.provider.as_deref().map(Provider::by_certutil_argument).or_else(|| facts.named());
    // Where the prediction leaves open how it goes wrong, it goes wrong all the same.
    if let Some(provider) = named.filter(|provider| !provider.may_hold(&facts.algorithm)) {
        let reason = format!("the key is {}, and {} holds no such keys", facts.algorithm, provider.name);
        return (PredictedAnswer::Fails, reason);
    }
    match &prediction.landing.value {
        // What makes signatures alone takes no key for exchange.
        Landing::Csp { name, provider_type: ProviderType::RSA_SIG }
            if prediction.spec.value == SpecAfterImport::Csp(KeySpec::Exchange) =>
        {
            let reason = format!("{name} makes signatures alone, and the key would be for exchange");
            (PredictedAnswer::Fails, reason)
        }
        Landing::Fails { why } => (PredictedAnswer::Fails, why.clone()),
        Landing::Unknown { why } => (PredictedAnswer::CannotKnow, why.clone()),
        _ if prediction.spec.value == SpecAfterImport::Unreadable => {
            let reason = "keyUsage of the private key, which decides how it may be used, cannot be read".to_owned();
            (PredictedAnswer::CannotKnow, reason)
        }
        landing => {
            let reason = format!("{landing}; {}; {}", prediction.spec.value, prediction.scope.value);
            (PredictedAnswer::Imports, reason)
        }
    }
}

fn warn(warnings: &mut Vec<String>, facts: &KeyFacts, prediction: &Prediction, told: &Certutil) {
    let mut warn = |text: String| {
        if !warnings.contains(&text) {
            warnings.push(text);
        }
    };
    for note in &prediction.notes {
        warn(note.value.clone());
    }
    if prediction.spec.value == SpecAfterImport::Csp(KeySpec::Signature) {
        warn("A key with AT_SIGNATURE makes signatures alone: TLS servers, SQL Server and services with WCF need AT_KEYEXCHANGE".to_owned());
    }
    let named = facts.named().map(|provider| provider.name);
    if let (Some(told), Some(named)) = (&told.provider, named) {
        let told = Provider::by_certutil_argument(told).name;
        if told != named {
            warn(format!("The file names {named}; -csp has certutil take {told} in its place"));
        }
    }
}

fn container(entry: &KeyEntry<'_>, told: &Certutil) -> StatedText {
    match (&told.provider, friendly_name(entry.bag)) {
        (Some(_), _) => {
            stated("a new one, whose name ends in a GUID", Confidence::Observed, "reports of imports with -csp")
        }
        (None, Some(name)) => stated(name, Confidence::Documented, "PFXImportCertStore, PKCS12_ALLOW_OVERWRITE_KEY"),
        (None, None) => stated("a new one, which Windows names", Confidence::Medium, "the file names none"),
    }
}

/// How far the file was opened, and who opens it.
pub(crate) fn opening(file: &PfxFile, inventory: &Inventory<'_>) -> (OpeningFacts, Vec<ReleaseFacts>) {
    (OpeningFacts::new(file), releases(inventory))
}
