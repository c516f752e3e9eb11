//! Objects as text (RFC 7468).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A certificate (RFC 7468 §5).
pub(crate) fn certificate(der: &[u8]) -> String {
    block("CERTIFICATE", der)
}

/// A block with this label, in the strict form: base64 in lines of 64 characters.
pub(crate) fn block(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in der.chunks(48) {
        text.push_str(&STANDARD.encode(line));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn lines_have_64_characters() {
        let text = block("X", &[0; 49]);
        assert_eq!(text, format!("-----BEGIN X-----\n{}\nAA==\n-----END X-----\n", "A".repeat(64)));
        assert_eq!(block("X", b""), "-----BEGIN X-----\n-----END X-----\n");
    }
}
