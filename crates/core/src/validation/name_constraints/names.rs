//! The names of a certificate, as constraints see them.

use std::net::IpAddr;

use crate::encoding::der::Tag;
use crate::encoding::hex;
use crate::identity::{is_host_name, is_mailbox_local};
use crate::x509::Certificate;
use crate::x509::digest::sha256;
use crate::x509::extension::ExtensionValue;
use crate::x509::general_name::{GeneralName, ip_address};
use crate::x509::name::{Name, Rdn};
use crate::x509::oid::{Oid, oids};

/// A kind of name that constraints are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameForm<'a> {
    /// dNSName.
    Dns,
    /// iPAddress.
    Ip,
    /// rfc822Name, and the mailboxes beyond ASCII of RFC 9598.
    Email,
    /// uniformResourceIdentifier.
    Uri,
    /// directoryName, the subject's name included.
    Directory,
    /// otherName of this type; none is processed.
    Other(Oid<'a>),
    /// x400Address, not processed.
    X400,
    /// ediPartyName, not processed.
    EdiParty,
    /// registeredID, not processed.
    RegisteredId,
}

/// One name of a certificate, read as constraints compare it.
#[derive(Clone, Debug)]
pub struct ConstrainedName<'a> {
    value: Value<'a>,
    in_subject: bool,
    /// A mailbox in an otherName, to which constraints on either form apply.
    in_other_name: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    /// Lower case; the base of a wildcard name, and whether it was one.
    Dns {
        base: String,
        wildcard: bool,
    },
    Ip(IpAddr),
    /// The local part as it stands (`None` beyond ASCII: only the domain can be
    /// compared), the domain in lower case.
    Email {
        local: Option<String>,
        domain: String,
        shown: String,
    },
    /// The host in lower case, and the whole for the report.
    Uri {
        host: String,
        shown: String,
    },
    Directory {
        name: Name<'a>,
        prefixes: Vec<[u8; 32]>,
        /// The first relative name with a value that cannot be compared as text.
        opaque: Option<usize>,
    },
    /// A name of a processed form that is not well-formed.
    Malformed(NameForm<'a>, String),
    /// A name of a form that is not processed.
    Opaque(NameForm<'a>),
}

/// All names of a certificate to which constraints apply.
pub(in crate::validation) fn names_of(certificate: &Certificate) -> Vec<ConstrainedName<'_>> {
    let mut names = Vec::new();
    let subject = certificate.subject();
    if !subject.is_empty() {
        names.push(ConstrainedName::subject(subject));
    }
    match certificate.extension(oids::SUBJECT_ALT_NAME).map(|extension| extension.value()) {
        Some(Ok(ExtensionValue::SubjectAltName(alternatives))) => {
            names.extend(alternatives.iter().map(|name| ConstrainedName::alternative(&name)));
        }
        // Not readable: reported elsewhere, and refused there.
        Some(_) => {}
        // §4.2.1.10: without a subjectAltName, a mailbox in the subject counts.
        None => {
            let attributes = subject.rdns().flat_map(|rdn| rdn.attributes());
            for attribute in attributes.filter(|attribute| attribute.oid == oids::EMAIL_ADDRESS) {
                let text = attribute.value.to_text();
                let value = email(&text, text.is_ascii());
                names.push(ConstrainedName { value, in_subject: true, in_other_name: false });
            }
        }
    }
    names
}

