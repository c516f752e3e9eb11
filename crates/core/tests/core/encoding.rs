//! Departures from DER (X.690): each kind is found, named and refused, and what
//! cannot be read at all is an error, never a panic.

use certlens_core::encoding::der::DerErrorKind;
use certlens_core::x509::Certificate;
use certlens_testkit::{CertificateBuilder, Extension, GeneralName, Key, Name, attributes, der, time};

use crate::harness::{Pki, target};

/// Where and how an encoding departs, with words of the message it must have.
type Departure = (&'static str, fn(CertificateBuilder) -> CertificateBuilder, &'static str);

fn subject(name: Name) -> CertificateBuilder {
    CertificateBuilder::new(name, Key::p256(2))
}

fn common_name(value: Vec<u8>) -> CertificateBuilder {
    subject(Name::empty().and(attributes::COMMON_NAME, value))
}

fn key_usage(value: Vec<u8>) -> Extension {
    Extension::new("2.5.29.15", true, value)
}

/// The tbsCertificate with octets behind its last field.
fn append(tbs: &[u8], octets: &[u8]) -> Vec<u8> {
    der::sequence([der::open(tbs).0, octets])
}

const DEPARTURES: &[Departure] = &[
    (
        "length with a leading zero",
        |builder| {
            let extension =
                der::sequence([der::oid("1.2.3"), der::tlv_long_length(der::tag::OCTET_STRING, 1, &[5, 0])]);
            builder.append_extension_raw(extension)
        },
        "shortest form (X.690 §10.1)",
    ),
    (
        "length below 128 in the long form",
        |builder| {
            let extension =
                der::sequence([der::oid("1.2.3"), der::tlv_long_length(der::tag::OCTET_STRING, 0, &[5, 0])]);
            builder.append_extension_raw(extension)
        },
        "shortest form (X.690 §10.1)",
    ),
    (
        "outermost length with a leading zero",
        |builder| builder.edit_certificate(|der| der::tlv_long_length(der::tag::SEQUENCE, 1, der::open(&der).0)),
        "shortest form (X.690 §10.1)",
    ),
    (
        "length of the signature",
        |builder| builder.edit_signature(|der| der::tlv_long_length(der::tag::BIT_STRING, 0, der::open(&der).0)),
        "shortest form (X.690 §10.1)",
    ),
    (
        "indefinite length outermost",
        |builder| builder.edit_certificate(|der| der::tlv_indefinite(der::tag::SEQUENCE, der::open(&der).0)),
        "indefinite",
    ),
    (
        "indefinite length of the signed part",
        |builder| builder.edit_tbs(|tbs| der::tlv_indefinite(der::tag::SEQUENCE, der::open(&tbs).0)),
        "indefinite",
    ),
    (
        "indefinite length inside an extension",
        |builder| builder.extension(Extension::new("2.5.29.37", false, der::tlv_indefinite(0x30, &der::oid("1.2.3")))),
        "indefinite",
    ),
    ("tag in the long form", |_| common_name(vec![0x1f, 0x0c, 1, b'x']), "tag number"),
    (
        "TRUE as 0x01",
        |builder| builder.extension(Extension::basic_constraints(false, None).critical_octet(1)),
        "0x01, not 0xff",
    ),
    (
        "cA as 0x7f",
        |builder| {
            builder.extension(
                Extension::basic_constraints(false, None).with_value(der::sequence([der::boolean_octet(0x7f)])),
            )
        },
        "0x7f, not 0xff",
    ),
    (
        "critical FALSE written out",
        |builder| builder.extension(Extension::new("1.2.3", false, der::null()).critical_octet(0)),
        "DEFAULT",
    ),
    (
        "cA FALSE written out",
        |builder| {
            builder
                .extension(Extension::basic_constraints(false, None).with_value(der::sequence([der::boolean(false)])))
        },
        "DEFAULT",
    ),
    ("serial number with a redundant zero", |builder| builder.serial(&[0, 0x7f]), "INTEGER"),
    (
        "path length with a redundant zero",
        |builder| {
            let value = der::sequence([der::boolean(true), der::integer_octets(&[0, 3])]);
            builder.extension(Extension::basic_constraints(true, None).with_value(value))
        },
        "INTEGER",
    ),
    (
        "version with a redundant zero",
        |builder| builder.version_raw(der::explicit(0, &der::integer_octets(&[0, 2]))),
        "INTEGER",
    ),
    (
        "keyUsage with a padding bit set",
        |builder| builder.extension(key_usage(der::bit_string(7, &[0x81]))),
        "BIT STRING",
    ),
    (
        "keyUsage with a trailing zero bit",
        |builder| builder.extension(key_usage(der::bit_string(0, &[0x80]))),
        "named-bit list",
    ),
    (
        "keyUsage with a trailing zero octet",
        |builder| builder.extension(key_usage(der::bit_string(7, &[0x80, 0]))),
        "named-bit list",
    ),
    (
        "extension identifier with a redundant octet",
        |builder| {
            builder.append_extension_raw(der::sequence([
                der::tlv(der::tag::OID, &[0x2a, 0x80, 0x03]),
                der::octet_string(&[]),
            ]))
        },
        "OBJECT IDENTIFIER",
    ),
    (
        "attributes of a relative name out of order",
        |_| {
            let attribute = |oid, text| der::sequence([der::oid(oid), der::utf8_string(text)]);
            let set =
                der::set_as_given([attribute(attributes::ORGANIZATION, "O"), attribute(attributes::COMMON_NAME, "C")]);
            subject(Name::empty().and_raw(set))
        },
        "SET OF",
    ),
    ("asterisk in a PrintableString", |_| common_name(der::printable_string("*.example")), "octet 0x2a"),
    ("at sign in a PrintableString", |_| common_name(der::printable_string("a@b")), "octet 0x40"),
    ("eighth bit in an IA5String", |_| common_name(der::tlv(der::tag::IA5_STRING, &[0xfc])), "octet 0xfc"),
    ("letter in a NumericString", |_| common_name(der::tlv(der::tag::NUMERIC_STRING, b"a")), "octet 0x61"),
    ("control character in a VisibleString", |_| common_name(der::tlv(der::tag::VISIBLE_STRING, &[7])), "octet 0x07"),
    ("broken UTF-8", |_| common_name(der::tlv(der::tag::UTF8_STRING, &[b'a', 0xc3, 0x28])), "not well-formed"),
    (
        "UTF-8 in more octets than needed",
        |_| common_name(der::tlv(der::tag::UTF8_STRING, &[0xc0, 0xaf])),
        "not well-formed",
    ),
    (
        "odd number of octets in a BMPString",
        |_| common_name(der::tlv(der::tag::BMP_STRING, &[0, 65, 0])),
        "not well-formed",
    ),
    (
        "dNSName beyond ASCII",
        |builder| builder.extension(Extension::subject_alt_name([GeneralName::dns("b\u{fc}cher.example")])),
        "octet 0xc3",
    ),
    (
        "UTCTime without seconds",
        |builder| builder.validity_raw(der::utc_time("2601010000Z"), time::encode(time::END)),
        "no seconds",
    ),
    (
        "UTCTime with an offset",
        |builder| builder.validity_raw(der::utc_time("260101000000+0000"), time::encode(time::END)),
        "offset",
    ),
    (
        "GeneralizedTime with a fraction",
        |builder| builder.validity_raw(time::encode(time::START), der::generalized_time("20510101000000.5Z")),
        "fraction",
    ),
    ("octet behind the certificate", |builder| builder.trailing(&[0]), "1 octets stand after"),
    (
        "certificate behind the certificate",
        |builder| builder.edit_certificate(|der| [der.clone(), der].concat()),
        "stand after",
    ),
    (
        "field behind the signature",
        |builder| builder.edit_certificate(|der| der::sequence([der::open(&der).0, &der::null()])),
        "2 octets stand after",
    ),
    (
        "field behind validity",
        |builder| builder.validity_raw(time::encode(time::START), [time::encode(time::END), der::null()].concat()),
        "2 octets stand after",
    ),
    (
        "field behind the version",
        |builder| builder.version_raw(der::explicit(0, &[der::integer(2), der::null()].concat())),
        "2 octets stand after",
    ),
    (
        "field behind extnValue",
        |builder| builder.append_extension_raw(der::sequence([der::oid("1.2.3"), der::octet_string(&[]), der::null()])),
        "2 octets stand after",
    ),
    (
        "no extension in extensions",
        |builder| {
            let none = der::explicit(3, &der::sequence::<&[u8]>([]));
            builder.without_extensions().edit_tbs(move |tbs| append(&tbs, &none))
        },
        "empty",
    ),
    ("relative name without an attribute", |_| subject(Name::cn("Target").and_raw(der::set([]))), "empty"),
    (
        "ECDSA with parameters",
        |builder| {
            let identifier = || der::algorithm("1.2.840.10045.4.3.2", &der::null());
            builder.inner_algorithm(identifier()).outer_algorithm(identifier())
        },
        "parameters of an ECDSA signature",
    ),
    (
        "Ed25519 key with parameters",
        |builder| {
            let algorithm = der::algorithm("1.3.101.112", &der::null());
            builder.spki(der::sequence([algorithm, der::bit_string(0, &[7; 32])]))
        },
        "parameters of Ed25519",
    ),
    (
        "RSA key without parameters",
        |builder| {
            let spki = Key::rsa2048(0).spki();
            let (_, key) = der::open(der::open(&spki).0);
            builder.spki(der::sequence([&der::algorithm("1.2.840.113549.1.1.1", &[]), key]))
        },
        "rsaEncryption",
    ),
];

