use certlens_core::encoding::der::{Tag, encode};
use certlens_testkit::{CertificateBuilder, Key, Name};

use super::*;
use crate::judgement::Outcome;
use crate::pfx::write::{Contents, KeyEntry, SystemRandom, WritePassword};
use crate::profile::{Judged, Profile, decide, judge};
use crate::provider::names::{ENHANCED_AES, SOFTWARE_KSP};
use crate::provider::releases::CompatibleWith;
use crate::provider::{KeyKind, KeySpec, NamedProvider, UsageAttribute};
use crate::secret::{Password, SecretOctets};

fn key(number: u32, spec: Option<KeySpec>) -> KeyEntry {
    let mut key = KeyEntry::new(SecretOctets::new(Key::rsa2048(number).pkcs8())).unwrap();
    key.set_key_spec(spec).unwrap();
    key.attributes.provider = Some(ENHANCED_AES.to_owned());
    key.attributes.machine_keyset = true;
    key
}

fn certificate(number: u32) -> Vec<u8> {
    CertificateBuilder::new(Name::cn("node1.example.com"), Key::rsa2048(number)).self_signed()
}

fn password() -> Password {
    Password::new("secret".to_owned())
}

fn file(keys: Vec<KeyEntry>, certificates: &[Vec<u8>]) -> Pfx {
    let mut contents = Contents { keys, ..Contents::default() };
    for certificate in certificates {
        contents.add_certificate(certificate.clone()).unwrap();
    }
    let protection = CompatibleWith::Server2016.into();
    let octets = contents.write(&protection, WritePassword::Given(&password()), &mut SystemRandom).unwrap();
    Pfx::read(octets.expose()).unwrap()
}

fn open(mut pfx: Pfx) -> Pfx {
    pfx.open(Some(&password())).unwrap();
    pfx
}

/// What is known of each end entity, in short.
fn known(pfx: &Pfx) -> Vec<(bool, &'static str, Option<Match>)> {
    let inventory = Inventory::of(pfx);
    let short = |one: EndEntity<'_>| (one.certificate.read().is_some(), of_key(one.key), one.key_match);
    EndEntity::all(pfx, &inventory).unwrap().into_iter().map(short).collect()
}

