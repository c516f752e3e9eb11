//! Microsoft's trust lists.

#![no_main]

use certlens_core::microsoft::trust_list::{self, TrustListError};
use certlens_core::microsoft::{MAX_PROBLEMS, MAX_TEXT_OCTETS};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let list = match trust_list::read(data) {
        Ok(list) => list,
        Err(TrustListError::Structure(error)) => {
            assert!(error.offset <= data.len(), "{error}");
            return;
        }
        Err(error) => return drop(error.to_string()),
    };
    let mut at = 0;
    for entry in &list.entries {
        assert!(entry.offset >= at, "entries stand in order");
        assert!((1..=64).contains(&entry.identifier.len()));
        assert!(data.get(entry.offset..).is_some_and(|rest| rest.len() > entry.identifier.len()));
        at = entry.offset + entry.identifier.len();
        let name = entry.properties.friendly_name.as_deref().unwrap_or_default();
        assert!(name.encode_utf16().count() * 2 <= MAX_TEXT_OCTETS);
    }
    assert!(list.problems.len() <= MAX_PROBLEMS);
    for problem in &list.problems {
        assert!(problem.offset <= data.len(), "{problem}");
    }
    let _ = list.meaning();
    let again = trust_list::read(data).expect("it was read before");
    assert_eq!(format!("{list:?}"), format!("{again:?}"));
});
