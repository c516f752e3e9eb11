//! A depth-first search from the target upwards, one path at a time.
//!
//! Names decide which certificates can be issuers, key identifiers only which
//! is tried first (RFC 4158 §3.5.12). Three things keep the work in bounds:
//! what no trust anchor can be reached from is never entered (see
//! [`super::graph`]); a link is verified once; and a certificate above which
//! everything failed for reasons of its own is not entered again, whatever
//! stands below it.
//!
//! What makes a certificate unfit for a path is not known here: the caller's
//! [`Guide`] says it. A guide only saves work; without one every path comes out.

use std::collections::HashSet;

use crate::anchors::{AnchorSet, AnchorUse, TrustAnchor};
use crate::crypto::error::VerifyError;
use crate::path::budget::{Budget, Limit, MAX_PATH_CERTIFICATES};
use crate::path::candidate::{CandidatePath, PathEnd};
use crate::path::edge::{IssuerKey, Verifier};
use crate::path::graph::{Above, Graph, Removed, TARGET, distances};
use crate::path::partial::{self, is_self_signed};
use crate::path::rank::{KeyMatch, Rank};
use crate::pool::{CertPool, Sourced};
use crate::x509::Certificate;
use crate::x509::issuer::Issuer;

/// What the search asks about the certificates it meets. Whatever is turned
/// down here must be something that the validation of the path would refuse.
pub trait Guide {
    /// Whether any acceptable path can have this certificate as an intermediate
    /// with at least so many others below it, self-issued ones not counted.
    fn may_issue(&mut self, certificate: &Certificate, below: usize) -> bool;

    /// Whether any acceptable path can end in this anchor with at least so many
    /// intermediates below it, self-issued ones not counted.
    fn may_anchor(&mut self, anchor: &TrustAnchor, below: usize) -> bool;

    /// Whether the last of these certificates, the target being the first, can
    /// stand above the others in an acceptable path.
    fn may_extend(&mut self, chain: &[&Certificate]) -> bool;

    /// Whether the anchor can stand above these certificates in one.
    fn may_end(&mut self, anchor: &TrustAnchor, chain: &[&Certificate]) -> bool;
}

/// Turns nothing down.
pub struct NoGuide;

impl Guide for NoGuide {
    fn may_issue(&mut self, _: &Certificate, _: usize) -> bool {
        true
    }

    fn may_anchor(&mut self, _: &TrustAnchor, _: usize) -> bool {
        true
    }

    fn may_extend(&mut self, _: &[&Certificate]) -> bool {
        true
    }

    fn may_end(&mut self, _: &TrustAnchor, _: &[&Certificate]) -> bool {
        true
    }
}

/// Paths from a target to trust anchors, in the order in which to try them.
pub struct Search<'a> {
    target: &'a Sourced,
    pool: &'a CertPool,
    anchors: &'a AnchorSet,
    /// The anchor that the target itself is, until it was handed out.
    own_anchor: Option<&'a TrustAnchor>,
    graph: Option<Graph<'a>>,
    walk: Walk,
}

impl<'a> Search<'a> {
    /// Prepares a search; no signature is verified yet.
    pub fn new(target: &'a Sourced, pool: &'a CertPool, anchors: &'a AnchorSet, use_of_anchors: AnchorUse) -> Self {
        Self::within(Budget::full(), target, pool, anchors, use_of_anchors)
    }

    /// A search beside the one that the answer is about, with a small budget.
    pub(crate) fn small(
        target: &'a Sourced,
        pool: &'a CertPool,
        anchors: &'a AnchorSet,
        use_of_anchors: AnchorUse,
    ) -> Self {
        Self::within(Budget::small(), target, pool, anchors, use_of_anchors)
    }

    fn within(
        budget: Budget,
        target: &'a Sourced,
        pool: &'a CertPool,
        anchors: &'a AnchorSet,
        use_of_anchors: AnchorUse,
    ) -> Self {
        let own_anchor = match use_of_anchors {
            AnchorUse::Constrained => anchors.find(&target.certificate),
            // A name and a key anchor what they signed, and nothing else.
            AnchorUse::NameAndKey => None,
        };
        let graph = if own_anchor.is_some() { None } else { Some(Graph::new(target, pool, anchors)) };
        let walk = Walk::new(Follow::Fit, budget, graph.as_ref());
        Search { target, pool, anchors, own_anchor, graph, walk }
    }

