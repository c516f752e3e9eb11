//! Facts and their view, on the certificates of testdata/inspect.

use std::collections::BTreeSet;

use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::origin::Origin;
use certlens_core::x509::Certificate;
use certlens_report::{TextOptions, render_text};
use schemars::generate::SchemaSettings;

use super::*;
use crate::facts::certificate::DeviationFacts;
use crate::facts::extension::ExtensionReading;
use crate::facts::finding::FindingFacts;
use crate::facts::second_reader::SecondReadingFacts;

const EVERY: &[u8] = include_bytes!("../../../../testdata/inspect/every-extension.der");
const SERVER: &[u8] = include_bytes!("../../../../testdata/inspect/server.der");
const BARE: &[u8] = include_bytes!("../../../../testdata/inspect/bare.der");
const BROKEN: &[u8] = include_bytes!("../../../../testdata/inspect/broken-extension.der");
const REFUSED: &[u8] = include_bytes!("../../../../testdata/inspect/refused.der");

fn facts(der: &[u8]) -> CertificateFacts {
    CertificateFacts::new(&Certificate::from_der(der).unwrap(), &Origin::Memory)
}

fn render(document: &Document) -> String {
    let mut text = String::new();
    render_text(document, &TextOptions { width: 120, ..TextOptions::default() }, &mut text).unwrap();
    text
}

