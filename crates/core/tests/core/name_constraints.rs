//! Name constraints: each form, each way to keep and to break them, and whose
//! names they are about (RFC 5280 §4.2.1.10).

use certlens_core::anchors::{AnchorSet, TrustAnchor};
use certlens_core::engine::{Paths, Validation};
use certlens_core::origin::Origin;
use certlens_core::path::VerifyCache;
use certlens_core::policy::{Profile, ValidationPolicy};
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::time::Time;
use certlens_core::verdict::Status;
use certlens_core::x509::Certificate;
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name, attributes, der, time};

use crate::harness::{Case, Pki, anchor, intermediate, target};

const PERMITTED: &str = "error name-not-permitted@0";
const EXCLUDED: &str = "error name-excluded@0";
const NOT_SUPPORTED: &str = "error name-constraint-not-supported@0";

fn ip(text: &str) -> GeneralName {
    let (address, length) = text.split_once('/').expect("a network");
    let address: std::net::IpAddr = address.parse().expect("an address");
    let length: u32 = length.parse().expect("a length");
    let octets = match address {
        std::net::IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            [v4.octets().to_vec(), mask.to_be_bytes().to_vec()].concat()
        }
        std::net::IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            [v6.octets().to_vec(), mask.to_be_bytes().to_vec()].concat()
        }
    };
    GeneralName::ip_octets(&octets)
}

fn organization(text: &str) -> Name {
    Name::empty().and(attributes::ORGANIZATION, der::utf8_string(text))
}

fn unit(organization_name: &str, unit: &str) -> Name {
    organization(organization_name).and(attributes::ORGANIZATIONAL_UNIT, der::printable_string(unit))
}

/// A target with one alternative name below a CA with these constraints.
fn case(permitted: &[GeneralName], excluded: &[GeneralName], name: GeneralName) -> Case {
    let constraints = Extension::name_constraints(permitted, excluded);
    let ca = Ca::issued(intermediate().extension(constraints), &Pki::new().anchor);
    let target = CertificateBuilder::new(Name::cn("Target"), Key::p256(2));
    let target = target.extension(Extension::subject_alt_name([name])).issued_by(&ca);
    Case::new(target).pool([ca.der()]).anchors([Pki::new().anchor.der()])
}

/// Where a name stands to a base.
#[derive(Clone, Copy)]
enum Is {
    Within,
    Outside,
    /// A part of what it stands for may be within, another outside.
    Across,
}

/// Judges a name under a base, once permitted and once excluded.
#[track_caller]
fn judge(base: GeneralName, name: GeneralName, what: &str, is: Is) {
    let permitted = case(std::slice::from_ref(&base), &[], name.clone());
    let excluded = case(&[], &[base], name);
    match is {
        Is::Within => {
            permitted.trusted(what, &[]);
            excluded.untrusted(what, &[EXCLUDED]);
        }
        Is::Outside => {
            permitted.untrusted(what, &[PERMITTED]);
            excluded.trusted(what, &[]);
        }
        Is::Across => {
            permitted.untrusted(what, &[PERMITTED]);
            excluded.untrusted(what, &[EXCLUDED]);
        }
    }
}

#[test]
fn dns_names() {
    for (base, name, is) in [
        ("example.com", "example.com", Is::Within),
        ("example.com", "www.example.com", Is::Within),
        ("example.com", "a.b.EXAMPLE.com", Is::Within),
        ("Example.COM", "www.example.com", Is::Within),
        ("example.com", "notexample.com", Is::Outside),
        ("example.com", "example.com.evil.example", Is::Outside),
        ("example.com", "com", Is::Outside),
        ("", "anything.example", Is::Within),
        // A wildcard stands for every host directly below its base.
        ("example.com", "*.example.com", Is::Within),
        ("example.com", "*.sub.example.com", Is::Within),
        ("www.example.com", "*.example.com", Is::Across),
        ("a.b.example.com", "*.example.com", Is::Outside),
        ("other.example", "*.example.com", Is::Outside),
        // What is not well-formed can be shown to be neither inside nor outside.
        ("example.com", ".example.com", Is::Across),
        ("example.com", "www.example.com.", Is::Across),
        ("example.com", "w*.example.com", Is::Across),
        ("example.com", "", Is::Across),
    ] {
        judge(GeneralName::dns(base), GeneralName::dns(name), &format!("{name:?} under {base:?}"), is);
    }
}

