//! certlens-keystore: PFX files, private keys, and what Windows does with them.
//!
//! Reads and writes octets that it is handed; of files, [`store`] alone reads those
//! of a folder. It asks nobody.
//! Keys and passwords are overwritten when they are dropped, and no `Debug` shows
//! them.
//!
//! 1. [`secret`]: octets and passwords that are not to be seen.
//! 2. [`pbe`]: what passwords are used for: derivation, ciphers, MACs.
//! 3. [`key`]: private keys, and whether they are those of a certificate.
//! 4. [`provider`]: where Windows puts a key, and which releases open a file.
//! 5. [`judgement`]: whether a demand is met, and how sure that is.
//! 6. [`exchange`]: whether TLS and WCF can use a key.
//! 7. [`permissions`]: who can read a key.
//! 8. [`profile`]: what products demand, and whether a file meets it.
//! 9. [`store`]: where certificates and keys are kept.

pub mod exchange;
pub mod judgement;
pub mod key;
mod oid;
pub mod pbe;
pub mod permissions;
pub mod profile;
pub mod provider;
pub mod secret;
pub mod store;
