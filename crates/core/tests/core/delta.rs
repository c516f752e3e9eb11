//! Delta CRLs: which complete CRL they are combined with, and what comes of it
//! (RFC 5280 §5.2.4, §6.3.3 (a), (c), (h) to (k)).

use certlens_testkit::{Ca, CrlBuilder, CrlEntry, Extension, IdpSpec, Issuer, Key, der, time};

use crate::harness::{Case, Pki};
use crate::revocation::{DAY, HOLD, REMOVE, SERIAL, case, good, listed, revoked, unknown};

const COMPLETE: i64 = 10;
const FINAL: u8 = 1;

/// The CRL with an entry of the target, when there is a reason.
fn listing(crl: CrlBuilder, reason: Option<u8>) -> CrlBuilder {
    match reason {
        Some(reason) => crl.entry_full(listed(reason)),
        None => crl,
    }
}

/// The complete CRL, a day older than the delta CRLs.
fn complete(reason: Option<u8>) -> CrlBuilder {
    listing(CrlBuilder::new().number(COMPLETE).this_update(time::THIS_UPDATE - DAY), reason)
}

fn delta(reason: Option<u8>) -> CrlBuilder {
    listing(CrlBuilder::new().number(COMPLETE + 1).delta(COMPLETE), reason)
}

fn with(crls: impl IntoIterator<Item = CrlBuilder>) -> Case {
    let pki = Pki::new();
    let crls: Vec<_> = crls.into_iter().map(|crl| crl.signed_by(&pki.intermediate)).collect();
    case(&pki, crls)
}

#[test]
fn a_delta_revokes_holds_and_releases() {
    good(&with([complete(None), delta(None)]), "nothing changed", &["good"]);
    for reason in [FINAL, HOLD] {
        revoked(&with([complete(None), delta(Some(reason))]), "revoked since", &["revoked"]);
        revoked(&with([complete(Some(reason)), delta(None)]), "still revoked", &["revoked"]);
    }
    good(&with([complete(Some(HOLD)), delta(Some(REMOVE))]), "released", &["good"]);
    good(&with([complete(None), delta(Some(REMOVE))]), "released, and not known", &["good"]);
    revoked(&with([complete(Some(HOLD)), delta(Some(FINAL))]), "the hold became final", &["revoked"]);
    // §5.3.1: a hold alone is taken back.
    revoked(&with([complete(Some(FINAL)), delta(Some(REMOVE))]), "final", &["revoked"]);
    let late = CrlEntry { date: time::MIDDLE + DAY, ..listed(FINAL) };
    revoked(&with([complete(Some(HOLD)), delta(None).entry_full(late)]), "final later, held now", &["revoked"]);
    // §5.3.1: removeFromCRL has no meaning in a complete CRL.
    revoked(&with([complete(Some(REMOVE))]), "removed by a complete CRL", &["revoked"]);
}

#[test]
fn numbers() {
    let released = |base: i64, number: i64| {
        let delta = CrlBuilder::new().number(number).delta(base).entry_full(listed(REMOVE));
        with([complete(Some(HOLD)), delta])
    };
    for (base, number) in [(10, 11), (9, 11), (1, 1000)] {
        good(&released(base, number), "fits", &["good"]);
    }
    for (base, number) in [(11, 12), (9, 10), (8, 9), (-1, 11), (10, -1)] {
        revoked(&released(base, number), "does not fit", &["revoked"]);
    }
    let no_number = || delta(Some(REMOVE)).without_number();
    revoked(&with([complete(Some(HOLD)), no_number()]), "a delta without number", &["revoked"]);
    let no_number = complete(Some(HOLD)).without_number();
    revoked(&with([no_number, delta(Some(REMOVE))]), "a complete CRL without number", &["revoked"]);
    let unreadable = delta(Some(REMOVE)).extension(Extension::new("2.5.29.27", true, der::null()));
    revoked(&with([complete(Some(HOLD)), unreadable]), "an unreadable base", &["revoked"]);
}

#[test]
fn a_delta_for_no_complete_crl() {
    let idle = &["delta delta-crl-not-usable"];
    unknown(&with([delta(None)]), "alone", idle);
    unknown(&with([delta(Some(REMOVE))]), "alone, releases", idle);
    // Revoked by any verified source is revoked.
    revoked(&with([delta(Some(FINAL))]), "alone, revokes", &["delta revoked"]);
    let other_base = || CrlBuilder::new().number(13).delta(12);
    revoked(&with([complete(None), other_base().entry(SERIAL)]), "of another base", &["delta revoked", "good"]);
    good(&with([complete(None), other_base()]), "of another base, silent", &["good"]);
    let forged = other_base().entry(SERIAL).corrupt_signature();
    good(&with([complete(None), forged]), "forged", &["delta crl-signature-invalid", "good"]);
}

