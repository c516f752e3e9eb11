//! A private key: what the file says of it, and where it lands.

use certlens_report::{Document, Emphasis, Field, Fields, Note, Text};

use super::place;
use crate::facts::pfx::{KeyPredictionFacts, PfxKeyFacts, ProviderKind, StatedText};

pub(super) fn push(document: &mut Document, key: &PfxKeyFacts) {
    document.heading(format!("Private key {}: {}", key.number, key.answer));
    document.push(Fields::new(fields(key)));
    let landing = key.predictions.iter().map(prediction);
    document.heading(format!("Where Windows puts key {}", key.number)).push(Fields::new(landing));
    let notes = notes(key);
    if !notes.is_empty() {
        document.push(notes);
    }
}

/// What one should know of the importers, each once, with those that it is about.
fn notes(key: &PfxKeyFacts) -> Vec<Note> {
    let mut notes: Vec<(&StatedText, Vec<&str>)> = Vec::new();
    // What is to be said of the provider that the file names stands among its problems.
    let is_said = |note: &StatedText| key.provider.note.as_ref().is_some_and(|own| note.text.ends_with(&own.text));
    for prediction in &key.predictions {
        for note in prediction.notes.iter().filter(|note| !is_said(note)) {
            match notes.iter_mut().find(|(known, _)| *known == note) {
                Some((_, importers)) => importers.push(&prediction.importer),
                None => notes.push((note, vec![&prediction.importer])),
            }
        }
    }
    let shown = notes.into_iter().map(|(note, importers)| {
        let whose = if importers.len() == key.predictions.len() {
            String::new()
        } else {
            format!("{}: ", importers.join("; "))
        };
        Note::warning("", format!("{whose}{}", note.text)).citation(format!("{}, {}", note.source, note.confidence))
    });
    shown.collect()
}

fn fields(key: &PfxKeyFacts) -> Vec<Field> {
    let mut fields = vec![
        provider(key),
        Field::new(
            "Key spec",
            match &key.key_spec {
                Some(spec) => spec.clone(),
                None if key.decrypted => "not known".to_owned(),
                None => "not known: the key is still encrypted".to_owned(),
            },
        ),
        Field::new("Key usage", usage(key)),
        Field::new(
            "Key store",
            match key.machine_keyset {
                true => "the machine's: the file asks for it",
                false => "the user's or the machine's, as the importer is told",
            },
        ),
        Field::new("Container", key.container.clone().unwrap_or_else(|| "not named".to_owned())),
        Field::new(
            "Algorithm",
            match key.algorithm_from {
                "certificate" => format!("{}, by the certificate with its localKeyID", key.algorithm),
                _ => key.algorithm.clone(),
            },
        ),
        Field::new("Certificates", certificates(key)),
    ];
    if let Some(id) = &key.local_key_id {
        fields.push(Field::hex("localKeyID", id.0.clone()));
    }
    fields.push(Field::new("Encryption", key.encryption.clone()));
    fields.push(Field::new("Stands in", place(key.safe, key.bag)));
    fields
}

fn provider(key: &PfxKeyFacts) -> Field {
    let provider = &key.provider;
    let name = provider.name.clone().unwrap_or_else(|| {
        match provider.state {
            "empty" => "named by no characters",
            "unreadable" => "named in a way that cannot be read",
            _ => "not named",
        }
        .to_owned()
    });
    let mut field = Field::new("Provider", name);
    if let (Some(kind), Some(basis), Some(confidence)) = (provider.kind, provider.basis, provider.confidence) {
        let kind = match (kind, provider.provider_type, provider.provider_type_name) {
            (ProviderKind::Csp, Some(number), Some(name)) => format!("CSP, type {number} - {name}"),
            (ProviderKind::Csp, Some(number), None) => format!("CSP, type {number}"),
            (ProviderKind::Csp, None, _) => "CSP".to_owned(),
            (ProviderKind::Ksp, ..) => "KSP".to_owned(),
            (ProviderKind::Unknown, ..) => "CSP or KSP, not known".to_owned(),
        };
        let vendor = provider.vendor.map_or_else(String::new, |vendor| format!(", made by {vendor}"));
        let text = Text::from(format!("{kind}{vendor}"));
        field = field.value(text.with(Emphasis::Quiet, format!(" ({confidence}: {basis})")));
    }
    field
}

fn usage(key: &PfxKeyFacts) -> String {
    match key.usage.state {
        "present" if key.usage.usages.is_empty() => "none at all".to_owned(),
        "present" => key.usage.usages.join(", "),
        "absent" => "not limited".to_owned(),
        _ if key.decrypted => "cannot be read".to_owned(),
        _ => "not known: the key is still encrypted".to_owned(),
    }
}

fn certificates(key: &PfxKeyFacts) -> String {
    let shown = |numbers: &mut dyn Iterator<Item = &usize>| -> String {
        numbers.take(super::MAX_SHOWN).map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let same = shown(&mut key.same_public_key.iter());
    let by_id = shown(&mut key.certificates.iter().filter(|number| !key.same_public_key.contains(number)));
    match (same.as_str(), by_id.as_str()) {
        ("", "") if key.decrypted => "none in the file is its own".to_owned(),
        ("", "") => "not known: the key is still encrypted".to_owned(),
        (same, "") => format!("{same} (the same public key)"),
        ("", by_id) => format!("{by_id}, by localKeyID"),
        (same, by_id) => format!("{same} (the same public key); {by_id}, by localKeyID"),
    }
}

fn prediction(prediction: &KeyPredictionFacts) -> Field {
    let StatedText { text, confidence, source } = &prediction.landing;
    let landing = Text::from(text.clone()).with(Emphasis::Quiet, format!(" ({confidence}: {source})"));
    let mut field = Field::new(prediction.importer.clone(), landing);
    if matches!(prediction.lands_in, "csp" | "ksp" | "memory" | "unknown") {
        let said = [&prediction.spec, &prediction.scope, &prediction.exportable].map(|stated| stated.text.as_str());
        field = field.value(said.join("; "));
    }
    field
}
