//! Findings: the level's word, the code, the message, then what else is known.

use std::fmt;

use super::printer::{Lead, Printer};
use super::style::Role;
use super::wrap::{Join, Run, display_width};
use crate::model::{Level, Note};

/// Columns that a remark under a note should have; with less, it is indented less.
const COMFORTABLE: usize = 24;

/// Writes the notes, each line behind `base`.
pub(super) fn write(printer: &mut Printer<'_>, base: &str, notes: &[Note]) -> fmt::Result {
    notes.iter().try_for_each(|note| write_note(printer, base, note))
}

fn write_note(printer: &mut Printer<'_>, base: &str, note: &Note) -> fmt::Result {
    let word = match note.level {
        Level::Error => "error: ",
        Level::Warning => "warning: ",
        Level::Info => "note: ",
    };
    let mut runs = Vec::new();
    if !note.code.is_empty() {
        runs.push(printer.run(Role::Strong, &note.code));
        runs.push(printer.run(Role::Strong, ": "));
    }
    runs.extend(printer.runs(&note.message, Role::Plain));
    if let Some(citation) = &note.citation {
        // Escaped before it is put in brackets: a mark may not join the bracket.
        let citation = format!("({})", printer.clean(citation));
        runs.push(printer.run(Role::Plain, " "));
        runs.push(Run { role: Role::Quiet, text: citation.into(), join: Join::Phrase });
    }
    printer.paragraph(base, base, Lead { role: Role::Level(note.level), text: word }, &runs)?;
    write_remarks(printer, base, word.len(), note)
}

/// Expected, found, place and help, their texts aligned.
fn write_remarks(printer: &mut Printer<'_>, base: &str, hang: usize, note: &Note) -> fmt::Result {
    let remarks =
        [("expected: ", &note.expected), ("found: ", &note.found), ("at: ", &note.location), ("help: ", &note.hint)];
    let present = || remarks.iter().filter_map(|(name, text)| Some((*name, text.as_ref()?)));
    let name_width = present().map(|(name, _)| name.len()).max().unwrap_or(0);
    let comfortable = printer.width() >= display_width(base) + hang + name_width + COMFORTABLE;
    let indentation = if comfortable { hang } else { 2 };
    for (name, text) in present() {
        let lead = format!("{:indentation$}{name:name_width$}", "");
        let runs = printer.runs(text, Role::Plain);
        printer.paragraph(base, base, Lead { role: Role::Quiet, text: &lead }, &runs)?;
    }
    Ok(())
}