fn of_key(key: PrivateKeyFacts<'_>) -> &'static str {
    match key {
        PrivateKeyFacts::None => "none",
        PrivateKeyFacts::Elsewhere => "elsewhere",
        PrivateKeyFacts::Locked => "locked",
        PrivateKeyFacts::Of(facts) if facts.usage == UsageAttribute::Unknown => "closed",
        PrivateKeyFacts::Of(_) => "open",
    }
}

#[test]
fn certificates_with_their_keys() {
    let one = file(vec![key(0, None)], &[certificate(0)]);
    assert_eq!(known(&one), [(false, "closed", None)], "what stands outside of what is encrypted");
    assert_eq!(known(&open(one)), [(true, "open", Some(Match::Yes))]);
    let two = open(file(vec![key(0, None), key(1, None)], &[certificate(1), certificate(0)]));
    assert_eq!(known(&two), [(true, "open", Some(Match::Yes)); 2]);
    let foreign = open(file(vec![key(0, None)], &[certificate(1)]));
    assert_eq!(known(&foreign), [(true, "open", Some(Match::No))]);
    let lone = open(file(vec![key(0, None)], &[]));
    assert_eq!(known(&lone), [(false, "open", None)]);
    let keyless = file(vec![], &[certificate(0)]);
    assert_eq!(known(&keyless), [(false, "locked", None)]);
    assert_eq!(known(&open(keyless)), [(true, "none", None)]);
}

/// Places of keys and certificates of each end entity.
fn places(pfx: &Pfx) -> Vec<(Option<usize>, Option<usize>)> {
    let inventory = Inventory::of(pfx);
    EndEntity::all(pfx, &inventory).unwrap().iter().map(|one| (one.key_at, one.certificate_at)).collect()
}

#[test]
fn every_key_of_a_certificate_counts() {
    let mut ksp = key(0, None);
    ksp.attributes.provider = Some(SOFTWARE_KSP.to_owned());
    let two = open(file(vec![key(0, None), ksp], &[certificate(0)]));
    assert_eq!(places(&two), [(Some(0), Some(0)), (Some(1), Some(0))]);
    // The same certificate again is the same question.
    let again = open(file(vec![key(0, None)], &[certificate(0), certificate(1)]));
    assert_eq!(places(&again), [(Some(0), Some(0))]);
    let all: Vec<Vec<u8>> = (0..=MAX_END_ENTITIES)
        .map(|number| CertificateBuilder::new(Name::cn(&number.to_string()), Key::rsa2048(0)).self_signed())
        .collect();
    let many = open(file(vec![key(0, None)], &all));
    let inventory = Inventory::of(&many);
    assert_eq!(EndEntity::all(&many, &inventory).unwrap_err(), TooMany);
}

#[test]
fn what_is_not_there_is_told_from_what_was_not_read() {
    let of = |pfx: &Pfx| {
        let inventory = Inventory::of(pfx);
        let one = EndEntity::all(pfx, &inventory).unwrap()[0];
        (matches!(one.certificate, CertificateFacts::None), one.missed.is_none())
    };
    let lone = file(vec![key(0, None)], &[]);
    assert_eq!(of(&lone), (true, false), "there is no safe for one");
    assert_eq!(of(&open(lone)), (true, true));
    let whole = file(vec![key(0, None)], &[certificate(0)]);
    assert_eq!(of(&whole), (false, false));
    assert_eq!(of(&open(whole)), (false, true));
    // That of a CA is another's chain.
    let ca = certlens_testkit::Ca::anchor("CA", Key::p256(1)).der().to_vec();
    assert_eq!(of(&open(file(vec![key(0, None)], &[ca]))), (true, true));
}

#[test]
fn a_file_is_judged() {
    let profile = Profile::by_name("shir-ha").unwrap();
    let overall_of = |pfx: &Pfx| {
        let inventory = Inventory::of(pfx);
        let found = EndEntity::all(pfx, &inventory).unwrap();
        let given = Circumstances {
            unread: None,
            importers: &Importer::INSTALLING,
            release: Some(Release::Server2016),
            hosts: &[],
            account: None,
            acl: None,
            at: None,
        };
        decide(judge(profile, &found[0].subject(&given)).iter().map(Judged::weighed), false).0
    };
    let with = |spec| file(vec![key(0, spec)], &[certificate(0)]);
    assert_eq!(overall_of(&open(with(Some(KeySpec::Exchange)))), Outcome::Pass);
    assert_eq!(overall_of(&open(with(Some(KeySpec::Signature)))), Outcome::Fail);
    assert_eq!(overall_of(&with(Some(KeySpec::Exchange))), Outcome::CannotKnow, "the password is missing");
    let der = certificate(0);
    let parsed = Certificate::from_der(&der).unwrap();
    let alone = EndEntity::alone(&parsed);
    assert!(matches!((alone.key, alone.protection), (PrivateKeyFacts::Elsewhere, None)));
    let facts = Inventory::of(&open(with(None))).keys[0].facts.clone();
    assert_eq!((facts.algorithm, facts.machine_keyset), (KeyKind::Rsa { bits: 2048 }, true));
    assert_eq!(facts.provider, NamedProvider::Name(ENHANCED_AES.to_owned()));
}

fn tlv(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    encode(tag, parts)
}

/// A bag of a plain safe, by the last octet of its type (RFC 7292 §4.2).
fn bag(kind: u8, value: &[u8], id: Option<u8>) -> Vec<u8> {
    let oid = tlv(Tag::OID, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, kind]]);
    let local = tlv(Tag::OID, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x15]]);
    let attributes = id.map_or(Vec::new(), |id| {
        let values = tlv(Tag::SET, &[&tlv(Tag::OCTET_STRING, &[&[id]])]);
        tlv(Tag::SET, &[&tlv(Tag::SEQUENCE, &[&local, &values])])
    });
    tlv(Tag::SEQUENCE, &[&oid, &tlv(Tag::context_constructed(0), &[value]), &attributes])
}

fn cert_bag(der: &[u8], id: Option<u8>) -> Vec<u8> {
    let x509 = tlv(Tag::OID, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01]]);
    let value = tlv(Tag::context_constructed(0), &[&tlv(Tag::OCTET_STRING, &[der])]);
    bag(3, &tlv(Tag::SEQUENCE, &[&x509, &value]), id)
}

/// A PFX of plain bags, without a MAC.
fn plain(bags: &[Vec<u8>]) -> Vec<u8> {
    let bags: Vec<&[u8]> = bags.iter().map(Vec::as_slice).collect();
    let data = |octets: &[u8]| {
        let oid = tlv(Tag::OID, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]]);
        let value = tlv(Tag::context_constructed(0), &[&tlv(Tag::OCTET_STRING, &[octets])]);
        tlv(Tag::SEQUENCE, &[&oid, &value])
    };
    let safes = tlv(Tag::SEQUENCE, &[&data(&tlv(Tag::SEQUENCE, &bags))]);
    tlv(Tag::SEQUENCE, &[&[0x02, 1, 3], &data(&safes)])
}