/// The text with runs of spaces made one, so that columns do not matter.
fn text(facts: &CertificateFacts) -> String {
    let lines = render(&document(facts));
    lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

fn assert_lines(text: &str, wanted: &[&str]) {
    for line in wanted {
        assert!(text.contains(&format!("{line}\n")), "no line '{line}' in\n{text}");
    }
}

/// A number for each kind of value; a new kind does not compile until it has one.
fn number(value: &ExtensionValueFacts) -> usize {
    use ExtensionValueFacts as V;
    match value {
        V::AuthorityKeyIdentifier { .. } => 0,
        V::SubjectKeyIdentifier { .. } => 1,
        V::KeyUsage { .. } => 2,
        V::CertificatePolicies { .. } => 3,
        V::PolicyMappings { .. } => 4,
        V::SubjectAltName { .. } => 5,
        V::IssuerAltName { .. } => 6,
        V::SubjectDirectoryAttributes { .. } => 7,
        V::BasicConstraints { .. } => 8,
        V::NameConstraints { .. } => 9,
        V::PolicyConstraints(_) => 10,
        V::ExtendedKeyUsage { .. } => 11,
        V::CrlDistributionPoints { .. } => 12,
        V::InhibitAnyPolicy { .. } => 13,
        V::FreshestCrl { .. } => 14,
        V::AuthorityInfoAccess { .. } => 15,
        V::SubjectInfoAccess { .. } => 16,
        V::PrivateKeyUsagePeriod { .. } => 17,
        V::SctList { .. } => 18,
        V::CtPoison => 19,
        V::TlsFeature { .. } => 20,
        V::OcspNoCheck => 21,
        V::QcStatements { .. } => 22,
        V::SmimeCapabilities { .. } => 23,
        V::OrganizationIdentifier(_) => 24,
        V::MsTemplateName { .. } => 25,
        V::MsTemplate { .. } => 26,
        V::MsApplicationPolicies { .. } => 27,
        V::MsApplicationPolicyMappings { .. } => 28,
        V::MsApplicationPolicyConstraints(_) => 29,
        V::MsCaVersion { .. } => 30,
        V::MsPreviousCaHash { .. } => 31,
        V::MsNtdsSecurity { .. } => 32,
        V::NetscapeCertType { .. } => 33,
        V::NetscapeComment { .. } => 34,
        V::Unknown { .. } => 35,
    }
}

const KINDS: usize = 36;

#[test]
fn every_kind_of_extension_has_a_fact_and_a_field() {
    let facts = facts(EVERY);
    let seen: BTreeSet<usize> = facts.extensions.iter().filter_map(ExtensionFacts::value).map(number).collect();
    assert_eq!(seen, (0..KINDS).collect());
    let fields = |extensions| extension::fields(&CertificateFacts { extensions, ..facts.clone() });
    let none = fields(Vec::new());
    for extension in &facts.extensions {
        let alone = fields(vec![extension.clone()]);
        assert!(alone.iter().any(|field| !none.contains(field)), "{} is not shown", extension.id.oid);
    }
}

#[test]
fn every_extension_reads_well() {
    assert_lines(
        &text(&facts(EVERY)),
        &[
            "(in Unicode bücher.example)",
            "(in Unicode ann@bücher.example)",
            "Serial number 1234567890abcdef1234",
            "Names dns:www.xn--bcher-kva.example (www.bücher.example)",
            "ip:2001:db8::7",
            "directoryName:CN=Directory,O=Example",
            "registeredID:1.3.6.1.4.1.55555.7",
            "upn:ann@corp.example",
            "smtpUTF8Mailbox:jürgen@example.com",
            "srv:_xmpp.example.com",
            "otherName 1.3.6.1.4.1.311.25.1:#041000112233445566778899aabbccddeeff",
            "Certificate authority (critical) yes, path length 2: at most 2 CAs below",
            "Key usage (critical) digitalSignature, keyCertSign, cRLSign",
            "Extended key usage serverAuth (1.3.6.1.5.5.7.3.1)",
            "1.3.6.1.4.1.55555.2",
            "TLS features status_request (must staple), extension 23",
            "Private key usage period from 2026-01-01T00:00:00Z until 2027-01-01T00:00:00Z",
            "Netscape certificate type sslClient, sslServer, sslCA",
            "Application policy serverAuth (1.3.6.1.5.5.7.3.1)",
            "Policy mappings 1.3.6.1.4.1.55555.3 counts as 1.3.6.1.4.1.55555.4",
            "Permitted names (critical) dns:.xn--bcher-kva.example (.bücher.example)",
            "ip:192.0.2.0/24",
            "ip:2001:db8::/32",
            "ip:192.0.2.0 mask 255.0.255.0",
            "Policy required (critical) from here on",
            "anyPolicy inhibited (critical) after 1 more certificate",
            "1.3.6.1.5.5.7.9.1 19710203120000Z",
            "Organization identifier VAT DE+BY 123456789",
            "CRL http://crl.example.com/ca.crl",
            "CRL CN=part (relative to the CRL issuer's name)",
            "Reasons keyCompromise, cACompromise",
            "CRL issuer directoryName:CN=Directory,O=Example",
            "Delta CRL http://crl.example.com/delta.crl",
            "OCSP responder http://ocsp.xn--bcher-kva.example:8080/x (http://ocsp.bücher.example:8080/x)",
            "Issuer's certificate http://example.com/ca.cer",
            "Subject's CA repository ldap://example.com/cn=ca",
            "Policy CA/B Forum domain validated (2.23.140.1.2.1)",
            "Practice statement https://example.com/cps",
            "Notice reference Example, number 1, 2",
            "Notice Für den internen Gebrauch",
            "Timestamp 2023-11-14T22:13:20.042Z",
            "Log g2/xhOe0Gx4Ty1/Yn6HemNu6uZ6dKRiRP/Q7hqXHwhM=",
            "Signed with ECDSA with SHA-256",
            "Index in log 65538",
            "Timestamp of unknown version 2 66 75 74 75 72 65",
            "QcCompliance stated",
            "QcLimitValue transactions up to 5 × 10^3 EUR",
            "QcRetentionPeriod 10 years",
            "QcPDS https://example.com/pds (en)",
            "QcType QcType web (0.4.0.1862.1.6.3)",
            "QcCClegislation CH",
            "Template name WebServer",
            "Template 1.3.6.1.4.1.311.21.8.1.2.3, version 100.4",
            "CA version V3.2 (certificate 3, key 2, counted from 0)",
            "Previous CA certificate, SHA-1 00112233445566778899aabbccddeeff00112233",
            "Account's security identifier S-1-5-21-1-2-3-500",
            "1.2.840.113549.3.2, parameters #02020080",
            "1.3.6.1.4.1.55555.6 (critical) 04 03 01 02 03",
        ],
    );
    let shown = text(&facts(EVERY));
    assert!(shown.starts_with("PRECERTIFICATE 1.3.6.1.4.1.55555.1=of an unknown\n"), "{shown}");
}

#[test]
fn a_server_certificate_in_text_and_json() {
    let facts = facts(SERVER);
    let shown = text(&facts);
    assert!(shown.starts_with("CERTIFICATE CN=sql-a.example.com,O=Example,C=DE\nSelf-issued; valid "), "{shown}");
    assert_lines(
        &shown,
        &[
            "Names dns:sql-a.example.com",
            "Certificate authority no (there is no basicConstraints extension)",
            "Key RSA 2048 (rsaEncryption, 1.2.840.113549.1.1.1)",
            "Exponent 65537 (0x010001)",
            "Signature algorithm RSA-PSS with SHA-256, salt 32 (id-RSASSA-PSS, 1.2.840.113549.1.1.10)",
            "Version 3",
        ],
    );
    let json = serde_json::to_value(&facts).unwrap();
    assert_eq!(json["subject"]["rfc4514"], "CN=sql-a.example.com,O=Example,C=DE");
    assert_eq!(json["subject"]["rdns"][0]["attributes"][0]["short_name"], "C");
    assert_eq!(json["subject"]["rdns"][0]["attributes"][0]["asn1_type"], "PrintableString");
    assert_eq!(json["public_key"]["bits"], 2048);
    assert_eq!(json["public_key"]["key"]["exponent"]["decimal"], "65537");
    assert_eq!(json["extensions"][3]["value"]["names"][2]["value"], "192.0.2.7");
    assert_eq!(json["extensions"][3]["value"]["kind"], "subject_alt_name");
    assert_eq!(json["validity"]["seconds"], 398 * 86_400 + 1);
    // The key identifier that OpenSSL makes is that of RFC 5280 §4.2.1.2, method 1.
    assert_eq!(json["extensions"][0]["value"]["key_identifier"], json["fingerprints"]["key_sha1"]);
    assert_eq!(json["fingerprints"]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(json["fingerprints"]["spki_pin"].as_str().map(str::len), Some(44));
}

#[test]
fn a_certificate_without_subject_is_called_by_its_first_name() {
    let shown = text(&facts(BARE));
    assert!(shown.starts_with("CERTIFICATE dns:bare.example.com\n"), "{shown}");
    assert_lines(
        &shown,
        &[
            "Subject (empty name)",
            "Names (critical) dns:bare.example.com",
            "Key usage not restricted (there is no keyUsage extension)",
            "Key Ed25519 (1.3.101.112)",
        ],
    );
    assert_eq!(serde_json::to_value(facts(BARE)).unwrap()["subject"]["rfc4514"], "");
}

#[test]
fn a_broken_extension_is_shown_with_its_place_and_octets() {
    let facts = facts(BROKEN);
    let offset = match &facts.extensions[1].reading {
        ExtensionReading::Error(broken) => broken.error.offset,
        ExtensionReading::Value(_) => panic!("keyUsage without a bit is no value"),
    };
    let shown = text(&facts);
    assert_lines(
        &shown,
        &[
            "keyUsage (critical) cannot be decoded",
            "error: no bit of keyUsage is set (in keyUsage)",
            &format!("at: byte {offset}"),
            "Octets 03 02 05 00",
            "Extended key usage serverAuth (1.3.6.1.5.5.7.3.1)",
        ],
    );
    assert!(!shown.contains("there is no keyUsage"), "{shown}");
    let json = serde_json::to_value(&facts).unwrap();
    assert_eq!(json["extensions"][1]["error"]["octets"], "03020500");
    assert_eq!(json["extensions"][1]["error"]["offset"], offset);
    assert_eq!(json["extensions"][1].get("value"), None);
}

#[test]
fn what_a_lenient_reader_makes_of_a_broken_extension_stands_beside_it() {
    // The first iPAddress, the last name, becomes [9], which is no GeneralName.
    let mut der = SERVER.to_vec();
    let at = der.windows(6).position(|window| window == [0x87, 4, 192, 0, 2, 7]).unwrap();
    der[at] = 0x89;
    let shown = text(&facts(&der));
    assert_lines(
        &shown,
        &[
            "subjectAltName cannot be decoded",
            "x509-parser reads, leniently dns:sql-a.example.com, dns:sql-a, invalid[9]:#c0000207",
        ],
    );
}

#[test]
fn the_second_reading_is_marked_as_such() {
    let refused = Certificate::from_der(REFUSED).unwrap_err();
    let facts = SecondReadingFacts::new(REFUSED, &refused, &Origin::Memory).unwrap();
    let shown = render(&second_document(&facts));
    let mut lines = shown.lines();
    assert_eq!(lines.next(), Some("UNREADABLE CERTIFICATE  C=DE, O=Example, CN=sql-a.example.com"));
    let why = lines.next().unwrap();
    assert!(
        why.starts_with(
            "Read by a second, lenient reader (x509-parser); certlens itself refuses this certificate: byte"
        ),
        "{why}"
    );
    assert!(shown.contains("unchecked") && shown.contains("dns:sql-a.example.com"), "{shown}");
}

#[test]
fn findings_and_departures_end_the_report() {
    let mut facts = facts(SERVER);
    let finding = Finding::new(Code::Expired, Severity::Error, "it ended").part("validity");
    facts.findings.push(FindingFacts::new(&finding));
    facts.deviations.push(DeviationFacts { offset: 49, message: "departs".to_owned() });
    facts.deviation_count = 11;
    facts.reader_differences.push("issuer: differs".to_owned());
    let shown = text(&facts);
    assert_lines(
        &shown,
        &[
            "error: expired: it ended (RFC 5280 §6.1.3 (a)(2))",
            "at: validity",
            "at: byte 49",
            "note: 10 more",
            "warning: issuer: differs",
        ],
    );
    let end = |heading: &str| shown.find(heading).unwrap();
    assert!(end("Signature and key") < end("Findings") && end("Findings") < end("Departures from DER"));
}

#[test]
fn departures_are_counted_and_the_first_hundred_listed() {
    // 0xE9 is no character of IA5String.
    let names: Vec<u8> = [0x82, 1, 0xe9].repeat(150);
    let der = with_subject_alt_name(&names);
    let facts = facts(&der);
    assert_eq!((facts.deviation_count, facts.deviations.len()), (150, 100));
    assert_lines(&text(&facts), &["Names dns:\u{fffd} (not ASCII: #e9)", "note: 50 more"]);
}

/// The bare certificate with these general names and nothing else.
fn with_subject_alt_name(names: &[u8]) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        if content.len() < 0x80 {
            [&[tag, length[1]], content].concat()
        } else if content.len() < 0x100 {
            [&[tag, 0x81, length[1]], content].concat()
        } else {
            [&[tag, 0x82, length[0], length[1]], content].concat()
        }
    };
    let bare = Certificate::from_der(BARE).unwrap();
    let start = BARE.windows(5).position(|window| window == [0xa0, 3, 2, 1, 2]).unwrap();
    let fields = &BARE[start..bare.extensions_offset()];
    let behind_tbs = BARE.windows(bare.tbs().len()).position(|window| window == bare.tbs()).unwrap() + bare.tbs().len();
    let extension = tlv(0x30, &[&[6, 3, 0x55, 0x1d, 0x11], tlv(4, &tlv(0x30, names)).as_slice()].concat());
    let tbs = tlv(0x30, &[fields, &tlv(0xa3, &tlv(0x30, &extension))].concat());
    tlv(0x30, &[&tbs, &BARE[behind_tbs..]].concat())
}

