//! A certificate that certlens refuses, as the second reader reads it.

use certlens_report::{Document, Emphasis, Field, Fields, Headline, Text, Tone};

use super::name::{oid_in_full, oid_short};
use crate::facts::second_reader::{SecondExtension, SecondReadingFacts};

/// The report on a certificate that only the second reader can read. Its first
/// lines say so, because everything below is unchecked.
pub(crate) fn second_document(facts: &SecondReadingFacts) -> Document {
    let reading = &facts.reading;
    let reason = format!(
        "Read by a second, lenient reader (x509-parser); certlens itself refuses this certificate: byte {}: {}",
        facts.refused.offset, facts.refused.message
    );
    let headline = Headline::new(Tone::Bad, format!("UNREADABLE CERTIFICATE  {}", or_empty_name(&reading.subject)));
    let mut document = Document::new(headline.reason(reason));
    let key = match reading.key_bits {
        Some(bits) => format!("{}, {bits} bits", oid_in_full(&reading.key_algorithm)),
        None => oid_in_full(&reading.key_algorithm),
    };
    let mut fields = vec![
        Field::new("Subject", or_empty_name(&reading.subject)),
        Field::new("Issuer", or_empty_name(&reading.issuer)),
        Field::new("Serial number", Text::literal(reading.serial.to_string())),
        Field::new("Valid from", Text::literal(reading.not_before.clone())),
        Field::new("Valid until", Text::literal(reading.not_after.clone())),
        Field::new("Version", reading.version.to_string()),
        Field::new("Read from", facts.origin.text.clone()),
        Field::new("Public key", key),
        Field::new("Signature algorithm", oid_in_full(&reading.signature_algorithm)),
    ];
    if !reading.names.is_empty() {
        fields.insert(5, reading.names.iter().fold(Field::group("Names"), |field, name| field.value(name.clone())));
    }
    if reading.trailing_octets > 0 {
        fields.push(Field::new("After the certificate", format!("{} octets", reading.trailing_octets)));
    }
    document.heading("As the second reader has it, unchecked").push(Fields::new(fields));
    if !reading.extensions.is_empty() {
        document
            .heading("Extensions as the second reader has them, unchecked")
            .push(Fields::new(reading.extensions.iter().map(extension_field)));
    }
    document
}

fn extension_field(extension: &SecondExtension) -> Field {
    let label =
        Text::from(oid_short(&extension.id)).with(Emphasis::Plain, if extension.critical { " (critical)" } else { "" });
    Field::new(label, extension.value.clone().unwrap_or_else(|| "(not decoded)".to_owned()))
}

fn or_empty_name(name: &str) -> &str {
    if name.is_empty() { super::name::EMPTY } else { name }
}

/// The report on a certificate that neither reader can read.
pub(crate) fn unreadable(origin: &str, message: &str) -> Document {
    let reason = format!("{origin}: {message}; a second, lenient reader (x509-parser) cannot read it either.");
    Document::new(Headline::new(Tone::Bad, "UNREADABLE CERTIFICATE").reason(reason))
}
