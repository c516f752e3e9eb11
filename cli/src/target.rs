//! Which certificate of a file is the one to be verified.
//!
//! Verifying another certificate than the one meant, and calling that trusted,
//! would be worse than refusing the file; so where it cannot be known, the file
//! is refused.

use std::collections::HashSet;

use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::pool::Sourced;
use certlens_core::x509::Certificate;
use certlens_core::x509::extension::ExtensionValue;
use certlens_core::x509::oid::oids;

use crate::error::Failure;
use crate::load::{Loaded, Source};

/// The target, the other certificates of the file, and what is to be said of
/// the choice.
pub(crate) struct Chosen {
    pub(crate) target: Sourced,
    pub(crate) others: Vec<Loaded>,
    pub(crate) findings: Vec<Finding>,
}

/// Chooses the target of a source that has at least one certificate.
///
/// # Errors
///
/// When the certificate meant may be one that cannot be read, or when several
/// can be meant.
pub(crate) fn choose(source: &Source) -> Result<Chosen, Failure> {
    if let Some(lost) = source.lost_target() {
        return Err(Failure::unusable(format!("{lost}; this may be the certificate to verify")).advice(
            "export or copy the file again; to verify one of its other certificates, give that in a file of its own",
        ));
    }
    let mut loaded: Vec<Loaded> = source.certificates().collect();
    let index = if source.is_unordered() { end_entity(source, &loaded)? } else { 0 };
    let target = match loaded.remove(index) {
        Loaded::Read(sourced) => sourced,
        refused @ Loaded::Refused { .. } => return Err(unreadable(source, &refused)),
    };
    let mut findings = Vec::new();
    if let Some(issued) = loaded.iter().find_map(|other| issued_by(&target, other)) {
        let message = format!(
            "the target, the first certificate of the file, issued a later one, {} ({})",
            issued.certificate.subject().brief(),
            issued.origin
        );
        findings.push(Finding::new(Code::ChainOrder, Severity::Warning, message));
    }
    Ok(Chosen { target, others: loaded, findings })
}

fn unreadable(source: &Source, refused: &Loaded) -> Failure {
    let Loaded::Refused { origin, message, .. } = refused else {
        return Failure::unusable(format!("{}: the certificate cannot be read", source.name));
    };
    let seen = format!("certlens inspect {}", crate::shell::quote(&source.name));
    Failure::unusable(format!("{origin}: {message}"))
        .advice(format!("`{seen}` shows what a lenient reader makes of it; have it issued or exported again"))
}

/// A later certificate that the target issued.
fn issued_by<'a>(target: &Sourced, other: &'a Loaded) -> Option<&'a Sourced> {
    match other {
        Loaded::Read(other)
            if !other.certificate.is_self_issued()
                && other.certificate.issuer_digest() == target.certificate.subject_digest() =>
        {
            Some(other)
        }
        _ => None,
    }
}

/// In a PKCS#7, whose order means nothing: the certificate that issued none of
/// the others; trust anchors that issued nothing in it do not count beside one
/// that is no CA.
fn end_entity(source: &Source, loaded: &[Loaded]) -> Result<usize, Failure> {
    let mut readable = Vec::new();
    let mut seen = HashSet::new();
    for (index, one) in loaded.iter().enumerate() {
        match one {
            Loaded::Read(sourced) if !seen.insert(sourced.certificate.id()) => {}
            Loaded::Read(sourced) => readable.push((index, sourced)),
            Loaded::Refused { .. } => return Err(unreadable(source, one)),
        }
    }
    if let [(index, _)] = readable.as_slice() {
        return Ok(*index);
    }
    let issuers: HashSet<_> = readable
        .iter()
        .filter(|(_, sourced)| !sourced.certificate.is_self_issued())
        .map(|(_, sourced)| sourced.certificate.issuer_digest())
        .collect();
    let ends: Vec<_> =
        readable.iter().filter(|(_, sourced)| !issuers.contains(&sourced.certificate.subject_digest())).collect();
    // A CA's own certificate beside an end entity is no candidate.
    let (cas, end_entities): (Vec<_>, Vec<_>) =
        ends.iter().copied().partition(|(_, sourced)| is_ca(&sourced.certificate));
    let only_anchors = cas.iter().all(|(_, sourced)| sourced.certificate.is_self_issued());
    match (ends.as_slice(), end_entities.as_slice()) {
        ([(index, _)], _) => Ok(*index),
        (_, [(index, _)]) if only_anchors => Ok(*index),
        _ => {
            let names: Vec<String> = ends
                .iter()
                .take(5)
                .map(|(_, sourced)| format!("{} ({})", sourced.certificate.subject().brief(), sourced.origin))
                .collect();
            let which = if names.is_empty() {
                "each of its certificates issued another one".to_owned()
            } else {
                format!("{} of its certificates issued none of the others: {}", ends.len(), names.join("; "))
            };
            Err(Failure::unusable(format!("{}: it cannot be known which certificate to verify: {which}", source.name))
                .advice("give the certificate to verify in a file of its own, and this file with --intermediates"))
        }
    }
}

fn is_ca(certificate: &Certificate) -> bool {
    let constraints = certificate.extension(oids::BASIC_CONSTRAINTS).map(|extension| extension.value());
    matches!(constraints, Some(Ok(ExtensionValue::BasicConstraints(constraints))) if constraints.ca)
}
