//! What RFC 5280 §4.2 demands of those who make certificates, beyond what the
//! validation of a path needs: the wrong criticality, key identifiers left out,
//! usages that contradict each other. Strict verifiers refuse such certificates,
//! and so does the profile `web`, whose rules repeat the demands
//! (CA/B Forum BR §7.1.2); under `rfc5280` they are warnings, and say nothing
//! about a trust anchor.

use crate::finding::{Code, Fact};
use crate::policy::Profile;
use crate::validation::state::State;
use crate::validation::{prepare, usage};
use crate::x509::Certificate;
use crate::x509::certificate::Version;
use crate::x509::extension::{ExtensionValue, KeyUsageBit};
use crate::x509::oid::{Oid, oids};

pub(super) fn check(state: &mut State<'_>, certificate: &Certificate) {
    if state.at_anchor && state.policy.profile == Profile::Rfc5280 {
        return;
    }
    // Nothing of this existed before version 3, which BR §7.1.1 demands.
    if certificate.version() != Version::V3 {
        // With anything that its version cannot have, this was said already.
        let has_unique_ids = certificate.issuer_unique_id().is_some() || certificate.subject_unique_id().is_some();
        let is_consistent = match certificate.version() {
            Version::V1 => !has_unique_ids,
            version => version == Version::V2,
        };
        let is_consistent = is_consistent && certificate.extensions_offset() == 0;
        if state.policy.profile == Profile::Web && is_consistent {
            let message = format!("the version is {}; the rules for TLS servers demand 3", certificate.version());
            let finding = state.finding(Code::VersionInvalid, message).part("version");
            state.push_form(finding);
        }
        return;
    }
    let constraints = prepare::basic_constraints(certificate);
    let is_ca = constraints.is_some_and(|constraints| constraints.ca);
    criticality(state, certificate, is_ca);
    key_identifiers(state, certificate, is_ca);

    let usage = usage::key_usage(certificate);
    let signs = usage.as_ref().map(|usage| usage.has(KeyUsageBit::KeyCertSign));
    match (is_ca, signs) {
        // Above another certificate it is enough to say that it is not a CA; see `prepare`.
        (false, Some(true)) if state.depth() == 0 => {
            let message = "keyUsage has keyCertSign, but basicConstraints does not say that it is a CA";
            let finding = state.finding(Code::CertSignWithoutCa, message).part("keyUsage");
            state.push_rule(finding);
        }
        (true, Some(false)) if state.depth() == 0 => {
            let message = "basicConstraints says that it is a CA, but keyUsage lacks keyCertSign";
            let finding = state.finding(Code::CaWithoutCertSign, message).part("keyUsage");
            state.push_rule(finding);
        }
        (true, None) if certificate.extension(oids::KEY_USAGE).is_none() => {
            let finding = state.finding(Code::CaKeyUsageMissing, "it is a CA, but has no keyUsage").part("keyUsage");
            state.push_form(finding);
        }
        _ => {}
    }
    let has_path_length = constraints.is_some_and(|constraints| constraints.path_length.is_some());
    if has_path_length && !is_ca && state.depth() == 0 {
        let message = "pathLenConstraint is given, though it is not a CA";
        let finding = state.finding(Code::PathLengthWithoutCa, message).part("basicConstraints.pathLenConstraint");
        state.push_rule(finding);
    }
    if !is_ca && certificate.extension(oids::NAME_CONSTRAINTS).is_some() {
        let message = "nameConstraints stands in a certificate that is not a CA's, where it means nothing";
        let finding = state.finding(Code::NameConstraintsInEndEntity, message).part("nameConstraints");
        state.push_rule(finding);
    }
}

