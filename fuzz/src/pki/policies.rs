//! Certificate policies along a path, by the variables of RFC 5280 §6.1 and its
//! policy tree.

use std::collections::BTreeSet;

use certlens_core::x509::oid::{Oid, oids};

use super::{Asserted, Demand, Described, Mapped, Request};
use crate::policy_tree::{Policy, PolicyTree};

/// The policy that a request may ask for.
pub const P: Policy = Oid::new(&[0x2a, 3, 1]);
const Q: Policy = Oid::new(&[0x2a, 3, 2]);
const ANY: Policy = oids::ANY_POLICY;

/// The variables of §6.1.2 (d) to (f).
struct Counters {
    explicit: usize,
    mapping: usize,
    any: usize,
}

impl Counters {
    /// §6.1.4 (i) and (j).
    fn lower(&mut self, demand: Demand) {
        match demand {
            Demand::Nothing => {}
            Demand::Explicit0 => self.explicit = 0,
            Demand::Explicit1 => self.explicit = self.explicit.min(1),
            Demand::NoMapping0 => self.mapping = 0,
            Demand::NoMapping1 => self.mapping = self.mapping.min(1),
            Demand::NoAny0 => self.any = 0,
            Demand::NoAny1 => self.any = self.any.min(1),
            Demand::Explicit0NoMapping0 => (self.explicit, self.mapping) = (0, 0),
        }
    }
}

/// Whether a path, the target first, is valid for a policy if it must be.
/// `anchor` is one whose certificate counts (RFC 5937 §4).
pub fn hold(request: &Request, anchor: Option<&Described>, path: &[&Described]) -> bool {
    let start = |demanded| if demanded { 0 } else { path.len() + 1 };
    let mut counters =
        Counters { explicit: start(request.explicit), mapping: start(request.no_mapping), any: start(request.no_any) };
    let mut initial = if request.only_p { BTreeSet::from([P]) } else { BTreeSet::from([ANY]) };
    if let Some(anchor) = anchor {
        let own = asserted(anchor.asserts);
        if !own.is_empty() && !own.contains(&ANY) {
            initial = if initial.contains(&ANY) { own } else { initial.intersection(&own).copied().collect() };
        }
        counters.lower(anchor.demands);
    }
    let mut tree = PolicyTree::default();
    for (depth, certificate) in path.iter().enumerate().rev() {
        let self_issued_ca = depth > 0 && certificate.is_self_issued();
        tree.assert(&asserted(certificate.asserts), counters.any > 0 || self_issued_ca);
        // §6.1.3 (f)
        if counters.explicit == 0 && tree.is_null() {
            return false;
        }
        if depth > 0 {
            tree.map(mapped(certificate.maps), counters.mapping > 0);
            if !self_issued_ca {
                for counter in [&mut counters.explicit, &mut counters.mapping, &mut counters.any] {
                    *counter = counter.saturating_sub(1);
                }
            }
            counters.lower(certificate.demands);
        }
    }
    // §6.1.5 (a), (b) and (g)
    let demands_now = matches!(path[0].demands, Demand::Explicit0 | Demand::Explicit0NoMapping0);
    if counters.explicit > 1 && !demands_now {
        return true;
    }
    let (leaves, _) = tree.leaves();
    let stays = match initial.contains(&ANY) {
        true => true,
        false if leaves.contains(&ANY) => !initial.is_empty(),
        false => !tree.below_any().is_disjoint(&initial),
    };
    !tree.is_null() && stays
}

fn asserted(asserts: Asserted) -> BTreeSet<Policy> {
    let list: &[Policy] = match asserts {
        Asserted::Absent => &[],
        Asserted::P => &[P],
        Asserted::Q => &[Q],
        Asserted::PAndQ => &[P, Q],
        Asserted::Any => &[ANY],
        Asserted::PAndAny => &[P, ANY],
        Asserted::QAndAny => &[Q, ANY],
        Asserted::All => &[P, Q, ANY],
    };
    list.iter().copied().collect()
}

fn mapped(maps: Mapped) -> &'static [(Policy, Policy)] {
    match maps {
        Mapped::Nothing => &[],
        Mapped::PToQ => &[(P, Q)],
        Mapped::QToP => &[(Q, P)],
        Mapped::Exchanged => &[(P, Q), (Q, P)],
    }
}
