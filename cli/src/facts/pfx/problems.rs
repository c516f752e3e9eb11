//! What is not as it should be in a PFX file.

use certlens_keystore::bundle::BundleProblem;
use certlens_keystore::inventory::Inventory;
use certlens_keystore::pfx::{BagContent, PasswordForm};
use certlens_keystore::provider::NamedProvider;
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::finding::SeverityFacts;
use crate::pfx::{self, Opened, PfxFile};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ProblemFacts {
    /// How much it matters: an error means that a part cannot be read or used.
    pub(crate) severity: SeverityFacts,
    /// What it is.
    pub(crate) message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

impl ProblemFacts {
    fn error(message: impl Into<String>) -> ProblemFacts {
        ProblemFacts { severity: SeverityFacts::Error, message: message.into(), hint: None }
    }

    fn warning(message: impl Into<String>) -> ProblemFacts {
        ProblemFacts { severity: SeverityFacts::Warning, message: message.into(), hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> ProblemFacts {
        self.hint = Some(hint.into());
        self
    }
}

pub(super) fn all(file: &PfxFile, inventory: &Inventory<'_>) -> Vec<ProblemFacts> {
    let mut problems = opening(file);
    keys(inventory, &mut problems);
    for (at, entry) in inventory.certificates.iter().enumerate() {
        if let Err(error) = &entry.certificate {
            let message = format!("certificate {} ({}) cannot be read: {error}", at + 1, entry.bag.position);
            problems.push(ProblemFacts::error(message));
        }
    }
    match &inventory.bundle {
        Ok(bundle) => {
            let is_beside = |problem: &&BundleProblem| matches!(problem, BundleProblem::NotInChain { .. });
            let beside = bundle.problems.iter().filter(is_beside).count();
            let about = bundle.problems.iter().filter(|problem| beside < 2 || !is_beside(problem));
            problems.extend(about.map(|problem| ProblemFacts::warning(problem.to_string())));
            if beside > 1 {
                let message = format!("{beside} certificates are in the chain of no certificate with a key");
                problems.push(ProblemFacts::warning(message));
            }
        }
        Err(limit) => problems.push(ProblemFacts::error(format!("keys and certificates were not compared: {limit}"))),
    }
    for bag in file.pfx.bags() {
        let about = bag.attributes.problems.iter();
        problems.extend(about.map(|problem| ProblemFacts::warning(format!("{}: {problem}", bag.position))));
    }
    if let Some(trailing) = file.pfx.trailing.filter(|trailing| !trailing.zeros) {
        let message = format!("{}: {} octets follow the PFX, which are not looked at", trailing.place, trailing.octets);
        problems.push(ProblemFacts::warning(message));
    }
    problems
}

fn opening(file: &PfxFile) -> Vec<ProblemFacts> {
    let mut problems = Vec::new();
    let failures = match &file.opened {
        Opened::Open(opening) => opening.failures.as_slice(),
        Opened::Refused(error) => std::slice::from_ref(error),
        Opened::Locked(_) => &[],
    };
    for failure in failures {
        problems.push(ProblemFacts::error(failure.to_string()).hint(failure.kind.advice()));
    }
    if file.password_form() == Some(PasswordForm::Widened) {
        problems.push(
            ProblemFacts::warning(
                "the password was written as OpenSSL before 1.1.0 writes characters beyond ASCII; Windows does not open the file with it",
            )
            .hint("Give the file a password of ASCII characters."),
        );
    }
    if file.pfx.mac.is_none() {
        problems.push(ProblemFacts::warning("there is no MAC: nothing tells whether the file was changed"));
    }
    problems
}

fn keys(inventory: &Inventory<'_>, problems: &mut Vec<ProblemFacts>) {
    for (at, entry) in inventory.keys.iter().enumerate() {
        let number = at + 1;
        let is_unshrouded = matches!(entry.bag.content, BagContent::UnshroudedKey(_));
        let is_plain = is_unshrouded || matches!(entry.bag.content, BagContent::Key(_));
        if is_unshrouded {
            problems.push(
                ProblemFacts::warning(format!(
                    "key {number} is not encrypted, though its bag (pkcs8ShroudedKeyBag) says so: \
                     GnuTLS writes it so for an empty password, and OpenSSL does not read it"
                ))
                .hint("Write it anew with a password."),
            );
        }
        let in_plain_safe = inventory.protection.safes.get(entry.bag.position.safe.saturating_sub(1))
            == Some(&certlens_keystore::provider::releases::Encryption::None);
        if is_plain && in_plain_safe {
            problems.push(
                ProblemFacts::warning(format!("key {number} is not encrypted: whoever has the file has the key"))
                    .hint("Write it anew with encryption, and replace the key if others may have seen the file."),
            );
        }
        if let Some(known) = entry.facts.named().and_then(|provider| provider.known())
            && let Some(note) = known.note
        {
            let how = format!("{}: {}", note.confidence, note.source);
            problems.push(ProblemFacts::warning(format!("key {number}: {}: {} ({how})", known.name, note.value)));
        }
        if let NamedProvider::Name(name) = &entry.facts.provider
            && let Some(meant) = pfx::meant(name)
        {
            let blank = if name.trim() == meant { ", with a blank before or behind it" } else { "" };
            problems.push(
                ProblemFacts::warning(format!(
                    "key {number}: the provider is named \"{name}\", nearly as \"{meant}\"{blank}; Windows looks for the very name"
                ))
                .hint(format!("`certlens pfx convert --csp \"{meant}\"` names the one that seems to be meant.")),
            );
        }
        match &entry.key {
            Some(Ok(key)) => {
                let about = key.problems().iter();
                problems.extend(about.map(|problem| ProblemFacts::warning(format!("key {number}: {problem}"))));
            }
            Some(Err(error)) => problems.push(ProblemFacts::error(format!("key {number}: {error}"))),
            None => {}
        }
        if let Some(problem) = entry.bag.private_key().and_then(|key| key.key_usage_problem) {
            // A key that was read says so itself.
            if !matches!(entry.key, Some(Ok(_))) {
                problems.push(ProblemFacts::warning(format!("key {number}: {problem}")));
            }
        }
    }
}
