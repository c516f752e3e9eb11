//! One CRL of the certificate's own issuer: what it says, when it counts, and what
//! keeps it from being used (RFC 5280 §5, §6.3.3).

use certlens_core::revocation::{Revocation, RevocationStatus, SourceKind, SourceResult};
use certlens_core::time::Time;
use certlens_core::verdict::{Status, Verdict};
use certlens_testkit::{Ca, CrlBuilder, CrlEntry, Extension, Key, Signing, der, time};

use crate::harness::{Case, Pki, target};

/// The target's serial number.
pub(crate) const SERIAL: &[u8] = &[0x51, 0x7e];

pub(crate) const HOLD: u8 = 6;
pub(crate) const REMOVE: u8 = 8;
pub(crate) const DAY: i64 = 86_400;

pub(crate) const UNKNOWN: &[&str] = &["error revocation-unknown@0"];
pub(crate) const REVOKED: &[&str] = &["error revoked@0"];

/// The anchor's CRL, on which nothing stands.
pub(crate) fn anchor_crl(pki: &Pki) -> Vec<u8> {
    CrlBuilder::new().signed_by(&pki.anchor)
}

/// An entry of the target with a reason.
pub(crate) fn listed(reason: u8) -> CrlEntry {
    CrlEntry { reason: Some(reason), ..CrlEntry::new(SERIAL) }
}

/// The target, about which these CRLs and the anchor's say something.
pub(crate) fn case<D: AsRef<[u8]>>(pki: &Pki, crls: impl IntoIterator<Item = D>) -> Case {
    pki.case(target().serial(SERIAL)).require_revocation([anchor_crl(pki)]).require_revocation(crls)
}

/// The target, and one CRL of its issuer.
fn one(crl: CrlBuilder) -> Case {
    let pki = Pki::new();
    case(&pki, [crl.signed_by(&pki.intermediate)])
}

/// What each source gave about the certificate at this depth.
pub(crate) fn sources(verdict: &Verdict, depth: usize) -> Vec<String> {
    let best = verdict.best.as_ref().expect("a path");
    let found = best.revocation.iter().find(|found| found.depth == depth);
    let mut words: Vec<String> = found.map_or_else(Vec::new, |found| {
        let word = |result: &SourceResult| match result {
            SourceResult::Good => "good".to_owned(),
            SourceResult::Revoked(_) => "revoked".to_owned(),
            SourceResult::NotUsed(finding) => finding.code.to_string(),
        };
        let kind = |kind| if kind == SourceKind::DeltaCrl { "delta " } else { "" };
        found.sources.iter().map(|source| format!("{}{}", kind(source.kind), word(&source.result))).collect()
    });
    words.sort();
    words
}

/// Asserts the verdict, its findings, and what each source about the target gave.
#[track_caller]
pub(crate) fn expect(case: &Case, what: &str, status: Status, findings: &[&str], from: &[&str]) -> Verdict {
    let verdict = case.expect(what, status, findings);
    let mut from: Vec<&str> = from.to_vec();
    from.sort_unstable();
    assert_eq!(sources(&verdict, 0), from, "{what}");
    verdict
}

#[track_caller]
pub(crate) fn good(case: &Case, what: &str, from: &[&str]) {
    expect(case, what, Status::Trusted, &[], from);
}

#[track_caller]
pub(crate) fn revoked(case: &Case, what: &str, from: &[&str]) {
    expect(case, what, Status::Untrusted, REVOKED, from);
}

#[track_caller]
pub(crate) fn unknown(case: &Case, what: &str, from: &[&str]) {
    expect(case, what, Status::Indeterminate, UNKNOWN, from);
}

pub(crate) fn status(verdict: &Verdict, depth: usize) -> RevocationStatus {
    let best = verdict.best.as_ref().expect("a path");
    best.revocation.iter().find(|found| found.depth == depth).expect("the depth was looked at").status.clone()
}