#[test]
fn a_dns_base_with_a_leading_period_has_all_names_below_it() {
    let dot = |name: &str| case(&[GeneralName::dns(".example.com")], &[], GeneralName::dns(name));
    let warning = "warning name-constraint-leading-dot@1";
    dot("www.example.com").trusted("below", &[warning]);
    dot("*.example.com").trusted("all below", &[warning]);
    dot("example.com").untrusted("itself", &[PERMITTED, warning]);
    let excluded = |name: &str| case(&[], &[GeneralName::dns(".example.com")], GeneralName::dns(name));
    excluded("www.example.com").untrusted("below", &[EXCLUDED, warning]);
    excluded("example.com").trusted("itself", &[warning]);
}

#[test]
fn addresses() {
    for (base, name, is) in [
        ("192.0.2.0/24", "192.0.2.77", Is::Within),
        ("192.0.2.0/24", "192.0.3.1", Is::Outside),
        ("192.0.2.128/25", "192.0.2.127", Is::Outside),
        ("192.0.2.1/32", "192.0.2.1", Is::Within),
        ("0.0.0.0/0", "203.0.113.9", Is::Within),
        ("0.0.0.0/0", "2001:db8::1", Is::Outside),
        ("2001:db8::/32", "2001:db8:1::1", Is::Within),
        ("2001:db8::/32", "2001:db9::1", Is::Outside),
        ("2001:db8::1/128", "2001:db8::1", Is::Within),
        ("::/0", "2001:db8::1", Is::Within),
        ("::/0", "192.0.2.1", Is::Outside),
        ("::ffff:192.0.2.0/120", "192.0.2.1", Is::Outside),
    ] {
        judge(ip(base), GeneralName::ip(name), &format!("{name} in {base}"), is);
    }
    judge(ip("192.0.2.0/24"), GeneralName::ip_octets(&[192, 0, 2]), "three octets", Is::Across);
}

#[test]
fn mailboxes() {
    for (base, name, is) in [
        ("ann@example.com", "ann@example.com", Is::Within),
        ("ann@example.com", "ann@EXAMPLE.com", Is::Within),
        // RFC 5280 §7.5: the local part is compared as it stands.
        ("ann@example.com", "Ann@example.com", Is::Outside),
        ("ann@example.com", "bob@example.com", Is::Outside),
        ("example.com", "ann@example.com", Is::Within),
        ("example.com", "ann@mail.example.com", Is::Outside),
        (".example.com", "ann@mail.example.com", Is::Within),
        (".example.com", "ann@example.com", Is::Outside),
        ("*@example.com", "ann@example.com", Is::Outside),
        ("example.com", "no mailbox", Is::Across),
        ("example.com", "a@b@example.com", Is::Across),
        ("example.com", "\"a@b\"@example.com", Is::Within),
    ] {
        judge(GeneralName::email(base), GeneralName::email(name), &format!("{name} under {base}"), is);
    }
    // RFC 9598 §6: domains apply to mailboxes beyond ASCII as well.
    let beyond = GeneralName::smtp_utf8_mailbox("\u{fc}@example.com");
    judge(GeneralName::email("example.com"), beyond.clone(), "domain", Is::Within);
    judge(GeneralName::email(".example.com"), beyond.clone(), "below the domain", Is::Outside);
    let other = GeneralName::other("1.3.6.1.5.5.7.8.9", &der::utf8_string("x"));
    case(std::slice::from_ref(&other), &[], beyond.clone()).untrusted("its own form, permitted", &[NOT_SUPPORTED]);
    case(&[], &[other], beyond).untrusted("its own form, excluded", &[NOT_SUPPORTED]);
}

#[test]
fn mailboxes_in_the_subject_count_without_alternative_names() {
    let subject = Name::cn("Ann").and(attributes::EMAIL_ADDRESS, der::ia5_string("ann@example.com"));
    let constraints = |base: &str| Extension::name_constraints(&[GeneralName::email(base)], &[]);
    let pki = Pki::new();
    let below = |base: &str, builder: CertificateBuilder| {
        let ca = Ca::issued(intermediate().extension(constraints(base)), &pki.anchor);
        Case::new(builder.issued_by(&ca)).pool([ca.der()]).anchors([pki.anchor.der()])
    };
    let ann = || CertificateBuilder::new(subject.clone(), Key::p256(2));
    below("example.com", ann()).trusted("within", &[]);
    below("other.example", ann()).untrusted("outside", &[PERMITTED]);
    let names = Extension::subject_alt_name([GeneralName::dns("a.example")]);
    below("other.example", ann().extension(names)).trusted("with alternative names it does not", &[]);
}

