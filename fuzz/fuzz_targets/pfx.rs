//! PFX files, without their password and opened with the one of the corpus; what
//! was opened is written again and read back.

#![no_main]

use certlens_keystore::pbe::{Cipher, EncryptionScheme, Hash, MacScheme};
use certlens_keystore::pfx::write::{
    CertificateProtection, Contents, KeyProtection, NoRandom, Protection as Written, RandomSource, WriteError,
    WritePassword,
};
use certlens_keystore::pfx::{BagContent, Layer, Pfx, Protection};
use certlens_keystore::secret::Password;
use libfuzzer_sys::fuzz_target;

/// Iterations of a hash that one input may cost: what is beyond is the work of
/// hashes, which is not what is looked into here.
const MAX_ROUNDS: u64 = 20_000;

fuzz_target!(|data: &[u8]| {
    let pfx = match Pfx::read(data) {
        Ok(pfx) => pfx,
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.advice().is_empty());
            return;
        }
    };
    assert_eq!(Pfx::read(data).as_ref(), Ok(&pfx), "two readings are the same");
    places(data, &pfx);
    if rounds(&pfx) > MAX_ROUNDS {
        return;
    }
    for password in [None, Some(Password::new("test".to_owned()))] {
        let mut opened = pfx.clone();
        match opened.open(password.as_ref()) {
            Ok(opening) => {
                assert_eq!(opening.verified, pfx.mac.is_some());
                assert_eq!(opening.is_complete(), !opened.is_locked(), "{opening:?}");
                for failure in &opening.failures {
                    assert!(!failure.to_string().is_empty() && !failure.kind.advice().is_empty());
                }
                for (safe, before) in opened.safes.iter().zip(&pfx.safes) {
                    assert!(before.bags().count() <= safe.bags().count());
                }
                places(data, &opened);
                if opening.is_complete() {
                    written_again(&opened);
                }
            }
            Err(error) => {
                assert!(!error.to_string().is_empty() && !error.kind.advice().is_empty());
                assert_eq!(opened, pfx, "nothing was decrypted");
            }
        }
    }
});

/// Salts that are the same every time.
struct Fixed;

impl RandomSource for Fixed {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), NoRandom> {
        octets.fill(7);
        Ok(())
    }
}

/// What is written of a file has what the file had, and is written the same
/// once more.
fn written_again(opened: &Pfx) {
    let (contents, remarks) = Contents::of(opened).expect("everything was decrypted");
    for remark in remarks {
        assert!(!remark.to_string().is_empty());
    }
    let scheme = EncryptionScheme::Pbes2 { cipher: Cipher::Aes128, prf: Hash::Sha256, iterations: 1 };
    let protection = Written {
        keys: KeyProtection::Encrypted(scheme),
        certificates: CertificateProtection::Encrypted(scheme),
        mac: MacScheme::Pkcs12 { hash: Hash::Sha256, iterations: 1 },
    };
    let file = match contents.write(&protection, WritePassword::Empty, &mut Fixed) {
        Ok(file) => file,
        Err(error) => {
            let limits = matches!(error, WriteError::TooMany(_) | WriteError::Limit(_) | WriteError::NotRead(_));
            let nothing = error == WriteError::Nothing && contents == Contents::default();
            assert!(limits || nothing || matches!(error, WriteError::Name { .. }), "{error}");
            return;
        }
    };
    let mut again = Pfx::read(file.expose()).expect("what is written is read");
    assert!(again.open(None).expect("the password is right").is_complete());
    let (same, _) = Contents::of(&again).expect("everything was decrypted");
    assert_eq!((same.keys.len(), same.certificates.len()), (contents.keys.len(), contents.certificates.len()));
    assert_eq!(same.pairs(), contents.pairs());
    let twice = same.write(&protection, WritePassword::Empty, &mut Fixed).expect("as before");
    assert!(twice == file);
}

/// Every bag stands where it says, and has the position that it says.
fn places(data: &[u8], pfx: &Pfx) {
    for safe in &pfx.safes {
        for (index, bag) in safe.bags().enumerate() {
            assert_eq!((bag.position.safe, bag.position.bag), (safe.number, Some(index + 1)));
            let binary = pfx.armor == certlens_keystore::pfx::Armor::Binary;
            if binary && bag.place.layer == Layer::File {
                assert_eq!(data.get(bag.place.offset), Some(&0x30));
                assert!(safe.place.layer == Layer::File && safe.place.offset < bag.place.offset);
            }
            assert!(!bag.content.to_string().is_empty());
            for problem in &bag.attributes.problems {
                assert!(!problem.to_string().is_empty());
            }
        }
    }
    assert_eq!(pfx.bags().count(), pfx.safes.iter().map(|safe| safe.bags().count()).sum::<usize>());
    let _ = pfx.forms.to_string();
}

/// What opening it costs at most, as far as that is seen before it is opened.
fn rounds(pfx: &Pfx) -> u64 {
    let mac = pfx.mac.as_ref().and_then(|mac| mac.algorithm.as_ref().ok()?.rounds().ok());
    let safes = pfx.safes.iter().filter_map(|safe| match &safe.protection {
        Protection::Password { encryption, .. } => encryption.as_ref().ok()?.rounds().ok(),
        _ => None,
    });
    let keys = pfx.bags().filter_map(|bag| match &bag.content {
        BagContent::ShroudedKey(shrouded) => shrouded.encryption.as_ref().ok()?.rounds().ok(),
        _ => None,
    });
    mac.into_iter().chain(safes).chain(keys).fold(0, u64::saturating_add)
}