#[test]
fn good_and_revoked() {
    good(&one(CrlBuilder::new().entry(&[1])), "another one is listed", &["good"]);
    let entry = CrlEntry { invalidity_date: Some(time::REVOKED - DAY), ..listed(1) };
    let case = one(CrlBuilder::new().entry_full(entry));
    let verdict = expect(&case, "listed", Status::Untrusted, REVOKED, &["revoked"]);
    let expected = Revocation {
        time: Time::from_unix(time::REVOKED),
        reason: Some(1),
        invalidity_date: Some(Time::from_unix(time::REVOKED - DAY)),
    };
    assert_eq!(status(&verdict, 0), RevocationStatus::Revoked(expected));
    let message = &verdict.errors()[0].message;
    assert!(message.contains("2026-06-01T00:00:00Z") && message.contains("keyCompromise"), "{message}");
    assert!(message.contains("2026-05-31T00:00:00Z"), "{message}");
    unknown(&one(CrlBuilder::new().issuer_name(certlens_testkit::Name::cn("Other"))), "of another issuer", &[]);
}

#[test]
fn revoked_after_the_verification_time() {
    let late = CrlEntry { date: time::MIDDLE + 2 * DAY, ..listed(1) };
    let crl = || CrlBuilder::new().this_update(time::MIDDLE + 3 * DAY).entry_full(late.clone());
    expect(&one(crl()), "later", Status::Trusted, &["warning revoked-later@0"], &["revoked"]);
    revoked(&one(crl()).at(time::MIDDLE + 2 * DAY), "the very second", &["revoked"]);
    // What is out of date does not show that nothing came before.
    let stale = CrlBuilder::new().next_update(Some(time::MIDDLE - DAY / 2)).entry_full(late.clone());
    unknown(&one(stale), "announced in a CRL that is out of date", &["crl-expired"]);
    let pki = Pki::new();
    let sign = |crl: CrlBuilder| crl.signed_by(&pki.intermediate);
    let early = sign(CrlBuilder::new().entry(SERIAL));
    revoked(&case(&pki, [sign(crl()), early.clone()]), "an older CRL knows an earlier date", &["revoked", "revoked"]);
    revoked(&case(&pki, [early, sign(crl())]), "in the other order", &["revoked", "revoked"]);
}

#[test]
fn holds_end_with_a_newer_crl_and_nothing_else_does() {
    let pki = Pki::new();
    let crl = |update: i64, reason: Option<u8>| {
        let crl = CrlBuilder::new().this_update(update);
        let crl =
            reason.map_or(crl.entry(&[1]), |reason| CrlBuilder::new().this_update(update).entry_full(listed(reason)));
        crl.signed_by(&pki.intermediate)
    };
    let (old, new) = (time::THIS_UPDATE - DAY, time::THIS_UPDATE);
    revoked(&case(&pki, [crl(new, Some(HOLD))]), "on hold", &["revoked"]);
    good(&case(&pki, [crl(old, Some(HOLD)), crl(new, None)]), "released", &["good", "revoked"]);
    revoked(&case(&pki, [crl(old, None), crl(new, Some(HOLD))]), "put on hold", &["good", "revoked"]);
    revoked(&case(&pki, [crl(new, None), crl(new, Some(HOLD))]), "of the same second", &["good", "revoked"]);
    for reason in [1, 4, 5, 9] {
        revoked(&case(&pki, [crl(old, Some(reason)), crl(new, None)]), "final", &["good", "revoked"]);
    }
    // What would show that the hold has ended must count itself.
    let stale = CrlBuilder::new().this_update(new).next_update(Some(new + 1)).signed_by(&pki.intermediate);
    revoked(&case(&pki, [crl(old, Some(HOLD)), stale]), "newer, but out of date", &["crl-expired", "revoked"]);
}

#[test]
fn freshness() {
    let expired = || CrlBuilder::new().next_update(Some(time::MIDDLE - 301));
    unknown(&one(expired()), "out of date", &["crl-expired"]);
    good(&one(CrlBuilder::new().next_update(Some(time::MIDDLE - 300))), "clocks differ", &["good"]);
    revoked(&one(expired().entry(SERIAL)), "out of date, and lists it", &["revoked"]);
    unknown(&one(CrlBuilder::new().this_update(time::MIDDLE + 301)), "of tomorrow", &["crl-not-yet-valid"]);
    good(&one(CrlBuilder::new().this_update(time::MIDDLE + 300)), "clocks differ", &["good"]);
    unknown(&one(CrlBuilder::new().next_update(None)), "without an end", &["crl-next-update-missing"]);
    revoked(&one(CrlBuilder::new().next_update(None).entry(SERIAL)), "without an end, lists it", &["revoked"]);
}

