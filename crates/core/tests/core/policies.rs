//! Certificate policies along a path (RFC 5280 §6.1, RFC 9618).

use std::collections::BTreeSet;

use certlens_core::policy::InitialPolicies;
use certlens_core::verdict::Verdict;
use certlens_core::x509::oid::{Oid, encode_dotted};
use certlens_testkit::{Ca, CertificateBuilder, Extension, Key, time};

use crate::harness::{Case, anchor, target};

const ANY: &str = "2.5.29.32.0";
const A: &str = "1.2.3.1";
const B: &str = "1.2.3.2";
const C: &str = "1.2.3.3";

fn policies<'a>(list: impl IntoIterator<Item = &'a str>) -> Extension {
    Extension::certificate_policies(list)
}

/// An anchor, CAs below it with these extensions, and a target with these.
fn path(cas: &[&[Extension]], leaf: &[Extension]) -> Case {
    under(&[], cas, leaf)
}

fn under(top: &[Extension], cas: &[&[Extension]], leaf: &[Extension]) -> Case {
    let add = |builder: CertificateBuilder, extensions: &[Extension]| {
        extensions.iter().fold(builder, |builder, extension| builder.extension(extension.clone()))
    };
    let anchor = Ca::self_signed(add(anchor(), top));
    let mut issuer = anchor.clone();
    let mut pool = Vec::new();
    for (extensions, number) in cas.iter().zip(10..) {
        let builder = Ca::builder(&format!("CA {number}"), Key::p256(number));
        issuer = Ca::issued(add(builder, extensions), &issuer);
        pool.push(issuer.der().to_vec());
    }
    Case::new(add(target(), leaf).issued_by(&issuer)).pool(pool).anchors([anchor.der()])
}

fn only(list: &[&str]) -> InitialPolicies {
    let contents: Vec<Vec<u8>> = list.iter().map(|dotted| encode_dotted(dotted).expect("an identifier")).collect();
    InitialPolicies::of(contents.iter().map(|content| Oid::new(content)))
}

/// The user-constrained policies of the deciding path.
fn valid(verdict: &Verdict) -> BTreeSet<String> {
    let policies = verdict.best.iter().flat_map(|outcome| outcome.policies.user_constrained.iter());
    policies.map(|content| Oid::new(content).to_string()).collect()
}

fn set(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|policy| (*policy).to_owned()).collect()
}

#[test]
fn without_a_demand_policies_change_nothing() {
    let verdict = path(&[&[policies([A])]], &[policies([B])]).trusted("no policy in common", &[]);
    assert_eq!(valid(&verdict), set(&[]));
    let verdict = path(&[&[policies([A, B])]], &[policies([B])]).trusted("one in common", &[]);
    assert_eq!(valid(&verdict), set(&[B]));
    let verdict = path(&[&[policies([ANY])]], &[policies([ANY])]).trusted("any", &[]);
    assert_eq!(valid(&verdict), set(&[ANY]));
    path(&[&[]], &[]).trusted("none at all", &[]);
}

#[test]
fn a_policy_is_required_by_the_request() {
    let explicit = |case: Case| case.with(|policy| policy.require_explicit_policy = true);
    let lost = "error policy-not-valid";
    explicit(path(&[&[policies([A])]], &[policies([A])])).trusted("one in common", &[]);
    explicit(path(&[&[policies([A])]], &[policies([B])])).untrusted("none", &[&format!("{lost}@0")]);
    explicit(path(&[&[policies([A])]], &[])).untrusted("target has none", &[&format!("{lost}@0")]);
    explicit(path(&[&[]], &[policies([A])])).untrusted("intermediate has none", &[&format!("{lost}@1")]);
    explicit(path(&[&[policies([ANY])]], &[policies([A])])).trusted("any above", &[]);
    let wants = |wanted: &[&str], case: Case| {
        let initial = only(wanted);
        explicit(case).with(move |policy| policy.initial_policies = initial.clone())
    };
    wants(&[A], path(&[&[policies([A, B])]], &[policies([A, B])])).trusted("acceptable", &[]);
    wants(&[C], path(&[&[policies([A, B])]], &[policies([A, B])])).untrusted("not acceptable", &[&format!("{lost}@0")]);
    wants(&[C, ANY], path(&[&[policies([A])]], &[policies([A])])).trusted("any is acceptable", &[]);
    let verdict = wants(&[A, C], path(&[&[policies([ANY])]], &[policies([ANY])])).trusted("any asserted", &[]);
    assert_eq!(valid(&verdict), set(&[A, C]));
}

#[test]
fn a_ca_requires_a_policy_of_those_below() {
    let require = |skip| Extension::policy_constraints(Some(skip), None);
    let with = |skip| [policies([A]), require(skip)];
    path(&[&with(0)], &[policies([A])]).trusted("satisfied", &[]);
    let verdict = path(&[&with(0)], &[]).untrusted("not satisfied", &["error policy-not-valid@0"]);
    let message = &verdict.reason().expect("a reason").message;
    assert!(message.contains("CN=CA 10 demands one"), "{message}");
    path(&[&with(2)], &[]).trusted("not yet in force", &[]);
    path(&[&with(1)], &[]).untrusted("in force at the end (§6.1.5 (a))", &["error policy-not-valid@0"]);
    path(&[&[policies([A])]], &[require(0)]).untrusted("of the target itself", &["error policy-not-valid@0"]);
    under(&[require(0)], &[&[policies([A])]], &[policies([A])]).trusted("of the anchor, satisfied", &[]);
    under(&[require(0)], &[&[]], &[]).untrusted("of the anchor", &["error policy-not-valid@1"]);
    under(&[require(0)], &[&[]], &[])
        .with(|policy| policy.anchor_use = certlens_core::anchors::AnchorUse::NameAndKey)
        .trusted("of the anchor, of which name and key alone count", &[]);
}

