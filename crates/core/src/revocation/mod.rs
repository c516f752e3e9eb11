//! Is a certificate revoked? (RFC 5280 §6.3, RFC 6960.)
//!
//! It is asked of otherwise valid paths alone, and takes each certificate's issuer
//! from the path. What is at hand is the [`Evidence`]; what is missing comes out
//! as [`Need`]s, for the caller to supply or not.

mod checker;
mod crl;
mod evidence;
mod needs;
mod ocsp;
mod points;
mod responder;
mod signer;
pub mod single;
mod unheard;

pub use checker::{Checker, MAX_REVOCATION_NESTING, MAX_REVOCATION_SIGNATURES, MAX_SIGNER_PATHS};
pub use evidence::{Evidence, EvidenceCrl, EvidenceOcsp, FailedSource, IssuerAnswer, SourceKind};
pub(crate) use needs::needs;
pub use needs::{Need, NeedKind};
pub use ocsp::MAX_AGE_WITHOUT_NEXT_UPDATE;

use crate::finding::Finding;
use crate::origin::Origin;
use crate::time::Time;
use crate::x509::reason::RevocationReason;

/// When and why a certificate was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub time: Time,
    /// The reason code (RFC 5280 §5.3.1), when given.
    pub reason: Option<u8>,
    /// Since when the certificate is thought to be invalid, when given.
    pub invalidity_date: Option<Time>,
}

impl Revocation {
    /// The reason's name; `unspecified` when none was given.
    pub fn reason_name(&self) -> &'static str {
        self.reason.map_or("unspecified", |code| RevocationReason(code).name().unwrap_or("of an unknown code"))
    }
}

/// What is known about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// Not revoked.
    Good,
    /// Revoked at or before the verification time.
    Revoked(Revocation),
    /// Not revoked at the verification time, but later.
    RevokedLater(Revocation),
    /// Not known.
    Unknown,
}

/// What one source gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceResult {
    /// It shows that the certificate is not revoked, for the reasons it covers.
    Good,
    /// It shows that the certificate is revoked, or was after the verification time.
    Revoked(Revocation),
    /// It shows nothing about the certificate, for the reason that the finding gives.
    NotUsed(Box<Finding>),
}

/// A delta CRL that was combined with a complete one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CombinedDelta {
    /// Where it came from.
    pub origin: Origin,
    /// When it was made.
    pub this_update: Time,
    /// Whether what the two say of the certificate stands in it alone.
    pub decides: bool,
}

/// One source that was looked at for one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceOutcome {
    /// What kind of source.
    pub kind: SourceKind,
    /// Where it came from.
    pub origin: Origin,
    /// Its place among the CRLs or responses of the evidence; `None` when nothing of
    /// use came.
    pub place: Option<usize>,
    /// The place of the delta CRL that was combined with it.
    pub delta: Option<usize>,
    /// What is told of that delta CRL.
    pub combined: Option<CombinedDelta>,
    /// What it gave.
    pub result: SourceResult,
    /// When it was made.
    pub this_update: Option<Time>,
    /// Until when it counts.
    pub next_update: Option<Time>,
}

/// What was found out about one certificate of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationOutcome {
    /// The certificate's place in the path, 0 being the target.
    pub depth: usize,
    /// The answer.
    pub status: RevocationStatus,
    /// What was looked at, in that order.
    pub sources: Vec<SourceOutcome>,
}

/// What a source must still be looked at for.
fn is_settled(status: &RevocationStatus) -> bool {
    !matches!(status, RevocationStatus::Unknown)
}

impl RevocationOutcome {
    /// Whether the status is known.
    pub fn is_known(&self) -> bool {
        is_settled(&self.status)
    }
}
