//! Tables: aligned columns, or one listing per row where the columns do not fit.

use std::fmt;

use super::printer::{Lead, Printer};
use super::style::Role;
use super::wrap::{Join, Line, Run, display_width, stays_whole, wrap};
use crate::model::{Align, Column, Table};

/// Spaces between columns.
const GAP: usize = 2;

/// How narrow a cell may become: words up to the first width stay whole if the
/// columns then fit, up to the second in any case.
const MIN_CELL: [usize; 2] = [32, 8];

type Cell<'a> = Vec<Run<'a>>;

/// Writes the table, each line behind `base`.
pub(super) fn write(printer: &mut Printer<'_>, base: &str, table: &Table) -> fmt::Result {
    let headings: Vec<Cell<'_>> =
        table.columns.iter().map(|column| vec![printer.run(Role::Heading, &column.heading)]).collect();
    let rows: Vec<Vec<Cell<'_>>> =
        table.rows.iter().map(|row| row.iter().map(|cell| printer.runs(cell, Role::Plain)).collect()).collect();
    match fit(&headings, &rows, printer.width().saturating_sub(base.len())) {
        Some(widths) => write_columns(printer, base, &table.columns, &widths, &headings, &rows),
        None => write_stacked(printer, base, &headings, &rows),
    }
}

/// The width of each column, or nothing when they cannot stand side by side.
fn fit(headings: &[Cell<'_>], rows: &[Vec<Cell<'_>>], available: usize) -> Option<Vec<usize>> {
    MIN_CELL.into_iter().find_map(|min_cell| fit_with(min_cell, headings, rows, available))
}

fn fit_with(min_cell: usize, headings: &[Cell<'_>], rows: &[Vec<Cell<'_>>], available: usize) -> Option<Vec<usize>> {
    let mut natural: Vec<usize> = Vec::new();
    let mut least: Vec<usize> = Vec::new();
    let grow = |widths: &mut Vec<usize>, index: usize, width: usize| {
        if index >= widths.len() {
            widths.resize(index + 1, 0);
        }
        if let Some(old) = widths.get_mut(index) {
            *old = width.max(*old);
        }
    };
    for cells in std::iter::once(headings).chain(rows.iter().map(Vec::as_slice)) {
        for (index, cell) in cells.iter().enumerate() {
            let width = cell.iter().map(|run| display_width(&run.text)).sum();
            grow(&mut natural, index, width);
            grow(&mut least, index, cell.iter().map(|run| least_width(run, min_cell)).max().unwrap_or(0));
        }
    }
    let available = available.checked_sub(GAP * natural.len().saturating_sub(1))?;
    let total = |cap: usize| -> usize { widths_under(cap, &natural, &least).sum() };
    if natural.iter().sum::<usize>() <= available {
        return Some(natural);
    }
    if total(0) > available {
        return None;
    }
    // The highest cap under which all columns fit: only the widest give way.
    let (mut low, mut high) = (0, available);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if total(middle) <= available {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Some(widths_under(low, &natural, &least).collect())
}

/// The columns that a run needs: a literal all of them, words those of the longest one
/// within reason, or of one that is not broken.
fn least_width(run: &Run<'_>, min_cell: usize) -> usize {
    match run.join {
        Join::Literal => display_width(&run.text),
        _ => {
            let least = |word: &str| match stays_whole(word) {
                true => display_width(word),
                false => display_width(word).min(min_cell),
            };
            run.text.split(' ').map(least).max().unwrap_or(0)
        }
    }
}

fn widths_under<'a>(cap: usize, natural: &'a [usize], least: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
    natural.iter().zip(least).map(move |(&natural, &least)| natural.min(cap).max(least))
}

fn write_columns(
    printer: &mut Printer<'_>,
    base: &str,
    columns: &[Column],
    widths: &[usize],
    headings: &[Cell<'_>],
    rows: &[Vec<Cell<'_>>],
) -> fmt::Result {
    if !headings.is_empty() {
        write_cells(printer, base, columns, widths, headings)?;
        let rule = printer.glyphs().rule;
        let rules: Vec<String> = widths.iter().take(columns.len()).map(|&width| rule.repeat(width)).collect();
        printer.put(Role::Guide, &format!("{base}{}", rules.join(&" ".repeat(GAP))));
        printer.end_line()?;
    }
    rows.iter().try_for_each(|row| write_cells(printer, base, columns, widths, row))
}

/// Writes one row, as many lines as its longest cell needs.
fn write_cells(
    printer: &mut Printer<'_>,
    base: &str,
    columns: &[Column],
    widths: &[usize],
    cells: &[Cell<'_>],
) -> fmt::Result {
    let wrapped: Vec<Vec<Line>> = cells.iter().zip(widths).map(|(cell, &width)| wrap(cell, width)).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for index in 0..height {
        printer.put(Role::Guide, base);
        for (column, (lines, &width)) in wrapped.iter().zip(widths).enumerate() {
            let line = lines.get(index);
            let free = width.saturating_sub(line.map_or(0, |line| line.width));
            let align = columns.get(column).map_or(Align::Left, |column| column.align);
            let before = if align == Align::Right { free } else { 0 };
            printer.put_spaces(before);
            if let Some(line) = line {
                printer.put_line(line);
            }
            printer.put_spaces(free - before + GAP);
        }
        printer.end_line()?;
    }
    Ok(())
}

/// Writes each row as lines of heading and value, rows parted by empty lines.
fn write_stacked(printer: &mut Printer<'_>, base: &str, headings: &[Cell<'_>], rows: &[Vec<Cell<'_>>]) -> fmt::Result {
    let most = printer.width() / 3;
    let names: Vec<String> = headings.iter().map(|cell| cell.iter().map(|run| &*run.text).collect()).collect();
    let name_width = names.iter().map(|name| display_width(name)).filter(|&width| width <= most).max().unwrap_or(0);
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            printer.blank_line()?;
        }
        for (column, cell) in row.iter().enumerate() {
            let name = names.get(column).map_or("", String::as_str);
            let width = display_width(name);
            let mut lead = " ".repeat(name_width + GAP);
            if width <= name_width {
                lead = format!("{name}{}", " ".repeat(name_width - width + GAP));
            } else if let Some(heading) = headings.get(column) {
                printer.paragraph(base, base, Lead::NONE, heading)?;
            }
            printer.paragraph(base, base, Lead { role: Role::Heading, text: &lead }, cell)?;
        }
    }
    Ok(())
}
