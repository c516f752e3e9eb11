//! LDAP URLs (RFC 4516).

use std::fmt;
use std::net::Ipv6Addr;

use super::filter;

/// The longest LDAP URL taken; Active Directory's have about 300 octets.
pub const MAX_LDAP_URL_OCTETS: usize = 2_048;

/// The most attributes and extensions of a URL; RFC 5280 §4.2.2.1 has two.
pub const MAX_URL_ITEMS: usize = 16;

/// The longest name of a host (RFC 1035 §2.3.4).
const MAX_HOST_OCTETS: usize = 255;

/// How far below its base a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The entry itself.
    Base,
    /// Those directly below.
    One,
    /// It and all below.
    Sub,
}

/// An LDAP URL, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdapUrl {
    /// Whether the scheme is `ldaps`, which no standard has.
    pub secure: bool,
    /// A name or an address without brackets; `None` leaves it to the reader to
    /// know a server, as Active Directory's URLs do.
    pub host: Option<String>,
    /// The port, if one is given.
    pub port: Option<u16>,
    /// The distinguished name of the entry, as text (RFC 4514).
    pub dn: String,
    /// The attributes asked for; none means all.
    pub attributes: Vec<String>,
    /// The scope; the entry itself unless another is given.
    pub scope: Scope,
    /// The filter as text; `(objectClass=*)` unless another is given.
    pub filter: String,
    encoded_filter: Vec<u8>,
}

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UrlError {
    /// It is longer than [`MAX_LDAP_URL_OCTETS`].
    TooLong,
    /// It does not begin with `ldap://` or `ldaps://`.
    Scheme,
    /// It has control characters.
    Control,
    /// It names a user.
    UserInfo,
    /// The host is no name and no address.
    Host,
    /// The port is none.
    Port,
    /// A percent sign without two digits after it, or what they stand for is not UTF-8.
    Escape,
    /// The name, or a part after it, is not as it has to be; which one.
    Part(&'static str),
    /// An extension that must be honoured (RFC 4516 §2) and is not known.
    CriticalExtension,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UrlError::TooLong => write!(f, "it is longer than MAX_LDAP_URL_OCTETS, {MAX_LDAP_URL_OCTETS} octets"),
            UrlError::Scheme => f.write_str("it does not begin with ldap://"),
            UrlError::Control => f.write_str("it has control characters"),
            UrlError::UserInfo => f.write_str("it names a user"),
            UrlError::Host => f.write_str("its host is neither a name nor an address"),
            UrlError::Port => f.write_str("its port is no number from 1 to 65535"),
            UrlError::Escape => f.write_str("a percent sign in it is not followed by the digits of UTF-8 text"),
            UrlError::Part(part) => write!(f, "its {part} cannot be read"),
            UrlError::CriticalExtension => f.write_str("it demands an extension that is not known"),
        }
    }
}

impl std::error::Error for UrlError {}

impl LdapUrl {
    /// Reads a URL. Spaces and other characters that RFC 4516 §2.1 wants escaped
    /// are taken as they are: Windows does so, and certificates have them.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(url: &str) -> Result<LdapUrl, UrlError> {
        if url.len() > MAX_LDAP_URL_OCTETS {
            return Err(UrlError::TooLong);
        }
        if url.chars().any(char::is_control) {
            return Err(UrlError::Control);
        }
        let (scheme, rest) = url.split_once("://").ok_or(UrlError::Scheme)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "ldap" => false,
            "ldaps" => true,
            _ => return Err(UrlError::Scheme),
        };
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, path),
            None => (rest, ""),
        };
        let (host, port) = authority_parts(authority)?;
        let mut parts = path.split('?');
        let mut next = || parts.next().unwrap_or_default();
        let dn = decode(next())?;
        let attributes = items(next(), "list of attributes")?;
        if !attributes.iter().all(|attribute| attribute == "*" || filter::is_attribute(attribute)) {
            return Err(UrlError::Part("list of attributes"));
        }
        let scope = match next().to_ascii_lowercase().as_str() {
            "" | "base" => Scope::Base,
            "one" => Scope::One,
            "sub" => Scope::Sub,
            _ => return Err(UrlError::Part("scope")),
        };
        let mut filter = decode(next())?;
        if filter.is_empty() {
            filter.push_str("(objectClass=*)");
        }
        let encoded_filter = filter::encode(&filter).ok_or(UrlError::Part("filter"))?;
        let extensions = items(next(), "list of extensions")?;
        if extensions.iter().any(|extension| extension.starts_with('!')) {
            return Err(UrlError::CriticalExtension);
        }
        if parts.next().is_some() {
            return Err(UrlError::Part("end"));
        }
        Ok(LdapUrl { secure, host, port, dn, attributes, scope, filter, encoded_filter })
    }

    /// The filter as LDAP sends it.
    pub(super) fn encoded_filter(&self) -> &[u8] {
        &self.encoded_filter
    }
}

