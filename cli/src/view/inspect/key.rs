//! Keys, signatures, digests.

use certlens_report::{Emphasis, Field, Note, Text};

use super::name::oid_in_full;
use crate::facts::Hex;
use crate::facts::certificate::{CertificateFacts, FingerprintFacts};
use crate::facts::key::{AlgorithmFacts, KeyFacts, KeyReading, PublicKeyFacts};
use crate::facts::octets::NumberFacts;

/// The public key and its parts.
pub(super) fn fields(key: &PublicKeyFacts) -> Vec<Field> {
    let mut fields =
        vec![Field::new("Kind", key.description.clone()), Field::new("Algorithm", oid_in_full(&key.algorithm))];
    let parts = match &key.reading {
        KeyReading::Key(parts) => parts,
        KeyReading::Error(broken) => {
            let note = Note::error("", broken.error.message.clone()).location(format!("byte {}", broken.error.offset));
            fields.push(Field::hex("Key, not decoded", broken.octets.0.clone()).note(note));
            return fields;
        }
    };
    match parts {
        KeyFacts::Rsa { modulus, exponent, pss_restriction, .. } => {
            if let Some(restriction) = pss_restriction {
                fields.push(Field::new("Restricted to", restriction.clone()));
            }
            fields.push(Field::new("Exponent", small_number(exponent)));
            fields.push(number("Modulus", modulus));
        }
        KeyFacts::Ec { curve, point, form } => {
            fields.push(Field::new("Curve", curve.clone()));
            fields.push(Field::hex(format!("Point ({})", form.name()), point.0.clone()));
            if curve == "explicit"
                && let Some(parameters) = &key.parameters
            {
                fields.push(Field::hex("Curve parameters", parameters.0.clone()));
            }
        }
        KeyFacts::Ed25519 { octets } | KeyFacts::Ed448 { octets } | KeyFacts::MlDsa { octets, .. } => {
            fields.push(Field::hex("Key", octets.0.clone()));
        }
        KeyFacts::Dsa { domain, y } => {
            fields.push(number("Public value y", y));
            match domain {
                Some(domain) => {
                    fields.extend([
                        number("Prime p", &domain.p),
                        number("Prime q", &domain.q),
                        number("Generator g", &domain.g),
                    ]);
                }
                None => fields.push(Field::new("Parameters", "those of the issuer's key")),
            }
        }
        KeyFacts::Unknown { octets } => {
            if let Some(parameters) = &key.parameters {
                fields.push(Field::hex("Parameters", parameters.0.clone()));
            }
            fields.push(Field::hex("Key, not decoded", octets.0.clone()));
        }
    }
    fields
}

fn small_number(number: &NumberFacts) -> Text {
    let hex = format!("0x{}", number.hex);
    match &number.decimal {
        Some(decimal) => Text::literal(decimal.clone())
            .with(Emphasis::Plain, " (")
            .with(Emphasis::Literal, hex)
            .with(Emphasis::Plain, ")"),
        None => Text::literal(hex),
    }
}

fn number(label: &str, number: &NumberFacts) -> Field {
    let label = if number.hex.starts_with('-') { format!("{label}, negative") } else { label.to_owned() };
    Field::hex(label, number.magnitude.clone())
}

/// issuerUniqueID and subjectUniqueID.
pub(super) fn unique_ids(facts: &CertificateFacts) -> Vec<Field> {
    let ids = [("Issuer unique ID", &facts.issuer_unique_id), ("Subject unique ID", &facts.subject_unique_id)];
    ids.into_iter().filter_map(|(label, id)| Some(Field::hex(label, id.as_ref()?.0.clone()))).collect()
}

/// The signature and its algorithm.
pub(super) fn signature(facts: &CertificateFacts) -> Vec<Field> {
    let mut fields = algorithm("Algorithm", &facts.signature_algorithm);
    if let Some(signed) = &facts.signed_algorithm {
        fields.extend(algorithm("Inside the signed part", signed));
    }
    fields.push(Field::hex("Value", facts.signature.0.clone()));
    fields
}

fn algorithm(label: &str, facts: &AlgorithmFacts) -> Vec<Field> {
    let field = Field::new(label, format!("{}, {}", facts.description, oid_in_full(&facts.algorithm)));
    let Some(error) = &facts.error else {
        return vec![field];
    };
    let field = field.note(Note::error("", error.message.clone()).location(format!("byte {}", error.offset)));
    let parameters = facts.parameters.as_ref().map(|octets| Field::hex("Parameters, not decoded", octets.0.clone()));
    std::iter::once(field).chain(parameters).collect()
}

/// Digests, each on one line to be copied.
pub(super) fn fingerprints(facts: &FingerprintFacts) -> Vec<Field> {
    let literal = |label: &str, octets: &Hex| Field::new(label, Text::literal(octets.to_string()));
    vec![
        literal("SHA-256", &facts.sha256),
        literal("SHA-1", &facts.sha1),
        literal("SHA-256 of key", &facts.spki_sha256),
        Field::new("Key pin", Text::literal(facts.spki_pin.clone())),
        literal("SHA-1 of key bits", &facts.key_sha1),
    ]
}