/// What an extension must be marked, and where that stands; `None` where the
/// RFC leaves it open.
fn demanded(oid: Oid<'_>, is_ca: bool, subject_is_empty: bool) -> Option<(bool, &'static str)> {
    Some(match oid {
        oids::AUTHORITY_KEY_IDENTIFIER => (false, "RFC 5280 §4.2.1.1"),
        oids::SUBJECT_KEY_IDENTIFIER => (false, "RFC 5280 §4.2.1.2"),
        oids::SUBJECT_DIRECTORY_ATTRIBUTES => (false, "RFC 5280 §4.2.1.8"),
        oids::BASIC_CONSTRAINTS if is_ca => (true, "RFC 5280 §4.2.1.9"),
        oids::POLICY_CONSTRAINTS => (true, "RFC 5280 §4.2.1.11"),
        oids::INHIBIT_ANY_POLICY => (true, "RFC 5280 §4.2.1.14"),
        oids::FRESHEST_CRL => (false, "RFC 5280 §4.2.1.15"),
        oids::AUTHORITY_INFO_ACCESS => (false, "RFC 5280 §4.2.2.1"),
        oids::SUBJECT_INFO_ACCESS => (false, "RFC 5280 §4.2.2.2"),
        oids::SUBJECT_ALT_NAME if !subject_is_empty => (false, "RFC 5280 §4.2.1.6, CA/B Forum BR §7.1.2.7.12"),
        _ => return None,
    })
}

fn criticality(state: &mut State<'_>, certificate: &Certificate, is_ca: bool) {
    let subject_is_empty = certificate.subject().is_empty();
    for extension in certificate.extensions() {
        let oid = extension.oid();
        let Some((critical, rule)) = demanded(oid, is_ca, subject_is_empty) else { continue };
        if critical == extension.is_critical() {
            continue;
        }
        let name = oid.name_or_dotted();
        let what = if critical { "is not critical, but must be" } else { "is critical, but must not be" };
        let finding = state
            .finding(Code::ExtensionCriticality, format!("{name} {what} ({rule})"))
            .part(name)
            .bytes(extension.span());
        state.push_rule(finding);
    }
}

/// RFC 5280 §4.2.1.1 and §4.2.1.2; CA/B Forum BR §7.1.2.1.3, §7.1.2.11.1.
fn key_identifiers(state: &mut State<'_>, certificate: &Certificate, is_ca: bool) {
    let own = certificate.subject_key_identifier();
    if is_ca && certificate.extension(oids::SUBJECT_KEY_IDENTIFIER).is_none() {
        let finding = state
            .finding(Code::SubjectKeyIdentifierMissing, "it is a CA, but has no subjectKeyIdentifier")
            .part("subjectKeyIdentifier");
        state.push_rule(finding);
    }
    let Some(extension) = certificate.extension(oids::AUTHORITY_KEY_IDENTIFIER) else {
        // A self-signed certificate may leave it out; the signature on an anchor is nobody's concern.
        if !certificate.is_self_issued() {
            let message = "it has no authorityKeyIdentifier, by which programs find the issuer";
            let finding = state.finding(Code::AuthorityKeyIdentifierMissing, message).part("authorityKeyIdentifier");
            state.push_form(finding);
        }
        return;
    };
    let Ok(ExtensionValue::AuthorityKeyIdentifier(identifier)) = extension.value() else { return };
    let part = "authorityKeyIdentifier";
    match identifier.key_identifier {
        None => {
            let message = "authorityKeyIdentifier has no keyIdentifier";
            let finding =
                state.finding(Code::AuthorityKeyIdentifierMissing, message).part(part).bytes(extension.span());
            state.push_rule(finding);
        }
        Some(wanted) if state.at_anchor && certificate.is_self_issued() && own.is_some_and(|own| own != wanted) => {
            let message = "self-issued, but authorityKeyIdentifier is not subjectKeyIdentifier";
            let finding = state
                .finding(Code::KeyIdentifierMismatch, message)
                .part(part)
                .found(Fact::Text(crate::encoding::hex::brief(wanted)));
            state.push_rule(finding);
        }
        Some(_) => {}
    }
    if identifier.has_issuer_or_serial() {
        let message = "authorityKeyIdentifier names the issuer's certificate, and not only its key";
        let finding = state.finding(Code::AuthorityKeyIdentifierForm, message).part(part).bytes(extension.span());
        state.push_form(finding);
    }
}
