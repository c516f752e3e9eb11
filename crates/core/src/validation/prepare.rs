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
        match &mut state.path_length {
            Some(limit) if limit.left == 0 => {
                let limit = *limit;
                let finding = exceeded(state, certificate, limit);
                state.push(finding);
            }
            Some(limit) => limit.left -= 1,
            None => {}
        }
    }
    let Some(BasicConstraints { ca: true, path_length: Some(stated) }) = constraints else { return };
    if state.path_length.is_none_or(|limit| stated < limit.left) {
        state.path_length = Some(PathLength { left: stated, stated, depth: Some(state.depth()) });
    }
}

fn exceeded(state: &State<'_>, certificate: &Certificate, limit: PathLength) -> Finding {
    let (stated, subject) = (limit.stated, certificate.subject().brief());
    let setter = limit.depth.and_then(|depth| Some((depth, state.path.certificate(depth)?.id())));
    let finding = match setter {
        Some((depth, id)) => {
            let message = format!("permits {stated} CAs below it, and {subject} is one too many");
            state
                .finding(Code::PathLengthExceeded, message)
                .at(Some(depth), id)
                .part("basicConstraints.pathLenConstraint")
        }
        None => {
            let message = format!("{stated} intermediates are the most that were asked for, and this is one too many");
            state
                .finding(Code::PathLengthExceeded, message)
                .hint("Verify with a larger --max-path-length, if so long a path is acceptable to you.")
        }
    };
    finding.expected(Fact::Number(i64::from(stated)))
}

/// (n): with a keyUsage extension, keyCertSign must be set.
fn key_usage(state: &mut State<'_>, certificate: &Certificate) {
    let Some(usage) = usage::key_usage(certificate) else { return };
    if !usage.has(KeyUsageBit::KeyCertSign) {
        let finding = state
            .finding(Code::KeyUsageNoCertSign, "used as an issuer, but keyUsage lacks keyCertSign")
            .part("keyUsage")
            .expected(Fact::Text("keyCertSign".into()))
            .found(Fact::list(usage.names()));
        state.push(finding);
    }
}
