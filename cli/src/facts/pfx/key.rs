//! The private keys of a PFX file: what the file says of them, and where each
//! importer puts them.

use certlens_keystore::bundle::{BundleProblem, Pair, PairedBy};
use certlens_keystore::inventory::{AlgorithmFrom, Inventory, KeyEntry};
use certlens_keystore::pfx::BagContent;
use certlens_keystore::provider::{
    Class, ImpliedSpec, Importer, KeyFacts, KeyKind, KeySpec, Landing, NamedProvider, Prediction, Stated,
    UsageAttribute, headline, predict,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::friendly_name;
use super::provider::ProviderFacts;
use crate::facts::Hex;
use crate::pfx::PfxFile;

/// A private key of a PFX file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PfxKeyFacts {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// The safe it is in, from 1.
    pub(crate) safe: usize,
    /// Its place in the safe, from 1.
    pub(crate) bag: Option<usize>,
    /// What it is in Windows, in a few words.
    pub(crate) answer: String,
    /// The same in a sentence.
    pub(crate) explanation: String,
    /// The provider that the file names for it.
    pub(crate) provider: ProviderFacts,
    /// Whether the file asks for the machine's key store; otherwise it is the importer's choice.
    pub(crate) machine_keyset: bool,
    /// The name of its container, which Windows may take for the imported key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) container: Option<String>,
    /// localKeyID, by which programs find its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) local_key_id: Option<Hex>,
    /// Its algorithm, in words.
    pub(crate) algorithm: String,
    /// What the algorithm is known from: `key`, `certificate` (the one with its localKeyID) or `nothing`.
    pub(crate) algorithm_from: &'static str,
    /// What the private key may be used for.
    pub(crate) usage: UsageFacts,
    /// What follows for Windows, in words: the key spec in a CSP, or the usages in a KSP. Absent when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_spec: Option<String>,
    /// How it is encrypted, in words.
    pub(crate) encryption: String,
    /// Whether it was decrypted.
    pub(crate) decrypted: bool,
    /// Numbers of the certificates that are its own.
    pub(crate) certificates: Vec<usize>,
    /// Those of them that have the same public key; of the others only the localKeyID says so.
    pub(crate) same_public_key: Vec<usize>,
    /// Where importers put it.
    pub(crate) predictions: Vec<KeyPredictionFacts>,
}

/// The attribute keyUsage of a private key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct UsageFacts {
    /// `present`, `absent`, or `unknown`: it stands inside the encrypted key, or cannot be read.
    pub(crate) state: &'static str,
    /// The usages, by their names in RFC 5280 §4.2.1.3.
    pub(crate) usages: Vec<&'static str>,
    /// The BIT STRING as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) encoded: Option<Hex>,
}

/// What one importer makes of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct KeyPredictionFacts {
    /// Who imports.
    pub(crate) importer: String,
    /// Where the key is afterwards: `csp`, `ksp`, `memory`, `nowhere`, `fails` or `unknown`.
    pub(crate) lands_in: &'static str,
    /// The provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    /// Where it is, in words.
    pub(crate) landing: StatedText,
    /// As what: key spec or usages.
    pub(crate) spec: StatedText,
    /// Whose key store.
    pub(crate) scope: StatedText,
    /// Whether it can be exported afterwards.
    pub(crate) exportable: StatedText,
    /// What else one should know.
    pub(crate) notes: Vec<StatedText>,
}

/// A statement about Windows, with its foundation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StatedText {
    /// What is said.
    pub(crate) text: String,
    /// How well it is founded: `documented`, `source code`, `observed`, `medium` or `low`.
    pub(crate) confidence: &'static str,
    /// Who says so.
    pub(crate) source: &'static str,
}

impl<T: std::fmt::Display> From<&Stated<T>> for StatedText {
    fn from(stated: &Stated<T>) -> StatedText {
        StatedText { text: stated.value.to_string(), confidence: stated.confidence.word(), source: stated.source }
    }
}

impl KeyPredictionFacts {
    pub(super) fn new(prediction: &Prediction) -> KeyPredictionFacts {
        let (lands_in, provider) = match &prediction.landing.value {
            Landing::Csp { name, .. } => ("csp", Some(name.clone())),
            Landing::Ksp { name } => ("ksp", Some(name.clone())),
            Landing::Ephemeral => ("memory", None),
            Landing::NoKey => ("nowhere", None),
            Landing::Fails { .. } => ("fails", None),
            Landing::Unknown { .. } => ("unknown", None),
        };
        KeyPredictionFacts {
            importer: prediction.importer.to_string(),
            lands_in,
            provider,
            landing: (&prediction.landing).into(),
            spec: (&prediction.spec).into(),
            scope: (&prediction.scope).into(),
            exportable: (&prediction.exportable).into(),
            notes: prediction.notes.iter().map(StatedText::from).collect(),
        }
    }
}

