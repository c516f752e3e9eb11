//! What mends a demand on Windows itself, where a command does it with this file.

use super::{Change, Check, Files, Place, PrivateKeyFacts, Profile, Subject, Weight};
use crate::provider::names::{BASE_DSS_DH, ENHANCED_AES, SOFTWARE_KSP};
use crate::provider::releases::{Opens, Release, opened_since, opens};
use crate::provider::{Class, KeyFacts, KeyKind, KeySpec, Landing, Provider, ProviderType, command, predict};

/// The command that does what a conversion and an import of its outcome do, and the
/// oldest release on which it works, where that is not every release.
pub(super) fn on_windows(
    changes: &[Change],
    (facts, subject): (&KeyFacts, &Subject<'_>),
    files: Files<'_>,
) -> Option<(String, Option<Release>)> {
    let since = match subject.protection {
        Some(protection) => opened_since(protection)?,
        None => Release::Server2012R2,
    };
    if changes == [Change::Encryption] {
        // The option came with the releases that read AES.
        return Some((encrypted(subject, files), Some(since.max(Release::Server2019))));
    }
    // The node's release opens the file, or the command is no good.
    if let (Some(protection), Some(release)) = (subject.protection, subject.release)
        && opens(protection, release).value != Opens::Yes
    {
        return None;
    }
    let qualified = (subject.release.is_none() && since > Release::Server2012R2).then_some(since);
    Some((imported(changes, facts, files)?, qualified))
}

/// The file written anew as the release reads it.
fn encrypted(subject: &Subject<'_>, files: Files<'_>) -> String {
    let algorithms = match subject.release.unwrap_or(Release::Server2016) {
        Release::Server2012R2 | Release::Server2016 => "TripleDES_SHA1",
        Release::Server2019 | Release::Server2022 | Release::Server2025 => "AES256_SHA256",
    };
    let password = "(Read-Host -AsSecureString)";
    format!(
        "Export-PfxCertificate -PFXData (Get-PfxData -FilePath {} -Password {password}) -FilePath {} -Password {password} -CryptoAlgorithmOption {algorithms}",
        command::powershell_argument(files.file),
        command::powershell_argument(files.output)
    )
}

/// The file imported into the machine's store by certutil. The provider is always
/// named: without -csp releases differ in where a key goes.
fn imported(changes: &[Change], facts: &KeyFacts, files: Files<'_>) -> Option<String> {
    let has = |change| changes.contains(&change);
    let own = facts.named().filter(|provider| holds(provider, &facts.algorithm));
    let is_in_csp = own.as_ref().is_some_and(|provider| matches!(provider.class, Class::Csp { .. }));
    let (provider, spec) = match &facts.algorithm {
        KeyKind::Rsa { .. } => match own {
            // A key spec is a matter of CSPs.
            Some(own) if !has(Change::Csp) && (is_in_csp || !(has(Change::KeyExchange) || has(Change::AllUsages))) => {
                (own.name, has(Change::KeyExchange).then_some(KeySpec::Exchange))
            }
            _ => (ENHANCED_AES.to_owned(), Some(KeySpec::Exchange)),
        },
        // Which provider holds a key of an unknown kind is known where one is demanded.
        KeyKind::Unknown if has(Change::Csp) => (ENHANCED_AES.to_owned(), Some(KeySpec::Exchange)),
        KeyKind::Unknown => (own?.name, has(Change::KeyExchange).then_some(KeySpec::Exchange)),
        // No modifier of certutil changes the usages of a key in a KSP.
        _ if has(Change::AllUsages) => return None,
        KeyKind::Ec { .. } => (own.map_or_else(|| SOFTWARE_KSP.to_owned(), |own| own.name), None),
        KeyKind::Dsa | KeyKind::Dh => (own.map_or_else(|| BASE_DSS_DH.to_owned(), |own| own.name), None),
        KeyKind::Ed25519 | KeyKind::Ed448 | KeyKind::MlDsa | KeyKind::Other(_) => return None,
    };
    command::import(&provider, spec, files.file)
}

/// Whether a key of this kind is well kept in this provider.
fn holds(provider: &Provider, kind: &KeyKind) -> bool {
    !provider.is_unfit() && provider.class != Class::Unknown && provider.may_hold(kind)
}

/// The folder of the machine's keys where the key of a file will be, below
/// `Microsoft\Crypto`; that of RSA keys in CSPs where it is not known which, and where
/// the product takes no others.
pub(super) fn folder(profile: &Profile, subject: &Subject<'_>) -> &'static str {
    const OF_CSPS: &str = "RSA\\MachineKeys";
    if profile.demands.iter().any(|demand| demand.check == Check::Csp && demand.weight == Weight::Must) {
        return OF_CSPS;
    }
    let (PrivateKeyFacts::Of(facts), Place::File { importers }) = (subject.key, &subject.place) else { return OF_CSPS };
    let folders = importers.iter().map(|importer| match predict(facts, importer).landing.value {
        Landing::Ksp { .. } => "Keys",
        Landing::Csp {
            provider_type: ProviderType::DSS | ProviderType::DSS_DH | ProviderType::DH_SCHANNEL, ..
        } => "DSS\\MachineKeys",
        _ => OF_CSPS,
    });
    let mut folders: Vec<&str> = folders.collect();
    folders.dedup();
    match folders.as_slice() {
        [one] => one,
        _ => OF_CSPS,
    }
}
