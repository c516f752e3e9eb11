//! What a password does.

use certlens_keystore::pbe::{Count, Encryption, Hash, Kdf, Mac, MacData, Passphrase, Pkcs12Cipher};
use certlens_keystore::pfx::{OpenErrorKind, Part, PasswordForm, Pfx, Position, Proof};
use certlens_keystore::secret::Password;

use crate::build::*;

/// A key in a safe of its own and a certificate in another, each encrypted.
fn safes(encryption: &Encryption, phrase: Passphrase<'_>) -> Vec<Vec<u8>> {
    vec![
        plain_safe(&[shrouded_key_bag(encryption, phrase)]),
        encrypted_safe(encryption, phrase, &[certificate_bag(b"certificate")]),
    ]
}

#[test]
fn absent_and_empty_passwords_are_told_apart() {
    let empty = Password::new(String::new());
    let forms = [(Passphrase::Absent, PasswordForm::Absent), (Passphrase::Text(&empty), PasswordForm::Empty)];
    for (phrase, form) in forms {
        for given in [None, Some(&empty)] {
            let file = with_mac(&hmac(3), phrase, &safes(&triple_des(3), phrase));
            let mut pfx = Pfx::read(&file).unwrap();
            let opening = pfx.open(given).unwrap();
            assert!(opening.is_complete() && opening.verified, "{opening:?}");
            assert_eq!(opening.password, Some(form));
            assert!(!pfx.is_locked());

            // Nothing but what is encrypted tells.
            let mut pfx = Pfx::read(&without_mac(&safes(&triple_des(3), phrase))).unwrap();
            let opening = pfx.open(given).unwrap();
            assert!(opening.is_complete() && !opening.verified, "{opening:?}");
            assert_eq!(opening.password, Some(form));
        }
    }
    // MAC and encryption with different forms, as of two programs.
    let file = with_mac(&hmac(3), Passphrase::Absent, &safes(&triple_des(3), Passphrase::Text(&empty)));
    assert!(Pfx::read(&file).unwrap().open(None).unwrap().is_complete());
}

#[test]
fn a_key_in_an_encrypted_safe() {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let bags = [key_bag(), shrouded_key_bag(&triple_des(2), phrase), certificate_bag(b"certificate")];
    let safe = encrypted_safe(&aes(2), phrase, &bags);
    let mut pfx = Pfx::read(&with_mac(&hmac(1), phrase, &[safe])).unwrap();
    assert_eq!(pfx.private_keys().count(), 0);
    let opening = pfx.open(Some(&password)).unwrap();
    assert!(opening.is_complete(), "{opening:?}");
    for key in pfx.private_keys() {
        assert_eq!(key.private_key().unwrap().octets.expose(), private_key());
    }
    assert_eq!(pfx.private_keys().count(), 2);
    assert_eq!(pfx.certificates().count(), 1);
    // Once more, nothing is left to do.
    let before = pfx.clone();
    assert!(pfx.open(Some(&password)).unwrap().is_complete());
    assert_eq!(pfx, before);
}

#[test]
fn a_key_in_a_nested_safe_contents_bag() {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let nested = bag(SAFE_CONTENTS, &sequence(&[&shrouded_key_bag(&aes(1), phrase)]));
    for safe in [plain_safe(std::slice::from_ref(&nested)), encrypted_safe(&aes(1), phrase, &[nested])] {
        let mut pfx = Pfx::read(&with_mac(&hmac(1), phrase, &[safe])).unwrap();
        pfx.open(Some(&password)).unwrap();
        let key = pfx.private_keys().next().unwrap();
        assert_eq!(key.private_key().unwrap().octets.expose(), private_key());
    }
}

#[test]
fn many_keys_side_by_side() {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let scrypt = Encryption::Pbes2 {
        kdf: Kdf::Scrypt {
            salt: vec![1; 8],
            cost: Count::new(1024),
            block_size: Count::new(8),
            parallelization: Count::new(1),
            key_length: None,
        },
        cipher: certlens_keystore::pbe::Cipher::Aes128,
        iv: vec![1; 16],
    };
    let mut bags = Vec::new();
    for index in 0..12 {
        let encryption = if index % 3 == 0 { scrypt.clone() } else { aes(20_000 + index) };
        bags.push(shrouded_key_bag(&encryption, phrase));
    }
    let mut pfx = Pfx::read(&with_mac(&hmac(1), phrase, &[plain_safe(&bags)])).unwrap();
    assert!(pfx.open(Some(&password)).unwrap().is_complete());
    assert_eq!(pfx.private_keys().filter(|bag| bag.private_key().is_some()).count(), 12);
}