#[test]
fn a_delta_must_count_itself() {
    for (what, delta) in [
        ("broken signature", delta(Some(REMOVE)).corrupt_signature()),
        ("out of date", delta(Some(REMOVE)).next_update(Some(time::MIDDLE - 301))),
        ("without an end", delta(Some(REMOVE)).next_update(None)),
        ("of tomorrow", delta(Some(REMOVE)).this_update(time::MIDDLE + DAY)),
        ("critical extension", delta(Some(REMOVE)).extension(Extension::new("1.2.3", true, der::null()))),
        ("an extension twice", delta(Some(REMOVE)).append_extension(Extension::crl_number(12))),
        (
            "another scope",
            delta(Some(REMOVE)).issuing_distribution_point(&IdpSpec { only_user: true, ..IdpSpec::default() }),
        ),
        ("another key identifier", delta(Some(REMOVE)).extension(Extension::authority_key_identifier(&[7]))),
    ] {
        revoked(&with([complete(Some(HOLD)), delta]), what, &["revoked"]);
    }
    let expired = |reason| delta(reason).next_update(Some(time::MIDDLE - 301));
    revoked(&with([complete(None), expired(Some(FINAL))]), "out of date, revokes", &["delta revoked", "good"]);
    revoked(&with([complete(None), expired(Some(HOLD))]), "out of date, holds", &["delta revoked", "good"]);
}

#[test]
fn freshness_of_both() {
    let stale = |crl: CrlBuilder| crl.next_update(Some(time::MIDDLE - 301));
    good(&with([stale(complete(None)), delta(None)]), "stale base, fresh delta", &["good"]);
    good(&with([stale(complete(Some(HOLD))), delta(Some(REMOVE))]), "and released", &["good"]);
    revoked(&with([stale(complete(Some(FINAL))), delta(None)]), "and listed in the base", &["revoked"]);
    let both = with([stale(complete(None)), stale(delta(None))]);
    unknown(&both, "both stale", &["crl-expired", "delta delta-crl-not-usable"]);
    good(&with([complete(None), stale(delta(None))]), "fresh base, stale delta", &["good"]);
}

#[test]
fn another_key_than_that_of_the_complete_crl() {
    let pki = Pki::new();
    // Another CA of the same name below the same anchor, which may sign CRLs.
    let twin = Ca::intermediate("Intermediate", Key::p256(7), &pki.anchor);
    let identifier = pki.intermediate.key().key_identifier();
    let same_identifier = |crl: CrlBuilder| crl.extension(Extension::authority_key_identifier(&identifier));
    let unmarked = |crl: CrlBuilder| crl.without("2.5.29.35");
    for mark in [&same_identifier as &dyn Fn(CrlBuilder) -> CrlBuilder, &unmarked] {
        let crls = |signer: &Ca| {
            let complete = mark(complete(Some(HOLD))).signed_by(&pki.intermediate);
            [complete, mark(delta(Some(REMOVE))).signed_by(AsRef::<Issuer>::as_ref(signer))]
        };
        good(&case(&pki, crls(&pki.intermediate)).pool([twin.der()]), "the same key", &["good"]);
        revoked(&case(&pki, crls(&twin)).pool([twin.der()]), "another key (§6.3.3 (h))", &["revoked"]);
    }
}

#[test]
fn several_deltas() {
    let newer =
        |reason| listing(CrlBuilder::new().number(12).delta(COMPLETE).this_update(time::THIS_UPDATE + 60), reason);
    let both = |older: Option<u8>, newest: Option<u8>, base: Option<u8>| {
        [with([complete(base), delta(older), newer(newest)]), with([newer(newest), delta(older), complete(base)])]
    };
    for case in both(Some(HOLD), None, None) {
        good(&case, "held and released since the base", &["delta revoked", "good"]);
    }
    for case in both(Some(HOLD), Some(REMOVE), Some(HOLD)) {
        good(&case, "released", &["delta revoked", "good"]);
    }
    for case in both(Some(REMOVE), Some(HOLD), Some(HOLD)) {
        revoked(&case, "held again", &["revoked"]);
    }
    for case in both(Some(FINAL), None, None) {
        revoked(&case, "a final revocation does not go away", &["delta revoked", "good"]);
    }
    // Of the same second the higher number is the newer one.
    let tied = |number, reason: u8| CrlBuilder::new().number(number).delta(COMPLETE).entry_full(listed(reason));
    for case in [
        with([complete(Some(HOLD)), tied(11, REMOVE), tied(12, HOLD)]),
        with([tied(12, HOLD), tied(11, REMOVE), complete(Some(HOLD))]),
    ] {
        revoked(&case, "of the same second", &["revoked"]);
    }
}

#[test]
fn a_delta_that_is_older_than_the_complete_crl_by_date() {
    let late = CrlEntry { date: time::MIDDLE + 2 * DAY, ..listed(FINAL) };
    let delta = || delta(None).this_update(time::MIDDLE - DAY).entry_full(late.clone());
    let tomorrow = || CrlBuilder::new().number(COMPLETE).this_update(time::MIDDLE + DAY);
    revoked(&with([delta()]), "alone", &["delta revoked"]);
    // What it listed by then is not put off by what came later.
    revoked(&with([tomorrow(), delta()]), "with it", &["delta revoked", "crl-not-yet-valid"]);
    let today = || CrlBuilder::new().number(COMPLETE);
    let released = || CrlBuilder::new().number(COMPLETE + 1).delta(COMPLETE).this_update(time::THIS_UPDATE - DAY);
    let released = || released().entry_full(listed(REMOVE));
    revoked(&with([today().entry_full(listed(HOLD)), released()]), "held since", &["revoked"]);
}

#[test]
fn of_two_deltas_with_one_number_and_date_the_order_decides_nothing() {
    let hold = || complete(Some(HOLD));
    revoked(&with([hold(), delta(None), delta(Some(REMOVE))]), "released by the second", &["revoked"]);
    revoked(&with([hold(), delta(Some(REMOVE)), delta(None)]), "released by the first", &["revoked"]);
}
