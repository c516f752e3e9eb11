//! The part of the pool that names connect to the target, and how far each
//! certificate in it is from a trust anchor.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::anchors::{AnchorSet, TrustAnchor};
use crate::path::budget::OCTETS_PER_STEP;
use crate::pool::{CertPool, Sourced};
use crate::x509::Certificate;
use crate::x509::issuer::Issuer;
use crate::x509::name::NameDigest;
use crate::x509::oid::oids;

/// The target's place among the nodes.
pub(super) const TARGET: usize = 0;

/// The target and every certificate of the pool that names connect to it from
/// above, each once. Made in time linear in their number.
pub(super) struct Graph<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) names: Vec<SharedName>,
    /// Each with the place of its name.
    anchors: Vec<(&'a TrustAnchor, usize)>,
}

#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) sourced: &'a Sourced,
    /// Place of the issuer's name among the names.
    pub(super) issuer: usize,
    /// Place of the subject's name; the target's is not looked up.
    pub(super) subject: Option<usize>,
    /// Steps that a look at the certificate costs.
    pub(super) weight: usize,
    /// Whether it has name constraints, so that the names below have to be gone
    /// through for it.
    pub(super) constrains: bool,
}

impl<'a> Node<'a> {
    fn new(sourced: &'a Sourced, subject: Option<usize>) -> Node<'a> {
        let weight = 1 + sourced.certificate.der().len() / OCTETS_PER_STEP;
        Node {
            sourced,
            issuer: 0,
            subject,
            weight,
            constrains: sourced.certificate.extension(oids::NAME_CONSTRAINTS).is_some(),
        }
    }
}

/// A name that is the issuer of something.
#[derive(Default)]
pub(super) struct SharedName {
    /// Anchors with this name.
    pub(super) anchors: Vec<usize>,
    /// Nodes with this subject.
    pub(super) subjects: Vec<usize>,
    /// Nodes with this issuer.
    pub(super) children: Vec<usize>,
    /// How many intermediates that are not self-issued stand at least between the
    /// target and whoever has this name.
    pub(super) below: usize,
}

/// Who may have issued a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Above {
    Anchor(usize),
    Node(usize),
}

impl<'a> Graph<'a> {
    pub(super) fn new(target: &'a Sourced, pool: &'a CertPool, anchors: &'a AnchorSet) -> Graph<'a> {
        let mut graph = Graph { nodes: Vec::new(), names: Vec::new(), anchors: Vec::new() };
        graph.nodes.push(Node::new(target, None));
        let mut places: HashMap<NameDigest, usize> = HashMap::new();
        let mut next = 0;
        while let Some(node) = graph.nodes.get(next).copied() {
            let digest = node.sourced.certificate.issuer_digest();
            let issuer = match places.get(&digest) {
                Some(place) => *place,
                None => {
                    places.insert(digest, graph.names.len());
                    graph.add_name(digest, pool, anchors)
                }
            };
            if let Some(node) = graph.nodes.get_mut(next) {
                node.issuer = issuer;
            }
            if let Some(name) = graph.names.get_mut(issuer) {
                name.children.push(next);
            }
            next += 1;
        }
        graph.count_below();
        graph
    }

    /// Measures upwards from the target; a self-issued certificate costs nothing,
    /// so that it is looked at before those that cost one more.
    fn count_below(&mut self) {
        let mut seen = vec![false; self.names.len()];
        let mut queue = VecDeque::from([(TARGET, 0)]);
        while let Some((node, below)) = queue.pop_front() {
            let Some(issuer) = self.nodes.get(node).map(|node| node.issuer) else { continue };
            let (Some(name), Some(seen)) = (self.names.get_mut(issuer), seen.get_mut(issuer)) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            name.below = below;
            for subject in &name.subjects {
                let is_self_issued = self.nodes.get(*subject).is_some_and(|node| node.subject == Some(node.issuer));
                match is_self_issued {
                    true => queue.push_front((*subject, below)),
                    false => queue.push_back((*subject, below + 1)),
                }
            }
        }
    }

    fn add_name(&mut self, digest: NameDigest, pool: &'a CertPool, anchors: &'a AnchorSet) -> usize {
        let place = self.names.len();
        let mut name = SharedName::default();
        for anchor in anchors.by_subject(digest) {
            name.anchors.push(self.anchors.len());
            self.anchors.push((anchor, place));
        }
        for sourced in pool.by_subject(digest) {
            // An anchor ends a path; it does not stand in the middle of one.
            if name.anchors.is_empty() || !anchors.contains(&sourced.certificate) {
                name.subjects.push(self.nodes.len());
                self.nodes.push(Node::new(sourced, Some(place)));
            }
        }
        self.names.push(name);
        place
    }

    pub(super) fn certificate(&self, node: usize) -> Option<&'a Certificate> {
        self.nodes.get(node).map(|node| &node.sourced.certificate)
    }

