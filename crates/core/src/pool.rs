//! Certificates that may serve as intermediates. Being in the pool grants no
//! trust.

use std::collections::{HashMap, HashSet};

use crate::origin::Origin;
use crate::x509::Certificate;
use crate::x509::name::NameDigest;

/// A certificate and where it came from.
#[derive(Clone, Debug)]
pub struct Sourced {
    /// The certificate.
    pub certificate: Certificate,
    /// Where it came from.
    pub origin: Origin,
}

/// Certificates by subject name. The same certificate is held once, with the
/// origin it had first.
#[derive(Clone, Debug, Default)]
pub struct CertPool {
    members: Vec<Sourced>,
    by_subject: HashMap<NameDigest, Vec<usize>>,
    known: HashSet<Certificate>,
}

impl CertPool {
    /// An empty pool.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate; returns whether it was new.
    pub fn add(&mut self, certificate: Certificate, origin: Origin) -> bool {
        if !self.known.insert(certificate.clone()) {
            return false;
        }
        self.by_subject.entry(certificate.subject_digest()).or_default().push(self.members.len());
        self.members.push(Sourced { certificate, origin });
        true
    }

    /// Certificates whose subject is this name (RFC 5280 §7.1), in the order
    /// they were added.
    pub fn by_subject(&self, name: NameDigest) -> impl Iterator<Item = &Sourced> {
        let indices = self.by_subject.get(&name).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|index| self.members.get(*index))
    }

    /// All certificates in the order they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Sourced> {
        self.members.iter()
    }

    /// How many certificates there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}
