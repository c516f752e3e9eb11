//! A depth-first search from the target upwards.
//!
//! Names decide which certificates can be issuers, key identifiers only which
//! is tried first (RFC 4158 §3.5.12). A link whose signature does not verify
//! is not followed, unless nothing else leads to a trust anchor: then it is
//! followed so that the report can say whose signature is wrong.

use std::collections::HashSet;

use crate::anchors::AnchorSet;
use crate::crypto::error::VerifyError;
use crate::path::budget::{Budget, Limit, MAX_CANDIDATES, MAX_PATH_CERTIFICATES};
use crate::path::candidate::{CandidatePath, PathEnd};
use crate::path::edge::{EdgeCache, IssuerKey};
use crate::path::missing;
use crate::pool::{CertPool, Sourced};
use crate::x509::Certificate;

/// What a search found.
pub struct SearchResult {
    /// Paths that reach a trust anchor, in the order in which to try them.
    pub complete: Vec<CandidatePath>,
    /// Without any of those: the longest path that there is.
    pub partial: Option<CandidatePath>,
    /// Whether the complete paths have a signature that does not verify, because
    /// there are none without.
    pub broken: bool,
    /// The limit that ended the search early, if one did.
    pub limit: Option<Limit>,
}

/// Looks for paths from `target` to an anchor.
pub fn search(target: &Sourced, pool: &CertPool, anchors: &AnchorSet, edges: &mut EdgeCache) -> SearchResult {
    let mut budget = Budget::default();
    if let Some(anchor) = anchors.find(&target.certificate) {
        let end = PathEnd::TargetIsAnchor(anchor);
        let path = CandidatePath { certificates: vec![target.clone()], end };
        return SearchResult { complete: vec![path], partial: None, broken: false, limit: None };
    }
    let mut longest = Vec::new();
    // Only what the first round leaves unseen could have been trusted.
    let mut limit = None;
    for follow in [Follow::Verified, Follow::Broken] {
        let mut walk = Walk {
            pool,
            anchors,
            edges,
            budget: &mut budget,
            follow,
            chain: vec![target.clone()],
            on_chain: HashSet::from([target.certificate.loop_identity()]),
            complete: Vec::new(),
            longest: std::mem::take(&mut longest),
        };
        walk.extend();
        let complete = walk.complete;
        longest = walk.longest;
        if follow == Follow::Verified {
            limit = budget.hit();
        }
        if !complete.is_empty() {
            let broken = follow == Follow::Broken;
            return SearchResult { complete, partial: None, broken, limit };
        }
    }
    let partial = end_partial(longest, pool, anchors, edges);
    SearchResult { complete: Vec::new(), partial, broken: false, limit }
}

/// Which links are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follow {
    /// Those whose signature verifies, and DSA keys that only the path above
    /// completes: whatever can be trusted is made of these.
    Verified,
    /// Also those whose signature cannot be verified, or is wrong though the
    /// key identifiers do not say that another key is meant.
    Broken,
}

struct Walk<'a> {
    pool: &'a CertPool,
    anchors: &'a AnchorSet,
    edges: &'a mut EdgeCache,
    budget: &'a mut Budget,
    follow: Follow,
    chain: Vec<Sourced>,
    on_chain: HashSet<[u8; 32]>,
    complete: Vec<CandidatePath>,
    longest: Vec<Sourced>,
}

