//! How a file is encrypted: as asked for, else as the file was that it is made of.

use certlens_keystore::pbe::{
    AlgorithmError, Cipher, Count, Encryption, EncryptionScheme, Hash, Kdf, Mac, MacScheme, Pkcs12Cipher,
};
use certlens_keystore::pfx::write::{CertificateProtection, KeyProtection, Protection};
use certlens_keystore::pfx::{self, BagContent, Pfx, Safe};
use certlens_keystore::provider::releases::CompatibleWith;

use crate::args::{CipherArg, MacArg, PrfArg, ProtectionArgs};
use crate::error::Failure;
use crate::facts::pfx::ChangeFacts;

/// Whom files are written for that are made of nothing that is encrypted.
const DEFAULT: CompatibleWith = CompatibleWith::Server2019;

/// Whom files are written for whose encryption is not written any more, as RC2.
const IN_PLACE_OF_OLD: CompatibleWith = CompatibleWith::Server2016;

/// The fewest iterations that are kept; Windows writes 2,000. Fewer are no protection
/// (NIST SP 800-132 §5.2).
const FEWEST_KEPT: u32 = 1_000;

/// How to encrypt.
///
/// # Errors
///
/// What was asked for contradicts itself.
pub(crate) fn choose(args: &ProtectionArgs, old: Option<&Pfx>) -> Result<Protection, Failure> {
    let mut chosen = match (args.compatible_with, old) {
        (Some(release), _) => release.into(),
        (None, Some(pfx)) => kept(pfx),
        (None, None) => DEFAULT.into(),
    };
    if let Some(cipher) = args.cipher {
        let scheme = scheme(cipher, &chosen);
        if args.mac.is_none() && family(encryption(&chosen)) != family(scheme) {
            chosen.mac = preset(scheme).mac;
        }
        chosen.keys = KeyProtection::Encrypted(scheme);
        chosen.certificates = CertificateProtection::Encrypted(scheme);
    }
    if let Some(prf) = args.prf {
        let hash = prf.into();
        let mut applies = false;
        for_each(&mut chosen, |scheme| {
            if let EncryptionScheme::Pbes2 { prf, .. } = scheme {
                *prf = hash;
                applies = true;
            }
        });
        if !applies {
            return Err(Failure::unusable("--prf: Triple DES has its key from PKCS#12's own derivation with SHA-1")
                .advice("choose --cipher aes256 as well, or leave --prf out"));
        }
    }
    if let Some(mac) = args.mac {
        chosen.mac = mac_scheme(mac, chosen.mac.iterations());
    }
    if let Some(count) = args.iterations {
        for_each(&mut chosen, |scheme| match scheme {
            EncryptionScheme::Pkcs12 { iterations, .. } | EncryptionScheme::Pbes2 { iterations, .. } => {
                *iterations = count;
            }
        });
        match &mut chosen.mac {
            MacScheme::Pkcs12 { iterations, .. } | MacScheme::Pbmac1 { iterations, .. } => *iterations = count,
        }
    }
    if args.plain_keys {
        chosen.keys = KeyProtection::PlainKeys;
    }
    if args.plain_certificates {
        chosen.certificates = CertificateProtection::Plain;
    }
    if args.encrypt_certificates && chosen.certificates == CertificateProtection::Plain {
        chosen.certificates = CertificateProtection::Encrypted(encryption(&chosen));
    }
    Ok(chosen)
}

/// What one should know of the encryption that was chosen.
pub(crate) fn remarks(protection: &Protection) -> Vec<String> {
    let keys = match protection.keys {
        KeyProtection::Encrypted(scheme) => Some(scheme.iterations()),
        KeyProtection::PlainKeys => None,
    };
    let fewest = keys.into_iter().chain([protection.mac.iterations()]).min().unwrap_or(u32::MAX);
    let few = (fewest < FEWEST_KEPT).then(|| {
        let times = if fewest == 1 { "once".to_owned() } else { format!("{fewest} times") };
        format!(
            "The hash is iterated {times}, and passwords are soon tried out: at least {FEWEST_KEPT} iterations are asked for (NIST SP 800-132 §5.2)"
        )
    });
    few.into_iter().collect()
}

