//! What Windows is told of keys, changed as asked for.

use certlens_core::x509::extension::KeyUsageBit;
use certlens_keystore::key::KeyUsageAttribute;
use certlens_keystore::pfx::write::{Contents, KeyEntry, WriteError};
use certlens_keystore::provider::{Class, KeyKind, KeySpec, Provider, UsageBits};

use crate::args::{KeyChangeArgs, KeySpecArg};
use crate::error::Failure;
use crate::facts::pfx::ChangeFacts;
use crate::pfx;

/// What was done, and what one should know of it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) changes: Vec<ChangeFacts>,
    pub(crate) remarks: Vec<String>,
}

impl Changes {
    fn changed(&mut self, what: impl Into<String>, before: Option<String>, after: Option<String>) {
        self.changes.extend(ChangeFacts::new(what, before, after));
    }

    /// Adds a change of something that had no name before.
    pub(crate) fn added(&mut self, what: impl Into<String>, after: String) {
        self.changed(what, None, Some(after));
    }

    /// Adds that something is gone.
    pub(crate) fn dropped(&mut self, what: impl Into<String>, before: String) {
        self.changed(what, Some(before), None);
    }

    pub(crate) fn remark(&mut self, remark: impl Into<String>) {
        let remark = remark.into();
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}

/// Why contents cannot be written or compared.
pub(crate) fn failed(error: &WriteError) -> Failure {
    Failure::unusable(error.to_string()).advice(error.advice())
}

/// Sets and drops what the arguments ask for.
///
/// # Errors
///
/// When a key cannot be in the provider, or when there is nothing that a name could be for.
pub(crate) fn apply(args: &KeyChangeArgs, contents: &mut Contents, changes: &mut Changes) -> Result<(), Failure> {
    let about_keys = args.csp.is_some() || args.key_spec.is_some() || args.machine || args.user;
    if contents.keys.is_empty() && (about_keys || args.container.is_some()) {
        return Err(Failure::unusable("there is no private key in it, so nothing can be said of one")
            .advice("use a PFX file that has the private key"));
    }
    let several = contents.keys.len() > 1;
    if several && args.container.as_ref().is_some_and(|container| container.name().is_some()) {
        return Err(Failure::unusable("--container: there are several keys, and no two can have one container")
            .advice("leave it out, or give `none`"));
    }
    let provider = args.csp.as_ref().map(|csp| csp.name().map(provider).transpose()).transpose()?;
    for (at, key) in contents.keys.iter_mut().enumerate() {
        let of = |what: &str| if several { format!("{what} of key {}", at + 1) } else { what.to_owned() };
        if let Some(provider) = &provider {
            if let Some(provider) = provider {
                holds(provider, key, several.then_some(at + 1))?;
            }
            let before = key.attributes.provider.as_deref().map(named);
            key.attributes.provider = provider.as_ref().map(|provider| provider.name.clone());
            changes.changed(of("Provider"), before, provider.as_ref().map(shown));
        }
        if let Some(spec) = args.key_spec {
            let before = usage(key.key_usage().as_ref());
            let spec = match spec {
                KeySpecArg::Exchange => Some(KeySpec::Exchange),
                KeySpecArg::Signature => Some(KeySpec::Signature),
                KeySpecArg::None => None,
            };
            key.set_key_spec(spec).map_err(|error| failed(&error))?;
            changes.changed(of("Usage of the private key"), before, usage(key.key_usage().as_ref()));
        }
        if args.machine || args.user {
            let store = |machine: bool| if machine { "the machine's" } else { "as the importer is told" }.to_owned();
            let before = store(key.attributes.machine_keyset);
            key.attributes.machine_keyset = args.machine;
            changes.changed(of("Key store"), Some(before), Some(store(args.machine)));
        }
        if let Some(container) = &args.container {
            let after = container.name().map(str::to_owned);
            let before = std::mem::replace(&mut key.attributes.friendly_name, after.clone());
            changes.changed(of("Container"), before, after);
        }
    }
    if let Some(name) = &args.friendly_name {
        friendly_name(name.name(), contents, changes)?;
    }
    for key in &contents.keys {
        remark(key, args, changes);
    }
    Ok(())
}

/// The provider of `--csp`.
///
/// # Errors
///
/// It is none, as far as that can be told: a name that is nearly one of Microsoft's, or
/// that is not made like that of a provider.
fn provider(name: &str) -> Result<Provider, Failure> {
    let provider = Provider::by_certutil_argument(name);
    if provider.known().is_some() {
        return Ok(provider);
    }
    let unknown = || Failure::unusable(format!("--csp: {name}: is the name of no provider that is known"));
    if let Some(meant) = pfx::meant(name) {
        return Err(unknown().advice(format!("did you mean \"{meant}\"?")));
    }
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|character: char| !character.is_alphanumeric()).collect();
    let is_made_like_one =
        ["provider", "csp", "ksp", "cryptographic", "crypto"].iter().any(|word| words.contains(word));
    // Names of providers are names of keys of the registry.
    let is_a_name =
        !name.contains(['"', '\\', '%', '$', '`', '&', '|', '<', '>']) && !name.chars().any(char::is_control);
    if !is_made_like_one || !is_a_name {
        return Err(unknown().advice(
            "`certlens pfx providers` lists those that are known; that of another maker has the word Provider, CSP or KSP in its name",
        ));
    }
    Ok(provider)
}

