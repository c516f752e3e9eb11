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

/// The most certificates that are named in a sentence.
const MAX_NAMED: usize = 5;

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
    let mut findings = Vec::new();
    let index = match &source.pfx {
        Some(pfx) if !pfx.with_key.is_empty() => of_key(source, &pfx.with_key, &loaded)?,
        Some(pfx) => {
            if pfx.file.pfx.private_keys().next().is_some() {
                findings.push(without_key(source));
            }
            end_entity(source, &loaded)?
        }
        None if source.is_unordered() => end_entity(source, &loaded)?,
        None => 0,
    };
    let target = match loaded.remove(index) {
        Loaded::Read(sourced) => sourced,
        refused @ Loaded::Refused { .. } => return Err(unreadable(source, &refused)),
    };
    if source.pfx.is_none()
        && let Some(issued) = loaded.iter().find_map(|other| issued_by(&target, other))
    {
        let message = format!(
            "the target, the first certificate of the file, issued a later one, {} ({})",
            issued.certificate.subject().brief(),
            issued.origin
        );
        findings.push(Finding::new(Code::ChainOrder, Severity::Warning, message));
    }
    Ok(Chosen { target, others: loaded, findings })
}

/// In a PFX: the certificate whose private key is in the file. `with_key` are the
/// places of such objects among all of the input.
fn of_key(source: &Source, with_key: &[usize], loaded: &[Loaded]) -> Result<usize, Failure> {
    let objects: Vec<usize> = source.input.certificates().map(|object| object.index).collect();
    let mut found: Vec<(usize, &Sourced)> = Vec::new();
    for (at, one) in loaded.iter().enumerate() {
        let has_key = objects.get(at).is_some_and(|index| with_key.binary_search(index).is_ok());
        if let (true, Loaded::Read(sourced)) = (has_key, one)
            && found.iter().take(MAX_NAMED).all(|(_, known)| known.certificate.id() != sourced.certificate.id())
        {
            found.push((at, sourced));
        }
    }
    match found.as_slice() {
        [(at, _)] => Ok(*at),
        several => {
            let named = several.iter().take(MAX_NAMED);
            let names: Vec<String> =
                named.map(|(_, one)| format!("{} ({})", one.certificate.subject().brief(), one.origin)).collect();
            let message = format!(
                "{}: it cannot be known which certificate to verify: {} of them have a private key in the file: {}",
                source.name,
                several.len(),
                names.join("; ")
            );
            Err(Failure::unusable(message)
                .advice("give the certificate to verify in a file of its own, and the issuers with --intermediates"))
        }
    }
}

fn without_key(source: &Source) -> Finding {
    let message = format!(
        "{}: none of its certificates is known to be that of the private key in it; the one that issued none of the others is verified",
        source.name
    );
    Finding::new(Code::InputIgnored, Severity::Warning, message)
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

/// In a PKCS#7, or a PFX without a key, whose order means nothing: the certificate that issued none of
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
                .take(MAX_NAMED)
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

/// Whether it says that it may issue certificates (RFC 5280 §4.2.1.9).
pub(crate) fn is_ca(certificate: &Certificate) -> bool {
    let constraints = certificate.extension(oids::BASIC_CONSTRAINTS).map(|extension| extension.value());
    matches!(constraints, Some(Ok(ExtensionValue::BasicConstraints(constraints))) if constraints.ca)
}
