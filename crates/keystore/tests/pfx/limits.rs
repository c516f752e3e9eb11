//! What a file may cost, and that nothing is derived before that is known.

use std::time::{Duration, Instant};

use certlens_keystore::pbe::{Encryption, Passphrase};
use certlens_keystore::pfx::limits::{
    MAX_ATTRIBUTES, MAX_BAGS, MAX_PFX_OCTETS, MAX_PRIVATE_KEYS, MAX_SAFE_NESTING, MAX_SAFES,
};
use certlens_keystore::pfx::{OpenErrorKind, Part, Pfx, PfxErrorKind};

use crate::build::*;

/// Reading and refusing at once, measured without optimisation too.
const AT_ONCE: Duration = Duration::from_secs(1);

fn refused(file: &[u8]) -> String {
    let started = Instant::now();
    let error = Pfx::read(file).unwrap_err();
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
    let PfxErrorKind::Limit(limit) = &error.kind else { panic!("{error}") };
    assert!(!error.advice().is_empty());
    limit.name.to_owned()
}

#[test]
fn sizes_and_counts() {
    assert_eq!(refused(&vec![0x30; MAX_PFX_OCTETS + 1]), "MAX_PFX_OCTETS");

    let safes = |count| without_mac(&vec![plain_safe(&[]); count]);
    assert_eq!(Pfx::read(&safes(MAX_SAFES)).unwrap().safes.len(), MAX_SAFES);
    assert_eq!(refused(&safes(MAX_SAFES + 1)), "MAX_SAFES");

    // The bags of all safes together.
    let bags = |count| vec![bag("1.2.3", &octet_string(b"")); count];
    let two = |count| without_mac(&[plain_safe(&bags(count)), plain_safe(&bags(MAX_BAGS / 2))]);
    assert_eq!(Pfx::read(&two(MAX_BAGS / 2)).unwrap().bags().count(), MAX_BAGS);
    assert_eq!(refused(&two(MAX_BAGS / 2 + 1)), "MAX_BAGS");

    let keys = |count| without_mac(&[plain_safe(&vec![key_bag(); count])]);
    assert_eq!(Pfx::read(&keys(MAX_PRIVATE_KEYS)).unwrap().private_keys().count(), MAX_PRIVATE_KEYS);
    assert_eq!(refused(&keys(MAX_PRIVATE_KEYS + 1)), "MAX_PRIVATE_KEYS");

    let nested = |depth| (0..depth).fold(certificate_bag(b"x"), |inner, _| bag(SAFE_CONTENTS, &sequence(&[&inner])));
    let deep = Pfx::read(&without_mac(&[plain_safe(&[nested(MAX_SAFE_NESTING)])])).unwrap();
    assert_eq!(deep.certificates().count(), 1);
    assert_eq!(refused(&without_mac(&[plain_safe(&[nested(MAX_SAFE_NESTING + 1)])])), "MAX_SAFE_NESTING");
    assert_eq!(refused(&without_mac(&[plain_safe(&[nested(200)])])), "MAX_SAFE_NESTING");
}

/// An encryption by these parameters, with some octets as its ciphertext.
fn claimed(encryption: &Encryption) -> Vec<u8> {
    ciphertext_safe(&encryption.to_der(), &[0; 32])
}

#[test]
fn work_is_added_up_before_anything_is_derived() {
    let password = password();
    let phrase = Passphrase::Text(&password);
    // Each is allowed by itself; with the MAC's they are 24 million.
    let each: Vec<Vec<u8>> = vec![claimed(&aes(4_800_000)); 5];
    let shrouded = sequence(&[&aes(4_800_000).to_der(), &octet_string(&[0; 32])]);
    let keys: Vec<Vec<u8>> = vec![plain_safe(&vec![bag(SHROUDED_KEY, &shrouded); 5])];
    for safes in [each, keys] {
        for file in [without_mac(&safes), with_mac(&hmac(1), phrase, &safes)] {
            let mut pfx = Pfx::read(&file).unwrap();
            let started = Instant::now();
            let error = pfx.open(Some(&password)).unwrap_err();
            assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
            assert_eq!(error.part, Part::Whole);
            let OpenErrorKind::Limit(limit) = error.kind else { panic!("{error}") };
            assert_eq!(limit.name, "MAX_ROUNDS");
        }
    }
    // One part beyond its own limit, whatever the others are.
    let safes = [encrypted_safe(&aes(1), phrase, &[key_bag()]), claimed(&aes(10_000_000))];
    let mut pfx = Pfx::read(&with_mac(&hmac(1), phrase, &safes)).unwrap();
    let error = pfx.open(Some(&password)).unwrap_err();
    assert_eq!(error.part, Part::Safe(2));
    assert!(pfx.is_locked());
    assert_eq!(error.to_string(), "safe 2: the iteration count is 10000000, and the limit MAX_ITERATIONS is 5000000");
}