/// What a wrong password or damage does with a MAC and without one.
#[test]
fn wrong_passwords_are_told_from_damage() {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let wrong = Password::new("Test".to_owned());
    for encryption in [triple_des(5), aes(5)] {
        let safes = safes(&encryption, phrase);
        let file = with_mac(&hmac(5), phrase, &safes);
        let open = |file: &[u8], password: Option<&Password>| Pfx::read(file).unwrap().open(password);
        assert!(open(&file, Some(&password)).unwrap().is_complete());
        let error = open(&file, Some(&wrong)).unwrap_err();
        assert_eq!((error.part, error.kind), (Part::Mac, OpenErrorKind::WrongPassword { given: true }));
        let error = open(&file, None).unwrap_err();
        assert_eq!(error.kind, OpenErrorKind::WrongPassword { given: false });

        // Another MAC: the password is right all the same.
        let mut damaged = file.clone();
        let digest = file.len() - 20;
        damaged[digest] ^= 1;
        assert_eq!(open(&damaged, Some(&password)).unwrap_err().kind, OpenErrorKind::Damaged);
        assert_eq!(open(&damaged, Some(&wrong)).unwrap_err().kind, OpenErrorKind::WrongPassword { given: true });

        // Damaged before the MAC was made: the last block of the key.
        let mut key = shrouded_key_bag(&encryption, phrase);
        *key.last_mut().unwrap() ^= 1;
        let file = with_mac(&hmac(5), phrase, &[plain_safe(&[key]), safes[1].clone()]);
        let mut pfx = Pfx::read(&file).unwrap();
        let opening = pfx.open(Some(&password)).unwrap();
        assert_eq!(opening.failures.len(), 1);
        let position = Position { safe: 1, bag: Some(1) };
        assert!(matches!(opening.failures[0].part, Part::Key { position: found, .. } if found == position));
        assert!(matches!(opening.failures[0].kind, OpenErrorKind::Undecryptable { proof: Proof::Mac, .. }));
        assert_eq!(pfx.certificates().count(), 1, "the rest is there");

        // The same without a MAC.
        let file = without_mac(&[file_safe(&file), safes[1].clone()]);
        let opening = open(&file, Some(&password)).unwrap();
        assert!(matches!(opening.failures[0].kind, OpenErrorKind::Undecryptable { proof: Proof::OtherPart, .. }));
        let error = open(&file, Some(&wrong)).unwrap_err();
        assert!(matches!(error.kind, OpenErrorKind::Undecryptable { proof: Proof::Nothing, .. }), "{error}");
        assert!(error.to_string().contains("has no MAC that would tell"), "{error}");
        let error = open(&file, None).unwrap_err();
        assert_eq!(error.kind, OpenErrorKind::WrongPassword { given: false });
    }
}

/// The first safe of a file of two.
fn file_safe(file: &[u8]) -> Vec<u8> {
    let pfx = Pfx::read(file).unwrap();
    let (first, second) = (pfx.safes[0].place.offset, pfx.safes[1].place.offset);
    file[first..second].to_vec()
}

#[test]
fn what_cannot_be_verified_is_not_opened() {
    let password = password();
    let safes = [plain_safe(&[key_bag()])];
    let md5 = sequence(&[&sequence(&[&oid("1.2.840.113549.2.5")]), &octet_string(&[0; 16])]);
    let file = with_mac_data(&safes, &sequence(&[&md5, &octet_string(&[0; 8])]));
    let error = Pfx::read(&file).unwrap().open(Some(&password)).unwrap_err();
    assert_eq!(error.to_string(), "the MAC: the MAC algorithm MD5 is not supported");

    // A MAC of no octets holds of nothing.
    let file = with_mac_data(&safes, &MacData::to_der(&hmac(1), &[]));
    let error = Pfx::read(&file).unwrap().open(Some(&password)).unwrap_err();
    assert_eq!(error.kind, OpenErrorKind::WrongPassword { given: true });
}

