//! Which path is found, and what is said when none is.

use certlens_core::anchors::TrustAnchor;
use certlens_core::origin::Origin;
use certlens_core::path::{CandidatePath, IssuerKey, MissingIssuer, NearIssuerKind, PathEnd, Verifier, VerifyCache};
use certlens_core::policy::{Profile, ValidationPolicy};
use certlens_core::pool::Sourced;
use certlens_core::time::Time;
use certlens_core::validation::validate;
use certlens_core::verdict::{Status, Verdict};
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer as IssuerOf;
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Issuer, Key, Name, attributes, der, time};

use crate::harness::{Case, Pki, anchor, intermediate, target};

fn missing(verdict: Verdict) -> MissingIssuer {
    match verdict.best.expect("there is a path").path.end {
        PathEnd::NoIssuer(missing) => missing,
        other => panic!("the path ends in {other:?}"),
    }
}

#[test]
fn a_missing_intermediate_is_described() {
    let pki = Pki::new();
    let key_identifier = pki.intermediate.key().key_identifier();
    let aia = Extension::authority_info_access(&["http://ca.example/i.cer"], &["http://ocsp.example/"]);
    let case = Case::new(target().extension(aia).issued_by(&pki.intermediate)).anchors([pki.anchor.der()]);
    let verdict = case.untrusted("nothing near", &["error issuer-not-found@0"]);
    let reason = verdict.reason().unwrap();
    assert!(reason.advice().contains("http://ca.example/i.cer"), "{}", reason.advice());
    assert!(!reason.advice().contains("ocsp.example"), "{}", reason.advice());
    let described = missing(verdict);
    assert_eq!(described.name, "CN=Intermediate");
    assert_eq!(described.key_identifier, Some(key_identifier));
    assert!(described.near.is_empty());
    assert_eq!(described.urls, ["http://ca.example/i.cer"]);
}

#[test]
fn near_misses_are_told_apart() {
    let pki = Pki::new();
    let same_name = Ca::intermediate("Intermediate", Key::p256(7), &pki.anchor);
    let same_key = Ca::intermediate("Another CA", Key::p256(1), &pki.anchor);
    let similar_name = Name::empty()
        .and(attributes::ORGANIZATION, der::utf8_string("Example"))
        .and(attributes::COMMON_NAME, der::utf8_string("INTER-mediate"));
    let similar = Ca::issued(CertificateBuilder::ca(similar_name, Key::p256(8)), &pki.anchor);
    let unrelated = Ca::intermediate("Unrelated", Key::p256(9), &pki.anchor);
    for (what, ca, kind) in [
        ("same name", &same_name, Some(NearIssuerKind::SameNameOtherKey)),
        ("same key", &same_key, Some(NearIssuerKind::SameKeyOtherName)),
        ("similar name", &similar, Some(NearIssuerKind::SimilarName)),
        ("unrelated", &unrelated, None),
    ] {
        let case = Case::new(target().issued_by(&pki.intermediate)).anchors([pki.anchor.der()]).pool([ca.der()]);
        let found = missing(case.untrusted(what, &["error issuer-not-found@0"]));
        assert_eq!(found.near.iter().map(|near| near.kind).collect::<Vec<_>>(), Vec::from_iter(kind), "{what}");
        // The same, given as trust anchor.
        let case = Case::new(target().issued_by(&pki.intermediate)).anchors([pki.anchor.der(), ca.der()]);
        let found = missing(case.untrusted(what, &["error issuer-not-found@0"]));
        assert_eq!(found.near.len(), usize::from(kind.is_some()), "{what}");
    }
}

#[test]
fn the_right_key_under_another_name_is_no_issuer() {
    let pki = Pki::new();
    let case = pki.case(target().issuer_name(Name::cn("Somebody else")));
    let found = missing(case.untrusted("name does not chain", &["error issuer-not-found@0"]));
    assert_eq!(found.near[0].kind, NearIssuerKind::SameKeyOtherName);
}

#[test]
fn a_wrong_signature_is_shown_when_key_identifiers_allow_it() {
    let pki = Pki::new();
    pki.case(target().corrupt_signature()).untrusted("of the target", &["error signature-invalid@0"]);
    pki.case_below(intermediate().corrupt_signature()).untrusted("of the intermediate", &["error signature-invalid@1"]);
    let bare = |builder: CertificateBuilder| builder.without_key_identifiers();
    let impostor = Ca::issued(bare(Ca::builder("Intermediate", Key::p256(7))), &pki.anchor);
    let case =
        Case::new(bare(target()).issued_by(&pki.intermediate)).pool([impostor.der()]).anchors([pki.anchor.der()]);
    case.refused("another key, no identifiers", &["signature-invalid@0"]);
    // With the right one beside it, the wrong one is not mentioned.
    case.pool([pki.intermediate.der()]).trusted("both", &["warning authority-key-identifier-missing@0"]);
}

