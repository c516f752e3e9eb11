//! What only the target must satisfy: purpose, key usage and name.

use crate::finding::{Code, Fact};
use crate::identity::{NameCheck, NearMiss, Presented, ReferenceName, check as check_name};
use crate::validation::state::State;
use crate::validation::{usage, web};
use crate::x509::Certificate;
use crate::x509::extension::KeyUsageBit;
use crate::x509::oid::{Oid, oids};

pub(super) fn check(state: &mut State<'_>, certificate: &Certificate) {
    usage::purposes(state, certificate);
    key_usage(state, certificate);
    name(state, certificate);
    web::check_target(state, certificate);
}

/// The key usages of which the purpose needs at least one (RFC 5280
/// §4.2.1.12, "Key usage bits that may be consistent").
fn needed(purpose: Oid<'_>) -> &'static [KeyUsageBit] {
    use KeyUsageBit::{ContentCommitment, DigitalSignature, KeyAgreement, KeyEncipherment};
    match purpose {
        oids::SERVER_AUTH => &[DigitalSignature, KeyEncipherment, KeyAgreement],
        oids::CLIENT_AUTH => &[DigitalSignature, KeyAgreement],
        oids::CODE_SIGNING => &[DigitalSignature],
        oids::EMAIL_PROTECTION => &[DigitalSignature, ContentCommitment, KeyEncipherment, KeyAgreement],
        oids::TIME_STAMPING | oids::OCSP_SIGNING => &[DigitalSignature, ContentCommitment],
        _ => &[],
    }
}

fn key_usage(state: &mut State<'_>, certificate: &Certificate) {
    let Some(usage) = usage::key_usage(certificate) else { return };
    for purpose in &state.policy.purposes.clone() {
        let Some(needed) = purpose.oid().map(needed).filter(|needed| !needed.is_empty()) else { continue };
        if needed.iter().any(|bit| usage.has(*bit)) {
            continue;
        }
        let finding = state
            .finding(
                Code::KeyUsageNotForPurpose,
                format!("the key may not be used as {purpose} needs it: one of the usages expected is enough"),
            )
            .part("keyUsage")
            .expected(Fact::list(needed.iter().map(|bit| bit.name())))
            .found(Fact::list(usage.names()));
        state.push(finding);
    }
}

fn name(state: &mut State<'_>, certificate: &Certificate) {
    let Some(reference) = &state.policy.name else { return };
    let NameCheck::Mismatched { presented, near_miss } = check_name(certificate, reference) else { return };
    let kind = match reference {
        ReferenceName::Dns(_) => "DNS name",
        ReferenceName::Ip(_) => "address",
        ReferenceName::Email(_) => "mailbox",
    };
    let mut message = if presented.is_empty() {
        format!("the {kind} {reference} was asked for, but the certificate has no subjectAltName")
    } else {
        format!("the {kind} {reference} is not among the certificate's names")
    };
    let mut hint = None;
    match near_miss {
        Some(NearMiss::CommonName(name)) => {
            message.push_str(&format!("; {name} stands only in the common name, which does not count"));
            let again =
                "have the certificate issued again with the name in subjectAltName; the common name is not looked at.";
            hint = Some(match presented.is_empty() {
                true => again.replacen('h', "H", 1),
                false => format!("Connect by a name that the certificate has, or {again}"),
            });
        }
        Some(NearMiss::WildcardDepth(pattern)) => {
            message.push_str(&format!("; {pattern} stands for exactly one label"));
        }
        Some(NearMiss::AddressAsDns(address)) => {
            message.push_str(&format!("; {address} stands there as a DNS name, but an address must be an iPAddress"));
            hint =
                Some("Have the certificate issued again with the address as iPAddress in subjectAltName.".to_owned());
        }
        Some(NearMiss::Www(name)) => {
            message.push_str(&format!("; {name} is"));
            hint = Some(format!("Connect to {name}, or have the certificate issued again with both names."));
        }
        Some(NearMiss::SubjectEmail(mailbox)) => {
            message.push_str(&format!("; {mailbox} stands only in the subject's name, which does not count"));
        }
        None => {}
    }
    let mut finding = state
        .finding(Code::NameMismatch, message)
        .part("subjectAltName")
        .expected(Fact::Text(reference.describe_with_kind()))
        .found(Fact::list(presented.iter().map(Presented::describe_with_kind)));
    finding.hint = hint;
    state.push(finding);
}
