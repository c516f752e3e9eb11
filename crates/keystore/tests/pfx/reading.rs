//! What is read without a password, and what is no PFX.

use certlens_core::encoding::der::{Tag, encode};
use certlens_core::encoding::sniff::ObjectKind;
use certlens_keystore::pbe::Passphrase;
use certlens_keystore::pfx::write::Contents;
use certlens_keystore::pfx::{Armor, BagContent, Layer, Pfx, PfxErrorKind, Place, Position, Protection};

use crate::build::*;

#[test]
fn every_kind_of_bag_is_named() {
    let nested = bag(SAFE_CONTENTS, &sequence(&[&certificate_bag(b"inner"), &key_bag()]));
    let bags = [
        key_bag(),
        shrouded_key_bag(&aes(1), Passphrase::Text(&password())),
        certificate_bag(b"certificate"),
        typed_bag(CERTIFICATE, "1.2.840.113549.1.9.22.2", &encode(Tag::IA5_STRING, &[b"c2RzaQ=="])),
        typed_bag(CERTIFICATE, "1.2.3", &octet_string(b"x")),
        typed_bag(CRL, "1.2.840.113549.1.9.23.1", &octet_string(b"crl")),
        typed_bag(CRL, "1.2.3", &octet_string(b"x")),
        typed_bag(SECRET_BAG, "1.2.4", &octet_string(b"hidden")),
        nested,
        bag("1.2.5", &octet_string(b"x")),
    ];
    let pfx = Pfx::read(&without_mac(&[plain_safe(&bags)])).unwrap();
    let found: Vec<String> = pfx.bags().map(|bag| bag.content.to_string()).collect();
    let expected = [
        "keyBag",
        "pkcs8ShroudedKeyBag",
        "certBag (x509Certificate)",
        "certBag (sdsiCertificate)",
        "certBag (1.2.3)",
        "crlBag (x509Crl)",
        "crlBag (1.2.3)",
        "secretBag (1.2.4)",
        "safeContentsBag",
        "certBag (x509Certificate)",
        "keyBag",
        "bag of the unknown type 1.2.5",
    ];
    assert_eq!(found, expected);
    let numbers: Vec<_> = pfx.bags().map(|bag| bag.position).collect();
    assert_eq!(numbers[11], Position { safe: 1, bag: Some(12) });
    assert_eq!(pfx.private_keys().count(), 3);
    assert_eq!(pfx.certificates().map(|(_, octets)| octets).collect::<Vec<_>>(), [b"certificate".as_slice(), b"inner"]);
    let secret = pfx.bags().find_map(|bag| match &bag.content {
        BagContent::Secret { octets, .. } => Some(octets.expose()),
        _ => None,
    });
    assert_eq!(secret, Some(octet_string(b"hidden").as_slice()));
    let shown = format!("{pfx:?}");
    assert!(!shown.contains(&format!("{:?}", SECRET[0..4].to_vec()).replace(['[', ']'], "")), "{shown}");
}

#[test]
fn places_count_in_the_file_or_in_joined_octets() {
    let bags = [certificate_bag(b"one"), certificate_bag(b"two")];
    let whole = without_mac(&[plain_safe(&bags)]);
    let pfx = Pfx::read(&whole).unwrap();
    let places: Vec<Place> = pfx.bags().map(|bag| bag.place).collect();
    for (place, bag) in places.iter().zip(&bags) {
        assert_eq!(place.layer, Layer::File);
        assert!(whole[place.offset..].starts_with(bag));
    }

    // The same in fragments of three octets.
    let contents = sequence(&[&bags.concat()]);
    let fragments: Vec<u8> = contents.chunks(3).flat_map(octet_string).collect();
    let string = [&[0x24, 0x80], fragments.as_slice(), &[0, 0]].concat();
    let pfx = Pfx::read(&without_mac(&[content_info("1.2.840.113549.1.7.1", &string)])).unwrap();
    for (found, bag) in pfx.bags().zip(&bags) {
        assert_eq!(found.place.layer, Layer::Safe(1));
        assert!(contents[found.place.offset..].starts_with(bag));
    }
    assert!(pfx.forms.fragmented_strings && pfx.forms.indefinite_lengths);
}

#[test]
fn errors_say_where() {
    let broken = bag(CERTIFICATE, &sequence(&[&oid("1.2.840.113549.1.9.22.1"), &explicit(&[0x05, 0])]));
    let file = without_mac(&[plain_safe(&[]), plain_safe(&[certificate_bag(b"one"), broken])]);
    let error = Pfx::read(&file).unwrap_err();
    let place = error.place.unwrap();
    assert_eq!(file[place.offset..][..2], [0x05, 0]);
    assert_eq!(error.position, Some(Position { safe: 2, bag: Some(2) }));
    let offset = place.offset;
    let expected = format!("byte {offset}: safe 2, bag 2: expected OCTET STRING, found NULL (in certBag.certValue)");
    assert_eq!(error.to_string(), expected);
    assert!(!error.advice().is_empty());
}

#[test]
fn what_no_password_opens_is_still_listed() {
    let enveloped = content_info("1.2.840.113549.1.7.3", &sequence(&[]));
    let unknown = ciphertext_safe(&sequence(&[&oid("1.2.3")]), &[0; 16]);
    let pfx = Pfx::read(&without_mac(&[enveloped, unknown])).unwrap();
    assert_eq!(pfx.safes[0].protection.to_string(), "envelopedData");
    assert_eq!(pfx.safes[1].protection.to_string(), "the encryption algorithm 1.2.3 is not supported");
    assert!(matches!(pfx.safes[1].protection, Protection::Password { .. }));
    assert!(pfx.is_locked());
}

