//! Where salts and initialization vectors come from.

use std::fmt;

/// A source of random octets. Everything else that is written follows from the
/// contents, the protection and the password.
pub trait RandomSource {
    /// Fills all of the octets.
    ///
    /// # Errors
    /// There are no random octets.
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), NoRandom>;
}

/// The generator of aws-lc-rs, seeded by the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

/// There are no random octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandom;

impl RandomSource for SystemRandom {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), NoRandom> {
        aws_lc_rs::rand::fill(octets).map_err(|_| NoRandom)
    }
}

impl fmt::Display for NoRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there are no random octets for a salt")
    }
}

impl std::error::Error for NoRandom {}
