//! When OCSP responses count, several sources together (RFC 6960 §3.2 (5), (6),
//! §4.2.2.1, §4.4.4), and staples (RFC 7633 §4.2.3).

use certlens_core::origin::Origin;
use certlens_core::policy::{CLOCK_TOLERANCE, RevocationMode};
use certlens_core::revocation::MAX_AGE_WITHOUT_NEXT_UPDATE;
use certlens_core::verdict::Status;
use certlens_core::x509::Crl;
use certlens_testkit::{CrlBuilder, CrlEntry, Extension, OcspBuilder, OcspSingle, OcspStatus, time};

use crate::harness::Case;
use crate::ocsp::{SERIAL, accepted, asked, ca, case, case_of, good, refused, response, revoked, sources, unused};

const NOW: i64 = time::MIDDLE;
const DAY: i64 = 86_400;

fn crl(crl: CrlBuilder) -> Crl {
    Crl::from_der(&crl.signed_by(ca())).expect("the CRL can be read")
}

fn with_crl(case: Case, builder: CrlBuilder) -> Case {
    case.with_evidence(|evidence| evidence.add_crl(crl(builder), Origin::Memory))
}

#[test]
fn a_response_counts_until_the_next_one_is_due() {
    let until = |unix| case(response(good().next_update(Some(unix))));
    accepted("to the second", &until(NOW));
    accepted("within the tolerance", &until(NOW - CLOCK_TOLERANCE));
    unused("beyond it", &until(NOW - CLOCK_TOLERANCE - 1), "ocsp-expired");
}

#[test]
fn a_response_counts_from_when_it_was_made() {
    let from = |unix| case(response(good().this_update(unix)));
    accepted("to the second", &from(NOW));
    accepted("within the tolerance", &from(NOW + CLOCK_TOLERANCE));
    unused("beyond it", &from(NOW + CLOCK_TOLERANCE + 1), "ocsp-not-yet-valid");
}

#[test]
fn without_next_update_a_response_must_be_young() {
    let of = |unix| case(response(good().this_update(unix).next_update(None)));
    accepted("fresh", &of(NOW));
    accepted("a day old", &of(NOW - MAX_AGE_WITHOUT_NEXT_UPDATE));
    unused("older", &of(NOW - MAX_AGE_WITHOUT_NEXT_UPDATE - 1), "ocsp-expired");
}

#[test]
fn the_next_response_is_not_due_before_this_one() {
    let backwards = good().this_update(NOW + 100).next_update(Some(NOW - 100));
    unused("backwards", &case(response(backwards)), "ocsp-malformed");
    accepted("at once", &case(response(good().this_update(NOW).next_update(Some(NOW)))));
}

#[test]
fn a_later_response_counts_if_it_remembers() {
    let later = |cutoff| {
        let cutoff = Extension::ocsp_archive_cutoff(cutoff);
        case(response(good().this_update(NOW + DAY).extension(cutoff)))
    };
    accepted("remembers the verification time", &later(NOW));
    unused("does not", &later(NOW + 1), "ocsp-not-yet-valid");
    let elsewhere = OcspBuilder::new()
        .single(good().this_update(NOW + DAY))
        .extension(Extension::ocsp_archive_cutoff(NOW))
        .signed_by(ca());
    unused("in the wrong place", &case(elsewhere), "ocsp-not-yet-valid");
}

#[test]
fn a_revocation_does_not_grow_old() {
    let stale = revoked(None).this_update(time::REVOKED).next_update(Some(time::REVOKED + DAY));
    refused("stale", &case(response(stale)));
    refused("old, without nextUpdate", &case(response(revoked(None).this_update(time::REVOKED).next_update(None))));
    refused("said later", &case(response(revoked(None).this_update(NOW + DAY))));
}

#[test]
fn revoked_later_is_not_revoked() {
    let at = |unix, said| OcspSingle::revoked(SERIAL, ca(), unix, Some(1)).this_update(said);
    let verdict = case(response(at(NOW + 1, NOW + DAY))).trusted("later", &["warning revoked-later@0"]);
    assert_eq!(sources(&verdict, 0), ["revoked"]);
    refused("at that very time", &case(response(at(NOW, NOW + DAY))));
    // A clock that goes fast, or a day fixed beforehand: it is said to be revoked at
    // the verification time, whatever the date.
    refused("said already", &case(response(at(NOW + 1, NOW))));
    refused("by a clock within the tolerance", &case(response(at(NOW + 60, NOW + 60))));
}

#[test]
fn revoked_by_any_source_is_revoked() {
    let both = with_crl(case(response(good())), CrlBuilder::new().entry(SERIAL));
    let verdict = both.untrusted("by the CRL", &["error revoked@0"]);
    assert_eq!(sources(&verdict, 0), ["good", "revoked"]);
    let both = with_crl(case(response(revoked(None))), CrlBuilder::new());
    let verdict = both.untrusted("by the response", &["error revoked@0"]);
    assert_eq!(sources(&verdict, 0), ["revoked", "good"]);
    let older = revoked(Some(1)).this_update(time::THIS_UPDATE - DAY);
    let both = case(response(good())).response(response(older));
    both.untrusted("by an older response", &["error revoked@0"]);
    let useless = case(response(good().next_update(Some(time::THIS_UPDATE)))).response(response(good()));
    let verdict = useless.trusted("one is enough", &[]);
    assert_eq!(sources(&verdict, 0), ["ocsp-expired", "good"]);
}