/// Reads a server as an operator names it: `host`, `host:port`, `[address]:port`,
/// or an IPv6 address alone.
///
/// # Errors
///
/// What is wrong with it.
pub fn parse_server(text: &str) -> Result<(String, Option<u16>), UrlError> {
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Ok((address.to_string(), None));
    }
    match authority_parts(text)? {
        (Some(host), port) => Ok((host, port)),
        (None, _) => Err(UrlError::Host),
    }
}

fn authority_parts(authority: &str) -> Result<(Option<String>, Option<u16>), UrlError> {
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(literal) => {
            let (literal, after) = literal.split_once(']').ok_or(UrlError::Host)?;
            let address: Ipv6Addr = literal.parse().map_err(|_| UrlError::Host)?;
            let port = if after.is_empty() { "" } else { after.strip_prefix(':').ok_or(UrlError::Port)? };
            (Some(address.to_string()), port)
        }
        None => {
            let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
            (host_name(host)?, port)
        }
    };
    if port.is_empty() {
        return Ok((host, None));
    }
    let digits = port.len() <= 5 && port.bytes().all(|digit| digit.is_ascii_digit());
    let number = if digits { port.parse::<u16>().ok() } else { None };
    match number.filter(|number| *number != 0) {
        // A port of nothing says nothing.
        Some(_) if host.is_none() => Err(UrlError::Host),
        Some(number) => Ok((host, Some(number))),
        None => Err(UrlError::Port),
    }
}

fn host_name(text: &str) -> Result<Option<String>, UrlError> {
    let host = decode(text).map_err(|_| UrlError::Host)?;
    if host.is_empty() {
        return Ok(None);
    }
    let allowed = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_');
    if host.len() > MAX_HOST_OCTETS || !host.bytes().all(allowed) || host.starts_with('.') {
        return Err(UrlError::Host);
    }
    Ok(Some(host.to_ascii_lowercase()))
}

/// A list with commas. Empty parts, as after a last comma, count for nothing.
fn items(text: &str, part: &'static str) -> Result<Vec<String>, UrlError> {
    let mut items = Vec::new();
    for item in text.split(',').filter(|item| !item.is_empty()) {
        if items.len() == MAX_URL_ITEMS {
            return Err(UrlError::Part(part));
        }
        items.push(decode(item)?);
    }
    Ok(items)
}

/// Resolves percent signs. NUL is taken nowhere.
fn decode(text: &str) -> Result<String, UrlError> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        if octet != b'%' {
            decoded.push(octet);
            continue;
        }
        let mut digit = || char::from(octets.next()?).to_digit(16);
        let value = digit().zip(digit()).map(|(high, low)| (high * 16 + low) as u8);
        decoded.push(value.filter(|value| *value != 0).ok_or(UrlError::Escape)?);
    }
    String::from_utf8(decoded).map_err(|_| UrlError::Escape)
}

#[cfg(test)]
mod tests {
    use super::{LdapUrl, MAX_LDAP_URL_OCTETS, Scope, UrlError, parse_server};

