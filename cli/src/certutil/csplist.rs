//! `-csplist`: the providers that are known by name.

use super::lines::Lines;
use super::translate::{Opt, Translation, Verb, Words};
use crate::error::Failure;
use crate::facts::pfx::ProvidersReport;

pub(super) const VERB: Verb = Verb {
    name: "csplist",
    spelling: "csplist",
    command: &["pfx", "providers"],
    usage: &[""],
    options: &[
        Opt { name: "user", value: None, meaning: "accepted, without effect" },
        Opt { name: "silent", value: None, meaning: "accepted, without effect" },
    ],
    translate,
};

fn translate(words: &Words) -> Result<Translation, Failure> {
    if let Some(algorithm) = words.positional.first() {
        return Err(Failure::unusable(format!("-csplist {algorithm}: providers are not listed by algorithm here"))
            .advice("leave it out"));
    }
    let mut translation = Translation::default();
    translation.words.extend(["certlens", "pfx", "providers", "--format", "certutil"].map(str::to_owned));
    translation.words.extend(words.passed.iter().cloned());
    Ok(translation)
}

/// The list. A KSP has no type, and so no line for it, as on Windows.
pub(crate) fn providers(report: &ProvidersReport) -> String {
    let mut lines = Lines::default();
    lines.line(format!("computed by certlens {} (not Windows' own answer)", env!("CARGO_PKG_VERSION")));
    lines.line("known by name; which of them are installed, a machine alone can say");
    for provider in &report.providers {
        lines.blank();
        lines.line(format!("Provider Name: {}", provider.name));
        if let Some(number) = provider.provider_type {
            let name = provider.provider_type_name.map_or_else(String::new, |name| format!(" - {name}"));
            lines.line(format!("Provider Type: {number}{name}"));
        }
    }
    lines.blank();
    lines.line("CertUtil: -csplist command completed successfully.");
    lines.into_text()
}
