//! CRLs: read whole, in pieces, and for some serial numbers only; with an index and
//! without; and as rustls-webpki reads them.

#![no_main]

use std::fmt::Write;

use certlens_core::crypto::Message;
use certlens_core::encoding::der::{DerError, DerErrorKind};
use certlens_core::x509::Crl;
use certlens_core::x509::crl::{CrlExtensionValue, CrlReader, Keep, Lookup, RevokedEntry, Serials};
use certlens_core::x509::extension::DistributionPointName;
use libfuzzer_sys::fuzz_target;
use webpki::BorrowedCertRevocationList;

/// So many lookups are still made without an index.
const MOST_SERIALS: usize = 12;

fuzz_target!(|data: &[u8]| {
    let whole = Crl::from_der(data);
    let entries: Vec<RevokedEntry> = whole.iter().flat_map(Crl::entries).collect();
    // Every other one, so that some which are listed are not looked for.
    let mut serials: Vec<&[u8]> = entries.iter().step_by(2).map(|entry| &*entry.serial).take(MOST_SERIALS - 2).collect();
    serials.extend([&[5][..], &[0x01, 0x02]]);
    let matches = || Keep::Matches(Serials::new(serials.iter().copied()));
    let sizes: Vec<usize> = data.iter().rev().take(32).map(|octet| usize::from(*octet) % 67 + 1).collect();
    let readings = [
        read(data, matches(), &[usize::MAX]),
        read(data, matches(), &[1]),
        read(data, matches(), &sizes),
        read(data, Keep::Octets, &sizes),
    ];
    match &whole {
        Ok(crl) => {
            let said = said(crl, data, &serials);
            for reading in &readings {
                let Ok(other) = reading else { panic!("{reading:?}") };
                assert_eq!(self::said(other, data, &serials), said);
            }
            by_index(data, crl, &entries);
            webpki(data, crl, &entries);
        }
        Err(error) => {
            let [Err(first), rest @ ..] = &readings else { panic!("{error}, but otherwise it can be read") };
            assert!(rest[..2].iter().all(|other| other.as_ref().err() == Some(first)), "{readings:?}");
            assert_eq!(rest[2].as_ref().err(), Some(error));
            // The whole is not gone through when its end is missing.
            let is_cut = matches!(error.kind, DerErrorKind::Truncated { .. }) && error.offset == 0;
            assert!(is_cut || first == error, "{first}, {error}");
            assert!(error.offset <= data.len() && first.offset <= data.len());
        }
    }
});

fn read(data: &[u8], keep: Keep, sizes: &[usize]) -> Result<Crl, DerError> {
    let mut reader = CrlReader::new(keep);
    let mut rest = data;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        reader.update(piece)?;
        rest = after;
    }
    reader.finish()
}

/// Everything that must be the same however the CRL was read.
fn said(crl: &Crl, data: &[u8], serials: &[&[u8]]) -> String {
    let mut text = String::new();
    let mut say = |what: &dyn std::fmt::Debug| {
        let _ = writeln!(text, "{what:?}");
    };
    let inside = |offset: usize| assert!(offset <= data.len(), "offset {offset} lies outside");
    say(&(crl, crl.octets(), crl.version(), crl.issuer_raw(), crl.issuer_digest()));
    assert!(crl.octets() <= data.len());
    for time in [Some(crl.this_update()), crl.next_update()].into_iter().flatten() {
        inside(time.offset);
        say(&time);
    }
    for algorithm in [crl.signature_algorithm(), crl.signed_algorithm()] {
        assert!(data[algorithm.offset..].starts_with(algorithm.raw));
        say(&(algorithm.raw, algorithm.offset));
    }
    let signature = crl.signature();
    assert!(data[signature.offset + 1..].starts_with(signature.bytes));
    say(&signature);
    match (crl.der(), crl.signed()) {
        (Some(der), Message::Octets(_)) => assert!(der == &data[..crl.octets()] && crl.digest().is_some()),
        (None, Message::Hashed(_)) => assert!(crl.digest().is_none()),
        _ => panic!("a CRL that was kept has a hash, or one that was not has its octets"),
    }
    for extension in crl.extensions() {
        say(&(extension.oid(), extension.is_critical(), extension.value_octets()));
        match extension.value() {
            Ok(value) => touch(&value),
            Err(error) => {
                inside(error.offset);
                say(&error);
            }
        }
        assert!(crl.extension(extension.oid()).is_some());
    }
    say(&(crl.number(), crl.is_delta(), crl.base_number(), crl.authority_key_identifier()));
    say(&crl.issuing_distribution_point().map(|point| {
        point.map(|point| (point.only_user_certs, point.only_ca_certs, point.indirect, point.only_attribute_certs))
    }));
    say(&(crl.unprocessed_entry(), crl.has_certificate_issuer(), crl.count()));
    for deviation in crl.deviations() {
        inside(deviation.offset);
        say(deviation);
    }
    for serial in serials {
        let found = crl.lookup(serial);
        if let Lookup::Entries(entries) = &found {
            assert!(entries.iter().all(|entry| *entry.serial == **serial));
        }
        say(&found);
    }
    text
}

fn touch(value: &CrlExtensionValue<'_>) {
    use CrlExtensionValue as V;
    match value {
        V::IssuerAltName(names) => drop(names.iter().count()),
        V::FreshestCrl(points) => drop(points.iter().count()),
        V::AuthorityInfoAccess(places) => drop(places.iter().count()),
        V::IssuingDistributionPoint(point) => match &point.name {
            Some(DistributionPointName::Full(names)) => drop(names.iter().count()),
            Some(DistributionPointName::Relative(rdn)) => drop(rdn.attributes().count()),
            None => {}
        },
        V::AuthorityKeyIdentifier(_) | V::CrlNumber(_) | V::DeltaCrlIndicator(_) | V::Unknown(_) => {}
    }
}

/// Lookups by index say what going through the entries says.
fn by_index(data: &[u8], crl: &Crl, entries: &[RevokedEntry]) {
    let indexed = Crl::from_octets(data.to_vec()).expect("it was read before");
    indexed.make_index();
    for entry in entries {
        assert_eq!(data[entry.offset], 0x30);
        entry.certificate_issuer_names().iter().flat_map(|names| names.iter()).for_each(drop);
        let Lookup::Entries(found) = indexed.lookup(&entry.serial) else { continue };
        let expected = entries.iter().filter(|other| other.serial == entry.serial);
        assert!(found.iter().eq(expected), "{found:?}");
    }
    assert!(entries.len() <= crl.count());
    assert_eq!(entries, indexed.entries().collect::<Vec<_>>());
}

fn webpki(data: &[u8], crl: &Crl, entries: &[RevokedEntry]) {
    let Ok(other) = BorrowedCertRevocationList::from_der(data) else { return };
    let Ok(revoked) = other.into_iter().collect::<Result<Vec<_>, _>>() else { return };
    assert!((revoked.len(), revoked.len()) == (crl.count(), entries.len()));
    for (theirs, ours) in revoked.iter().zip(entries) {
        assert_eq!(theirs.serial_number, &*ours.serial);
        // Its times start with 1970.
        let seconds = |time: certlens_core::time::Time| u64::try_from(time.unix()).ok();
        assert_eq!(Some(theirs.revocation_date.as_secs()), seconds(ours.revocation_date.time));
        assert_eq!(theirs.reason_code.map(|reason| reason as u8), ours.reason);
        assert_eq!(theirs.invalidity_date.map(|time| time.as_secs()), ours.invalidity_date.and_then(seconds));
    }
}