pub(super) fn all(inventory: &Inventory<'_>) -> Vec<PfxKeyFacts> {
    let mut pairs: Vec<Vec<Pair>> = vec![Vec::new(); inventory.keys.len()];
    for pair in inventory.bundle.iter().flat_map(|bundle| &bundle.pairs) {
        if let Some(of_key) = pairs.get_mut(pair.key) {
            of_key.push(*pair);
        }
    }
    let entries = inventory.keys.iter().enumerate().zip(pairs);
    entries.map(|((at, entry), pairs)| PfxKeyFacts::new(at, entry, &pairs)).collect()
}

impl PfxKeyFacts {
    fn new(at: usize, entry: &KeyEntry<'_>, pairs: &[Pair]) -> PfxKeyFacts {
        let (bag, facts) = (entry.bag, &entry.facts);
        let usage = bag.private_key().and_then(|key| key.key_usage.as_ref());
        PfxKeyFacts {
            number: at + 1,
            safe: bag.position.safe,
            bag: bag.position.bag,
            answer: title(facts),
            explanation: headline(facts),
            provider: ProviderFacts::new(facts),
            machine_keyset: facts.machine_keyset,
            container: friendly_name(bag),
            local_key_id: bag.attributes.local_key_id.as_deref().map(Hex::from),
            algorithm: facts.algorithm.to_string(),
            algorithm_from: match entry.algorithm_from {
                AlgorithmFrom::Key => "key",
                AlgorithmFrom::Certificate => "certificate",
                AlgorithmFrom::Nothing => "nothing",
            },
            usage: UsageFacts {
                state: match facts.usage {
                    UsageAttribute::Unknown | UsageAttribute::Unreadable => "unknown",
                    UsageAttribute::Absent => "absent",
                    UsageAttribute::Bits(_) => "present",
                },
                usages: match facts.usage {
                    UsageAttribute::Bits(bits) => bits.names(),
                    UsageAttribute::Unknown | UsageAttribute::Unreadable | UsageAttribute::Absent => Vec::new(),
                },
                encoded: usage.map(|usage| usage.as_der().into()),
            },
            key_spec: facts.implied_spec().map(|spec| match spec {
                ImpliedSpec::Default(spec) => format!("{spec} in a CSP, by default"),
                ImpliedSpec::Csp(spec) => format!("{spec} in a CSP"),
                ImpliedSpec::Cng(usage) => format!("none in a KSP; CNG usage {usage}"),
            }),
            encryption: match &bag.content {
                BagContent::ShroudedKey(shrouded) => match &shrouded.encryption {
                    Ok(encryption) => encryption.to_string(),
                    Err(error) => error.to_string(),
                },
                _ => "not encrypted by itself".to_owned(),
            },
            decrypted: entry.key.is_some(),
            certificates: pairs.iter().map(|pair| pair.certificate + 1).collect(),
            same_public_key: pairs
                .iter()
                .filter(|pair| pair.by == PairedBy::PublicKey)
                .map(|pair| pair.certificate + 1)
                .collect(),
            predictions: predictions(facts).iter().map(KeyPredictionFacts::new).collect(),
        }
    }
}

/// What the usual importers make of a key; certutil is told a provider that can hold it.
fn predictions(facts: &KeyFacts) -> Vec<Prediction> {
    Importer::usual(&facts.algorithm).iter().map(|importer| predict(facts, importer)).collect()
}

/// What a file is to Windows, in a few words and in a sentence.
pub(super) fn answer(file: &PfxFile, inventory: &Inventory<'_>) -> (String, String) {
    match inventory.keys.as_slice() {
        [] if file.pfx.is_locked() => ("LOCKED".to_owned(), "Everything in the file is encrypted".to_owned()),
        [] if inventory.certificates.is_empty() => {
            ("NO KEY, NO CERTIFICATE".to_owned(), "There is neither a private key nor a certificate in it".to_owned())
        }
        [] => ("NO PRIVATE KEY".to_owned(), "There are certificates in it, and no private key".to_owned()),
        [one] => {
            let problems = inventory.bundle.iter().flat_map(|bundle| &bundle.problems);
            let mut alone = problems.filter(|problem| matches!(problem, BundleProblem::KeyAlone { .. }));
            let lost = if alone.next().is_some() { ", without its certificate" } else { "" };
            (format!("{}{lost}", title(&one.facts)), headline(&one.facts))
        }
        several => {
            let mut titles: Vec<String> = Vec::new();
            for title in several.iter().map(|key| title(&key.facts)) {
                // Few kinds of titles there are.
                if !titles.contains(&title) {
                    titles.push(title);
                }
            }
            let all = format!("{} KEYS ({})", several.len(), titles.join("; "));
            (all, "Windows imports all of them".to_owned())
        }
    }
}