#[test]
fn hosts_of_uris() {
    for (base, name, is) in [
        ("www.example.com", "https://www.example.com/path", Is::Within),
        ("www.example.com", "https://user@WWW.example.com:8443/", Is::Within),
        ("example.com", "https://www.example.com/", Is::Outside),
        (".example.com", "https://www.example.com/", Is::Within),
        (".example.com", "https://example.com/", Is::Outside),
        ("example.com", "https://example.com.evil.example/", Is::Outside),
        ("example.com", "https://192.0.2.1/", Is::Across),
        ("example.com", "urn:example:com", Is::Across),
    ] {
        judge(GeneralName::uri(base), GeneralName::uri(name), &format!("{name} under {base}"), is);
    }
}

#[test]
fn directory_names() {
    let within = |base: &Name, subject: Name, is: Is, what: &str| {
        // The subject is not empty, so it is constrained, too: make it the same.
        let run = |permitted: &[GeneralName], excluded: &[GeneralName]| {
            let constraints = Extension::name_constraints(permitted, excluded);
            let ca = Ca::issued(intermediate().extension(constraints), &Pki::new().anchor);
            let target = CertificateBuilder::new(subject.clone(), Key::p256(2)).issued_by(&ca);
            Case::new(target).pool([ca.der()]).anchors([Pki::new().anchor.der()])
        };
        let base = GeneralName::directory(base);
        match is {
            Is::Within => {
                run(std::slice::from_ref(&base), &[]).trusted(what, &[]);
                run(&[], &[base]).untrusted(what, &[EXCLUDED]);
            }
            _ => {
                run(std::slice::from_ref(&base), &[]).untrusted(what, &[PERMITTED]);
                run(&[], &[base]).trusted(what, &[]);
            }
        }
    };
    let base = organization("Example Ltd");
    within(&base, unit("Example Ltd", "IT"), Is::Within, "one part more");
    within(&base, organization("Example Ltd"), Is::Within, "the same");
    within(&base, unit("EXAMPLE  ltd", "IT"), Is::Within, "compared by RFC 5280 §7.1");
    within(&base, unit("Example Ltd 2", "IT"), Is::Outside, "another name");
    within(&unit("Example Ltd", "IT"), organization("Example Ltd"), Is::Outside, "one part less");
    let turned = Name::empty()
        .and(attributes::ORGANIZATIONAL_UNIT, der::printable_string("IT"))
        .and(attributes::ORGANIZATION, der::utf8_string("Example Ltd"));
    within(&base, turned, Is::Outside, "not at the beginning");
    within(&Name::empty(), unit("Any", "IT"), Is::Within, "the empty base has all names");
    // An alternative name is constrained beside the subject.
    let names = GeneralName::directory(&organization("Other"));
    case(&[GeneralName::directory(&Name::cn("Target"))], &[], names).untrusted("alternative name", &[PERMITTED]);
}

#[test]
fn forms_that_are_not_processed_are_refused_when_they_occur() {
    let other = |oid: &str| GeneralName::other(oid, &der::utf8_string("x"));
    let registered = || GeneralName::registered_id("1.2.3");
    for (what, base, name, refused) in [
        ("otherName", other("1.2.3"), other("1.2.3"), true),
        ("otherName of another type", other("1.2.3"), other("1.2.4"), false),
        ("registeredID", registered(), registered(), true),
        ("otherName, but no such name", other("1.2.3"), GeneralName::dns("a.example"), false),
    ] {
        for case in [case(std::slice::from_ref(&base), &[], name.clone()), case(&[], &[base], name)] {
            match refused {
                true => case.untrusted(what, &[NOT_SUPPORTED]),
                false => case.trusted(what, &[]),
            };
        }
    }
    // minimum and maximum other than 0 and none are not processed, either.
    let subtree = |more: Vec<u8>| {
        let base = der::sequence([GeneralName::dns("example.com").as_ref(), &more]);
        let value = der::sequence([der::implicit_constructed(0, &base)]);
        let constraints = Extension::new("2.5.29.30", true, value);
        let ca = Ca::issued(intermediate().extension(constraints), &Pki::new().anchor);
        let names = Extension::subject_alt_name([GeneralName::dns("www.example.com")]);
        Case::new(target().extension(names).issued_by(&ca)).pool([ca.der()]).anchors([Pki::new().anchor.der()])
    };
    subtree(Vec::new()).trusted("neither", &[]);
    subtree(der::implicit(0, &[1])).untrusted("minimum", &[NOT_SUPPORTED]);
    subtree(der::implicit(1, &[1])).untrusted("maximum", &[NOT_SUPPORTED]);
}

