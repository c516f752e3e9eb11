//! The messages of LDAP that a reader needs (RFC 4511 §4).

use zeroize::Zeroizing;

use super::ber::{self, Reader, tag};
use super::url::{LdapUrl, Scope};

/// StartTLS (RFC 4511 §4.14).
const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";

/// The message id of what a server says unasked (RFC 4511 §4.4).
const UNSOLICITED: u32 = 0;

/// The most addresses of a referral that are kept.
pub(super) const MAX_REFERRALS: usize = 4;

/// The most entries that a search is to give; an LDAP URL of a certificate names one.
pub const MAX_ENTRIES: u32 = 16;

/// The most attributes of an entry, and values of an attribute, that are taken;
/// what is asked for has two names, and a CA a handful of certificates.
pub const MAX_VALUES: usize = 256;

/// The most messages that may answer one search: its entries and as many others.
pub(super) const MAX_MESSAGES: usize = 2 * MAX_ENTRIES as usize;

/// Result codes (RFC 4511 §A.1) that are treated apart.
pub(super) mod code {
    pub(in crate::ldap) const SUCCESS: u32 = 0;
    pub(in crate::ldap) const OPERATIONS_ERROR: u32 = 1;
    pub(in crate::ldap) const SIZE_LIMIT_EXCEEDED: u32 = 4;
    pub(in crate::ldap) const STRONGER_AUTH_REQUIRED: u32 = 8;
    pub(in crate::ldap) const REFERRAL: u32 = 10;
    pub(in crate::ldap) const CONFIDENTIALITY_REQUIRED: u32 = 13;
    pub(in crate::ldap) const NO_SUCH_OBJECT: u32 = 32;
    pub(in crate::ldap) const INAPPROPRIATE_AUTHENTICATION: u32 = 48;
    pub(in crate::ldap) const INVALID_CREDENTIALS: u32 = 49;
    pub(in crate::ldap) const INSUFFICIENT_ACCESS: u32 = 50;
    pub(in crate::ldap) const UNWILLING_TO_PERFORM: u32 = 53;
}

/// The name of a result code.
pub(super) fn code_name(code: u32) -> &'static str {
    match code {
        0 => "success",
        1 => "operationsError",
        2 => "protocolError",
        3 => "timeLimitExceeded",
        4 => "sizeLimitExceeded",
        7 => "authMethodNotSupported",
        8 => "strongerAuthRequired",
        10 => "referral",
        11 => "adminLimitExceeded",
        12 => "unavailableCriticalExtension",
        13 => "confidentialityRequired",
        14 => "saslBindInProgress",
        16 => "noSuchAttribute",
        17 => "undefinedAttributeType",
        18 => "inappropriateMatching",
        21 => "invalidAttributeSyntax",
        32 => "noSuchObject",
        34 => "invalidDNSyntax",
        48 => "inappropriateAuthentication",
        49 => "invalidCredentials",
        50 => "insufficientAccessRights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        80 => "other",
        _ => "unnamed result",
    }
}

/// How a server says that an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) code: u32,
    /// The server's own words.
    pub(super) text: String,
    /// Where it sends the reader instead.
    pub(super) referrals: Vec<String>,
}

/// An attribute's type and values.
pub(super) type Attribute = (String, Vec<Vec<u8>>);

/// What a server may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Response {
    /// To a bind.
    Bound(Outcome),
    /// An entry that a search found.
    Entry(Vec<Attribute>),
    /// An entry with more than [`MAX_VALUES`].
    Excessive,
    /// Part of what was searched is elsewhere.
    Continued(Vec<String>),
    /// The end of a search.
    Done(Outcome),
    /// To an extended request, such as StartTLS.
    Extended(Outcome),
    /// The server hangs up (RFC 4511 §4.4.1).
    Disconnecting(Outcome),
    /// Something that a reader may pass over (RFC 4511 §4.13).
    Intermediate,
}

fn message(id: u32, operation: &[u8]) -> Vec<u8> {
    ber::list(tag::SEQUENCE, [ber::number(tag::INTEGER, id).as_slice(), operation])
}

