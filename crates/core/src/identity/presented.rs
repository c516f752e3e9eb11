//! Presented identifiers: the names that a certificate has (RFC 9525 §6.2).

use std::net::IpAddr;

use crate::encoding::der::Tag;
use crate::encoding::hex;
use crate::identity::reference::{is_host_name, is_mailbox_local, to_unicode};
use crate::x509::Certificate;
use crate::x509::extension::ExtensionValue;
use crate::x509::general_name::{GeneralName, ip_address};
use crate::x509::oid::oids;

/// One name of a certificate, as far as names are compared here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// A DNS name in A-labels, lower case; it may start with `*.`.
    Dns(String),
    /// An address.
    Ip(IpAddr),
    /// A mailbox: local part, domain (lower case).
    Email {
        /// The part before the last `@`.
        local: String,
        /// The part after it.
        domain: String,
    },
    /// A name of a compared kind that is not well-formed, so nothing matches it.
    Malformed {
        /// The kind, as in `dns`.
        kind: &'static str,
        /// The text or octets.
        text: String,
    },
    /// A name of a kind that is not compared here.
    Other(&'static str),
}

impl Presented {
    /// The name for a report, with its kind as in `dns:www.example.com`.
    pub fn describe_with_kind(&self) -> String {
        let kind = match self {
            Presented::Dns(_) => "dns:",
            Presented::Ip(_) => "ip:",
            Presented::Email { .. } => "email:",
            Presented::Malformed { .. } | Presented::Other(_) => "",
        };
        format!("{kind}{}", self.describe())
    }

    /// The name for a report.
    pub fn describe(&self) -> String {
        match self {
            Presented::Dns(name) => match to_unicode(name) {
                Some(unicode) => format!("{name} ({unicode})"),
                None => name.clone(),
            },
            Presented::Ip(address) => address.to_string(),
            Presented::Email { local, domain } => format!("{local}@{domain}"),
            Presented::Malformed { kind, text } => format!("{text} (malformed {kind} name)"),
            Presented::Other(kind) => format!("({kind})"),
        }
    }
}

/// The names in subjectAltName; empty when there is no such extension or it
/// cannot be read.
pub fn presented(certificate: &Certificate) -> Vec<Presented> {
    let Some(Ok(ExtensionValue::SubjectAltName(names))) =
        certificate.extension(oids::SUBJECT_ALT_NAME).map(|extension| extension.value())
    else {
        return Vec::new();
    };
    names.iter().map(|name| read(&name)).collect()
}

fn read(name: &GeneralName<'_>) -> Presented {
    let lossy = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    match name {
        GeneralName::Dns(octets) => {
            if is_dns_pattern(octets) {
                Presented::Dns(lossy(octets).to_ascii_lowercase())
            } else {
                Presented::Malformed { kind: "dns", text: lossy(octets) }
            }
        }
        GeneralName::Ip(octets) => match ip_address(octets) {
            Some(address) => Presented::Ip(address),
            None => {
                let text = hex::brief(octets);
                Presented::Malformed { kind: "ip", text }
            }
        },
        GeneralName::Rfc822(octets) => read_mailbox(&lossy(octets), octets.is_ascii()),
        GeneralName::Other { oid: oids::SMTP_UTF8_MAILBOX, value } if value.tag == Tag::UTF8_STRING => {
            // RFC 9598 §3: only for a local part beyond ASCII (all else is for rfc822Name,
            // whose constraints could be evaded here); the domain is in A-labels.
            match std::str::from_utf8(value.content()) {
                Ok(text) => read_mailbox(text, !text.is_ascii()),
                Err(_) => Presented::Malformed { kind: "email", text: lossy(value.content()) },
            }
        }
        other => Presented::Other(other.kind()),
    }
}

fn read_mailbox(text: &str, well_formed: bool) -> Presented {
    match text.rsplit_once('@') {
        Some((local, domain)) if well_formed && is_mailbox_local(local) && is_host_name(domain.as_bytes()) => {
            Presented::Email { local: local.to_owned(), domain: domain.to_ascii_lowercase() }
        }
        _ => Presented::Malformed { kind: "email", text: text.to_owned() },
    }
}

/// A host name, or one with `*` as its whole first label (RFC 9525 §6.3).
fn is_dns_pattern(octets: &[u8]) -> bool {
    is_host_name(octets.strip_prefix(b"*.").unwrap_or(octets))
}
