//! Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b) and (c), §6.1.4 (g)).
//!
//! The permitted subtrees of RFC 5280 are an intersection over all CAs above a
//! certificate, the excluded ones a union. Here each CA's constraints are kept
//! apart and all of them must hold, which is the same and lets a finding say
//! whose constraint it was.

mod names;
mod subtrees;

use std::rc::Rc;

use crate::anchors::TrustAnchor;
use crate::finding::{Code, Fact, Finding};
use crate::validation::state::State;
use crate::x509::Certificate;
use crate::x509::extension::{ExtensionValue, NameConstraints};
use crate::x509::oid::oids;

use names::Names;
pub use names::{ConstrainedName, NameForm};
pub use subtrees::{Breach, Constraints};

/// Constraints in force, and who stated them.
#[derive(Clone)]
pub(super) struct InForce {
    pub(super) constraints: Rc<Constraints>,
    pub(super) by: StatedBy,
}

/// Who stated constraints.
#[derive(Clone, Copy)]
pub(super) enum StatedBy {
    /// The certificate at this depth, itself.
    Certificate(usize),
    /// Whoever trusts the anchor.
    AnchorSet,
}

/// The constraints that a certificate states; `None` without the extension or
/// when it cannot be read, which is reported elsewhere.
pub(super) fn stated(certificate: &Certificate) -> Option<NameConstraints<'_>> {
    match certificate.extension(oids::NAME_CONSTRAINTS)?.value() {
        Ok(ExtensionValue::NameConstraints(constraints)) => Some(constraints),
        _ => None,
    }
}

/// Takes up what is imposed on an anchor.
pub(super) fn impose(state: &mut State<'_>, anchor: &TrustAnchor) {
    let Some(imposed) = anchor.imposed() else { return };
    let constraints = Constraints::new(&imposed);
    if !constraints.malformed.is_empty() {
        let message = "the name constraints imposed on the trust anchor have a base that is not well-formed";
        let malformed = constraints.malformed.iter().cloned();
        let finding = state.finding(Code::NameConstraintMalformed, message).found(Fact::list(malformed));
        state.push(finding);
    }
    state.name_constraints.push(InForce { constraints: Rc::new(constraints), by: StatedBy::AnchorSet });
}

/// Whether the names of a certificate keep within constraints.
pub(super) fn holds(constraints: &Constraints, certificate: &Certificate) -> bool {
    Names::of(certificate).iter().all(|name| constraints.judge(name).is_none())
}

/// §6.1.4 (g), and that the subtrees can be understood.
pub(super) fn take_up(state: &mut State<'_>, certificate: &Certificate) {
    let Some(extension) = certificate.extension(oids::NAME_CONSTRAINTS) else { return };
    let Some(stated) = stated(certificate) else { return };
    let constraints = Constraints::new(&stated);
    if !constraints.malformed.is_empty() {
        let finding = state
            .finding(Code::NameConstraintMalformed, "name constraints have a base that is not well-formed")
            .part("nameConstraints")
            .bytes(extension.span())
            .found(Fact::list(constraints.malformed.iter().cloned()));
        state.push(finding);
    }
    if !constraints.leading_dots.is_empty() {
        let message =
            "a DNS constraint begins with a period; it is taken to mean all names below, but not the name itself";
        let finding = state
            .finding(Code::NameConstraintLeadingDot, message)
            .part("nameConstraints")
            .found(Fact::list(constraints.leading_dots.iter().cloned()));
        state.push(finding);
    }
    let by = StatedBy::Certificate(state.depth());
    state.name_constraints.push(InForce { constraints: Rc::new(constraints), by });
}

/// §6.1.3 (b) and (c): the subject and every alternative name are within all
/// permitted subtrees and outside of all excluded ones. Self-issued
/// certificates are exempt unless they are the target.
pub(super) fn check(state: &mut State<'_>, certificate: &Certificate) {
    if state.name_constraints.is_empty() || (state.depth() > 0 && certificate.is_self_issued()) {
        return;
    }
    let names = Names::of(certificate);
    for in_force in state.name_constraints.clone() {
        let breaches: Vec<(&ConstrainedName<'_>, Breach)> =
            names.iter().filter_map(|name| in_force.constraints.judge(name).map(|breach| (name, breach))).collect();
        for kind in [Breach::NotPermitted, Breach::Excluded, Breach::NotSupported] {
            let ours: Vec<&ConstrainedName<'_>> =
                breaches.iter().filter(|(_, breach)| *breach == kind).map(|(name, _)| *name).collect();
            if let Some(first) = ours.first() {
                let finding = finding(state, &in_force, kind, first, &ours);
                state.push(finding);
            }
        }
    }
}

fn finding(
    state: &State<'_>,
    in_force: &InForce,
    breach: Breach,
    first: &ConstrainedName<'_>,
    all: &[&ConstrainedName<'_>],
) -> Finding {
    let who = match in_force.by {
        StatedBy::AnchorSet => "the set of trust anchors".to_owned(),
        StatedBy::Certificate(depth) => match state.path.certificate(depth) {
            Some(certificate) => format!("the CA {}", certificate.subject().brief()),
            None => "the CA above".to_owned(),
        },
    };
    let more = match all.len() {
        1 => String::new(),
        count => format!(", and {} more", count - 1),
    };
    let name = first.describe();
    let (code, message) = match breach {
        Breach::NotPermitted if first.is_malformed() => (
            Code::NameNotPermitted,
            format!("{name}{more}: is malformed, so it cannot be within the names that {who} may certify"),
        ),
        Breach::Excluded if first.is_malformed() => (
            Code::NameExcluded,
            format!("{name}{more}: is malformed, so it cannot be told from the names that {who} must not certify"),
        ),
        Breach::NotPermitted => {
            (Code::NameNotPermitted, format!("{name}{more}: is not within the names that {who} may certify"))
        }
        Breach::Excluded => {
            (Code::NameExcluded, format!("{name}{more}: is among the names that {who} must not certify"))
        }
        Breach::NotSupported => (
            Code::NameConstraintNotSupported,
            format!("{name}{more}: {who} constrains names of this kind in a way that is not processed"),
        ),
    };
    let mut finding =
        state.finding(code, message).part(first.part()).found(Fact::list(all.iter().map(|name| name.describe())));
    let bases = in_force.constraints.describe(first.form(), breach);
    if !bases.is_empty() {
        finding = finding.expected(Fact::list(bases));
    }
    if let StatedBy::Certificate(depth) = in_force.by
        && let Some(certificate) = state.path.certificate(depth)
    {
        finding = finding.hint(format!(
            "Have the certificate issued without that name, or by a CA that may certify it; the constraint stands in the certificate of {} (serial {}).",
            certificate.subject().brief(),
            crate::encoding::hex::brief(certificate.serial().as_bytes()),
        ));
    }
    finding
}