    /// How many intermediates that are not self-issued stand at least between the
    /// target and an issuer.
    pub(super) fn below(&self, above: Above) -> usize {
        let name = match above {
            Above::Anchor(place) => self.anchors.get(place).map(|(_, name)| *name),
            Above::Node(place) => self.nodes.get(place).and_then(|node| node.subject),
        };
        name.and_then(|name| self.names.get(name)).map_or(0, |name| name.below)
    }

    pub(super) fn anchor(&self, place: usize) -> Option<&'a TrustAnchor> {
        self.anchors.get(place).map(|(anchor, _)| *anchor)
    }

    /// Steps that a look at a node costs.
    pub(super) fn weight(&self, node: usize) -> usize {
        self.nodes.get(node).map_or(1, |node| node.weight)
    }

    /// Steps that judging a node as an issuer costs.
    pub(super) fn weight_as_issuer(&self, node: usize) -> usize {
        let constrains = self.nodes.get(node).is_some_and(|node| node.constrains);
        self.weight(node) + if constrains { self.weight(TARGET) } else { 0 }
    }

    /// The name that a node gives as its issuer's.
    pub(super) fn issuer_name(&self, node: usize) -> Option<&SharedName> {
        self.names.get(self.nodes.get(node)?.issuer)
    }

    pub(super) fn issuer(&self, above: Above) -> Option<Issuer<'a>> {
        match above {
            Above::Anchor(place) => self.anchor(place).map(TrustAnchor::issuer),
            Above::Node(place) => self.certificate(place).map(Issuer::Certificate),
        }
    }
}

/// What is known not to lead anywhere.
#[derive(Default)]
pub(super) struct Removed {
    pub(super) nodes: HashSet<usize>,
    pub(super) anchors: HashSet<usize>,
    /// Links whose signature does not verify.
    pub(super) links: HashSet<(Above, usize)>,
}

impl Removed {
    /// Whether the issuer itself was taken out.
    pub(super) fn has(&self, above: Above) -> bool {
        match above {
            Above::Anchor(place) => self.anchors.contains(&place),
            Above::Node(place) => self.nodes.contains(&place),
        }
    }
}

/// For each node, how many certificates at least stand between it and a trust
/// anchor, the node counted; `None` where no anchor can be reached.
pub(super) fn distances(graph: &Graph<'_>, removed: &Removed) -> Vec<Option<u32>> {
    let mut distances = vec![None; graph.nodes.len()];
    // Children that nothing reached yet, per issuer name. Each is taken out when it
    // is reached, so that a look costs no more than the links that were removed.
    let mut waiting: Vec<Vec<usize>> = graph.names.iter().map(|name| name.children.clone()).collect();
    let mut queue = VecDeque::new();
    let mut reach =
        |above, name: usize, distance: u32, distances: &mut Vec<Option<u32>>, queue: &mut VecDeque<usize>| {
            let Some(children) = waiting.get_mut(name) else { return };
            children.retain(|child| {
                if removed.links.contains(&(above, *child)) {
                    return true;
                }
                if !removed.nodes.contains(child) {
                    if let Some(slot) = distances.get_mut(*child) {
                        *slot = Some(distance);
                    }
                    queue.push_back(*child);
                }
                false
            });
        };
    for (place, name) in graph.names.iter().enumerate() {
        for anchor in name.anchors.iter().filter(|anchor| !removed.anchors.contains(anchor)) {
            reach(Above::Anchor(*anchor), place, 1, &mut distances, &mut queue);
        }
    }
    while let Some(node) = queue.pop_front() {
        let distance = distances.get(node).copied().flatten().unwrap_or(0);
        if let Some(subject) = graph.nodes.get(node).and_then(|node| node.subject) {
            reach(Above::Node(node), subject, distance + 1, &mut distances, &mut queue);
        }
    }
    distances
}
