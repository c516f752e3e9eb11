//! Keys that an endpoint is known to have.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Failure;

/// Reads `sha256/BASE64`, as RFC 7469 §2.4 and curl have it, or 64 hexadecimal digits.
///
/// # Errors
///
/// When one is neither.
pub(crate) fn pins(texts: &[String]) -> Result<Vec<[u8; 32]>, Failure> {
    texts.iter().map(|text| pin(text)).collect()
}

/// A digest as `--pin` takes it.
pub(crate) fn shown(digest: &[u8; 32]) -> String {
    format!("sha256/{}", STANDARD.encode(digest))
}

fn pin(text: &str) -> Result<[u8; 32], Failure> {
    let bare = ["sha256//", "sha256/", "sha256:", "pin-sha256="].iter().find_map(|start| text.strip_prefix(start));
    let bare = bare.unwrap_or(text).trim_matches('"');
    let octets = if bare.len() == 64 && bare.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        bare.as_bytes().chunks(2).map(octet).collect()
    } else {
        STANDARD.decode(bare).ok()
    };
    octets.and_then(|octets| octets.try_into().ok()).ok_or_else(|| {
        Failure::unusable(format!("--pin {text}: is not the SHA-256 of a public key")).advice(
            "write it as sha256/BASE64 with 44 characters, or in 64 hexadecimal digits; it is of the SubjectPublicKeyInfo, not of the certificate (certlens intercept shows it for each way)",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_in_the_forms_in_use() {
        let base64 = STANDARD.encode([7; 32]);
        let hex = "07".repeat(32);
        for text in
            [format!("sha256/{base64}"), format!("sha256//{base64}"), base64, hex.clone(), format!("sha256:{hex}")]
        {
            assert_eq!(pin(&text).unwrap(), [7; 32], "{text}");
        }
        assert_eq!(pin(&shown(&[7; 32])).unwrap(), [7; 32]);
        for text in ["", "sha256/", "sha1/AAAA", "sha256/AAAA", &"0".repeat(63)] {
            assert!(pin(text).unwrap_err().advice.is_some(), "{text}");
        }
    }
}
