//! What a search may cost.

/// The most certificates in one path, the trust anchor not counted. Public
/// paths have up to five; bridged ones stay below 12.
pub const MAX_PATH_CERTIFICATES: usize = 32;

/// The most steps of one search; a step looks at one issuer of one
/// certificate. A healthy search takes a few dozen.
pub const MAX_SEARCH_STEPS: usize = 20_000;

/// The most signatures that one search verifies. At the slowest RSA key that
/// is accepted this is a few seconds.
pub const MAX_SIGNATURES: usize = 512;

/// Octets to be hashed that count as one more signature: hashing this much takes
/// about as long as verifying one.
pub const OCTETS_PER_SIGNATURE: usize = 64 * 1024;

/// The most complete candidate paths that one search keeps.
pub const MAX_CANDIDATES: usize = 64;

/// A limit that ended a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`MAX_SEARCH_STEPS`].
    Steps,
    /// [`MAX_SIGNATURES`].
    Signatures,
    /// [`MAX_CANDIDATES`].
    Candidates,
    /// [`MAX_PATH_CERTIFICATES`].
    PathCertificates,
}

impl Limit {
    /// The constant's name and value.
    pub const fn describe(self) -> (&'static str, usize) {
        match self {
            Limit::Steps => ("MAX_SEARCH_STEPS", MAX_SEARCH_STEPS),
            Limit::Signatures => ("MAX_SIGNATURES", MAX_SIGNATURES),
            Limit::Candidates => ("MAX_CANDIDATES", MAX_CANDIDATES),
            Limit::PathCertificates => ("MAX_PATH_CERTIFICATES", MAX_PATH_CERTIFICATES),
        }
    }
}

/// What is left of a search's allowance.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    steps: usize,
    signatures: usize,
    hit: Option<Limit>,
    cut_short: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { steps: MAX_SEARCH_STEPS, signatures: MAX_SIGNATURES, hit: None, cut_short: false }
    }
}

impl Budget {
    /// The limit that left a part of the graph unseen, if one did.
    pub(super) fn hit(&self) -> Option<Limit> {
        self.hit.or(self.cut_short.then_some(Limit::PathCertificates))
    }

    /// Notes that one chain was not followed further; others still are.
    pub(super) fn cut_short(&mut self) {
        self.cut_short = true;
    }

    /// Notes that a limit was hit; the first one counts.
    pub(super) fn stop(&mut self, limit: Limit) {
        self.hit.get_or_insert(limit);
    }

    /// Whether a limit ended the search.
    pub(super) fn is_spent(&self) -> bool {
        self.hit.is_some()
    }

    /// Takes a step; `false` when none is left.
    pub(super) fn step(&mut self) -> bool {
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            None => self.stop(Limit::Steps),
        }
        self.hit.is_none()
    }

    /// Takes the verification of a signature over so many octets; `false` when
    /// it is not left.
    pub(super) fn signature(&mut self, octets: usize) -> bool {
        match self.signatures.checked_sub(1 + octets / OCTETS_PER_SIGNATURE) {
            Some(left) => self.signatures = left,
            None => self.stop(Limit::Signatures),
        }
        self.hit.is_none()
    }
}
