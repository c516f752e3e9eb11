//! Preparation for the next certificate (RFC 5280 §6.1.4): may this one issue?

use crate::finding::{Code, Fact, Finding};
use crate::validation::state::{PathLength, State};
use crate::validation::{name_constraints, policies, usage};
use crate::x509::Certificate;
use crate::x509::certificate::Version;
use crate::x509::extension::{BasicConstraints, ExtensionValue, KeyUsageBit};
use crate::x509::oid::oids;

/// What follows from the certificate alone: (k), (n) and the purposes.
pub(super) fn check_alone(state: &mut State<'_>, certificate: &Certificate) {
    is_ca(state, certificate, basic_constraints(certificate));
    key_usage(state, certificate);
    usage::purposes(state, certificate);
}

/// What depends on its place in the path, and what it demands of those below:
/// (a), (b) and (g) to (m).
pub(super) fn check_in_path<'a>(state: &mut State<'a>, certificate: &'a Certificate) {
    if !state.at_anchor {
        policies::prepare(state, certificate);
    }
    name_constraints::take_up(state, certificate);
    path_length(state, certificate, basic_constraints(certificate));
}

/// Whether basicConstraints says that the subject is a CA.
pub(super) fn is_marked_ca(certificate: &Certificate) -> bool {
    basic_constraints(certificate).is_some_and(|constraints| constraints.ca)
}

pub(super) fn basic_constraints(certificate: &Certificate) -> Option<BasicConstraints> {
    match certificate.extension(oids::BASIC_CONSTRAINTS)?.value() {
        Ok(ExtensionValue::BasicConstraints(constraints)) => Some(constraints),
        _ => None,
    }
}

/// Whether it says that it may issue certificates: (k) and (n).
pub(super) fn may_issue(certificate: &Certificate) -> bool {
    let usage = usage::key_usage(certificate);
    certificate.version() == Version::V3
        && is_marked_ca(certificate)
        && usage.is_none_or(|usage| usage.has(KeyUsageBit::KeyCertSign))
}

/// (k): cA must be set. A version 1 anchor has no way to say so and is taken
/// as the CA that the caller says it is.
fn is_ca(state: &mut State<'_>, certificate: &Certificate, constraints: Option<BasicConstraints>) {
    let message = match (constraints, certificate.version()) {
        (Some(BasicConstraints { ca: true, .. }), _) => return,
        (Some(_), _) => "used as an issuer, but basicConstraints says that it is not a CA".to_owned(),
        (None, Version::V1 | Version::V2) if state.at_anchor => return,
        (None, Version::V3 | Version::Other(_)) => {
            "used as an issuer, but without a usable basicConstraints extension".to_owned()
        }
        (None, version) => format!("used as an issuer, but of version {version}, which cannot say that it is a CA"),
    };
    let finding = state.finding(Code::IssuerNotCa, message).part("basicConstraints");
    state.push(finding);
}

/// (l) and (m). The constraint counts the CAs below the one that states it,
/// self-issued ones left out; the target is not counted.
fn path_length(state: &mut State<'_>, certificate: &Certificate, constraints: Option<BasicConstraints>) {
    // (l) comes before (m): a CA is counted by the constraints above it, not by its own.
    if !state.at_anchor && !certificate.is_self_issued() {
        let mut limits = std::mem::take(&mut state.path_lengths);
        for limit in &mut limits {
            if limit.left > 0 {
                limit.left -= 1;
                continue;
            }
            limit.beyond.push(certificate.subject().brief());
            let finding = exceeded(state, limit);
            match limit.finding {
                Some(place) => state.replace(place, finding),
                None => {
                    limit.finding = Some(state.count());
                    state.push(finding);
                }
            }
        }
        state.path_lengths = limits;
    }
    if let Some(BasicConstraints { ca: true, path_length: Some(stated) }) = constraints {
        state.path_lengths.push(PathLength::new(stated, Some(state.depth())));
    }
}

fn exceeded(state: &State<'_>, limit: &PathLength) -> Finding {
    let stated = limit.stated;
    let there_are = u64::from(stated) + limit.beyond.len() as u64;
    let (first, more) = (limit.beyond.first().cloned().unwrap_or_default(), limit.beyond.len().saturating_sub(1));
    let beyond = if more == 0 { format!("{first} is") } else { format!("{first} and {more} more are") };
    let setter = limit.depth.and_then(|depth| Some((depth, state.path.certificate(depth)?)));
    let finding = match setter {
        Some((depth, setter)) => {
            let are = if there_are == 1 { "is" } else { "are" };
            let message = format!("permits {stated} CAs below it, but there {are} {there_are}: {beyond} beyond it");
            let name = setter.subject().brief();
            let nearer = match stated {
                0 => format!("by {name} itself"),
                _ => format!("by a CA that stands nearer to {name}"),
            };
            let finding = state.finding(Code::PathLengthExceeded, message).at(Some(depth), setter.id());
            finding.part("basicConstraints.pathLenConstraint").hint(format!(
                "Have the target issued {nearer}, or have {name} certified anew with a pathLenConstraint of at least {there_are}.",
            ))
        }
        None => {
            let (s, are) = (if stated == 1 { "" } else { "s" }, if there_are == 1 { "is" } else { "are" });
            let message = format!("at most {stated} intermediate{s} may stand here, but there {are} {there_are}");
            state
                .finding(Code::PathLengthExceeded, message)
                .hint(format!("If so long a path is acceptable to you, verify with --max-path-length {there_are}."))
        }
    };
    let there_are = i64::try_from(there_are).unwrap_or(i64::MAX);
    finding.expected(Fact::Number(i64::from(stated))).found(Fact::Number(there_are))
}

/// (n): with a keyUsage extension, keyCertSign must be set.
fn key_usage(state: &mut State<'_>, certificate: &Certificate) {
    let Some(usage) = usage::key_usage(certificate) else { return };
    // Of what is no CA nothing else has to be said.
    if basic_constraints(certificate).is_some_and(|constraints| !constraints.ca) {
        return;
    }
    if !usage.has(KeyUsageBit::KeyCertSign) {
        let finding = state
            .finding(Code::KeyUsageNoCertSign, "used as an issuer, but keyUsage lacks keyCertSign")
            .part("keyUsage")
            .expected(Fact::Text("keyCertSign".into()))
            .found(Fact::list(usage.names()));
        state.push(finding);
    }
}
