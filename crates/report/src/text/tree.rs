//! Trees: guide lines at the left, labels in one column at the right.

use std::fmt;

use super::notes;
use super::printer::{Lead, Printer};
use super::style::Role;
use super::wrap::{Join, Line, Run, display_width, wrap};
use crate::model::{Node, Tree};

/// Columns of one level: those of a guide line and its spaces.
const STEP: usize = 3;

/// Spaces between the longest title and the labels.
const GAP: usize = 3;

/// A node with its place.
struct Row<'a> {
    node: &'a Node,
    /// 0 on the first level.
    level: usize,
    /// Whether it is the last child of its parent.
    is_last: bool,
}

/// Writes the tree, each line behind `base`.
pub(super) fn write(printer: &mut Printer<'_>, base: &str, tree: &Tree) -> fmt::Result {
    let rows = flatten(tree);
    // A third of the width at most goes into guide lines.
    let drawn_levels = (printer.width() / 3).saturating_sub(base.len()) / STEP;
    let drawing = Drawing { drawn_levels, label_column: label_column(printer, base, &rows, drawn_levels) };
    let mut open = Vec::new();
    for row in &rows {
        open.truncate(row.level);
        // Levels too deep to be told apart share one guide line.
        let parent_is_open = row.level > drawn_levels && open.last() == Some(&true);
        open.push(!row.is_last || parent_is_open);
        drawing.write_row(printer, base, &open, row)?;
    }
    Ok(())
}

/// The nodes in reading order, found without recursion.
fn flatten(tree: &Tree) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut stack = vec![tree.nodes.iter()];
    while let Some(siblings) = stack.last_mut() {
        let Some(node) = siblings.next() else {
            stack.pop();
            continue;
        };
        let is_last = siblings.len() == 0;
        rows.push(Row { node, level: stack.len() - 1, is_last });
        stack.push(node.children.iter());
    }
    rows
}

/// Where the labels start: behind the longest title that leaves room for all of them.
fn label_column(printer: &Printer<'_>, base: &str, rows: &[Row<'_>], drawn_levels: usize) -> usize {
    let widths = rows.iter().filter(|row| !row.node.labels.is_empty()).map(|row| {
        let title: usize = row.node.title.spans.iter().map(|span| display_width(&printer.clean(&span.text))).sum();
        let labels = label_runs(printer, row.node).iter().map(|run| display_width(&run.text)).sum();
        (base.len() + STEP * row.level.min(drawn_levels) + title, labels)
    });
    let widths: Vec<(usize, usize)> = widths.collect();
    let room = |labels: usize| printer.width().saturating_sub(labels);
    let widest_label = widths.iter().map(|&(_, labels)| labels).filter(|&labels| labels <= printer.width() / 2).max();
    let room_for_all = room(widest_label.unwrap_or(0));
    widths.iter().map(|&(title, _)| title + GAP).filter(|&column| column <= room_for_all).max().unwrap_or(0)
}

fn label_runs<'a>(printer: &Printer<'_>, node: &'a Node) -> Vec<Run<'a>> {
    let mut runs = Vec::with_capacity(2 * node.labels.len());
    for label in &node.labels {
        if !runs.is_empty() {
            runs.push(Run { role: Role::Quiet, text: printer.glyphs().dot.into(), join: Join::Words });
        }
        runs.push(Run { role: Role::Quiet, text: printer.clean(label), join: Join::Phrase });
    }
    runs
}

/// What is the same for all rows.
struct Drawing {
    /// Levels below the first that are indented; deeper ones stand with the
    /// last of them and say in words how deep they are.
    drawn_levels: usize,
    label_column: usize,
}

impl Drawing {
    /// Writes a node. `open` says for each level down to the node's own whether
    /// its guide line goes on below.
    fn write_row(&self, printer: &mut Printer<'_>, base: &str, open: &[bool], row: &Row<'_>) -> fmt::Result {
        let glyphs = printer.glyphs();
        let is_deeper = row.level > self.drawn_levels;
        let has_children = !row.node.children.is_empty();
        let own_is_open = open.last() == Some(&true) || (row.level >= self.drawn_levels && has_children);
        let level = row.level.min(self.drawn_levels);

        let mut first = base.to_owned();
        for &is_open in open.iter().take(level).skip(1) {
            first.push_str(if is_open { glyphs.bar } else { "   " });
        }
        let mut rest = first.clone();
        if level > 0 {
            first.push_str(if own_is_open { glyphs.tee } else { glyphs.corner });
            rest.push_str(if own_is_open { glyphs.bar } else { "   " });
        }
        let hangs_children = has_children && row.level < self.drawn_levels;
        rest.push_str(if hangs_children { glyphs.bar } else { "   " });

        let depth = format!("(level {}) ", row.level);
        let mut title = Vec::new();
        if is_deeper {
            title.push(printer.run(Role::Quiet, &depth));
        }
        title.extend(printer.runs(&row.node.title, Role::Strong));
        self.write_title(printer, &first, &rest, &title, row.node)?;
        for detail in &row.node.details {
            let runs = printer.runs(detail, Role::Plain);
            printer.paragraph(&rest, &rest, Lead::NONE, &runs)?;
        }
        notes::write(printer, &rest, &row.node.notes)
    }

    /// Writes the title with the labels beside it, or under it if they do not fit.
    fn write_title(
        &self,
        printer: &mut Printer<'_>,
        first: &str,
        rest: &str,
        title: &[Run<'_>],
        node: &Node,
    ) -> fmt::Result {
        let label_runs = label_runs(printer, node);
        let start = display_width(first);
        let mut titles = wrap(title, printer.columns_after(start));
        if titles.is_empty() {
            titles.push(Line::default());
        }
        let labels = wrap(&label_runs, printer.width());
        if let ([title], [labels]) = (titles.as_slice(), labels.as_slice())
            && let Some(gap) = self.gap(printer, start, title, labels)
        {
            printer.put(Role::Guide, first);
            printer.put_line(title);
            printer.put_spaces(gap);
            printer.put_line(labels);
            return printer.end_line();
        }
        printer.paragraph(first, rest, Lead::NONE, title)?;
        if labels.is_empty() {
            return Ok(());
        }
        printer.paragraph(rest, rest, Lead::NONE, &label_runs)
    }

    /// Spaces between a title and its labels, if both have room on one line.
    fn gap(&self, printer: &Printer<'_>, start: usize, title: &Line, labels: &Line) -> Option<usize> {
        let end = start + title.width;
        let aligned = self.label_column.saturating_sub(end);
        [aligned.max(GAP), GAP].into_iter().find(|gap| end + gap + labels.width <= printer.width())
    }
}
