//! Who may sign a CRL: the certificate's issuer, or another of the CRL issuer's
//! name with a path to the same trust anchor (RFC 5280 §6.3.3 (f), (g)).

use certlens_core::policy::{RevocationMode, RevocationScope};
use certlens_core::verdict::Status;
use certlens_testkit::{
    Ca, CertificateBuilder, CrlBuilder, CrlEntry, Extension, IdpSpec, Issuer, Key, KeyUsage, Name, time,
};

use crate::crl_scope::point_of;
use crate::harness::{Case, Pki, intermediate, target};
use crate::revocation::{HOLD, SERIAL, anchor_crl, case, expect, good, listed, revoked, unknown};

const NOT_VALID: &[&str] = &["crl-issuer-not-valid"];

/// Whether the CRL's issuer is revoked itself is not known.
const NOT_KNOWN: &[&str] = &["crl-issuer-status-unknown"];

/// A certificate for signing CRLs alone.
fn crl_signer(name: &str, key: Key) -> CertificateBuilder {
    CertificateBuilder::bare(Name::cn(name), key).extension(Extension::key_usage(&[KeyUsage::CrlSign]))
}

/// A key of the intermediate's name for CRLs.
fn own_signer() -> CertificateBuilder {
    crl_signer("Intermediate", Key::p256(7)).serial(&[0x77])
}

fn signed_by_own(crl: CrlBuilder) -> Vec<u8> {
    crl.signed_by(Issuer::new("Intermediate", Key::p256(7)))
}

/// The target, a CRL by the separate key, and this certificate for it.
fn separate(signer: CertificateBuilder) -> Case {
    let pki = Pki::new();
    case(&pki, [signed_by_own(CrlBuilder::new())]).pool([signer.issued_by(&pki.anchor)])
}

fn end_entity(case: Case) -> Case {
    case.with(|policy| policy.revocation.scope = RevocationScope::EndEntity)
}

fn best_effort(case: Case) -> Case {
    case.with(|policy| policy.revocation.mode = RevocationMode::BestEffort)
}

#[test]
fn a_certificate_for_crls() {
    good(&separate(own_signer()), "valid", &["good"]);
    let expired = own_signer().validity(time::CA_START, time::MIDDLE - 1);
    unknown(&separate(expired), "expired", NOT_VALID);
    let usage = own_signer().extension(Extension::key_usage(&[KeyUsage::KeyCertSign, KeyUsage::DigitalSignature]));
    unknown(&separate(usage), "without cRLSign", &["crl-issuer-no-crl-sign"]);
    good(&separate(own_signer().without("2.5.29.15")), "without keyUsage", &["good"]);
    unknown(&separate(own_signer().corrupt_signature()), "forged", NOT_VALID);
    let pki = Pki::new();
    let missing = case(&pki, [signed_by_own(CrlBuilder::new())]);
    unknown(&missing, "missing", &["crl-issuer-not-found"]);
    let unmarked = case(&pki, [signed_by_own(CrlBuilder::new().without("2.5.29.35"))]);
    unknown(&unmarked, "missing, and no identifier says so", &["crl-signature-invalid"]);
    let revoking = case(&pki, [signed_by_own(CrlBuilder::new().entry(SERIAL))]);
    revoked(&revoking.pool([own_signer().issued_by(&pki.anchor)]), "lists it", &["revoked"]);
}

#[test]
fn the_signers_own_status() {
    let pki = Pki::new();
    let crls = |entries: &[&[u8]]| {
        let anchors = entries.iter().fold(CrlBuilder::new(), |crl, serial| crl.entry(serial)).signed_by(&pki.anchor);
        [anchors, signed_by_own(CrlBuilder::new())]
    };
    let about = |entries: &[&[u8]]| {
        let target = pki.case(target().serial(SERIAL)).pool([own_signer().issued_by(&pki.anchor)]);
        target.require_revocation(crls(entries))
    };
    good(&about(&[&[1]]), "good", &["good"]);
    unknown(&about(&[&[0x77]]), "revoked", NOT_VALID);
    let only_own = || {
        let case = pki.case(target().serial(SERIAL)).pool([own_signer().issued_by(&pki.anchor)]);
        end_entity(case.require_revocation([signed_by_own(CrlBuilder::new())]))
    };
    unknown(&only_own(), "unknown", NOT_KNOWN);
    good(&best_effort(only_own()), "unknown, with best effort", &["good"]);
    let warned = &["warning revocation-unknown@0"];
    expect(&best_effort(about(&[&[0x77]])), "revoked, with best effort", Status::Trusted, warned, NOT_VALID);
}

