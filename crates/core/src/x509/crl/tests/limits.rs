//! Each limit, one octet or entry before it and beyond it.

use certlens_testkit::der;

use super::*;
use crate::encoding::der::DerErrorKind;

/// The same answer however it is read; the error as text.
#[track_caller]
fn outcome(der: &[u8]) -> Result<usize, String> {
    let whole = Crl::from_der(der).map(|crl| crl.count());
    for sizes in [&[usize::MAX][..], &[1], &[1000, 1]] {
        assert_eq!(read_in(der, matches(&[&[5]]), sizes).map(|crl| crl.count()), whole);
    }
    whole.map_err(|error| {
        assert!(error.offset <= der.len());
        error.to_string()
    })
}

#[track_caller]
fn refused_for(der: &[u8], limit: &str) {
    let error = outcome(der).unwrap_err();
    assert!(error.contains(limit), "{error}");
}

/// An entry that is so long.
fn entry_of(octets: usize) -> Vec<u8> {
    let with = |fill: usize| CrlEntry {
        extensions: vec![Extension::new("1.2.3", false, vec![0; fill])],
        ..CrlEntry::new(&[5])
    };
    let long =
        |fill| der::fields(&der::fields(&CrlBuilder::new().entry_full(with(fill)).signed_by(issuer()))[0])[5].clone();
    let one = |fill| der::fields(&long(fill))[0].clone();
    let fill = octets - (one(octets - 100).len() - (octets - 100));
    let entry = one(fill);
    assert_eq!(entry.len(), octets);
    entry
}

#[test]
fn octets_before_the_entries() {
    let with = |fill: usize| {
        let name = Name::empty().and("2.5.4.3", der::utf8_string(&"a".repeat(fill)));
        CrlBuilder::new().issuer_name(name).entry(&[5]).signed_by(issuer())
    };
    let head = |fill: usize| {
        let crl = with(fill);
        place_of(&der::fields(&der::fields(&crl)[0])[5], &crl)
    };
    let mut fill = MAX_HEAD_OCTETS - 1000;
    // Once more, for the lengths that get longer.
    for _ in 0..2 {
        fill = fill + MAX_HEAD_OCTETS - head(fill);
    }
    assert_eq!(outcome(&with(fill)), Ok(1));
    refused_for(&with(fill + 1), "MAX_HEAD_OCTETS");
}

#[test]
fn fields_before_the_entries() {
    let with = |more: usize| {
        let field = der::null().repeat(more);
        CrlBuilder::new().next_update_raw(field).entry(&[5]).signed_by(issuer())
    };
    assert!(outcome(&with(1)).unwrap_err().contains("expected UTCTime"));
    let error = outcome(&with(30_000)).unwrap_err();
    assert!(error.contains("end of the structure"), "{error}");
}

#[test]
fn octets_of_an_entry() {
    let with = |entry: &[u8]| CrlBuilder::new().entry(&[7]).entry_raw(entry).entry(&[9]).signed_by(issuer());
    let longest = with(&entry_of(MAX_ENTRY_OCTETS));
    assert_eq!(outcome(&longest), Ok(3));
    assert_eq!(entries(read_in(&longest, matches(&[&[5]]), &[1]).unwrap().lookup(&[5])).len(), 1);
    for octets in [MAX_ENTRY_OCTETS + 1, MAX_ENTRY_OCTETS + 3, MAX_ENTRY_OCTETS + 100] {
        refused_for(&with(&entry_of(octets)), "MAX_ENTRY_OCTETS");
    }
    refused_for(&with(&der::tlv_indefinite(0x30, &der::integer(5))), "definite length");
}

#[test]
fn octets_after_the_entries() {
    let with = |fill: usize| {
        let extension = Extension::new("1.2.3", false, vec![0; fill]);
        CrlBuilder::new().entry(&[5]).extension(extension).signed_by(Issuer::new("CA", Key::rsa2048(0)))
    };
    let tail = |crl: &[u8]| crl.len() - place_of(&der::fields(&der::fields(crl)[0])[6], crl);
    let fill = MAX_TAIL_OCTETS - 1000;
    let fill = fill + MAX_TAIL_OCTETS - tail(&with(fill));
    for (fill, is_fit) in [(fill, true), (fill + 1, false)] {
        let crl = with(fill);
        assert_eq!(tail(&crl), MAX_TAIL_OCTETS + usize::from(!is_fit));
        let read = read(&crl, matches(&[]));
        assert_eq!(read.as_ref().map(Crl::count), Crl::from_der(&crl).as_ref().map(Crl::count));
        assert_eq!(read.is_ok(), is_fit);
        // It is refused before it is there.
        assert_eq!(CrlReader::new(matches(&[])).update(&crl[..300]).is_ok(), is_fit);
    }
}

