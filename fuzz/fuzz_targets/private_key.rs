//! Private keys in files, of any form; encrypted ones are looked at from outside,
//! but for those whose encryption costs nothing.

#![no_main]

use certlens_keystore::key::{KeyError, KeyUsageAttribute, Match, PrivateKey, find};
use certlens_keystore::secret::Password;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for found in find(data, None) {
        assert!(found.offset <= data.len());
        if let Ok(key) = found.key {
            again(&key);
        }
    }
    // OpenSSL's old encryption is one round of MD5; PKCS#8's may be millions.
    let is_modern = data.windows(9).any(|window| window == b"ENCRYPTED") && !data.windows(8).any(|w| w == b"DEK-Info");
    if data.starts_with(b"-----BEGIN") && !is_modern {
        let password = Password::new("password".to_owned());
        for found in find(data, Some(&password)) {
            assert_ne!(found.key.as_ref().err(), Some(&KeyError::PasswordNeeded));
            if let Ok(key) = found.key {
                again(&key);
            }
        }
    }
});

/// The key written and read again is the same one.
fn again(key: &PrivateKey) {
    let _ = (format!("{key:?}"), key.algorithm().describe(), key.algorithm().bits());
    key.problems().iter().for_each(|problem| drop(problem.to_string()));
    let pem = key.to_pem();
    let read = PrivateKey::read(pem.expose(), None).expect("what was written is read");
    assert_eq!(read.algorithm(), key.algorithm());
    assert_eq!(read.spki(), key.spki());
    assert_eq!(read.to_pkcs8(), key.to_pkcs8());
    if let Ok(spki) = key.spki() {
        assert!(!matches!(key.matches(spki), Match::No), "a key that is not its own");
    }
    let mut exchange = key.clone();
    exchange.set_key_usage(Some(&KeyUsageAttribute::key_exchange()));
    let exchange = PrivateKey::from_pkcs8(exchange.to_pkcs8().expose()).expect("what was written is read");
    assert_eq!(exchange.attributes().key_usage(), Some(KeyUsageAttribute::key_exchange()));
    assert_eq!(exchange.spki(), key.spki());
}
