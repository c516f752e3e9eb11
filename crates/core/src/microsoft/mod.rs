//! Files in which Windows keeps sets of certificates: trust lists
//! (`authroot.stl`, `disallowedcert.stl`) and serialized stores (`.sst`).
//!
//! Both attach properties to certificates, by the numbers that wincrypt.h gives
//! them. What is read here is only what a file says: the signature of a trust
//! list is not verified.

mod property;
pub mod serialized_store;
pub mod trust_list;

pub use property::{MAX_TEXT_OCTETS, Properties, Restriction};

/// The most certificates or entries that are read of one file. Microsoft's
/// program has some 500 roots.
pub const MAX_ENTRIES: usize = 100_000;

/// The most things that are kept of what could not be read; the rest is counted.
pub const MAX_PROBLEMS: usize = 100;
