//! Trust anchors: what they end, what of them counts.

use certlens_core::path::PathEnd;
use certlens_core::verdict::Status;
use certlens_testkit::{Ca, CertificateBuilder, Key, Name, time};

use crate::harness::{Case, Pki, anchor, intermediate, target};

#[test]
fn nothing_is_decided_without_an_anchor() {
    let pki = Pki::new();
    let case = Case::new(target().issued_by(&pki.intermediate)).pool([pki.intermediate.der(), pki.anchor.der()]);
    case.expect("chain", Status::Indeterminate, &["error anchor-not-trusted@2", "error trust-store-empty"]);
    Case::new(target().issued_by(&pki.intermediate)).expect(
        "target alone",
        Status::Indeterminate,
        &["error issuer-not-found@0", "error trust-store-empty"],
    );
    Case::new(target().self_signed()).expect(
        "self-signed",
        Status::Indeterminate,
        &["error self-signed-not-anchored@0", "error trust-store-empty"],
    );
}

#[test]
fn an_untrusted_anchor_ends_the_path_untrusted() {
    let (pki, other) = (Pki::new(), Ca::anchor("Other", Key::p256(9)));
    let case = Case::new(target().issued_by(&pki.intermediate)).anchors([other.der()]);
    let with_chain = case.clone().pool([pki.intermediate.der(), pki.anchor.der()]);
    let verdict = with_chain.untrusted("the whole chain given", &["error anchor-not-trusted@2"]);
    assert!(matches!(verdict.best.unwrap().path.end, PathEnd::SelfSigned(_)));
    case.clone().pool([pki.anchor.der()]).untrusted("the anchor alone given", &["error issuer-not-found@0"]);
    Case::new(target().self_signed())
        .anchors([other.der()])
        .untrusted("self-signed target", &["error self-signed-not-anchored@0"]);
    Case::new(pki.anchor.der()).anchors([other.der()]).untrusted("CA as target", &["error self-signed-not-anchored@0"]);
}

#[test]
fn an_anchor_with_the_same_name_and_another_key_anchors_nothing() {
    let pki = Pki::new();
    let impostor = Ca::anchor("Anchor", Key::p256(9));
    let case =
        Case::new(target().issued_by(&pki.intermediate)).pool([pki.intermediate.der()]).anchors([impostor.der()]);
    case.untrusted("key identifiers differ", &["error issuer-not-found@1"]);
    let bare = Ca::self_signed(anchor().without_key_identifiers());
    let impostor = Ca::self_signed(Ca::builder("Anchor", Key::p256(9)).without_key_identifiers());
    let target = target().without_key_identifiers().issued_by(&bare);
    Case::new(target.clone())
        .anchors([impostor.der()])
        .untrusted("no key identifiers", &["error signature-invalid@0", "warning authority-key-identifier-missing@0"]);
    Case::new(target)
        .anchors([impostor.der(), bare.der()])
        .trusted("beside the right one", &["warning authority-key-identifier-missing@0"]);
}

#[test]
fn the_target_itself_as_anchor() {
    let pki = Pki::new();
    let der = target().issued_by(&pki.intermediate);
    let verdict = Case::new(der.clone()).anchors([der.clone()]).trusted("end entity", &[]);
    assert!(matches!(verdict.best.unwrap().path.end, PathEnd::TargetIsAnchor(_)));
    Case::new(der.clone()).anchors([der.clone()]).at(time::END + 1).untrusted("expired", &["error expired@0"]);
    Case::new(der.clone())
        .anchors([der.clone()])
        .name("www.example.com")
        .untrusted("under another name", &["error name-mismatch@0"]);
    let self_signed = target().self_signed();
    Case::new(self_signed.clone()).anchors([self_signed]).trusted("self-signed end entity", &[]);
    Case::new(pki.anchor.der()).anchors([pki.anchor.der()]).trusted("CA", &[]);
    let broken = target().trailing(&[0]).serial(&[0]).issued_by(&pki.intermediate);
    Case::new(broken.clone())
        .anchors([broken])
        .trusted("not DER", &["warning not-der-tolerated@0", "warning serial-not-positive@0"]);
}

#[test]
fn only_the_very_certificate_is_the_anchor() {
    let anchored = target().self_signed();
    let twin = target().validity(time::START, time::END + 1).self_signed();
    Case::new(twin)
        .anchors([anchored])
        // Same name, same key: the anchor issued it, but is no CA.
        .untrusted(
            "another certificate of the same holder",
            &["error issuer-not-a-ca@1", "error key-usage-no-cert-sign@1"],
        );
}

#[test]
fn an_intermediate_as_anchor_ends_the_path() {
    let pki = Pki::new();
    let der = target().issued_by(&pki.intermediate);
    let verdict = Case::new(der.clone()).anchors([pki.intermediate.der()]).trusted("alone", &[]);
    assert_eq!(verdict.best.unwrap().path.certificates.len(), 1);
    let case = Case::new(der).pool([pki.intermediate.der(), pki.anchor.der()]).anchors([pki.intermediate.der()]);
    case.trusted("also in the pool", &[]);
    case.anchors([pki.anchor.der()]).trusted("with the anchor above", &[]);
}

#[test]
fn of_two_anchors_with_one_key_the_valid_one_counts() {
    let expired = Ca::self_signed(anchor().validity(time::CA_START, time::START));
    let renewed = Ca::self_signed(anchor());
    let intermediate = Ca::issued(intermediate(), &expired);
    let case = Case::new(target().issued_by(&intermediate)).pool([intermediate.der()]);
    case.clone().anchors([expired.der()]).untrusted("expired", &["error expired@2"]);
    case.clone().anchors([expired.der(), renewed.der()]).trusted("expired and renewed", &[]);
    case.clone().anchors([renewed.der(), expired.der()]).trusted("renewed and expired", &[]);
    // The renewed one in the pool is not trusted, and its key leads nowhere else.
    case.anchors([expired.der()]).pool([renewed.der()]).untrusted("renewed one not trusted", &["error expired@2"]);
}

#[test]
fn an_end_entity_in_the_anchors_issues_nothing() {
    let rogue = CertificateBuilder::new(Name::cn("Server"), Key::p256(7));
    let issuer = rogue.as_issuer();
    let anchor = rogue.self_signed();
    Case::new(target().issued_by(&issuer))
        .anchors([anchor])
        .untrusted("below a server", &["error issuer-not-a-ca@1", "error key-usage-no-cert-sign@1"]);
}