/// Keys that are seen once their safe was decrypted count, too.
#[test]
fn work_that_shows_later() {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let dear = |iterations| bag(SHROUDED_KEY, &sequence(&[&aes(iterations).to_der(), &octet_string(&[0; 32])]));
    let bags: Vec<Vec<u8>> = [vec![shrouded_key_bag(&aes(1), phrase)], vec![dear(10_000_000)]].concat();
    let file = with_mac(&hmac(1), phrase, &[encrypted_safe(&aes(1), phrase, &bags)]);
    let mut pfx = Pfx::read(&file).unwrap();
    let started = Instant::now();
    let opening = pfx.open(Some(&password)).unwrap();
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
    assert_eq!(opening.failures.len(), 1);
    assert!(matches!(opening.failures[0].kind, OpenErrorKind::Limit(_)));
    assert_eq!(pfx.private_keys().filter(|bag| bag.private_key().is_some()).count(), 1);
}

/// What is seen once a safe was decrypted is held against the same limits.
#[test]
fn limits_of_what_is_decrypted() {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let small = bag("1.2.3", &octet_string(b""));
    let attribute = sequence(&[&oid("1.2.3"), &[0x31, 0]]);
    let nested = |depth| (0..depth).fold(certificate_bag(b"x"), |inner, _| bag(SAFE_CONTENTS, &sequence(&[&inner])));
    let attributed = |count| bag_with("1.2.3", &octet_string(b""), &vec![attribute.clone(); count]);
    let half = vec![small.clone(); MAX_BAGS / 2];
    for (bags, limit) in [
        (half.clone(), None),
        ([half.clone(), vec![small]].concat(), Some("MAX_BAGS")),
        (vec![key_bag(); MAX_PRIVATE_KEYS + 1], Some("MAX_PRIVATE_KEYS")),
        (vec![nested(MAX_SAFE_NESTING)], None),
        (vec![nested(MAX_SAFE_NESTING + 1)], Some("MAX_SAFE_NESTING")),
        (vec![attributed(MAX_ATTRIBUTES)], None),
        (vec![attributed(MAX_ATTRIBUTES + 1)], Some("MAX_ATTRIBUTES")),
        (vec![attributed(10); MAX_BAGS / 2], None),
        (vec![attributed(21); MAX_BAGS / 2], Some("MAX_FILE_ATTRIBUTES")),
    ] {
        // Bags of the safe that no password is needed for count, too.
        let safes = [plain_safe(&half), encrypted_safe(&aes(1), phrase, &bags)];
        let mut pfx = Pfx::read(&with_mac(&hmac(1), phrase, &safes)).unwrap();
        let opening = pfx.open(Some(&password)).unwrap();
        let found = opening.failures.first().map(|failure| match &failure.kind {
            OpenErrorKind::Limit(limit) => limit.name,
            other => panic!("{other}"),
        });
        assert_eq!(found, limit);
        assert_eq!(pfx.is_locked(), limit.is_some());
    }
}

/// Without optimisation and with other work beside it; in time that grows with
/// the square of the size it would be minutes.
const LINEAR: Duration = Duration::from_secs(20);

/// The largest files cost as much as reading them a few times.
#[test]
fn the_largest_files_are_read_in_linear_time() {
    let attributes = |count| {
        let one = sequence(&[&oid("1.2.3"), &[0x31, 0]]);
        vec![one; count]
    };
    let bags = vec![bag_with("1.2.3", &octet_string(b""), &attributes(9)); MAX_BAGS];
    let many = without_mac(&[plain_safe(&bags)]);
    let large = without_mac(&[plain_safe(&[certificate_bag(&vec![0x30; MAX_PFX_OCTETS - 200])])]);
    // Octet by octet.
    let fragments = [&[0x24, 0x80], [0x04, 0x01, 0x30].repeat(1_000_000).as_slice(), &[0, 0]].concat();
    let fragmented = sequence(&[&[0x02, 1, 3], &content_info("1.2.840.113549.1.7.1", &fragments)]);
    for file in [many, large, fragmented] {
        assert!(file.len() <= MAX_PFX_OCTETS);
        let started = Instant::now();
        let _ = Pfx::read(&file);
        assert!(started.elapsed() < LINEAR, "{:?}", started.elapsed());
    }
}
