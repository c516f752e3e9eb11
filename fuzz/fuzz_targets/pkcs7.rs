//! PKCS#7 in DER and BER, and the BER reader under it.

#![no_main]

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::pkcs7::{self, Pkcs7Error, SignedData};
use certlens_core::x509::Certificate;
use libfuzzer_sys::fuzz_target;

/// More than any input of the fuzzer can hold: an element has two octets.
const NO_LIMIT: usize = 1 << 20;

fuzz_target!(|data: &[u8]| {
    values(data);
    match pkcs7::read(data, NO_LIMIT) {
        Ok(signed_data) => {
            elements(data, &signed_data);
            limited(data, &signed_data);
        }
        Err(Pkcs7Error::Structure(error)) => assert!(error.offset <= data.len(), "{error}"),
        Err(error) => drop(error.to_string()),
    }
});

/// Values one after the other cover the input without a gap.
fn values(data: &[u8]) {
    let mut reader = Reader::new(data);
    let mut at = 0;
    while let Ok(Some(value)) = reader.value() {
        assert_eq!(value.header.offset, at);
        assert!(!value.raw.is_empty());
        assert_eq!(data.get(at..at + value.raw.len()), Some(value.raw));
        assert!(value.content.len() < value.raw.len());
        at += value.raw.len();
        assert_eq!(reader.offset(), at);
        let _ = Reader::new(value.raw).octet_string().map(|octets| assert!(octets.len() < value.raw.len()));
    }
}

fn elements(data: &[u8], signed_data: &SignedData<'_>) {
    let mut end = 0;
    for element in signed_data.certificates.iter().chain(&signed_data.crls) {
        assert!(element.offset >= end, "elements overlap");
        end = element.offset + element.raw.len();
        assert_eq!(data.get(element.offset..end), Some(element.raw));
    }
    for other in &signed_data.others {
        assert!(other.offset < data.len());
        let _ = other.name();
    }
    if let Some(error) = &signed_data.broken {
        let _ = error.to_string();
    }
    for element in &signed_data.certificates {
        let _ = Certificate::from_der(element.raw);
    }
}

/// A limit cuts the same list short.
fn limited(data: &[u8], whole: &SignedData<'_>) {
    let count = whole.certificates.len() + whole.crls.len() + whole.others.len();
    let limit = count / 2;
    let Ok(part) = pkcs7::read(data, limit) else { panic!("the limit made the start of the structure unreadable") };
    assert_eq!(part.certificates.len() + part.crls.len() + part.others.len(), limit);
    assert!(whole.certificates.starts_with(&part.certificates));
    if count > 0 {
        assert_eq!(part.broken, Some(Pkcs7Error::TooMany { limit }));
    }
}
