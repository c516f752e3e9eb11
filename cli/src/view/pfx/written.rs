//! The text of the commands that write: what was written, what changed, what one
//! should know, what to do next.

use certlens_report::{Document, Field, Fields, Headline, Note, Step, Tone};

use super::MAX_SHOWN;
use crate::facts::pfx::{ChangeFacts, PasswordFacts, WrittenReport};

pub(crate) fn document(report: &WrittenReport) -> Document {
    let what = match &report.file {
        Some(file) => file.answer.clone(),
        None => counted(report),
    };
    let mut document =
        Document::new(Headline::new(Tone::Neutral, format!("WROTE {}: {what}", report.output)).reason(reason(report)));
    particulars(&mut document, report);
    document
}

/// The same behind another report.
pub(super) fn append(document: &mut Document, report: &WrittenReport) {
    document.heading(format!("Wrote {}", report.output)).push(certlens_report::Text::from(reason(report)));
    particulars(document, report);
}

fn particulars(document: &mut Document, report: &WrittenReport) {
    if report.changes.is_empty() {
        if report.command == "convert" {
            document.push(certlens_report::Text::from("Nothing in it is otherwise than it was."));
        }
    } else {
        document.heading("Changed").push(Fields::new(report.changes.iter().take(MAX_SHOWN).map(change)));
        super::push_rest(document, "changes", report.changes.len());
    }
    if !report.remarks.is_empty() {
        let notes = report.remarks.iter().take(MAX_SHOWN).map(|remark| Note::warning("", remark.clone()));
        document.heading("Remarks").push(notes.collect::<Vec<_>>());
        super::push_rest(document, "remarks", report.remarks.len());
    }
    if !report.next.is_empty() {
        document.heading("What to do").push(report.next.iter().map(super::step).collect::<Vec<Step>>());
    }
}

fn counted(report: &WrittenReport) -> String {
    let count = |number: usize, what: &str| match number {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{number} {what}s")),
    };
    let both = [count(report.keys, "private key"), count(report.certificates, "certificate")];
    both.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

fn reason(report: &WrittenReport) -> String {
    let password = match report.password {
        PasswordFacts::Kept => "the password is the one it was",
        PasswordFacts::New => "the password is the new one",
        PasswordFacts::Empty => "the password is the empty one, which protects nothing",
        PasswordFacts::None => "there is no password",
    };
    let access = "nobody but its owner may read it";
    match &report.file {
        Some(file) => format!("{}. It has {}; {password}; {access}.", file.explanation, counted(report)),
        None => format!("It has {}; {password}; {access}.", counted(report)),
    }
}

fn change(change: &ChangeFacts) -> Field {
    let field = Field::new(change.what.clone(), change.after.clone().unwrap_or_else(|| "dropped".to_owned()));
    match &change.before {
        Some(before) => field.value(format!("it was: {before}")),
        None => field,
    }
}