/// Why a file was not read whole, and whether its first key is its certificate's.
fn missed(octets: &[u8]) -> (Option<String>, Option<Match>) {
    let mut pfx = Pfx::read(octets).unwrap();
    pfx.open(None).unwrap();
    let inventory = Inventory::of(&pfx);
    let one = EndEntity::all(&pfx, &inventory).unwrap()[0];
    let given = Circumstances {
        unread: None,
        importers: &Importer::INSTALLING,
        release: None,
        hosts: &[],
        account: None,
        acl: None,
        at: None,
    };
    let unread = one.subject(&given).unread;
    assert!(unread.iter().all(|unread| !unread.needs_password));
    (unread.map(|unread| unread.why), one.key_match)
}

#[test]
fn every_part_must_have_been_read() {
    let key = || bag(1, &Key::rsa2048(0).pkcs8(), None);
    let own = || cert_bag(&certificate(0), None);
    let good = plain(&[key(), own()]);
    assert_eq!(missed(&good), (None, Some(Match::Yes)));
    assert_eq!(missed(&[&good[..], &[0; 8]].concat()), (None, Some(Match::Yes)), "Windows leaves zeros");
    let why = |octets: &[u8]| missed(octets).0.unwrap();
    let behind = why(&[&good[..], b"more"].concat());
    assert_eq!(
        behind,
        format!("behind the PFX, from byte {} on, stand 4 more octets, which were not read", good.len())
    );
    let mut damaged = certificate(1);
    damaged[4] = 0x31;
    let said = why(&plain(&[key(), own(), cert_bag(&damaged, None)]));
    assert!(said.starts_with("certificate 2 cannot be read: "), "{said}");
    // An RSA key whose inside is none.
    let algorithm = tlv(Tag::OID, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]]);
    let algorithm = tlv(Tag::SEQUENCE, &[&algorithm, &[0x05, 0]]);
    let broken = tlv(Tag::SEQUENCE, &[&[0x02, 1, 0], &algorithm, &[0x04, 2, 0x31, 0]]);
    let said = why(&plain(&[key(), own(), bag(1, &broken, None)]));
    assert!(said.starts_with("key 2 cannot be read: "), "{said}");
}

#[test]
fn a_key_that_may_be_anybodys_leaves_the_file_unread() {
    // A private value of P-256 that is zero has no public half.
    let mut zero = Key::p256(1).pkcs8();
    let at = zero.windows(4).position(|four| four == [0x02, 1, 1, 0x04]).unwrap() + 5;
    zero[at..at + 32].fill(0);
    let zero = || bag(1, &zero, None);
    let theirs = cert_bag(&CertificateBuilder::new(Name::cn("other"), Key::p256(1)).self_signed(), None);
    let (key, own) = (bag(1, &Key::rsa2048(0).pkcs8(), None), cert_bag(&certificate(0), None));
    let (said, matches) = missed(&plain(&[key.clone(), own.clone(), zero(), theirs.clone()]));
    assert!(said.unwrap().starts_with("whether key 2 is that of certificate 2 is not known: "));
    assert_eq!(matches, Some(Match::Yes));
    assert_eq!(missed(&plain(&[key, own, zero()])).0, None, "it is of another kind than the certificate");
    // The key's match says it.
    let (said, matches) = missed(&plain(&[zero(), theirs]));
    assert!(said.is_none() && matches!(matches, Some(Match::Unknown(NoMatch::PublicHalf(_)))), "{matches:?}");
}

#[test]
fn local_key_ids_that_mislead_leave_it_open_what_windows_pairs() {
    let of = |key_id, own, other| {
        let key = bag(1, &Key::rsa2048(0).pkcs8(), key_id);
        missed(&plain(&[key, cert_bag(&certificate(0), own), cert_bag(&certificate(1), other)])).1
    };
    assert_eq!(of(Some(1), Some(1), Some(2)), Some(Match::Yes));
    assert_eq!(of(Some(1), Some(2), Some(1)), Some(Match::Unknown(NoMatch::LocalKeyIds)));
    // The certificate goes to another key.
    let taken = plain(&[
        bag(1, &Key::rsa2048(0).pkcs8(), None),
        bag(1, &Key::rsa2048(1).pkcs8(), Some(1)),
        cert_bag(&certificate(0), Some(1)),
    ]);
    assert_eq!(missed(&taken).1, Some(Match::Unknown(NoMatch::LocalKeyIds)));
}
