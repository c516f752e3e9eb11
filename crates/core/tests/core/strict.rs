//! What RFC 5280 §4.2 and the CA/Browser Forum demand of those who make
//! certificates: warnings under `rfc5280`, refusals under `web`.

use certlens_core::anchors::AnchorUse;
use certlens_core::verdict::Status;
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, KeyUsage, Name, purposes, time};

use crate::harness::{Case, Pki, anchor, intermediate, target};

fn server() -> CertificateBuilder {
    CertificateBuilder::new(Name::cn("a.example"), Key::p256(2))
        .extension(Extension::subject_alt_name([GeneralName::dns("a.example")]))
        .extension(Extension::extended_key_usage([purposes::SERVER_AUTH]))
}

fn issuer_and_serial() -> Extension {
    use certlens_testkit::der;
    let key = Key::p256(1).key_identifier();
    let issuer = der::implicit_constructed(1, GeneralName::directory(&Name::cn("Anchor")).as_ref());
    let value = der::sequence([der::implicit(0, &key), issuer, der::implicit(2, &[1])]);
    Extension::new("2.5.29.35", false, value)
}

/// Each with its code, where it is warned of under `rfc5280` and refused under
/// `web`.
#[test]
fn on_the_target() {
    let pki = Pki::new();
    let aki = |builder: CertificateBuilder| builder.extension(Extension::new("2.5.29.35", false, vec![0x30, 0]));
    let constraints = |ca, length| Extension::basic_constraints(ca, length);
    for (what, builder, code) in [
        (
            "critical authorityKeyIdentifier",
            server().extension(Extension::authority_key_identifier(&Key::p256(1).key_identifier()).critical()),
            "extension-criticality",
        ),
        (
            "critical subjectAltName beside a subject",
            server().extension(Extension::subject_alt_name([GeneralName::dns("a.example")]).critical()),
            "extension-criticality",
        ),
        ("no authorityKeyIdentifier", server().without_key_identifiers(), "authority-key-identifier-missing"),
        ("an empty one", aki(server()), "authority-key-identifier-missing"),
        (
            "keyCertSign without cA",
            server().extension(Extension::key_usage(&[KeyUsage::DigitalSignature, KeyUsage::KeyCertSign])),
            "cert-sign-without-ca",
        ),
        ("cA without keyCertSign", server().extension(constraints(true, None)), "ca-without-cert-sign"),
        ("path length without cA", server().extension(constraints(false, Some(0))), "path-length-without-ca"),
        (
            "name constraints",
            server().extension(Extension::name_constraints(&[GeneralName::dns("example")], &[])),
            "name-constraints-in-end-entity",
        ),
    ] {
        let case = pki.case(builder);
        case.trusted(what, &[&format!("warning {code}@0")]);
        case.web().purpose("server-auth").refused(what, &[&format!("{code}@0")]);
    }
    let case = pki.case(server().extension(issuer_and_serial()));
    assert_eq!(case.verdict().status, Status::Trusted, "a note alone");
    case.web().purpose("server-auth").refused("issuer and serial", &["authority-key-identifier-form@0"]);
}

#[test]
fn on_an_intermediate() {
    let pki = Pki::new();
    let no_identifier = Extension::subject_key_identifier(&Key::p256(1).key_identifier());
    for (what, builder, codes) in [
        (
            "basicConstraints not critical",
            intermediate().extension(Extension::basic_constraints(true, None).non_critical()),
            &["extension-criticality@1"][..],
        ),
        (
            "policyConstraints not critical",
            intermediate().extension(Extension::policy_constraints(Some(9), None).non_critical()),
            &["extension-criticality@1"],
        ),
        (
            "critical subjectKeyIdentifier",
            intermediate().extension(no_identifier.critical()),
            &["extension-criticality@1"],
        ),
        ("no keyUsage", intermediate().without("2.5.29.15"), &["ca-key-usage-missing@1"]),
        (
            "no key identifiers",
            intermediate().without_key_identifiers(),
            &["authority-key-identifier-missing@1", "subject-key-identifier-missing@1"],
        ),
    ] {
        let ca = Ca::issued(builder, &pki.anchor);
        let case = Case::new(server().issued_by(&ca)).pool([ca.der()]).anchors([pki.anchor.der()]);
        let warnings: Vec<String> = codes.iter().map(|code| format!("warning {code}")).collect();
        case.trusted(what, &warnings.iter().map(String::as_str).collect::<Vec<_>>());
        case.web().purpose("server-auth").refused(what, codes);
    }
}

