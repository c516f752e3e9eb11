//! What `inspect` shows of one certificate, in the order in which an
//! administrator asks: whose, from whom, how long, for which names, for what.

pub(super) mod extension;
pub(super) mod key;
pub(super) mod name;
mod notes;
mod second;

use certlens_core::time::describe_duration;
use certlens_report::{Column, Document, Emphasis, Field, Fields, Headline, Note, Table, Text, Tone};

use crate::facts::certificate::{CertificateFacts, ValidityFacts};
use crate::facts::extension::{ExtensionFacts, ExtensionValueFacts};
use crate::facts::octets::SerialFacts;
use crate::facts::time::TimeFacts;
use extension::Section;

pub(crate) use notes::finding_note;
pub(crate) use second::{second_document, unreadable};

/// The report on one certificate.
///
/// What takes many lines and is looked at last, such as the modulus, stands
/// after everything else but the findings, which end the report so that they
/// are in view on a terminal.
pub(crate) fn document(facts: &CertificateFacts) -> Document {
    let mut document = Document::new(headline(facts));
    let mut placed = extension::fields(facts);
    document.push(Fields::new(identity(facts, extension::take(&mut placed, Section::Names))));
    for section in Section::ALL {
        let mut fields = extension::take(&mut placed, section);
        if section == Section::Identifiers {
            push_section(&mut document, "Public key", key::fields(&facts.public_key));
            fields.extend(key::unique_ids(facts));
        }
        push_section(&mut document, section.heading(), fields);
    }
    push_extension_table(&mut document, &facts.extensions);
    push_section(&mut document, "Fingerprints", key::fingerprints(&facts.fingerprints));
    push_section(&mut document, "Signature and key", key::octets(facts));
    push_notes(&mut document, facts);
    document
}

fn push_section(document: &mut Document, heading: &str, fields: Vec<Field>) {
    if !fields.is_empty() {
        document.heading(heading).push(Fields::new(fields));
    }
}

fn headline(facts: &CertificateFacts) -> Headline {
    let mut values = facts.extensions.iter().filter_map(ExtensionFacts::value);
    let kind = if values.any(|value| matches!(value, ExtensionValueFacts::CtPoison)) {
        "PRECERTIFICATE"
    } else if extension::is_ca(facts) {
        "CA CERTIFICATE"
    } else {
        "CERTIFICATE"
    };
    let subject = match facts.subject.rfc4514.as_str() {
        // An empty subject is right where the names are in subjectAltName (RFC 5280 §4.1.2.6).
        "" => name::first_alternative(facts).unwrap_or_else(|| name::EMPTY.to_owned()),
        subject => subject.to_owned(),
    };
    let issuer = match facts.self_issued {
        true => "Self-issued".to_owned(),
        false => format!("Issued by {}", name::shown(&facts.issuer)),
    };
    let reason = format!("{issuer}; {}; {}", span_of(&facts.validity), facts.public_key.description);
    Headline::new(Tone::Neutral, format!("{kind}  {subject}")).reason(reason)
}

fn span_of(validity: &ValidityFacts) -> String {
    if validity.no_expiry {
        format!("valid from {} without end", validity.not_before.date())
    } else {
        format!("valid {} to {}", validity.not_before.date(), validity.not_after.date())
    }
}

fn identity(facts: &CertificateFacts, names: Vec<Field>) -> Vec<Field> {
    let mut fields = vec![
        name::field("Subject", &facts.subject),
        name::field("Issuer", &facts.issuer),
        Field::new("Serial number", serial(&facts.serial)),
        time_field("Valid from", &facts.validity.not_before, None),
        time_field("Valid until", &facts.validity.not_after, Some(duration(&facts.validity))),
        Field::new("Version", version(facts)),
        Field::new("Read from", facts.origin.text.clone()),
    ];
    if facts.self_issued
        && let Some(issuer) = fields.get_mut(1)
    {
        issuer.values.push(certlens_report::Value::Text(
            Text::new()
                .with(Emphasis::Quiet, "(the subject's own name; whether the signature is its own was not checked)"),
        ));
    }
    // Whose, how long, for which names; then what fewer people ask for.
    let place = fields.len().min(5);
    fields.splice(place..place, names);
    fields
}

fn serial(serial: &SerialFacts) -> Text {
    let text = Text::literal(serial.number.hex.clone());
    match &serial.number.decimal {
        // One digit reads the same in both.
        Some(decimal) if decimal.len() > 1 => {
            text.with(Emphasis::Plain, " (").with(Emphasis::Literal, decimal).with(Emphasis::Plain, " in decimal)")
        }
        _ => text,
    }
}

fn version(facts: &CertificateFacts) -> String {
    match facts.version {
        Some(version @ 1..=3) => version.to_string(),
        Some(version) => format!("{version}, which does not exist"),
        None => "a number beyond 32 bits, which does not exist".to_owned(),
    }
}

fn time_field(label: &str, time: &TimeFacts, remark: Option<String>) -> Field {
    let mut text = Text::literal(time.time.clone());
    if let Some(remark) = remark {
        text = text.with(Emphasis::Plain, format!(" ({remark})"));
    }
    let field = Field::new(label, text);
    if time.early_generalized {
        field
            .note(Note::info("", "written as GeneralizedTime, where UTCTime is demanded").citation("RFC 5280 §4.1.2.5"))
    } else {
        field
    }
}

fn duration(validity: &ValidityFacts) -> String {
    match validity.seconds {
        _ if validity.no_expiry => "no well-defined end".to_owned(),
        ..=0 => "before the start: valid at no time".to_owned(),
        seconds => describe_duration(seconds),
    }
}

/// The extensions as they stand, so that byte offsets in findings can be placed.
fn push_extension_table(document: &mut Document, extensions: &[ExtensionFacts]) {
    if extensions.is_empty() {
        return;
    }
    let columns =
        [Column::right("Offset"), Column::right("Octets"), Column::left("Critical"), Column::left("Extension")];
    let table = extensions.iter().fold(Table::new(columns), |table, extension| {
        table.row([
            extension.offset.to_string(),
            extension.length.to_string(),
            if extension.critical { "yes" } else { "no" }.to_owned(),
            name::oid_in_full(&extension.id),
        ])
    });
    document.heading("Extensions as encoded").push(table);
}

fn push_notes(document: &mut Document, facts: &CertificateFacts) {
    if !facts.findings.is_empty() {
        document.heading("Findings").push(facts.findings.iter().map(finding_note).collect::<Vec<_>>());
    }
    if !facts.deviations.is_empty() {
        let shown = facts.deviations.iter();
        let mut notes: Vec<Note> = shown
            .map(|deviation| {
                Note::warning("", deviation.message.clone()).location(format!("byte {}", deviation.offset))
            })
            .collect();
        let rest = facts.deviation_count.saturating_sub(facts.deviations.len());
        if rest > 0 {
            notes.push(Note::info("", format!("{rest} more")));
        }
        document.heading("Departures from DER").push(notes);
    }
    if !facts.reader_differences.is_empty() {
        let notes = facts.reader_differences.iter().map(|difference| Note::warning("", difference.clone()));
        document.heading("Where a second reader (x509-parser) differs").push(notes.collect::<Vec<_>>());
    }
}

#[cfg(test)]
mod tests;