impl Walk<'_> {
    /// Extends the chain in every way; the recursion is bounded by
    /// [`MAX_PATH_CERTIFICATES`].
    fn extend(&mut self) {
        let Some(top) = self.chain.last().map(|sourced| sourced.certificate.clone()) else { return };
        if self.chain.len() > self.longest.len() {
            self.longest.clone_from(&self.chain);
        }
        let issuer = top.issuer_digest();
        // Every issuer is a step before any is ranked: there can be very many.
        let at_the_end = self.chain.len() == MAX_PATH_CERTIFICATES;
        let below = if at_the_end { 0 } else { self.pool.by_subject(issuer).count() };
        for _ in 0..self.anchors.by_subject(issuer).count() + below {
            if !self.budget.step() {
                return;
            }
        }
        let mut anchors: Vec<_> = self.anchors.by_subject(issuer).collect();
        anchors.sort_by_key(|anchor| rank(&anchor.certificate, &top));
        for anchor in anchors {
            if self.may_follow(&anchor.certificate, &top) {
                if self.complete.len() == MAX_CANDIDATES {
                    self.budget.stop(Limit::Candidates);
                    return;
                }
                let end = PathEnd::Anchor(anchor);
                self.complete.push(CandidatePath { certificates: self.chain.clone(), end });
            }
        }
        if at_the_end {
            if self.pool.by_subject(issuer).next().is_some() {
                self.budget.cut_short();
            }
            return;
        }
        let mut issuers: Vec<Sourced> = self.pool.by_subject(issuer).cloned().collect();
        issuers.sort_by_cached_key(|sourced| {
            let (key, late, end) = rank(&sourced.certificate, &top);
            (key, !self.is_below_anchor(&sourced.certificate), late, end)
        });
        for candidate in issuers {
            if self.budget.is_spent() {
                return;
            }
            let identity = candidate.certificate.loop_identity();
            // An anchor ends a path; it was taken above.
            if self.on_chain.contains(&identity)
                || self.anchors.find(&candidate.certificate).is_some()
                || !self.may_follow(&candidate.certificate, &top)
            {
                continue;
            }
            self.on_chain.insert(identity);
            self.chain.push(candidate);
            self.extend();
            self.chain.pop();
            self.on_chain.remove(&identity);
        }
    }

    /// Whether an anchor has the issuer's name: the way out of a mesh of CAs that
    /// certify each other, which must not be looked for last.
    fn is_below_anchor(&self, certificate: &Certificate) -> bool {
        self.anchors.by_subject(certificate.issuer_digest()).next().is_some()
    }

    fn may_follow(&mut self, issuer: &Certificate, child: &Certificate) -> bool {
        let key = IssuerKey::of(issuer);
        if key.needs_parameters() {
            // Only the path above can tell; the validator will, and its work counts here.
            return self.budget.signature(child.tbs().len());
        }
        let result = match self.edges.known(&key, child) {
            Some(result) => result,
            None if self.budget.signature(child.tbs().len()) => self.edges.verify(&key, child),
            None => return false,
        };
        match result {
            Ok(()) => true,
            Err(_) if self.follow == Follow::Verified => false,
            Err(VerifyError::Invalid | VerifyError::KeyMismatch { .. }) => {
                key_identifiers(issuer, child) != KeyMatch::Differs
            }
            Err(_) => true,
        }
    }
}

/// What the key identifiers of a link say (RFC 5280 §4.2.1.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum KeyMatch {
    Same,
    Unknown,
    Differs,
}

fn key_identifiers(issuer: &Certificate, child: &Certificate) -> KeyMatch {
    match (child.authority_key_identifier(), issuer.subject_key_identifier()) {
        (Some(wanted), Some(found)) if wanted == found => KeyMatch::Same,
        (Some(_), Some(_)) => KeyMatch::Differs,
        _ => KeyMatch::Unknown,
    }
}

/// Order in which issuers are tried: by key identifier (RFC 4158 §3.5.12), then,
/// in the pool, those that an anchor issued (§3.5.15), then the one whose
/// validity covers the child's start, then the one that ends last (§3.5.4).
fn rank(issuer: &Certificate, child: &Certificate) -> (KeyMatch, bool, i64) {
    let start = child.not_before().time;
    let covers = issuer.not_before().time <= start && start <= issuer.not_after().time;
    (key_identifiers(issuer, child), !covers, -issuer.not_after().time.unix())
}

fn end_partial(
    chain: Vec<Sourced>,
    pool: &CertPool,
    anchors: &AnchorSet,
    edges: &mut EdgeCache,
) -> Option<CandidatePath> {
    let top = chain.last()?.certificate.clone();
    let self_signed = top.is_self_issued() && edges.verify(&IssuerKey::of(&top), &top).is_ok();
    let end = if self_signed { PathEnd::SelfSigned } else { PathEnd::NoIssuer(missing::describe(&top, pool, anchors)) };
    Some(CandidatePath { certificates: chain, end })
}
