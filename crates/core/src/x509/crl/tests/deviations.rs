//! Departures from DER, and where they are.

use certlens_testkit::der;

use super::*;
use crate::encoding::deviation::DeviationKind as K;

/// What departs in this CRL; both ways of reading say the same.
#[track_caller]
fn departures(der: &[u8]) -> Vec<(usize, K)> {
    let kept = Crl::from_der(der).unwrap();
    let serials: [&[u8]; 2] = [&[5], &[9]];
    for sizes in [&[usize::MAX][..], &[1], &[7, 1, 30]] {
        assert_eq!(said(&read_in(der, matches(&serials), sizes).unwrap(), &serials), said(&kept, &serials));
    }
    kept.deviations().iter().map(|deviation| (deviation.offset, deviation.kind)).collect()
}

#[track_caller]
fn departs_once(der: &[u8], offset: usize, kind: K) {
    assert_eq!(departures(der), [(offset, kind)]);
}

/// The same field with a length in a needless form.
fn long(field: &[u8]) -> Vec<u8> {
    der::tlv_long_length(field[0], 1, der::open(field).0)
}

/// A CRL of which the field at this place is written otherwise.
fn with_field(place: usize, edit: impl Fn(&[u8]) -> Vec<u8> + 'static) -> Vec<u8> {
    CrlBuilder::new()
        .entry(&[5])
        .edit_tbs(move |tbs| {
            let mut fields = der::fields(&tbs);
            fields[place] = edit(&fields[place]);
            der::sequence(fields)
        })
        .signed_by(issuer())
}

#[test]
fn in_the_frame() {
    let plain = CrlBuilder::new().entry(&[5]).signed_by(issuer());
    departs_once(&long(&plain), 1, K::LengthNotMinimal);
    let tbs = CrlBuilder::new().entry(&[5]).edit_tbs(|tbs| long(&tbs)).signed_by(issuer());
    let at = der::open(&tbs).0.as_ptr() as usize - tbs.as_ptr() as usize;
    departs_once(&tbs, at + 1, K::LengthNotMinimal);
    let mut trailing = plain.clone();
    trailing.extend([0, 1, 2]);
    departs_once(&trailing, plain.len(), K::TrailingData(3));
    let more = der::sequence([der::fields(&plain), vec![der::null()]].concat());
    departs_once(&more, more.len() - 2, K::TrailingData(2));
}

#[test]
fn in_each_field() {
    for place in 0..6 {
        let der = with_field(place, long);
        let field = long(&der::fields(&der::fields(&CrlBuilder::new().entry(&[5]).signed_by(issuer()))[0])[place]);
        // The two algorithm identifiers differ in their length.
        let at = place_of(&field, &der);
        departs_once(&der, at + 1, K::LengthNotMinimal);
    }
    let der = with_field(6, long);
    let [(at, K::LengthNotMinimal)] = departures(&der)[..] else { panic!("{:?}", departures(&der)) };
    assert_eq!(der[at - 1], 0xa0);
    let version = with_field(0, |_| vec![2, 2, 0, 1]);
    departs_once(&version, place_of(&[2, 2, 0, 1], &version) + 2, K::IntegerNotMinimal);
}

