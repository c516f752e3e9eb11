//! Names and identifiers as text.

use certlens_core::x509::oid::oids;
use certlens_report::{Emphasis, Field, Text, Value};

use crate::facts::OidFacts;
use crate::facts::certificate::CertificateFacts;
use crate::facts::extension::{ExtensionFacts, ExtensionValueFacts};
use crate::facts::general_name::{GeneralNameFacts, Ia5Facts};
use crate::facts::name::NameFacts;

/// What stands for the empty name, which as text is nothing.
pub(in crate::view) const EMPTY: &str = "(empty name)";

/// The name's text, never empty.
pub(in crate::view) fn shown(name: &NameFacts) -> &str {
    if name.rfc4514.is_empty() { EMPTY } else { &name.rfc4514 }
}

/// A name with what its domain names are in Unicode.
pub(in crate::view) fn field(label: &str, name: &NameFacts) -> Field {
    let unicode = name.rdns.iter().flat_map(|rdn| &rdn.attributes).filter_map(|attribute| attribute.unicode.as_ref());
    let mut field = Field::new(label, shown(name));
    field.values.extend(
        unicode.map(|unicode| Value::Text(Text::new().with(Emphasis::Quiet, format!("(in Unicode {unicode})")))),
    );
    field
}

/// The first alternative name, for a certificate without subject.
pub(in crate::view) fn first_alternative(facts: &CertificateFacts) -> Option<String> {
    facts.extensions.iter().filter_map(ExtensionFacts::value).find_map(|value| match value {
        ExtensionValueFacts::SubjectAltName { names } => names.first().map(general_name),
        _ => None,
    })
}

/// A general name behind its kind, as `dns:www.example.com`.
pub(in crate::view) fn general_name(name: &GeneralNameFacts) -> String {
    match name {
        GeneralNameFacts::Dns(name) => ia5("dns:", name),
        GeneralNameFacts::Email(name) => ia5("email:", name),
        GeneralNameFacts::Uri(name) => ia5("uri:", name),
        GeneralNameFacts::Ip { value: Some(value), .. } => format!("ip:{value}"),
        GeneralNameFacts::Ip { value: None, octets } => format!("ip:#{octets} (not the length of an address)"),
        GeneralNameFacts::DirectoryName { name } => format!("directoryName:{}", shown(name)),
        GeneralNameFacts::OtherName { type_id, value } => format!("{}:{}", other_name(type_id), value.to_text()),
        GeneralNameFacts::RegisteredId(oid) => format!("registeredID:{}", oid_in_full(oid)),
        GeneralNameFacts::X400Address { octets } => format!("x400Address:#{octets}"),
        GeneralNameFacts::EdiPartyName { octets } => format!("ediPartyName:#{octets}"),
    }
}

/// A place: a URI stands as it is, to be copied; other names as everywhere.
pub(in crate::view) fn location(name: &GeneralNameFacts) -> Text {
    match name {
        GeneralNameFacts::Uri(uri) => {
            let text = Text::literal(uri.value.clone());
            match &uri.unicode {
                Some(unicode) => text.with(Emphasis::Quiet, format!(" ({unicode})")),
                None => text,
            }
        }
        other => general_name(other).into(),
    }
}

fn ia5(kind: &str, name: &Ia5Facts) -> String {
    let remark = match (&name.unicode, &name.octets) {
        (Some(unicode), _) => format!(" ({unicode})"),
        (None, Some(octets)) => format!(" (not ASCII: #{octets})"),
        (None, None) => String::new(),
    };
    format!("{kind}{}{remark}", name.value)
}

/// The kinds of otherName that administrators know by a short name.
fn other_name(type_id: &OidFacts) -> String {
    let short = [
        (oids::MS_UPN, "upn"),
        (oids::SMTP_UTF8_MAILBOX, "smtpUTF8Mailbox"),
        (oids::DNS_SRV, "srv"),
        (oids::XMPP_ADDR, "xmpp"),
        (oids::KRB5_PRINCIPAL, "kerberos"),
    ];
    let known = short.iter().find(|(oid, _)| oid.to_string() == type_id.oid);
    known.map_or_else(|| format!("otherName {}", oid_in_full(type_id)), |(_, name)| (*name).to_owned())
}

/// The name, or the dotted form of an identifier without one.
pub(in crate::view) fn oid_short(oid: &OidFacts) -> &str {
    oid.name.as_deref().unwrap_or(&oid.oid)
}

/// Name and dotted form.
pub(in crate::view) fn oid_in_full(oid: &OidFacts) -> String {
    match &oid.name {
        Some(name) => format!("{name} ({})", oid.oid),
        None => oid.oid.clone(),
    }
}
