//! Octets in hexadecimal.

use std::fmt::Write;

/// The most octets that [`brief`] writes out; key identifiers and digests have
/// up to 64.
const MAX_BRIEF: usize = 64;

/// All octets, two lower-case digits each.
pub fn encode(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len() * 2);
    for octet in octets {
        // Writing to a String cannot fail.
        let _ = write!(text, "{octet:02x}");
    }
    text
}

/// As [`encode`], but of long values only the start and the length.
pub fn brief(octets: &[u8]) -> String {
    match octets.get(..MAX_BRIEF) {
        Some(start) if octets.len() > MAX_BRIEF => format!("{}… ({} octets)", encode(start), octets.len()),
        _ => encode(octets),
    }
}

#[cfg(test)]
mod tests {
    use super::{brief, encode};

    #[test]
    fn long_values_are_cut_and_say_so() {
        assert_eq!(encode(&[0, 0x1f, 0xff]), "001fff");
        assert_eq!(brief(&[7; 64]), encode(&[7; 64]));
        assert_eq!(brief(&[7; 65]), format!("{}… (65 octets)", encode(&[7; 64])));
    }
}