#[test]
fn in_entries_the_first_one() {
    let date = der::utc_time("260601000000Z");
    let serial = der::integer(5);
    let reason = Extension::crl_reason(1).to_der();
    let not_critical = [&der::oid("2.5.29.21")[..], &[1, 1, 0], &der::octet_string(&[10, 1, 1])].concat();
    let cases: Vec<(Vec<u8>, usize, K)> = vec![
        (der::tlv_long_length(0x30, 0, &[&serial[..], &date].concat()), 1, K::LengthNotMinimal),
        (der::tlv_long_length(0x30, 1, &[&serial[..], &date].concat()), 1, K::LengthNotMinimal),
        (der::sequence([&[2, 0x81, 1, 5][..], &date]), 3, K::LengthNotMinimal),
        (der::sequence([&[2, 2, 0, 5][..], &date]), 4, K::IntegerNotMinimal),
        (der::sequence([&[2, 2, 0xff, 0x85][..], &date]), 4, K::IntegerNotMinimal),
        (der::sequence([&serial[..], &der::utc_time("2606010000Z")]), 7, K::TimeWithoutSeconds),
        (der::sequence([&serial[..], &der::generalized_time("202606010000.5Z")]), 7, K::TimeWithoutSeconds),
        (der::sequence([&serial[..], &date, &der::sequence([der::tlv(0x30, &not_critical)])]), 29, K::DefaultEncoded),
        (der::sequence([&serial[..], &date, &long(&der::sequence([reason]))]), 21, K::LengthNotMinimal),
    ];
    for (entry, at, kind) in cases {
        let crl = CrlBuilder::new().entry(&[7]).entry_raw(&entry).entry(&[9]).entry_raw(&entry).signed_by(issuer());
        let first = crl.windows(entry.len()).position(|part| part == entry).unwrap();
        let found = departures(&crl);
        assert_eq!((found.len(), found[0]), (1, (first + at, kind)), "{entry:02x?}");
        assert_eq!(Crl::from_der(&crl).unwrap().count(), 4);
        // And alone, where nothing comes before it.
        let alone = CrlBuilder::new().entry_raw(&entry).signed_by(issuer());
        assert_eq!(departures(&alone), [(place_of(&entry, &alone) + at, kind)]);
    }
    let nobody = Extension::new("2.5.29.29", true, der::sequence([[0; 0]]));
    let crl = CrlBuilder::new().entry_full(CrlEntry { extensions: vec![nobody], ..CrlEntry::new(&[5]) });
    let crl = crl.signed_by(issuer());
    departs_once(&crl, place_of(&[4, 2, 0x30, 0], &crl) + 2, K::EmptySequence);
}

/// What is in DER although it looks odd.
#[test]
fn none_in_these() {
    let date = der::generalized_time("20500601000000Z");
    for entry in [
        der::sequence([&[2, 1, 0][..], &date]),
        der::sequence([&[2, 2, 0, 0x80][..], &date]),
        der::sequence([&[2, 1, 0xff][..], &date]),
        der::sequence([&[2, 2, 0xff, 0x7f][..], &date]),
        der::sequence([&[2, 3, 0x80, 0, 0][..], &date]),
        der::sequence([&der::integer_octets(&[1; 200])[..], &date]),
        // Not as the ASN.1 module has it, but seen.
        der::sequence([&[2, 1, 1][..], &date, &[0x30, 0]]),
    ] {
        let crl = CrlBuilder::new().entry_raw(&entry).signed_by(issuer());
        assert_eq!(departures(&crl), [], "{entry:02x?}");
    }
}

/// Offsets count from the start of the CRL, also where its entries are gone.
#[test]
fn after_the_entries() {
    let not_critical = |octets: &[u8]| [&der::oid("1.2.3")[..], &[1, 1, 0], &der::octet_string(octets)].concat();
    let der = CrlBuilder::new()
        .many_entries(100)
        .append_extension_raw(der::tlv(0x30, &not_critical(&[5, 0])))
        .outer_algorithm(der::tlv_long_length(0x30, 1, der::open(&key_algorithm()).0))
        .edit_signature(|signature| long(&signature))
        .signed_by(issuer());
    let oid = der::oid("1.2.3");
    let expected = [
        (place_of(&oid, &der) + oid.len(), K::DefaultEncoded),
        (place_of(&long(&key_algorithm()), &der) + 1, K::LengthNotMinimal),
        (der.len() - der::open(&der::fields(&der)[2]).0.len() - 3, K::LengthNotMinimal),
    ];
    assert_eq!(departures(&der), expected);
}

fn key_algorithm() -> Vec<u8> {
    certlens_testkit::Signing::EcdsaSha256.identifier()
}
