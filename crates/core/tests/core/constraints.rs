//! What a certificate may do: validity, basic constraints, path length, key
//! usage, purposes, extensions that restrict a path (RFC 5280 §6.1.3, §6.1.4).

use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, KeyUsage, Name, der, purposes, time};

use crate::harness::{Case, Pki, anchor, intermediate, target};

#[test]
fn validity_includes_both_ends() {
    let pki = Pki::new();
    let case = pki.case(target());
    case.clone().at(time::START).trusted("first second", &[]);
    case.clone().at(time::END).trusted("last second", &[]);
    case.clone().at(time::START - 1).untrusted("a second early", &["error not-yet-valid@0"]);
    case.clone().at(time::END + 1).untrusted("a second late", &["error expired@0"]);
    case.clone().at(time::CA_END).untrusted("last second of the CAs", &["error expired@0"]);
    case.clone()
        .at(time::CA_START - 1)
        .untrusted("before all", &["error not-yet-valid@0", "error not-yet-valid@1", "error not-yet-valid@2"]);
    case.at(time::CA_END + 1).untrusted("after all", &["error expired@0", "error expired@1", "error expired@2"]);
    let instant = target().validity(time::MIDDLE, time::MIDDLE);
    pki.case(instant).trusted("one second of validity", &[]);
}

#[test]
fn validity_of_each_certificate_counts() {
    let pki = Pki::new();
    let old = |builder: CertificateBuilder| builder.validity(time::CA_START, time::START);
    pki.case_below(old(intermediate())).untrusted("intermediate", &["error expired@1"]);
    Pki::case_under(old(anchor())).untrusted("anchor", &["error expired@2"]);
    let new = |builder: CertificateBuilder| builder.validity(time::END, time::CA_END);
    pki.case_below(new(intermediate())).untrusted("intermediate", &["error not-yet-valid@1"]);
    Pki::case_under(new(anchor())).untrusted("anchor", &["error not-yet-valid@2"]);
    // RFC 5280 asks for no nesting of validities.
    pki.case(target().validity(time::CA_START - 1000, time::CA_END + 1000)).trusted("outlives its issuer", &[]);
}

#[test]
fn only_a_ca_issues() {
    let pki = Pki::new();
    let key_usage = || Extension::key_usage(&[KeyUsage::KeyCertSign]);
    for (what, builder) in [
        ("cA not set", intermediate().extension(Extension::basic_constraints(false, None))),
        ("cA not set, with a path length", intermediate().extension(Extension::basic_constraints(false, Some(5)))),
        ("no basicConstraints", intermediate().without("2.5.29.19")),
        ("version 1", intermediate().version_1()),
        ("version 2", intermediate().version(1).without_extensions()),
        (
            "end entity that may sign certificates",
            CertificateBuilder::new(Name::cn("Intermediate"), Key::p256(1)).extension(key_usage()),
        ),
    ] {
        pki.case_below(builder).untrusted(what, &["error issuer-not-a-ca@1"]);
    }
    pki.case_below(CertificateBuilder::new(Name::cn("Intermediate"), Key::p256(1)))
        .untrusted("end entity", &["error issuer-not-a-ca@1", "error key-usage-no-cert-sign@1"]);
    let malformed = Extension::basic_constraints(true, None).with_value(der::null());
    pki.case_below(intermediate().extension(malformed))
        .untrusted("malformed", &["error extension-malformed@1", "error issuer-not-a-ca@1"]);
    pki.case_below(intermediate().extension(Extension::basic_constraints(true, None).non_critical()))
        .trusted("not critical, which RFC 5280 §6.1.4 (k) does not ask for", &["warning extension-criticality@1"]);
}

#[test]
fn an_anchor_is_a_ca_or_too_old_to_say() {
    Pki::case_under(anchor().version_1()).trusted("version 1", &[]);
    Pki::case_under(anchor().version(1).without_extensions()).trusted("version 2", &[]);
    Pki::case_under(anchor().without("2.5.29.19")).untrusted("no basicConstraints", &["error issuer-not-a-ca@2"]);
    Pki::case_under(anchor().extension(Extension::basic_constraints(false, None)))
        .untrusted("cA not set", &["error issuer-not-a-ca@2"]);
    let no_sign = Extension::key_usage(&[KeyUsage::CrlSign]);
    Pki::case_under(anchor().extension(no_sign)).untrusted("keyUsage", &["error key-usage-no-cert-sign@2"]);
}

