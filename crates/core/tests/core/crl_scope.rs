//! Which certificates and reasons a CRL covers: distribution points against the
//! issuing distribution point, indirect CRLs (RFC 5280 §5.2.5, §6.3.3 (b), (d)).

use certlens_core::verdict::Status;
use certlens_testkit::{
    Ca, CrlBuilder, CrlEntry, DistributionPointSpec, Extension, GeneralName, IdpSpec, Key, Name, attributes, der, time,
};

use crate::harness::{Case, Pki, target};
use crate::revocation::{DAY, HOLD, SERIAL, anchor_crl, case, expect, good, listed, revoked, unknown};

/// The target with distribution points, and CRLs of its issuer with these issuing
/// distribution points.
fn with_points(points: &[DistributionPointSpec], scopes: &[IdpSpec]) -> Case {
    let pki = Pki::new();
    let crls: Vec<_> = scopes.iter().map(|scope| scoped(scope).signed_by(&pki.intermediate)).collect();
    case_of(&pki, points).require_revocation(crls)
}

fn case_of(pki: &Pki, points: &[DistributionPointSpec]) -> Case {
    let target = target().serial(SERIAL).extension(Extension::crl_distribution_points_of(points));
    pki.case(target).require_revocation([anchor_crl(pki)])
}

fn scoped(scope: &IdpSpec) -> CrlBuilder {
    CrlBuilder::new().issuing_distribution_point(scope)
}

fn named(uri: &str) -> IdpSpec {
    IdpSpec { full_name: vec![GeneralName::uri(uri)], ..IdpSpec::default() }
}

fn without_point(scope: &IdpSpec) -> Case {
    let pki = Pki::new();
    case(&pki, [scoped(scope).signed_by(&pki.intermediate)])
}

#[test]
fn kinds_of_certificates() {
    let only = IdpSpec::default;
    good(&without_point(&IdpSpec { only_user: true, ..only() }), "end entities", &["good"]);
    unknown(&without_point(&IdpSpec { only_ca: true, ..only() }), "CAs", &["crl-does-not-cover"]);
    unknown(&without_point(&IdpSpec { only_attribute: true, ..only() }), "attributes", &["crl-does-not-cover"]);
    unknown(&without_point(&IdpSpec { only_ca: true, only_user: true, ..only() }), "both", &["crl-malformed"]);
    // What is not covered is not revoked by it either.
    let pki = Pki::new();
    let crl = scoped(&IdpSpec { only_ca: true, ..only() }).entry(SERIAL).signed_by(&pki.intermediate);
    unknown(&case(&pki, [crl]), "listed as a CA", &["crl-does-not-cover"]);
    // For the intermediate it is the other way round.
    let own = || CrlBuilder::new().signed_by(&pki.intermediate);
    let about_ca =
        |scope: &IdpSpec| pki.case(target()).require_revocation([own(), scoped(scope).signed_by(&pki.anchor)]);
    about_ca(&IdpSpec { only_ca: true, ..only() }).trusted("CAs", &[]);
    let refused = about_ca(&IdpSpec { only_user: true, ..only() });
    refused.expect("end entities", Status::Indeterminate, &["error revocation-unknown@1"]);
}

#[test]
fn names_of_points() {
    let uri = "http://crl.example/a.crl?b=C";
    let points = [DistributionPointSpec::uri("http://x.example/"), DistributionPointSpec::uri(uri)];
    good(&with_points(&points, &[named(uri)]), "the same", &["good"]);
    good(&with_points(&points, &[named("HTTP://CRL.Example/a.crl?b=C")]), "scheme and host", &["good"]);
    let none = &["crl-no-common-distribution-point"];
    for other in [
        "http://crl.example/A.crl?b=C",
        "http://crl.example/a.crl?b=c",
        "http://crl.example:80/a.crl?b=C",
        "",
        uri.trim_end_matches('C'),
    ] {
        unknown(&with_points(&points, &[named(other)]), other, none);
    }
    let several =
        IdpSpec { full_name: vec![GeneralName::uri("ldap:///x"), GeneralName::uri(uri)], ..IdpSpec::default() };
    good(&with_points(&points, &[several]), "one of several", &["good"]);
    good(&with_points(&points, &[IdpSpec { only_user: true, ..IdpSpec::default() }]), "for all points", &["good"]);
    unknown(&without_point(&named(uri)), "no distribution points", none);
    let directory = |name: &str| GeneralName::directory(&Name::cn(name));
    let own = IdpSpec { full_name: vec![directory("intermediate")], ..IdpSpec::default() };
    good(&without_point(&own), "the issuer's name (§6.3.3, last paragraph)", &["good"]);
    let not_uri = DistributionPointSpec { full_name: vec![GeneralName::dns(uri)], ..DistributionPointSpec::default() };
    unknown(&with_points(&[not_uri], &[named(uri)]), "of another kind", none);
}