#[test]
fn every_departure_is_named_and_refused() {
    let pki = Pki::new();
    for (what, change, words) in DEPARTURES {
        let verdict = pki.case(change(target())).refused(what, &["not-der@0"]);
        let reason = verdict.reason().expect("an untrusted verdict has a reason");
        assert!(reason.message.contains(words), "{what}: {}", reason.message);
    }
}

#[test]
fn several_departures_are_one_finding_that_counts_them() {
    let pki = Pki::new();
    let builder = target().serial(&[0, 1]).trailing(&[0, 0]);
    let verdict =
        pki.case(builder.extension(key_usage(der::bit_string(7, &[0x81])))).untrusted("three", &["error not-der@0"]);
    let message = &verdict.reason().unwrap().message;
    assert!(message.contains("2 more departures"), "{message}");
}

#[test]
fn other_string_types_are_no_departure() {
    let pki = Pki::new();
    for value in [
        der::printable_string("a-b 'c' (d)"),
        der::utf8_string("\u{fc}"),
        der::bmp_string("\u{fc}"),
        der::ia5_string("a@b"),
        der::tlv(der::tag::TELETEX_STRING, &[0xfc]),
        der::tlv(der::tag::UNIVERSAL_STRING, &[0, 0, 0, 65]),
        der::tlv(der::tag::NUMERIC_STRING, b"1 2"),
    ] {
        pki.case(common_name(value.clone())).trusted(&format!("{value:02x?}"), &[]);
    }
}

