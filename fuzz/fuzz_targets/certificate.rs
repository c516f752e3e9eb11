//! A certificate: everything that can be asked of it.

#![no_main]

use certlens_core::x509::Certificate;
use certlens_fuzz::touch;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let certificate = match Certificate::from_der(data) {
        Ok(certificate) => certificate,
        Err(error) => {
            assert!(error.offset <= data.len(), "{error}");
            return;
        }
    };
    assert_eq!(certificate.der(), data);
    let said = touch(&certificate);
    let Ok(again) = Certificate::from_der(certificate.der()) else { panic!("what was read cannot be read again") };
    assert_eq!(said, touch(&again), "two readings of the same octets differ");
    assert!(again == certificate && again.id() == certificate.id());
});
