//! What `-importPFX` would do, in its shapes: the lines that `-store` has for the key
//! afterwards, and what certutil says of certificates.

use super::constants::{self, ASN1_BADTAG, INVALID_PASSWORD};
use super::lines::Lines;
use super::{dumped, ending};
use crate::error::Failure;
use crate::facts::pfx::predicted::{ExportFacts, ImportedCertificateFacts, ImportedKeyFacts};
use crate::facts::pfx::{Opens, PredictedAnswer, PredictionReport, StatedText, StoreFacts, WrittenReport};

/// A prediction. What stands behind `certlens:` certutil does not say.
pub(crate) fn import(report: &PredictionReport) -> String {
    let mut lines = Lines::default();
    head(&mut lines);
    lines.line(format!("  certlens: predicted is: {}", report.command));
    releases(&mut lines, report);
    lines.line(store(&report.store));
    for key in &report.keys {
        self::key(&mut lines, key);
    }
    let is_open = report.opening.message.is_none();
    let answer = if is_open { report.answer } else { PredictedAnswer::Fails };
    for one in &report.certificates {
        certificate(&mut lines, one, answer);
    }
    for warning in &report.warnings {
        lines.line(format!("  certlens: note: {warning}"));
    }
    if let Some(written) = &report.written {
        self::written(&mut lines, written);
    }
    lines.blank();
    if answer != PredictedAnswer::Imports {
        lines.line(format!("  certlens: {}", report.reason));
    }
    match answer {
        PredictedAnswer::Imports => lines.line("CertUtil: -importPFX command completed successfully."),
        PredictedAnswer::Fails if !is_open && !report.opening.wrong_password => fail(&mut lines, ASN1_BADTAG),
        // What an old release says of a file that it cannot decrypt, whatever the password.
        PredictedAnswer::Fails if !is_open || report.error.is_some() => fail(&mut lines, INVALID_PASSWORD),
        PredictedAnswer::Fails => {
            lines.line("  certlens: the HRESULT of this failure is not known");
            lines.line("CertUtil: -importPFX command FAILED");
        }
        PredictedAnswer::CannotKnow => {
            lines.line("  certlens: how -importPFX ends cannot be known from the file");
        }
    }
    lines.into_text()
}

/// A file that cannot be read.
pub(crate) fn not_read(failure: &Failure) -> String {
    let mut lines = Lines::default();
    head(&mut lines);
    dumped::finish(&mut lines, "importPFX", std::slice::from_ref(failure), false);
    lines.into_text()
}

fn head(lines: &mut Lines) {
    lines.line(format!(
        "computed by certlens {} (a prediction, not Windows' own answer); nothing is imported",
        env!("CARGO_PKG_VERSION")
    ));
}

fn certificate(lines: &mut Lines, one: &ImportedCertificateFacts, answer: PredictedAnswer) {
    let because = format!("{}{}", one.because.text, foundation(&one.because));
    match (&one.store, answer) {
        (_, PredictedAnswer::Fails) => {}
        (Some(store), PredictedAnswer::Imports) => {
            // certutil does not say which.
            lines.line(format!("Certificate \"{}\" added to store.", one.name));
            lines.line(format!("  certlens: {}: {because}", self::store(store)));
        }
        (Some(store), PredictedAnswer::CannotKnow) => {
            lines.line(format!("  certlens: certificate \"{}\": {}: {because}", one.name, self::store(store)));
        }
        (None, _) => lines.line(format!("  certlens: certificate \"{}\" is not added: {because}", one.name)),
    }
}

fn fail(lines: &mut Lines, hresult: u32) {
    ending::failed(lines, "importPFX", hresult, constants::text(hresult).unwrap_or_default());
}

fn releases(lines: &mut Lines, report: &PredictionReport) {
    for (opens, words) in [(Opens::Yes, "opens on"), (Opens::No, "fails on"), (Opens::Unknown, "not known for")] {
        let of = report.releases.iter().filter(|one| one.opens == opens);
        let names: Vec<&str> = of.map(|one| one.release.strip_prefix("Windows ").unwrap_or(one.release)).collect();
        if !names.is_empty() {
            let file = if report.written.is_some() { "what was written" } else { "the file" };
            lines.line(format!("  certlens: {file} {words} {}", names.join(", ")));
        }
    }
}

/// As `-store` heads its list: `My "Personal"`.
fn store(store: &StoreFacts) -> String {
    let title = store.title.map_or_else(String::new, |title| format!(" \"{title}\""));
    format!("{}{title} of the {}", store.name, store.location)
}

fn foundation(stated: &StatedText) -> String {
    format!(" ({}: {})", stated.confidence, stated.source)
}

fn key(lines: &mut Lines, key: &ImportedKeyFacts) {
    let prediction = &key.prediction;
    lines.line(format!("================ Private Key {} ================", key.number));
    lines.line(format!("  certlens: {}{}", prediction.landing.text, foundation(&prediction.landing)));
    if let Some(provider) = &prediction.provider {
        lines.line(format!("  Key Container = {}", key.container.text));
        lines.line(format!("  Provider = {provider}"));
    }
    if let Some(number) = key.provider_type {
        // As certutil -v has it, in hexadecimal.
        lines.line(format!("  ProviderType = {number:x}"));
        if key.machine {
            lines.line("  Flags = 20 (32)");
            lines.line("    CRYPT_MACHINE_KEYSET -- 20 (32)");
        }
    }
    match key.key_spec {
        Some(1) => lines.line("  KeySpec = 1 -- AT_KEYEXCHANGE"),
        Some(2) => lines.line("  KeySpec = 2 -- AT_SIGNATURE"),
        Some(number) => {
            lines.line(format!("  KeySpec = {number}"));
            lines.line(format!("  certlens: {}{}", prediction.spec.text, foundation(&prediction.spec)));
        }
        None => lines.line(format!("  certlens: key spec: {}{}", prediction.spec.text, foundation(&prediction.spec))),
    }
    if prediction.provider.is_some() {
        lines.line(format!("  certlens: key store: {}{}", prediction.scope.text, foundation(&prediction.scope)));
        match key.export {
            ExportFacts::No => lines.line("Private key is NOT exportable"),
            ExportFacts::Encrypted => lines.line("Private key is NOT plain text exportable"),
            // certutil says nothing then.
            ExportFacts::Yes | ExportFacts::Nothing => {
                lines.line(format!("  certlens: {}{}", prediction.exportable.text, foundation(&prediction.exportable)));
            }
        }
    }
}

fn written(lines: &mut Lines, written: &WrittenReport) {
    let what = written.file.as_ref().map(|file| file.answer.clone()).unwrap_or_default();
    lines.line(format!("  certlens: wrote {}: {what}", written.output));
    for change in &written.changes {
        let before = change.before.as_ref().map_or_else(String::new, |before| format!(" (it was: {before})"));
        let after = change.after.as_deref().unwrap_or("dropped");
        lines.line(format!("  certlens: {}: {after}{before}", change.what));
    }
    for remark in &written.remarks {
        lines.line(format!("  certlens: note: {remark}"));
    }
    for step in &written.next {
        lines.line(format!("  certlens: next: {}", step.text));
        step.commands.iter().for_each(|command| lines.line(format!("    {command}")));
    }
}