/// Under `rfc5280` the form of an anchor is not judged; under `web` it is, unless
/// a root program keeps it.
#[test]
fn on_an_anchor() {
    let list = || Extension::extended_key_usage([purposes::SERVER_AUTH]);
    for (what, builder, code) in [
        (
            "basicConstraints not critical",
            anchor().extension(Extension::basic_constraints(true, None).non_critical()),
            "extension-criticality@1",
        ),
        ("no identifiers", anchor().without_key_identifiers(), "subject-key-identifier-missing@1"),
        ("purposes", anchor().extension(list()), "web-eku-forbidden@1"),
        ("another identifier", anchor().extension(Extension::authority_key_identifier(&[7; 20])), ""),
    ] {
        let anchor = Ca::self_signed(builder);
        let case = Case::new(server().issued_by(&anchor)).anchors([anchor.der()]);
        case.trusted(what, &[]);
        let web = case.web().purpose("server-auth");
        match code {
            "" => web.trusted(what, &["warning key-identifier-mismatch@1"]),
            code => web.refused(what, &[code]),
        };
    }
}

#[test]
fn names_and_purposes_of_servers() {
    let pki = Pki::new();
    let web = |builder: CertificateBuilder| pki.case(builder).web().purpose("server-auth");
    let named = |names: &[GeneralName]| server().extension(Extension::subject_alt_name(names.iter().cloned()));
    let dns = |name: &str| GeneralName::dns(name);
    web(server()).trusted("sound", &[]);
    web(named(&[dns("a.example"), dns("*.com")])).refused("top-level wildcard", &["web-wildcard@0"]);
    web(named(&[dns("a.example"), dns("w*.a.example")])).refused("malformed", &["web-san-malformed@0"]);
    web(named(&[dns("a.example"), GeneralName::email("a@b.example")])).trusted("mailbox", &["warning web-san-kind@0"]);
    web(named(&[dns("b.example")])).trusted("common name elsewhere", &["warning web-common-name@0"]);
    web(named(&[dns("A.example")])).trusted("not as written", &["warning web-common-name@0"]);
    let listed = |list: &[&'static str]| server().extension(Extension::extended_key_usage(list.iter().copied()));
    web(listed(&[purposes::SERVER_AUTH, purposes::ANY])).refused("any purpose", &["web-eku-forbidden@0"]);
    web(listed(&[purposes::SERVER_AUTH, purposes::CLIENT_AUTH])).trusted("client, too", &[]);
    web(server().extension(Extension::extended_key_usage([purposes::SERVER_AUTH]).critical()))
        .refused("critical", &["extension-criticality@0"]);
    let ca = server()
        .extension(Extension::basic_constraints(true, None))
        .extension(Extension::key_usage(&[KeyUsage::DigitalSignature, KeyUsage::KeyCertSign]));
    web(ca).trusted("a CA", &["warning web-target-is-ca@0"]);
    // None of this is about anything but TLS servers.
    pki.case(target()).web().purpose("client-auth").trusted("client", &[]);
}

#[test]
fn of_a_named_key_nothing_else_counts() {
    let old = || anchor().validity(time::CA_START, time::START).extension(Extension::basic_constraints(false, None));
    Pki::case_under(old()).refused("as a certificate", &["expired@2", "issuer-not-a-ca@2"]);
    Pki::case_under(old()).with(|policy| policy.anchor_use = AnchorUse::NameAndKey).trusted("as name and key", &[]);
    // A name and a key anchor what they signed, not themselves as a certificate.
    let pki = Pki::new();
    let keys = |case: Case| case.with(|policy| policy.anchor_use = AnchorUse::NameAndKey);
    let target = target().issued_by(&pki.intermediate);
    keys(Case::new(target.clone()).anchors([target])).refused("end entity", &["issuer-not-found@0"]);
    keys(Case::new(pki.anchor.der()).anchors([pki.anchor.der()])).trusted("self-signed", &[]);
}

#[test]
fn the_longest_path_asked_for() {
    let pki = Pki::new();
    let at_most =
        |most: u32| move |policy: &mut certlens_core::policy::ValidationPolicy| policy.max_path_length = Some(most);
    pki.case(target()).with(at_most(1)).trusted("one intermediate", &[]);
    pki.case(target()).with(at_most(0)).refused("none", &["path-length-exceeded@1"]);
    Case::new(target().issued_by(&pki.anchor)).anchors([pki.anchor.der()]).with(at_most(0)).trusted("no need", &[]);
    let rolled = Ca::issued(Ca::builder("Intermediate", Key::p256(7)), &pki.intermediate);
    Case::new(target().issued_by(&rolled))
        .pool([pki.intermediate.der(), rolled.der()])
        .anchors([pki.anchor.der()])
        .with(at_most(1))
        .trusted("self-issued are not counted", &[]);
}