fn read<'a>(name: &GeneralName<'a>) -> Value<'a> {
    let lossy = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    match name {
        GeneralName::Dns(octets) => {
            let (base, wildcard) = match octets.strip_prefix(b"*.") {
                Some(base) => (base, true),
                None => (*octets, false),
            };
            match is_host_name(base) {
                true => Value::Dns { base: lossy(base).to_ascii_lowercase(), wildcard },
                false => Value::Malformed(NameForm::Dns, lossy(octets)),
            }
        }
        GeneralName::Ip(octets) => match ip_address(octets) {
            Some(address) => Value::Ip(address),
            None => Value::Malformed(NameForm::Ip, hex::brief(octets)),
        },
        GeneralName::Rfc822(octets) => email(&lossy(octets), octets.is_ascii()),
        GeneralName::Other { oid: oids::SMTP_UTF8_MAILBOX, value } => {
            // RFC 9598 §6: constraints on the domain apply, those on a mailbox cannot match.
            let text = std::str::from_utf8(value.content()).ok().filter(|_| value.tag == Tag::UTF8_STRING);
            match text.and_then(|text| text.rsplit_once('@')) {
                // §3: for local parts beyond ASCII alone; the others have rfc822Name, whose
                // constraints could be evaded here.
                Some((local, domain)) if !local.is_ascii() && is_host_name(domain.as_bytes()) => Value::Email {
                    local: None,
                    domain: domain.to_ascii_lowercase(),
                    shown: format!("{local}@{domain}"),
                },
                _ => Value::Malformed(NameForm::Email, lossy(value.content())),
            }
        }
        GeneralName::Uri(octets) => {
            let text = lossy(octets);
            match host_of_uri(&text) {
                Some(host) => Value::Uri { host, shown: text },
                None => Value::Malformed(NameForm::Uri, text),
            }
        }
        GeneralName::Directory(name) => directory(*name),
        GeneralName::Other { oid, .. } => Value::Opaque(NameForm::Other(*oid)),
        GeneralName::X400(_) => Value::Opaque(NameForm::X400),
        GeneralName::EdiParty(_) => Value::Opaque(NameForm::EdiParty),
        GeneralName::RegisteredId(_) => Value::Opaque(NameForm::RegisteredId),
    }
}

fn email<'a>(text: &str, is_ascii: bool) -> Value<'a> {
    match text.rsplit_once('@') {
        Some((local, domain)) if is_ascii && is_mailbox_local(local) && is_host_name(domain.as_bytes()) => {
            Value::Email { local: Some(local.to_owned()), domain: domain.to_ascii_lowercase(), shown: text.to_owned() }
        }
        _ => Value::Malformed(NameForm::Email, text.to_owned()),
    }
}

fn directory(name: Name<'_>) -> Value<'_> {
    let is_opaque = |rdn: &Rdn<'_>| rdn.attributes().any(|attribute| attribute.value.text().is_none());
    let opaque = name.rdns().position(|rdn| is_opaque(&rdn));
    Value::Directory { name, prefixes: prefix_digests(&name), opaque }
}

/// For each number of relative names from none to all, a digest of the first so
/// many: equal for beginnings that RFC 5280 §7.1 calls equal. Each is made from
/// the one before, so that the work is linear in the name.
pub(super) fn prefix_digests(name: &Name<'_>) -> Vec<[u8; 32]> {
    let mut digests = vec![[0; 32]];
    let mut octets = Vec::new();
    for rdn in name.rdns() {
        octets.clear();
        octets.extend(digests.last().into_iter().flatten());
        rdn.write_canonical(&mut octets);
        digests.push(sha256(&octets));
    }
    digests
}

/// The host of a URI that has an authority with a host name (RFC 3986 §3.2);
/// `None` for any other, to which no constraint can be applied (RFC 5280 §4.2.1.10).
fn host_of_uri(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let is_scheme = |character: char| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.');
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) || !scheme.chars().all(is_scheme) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let is_allowed = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%[]".contains(&octet);
    if !authority.bytes().all(is_allowed) {
        return None;
    }
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host_and_port.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => host,
        Some(_) => return None,
        None => host_and_port,
    };
    let is_address = host.parse::<IpAddr>().is_ok();
    (is_host_name(host.as_bytes()) && !is_address).then(|| host.to_ascii_lowercase())
}

