//! A path as assembled, before it is validated.

use crate::anchors::TrustAnchor;
use crate::path::missing::{MissingIssuer, NearIssuer};
use crate::pool::Sourced;
use crate::x509::Certificate;

/// How a candidate path ends above its last certificate.
#[derive(Clone, Debug)]
pub enum PathEnd {
    /// In a trust anchor that issued the last certificate.
    Anchor(TrustAnchor),
    /// The target is itself a trust anchor.
    TargetIsAnchor(TrustAnchor),
    /// The last certificate is self-signed and not a trust anchor; with the trust
    /// anchors that have its name and another key.
    SelfSigned(Vec<NearIssuer>),
    /// No issuer of the last certificate was found.
    NoIssuer(MissingIssuer),
    /// Whoever can have issued the last certificate, which is of this name
    /// (RFC 4514), stands in the path already.
    Loop(String),
    /// The path goes on to the issuer of this name (RFC 4514), but is longer than
    /// is followed.
    NotFollowed(String),
}

/// A target, the intermediates above it, and how the path ends.
#[derive(Clone, Debug)]
pub struct CandidatePath {
    /// The target first, then each one's issuer; a trust anchor is not among
    /// them unless it is the target.
    pub certificates: Vec<Sourced>,
    /// What stands above the last one.
    pub end: PathEnd,
}

impl CandidatePath {
    /// The trust anchor, when the path reaches one: above at least a target, or
    /// as the target itself, alone. A path put together otherwise has none.
    pub fn anchor(&self) -> Option<&TrustAnchor> {
        match (&self.end, self.certificates.as_slice()) {
            (PathEnd::Anchor(anchor), [_, ..]) => Some(anchor),
            (PathEnd::TargetIsAnchor(anchor), [target]) if anchor.certificate() == Some(&target.certificate) => {
                Some(anchor)
            }
            _ => None,
        }
    }

    /// Whether both have the same certificates and the same trust anchor.
    pub fn is_same(&self, other: &CandidatePath) -> bool {
        let certificates = |path: &CandidatePath| path.certificates.len();
        let anchor = |path: &CandidatePath| path.anchor().map(|anchor| anchor.form.clone());
        certificates(self) == certificates(other)
            && self.certificates.iter().zip(&other.certificates).all(|(one, two)| one.certificate == two.certificate)
            && anchor(self) == anchor(other)
    }

    /// Depth of the trust anchor or, without one, of the missing issuer: one
    /// above the last certificate, and 0 when the target is the anchor.
    pub fn end_depth(&self) -> usize {
        match self.end {
            PathEnd::TargetIsAnchor(_) => 0,
            _ => self.certificates.len(),
        }
    }

    /// The certificate at a depth, 0 being the target; the anchor included, when
    /// it was given as one.
    pub fn certificate(&self, depth: usize) -> Option<&Certificate> {
        match self.certificates.get(depth) {
            Some(sourced) => Some(&sourced.certificate),
            None if depth == self.end_depth() => self.anchor().and_then(TrustAnchor::certificate),
            None => None,
        }
    }
}