/// Names that RFC 5280 §7.1 calls equal, and names that only look so.
#[test]
fn issuer_names_chain_by_rfc_5280() {
    let cn = |value: Vec<u8>| Name::empty().and(attributes::COMMON_NAME, value);
    let ca = |text: &str| cn(der::utf8_string(text));
    let both = |names: [&str; 2]| {
        Name::empty().and_several([
            (attributes::COMMON_NAME, der::utf8_string(names[0])),
            (attributes::ORGANIZATION, der::utf8_string(names[1])),
        ])
    };
    let apart = |names: [&str; 2]| Name::cn(names[0]).and(attributes::ORGANIZATION, der::utf8_string(names[1]));
    for (what, subject, issuer, chains) in [
        ("string type", ca("Inter Mediate"), cn(der::printable_string("Inter Mediate")), true),
        ("BMPString", ca("Inter Mediate"), cn(der::bmp_string("Inter Mediate")), true),
        ("case", ca("Inter Mediate"), ca("inter MEDIATE"), true),
        ("case beyond ASCII", ca("\u{c4}rzte"), ca("\u{e4}RZTE"), true),
        ("white space", ca("Inter Mediate"), ca("  Inter   Mediate "), true),
        ("order inside a relative name", both(["A", "B"]), both(["a", "b"]), true),
        ("missing space", ca("Inter Mediate"), ca("InterMediate"), false),
        ("prefix", ca("Inter Mediate"), ca("Inter Mediate 2"), false),
        // RFC 4518 §2.2 and §2.3.
        ("what is mapped to nothing", ca("Inter Mediate"), ca("Inter\u{ad} Medi\u{200b}ate\u{0}"), true),
        ("what is normalised", ca("\u{c5}ngstr\u{f6}m"), ca("A\u{30a}ngstro\u{308}m"), true),
        ("values exchanged", both(["A", "B"]), both(["B", "A"]), false),
        ("one relative name or two", both(["A", "B"]), apart(["A", "B"]), false),
        ("attribute type", ca("A"), Name::empty().and(attributes::ORGANIZATION, der::utf8_string("A")), false),
        ("part missing", apart(["A", "B"]), Name::cn("A"), false),
        ("part more", Name::cn("A"), apart(["A", "B"]), false),
        ("accent", ca("Arzte"), ca("\u{c4}rzte"), false),
        ("text or octets", cn(der::utf8_string("A")), cn(der::octet_string(b"A")), false),
    ] {
        let anchor = Ca::anchor("Anchor", Key::p256(0));
        let intermediate = Ca::issued(CertificateBuilder::ca(subject, Key::p256(1)), &anchor);
        let case = Case::new(target().issuer_name(issuer).issued_by(&intermediate))
            .pool([intermediate.der()])
            .anchors([anchor.der()]);
        if chains {
            case.trusted(what, &[])
        } else {
            case.untrusted(what, &["error issuer-not-found@0"])
        };
    }
}

#[test]
fn order_and_duplicates_in_the_pool_do_not_matter() {
    let anchor = Ca::anchor("Anchor", Key::p256(0));
    let a = Ca::intermediate("A", Key::p256(10), &anchor);
    let b = Ca::intermediate("B", Key::p256(11), &a);
    let c = Ca::intermediate("C", Key::p256(12), &b);
    let target = target().issued_by(&c);
    let case = || Case::new(target.clone()).anchors([anchor.der()]);
    for order in [[&a, &b, &c], [&a, &c, &b], [&b, &a, &c], [&b, &c, &a], [&c, &a, &b], [&c, &b, &a]] {
        let pool = order.map(Ca::der);
        case().pool(pool).trusted("each once", &[]);
        case().pool(pool).pool(pool).pool([anchor.der(), &target]).trusted("with duplicates, anchor and target", &[]);
    }
}

