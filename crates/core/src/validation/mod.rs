//! Judging a candidate path (RFC 5280 §6.1), from the trust anchor down to the
//! target.
//!
//! Inputs of RFC 5280 §6.1.1: (a) the [`CandidatePath`]; (b) the verification
//! time; (c) and (e) to (g) in the [`ValidationPolicy`]; (d) the path's trust
//! anchor, with the subtrees of (h) and (i) where they are imposed on it. The
//! policies are those of RFC 9618. Outputs (§6.1.6): the findings, and the
//! user-constrained-policy-set.
//!
//! Every check goes on after a failure, so that a report shows all that is
//! wrong, and each finding carries the certificate it is about.
//!
//! What depends on one certificate alone is apart from what depends on the path,
//! because the [`PathGuide`] of a search asks for it before there is a path.

mod algorithms;
mod basic;
mod edges;
mod extensions;
mod form;
mod guide;
mod issuing;
mod name_constraints;
mod policies;
mod policy_graph;
mod prepare;
mod state;
mod usage;
mod web;
mod wrap_up;

use crate::anchors::{AnchorForm, AnchorUse, TrustAnchor};
use crate::finding::Finding;
use crate::origin::Origin;
use crate::path::{CandidatePath, IssuerKey, PathEnd, Verifier};
use crate::policy::ValidationPolicy;
use crate::pool::Sourced;
use crate::time::Time;
use crate::x509::Certificate;

pub use edges::{BrokenEdge, broken_edge, is_issuer};
pub use guide::PathGuide;
pub use name_constraints::{Breach, ConstrainedName, Constraints, NameForm};
pub use policies::{AssertedPolicy, ValidPolicies};
pub use policy_graph::{AuthorityPolicies, PolicyGraph};
pub use state::PathOutcome;

use state::State;

/// Judges one candidate path, complete or partial.
///
/// The outcome's findings are in the order of the path, the trust anchor's
/// first. Signatures that were verified before are not verified again.
pub fn validate(
    path: CandidatePath,
    policy: &ValidationPolicy,
    time: Time,
    verifier: &mut Verifier<'_>,
) -> PathOutcome {
    let (findings, policies) = run(&path, policy, time, verifier);
    PathOutcome { path, findings, policies, revocation: Vec::new() }
}

/// Judges one certificate by itself: how it is made, its key, and, unless it is
/// self-issued, how it was signed. Nothing is said about a path.
pub fn check_form(certificate: &Certificate, policy: &ValidationPolicy) -> Vec<Finding> {
    let sourced = Sourced { certificate: certificate.clone(), origin: Origin::Memory };
    let path = CandidatePath { certificates: vec![sourced], end: PathEnd::SelfSigned(Vec::new()) };
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

fn run(
    path: &CandidatePath,
    policy: &ValidationPolicy,
    time: Time,
    verifier: &mut Verifier<'_>,
) -> (Vec<Finding>, ValidPolicies) {
    let mut state = State::new(path, policy, time);
    let mut valid = ValidPolicies::default();
    start(&mut state, path);
    for (depth, sourced) in path.certificates.iter().enumerate().rev() {
        let certificate = &sourced.certificate;
        state.go_to(depth, certificate);
        check_alone(&mut state, certificate);
        basic::check_issued(&mut state, certificate, verifier);
        name_constraints::check(&mut state, certificate);
        policies::process(&mut state, certificate);
        if depth == 0 {
            valid = policies::wrap_up(&mut state, certificate);
        } else {
            prepare::check_in_path(&mut state, certificate);
        }
        state.descend(certificate);
    }
    (state.into_findings(), valid)
}

/// What is wrong with a certificate at its depth whatever stands above and below,
/// but for how it was signed.
fn check_alone(state: &mut State<'_>, certificate: &Certificate) {
    form::check(state, certificate);
    issuing::check(state, certificate);
    basic::check_validity(state, certificate);
    algorithms::check_key(state, certificate);
    extensions::check_processed(state, certificate);
    if state.depth() == 0 {
        wrap_up::check(state, certificate);
    } else {
        prepare::check_alone(state, certificate);
    }
}

/// RFC 5280 §6.1.2, with what RFC 5937 §4 takes from an anchor that is a
/// certificate.
fn start<'a>(state: &mut State<'a>, path: &'a CandidatePath) {
    match &path.end {
        PathEnd::Anchor(anchor) => {
            name_constraints::impose(state, anchor);
            state.at_anchor = true;
            state.in_public_set = is_in_public_set(anchor);
            match enforced(state, anchor) {
                Some(certificate) => {
                    state.go_to(path.end_depth(), certificate);
                    check_anchor_alone(state, certificate);
                    policies::take_from_anchor(state, certificate);
                    prepare::check_in_path(state, certificate);
                    state.descend(certificate);
                }
                None => {
                    if let Some(certificate) = anchor.certificate() {
                        state.go_to(path.end_depth(), certificate);
                    }
                    algorithms::check_named_key(state, &anchor.issuer().spki());
                    state.issuer = Some(IssuerKey::of(anchor.issuer()));
                }
            }
            state.at_anchor = false;
        }
        PathEnd::TargetIsAnchor(anchor) => {
            name_constraints::impose(state, anchor);
            state.at_anchor = true;
            state.in_public_set = is_in_public_set(anchor);
        }
        PathEnd::SelfSigned(_) | PathEnd::NoIssuer(_) | PathEnd::Loop(_) | PathEnd::NotFollowed(_) => {}
    }
}

fn is_in_public_set(anchor: &TrustAnchor) -> bool {
    matches!(anchor.origin, Origin::TrustSet(_))
}

/// The certificate of an anchor, when more of it counts than name and key.
fn enforced<'a>(state: &State<'_>, anchor: &'a TrustAnchor) -> Option<&'a Certificate> {
    match (&anchor.form, state.policy.anchor_use) {
        (AnchorForm::Certificate(certificate), AnchorUse::Constrained) => Some(certificate),
        _ => None,
    }
}

/// What is wrong with an anchor whatever stands below.
fn check_anchor_alone(state: &mut State<'_>, certificate: &Certificate) {
    form::check(state, certificate);
    issuing::check(state, certificate);
    web::check_anchor(state, certificate);
    basic::check_validity(state, certificate);
    algorithms::check_key(state, certificate);
    extensions::check_processed(state, certificate);
    prepare::check_alone(state, certificate);
}