/// What a key is in Windows, in a few words.
fn title(facts: &KeyFacts) -> String {
    let named = facts.named();
    let class = named.as_ref().map(|provider| provider.class);
    let is_microsofts = named.is_some_and(|provider| provider.is_microsofts());
    let holds_in_csp = matches!(facts.algorithm, KeyKind::Rsa { .. } | KeyKind::Dsa | KeyKind::Dh | KeyKind::Unknown);
    let kind = match (class, &facts.algorithm) {
        (Some(Class::Csp { .. }), _) if !holds_in_csp => "UNUSABLE KEY",
        (Some(Class::Csp { .. }), _) => "CSP KEY",
        (Some(Class::Ksp), KeyKind::Ed25519 | KeyKind::Ed448) if is_microsofts => "UNUSABLE KEY",
        (Some(Class::Ksp), _) => "KSP KEY",
        (None, KeyKind::Ec { .. } | KeyKind::MlDsa) if facts.provider != NamedProvider::Unreadable => {
            "KSP KEY, probably"
        }
        (None, KeyKind::Ed25519 | KeyKind::Ed448) => "NO KEY FOR WINDOWS",
        (Some(Class::Unknown) | None, _) => "CSP OR KSP KEY, undecided",
    };
    let spec = match facts.implied_spec() {
        Some(ImpliedSpec::Csp(spec) | ImpliedSpec::Default(spec)) if kind == "CSP KEY" => match spec {
            KeySpec::Exchange => ", exchange",
            KeySpec::Signature => ", signature",
        },
        Some(ImpliedSpec::Cng(usage)) if usage.is_signing_alone() => ", signature",
        _ => "",
    };
    let machine = if facts.machine_keyset { ", machine" } else { "" };
    format!("{kind}{spec}{machine}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_core::x509::extension::KeyUsageBit;
    use certlens_keystore::provider::UsageBits;
    use certlens_keystore::provider::names::ENHANCED_AES;

    #[test]
    fn a_title_says_kind_spec_and_store() {
        let usage = |bits: &[KeyUsageBit]| UsageAttribute::Bits(UsageBits::of(bits));
        let named = |name: &str| NamedProvider::Name(name.to_owned());
        let (rsa, ec) = (KeyKind::Rsa { bits: 2048 }, KeyKind::Ec { curve: "P-256".into() });
        let (encipher, sign) = (usage(&[KeyUsageBit::KeyEncipherment]), usage(&[KeyUsageBit::DigitalSignature]));
        let ksp = "Microsoft Software Key Storage Provider";
        for (provider, machine_keyset, usage, algorithm, expected) in [
            (named(ENHANCED_AES), true, encipher, rsa.clone(), "CSP KEY, exchange, machine"),
            (named(ENHANCED_AES), false, sign, rsa.clone(), "CSP KEY, signature"),
            (named(ENHANCED_AES), false, UsageAttribute::Unknown, rsa.clone(), "CSP KEY"),
            (named(ENHANCED_AES), false, UsageAttribute::Absent, ec.clone(), "UNUSABLE KEY"),
            (named(ksp), false, UsageAttribute::Absent, rsa.clone(), "KSP KEY"),
            (named(ksp), true, sign, rsa.clone(), "KSP KEY, signature, machine"),
            (NamedProvider::Absent, false, encipher, rsa.clone(), "CSP OR KSP KEY, undecided"),
            (NamedProvider::Absent, false, UsageAttribute::Absent, ec.clone(), "KSP KEY, probably"),
            (NamedProvider::Unreadable, false, UsageAttribute::Absent, ec, "CSP OR KSP KEY, undecided"),
            (NamedProvider::Absent, false, UsageAttribute::Absent, KeyKind::Ed25519, "NO KEY FOR WINDOWS"),
            (named("PfxProvider"), false, encipher, rsa, "CSP OR KSP KEY, undecided"),
        ] {
            let facts = KeyFacts { provider, machine_keyset, usage, algorithm };
            assert_eq!(title(&facts), expected, "{facts:?}");
        }
    }
}
