//! The graph of valid policies (RFC 9618 §5, which replaces the policy tree of
//! RFC 5280 §6.1): as the tree, but each policy stands once at each depth, so
//! that its size is linear in that of the certificates.

use std::collections::{BTreeMap, BTreeSet};

use crate::x509::oid::{Oid, oids};

/// The valid policies at each depth of a path, from the trust anchor down.
#[derive(Clone, Debug)]
pub struct PolicyGraph<'a> {
    /// The first has anyPolicy alone; the last is empty when no policy is valid.
    levels: Vec<Level<'a>>,
}

#[derive(Clone, Debug, Default)]
struct Level<'a> {
    nodes: Vec<Node<'a>>,
    /// Which nodes expect a policy in the next certificate.
    expected: BTreeMap<Oid<'a>, Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Node<'a> {
    policy: Oid<'a>,
    /// Nodes of the level above that have this one as a child.
    parents: Vec<usize>,
}

/// What a path is valid for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorityPolicies<'a> {
    /// Policies in the sense of the first CA below the anchor, before any mapping.
    pub policies: BTreeSet<Oid<'a>>,
    /// Whether any other policy is valid as well.
    pub any: bool,
}

impl Level<'_> {
    fn any(&self) -> Option<usize> {
        self.nodes.iter().position(|node| node.policy == oids::ANY_POLICY)
    }

    fn expect_own(&mut self) {
        self.expected.clear();
        for (place, node) in self.nodes.iter().enumerate() {
            self.expected.entry(node.policy).or_default().push(place);
        }
    }
}