#[test]
fn text_is_decoded() {
    let file = without_mac(&[plain_safe(&[key_bag()])]);
    let base64 = base64(&file);
    let pem = format!("-----BEGIN PKCS12-----\n{base64}\n-----END PKCS12-----\n");
    let two = format!("{pem}{pem}");
    assert_eq!(Pfx::read(base64.as_bytes()).unwrap().armor, Armor::Base64);
    assert_eq!(Pfx::read(pem.as_bytes()).unwrap().armor, Armor::Pem { label: "PKCS12".to_owned() });
    assert_eq!(Pfx::read(two.as_bytes()).unwrap_err().kind, PfxErrorKind::Several);
    let cut = Pfx::read(&base64.as_bytes()[..base64.len() / 2 + 1]).unwrap_err();
    assert!(matches!(cut.kind, PfxErrorKind::Text(_)), "{cut}");
}

fn base64(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in octets.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * index)) as usize & 63];
            text.push(if index <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[test]
fn what_is_no_pfx_is_named() {
    let version = |number: u8| {
        let content = content_info("1.2.840.113549.1.7.1", &octet_string(&sequence(&[])));
        sequence(&[&[0x02, 1, number], &content])
    };
    assert!(Pfx::read(&version(3)).is_ok());
    let error = Pfx::read(&version(4)).unwrap_err();
    assert_eq!(error.to_string(), "byte 0: expected version 3 of PFX (RFC 7292 §4), found version 4");
    let table: [(&[u8], ObjectKind); 4] = [
        (b"", ObjectKind::Empty),
        (&[0; 100], ObjectKind::AllZeros),
        (b"<html>", ObjectKind::Html),
        (&[0x30, 0x03, 0x02, 0x01, 0x05], ObjectKind::UnknownDer),
    ];
    for (file, found) in table {
        let error = Pfx::read(file).unwrap_err();
        assert_eq!(error.kind, PfxErrorKind::NotPfx { found });
        assert!(error.to_string().starts_with("byte 0: expected a PFX (PKCS#12) file, but the file is "), "{error}");
    }
    let other = sequence(&[&[0x02, 1, 3], &content_info("1.2.840.113549.1.7.5", &octet_string(b""))]);
    let error = Pfx::read(&other).unwrap_err();
    assert_eq!(
        error.to_string(),
        "byte 7: the authenticated safe has the content type 1.2.840.113549.1.7.5; expected data"
    );
}

#[test]
fn every_cut_is_told() {
    let file = with_mac(&hmac(1), Passphrase::Text(&password()), &[plain_safe(&[key_bag()])]);
    for octets in 30..file.len() {
        let error = Pfx::read(&file[..octets]).unwrap_err();
        assert_eq!(error.kind, PfxErrorKind::Truncated { octets }, "{error}");
    }
    // In BER the end is looked for.
    assert!(file.starts_with(&[0x30, 0x81]));
    let open = [&[0x30, 0x80], &file[3..], &[0, 0]].concat();
    assert!(Pfx::read(&open).is_ok());
    for octets in 30..open.len() {
        let error = Pfx::read(&open[..octets]).unwrap_err();
        assert_eq!(error.kind, PfxErrorKind::Truncated { octets }, "{error}");
    }
}

#[test]
fn what_stands_behind_is_told() {
    let file = without_mac(&[]);
    for (behind, zeros) in [([0; 8], true), ([0, 0, 0, 1, 0, 0, 0, 0], false)] {
        let trailing = Pfx::read(&[file.as_slice(), &behind].concat()).unwrap().trailing.unwrap();
        assert_eq!((trailing.octets, trailing.zeros, trailing.place.offset), (8, zeros, file.len()));
    }
    assert_eq!(Pfx::read(&file).unwrap().trailing, None);
}

/// GnuTLS writes a key that is not encrypted where one that is should be, for an empty
/// password. What only looks like one is still damaged.
#[test]
fn a_key_that_should_be_encrypted() {
    let file = without_mac(&[plain_safe(&[bag(SHROUDED_KEY, &private_key())])]);
    let mut pfx = Pfx::read(&file).unwrap();
    assert!(!pfx.is_locked() && pfx.open(None).unwrap().is_complete());
    let key = pfx.private_keys().next().unwrap();
    assert_eq!(key.content.to_string(), "pkcs8ShroudedKeyBag (not encrypted)");
    assert_eq!(key.private_key().unwrap().octets.expose(), private_key());
    assert_eq!(Contents::of(&pfx).unwrap().0.keys[0].pkcs8().expose(), private_key());

    let number = sequence(&[&[0x02, 1, 0], &octet_string(b"ciphertext")]);
    let error = Pfx::read(&without_mac(&[plain_safe(&[bag(SHROUDED_KEY, &number)])])).unwrap_err();
    assert!(error.to_string().contains("expected SEQUENCE, found INTEGER"), "{error}");
    let no_key = sequence(&[&[0x02, 1, 0], &sequence(&[&oid("1.2.3")]), &[0x05, 0]]);
    let error = Pfx::read(&without_mac(&[plain_safe(&[bag(SHROUDED_KEY, &no_key)])])).unwrap_err();
    assert!(error.to_string().contains("privateKeyInfo.privateKey"), "{error}");
}
