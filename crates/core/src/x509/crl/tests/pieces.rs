//! In whatever pieces a CRL comes, it is the same CRL; and whatever comes, nothing
//! breaks.

use certlens_testkit::der;
use proptest::prelude::*;

use super::*;
use crate::encoding::deviation::{Deviation, DeviationKind};

/// CRLs of different kinds, and serial numbers to look for.
fn samples() -> Vec<(Vec<u8>, Vec<&'static [u8]>)> {
    let (rich, serials) = rich();
    let long = Name::cn(&"b".repeat(300));
    let long = CrlEntry { certificate_issuer: Some(long), ..CrlEntry::new(&[5]) };
    let serials = serials.to_vec();
    let other = || vec![&[5][..], &[7]];
    vec![
        (rich, serials),
        (CrlBuilder::new().signed_by(issuer()), other()),
        (CrlBuilder::new().version_1().entry(&[5]).next_update(None).signed_by(issuer()), other()),
        (CrlBuilder::new().entry(&[7]).entry_full(long.clone()).entry_full(long).signed_by(issuer()), other()),
        (CrlBuilder::new().many_entries(20).signed_by(Issuer::new("CA", Key::rsa1024())), other()),
        (CrlBuilder::new().many_entries(5).entry(&[5]).signed_by(Issuer::new("CA", Key::ed25519(0))), other()),
    ]
}

#[test]
fn split_anywhere() {
    for (der, serials) in samples() {
        let whole = said(&Crl::from_der(&der).unwrap(), &serials);
        for place in 0..der.len() {
            let crl = read_in(&der, matches(&serials), &[place.max(1), der.len()]).unwrap();
            assert_eq!(said(&crl, &serials), whole, "{place}");
        }
        for size in 1..50 {
            let crl = read_in(&der, matches(&serials), &[size]).unwrap();
            assert_eq!(said(&crl, &serials), whole, "{size}");
        }
        // Pieces may be empty.
        let mut reader = CrlReader::new(matches(&serials));
        for octet in &der {
            reader.update(&[]).unwrap();
            reader.update(&[*octet]).unwrap();
        }
        assert_eq!(said(&reader.finish().unwrap(), &serials), whole);
    }
}

#[test]
fn cut_off_anywhere() {
    for (der, serials) in samples() {
        for end in 0..der.len() {
            let cut = &der[..end];
            assert!(Crl::from_der(cut).is_err(), "{end}");
            let error = read(cut, matches(&serials)).unwrap_err();
            assert_eq!(read_in(cut, matches(&serials), &[1]).unwrap_err(), error, "{end}");
            assert!(error.offset <= end);
        }
    }
}

#[test]
fn octets_after_the_end() {
    for (der, serials) in samples() {
        for more in [1, 2, 100, 70_000] {
            let long = [&der[..], &vec![0x30; more]].concat();
            let whole = Crl::from_der(&long).unwrap();
            let kind = DeviationKind::TrailingData(more);
            assert_eq!(whole.deviations(), [Deviation { offset: der.len(), kind }]);
            assert_eq!(whole.der(), Some(der.as_slice()));
            for sizes in [&[usize::MAX][..], &[1], &[der.len()]] {
                let crl = read_in(&long, matches(&serials), sizes).unwrap();
                assert_eq!(said(&crl, &serials), said(&whole, &serials));
            }
        }
    }
}

#[test]
fn what_failed_stays_failed() {
    let der = CrlBuilder::new().entry(&[5]).entry_raw(&der::null()).entry(&[6]).signed_by(issuer());
    let mut reader = CrlReader::new(matches(&[&[5]]));
    let error = reader.update(&der).unwrap_err();
    assert_eq!(error.offset, place_of(&[5, 0, 0x30], &der));
    assert_eq!(reader.update(&der), Err(error));
    assert_eq!(reader.finish().unwrap_err(), error);
    assert_eq!(Crl::from_der(&der).unwrap_err(), error);
    // Nothing was given.
    assert!(CrlReader::new(matches(&[])).finish().is_err() && CrlReader::new(Keep::Octets).finish().is_err());
}

/// Reads in every way and compares; whether it can be read.
#[track_caller]
fn agree(der: &[u8], serials: &[&[u8]], sizes: &[usize]) -> bool {
    let whole = Crl::from_der(der);
    let one_piece = read(der, matches(serials));
    let pieces = read_in(der, matches(serials), sizes);
    match (&whole, &one_piece, &pieces) {
        (Ok(whole), Ok(one_piece), Ok(pieces)) => {
            let text = said(whole, serials);
            assert_eq!(said(one_piece, serials), text);
            assert_eq!(said(pieces, serials), text);
            whole.make_index();
            assert_eq!(said(whole, serials), text);
            let _ = (whole.entries().count(), pieces.entries().count());
            for crl in [whole, one_piece, pieces] {
                for error in crl.extensions().filter_map(|extension| extension.value().err()) {
                    assert!(error.offset <= der.len());
                }
            }
        }
        (Err(whole), Err(one_piece), Err(pieces)) => {
            assert_eq!(one_piece, pieces);
            // The whole is not gone through when its end is missing.
            let is_cut =
                matches!(whole.kind, crate::encoding::der::DerErrorKind::Truncated { .. }) && whole.offset == 0;
            assert!(is_cut || whole == pieces, "{whole} {pieces}");
            assert!(whole.offset <= der.len() && pieces.offset <= der.len());
        }
        _ => panic!("{whole:?} {one_piece:?} {pieces:?}"),
    }
    whole.is_ok()
}

/// Each octet changed in several ways, and each left out.
#[test]
fn changed_anywhere() {
    let (der, serials) = rich();
    let mut readable = 0;
    for place in 0..der.len() {
        for change in [0x01, 0x02, 0x10, 0x20, 0x7f, 0x80, 0xff] {
            let mut changed = der.clone();
            changed[place] ^= change;
            readable += usize::from(agree(&changed, &serials, &[1]));
        }
        for octet in [0x00, 0x30, 0x80, 0x81, 0x82, 0x84, 0xff] {
            let mut changed = der.clone();
            changed[place] = octet;
            readable += usize::from(agree(&changed, &serials, &[3, 1, 50]));
        }
        let mut shorter = der.clone();
        shorter.remove(place);
        agree(&shorter, &serials, &[1]);
    }
    assert!(readable > der.len() * 3, "{readable} of {}", der.len() * 14);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_of_any_crl(
        sample in 0..6_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        sizes in prop::collection::vec(1..200_usize, 1..20),
    ) {
        let (mut der, serials) = samples().swap_remove(sample);
        for (place, octet) in changes {
            let place = place.index(der.len());
            der[place] = octet;
        }
        agree(&der, &serials, &sizes);
    }

    #[test]
    fn any_entries(
        list in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..30), 0..5_u8), 0..40),
        sizes in prop::collection::vec(1..90_usize, 1..20),
        looked_for in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let crl = list.iter().fold(CrlBuilder::new(), |crl, (serial, kind)| crl.entry_full(CrlEntry {
            reason: (*kind == 1).then_some(3),
            invalidity_date: (*kind == 2).then_some(1_000_000_000),
            certificate_issuer: (*kind == 3).then(|| Name::cn("B")),
            ..CrlEntry::new(serial)
        }));
        let serials: Vec<&[u8]> = match list.len() {
            0 => vec![&[5]],
            count => looked_for.iter().map(|place| list[place.index(count)].0.as_slice()).collect(),
        };
        prop_assert!(agree(&crl.signed_by(issuer()), &serials, &sizes));
    }
}