#[test]
fn the_newest_counts() {
    let pki = Pki::new();
    let crl = |number: i64, update: i64| {
        let crl = CrlBuilder::new().number(number).this_update(update).next_update(Some(update + 3 * DAY));
        if number == 2 { crl.entry(SERIAL) } else { crl }.signed_by(&pki.intermediate)
    };
    let (old, new) = (crl(1, time::MIDDLE - 2 * DAY), crl(2, time::MIDDLE - DAY));
    revoked(&case(&pki, [&old, &new]), "listed since", &["good", "revoked"]);
    revoked(&case(&pki, [&new, &old]), "in the other order", &["good", "revoked"]);
    let empty = CrlBuilder::new().number(3).signed_by(&pki.intermediate);
    good(&case(&pki, [&old, &empty]), "the older one is not even looked at", &["good"]);
    good(&case(&pki, [&old, &old]), "the same twice", &["good"]);
}

#[test]
fn the_order_decides_nothing() {
    let pki = Pki::new();
    let [one, other] = [9, 4].map(|reason| CrlBuilder::new().entry_full(listed(reason)).signed_by(&pki.intermediate));
    let found = |crls: [&Vec<u8>; 2]| status(&case(&pki, crls).verdict(), 0);
    assert_eq!(found([&one, &other]), found([&other, &one]));
    // One that knows a later revocation does not make the others superfluous.
    let late = CrlEntry { date: time::MIDDLE + DAY, ..listed(1) };
    let late = CrlBuilder::new().number(2).this_update(time::MIDDLE + 2 * DAY).entry_full(late);
    let late = late.signed_by(&pki.intermediate);
    let held = CrlBuilder::new().this_update(time::THIS_UPDATE - DAY).entry_full(listed(HOLD));
    let held = held.signed_by(&pki.intermediate);
    let empty = CrlBuilder::new().signed_by(&pki.intermediate);
    for crls in [[&late, &empty, &held], [&empty, &late, &held], [&held, &late, &empty]] {
        let from = &["good", "revoked", "revoked"];
        expect(&case(&pki, crls), "released", Status::Trusted, &["warning revoked-later@0"], from);
    }
}

#[test]
fn signatures_and_algorithms() {
    unknown(&one(CrlBuilder::new().corrupt_signature()), "broken", &["crl-signature-invalid"]);
    unknown(&one(CrlBuilder::new().entry(SERIAL).corrupt_signature()), "forged", &["crl-signature-invalid"]);
    let sha1 = || CrlBuilder::new().signing(Signing::EcdsaSha1);
    unknown(&one(sha1()), "SHA-1", &["crl-algorithm-refused"]);
    good(&one(sha1()).allow_weak("sha1"), "SHA-1 allowed", &["good"]);
    revoked(&one(sha1().entry(SERIAL)).allow_weak("sha1"), "SHA-1 allowed", &["revoked"]);
    let other = CrlBuilder::new().inner_algorithm(Signing::EcdsaSha384.identifier());
    unknown(&one(other), "another algorithm inside", &["crl-malformed"]);
}

#[test]
fn form() {
    let critical = |oid| Extension::new(oid, true, der::null());
    let number = Extension::crl_number(2);
    for (what, crl, code) in [
        ("version 1 with extensions", CrlBuilder::new().version_raw(Vec::new()), "crl-malformed"),
        ("version 3", CrlBuilder::new().version_raw(der::integer(2)), "crl-malformed"),
        ("an extension twice", CrlBuilder::new().append_extension(number), "crl-malformed"),
        (
            "unreadable number",
            CrlBuilder::new().extension(Extension::new("2.5.29.20", false, vec![5, 0])),
            "crl-malformed",
        ),
        ("critical, unknown", CrlBuilder::new().extension(critical("1.2.3")), "crl-extension-not-processed"),
        (
            "not DER",
            CrlBuilder::new().edit_crl(|mut crl| {
                crl.push(0);
                crl
            }),
            "crl-not-der",
        ),
    ] {
        unknown(&one(crl), what, &[code]);
    }
    good(&one(CrlBuilder::new().version_1()), "version 1", &["good"]);
    good(&one(CrlBuilder::new().extension(critical("1.2.3").non_critical())), "unknown, not critical", &["good"]);
    good(&one(CrlBuilder::new().without_number()), "no number", &["good"]);
}

