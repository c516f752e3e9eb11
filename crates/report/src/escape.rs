//! Making untrusted strings safe to print.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// Combining marks let stand on one base character. No orthography stacks as
/// many; more of them only serve to draw over the neighbouring lines.
const MAX_COMBINING_MARKS: usize = 8;

/// The string with every character replaced that could act on a terminal,
/// reorder or hide text, or break the line.
///
/// Tab, line feed and carriage return become `\t`, `\n` and `\r`; everything
/// else that is replaced becomes `\u{…}` with its code point in hexadecimal:
///
/// - control characters (C0, DEL, C1), line and paragraph separators;
/// - bidirectional controls, zero-width and other invisible characters (all of
///   Unicode's Default_Ignorable_Code_Point), fillers that show as blank;
/// - spaces other than U+0020 and the ideographic U+3000, since they look like
///   the one but do not compare equal to it;
/// - noncharacters, private-use characters and U+FFFC, which have no known look;
/// - a combining mark with no character to stand on (at the start, after a space), or in excess.
///
/// The backslash itself stands as it is, because names and paths are full of
/// them. So the result is for reading, not for decoding; escaping it again
/// changes nothing.
pub fn escape(text: &str) -> Cow<'_, str> {
    // Most strings are printable ASCII: one pass over the octets settles them.
    if text.bytes().all(|octet| matches!(octet, 0x20..=0x7e)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut copied = 0;
    let mut marks = MAX_COMBINING_MARKS;
    for (at, c) in text.char_indices() {
        let is_mark = c.width() == Some(0);
        let excess = is_mark && marks >= MAX_COMBINING_MARKS;
        if !excess && !must_escape(c) {
            marks = match c {
                ' ' | '\u{3000}' => MAX_COMBINING_MARKS,
                _ if is_mark => marks + 1,
                _ => 0,
            };
            continue;
        }
        // What was replaced ends with `}` or a letter; a mark may not join that.
        marks = MAX_COMBINING_MARKS;
        out.push_str(text.get(copied..at).unwrap_or_default());
        push_escaped(&mut out, c);
        copied = at + c.len_utf8();
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// The escaped string with everything outside ASCII replaced as well. Two
/// characters that reports themselves use are spelled in another way: the
/// section sign of citations, and the middle dot where it stands between
/// spaces, as no part of a name does.
pub(crate) fn escape_to_ascii(text: &str) -> Cow<'_, str> {
    let escaped = escape(text);
    if escaped.is_ascii() {
        return escaped;
    }
    let escaped = escaped.replace(" · ", " | ");
    let mut out = String::with_capacity(escaped.len());
    for c in escaped.chars() {
        match c {
            '§' => out.push_str("section "),
            c if c.is_ascii() => out.push(c),
            c => push_escaped(&mut out, c),
        }
    }
    Cow::Owned(out)
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        // Writing to a String cannot fail.
        c => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

/// The characters that [`escape`] replaces wherever they stand.
fn must_escape(c: char) -> bool {
    matches!(c,
        // C0, DEL, C1.
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        // Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties.txt), which
        // holds the bidirectional controls, joiners, fillers, selectors and tags.
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
        // Line and paragraph separators, spaces that are not what they seem, a blank pattern.
        | '\u{2028}' | '\u{2029}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}'
        | '\u{2800}'
        // Interlinear annotation and the object replacement character.
        | '\u{fff9}'..='\u{fffc}'
        // Private use and, in each plane, the noncharacters.
        | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}'
    ) || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_readable_text_alone() {
        for text in
            ["", "CN=Test, O=A\\, B", "Ünïcödé", "株式会社\u{3000}例", "日本", "e\u{301}", "שלום", "🦀", "C:\\new"]
        {
            assert!(matches!(escape(text), Cow::Borrowed(same) if same == text), "{text:?}");
        }
    }

    #[test]
    fn escapes_what_acts_hides_or_breaks() {
        let cases = [
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\x1b[31mred\x1b[0m", "\\u{1b}[31mred\\u{1b}[0m"),
            ("\x1b]8;;http://x\x07y\x1b]8;;\x07", "\\u{1b}]8;;http://x\\u{7}y\\u{1b}]8;;\\u{7}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\0\x7f", "\\u{0}\\u{7f}"),
            ("moc.\u{202e}evil", "moc.\\u{202e}evil"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{e0041}\u{fe0f}\u{3164}", "\\u{e0041}\\u{fe0f}\\u{3164}"),
            ("a\u{a0}b", "a\\u{a0}b"),
            ("\u{fdd0}\u{ffff}\u{1fffe}\u{10ffff}\u{e000}", "\\u{fdd0}\\u{ffff}\\u{1fffe}\\u{10ffff}\\u{e000}"),
        ];
        for (text, expected) in cases {
            assert_eq!(escape(text), expected);
        }
    }

    /// The lists the contract names, range by range.
    #[test]
    fn covers_every_named_range() {
        let ranges = [
            (0x0, 0x1f),
            (0x7f, 0x9f),
            (0x202a, 0x202e),
            (0x2066, 0x2069),
            (0x200b, 0x200f),
            (0x61c, 0x61c),
            (0x2060, 0x2060),
            (0xfeff, 0xfeff),
            (0x2028, 0x2029),
            (0xfdd0, 0xfdef),
        ];
        for c in ranges.into_iter().flat_map(|(from, to)| from..=to).filter_map(char::from_u32) {
            let escaped = escape(c.encode_utf8(&mut [0; 4])).into_owned();
            assert!(escaped.starts_with('\\') && escaped.is_ascii(), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn no_character_gets_through_without_a_width() {
        for c in (0..=0x10ffff).filter_map(char::from_u32) {
            let text: String = ['a', c].iter().collect();
            assert!(escape(&text).chars().all(|c| c.width().is_some()), "{:x}", u32::from(c));
        }
    }

    #[test]
    fn bounds_combining_marks() {
        assert_eq!(escape("\u{301}a"), "\\u{301}a");
        assert_eq!(escape("\n\u{301}"), "\\n\\u{301}");
        assert_eq!(escape("a \u{301}\u{302}"), "a \\u{301}\\u{302}");
        let tower = format!("a{}", "\u{301}".repeat(1000));
        let escaped = escape(&tower).into_owned();
        assert_eq!(escaped.matches('\u{301}').count(), MAX_COMBINING_MARKS);
        assert_eq!(escaped.matches("\\u{301}").count(), 1000 - MAX_COMBINING_MARKS);
    }

    #[test]
    fn escaping_twice_changes_nothing() {
        for text in ["\x1b[0m\u{202e}é", "\u{301}a\u{301}\u{301}", &format!("a{}", "\u{301}".repeat(20))] {
            let once = escape(text).into_owned();
            assert_eq!(escape(&once), once);
        }
    }

    #[test]
    fn ascii_keeps_nothing_else() {
        assert_eq!(escape_to_ascii("RFC 5280 §6.1 é\n"), "RFC 5280 section 6.1 \\u{e9}\\n");
        assert_eq!(escape_to_ascii("a · b, l·l"), "a | b, l\\u{b7}l");
        assert!(matches!(escape_to_ascii("plain"), Cow::Borrowed("plain")));
    }
}
