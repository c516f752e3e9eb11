//! Serialized certificate stores.

#![no_main]

use certlens_core::microsoft::MAX_PROBLEMS;
use certlens_core::microsoft::serialized_store::{self, StoreErrorKind};
use certlens_core::x509::Certificate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let store = match serialized_store::read(data) {
        Ok(store) => store,
        Err(error) => {
            assert_eq!((error.offset, error.kind), (0, StoreErrorKind::Header));
            return;
        }
    };
    for list in [&store.certificates, &store.crls, &store.trust_lists] {
        let mut at = 0;
        for element in list {
            assert!(element.offset >= at, "elements overlap");
            at = element.offset + element.raw.len();
            assert_eq!(data.get(element.offset..at), Some(element.raw));
        }
    }
    assert!(store.problems.len() <= MAX_PROBLEMS);
    for problem in &store.problems {
        assert!(problem.offset <= data.len(), "{problem}");
    }
    match store.broken {
        Some(error) => assert!(error.offset <= data.len(), "{error}"),
        // Every octet belongs to an element, and the last ones are the end.
        None => assert_eq!(data.get(data.len() - 4..), Some(&[0; 4][..])),
    }
    for element in &store.certificates {
        let _ = Certificate::from_der(element.raw);
    }
});
