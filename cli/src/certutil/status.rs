//! CERT_TRUST_STATUS of a path and of each certificate in it.

use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::path::{IssuerKey, PathEnd};
use certlens_core::revocation::SourceResult;
use certlens_core::validation::PathOutcome;
use certlens_core::x509::Certificate;
use certlens_core::x509::extension::{AuthorityKeyIdentifier, ExtensionValue};
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::oid::oids;

use super::constants::{Bit, error, info};
use super::describe;

/// One certificate of the chain.
pub(super) struct Element<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) info: u32,
    pub(super) error: u32,
    /// Purposes that it and all above it allow; `None` for any.
    pub(super) purposes: Option<Vec<String>>,
}

/// The chain, the target first.
pub(super) struct Chain<'a> {
    pub(super) elements: Vec<Element<'a>>,
    pub(super) error: u32,
}

impl<'a> Chain<'a> {
    pub(super) fn new(outcome: &'a PathOutcome) -> Chain<'a> {
        let path = &outcome.path;
        let depths = path.certificates.len() + usize::from(matches!(path.end, PathEnd::Anchor(_)));
        let mut elements = Vec::new();
        let mut purposes = None;
        // From the top, because a CA's purposes narrow those below it.
        for depth in (0..depths).rev() {
            let Some(certificate) = path.certificate(depth) else { continue };
            let issuer = path.certificate(depth + 1).unwrap_or(certificate);
            purposes = narrowed(purposes, describe::purposes(certificate));
            elements.push(Element {
                certificate,
                info: match_of(certificate, issuer) | self_signed(certificate),
                error: errors_at(outcome, depth),
                purposes: purposes.clone(),
            });
        }
        elements.reverse();
        let partial = match path.end {
            PathEnd::NoIssuer(_) | PathEnd::Loop(_) | PathEnd::NotFollowed(_) => error::PARTIAL_CHAIN,
            PathEnd::Anchor(_) | PathEnd::TargetIsAnchor(_) | PathEnd::SelfSigned(_) => 0,
        };
        let error = elements.iter().fold(partial, |bits, element| bits | element.error);
        Chain { elements, error }
    }

    /// Purposes that the whole chain allows the target; `None` for any.
    pub(super) fn purposes(&self) -> Option<&[String]> {
        self.elements.first()?.purposes.as_deref()
    }
}

fn narrowed(above: Option<Vec<String>>, own: Option<Vec<String>>) -> Option<Vec<String>> {
    match (above, own) {
        (Some(above), Some(own)) => Some(own.into_iter().filter(|purpose| above.contains(purpose)).collect()),
        (one, other) => one.or(other),
    }
}

/// Bits of what refuses a certificate; that its revocation is not known is a bit
/// whether or not it refuses.
fn errors_at(outcome: &PathOutcome, depth: usize) -> u32 {
    let at = |finding: &&Finding| finding.locus.certificate.and_then(|one| one.depth) == Some(depth);
    // That an issuer is missing is about the chain.
    let of_findings = outcome.findings.iter().filter(at);
    let bits = of_findings.fold(0, |bits, finding| bits | bits_of(finding) & !error::PARTIAL_CHAIN);
    if is_offline(outcome, depth) { bits | error::OFFLINE_REVOCATION } else { bits }
}

/// Whether Windows would call the revocation server offline: a source could not be had,
/// or is out of date, so that a fresh one could not be.
pub(super) fn is_offline(outcome: &PathOutcome, depth: usize) -> bool {
    let found = outcome.revocation.iter().find(|found| found.depth == depth && !found.is_known());
    found.into_iter().flat_map(|found| &found.sources).any(|source| match &source.result {
        SourceResult::NotUsed(finding) => {
            let windows = finding.code.entry().windows;
            windows.is_some_and(|windows| windows.trust_status & error::OFFLINE_REVOCATION != 0)
        }
        SourceResult::Good | SourceResult::Revoked(_) => false,
    })
}

fn bits_of(finding: &Finding) -> u32 {
    match (finding.code, finding.severity) {
        (Code::RevocationOffline, _) => error::REVOCATION_STATUS_UNKNOWN | error::OFFLINE_REVOCATION,
        (Code::RevocationUnknown, _) => error::REVOCATION_STATUS_UNKNOWN,
        (_, Severity::Error) => finding.code.entry().windows.map_or(0, |windows| windows.trust_status),
        (_, Severity::Warning | Severity::Info) => 0,
    }
}

/// How the issuer was found: by its name and serial number, by its key, or by its
/// name alone.
fn match_of(certificate: &Certificate, issuer: &Certificate) -> u32 {
    if certificate.issuer_digest() != issuer.subject_digest() {
        return 0;
    }
    let authority = certificate.extension(oids::AUTHORITY_KEY_IDENTIFIER).map(|extension| extension.value());
    let Some(Ok(ExtensionValue::AuthorityKeyIdentifier(authority))) = authority else {
        return info::NAME_MATCH_ISSUER;
    };
    if names_exactly(&authority, issuer) {
        info::EXACT_MATCH_ISSUER
    } else if authority.key_identifier.is_some() && authority.key_identifier == issuer.subject_key_identifier() {
        info::KEY_MATCH_ISSUER
    } else {
        info::NAME_MATCH_ISSUER
    }
}

fn names_exactly(authority: &AuthorityKeyIdentifier<'_>, issuer: &Certificate) -> bool {
    use certlens_core::x509::general_name::GeneralName;
    let (Some(names), Some(serial)) = (authority.issuer, authority.serial) else { return false };
    let names_issuer =
        |name: GeneralName<'_>| matches!(name, GeneralName::Directory(name) if name.digest() == issuer.issuer_digest());
    serial.as_bytes() == issuer.serial().as_bytes() && names.iter().any(names_issuer)
}

fn self_signed(certificate: &Certificate) -> u32 {
    let own_key = || IssuerKey::of(Issuer::Certificate(certificate)).verify(certificate).is_ok();
    if certificate.is_self_issued() && own_key() { info::SELF_SIGNED } else { 0 }
}

/// One line a bit: `LABEL = NAME (0x20)`.
pub(super) fn lines(label: &str, bits: u32, table: &[Bit]) -> Vec<String> {
    let set = table.iter().filter(|(bit, _)| bits & bit != 0);
    set.map(|(bit, name)| format!("{label} = {name} (0x{bit:x})")).collect()
}