#[test]
fn relative_names() {
    let part = |value| vec![(attributes::COMMON_NAME, der::utf8_string(value))];
    let full = Name::cn("Intermediate").and(attributes::COMMON_NAME, der::utf8_string("part"));
    let relative_point = DistributionPointSpec { relative_name: part("Part"), ..DistributionPointSpec::default() };
    let relative_scope = IdpSpec { relative_name: part("part"), ..IdpSpec::default() };
    let full_point =
        DistributionPointSpec { full_name: vec![GeneralName::directory(&full)], ..DistributionPointSpec::default() };
    let full_scope = IdpSpec { full_name: vec![GeneralName::directory(&full)], ..IdpSpec::default() };
    for point in [&relative_point, &full_point] {
        for scope in [&relative_scope, &full_scope] {
            good(&with_points(std::slice::from_ref(point), std::slice::from_ref(scope)), "the same", &["good"]);
        }
    }
    let other = IdpSpec { relative_name: part("another"), ..IdpSpec::default() };
    unknown(&with_points(&[relative_point], &[other]), "another", &["crl-no-common-distribution-point"]);
}

#[test]
fn reasons() {
    let (first, second): (Vec<usize>, Vec<usize>) = (vec![1, 2, 3, 4], vec![5, 6, 7, 8]);
    let scope = |reasons: &[usize]| IdpSpec { reasons: Some(reasons.to_vec()), ..IdpSpec::default() };
    let point = || [DistributionPointSpec::uri("http://crl.example/")];
    good(&with_points(&point(), &[scope(&first), scope(&second)]), "together", &["good", "good"]);
    unknown(&with_points(&point(), &[scope(&first)]), "one is missing", &["crl-reasons-partial"]);
    unknown(&with_points(&point(), &[scope(&second)]), "the other is", &["crl-reasons-partial"]);
    unknown(&with_points(&point(), &[scope(&[])]), "none", &["crl-no-common-distribution-point"]);
    let pki = Pki::new();
    let crl = |reasons: &[usize], update: i64| scoped(&scope(reasons)).this_update(update);
    let sign = |crl: CrlBuilder| crl.signed_by(&pki.intermediate);
    let partial = sign(crl(&first, time::THIS_UPDATE).entry_full(listed(1)));
    revoked(&case(&pki, [partial.clone()]), "revoked is revoked", &["revoked"]);
    let rest = sign(crl(&second, time::THIS_UPDATE + 60));
    revoked(&case(&pki, [partial, rest.clone()]), "whatever the others say", &["crl-reasons-partial", "revoked"]);
    // A newer one that knows nothing of holds does not end them.
    let held = sign(crl(&second, time::THIS_UPDATE - DAY).entry_full(listed(HOLD)));
    let newer = sign(crl(&first, time::THIS_UPDATE));
    revoked(&case(&pki, [held.clone(), newer.clone()]), "held", &["crl-reasons-partial", "revoked"]);
    good(&case(&pki, [held, newer, rest]), "one that knows", &["good", "good", "revoked"]);
    // Later by one, and nothing known by the other.
    let late = CrlEntry { date: time::MIDDLE + DAY, ..listed(1) };
    let late = sign(crl(&first, time::MIDDLE + 2 * DAY).entry_full(late));
    unknown(&case(&pki, [late.clone()]), "later, for some reasons", &["crl-reasons-partial"]);
    let rest = sign(crl(&second, time::THIS_UPDATE));
    let both = case(&pki, [late, rest]);
    expect(&both, "later", Status::Trusted, &["warning revoked-later@0"], &["good", "revoked"]);
}

#[test]
fn reasons_of_points() {
    let point = |uri: &str, reasons: &[usize]| DistributionPointSpec {
        reasons: Some(reasons.to_vec()),
        ..DistributionPointSpec::uri(uri)
    };
    let points = [point("u:1", &[1, 2, 3, 4]), point("u:2", &[5, 6, 7, 8])];
    good(&with_points(&points, &[named("u:1"), named("u:2")]), "both", &["good", "good"]);
    unknown(&with_points(&points, &[named("u:1")]), "one", &["crl-reasons-partial"]);
    unknown(&with_points(&points, &[named("u:2")]), "the other", &["crl-reasons-partial"]);
}

fn indirect() -> IdpSpec {
    IdpSpec { indirect: true, ..IdpSpec::default() }
}

