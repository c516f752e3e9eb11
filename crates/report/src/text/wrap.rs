//! Breaking text into lines, in one pass.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

use super::style::Role;

/// Columns up to which a URL or a literal stays in one piece however narrow
/// the terminal. It is the length of URI that RFC 9110 §4.1 asks everyone to
/// support; anything longer is there to fill the screen.
pub const UNBROKEN_MAX: usize = 8000;

/// A stretch of escaped text.
pub(super) struct Run<'a> {
    pub(super) role: Role,
    pub(super) text: Cow<'a, str>,
    pub(super) join: Join,
}

/// Where a [`Run`] may be broken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// At its spaces.
    Words,
    /// At its spaces, but only when it does not fit on one line.
    Phrase,
    /// Nowhere.
    Literal,
}

/// A part of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) role: Role,
    pub(super) text: String,
}

/// A line of text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) pieces: Vec<Piece>,
    /// Columns taken.
    pub(super) width: usize,
}

impl Line {
    fn push(&mut self, role: Role, text: &str, width: usize) {
        self.width += width;
        match self.pieces.last_mut() {
            Some(last) if last.role == role => last.text.push_str(text),
            _ => self.pieces.push(Piece { role, text: text.to_owned() }),
        }
    }

    fn push_spaces(&mut self, role: Role, count: usize) {
        for _ in 0..count {
            self.push(role, " ", 1);
        }
    }
}

/// Columns that escaped text takes.
pub(super) fn display_width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char_width).sum() }
}

fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Breaks the runs into lines of at most `limit` columns, or one word where
/// that is wider and must not be broken. Nothing stands between two runs but
/// the spaces that are in them.
pub(super) fn wrap(runs: &[Run<'_>], limit: usize) -> Vec<Line> {
    let mut wrapper = Wrapper::new(limit.max(1));
    for run in runs {
        wrapper.run(run);
    }
    wrapper.finish()
}

/// Whether a word is an address, which can be copied in one piece alone.
fn is_address(word: &str) -> bool {
    word.contains("://")
}

/// Whether [`wrap`] leaves a word in one piece however narrow the lines are.
pub(super) fn stays_whole(word: &str) -> bool {
    is_address(word) && display_width(word) <= UNBROKEN_MAX
}

struct Wrapper<'a> {
    limit: usize,
    lines: Vec<Line>,
    line: Line,
    /// Spaces since the last word.
    gap: usize,
    gap_role: Role,
    /// The word being gathered: it may span runs.
    word: Vec<(Role, &'a str)>,
    word_width: usize,
    word_is_whole: bool,
}

impl<'a> Wrapper<'a> {
    fn new(limit: usize) -> Self {
        Wrapper {
            limit,
            lines: Vec::new(),
            line: Line::default(),
            gap: 0,
            gap_role: Role::Plain,
            word: Vec::new(),
            word_width: 0,
            word_is_whole: false,
        }
    }

    fn run(&mut self, run: &'a Run<'_>) {
        let whole = match run.join {
            Join::Literal => true,
            Join::Phrase => display_width(&run.text) <= self.limit,
            Join::Words => false,
        };
        if whole {
            self.add(run.role, &run.text, true);
            return;
        }
        for (index, part) in run.text.split(' ').enumerate() {
            if index > 0 {
                self.flush();
                self.gap += 1;
                self.gap_role = run.role;
            }
            self.add(run.role, part, is_address(part));
        }
    }

    fn add(&mut self, role: Role, part: &'a str, whole: bool) {
        if !part.is_empty() {
            self.word.push((role, part));
            self.word_width += display_width(part);
            self.word_is_whole |= whole;
        }
    }

    /// Places the gathered word.
    fn flush(&mut self) {
        if self.word.is_empty() {
            return;
        }
        // Spaces at which a line is broken are dropped; those that open the text stay.
        let lead = if self.line.pieces.is_empty() && !self.lines.is_empty() { 0 } else { self.gap };
        self.gap = 0;
        let whole = self.word_is_whole && self.word_width <= UNBROKEN_MAX;
        let left = self.limit.saturating_sub(self.line.width + lead);
        let fits = self.word_width <= left;
        // A word too long for any line starts on this one if there is room worth filling.
        let starts_here = !whole && self.word_width > self.limit && left >= self.limit.div_ceil(2);
        if fits || starts_here {
            self.line.push_spaces(self.gap_role, lead);
        } else if !self.line.pieces.is_empty() {
            self.break_line();
        }
        let in_one_piece = whole || self.word_width <= self.limit;
        for (role, part) in std::mem::take(&mut self.word) {
            if in_one_piece {
                self.line.push(role, part, display_width(part));
            } else {
                self.chop(role, part);
            }
        }
        self.word_width = 0;
        self.word_is_whole = false;
    }

    /// Fills lines to the limit. A combining mark takes no column, so it stays
    /// with its base.
    fn chop(&mut self, role: Role, part: &str) {
        let mut start = 0;
        let mut width = 0;
        for (at, c) in part.char_indices() {
            let columns = char_width(c);
            if self.line.width + width + columns > self.limit && self.line.width + width > 0 {
                self.line.push(role, part.get(start..at).unwrap_or_default(), width);
                self.break_line();
                start = at;
                width = 0;
            }
            width += columns;
        }
        self.line.push(role, part.get(start..).unwrap_or_default(), width);
    }

    fn break_line(&mut self) {
        self.lines.push(std::mem::take(&mut self.line));
    }

    fn finish(mut self) -> Vec<Line> {
        self.flush();
        if !self.line.pieces.is_empty() {
            self.break_line();
        }
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, join: Join) -> Run<'_> {
        Run { role: Role::Plain, text: text.into(), join }
    }

    fn lines(runs: &[Run<'_>], limit: usize) -> Vec<String> {
        wrap(runs, limit)
            .into_iter()
            .map(|line| {
                let text: String = line.pieces.into_iter().map(|piece| piece.text).collect();
                assert_eq!(display_width(&text), line.width);
                text
            })
            .collect()
    }

    #[test]
    fn breaks_at_spaces() {
        let cases: [(&str, usize, &[&str]); 10] = [
            ("", 10, &[]),
            ("   ", 10, &[]),
            ("one two three", 20, &["one two three"]),
            ("one two three", 7, &["one two", "three"]),
            ("one two  ", 7, &["one two"]),
            ("a  b", 10, &["a  b"]),
            (" a", 10, &[" a"]),
            ("aaaa      b", 6, &["aaaa", "b"]),
            ("see https://example.org/a/b/c now", 10, &["see", "https://example.org/a/b/c", "now"]),
            ("日本語 日本語", 7, &["日本語", "日本語"]),
        ];
        for (text, limit, expected) in cases {
            assert_eq!(lines(&[run(text, Join::Words)], limit), expected, "{text:?}");
        }
    }

    #[test]
    fn chops_only_words_longer_than_a_line() {
        let cases: [(&str, usize, &[&str]); 4] = [
            ("abcdefghij", 4, &["abcd", "efgh", "ij"]),
            ("ab cdefghijkl", 6, &["ab cde", "fghijk", "l"]),
            ("abcd efghijkl", 6, &["abcd", "efghij", "kl"]),
            ("日本語日本語", 5, &["日本", "語日", "本語"]),
        ];
        for (text, limit, expected) in cases {
            assert_eq!(lines(&[run(text, Join::Words)], limit), expected, "{text:?}");
        }
        assert_eq!(lines(&[run("aaa\u{301}aaa", Join::Words)], 3), ["aaa\u{301}", "aaa"]);
        assert_eq!(lines(&[run("日本", Join::Words)], 1), ["日", "本"]);
    }

    #[test]
    fn words_span_runs() {
        let runs = [run("one tw", Join::Words), run("o", Join::Words), run(" three", Join::Words)];
        assert_eq!(lines(&runs, 5), ["one", "two", "three"]);
    }

    #[test]
    fn keeps_literals_and_phrases_together() {
        let literal = [run("run ", Join::Words), run("a b c d", Join::Literal), run(" twice", Join::Words)];
        assert_eq!(lines(&literal, 5), ["run", "a b c d", "twice"]);
        let phrase = [run("word ", Join::Words), run("(a b c)", Join::Phrase)];
        assert_eq!(lines(&phrase, 9), ["word", "(a b c)"]);
        assert_eq!(lines(&phrase, 6), ["word", "(a b", "c)"]);
    }

    #[test]
    fn a_literal_beyond_measure_is_broken() {
        let kept = "x".repeat(UNBROKEN_MAX);
        assert_eq!(lines(&[run(&kept, Join::Literal)], 40), [kept.as_str()]);
        let long = "x".repeat(UNBROKEN_MAX + 1);
        assert_eq!(lines(&[run(&long, Join::Literal)], 40).len(), UNBROKEN_MAX / 40 + 1);
    }
}