#[test]
fn the_first_revocation_is_told() {
    let later = OcspSingle::revoked(SERIAL, ca(), NOW - 60, Some(4));
    let verdict = case(response(later)).response(response(revoked(Some(1)))).verdict();
    let reason = verdict.reason().map(|finding| finding.message.clone());
    assert_eq!(reason.as_deref(), Some("revoked on 2026-06-01T00:00:00Z, reason keyCompromise"));
}

#[test]
fn a_hold_ends_when_a_newer_source_does_not_know_it() {
    let hold = |unix| response(revoked(Some(6)).this_update(unix));
    let before = time::THIS_UPDATE - 60;
    let verdict = case(hold(before)).response(response(good())).trusted("by a newer response", &[]);
    assert_eq!(sources(&verdict, 0), ["revoked", "good"]);
    with_crl(case(hold(before)), CrlBuilder::new()).trusted("by a newer CRL", &[]);
    let in_crl = CrlEntry { reason: Some(6), ..CrlEntry::new(SERIAL) };
    let older_crl = CrlBuilder::new().this_update(before).entry_full(in_crl);
    with_crl(case(response(good())), older_crl).trusted("in an older CRL", &[]);

    let revoked = ["error revoked@0"];
    case(hold(time::THIS_UPDATE)).response(response(good())).untrusted("as new", &revoked);
    with_crl(case(hold(time::THIS_UPDATE + 60)), CrlBuilder::new()).untrusted("newer than the CRL", &revoked);
    let other_reason = self::revoked(Some(1)).this_update(before);
    case(response(other_reason)).response(response(good())).untrusted("not a hold", &revoked);
    let stale = good().next_update(Some(time::THIS_UPDATE + 60));
    case(hold(before)).response(response(stale)).untrusted("by what does not count any more", &revoked);
    let unknown = OcspSingle::unknown(SERIAL, ca());
    case(hold(before)).response(response(unknown)).untrusted("by one that does not know", &revoked);
    // It may have ended between the two.
    let later = good().this_update(NOW + DAY).extension(Extension::ocsp_archive_cutoff(time::START));
    case(hold(before)).response(response(later)).untrusted("after the verification time", &revoked);
}

#[test]
fn nothing_is_looked_at_unless_asked_for() {
    let case = case(response(revoked(None))).with(|policy| policy.revocation.mode = RevocationMode::None);
    let verdict = case.trusted("mode none", &[]);
    assert!(verdict.best.is_some_and(|best| best.revocation.is_empty()) && verdict.needs.is_empty());
}

/// A certificate that demands a staple, from a handshake.
fn must_staple() -> Case {
    case_of(asked().extension(Extension::tls_feature(&[5])))
        .best_effort()
        .with(|policy| policy.revocation.staple_possible = true)
}

#[test]
fn a_staple_that_is_demanded_must_come() {
    let (missing, unknown) = ("error staple-missing@0", "warning revocation-unknown@0");
    let staple = |der: Vec<u8>| must_staple().response_from(der, Origin::Handshake);
    staple(response(good())).trusted("it came", &[]);
    must_staple().untrusted("it did not", &[missing, unknown]);
    must_staple().response(response(good())).untrusted("a response from elsewhere", &[missing]);
    staple(response(revoked(None))).untrusted("revoked", &["error revoked@0"]);
    must_staple().response(response(revoked(None))).untrusted("revoked otherwise", &["error revoked@0"]);
    let file = case_of(asked().extension(Extension::tls_feature(&[5]))).best_effort();
    file.trusted("from a file", &[unknown]);
    let other = case_of(asked().extension(Extension::tls_feature(&[17])))
        .best_effort()
        .with(|policy| policy.revocation.staple_possible = true);
    other.trusted("another feature", &[unknown]);
    let none = must_staple().with(|policy| policy.revocation.mode = RevocationMode::None);
    none.trusted("revocation is not looked at", &[]);
}

#[test]
fn a_staple_without_use_is_none() {
    // Whoever stole the key of a revoked certificate could send it in the place of a true one.
    let (missing, unknown) = ("error staple-missing@0", "warning revocation-unknown@0");
    let forged = OcspBuilder::new().single(good()).corrupt_signature().signed_by(ca());
    for (what, der) in [
        ("no answer", OcspBuilder::bare(OcspStatus::TryLater)),
        ("about another", response(OcspSingle::good(&[9], ca()))),
        ("forged", forged),
        ("expired", response(good().next_update(Some(NOW - DAY)).this_update(NOW - 2 * DAY))),
        ("unknown", response(OcspSingle::unknown(SERIAL, ca()))),
    ] {
        let case = must_staple().response_from(der.clone(), Origin::Handshake);
        case.untrusted(what, &[missing, unknown]);
        let with_another = case.clone().response_from(response(good()), Origin::Handshake);
        with_another.trusted(what, &[]);
        case.response(response(good())).untrusted(what, &[missing]);
        let not_demanded = case_of(asked()).response_from(der, Origin::Handshake);
        not_demanded.expect(what, Status::Indeterminate, &["error revocation-unknown@0"]);
    }
}
