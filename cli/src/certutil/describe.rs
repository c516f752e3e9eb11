//! Names, alternative names and identifiers as Windows writes them.

use certlens_core::crypto::algorithm::HashAlgorithm;
use certlens_core::crypto::digest;
use certlens_core::encoding::hex;
use certlens_core::x509::Certificate;
use certlens_core::x509::extension::ExtensionValue;
use certlens_core::x509::general_name::{GeneralName, ip_address};
use certlens_core::x509::name::{Attribute, Name};
use certlens_core::x509::oid::{Oid, oids};

/// The most alternative names and policies on a line, and the most octets of a name;
/// a hostile certificate has thousands.
const MAX_LISTED: usize = 100;
const MAX_NAME: usize = 2_000;

/// A name on one line, the most specific part first: `CN=RootCA, DC=example`.
pub(super) fn name(name: &Name<'_>) -> String {
    let parts = name_parts(name);
    if parts.is_empty() { "EMPTY".to_owned() } else { bounded(parts.join(", ")) }
}

/// The relative names, the most specific first.
pub(super) fn name_parts(name: &Name<'_>) -> Vec<String> {
    let rdns = name.rdns().rev().take(MAX_LISTED);
    rdns.map(|rdn| bounded(rdn.attributes().map(|one| attribute(&one)).collect::<Vec<_>>().join(" + "))).collect()
}

fn attribute(attribute: &Attribute<'_>) -> String {
    let value = attribute.value.to_text();
    format!("{}={}", attribute_name(attribute.oid), quoted(&value))
}

/// Short names that differ from those of RFC 4514 and of common use.
fn attribute_name(oid: Oid<'_>) -> String {
    let name = match oid {
        oids::COMMON_NAME => "CN",
        oids::LOCALITY => "L",
        oids::STATE => "S",
        oids::ORGANIZATION => "O",
        oids::ORGANIZATIONAL_UNIT => "OU",
        oids::COUNTRY => "C",
        oids::STREET => "STREET",
        oids::DOMAIN_COMPONENT => "DC",
        oids::EMAIL_ADDRESS => "E",
        oids::SURNAME => "SN",
        oids::GIVEN_NAME => "G",
        oids::INITIALS => "I",
        oids::TITLE => "T",
        oids::SERIAL_NUMBER => "SERIALNUMBER",
        oids::DESCRIPTION => "Description",
        oids::POSTAL_CODE => "PostalCode",
        _ => return format!("OID.{oid}"),
    };
    name.to_owned()
}

/// CertNameToStr puts quotation marks around what would be read as something else.
fn quoted(value: &str) -> String {
    let special = |character: char| ",+=\"\n<>#;".contains(character);
    if value.is_empty() || value.contains(special) || value.starts_with(' ') || value.ends_with(' ') {
        return format!("\"{}\"", value.replace('"', "\"\""));
    }
    value.to_owned()
}

