//! Purposes and key usage, as CAs and targets share them.

use crate::finding::{Code, Fact};
use crate::validation::state::State;
use crate::x509::Certificate;
use crate::x509::extension::{ExtensionValue, KeyUsage};
use crate::x509::oid::{Oid, oids};

/// RFC 5280 §4.2.1.12 for the target. On CAs, that the list narrows what may
/// stand below is an extension of RFC 5280 that every TLS library shares; it
/// is in the deviations ledger. On a trust anchor it counts as well.
pub(super) fn purposes(state: &mut State<'_>, certificate: &Certificate) {
    let Some(Ok(ExtensionValue::ExtendedKeyUsage(listed))) =
        certificate.extension(oids::EXTENDED_KEY_USAGE).map(|extension| extension.value())
    else {
        // Absent means any purpose; a malformed one is reported elsewhere.
        return;
    };
    for purpose in &state.policy.purposes.clone() {
        let Some(wanted) = purpose.oid() else { continue };
        if listed.iter().any(|oid| oid == wanted || oid == oids::ANY_EXTENDED_KEY_USAGE || covers(oid, wanted, state)) {
            continue;
        }
        let whose = if state.depth() == 0 { "it" } else { "what it issues" };
        let finding = state
            .finding(Code::PurposeNotAllowed, format!("{whose} may not be used for {purpose}"))
            .part("extKeyUsage")
            .expected(Fact::Text(wanted.name_or_dotted()))
            .found(Fact::List(listed.iter().map(|oid| oid.name_or_dotted()).collect()));
        state.push(finding);
    }
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
