//! Signatures: which algorithm an identifier names, whether a signature is
//! correct, and, apart from that, whether the algorithm may be accepted.
//!
//! *Can verify* and *may accept* are two questions. [`verify::verify`] answers
//! the first for everything it has code for, however weak, so that a report can
//! say "signature correct, algorithm refused"; [`acceptance`] answers the second
//! from a table and never looks at a signature.

pub mod acceptance;
pub mod algorithm;
mod digest;
pub mod dsa;
mod ecdsa;
pub mod error;
pub mod rsa;
pub mod verify;

pub use digest::{Hashed, Hasher, Message, digest};

#[cfg(test)]
mod vectors;

/// Bits of a big-endian magnitude without leading zeros.
fn bit_length(magnitude: &[u8]) -> usize {
    magnitude.first().map_or(0, |first| magnitude.len() * 8 - first.leading_zeros() as usize)
}