#[test]
fn a_cross_signed_ca_is_trusted_by_the_leg_that_is_valid() {
    let (old, new) = (Ca::anchor("Old anchor", Key::p256(0)), Ca::anchor("New anchor", Key::p256(3)));
    let expired = Ca::issued(intermediate().validity(time::CA_START, time::START), &old);
    let valid = Ca::issued(intermediate(), &new);
    let case = Case::new(target().issued_by(&valid)).anchors([old.der(), new.der()]);
    let verdict = case.clone().pool([expired.der(), valid.der()]).trusted("expired leg first", &[]);
    assert_eq!(
        verdict.best.unwrap().path.certificate(2).map(|anchor| anchor.subject().rfc4514()).unwrap(),
        "CN=New anchor"
    );
    case.clone().pool([valid.der(), expired.der()]).trusted("valid leg first", &[]);
    case.clone().pool([expired.der()]).untrusted("expired leg alone", &["error expired@1"]);
    // The same when the anchor is what expired.
    let old = Ca::self_signed(Ca::builder("Old anchor", Key::p256(0)).validity(time::CA_START, time::START));
    let leg = Ca::issued(intermediate(), &old);
    let case = Case::new(target().issued_by(&valid)).anchors([old.der(), new.der()]);
    case.pool([leg.der(), valid.der()]).trusted("expired anchor", &[]);
}

#[test]
fn every_leg_is_tried_whatever_is_wrong_with_the_others() {
    let pki = Pki::new();
    let sound = Ca::issued(intermediate(), &pki.anchor);
    for (what, builder) in [
        ("not a CA", intermediate().extension(Extension::basic_constraints(false, None))),
        ("name constraints", intermediate().extension(Extension::name_constraints(&[], &[GeneralName::dns("a")]))),
        ("purposes", intermediate().extension(Extension::extended_key_usage(["1.2.3"]))),
        ("not DER", intermediate().trailing(&[0])),
        ("SHA-1", intermediate().signing(certlens_testkit::Signing::EcdsaSha1)),
        (
            "later end",
            intermediate().validity(time::CA_START, time::CA_END + 1).extension(Extension::new(
                "1.2.3",
                true,
                Vec::new(),
            )),
        ),
    ] {
        let broken = builder.issued_by(&pki.anchor);
        let case = Case::new(target().issued_by(&pki.intermediate)).anchors([pki.anchor.der()]).purpose("server-auth");
        let verdict = case.clone().pool([broken.as_slice(), sound.der()]).trusted(what, &[]);
        assert!(verdict.others.len() <= 1);
        case.pool([sound.der(), broken.as_slice()]).trusted(what, &[]);
    }
}

#[test]
fn a_renewed_ca_with_the_same_key_takes_over() {
    let pki = Pki::new();
    let expired = Ca::issued(intermediate().validity(time::CA_START, time::START), &pki.anchor);
    let renewed = Ca::issued(intermediate().validity(time::START, time::CA_END), &pki.anchor);
    let case = Case::new(target().issued_by(&expired)).anchors([pki.anchor.der()]);
    case.clone().pool([expired.der(), renewed.der()]).trusted("both", &[]);
    case.clone().pool([renewed.der()]).trusted("renewed", &[]);
    case.pool([expired.der()]).untrusted("expired", &["error expired@1"]);
}

#[test]
fn key_identifiers_rank_and_never_prune() {
    let pki = Pki::new();
    let wrong = || Extension::authority_key_identifier(&[7; 20]);
    pki.case(target().extension(wrong())).trusted("wrong identifier", &["warning key-identifier-mismatch@0"]);
    pki.case(target().extension(wrong()).corrupt_signature())
        .untrusted("wrong identifier and signature", &["error issuer-not-found@0"]);
    pki.case_below(intermediate().extension(wrong()))
        .trusted("wrong identifier of the intermediate", &["warning key-identifier-mismatch@1"]);
    pki.case(target().without_key_identifiers())
        .trusted("no identifiers", &["warning authority-key-identifier-missing@0"]);
    pki.case_below(intermediate().without_key_identifiers()).trusted(
        "no identifiers above",
        &["warning authority-key-identifier-missing@1", "warning subject-key-identifier-missing@1"],
    );
    // An impostor that has the identifier wanted is tried first, and not believed.
    let identifier = Key::p256(1).key_identifier();
    let impostor = Ca::builder("Intermediate", Key::p256(7)).extension(Extension::subject_key_identifier(&identifier));
    let impostor = impostor.issued_by(&pki.anchor);
    pki.case(target()).pool([impostor.clone()]).trusted("impostor behind", &[]);
    let case = Case::new(target().issued_by(&pki.intermediate)).anchors([pki.anchor.der()]);
    case.clone().pool([impostor.as_slice(), pki.intermediate.der()]).trusted("impostor in front", &[]);
    case.pool([impostor]).untrusted("impostor alone", &["error signature-invalid@0"]);
}