#[test]
fn extensions_of_a_crl() {
    let with = |more: usize| {
        let crl = (0..more)
            .fold(CrlBuilder::new(), |crl, _| crl.append_extension(Extension::new("1.2.3", false, vec![5, 0])));
        crl.signed_by(issuer())
    };
    let fit = with(MAX_CRL_EXTENSIONS - 2);
    assert_eq!(Crl::from_der(&fit).unwrap().extensions().len(), MAX_CRL_EXTENSIONS);
    assert_eq!(outcome(&fit), Ok(0));
    refused_for(&with(MAX_CRL_EXTENSIONS - 1), "MAX_CRL_EXTENSIONS");
}

#[test]
fn entries_of_one_serial_number() {
    let with = |more: usize| {
        let entry = [&der::integer(5)[..], &der::utc_time("260601000000Z")].concat();
        let crl = CrlBuilder::new().entry(&[6]).entry_raw(&der::sequence([entry]).repeat(more));
        crl.entry(&[7]).signed_by(issuer())
    };
    for (crl, is_fit) in [(with(MAX_MATCHES), true), (with(MAX_MATCHES + 1), false)] {
        let kept = Crl::from_der(&crl).unwrap();
        let indexed = Crl::from_der(&crl).unwrap();
        indexed.make_index();
        for crl in [kept, indexed, read(&crl, matches(&[&[5], &[6], &[7]])).unwrap()] {
            match crl.lookup(&[5]) {
                Lookup::Entries(entries) => assert!(is_fit && entries.len() == MAX_MATCHES),
                other => assert!(!is_fit && other == Lookup::Unreadable),
            }
            // The others are not in the way.
            assert!(entries(crl.lookup(&[6])).len() == 1 && entries(crl.lookup(&[7])).len() == 1);
        }
    }
}

/// What is kept of a pass does not grow with the CRL, whatever its entries say.
#[test]
fn octets_of_all_matches() {
    let name = |number: u32| Name::cn(&format!("{number:060000}"));
    let named = |number: u32| CrlEntry { certificate_issuer: Some(name(number)), ..CrlEntry::new(&[5]) };
    let fits = (MAX_MATCHED_OCTETS / 60_200) as u32;
    for (count, is_fit) in [(fits, true), (fits + 2, false)] {
        let crl = (0..count).fold(CrlBuilder::new().entry(&[6]), |crl, number| crl.entry_full(named(number)));
        let crl = read(&crl.signed_by(issuer()), matches(&[&[5], &[6]])).unwrap();
        match crl.lookup(&[5]) {
            Lookup::Entries(entries) => assert!(is_fit && entries.len() == count as usize),
            other => assert!(!is_fit && other == Lookup::Unreadable),
        }
        assert_eq!(entries(crl.lookup(&[6])).len(), 1);
    }
}

#[test]
fn octets_of_a_crl_that_is_kept() {
    let limit = "MAX_CRL_OCTETS";
    let start = CrlBuilder::new().many_entries(10).signed_by(Issuer::new("CA", Key::ed25519(0)));
    // It says that it goes on for long.
    let mut start = start[..100].to_vec();
    for keep in [Keep::Octets, matches(&[])] {
        let mut reader = CrlReader::new(keep);
        reader.update(&start).unwrap();
        reader.update(&vec![0; MAX_CRL_OCTETS - start.len()]).unwrap();
        let error = reader.update(&[0]).unwrap_err();
        assert!(error.to_string().contains(limit), "{error}");
        assert_eq!(reader.finish().unwrap_err(), error);
    }
    start.resize(MAX_CRL_OCTETS + 1, 0);
    assert!(Crl::from_octets(start).unwrap_err().to_string().contains(limit));
}

#[test]
fn lengths_beyond_32_bits() {
    for start in [[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], [0x30, 0x84, 0xff, 0xff, 0xff, 0xfa]] {
        let error = outcome(&[&start[..], &[0x30; 40]].concat()).unwrap_err();
        assert!(error.contains("length octets cannot be read"), "{error}");
    }
    let mut four_gib = vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xf9, 0x30, 0x84, 0xff, 0xff, 0xff, 0xf3];
    four_gib.extend([0x30, 0]);
    let error = Crl::from_der(&four_gib).unwrap_err();
    assert!(matches!(error.kind, DerErrorKind::Truncated { .. }), "{error}");
    for length in [&[0x80][..], &[0x85, 0, 0, 0, 0, 1], &[0xff]] {
        assert!(outcome(&[&[0x30], length, &[0; 40]].concat()).is_err());
    }
}
