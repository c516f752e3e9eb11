//! The text of `certlens crl`.

use certlens_core::time::{Time, describe_duration};
use certlens_report::{Column, Document, Emphasis, Field, Fields, Headline, Note, Table, Text, Tone, Value};

use crate::facts::crl::{
    CrlExtensionReading, CrlExtensionValueFacts, CrlFacts, CrlOutcomeFacts, CrlReport, EntryFacts, JudgedCrlFacts,
};
use crate::facts::judged::DemandFacts;
use crate::facts::octets::NumberFacts;
use crate::facts::time::TimeFacts;
use crate::view::inspect::{extension, key, name};
use crate::view::judged::{self, Answer};

pub(crate) fn documents(report: &CrlReport) -> Vec<Document> {
    let several = report.crls.len() + report.not_read.len() > 1;
    let each = report.crls.iter().map(|crl| match crl {
        CrlOutcomeFacts::Read(crl) => document(crl, &report.request, several),
        CrlOutcomeFacts::Refused(refused) => judged::unreadable("CRL", refused),
    });
    let mut documents: Vec<_> = each.collect();
    judged::push_beside(&mut documents, &report.findings);
    documents
}

fn document(judged: &JudgedCrlFacts, demand: &DemandFacts, several: bool) -> Document {
    let crl = &judged.crl;
    let answer = Answer {
        what: "CRL",
        good: "CRL GOOD",
        of: if several { format!("{}: ", crl.origin.text) } else { String::new() },
        sentence: sentence(crl, Some(demand)),
    };
    let mut document = Document::new(judged::headline(answer, &judged.judgement));
    judged::push_checks(&mut document, &judged.judgement);
    push_contents(&mut document, crl);
    for lookup in &judged.lookups {
        if !lookup.entries.is_empty() {
            let heading = format!("Entries with the serial number {}", lookup.serial);
            document.heading(heading).push(entries(&lookup.entries));
        }
    }
    judged::push_findings(&mut document, &judged.judgement, &crl.deviations, crl.deviation_count);
    judged::push_demand(&mut document, demand);
    document
}

/// A CRL that nothing was asked about.
pub(crate) fn inspected(crl: &CrlFacts) -> Document {
    let tone = if crl.deviations.is_empty() { Tone::Neutral } else { Tone::Bad };
    let reason = format!("{} `certlens crl` checks it.", sentence(crl, None));
    let mut document = Document::new(Headline::new(tone, format!("CRL  {}", name::shown(&crl.issuer))).reason(reason));
    push_contents(&mut document, crl);
    judged::push_findings(&mut document, &Default::default(), &crl.deviations, crl.deviation_count);
    document
}

/// Everything that a CRL says.
fn push_contents(document: &mut Document, crl: &CrlFacts) {
    document.heading("CRL").push(Fields::new(identity(crl)));
    let fields = access(crl);
    if !fields.is_empty() {
        document.heading("Issuer and other CRLs").push(Fields::new(fields));
    }
    push_entries(document, crl);
    let columns = [Column::left("Critical"), Column::left("Extension")];
    let table = crl.extensions.iter().fold(Table::new(columns), |table, extension| {
        table.row([if extension.critical { "yes" } else { "no" }.to_owned(), name::oid_in_full(&extension.id)])
    });
    if !crl.extensions.is_empty() {
        document.heading("Extensions as encoded").push(table);
    }
    let mut fields = key::algorithm("Signature algorithm", &crl.signature_algorithm);
    if let Some(signed) = &crl.signed_algorithm {
        fields.extend(key::algorithm("Inside the signed part", signed));
    }
    fields.push(Field::new("SHA-256", Text::literal(crl.sha256.to_string())));
    fields.push(Field::new("SHA-1", Text::literal(crl.sha1.to_string())));
    document.heading("Signature and fingerprints").push(Fields::new(fields));
}