    /// The next path whose signatures verify and to which the guide does not
    /// object; `None` when there is none left, or a limit was reached.
    pub fn next(&mut self, guide: &mut dyn Guide, verifier: &mut Verifier<'_>) -> Option<CandidatePath> {
        if let Some(anchor) = self.own_anchor.take() {
            let end = PathEnd::TargetIsAnchor(anchor.clone());
            return Some(CandidatePath { certificates: vec![self.target.clone()], end });
        }
        self.walk.next(self.graph.as_ref()?, guide, verifier)
    }

    /// The limit that left paths unseen, if one did.
    pub fn limit(&self) -> Option<Limit> {
        self.walk.budget.hit()
    }

    /// Paths that the search did not hand out, because something in them cannot
    /// be accepted, to explain with them why there is no acceptable one: with
    /// correct signatures if possible, else with wrong ones whose key identifiers
    /// do not say that another key is meant, else the best one that reaches no
    /// trust anchor.
    pub fn explain(&self, most: usize, verifier: &mut Verifier<'_>) -> Vec<CandidatePath> {
        let Some(graph) = &self.graph else { return Vec::new() };
        for follow in [Follow::Verified, Follow::Broken] {
            let mut walk = Walk::new(follow, Budget::small(), Some(graph));
            let paths: Vec<_> = std::iter::from_fn(|| walk.next(graph, &mut NoGuide, verifier)).take(most).collect();
            if !paths.is_empty() {
                return paths;
            }
        }
        let cut = self.limit() == Some(Limit::PathCertificates);
        vec![partial::best(graph, self.pool, self.anchors, cut, verifier)]
    }
}

/// Which links and certificates are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follow {
    /// What the guide does not turn down and whose signature verifies, and DSA
    /// keys that only the path above completes: whatever can be trusted is made
    /// of these.
    Fit,
    /// Links whose signature verifies.
    Verified,
    /// Also those whose signature cannot be verified, or is wrong though the
    /// key identifiers do not say that another key is meant.
    Broken,
}

struct Walk {
    follow: Follow,
    budget: Budget,
    frames: Vec<Frame>,
    /// Distance of each node from an anchor, and what was taken out since.
    distances: Vec<Option<u32>>,
    removed: Removed,
    /// Whether something was taken out that the distances do not know of.
    stale: bool,
    measured_at: usize,
    dead: Vec<bool>,
    /// Whom the guide was asked about.
    asked: HashSet<Above>,
    started: bool,
    /// Whether the guide is asked even where there is no choice.
    is_picky: bool,
}

/// One certificate of the chain at hand, and who is still to be tried above it.
struct Frame {
    node: usize,
    /// Steps that a look at the chain up to here costs.
    weight: usize,
    /// In reverse order.
    above: Vec<Above>,
    /// Whether something above was left out, or refused, for a reason that lies
    /// below: then another chain to this node may fare better.
    depends: bool,
}

impl Walk {
    fn new(follow: Follow, budget: Budget, graph: Option<&Graph<'_>>) -> Walk {
        let nodes = graph.map_or(0, |graph| graph.nodes.len());
        Walk {
            follow,
            budget,
            frames: Vec::new(),
            distances: Vec::new(),
            removed: Removed::default(),
            stale: false,
            measured_at: 0,
            dead: vec![false; nodes],
            asked: HashSet::new(),
            started: false,
            is_picky: false,
        }
    }

    fn next(&mut self, graph: &Graph<'_>, guide: &mut dyn Guide, verifier: &mut Verifier<'_>) -> Option<CandidatePath> {
        if !self.started {
            self.started = true;
            self.distances = distances(graph, &self.removed);
            self.enter(graph, TARGET, guide);
        } else {
            // The path that was handed out did not do, for whatever reason. From now on
            // asking the guide first is worth its price.
            if !std::mem::replace(&mut self.is_picky, true) {
                self.ask_about_chain(graph, guide);
            }
            self.frames.iter_mut().for_each(|frame| frame.depends = true);
        }
        let found = self.walk_on(graph, guide, verifier);
        if found.is_none() && self.stale {
            self.measure(graph);
        }
        found
    }

