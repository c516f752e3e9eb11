//! How a file is stored and protected, and which releases of Windows open it.

use certlens_report::{Emphasis, Field, Text};

use crate::facts::pfx::{OpeningState, Opens, PfxFacts, ReleaseFacts, SafeFacts};

pub(super) fn file(facts: &PfxFacts) -> Vec<Field> {
    let stored = match facts.armor {
        "binary" => facts.encoding.clone(),
        "pem" => format!("PEM, {}", facts.encoding),
        _ => format!("base64, {}", facts.encoding),
    };
    let mut form = Field::new("Stored as", stored);
    if let Some(trailing) = facts.trailing.filter(|trailing| trailing.zeros) {
        form = form.value(format!("{} zero octets follow it, as Windows leaves them", trailing.octets));
    }
    let mut fields = vec![form, Field::new("Opened", opened(facts)), Field::new("MAC", mac(facts))];
    let missing = facts.opening.missing.iter().map(String::as_str);
    if let Some(first) = missing.clone().next() {
        let adds = missing.skip(1).fold(Field::new("Not known yet", first), |field, one| field.value(one));
        fields.push(adds);
    }
    fields.extend(facts.safes.iter().take(super::MAX_SHOWN).map(safe));
    fields
}

fn opened(facts: &PfxFacts) -> String {
    match (facts.opening.state, facts.opening.password) {
        (OpeningState::Open, None) => "yes; nothing in it is encrypted".to_owned(),
        (OpeningState::Open, Some("none")) => "yes, without a password".to_owned(),
        (OpeningState::Open, Some("empty")) => "yes, with the empty password".to_owned(),
        (OpeningState::Open, Some(_)) => "yes, with the password".to_owned(),
        (OpeningState::Partly, _) => "in part".to_owned(),
        (OpeningState::Locked, _) => "no: it has a password, and none was given".to_owned(),
        (OpeningState::Refused, _) => "no".to_owned(),
    }
}

fn mac(facts: &PfxFacts) -> String {
    match (&facts.mac, facts.opening.mac_holds) {
        (None, _) => "none".to_owned(),
        (Some(mac), true) => format!("{mac}; it holds"),
        (Some(mac), false) => format!("{mac}; not verified"),
    }
}

fn safe(safe: &SafeFacts) -> Field {
    let bags = match safe.bags {
        Some(1) => "1 bag".to_owned(),
        Some(count) => format!("{count} bags"),
        None => "not decrypted".to_owned(),
    };
    Field::new(format!("Safe {}", safe.number), format!("{bags}, {}", safe.encryption))
}

/// The releases, those of the same answer together.
pub(super) fn releases(releases: &[ReleaseFacts]) -> Vec<Field> {
    let mut groups: Vec<(&ReleaseFacts, Vec<&str>)> = Vec::new();
    for release in releases {
        let is_alike = |(first, _): &&mut (&ReleaseFacts, Vec<&str>)| {
            (first.opens, first.because, first.source) == (release.opens, release.because, release.source)
        };
        let name = release.release.strip_prefix("Windows ").unwrap_or(release.release);
        match groups.iter_mut().find(is_alike) {
            Some((_, names)) => names.push(name),
            None => groups.push((release, vec![name])),
        }
    }
    let field = |(first, names): (&ReleaseFacts, Vec<&str>)| {
        let word = match first.opens {
            Opens::Yes => "opens on",
            Opens::No => "fails on",
            Opens::Unknown => "not known for",
        };
        let because = first.because.map_or_else(String::new, |because| format!(": {because}"));
        let text = Text::from(format!("{}{because}", names.join(", ")));
        let text = text.with(Emphasis::Quiet, format!(" ({}: {})", first.confidence, first.source));
        let field = Field::new(word, text);
        match first.error {
            Some(error) => field.value(format!("it says: {error}")),
            None => field,
        }
    };
    groups.into_iter().map(field).collect()
}
