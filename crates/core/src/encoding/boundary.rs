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
