//! Names: a reference identifier against the subjectAltName of a certificate.
//!
//! The input is the reference as text, a line feed, and the octets inside the
//! extension, which are wrapped into a certificate.

#![no_main]

use certlens_core::identity::{self, NameCheck, Presented, ReferenceName};
use certlens_core::x509::Certificate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let end = data.iter().position(|&octet| octet == b'\n').unwrap_or(data.len());
    let (text, rest) = data.split_at(end);
    let (Ok(text), san) = (std::str::from_utf8(text), rest.get(1..).unwrap_or_default()) else { return };
    let certificate = wrap(san);
    let presented = identity::presented(&certificate);
    for name in &presented {
        let _ = name.describe();
    }
    let reference = match ReferenceName::parse(text) {
        Ok(reference) => reference,
        Err(error) => {
            assert_eq!(error.text, text);
            return;
        }
    };
    let _ = reference.to_string();
    let check = identity::check(&certificate, &reference);
    sound(&check, &reference, &presented);
    for other in other_cases(text, &reference) {
        let parsed = ReferenceName::parse(&other);
        assert_eq!(parsed.as_ref(), Ok(&reference), "{other:?} is another name than {text:?}");
        if let Ok(parsed) = parsed {
            assert_eq!(identity::check(&certificate, &parsed), check, "{other:?} is judged otherwise than {text:?}");
        }
    }
});

/// What matched is one of the presented names and says what was asked for.
fn sound(check: &NameCheck, reference: &ReferenceName, all: &[Presented]) {
    match check {
        NameCheck::Mismatched { presented, .. } => assert_eq!(presented, all),
        NameCheck::Matched(matched) => {
            assert!(all.contains(matched));
            match (matched, reference) {
                (Presented::Dns(pattern), ReferenceName::Dns(name)) => {
                    let (pattern, name): (Vec<_>, Vec<_>) =
                        (pattern.split('.').collect(), name.as_str().split('.').collect());
                    assert_eq!(pattern.len(), name.len(), "a wildcard covered more or less than one label");
                    for (index, (pattern, name)) in pattern.iter().zip(&name).enumerate() {
                        assert!(pattern == name || (index == 0 && *pattern == "*"));
                    }
                }
                (Presented::Ip(presented), ReferenceName::Ip(address)) => assert_eq!(presented, address),
                (Presented::Email { local, domain }, ReferenceName::Email(mailbox)) => {
                    assert_eq!((local, domain.as_str()), (&mailbox.local, mailbox.domain.as_str()));
                }
                _ => panic!("{matched:?} matched {reference:?}"),
            }
        }
    }
}

/// The same name with its ASCII letters in other cases: all but the prefix
/// that forces the kind, and the local part of a mailbox, where case counts.
fn other_cases(text: &str, reference: &ReferenceName) -> Vec<String> {
    let fixed = match reference {
        ReferenceName::Dns(_) if text.starts_with("dns:") => 4,
        ReferenceName::Ip(_) if text.starts_with("ip:") => 3,
        ReferenceName::Email(_) => text.rfind('@').unwrap_or(0),
        _ => 0,
    };
    let (kept, changed) = text.split_at(fixed);
    let mixed: String = changed
        .chars()
        .enumerate()
        .map(|(index, letter)| if index % 2 == 0 { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() })
        .collect();
    [changed.to_ascii_uppercase(), changed.to_ascii_lowercase(), mixed]
        .into_iter()
        .map(|changed| format!("{kept}{changed}"))
        .collect()
}

/// A certificate whose subjectAltName holds these octets.
fn wrap(san: &[u8]) -> Certificate {
    let algorithm = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
    let key = tlv(0x30, &[&algorithm, &tlv(0x03, &[&[0; 33]])]);
    // CN=a.example, so that the reasons for a mismatch have something to look at.
    let attribute = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x04, 0x03], &tlv(0x0c, &[b"a.example"])]);
    let name = tlv(0x30, &[&tlv(0x31, &[&attribute])]);
    let validity = tlv(0x30, &[&tlv(0x17, &[b"260101000000Z"]), &tlv(0x17, &[b"270101000000Z"])]);
    let extension = tlv(0x30, &[&[0x06, 0x03, 0x55, 0x1d, 0x11], &tlv(0x04, &[san])]);
    let extensions = tlv(0xa3, &[&tlv(0x30, &[&extension])]);
    let version = [0xa0, 0x03, 0x02, 0x01, 0x02];
    let serial = [0x02, 0x01, 0x01];
    let tbs = tlv(0x30, &[&version, &serial, &algorithm, &name, &validity, &name, &key, &extensions]);
    let der = tlv(0x30, &[&tbs, &algorithm, &tlv(0x03, &[&[0; 65]])]);
    match Certificate::from_der(&der) {
        Ok(certificate) => certificate,
        Err(error) => panic!("whatever the extension holds, the certificate around it is readable: {error}"),
    }
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut value = vec![tag];
    match length {
        0..0x80 => value.push(length as u8),
        0x80..0x100 => value.extend([0x81, length as u8]),
        0x100..0x1_0000 => value.extend([0x82, (length >> 8) as u8, length as u8]),
        _ => value.extend([0x83, (length >> 16) as u8, (length >> 8) as u8, length as u8]),
    }
    parts.iter().for_each(|part| value.extend_from_slice(part));
    value
}