/// Values that no reader can take for the extension: another type, nothing, the
/// right type cut short.
#[test]
fn a_malformed_extension_of_each_kind_is_refused() {
    let pki = Pki::new();
    for oid in [
        "2.5.29.35",
        "2.5.29.14",
        "2.5.29.15",
        "2.5.29.16",
        "2.5.29.17",
        "2.5.29.18",
        "2.5.29.9",
        "2.5.29.19",
        "2.5.29.30",
        "2.5.29.31",
        "2.5.29.32",
        "2.5.29.33",
        "2.5.29.36",
        "2.5.29.37",
        "2.5.29.46",
        "2.5.29.54",
        "1.3.6.1.5.5.7.1.1",
        "1.3.6.1.5.5.7.1.11",
        "1.3.6.1.5.5.7.1.3",
        "1.3.6.1.5.5.7.1.24",
        "1.3.6.1.5.5.7.48.1.5",
        "1.3.6.1.4.1.11129.2.4.2",
        "1.3.6.1.4.1.11129.2.4.3",
        "1.2.840.113549.1.9.15",
        "2.16.840.1.113730.1.1",
        "2.23.140.3.1",
        "1.3.6.1.4.1.311.21.1",
        "1.3.6.1.4.1.311.21.2",
        "1.3.6.1.4.1.311.21.7",
        "1.3.6.1.4.1.311.21.10",
        "1.3.6.1.4.1.311.21.11",
        "1.3.6.1.4.1.311.21.12",
        "1.3.6.1.4.1.311.25.2",
    ] {
        for value in [der::boolean(true), Vec::new(), vec![0x30, 0x05], vec![0x04, 0x80]] {
            let case = pki.case(target().extension(Extension::new(oid, false, value.clone())));
            let what = format!("{oid} {value:02x?}");
            case.refused(&what, &["extension-malformed@0"]);
        }
    }
}

