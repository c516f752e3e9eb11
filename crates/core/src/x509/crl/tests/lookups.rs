//! Finding entries: with and without an index, and without the entries.

use certlens_testkit::der;

use super::*;

#[test]
fn only_what_was_looked_for_is_answered() {
    let (der, serials) = rich();
    let kept = Crl::from_der(&der).unwrap();
    let some = read(&der, matches(&[serials[0], &[9]])).unwrap();
    assert_eq!(some.lookup(serials[0]), kept.lookup(serials[0]));
    assert_eq!(entries(some.lookup(serials[0])).len(), 3);
    assert_eq!(some.lookup(&[9]), Lookup::Entries(Vec::new()));
    assert_eq!(some.lookup(serials[1]), Lookup::NotLookedFor);
    assert_eq!(some.entries().count(), 3);
    let none = read(&der, matches(&[])).unwrap();
    assert_eq!((none.lookup(serials[0]), none.entries().count()), (Lookup::NotLookedFor, 0));
    assert_eq!(said(&none, &[]), said(&kept, &[]));
}

/// Numbers that differ in their length or in one octet are others.
#[test]
fn serial_numbers_are_compared_whole() {
    let listed: [&[u8]; 6] = [&[5], &[5, 0], &[0, 0x85], &[0x85], &[1, 2, 3, 4, 5, 6, 7, 8, 9], &[0]];
    let others: [&[u8]; 6] = [&[], &[0, 5], &[6], &[5, 0, 0], &[1, 2, 3, 4, 5, 6, 7, 8, 0x19], &[0x80]];
    let der = listed.iter().fold(CrlBuilder::new(), |crl, serial| crl.entry(serial)).signed_by(issuer());
    let kept = Crl::from_der(&der).unwrap();
    let matched = read(&der, matches(&[listed, others].concat())).unwrap();
    for round in 0..2 {
        for serial in listed {
            for crl in [&kept, &matched] {
                let found = entries(crl.lookup(serial));
                assert!(found.len() == 1 && *found[0].serial == *serial, "{serial:?} {round}");
            }
        }
        for serial in others {
            assert!([&kept, &matched].iter().all(|crl| entries(crl.lookup(serial)).is_empty()), "{serial:?}");
        }
        kept.make_index();
    }
}

#[test]
fn the_index_says_what_going_through_says() {
    let repeated: &[u8] = &CrlBuilder::many_serial(17);
    let mut builder = CrlBuilder::new().many_entries(300);
    for number in 0..40_u8 {
        let name = format!("issuer {}", number / 3);
        let certificate_issuer = (number % 3 == 0).then(|| Name::cn(&name));
        builder = builder.entry_full(CrlEntry { certificate_issuer, ..CrlEntry::new(repeated) });
    }
    let der = builder.signed_by(issuer());
    let serials: Vec<[u8; 16]> = (0..320).map(CrlBuilder::many_serial).collect();
    // Few lookups go without an index.
    let linear: Vec<Lookup> = serials
        .chunks(LOOKUPS_WITHOUT_INDEX)
        .flat_map(|some| {
            let crl = Crl::from_der(&der).unwrap();
            let found: Vec<Lookup> = some.iter().map(|serial| crl.lookup(serial)).collect();
            assert!(matches!(&crl.parts().entries, Entries::Held { index, .. } if index.get().is_none()));
            found
        })
        .collect();
    let indexed = Crl::from_der(&der).unwrap();
    indexed.make_index();
    let grown = Crl::from_der(&der).unwrap();
    let matched = read(&der, Keep::Matches(Serials::new(serials.iter().map(|serial| serial.as_slice())))).unwrap();
    for (serial, found) in serials.iter().zip(&linear) {
        for crl in [&indexed, &grown, &matched] {
            assert_eq!(&crl.lookup(serial), found);
        }
    }
    assert!(matches!(&grown.parts().entries, Entries::Held { index, .. } if index.get().is_some()));
    let same = entries(indexed.lookup(repeated));
    assert_eq!(same.len(), 41);
    assert!(same.is_sorted_by_key(|entry| entry.offset));
    assert_eq!(same.iter().filter(|entry| entry.certificate_issuer.is_some()).count(), 40);
}

/// Names that many entries share are held once.
#[test]
fn names_are_shared() {
    let named = CrlEntry { certificate_issuer: Some(Name::cn("B")), ..CrlEntry::new(&[5]) };
    let der = CrlBuilder::new().entry_full(named).entry(&[5]).entry(&[6]).entry(&[5]).signed_by(issuer());
    for crl in [Crl::from_der(&der).unwrap(), read(&der, matches(&[&[5], &[6]])).unwrap()] {
        for found in [entries(crl.lookup(&[5])), crl.entries().collect()] {
            let names: Vec<&Arc<[u8]>> = found.iter().filter_map(|entry| entry.certificate_issuer.as_ref()).collect();
            assert_eq!(names.len(), found.len());
            assert!(names.iter().all(|name| Arc::ptr_eq(name, names[0])));
        }
    }
}

/// A date that cannot be read is met when its entry is asked for: then the CRL does
/// not say whether the certificate is revoked, but others it still does.
#[test]
fn an_entry_that_cannot_be_read_is_not_absent() {
    let broken = |date: &str| der::sequence([der::integer(5), der::utc_time(date)]);
    for date in ["261301000000Z", "26060100000xZ"] {
        let der = CrlBuilder::new().entry(&[6]).entry_raw(&broken(date)).entry(&[5]).signed_by(issuer());
        let kept = Crl::from_der(&der).unwrap();
        let matched = read(&der, matches(&[&[5], &[6]])).unwrap();
        for crl in [kept, matched] {
            for _ in 0..2 {
                assert_eq!(crl.lookup(&[5]), Lookup::Unreadable, "{date}");
                assert_eq!(entries(crl.lookup(&[6])).len(), 1);
                crl.make_index();
            }
        }
    }
}
