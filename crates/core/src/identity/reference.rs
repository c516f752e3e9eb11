//! Reference identifiers: the name that the caller expects (RFC 9525 §6.1).

use std::fmt;
use std::net::IpAddr;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

/// A name that the certificate must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceName {
    /// A DNS name.
    Dns(DnsName),
    /// An IP address.
    Ip(IpAddr),
    /// A mailbox.
    Email(Mailbox),
}

/// A DNS name in its ASCII form: lower case, A-labels, no dot at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsName(String);

/// A mailbox: local part as given, domain in ASCII form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The part before the last `@`; compared octet by octet (RFC 5280 §7.5).
    pub local: String,
    /// The part after it.
    pub domain: DnsName,
}

/// Why a text is not a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceError {
    /// The text as given.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a name to verify: {}", self.text, self.reason)
    }
}

impl std::error::Error for ReferenceError {}

impl ReferenceName {
    /// Reads a name: `dns:`, `ip:` and `email:` force the kind; otherwise an
    /// address is an address, something with `@` a mailbox, the rest a DNS name.
    ///
    /// # Errors
    ///
    /// When the text is no name of its kind.
    pub fn parse(text: &str) -> Result<ReferenceName, ReferenceError> {
        let fail = |reason| ReferenceError { text: text.to_owned(), reason };
        if let Some(dns) = text.strip_prefix("dns:") {
            return DnsName::parse(dns).map(ReferenceName::Dns).map_err(fail);
        }
        if let Some(ip) = text.strip_prefix("ip:") {
            return parse_ip(ip).map(ReferenceName::Ip).ok_or_else(|| fail("it is not an IPv4 or IPv6 address"));
        }
        if let Some(email) = text.strip_prefix("email:") {
            return Mailbox::parse(email).map(ReferenceName::Email).map_err(fail);
        }
        if let Some(address) = parse_ip(text) {
            return Ok(ReferenceName::Ip(address));
        }
        if text.contains("://") {
            return Err(fail("it is a URL; give only the host name"));
        }
        if text.contains('@') {
            return Mailbox::parse(text).map(ReferenceName::Email).map_err(fail);
        }
        DnsName::parse(text).map(ReferenceName::Dns).map_err(fail)
    }
}

impl ReferenceName {
    /// The name for a report, with its kind as in `dns:www.example.com`.
    pub fn describe_with_kind(&self) -> String {
        let kind = match self {
            ReferenceName::Dns(_) => "dns",
            ReferenceName::Ip(_) => "ip",
            ReferenceName::Email(_) => "email",
        };
        format!("{kind}:{self}")
    }
}

fn parse_ip(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok()
}

impl DnsName {
    /// Reads a host name, in Unicode or ASCII, with or without the dot at the
    /// end (RFC 9525 §6.3, RFC 5891 §4).
    pub(crate) fn parse(text: &str) -> Result<DnsName, &'static str> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err("it is empty");
        }
        if text.contains('*') {
            return Err("it has a wildcard; give the one name that clients connect to");
        }
        if text.contains(':') {
            return Err("it has a colon; give the name without the port, or an address with ip:");
        }
        let ascii = Uts46::new()
            .to_ascii(text.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow, DnsLength::Verify)
            .map_err(|_| "it is not a valid internationalized domain name, or a label is empty or too long")?;
        if !is_host_name(ascii.as_bytes()) {
            return Err("a label has a character that host names do not have");
        }
        // RFC 1123 §2.1: the last label of a host name is alphabetic, so that
        // addresses and names cannot be taken for each other.
        if ascii.rsplit('.').next().is_some_and(|label| label.bytes().all(|octet| octet.is_ascii_digit())) {
            return Err("it looks like an address, but is not one");
        }
        Ok(DnsName(ascii.to_ascii_lowercase()))
    }

    /// The name in A-labels.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Mailbox {
    fn parse(text: &str) -> Result<Mailbox, &'static str> {
        let (local, domain) = text.rsplit_once('@').ok_or("a mailbox has the form local@domain")?;
        if local.is_empty() || local.chars().any(char::is_control) {
            return Err("the part before @ is empty or has a control character");
        }
        Ok(Mailbox { local: local.to_owned(), domain: DnsName::parse(domain)? })
    }
}