#[test]
fn critical_extensions_of_entries_forbid_the_crl() {
    let entry = |serial: &[u8], extension: Extension| CrlEntry { extensions: vec![extension], ..CrlEntry::new(serial) };
    let unknown_extension = Extension::new("1.2.3", true, der::null());
    // RFC 5280 §5.3: of any entry, and for any certificate.
    for serial in [SERIAL, &[1]] {
        let crl = CrlBuilder::new().entry_full(entry(serial, unknown_extension.clone()));
        unknown(&one(crl), "critical, unknown", &["crl-extension-not-processed"]);
    }
    let crl = CrlBuilder::new().entry_full(entry(SERIAL, unknown_extension.non_critical()));
    revoked(&one(crl), "unknown, not critical", &["revoked"]);
    let issuer = CrlEntry { certificate_issuer: Some(certlens_testkit::Name::cn("Other")), ..CrlEntry::new(&[1]) };
    unknown(&one(CrlBuilder::new().entry_full(issuer)), "certificateIssuer, but not indirect", &["crl-malformed"]);
}

#[test]
fn serial_numbers() {
    let pki = Pki::new();
    let long: &[u8] = &[0x7f; 24];
    for (serial, warning) in
        [(&[0x85][..], "serial-not-positive"), (&[0], "serial-not-positive"), (long, "serial-too-long")]
    {
        let about = |crl: CrlBuilder| {
            let crls = [anchor_crl(&pki), crl.signed_by(&pki.intermediate)];
            pki.case(target().serial(serial)).require_revocation(crls).with(|policy| {
                policy.revocation.scope = certlens_core::policy::RevocationScope::EndEntity;
            })
        };
        let warning = format!("warning {warning}@0");
        about(CrlBuilder::new().entry(&[5]).entry(&[0x7f; 20])).trusted("not listed", &[&warning]);
        about(CrlBuilder::new().entry(&[5]).entry(serial)).untrusted("listed", &[&warning, "error revoked@0"]);
    }
    // The same number of another issuer.
    let other = Ca::intermediate("Other", Key::p256(5), &pki.anchor);
    let crls = [CrlBuilder::new().signed_by(&pki.intermediate), CrlBuilder::new().entry(SERIAL).signed_by(&other)];
    good(&case(&pki, crls).pool([other.der()]), "of another issuer", &["good"]);
    // A leading zero too many would hide an entry.
    for padded in [&[0, 0x51, 0x7e][..], &[0xff, 0x85]] {
        unknown(&one(CrlBuilder::new().entry(padded)), "an octet too many", &["crl-not-der"]);
    }
}

#[test]
fn two_entries_of_one_certificate() {
    let at = |date: i64, reason: u8| CrlEntry { date, ..listed(reason) };
    let late = time::MIDDLE + DAY;
    for (one_entry, other, reason) in [
        (at(time::REVOKED, HOLD), at(time::REVOKED + DAY, 1), 1),
        (at(time::REVOKED, 4), at(time::REVOKED + DAY, 1), 4),
        (at(late, 1), at(time::REVOKED, HOLD), HOLD),
    ] {
        for entries in [[&one_entry, &other], [&other, &one_entry]] {
            let crl = entries.into_iter().fold(CrlBuilder::new(), |crl, entry| crl.entry_full(entry.clone()));
            let verdict = expect(&one(crl), "twice", Status::Untrusted, REVOKED, &["revoked"]);
            let RevocationStatus::Revoked(found) = status(&verdict, 0) else { panic!("revoked") };
            assert_eq!(found.reason, Some(reason));
        }
    }
}

#[test]
fn the_web_profile_demands_number_and_key_identifier() {
    let under_web = |crl: CrlBuilder| {
        let case = one(crl).with(|policy| policy.profile = certlens_core::policy::Profile::Web);
        sources(&case.verdict(), 0)
    };
    assert_eq!(under_web(CrlBuilder::new()), ["good"]);
    for missing in ["2.5.29.20", "2.5.29.35"] {
        good(&one(CrlBuilder::new().without(missing)), "rfc5280", &["good"]);
        assert_eq!(under_web(CrlBuilder::new().without(missing)), ["crl-number-missing"]);
        // Revoked it is nevertheless.
        assert_eq!(under_web(CrlBuilder::new().without(missing).entry(SERIAL)), ["revoked"]);
    }
}
