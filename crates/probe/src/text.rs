//! What peers write, made fit for messages.

/// What a peer wrote, as it may stand in a message: one line of at most `most`
/// characters, without control characters.
pub(crate) fn shown(octets: &[u8], most: usize) -> String {
    // No character has more than four octets.
    let octets = octets.get(..most.saturating_mul(4)).unwrap_or(octets);
    let text = String::from_utf8_lossy(octets);
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    if line.chars().count() <= most { line } else { line.chars().take(most).chain(['…']).collect() }
}

/// Octets in hexadecimal, the first `most` of them.
pub(crate) fn hex(octets: &[u8], most: usize) -> String {
    let shown: Vec<String> = octets.iter().take(most).map(|octet| format!("{octet:02x}")).collect();
    let more = if octets.len() > most { " …" } else { "" };
    shown.join(" ") + more
}

/// Host and port as they stand in URLs (RFC 3986 §3.2).
pub(crate) fn authority(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line() {
        assert_eq!(shown(b"a\r\nb\x1b[31m\tc\0", 20), "a b [31m c");
        assert_eq!(shown(b"abcdef", 3), "abc…");
        assert_eq!(shown("ééé".as_bytes(), 3), "ééé");
        assert_eq!(shown(&[0xff; 100_000], 2), "\u{fffd}\u{fffd}…");
        assert_eq!(hex(&[0, 255, 3], 2), "00 ff …");
        assert_eq!((authority("::1", 1).as_str(), authority("a", 2).as_str()), ("[::1]:1", "a:2"));
    }
}
