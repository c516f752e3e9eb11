//! CRLs in three sizes, and what is done with them.

use std::hint::black_box;

use certlens_core::x509::Crl;
use certlens_core::x509::crl::{CrlReader, Keep, Lookup, MAX_MATCHES, Serials};
use certlens_testkit::{CrlBuilder, CrlEntry, Issuer, Key, Name, attributes, der};

/// The serial number of all entries, where they have the same.
const SERIAL: [u8; 16] = [0x45; 16];

/// Something that is done with a CRL, by what it grows with.
pub(crate) struct CrlFamily {
    pub(crate) name: &'static str,
    pub(crate) per: &'static str,
    pub(crate) sizes: [u32; 3],
    make: fn(u32) -> Vec<u8>,
    run: fn(&[u8], u32),
}

impl CrlFamily {
    pub(crate) fn all() -> Vec<CrlFamily> {
        let many = [10_000, 100_000, 1_000_000];
        let some = [25_000, 50_000, 100_000];
        let more = |name, make, run| CrlFamily { name, per: "entries", sizes: many, make, run };
        let fewer = |name, make, run| CrlFamily { name, per: "entries", sizes: some, make, run };
        vec![
            more("CRL, for one number", plain, |der, size| in_pieces(der, 64 * 1024, middle(size), 1)),
            // Larger ones get memory from the kernel each time, smaller ones do not.
            fewer("CRL, kept, with an index", plain, |der, size| with_index(der, middle(size), 1)),
            fewer("CRL of one number", same, |der, size| in_pieces(der, 64 * 1024, SERIAL, kept(size))),
            fewer("CRL of one number, index", same, |der, size| with_index(der, SERIAL, kept(size))),
            fewer("CRL, other issuers", issuers, |der, size| in_pieces(der, 64 * 1024, middle(size), 1)),
            fewer("CRL, other issuers, index", issuers, |der, size| {
                with_index(der, middle(size), 1);
                let crl = Crl::from_der(der).ok();
                black_box(crl.iter().flat_map(Crl::entries).count());
            }),
            fewer("CRL, octet by octet", plain, |der, size| in_pieces(der, 1, middle(size), 1)),
            CrlFamily {
                name: "CRL's head, octet by octet",
                per: "octets",
                sizes: [15_000, 30_000, 60_000],
                make: long_name,
                run: |der, _| in_pieces(der, 1, SERIAL, 0),
            },
        ]
    }

    /// A run with this size; it panics when the answer is wrong.
    pub(crate) fn prepared(&self, size: u32) -> impl FnMut() + use<> {
        let (der, run) = ((self.make)(size), self.run);
        move || run(&der, size)
    }
}

/// How many entries of one number are told.
fn kept(size: u32) -> Option<usize> {
    Some(size as usize).filter(|size| *size <= MAX_MATCHES)
}

fn middle(size: u32) -> [u8; 16] {
    CrlBuilder::many_serial(size / 2)
}

fn signed(builder: CrlBuilder) -> Vec<u8> {
    builder.signed_by(Issuer::new("CA", Key::p256(0)))
}

fn plain(entries: u32) -> Vec<u8> {
    signed(CrlBuilder::new().many_entries(entries))
}

fn same(entries: u32) -> Vec<u8> {
    let entry = der::sequence([der::integer_octets(&SERIAL), der::utc_time("260601000000Z")]);
    signed(CrlBuilder::new().entry_raw(&entry.repeat(entries as usize)))
}

/// Each entry is of another issuer than the one before.
fn issuers(entries: u32) -> Vec<u8> {
    let entry = |number: u32| CrlEntry {
        certificate_issuer: Some(Name::cn(if number.is_multiple_of(2) { "B" } else { "C" })),
        ..CrlEntry::new(&CrlBuilder::many_serial(number))
    };
    signed((0..entries).fold(CrlBuilder::new(), |crl, number| crl.entry_full(entry(number))))
}

/// An issuer's name of so many octets, in many parts.
fn long_name(octets: u32) -> Vec<u8> {
    let parts =
        (0..octets / 16).fold(Name::empty(), |name, _| name.and(attributes::COMMON_NAME, der::utf8_string("part")));
    signed(CrlBuilder::new().issuer_name(parts).entry(&[5]))
}

fn in_pieces(der: &[u8], size: usize, serial: [u8; 16], expected: impl Into<Option<usize>>) {
    let mut reader = CrlReader::new(Keep::Matches(Serials::new([serial.as_slice()])));
    assert!(der.chunks(size).all(|piece| reader.update(piece).is_ok()));
    check(&reader.finish(), serial, expected.into());
}

fn with_index(der: &[u8], serial: [u8; 16], expected: impl Into<Option<usize>>) {
    let crl = Crl::from_der(der);
    crl.iter().for_each(Crl::make_index);
    check(&crl, serial, expected.into());
}

/// So many entries are found, or too many.
fn check<E>(crl: &Result<Crl, E>, serial: [u8; 16], expected: Option<usize>) {
    let found = match crl.as_ref().map(|crl| crl.lookup(&serial)) {
        Ok(Lookup::Entries(entries)) => Some(entries.len()),
        Ok(Lookup::Unreadable) => None,
        _ => Some(usize::MAX),
    };
    assert_eq!(found, expected);
}
