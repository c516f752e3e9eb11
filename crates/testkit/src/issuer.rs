//! Who signs a certificate.

use crate::key::Key;
use crate::name::Name;

/// Who signs: name, key, and the key identifier that goes into what is issued.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// The issuer name in what is issued.
    pub name: Name,
    /// The key that signs.
    pub key: Key,
    /// The key identifier in what is issued.
    pub key_identifier: Vec<u8>,
}

impl Issuer {
    /// An issuer by common name.
    pub fn new(common_name: &str, key: Key) -> Issuer {
        Issuer { name: Name::cn(common_name), key, key_identifier: key.key_identifier() }
    }
}

impl AsRef<Issuer> for Issuer {
    fn as_ref(&self) -> &Issuer {
        self
    }
}