    fn walk_on(
        &mut self,
        graph: &Graph<'_>,
        guide: &mut dyn Guide,
        verifier: &mut Verifier<'_>,
    ) -> Option<CandidatePath> {
        while let Some(frame) = self.frames.last_mut() {
            let (child, weight) = (frame.node, frame.weight);
            let Some(above) = frame.above.pop() else {
                self.leave();
                continue;
            };
            // Names of the whole chain may have to be looked at.
            if !self.budget.steps(weight) {
                self.frames.clear();
                break;
            }
            let (Some(issuer), Some(certificate)) = (graph.issuer(above), graph.certificate(child)) else { continue };
            if let Above::Node(node) = above
                && !self.is_open(graph, node)
            {
                continue;
            }
            if self.is_picky && !self.is_fit(graph, above, guide) {
                continue;
            }
            if !self.verifies(above, issuer, child, certificate, verifier) {
                continue;
            }
            let mut chain: Vec<&Certificate> =
                self.frames.iter().filter_map(|frame| graph.certificate(frame.node)).collect();
            match above {
                Above::Anchor(place) => {
                    let Some(anchor) = graph.anchor(place) else { continue };
                    if self.follow == Follow::Fit && !guide.may_end(anchor, &chain) {
                        self.depends();
                        continue;
                    }
                    // Whoever validates it has work to do, with the names once for each
                    // certificate that constrains them.
                    let nodes = self.frames.iter().filter_map(|frame| graph.nodes.get(frame.node));
                    let constraining = nodes.filter(|node| node.constrains).count();
                    self.budget.steps(weight * (1 + constraining));
                    let end = PathEnd::Anchor(anchor.clone());
                    return Some(CandidatePath { certificates: self.chain(graph), end });
                }
                Above::Node(node) => {
                    chain.extend(graph.certificate(node));
                    if self.follow == Follow::Fit && !guide.may_extend(&chain) {
                        self.depends();
                        continue;
                    }
                    self.enter(graph, node, guide);
                }
            }
        }
        None
    }

    /// Asks about what was entered without asking, and leaves the chain where it
    /// cannot go on to anything acceptable.
    fn ask_about_chain(&mut self, graph: &Graph<'_>, guide: &mut dyn Guide) {
        let nodes: Vec<usize> = self.frames.iter().map(|frame| frame.node).collect();
        for (height, node) in nodes.into_iter().enumerate().skip(1) {
            if !self.is_fit(graph, Above::Node(node), guide) {
                self.frames.truncate(height);
                return;
            }
        }
    }

    fn chain(&self, graph: &Graph<'_>) -> Vec<Sourced> {
        let nodes = self.frames.iter().filter_map(|frame| graph.nodes.get(frame.node));
        nodes.map(|node| node.sourced.clone()).collect()
    }

