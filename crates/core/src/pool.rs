//! Certificates that may serve as intermediates. Being in the pool grants no
//! trust.

use std::collections::{HashMap, HashSet};

use crate::origin::Origin;
use crate::x509::Certificate;
use crate::x509::certificate::CertId;
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
    by_subject: HashMap<NameDigest, SameName>,
}

impl CertPool {
    /// An empty pool.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate; returns whether it was new.
    pub fn add(&mut self, certificate: Certificate, origin: Origin) -> bool {
        let members = &self.members;
        let same_name = self.by_subject.entry(certificate.subject_digest()).or_default();
        let member = |index: usize| members.get(index).map(|sourced| &sourced.certificate);
        if !same_name.add(&certificate, members.len(), member) {
            return false;
        }
        self.members.push(Sourced { certificate, origin });
        true
    }

    /// Certificates whose subject is this name (RFC 5280 §7.1), in the order
    /// they were added.
    pub fn by_subject(&self, name: NameDigest) -> impl ExactSizeIterator<Item = &Sourced> + Clone {
        let indices = self.by_subject.get(&name).map_or(&[][..], |same_name| &same_name.indices);
        indices.iter().map(|index| match self.members.get(*index) {
            Some(sourced) => sourced,
            None => unreachable!("the index was made with the members"),
        })
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

/// So many certificates of one name are told apart by comparing them; beyond,
/// by their digests, which cost more than a few comparisons.
const COMPARED: usize = 8;

/// What is held under one name: places in a list, and how to find a
/// certificate among them.
#[derive(Clone, Debug, Default)]
pub(crate) struct SameName {
    pub(crate) indices: Vec<usize>,
    /// Filled when there are more than [`COMPARED`].
    by_id: HashSet<CertId>,
}

impl SameName {
    /// Adds a place unless the certificate is held already.
    pub(crate) fn add<'c>(
        &mut self,
        certificate: &Certificate,
        index: usize,
        member: impl Fn(usize) -> Option<&'c Certificate>,
    ) -> bool {
        if self.holds(certificate, &member) {
            return false;
        }
        self.indices.push(index);
        if self.indices.len() > COMPARED {
            if self.by_id.is_empty() {
                self.by_id.extend(self.indices.iter().filter_map(|index| member(*index)).map(Certificate::id));
            }
            self.by_id.insert(certificate.id());
        }
        true
    }

    /// Whether the certificate is held.
    pub(crate) fn holds<'c>(
        &self,
        certificate: &Certificate,
        member: impl Fn(usize) -> Option<&'c Certificate>,
    ) -> bool {
        if self.indices.len() <= COMPARED {
            return self.indices.iter().any(|index| member(*index) == Some(certificate));
        }
        self.by_id.contains(&certificate.id())
    }
}
