//! Finding a text at the start of a word.

use super::MAX_SEARCHED;

/// A value, ready to be searched.
pub(super) struct Words {
    /// The value in lower case of ASCII.
    text: Vec<u8>,
    /// Where words start.
    starts: Vec<usize>,
    /// The octets that words start with, a bit each: most patterns start with none of them.
    firsts: [u64; 4],
}

/// Where the bit of an octet is: the word of 64 bits, and the bit in it.
fn bit(octet: u8) -> (usize, u64) {
    (usize::from(octet / 64), 1 << (octet % 64))
}

/// Whether an octet of UTF-8 belongs to a word. The underscore does, so that
/// "FiddlerRoot" does not start in "DO_NOT_TRUST_FiddlerRoot"; beyond ASCII all do, so
/// that no word starts behind an umlaut.
fn is_word(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'_' || !octet.is_ascii()
}

impl Words {
    pub(super) fn of(value: &str) -> Words {
        let octets = value.as_bytes();
        let text = octets.get(..MAX_SEARCHED).unwrap_or(octets).to_ascii_lowercase();
        let mut starts = Vec::new();
        let mut firsts = [0; 4];
        let mut before = None;
        for (at, octet) in text.iter().enumerate() {
            if is_word(*octet) && !before.is_some_and(is_word) {
                starts.push(at);
                let (word, bit) = bit(*octet);
                if let Some(word) = firsts.get_mut(word) {
                    *word |= bit;
                }
            }
            before = Some(*octet);
        }
        Words { text, starts, firsts }
    }

    /// Whether the text stands at the start of a word, and ends with a word unless it
    /// has a `*` at its end.
    pub(super) fn have(&self, pattern: &str) -> bool {
        let (wanted, may_go_on) = match pattern.strip_suffix('*') {
            Some(start) => (start, true),
            None => (pattern, false),
        };
        let wanted = wanted.as_bytes();
        let Some(first) = wanted.first().map(u8::to_ascii_lowercase) else { return false };
        let (word, bit) = bit(first);
        if self.firsts.get(word).is_none_or(|word| word & bit == 0) {
            return false;
        }
        let ends_in_word = wanted.last().is_some_and(|octet| is_word(*octet));
        self.starts.iter().filter_map(|start| self.text.get(*start..)).any(|rest| {
            let Some((found, after)) = rest.split_at_checked(wanted.len()) else { return false };
            let goes_on = ends_in_word && after.first().is_some_and(|octet| is_word(*octet));
            found.eq_ignore_ascii_case(wanted) && (may_go_on || !goes_on)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_from_their_start() {
        for (value, pattern, found) in [
            ("ESET SSL Filter CA", "eset", true),
            ("My ESET CA", "ESET", true),
            ("Gesetzliche Krankenkasse", "eset", false),
            ("Esetlik A.S.", "eset", false),
            ("Esetlik A.S.", "eset*", true),
            ("DO_NOT_TRUST_FiddlerRoot", "FiddlerRoot", false),
            ("DO_NOT_TRUST_FiddlerRoot", "DO_NOT_TRUST_FiddlerRoot", true),
            ("ca.tenant.goskope.com", "goskope.com", true),
            ("cagoskope.com", "goskope.com", false),
            ("Not trusted by \"proxy\"", "Not trusted by \"", true),
            ("üeset", "eset", false),
            ("", "eset", false),
            ("eset", "eset", true),
            ("ese", "eset", false),
            ("eset-eset", "eset", true),
        ] {
            assert_eq!(Words::of(value).have(pattern), found, "{pattern} in {value}");
        }
    }

    #[test]
    fn what_stands_far_behind_is_not_searched() {
        let long = format!("{}eset", "a ".repeat(MAX_SEARCHED));
        assert!(!Words::of(&long).have("eset"));
        assert_eq!(Words::of(&long).starts.len(), MAX_SEARCHED / 2);
    }
}