    fn parse(url: &str) -> LdapUrl {
        LdapUrl::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    #[test]
    fn active_directory_s_form_is_read() {
        let url = parse(
            "ldap:///CN=Corp%20CA,CN=CA01,CN=CDP,CN=Public%20Key%20Services,CN=Services,CN=Configuration,DC=corp,DC=example?certificateRevocationList?base?objectClass=cRLDistributionPoint",
        );
        assert_eq!((url.host, url.port, url.secure), (None, None, false));
        assert!(url.dn.starts_with("CN=Corp CA,CN=CA01,"));
        assert_eq!(url.attributes, ["certificateRevocationList"]);
        assert_eq!((url.scope, url.filter.as_str()), (Scope::Base, "objectClass=cRLDistributionPoint"));
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let url = parse("LDAP://h");
        assert_eq!((url.host.as_deref(), url.dn.as_str(), url.scope), (Some("h"), "", Scope::Base));
        assert_eq!((url.attributes.len(), url.filter.as_str()), (0, "(objectClass=*)"));
        let url = parse("ldaps://Dir.example:3389/cn=a??sub?");
        assert_eq!((url.secure, url.host.as_deref(), url.port), (true, Some("dir.example"), Some(3389)));
        assert_eq!(url.scope, Scope::Sub);
        let url = parse("ldap://[2001:DB8::1]:389/cn=a%3fb?cACertificate;binary,crossCertificatePair;binary?ONE");
        assert_eq!((url.host.as_deref(), url.port), (Some("2001:db8::1"), Some(389)));
        assert_eq!((url.dn.as_str(), url.scope), ("cn=a?b", Scope::One));
        assert_eq!(url.attributes, ["cACertificate;binary", "crossCertificatePair;binary"]);
        assert_eq!(parse("ldap://h:/").port, None);
        assert_eq!(parse("ldap://%68/").host.as_deref(), Some("h"));
        assert_eq!(parse("ldap:///cn=ä b,o=%C3%A4?*").dn, "cn=ä b,o=ä");
        parse("ldap://h/????bindname=cn=a,x-other");
    }

    #[test]
    fn servers_are_read_as_operators_write_them() {
        for (text, host, port) in [
            ("DC1.corp.example", "dc1.corp.example", None),
            ("dc1:3389", "dc1", Some(3389)),
            ("10.0.0.1:389", "10.0.0.1", Some(389)),
            ("2001:db8::1", "2001:db8::1", None),
            ("[2001:db8::1]:636", "2001:db8::1", Some(636)),
        ] {
            assert_eq!(parse_server(text), Ok((host.to_owned(), port)), "{text}");
        }
        for text in ["", ":389", "ldap://dc1/", "dc1/x", "u@dc1", "dc1:x", "dc 1"] {
            assert!(parse_server(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_ldap_url_is_refused() {
        for (url, expected) in [
            ("", UrlError::Scheme),
            ("ldap:", UrlError::Scheme),
            ("ldap:/h", UrlError::Scheme),
            ("http://h/", UrlError::Scheme),
            ("ldap://u:p@h/", UrlError::UserInfo),
            ("ldap://h /", UrlError::Host),
            ("ldap://ä/", UrlError::Host),
            ("ldap://.h/", UrlError::Host),
            ("ldap://h?cACertificate", UrlError::Host),
            ("ldap://%2/", UrlError::Host),
            ("ldap://[::1/", UrlError::Host),
            ("ldap://[fe80::1%25eth0]/", UrlError::Host),
            ("ldap://[::1]389/", UrlError::Port),
            ("ldap://:389/", UrlError::Host),
            ("ldap://h:0/", UrlError::Port),
            ("ldap://h:65536/", UrlError::Port),
            ("ldap://h:+1/", UrlError::Port),
            ("ldap://::1/", UrlError::Port),
            ("ldap://h/%", UrlError::Escape),
            ("ldap://h/%c3", UrlError::Escape),
            ("ldap://h/%00", UrlError::Escape),
            ("ldap://h/%zz", UrlError::Escape),
            ("ldap://h/a\nb", UrlError::Control),
            ("ldap://h/?a b", UrlError::Part("list of attributes")),
            ("ldap://h/??children", UrlError::Part("scope")),
            ("ldap://h/???(a", UrlError::Part("filter")),
            ("ldap://h/????!bindname=cn=a", UrlError::CriticalExtension),
            ("ldap://h/????x,%21y", UrlError::CriticalExtension),
            ("ldap://h/?????", UrlError::Part("end")),
        ] {
            assert_eq!(LdapUrl::parse(url).map(|_| ()), Err(expected), "{url}");
        }
        let long = format!("ldap://h/{}", "a".repeat(MAX_LDAP_URL_OCTETS));
        assert_eq!(LdapUrl::parse(&long), Err(UrlError::TooLong));
        let many = format!("ldap://h/?{}", "a,".repeat(17));
        assert_eq!(LdapUrl::parse(&many), Err(UrlError::Part("list of attributes")));
    }
    #[test]
    fn whatever_comes_is_survived() {
        let seeds = [
            "ldap://[2001:db8::1]:389/cn=a%3fb,o=%C3%A4?cACertificate;binary,b?sub?(&(a=b*c*d)(!(e>=f\\2a)))?!x=y,z",
            "ldap:///CN=CA%20(1)?certificateRevocationList?base?objectClass=cRLDistributionPoint",
            "ldaps://u:p@h.example:65535/????",
        ];
        let alphabet: Vec<char> = "%?/:@[]()&|!=*\\~<>,;.#é\0 a0".chars().collect();
        let mut state = 1u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut read = 0;
        for round in 0..30_000 {
            let mut text: Vec<char> = seeds[round % seeds.len()].chars().collect();
            for _ in 0..=random(4) {
                let at = random(text.len());
                match random(3) {
                    0 => text[at] = alphabet[random(alphabet.len())],
                    1 => text.insert(at, alphabet[random(alphabet.len())]),
                    _ => text.truncate(at.max(1)),
                }
            }
            let text: String = text.into_iter().collect();
            let Ok(url) = LdapUrl::parse(&text) else { continue };
            assert!(!url.dn.contains('\0') && url.host.is_none_or(|host| !host.contains('@')), "{text}");
            read += 1;
        }
        assert!(read > 1_000, "{read}");
    }
}