/// A simple bind (RFC 4511 §4.2) of version 3, in one buffer that does not grow:
/// no copy of the password is left behind.
pub(super) fn bind(id: u32, dn: &str, password: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut before = ber::number(tag::INTEGER, 3);
    before.extend(ber::value(tag::OCTET_STRING, dn.as_bytes()));
    before.extend(ber::header(0x80, password.len()));
    let mut operation = ber::header(0x60, before.len() + password.len());
    operation.extend(before);
    let mut message = ber::number(tag::INTEGER, id);
    message.extend(operation);
    let header = ber::header(tag::SEQUENCE, message.len() + password.len());
    let mut whole = Zeroizing::new(Vec::with_capacity(header.len() + message.len() + password.len()));
    for part in [&header, &message, password] {
        whole.extend_from_slice(part);
    }
    whole
}

/// A search (RFC 4511 §4.5.1) as the URL has it, for these attributes.
pub(super) fn search(id: u32, url: &LdapUrl, attributes: &[String], seconds: u32) -> Vec<u8> {
    let scope = match url.scope {
        Scope::Base => 0,
        Scope::One => 1,
        Scope::Sub => 2,
    };
    let attributes = attributes.iter().map(|name| ber::value(tag::OCTET_STRING, name.as_bytes()));
    let operation = ber::list(
        0x63,
        [
            ber::value(tag::OCTET_STRING, url.dn.as_bytes()),
            ber::number(tag::ENUMERATED, scope),
            // Aliases are not followed: what the certificate names is meant.
            ber::number(tag::ENUMERATED, 0),
            ber::number(tag::INTEGER, MAX_ENTRIES),
            ber::number(tag::INTEGER, seconds),
            ber::value(tag::BOOLEAN, &[0]),
            url.encoded_filter().to_vec(),
            ber::list(tag::SEQUENCE, attributes),
        ],
    );
    message(id, &operation)
}

/// A request to go on under TLS.
pub(super) fn start_tls(id: u32) -> Vec<u8> {
    message(id, &ber::list(0x77, [ber::value(0x80, START_TLS)]))
}

/// A farewell (RFC 4511 §4.3).
pub(super) fn unbind(id: u32) -> Vec<u8> {
    message(id, &[0x42, 0])
}

/// Reads one whole message, which must answer the request of this id or be said
/// unasked. Controls, and what Active Directory appends to its farewell, are
/// passed over.
pub(super) fn read(octets: &[u8], id: u32) -> Option<Response> {
    let mut outside = Reader(octets);
    let mut message = Reader(outside.expect(tag::SEQUENCE)?);
    let answered = message.number(tag::INTEGER)?;
    let (operation, content) = message.next()?;
    let content = Reader(content);
    if answered == UNSOLICITED && operation == 0x78 {
        return Some(Response::Disconnecting(outcome(content)?));
    }
    if answered != id {
        return None;
    }
    match operation {
        0x61 => outcome(content).map(Response::Bound),
        0x64 => entry(content),
        0x65 => outcome(content).map(Response::Done),
        0x73 => Some(Response::Continued(addresses(content))),
        0x78 => outcome(content).map(Response::Extended),
        0x79 => Some(Response::Intermediate),
        _ => None,
    }
}

fn outcome(mut content: Reader<'_>) -> Option<Outcome> {
    let code = content.number(tag::ENUMERATED)?;
    let _matched = content.expect(tag::OCTET_STRING)?;
    let text = text(content.expect(tag::OCTET_STRING)?);
    let mut rest = content;
    let referrals = rest.expect(0xa3).map(|list| addresses(Reader(list))).unwrap_or_default();
    Some(Outcome { code, text, referrals })
}

fn entry(mut content: Reader<'_>) -> Option<Response> {
    let _name = content.expect(tag::OCTET_STRING)?;
    let mut list = Reader(content.expect(tag::SEQUENCE)?);
    let mut attributes = Vec::new();
    while !list.is_empty() {
        let mut attribute = Reader(list.expect(tag::SEQUENCE)?);
        let name = text(attribute.expect(tag::OCTET_STRING)?);
        let mut set = Reader(attribute.expect(tag::SET)?);
        let mut values = Vec::new();
        while !set.is_empty() {
            if values.len() == MAX_VALUES {
                return Some(Response::Excessive);
            }
            values.push(set.expect(tag::OCTET_STRING)?.to_vec());
        }
        if attributes.len() == MAX_VALUES {
            return Some(Response::Excessive);
        }
        attributes.push((name, values));
    }
    Some(Response::Entry(attributes))
}

