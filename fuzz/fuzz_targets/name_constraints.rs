//! Name constraints: each name against the subtrees, by the library and by
//! [`certlens_fuzz::name_oracle`].
//!
//! The input is an encoded NameConstraints and an encoded GeneralNames, or,
//! because a change to those rarely stays readable, lines from which both are
//! made: `+` (permitted), `-` (excluded) or `=` (a name), a letter for the form,
//! and what stands in it.

#![no_main]

use certlens_core::encoding::der::{Cursor, Decode};
use certlens_core::validation::{ConstrainedName, Constraints};
use certlens_core::x509::extension::NameConstraints;
use certlens_core::x509::general_name::{GeneralName, GeneralNames};
use certlens_fuzz::name_oracle;
use certlens_testkit::{GeneralName as Made, Name, attributes, der};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if data.first() == Some(&0x30) {
        compare(data);
    } else if let Some(encoded) = encode(data) {
        compare(&encoded);
    }
});

fn compare(encoded: &[u8]) {
    let mut cursor = Cursor::silent(encoded);
    let Ok(stated) = NameConstraints::decode(&mut cursor) else { return };
    let Ok(names) = GeneralNames::read(&mut cursor) else { return };
    let constraints = Constraints::new(&stated);
    assert_eq!(constraints.is_well_formed(), name_oracle::is_well_formed(&stated), "well-formed? {stated:?}");
    for name in names.iter() {
        let constrained = ConstrainedName::alternative(&name);
        let _ = (constrained.describe(), constrained.form().kind());
        let found = constraints.judge(&constrained);
        if name_oracle::is_comparable(&stated, &name) {
            assert_eq!(found, name_oracle::judge(&stated, &name), "{}: {stated:?}", constrained.describe());
        }
        if let GeneralName::Directory(directory) = name {
            assert_eq!(constraints.judge(&ConstrainedName::subject(directory)), found, "as a subject");
        }
    }
}

/// `None` without a subtree.
fn encode(lines: &[u8]) -> Option<Vec<u8>> {
    let [mut permitted, mut excluded, mut names] = [const { Vec::<Vec<u8>>::new() }; 3];
    for line in lines.split(|octet| *octet == b'\n').take(24) {
        let [side, rest @ ..] = line else { continue };
        match side {
            b'+' => permitted.push(subtree(rest)),
            b'-' => excluded.push(subtree(rest)),
            _ => names.push(general_name(rest)),
        }
    }
    let side = |number, list: Vec<Vec<u8>>| {
        if list.is_empty() { Vec::new() } else { der::implicit_constructed(number, &der::concat(list)) }
    };
    let constraints = der::sequence([side(0, permitted), side(1, excluded)]);
    Some(der::concat([constraints, der::sequence(names)]))
}

/// `<` and `>` in front give a minimum or a maximum of so much.
fn subtree(line: &[u8]) -> Vec<u8> {
    match line {
        [b'<', number, base @ ..] => der::sequence([general_name(base), der::implicit(0, &[*number])]),
        [b'>', number, base @ ..] => der::sequence([general_name(base), der::implicit(1, &[*number])]),
        base => der::sequence([general_name(base)]),
    }
}

fn general_name(line: &[u8]) -> Vec<u8> {
    let [form, content @ ..] = line else { return Vec::new() };
    match form {
        b'd' => Made::dns(content),
        b'e' => Made::email(content),
        b'u' => Made::uri(content),
        b'i' => Made::ip_octets(content),
        b'n' => Made::directory(&directory(content)),
        b'm' => Made::raw(other("1.3.6.1.5.5.7.8.9", &der::tlv(0x0c, content))),
        b'o' => Made::raw(other("1.2.3", content)),
        b'x' => Made::raw(der::implicit_constructed(3, content)),
        b'p' => Made::raw(der::implicit_constructed(5, content)),
        b'r' => Made::raw(der::implicit(8, content)),
        _ => Made::raw(line.to_vec()),
    }
    .as_ref()
    .to_vec()
}

fn other(type_id: &str, value: &[u8]) -> Vec<u8> {
    der::implicit_constructed(0, &der::concat([der::oid(type_id), der::explicit(0, value)]))
}

/// Relative names with `/` between them, attributes with `+`; a first letter
/// chooses the type of the attribute and of the string.
fn directory(text: &[u8]) -> Name {
    let mut name = Name::empty();
    for relative in text.split(|octet| *octet == b'/').filter(|relative| !relative.is_empty()) {
        let attributes = relative.split(|octet| *octet == b'+').filter_map(|attribute| {
            let (kind, value) = attribute.split_first()?;
            Some(match kind {
                b'O' => (attributes::ORGANIZATION, der::tlv(0x0c, value)),
                b'P' => (attributes::ORGANIZATION, der::tlv(0x13, value)),
                b'B' => (attributes::COMMON_NAME, der::tlv(0x1e, value)),
                b'T' => (attributes::COMMON_NAME, der::tlv(0x14, value)),
                b'#' => (attributes::COMMON_NAME, der::tlv(0x04, value)),
                _ => (attributes::COMMON_NAME, der::tlv(0x0c, value)),
            })
        });
        name = name.and_several(attributes);
    }
    name
}
