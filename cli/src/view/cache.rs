//! The text of `certlens cache`.

use certlens_report::{Column, Document, Field, Fields, Headline, Table, Tone};

use crate::facts::cache::{CacheReport, EntryFacts, EntryState};

/// Digits of an id in a list: enough to tell thousands of entries apart.
const LISTED_DIGITS: usize = 10;

pub(crate) fn document(report: &CacheReport) -> Document {
    let headline = Headline::new(Tone::Neutral, format!("CACHE {}", report.directory)).reason(reason(report));
    let mut document = Document::new(headline);
    match report.command {
        "show" => {
            for entry in &report.entries {
                document.heading(format!("Entry {}", entry.id)).push(Fields::new(fields(entry)));
            }
        }
        _ if report.entries.is_empty() => {}
        _ => {
            document.push(table(&report.entries));
        }
    }
    document
}

/// The line below the directory.
fn reason(report: &CacheReport) -> String {
    let entries = |count: usize| format!("{count} {}", if count == 1 { "entry" } else { "entries" });
    if let Some(cleared) = &report.cleared {
        return format!("Deleted {} with {} octets.", entries(cleared.entries), cleared.octets);
    }
    let count = report.entries.len();
    match report.command {
        "delete" => format!("Deleted {}.", entries(count)),
        "show" => format!("{} of this id or URL.", entries(count)),
        _ if !report.exists => "There is no such directory yet; it is created when something is kept.".to_owned(),
        _ if count == 0 => "It is empty.".to_owned(),
        _ => {
            let of = |state| report.entries.iter().filter(|entry| entry.state == state).count();
            let octets: u64 = report.entries.iter().filter_map(|entry| entry.octets).sum();
            let states = [EntryState::Fresh, EntryState::Expired, EntryState::Failure];
            let parts: Vec<String> = states
                .into_iter()
                .filter(|state| of(*state) > 0)
                .map(|state| format!("{} {}", of(state), state.word()))
                .collect();
            format!("{} ({}) with {octets} octets.", entries(count), parts.join(", "))
        }
    }
}

fn table(entries: &[EntryFacts]) -> Table {
    let columns = [
        Column::left("Id"),
        Column::left("What"),
        Column::left("State"),
        Column::right("Octets"),
        Column::left("Stored"),
        Column::left("Expires"),
        Column::left("URL"),
    ];
    entries.iter().fold(Table::new(columns), |table, entry| {
        table.row([
            entry.id.get(..LISTED_DIGITS).unwrap_or(&entry.id).to_owned(),
            kind(entry).to_owned(),
            entry.state.word().to_owned(),
            entry.octets.map(|octets| octets.to_string()).unwrap_or_default(),
            entry.stored.clone(),
            entry.expires.clone(),
            entry.url.clone(),
        ])
    })
}

fn kind(entry: &EntryFacts) -> &'static str {
    match entry.kind {
        "certificates" => "AIA",
        "ocsp" => "OCSP",
        _ => "CRL",
    }
}

fn fields(entry: &EntryFacts) -> Vec<Field> {
    let mut fields = vec![
        Field::new("URL", entry.url.as_str()),
        Field::new("What", kind(entry)),
        Field::new("State", entry.state.word()),
    ];
    let mut content = entry.content.iter();
    if let Some(first) = content.next() {
        fields.push(content.fold(Field::new("Content", first.as_str()), |field, line| field.value(line.as_str())));
    }
    if let Some(failure) = &entry.failure {
        fields.push(Field::new("Failure", format!("{} ({}): {}", failure.cause, failure.stage, failure.message)));
        if let Some(code) = failure.winhttp {
            fields.push(Field::new("WinHTTP", code.to_string()));
        }
        fields.push(Field::new("What to do", failure.hint.as_str()));
    }
    fields.push(Field::new("Stored", entry.stored.as_str()));
    fields.push(Field::new("Expires", entry.expires.as_str()));
    if let Some(octets) = entry.octets {
        fields.push(Field::new("Octets", octets.to_string()));
    }
    for (name, value) in [("SHA-256", &entry.sha256), ("OCSP request", &entry.request)] {
        if let Some(value) = value {
            fields.push(Field::new(name, value.as_str()));
        }
    }
    for header in &entry.headers {
        fields.push(Field::new(format!("Header {}", header.name), header.value.as_str()));
    }
    fields
}
