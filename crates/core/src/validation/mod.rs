//! Judging a candidate path (RFC 5280 §6.1), from the trust anchor down to the
//! target.
//!
//! Inputs of RFC 5280 §6.1.1: (a) the [`CandidatePath`]; (b) the verification
//! time; (d) the path's trust anchor. The initial policy set and the initial
//! flags (c), (e) to (g), and the initial subtrees (h), (i), are not taken yet:
//! a path that would need them is refused with `extension-not-processed`.
//!
//! Every check goes on after a failure, so that a report shows all that is
//! wrong, and each finding carries the certificate it is about.

mod algorithms;
mod basic;
mod extensions;
mod form;
mod prepare;
mod state;
mod usage;
mod wrap_up;

use crate::finding::Finding;
use crate::origin::Origin;
use crate::path::{CandidatePath, EdgeCache, PathEnd};
use crate::policy::ValidationPolicy;
use crate::pool::Sourced;
use crate::time::Time;
use crate::x509::Certificate;

pub use state::PathOutcome;

use state::State;

/// Judges one candidate path, complete or partial.
///
/// The outcome's findings are in the order of the path, the trust anchor's
/// first. Signatures that the search verified are taken from `edges`.
pub fn validate(path: CandidatePath, policy: &ValidationPolicy, time: Time, edges: &mut EdgeCache) -> PathOutcome {
    let findings = run(&path, policy, time, edges);
    PathOutcome { path, findings }
}

/// Judges one certificate by itself: how it is made, its key, and, unless it is
/// self-issued, how it was signed. Nothing is said about a path.
pub fn check_form(certificate: &Certificate, policy: &ValidationPolicy) -> Vec<Finding> {
    let sourced = Sourced { certificate: certificate.clone(), origin: Origin::Memory };
    let path = CandidatePath { certificates: vec![sourced], end: PathEnd::SelfSigned };
    // No check made here looks at the time.
    let mut state = State::new(&path, policy, certificate.not_before().time);
    state.go_to(0, certificate);
    // A self-issued CA is made to be a trust anchor, and judged like one.
    state.at_anchor = certificate.is_self_issued() && prepare::is_marked_ca(certificate);
    form::check(&mut state, certificate);
    algorithms::check_key(&mut state, certificate);
    if !certificate.is_self_issued() {
        algorithms::check_signature(&mut state, certificate);
    }
    let mut findings = state.into_findings();
    for reference in findings.iter_mut().filter_map(|finding| finding.locus.certificate.as_mut()) {
        reference.depth = None;
    }
    findings
}

fn run(path: &CandidatePath, policy: &ValidationPolicy, time: Time, edges: &mut EdgeCache) -> Vec<Finding> {
    let mut state = State::new(path, policy, time);
    let top = path.certificates.len();
    for depth in (0..top).rev() {
        let Some(sourced) = path.certificates.get(depth) else { continue };
        let certificate = &sourced.certificate;
        if depth + 1 == top {
            start(&mut state, path);
        }
        state.go_to(depth, certificate);
        form::check(&mut state, certificate);
        basic::check(&mut state, certificate, edges);
        if depth == 0 {
            wrap_up::check(&mut state, certificate);
        } else {
            prepare::check(&mut state, certificate);
        }
        state.descend(certificate);
    }
    state.into_findings()
}

/// RFC 5280 §6.1.2, with what RFC 5937 §4 takes from an anchor that is a
/// certificate.
fn start<'a>(state: &mut State<'a>, path: &'a CandidatePath) {
    match &path.end {
        PathEnd::Anchor(anchor) => {
            state.at_anchor = true;
            state.go_to(path.end_depth(), &anchor.certificate);
            form::check(state, &anchor.certificate);
            basic::check_validity(state, &anchor.certificate);
            algorithms::check_key(state, &anchor.certificate);
            extensions::check_processed(state, &anchor.certificate);
            prepare::check(state, &anchor.certificate);
            state.descend(&anchor.certificate);
            state.at_anchor = false;
        }
        PathEnd::TargetIsAnchor(_) => state.at_anchor = true,
        PathEnd::SelfSigned | PathEnd::NoIssuer(_) => {}
    }
}