#[test]
fn the_same_anchor() {
    let pki = Pki::new();
    let other = Ca::anchor("Other anchor", Key::p256(8));
    let both = |crls: &[Vec<u8>], pool: Vec<u8>| {
        case(&pki, crls).require_revocation([CrlBuilder::new().signed_by(&other)]).anchors([other.der()]).pool([pool])
    };
    let crl = signed_by_own(CrlBuilder::new());
    good(&both(std::slice::from_ref(&crl), own_signer().issued_by(&pki.anchor)), "the same", &["good"]);
    unknown(&both(&[crl], own_signer().issued_by(&other)), "another one", NOT_VALID);
    // A CA of the same name below another anchor ends no hold.
    let twin = Ca::intermediate("Intermediate", Key::p256(7), &other);
    let held = CrlBuilder::new().entry_full(listed(HOLD)).signed_by(&pki.intermediate);
    let newer = CrlBuilder::new().this_update(time::THIS_UPDATE + 60).signed_by(&twin);
    let crls = [held, newer];
    revoked(&both(&crls, twin.der().to_vec()), "a namesake", &["crl-issuer-not-valid", "revoked"]);
}

#[test]
fn several_certificates_for_one_key() {
    let pki = Pki::new();
    let expired = own_signer().serial(&[0x78]).validity(time::CA_START, time::MIDDLE - 1).issued_by(&pki.anchor);
    let usage = own_signer().extension(Extension::key_usage(&[KeyUsage::DigitalSignature])).issued_by(&pki.anchor);
    let renewed = own_signer().issued_by(&pki.anchor);
    for pool in [[&expired, &usage, &renewed], [&renewed, &usage, &expired], [&usage, &renewed, &expired]] {
        let crl = signed_by_own(CrlBuilder::new());
        good(&case(&pki, [crl]).pool(pool.map(Clone::clone)), "one of them will do", &["good"]);
    }
    // The issuer in the path may not sign CRLs, but another certificate for its key may.
    let builder = || intermediate().extension(Extension::key_usage(&[KeyUsage::KeyCertSign]));
    let mute = Ca::issued(builder(), &pki.anchor);
    let below = |more: Option<Vec<u8>>| {
        let crls = [anchor_crl(&pki), CrlBuilder::new().signed_by(&mute)];
        let case = Case::new(target().serial(SERIAL).issued_by(&mute)).pool([mute.der()]).anchors([pki.anchor.der()]);
        case.pool(more).require_revocation(crls)
    };
    unknown(&below(None), "may not sign CRLs", &["crl-issuer-no-crl-sign"]);
    let for_crls = crl_signer("Intermediate", Key::p256(1)).issued_by(&pki.anchor);
    good(&below(Some(for_crls)), "another certificate", &["good"]);
}

#[test]
fn key_rollover() {
    let pki = Pki::new();
    let renewed = Ca::intermediate("Intermediate", Key::p256(7), &pki.anchor);
    let crl = CrlBuilder::new().signed_by(&renewed);
    good(&case(&pki, [crl]).pool([renewed.der()]), "the issuer's new key", &["good"]);
    // The anchor's new key signs the CRL about the intermediate.
    let new = Ca::anchor("Anchor", Key::p256(8));
    let by_new = || {
        let crls = [CrlBuilder::new().signed_by(&new), CrlBuilder::new().signed_by(&pki.intermediate)];
        pki.case(target()).require_revocation(crls)
    };
    let unknown_above = &["error revocation-unknown@1"];
    by_new().expect("unknown key", Status::Indeterminate, unknown_above);
    by_new().anchors([new.der()]).expect("another anchor", Status::Indeterminate, unknown_above);
    // The old key vouches for the new one; and its CRL says that it was not revoked.
    let new_with_old = Ca::intermediate("Anchor", Key::p256(8), &pki.anchor);
    let linked = by_new().pool([new_with_old.der()]);
    linked.expect("its own status is not known", Status::Indeterminate, unknown_above);
    linked.require_revocation([anchor_crl(&pki)]).trusted("linked", &[]);
}