/// That keys of a file were encrypted in a stronger way than they are now; `None` when
/// they were not.
pub(crate) fn weakened(old: &Pfx, new: &Protection) -> Option<String> {
    let KeyProtection::Encrypted(now) = new.keys else { return None };
    let mut shrouded = old.private_keys().filter_map(|bag| match &bag.content {
        BagContent::ShroudedKey(shrouded) => shrouded.encryption.as_ref().ok(),
        _ => None,
    });
    let is_stronger = |encryption: &&Encryption| match (encryption, now) {
        (Encryption::Pbes2 { cipher, .. }, EncryptionScheme::Pkcs12 { .. }) => is_aes(*cipher),
        (
            Encryption::Pbes2 { kdf: Kdf::Pbkdf2 { iterations: count, .. }, cipher, .. },
            EncryptionScheme::Pbes2 { cipher: other, iterations, .. },
        ) => count.get().is_some_and(|count| count > u64::from(iterations)) || bits(*cipher) > bits(other),
        (Encryption::Pbes2 { kdf: Kdf::Scrypt { .. }, .. }, _) => true,
        (Encryption::Pkcs12 { iterations: count, .. }, EncryptionScheme::Pkcs12 { iterations, .. }) => {
            count.get().is_some_and(|count| count > u64::from(iterations))
        }
        _ => false,
    };
    let before = shrouded.find(is_stronger)?;
    let [now, ..] = words(new);
    Some(format!("its keys were encrypted with {before}, which is stronger than {now}"))
}

fn is_aes(cipher: Cipher) -> bool {
    bits(cipher) > 0
}

/// The length of an AES key; 0 for other ciphers.
fn bits(cipher: Cipher) -> u16 {
    match cipher {
        Cipher::Aes256 => 256,
        Cipher::Aes192 => 192,
        Cipher::Aes128 => 128,
        _ => 0,
    }
}

fn for_each(protection: &mut Protection, mut change: impl FnMut(&mut EncryptionScheme)) {
    if let KeyProtection::Encrypted(scheme) = &mut protection.keys {
        change(scheme);
    }
    if let CertificateProtection::Encrypted(scheme) = &mut protection.certificates {
        change(scheme);
    }
}

/// The encryption of the keys, else of the certificates.
fn encryption(protection: &Protection) -> EncryptionScheme {
    match (protection.keys, protection.certificates) {
        (KeyProtection::Encrypted(scheme), _) | (_, CertificateProtection::Encrypted(scheme)) => scheme,
        _ => DEFAULT.preset().keys,
    }
}

/// Whether PBES2, and not PKCS#12's own.
const fn family(scheme: EncryptionScheme) -> bool {
    matches!(scheme, EncryptionScheme::Pbes2 { .. })
}

fn preset(scheme: EncryptionScheme) -> Protection {
    if family(scheme) { DEFAULT.into() } else { IN_PLACE_OF_OLD.into() }
}

fn scheme(cipher: CipherArg, base: &Protection) -> EncryptionScheme {
    let base = encryption(base);
    let pbes2 = |cipher| match base {
        EncryptionScheme::Pbes2 { prf, iterations, .. } => EncryptionScheme::Pbes2 { cipher, prf, iterations },
        EncryptionScheme::Pkcs12 { .. } => {
            let iterations = DEFAULT.preset().keys.iterations();
            EncryptionScheme::Pbes2 { cipher, prf: Hash::Sha256, iterations }
        }
    };
    match cipher {
        CipherArg::Aes256 => pbes2(Cipher::Aes256),
        CipherArg::Aes192 => pbes2(Cipher::Aes192),
        CipherArg::Aes128 => pbes2(Cipher::Aes128),
        CipherArg::TripleDes if family(base) => IN_PLACE_OF_OLD.preset().keys,
        CipherArg::TripleDes => {
            EncryptionScheme::Pkcs12 { cipher: Pkcs12Cipher::TripleDes, iterations: base.iterations() }
        }
    }
}

fn mac_scheme(mac: MacArg, iterations: u32) -> MacScheme {
    let pkcs12 = |hash| MacScheme::Pkcs12 { hash, iterations };
    let pbmac1 = |hash| MacScheme::Pbmac1 { hash, prf: hash, iterations };
    match mac {
        MacArg::Sha1 => pkcs12(Hash::Sha1),
        MacArg::Sha224 => pkcs12(Hash::Sha224),
        MacArg::Sha256 => pkcs12(Hash::Sha256),
        MacArg::Sha384 => pkcs12(Hash::Sha384),
        MacArg::Sha512 => pkcs12(Hash::Sha512),
        MacArg::Pbmac1Sha256 => pbmac1(Hash::Sha256),
        MacArg::Pbmac1Sha512 => pbmac1(Hash::Sha512),
    }
}

impl From<PrfArg> for Hash {
    fn from(prf: PrfArg) -> Hash {
        match prf {
            PrfArg::Sha1 => Hash::Sha1,
            PrfArg::Sha224 => Hash::Sha224,
            PrfArg::Sha256 => Hash::Sha256,
            PrfArg::Sha384 => Hash::Sha384,
            PrfArg::Sha512 => Hash::Sha512,
        }
    }
}