#[test]
fn key_usage_of_an_issuer() {
    let pki = Pki::new();
    let usage = |bits: &[KeyUsage]| intermediate().extension(Extension::key_usage(bits));
    use KeyUsage::{CrlSign, DecipherOnly, DigitalSignature, KeyCertSign};
    pki.case_below(usage(&[DigitalSignature, CrlSign, DecipherOnly]))
        .untrusted("no keyCertSign", &["error key-usage-no-cert-sign@1"]);
    pki.case_below(usage(&[DigitalSignature, KeyCertSign])).trusted("keyCertSign among others", &[]);
    pki.case_below(intermediate().without("2.5.29.15")).trusted("no keyUsage", &["warning ca-key-usage-missing@1"]);
    pki.case_below(usage(&[CrlSign]).extension(Extension::key_usage(&[CrlSign]).non_critical()))
        .untrusted("not critical counts as well", &["error key-usage-no-cert-sign@1"]);
}

/// A chain of CAs below the anchor, each given by (name, path length), with a
/// target at its end. Keys are numbered from 10; a name that repeats is
/// self-issued with a new key.
fn chain(anchor_limit: Option<i64>, links: &[(&str, Option<i64>)]) -> Case {
    let anchor = Ca::self_signed(anchor().extension(Extension::basic_constraints(true, anchor_limit)));
    let mut issuer = anchor.clone();
    let mut pool = Vec::new();
    for ((name, limit), number) in links.iter().zip(10..) {
        let builder = Ca::builder(name, Key::p256(number)).extension(Extension::basic_constraints(true, *limit));
        issuer = Ca::issued(builder, &issuer);
        pool.push(issuer.der().to_vec());
    }
    Case::new(target().issued_by(&issuer)).pool(pool).anchors([anchor.der()])
}

#[test]
fn path_length_counts_cas_that_are_not_self_issued() {
    type Links = &'static [(&'static str, Option<i64>)];
    let cases: &[(&str, Option<i64>, Links, &[&str])] = &[
        ("anchor 0, no CA below", Some(0), &[], &[]),
        ("anchor 0, one CA below", Some(0), &[("A", None)], &["error path-length-exceeded@2"]),
        ("anchor 1, one CA below", Some(1), &[("A", None)], &[]),
        ("anchor 1, two CAs below", Some(1), &[("A", None), ("B", None)], &["error path-length-exceeded@3"]),
        ("intermediate 0, none below", None, &[("A", Some(0))], &[]),
        ("intermediate 0, one below", None, &[("A", Some(0)), ("B", None)], &["error path-length-exceeded@2"]),
        ("intermediate 1, one below", None, &[("A", Some(1)), ("B", Some(0))], &[]),
        (
            "a CA below does not widen",
            None,
            &[("A", Some(0)), ("B", Some(9)), ("C", Some(9))],
            &["error path-length-exceeded@3"],
        ),
        ("a CA below narrows", Some(5), &[("A", Some(0)), ("B", None)], &["error path-length-exceeded@2"]),
        ("self-issued is not counted", Some(1), &[("A", None), ("A", None)], &[]),
        ("self-issued below 0", None, &[("A", Some(0)), ("A", None)], &[]),
        (
            "self-issued is constrained too",
            None,
            &[("A", Some(0)), ("A", Some(9)), ("B", None)],
            &["error path-length-exceeded@3"],
        ),
        (
            "self-issued constrains",
            None,
            &[("A", None), ("A", Some(0)), ("B", None)],
            &["error path-length-exceeded@2"],
        ),
        ("length beyond 32 bits", Some(1 << 40), &[("A", Some(1 << 33)), ("B", None)], &[]),
    ];
    for (what, anchor, links, findings) in cases {
        let case = chain(*anchor, links);
        if findings.is_empty() {
            case.trusted(what, findings)
        } else {
            case.untrusted(what, findings)
        };
    }
}

#[test]
fn the_target_is_not_counted_even_when_it_is_a_ca() {
    let anchor = Ca::self_signed(anchor().extension(Extension::basic_constraints(true, Some(0))));
    let target = intermediate().issued_by(&anchor);
    Case::new(target).anchors([anchor.der()]).trusted("RFC 5280 §4.2.1.9: the last certificate", &[]);
}

