//! The name asked for against the names of the certificate (RFC 9525,
//! RFC 5280 §7, RFC 9598).

use certlens_core::identity::{NameCheck, NearMiss, ReferenceName, check};
use certlens_core::x509::Certificate;
use certlens_testkit::{CertificateBuilder, Extension, GeneralName, Key, Name, attributes, der};

use crate::harness::{Pki, target};

fn names(names: impl IntoIterator<Item = GeneralName>) -> CertificateBuilder {
    target().extension(Extension::subject_alt_name(names))
}

#[track_caller]
fn matches(pki: &Pki, what: &str, name: GeneralName, reference: &str, expected: bool) {
    let what = format!("{what}: {reference}");
    let case = pki.case(names([name])).name(reference);
    if expected {
        case.trusted(&what, &[])
    } else {
        case.untrusted(&what, &["error name-mismatch@0"])
    };
}

#[test]
fn dns_names() {
    let pki = Pki::new();
    for (presented, reference, expected) in [
        ("www.example.com", "www.example.com", true),
        ("WWW.Example.COM", "www.example.com", true),
        ("www.example.com", "WWW.EXAMPLE.com", true),
        ("www.example.com", "www.example.com.", true),
        ("example.com", "www.example.com", false),
        ("www.example.com", "example.com", false),
        ("www.example.com", "www.example.co", false),
        ("ww.example.com", "www.example.com", false),
        ("xn--bcher-kva.example", "b\u{fc}cher.example", true),
        ("XN--BCHER-KVA.example", "B\u{dc}CHER.example", true),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", true),
        ("localhost", "localhost", true),
        ("under_score.example", "under_score.example", true),
        // Wildcards (RFC 9525 §6.3): one whole label, the first.
        ("*.example.com", "www.example.com", true),
        ("*.EXAMPLE.com", "www.example.com", true),
        ("*.example.com", "xn--bcher-kva.example.com", true),
        ("*.example.com", "example.com", false),
        ("*.example.com", "a.b.example.com", false),
        ("w*.example.com", "www.example.com", false),
        ("*w.example.com", "www.example.com", false),
        ("www.*.com", "www.example.com", false),
        ("*.*.com", "www.example.com", false),
        ("*", "localhost", false),
        ("*.", "localhost", false),
        ("**.example.com", "www.example.com", false),
    ] {
        matches(&pki, presented, GeneralName::dns(presented), reference, expected);
    }
}

#[test]
fn names_that_are_not_well_formed_match_nothing() {
    let pki = Pki::new();
    for presented in [
        "www.example.com\0.evil.example",
        "www.example.com\0",
        "\0www.example.com",
        "www.example.com ",
        " www.example.com",
        "www .example.com",
        "www.example.com\n",
        "www.example.com.",
        ".www.example.com",
        "www..example.com",
        "www.example.com:443",
        "https://www.example.com",
        "www.example.com/",
        "-www.example.com",
        "",
        " ",
        ".",
    ] {
        matches(&pki, &format!("{presented:?}"), GeneralName::dns(presented), "www.example.com", false);
    }
    let label = "a".repeat(64);
    let found = check(&read(names([GeneralName::dns(format!("{label}.example"))])), &reference("a.example"));
    assert!(matches!(found, NameCheck::Mismatched { .. }));
    // The Unicode form is no dNSName, whatever it would match.
    pki.case(names([GeneralName::dns("b\u{fc}cher.example")]))
        .name("b\u{fc}cher.example")
        .untrusted("U-label", &["error name-mismatch@0", "error not-der@0"]);
}

