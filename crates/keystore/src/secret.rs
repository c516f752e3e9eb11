//! Octets that are overwritten when they are dropped, and that nothing prints.

use std::fmt;

use zeroize::Zeroizing;

/// Secret octets: a private key, or what was decrypted.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretOctets(Zeroizing<Vec<u8>>);

impl SecretOctets {
    /// Takes the octets over; they are not copied.
    pub fn new(octets: Vec<u8>) -> SecretOctets {
        SecretOctets(Zeroizing::new(octets))
    }

    /// The octets, for those who need them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretOctets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretOctets({} octets)", self.0.len())
    }
}

/// A password as it was typed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the text over; it is not copied.
    pub fn new(text: String) -> Password {
        Password(Zeroizing::new(text))
    }

    /// The text, for those who need it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is the password of no characters.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let shown =
            format!("{:?} {:?}", SecretOctets::new(b"swordfish".to_vec()), Password::new("swordfish".to_owned()));
        assert_eq!(shown, "SecretOctets(9 octets) Password(…)");
    }
}