impl<'a> Default for PolicyGraph<'a> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> PolicyGraph<'a> {
    /// At the trust anchor any policy is valid (§6.1.2 (a)).
    pub fn new() -> PolicyGraph<'a> {
        let mut level =
            Level { nodes: vec![Node { policy: oids::ANY_POLICY, parents: Vec::new() }], ..Level::default() };
        level.expect_own();
        PolicyGraph { levels: vec![level] }
    }

    /// Whether no policy is valid any more (`valid_policy_graph` is NULL).
    pub fn is_null(&self) -> bool {
        self.levels.last().is_none_or(|level| level.nodes.is_empty())
    }

    /// The policies that the next certificate may assert; with anyPolicy among
    /// them, every one.
    pub fn expected(&self) -> impl Iterator<Item = Oid<'a>> {
        self.levels.last().into_iter().flat_map(|level| level.expected.keys().copied())
    }

    /// As [`PolicyGraph::expected`], of the certificate before the last.
    pub fn expected_before(&self) -> impl Iterator<Item = Oid<'a>> {
        self.levels.iter().rev().nth(1).into_iter().flat_map(|level| level.expected.keys().copied())
    }

    /// The policies that are valid for the last certificate, anyPolicy included.
    pub fn valid(&self) -> impl Iterator<Item = Oid<'a>> {
        self.levels.last().into_iter().flat_map(|level| level.nodes.iter().map(|node| node.policy))
    }

    /// Takes up the policies that the next certificate asserts (§6.1.3 (d)); none
    /// when it has no certificatePolicies extension (§6.1.3 (e)). `any_counts`
    /// says whether its anyPolicy, if it has one, is processed (§6.1.3 (d)(2)).
    pub fn assert(&mut self, asserted: impl IntoIterator<Item = Oid<'a>>, any_counts: bool) {
        let Some(above) = self.levels.last() else { return };
        let mut level = Level::default();
        let mut seen = BTreeSet::new();
        let mut has_any = false;
        let any_above = above.any();
        for policy in asserted {
            if policy == oids::ANY_POLICY {
                has_any = true;
            } else if seen.insert(policy) {
                // (d)(1)(i), or else (ii).
                let parents = match above.expected.get(&policy) {
                    Some(parents) => parents.clone(),
                    None => any_above.into_iter().collect(),
                };
                if !parents.is_empty() {
                    level.nodes.push(Node { policy, parents });
                }
            }
        }
        if has_any && any_counts {
            // (d)(2): what is expected and was not asserted by name.
            for (policy, parents) in above.expected.iter().filter(|(policy, _)| !seen.contains(policy)) {
                level.nodes.push(Node { policy: *policy, parents: parents.clone() });
            }
        }
        // (d)(3) takes out what has no children, which changes no answer but this:
        // when the last level is empty, so is the graph.
        level.expect_own();
        self.levels.push(level);
    }

    /// Takes up the mappings of the last certificate (§6.1.4 (b)), which map a
    /// policy of the issuer to one of the subject. Pairs with anyPolicy, which the
    /// caller refuses (§6.1.4 (a)), are left out.
    pub fn map(&mut self, mappings: impl IntoIterator<Item = (Oid<'a>, Oid<'a>)>, allowed: bool) {
        let Some(level) = self.levels.last_mut() else { return };
        let mut by_issuer: BTreeMap<Oid<'a>, BTreeSet<Oid<'a>>> = BTreeMap::new();
        for (issuer, subject) in mappings {
            // Nor would the graph stay small: anyPolicy would have many parents.
            if issuer == oids::ANY_POLICY || subject == oids::ANY_POLICY {
                continue;
            }
            by_issuer.entry(issuer).or_default().insert(subject);
        }
        if !allowed {
            // (b)(2)
            level.nodes.retain(|node| !by_issuer.contains_key(&node.policy));
            level.expect_own();
            return;
        }
        // (b)(1): a policy that stands only for anyPolicy gets a node of its own.
        if let Some(any) = level.any() {
            let valid: BTreeSet<Oid<'a>> = level.nodes.iter().map(|node| node.policy).collect();
            let parents = level.nodes.get(any).map(|node| node.parents.clone()).unwrap_or_default();
            for policy in by_issuer.keys().filter(|policy| !valid.contains(policy)) {
                level.nodes.push(Node { policy: *policy, parents: parents.clone() });
            }
        }
        level.expected.clear();
        for (place, node) in level.nodes.iter().enumerate() {
            match by_issuer.get(&node.policy) {
                Some(subjects) => {
                    for subject in subjects {
                        level.expected.entry(*subject).or_default().push(place);
                    }
                }
                None => level.expected.entry(node.policy).or_default().push(place),
            }
        }
    }

    /// The policies that the path is valid for, in the sense of the trust anchor
    /// (§6.1.5 (g)): those that hang on anyPolicy above and reach down to the last
    /// certificate.
    pub fn authority_constrained(&self) -> AuthorityPolicies<'a> {
        let mut result = AuthorityPolicies {
            any: self.levels.last().is_some_and(|level| level.any().is_some()),
            ..Default::default()
        };
        let mut reached: BTreeSet<usize> =
            self.levels.last().map(|level| (0..level.nodes.len()).collect()).unwrap_or_default();
        for pair in self.levels.windows(2).rev() {
            let [above, level] = pair else { continue };
            let any_above = above.any();
            let mut parents = BTreeSet::new();
            for node in reached.iter().filter_map(|place| level.nodes.get(*place)) {
                if node.policy != oids::ANY_POLICY && any_above.is_some_and(|any| node.parents.contains(&any)) {
                    result.policies.insert(node.policy);
                }
                parents.extend(node.parents.iter().copied());
            }
            reached = parents;
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Oid<'static> = Oid::new(&[0x2a, 1]);
    const B: Oid<'static> = Oid::new(&[0x2a, 2]);
    const C: Oid<'static> = Oid::new(&[0x2a, 3]);
    const ANY: Oid<'static> = oids::ANY_POLICY;

    fn valid(graph: &PolicyGraph<'static>) -> Vec<Oid<'static>> {
        graph.authority_constrained().policies.into_iter().collect()
    }

    #[test]
    fn what_all_assert_is_valid() {
        let mut graph = PolicyGraph::new();
        graph.assert([A, B], true);
        graph.assert([B, C], true);
        assert_eq!(valid(&graph), [B]);
        graph.assert([C], true);
        assert!(graph.is_null());
        assert_eq!(graph.authority_constrained(), AuthorityPolicies::default());
    }

    #[test]
    fn any_policy_stands_for_every_one_unless_inhibited() {
        let mut graph = PolicyGraph::new();
        graph.assert([ANY], true);
        assert!(graph.authority_constrained().any);
        graph.assert([A], true);
        assert_eq!(valid(&graph), [A]);
        graph.assert([ANY], true);
        assert_eq!(valid(&graph), [A]);
        graph.assert([ANY], false);
        assert!(graph.is_null());
    }

    #[test]
    fn nothing_asserted_ends_it() {
        let mut graph = PolicyGraph::new();
        graph.assert([], true);
        assert!(graph.is_null());
        graph.assert([A, ANY], true);
        assert!(graph.is_null());
    }

    #[test]
    fn mapped_policies_count_by_the_name_of_the_first_domain() {
        let mut graph = PolicyGraph::new();
        graph.assert([A], true);
        graph.map([(A, B)], true);
        graph.assert([B], true);
        assert_eq!(valid(&graph), [A]);
        graph.assert([A], true);
        assert!(graph.is_null());
    }

    #[test]
    fn a_chain_of_mappings_in_one_certificate_is_not_followed() {
        let mut graph = PolicyGraph::new();
        graph.assert([A, B], true);
        graph.map([(A, B), (B, C)], true);
        graph.assert([B], true);
        assert_eq!(valid(&graph), [A]);
    }

    #[test]
    fn inhibited_mappings_take_the_policy_out() {
        let mut graph = PolicyGraph::new();
        graph.assert([A, B], true);
        graph.map([(A, C)], false);
        graph.assert([A, B, C], true);
        assert_eq!(valid(&graph), [B]);
    }

    #[test]
    fn any_policy_can_be_mapped_from() {
        let mut graph = PolicyGraph::new();
        graph.assert([ANY], true);
        graph.map([(A, B)], true);
        graph.assert([B], true);
        // B is asserted for itself, too, only where anyPolicy leads to it: here the mapping does.
        assert_eq!(valid(&graph), [A]);
    }

    #[test]
    fn it_grows_no_faster_than_the_certificates() {
        // Every policy is mapped to every other, at 30 depths: a tree would have 10^30 nodes.
        let octets: Vec<[u8; 2]> = (0..10).map(|number| [0x2a, number]).collect();
        let policies: Vec<Oid<'_>> = octets.iter().map(|octets| Oid::new(octets)).collect();
        let mut graph = PolicyGraph::new();
        for _ in 0..30 {
            graph.assert(policies.iter().copied(), true);
            graph.map(policies.iter().flat_map(|from| policies.iter().map(|to| (*from, *to))), true);
        }
        assert_eq!(graph.authority_constrained().policies.len(), 10);
        assert_eq!(graph.levels.iter().map(|level| level.nodes.len()).sum::<usize>(), 301);
    }

    /// With n parents of anyPolicy, each of m mapped policies would have n parents.
    #[test]
    fn any_policy_that_is_mapped_all_the_same_does_not_make_it_grow() {
        let octets: Vec<[u8; 3]> = (0..200u8).map(|number| [0x2a, 1, number & 0x7f]).collect();
        let policies: Vec<Oid<'_>> = octets.iter().map(|octets| Oid::new(octets)).collect();
        let mut graph = PolicyGraph::new();
        graph.assert(policies.iter().copied().chain([ANY]), true);
        graph.map(policies.iter().map(|policy| (*policy, ANY)), true);
        graph.assert([ANY], true);
        graph.map(policies.iter().map(|policy| (*policy, A)), true);
        let edges = |graph: &PolicyGraph<'_>| -> usize {
            graph.levels.iter().flat_map(|level| level.nodes.iter()).map(|node| node.parents.len()).sum()
        };
        assert!(edges(&graph) <= 1_000, "{} edges", edges(&graph));
    }
}