#[test]
fn addresses() {
    let pki = Pki::new();
    for (presented, reference, expected) in [
        (GeneralName::ip("192.0.2.1"), "192.0.2.1", true),
        (GeneralName::ip("192.0.2.1"), "192.0.2.2", false),
        (GeneralName::ip("2001:db8::1"), "2001:DB8:0:0::1", true),
        (GeneralName::ip("2001:db8::1"), "[2001:db8::1]", true),
        (GeneralName::ip("2001:db8::1"), "2001:db8::2", false),
        // RFC 9525 §6.4: octet by octet.
        (GeneralName::ip("::ffff:192.0.2.1"), "192.0.2.1", false),
        (GeneralName::ip("192.0.2.1"), "::ffff:192.0.2.1", false),
        (GeneralName::ip("::ffff:192.0.2.1"), "::ffff:192.0.2.1", true),
        (GeneralName::ip_octets(&[192, 0, 2, 1, 255, 255, 255, 255]), "192.0.2.1", false),
        (GeneralName::ip_octets(&[192, 0, 2]), "192.0.2.1", false),
        (GeneralName::ip_octets(&[]), "192.0.2.1", false),
        (GeneralName::ip_octets(&[0; 32]), "::", false),
        (GeneralName::ip_octets(b"192.0.2.1"), "192.0.2.1", false),
        (GeneralName::dns("192.0.2.1"), "192.0.2.1", false),
        (GeneralName::dns("*.0.2.1"), "192.0.2.1", false),
        (GeneralName::uri("https://192.0.2.1/"), "192.0.2.1", false),
    ] {
        matches(&pki, &format!("{presented:02x?}"), presented, reference, expected);
    }
}

#[test]
fn mailboxes() {
    let pki = Pki::new();
    let email = |mailbox: &str| GeneralName::email(mailbox);
    for (presented, reference, expected) in [
        (email("Ann@example.com"), "Ann@example.com", true),
        (email("Ann@EXAMPLE.com"), "Ann@example.COM", true),
        // RFC 5280 §7.5: the local part exactly.
        (email("ann@example.com"), "Ann@example.com", false),
        (email("Ann@example.com"), "Bob@example.com", false),
        (email("Ann@example.com"), "Ann@www.example.com", false),
        (email("example.com"), "Ann@example.com", false),
        (email("@example.com"), "Ann@example.com", false),
        (email("Ann@"), "Ann@example.com", false),
        (email("Ann@example.com\0"), "Ann@example.com", false),
        (email("Ann\0@example.com"), "Ann@example.com", false),
        (email("Ann@*.com"), "Ann@example.com", false),
        (email("Ann <Ann@example.com>"), "Ann@example.com", false),
        (email("\"a@b\"@example.com"), "\"a@b\"@example.com", true),
        (email("Ann@xn--bcher-kva.example"), "Ann@b\u{fc}cher.example", true),
        (GeneralName::dns("example.com"), "Ann@example.com", false),
        (GeneralName::uri("mailto:Ann@example.com"), "Ann@example.com", false),
        // RFC 9598 §3: for local parts beyond ASCII, with the domain in A-labels.
        (GeneralName::smtp_utf8_mailbox("\u{e9}va@example.com"), "\u{e9}va@example.com", true),
        (GeneralName::smtp_utf8_mailbox("\u{e9}va@EXAMPLE.com"), "\u{e9}va@example.com", true),
        (GeneralName::smtp_utf8_mailbox("\u{e9}va@xn--bcher-kva.example"), "\u{e9}va@b\u{fc}cher.example", true),
        (GeneralName::smtp_utf8_mailbox("\u{c9}va@example.com"), "\u{e9}va@example.com", false),
        (GeneralName::smtp_utf8_mailbox("e\u{301}va@example.com"), "\u{e9}va@example.com", false),
        (GeneralName::smtp_utf8_mailbox("\u{e9}va@b\u{fc}cher.example"), "\u{e9}va@b\u{fc}cher.example", false),
        (GeneralName::smtp_utf8_mailbox("Ann@example.com"), "Ann@example.com", false),
        (GeneralName::other("1.3.6.1.5.5.7.8.9", &der::ia5_string("Ann@example.com")), "Ann@example.com", false),
        (GeneralName::other("1.2.3", &der::utf8_string("\u{e9}va@example.com")), "\u{e9}va@example.com", false),
    ] {
        matches(&pki, &format!("{presented:02x?}"), presented, reference, expected);
    }
    pki.case(names([email("\u{e9}va@example.com")]))
        .name("\u{e9}va@example.com")
        .untrusted("rfc822Name beyond ASCII", &["error name-mismatch@0", "error not-der@0"]);
}

