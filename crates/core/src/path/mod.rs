//! From a target to trust anchors: candidate paths and how they end.
//!
//! Building and validating are separate: what is built here has issuer names
//! that chain and, where possible, signatures that verify; everything else is
//! for [`crate::validation`] to judge.

mod budget;
mod candidate;
mod edge;
mod graph;
mod missing;
mod partial;
mod rank;
mod search;

pub use budget::{
    Limit, MAX_CACHED_EDGES, MAX_KEPT_PATHS, MAX_PATH_CERTIFICATES, MAX_SEARCH_STEPS, MAX_SIGNATURES,
    OCTETS_PER_SIGNATURE, OCTETS_PER_STEP,
};
pub use candidate::{CandidatePath, PathEnd};
pub use edge::{IssuerKey, Verifier, VerifyCache};
pub use missing::{MissingIssuer, NearIssuer, NearIssuerKind};
pub use search::{Guide, NoGuide, Search};