#[test]
fn one_unsupported_part_leaves_the_others() {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let rc4 = Encryption::Pkcs12 { cipher: Pkcs12Cipher::Rc4With128, salt: vec![1; 8], iterations: Count::new(1) };
    let zero = triple_des(0);
    let safes = [
        ciphertext_safe(&rc4.to_der(), &[0; 16]),
        content_info("1.2.840.113549.1.7.3", &sequence(&[])),
        ciphertext_safe(&sequence(&[&oid("1.2.840.113549.1.5.3")]), &[0; 16]),
        ciphertext_safe(&zero.to_der(), &[0; 16]),
        encrypted_safe(&aes(1), phrase, &[certificate_bag(b"certificate")]),
    ];
    let mut pfx = Pfx::read(&with_mac(&hmac(1), phrase, &safes)).unwrap();
    let opening = pfx.open(Some(&password)).unwrap();
    let mut failures: Vec<String> = opening.failures.iter().map(ToString::to_string).collect();
    failures.sort();
    let expected = [
        "safe 1: pbeWithSHAAnd128BitRC4 is not supported",
        "safe 2: it is encrypted to a certificate (envelopedData, public-key privacy mode), which is not supported",
        "safe 3: the encryption algorithm pbeWithMD5AndDES-CBC is not supported",
        "safe 4: the iteration count is 0, which is no count: it is at least 1",
    ];
    assert_eq!(failures, expected);
    assert_eq!(pfx.certificates().count(), 1);
    assert!(opening.failures.iter().all(|failure| !failure.kind.advice().is_empty()));
}

#[test]
fn pbmac1_and_every_hash() {
    let password = Password::new("пароль-密码 😀".to_owned());
    let phrase = Passphrase::Text(&password);
    for hash in Hash::ALL {
        let kdf = Kdf::Pbkdf2 {
            salt: vec![1; 8],
            iterations: Count::new(3),
            key_length: Some(Count::new(hash.octets() as u64)),
            prf: hash,
        };
        let pkcs12 = Mac::Pkcs12 { hash, salt: vec![1; 8], iterations: Count::new(1) };
        for mac in [Mac::Pbmac1 { kdf, hash }, pkcs12] {
            let file = with_mac(&mac, phrase, &safes(&triple_des(1), phrase));
            let opening = Pfx::read(&file).unwrap().open(Some(&password)).unwrap();
            assert!(opening.is_complete() && opening.verified);
            assert_eq!(opening.password, Some(PasswordForm::Text));
        }
    }
}

/// A safe that is decrypted to something else proves nothing.
#[test]
fn what_is_decrypted_must_make_sense() {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let odd = encrypted_safe(&aes(1), phrase, &[sequence(&[&[0x05, 0]])]);
    let file = without_mac(std::slice::from_ref(&odd));
    let mut pfx = Pfx::read(&file).unwrap();
    let before = pfx.clone();
    let error = pfx.open(Some(&password)).unwrap_err();
    assert!(matches!(error.kind, OpenErrorKind::Undecryptable { proof: Proof::Nothing, .. }), "{error}");
    assert!(
        error.to_string().starts_with(
            "safe 1: what was decrypted cannot be read: byte 4 of the contents of safe 1: safe 1, bag 1: \
             expected OBJECT IDENTIFIER, found NULL (in safeBag.bagId); "
        ),
        "{error}"
    );
    assert_eq!(pfx, before);
    let file = with_mac(&hmac(1), phrase, &[odd]);
    let opening = Pfx::read(&file).unwrap().open(Some(&password)).unwrap();
    assert!(matches!(opening.failures[0].kind, OpenErrorKind::Undecryptable { proof: Proof::Mac, .. }));
}

/// Passwords beyond ASCII as OpenSSL before 1.1.0 took them.
#[test]
fn widened_passwords() {
    let password = Password::new("pässwörd".to_owned());
    let phrase = Passphrase::Widened(&password);
    for safes in [safes(&triple_des(3), phrase), safes(&aes(3), phrase)] {
        let mut pfx = Pfx::read(&with_mac(&hmac(3), phrase, &safes)).unwrap();
        let opening = pfx.open(Some(&password)).unwrap();
        assert!(opening.is_complete(), "{opening:?}");
        assert_eq!(opening.password, Some(PasswordForm::Widened));
    }
    let wrong = Password::new("passwörd".to_owned());
    let file = with_mac(&hmac(3), phrase, &safes(&aes(3), phrase));
    let error = Pfx::read(&file).unwrap().open(Some(&wrong)).unwrap_err();
    assert_eq!(error.kind, OpenErrorKind::WrongPassword { given: true });
}
