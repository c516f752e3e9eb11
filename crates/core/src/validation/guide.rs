//! What a validation of the finished path would refuse, said to the search
//! before there is one.

use std::collections::HashMap;
use std::rc::Rc;

use crate::anchors::{AnchorUse, TrustAnchor};
use crate::path::{CandidatePath, Guide, PathEnd};
use crate::policy::ValidationPolicy;
use crate::time::Time;
use crate::validation::name_constraints::{ConstrainedName, Constraints, holds, names_of, stated};
use crate::validation::state::State;
use crate::validation::{algorithms, check_alone, check_anchor_alone, is_in_public_set, policies, prepare};
use crate::x509::{CertId, Certificate};

/// Turns down what [`validate`](super::validate) would refuse under a policy.
///
/// Certificate policies and inherited keys are left to the validation, because
/// they depend on what stands above.
pub struct PathGuide<'p> {
    policy: &'p ValidationPolicy,
    time: Time,
    /// It stands below every issuer.
    target: &'p Certificate,
    /// Its names, read when constraints are first met.
    names: Option<Vec<ConstrainedName<'p>>>,
    /// Constraints made ready once a certificate.
    constraints: HashMap<CertId, Rc<Constraints>>,
}

impl<'p> PathGuide<'p> {
    /// For paths under this policy at this time.
    pub fn new(target: &'p Certificate, policy: &'p ValidationPolicy, time: Time) -> Self {
        PathGuide { policy, time, target, names: None, constraints: HashMap::new() }
    }

    /// Whether nothing speaks against the target that holds on every path.
    pub fn may_be_target(&self) -> bool {
        self.is_sound(self.target, 0, check_alone) && self.has_policy_if_needed(self.target)
    }

    /// What an issuer demands of whatever stands below it holds for the target, and
    /// for the least number of intermediates.
    fn suits(&mut self, issuer: &Certificate, below: usize) -> bool {
        let path_length = prepare::basic_constraints(issuer).and_then(|constraints| constraints.path_length);
        path_length.is_none_or(|most| below <= most as usize)
            && (policies::asserts_any(self.target) || !policies::requires_at_once(issuer))
            && self.constraints(issuer).is_none_or(|constraints| self.target_holds(&constraints))
    }

    fn target_holds(&mut self, constraints: &Constraints) -> bool {
        let names = self.names.get_or_insert_with(|| names_of(self.target));
        constraints.is_well_formed() && names.iter().all(|name| constraints.judge(name).is_none())
    }

    /// As the validation judges it: the target's names, and those of intermediates
    /// that are not self-issued.
    fn names_hold(&mut self, constraints: &Constraints, below: &[&Certificate]) -> bool {
        let others = below.iter().skip(1).filter(|one| !one.is_self_issued());
        self.target_holds(constraints) && others.into_iter().all(|one| holds(constraints, one))
    }

    fn is_sound(&self, certificate: &Certificate, depth: usize, check: impl Fn(&mut State<'_>, &Certificate)) -> bool {
        let nowhere = CandidatePath { certificates: Vec::new(), end: PathEnd::SelfSigned(Vec::new()) };
        let mut state = State::new(&nowhere, self.policy, self.time);
        state.alone = true;
        state.go_to(depth, certificate);
        check(&mut state, certificate);
        !state.has_errors()
    }

    /// RFC 5280 §6.1.3 (e) and (f), when a policy is required from the start.
    fn has_policy_if_needed(&self, certificate: &Certificate) -> bool {
        !self.policy.require_explicit_policy || policies::asserts_any(certificate)
    }

    fn constraints(&mut self, certificate: &Certificate) -> Option<Rc<Constraints>> {
        let stated = stated(certificate)?;
        let ready = self.constraints.entry(certificate.id());
        Some(ready.or_insert_with(|| Rc::new(Constraints::new(&stated))).clone())
    }
}

/// Whether an issuer's path length constraint allows what stands below it
/// (RFC 5280 §6.1.4 (l), (m)).
fn path_length_holds(issuer: &Certificate, below: &[&Certificate]) -> bool {
    match prepare::basic_constraints(issuer).and_then(|constraints| constraints.path_length) {
        Some(most) => intermediates(below) <= most as usize,
        None => true,
    }
}

/// Intermediates that are not self-issued, the target left out.
fn intermediates(chain: &[&Certificate]) -> usize {
    chain.iter().skip(1).filter(|certificate| !certificate.is_self_issued()).count()
}

impl Guide for PathGuide<'_> {
    fn may_issue(&mut self, certificate: &Certificate, below: usize) -> bool {
        let check = |state: &mut State<'_>, certificate: &Certificate| {
            check_alone(state, certificate);
            algorithms::check_signature(state, certificate);
        };
        let itself = usize::from(!certificate.is_self_issued());
        self.policy.max_path_length.is_none_or(|most| below + itself <= most as usize)
            && self.is_sound(certificate, 1, check)
            && self.has_policy_if_needed(certificate)
            && self.suits(certificate, below)
    }

    fn may_anchor(&mut self, anchor: &TrustAnchor, below: usize) -> bool {
        if let Some(imposed) = anchor.imposed()
            && !self.target_holds(&Constraints::new(&imposed))
        {
            return false;
        }
        let check = |state: &mut State<'_>, certificate: &Certificate| {
            state.at_anchor = true;
            state.in_public_set = is_in_public_set(anchor);
            check_anchor_alone(state, certificate);
        };
        match (anchor.certificate(), self.policy.anchor_use) {
            (Some(certificate), AnchorUse::Constrained) => {
                self.is_sound(certificate, 1, check) && self.suits(certificate, below)
            }
            _ => true,
        }
    }

    fn may_extend(&mut self, chain: &[&Certificate]) -> bool {
        let Some((issuer, below)) = chain.split_last() else { return true };
        if self.policy.max_path_length.is_some_and(|most| intermediates(chain) > most as usize) {
            return false;
        }
        path_length_holds(issuer, below)
            && self.constraints(issuer).is_none_or(|constraints| self.names_hold(&constraints, below))
    }

    fn may_end(&mut self, anchor: &TrustAnchor, chain: &[&Certificate]) -> bool {
        if let Some(imposed) = anchor.imposed()
            && !self.names_hold(&Constraints::new(&imposed), chain)
        {
            return false;
        }
        match (anchor.certificate(), self.policy.anchor_use) {
            (Some(certificate), AnchorUse::Constrained) => {
                path_length_holds(certificate, chain)
                    && self.constraints(certificate).is_none_or(|constraints| self.names_hold(&constraints, chain))
            }
            _ => true,
        }
    }
}
