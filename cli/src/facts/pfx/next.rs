//! What to do next, with the commands that do it.

use certlens_keystore::inventory::{Inventory, KeyEntry};
use certlens_keystore::provider::names::{ENHANCED_AES, SOFTWARE_KSP};
use certlens_keystore::provider::releases::{self, Release};
use certlens_keystore::provider::{Class, ImpliedSpec, KeyKind, KeySpec, NamedProvider, command};
use schemars::JsonSchema;
use serde::Serialize;

use crate::args;
use crate::pfx::{Opened, PfxFile};
use crate::shell::quote;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StepFacts {
    /// What, and what for.
    pub(crate) text: String,
    /// Commands that do it.
    pub(crate) commands: Vec<String>,
}

pub(super) fn steps(file: &PfxFile, inventory: &Inventory<'_>) -> Vec<StepFacts> {
    let mut steps = Vec::new();
    let name = quote(&file.name);
    match &file.opened {
        Opened::Locked(error) if !file.pfx.is_sid_protected() => {
            debug_assert!(!error.kind.advice().is_empty());
            steps.push(StepFacts {
                text: "See the rest with the password (its file has it on the first line).".to_owned(),
                commands: vec![format!("certlens pfx inspect {name} --password-file FILE")],
            });
        }
        Opened::Locked(error) | Opened::Refused(error) => {
            steps.push(StepFacts { text: error.kind.advice().to_owned(), commands: Vec::new() });
        }
        Opened::Open(_) => {}
    }
    // What mends one key mends the file.
    steps.extend(inventory.keys.iter().find_map(|key| as_exchange_key(key, inventory, file)));
    steps.extend(inventory.keys.iter().find_map(|key| with_provider(key, inventory, file)));
    steps.extend(for_old_releases(inventory, file));
    if inventory.certificates.iter().any(|entry| entry.certificate.is_ok()) {
        steps.push(StepFacts {
            text: "Verify the certificate.".to_owned(),
            commands: vec![format!("certlens verify {name}")],
        });
    }
    steps
}

/// The name of a file that is made of this one.
fn output(file: &PfxFile, ending: &str) -> String {
    let stem = match file.name.as_str() {
        "-" => "output",
        name => name.strip_suffix(".pfx").or_else(|| name.strip_suffix(".p12")).unwrap_or(name),
    };
    quote(&format!("{stem}-{ending}.pfx"))
}

/// The command of certlens that converts the file, if this build has it.
fn convert(file: &PfxFile, options: &str, ending: &str) -> Option<String> {
    args::has_command(&["pfx", "convert"])
        .then(|| format!("certlens pfx convert {} {options} --output {}", quote(&file.name), output(file, ending)))
}

/// The command of Windows that imports the file so, for a release that opens it, and the
/// words for which that is; `None` where no release is known to open it.
fn imported(file: &PfxFile, inventory: &Inventory<'_>, told: (&str, Option<KeySpec>)) -> Option<(String, String)> {
    let suits = file.name != "-" && file.suits_windows();
    let since = releases::opened_since(&inventory.protection).filter(|_| suits)?;
    let on = match since {
        Release::Server2012R2 => String::new(),
        later => format!(" (as it is encrypted, {later} or later opens it)"),
    };
    Some((command::import(told.0, told.1, &file.name)?, on))
}

/// For a key that is not sure to become one for exchange in a CSP.
fn as_exchange_key(key: &KeyEntry<'_>, inventory: &Inventory<'_>, file: &PfxFile) -> Option<StepFacts> {
    let facts = &key.facts;
    if !matches!(facts.algorithm, KeyKind::Rsa { .. } | KeyKind::Unknown) {
        return None;
    }
    let provider = facts.named();
    let in_csp =
        provider.as_ref().is_some_and(|provider| matches!(provider.class, Class::Csp { .. }) && !provider.is_unfit());
    let spec = facts.implied_spec();
    let for_exchange =
        matches!(spec, Some(ImpliedSpec::Csp(KeySpec::Exchange) | ImpliedSpec::Default(KeySpec::Exchange)));
    if in_csp && (for_exchange || spec.is_none()) {
        return None;
    }
    let mut commands: Vec<String> =
        convert(file, &format!("--csp \"{ENHANCED_AES}\" --key-spec exchange"), "csp").into_iter().collect();
    let (import, on) = imported(file, inventory, (ENHANCED_AES, Some(KeySpec::Exchange))).unzip();
    commands.extend(import);
    let text = format!(
        "Where the key must be one for exchange in a CSP (nodes of an integration runtime, AD FS, services with WCF): convert the file{}.",
        on.map_or_else(String::new, |on| format!(
            ", or import it so on Windows{on}, after deleting certificate and key"
        ))
    );
    Some(StepFacts { text, commands })
}

/// For a key of an elliptic curve whose file does not name a provider that can hold it.
fn with_provider(key: &KeyEntry<'_>, inventory: &Inventory<'_>, file: &PfxFile) -> Option<StepFacts> {
    let facts = &key.facts;
    let class = facts.named().map(|provider| provider.class);
    let fits = !matches!(class, None | Some(Class::Csp { .. })) && facts.provider != NamedProvider::Empty;
    if !matches!(facts.algorithm, KeyKind::Ec { .. }) || fits {
        return None;
    }
    let (import, on) = imported(file, inventory, (SOFTWARE_KSP, None)).unzip();
    let commands = convert(file, &format!("--csp \"{SOFTWARE_KSP}\""), "ksp").into_iter().chain(import);
    let text = format!(
        "Name the provider, so that no importer puts the key where nothing can use it: CSPs hold no elliptic-curve keys. Convert the file{}.",
        on.map_or_else(String::new, |on| format!(", or import it so on Windows{on}"))
    );
    Some(StepFacts { text, commands: commands.collect() })
}

/// For a file that old releases do not open.
fn for_old_releases(inventory: &Inventory<'_>, file: &PfxFile) -> Option<StepFacts> {
    let opens = releases::opens(&inventory.protection, Release::Server2016).value;
    if !matches!(opens, releases::Opens::No { .. }) {
        return None;
    }
    let commands = convert(file, "--compatible-with server2016", "2016").into_iter().collect();
    let text = "To open it on Windows Server 2016 or older, encrypt it as they read it (Triple DES with SHA-1).";
    Some(StepFacts { text: text.to_owned(), commands })
}
