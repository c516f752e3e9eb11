//! Comparing the reference identifier with the presented ones (RFC 9525 §6.3,
//! §6.4; RFC 5280 §7.5).

use crate::identity::presented::{Presented, presented};
use crate::identity::reference::ReferenceName;
use crate::x509::Certificate;
use crate::x509::extension::ExtensionValue;
use crate::x509::general_name::{GeneralName, ip_address};
use crate::x509::oid::oids;

/// How the comparison ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameCheck {
    /// This presented name matched.
    Matched(Presented),
    /// None matched.
    Mismatched {
        /// All presented names.
        presented: Vec<Presented>,
        /// Why it may have been expected to match, for the report.
        near_miss: Option<NearMiss>,
    },
}

/// Something that looks like the name but does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NearMiss {
    /// The name stands only in the subject's common name.
    CommonName(String),
    /// A wildcard covers one label only.
    WildcardDepth(String),
    /// An address stands as a DNS name.
    AddressAsDns(String),
    /// The names differ in a leading `www.`.
    Www(String),
    /// The mailbox stands only in the subject's emailAddress attribute.
    SubjectEmail(String),
}

/// Compares a certificate's names with the name asked for.
pub fn check(certificate: &Certificate, reference: &ReferenceName) -> NameCheck {
    if let Some(matched) = same(certificate, reference) {
        return NameCheck::Matched(matched);
    }
    let presented = presented(certificate);
    if let Some(matched) = presented.iter().find(|name| matches(name, reference)) {
        return NameCheck::Matched(matched.clone());
    }
    let near_miss = near_miss(certificate, &presented, reference);
    NameCheck::Mismatched { presented, near_miss }
}

/// The presented name that is the reference, as most often there is one: found
/// before all the others are read.
fn same(certificate: &Certificate, reference: &ReferenceName) -> Option<Presented> {
    let Some(Ok(ExtensionValue::SubjectAltName(names))) =
        certificate.extension(oids::SUBJECT_ALT_NAME).map(|extension| extension.value())
    else {
        return None;
    };
    match reference {
        ReferenceName::Dns(name) => {
            let name = name.as_str();
            // What equals a host name, or its end after a whole label, is well-formed itself.
            let parent = name.split_once('.').map(|(_, parent)| parent.as_bytes());
            let is_name = |octets: &[u8]| match octets.strip_prefix(b"*.") {
                Some(base) => parent.is_some_and(|parent| base.eq_ignore_ascii_case(parent)),
                None => octets.eq_ignore_ascii_case(name.as_bytes()),
            };
            names.iter().find_map(|one| match one {
                GeneralName::Dns(octets) if is_name(octets) => {
                    Some(Presented::Dns(String::from_utf8_lossy(octets).to_ascii_lowercase()))
                }
                _ => None,
            })
        }
        ReferenceName::Ip(address) => names.iter().find_map(|one| match one {
            GeneralName::Ip(octets) if ip_address(octets) == Some(*address) => Some(Presented::Ip(*address)),
            _ => None,
        }),
        ReferenceName::Email(_) => None,
    }
}

fn matches(presented: &Presented, reference: &ReferenceName) -> bool {
    match (presented, reference) {
        (Presented::Dns(pattern), ReferenceName::Dns(name)) => dns_matches(pattern, name.as_str()),
        // RFC 9525 §6.4: octet by octet; an IPv4-mapped IPv6 address is another address.
        (Presented::Ip(presented), ReferenceName::Ip(address)) => presented == address,
        // RFC 5280 §7.5: the local part exactly, the domain without regard to case.
        (Presented::Email { local, domain }, ReferenceName::Email(mailbox)) => {
            *local == mailbox.local && domain == mailbox.domain.as_str()
        }
        _ => false,
    }
}

/// Both in lower case. `*` stands for exactly one label, the first
/// (RFC 9525 §6.3).
fn dns_matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix("*.") {
        None => pattern == name,
        Some(base) => name.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && rest == base),
    }
}

fn near_miss(certificate: &Certificate, presented: &[Presented], reference: &ReferenceName) -> Option<NearMiss> {
    let subject = certificate.subject();
    match reference {
        ReferenceName::Dns(name) => {
            let name = name.as_str();
            let dns_names =
                || presented.iter().filter_map(|name| if let Presented::Dns(name) = name { Some(name) } else { None });
            let wildcard = dns_names().find(|pattern| {
                pattern.strip_prefix("*.").is_some_and(|base| {
                    name == base || name.strip_suffix(base).is_some_and(|before| before.ends_with('.'))
                })
            });
            if let Some(pattern) = wildcard {
                return Some(NearMiss::WildcardDepth(pattern.clone()));
            }
            let www = dns_names().find(|other| {
                other.strip_prefix("www.") == Some(name) || name.strip_prefix("www.") == Some(other.as_str())
            });
            if let Some(other) = www {
                return Some(NearMiss::Www(other.clone()));
            }
            let common_name = subject.last_value(oids::COMMON_NAME)?.to_ascii_lowercase();
            (common_name == name || dns_matches(&common_name, name)).then_some(NearMiss::CommonName(common_name))
        }
        ReferenceName::Ip(address) => {
            let text = address.to_string();
            let as_dns = presented.iter().any(|name| match name {
                Presented::Dns(name) | Presented::Malformed { kind: "dns", text: name } => *name == text,
                _ => false,
            });
            if as_dns {
                return Some(NearMiss::AddressAsDns(text));
            }
            let common_name = subject.last_value(oids::COMMON_NAME)?;
            (common_name == text).then_some(NearMiss::CommonName(common_name))
        }
        ReferenceName::Email(mailbox) => {
            let email = subject.last_value(oids::EMAIL_ADDRESS)?;
            email.eq_ignore_ascii_case(&mailbox.to_string()).then_some(NearMiss::SubjectEmail(email))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_one_whole_first_label() {
        for (pattern, name, expected) in [
            ("www.example.com", "www.example.com", true),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.example.com", "wwwexample.com", false),
            ("example.com", "www.example.com", false),
            ("www.example.com", "*.example.com", false),
        ] {
            assert_eq!(dns_matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