/// The addresses of a referral, the first few.
fn addresses(mut list: Reader<'_>) -> Vec<String> {
    std::iter::from_fn(|| list.expect(tag::OCTET_STRING)).take(MAX_REFERRALS).map(text).collect()
}

/// The longest text of a server that is shown.
const MAX_TEXT: usize = 300;

/// What a server says, fit to be shown on a line.
fn text(octets: &[u8]) -> String {
    let text = String::from_utf8_lossy(octets.get(..MAX_TEXT).unwrap_or(octets));
    // Active Directory ends its texts with NUL.
    let line: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{LdapUrl, MAX_VALUES, Outcome, Response, ber, bind, read, search, start_tls, tag, unbind};

    #[test]
    fn requests_are_as_the_rfc_has_them() {
        assert_eq!(
            bind(1, "cn=a", b"pw").as_slice(),
            b"\x30\x12\x02\x01\x01\x60\x0d\x02\x01\x03\x04\x04cn=a\x80\x02pw"
        );
        assert_eq!(unbind(3), b"\x30\x05\x02\x01\x03\x42\x00");
        assert_eq!(start_tls(1), b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037");
        let url = LdapUrl::parse("ldap://h/o=x?a").unwrap();
        assert_eq!(
            search(2, &url, &["a".to_owned()], 5),
            b"\x30\x2b\x02\x01\x02\x63\x26\x04\x03o=x\x0a\x01\x00\x0a\x01\x00\x02\x01\x10\x02\x01\x05\x01\x01\x00\x87\x0bobjectClass\x30\x03\x04\x01a"
        );
    }

    #[test]
    fn answers_are_read() {
        let entry = b"\x30\x17\x02\x01\x02\x64\x12\x04\x03o=x\x30\x0b\x30\x09\x04\x01a\x31\x04\x04\x02\x30\x00";
        assert_eq!(read(entry, 2), Some(Response::Entry(vec![("a".to_owned(), vec![vec![0x30, 0]])])));
        assert_eq!(read(entry, 3), None, "an answer to something else");
        let done = |code, text: &str, referrals: &[&str]| {
            let referrals = referrals.iter().map(|text| (*text).to_owned()).collect();
            Some(Response::Done(Outcome { code, text: text.to_owned(), referrals }))
        };
        assert_eq!(read(b"\x30\x0e\x02\x01\x02\x65\x09\x0a\x01\x20\x04\x00\x04\x02n\0", 2), done(32, "n", &[]));
        let referral = b"\x30\x16\x02\x01\x02\x65\x11\x0a\x01\x0a\x04\x00\x04\x00\xa3\x08\x04\x06ldap:/";
        assert_eq!(read(referral, 2), done(10, "", &["ldap:/"]));
        // Active Directory's farewell has its OID outside of where it belongs.
        let farewell = b"\x30\x13\x02\x01\x00\x78\x07\x0a\x01\x34\x04\x00\x04\x00\x8a\x05\x31.3.6";
        assert!(matches!(read(farewell, 2), Some(Response::Disconnecting(outcome)) if outcome.code == 52));
        let entry_of = |values: usize| {
            let set = ber::value(tag::SET, &b"\x04\x00".repeat(values));
            let attribute = ber::list(tag::SEQUENCE, [ber::value(tag::OCTET_STRING, b"a"), set]);
            let list = ber::value(tag::SEQUENCE, &attribute);
            super::message(2, &ber::list(0x64, [ber::value(tag::OCTET_STRING, b""), list]))
        };
        assert!(matches!(read(&entry_of(MAX_VALUES), 2), Some(Response::Entry(_))));
        assert_eq!(read(&entry_of(MAX_VALUES + 1), 2), Some(Response::Excessive));
        for length in 0..entry.len() {
            assert_eq!(read(&entry[..length], 2), None);
        }
        for at in 0..entry.len() {
            for change in [1, 0x20, 0x80, 0xff] {
                let mut changed = *entry;
                changed[at] ^= change;
                let _ = read(&changed, 2);
            }
        }
    }
}
