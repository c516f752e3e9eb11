//! The cache's records: the lines of one, as any other program may have written
//! them, with the digest that they need.

#![no_main]

use certlens_fetch::cache::fuzz_record;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|lines: &str| {
    let Some((said, written)) = fuzz_record(lines) else { return };
    let (body, _) = written.rsplit_once("check ").expect("a record ends with its digest");
    assert_eq!(fuzz_record(body), Some((said, written.clone())), "what is written says the same");
});