#[test]
fn cas_that_certify_each_other_end_the_search() {
    let (a, b) = (Ca::anchor("A", Key::p256(10)), Ca::anchor("B", Key::p256(11)));
    let a_by_b = Ca::intermediate("A", Key::p256(10), &b);
    let b_by_a = Ca::intermediate("B", Key::p256(11), &a);
    let trusted = Ca::anchor("Anchor", Key::p256(0));
    let case = Case::new(target().issued_by(&a)).pool([a_by_b.der(), b_by_a.der()]).anchors([trusted.der()]);
    case.untrusted("loop", &["error path-loop@2"]);
    let with_self_signed = case.clone().pool([a.der(), b.der()]).verdict();
    assert_eq!(with_self_signed.status, Status::Untrusted);
    let way_out = Ca::intermediate("B", Key::p256(11), &trusted);
    case.pool([way_out.der()]).trusted("loop with a way out", &[]);
}

#[test]
fn a_key_rollover_is_crossed_by_self_issued_certificates() {
    let old = Ca::anchor("Anchor", Key::p256(0));
    let new = Ca::anchor("Anchor", Key::p256(3));
    let new_by_old = Ca::intermediate("Anchor", Key::p256(3), &old);
    let case = Case::new(target().issued_by(&new)).pool([new_by_old.der()]);
    case.clone().anchors([old.der()]).trusted("new key below the old one", &[]);
    case.clone().anchors([new.der()]).trusted("new key", &[]);
    case.anchors([old.der(), new.der()]).trusted("both", &[]);
    // A path length of 0 lets self-issued certificates pass (RFC 5280 §6.1.4 (l)).
    let limited = Ca::self_signed(anchor().extension(Extension::basic_constraints(true, Some(0))));
    let rolled = Ca::intermediate("Anchor", Key::p256(3), &limited);
    let case = Case::new(target().issued_by(&rolled)).pool([rolled.der()]).anchors([limited.der()]);
    case.trusted("path length 0", &[]);
    let below = Ca::intermediate("Intermediate", Key::p256(1), &rolled);
    Case::new(target().issued_by(&below))
        .pool([rolled.der(), below.der()])
        .anchors([limited.der()])
        .untrusted("path length 0 and a CA", &["error path-length-exceeded@3"]);
}

#[test]
fn without_an_anchor_the_longest_path_is_still_verified() {
    let pki = Pki::new();
    let other = Ca::anchor("Other", Key::p256(9));
    let weak = Ca::issued(intermediate().validity(time::CA_START, time::START), &pki.anchor);
    Case::new(target().issued_by(&weak))
        .pool([weak.der()])
        .anchors([other.der()])
        .untrusted("partial path", &["error issuer-not-found@1", "error expired@1"]);
}

/// Paths that no search makes: the validator's own door.
#[test]
fn a_path_put_together_by_hand_is_judged_as_it_is() {
    let pki = Pki::new();
    let sourced = |der: &[u8]| Sourced { certificate: Certificate::from_der(der).unwrap(), origin: Origin::Memory };
    let anchor = TrustAnchor::from_certificate(sourced(pki.anchor.der()).certificate, Origin::Memory);
    let target_der = target().issued_by(&pki.intermediate);
    let unchained = target().issuer_name(Name::cn("Somebody else")).issued_by(&pki.intermediate);
    let chain = |ders: &[&[u8]], end: PathEnd| {
        let path = CandidatePath { certificates: ders.iter().map(|der| sourced(der)).collect(), end };
        let policy = ValidationPolicy::new(Profile::Rfc5280);
        let outcome = validate(path, &policy, Time::from_unix(time::MIDDLE), &mut Verifier::new(&VerifyCache::new()));
        (outcome.is_trusted(), outcome.findings.iter().map(|finding| finding.code.name()).collect::<Vec<_>>())
    };
    let (end, as_target) = (PathEnd::Anchor(anchor.clone()), PathEnd::TargetIsAnchor(anchor));
    let intermediate = pki.intermediate.der();
    assert_eq!(chain(&[&target_der, intermediate], end.clone()), (true, vec![]));
    assert_eq!(chain(&[&unchained, intermediate], end.clone()), (false, vec!["name-not-chained"]));
    assert_eq!(chain(&[&target_der], end.clone()), (false, vec!["name-not-chained", "signature-invalid"]));
    assert_eq!(chain(&[pki.anchor.der()], as_target.clone()), (true, vec![]));
    // An anchor at the end makes nothing trusted that is not below it.
    assert!(!chain(&[], end).0, "no target");
    assert!(!chain(&[&target_der], as_target.clone()).0, "another target than the anchor");
    assert!(!chain(&[&target_der, intermediate], as_target).0, "a path above the target");
}

