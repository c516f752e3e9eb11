//! Contents of certificates: versions, serial numbers, names, times,
//! extensions (RFC 5280 §4.1, §4.2).

use certlens_core::verdict::Status;
use certlens_testkit::{CertificateBuilder, Extension, GeneralName, Key, Name, Signing, der, time};

use crate::harness::{Pki, anchor, intermediate, target};

#[test]
fn a_sound_path_is_trusted_without_a_word() {
    let pki = Pki::new();
    pki.case(target()).trusted("rfc5280", &[]);
    pki.case(target()).web().trusted("web", &[]);
}

type Change = fn(CertificateBuilder) -> CertificateBuilder;

/// A defect, and its findings at the target under both profiles.
struct Defect {
    what: &'static str,
    change: Change,
    rfc5280: &'static [&'static str],
    web: &'static [&'static str],
}

const fn both(what: &'static str, change: Change, findings: &'static [&'static str]) -> Defect {
    Defect { what, change, rfc5280: findings, web: findings }
}

fn names_only(builder: CertificateBuilder, names: [GeneralName; 1]) -> CertificateBuilder {
    builder.extension(Extension::subject_alt_name(names).critical())
}

const DEFECTS: &[Defect] = &[
    Defect {
        what: "serial number zero",
        change: |builder| builder.serial(&[0]),
        rfc5280: &["warning serial-not-positive@0"],
        web: &["error serial-not-positive@0"],
    },
    Defect {
        what: "serial number negative",
        change: |builder| builder.serial(&[0x80, 1]),
        rfc5280: &["warning serial-not-positive@0"],
        web: &["error serial-not-positive@0"],
    },
    Defect {
        what: "serial number of 21 octets",
        change: |builder| builder.serial(&[1; 21]),
        rfc5280: &["warning serial-too-long@0"],
        web: &["error serial-too-long@0"],
    },
    Defect {
        what: "serial number negative and of 21 octets",
        change: |builder| builder.serial(&[0x81; 21]),
        rfc5280: &["warning serial-not-positive@0", "warning serial-too-long@0"],
        web: &["error serial-not-positive@0", "error serial-too-long@0"],
    },
    both("serial number of 20 octets", |builder| builder.serial(&[0x7f; 20]), &[]),
    both("serial number redundantly zero", |builder| builder.serial(&[0, 1]), &["error not-der@0"]),
    Defect {
        what: "notBefore as GeneralizedTime",
        change: |builder| builder.validity_raw(time::encode_generalized(time::START), time::encode(time::END)),
        rfc5280: &["warning generalized-time-early@0"],
        web: &["error generalized-time-early@0"],
    },
    Defect {
        what: "both times as GeneralizedTime",
        change: |builder| {
            builder.validity_raw(time::encode_generalized(time::START), time::encode_generalized(time::END))
        },
        rfc5280: &["warning generalized-time-early@0", "warning generalized-time-early@0"],
        web: &["error generalized-time-early@0", "error generalized-time-early@0"],
    },
    both("notAfter in 2050", |builder| builder.validity(time::START, 2_524_608_000), &[]),
    both("notAfter in 9999", |builder| builder.validity(time::START, 253_402_300_799), &[]),
    both("version 1 with extensions", |builder| builder.version_raw(Vec::new()), &["error version-invalid@0"]),
    both("version 2 with extensions", |builder| builder.version(1), &["error version-invalid@0"]),
    both("version 4", |builder| builder.version(3), &["error version-invalid@0"]),
    both("version -1", |builder| builder.version(-1), &["error version-invalid@0"]),
    both("version beyond 32 bits", |builder| builder.version(1 << 40), &["error version-invalid@0"]),
    Defect {
        what: "version 1",
        change: CertificateBuilder::version_1,
        rfc5280: &[],
        // BR §7.1.1.
        web: &["error version-invalid@0"],
    },
    Defect {
        what: "version 1 written out",
        change: |builder| builder.version(0).without_extensions(),
        // X.690 §11.5: a DEFAULT is not written.
        rfc5280: &["error not-der@0"],
        web: &["error not-der@0", "error version-invalid@0"],
    },
    both(
        "unique identifiers in version 1",
        |builder| builder.version_1().unique_ids(der::implicit(1, &[0, 7])),
        &["error version-invalid@0"],
    ),
    Defect {
        what: "unique identifiers in version 2",
        change: |builder| builder.version(1).without_extensions().unique_ids(der::implicit(2, &[0, 7])),
        rfc5280: &[],
        web: &["error version-invalid@0"],
    },
    both(
        "subject empty without names",
        |_| CertificateBuilder::new(Name::empty(), Key::p256(2)),
        &["error subject-empty@0"],
    ),
    both(
        "subject empty with names that are not critical",
        |_| {
            let names = Extension::subject_alt_name([GeneralName::dns("a.example")]);
            CertificateBuilder::new(Name::empty(), Key::p256(2)).extension(names)
        },
        &["error subject-empty@0"],
    ),
    both(
        "subject empty with critical names",
        |_| names_only(CertificateBuilder::new(Name::empty(), Key::p256(2)), [GeneralName::dns("a.example")]),
        &[],
    ),
    both(
        "extension twice, with the same value",
        |builder| {
            builder.append_extension(Extension::new("1.2.3", false, der::null())).append_extension(Extension::new(
                "1.2.3",
                false,
                der::null(),
            ))
        },
        &["error extension-duplicate@0"],
    ),
    both(
        "extension three times",
        |builder| {
            let extension = || Extension::new("1.2.3", false, der::null());
            builder.append_extension(extension()).append_extension(extension()).append_extension(extension())
        },
        &["error extension-duplicate@0", "error extension-duplicate@0"],
    ),
    both(
        "unknown extension, not critical",
        |builder| builder.extension(Extension::new("1.2.3", false, vec![0xff])),
        &[],
    ),
    both(
        "unknown extension, critical",
        |builder| builder.extension(Extension::new("1.2.3", true, der::null())),
        &["error critical-extension-unknown@0"],
    ),
    both(
        "precertificate",
        |builder| builder.extension(Extension::precertificate_poison()),
        &["error precertificate@0"],
    ),
    both(
        "precertificate whose poison is not critical",
        |builder| builder.extension(Extension::precertificate_poison().non_critical()),
        &["error precertificate@0"],
    ),
    both(
        "end of validity before its start",
        |builder| builder.validity(time::END, time::START),
        &["error validity-empty@0", "error not-yet-valid@0", "error expired@0"],
    ),
    both(
        "signature algorithms differ, the outer one right",
        |builder| builder.inner_algorithm(Signing::EcdsaSha384.identifier()),
        &["error signature-algorithm-mismatch@0"],
    ),
    both(
        "signature algorithms differ, the inner one right",
        |builder| builder.outer_algorithm(Signing::EcdsaSha384.identifier()),
        &["error signature-algorithm-mismatch@0", "error signature-invalid@0"],
    ),
    both(
        "signature algorithms differ in parameters alone",
        |builder| builder.inner_algorithm(der::algorithm("1.2.840.10045.4.3.2", &der::null())),
        &["error signature-algorithm-mismatch@0"],
    ),
    both(
        "key shorter than its algorithm's",
        |builder| builder.spki(der::sequence([der::algorithm("1.3.101.112", &[]), der::bit_string(0, &[7; 31])])),
        &["error key-malformed@0"],
    ),
    both(
        "RSA key that is no sequence",
        |builder| {
            let algorithm = der::algorithm("1.2.840.113549.1.1.1", &der::null());
            builder.spki(der::sequence([algorithm, der::bit_string(0, &der::null())]))
        },
        &["error key-malformed@0"],
    ),
    both(
        "elliptic-curve key without a curve",
        |builder| builder.spki(der::sequence([der::algorithm("1.2.840.10045.2.1", &[]), der::bit_string(0, &[4; 65])])),
        &["error key-malformed@0"],
    ),
];

#[test]
fn defects_of_the_target() {
    let pki = Pki::new();
    for Defect { what, change, rfc5280, web } in DEFECTS {
        let status = |findings: &[&str]| {
            let refused = findings.iter().any(|finding| finding.starts_with("error"));
            if refused { Status::Untrusted } else { Status::Trusted }
        };
        let case = pki.case(change(target()));
        case.expect(what, status(rfc5280), rfc5280);
        case.web().expect(what, status(web), web);
    }
}

#[test]
fn the_same_defects_of_an_intermediate_count_at_its_depth() {
    let pki = Pki::new();
    for (what, builder, findings) in [
        ("serial", intermediate().serial(&[0]), vec!["warning serial-not-positive@1"]),
        ("not DER", intermediate().trailing(&[0]), vec!["error not-der@1"]),
        (
            "precertificate",
            intermediate().extension(Extension::precertificate_poison()),
            vec!["error precertificate@1"],
        ),
        (
            "duplicate",
            intermediate().append_extension(Extension::basic_constraints(true, None)),
            vec!["error extension-duplicate@1"],
        ),
        (
            "algorithms differ",
            intermediate().inner_algorithm(Signing::EcdsaSha512.identifier()),
            vec!["error signature-algorithm-mismatch@1"],
        ),
        (
            "unknown critical extension",
            intermediate().extension(Extension::new("1.2.3", true, der::null())),
            vec!["error critical-extension-unknown@1"],
        ),
    ] {
        let status = if findings.iter().any(|finding| finding.starts_with("error")) {
            Status::Untrusted
        } else {
            Status::Trusted
        };
        pki.case_below(builder).expect(what, status, &findings);
    }
}

#[test]
fn empty_issuer_names_are_refused_even_when_they_chain() {
    let anchor = certlens_testkit::Ca::self_signed(CertificateBuilder::ca(Name::empty(), Key::p256(0)));
    let case = crate::harness::Case::new(target().issued_by(&anchor)).anchors([anchor.der()]);
    case.untrusted("empty names", &["error issuer-empty@0", "warning issuer-empty@1", "error subject-empty@1"]);
}

#[test]
fn the_form_of_an_anchor_is_not_judged() {
    for (what, builder, findings) in [
        ("not DER", anchor().trailing(&[0]), &["warning not-der-tolerated@2"][..]),
        ("serial", anchor().serial(&[0]), &["warning serial-not-positive@2"]),
        ("version 1 with extensions", anchor().version_raw(Vec::new()), &["warning version-invalid@2"]),
        (
            "algorithms differ",
            anchor().inner_algorithm(Signing::EcdsaSha512.identifier()),
            &["warning signature-algorithm-mismatch@2"],
        ),
        (
            "duplicate",
            anchor().append_extension(Extension::ocsp_no_check()).append_extension(Extension::ocsp_no_check()),
            &["warning extension-duplicate@2"],
        ),
        (
            "malformed extension that restricts nothing",
            anchor().extension(Extension::new("2.5.29.31", false, der::null())),
            &["warning extension-malformed@2"],
        ),
        ("wrong signature", anchor().corrupt_signature(), &[]),
        (
            "time",
            anchor().validity_raw(time::encode_generalized(time::CA_START), time::encode(time::CA_END)),
            &["warning generalized-time-early@2"],
        ),
    ] {
        Pki::case_under(builder).trusted(what, findings);
    }
    Pki::case_under(anchor().append_extension(Extension::basic_constraints(true, None)))
        .untrusted("a constraint twice", &["error extension-duplicate@2"]);
}
