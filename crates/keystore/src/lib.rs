//! certlens-keystore: PFX files, private keys, and what Windows does with them.
//!
//! Reads and writes octets that it is handed; of files, [`store`] alone reads those
//! of a folder. It asks nobody.
//! Keys and passwords are overwritten when they are dropped, and no `Debug` shows
//! them.
//!
//! Each module uses only those before it:
//!
//! 1. [`secret`]: octets and passwords that are not to be seen.
//! 2. [`pbe`]: what passwords are used for: derivation, ciphers, MACs.
//! 3. [`key`]: private keys, and whether they are those of a certificate.
//! 4. [`bundle`]: keys and certificates of one file, and how they belong together.
//! 5. [`provider`]: where Windows puts a key, and which releases open a file.
//! 6. [`pfx`]: PFX files, without their password and with it, and writing them.
//! 7. [`judgement`]: whether a demand is met, and how sure that is.
//! 8. [`exchange`]: whether TLS and WCF can use a key.
//! 9. [`permissions`]: who can read a key.
//! 10. [`profile`]: what products demand, and whether a file meets it.
//! 11. [`inventory`]: what is in a PFX file, put together.
//! 12. [`store`]: where certificates and keys are kept.
//! 13. [`assess`]: its end entities, as what products' demands are judged by.

pub mod assess;
pub mod bundle;
pub mod exchange;
pub mod inventory;
pub mod judgement;
pub mod key;
mod oid;
pub mod pbe;
pub mod permissions;
pub mod pfx;
pub mod profile;
pub mod provider;
pub mod secret;
pub mod store;
