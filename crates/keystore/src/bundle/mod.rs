//! Keys and certificates that came in one file: which belong together, which
//! certificate is the end entity, and how the others lead up from it.
//!
//! Keys and certificates are told apart by their place in what was handed over,
//! from 0.

mod chain;
mod pairing;

use std::fmt;

use certlens_core::x509::Certificate;

pub(crate) use chain::is_ca;
pub use chain::{Chain, ChainEnd};
pub use pairing::{Pair, PairedBy};

use crate::key::{NoMatch, PrivateKey};

/// Most keys of one file that are compared with its certificates: with as many of
/// these as there may be, it takes a fraction of a second.
pub const MAX_COMPARED_KEYS: usize = 64;

/// Most certificates of one file that keys are compared with.
pub const MAX_COMPARED_CERTIFICATES: usize = 4_096;

/// A key of a file.
#[derive(Clone, Copy, Debug)]
pub struct KeyItem<'a> {
    /// The key; `None` when it was not decrypted.
    pub key: Option<&'a PrivateKey>,
    /// localKeyID of its bag (RFC 2985 §5.5.2).
    pub local_key_id: Option<&'a [u8]>,
}

/// A certificate of a file.
#[derive(Clone, Copy, Debug)]
pub struct CertificateItem<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// localKeyID of its bag.
    pub local_key_id: Option<&'a [u8]>,
}

/// How the parts of a file belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// Keys with their certificates, in the order of the keys.
    pub pairs: Vec<Pair>,
    /// For each certificate with a key, or for the one that is the end entity when
    /// there is no key: how the chain leads up from it.
    pub chains: Vec<Chain>,
    /// What is not as it should be.
    pub problems: Vec<BundleProblem>,
}

impl Bundle {
    /// Puts together what came in one file.
    ///
    /// # Errors
    /// There is more than is compared.
    pub fn assemble(keys: &[KeyItem<'_>], certificates: &[CertificateItem<'_>]) -> Result<Bundle, BundleLimit> {
        for (name, limit, found) in [
            ("MAX_COMPARED_KEYS", MAX_COMPARED_KEYS, keys.len()),
            ("MAX_COMPARED_CERTIFICATES", MAX_COMPARED_CERTIFICATES, certificates.len()),
        ] {
            if found > limit {
                return Err(BundleLimit { name, limit, found });
            }
        }
        let mut bundle = Bundle::default();
        pairing::pair(keys, certificates, &mut bundle);
        chain::chains(certificates, &mut bundle);
        Ok(bundle)
    }

    /// Gives certificates the places of another list that has these and more.
    pub(crate) fn renumber(&mut self, place: impl Fn(usize) -> usize) {
        let all = self.pairs.iter_mut().map(|pair| &mut pair.certificate);
        let all = all.chain(self.chains.iter_mut().flat_map(|chain| &mut chain.certificates));
        for at in all.chain(self.problems.iter_mut().flat_map(BundleProblem::certificates)) {
            *at = place(*at);
        }
    }

    /// The end entity: the first certificate that has a key, else the first that
    /// issued none of the others.
    pub fn end_entity(&self) -> Option<usize> {
        self.chains.first()?.certificates.first().copied()
    }
}

/// What is not as it should be among keys and certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleProblem {
    /// No certificate is this key's.
    KeyAlone {
        /// The key.
        key: usize,
    },
    /// No certificate is known to be this key's, and of one at least it is not known
    /// that it is not.
    NotCompared {
        /// The key.
        key: usize,
        /// The first such certificate.
        certificate: usize,
        /// Why that is not known.
        why: NoMatch,
    },
    /// Key and certificate belong together, and their localKeyIDs do not say so:
    /// Windows and Java pair them by it.
    LocalKeyIdDiffers {
        /// The key.
        key: usize,
        /// The certificate.
        certificate: usize,
    },
    /// Key and certificate have the same localKeyID, and do not belong together.
    LocalKeyIdMisleads {
        /// The key.
        key: usize,
        /// The certificate.
        certificate: usize,
    },
    /// Two keys have the same localKeyID.
    LocalKeyIdRepeated {
        /// The first key.
        first: usize,
        /// The other one.
        second: usize,
    },
    /// The same certificate again.
    CertificateRepeated {
        /// The first one.
        first: usize,
        /// The other one.
        second: usize,
    },
    /// A certificate that is in nobody's chain.
    NotInChain {
        /// The certificate.
        certificate: usize,
    },
    /// The certificates of a chain do not stand in its order, end entity first.
    OutOfOrder,
}

impl BundleProblem {
    /// The certificates that it is about.
    fn certificates(&mut self) -> Vec<&mut usize> {
        match self {
            Self::LocalKeyIdDiffers { certificate, .. }
            | Self::LocalKeyIdMisleads { certificate, .. }
            | Self::NotCompared { certificate, .. }
            | Self::NotInChain { certificate } => vec![certificate],
            Self::CertificateRepeated { first, second } => vec![first, second],
            Self::KeyAlone { .. } | Self::LocalKeyIdRepeated { .. } | Self::OutOfOrder => Vec::new(),
        }
    }
}

impl fmt::Display for BundleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // People count from 1.
        match self {
            Self::KeyAlone { key } => write!(f, "no certificate in the file is that of key {}", key + 1),
            Self::NotCompared { key, certificate, why } => {
                write!(f, "whether key {} is that of certificate {} is not known: {why}", key + 1, certificate + 1)
            }
            Self::LocalKeyIdDiffers { key, certificate } => write!(
                f,
                "key {} is that of certificate {}, but their localKeyIDs differ, so that programs which pair by it lose the key",
                key + 1,
                certificate + 1
            ),
            Self::LocalKeyIdMisleads { key, certificate } => write!(
                f,
                "key {} and certificate {} have the same localKeyID, but the key is not that of the certificate",
                key + 1,
                certificate + 1
            ),
            Self::LocalKeyIdRepeated { first, second } => {
                write!(f, "keys {} and {} have the same localKeyID", first + 1, second + 1)
            }
            Self::CertificateRepeated { first, second } => {
                write!(f, "certificate {} is certificate {} again", second + 1, first + 1)
            }
            Self::NotInChain { certificate } => {
                write!(f, "certificate {} is in the chain of no certificate with a key", certificate + 1)
            }
            Self::OutOfOrder => f.write_str(
                "the certificates do not stand in the order of the chain, end entity first, each before its issuer",
            ),
        }
    }
}

/// There is more than is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BundleLimit {
    /// The constant's name.
    pub name: &'static str,
    /// Its value.
    pub limit: usize,
    /// What was found.
    pub found: usize,
}

impl fmt::Display for BundleLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} exceeds {} ({})", self.found, self.name, self.limit)
    }
}

impl std::error::Error for BundleLimit {}

#[cfg(test)]
mod tests;
