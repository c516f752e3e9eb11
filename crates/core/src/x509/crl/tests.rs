//! What the tests of the reader share.

mod deviations;
mod facts;
mod limits;
mod lookups;
mod pieces;
mod signatures;

use std::fmt::Write;

use certlens_testkit::{CrlBuilder, CrlEntry, Extension, GeneralName, IdpSpec, Issuer, Key, Name};

use super::*;

/// Its signatures are verified by a hash.
fn issuer() -> Issuer {
    Issuer::new("CA", Key::p256(0))
}

fn matches(serials: &[&[u8]]) -> Keep {
    Keep::Matches(Serials::new(serials.iter().copied()))
}

/// Reads octets in pieces of these sizes, over and over again.
fn read_in(der: &[u8], keep: Keep, sizes: &[usize]) -> Result<Crl, DerError> {
    let mut reader = CrlReader::new(keep);
    let mut rest = der;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at((*size).clamp(1, rest.len()));
        reader.update(piece)?;
        rest = after;
    }
    reader.finish()
}

/// Reads octets in one piece.
fn read(der: &[u8], keep: Keep) -> Result<Crl, DerError> {
    read_in(der, keep, &[usize::MAX])
}

/// What must be the same however a CRL is read, as text.
fn said(crl: &Crl, serials: &[&[u8]]) -> String {
    let mut text = String::new();
    let mut say = |what: &dyn fmt::Debug| writeln!(text, "{what:?}").unwrap();
    say(&(crl.octets(), crl.count(), crl.version(), crl.issuer_raw(), crl.issuer().to_string(), crl.issuer_digest()));
    say(&(crl.this_update(), crl.next_update()));
    for algorithm in [crl.signature_algorithm(), crl.signed_algorithm()] {
        say(&(algorithm.raw, algorithm.offset));
    }
    say(&crl.signature());
    for extension in crl.extensions() {
        say(&(extension.oid(), extension.is_critical(), extension.value_octets()));
        say(&extension.value().map(drop));
    }
    say(&(crl.number(), crl.is_delta(), crl.base_number(), crl.authority_key_identifier()));
    say(&crl.issuing_distribution_point().map(|point| {
        let point = point?;
        Some((point.only_user_certs, point.only_ca_certs, point.only_attribute_certs, point.indirect))
    }));
    say(&(crl.unprocessed_entry(), crl.has_certificate_issuer(), crl.deviations()));
    for serial in serials {
        say(&crl.lookup(serial));
    }
    text
}

/// A CRL with one of everything, and the serial numbers in it.
fn rich() -> (Vec<u8>, [&'static [u8]; 5]) {
    let serials: [&[u8]; 5] = [&[5], &[0x00, 0x80, 0x01], &[7; 20], &[6], &[0x01, 0x00]];
    let full = CrlEntry {
        reason: Some(1),
        invalidity_date: Some(1_700_000_000),
        certificate_issuer: Some(Name::cn("B")),
        ..CrlEntry::new(serials[2])
    };
    let der = CrlBuilder::new()
        .number(77)
        .issuing_distribution_point(&IdpSpec {
            full_name: vec![GeneralName::uri("http://a/")],
            indirect: true,
            ..IdpSpec::default()
        })
        .entry(serials[0])
        .entry_full(CrlEntry { reason: Some(4), ..CrlEntry::new(serials[1]) })
        .entry_full(full)
        .entry(serials[3])
        .entry(serials[0])
        .entry_full(CrlEntry { certificate_issuer: Some(Name::cn("CA")), ..CrlEntry::new(serials[4]) })
        .entry_full(CrlEntry {
            extensions: vec![Extension::new("1.2.3", true, vec![5, 0])],
            ..CrlEntry::new(serials[0])
        })
        .signed_by(issuer());
    (der, serials)
}

/// Where these octets stand, which they do once.
#[track_caller]
fn place_of(needle: &[u8], der: &[u8]) -> usize {
    let mut places = der.windows(needle.len()).enumerate().filter(|(_, part)| *part == needle);
    let (place, _) = places.next().expect("the octets stand there");
    assert!(places.next().is_none(), "the octets stand there twice");
    place
}

fn entries(lookup: Lookup) -> Vec<RevokedEntry> {
    match lookup {
        Lookup::Entries(entries) => entries,
        other => panic!("{other:?}"),
    }
}