fn bounded(mut text: String) -> String {
    if text.len() > MAX_NAME {
        let end = (0..=MAX_NAME).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The alternative names on one line: `DNS Name=www.example.com, IP Address=192.0.2.1`.
pub(super) fn alternative_names(certificate: &Certificate) -> Option<String> {
    let Ok(ExtensionValue::SubjectAltName(names)) = certificate.extension(oids::SUBJECT_ALT_NAME)?.value() else {
        return None;
    };
    let mut listed: Vec<String> = names.iter().take(MAX_LISTED).map(|name| general_name(&name)).collect();
    let more = names.iter().count() - listed.len();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    Some(listed.join(", "))
}

fn general_name(general: &GeneralName<'_>) -> String {
    let text = |octets: &[u8]| bounded(String::from_utf8_lossy(octets).into_owned());
    match general {
        GeneralName::Dns(octets) => format!("DNS Name={}", text(octets)),
        GeneralName::Rfc822(octets) => format!("RFC822 Name={}", text(octets)),
        GeneralName::Uri(octets) => format!("URL={}", text(octets)),
        GeneralName::Ip(octets) => {
            format!("IP Address={}", ip_address(octets).map_or_else(|| hex::brief(octets), |ip| ip.to_string()))
        }
        GeneralName::Directory(directory) => format!("Directory Address: {}", name(directory)),
        GeneralName::RegisteredId(oid) => format!("Registered ID={oid}"),
        GeneralName::Other { oid, value } => match std::str::from_utf8(value.content()) {
            Ok(principal) if *oid == oids::MS_UPN => {
                format!("Other Name: Principal Name={}", bounded(principal.to_owned()))
            }
            _ => format!("Other Name: {oid}={}", hex::brief(value.content())),
        },
        GeneralName::X400(octets) | GeneralName::EdiParty(octets) => hex::brief(octets),
    }
}

/// The template of a certificate of Active Directory; of version 2 and later its
/// identifier, because its name stands in the directory alone.
pub(super) fn template(certificate: &Certificate) -> Option<String> {
    let value = |oid| certificate.extension(oid).and_then(|extension| extension.value().ok());
    match (value(oids::MS_CERTIFICATE_TEMPLATE), value(oids::MS_CERTIFICATE_TEMPLATE_NAME)) {
        (Some(ExtensionValue::MsTemplate(template)), _) => Some(template.id.to_string()),
        (_, Some(ExtensionValue::MsTemplateName(name))) => Some(bounded(name.to_text().into_owned())),
        _ => None,
    }
}

pub(super) fn serial(certificate: &Certificate) -> String {
    hex::brief(certificate.serial().as_bytes())
}

/// SHA-1 in hexadecimal: a name for the octets, which nothing rests on.
pub(super) fn sha1(octets: &[u8]) -> String {
    digest(HashAlgorithm::Sha1, octets).map_or_else(String::new, |hash| hex::encode(&hash))
}

pub(super) fn md5(octets: &[u8]) -> Option<String> {
    digest(HashAlgorithm::Md5, octets).map(|hash| hex::encode(&hash))
}

/// Purposes of one certificate; `None` for any.
pub(super) fn purposes(certificate: &Certificate) -> Option<Vec<String>> {
    let Ok(ExtensionValue::ExtendedKeyUsage(purposes)) = certificate.extension(oids::EXTENDED_KEY_USAGE)?.value()
    else {
        return None;
    };
    if purposes.iter().any(|purpose| purpose == oids::ANY_EXTENDED_KEY_USAGE) {
        return None;
    }
    Some(purposes.iter().take(MAX_LISTED).map(|purpose| purpose.to_string()).collect())
}

#[cfg(test)]
mod tests {
    use certlens_testkit::{CertificateBuilder, Extension, GeneralName, Key, Name as Made, attributes, der};

    use super::*;

    fn certificate(subject: Made, names: &[GeneralName]) -> Certificate {
        let builder = CertificateBuilder::new(subject, Key::ed25519(0));
        let builder = builder.extension(Extension::subject_alt_name(names.iter().cloned()));
        Certificate::from_der(&builder.self_signed()).unwrap()
    }

    #[test]
    fn names_are_written_as_windows_does() {
        let text = der::utf8_string;
        let subject = Made::empty()
            .and(attributes::COUNTRY, der::printable_string("DE"))
            .and(attributes::ORGANIZATION, text("Example, Inc."))
            .and_several([(attributes::ORGANIZATIONAL_UNIT, text("a")), (attributes::COMMON_NAME, text("b"))])
            .and("2.5.4.8", text("Hesse"))
            .and("1.2.3.4", text(" x"))
            .and(attributes::EMAIL_ADDRESS, der::ia5_string("a@example.com"))
            .and(attributes::COMMON_NAME, text("say \"x\""));
        let certificate = certificate(subject, &[GeneralName::dns("a.example")]);
        let written = name(&certificate.subject());
        assert!(
            written.starts_with("CN=\"say \"\"x\"\"\", E=a@example.com, OID.1.2.3.4=\" x\", S=Hesse, "),
            "{written}"
        );
        assert!(written.ends_with(", O=\"Example, Inc.\", C=DE"), "{written}");
        assert!(written.contains("CN=b + OU=a") || written.contains("OU=a + CN=b"), "{written}");
        assert_eq!(name(&self::certificate(Made::empty(), &[]).subject()), "EMPTY");
    }

    #[test]
    fn alternative_names_are_written_as_windows_does() {
        let names = [
            GeneralName::dns("a.example"),
            GeneralName::ip("192.0.2.1"),
            GeneralName::email("a@example.com"),
            GeneralName::uri("http://a.example/"),
            GeneralName::directory(&Made::cn("d")),
            GeneralName::other("1.3.6.1.4.1.311.20.2.3", &der::utf8_string("u@example.com")),
            GeneralName::registered_id("1.2.3"),
        ];
        let written = alternative_names(&certificate(Made::cn("a"), &names)).unwrap();
        assert_eq!(
            written,
            "DNS Name=a.example, IP Address=192.0.2.1, RFC822 Name=a@example.com, URL=http://a.example/, \
             Directory Address: CN=d, Other Name: Principal Name=u@example.com, Registered ID=1.2.3"
        );
        let many: Vec<GeneralName> = (0..150).map(|number| GeneralName::dns(format!("h{number}.example"))).collect();
        assert!(alternative_names(&certificate(Made::cn("a"), &many)).unwrap().ends_with(", and 50 more"));
    }
}