#[test]
fn a_certificate_of_the_pool_is_never_trusted_for_being_there() {
    let unknown = Issuer::new("Unknown", Key::p256(8));
    let trusted = Ca::anchor("Anchor", Key::p256(0));
    let der = target().issued_by(&unknown);
    let self_signed = Ca::anchor("Unknown", Key::p256(8));
    let case = Case::new(der.clone()).pool([der.as_slice(), self_signed.der()]).anchors([trusted.der()]);
    case.untrusted("target and its issuer", &["error anchor-not-trusted@1"]);
}

/// What makes the other findings idle is the reason: who did not sign has no names.
#[test]
fn the_gravest_finding_is_the_reason() {
    let pki = Pki::new();
    let broken = || target().corrupt_signature();
    let verdict = pki.case(broken()).name("other.example").at(time::END + 1).verdict();
    let codes: Vec<&str> = verdict.errors().iter().map(|finding| finding.code.name()).collect();
    assert_eq!(codes, ["signature-invalid", "expired", "name-mismatch"]);
    assert_eq!(verdict.reason().map(|finding| finding.code.name()), Some("signature-invalid"));
}

/// What a certificate says goes into messages; it can say megabytes.
#[test]
fn findings_stay_readable_whatever_a_certificate_says() {
    let pki = Pki::new();
    let long = "x".repeat(1_000_000);
    let issuer = Issuer { name: Name::cn(&long), key: Key::p256(5), key_identifier: vec![7; 1_000_000] };
    let names = Extension::subject_alt_name([GeneralName::dns(format!("-{long}"))]);
    let builder = target().extension(names).extension(Extension::authority_info_access(&[&long], &[]));
    let case = Case::new(builder.issued_by(&issuer)).anchors([pki.anchor.der()]).name("www.example");
    let verdict = case.untrusted("long", &["error issuer-not-found@0", "error name-mismatch@0"]);
    for finding in verdict.all_findings() {
        let values = finding.expected.iter().chain(&finding.found).map(|fact| fact.to_string().len()).sum::<usize>();
        let text = finding.message.len() + finding.advice().len() + values;
        assert!(text < 20_000, "{}: {text} octets", finding.code);
    }
}

/// The target's own CA certificate from elsewhere may stand above it.
#[test]
fn a_cross_certificate_as_target_is_found_through_its_twin() {
    let anchor = Ca::anchor("Anchor", Key::p256(0));
    let (a, bridge) = (Issuer::new("A", Key::p256(10)), Issuer::new("Bridge", Key::p256(11)));
    let target = Ca::builder("A", Key::p256(10)).issued_by(&bridge);
    let of_bridge = Ca::builder("Bridge", Key::p256(11)).issued_by(&a);
    let twin = Ca::builder("A", Key::p256(10)).issued_by(&anchor);
    Case::new(target).pool([of_bridge, twin]).anchors([anchor.der()]).trusted("through its twin", &[]);
}

/// A DSA key whose parameters stand in the certificate above says nothing alone,
/// and what it could not verify must not be remembered as wrong.
#[test]
fn a_key_without_its_parameters_is_not_remembered_as_a_failure() {
    let key = der::sequence([der::algorithm("1.2.840.10040.4.1", &[]), der::bit_string(0, &der::integer(5))]);
    let read = |der: &[u8]| Certificate::from_der(der).expect("a certificate");
    let issuer = read(&intermediate().spki(key).issued_by(&Pki::new().anchor));
    let child = read(&target().issued_by(&Pki::new().intermediate));
    let cache = VerifyCache::new();
    let mut verifier = Verifier::new(&cache);
    let alone = IssuerKey::of(IssuerOf::Certificate(&issuer));
    assert!(verifier.verify(&alone, &child).is_err());
    assert_eq!((verifier.verified(), verifier.known(&alone, &child)), (0, None));
}
