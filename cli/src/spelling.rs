//! What a mistyped word may have been meant for.

/// Levenshtein distance; names are short.
pub(crate) fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, left) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        for (right, cell) in other.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = *cell;
            before = replaced.min(before + 1).min(*cell + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::edits;

    #[test]
    fn distance_between_names() {
        for (one, other, distance) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "acb", 2),
            ("abc", "abd", 1),
            ("server.pem", "sever.pem", 1),
            ("", "ab", 2),
        ] {
            assert_eq!(edits(one, other), distance, "{one} {other}");
        }
    }
}
