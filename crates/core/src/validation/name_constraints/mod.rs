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
use crate::encoding::hex;
use crate::finding::{Code, Fact, Finding};
use crate::validation::state::State;
use crate::x509::Certificate;
use crate::x509::extension::{ExtensionValue, NameConstraints};
use crate::x509::oid::oids;

pub(super) use names::names_of;
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
    if let Some(finding) = malformed(state, &constraints, "the name constraints imposed on the trust anchor") {
        state.push(finding);
    }
    state.name_constraints.push(InForce { constraints: Rc::new(constraints), by: StatedBy::AnchorSet });
}

fn malformed(state: &State<'_>, constraints: &Constraints, whose: &str) -> Option<Finding> {
    let message = format!("{whose} have a base that is not well-formed");
    let bases = Fact::list(constraints.malformed.iter().cloned());
    (!constraints.is_well_formed()).then(|| state.finding(Code::NameConstraintMalformed, message).found(bases))
}

/// Whether the names of a certificate keep within constraints.
pub(super) fn holds(constraints: &Constraints, certificate: &Certificate) -> bool {
    names_of(certificate).iter().all(|name| constraints.judge(name).is_none())
}

/// §6.1.4 (g), and that the subtrees can be understood.
pub(super) fn take_up(state: &mut State<'_>, certificate: &Certificate) {
    let Some(extension) = certificate.extension(oids::NAME_CONSTRAINTS) else { return };
    let Some(stated) = stated(certificate) else { return };
    let constraints = Constraints::new(&stated);
    if let Some(finding) = malformed(state, &constraints, "name constraints") {
        state.push(finding.part("nameConstraints").bytes(extension.span()));
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
    let names = names_of(certificate);
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
    let who = Who::of(state, in_force);
    let name = match all.len() {
        1 => format!("its name {}", first.describe()),
        count => format!("its name {} and {} more", first.describe(), count - 1),
    };
    let (code, message) = match (breach, first.fault()) {
        (Breach::NotPermitted, Some(fault)) => {
            (Code::NameNotPermitted, format!("{name} {fault}, so that it cannot be within what {} permits", who.name))
        }
        (Breach::Excluded, Some(fault)) => {
            (Code::NameExcluded, format!("{name} {fault}, so that it cannot be told from what {} excludes", who.name))
        }
        (Breach::NotPermitted, None) if first.is_wildcard() => (
            Code::NameNotPermitted,
            format!("{name} is not within what {} permits, or covers more than that", who.name),
        ),
        (Breach::NotPermitted, None) => {
            (Code::NameNotPermitted, format!("{name} is not within what {} permits", who.name))
        }
        (Breach::Excluded, None) if first.is_wildcard() => {
            (Code::NameExcluded, format!("{name} covers names that {} excludes", who.name))
        }
        (Breach::Excluded, None) => (Code::NameExcluded, format!("{name} is excluded by {}", who.name)),
        (Breach::NotSupported, _) => {
            let why = in_force.constraints.why_not_supported(first).unwrap_or("the constraint is not processed");
            (Code::NameConstraintNotSupported, format!("{name} is constrained by {}, but {why}", who.name))
        }
    };
    let bases = in_force.constraints.describe(first.form(), breach);
    let message = match bases.as_slice() {
        [] => message,
        [one] => format!("{message}: {one}"),
        [one, more @ ..] => format!("{message}: {one} and {} more", more.len()),
    };
    let mut finding =
        state.finding(code, message).part(first.part()).found(Fact::list(all.iter().map(|name| name.describe())));
    if !bases.is_empty() {
        let expected = match breach {
            Breach::Excluded => bases.into_iter().map(|base| format!("none of {base}")).collect(),
            Breach::NotPermitted | Breach::NotSupported => bases,
        };
        finding = finding.expected(Fact::list(expected));
    }
    let subject = match state.depth() {
        0 => "the certificate",
        _ => "the CA's certificate",
    };
    let mut hint = match breach {
        Breach::NotSupported => "certlens refuses what it cannot judge".to_owned(),
        _ => format!("Have {subject} issued without that name, or by a CA that may certify it"),
    };
    if let Some(place) = who.place {
        hint.push_str(&format!("; the constraint stands in {place}"));
    }
    if breach == Breach::NotSupported && first.form() == NameForm::Other(oids::MS_UPN) {
        hint.push_str("; Windows processes constraints on user principal names: ask certutil -verify there");
    }
    finding.hint(hint + ".")
}

/// Who stated a constraint, in words.
struct Who {
    name: String,
    /// Where the certificate is, and its serial number.
    place: Option<String>,
}

impl Who {
    fn of(state: &State<'_>, in_force: &InForce) -> Who {
        let StatedBy::Certificate(depth) = in_force.by else {
            return Who { name: "the set of trust anchors".to_owned(), place: None };
        };
        let at_anchor = depth == state.path.end_depth();
        let role = if at_anchor { "the trust anchor" } else { "the CA" };
        let Some(certificate) = state.path.certificate(depth) else {
            return Who { name: role.to_owned(), place: None };
        };
        let origin = match (at_anchor, state.path.certificates.get(depth)) {
            (true, _) => state.path.anchor().map(|anchor| anchor.origin.to_string()),
            (false, sourced) => sourced.map(|sourced| sourced.origin.to_string()),
        };
        let serial = certificate.serial();
        let octets = serial.as_bytes().strip_prefix(&[0]).unwrap_or(serial.as_bytes());
        let place = origin.map(|origin| format!("{origin}, serial {}", hex::brief(octets)));
        Who { name: format!("{role} {}", certificate.subject().brief()), place }
    }
}
