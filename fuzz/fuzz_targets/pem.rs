//! Text and what stands in it: PEM blocks, bare base64, all text encodings.

#![no_main]

use certlens_core::encoding::input::{self, Armor, Input, InputError};
use certlens_core::encoding::pem;
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::encoding::text::Text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(text) = Text::detect(data) {
        blocks(data, &text);
    }
    let first = input::read(data);
    assert_eq!(format!("{first:?}"), format!("{:?}", input::read(data)), "two readings differ");
    match first {
        Ok(input) => objects(data, &input),
        Err(error) => {
            let _ = error.to_string();
            if let InputError::Damaged { problems, .. } = error {
                assert!(!problems.is_empty());
            }
        }
    }
});

fn blocks(data: &[u8], text: &Text<'_>) {
    let mut end_of_last = 0;
    for block in pem::blocks(text) {
        let (offset, line) = match &block {
            Ok(block) => (block.offset, block.line),
            Err(error) => (error.offset, error.line),
        };
        assert!(offset <= data.len(), "byte {offset} of {}", data.len());
        assert!(line >= 1 && line <= data.len() + 1);
        match block {
            Ok(block) => {
                assert!(block.offset >= end_of_last, "blocks are not in the order of the file");
                end_of_last = block.offset;
                // Four characters for three octets, and the boundaries.
                assert!(block.der.len() <= data.len() * 3 / 4 + 3);
                assert!(block.notes.iter().all(|note| note.offset <= data.len()));
                assert!(block.label.len() <= pem::MAX_LABEL_OCTETS);
            }
            Err(error) => drop(error.to_string()),
        }
    }
}

fn objects(data: &[u8], input: &Input) {
    assert!(!input.objects.is_empty());
    for (index, object) in input.objects.iter().enumerate() {
        assert_eq!(object.index, index);
        assert!(object.offset < data.len(), "byte {} of {}", object.offset, data.len());
        if matches!(object.kind, ObjectKind::PrivateKey { .. } | ObjectKind::Pgp) {
            assert!(object.der.is_empty(), "the octets of a private key were kept");
        }
        if object.armor == Armor::Binary {
            assert_eq!(data.get(object.offset..object.offset + object.der.len()), Some(object.der.as_slice()));
        }
        let _ = object.kind.describe();
    }
    for problem in &input.problems {
        let _ = problem.to_string();
        assert!(problem.offset <= data.len());
    }
    assert_eq!(input.require_certificates().is_ok(), input.certificates().next().is_some());
}