/// The CRL in one sentence.
fn sentence(crl: &CrlFacts, demand: Option<&DemandFacts>) -> String {
    let kind = match (&crl.base_number, crl.is_delta) {
        (Some(base), _) => format!("A delta CRL to number {}", number(base)),
        (None, true) => "A delta CRL".to_owned(),
        (None, false) => "A CRL".to_owned(),
    };
    let of_number = crl.number.as_ref().map_or_else(String::new, |one| format!(" with number {}", number(one)));
    let next = match &crl.next_update {
        Some(next) => format!("the next one due on {}{}", next.time, distance(next, demand)),
        None => "without a date for the next one".to_owned(),
    };
    let count = match crl.entry_count {
        0 => "no entries".to_owned(),
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    format!("{kind} of {}{of_number}, {count}, {next}.", name::shown(&crl.issuer))
}

/// How far a time is from the one that is checked for.
pub(super) fn distance(time: &TimeFacts, demand: Option<&DemandFacts>) -> String {
    let at = demand.and_then(|demand| Time::parse_rfc3339(&demand.time));
    let times = Time::parse_rfc3339(&time.time).zip(at);
    times.map_or_else(String::new, |(time, at)| match time.since(at) {
        0 => String::new(),
        after @ 1.. => format!(", {} later", describe_duration(after)),
        before => format!(", {} before", describe_duration(before)),
    })
}

/// In decimal, as people count, as long as it is short.
fn number(number: &NumberFacts) -> String {
    number.decimal.clone().unwrap_or_else(|| format!("0x{}", number.hex))
}

fn number_field(label: &str, one: &NumberFacts) -> Field {
    let text = Text::literal(number(one));
    let text = match &one.decimal {
        Some(decimal) if decimal.len() > 1 => text.with(Emphasis::Plain, format!(" (hexadecimal {})", one.hex)),
        _ => text,
    };
    Field::new(label, text)
}

fn time_field(label: &str, time: &TimeFacts) -> Field {
    Field::new(label, Text::literal(time.time.clone()))
}

fn identity(crl: &CrlFacts) -> Vec<Field> {
    let mut fields = vec![name::field("Issuer", &crl.issuer)];
    match &crl.number {
        Some(number) => fields.push(number_field("Number", number)),
        None => fields.push(Field::new("Number", "none")),
    }
    match (&crl.base_number, crl.is_delta) {
        (Some(base), _) => fields.push(number_field("Delta to number", base)),
        (None, true) => fields.push(Field::new("Delta to number", "cannot be read")),
        (None, false) => fields.push(Field::new("Kind", "complete for its scope, no delta CRL")),
    }
    fields.push(time_field("Issued", &crl.this_update));
    match &crl.next_update {
        Some(next) => fields.push(time_field("Next one due", next)),
        None => fields.push(Field::new("Next one due", "not said")),
    }
    let scope = crl.values().find_map(|value| match value {
        CrlExtensionValueFacts::IssuingDistributionPoint(scope) => Some(scope),
        _ => None,
    });
    match scope {
        None => fields.push(Field::new("Scope", "all kinds of certificates of this issuer; all reasons")),
        Some(scope) => {
            let mut field = Field::new("Scope", scope.sentence());
            field.values.extend(scope.full_name.iter().map(|one| Value::Text(name::location(one))));
            field.values.extend(
                scope
                    .relative_name
                    .iter()
                    .map(|rdn| Value::Text(format!("{} (relative to the issuer's name)", rdn.rfc4514).into())),
            );
            fields.push(field);
        }
    }
    fields.push(Field::new("Entries", crl.entry_count.to_string()));
    fields.push(Field::new("Size", format!("{} octets", crl.length)));
    fields.push(match crl.version {
        version @ 1..=2 => Field::new("Version", version.to_string()),
        version => Field::new("Version", format!("{version}, which does not exist")),
    });
    fields.push(Field::new("Read from", crl.origin.text.clone()));
    fields
}

/// Extensions that are not shown elsewhere.
fn access(crl: &CrlFacts) -> Vec<Field> {
    use CrlExtensionValueFacts as V;
    let mut fields = Vec::new();
    for one in &crl.extensions {
        let mark = if one.critical { " (critical)" } else { "" };
        match &one.reading {
            CrlExtensionReading::Value(V::AuthorityKeyIdentifier { key_identifier, issuer, serial }) => {
                let mut field = Field::group(format!("Authority key identifier{mark}"));
                field.values.extend(key_identifier.iter().map(|octets| Value::Text(Text::literal(octets.to_string()))));
                field.values.extend(issuer.iter().map(|one| Value::Text(name::general_name(one).into())));
                let serial = serial.iter().map(|serial| Value::Text(format!("serial number {}", serial.hex).into()));
                field.values.extend(serial);
                fields.push(field);
            }
            CrlExtensionReading::Value(V::IssuerAltName { names }) => {
                fields.push(extension::names_field(&format!("Issuer alternative names{mark}"), names));
            }
            CrlExtensionReading::Value(V::FreshestCrl { points }) => {
                fields.extend(extension::points_fields(&format!("Delta CRL{mark}"), points));
            }
            CrlExtensionReading::Value(V::AuthorityInfoAccess { descriptions }) => {
                fields.extend(descriptions.iter().map(|access| extension::access_field(access, false, mark)));
            }
            CrlExtensionReading::Value(V::Unknown { octets }) => {
                fields.push(Field::hex(format!("{}{mark}", name::oid_in_full(&one.id)), octets.0.clone()));
            }
            CrlExtensionReading::Error(broken) => {
                let note =
                    Note::error("", broken.error.message.clone()).location(format!("byte {}", broken.error.offset));
                let field = Field::new(format!("{}{mark}", name::oid_short(&one.id)), "cannot be decoded").note(note);
                fields.push(field.child(Field::hex("Octets", broken.octets.0.clone())));
            }
            CrlExtensionReading::Value(
                V::CrlNumber { .. } | V::DeltaCrlIndicator { .. } | V::IssuingDistributionPoint(_),
            ) => {}
        }
    }
    fields
}

fn push_entries(document: &mut Document, crl: &CrlFacts) {
    if crl.entries.is_empty() {
        return;
    }
    let heading = match (crl.entries.len(), crl.entry_count) {
        (shown, all) if shown == all => "Entries".to_owned(),
        (shown, all) => format!("The first {shown} of {all} entries (--all shows all)"),
    };
    document.heading(heading).push(entries(&crl.entries));
}

/// Columns that no entry fills are left out.
fn entries(entries: &[EntryFacts]) -> Table {
    let has_date = entries.iter().any(|entry| entry.invalidity_date.is_some());
    let has_issuer = entries.iter().any(|entry| !entry.certificate_issuer.is_empty());
    let mut columns = vec![Column::left("Serial number"), Column::left("Revoked"), Column::left("Reason")];
    columns.extend(has_date.then(|| Column::left("Invalid since")));
    columns.extend(has_issuer.then(|| Column::left("Certificate issuer")));
    entries.iter().fold(Table::new(columns), |table, entry| {
        let reason = match (entry.reason, entry.reason_code) {
            (Some(name), _) => name.to_owned(),
            (None, Some(code)) => format!("{code} (not defined)"),
            (None, None) => String::new(),
        };
        let mut cells = vec![Text::literal(entry.serial.clone()), entry.revocation_date.as_str().into(), reason.into()];
        if has_date {
            cells.push(entry.invalidity_date.as_deref().unwrap_or_default().into());
        }
        if has_issuer {
            let issuers: Vec<String> = entry.certificate_issuer.iter().map(name::general_name).collect();
            cells.push(issuers.join(", ").into());
        }
        table.row(cells)
    })
}
