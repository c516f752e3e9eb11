//! What holds however evidence is given.

use std::sync::LazyLock;

use certlens_core::origin::Origin;
use certlens_core::verdict::Status;
use certlens_core::x509::Crl;
use certlens_testkit::{
    CertificateBuilder, CrlBuilder, CrlEntry, Extension, Issuer, Key, Name, OcspBuilder, OcspSingle, purposes, time,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::harness::Case;
use crate::ocsp::{SERIAL, asked, ca, case_of, good, response, revoked};

enum Given {
    Response(Vec<u8>),
    Crl(Vec<u8>),
}

const HOUR: i64 = 3_600;
const RESPONDER: &[u8] = &[0x52];

/// All kinds of evidence, with a name.
fn all() -> Vec<(&'static str, Given)> {
    let responder = CertificateBuilder::new(Name::cn("Responder"), Key::p256(5))
        .serial(RESPONDER)
        .extension(Extension::extended_key_usage([purposes::OCSP_SIGNING]))
        .issued_by(ca());
    let by_responder = |single: OcspSingle| {
        OcspBuilder::new().single(single).certificate(&responder).signed_by(Issuer::new("Responder", Key::p256(5)))
    };
    let hold = || CrlEntry { reason: Some(6), ..CrlEntry::new(SERIAL) };
    let crl = |builder: CrlBuilder| Given::Crl(builder.signed_by(ca()));
    let older = time::THIS_UPDATE - HOUR;
    vec![
        ("good", Given::Response(response(good()))),
        ("older good", Given::Response(response(good().this_update(older)))),
        ("stale good", Given::Response(response(good().this_update(older).next_update(Some(older))))),
        ("good by a responder", Given::Response(by_responder(good().this_update(time::THIS_UPDATE + HOUR)))),
        ("responder good", Given::Response(response(OcspSingle::good(RESPONDER, ca())))),
        ("responder good by itself", Given::Response(by_responder(OcspSingle::good(RESPONDER, ca())))),
        ("responder on hold", Given::Response(response(OcspSingle::revoked(RESPONDER, ca(), older, Some(6))))),
        ("unknown", Given::Response(response(OcspSingle::unknown(SERIAL, ca())))),
        ("forged", Given::Response(OcspBuilder::new().single(good()).corrupt_signature().signed_by(ca()))),
        ("hold", Given::Response(response(revoked(Some(6)).this_update(older)))),
        ("newer hold", Given::Response(response(revoked(Some(6)).this_update(time::THIS_UPDATE + 2 * HOUR)))),
        ("revoked", Given::Response(response(revoked(Some(1)).this_update(older)))),
        ("good CRL", crl(CrlBuilder::new().this_update(time::THIS_UPDATE + 1))),
        ("CRL with hold", crl(CrlBuilder::new().this_update(older).entry_full(hold()))),
        ("CRL with entry", crl(CrlBuilder::new().this_update(older + 1).entry(SERIAL))),
    ]
}

/// What revokes the target for good, by the CA's own word.
const FINAL: &str = "revoked";

static ALL: LazyLock<Vec<(&str, Given)>> = LazyLock::new(all);

fn names() -> Vec<&'static str> {
    ALL.iter().map(|(name, _)| *name).collect()
}

fn judge<'a>(given: impl IntoIterator<Item = &'a &'static str>) -> (Status, Vec<String>) {
    let add = |case: Case, name: &&str| match ALL.iter().find(|(known, _)| known == name) {
        Some((_, Given::Response(der))) => case.response(der),
        Some((_, Given::Crl(der))) => {
            let crl = Crl::from_der(der).expect("the CRL can be read");
            case.with_evidence(|evidence| evidence.add_crl(crl, Origin::Memory))
        }
        None => panic!("no evidence called {name}"),
    };
    let verdict = given.into_iter().fold(case_of(asked()), add).verdict();
    let mut codes: Vec<String> = verdict.all_findings().map(|finding| finding.code.to_string()).collect();
    codes.sort();
    (verdict.status, codes)
}

fn some() -> impl Strategy<Value = Vec<&'static str>> {
    let names = names();
    let count = names.len();
    subsequence(names, 0..=count)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_evidence_changes_nothing(
        (given, shuffled) in some().prop_flat_map(|given| (Just(given.clone()), Just(given).prop_shuffle()))
    ) {
        prop_assert_eq!(judge(&given), judge(&shuffled));
    }

    #[test]
    fn what_is_revoked_for_good_stays_so_whatever_is_added(given in some()) {
        prop_assert_eq!(judge(given.iter().chain([&FINAL])), (Status::Untrusted, vec!["revoked".to_owned()]));
    }

    #[test]
    fn more_evidence_frees_from_a_hold_alone(given in some(), added in select(names())) {
        let (before, after) = (judge(&given), judge(given.iter().chain([&added])));
        if before.0 == Status::Untrusted && after.0 != Status::Untrusted {
            // Something newer, and nothing final.
            prop_assert!(["good", "good by a responder", "good CRL"].contains(&added));
            prop_assert!(!given.contains(&FINAL));
        }
    }
}
