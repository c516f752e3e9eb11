//! A password in the octets that derivations take.

use zeroize::Zeroizing;

use super::error::{LimitError, PbeError};
use super::limits::MAX_PASSWORD_OCTETS;
use crate::pbe::Count;
use crate::secret::Password;

/// A password, or that there is none: PKCS#12 tells the absent password (no
/// octets) and the empty one (two zero octets) apart.
#[derive(Clone, Copy, Debug)]
pub enum Passphrase<'a> {
    /// No password, not even an empty one.
    Absent,
    /// A password, which may be empty.
    Text(&'a Password),
    /// A password as OpenSSL before 1.1.0 and Mbed TLS take it for PKCS#12's own
    /// derivation: each octet of its UTF-8 for a character. The same as the text in
    /// ASCII.
    Widened(&'a Password),
}

impl Passphrase<'_> {
    /// As PKCS#12's own derivation takes it: UTF-16, high octet first, and two
    /// zero octets at the end (RFC 7292 App. B.1); nothing for no password.
    ///
    /// # Errors
    /// Longer than [`MAX_PASSWORD_OCTETS`].
    pub fn bmp(&self) -> Result<Zeroizing<Vec<u8>>, PbeError> {
        // Reserved at once: a vector that grows leaves copies behind. A character
        // of n octets in UTF-8 has at most 2n in UTF-16.
        let reserved = |text: &str| Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
        let mut octets = match self {
            Passphrase::Absent => return Ok(Zeroizing::default()),
            Passphrase::Text(password) => {
                let mut octets = reserved(password.expose());
                octets.extend(password.expose().encode_utf16().flat_map(u16::to_be_bytes));
                octets
            }
            Passphrase::Widened(password) => {
                let mut octets = reserved(password.expose());
                octets.extend(password.expose().bytes().flat_map(|octet| [0, octet]));
                octets
            }
        };
        octets.extend([0, 0]);
        bounded(octets)
    }

    /// As PBKDF2 and scrypt take it: UTF-8 (RFC 8018 §3, RFC 9579 §6).
    ///
    /// # Errors
    /// Longer than [`MAX_PASSWORD_OCTETS`].
    pub fn utf8(&self) -> Result<Zeroizing<Vec<u8>>, PbeError> {
        match self {
            Passphrase::Absent => Ok(Zeroizing::default()),
            Passphrase::Text(password) | Passphrase::Widened(password) => {
                bounded(Zeroizing::new(password.expose().as_bytes().to_vec()))
            }
        }
    }
}

fn bounded(octets: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, PbeError> {
    if octets.len() <= MAX_PASSWORD_OCTETS {
        return Ok(octets);
    }
    Err(PbeError::Limit(LimitError {
        what: "the length of the password",
        found: Count::new(octets.len() as u64),
        limit: MAX_PASSWORD_OCTETS as u64,
        name: "MAX_PASSWORD_OCTETS",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let astral = Password::new("pä😀".to_owned());
        let form = Passphrase::Text(&astral);
        assert_eq!(form.bmp().unwrap().as_slice(), [0, b'p', 0, 0xe4, 0xd8, 0x3d, 0xde, 0x00, 0, 0]);
        assert_eq!(form.utf8().unwrap().as_slice(), "pä😀".as_bytes());
        let form = Passphrase::Widened(&astral);
        assert_eq!(
            form.bmp().unwrap().as_slice(),
            [0, b'p', 0, 0xc3, 0, 0xa4, 0, 0xf0, 0, 0x9f, 0, 0x98, 0, 0x80, 0, 0]
        );
        assert_eq!(form.utf8().unwrap().as_slice(), "pä😀".as_bytes());
        let empty = Password::new(String::new());
        assert_eq!(Passphrase::Text(&empty).bmp().unwrap().as_slice(), [0, 0]);
        assert_eq!(Passphrase::Text(&empty).utf8().unwrap().as_slice(), []);
        assert_eq!(Passphrase::Absent.bmp().unwrap().as_slice(), []);
        let long = Password::new("x".repeat(MAX_PASSWORD_OCTETS));
        assert!(Passphrase::Text(&long).utf8().is_ok());
        assert!(matches!(Passphrase::Text(&long).bmp(), Err(PbeError::Limit(_))));
    }
}
