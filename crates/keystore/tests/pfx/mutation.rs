//! Whatever is done to the octets: no panic, nothing of a private key in an
//! error, and what the MAC covers is not opened when it was changed.

use certlens_keystore::pbe::Passphrase;
use certlens_keystore::pfx::{Bag, BagContent, Pfx};

use crate::build::*;

fn file() -> Vec<u8> {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let nested = bag(SAFE_CONTENTS, &sequence(&[&shrouded_key_bag(&triple_des(1), phrase)]));
    let safes = [
        plain_safe(&[key_bag(), nested, typed_bag(SECRET_BAG, "1.2.4", &octet_string(b"hidden"))]),
        encrypted_safe(&aes(1), phrase, &[certificate_bag(b"certificate"), shrouded_key_bag(&aes(1), phrase)]),
    ];
    with_mac(&hmac(1), phrase, &safes)
}

/// Octets of the private key that no text may have in a row.
const SHOWN: usize = 6;

/// Whether a text has a part of the private key: as text, in hexadecimal or as numbers.
fn shows_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SECRET.windows(SHOWN).any(|part| {
        let hex = |between: &str| part.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(between);
        let numbers = part.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        let plain = String::from_utf8(part.to_vec()).unwrap();
        [plain, hex(""), hex(" "), hex(":"), hex(", "), numbers].iter().any(|shown| text.contains(shown.as_str()))
    })
}

#[test]
fn a_secret_that_is_shown_is_seen() {
    let key = String::from_utf8(SECRET.to_vec()).unwrap();
    for shown in
        [format!("{SECRET:?}"), format!("{SECRET:02X?}"), format!("key {key}"), format!("{:x?}", &SECRET[3..9])]
    {
        assert!(shows_secret(&shown), "{shown}");
    }
    assert!(!shows_secret("octets of a private key") && !shows_secret(&key[..SHOWN - 1]));
}

/// Everything that is public of a PFX.
fn touch(file: &[u8]) -> bool {
    let password = password();
    let mut pfx = match Pfx::read(file) {
        Ok(pfx) => pfx,
        Err(error) => {
            assert!(!shows_secret(&format!("{error} {error:?}")), "{error}");
            assert!(error.place.is_none_or(|place| place.offset <= file.len()), "{error}");
            return false;
        }
    };
    let opened = match pfx.open(Some(&password)) {
        Ok(opening) => {
            for failure in &opening.failures {
                assert!(!failure.to_string().is_empty() && !failure.kind.advice().is_empty());
                assert!(!shows_secret(&format!("{failure} {failure:?}")), "{failure}");
            }
            opening.verified && opening.is_complete()
        }
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.kind.advice().is_empty());
            assert!(!shows_secret(&format!("{error} {error:?}")), "{error}");
            false
        }
    };
    for bag in pfx.bags() {
        assert!(!bag.content.to_string().is_empty());
        for problem in &bag.attributes.problems {
            assert!(!problem.to_string().is_empty());
        }
    }
    if opened {
        // A key that was damaged may be what nobody knows for a secret.
        assert!(!shows_secret(&format!("{pfx:?} {}", pfx.forms)));
    }
    opened
}

#[test]
fn every_octet_changed() {
    let file = file();
    let whole = Pfx::read(&file).unwrap();
    assert!(touch(&file));
    for index in 0..file.len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            let mut mutated = file.clone();
            mutated[index] ^= change;
            if touch(&mutated) {
                // Only what the MAC does not cover: the file around it, and the
                // parameters of the MAC that change nothing.
                let same =
                    |bags: Vec<&Bag>| bags.into_iter().map(|bag| bag.content.clone()).collect::<Vec<BagContent>>();
                let read = Pfx::read(&mutated).unwrap();
                assert_eq!(same(read.bags().collect()), same(whole.bags().collect()), "octet {index}");
            }
        }
    }
}

#[test]
fn octets_taken_out_and_put_in() {
    let file = file();
    for index in 0..file.len() {
        for length in [1, 2, 7] {
            let mut without = file.clone();
            without.drain(index..(index + length).min(file.len()));
            touch(&without);
            let mut with = file.clone();
            with.splice(index..index, [0x30, 0x80, 0x24, 0xa0, 0x04, 0x00, 0x00].into_iter().take(length));
            touch(&with);
        }
    }
}

/// Many changes at once, from a generator without randomness.
#[test]
fn many_changes_at_once() {
    let file = file();
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for _ in 0..5_000 {
        let mut mutated = file.clone();
        for _ in 0..next() % 8 + 1 {
            let index = next() % mutated.len();
            mutated[index] = next() as u8;
        }
        touch(&mutated);
    }
}
