//! Algorithms whose salts are not chosen yet: what a writer is told to use.

use super::cipher::{Cipher, Pkcs12Cipher};
use super::count::Count;
use super::encryption::Encryption;
use super::hash::Hash;
use super::kdf::Kdf;
use super::mac::Mac;

/// An encryption without salt and initialization vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptionScheme {
    /// PKCS#12's own (RFC 7292 App. C).
    Pkcs12 {
        /// The cipher.
        cipher: Pkcs12Cipher,
        /// How often SHA-1 is iterated.
        iterations: u32,
    },
    /// PBES2 with PBKDF2 (RFC 8018 §6.2).
    Pbes2 {
        /// The cipher.
        cipher: Cipher,
        /// The hash whose HMAC is iterated.
        prf: Hash,
        /// How often it is iterated.
        iterations: u32,
    },
}

/// A MAC without salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacScheme {
    /// HMAC with a key by PKCS#12's own derivation (RFC 7292 §4).
    Pkcs12 {
        /// The hash of HMAC and derivation.
        hash: Hash,
        /// How often the hash is iterated.
        iterations: u32,
    },
    /// PBMAC1 with PBKDF2 (RFC 9579).
    Pbmac1 {
        /// The hash of the HMAC over the contents.
        hash: Hash,
        /// The hash whose HMAC PBKDF2 iterates.
        prf: Hash,
        /// How often it is iterated.
        iterations: u32,
    },
}

impl EncryptionScheme {
    /// Octets of salt to choose: eight with PKCS#12's own schemes, as every program
    /// writes them; 16 with PBKDF2 (NIST SP 800-132 §5.1).
    pub const fn salt_octets(self) -> usize {
        match self {
            EncryptionScheme::Pkcs12 { .. } => 8,
            EncryptionScheme::Pbes2 { .. } => 16,
        }
    }

    /// Octets of initialization vector to choose; PKCS#12's own schemes derive theirs.
    pub const fn iv_octets(self) -> usize {
        match self {
            EncryptionScheme::Pkcs12 { .. } => 0,
            EncryptionScheme::Pbes2 { cipher, .. } => cipher.block_octets(),
        }
    }

    /// The algorithm with these; an initialization vector that none is asked for is dropped.
    pub fn with(self, salt: Vec<u8>, iv: Vec<u8>) -> Encryption {
        match self {
            EncryptionScheme::Pkcs12 { cipher, iterations } => {
                Encryption::Pkcs12 { cipher, salt, iterations: count(iterations) }
            }
            EncryptionScheme::Pbes2 { cipher, prf, iterations } => {
                let kdf = Kdf::Pbkdf2 { salt, iterations: count(iterations), key_length: None, prf };
                Encryption::Pbes2 { kdf, cipher, iv }
            }
        }
    }

    /// How often its hash is iterated.
    pub const fn iterations(self) -> u32 {
        match self {
            EncryptionScheme::Pkcs12 { iterations, .. } | EncryptionScheme::Pbes2 { iterations, .. } => iterations,
        }
    }
}

impl MacScheme {
    /// Octets of salt to choose.
    pub const fn salt_octets(self) -> usize {
        match self {
            MacScheme::Pkcs12 { hash: Hash::Sha1, .. } => 8,
            _ => 16,
        }
    }

    /// The algorithm with this salt.
    pub fn with(self, salt: Vec<u8>) -> Mac {
        match self {
            MacScheme::Pkcs12 { hash, iterations } => Mac::Pkcs12 { hash, salt, iterations: count(iterations) },
            MacScheme::Pbmac1 { hash, prf, iterations } => {
                // As long as the hash (RFC 9579 §4).
                let key_length = Some(Count::new(hash.octets() as u64));
                Mac::Pbmac1 { kdf: Kdf::Pbkdf2 { salt, iterations: count(iterations), key_length, prf }, hash }
            }
        }
    }

    /// How often its hash is iterated.
    pub const fn iterations(self) -> u32 {
        match self {
            MacScheme::Pkcs12 { iterations, .. } | MacScheme::Pbmac1 { iterations, .. } => iterations,
        }
    }
}

const fn count(iterations: u32) -> Count {
    // `From` is not const.
    Count::new(iterations as u64)
}
