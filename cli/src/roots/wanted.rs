//! What an argument asks by: a file, a thumbprint, or a name as any program writes it.

use std::path::Path;

use crate::error::Failure;

/// The fewest hexadecimal digits that are taken for a thumbprint.
const MIN_DIGITS: usize = 24;

/// Whether a text begins as names do (RFC 4514 §2), which have backslashes and slashes in
/// them, too: a type of attribute and an equals sign.
pub(super) fn is_distinguished_name(wanted: &str) -> bool {
    let kind = wanted.split_once('=').unwrap_or_default().0.trim();
    !kind.is_empty() && kind.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'.')
}

pub(super) fn ends_as_file(wanted: &str) -> bool {
    let ending = Path::new(wanted).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["pem", "crt", "cer", "der", "p7b", "p7c"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Octets in hexadecimal, with or without separators.
pub(super) fn thumbprint(wanted: &str) -> Result<Option<Vec<u8>>, Failure> {
    let digits: String = wanted.chars().filter(|character| !matches!(character, ':' | ' ' | '-')).collect();
    if digits.len() < MIN_DIGITS || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(None);
    }
    if ![40, 64].contains(&digits.len()) {
        return Err(Failure::unusable(format!("{wanted}: has {} hexadecimal digits", digits.len()))
            .advice("a thumbprint has 40 (SHA-1) or 64 (SHA-256)"));
    }
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    Ok(digits.as_bytes().chunks(2).map(octet).collect())
}

/// Whether two names are the same as programs write them: in either order, with blanks after
/// commas or without, and with quotation marks or backslashes (RFC 4514 §2.4, RFC 1779 §2.3).
pub(super) fn is_same_name(one: &str, other: &str) -> bool {
    let (one, mut other) = (parts(one), parts(other));
    let is_same = one == other;
    other.reverse();
    is_same || one == other
}

/// The parts of a name, each as it is compared.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut is_quoted, mut characters) = (false, name.chars());
    while let Some(character) = characters.next() {
        let escaped = (character == '\\').then(|| characters.next()).flatten();
        match (character, escaped, parts.last_mut()) {
            ('"', _, _) => is_quoted = !is_quoted,
            (',', ..) if !is_quoted => parts.push(String::new()),
            (_, Some(escaped), Some(part)) => part.push(escaped),
            (_, None, Some(part)) => part.push(character),
            (.., None) => {}
        }
    }
    let plain = |part: &String| {
        let (kind, value) = part.split_once('=').unwrap_or(("", part));
        format!("{}={}", kind.trim(), value.trim()).to_ascii_lowercase()
    };
    parts.iter().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_however_they_are_written() {
        let name = "CN=Acme Root,O=Acme\\, Inc.";
        for same in [
            "cn=acme root, o=Acme\\, Inc.",
            "O=\"Acme, Inc.\", CN=Acme Root",
            "O = Acme\\, Inc. , CN = Acme Root",
            name,
        ] {
            assert!(is_same_name(name, same), "{same}");
        }
        for other in ["CN=Acme Root", "CN=Acme Root,O=Acme", "O=Acme Root,CN=Acme\\, Inc.", "", ",", "\\", "\""] {
            assert!(!is_same_name(name, other), "{other}");
        }
    }

    #[test]
    fn names_are_told_from_paths() {
        for name in ["CN=Acme Root,O=Acme\\, Inc.", "O=a/b", "2.5.4.3=Root \\+"] {
            assert!(is_distinguished_name(name), "{name}");
        }
        for path in ["certs/root=1", "C:\\certs\\n=1.pem", "./a=b", "root", "", "=x"] {
            assert!(!is_distinguished_name(path), "{path}");
        }
    }

    #[test]
    fn thumbprints_are_told_from_names() {
        let read = |text: &str| thumbprint(text).map(|octets| octets.map(|octets| octets.len()));
        assert_eq!(read("DF3C24F9BFD666761B268073FE06D1CC8D4F82A4"), Ok(Some(20)));
        assert_eq!(read("df:3c:24:f9:bf:d6:66:76:1b:26:80:73:fe:06:d1:cc:8d:4f:82:a4"), Ok(Some(20)));
        assert_eq!(read(&"ab".repeat(32)), Ok(Some(32)));
        assert_eq!(read("DigiCert Global Root G2"), Ok(None));
        assert_eq!(read("ACCV"), Ok(None));
        assert!(read(&"ab".repeat(19)).is_err(), "a digit was lost");
    }
}
