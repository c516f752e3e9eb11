//! The text of `certlens explain`.

use certlens_core::finding::WindowsEquivalent;
use certlens_report::{Column, Document, Field, Fields, Headline, Step, Table, Tone};

use crate::facts::demand::WeightFacts;
use crate::facts::explain::{Explained, ExplainedDemandFacts, WindowsErrorFacts};

pub(crate) fn document(explained: &Explained, all: bool) -> Document {
    let Explained { codes, causes, windows, demands } = explained;
    if all {
        let headline = Headline::new(Tone::Neutral, format!("{} kinds of findings", codes.len()))
            .reason("certlens explain CODE says more of one: the rule, what to do, what Windows calls it.");
        let rows = codes.iter().fold(Table::new([Column::left("code"), Column::left("meaning")]), |table, code| {
            table.row([code.name(), code.entry().meaning])
        });
        let mut document = Document::new(headline);
        document.push(rows);
        let rows = causes.iter().fold(Table::new([Column::left("cause"), Column::left("meaning")]), |table, cause| {
            table.row([cause.name, cause.meaning])
        });
        document.heading("Why a URL is not retrieved").push(rows);
        let rows = demands.iter().fold(Table::new([Column::left("demand"), Column::left("what")]), |table, demand| {
            table.row([demand.code, demand.products.first().map_or("", |first| first.demand)])
        });
        document.heading("What products demand of keys and certificates").push(rows);
        let columns = [Column::left("error"), Column::left("name"), Column::left("meaning")];
        let rows = windows.iter().fold(Table::new(columns), |table, error| {
            let numbers = error.hresult.iter().map(String::as_str).chain(error.others.iter().copied());
            let numbers = numbers.filter(|number| number.starts_with(|first: char| first.is_ascii_digit()));
            let numbers = numbers.collect::<Vec<_>>().join(", ");
            table.row([numbers, error.name.to_owned(), error.meaning.unwrap_or_default().to_owned()])
        });
        document.heading("What Windows says of keys and connections").push(rows);
        return document;
    }
    let mut document = Document::default();
    // What was asked by comes first.
    for one in windows {
        let number = one.hresult.as_ref().map_or_else(String::new, |number| format!(" ({number})"));
        document.heading(format!("{}{number}", one.name)).push(Fields::new(error(one)));
        if !one.commands.is_empty() {
            let step = Step::new("Commands; words in capitals stand for what you know.");
            document.push(vec![one.commands.iter().fold(step, |step, command| step.command(*command))]);
        }
    }
    for code in codes {
        let entry = code.entry();
        let severity = if entry.rfc5280 == entry.web {
            entry.rfc5280.word().to_owned()
        } else {
            format!("{} (profile web: {})", entry.rfc5280.word(), entry.web.word())
        };
        let mut fields = vec![
            Field::new("Meaning", entry.meaning),
            Field::new("Severity", severity),
            Field::new("Rule", entry.citation),
            Field::new("What to do", entry.hint),
        ];
        if let Some(windows) = entry.windows {
            fields.push(self::windows(&windows));
        }
        document.heading(entry.name).push(Fields::new(fields));
    }
    for cause in causes {
        let fields = vec![
            Field::new("Meaning", cause.meaning),
            Field::new("Cause of", "source-not-retrieved, and of an issuer that is not found"),
            Field::new("What to do", cause.hint),
        ];
        document.heading(cause.name).push(Fields::new(fields));
    }
    for one in demands {
        document.heading(format!("Demand {}", one.code)).push(Fields::new(demand(one)));
    }
    document
}

/// What Windows says.
fn error(error: &WindowsErrorFacts) -> Vec<Field> {
    let mut fields = vec![Field::new("Windows says", error.says)];
    fields.extend(error.meaning.map(|meaning| Field::new("Meaning", meaning)));
    if !error.others.is_empty() {
        fields.push(Field::new("Also known as", error.others.join(", ")));
    }
    if !error.demands.is_empty() {
        fields.push(Field::new("Demands not met", error.demands.join(", ")));
    }
    fields.extend(error.hint.map(|hint| Field::new("What to do", hint)));
    fields
}

fn demand(demand: &ExplainedDemandFacts) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for product in &demand.products {
        let weight = match product.weight {
            WeightFacts::Must => "must",
            WeightFacts::Should => "should",
        };
        let field = Field::new(product.product, format!("{weight}: {}", product.demand));
        fields.push(field.value(format!("{}, {}", product.source, product.confidence)));
    }
    let mut hints = demand.hints.iter();
    if let Some(first) = hints.next() {
        fields.push(hints.fold(Field::new("What to do", first.clone()), |field, hint| field.value(hint.clone())));
    }
    if !demand.windows.is_empty() {
        fields.push(Field::new("Windows says then", demand.windows.join(", ")));
    }
    fields
}

fn windows(windows: &WindowsEquivalent) -> Field {
    let mut field = Field::group("Windows");
    if windows.trust_status != 0 {
        field = field.value(format!("{} (0x{:x})", windows.trust_status_name, windows.trust_status));
    }
    if windows.hresult != 0 {
        field = field.value(format!("{} (0x{:08x})", windows.hresult_name, windows.hresult));
    }
    field
}
