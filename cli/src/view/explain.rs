//! The text of `certlens explain`.

use certlens_core::finding::{Code, WindowsEquivalent};
use certlens_report::{Column, Document, Field, Fields, Headline, Table, Tone};

use crate::causes::Cause;

pub(crate) fn document(codes: &[Code], causes: &[&Cause], all: bool) -> Document {
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
        return document;
    }
    let mut document = Document::default();
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
    document
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