#[test]
fn a_base_that_is_not_well_formed_lets_nothing_through() {
    for base in [
        GeneralName::dns("*.example.com"),
        GeneralName::dns("example..com"),
        GeneralName::dns("example.com."),
        GeneralName::email("a@b@example.com"),
        GeneralName::email(""),
        GeneralName::uri("https://example.com/"),
        GeneralName::ip_octets(&[192, 0, 2, 0]),
        GeneralName::ip_octets(&[192, 0, 2, 0, 255, 0, 255, 0]),
    ] {
        let case = case(&[], &[base], GeneralName::dns("a.example"));
        case.untrusted("malformed", &["error name-constraint-malformed@1"]);
    }
}

#[test]
fn all_constraints_above_a_certificate_hold_at_once() {
    let dns = |name: &str| GeneralName::dns(name);
    let anchor = Ca::self_signed(anchor().extension(Extension::name_constraints(&[dns("example.com")], &[])));
    let narrow = Extension::name_constraints(&[dns("a.example.com"), dns("example.org")], &[dns("x.a.example.com")]);
    let middle = Ca::issued(Ca::builder("Middle", Key::p256(5)).extension(narrow), &anchor);
    let issuing = Ca::intermediate("Issuing", Key::p256(6), &middle);
    let below = |names: &[&str]| {
        let names = Extension::subject_alt_name(names.iter().map(|name| dns(name)));
        let case = Case::new(target().extension(names).issued_by(&issuing));
        case.pool([middle.der(), issuing.der()]).anchors([anchor.der()])
    };
    below(&["a.example.com"]).trusted("within both", &[]);
    below(&["b.example.com"]).untrusted("within the upper alone", &[PERMITTED]);
    below(&["example.org"]).untrusted("within the lower alone", &[PERMITTED]);
    below(&["x.a.example.com"]).untrusted("excluded", &[EXCLUDED]);
    let verdict = below(&["example.net", "a.example.com"]).untrusted("one of two", &[PERMITTED, PERMITTED]);
    let messages: Vec<&str> = verdict.all_findings().map(|finding| finding.message.as_str()).collect();
    assert!(messages.iter().any(|message| message.contains("dns:example.net") && message.contains("CN=Middle")));
    assert!(messages.iter().any(|message| message.contains("dns:example.net") && message.contains("CN=Anchor")));
}

#[test]
fn names_of_intermediates_count_unless_they_are_self_issued() {
    let dns = |name: &str| Extension::subject_alt_name([GeneralName::dns(name)]);
    let constraints = Extension::name_constraints(&[GeneralName::dns("example.com")], &[]);
    let anchor = Ca::self_signed(anchor().extension(constraints));
    let sound = || target().extension(dns("www.example.com"));
    let other = Ca::issued(intermediate().extension(dns("other.example")), &anchor);
    Case::new(sound().issued_by(&other))
        .pool([other.der()])
        .anchors([anchor.der()])
        .untrusted("intermediate", &["error name-not-permitted@1"]);
    let renewed = Ca::issued(Ca::builder("Anchor", Key::p256(9)).extension(dns("other.example")), &anchor);
    Case::new(sound().issued_by(&renewed)).pool([renewed.der()]).anchors([anchor.der()]).trusted("self-issued", &[]);
    let target = CertificateBuilder::new(Name::cn("Anchor"), Key::p256(8)).extension(dns("other.example"));
    Case::new(target.issued_by(&anchor)).anchors([anchor.der()]).untrusted("self-issued target", &[PERMITTED]);
}

