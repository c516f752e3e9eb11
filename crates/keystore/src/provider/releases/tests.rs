use super::*;

const TRIPLE_DES: Encryption = Encryption::Pkcs12(Pkcs12Cipher::TripleDes3Keys);
const RC2: Encryption = Encryption::Pkcs12(Pkcs12Cipher::Rc2_40);
const AES: Encryption = Encryption::Pbes2 { kdf: Kdf::Pbkdf2(Hash::Sha256), cipher: Cipher::Aes256 };

fn file(key: Encryption, certificates: Encryption, mac: Mac) -> Protection {
    Protection { keys: vec![key], safes: vec![Encryption::None, certificates], mac }
}

/// One letter a release, oldest first: yes, no, unknown.
fn letters(protection: &Protection) -> String {
    Release::ALL
        .into_iter()
        .map(|release| match opens(protection, release).value {
            Opens::Yes => 'y',
            Opens::No { .. } => 'n',
            Opens::Unknown { .. } => '?',
        })
        .collect()
}

#[test]
fn releases_by_protection() {
    let scrypt = Encryption::Pbes2 { kdf: Kdf::Scrypt, cipher: Cipher::Aes256 };
    let aes128 = Encryption::Pbes2 { kdf: Kdf::Pbkdf2(Hash::Sha1), cipher: Cipher::Aes128 };
    for (protection, expected) in [
        (file(TRIPLE_DES, RC2, Mac::Hmac(Hash::Sha1)), "yyyyy"),
        (file(TRIPLE_DES, TRIPLE_DES, Mac::Hmac(Hash::Sha1)), "yyyyy"),
        (file(TRIPLE_DES, Encryption::None, Mac::Hmac(Hash::Sha1)), "yyyyy"),
        (file(AES, AES, Mac::Hmac(Hash::Sha256)), "nnyyy"),
        (file(AES, TRIPLE_DES, Mac::Hmac(Hash::Sha1)), "nnyyy"),
        (file(TRIPLE_DES, AES, Mac::Hmac(Hash::Sha1)), "nnyyy"),
        (file(TRIPLE_DES, TRIPLE_DES, Mac::Hmac(Hash::Sha256)), "nnyyy"),
        (file(aes128, aes128, Mac::Hmac(Hash::Sha512)), "nnyyy"),
        (file(scrypt, TRIPLE_DES, Mac::Hmac(Hash::Sha1)), "nnnnn"),
        (file(AES, AES, Mac::Pbmac1), "nnnnn"),
        (file(TRIPLE_DES, TRIPLE_DES, Mac::None), "?????"),
        (file(AES, AES, Mac::None), "nn???"),
        // Plain safes are what Windows writes, plain keys are not.
        (file(Encryption::None, TRIPLE_DES, Mac::Hmac(Hash::Sha1)), "?????"),
        (file(Encryption::None, AES, Mac::Hmac(Hash::Sha256)), "nn???"),
        (file(Encryption::Other, TRIPLE_DES, Mac::Hmac(Hash::Sha1)), "?????"),
    ] {
        assert_eq!(letters(&protection), expected, "{protection:?}");
        let since = expected.find('y').and_then(|at| Release::ALL.get(at).copied());
        assert_eq!(opened_since(&protection), since, "{protection:?}");
    }
}

#[test]
fn what_old_releases_say() {
    let stated = opens(&file(AES, AES, Mac::Hmac(Hash::Sha256)), Release::Server2016);
    assert_eq!(stated.confidence, Confidence::Observed);
    assert_eq!(stated.value, Opens::No { because: "PBES2 encryption (AES)", error: Some(WRONG_PASSWORD) });
    let mac_alone = opens(&file(TRIPLE_DES, RC2, Mac::Hmac(Hash::Sha256)), Release::Server2016);
    assert_eq!(mac_alone.confidence, Confidence::Medium);
    // The reports are about AES.
    let other = Encryption::Pbes2 { kdf: Kdf::Pbkdf2(Hash::Sha1), cipher: Cipher::TripleDes };
    let stated = opens(&file(other, other, Mac::Hmac(Hash::Sha1)), Release::Server2016);
    assert_eq!(stated.value, Opens::No { because: "PBES2 encryption", error: Some(WRONG_PASSWORD) });
    assert_eq!(stated.confidence, Confidence::Medium);
}

#[test]
fn the_least_sure_part_decides_how_sure_an_answer_is() {
    let aes192 = Encryption::Pbes2 { kdf: Kdf::Pbkdf2(Hash::Sha256), cipher: Cipher::Aes192 };
    let stated = opens(&file(AES, aes192, Mac::Hmac(Hash::Sha256)), Release::Server2022);
    assert_eq!((stated.value, stated.confidence), (Opens::Yes, Confidence::Medium));
}

#[test]
fn what_windows_itself_writes() {
    let sure =
        |certificates| opens(&file(TRIPLE_DES, certificates, Mac::Hmac(Hash::Sha1)), Release::Server2016).confidence;
    assert_eq!((sure(TRIPLE_DES), sure(RC2)), (Confidence::Observed, Confidence::Observed));
    let all = Protection { keys: vec![TRIPLE_DES], safes: vec![TRIPLE_DES], mac: Mac::Hmac(Hash::Sha1) };
    assert_eq!(opens(&all, Release::Server2012R2).confidence, Confidence::Documented);
}

#[test]
fn presets_are_opened_by_the_release_that_they_are_for_and_later_ones() {
    for preset in CompatibleWith::ALL {
        for release in Release::ALL.into_iter().filter(|release| *release >= preset.release()) {
            let stated = opens(&preset.preset().protection(), release);
            assert_eq!(stated.value, Opens::Yes, "{} {release}", preset.name());
        }
        assert_eq!(CompatibleWith::by_name(preset.name()), Some(preset));
        assert_eq!(CompatibleWith::from(preset.release()), preset);
        // The limits of .NET's loader: one derivation, and all of a file with three keys.
        let Preset { keys, certificates, mac } = preset.preset();
        assert!([keys.iterations(), certificates.iterations(), mac.iterations()].iter().all(|count| *count <= 300_000));
        assert!(3 * keys.iterations() + certificates.iterations() + mac.iterations() <= 1_000_000);
    }
}
