//! Demands on the certificate.

use certlens_core::identity::{NameCheck, Presented, check, presented};
use certlens_core::x509::Certificate;
use certlens_core::x509::extension::ExtensionValue;
use certlens_core::x509::oid::oids;

use super::{Check, Subject};
use crate::exchange::{CertificateUsage, Held, wcf};
use crate::judgement::Outcome;

/// What comes of a demand on the certificate.
pub(super) fn judge(demand: Check, certificate: &Certificate, subject: &Subject<'_>) -> (Outcome, String) {
    let usage = CertificateUsage::of(certificate);
    match demand {
        Check::WcfNewer => {
            // This rule does not look at the key.
            let newer = wcf(usage, &Held::Unknown(String::new())).newer;
            (newer.outcome, newer.reason)
        }
        Check::UsageAnyOf(wanted) => match usage {
            CertificateUsage::Absent => (Outcome::Pass, "the certificate does not limit the key's usage".to_owned()),
            CertificateUsage::Unreadable => (Outcome::CannotKnow, "keyUsage cannot be read".to_owned()),
            CertificateUsage::Bits { bits, .. } if bits.has_any(wanted) => {
                (Outcome::Pass, format!("keyUsage is {}", bits.names().join(", ")))
            }
            CertificateUsage::Bits { bits, .. } => {
                (Outcome::Fail, format!("keyUsage is {} alone", bits.names().join(", ")))
            }
        },
        Check::ServerAuth { unstated_is_any } => server_auth(certificate, unstated_is_any),
        Check::InDate => in_date(certificate, subject),
        Check::CoversHosts => covers(certificate, subject),
        Check::CommonName => common_name(certificate, subject),
        _ => no_wildcard(certificate),
    }
}

fn server_auth(certificate: &Certificate, unstated_is_any: bool) -> (Outcome, String) {
    let Some(extension) = certificate.extension(oids::EXTENDED_KEY_USAGE) else {
        return match unstated_is_any {
            true => (
                Outcome::Pass,
                "the certificate states no purposes, and so is for every one (RFC 5280 §4.2.1.12)".to_owned(),
            ),
            false => (Outcome::Fail, "the certificate states no purposes, and serverAuth has to be stated".to_owned()),
        };
    };
    let Ok(ExtensionValue::ExtendedKeyUsage(purposes)) = extension.value() else {
        return (Outcome::CannotKnow, "extKeyUsage cannot be read".to_owned());
    };
    let purposes: Vec<_> = purposes.iter().collect();
    if purposes.contains(&oids::SERVER_AUTH) {
        return (Outcome::Pass, "extKeyUsage has serverAuth".to_owned());
    }
    let names: Vec<String> = purposes.iter().map(|purpose| purpose.name_or_dotted()).collect();
    (Outcome::Fail, format!("extKeyUsage has {} alone", names.join(", ")))
}

fn in_date(certificate: &Certificate, subject: &Subject<'_>) -> (Outcome, String) {
    let (from, to) = (certificate.not_before().time, certificate.not_after().time);
    match subject.at {
        None => (Outcome::CannotKnow, "the time to judge at is not given".to_owned()),
        Some(at) if at < from => (Outcome::Fail, format!("the certificate is not valid before {from}")),
        Some(at) if at > to => (Outcome::Fail, format!("the certificate expired at {to}")),
        Some(_) => (Outcome::Pass, format!("the certificate is valid until {to}")),
    }
}

fn covers(certificate: &Certificate, subject: &Subject<'_>) -> (Outcome, String) {
    if subject.hosts.is_empty() {
        return (Outcome::CannotKnow, "the hosts are not given".to_owned());
    }
    let missing: Vec<String> = subject
        .hosts
        .iter()
        .filter(|host| !matches!(check(certificate, host), NameCheck::Matched(_)))
        .map(|host| host.describe_with_kind())
        .collect();
    match missing.as_slice() {
        [] => (Outcome::Pass, "subjectAltName has every host".to_owned()),
        missing => (Outcome::Fail, format!("subjectAltName lacks {}", missing.join(", "))),
    }
}

fn common_name(certificate: &Certificate, subject: &Subject<'_>) -> (Outcome, String) {
    if subject.hosts.is_empty() {
        return (Outcome::CannotKnow, "the hosts are not given".to_owned());
    }
    let Some(name) = certificate.subject().last_value(oids::COMMON_NAME) else {
        return (Outcome::Fail, "the subject has no common name".to_owned());
    };
    let is_host = |host: &certlens_core::identity::ReferenceName| {
        let dns = format!("dns:{}", name.to_ascii_lowercase());
        host.describe_with_kind() == dns
    };
    if subject.hosts.iter().any(is_host) {
        (Outcome::Pass, format!("the common name is {name}"))
    } else {
        (Outcome::Fail, format!("the common name {name} is not that of a host"))
    }
}

fn no_wildcard(certificate: &Certificate) -> (Outcome, String) {
    let subject = certificate.subject();
    let attributes = subject.rdns().flat_map(|names| names.attributes());
    let mut common = attributes.filter(|one| one.oid == oids::COMMON_NAME).map(|one| one.value.to_text().into_owned());
    let common = common.find(|name| name.contains('*'));
    let alternative = presented(certificate).into_iter().find_map(|name| match name {
        Presented::Dns(name) if name.contains('*') => Some(name),
        _ => None,
    });
    match alternative.or(common) {
        Some(name) => (Outcome::Fail, format!("{name} is a wildcard")),
        None => (Outcome::Pass, "no name is a wildcard".to_owned()),
    }
}