/// Whether octets are a DNS name in the form that certificates must have:
/// labels of 1 to 63 letters, digits, hyphens (not at the ends) and, because
/// they are in use, underscores; 253 octets in all (RFC 1034 §3.5, RFC 5280 §4.2.1.6).
pub(crate) fn is_host_name(name: &[u8]) -> bool {
    name.len() <= 253
        && name.split(|&octet| octet == b'.').all(|label| {
            (1..=63).contains(&label.len())
                && label.first() != Some(&b'-')
                && label.last() != Some(&b'-')
                && label.iter().all(|&octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_')
        })
}

/// Whether a text can stand before the `@` of a mailbox: words of ordinary
/// characters with periods between them, or a quoted string
/// (RFC 5321 §4.1.2; beyond ASCII RFC 6531 §3.3).
pub(crate) fn is_mailbox_local(local: &str) -> bool {
    if let Some(quoted) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let mut characters = quoted.chars();
        while let Some(character) = characters.next() {
            let follows = match character {
                '\\' => characters.next(),
                '"' => None,
                other => Some(other),
            };
            if follows.is_none_or(char::is_control) {
                return false;
            }
        }
        return !quoted.is_empty();
    }
    let is_ordinary = |character: char| match character.is_ascii() {
        true => character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character),
        false => !character.is_control() && !character.is_whitespace(),
    };
    local.split('.').all(|word| !word.is_empty() && word.chars().all(is_ordinary))
}

/// The Unicode form of a name in A-labels, when it has one that differs and
/// maps back to the same name.
pub fn to_unicode(name: &str) -> Option<String> {
    if !name.split('.').any(|label| label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"))) {
        return None;
    }
    let (unicode, result) = Uts46::new().to_unicode(name.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
    (result.is_ok() && unicode != name).then(|| unicode.into_owned())
}

impl fmt::Display for ReferenceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReferenceName::Dns(name) => name.fmt(f),
            ReferenceName::Ip(address) => address.fmt(f),
            ReferenceName::Email(mailbox) => mailbox.fmt(f),
        }
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match to_unicode(&self.0) {
            Some(unicode) => write!(f, "{} ({unicode})", self.0),
            None => f.write_str(&self.0),
        }
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_inferred_or_forced() {
        let cases = [
            ("www.example.com", "Dns(DnsName(\"www.example.com\"))"),
            ("WWW.Example.COM.", "Dns(DnsName(\"www.example.com\"))"),
            ("bücher.example", "Dns(DnsName(\"xn--bcher-kva.example\"))"),
            ("under_score.example", "Dns(DnsName(\"under_score.example\"))"),
            ("192.0.2.1", "Ip(192.0.2.1)"),
            ("[2001:db8::1]", "Ip(2001:db8::1)"),
            ("ip:2001:db8::1", "Ip(2001:db8::1)"),
            ("Ann@Example.com", "Email(Mailbox { local: \"Ann\", domain: DnsName(\"example.com\") })"),
            ("dns:localhost", "Dns(DnsName(\"localhost\"))"),
        ];
        for (text, parsed) in cases {
            assert_eq!(format!("{:?}", ReferenceName::parse(text).unwrap()), parsed);
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_a_reason() {
        for text in [
            "",
            ".",
            "*.example.com",
            "a..b",
            ".example.com",
            "example.com:443",
            "https://example.com",
            "-a.example",
            "a-.example",
            "exa mple.com",
            "192.0.2.256",
            "1.2.3",
            "0x7f.1",
            "ip:example.com",
            "email:nobody",
            "@example.com",
            "dns:",
            "a\u{0}b.example",
            "xn--\u{fc}.example",
        ] {
            assert!(ReferenceName::parse(text).is_err(), "{text:?} is taken as {:?}", ReferenceName::parse(text));
        }
        let long = format!("{}.example", "a".repeat(64));
        assert!(ReferenceName::parse(&long).is_err());
    }

    #[test]
    fn unicode_form_only_where_it_differs() {
        assert_eq!(to_unicode("xn--bcher-kva.example").as_deref(), Some("bücher.example"));
        assert_eq!(to_unicode("example.com"), None);
        assert_eq!(to_unicode("xn--a.example"), None);
    }
}
