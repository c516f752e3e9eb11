//! The certificates of a file, short: `certlens inspect` shows all of them.

use certlens_report::{Document, Field, Fields};

use super::place;
use crate::facts::certificate::CertificateFacts;
use crate::facts::pfx::{PfxCertificateFacts, PfxFacts};
use crate::view::inspect::name;

pub(super) fn push(document: &mut Document, one: &PfxCertificateFacts) {
    document.heading(format!("Certificate {}: {}", one.number, one.role.word()));
    let mut fields = match (&one.certificate, &one.error) {
        (Some(certificate), _) => read(certificate),
        (None, error) => vec![Field::new("Not readable", error.clone().unwrap_or_default())],
    };
    let keys: Vec<String> = one.keys.iter().take(super::MAX_SHOWN).map(ToString::to_string).collect();
    fields.push(Field::new(
        "Private key",
        match keys.as_slice() {
            [] => "none in the file that is known to be its own".to_owned(),
            _ => keys.join(", "),
        },
    ));
    if let Some(name) = &one.friendly_name {
        fields.push(Field::new("Friendly name", name.clone()));
    }
    if let Some(id) = &one.local_key_id {
        fields.push(Field::hex("localKeyID", id.0.clone()));
    }
    fields.push(Field::new("Stands in", place(one.safe, one.bag)));
    document.push(Fields::new(fields));
}

fn read(facts: &CertificateFacts) -> Vec<Field> {
    vec![
        Field::new("Subject", name::shown(&facts.subject)),
        Field::new(
            "Issuer",
            match facts.self_issued {
                true => "the same name",
                false => name::shown(&facts.issuer),
            },
        ),
        Field::new("Serial number", facts.serial.number.hex.clone()),
        Field::new("Valid", format!("{} to {}", facts.validity.not_before.date(), facts.validity.not_after.date())),
        Field::new("Public key", facts.public_key.description.clone()),
        Field::new("Thumbprint", facts.fingerprints.sha1.to_string()),
    ]
}

/// How chains lead up, where there is more than the end entity.
pub(super) fn chains(facts: &PfxFacts) -> Option<Vec<Field>> {
    let fields = facts.chains.iter().take(super::MAX_SHOWN).map(|chain| {
        let numbers: Vec<String> = chain.certificates.iter().map(|number| format!("certificate {number}")).collect();
        let end = match chain.end {
            "self_issued" => "complete: the last one is self-issued",
            "issuer_missing" => "the issuer of the last one is not in the file",
            "circle" => "it leads in a circle",
            _ => "not followed further, a limit was reached",
        };
        Field::new(numbers.join(" ← "), end)
    });
    let fields: Vec<Field> = fields.collect();
    (!fields.is_empty()).then_some(fields)
}