/// Names the certificates of keys; where there is no key, the only certificate.
fn friendly_name(name: Option<&str>, contents: &mut Contents, changes: &mut Changes) -> Result<(), Failure> {
    let pairs = contents.pairs().map_err(|error| failed(&error))?;
    let mut of_keys: Vec<usize> = pairs.into_iter().map(|(_, certificate)| certificate).collect();
    if of_keys.is_empty() && contents.certificates.len() == 1 {
        of_keys.push(0);
    }
    of_keys.sort_unstable();
    of_keys.dedup();
    if of_keys.is_empty() {
        return Err(Failure::unusable("--friendly-name: no certificate in it is that of a key")
            .advice("add the certificate with --add FILE, or leave --friendly-name out"));
    }
    for at in of_keys {
        if let Some(entry) = contents.certificates.get_mut(at) {
            let after = name.map(str::to_owned);
            let before = std::mem::replace(&mut entry.attributes.friendly_name, after.clone());
            changes.changed("Friendly name", before, after);
        }
    }
    Ok(())
}

fn kind(key: &KeyEntry) -> KeyKind {
    key.algorithm().map_or(KeyKind::Unknown, |algorithm| KeyKind::from(&algorithm))
}

/// That the provider can hold the key.
fn holds(provider: &Provider, key: &KeyEntry, number: Option<usize>) -> Result<(), Failure> {
    let kind = kind(key);
    if provider.may_hold(&kind) {
        return Ok(());
    }
    let which = number.map_or_else(|| "the key".to_owned(), |number| format!("key {number}"));
    let failure = Failure::unusable(format!("--csp: {which} is {kind}, and {} holds no such keys", provider.name));
    Err(match kind {
        KeyKind::Rsa { .. } | KeyKind::Dsa | KeyKind::Dh => {
            failure.advice("`certlens pfx providers` lists providers with their types")
        }
        _ => failure.advice(
            "no CSP does: name a KSP, as \"Microsoft Software Key Storage Provider\"; where a CSP is demanded, ask for a certificate with an RSA key",
        ),
    })
}

/// What the outcome comes to that its makers may not have in mind.
fn remark(key: &KeyEntry, args: &KeyChangeArgs, changes: &mut Changes) {
    let provider = key.attributes.provider.as_deref().map(Provider::classify);
    if let Some(provider) = provider.as_ref().filter(|_| args.csp.is_some()) {
        if let Some(note) = provider.known().and_then(|known| known.note) {
            changes.remark(format!("{}: {}", provider.name, note.value));
        }
        if let Some(why) = provider.why_unknown() {
            changes.remark(format!("{}: {why}", provider.name));
        }
    }
    let in_ksp = match &provider {
        Some(provider) => provider.class == Class::Ksp,
        // No CSP holds another key.
        None => matches!(kind(key), KeyKind::Ec { .. } | KeyKind::MlDsa),
    };
    if in_ksp && (args.key_spec.is_some() || args.csp.is_some()) {
        let usage = key.key_usage();
        if usage.is_some_and(|usage| !bits(&usage).has(KeyUsageBit::DigitalSignature)) {
            changes.remark(
                "A key in a KSP has no key spec: with this usage it may decrypt and not sign, which TLS needs; --key-spec none allows it everything",
            );
        }
    }
}

fn shown(provider: &Provider) -> String {
    let class = match provider.class {
        Class::Csp { .. } => "CSP",
        Class::Ksp => "KSP",
        Class::Unknown => "CSP or KSP, not known",
    };
    format!("{} ({class})", provider.name)
}

pub(crate) fn named(name: &str) -> String {
    shown(&Provider::classify(name))
}

/// keyUsage in words; `None` when there is none.
pub(crate) fn usage(usage: Option<&KeyUsageAttribute>) -> Option<String> {
    let usage = bits(usage?);
    let names = usage.names().join(", ");
    Some(if usage.has_any(&[KeyUsageBit::KeyEncipherment, KeyUsageBit::DataEncipherment]) {
        format!("{names} (AT_KEYEXCHANGE in a CSP)")
    } else if names.is_empty() {
        "none at all".to_owned()
    } else {
        format!("{names} (AT_SIGNATURE in a CSP)")
    })
}

fn bits(usage: &KeyUsageAttribute) -> UsageBits {
    usage.usage().map(UsageBits::from).unwrap_or_default()
}