#[test]
fn purposes_of_the_target() {
    let pki = Pki::new();
    let with =
        |listed: &[&'static str]| pki.case(target().extension(Extension::extended_key_usage(listed.iter().copied())));
    let refused = ["error purpose-not-allowed@0"];
    with(&[purposes::SERVER_AUTH]).purpose("server-auth").trusted("listed", &[]);
    with(&[purposes::SERVER_AUTH]).purpose("client-auth").untrusted("not listed", &refused);
    with(&[purposes::SERVER_AUTH]).purpose("any").trusted("any purpose asked for", &[]);
    with(&[purposes::SERVER_AUTH]).trusted("no purpose asked for", &[]);
    with(&[purposes::ANY]).purpose("code-signing").trusted("any purpose listed", &[]);
    with(&[purposes::SERVER_AUTH, purposes::CLIENT_AUTH])
        .purpose("server-auth")
        .purpose("client-auth")
        .trusted("both", &[]);
    with(&[purposes::SERVER_AUTH])
        .purpose("server-auth")
        .purpose("client-auth")
        .untrusted("each must be allowed", &refused);
    with(&[purposes::NETSCAPE_SGC]).purpose("server-auth").untrusted("server gated cryptography", &refused);
    with(&["1.2.3"]).purpose("1.2.3").trusted("by number", &[]);
    with(&["1.2.3"]).purpose("1.2.3.4").untrusted("a longer number", &refused);
    pki.case(target()).purpose("server-auth").trusted("no list", &[]);
    let malformed = Extension::extended_key_usage([purposes::SERVER_AUTH]).with_value(der::null());
    pki.case(target().extension(malformed))
        .purpose("server-auth")
        .untrusted("malformed", &["error extension-malformed@0"]);
}

#[test]
fn purposes_of_cas_narrow_what_stands_below() {
    let pki = Pki::new();
    let listed = |listed: &[&'static str]| Extension::extended_key_usage(listed.iter().copied());
    let below = |list: &[&'static str]| pki.case_below(intermediate().extension(listed(list)));
    below(&[purposes::SERVER_AUTH]).purpose("server-auth").trusted("listed", &[]);
    below(&[purposes::CLIENT_AUTH]).purpose("server-auth").untrusted("not listed", &["error purpose-not-allowed@1"]);
    below(&[purposes::ANY]).purpose("server-auth").trusted("any", &[]);
    below(&[purposes::CLIENT_AUTH]).purpose("any").trusted("any asked for", &[]);
    below(&[purposes::NETSCAPE_SGC]).purpose("server-auth").trusted("server gated cryptography on a CA", &[]);
    below(&[purposes::NETSCAPE_SGC])
        .purpose("client-auth")
        .untrusted("for servers only", &["error purpose-not-allowed@1"]);
    Pki::case_under(anchor().extension(listed(&[purposes::CLIENT_AUTH])))
        .purpose("server-auth")
        .untrusted("on the anchor", &["error purpose-not-allowed@2"]);
}

#[test]
fn a_list_of_purposes_on_an_anchor_that_cannot_be_read_allows_nothing() {
    // The form of an anchor is not judged, but what narrows it must not get lost.
    let malformed = Extension::extended_key_usage([purposes::CLIENT_AUTH]).with_value(der::null());
    Pki::case_under(anchor().extension(malformed.clone()))
        .purpose("server-auth")
        .untrusted("extKeyUsage", &["error extension-malformed@2"]);
    let malformed_usage = Extension::key_usage(&[KeyUsage::CrlSign]).with_value(der::null());
    Pki::case_under(anchor().extension(malformed_usage)).untrusted("keyUsage", &["error extension-malformed@2"]);
    let self_signed = target().extension(malformed).self_signed();
    Case::new(self_signed.clone())
        .anchors([self_signed])
        .purpose("server-auth")
        .untrusted("target that is an anchor", &["error extension-malformed@0"]);
}

#[test]
fn key_usage_of_the_target_must_fit_the_purpose() {
    use KeyUsage::{CrlSign, DigitalSignature, KeyAgreement, KeyCertSign, KeyEncipherment};
    let pki = Pki::new();
    for (purpose, bits, fits) in [
        ("server-auth", &[DigitalSignature][..], true),
        ("server-auth", &[KeyEncipherment], true),
        ("server-auth", &[KeyAgreement], true),
        ("server-auth", &[KeyCertSign, CrlSign], false),
        ("client-auth", &[KeyEncipherment], false),
        ("code-signing", &[KeyAgreement], false),
        ("code-signing", &[DigitalSignature], true),
        ("email-protection", &[CrlSign], false),
        ("1.2.3", &[CrlSign], true),
    ] {
        let case = pki.case(target().extension(Extension::key_usage(bits))).purpose(purpose);
        let what = format!("{purpose} {bits:?}");
        if fits {
            case.trusted(&what, &[])
        } else {
            let mut findings = vec!["error key-usage-not-for-purpose@0"];
            findings.extend(bits.contains(&KeyCertSign).then_some("warning cert-sign-without-ca@0"));
            case.untrusted(&what, &findings)
        };
    }
    pki.case(target().without("2.5.29.15")).purpose("code-signing").trusted("no keyUsage", &[]);
}

#[test]
fn the_web_profile_wants_names_and_purposes_of_servers() {
    let pki = Pki::new();
    let names = || Extension::subject_alt_name([GeneralName::dns("a.example")]);
    let server = || Extension::extended_key_usage([purposes::SERVER_AUTH]);
    let case = |builder| pki.case(builder).web().purpose("server-auth");
    let target = || CertificateBuilder::new(Name::cn("a.example"), Key::p256(2));
    case(target().extension(names()).extension(server())).trusted("both", &[]);
    case(target().extension(names())).untrusted("no purposes", &["error web-eku-missing@0"]);
    case(target().extension(server())).untrusted("no names", &["error web-san-missing@0"]);
    pki.case(target()).web().purpose("client-auth").trusted("not a server", &[]);
}

#[test]
fn known_extensions_may_be_critical_where_nothing_depends_on_them() {
    let pki = Pki::new();
    for (what, extension, refused) in [
        // A staple is for revocation to demand; another feature is for nobody.
        ("tlsFeature", Extension::tls_feature(&[5]), &[][..]),
        ("tlsFeature of something else", Extension::tls_feature(&[5, 17]), &["error extension-not-processed@0"]),
        ("cRLDistributionPoints", Extension::crl_distribution_points(["http://crl.example/"]), &[]),
        (
            "authorityInfoAccess",
            Extension::authority_info_access(&["http://ca.example/"], &[]),
            &["error critical-extension-unknown@0", "warning extension-criticality@0"][..],
        ),
        ("extKeyUsage", Extension::extended_key_usage([purposes::SERVER_AUTH]), &[]),
        ("ocspNoCheck", Extension::ocsp_no_check(), &["error critical-extension-unknown@0"]),
        (
            "netscapeCertType",
            Extension::new("2.16.840.1.113730.1.1", false, der::named_bits(&[1])),
            &["error critical-extension-unknown@0"],
        ),
    ] {
        pki.case(target().extension(extension.clone())).trusted(what, &[]);
        let case = pki.case(target().extension(extension.critical()));
        match refused.is_empty() {
            false => case.untrusted(what, refused),
            true => case.trusted(what, &[]),
        };
    }
}

/// RFC 3161 §2.3 and RFC 6960 §4.2.2.2.
#[test]
fn time_stamping_and_ocsp_signing_must_be_named() {
    let pki = Pki::new();
    let usage = |purposes: &[&'static str]| Extension::extended_key_usage(purposes.iter().copied());
    let (stamp, ocsp) = (purposes::TIME_STAMPING, purposes::OCSP_SIGNING);
    for (what, purpose, extension, fits) in [
        ("absent", "time-stamping", None, false),
        ("any", "time-stamping", Some(usage(&["2.5.29.37.0"]).critical()), false),
        ("not critical", "time-stamping", Some(usage(&[stamp])), false),
        ("with another", "time-stamping", Some(usage(&[stamp, ocsp]).critical()), false),
        ("alone and critical", "time-stamping", Some(usage(&[stamp]).critical()), true),
        ("absent", "ocsp-signing", None, false),
        ("any", "ocsp-signing", Some(usage(&["2.5.29.37.0"])), false),
        ("named", "ocsp-signing", Some(usage(&[ocsp, purposes::SERVER_AUTH])), true),
    ] {
        let builder = match extension {
            Some(extension) => target().extension(extension),
            None => target(),
        };
        let case = pki.case(builder).purpose(purpose);
        let what = format!("{purpose}: {what}");
        match fits {
            true => case.trusted(&what, &[]),
            false => case.untrusted(&what, &["error purpose-not-allowed@0"]),
        };
    }
}