impl<'a> ConstrainedName<'a> {
    pub(super) fn value(&self) -> &Value<'a> {
        &self.value
    }

    /// A name of subjectAltName.
    pub fn alternative(name: &GeneralName<'a>) -> ConstrainedName<'a> {
        let in_other_name = matches!(name, GeneralName::Other { .. });
        ConstrainedName { value: read(name), in_subject: false, in_other_name }
    }

    /// A subject's name.
    pub fn subject(name: Name<'a>) -> ConstrainedName<'a> {
        ConstrainedName { value: directory(name), in_subject: true, in_other_name: false }
    }

    /// Its kind.
    pub fn form(&self) -> NameForm<'a> {
        match &self.value {
            Value::Dns { .. } => NameForm::Dns,
            Value::Ip(_) => NameForm::Ip,
            Value::Email { .. } => NameForm::Email,
            Value::Uri { .. } => NameForm::Uri,
            Value::Directory { .. } => NameForm::Directory,
            Value::Malformed(form, _) | Value::Opaque(form) => *form,
        }
    }

    /// The type of an otherName that was read as a name of another form.
    pub(super) fn other_form(&self) -> Option<NameForm<'a>> {
        (self.in_other_name && self.form() == NameForm::Email).then_some(NameForm::Other(oids::SMTP_UTF8_MAILBOX))
    }

    pub(super) fn is_wildcard(&self) -> bool {
        matches!(self.value, Value::Dns { wildcard: true, .. })
    }

    /// Why it cannot be compared, when it cannot.
    pub(super) fn fault(&self) -> Option<&'static str> {
        match &self.value {
            // §4.2.1.10: a well-formed URI may have none, or an address in its place.
            Value::Malformed(NameForm::Uri, _) => Some("has no host name"),
            Value::Malformed(..) => Some("is malformed"),
            _ => None,
        }
    }

    pub(super) fn part(&self) -> &'static str {
        if self.in_subject { "subject" } else { "subjectAltName" }
    }

    /// Kind and name, as in `dns:www.example.com`.
    pub fn describe(&self) -> String {
        let place = match &self.value {
            Value::Email { .. } if self.in_subject => " in the subject",
            _ => "",
        };
        format!("{}{place}", self.describe_value())
    }

    fn describe_value(&self) -> String {
        match &self.value {
            Value::Dns { base, wildcard: true } => format!("dns:*.{base}"),
            Value::Dns { base, .. } => format!("dns:{base}"),
            Value::Ip(IpAddr::V6(address)) => format!("ip:[{address}]"),
            Value::Ip(address) => format!("ip:{address}"),
            Value::Email { shown, .. } => format!("email:{shown}"),
            Value::Uri { shown, .. } => format!("uri:{shown}"),
            Value::Directory { name, .. } => format!("directory:{}", name.brief()),
            Value::Malformed(form, text) => format!("{}:{text}", form.kind()),
            Value::Opaque(form) => form.kind(),
        }
    }
}

impl NameForm<'_> {
    /// What tells forms apart, the types of otherName included.
    pub(super) fn key(&self) -> Vec<u8> {
        let number = match self {
            NameForm::Other(_) => 0,
            NameForm::Email => 1,
            NameForm::Dns => 2,
            NameForm::X400 => 3,
            NameForm::Directory => 4,
            NameForm::EdiParty => 5,
            NameForm::Uri => 6,
            NameForm::Ip => 7,
            NameForm::RegisteredId => 8,
        };
        let mut key = vec![number];
        if let NameForm::Other(oid) = self {
            key.extend(oid.as_bytes());
        }
        key
    }

    /// The kind for a report.
    pub fn kind(&self) -> String {
        match self {
            NameForm::Dns => "dns".to_owned(),
            NameForm::Ip => "ip".to_owned(),
            NameForm::Email => "email".to_owned(),
            NameForm::Uri => "uri".to_owned(),
            NameForm::Directory => "directory".to_owned(),
            NameForm::Other(oid) => format!("otherName {}", oid.name_or_dotted()),
            NameForm::X400 => "x400Address".to_owned(),
            NameForm::EdiParty => "ediPartyName".to_owned(),
            NameForm::RegisteredId => "registeredID".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_uris() {
        for (uri, host) in [
            ("http://www.Example.com/path?query", Some("www.example.com")),
            ("https://user:pw@example.com:8443", Some("example.com")),
            ("ldap://a.example/CN=x", Some("a.example")),
            ("urn:example:a", None),
            ("http:///nothing", None),
            ("http://192.0.2.1/", None),
            ("http://[2001:db8::1]/", None),
            ("http://example.com:port/", None),
            ("http://a@b@c.example/", Some("c.example")),
            ("http://exa%6dple.com/", None),
            ("http://example.com\\@evil.example/", None),
            ("://example.com/", None),
            ("mailto:a@example.com", None),
        ] {
            assert_eq!(host_of_uri(uri).as_deref(), host, "{uri}");
        }
    }
}
