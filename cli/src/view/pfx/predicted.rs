//! The text of `certlens pfx predict`: does the import work, where keys and certificates
//! are afterwards, what was written.

use certlens_report::{Document, Emphasis, Field, Fields, Headline, Note, Text, Tone};

use super::{MAX_SHOWN, protection, push_rest};
use crate::facts::pfx::predicted::{ImportedCertificateFacts, ImportedKeyFacts};
use crate::facts::pfx::{PredictedAnswer, PredictionReport, StatedText, StoreFacts};
use crate::read::shown;

pub(crate) fn document(report: &PredictionReport) -> Document {
    let (tone, word) = match report.answer {
        PredictedAnswer::Imports => (Tone::Good, "IMPORTS"),
        PredictedAnswer::Fails => (Tone::Bad, "FAILS"),
        PredictedAnswer::CannotKnow => (Tone::Unclear, "CANNOT KNOW"),
    };
    let headline = Headline::new(tone, format!("{word}: {}", shown(&report.input)));
    let mut document = Document::new(headline.reason(format!("{}.", capital(&report.reason))));
    let told = [
        Field::new("Predicted is", report.command.clone()).value("computed by certlens, nothing is imported"),
        Field::new("Store", store(&report.store)),
    ];
    document.push(Fields::new(told));
    for one in report.keys.iter().take(MAX_SHOWN) {
        document.heading(format!("Private key {}", one.number)).push(Fields::new(key(one)));
    }
    push_rest(&mut document, "keys", report.keys.len());
    if !report.certificates.is_empty() {
        let shown = report.certificates.iter().take(MAX_SHOWN).map(certificate);
        document.heading("Certificates").push(Fields::new(shown));
        push_rest(&mut document, "certificates", report.certificates.len());
    }
    document.heading("Which releases open the file").push(Fields::new(protection::releases(&report.releases)));
    if !report.warnings.is_empty() {
        let notes = report.warnings.iter().take(MAX_SHOWN).map(|warning| Note::warning("", warning.clone()));
        document.heading("Remarks").push(notes.collect::<Vec<_>>());
        push_rest(&mut document, "remarks", report.warnings.len());
    }
    if let Some(written) = &report.written {
        super::written::append(&mut document, written);
    }
    document
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn store(store: &StoreFacts) -> String {
    let title = store.title.map_or_else(String::new, |title| format!(" ({title})"));
    format!("{}{title} of the {}", store.name, store.location)
}

fn founded(stated: &StatedText) -> Text {
    Text::from(stated.text.clone()).with(Emphasis::Quiet, format!(" ({}: {})", stated.confidence, stated.source))
}

fn key(key: &ImportedKeyFacts) -> Vec<Field> {
    let prediction = &key.prediction;
    let mut fields =
        vec![Field::new("Algorithm", key.algorithm.clone()), Field::new("Lands in", founded(&prediction.landing))];
    if matches!(prediction.lands_in, "csp" | "ksp" | "unknown") {
        fields.extend([
            Field::new("Key spec", founded(&prediction.spec)),
            Field::new("Key store", founded(&prediction.scope)),
            Field::new("Export", founded(&prediction.exportable)),
            Field::new("Container", founded(&key.container)),
        ]);
    }
    let numbers: Vec<String> = key.certificates.iter().take(MAX_SHOWN).map(ToString::to_string).collect();
    let numbers = if numbers.is_empty() { "none that is known".to_owned() } else { numbers.join(", ") };
    fields.push(Field::new("Certificates", numbers));
    fields
}

fn certificate(one: &ImportedCertificateFacts) -> Field {
    let place = one.store.as_ref().map_or_else(|| "not imported".to_owned(), store);
    Field::new(format!("{} {}", one.number, one.name), place).value(founded(&one.because))
}
