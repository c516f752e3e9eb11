//! The policy graph of RFC 9618 against the policy tree of RFC 5280, as
//! [`certlens_fuzz::policy_tree`] has it.
//!
//! The input describes certificates from the anchor down: an octet whose bits
//! are the policies asserted, anyPolicy, whether that counts, and whether
//! mappings follow; these are an octet with their number, and whether they are
//! allowed, and an octet for each.

#![no_main]

use std::collections::BTreeSet;

use certlens_core::validation::PolicyGraph;
use certlens_core::x509::oid::{Oid, oids};
use certlens_fuzz::policy_tree::{Policy, PolicyTree};
use libfuzzer_sys::fuzz_target;

/// More would make the tree too large.
const MAX_DEPTH: usize = 5;

const POLICIES: [Policy; 5] =
    [Oid::new(&[0x2a, 1]), Oid::new(&[0x2a, 2]), Oid::new(&[0x2a, 3]), Oid::new(&[0x2a, 4]), Oid::new(&[0x2a, 5])];

fuzz_target!(|data: &[u8]| {
    let mut octets = data.iter().copied();
    let (mut graph, mut tree) = (PolicyGraph::new(), PolicyTree::default());
    let mut said = String::new();
    for _ in 0..MAX_DEPTH {
        let Some(first) = octets.next() else { break };
        let named = POLICIES.into_iter().enumerate().filter(|(place, _)| first >> place & 1 == 1);
        let mut asserted: Vec<Policy> = named.map(|(_, policy)| policy).collect();
        if first & 0x20 != 0 {
            // In the middle, where the order could matter.
            asserted.insert(asserted.len() / 2, oids::ANY_POLICY);
        }
        let any_counts = first & 0x40 != 0;
        said += &format!("assert {asserted:?} {any_counts}; ");
        graph.assert(asserted.iter().copied(), any_counts);
        tree.assert(&asserted.into_iter().collect(), any_counts);
        compare(&graph, &mut tree, &said);
        if first & 0x80 != 0 {
            let head = octets.next().unwrap_or_default();
            let pairs = octets.by_ref().take(usize::from(head & 0x0f));
            let mappings: Vec<(Policy, Policy)> =
                pairs.map(|pair| (POLICIES[usize::from(pair % 5)], POLICIES[usize::from(pair / 5 % 5)])).collect();
            let allowed = head & 0x80 == 0;
            said += &format!("map {mappings:?} {allowed}; ");
            graph.map(mappings.iter().copied(), allowed);
            tree.map(&mappings, allowed);
            compare(&graph, &mut tree, &said);
        }
    }
});

fn compare(graph: &PolicyGraph<'static>, tree: &mut PolicyTree, said: &str) {
    assert_eq!(graph.is_null(), tree.is_null(), "NULL? {said}");
    let (valid, expected) = tree.leaves();
    assert_eq!(graph.valid().collect::<BTreeSet<_>>(), valid, "valid: {said}");
    assert_eq!(graph.valid().count(), valid.len(), "a policy stands twice: {said}");
    assert_eq!(graph.expected().collect::<BTreeSet<_>>(), expected, "expected: {said}");
    let authority = graph.authority_constrained();
    assert_eq!(authority.policies, tree.below_any(), "authority-constrained: {said}");
    assert_eq!(authority.any, valid.contains(&oids::ANY_POLICY), "any: {said}");
}
