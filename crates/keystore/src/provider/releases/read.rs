//! From the algorithms of a file, with their salts and counts, to what decides
//! whether a release opens it.

use super::{Cipher, Encryption, Hash, Kdf, Mac, Pkcs12Cipher};
use crate::pbe;

impl From<pbe::Hash> for Hash {
    fn from(hash: pbe::Hash) -> Hash {
        match hash {
            pbe::Hash::Sha1 => Hash::Sha1,
            pbe::Hash::Sha224 => Hash::Sha224,
            pbe::Hash::Sha256 => Hash::Sha256,
            pbe::Hash::Sha384 => Hash::Sha384,
            pbe::Hash::Sha512 => Hash::Sha512,
        }
    }
}

impl From<&pbe::Encryption> for Encryption {
    fn from(encryption: &pbe::Encryption) -> Encryption {
        match encryption {
            pbe::Encryption::Pkcs12 { cipher, .. } => Encryption::Pkcs12(match cipher {
                pbe::Pkcs12Cipher::TripleDes => Pkcs12Cipher::TripleDes3Keys,
                pbe::Pkcs12Cipher::TwoKeyTripleDes => Pkcs12Cipher::TripleDes2Keys,
                pbe::Pkcs12Cipher::Rc2With128 => Pkcs12Cipher::Rc2_128,
                pbe::Pkcs12Cipher::Rc2With40 => Pkcs12Cipher::Rc2_40,
                pbe::Pkcs12Cipher::Rc4With128 => Pkcs12Cipher::Rc4_128,
                pbe::Pkcs12Cipher::Rc4With40 => Pkcs12Cipher::Rc4_40,
            }),
            pbe::Encryption::Pbes2 { kdf, cipher, .. } => Encryption::Pbes2 {
                kdf: match kdf {
                    pbe::Kdf::Pbkdf2 { prf, .. } => Kdf::Pbkdf2((*prf).into()),
                    pbe::Kdf::Scrypt { .. } => Kdf::Scrypt,
                },
                cipher: match cipher {
                    pbe::Cipher::Aes128 => Cipher::Aes128,
                    pbe::Cipher::Aes192 => Cipher::Aes192,
                    pbe::Cipher::Aes256 => Cipher::Aes256,
                    pbe::Cipher::TripleDes => Cipher::TripleDes,
                    pbe::Cipher::Rc2 { .. } => Cipher::Other,
                },
            },
        }
    }
}

impl From<&pbe::Mac> for Mac {
    fn from(mac: &pbe::Mac) -> Mac {
        match mac {
            pbe::Mac::Pkcs12 { hash, .. } => Mac::Hmac((*hash).into()),
            pbe::Mac::Pbmac1 { .. } => Mac::Pbmac1,
        }
    }
}

impl From<pbe::EncryptionScheme> for Encryption {
    fn from(scheme: pbe::EncryptionScheme) -> Encryption {
        // Neither salt nor vector decides anything.
        (&scheme.with(Vec::new(), Vec::new())).into()
    }
}

impl From<pbe::MacScheme> for Mac {
    fn from(scheme: pbe::MacScheme) -> Mac {
        (&scheme.with(Vec::new())).into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::CompatibleWith;
    use super::*;

    #[test]
    fn presets_are_what_reports_are_about() {
        for compatible in CompatibleWith::ALL {
            let preset = compatible.preset();
            let old = compatible <= CompatibleWith::Server2016;
            let expected = match old {
                true => Encryption::Pkcs12(Pkcs12Cipher::TripleDes3Keys),
                false => Encryption::Pbes2 { kdf: Kdf::Pbkdf2(Hash::Sha256), cipher: Cipher::Aes256 },
            };
            assert_eq!((Encryption::from(preset.keys), Encryption::from(preset.certificates)), (expected, expected));
            assert_eq!(Mac::from(preset.mac), Mac::Hmac(if old { Hash::Sha1 } else { Hash::Sha256 }));
        }
    }

    #[test]
    fn rare_algorithms() {
        let kdf = |prf| pbe::Kdf::Pbkdf2 { salt: vec![1], iterations: pbe::Count::new(1), key_length: None, prf };
        let rc2 = pbe::Encryption::Pbes2 {
            kdf: kdf(pbe::Hash::Sha224),
            cipher: pbe::Cipher::Rc2 { effective_bits: 128 },
            iv: vec![],
        };
        assert_eq!(Encryption::from(&rc2), Encryption::Pbes2 { kdf: Kdf::Pbkdf2(Hash::Sha224), cipher: Cipher::Other });
        let pbmac1 = pbe::Mac::Pbmac1 { kdf: kdf(pbe::Hash::Sha512), hash: pbe::Hash::Sha512 };
        assert_eq!(Mac::from(&pbmac1), Mac::Pbmac1);
    }
}
