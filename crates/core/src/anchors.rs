//! Trust anchors: what the caller trusts without further proof
//! (RFC 5280 §6.1.1 (d)).

use crate::origin::Origin;
use crate::pool::{CertPool, Sourced};
use crate::x509::Certificate;
use crate::x509::name::NameDigest;

/// A trust anchor given as a certificate. Its signature is never judged; its
/// validity and constraints are (RFC 5937 §1; what users expect of an expired
/// anchor).
#[derive(Clone, Debug)]
pub struct TrustAnchor {
    /// The certificate.
    pub certificate: Certificate,
    /// Where it came from.
    pub origin: Origin,
}

/// The trust anchors of one verification.
#[derive(Clone, Debug, Default)]
pub struct AnchorSet {
    certificates: CertPool,
}

impl AnchorSet {
    /// No anchors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an anchor; returns whether it was new.
    pub fn add(&mut self, certificate: Certificate, origin: Origin) -> bool {
        self.certificates.add(certificate, origin)
    }

    /// Anchors whose subject is this name (RFC 5280 §7.1).
    pub fn by_subject(&self, name: NameDigest) -> impl Iterator<Item = TrustAnchor> {
        self.certificates.by_subject(name).map(anchor)
    }

    /// The anchor that is this very certificate, if there is one.
    pub fn find(&self, certificate: &Certificate) -> Option<TrustAnchor> {
        self.certificates
            .by_subject(certificate.subject_digest())
            .find(|sourced| sourced.certificate == *certificate)
            .map(anchor)
    }

    /// All anchors.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = TrustAnchor> {
        self.certificates.iter().map(anchor)
    }

    /// How many anchors there are.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }
}

fn anchor(sourced: &Sourced) -> TrustAnchor {
    TrustAnchor { certificate: sourced.certificate.clone(), origin: sourced.origin.clone() }
}