/// A point whose CRLs this CA issues.
pub(crate) fn point_of(issuer: &str) -> DistributionPointSpec {
    DistributionPointSpec {
        crl_issuer: vec![GeneralName::directory(&Name::cn(issuer))],
        ..DistributionPointSpec::default()
    }
}

/// The target, whose CRLs another CA below the same anchor issues.
fn by_other(scope: Option<&IdpSpec>, points: &[DistributionPointSpec], entries: &[CrlEntry]) -> Case {
    let pki = Pki::new();
    let other = Ca::intermediate("CRL issuer", Key::p256(5), &pki.anchor);
    let crl = scope.map_or_else(CrlBuilder::new, scoped);
    let crl = entries.iter().fold(crl, |crl, entry| crl.entry_full(entry.clone()));
    case_of(&pki, points).pool([other.der()]).require_revocation([crl.signed_by(&other)])
}

fn of(issuer: &str, serial: &[u8]) -> CrlEntry {
    CrlEntry { certificate_issuer: Some(Name::cn(issuer)), ..CrlEntry::new(serial) }
}

#[test]
fn indirect_crls() {
    let points = [point_of("CRL Issuer")];
    let about = |entries: &[CrlEntry]| by_other(Some(&indirect()), &points, entries);
    good(&about(&[]), "nothing listed", &["good"]);
    revoked(&about(&[of("Intermediate", SERIAL)]), "listed", &["revoked"]);
    good(&about(&[CrlEntry::new(SERIAL)]), "the first is the CRL issuer's own", &["good"]);
    good(&about(&[of("Other", SERIAL)]), "of another issuer", &["good"]);
    let plain = CrlEntry::new;
    revoked(&about(&[of("Intermediate", &[1]), plain(SERIAL)]), "the issuer goes on", &["revoked"]);
    good(&about(&[of("Intermediate", &[1]), of("Other", &[2]), plain(SERIAL)]), "until another one", &["good"]);
    let twice = [of("Other", SERIAL), of("Intermediate", SERIAL), of("Third", SERIAL)];
    revoked(&about(&twice), "the same number of several", &["revoked"]);
}

#[test]
fn crl_issuers_of_points() {
    let wrong = &["crl-wrong-issuer"];
    let points = [point_of("CRL issuer")];
    unknown(&by_other(None, &points, &[of("Intermediate", &[1])]), "not indirect", wrong);
    unknown(&by_other(Some(&IdpSpec { only_user: true, ..IdpSpec::default() }), &points, &[]), "not indirect", wrong);
    // Nobody looks at CRLs of those who are not named.
    unknown(&by_other(Some(&indirect()), &[point_of("Third")], &[]), "another one is named", &[]);
    unknown(&by_other(Some(&indirect()), &[DistributionPointSpec::uri("u:1")], &[]), "none is named", &[]);
    // (b)(2)(i): the name of the CRL issuer stands for that of the point.
    let with_name = |name: &str| IdpSpec { full_name: vec![GeneralName::directory(&Name::cn(name))], ..indirect() };
    good(&by_other(Some(&with_name("CRL issuer")), &points, &[]), "its own name", &["good"]);
    let none = &["crl-no-common-distribution-point"];
    unknown(&by_other(Some(&with_name("Third")), &points, &[]), "another name", none);
    let relative = |value| vec![(attributes::COMMON_NAME, der::utf8_string(value))];
    let point = DistributionPointSpec { relative_name: relative("part"), ..point_of("CRL issuer") };
    let scope = IdpSpec { relative_name: relative("part"), ..indirect() };
    good(&by_other(Some(&scope), &[point], &[]), "relative to the CRL issuer", &["good"]);
}

#[test]
fn the_issuers_own_crl_beside_an_indirect_one() {
    let pki = Pki::new();
    let other = Ca::intermediate("CRL issuer", Key::p256(5), &pki.anchor);
    let own = CrlBuilder::new().this_update(time::THIS_UPDATE + 60).signed_by(&pki.intermediate);
    let listing = scoped(&indirect()).entry_full(of("Intermediate", SERIAL)).signed_by(&other);
    let case = case_of(&pki, &[point_of("CRL issuer")]).pool([other.der()]).require_revocation([own, listing]);
    revoked(&case, "revoked by either", &["good", "revoked"]);
    // An indirect CRL of the issuer itself is about its own certificates, too.
    let own = scoped(&indirect()).entry(SERIAL).signed_by(&pki.intermediate);
    revoked(&crate::revocation::case(&pki, [own]), "its own", &["revoked"]);
}