#[test]
fn json_has_what_its_schema_says() {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = serde_json::to_value(generator.into_root_schema_for::<CertificateFacts>()).unwrap();
    let json = serde_json::to_value(facts(EVERY)).unwrap();
    let (properties, fields) = (schema["properties"].as_object().unwrap(), json.as_object().unwrap());
    for name in fields.keys() {
        assert!(properties.contains_key(name), "{name} is not in the schema");
        assert!(properties[name].get("description").is_some(), "{name} is not described");
    }
    for name in schema["required"].as_array().unwrap() {
        assert!(fields.contains_key(name.as_str().unwrap()), "{name} is required and missing");
    }
}

#[test]
fn any_octet_may_change_or_be_missing() {
    let mut readable = 0;
    let mut inspect = |der: &[u8]| match Certificate::from_der(der) {
        Ok(certificate) => {
            let mut facts = CertificateFacts::new(&certificate, &Origin::Memory);
            facts.reader_differences = crate::facts::second_reader::disagreements(&certificate);
            serde_json::to_string(&facts).unwrap();
            assert!(!render(&document(&facts)).is_empty());
            readable += 1;
        }
        Err(error) => {
            if let Some(facts) = SecondReadingFacts::new(der, &error, &Origin::Memory) {
                serde_json::to_string(&facts).unwrap();
                assert!(!render(&second_document(&facts)).is_empty());
            }
        }
    };
    for at in 0..EVERY.len() {
        inspect(&EVERY[..at]);
        let mut der = EVERY.to_vec();
        der[at] ^= 1 << (at % 8);
        inspect(&der);
    }
    assert!(readable > EVERY.len() / 4, "{readable}");
}