/// Signers of indirect CRLs, each with a certificate that says who issues CRLs about
/// it, and with entries about the serial numbers of certificates of the anchor.
fn indirect(signers: &[(&str, u32, Option<&str>, &[u8])]) -> Case {
    let pki = Pki::new();
    let mut pool = Vec::new();
    let mut crls = Vec::new();
    for (name, key, by, entries) in signers {
        let builder = crl_signer(name, Key::p256(*key)).serial(&[*key as u8]);
        let builder = match by {
            Some(by) => builder.extension(Extension::crl_distribution_points_of(&[point_of(by)])),
            None => builder,
        };
        pool.push(builder.issued_by(&pki.anchor));
        let scope = IdpSpec { indirect: true, ..IdpSpec::default() };
        let entry =
            |serial: &u8| CrlEntry { certificate_issuer: Some(Name::cn("Anchor")), ..CrlEntry::new(&[*serial]) };
        let crl = CrlBuilder::new().issuing_distribution_point(&scope);
        let crl = entries.iter().fold(crl, |crl, serial| crl.entry_full(entry(serial)));
        crls.push(crl.signed_by(Issuer::new(name, Key::p256(*key))));
    }
    let points = Extension::crl_distribution_points_of(&[point_of("A")]);
    let case = pki.case(target().serial(SERIAL).extension(points)).pool(pool);
    end_entity(case.require_revocation(crls))
}

#[test]
fn signers_that_vouch_for_each_other() {
    unknown(&indirect(&[("A", 20, Some("B"), &[]), ("B", 21, Some("A"), &[])]), "a cycle of two", NOT_KNOWN);
    let three = [("A", 20, Some("B"), &[][..]), ("B", 21, Some("C"), &[]), ("C", 22, Some("A"), &[])];
    unknown(&indirect(&three), "a cycle of three", NOT_KNOWN);
    // A cycle does not keep a revocation from being seen.
    unknown(&indirect(&[("A", 20, Some("B"), &[]), ("B", 21, Some("A"), &[20])]), "one accuses the other", NOT_KNOWN);
    let line = [("A", 20, Some("B"), &[][..]), ("B", 21, Some("B"), &[])];
    good(&indirect(&line), "a line that ends", &["good"]);
    let line = [("A", 20, Some("B"), &[][..]), ("B", 21, Some("B"), &[20])];
    unknown(&indirect(&line), "and revokes the first", NOT_VALID);
}

#[test]
fn a_signer_that_speaks_for_itself() {
    // Its CA named it as the one to ask about it: there is no other.
    good(&indirect(&[("A", 20, Some("A"), &[])]), "not revoked", &["good"]);
    unknown(&indirect(&[("A", 20, Some("A"), &[20])]), "says that it is revoked", NOT_VALID);
    unknown(&indirect(&[("A", 20, None, &[])]), "nobody named it", NOT_KNOWN);
    unknown(&indirect(&[("A", 20, Some("B"), &[])]), "another one was named", NOT_KNOWN);
}

#[test]
fn an_anchor_as_name_and_key_has_no_key_usage() {
    let pki = Pki::new();
    let mute =
        Ca::self_signed(Ca::builder("Anchor", Key::p256(0)).extension(Extension::key_usage(&[KeyUsage::KeyCertSign])));
    let crls = || [anchor_crl(&pki), CrlBuilder::new().signed_by(&pki.intermediate)];
    let target = target().issued_by(&pki.intermediate);
    let case =
        || Case::new(target.clone()).pool([pki.intermediate.der()]).anchors([mute.der()]).require_revocation(crls());
    case().expect("may not sign CRLs", Status::Indeterminate, &["error revocation-unknown@1"]);
    let as_key = case().with(|policy| policy.anchor_use = certlens_core::anchors::AnchorUse::NameAndKey);
    as_key.trusted("RFC 5280 §6.1.1 (d)", &[]);
}