    fn depends(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.depends = true;
        }
    }

    /// Whether a certificate can continue the chain at hand.
    fn is_open(&mut self, graph: &Graph<'_>, node: usize) -> bool {
        if self.dead.get(node) == Some(&true) || self.removed.nodes.contains(&node) {
            return false;
        }
        let Some(distance) = self.distances.get(node).copied().flatten() else { return false };
        if self.frames.len() + distance as usize > MAX_PATH_CERTIFICATES {
            self.budget.cut_short();
            self.depends();
            return false;
        }
        let Some(certificate) = graph.certificate(node) else { return false };
        // The target is what is asked about, and cannot give way to its twin: only the
        // very same certificate is a loop.
        if graph.certificate(TARGET) == Some(certificate) {
            self.depends();
            return false;
        }
        let chain = self.frames.iter().skip(1).filter_map(|frame| graph.certificate(frame.node));
        if chain.into_iter().any(|one| one.is_same_entity(certificate)) {
            self.depends();
            return false;
        }
        true
    }

    /// Makes a certificate the top of the chain.
    fn enter(&mut self, graph: &Graph<'_>, node: usize, guide: &mut dyn Guide) {
        // Measuring costs what walking over the whole graph costs; so many steps lie between.
        if self.stale && self.budget.spent_steps() - self.measured_at > graph.nodes.len() {
            self.measure(graph);
            if self.is_cut_off() {
                return;
            }
        }
        let above = self.candidates(graph, node, guide);
        let below = self.frames.last().map_or(0, |frame| frame.weight);
        self.frames.push(Frame { node, weight: below + graph.weight(node), above, depends: false });
    }

    /// Measures the distances again. When what was taken out separates the target
    /// from every anchor, nothing is left unseen, whatever limit was reached.
    fn measure(&mut self, graph: &Graph<'_>) {
        self.distances = distances(graph, &self.removed);
        self.stale = false;
        self.measured_at = self.budget.spent_steps();
        if self.is_cut_off() {
            self.frames.clear();
            self.budget.nothing_left();
        }
    }

    fn is_cut_off(&self) -> bool {
        self.distances.get(TARGET).copied().flatten().is_none()
    }

    /// Leaves a certificate above which nothing is left to try.
    fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if frame.depends {
            self.depends();
        } else if let Some(dead) = self.dead.get_mut(frame.node) {
            *dead = true;
        }
    }

    /// Who may have issued a node's certificate, the first to be tried last.
    fn candidates(&mut self, graph: &Graph<'_>, node: usize, guide: &mut dyn Guide) -> Vec<Above> {
        let (Some(name), Some(child)) = (graph.issuer_name(node), graph.certificate(node)) else { return Vec::new() };
        if self.distances.get(node).copied().flatten().is_none() {
            return Vec::new();
        }
        // Looking at them is work, before any is tried: there can be very many.
        let weights: usize = name.subjects.iter().map(|place| graph.weight_as_issuer(*place)).sum();
        if !self.budget.steps(name.anchors.len() + weights) {
            return Vec::new();
        }
        let mut candidates = Vec::with_capacity(name.anchors.len() + name.subjects.len());
        candidates.extend(name.anchors.iter().map(|place| (0, Above::Anchor(*place))));
        candidates.extend(name.subjects.iter().filter_map(|place| {
            let distance = self.distances.get(*place).copied().flatten()?;
            Some((distance, Above::Node(*place)))
        }));
        if candidates.len() > 1 || self.is_picky {
            candidates.retain(|(_, above)| self.is_fit(graph, *above, guide));
        }
        if candidates.len() > 1 {
            let mut ranked: Vec<(Rank<'_>, Above)> = candidates
                .into_iter()
                .filter_map(|(distance, above)| Some((Rank::new(graph.issuer(above)?, child, distance), above)))
                .collect();
            ranked.sort_by(|(one, _), (other, _)| other.compare(one));
            return ranked.into_iter().map(|(_, above)| above).collect();
        }
        candidates.into_iter().map(|(_, above)| above).collect()
    }

    /// Asks the guide about an issuer, once.
    fn is_fit(&mut self, graph: &Graph<'_>, above: Above, guide: &mut dyn Guide) -> bool {
        if self.follow != Follow::Fit || self.asked.contains(&above) {
            return !self.removed.has(above);
        }
        self.asked.insert(above);
        let below = graph.below(above);
        let fit = match above {
            Above::Anchor(place) => graph.anchor(place).is_some_and(|anchor| guide.may_anchor(anchor, below)),
            Above::Node(place) => {
                graph.certificate(place).is_some_and(|certificate| guide.may_issue(certificate, below))
            }
        };
        if !fit {
            match above {
                Above::Anchor(place) => self.removed.anchors.insert(place),
                Above::Node(place) => self.removed.nodes.insert(place),
            };
            self.stale = true;
        }
        fit
    }

    fn verifies(
        &mut self,
        above: Above,
        issuer: Issuer<'_>,
        place: usize,
        child: &Certificate,
        verifier: &mut Verifier<'_>,
    ) -> bool {
        let key = IssuerKey::of(issuer);
        let result = match verifier.known(&key, child) {
            Some(result) => result,
            None => match key.cost(child) {
                // Only the path above can tell; the validator will, and its work counts here.
                None => return self.budget.signature(64),
                Some(cost) if self.budget.signature(cost) => verifier.verify(&key, child),
                Some(_) => return false,
            },
        };
        let follow = match result {
            Ok(()) => true,
            Err(_) if self.follow != Follow::Broken => false,
            // Its own key signed it: another key of that name has nothing to do with it.
            Err(_) if is_self_signed(child, verifier) => false,
            Err(VerifyError::Invalid | VerifyError::KeyMismatch { .. }) => {
                super::rank::key_identifiers(issuer, child) != KeyMatch::Differs
            }
            Err(_) => true,
        };
        if !follow {
            self.removed.links.insert((above, place));
            self.stale = true;
        }
        follow
    }
}
