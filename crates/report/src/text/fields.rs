//! Listings: names at the left, values in one column.

use std::fmt::{self, Write as _};

use super::notes;
use super::printer::{Lead, Printer};
use super::style::Role;
use super::wrap::{Join, Run, display_width, wrap};
use crate::model::{Field, Fields, Value};

/// Columns of one level of indentation.
const STEP: usize = 2;

/// Spaces between the longest name and the values.
const GAP: usize = 2;

/// The column beyond which no value starts: a longer name stands on a line of its own.
const MAX_VALUE_COLUMN: usize = 36;

/// Octets on a line of a block, at most and at least.
const OCTETS_PER_LINE: [usize; 3] = [16, 8, 4];

/// Writes the listing, each line behind `base`.
pub(super) fn write(printer: &mut Printer<'_>, base: &str, fields: &Fields) -> fmt::Result {
    let listing = Listing::new(printer, base, fields);
    listing.rows.iter().try_for_each(|row| listing.write_row(printer, row))
}

struct Listing<'a> {
    rows: Vec<Row<'a>>,
    value_column: usize,
}

/// A field with its place.
struct Row<'a> {
    field: &'a Field,
    /// Says how deep it is when indentation cannot.
    depth: String,
    indentation: usize,
}

impl<'a> Listing<'a> {
    fn new(printer: &Printer<'_>, base: &str, fields: &'a Fields) -> Self {
        // A quarter of the width at most goes into indentation.
        let levels = printer.width() / 4 / STEP;
        let mut rows = Vec::new();
        let mut stack = vec![fields.fields.iter()];
        while let Some(siblings) = stack.last_mut() {
            let Some(field) = siblings.next() else {
                stack.pop();
                continue;
            };
            let level = stack.len() - 1;
            let depth = if level > levels { format!("(level {level}) ") } else { String::new() };
            rows.push(Row { field, depth, indentation: base.len() + STEP * level.min(levels) });
            stack.push(field.children.iter());
        }
        let most = MAX_VALUE_COLUMN.min(printer.width() * 2 / 5);
        let ends = rows.iter().filter(|row| !row.field.values.is_empty()).map(|row| {
            let name: usize = row.field.name.spans.iter().map(|span| display_width(&printer.clean(&span.text))).sum();
            row.indentation + row.depth.len() + name + GAP
        });
        let value_column = ends.filter(|&end| end <= most).max().unwrap_or(most);
        Listing { rows, value_column }
    }

    fn write_row(&self, printer: &mut Printer<'_>, row: &Row<'_>) -> fmt::Result {
        let margin = " ".repeat(row.indentation);
        let hanging = " ".repeat(row.indentation + STEP);
        let mut name = vec![printer.run(Role::Quiet, &row.depth)];
        name.extend(printer.runs(&row.field.name, Role::Strong));
        let lines = wrap(&name, printer.columns_after(row.indentation + STEP));

        // The first value stands beside the name if that is short enough.
        let mut column_reached = false;
        if let ([line], Some(_)) = (lines.as_slice(), row.field.values.first())
            && row.indentation + line.width + GAP <= self.value_column
        {
            printer.put_spaces(row.indentation);
            printer.put_line(line);
            printer.put_spaces(self.value_column - row.indentation - line.width);
            column_reached = true;
        } else {
            printer.paragraph(&margin, &hanging, Lead::NONE, &name)?;
        }
        for value in &row.field.values {
            self.write_value(printer, row.indentation, column_reached, value)?;
            column_reached = false;
        }
        notes::write(printer, &hanging, &row.field.notes)
    }

    /// Writes a value, its first line on the current one if that has already
    /// reached the value column.
    fn write_value(
        &self,
        printer: &mut Printer<'_>,
        indentation: usize,
        column_reached: bool,
        value: &Value,
    ) -> fmt::Result {
        let mut column = self.value_column;
        let lines = match value {
            Value::Text(text) => wrap(&printer.runs(text, Role::Plain), printer.columns_after(column)),
            Value::Hex(octets) => {
                // A block that the column leaves too narrow starts under the name.
                let under_name = indentation + STEP + STEP;
                let mut lines = hex_lines(octets, printer.width().saturating_sub(column));
                let below = hex_lines(octets, printer.width().saturating_sub(under_name));
                if below.len() < lines.len() {
                    lines = below;
                    column = under_name;
                    if column_reached {
                        printer.end_line()?;
                    }
                }
                let literal = |text: String| Run { role: Role::Literal, text: text.into(), join: Join::Literal };
                lines.into_iter().flat_map(|line| wrap(&[literal(line)], printer.width())).collect()
            }
        };
        if lines.is_empty() && column_reached {
            return printer.end_line();
        }
        let mut beside_name = column_reached && column == self.value_column;
        for line in &lines {
            if !std::mem::take(&mut beside_name) {
                printer.put_spaces(column);
            }
            printer.put_line(line);
            printer.end_line()?;
        }
        Ok(())
    }
}

/// Octets in hexadecimal: one line without offset if that fits, otherwise the
/// longest lines that do.
fn hex_lines(octets: &[u8], columns: usize) -> Vec<String> {
    if octets.is_empty() {
        return vec!["(empty)".to_owned()];
    }
    if octets.len() * 3 - 1 <= columns {
        return vec![hex(octets)];
    }
    let offset_digits = format!("{:x}", octets.len() - 1).len().max(4);
    let fits = |count: &usize| offset_digits + 2 + count * 3 - 1 <= columns;
    let per_line = OCTETS_PER_LINE.into_iter().find(fits).unwrap_or(4);
    let line = |(index, chunk): (usize, &[u8])| format!("{:0offset_digits$x}  {}", index * per_line, hex(chunk));
    octets.chunks(per_line).enumerate().map(line).collect()
}

fn hex(octets: &[u8]) -> String {
    let mut out = String::with_capacity(octets.len() * 3);
    for octet in octets {
        let gap = if out.is_empty() { "" } else { " " };
        // Writing to a String cannot fail.
        let _ = write!(out, "{gap}{octet:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_takes_the_longest_lines_that_fit() {
        let octets: Vec<u8> = (0..20).collect();
        assert_eq!(hex_lines(&[], 10), ["(empty)"]);
        assert_eq!(hex_lines(&[0xab], 2), ["ab"]);
        assert_eq!(hex_lines(&octets, 59).len(), 1);
        assert_eq!(
            hex_lines(&octets, 58),
            ["0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f", "0010  10 11 12 13"]
        );
        assert_eq!(hex_lines(&octets, 53).len(), 2);
        assert_eq!(hex_lines(&octets, 52).len(), 3);
        assert_eq!(hex_lines(&octets, 0).len(), 5);
    }

    #[test]
    fn offsets_stay_aligned_in_large_blocks() {
        let lines = hex_lines(&vec![0; 0x10001], 80);
        assert!(lines[0].starts_with("00000  00 "));
        assert_eq!(lines.last().unwrap(), "10000  00");
    }
}
