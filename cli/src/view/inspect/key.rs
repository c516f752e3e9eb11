//! Keys, signatures, digests.

use certlens_report::{Emphasis, Field, Note, Text};

use crate::facts::certificate::{CertificateFacts, FingerprintFacts};
use crate::facts::key::{AlgorithmFacts, KeyFacts, KeyReading, PublicKeyFacts};
use crate::facts::octets::NumberFacts;
use crate::facts::{Hex, OidFacts};

/// What the public key is, without its long numbers.
pub(super) fn fields(key: &PublicKeyFacts) -> Vec<Field> {
    let mut fields = vec![Field::new("Key", described(&key.description, &key.algorithm))];
    match &key.reading {
        KeyReading::Key(KeyFacts::Rsa { exponent, pss_restriction, .. }) => {
            fields.extend(pss_restriction.iter().map(|restriction| Field::new("Restricted to", restriction.clone())));
            fields.push(Field::new("Exponent", small_number(exponent)));
        }
        KeyReading::Key(KeyFacts::Ec { form, .. }) => fields.push(Field::new("Point", form.name())),
        KeyReading::Key(KeyFacts::Dsa { domain: None, .. }) => {
            fields.push(Field::new("Parameters", "those of the issuer's key"));
        }
        KeyReading::Key(
            KeyFacts::Dsa { domain: Some(_), .. }
            | KeyFacts::Ed25519 { .. }
            | KeyFacts::Ed448 { .. }
            | KeyFacts::MlDsa { .. }
            | KeyFacts::Unknown { .. },
        ) => {}
        KeyReading::Error(broken) => {
            let note = Note::error("", broken.error.message.clone()).location(format!("byte {}", broken.error.offset));
            fields = fields.into_iter().map(|field| field.note(note.clone())).collect();
        }
    }
    fields
}

/// The long numbers of the key.
fn key_octets(key: &PublicKeyFacts) -> Vec<Field> {
    let parameters = || key.parameters.as_ref().map(|octets| Field::hex("Key parameters", octets.0.clone()));
    let parts = match &key.reading {
        KeyReading::Key(parts) => parts,
        KeyReading::Error(broken) => return vec![Field::hex("Key, not decoded", broken.octets.0.clone())],
    };
    match parts {
        KeyFacts::Rsa { modulus, .. } => vec![number("Modulus", modulus)],
        KeyFacts::Ec { curve, point, .. } => {
            let explicit = if curve == "explicit" { parameters() } else { None };
            explicit.into_iter().chain([Field::hex("Point", point.0.clone())]).collect()
        }
        KeyFacts::Ed25519 { octets } | KeyFacts::Ed448 { octets } | KeyFacts::MlDsa { octets, .. } => {
            vec![Field::hex("Key", octets.0.clone())]
        }
        KeyFacts::Dsa { domain, y } => {
            let mut fields = vec![number("Public value y", y)];
            if let Some(domain) = domain {
                let parts = [("Prime p", &domain.p), ("Prime q", &domain.q), ("Generator g", &domain.g)];
                fields.extend(parts.map(|(label, part)| number(label, part)));
            }
            fields
        }
        KeyFacts::Unknown { octets } => {
            parameters().into_iter().chain([Field::hex("Key, not decoded", octets.0.clone())]).collect()
        }
    }
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

/// The signature with its algorithm, and the key's long numbers.
pub(super) fn octets(facts: &CertificateFacts) -> Vec<Field> {
    let mut fields = algorithm("Signature algorithm", &facts.signature_algorithm);
    if let Some(signed) = &facts.signed_algorithm {
        fields.extend(algorithm("Inside the signed part", signed));
    }
    fields.push(Field::hex("Signature", facts.signature.0.clone()));
    fields.extend(key_octets(&facts.public_key));
    fields
}

pub(in crate::view) fn algorithm(label: &str, facts: &AlgorithmFacts) -> Vec<Field> {
    let field = Field::new(label, described(&facts.description, &facts.algorithm));
    let Some(error) = &facts.error else {
        return vec![field];
    };
    let field = field.note(Note::error("", error.message.clone()).location(format!("byte {}", error.offset)));
    let parameters = facts.parameters.as_ref().map(|octets| Field::hex("Parameters, not decoded", octets.0.clone()));
    std::iter::once(field).chain(parameters).collect()
}

/// The description, then the identifier where it says more.
fn described(description: &str, oid: &OidFacts) -> String {
    match &oid.name {
        Some(name) if name != description => format!("{description} ({name}, {})", oid.oid),
        _ if description == oid.oid => description.to_owned(),
        _ => format!("{description} ({})", oid.oid),
    }
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
