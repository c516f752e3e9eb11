//! Where PEM boundaries start, for whoever has to tell PEM from other text.

pub(super) const DASHES: &[u8] = b"-----";

/// Index of the next BEGIN boundary at or after `from`, malformed or not.
pub(super) fn find_begin(view: &[u8], from: usize) -> Option<usize> {
    // The letter is rarer than the dash.
    let mut letter_from = from + DASHES.len();
    loop {
        let letter = find(view, letter_from, b'B', b"BEGIN ")?;
        let begin = letter - DASHES.len();
        if view.get(begin..letter) == Some(DASHES) {
            return Some(begin);
        }
        letter_from = letter + 1;
    }
}

/// Index of the word of a BEGIN boundary that has too few dashes.
pub(super) fn find_damaged_begin(view: &[u8]) -> Option<usize> {
    let letter = find(view, 0, b'B', b"BEGIN ")?;
    (letter > 0 && view.get(letter - 1) == Some(&b'-')).then_some(letter)
}

/// Index of the next `needle`, which starts with `first`, at or after `from`.
pub(super) fn find(view: &[u8], from: usize, first: u8, needle: &[u8]) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = view.get(at..)?;
        at += rest.iter().position(|&octet| octet == first)?;
        if view.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
}

/// Where text that stands outside of all blocks has what is left of one: a
/// boundary in any case of letters (`true`), or a line of base64 that starts as
/// DER of 256 octets or more does (`false`).
pub(super) fn left_over(gap: &[u8]) -> Option<(usize, bool)> {
    let boundary = |at: &usize| {
        let word = gap.get(at + DASHES.len()..).unwrap_or_default();
        [&b"END "[..], b"BEGIN "]
            .iter()
            .any(|known| word.get(..known.len()).is_some_and(|found| found.eq_ignore_ascii_case(known)))
    };
    let mut from = 0;
    while let Some(at) = find(gap, from, b'-', DASHES) {
        if boundary(&at) {
            return Some((at, true));
        }
        from = at + 1;
    }
    let is_base64 = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    let mut from = 0;
    while let Some(at) = find(gap, from, b'M', b"MII") {
        let starts_line = at == 0 || gap.get(at - 1).is_some_and(u8::is_ascii_whitespace);
        if starts_line && gap.get(at..at + 40).is_some_and(|line| line.iter().all(is_base64)) {
            return Some((at, false));
        }
        from = at + 1;
    }
    None
}
