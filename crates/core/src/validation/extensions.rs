//! Which extensions are processed (RFC 5280 §4.2, §6.1.4 (o), §6.1.5 (f)).

use crate::finding::Code;
use crate::validation::state::State;
use crate::x509::Certificate;
use crate::x509::extension::{Extension, ExtensionValue, TlsFeature};
use crate::x509::oid::oids;

/// Refuses what is not judged: unknown critical extensions, and the ones that
/// restrict a path and are not processed yet, critical or not.
pub(super) fn check_processed(state: &mut State<'_>, certificate: &Certificate) {
    for extension in certificate.extensions() {
        let fate = fate(&extension);
        if matches!(fate, Fate::Processed) || (matches!(fate, Fate::Unknown) && !extension.is_critical()) {
            continue;
        }
        let oid = extension.oid();
        let name = oid.name_or_dotted();
        let (code, message) = match fate {
            Fate::Processed => continue,
            Fate::Restricts => (Code::ExtensionNotProcessed, format!("{name} demands something that is not processed")),
            Fate::Unknown => {
                (Code::CriticalExtensionUnknown, format!("the critical extension {name} ({oid}) is not processed"))
            }
        };
        let finding = state.finding(code, message).part(name).bytes(extension.span());
        state.push(finding);
    }
}

enum Fate {
    /// Taken into account somewhere in this library, or without meaning for a path.
    Processed,
    /// Demands something, and is not taken into account.
    Restricts,
    /// Not known, or known and not taken into account.
    Unknown,
}

fn fate(extension: &Extension<'_>) -> Fate {
    match extension.oid() {
        oids::KEY_USAGE
        | oids::BASIC_CONSTRAINTS
        | oids::EXTENDED_KEY_USAGE
        | oids::SUBJECT_ALT_NAME
        | oids::NAME_CONSTRAINTS
        | oids::CERTIFICATE_POLICIES
        | oids::POLICY_MAPPINGS
        | oids::POLICY_CONSTRAINTS
        | oids::INHIBIT_ANY_POLICY
        | oids::AUTHORITY_KEY_IDENTIFIER
        | oids::SUBJECT_KEY_IDENTIFIER => Fate::Processed,
        // They only say where a CRL is and what else the issuer is called; every
        // verdict says whether revocation was checked.
        oids::CRL_DISTRIBUTION_POINTS | oids::FRESHEST_CRL | oids::ISSUER_ALT_NAME => Fate::Processed,
        // Reported on its own.
        oids::CT_POISON => Fate::Processed,
        // RFC 7633 §4.2.1: demands something of the server. A staple, where one could
        // have been given, is for `revocation` to judge; nothing else is processed.
        oids::TLS_FEATURE if extension.is_critical() => {
            if is_must_staple_alone(extension) {
                Fate::Processed
            } else {
                Fate::Restricts
            }
        }
        _ => Fate::Unknown,
    }
}

fn is_must_staple_alone(extension: &Extension<'_>) -> bool {
    match extension.value() {
        Ok(ExtensionValue::TlsFeature(features)) => {
            features.iter().all(|feature| feature == TlsFeature::STATUS_REQUEST)
        }
        _ => false,
    }
}