/// The protection of a file, where it is one that is written; what opened it opens
/// the new file as well.
fn kept(pfx: &Pfx) -> Protection {
    let keys = pfx.private_keys().find_map(|bag| match &bag.content {
        BagContent::ShroudedKey(shrouded) => shrouded.encryption.as_ref().ok(),
        _ => None,
    });
    let holds_certificates = |safe: &&Safe| safe.bags().any(|bag| bag.certificate().is_some());
    let certificates = pfx.safes.iter().find(holds_certificates).map(|safe| &safe.protection);
    let encrypted = match certificates {
        Some(pfx::Protection::Password { encryption: Ok(encryption), .. }) => Some(encryption),
        _ => None,
    };
    let any = keys.or(encrypted);
    let is_plain = matches!(certificates, Some(pfx::Protection::Plain));
    // Certificates of OpenSSL's -legacy and of old Windows are in RC2, beside keys in Triple DES.
    let in_place = match any {
        None => DEFAULT,
        Some(Encryption::Pbes2 { .. }) => CompatibleWith::Server2019,
        Some(Encryption::Pkcs12 { .. }) => IN_PLACE_OF_OLD,
    };
    let preset = in_place.preset();
    let kept_keys = any.and_then(written).unwrap_or(preset.keys);
    let mac = pfx.mac.as_ref().and_then(|mac| mac.algorithm.as_ref().ok()).and_then(written_mac).unwrap_or(preset.mac);
    Protection {
        keys: KeyProtection::Encrypted(kept_keys),
        certificates: match encrypted {
            _ if is_plain => CertificateProtection::Plain,
            encrypted => CertificateProtection::Encrypted(encrypted.and_then(written).unwrap_or(kept_keys)),
        },
        mac,
    }
}

fn iterations(count: Count) -> Option<u32> {
    u32::try_from(count.get()?).ok().filter(|count| *count >= FEWEST_KEPT)
}

/// The scheme of an encryption, if it is one that is written.
fn written(encryption: &Encryption) -> Option<EncryptionScheme> {
    match encryption {
        Encryption::Pkcs12 { cipher: cipher @ Pkcs12Cipher::TripleDes, iterations: count, .. } => {
            Some(EncryptionScheme::Pkcs12 { cipher: *cipher, iterations: iterations(*count)? })
        }
        Encryption::Pbes2 {
            kdf: Kdf::Pbkdf2 { iterations: count, prf, .. },
            cipher: cipher @ (Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256),
            ..
        } => Some(EncryptionScheme::Pbes2 { cipher: *cipher, prf: *prf, iterations: iterations(*count)? }),
        _ => None,
    }
}

fn written_mac(mac: &Mac) -> Option<MacScheme> {
    match mac {
        Mac::Pkcs12 { hash, iterations: count, .. } => {
            Some(MacScheme::Pkcs12 { hash: *hash, iterations: iterations(*count)? })
        }
        Mac::Pbmac1 { kdf: Kdf::Pbkdf2 { iterations: count, prf, .. }, hash } => {
            Some(MacScheme::Pbmac1 { hash: *hash, prf: *prf, iterations: iterations(*count)? })
        }
        _ => None,
    }
}

/// The words for keys, certificates and MAC.
pub(crate) fn words(protection: &Protection) -> [String; 3] {
    let encrypted =
        |scheme: EncryptionScheme| scheme.with(vec![0; scheme.salt_octets()], vec![0; scheme.iv_octets()]).to_string();
    [
        match protection.keys {
            KeyProtection::Encrypted(scheme) => encrypted(scheme),
            KeyProtection::PlainKeys => NOT.to_owned(),
        },
        match protection.certificates {
            CertificateProtection::Encrypted(scheme) => encrypted(scheme),
            CertificateProtection::Plain => NOT.to_owned(),
        },
        protection.mac.with(vec![0; protection.mac.salt_octets()]).to_string(),
    ]
}

const NOT: &str = "not encrypted";

/// What is encrypted otherwise than it was.
pub(crate) fn changes(old: &Pfx, new: &Protection) -> Vec<ChangeFacts> {
    let shown = |encryption: &Result<Encryption, AlgorithmError>| match encryption {
        Ok(encryption) => encryption.to_string(),
        Err(error) => error.to_string(),
    };
    let keys = old.private_keys().next().map(|bag| match &bag.content {
        BagContent::ShroudedKey(shrouded) => shown(&shrouded.encryption),
        _ => NOT.to_owned(),
    });
    let certificates = old.safes.iter().find(|safe| safe.bags().any(|bag| bag.certificate().is_some()));
    let certificates = certificates.map(|safe| match &safe.protection {
        pfx::Protection::Plain => NOT.to_owned(),
        pfx::Protection::Password { encryption, .. } => shown(encryption),
        other => other.to_string(),
    });
    let mac = match old.mac.as_ref().map(|mac| &mac.algorithm) {
        None => "none".to_owned(),
        Some(Ok(mac)) => mac.to_string(),
        Some(Err(error)) => error.to_string(),
    };
    let old = [keys, certificates, Some(mac)];
    let names = ["Encryption of keys", "Encryption of certificates", "MAC"];
    let all = names.into_iter().zip(old).zip(words(new));
    all.filter_map(|((what, old), new)| ChangeFacts::new(what, Some(old?), Some(new))).collect()
}