#[test]
fn values_that_their_extension_forbids_are_malformed() {
    let pki = Pki::new();
    let empty = || der::sequence::<&[u8]>([]);
    let behind = |extension: Extension, valid: Vec<u8>| extension.with_value([valid, der::null()].concat());
    let constraints = der::sequence([der::boolean(true)]);
    for (what, extension) in [
        ("no key usage", key_usage(der::bit_string(0, &[]))),
        ("key usage beyond the known bits", key_usage(der::named_bits(&[9]))),
        ("eight unused bits", key_usage(der::bit_string(8, &[0x80]))),
        ("unused bits of nothing", key_usage(der::bit_string(1, &[]))),
        ("no purpose", Extension::extended_key_usage([])),
        ("no name", Extension::subject_alt_name([])),
        ("no policy", Extension::certificate_policies([])),
        ("no distribution point", Extension::crl_distribution_points([])),
        ("distribution point without a name", Extension::new("2.5.29.31", false, der::sequence([empty()]))),
        ("no access description", Extension::authority_info_access(&[], &[])),
        ("negative path length", Extension::basic_constraints(true, Some(-1))),
        ("something behind the value", behind(Extension::basic_constraints(true, None), constraints.clone())),
        (
            "something inside basicConstraints",
            Extension::basic_constraints(true, None).with_value(der::sequence([
                der::boolean(true),
                der::integer(0),
                der::null(),
            ])),
        ),
        ("name with an unknown tag", Extension::subject_alt_name([GeneralName::raw(der::implicit(9, b"a"))])),
        ("TLS feature of 17 bits", Extension::tls_feature(&[65_536])),
        ("SCT list without an SCT", Extension::new("1.3.6.1.4.1.11129.2.4.2", false, der::octet_string(&[0, 0]))),
        (
            "SCT list longer than it says",
            Extension::new("1.3.6.1.4.1.11129.2.4.2", false, der::octet_string(&[0, 0, 1])),
        ),
    ] {
        pki.case(target().extension(extension)).refused(what, &["extension-malformed@0"]);
    }
    for (what, extension) in [
        ("no subtree", Extension::name_constraints(&[], &[])),
        (
            "empty list of subtrees",
            Extension::new("2.5.29.30", true, der::sequence([der::implicit_constructed(0, &[])])),
        ),
        ("no policy constraint", Extension::policy_constraints(None, None)),
        ("negative policy constraint", Extension::policy_constraints(Some(-1), None)),
    ] {
        pki.case(target().extension(extension)).refused(what, &["extension-malformed@0"]);
    }
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let anchor = Pki::new().anchor;
    let make = |builder: CertificateBuilder| builder.issued_by(&anchor);
    let replaced = |tag: u8| move |der: Vec<u8>| der::tlv(tag, der::open(&der).0);
    for (what, der) in
        [
            ("nothing", Vec::new()),
            ("a SET", make(target().edit_certificate(replaced(der::tag::SET)))),
            ("signed part a SET", make(target().edit_tbs(replaced(der::tag::SET)))),
            ("signature an OCTET STRING", make(target().edit_signature(replaced(der::tag::OCTET_STRING)))),
            ("signature in fragments", make(target().edit_signature(|der| der::tlv(0x23, &der)))),
            ("signature without a count of unused bits", make(target().edit_signature(|_| der::tlv(3, &[])))),
            ("serial number without octets", make(target().serial(&[]))),
            ("version an OCTET STRING", make(target().version_raw(der::explicit(0, &der::octet_string(&[2]))))),
            ("no validity", make(target().validity_raw(Vec::new(), Vec::new()))),
            ("no such day", make(target().validity_raw(der::utc_time("260230000000Z"), time::encode(time::END)))),
            ("leap second", make(target().validity_raw(der::utc_time("261231235960Z"), time::encode(time::END)))),
            ("local time", make(target().validity_raw(der::utc_time("260101000000"), time::encode(time::END)))),
            ("issuer no name", make(target().issuer_name(Name::raw(der::null())))),
            ("subject no name", make(subject(Name::raw(der::sequence([der::null()]))))),
            ("key no sequence", make(target().spki(der::null()))),
            ("extension without a value", make(target().append_extension_raw(der::sequence([der::oid("1.2.3")])))),
            (
                "identifier cut short",
                make(target().append_extension_raw(der::sequence([
                    der::tlv(der::tag::OID, &[0x2a, 0x83]),
                    der::octet_string(&[]),
                ]))),
            ),
            (
                "critical of two octets",
                make(target().append_extension_raw(der::sequence([
                    der::oid("1.2.3"),
                    der::tlv(der::tag::BOOLEAN, &[0xff, 0xff]),
                    der::octet_string(&[]),
                ]))),
            ),
            (
                "length of five octets",
                make(target().edit_certificate(|der| [&[0x30, 0x85, 1, 0, 0, 0, 0], der.as_slice()].concat())),
            ),
            ("reserved length", make(target().edit_certificate(|der| [&[0x30, 0xff], der.as_slice()].concat()))),
            (
                "indefinite length without an end",
                make(target().edit_certificate(|der| [&[0x30, 0x80], der::open(&der).0].concat())),
            ),
            (
                "257 extensions",
                make((0..257).fold(target(), |builder, index| {
                    builder.append_extension(Extension::new(&format!("1.2.3.{index}"), false, der::null()))
                })),
            ),
            ("nested without end", [0x30, 0x80].repeat(100_000)),
        ]
    {
        assert!(Certificate::from_der(&der).is_err(), "{what}");
    }
}

/// What stands behind the known fields could be extensions with constraints in
/// them, so it is no departure that an anchor could be forgiven.
#[test]
fn nothing_may_be_left_over_in_the_signed_part() {
    let again = || der::explicit(3, &der::sequence([Extension::ocsp_no_check().to_der()]));
    let primitive = || der::implicit(3, &der::sequence([Extension::ocsp_no_check().to_der()]));
    for (what, octets) in
        [("a field", der::null()), ("extensions twice", again()), ("extensions in primitive form", primitive())]
    {
        let refused = target().edit_tbs(move |tbs| append(&tbs, &octets)).self_signed();
        let error = Certificate::from_der(&refused).expect_err(what);
        assert_eq!((error.kind, error.field), (DerErrorKind::TrailingData, "tbsCertificate"), "{what}");
    }
}