#[test]
fn any_policy_can_be_inhibited() {
    let explicit = |case: Case| case.with(|policy| policy.require_explicit_policy = true);
    let inhibited = |case: Case| explicit(case).with(|policy| policy.inhibit_any_policy = true);
    inhibited(path(&[&[policies([ANY])]], &[policies([A])])).untrusted("by the request", &["error policy-not-valid@1"]);
    inhibited(path(&[&[policies([A])]], &[policies([A])])).trusted("by name", &[]);
    let inhibit = |skip| Extension::inhibit_any_policy(skip);
    explicit(path(&[&[policies([A]), inhibit(0)]], &[policies([ANY])]))
        .untrusted("by a CA", &["error policy-not-valid@0"]);
    explicit(path(&[&[policies([A]), inhibit(1)]], &[policies([ANY])])).trusted("later", &[]);
}

#[test]
fn policies_are_mapped() {
    let explicit = |case: Case| case.with(|policy| policy.require_explicit_policy = true);
    let map = |pairs: &[(&'static str, &'static str)]| Extension::policy_mappings(pairs.iter().copied());
    let mapped = || path(&[&[policies([A]), map(&[(A, B)])]], &[policies([B])]);
    let verdict = explicit(mapped()).trusted("mapped", &[]);
    assert_eq!(valid(&verdict), set(&[A]));
    explicit(path(&[&[policies([A]), map(&[(A, B)])]], &[policies([A])]))
        .untrusted("the old name does not count below", &["error policy-not-valid@0"]);
    explicit(mapped())
        .with(|policy| policy.inhibit_policy_mapping = true)
        .untrusted("inhibited by the request", &["error policy-not-valid@1"]);
    let inhibit = Extension::policy_constraints(None, Some(0));
    explicit(path(&[&[policies([A]), inhibit], &[policies([A]), map(&[(A, B)])]], &[policies([B])]))
        .untrusted("inhibited by a CA", &["error policy-not-valid@1"]);
    for pair in [(ANY, A), (A, ANY)] {
        path(&[&[policies([A]), map(&[pair])]], &[policies([A])])
            .untrusted("anyPolicy must not be mapped", &["error policy-mapping-invalid@1"]);
    }
}

#[test]
fn policies_of_an_anchor_narrow_the_acceptable_ones() {
    let explicit = |case: Case| case.with(|policy| policy.require_explicit_policy = true);
    let below =
        |own: &[&'static str]| explicit(under(&[policies(own.iter().copied())], &[&[policies([A])]], &[policies([A])]));
    below(&[A, B]).trusted("among them", &[]);
    below(&[ANY]).trusted("any", &[]);
    below(&[B]).untrusted("not among them (RFC 5937 §4)", &["error policy-not-valid@0"]);
}

#[test]
fn a_policy_that_stands_twice() {
    path(&[&[]], &[policies([A, A])]).trusted("RFC 5280 §4.2.1.4", &["warning policy-duplicate@0"]);
}

#[test]
fn qualifiers_come_with_the_policies_of_the_target() {
    use certlens_testkit::der;
    let cps = der::sequence([der::oid("1.3.6.1.5.5.7.2.1"), der::ia5_string("https://cps.example/")]);
    let information = der::sequence([der::oid(A), der::sequence([cps])]);
    let with = Extension::new("2.5.29.32", false, der::sequence([information]));
    let verdict = path(&[&[policies([A])]], &[with]).trusted("with a practice statement", &[]);
    let asserted = verdict.best.expect("a path").policies.asserted;
    assert_eq!(asserted[0].qualifiers, ["https://cps.example/"]);
}

/// Many paths of which all but one are refused for their policies, which only the
/// validation of each can tell.
#[test]
fn looking_at_all_paths_does_not_end_before_the_one_that_holds() {
    let anchor = Ca::self_signed(anchor());
    let ca = |policy: &'static str, end: i64| {
        let builder = Ca::builder("CA", Key::p256(10)).extension(policies([policy]));
        builder.validity(time::CA_START, end).issued_by(&anchor)
    };
    let issuer = Ca::issued(Ca::builder("CA", Key::p256(10)).extension(policies([A])), &anchor);
    let others = (1..=70).map(|later| ca(B, time::CA_END + later));
    let case = Case::new(target().extension(policies([A])).issued_by(&issuer))
        .pool(others)
        .pool([issuer.der()])
        .anchors([anchor.der()])
        .with(|policy| policy.require_explicit_policy = true);
    let until = case.trusted("until one is trusted", &[]);
    let all = case.all_paths().trusted("all", &[]);
    for verdict in [until, all] {
        assert_eq!((verdict.others.len(), verdict.others_dropped), (64, 6));
    }
}

/// What cannot be read, or stands twice, does not widen what an anchor narrows.
#[test]
fn policies_of_an_anchor_that_cannot_be_read_allow_nothing() {
    let malformed = policies([A]).with_value(certlens_testkit::der::null());
    under(&[malformed], &[&[policies([B])]], &[policies([B])]).refused("malformed", &["extension-malformed@2"]);
    let twice = anchor().append_extension(policies([ANY])).append_extension(policies([A]));
    let twice = Ca::self_signed(twice);
    Case::new(target().issued_by(&twice)).anchors([twice.der()]).refused("twice", &["extension-duplicate@1"]);
}
