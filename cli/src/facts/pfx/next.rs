//! What to do next, with the commands that do it: each can be run as it stands.

use certlens_keystore::inventory::{Inventory, KeyEntry};
use certlens_keystore::provider::command;
use certlens_keystore::provider::names::{ENHANCED_AES, SOFTWARE_KSP};
use certlens_keystore::provider::releases::{self, Release};
use certlens_keystore::provider::{Class, ImpliedSpec, KeyKind, KeySpec, NamedProvider};
use schemars::JsonSchema;
use serde::Serialize;

use crate::pfx::{Opened, PfxFile, mended};
use crate::shell::quote;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StepFacts {
    /// What, and what for.
    pub(crate) text: String,
    /// Commands that do it.
    pub(crate) commands: Vec<String>,
}

impl StepFacts {
    fn words(text: impl Into<String>) -> StepFacts {
        StepFacts { text: text.into(), commands: Vec::new() }
    }

    fn command(text: impl Into<String>, command: String) -> StepFacts {
        StepFacts { text: text.into(), commands: vec![command] }
    }
}

pub(super) fn steps(file: &PfxFile, inventory: &Inventory<'_>) -> Vec<StepFacts> {
    let mut steps = Vec::new();
    let name = quote(&file.name);
    let given = &file.password_options;
    match &file.opened {
        Opened::Locked(error) if !file.pfx.is_sid_protected() => {
            debug_assert!(!error.kind.advice().is_empty());
            steps.push(StepFacts::command(
                "See the rest with the password (its file has it on the first line).",
                format!("certlens pfx inspect {name} --password-file FILE"),
            ));
            steps.extend(for_windows(inventory, file, " --password-file FILE"));
        }
        Opened::Locked(error) | Opened::Refused(error) => steps.push(StepFacts::words(error.kind.advice())),
        Opened::Open(opening) if opening.is_complete() => steps.extend(for_windows(inventory, file, given)),
        // What does not open as a whole is not converted.
        Opened::Open(_) => {}
    }
    let is_any_read = inventory.certificates.iter().any(|entry| entry.certificate.is_ok());
    if is_any_read && file.locked_certificates().is_none() {
        steps.push(StepFacts::command("Verify the certificate.", format!("certlens verify {name}{given}")));
    }
    steps
}

/// What is to be changed of the keys.
enum Change {
    None,
    /// They are to be for exchange in a CSP; whether their store is to be named.
    Exchange {
        machine: bool,
    },
    /// They are to be in a KSP, whatever imports them.
    Ksp,
    /// Some belong into a CSP and some into a KSP, and one provider is named for all.
    Both,
}

/// One conversion for everything that may be in the way on Windows, and what does the
/// same there.
fn for_windows(inventory: &Inventory<'_>, file: &PfxFile, given: &str) -> Vec<StepFacts> {
    if inventory.keys.iter().any(|entry| matches!(entry.key, Some(Err(_)))) {
        return Vec::new();
    }
    let change = change(inventory);
    let on_2016 = releases::opens(&inventory.protection, Release::Server2016).value;
    let is_too_new = matches!(on_2016, releases::Opens::No { .. });
    let mut options = match &change {
        Change::None => String::new(),
        Change::Exchange { machine: false } => format!(" --csp \"{ENHANCED_AES}\" --key-spec exchange"),
        Change::Exchange { machine: true } => format!(" --csp \"{ENHANCED_AES}\" --key-spec exchange --machine"),
        Change::Ksp => format!(" --csp \"{SOFTWARE_KSP}\""),
        Change::Both => {
            return vec![StepFacts::words(
                "Put the keys into files of their own: those of elliptic curves belong into a KSP, and an RSA key that must be one for exchange into a CSP.",
            )];
        }
    };
    if is_too_new {
        options.push_str(" --compatible-with server2016");
    }
    let old = "Windows Server 2016 and older read it then too (Triple DES with SHA-1); without --compatible-with its encryption stays.";
    let text = match (&change, is_too_new) {
        (Change::None, false) => return Vec::new(),
        (Change::None, true) => {
            "To open it on Windows Server 2016 or older, encrypt it as they read it (Triple DES with SHA-1).".to_owned()
        }
        (Change::Ksp, _) => format!("{NAME_KSP}{}", if is_too_new { format!(" {old}") } else { String::new() }),
        (_, false) => EXCHANGE.to_owned(),
        (_, true) => format!("{EXCHANGE} {old}"),
    };
    let convert =
        format!("certlens pfx convert {}{options}{given} --output {}", quote(&file.name), quote(&mended(&file.name)));
    let mut steps = vec![StepFacts::command(text, convert)];
    let import = match change {
        Change::Exchange { .. } => command::import(ENHANCED_AES, Some(KeySpec::Exchange), &file.name),
        Change::Ksp => command::import(SOFTWARE_KSP, None, &file.name),
        Change::None | Change::Both => None,
    };
    let since = releases::opened_since(&inventory.protection).filter(|_| file.suits_windows());
    if let Some((import, since)) = import.zip(since) {
        let on = match since {
            Release::Server2012R2 => "Windows".to_owned(),
            later => format!("{later} or later, which open it,"),
        };
        let text = format!(
            "Or, in the place of that, import it so on {on} after deleting what was imported before (certificate and key)."
        );
        steps.push(StepFacts::command(text, import));
    }
    steps
}

const EXCHANGE: &str = "Where the key must be one for exchange in a CSP (nodes of an integration runtime, AD FS, services with WCF), convert the file and import what comes of it.";

const NAME_KSP: &str =
    "Name the provider, so that no importer puts the key where nothing can use it: CSPs hold no elliptic-curve keys.";

fn change(inventory: &Inventory<'_>) -> Change {
    let keys = || inventory.keys.iter().map(|entry| &entry.facts);
    let is_rsa = |kind: &KeyKind| matches!(kind, KeyKind::Rsa { .. } | KeyKind::Unknown);
    let is_ec = |kind: &KeyKind| matches!(kind, KeyKind::Ec { .. });
    let for_exchange = inventory.keys.iter().any(|key| is_rsa(&key.facts.algorithm) && !is_sure_to_exchange(key));
    let lost = inventory.keys.iter().any(|key| is_ec(&key.facts.algorithm) && !has_ksp(key));
    match (for_exchange, lost) {
        (true, _) if keys().all(|facts| is_rsa(&facts.algorithm)) => {
            Change::Exchange { machine: !keys().all(|facts| facts.machine_keyset) }
        }
        (_, true) if keys().all(|facts| is_ec(&facts.algorithm)) => Change::Ksp,
        (false, false) => Change::None,
        _ => Change::Both,
    }
}

/// Whether every importer makes of it a key for exchange in a CSP.
fn is_sure_to_exchange(key: &KeyEntry<'_>) -> bool {
    let in_csp =
        key.facts.named().is_some_and(|provider| matches!(provider.class, Class::Csp { .. }) && !provider.is_unfit());
    let spec = key.facts.implied_spec();
    let exchange = matches!(spec, Some(ImpliedSpec::Csp(KeySpec::Exchange) | ImpliedSpec::Default(KeySpec::Exchange)));
    in_csp && (exchange || spec.is_none())
}

/// Whether the file names a provider that can hold a key of an elliptic curve.
fn has_ksp(key: &KeyEntry<'_>) -> bool {
    let class = key.facts.named().map(|provider| provider.class);
    !matches!(class, None | Some(Class::Csp { .. })) && key.facts.provider != NamedProvider::Empty
}
