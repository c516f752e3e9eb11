//! The valid policy tree of RFC 5280 §6.1, word by word, of which RFC 9618 says
//! that its graph gives the same answers. A tree grows exponentially; it is for
//! few policies and short paths.

use std::collections::BTreeSet;

use certlens_core::x509::oid::{Oid, oids};

/// A policy.
pub type Policy = Oid<'static>;

const ANY: Policy = oids::ANY_POLICY;

/// `valid_policy_tree`.
pub struct PolicyTree {
    /// `None` is NULL.
    root: Option<Node>,
    /// Depth of the leaves.
    depth: usize,
}

struct Node {
    valid_policy: Policy,
    expected: BTreeSet<Policy>,
    children: Vec<Node>,
}

impl Node {
    fn new(valid_policy: Policy) -> Node {
        Node { valid_policy, expected: BTreeSet::from([valid_policy]), children: Vec::new() }
    }

    /// Calls `visit` for every node so many levels below.
    fn at_depth(&mut self, depth: usize, visit: &mut dyn FnMut(&mut Node)) {
        match depth {
            0 => visit(self),
            _ => self.children.iter_mut().for_each(|child| child.at_depth(depth - 1, visit)),
        }
    }

    /// Deletes nodes above the leaves' depth that have no children; `false` when
    /// that is true of this one as well.
    fn prune(&mut self, leaves: usize) -> bool {
        if leaves == 0 {
            return true;
        }
        self.children.retain_mut(|child| child.prune(leaves - 1));
        !self.children.is_empty()
    }
}

impl Default for PolicyTree {
    /// §6.1.2 (a).
    fn default() -> Self {
        PolicyTree { root: Some(Node::new(ANY)), depth: 0 }
    }
}

impl PolicyTree {
    fn at_depth(&mut self, depth: usize, visit: &mut dyn FnMut(&mut Node)) {
        if let Some(root) = &mut self.root {
            root.at_depth(depth, visit);
        }
    }

    fn prune(&mut self) {
        let depth = self.depth;
        if self.root.as_mut().is_some_and(|root| !root.prune(depth)) {
            self.root = None;
        }
    }

    /// §6.1.3 (d) and (e), without a policy as without the extension. `any_counts`
    /// is whether inhibit_anyPolicy is positive or the certificate self-issued.
    pub fn assert(&mut self, asserted: &BTreeSet<Policy>, any_counts: bool) {
        if asserted.is_empty() {
            self.root = None;
            return;
        }
        let above = self.depth;
        // (1)
        for policy in asserted.iter().filter(|policy| **policy != ANY) {
            let mut matched = false;
            self.at_depth(above, &mut |node| {
                if node.expected.contains(policy) {
                    node.children.push(Node::new(*policy));
                    matched = true;
                }
            });
            if !matched {
                self.at_depth(above, &mut |node| {
                    if node.valid_policy == ANY {
                        node.children.push(Node::new(*policy));
                    }
                });
            }
        }
        // (2)
        if asserted.contains(&ANY) && any_counts {
            self.at_depth(above, &mut |node| {
                for policy in node.expected.clone() {
                    if !node.children.iter().any(|child| child.valid_policy == policy) {
                        node.children.push(Node::new(policy));
                    }
                }
            });
        }
        // (3)
        self.depth += 1;
        self.prune();
    }

    /// §6.1.4 (b); `allowed` is whether policy_mapping is positive.
    pub fn map(&mut self, mappings: &[(Policy, Policy)], allowed: bool) {
        let depth = self.depth;
        if self.is_null() {
            return;
        }
        let issuers: BTreeSet<Policy> = mappings.iter().map(|(issuer, _)| *issuer).collect();
        for issuer in issuers {
            let subjects: BTreeSet<Policy> =
                mappings.iter().filter(|(from, _)| *from == issuer).map(|(_, to)| *to).collect();
            if !allowed {
                // (2)
                self.at_depth(depth - 1, &mut |node| node.children.retain(|child| child.valid_policy != issuer));
                self.prune();
                continue;
            }
            // (1)
            let (mut matched, mut has_any) = (false, false);
            self.at_depth(depth, &mut |node| {
                has_any |= node.valid_policy == ANY;
                if node.valid_policy == issuer {
                    node.expected = subjects.clone();
                    matched = true;
                }
            });
            if !matched && has_any {
                self.at_depth(depth - 1, &mut |node| {
                    if node.valid_policy == ANY {
                        node.children.push(Node { expected: subjects.clone(), ..Node::new(issuer) });
                    }
                });
            }
        }
    }

    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        self.root.is_none()
    }

    /// The policies of the leaves, and what they expect.
    pub fn leaves(&mut self) -> (BTreeSet<Policy>, BTreeSet<Policy>) {
        let (mut valid, mut expected) = (BTreeSet::new(), BTreeSet::new());
        self.at_depth(self.depth, &mut |node| {
            valid.insert(node.valid_policy);
            expected.extend(node.expected.iter().copied());
        });
        (valid, expected)
    }

    /// `valid_policy_node_set` of §6.1.5 (g)(iii): policies of nodes whose parent
    /// is anyPolicy, anyPolicy itself left out.
    pub fn below_any(&mut self) -> BTreeSet<Policy> {
        let mut policies = BTreeSet::new();
        for depth in 0..self.depth {
            self.at_depth(depth, &mut |node| {
                if node.valid_policy == ANY {
                    policies.extend(node.children.iter().map(|child| child.valid_policy));
                }
            });
        }
        policies.remove(&ANY);
        policies
    }
}
