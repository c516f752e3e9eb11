//! The place where every character of the output passes.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::style::Role;
use super::wrap::{Join, Line, Run, display_width, wrap};
use super::{Charset, Colour, TextOptions};
use crate::escape::{escape, escape_to_ascii};
use crate::model::{Emphasis, Text};

/// The narrowest text, in columns: below that no tree can be drawn.
pub const MIN_WIDTH: usize = 40;

/// The widest text, in columns. It bounds what aligning one long value can add
/// to every other line.
pub const MAX_WIDTH: usize = 1000;

/// The columns that text gets however far it is indented.
const MIN_TEXT: usize = 10;

/// What opens the first line of a paragraph; later lines are indented by its width.
#[derive(Clone, Copy)]
pub(super) struct Lead<'a> {
    pub(super) role: Role,
    pub(super) text: &'a str,
}

impl Lead<'_> {
    pub(super) const NONE: Lead<'static> = Lead { role: Role::Plain, text: "" };
}

/// The glyphs that trees and tables are drawn with.
pub(super) struct Glyphs {
    /// To a node with siblings after it.
    pub(super) tee: &'static str,
    /// To the last node.
    pub(super) corner: &'static str,
    /// Past a node that is not the last.
    pub(super) bar: &'static str,
    /// Between labels, spaces included.
    pub(super) dot: &'static str,
    /// Under a heading.
    pub(super) rule: &'static str,
}

const UNICODE: Glyphs = Glyphs { tee: "├─ ", corner: "└─ ", bar: "│  ", dot: " · ", rule: "─" };
const ASCII: Glyphs = Glyphs { tee: "|- ", corner: "`- ", bar: "|  ", dot: " | ", rule: "-" };

/// Writes lines: escapes, styles, and leaves no space at a line's end.
pub(super) struct Printer<'o> {
    out: &'o mut dyn Write,
    colour: Colour,
    charset: Charset,
    width: usize,
    line: String,
    /// Spaces owed to the line, should anything follow them.
    spaces: usize,
}

impl<'o> Printer<'o> {
    pub(super) fn new(options: &TextOptions, out: &'o mut dyn Write) -> Self {
        Printer {
            out,
            colour: options.colour,
            charset: options.charset,
            width: options.width.clamp(MIN_WIDTH, MAX_WIDTH),
            line: String::new(),
            spaces: 0,
        }
    }

    /// Columns to fill.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Columns for text behind an indentation.
    pub(super) fn columns_after(&self, indentation: usize) -> usize {
        self.width.saturating_sub(indentation).max(MIN_TEXT)
    }

    pub(super) fn glyphs(&self) -> &'static Glyphs {
        match self.charset {
            Charset::Unicode => &UNICODE,
            Charset::Ascii => &ASCII,
        }
    }

    /// Escapes a string from the model.
    pub(super) fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.charset {
            Charset::Unicode => escape(text),
            Charset::Ascii => escape_to_ascii(text),
        }
    }

    /// A run of words.
    pub(super) fn run<'a>(&self, role: Role, text: &'a str) -> Run<'a> {
        Run { role, text: self.clean(text), join: Join::Words }
    }

    /// The spans of a text; `role` is that of the plain ones.
    pub(super) fn runs<'a>(&self, text: &'a Text, role: Role) -> Vec<Run<'a>> {
        let run = |emphasis, text| Run {
            role: role.with(emphasis),
            text: self.clean(text),
            join: if emphasis == Emphasis::Literal { Join::Literal } else { Join::Words },
        };
        text.spans.iter().map(|span| run(span.emphasis, span.text.as_str())).collect()
    }

    /// Writes wrapped text: `first` and the lead before its first line, `rest`
    /// and as many spaces as the lead is wide before the others.
    pub(super) fn paragraph(&mut self, first: &str, rest: &str, lead: Lead<'_>, runs: &[Run<'_>]) -> fmt::Result {
        let lead_width = display_width(lead.text);
        let indentation = display_width(first).max(display_width(rest)) + lead_width;
        let lines = wrap(runs, self.columns_after(indentation));
        if lines.is_empty() {
            if lead.text.is_empty() && first.trim_start().is_empty() {
                return Ok(());
            }
            self.put(Role::Guide, first);
            self.put(lead.role, lead.text);
            self.end_line()?;
        }
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                self.put(Role::Guide, first);
                self.put(lead.role, lead.text);
            } else {
                self.put(Role::Guide, rest);
                self.put_spaces(lead_width);
            }
            self.put_line(line);
            self.end_line()?;
        }
        Ok(())
    }

    /// Adds the pieces of a wrapped line.
    pub(super) fn put_line(&mut self, line: &Line) {
        for piece in &line.pieces {
            self.put(piece.role, &piece.text);
        }
    }

    /// Adds text, which must be escaped, to the line.
    pub(super) fn put(&mut self, role: Role, text: &str) {
        let without_lead = text.trim_start_matches(' ');
        self.spaces += text.len() - without_lead.len();
        let inner = without_lead.trim_end_matches(' ');
        if inner.is_empty() {
            return;
        }
        self.line.extend(std::iter::repeat_n(' ', std::mem::take(&mut self.spaces)));
        self.spaces = without_lead.len() - inner.len();
        let style = role.style();
        if self.colour == Colour::Never || style.is_plain() {
            self.line.push_str(inner);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(self.line, "{style}{inner}{style:#}");
        }
    }

    /// Adds spaces to the line.
    pub(super) fn put_spaces(&mut self, count: usize) {
        self.spaces += count;
    }

    /// Ends the line.
    pub(super) fn end_line(&mut self) -> fmt::Result {
        self.spaces = 0;
        self.line.push('\n');
        self.out.write_str(&self.line)?;
        self.line.clear();
        Ok(())
    }

    /// Writes an empty line.
    pub(super) fn blank_line(&mut self) -> fmt::Result {
        self.end_line()
    }
}
