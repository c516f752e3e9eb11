//! What others wrote, as it may stand in a message.

/// What a server wrote, as it may stand in a message: one line, `limit` characters.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    if line.chars().count() <= limit { line } else { line.chars().take(limit).chain(['…']).collect() }
}
