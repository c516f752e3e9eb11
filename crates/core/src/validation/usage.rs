//! Purposes and key usage, as CAs and targets share them.

use crate::encoding::der::SequenceOf;
use crate::finding::{Code, Fact};
use crate::validation::state::State;
use crate::x509::Certificate;
use crate::x509::extension::{ExtensionValue, KeyUsage};
use crate::x509::oid::{Oid, oids};

/// RFC 5280 §4.2.1.12 for the target. On CAs, that the list narrows what may
/// stand below is an extension of RFC 5280 that every TLS library shares; it
/// is in the deviations ledger. On a trust anchor it counts as well.
pub(super) fn purposes(state: &mut State<'_>, certificate: &Certificate) {
    let extension = certificate.extension(oids::EXTENDED_KEY_USAGE);
    let listed = match extension.map(|extension| extension.value()) {
        Some(Ok(ExtensionValue::ExtendedKeyUsage(listed))) => Some(listed),
        // A malformed one is reported elsewhere.
        Some(_) => return,
        None => None,
    };
    for purpose in &state.policy.purposes.clone() {
        let Some(wanted) = purpose.oid() else { continue };
        let named = |listed: &KeyPurposes<'_>| listed.iter().any(|oid| oid == wanted);
        let any = |listed: &KeyPurposes<'_>| {
            listed.iter().any(|oid| oid == oids::ANY_EXTENDED_KEY_USAGE || covers(oid, wanted, state))
        };
        let at_target = state.depth() == 0;
        let message = match &listed {
            // RFC 3161 §2.3 and RFC 6960 §4.2.2.2 want these purposes named.
            None if at_target && must_be_named(wanted) => {
                format!("without extKeyUsage it may not be used for {purpose}")
            }
            None => continue,
            Some(listed) if at_target && must_be_named(wanted) && !named(listed) => {
                format!("it may not be used for {purpose}, which must be named")
            }
            Some(listed) if at_target && wanted == oids::TIME_STAMPING => {
                // RFC 3161 §2.3: critical, and for nothing else.
                let critical = extension.is_some_and(|extension| extension.is_critical());
                match (critical, listed.iter().count()) {
                    (true, 1) => continue,
                    (false, _) => format!("extKeyUsage must be critical for {purpose} (RFC 3161 §2.3)"),
                    (true, _) => format!("a certificate for {purpose} must be for nothing else (RFC 3161 §2.3)"),
                }
            }
            Some(listed) if named(listed) || any(listed) => continue,
            Some(_) if at_target => format!("it may not be used for {purpose}"),
            Some(_) => format!("what it issues may not be used for {purpose}"),
        };
        let found = listed.iter().flat_map(KeyPurposes::iter).map(|oid| oid.name_or_dotted());
        let finding = state
            .finding(Code::PurposeNotAllowed, message)
            .part("extKeyUsage")
            .expected(Fact::Text(wanted.name_or_dotted()))
            .found(Fact::list(found));
        let finding = match at_target {
            true => finding,
            false => finding.hint("This CA is not for this purpose: have the certificate issued by one that is."),
        };
        state.push(finding);
    }
}

type KeyPurposes<'a> = SequenceOf<'a, Oid<'a>>;

/// Purposes for which neither a missing extension nor anyExtendedKeyUsage is
/// enough.
fn must_be_named(purpose: Oid<'_>) -> bool {
    purpose == oids::TIME_STAMPING || purpose == oids::OCSP_SIGNING
}

/// Old CA certificates list server gated cryptography where serverAuth is
/// meant; it never counts for a target.
fn covers(listed: Oid<'_>, wanted: Oid<'_>, state: &State<'_>) -> bool {
    state.depth() > 0 && wanted == oids::SERVER_AUTH && listed == oids::NETSCAPE_SGC
}

/// The keyUsage of a certificate, when it has one that can be read.
pub(super) fn key_usage(certificate: &Certificate) -> Option<KeyUsage> {
    match certificate.extension(oids::KEY_USAGE)?.value() {
        Ok(ExtensionValue::KeyUsage(usage)) => Some(usage),
        _ => None,
    }
}
