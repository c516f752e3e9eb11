//! What a search may cost.

/// The most certificates in one path, the trust anchor not counted. Public
/// paths have up to five; bridged ones stay below 12.
pub const MAX_PATH_CERTIFICATES: usize = 32;

/// The most steps of one search; a step looks at one issuer of one certificate,
/// or at one certificate of a path that is validated. A healthy search takes a
/// few dozen; this many take about a tenth of a second.
pub const MAX_SEARCH_STEPS: usize = 100_000;

/// The most signatures that one search verifies, a signature by a long key
/// counted as several: a tenth of a second, or two with the slowest keys. It
/// leaves room for a thousand CAs of one name without key identifiers.
pub const MAX_SIGNATURES: usize = 4_096;

/// Octets to be hashed that count as one more signature: hashing this much takes
/// about as long as verifying one.
pub const OCTETS_PER_SIGNATURE: usize = 64 * 1024;

/// Octets of a certificate that count as one more step whenever it is looked at:
/// names and extensions in them have to be gone through.
pub const OCTETS_PER_STEP: usize = 1024;

/// The most paths whose fates are kept beside the deciding one; the others are
/// counted.
pub const MAX_KEPT_PATHS: usize = 64;

/// The most links that a [`VerifyCache`](super::VerifyCache) remembers before it
/// starts anew; about 100 octets each, and a few certificates.
pub const MAX_CACHED_EDGES: usize = 65_536;

/// The most steps and signatures of a search whose only purpose is to explain
/// why there is no path.
pub(super) const EXPLAIN_STEPS: usize = 4_000;
pub(super) const EXPLAIN_SIGNATURES: usize = 512;

/// A limit that ended a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`MAX_SEARCH_STEPS`].
    Steps,
    /// [`MAX_SIGNATURES`].
    Signatures,
    /// [`MAX_PATH_CERTIFICATES`].
    PathCertificates,
}

impl Limit {
    /// The constant's name and value.
    pub const fn describe(self) -> (&'static str, usize) {
        match self {
            Limit::Steps => ("MAX_SEARCH_STEPS", MAX_SEARCH_STEPS),
            Limit::Signatures => ("MAX_SIGNATURES", MAX_SIGNATURES),
            Limit::PathCertificates => ("MAX_PATH_CERTIFICATES", MAX_PATH_CERTIFICATES),
        }
    }
}

/// What is left of a search's allowance.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    steps: usize,
    signatures: usize,
    spent_steps: usize,
    hit: Option<Limit>,
    cut_short: bool,
}

impl Budget {
    /// For a search whose answer counts.
    pub(super) fn full() -> Budget {
        Budget { steps: MAX_SEARCH_STEPS, signatures: MAX_SIGNATURES, spent_steps: 0, hit: None, cut_short: false }
    }

    /// For a search that only explains.
    pub(super) fn small() -> Budget {
        Budget { steps: EXPLAIN_STEPS, signatures: EXPLAIN_SIGNATURES, ..Budget::full() }
    }

    /// The limit that left a part of the graph unseen, if one did.
    pub(super) fn hit(&self) -> Option<Limit> {
        self.hit.or(self.cut_short.then_some(Limit::PathCertificates))
    }

    /// Notes that one chain was not followed further; others still are.
    pub(super) fn cut_short(&mut self) {
        self.cut_short = true;
    }

    /// Notes that what a limit left unseen leads nowhere.
    pub(super) fn nothing_left(&mut self) {
        self.hit = None;
        self.cut_short = false;
    }

    /// Steps taken so far.
    pub(super) fn spent_steps(&self) -> usize {
        self.spent_steps
    }

    /// Takes so many steps; `false` when they are not left.
    pub(super) fn steps(&mut self, count: usize) -> bool {
        self.spent_steps += count;
        match self.steps.checked_sub(count) {
            Some(left) => self.steps = left,
            None => self.stop(Limit::Steps),
        }
        self.hit.is_none()
    }

    /// Takes the verification of a signature of this cost; `false` when it is
    /// not left.
    pub(super) fn signature(&mut self, cost: usize) -> bool {
        match self.signatures.checked_sub(cost) {
            Some(left) => self.signatures = left,
            None => self.stop(Limit::Signatures),
        }
        self.hit.is_none()
    }

    fn stop(&mut self, limit: Limit) {
        self.hit.get_or_insert(limit);
    }
}
