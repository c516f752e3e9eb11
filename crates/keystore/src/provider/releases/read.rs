//! From the algorithms of a file, with their salts and counts, to what decides
//! whether a release opens it; and from a preset to algorithms.

use super::{Cipher, Encryption, Hash, Kdf, Mac, Pkcs12Cipher, Preset};
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

impl Preset {
    /// The encryption of keys with this salt and, for PBES2, this initialization
    /// vector of 16 octets.
    pub fn encryption_with(self, salt: Vec<u8>, iv: Vec<u8>) -> pbe::Encryption {
        let iterations = pbe::Count::new(u64::from(self.iterations));
        match self.keys {
            Encryption::Pbes2 { .. } => pbe::Encryption::Pbes2 {
                kdf: pbe::Kdf::Pbkdf2 { salt, iterations, key_length: None, prf: pbe::Hash::Sha256 },
                cipher: pbe::Cipher::Aes256,
                iv,
            },
            _ => pbe::Encryption::Pkcs12 { cipher: pbe::Pkcs12Cipher::TripleDes, salt, iterations },
        }
    }

    /// The MAC with this salt.
    pub fn mac_with(self, salt: Vec<u8>) -> pbe::Mac {
        let hash = if self.mac == Mac::Hmac(Hash::Sha1) { pbe::Hash::Sha1 } else { pbe::Hash::Sha256 };
        pbe::Mac::Pkcs12 { hash, salt, iterations: pbe::Count::new(u64::from(self.iterations)) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::CompatibleWith;
    use super::*;
    use crate::pbe::limits::MAX_ROUNDS;

    #[test]
    fn presets_become_algorithms_that_are_those_of_the_preset() {
        for compatible in CompatibleWith::ALL {
            let preset = compatible.preset();
            let encryption = preset.encryption_with(vec![1; 16], vec![2; 16]);
            assert_eq!(Encryption::from(&encryption), preset.keys, "{}", compatible.name());
            assert_eq!(Mac::from(&preset.mac_with(vec![1; 16])), preset.mac);
            assert!(encryption.rounds().unwrap() * 3 < MAX_ROUNDS);
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