#[test]
fn constraints_imposed_on_an_anchor() {
    let pki = Pki::new();
    let names = Extension::subject_alt_name([GeneralName::dns("www.example.com")]);
    let read = |der: &[u8]| Certificate::from_der(der).expect("a certificate");
    let target = read(&target().extension(names).issued_by(&pki.intermediate));
    let run = |constraints: Extension| {
        let encoded = constraints.to_der();
        let value = der::open(&encoded).0;
        // OID, critical, OCTET STRING.
        let value = der::open(der::open(der::open(value).1).1).0.to_vec();
        let anchor = TrustAnchor::from_certificate(read(pki.anchor.der()), Origin::Memory).constrained_to(&value);
        let mut anchors = AnchorSet::new();
        anchors.add_anchor(anchor.expect("the constraints can be read"));
        let mut pool = CertPool::new();
        pool.add(read(pki.intermediate.der()), Origin::Memory);
        let verdict = Validation {
            target: &Sourced { certificate: target.clone(), origin: Origin::Memory },
            pool: &pool,
            anchors: &anchors,
            policy: &ValidationPolicy::new(Profile::Rfc5280),
            time: Time::from_unix(time::MIDDLE),
            paths: Paths::UntilTrusted,
            evidence: &certlens_core::revocation::Evidence::new(),
            cache: &VerifyCache::new(),
        }
        .run();
        (verdict.status, verdict.reason().map(|finding| finding.code.name()))
    };
    let dns = |name: &str| Extension::name_constraints(&[GeneralName::dns(name)], &[]);
    assert_eq!(run(dns("example.com")), (Status::Trusted, None));
    assert_eq!(run(dns("example.org")), (Status::Untrusted, Some("name-not-permitted")));
    assert_eq!(run(dns("a..b")), (Status::Untrusted, Some("name-constraint-malformed")));
}

/// Excluded names must not be evaded by another way to write them.
#[test]
fn excluded_directory_names_cannot_be_written_otherwise() {
    let excluded = GeneralName::directory(&organization("Acme"));
    let run = |value: Vec<u8>| {
        let ca = Ca::issued(
            intermediate().extension(Extension::name_constraints(&[], std::slice::from_ref(&excluded))),
            &Pki::new().anchor,
        );
        let subject = Name::empty().and(attributes::ORGANIZATION, value);
        Case::new(CertificateBuilder::new(subject, Key::p256(2)).issued_by(&ca))
            .pool([ca.der()])
            .anchors([Pki::new().anchor.der()])
    };
    for text in ["Acme", "ACME", "Ac\u{ad}me", "Acme\u{200b}", "\u{ff21}cme", "Acme\u{7f}", " Acme "] {
        run(der::utf8_string(text)).refused(text, &["name-excluded@0"]);
    }
    // A string type that is not read as text: it can be shown to be nobody else's.
    let general_string = [&[0x1b, 4][..], b"Acme"].concat();
    run(general_string).refused("GeneralString", &["name-excluded@0"]);
    run(der::utf8_string("Acne")).trusted("another", &[]);
}

#[test]
fn mailboxes_are_read_by_their_grammar() {
    let base = || GeneralName::email("good.example");
    for text in
        ["\"ceo\"@evil.example,\"@good.example", "a b,<c>@good.example", "\"a\\\"@good.example", ".a@good.example"]
    {
        judge(base(), GeneralName::email(text), text, Is::Across);
    }
    let ann = || GeneralName::email("ann@good.example");
    judge(ann(), GeneralName::email("\"ann\"@good.example"), "quoted, the same mailbox", Is::Within);
}

/// A name that cannot be read could be any; on a target that is itself an anchor,
/// too, where form is not judged otherwise.
#[test]
fn imposed_constraints_are_not_evaded_by_names_that_cannot_be_read() {
    let run = |names: Extension| {
        let target = Certificate::from_der(&target().extension(names).self_signed()).expect("a certificate");
        let permitted = der::implicit_constructed(0, &der::sequence([GeneralName::dns("good.example")]));
        let anchor = TrustAnchor::from_certificate(target.clone(), Origin::Memory);
        let mut anchors = AnchorSet::new();
        anchors.add_anchor(anchor.constrained_to(&der::sequence([permitted])).expect("constraints"));
        let verdict = Validation {
            target: &Sourced { certificate: target, origin: Origin::Memory },
            pool: &CertPool::new(),
            anchors: &anchors,
            policy: &ValidationPolicy::new(Profile::Rfc5280),
            time: Time::from_unix(time::MIDDLE),
            paths: Paths::UntilTrusted,
            evidence: &certlens_core::revocation::Evidence::new(),
            cache: &VerifyCache::new(),
        }
        .run();
        verdict.reason().map(|finding| finding.code.name())
    };
    let names = |name: GeneralName| Extension::subject_alt_name([name]);
    assert_eq!(run(names(GeneralName::dns("good.example"))), None);
    assert_eq!(run(names(GeneralName::dns("evil.example"))), Some("name-not-permitted"));
    assert_eq!(run(names(GeneralName::raw(der::implicit(9, b"evil")))), Some("extension-malformed"));
}
