//! Password-based encryption and authentication, as PFX files and encrypted
//! PKCS#8 keys use it: from the AlgorithmIdentifier to typed parameters and back,
//! from a password to keys, from ciphertext to plaintext and back.
//!
//! Reading an algorithm needs no password, so that its parameters can be shown
//! without one; and whatever parameters are read, none of them costs anything
//! before they were held against the limits ([`limits`]).
//!
//! | | Standard |
//! |---|---|
//! | PKCS#12 key derivation, its ciphers and its MAC | RFC 7292 App. B, App. C, §4 |
//! | PBES2, PBKDF2 | RFC 8018 §6.2, §5.2 |
//! | scrypt | RFC 7914 |
//! | PBMAC1 in PFX files | RFC 9579 |

mod ber;
mod cipher;
mod count;
mod encryption;
mod error;
mod hash;
mod kdf;
pub mod limits;
mod mac;
mod passphrase;
mod pkcs12;
mod scheme;

pub use cipher::{Cipher, Pkcs12Cipher};
pub use count::Count;
pub use encryption::{DerivedKey, Encryption};
pub use error::{AlgorithmError, LimitError, PbeError, Role};
pub use hash::Hash;
pub use kdf::Kdf;
pub use mac::{Mac, MacData};
pub use passphrase::Passphrase;
pub use pkcs12::KeyPurpose;
pub use scheme::{EncryptionScheme, MacScheme};