#[test]
fn any_of_several_names_matches() {
    let pki = Pki::new();
    let several = || {
        names([
            GeneralName::directory(&Name::cn("www.example.com")),
            GeneralName::dns("a\0"),
            GeneralName::dns("b.example"),
            GeneralName::ip("192.0.2.1"),
            GeneralName::email("ann@c.example"),
            GeneralName::registered_id("1.2.3"),
        ])
    };
    for reference in ["b.example", "192.0.2.1", "ann@c.example"] {
        pki.case(several()).name(reference).trusted(reference, &[]);
    }
    for reference in ["www.example.com", "c.example", "192.0.2.2"] {
        pki.case(several()).name(reference).untrusted(reference, &["error name-mismatch@0"]);
    }
}

fn read(builder: CertificateBuilder) -> Certificate {
    Certificate::from_der(&builder.self_signed()).expect("the certificate can be read")
}

fn reference(name: &str) -> ReferenceName {
    ReferenceName::parse(name).expect("it is a name")
}

fn near_miss(builder: CertificateBuilder, name: &str) -> Option<NearMiss> {
    match check(&read(builder), &reference(name)) {
        NameCheck::Mismatched { near_miss, .. } => near_miss,
        NameCheck::Matched(matched) => panic!("{name} matched {matched:?}"),
    }
}

#[test]
fn the_common_name_never_counts() {
    let pki = Pki::new();
    let mismatch = ["error name-mismatch@0"];
    let named = |text: &str| CertificateBuilder::new(Name::cn(text), Key::p256(2));
    for text in ["www.example.com", "*.example.com", "WWW.example.com"] {
        pki.case(named(text)).name("www.example.com").untrusted(text, &mismatch);
        assert_eq!(near_miss(named(text), "www.example.com"), Some(NearMiss::CommonName(text.to_lowercase())));
    }
    pki.case(named("192.0.2.1")).name("192.0.2.1").untrusted("address", &mismatch);
    let email = Name::empty().and(attributes::EMAIL_ADDRESS, der::ia5_string("ann@example.com"));
    let builder = || CertificateBuilder::new(email.clone(), Key::p256(2));
    pki.case(builder()).name("ann@example.com").untrusted("emailAddress", &mismatch);
    assert_eq!(near_miss(builder(), "ann@example.com"), Some(NearMiss::SubjectEmail("ann@example.com".into())));
    // Beside a subjectAltName neither.
    let builder = named("www.example.com").extension(Extension::subject_alt_name([GeneralName::dns("a.example")]));
    pki.case(builder).name("www.example.com").untrusted("beside other names", &mismatch);
}

#[test]
fn near_misses_say_why() {
    let dns = |name: &str| names([GeneralName::dns(name)]);
    for (builder, name, expected) in [
        (dns("*.example.com"), "a.b.example.com", NearMiss::WildcardDepth("*.example.com".into())),
        (dns("*.example.com"), "example.com", NearMiss::WildcardDepth("*.example.com".into())),
        (dns("www.example.com"), "example.com", NearMiss::Www("www.example.com".into())),
        (dns("example.com"), "www.example.com", NearMiss::Www("example.com".into())),
        (dns("192.0.2.1"), "192.0.2.1", NearMiss::AddressAsDns("192.0.2.1".into())),
    ] {
        assert_eq!(near_miss(builder, name), Some(expected));
    }
    assert_eq!(near_miss(dns("a.example"), "b.example"), None);
}

#[test]
fn names_that_cannot_be_read_match_nothing() {
    let pki = Pki::new();
    let malformed = Extension::subject_alt_name([]).with_value(der::octet_string(b"www.example.com"));
    pki.case(target().extension(malformed))
        .name("www.example.com")
        .untrusted("malformed", &["error extension-malformed@0", "error name-mismatch@0"]);
    // Of two subjectAltNames the first is taken, and the certificate refused.
    let second = Extension::subject_alt_name([GeneralName::dns("www.example.com")]);
    let builder = names([GeneralName::dns("a.example")]).append_extension(second);
    pki.case(builder)
        .name("www.example.com")
        .untrusted("twice", &["error extension-duplicate@0", "error name-mismatch@0"]);
}
