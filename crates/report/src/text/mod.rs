//! The text renderer.
//!
//! Its cost is linear in the document: the width is bounded by [`MAX_WIDTH`],
//! which bounds what alignment and guide lines can add to each line.

mod fields;
mod notes;
mod printer;
mod style;
mod table;
mod tree;
mod wrap;

use std::fmt;

use crate::model::{Block, Document, Headline, Step};
use printer::{Lead, Printer};
use style::Role;

pub use printer::{MAX_WIDTH, MIN_WIDTH};
pub use wrap::UNBROKEN_MAX;

/// How text is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Columns to fill; taken as [`MIN_WIDTH`] when less, [`MAX_WIDTH`] when more.
    pub width: usize,
    /// Whether to colour.
    pub colour: Colour,
    /// Which characters may be used.
    pub charset: Charset,
}

impl Default for TextOptions {
    fn default() -> Self {
        TextOptions { width: 80, colour: Colour::Never, charset: Charset::Unicode }
    }
}

/// Whether to colour. No colour ever means something that words do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Characters only.
    Never,
    /// With ANSI escape sequences (ECMA-48 SGR).
    Ansi,
}

/// Which characters may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// All that [`escape`](crate::escape) lets through, and box-drawing lines.
    Unicode,
    /// ASCII alone: lines are drawn with `|` and `-`, other characters escaped.
    Ascii,
}

/// Writes the document as text, each line ended by a line feed.
///
/// # Errors
///
/// Only those of `out`.
pub fn render_text(document: &Document, options: &TextOptions, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut printer = Printer::new(options, out);
    if let Some(headline) = &document.headline {
        write_headline(&mut printer, headline)?;
    }
    let mut is_first = document.headline.is_none();
    let mut after_heading = false;
    let mut base = "";
    for block in &document.blocks {
        if is_empty(block) {
            continue;
        }
        let is_heading = matches!(block, Block::Heading(_));
        // A heading stands close to what it heads.
        if !is_first && (is_heading || !after_heading) {
            printer.blank_line()?;
        }
        is_first = false;
        after_heading = is_heading;
        match block {
            Block::Heading(text) => {
                let runs = [printer.run(Role::Heading, text)];
                printer.paragraph("", "", Lead::NONE, &runs)?;
                base = "  ";
            }
            Block::Paragraph(text) => {
                let runs = printer.runs(text, Role::Plain);
                printer.paragraph(base, base, Lead::NONE, &runs)?;
            }
            Block::Tree(tree) => tree::write(&mut printer, base, tree)?,
            Block::Notes(notes) => notes::write(&mut printer, base, notes)?,
            Block::Steps(steps) => write_steps(&mut printer, base, steps)?,
            Block::Fields(fields) => fields::write(&mut printer, base, fields)?,
            Block::Table(table) => table::write(&mut printer, base, table)?,
        }
    }
    Ok(())
}

/// Whether nothing would be written for a block.
fn is_empty(block: &Block) -> bool {
    match block {
        Block::Heading(_) => false,
        Block::Paragraph(text) => text.is_empty(),
        Block::Tree(tree) => tree.nodes.is_empty(),
        Block::Notes(notes) => notes.is_empty(),
        Block::Steps(steps) => steps.is_empty(),
        Block::Fields(fields) => fields.fields.is_empty(),
        Block::Table(table) => table.columns.is_empty() && table.rows.is_empty(),
    }
}

fn write_headline(printer: &mut Printer<'_>, headline: &Headline) -> fmt::Result {
    let runs = [printer.run(Role::Tone(headline.tone), &headline.text)];
    printer.paragraph("", "", Lead::NONE, &runs)?;
    match &headline.reason {
        Some(reason) => {
            let runs = printer.runs(reason, Role::Plain);
            printer.paragraph("", "", Lead::NONE, &runs)
        }
        None => Ok(()),
    }
}

fn write_steps(printer: &mut Printer<'_>, base: &str, steps: &[Step]) -> fmt::Result {
    let digits = steps.len().to_string().len();
    for (index, step) in steps.iter().enumerate() {
        let number = format!("{:>digits$}. ", index + 1);
        let runs = printer.runs(&step.text, Role::Plain);
        printer.paragraph(base, base, Lead { role: Role::Plain, text: &number }, &runs)?;
        for command in &step.commands {
            let command = printer.clean(command);
            printer.put(Role::Guide, base);
            printer.put_spaces(number.len() + 2);
            printer.put(Role::Literal, &command);
            printer.end_line()?;
        }
    }
    Ok(())
}
