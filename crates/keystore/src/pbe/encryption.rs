//! Encryption by a password: PKCS#12's own (RFC 7292 App. C) and PBES2 (RFC 8018 §6.2).

use std::fmt;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{Tag, encode};
use zeroize::Zeroizing;

use super::ber;
use super::cipher::{Cipher, Pkcs12Cipher};
use super::count::Count;
use super::error::{AlgorithmError, PbeError, Role};
use super::hash::Hash;
use super::kdf::{self, Kdf};
use super::passphrase::Passphrase;
use super::pkcs12::{self, KeyPurpose};
use crate::oid;
use crate::secret::SecretOctets;

/// An encryption algorithm with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// PKCS#12's own: key and IV by its own derivation, with SHA-1.
    Pkcs12 {
        /// The cipher.
        cipher: Pkcs12Cipher,
        /// The salt.
        salt: Vec<u8>,
        /// How often SHA-1 is iterated.
        iterations: Count,
    },
    /// PBES2.
    Pbes2 {
        /// How the key is derived.
        kdf: Kdf,
        /// The cipher.
        cipher: Cipher,
        /// The initialization vector.
        iv: Vec<u8>,
    },
}

/// What an [`Encryption`] derives from a password.
pub struct DerivedKey {
    key: Zeroizing<Vec<u8>>,
    iv: Zeroizing<Vec<u8>>,
}

impl Encryption {
    /// Reads an AlgorithmIdentifier, in BER.
    ///
    /// # Errors
    /// No AlgorithmIdentifier, or one of an algorithm that is not known here.
    pub fn read(octets: &[u8]) -> Result<Encryption, AlgorithmError> {
        ber::algorithm(&mut Reader::new(octets), |oid, reader| {
            if oid == oid::PBES2 {
                reader.enter(Tag::SEQUENCE)?;
                let kdf = Kdf::read(reader)?;
                let (cipher, iv) = read_cipher(reader)?;
                reader.leave()?;
                return Ok(Encryption::Pbes2 { kdf, cipher, iv });
            }
            let cipher = Pkcs12Cipher::ALL.into_iter().find(|cipher| pkcs12_oid(*cipher) == oid);
            let Some(cipher) = cipher else {
                return Err(AlgorithmError::Unsupported { role: Role::Encryption, oid: oid.to_vec() });
            };
            reader.enter(Tag::SEQUENCE)?;
            let salt = ber::octets(reader)?;
            let iterations = ber::count(reader)?;
            reader.leave()?;
            Ok(Encryption::Pkcs12 { cipher, salt, iterations })
        })
    }

    /// The AlgorithmIdentifier in DER.
    pub fn to_der(&self) -> Vec<u8> {
        match self {
            Encryption::Pkcs12 { cipher, salt, iterations } => {
                let parameters = ber::sequence(&[&ber::write_octets(salt), &iterations.to_der()]);
                ber::write_algorithm(pkcs12_oid(*cipher), Some(&parameters))
            }
            Encryption::Pbes2 { kdf, cipher, iv } => {
                let parameters = ber::sequence(&[&kdf.to_der(), &write_cipher(*cipher, iv)]);
                ber::write_algorithm(oid::PBES2, Some(&parameters))
            }
        }
    }

    /// What the derivation costs, in iterations of a hash; see [`super::limits::MAX_ROUNDS`].
    ///
    /// # Errors
    /// Parameters beyond the limits, or that nothing can work with.
    pub fn rounds(&self) -> Result<u64, PbeError> {
        match self {
            Encryption::Pkcs12 { cipher, salt, iterations } => {
                let block = self.check_pkcs12(*cipher)?.block_octets();
                kdf::check_salt(salt)?;
                let iterations = u64::from(kdf::check_iterations(*iterations)?.get());
                let key = pkcs12::rounds(Hash::Sha1, iterations, cipher.key_octets());
                Ok(key + pkcs12::rounds(Hash::Sha1, iterations, block))
            }
            Encryption::Pbes2 { kdf, cipher, iv } => {
                if iv.len() != cipher.block_octets() {
                    return Err(PbeError::Parameters(
                        "the initialization vector has not the length of the cipher's block",
                    ));
                }
                kdf.rounds(key_octets(kdf, *cipher)?)
            }
        }
    }

    /// Whether its derivation takes much memory, so that two are not to be done
    /// side by side.
    pub fn takes_memory(&self) -> bool {
        matches!(self, Encryption::Pbes2 { kdf, .. } if kdf.takes_memory())
    }

    fn check_pkcs12(&self, cipher: Pkcs12Cipher) -> Result<Cipher, PbeError> {
        cipher.cipher().ok_or(PbeError::Unsupported(cipher.name()))
    }

    /// Derives key and IV.
    ///
    /// # Errors
    /// As [`Encryption::rounds`]; a password that is too long.
    pub fn derive(&self, password: Passphrase<'_>) -> Result<DerivedKey, PbeError> {
        self.rounds()?;
        match self {
            Encryption::Pkcs12 { cipher, salt, iterations } => {
                let password = password.bmp()?;
                let iterations = u64::from(kdf::check_iterations(*iterations)?.get());
                let derive = |purpose, length| pkcs12::derive(Hash::Sha1, purpose, &password, salt, iterations, length);
                let key = derive(KeyPurpose::Encryption, cipher.key_octets());
                let iv = derive(KeyPurpose::Iv, self.check_pkcs12(*cipher)?.block_octets());
                Ok(DerivedKey { key, iv })
            }
            Encryption::Pbes2 { kdf, cipher, iv } => {
                let key = kdf.derive(password, key_octets(kdf, *cipher)?)?;
                Ok(DerivedKey { key, iv: Zeroizing::new(iv.clone()) })
            }
        }
    }

    /// Decrypts.
    ///
    /// # Errors
    /// The ciphertext is damaged, or the key is another one: which of the two, padding
    /// cannot tell, and one time in 256 it tells nothing at all.
    pub fn decrypt(&self, key: &DerivedKey, ciphertext: &[u8]) -> Result<SecretOctets, PbeError> {
        self.cipher()?.decrypt(&key.key, &key.iv, ciphertext)
    }

    /// Encrypts.
    ///
    /// # Errors
    /// A key that was derived by another algorithm.
    pub fn encrypt(&self, key: &DerivedKey, plaintext: &[u8]) -> Result<Vec<u8>, PbeError> {
        self.cipher()?.encrypt(&key.key, &key.iv, plaintext)
    }

    fn cipher(&self) -> Result<Cipher, PbeError> {
        match self {
            Encryption::Pkcs12 { cipher, .. } => self.check_pkcs12(*cipher),
            Encryption::Pbes2 { cipher, .. } => Ok(*cipher),
        }
    }
}

/// Octets of the key: the cipher's, or what is stated for one that takes any.
fn key_octets(kdf: &Kdf, cipher: Cipher) -> Result<usize, PbeError> {
    let Some(stated) = kdf.key_length() else { return Ok(cipher.key_octets()) };
    let what = "the key length";
    match cipher {
        Cipher::Rc2 { .. } => Ok(stated.within(what, 128, "128 octets of RC2")? as usize),
        _ if stated == Count::new(cipher.key_octets() as u64) => Ok(cipher.key_octets()),
        _ => Err(PbeError::Parameters("the stated key length is not that of the cipher")),
    }
}

const fn pkcs12_oid(cipher: Pkcs12Cipher) -> &'static [u8] {
    match cipher {
        Pkcs12Cipher::TripleDes => oid::PBE_SHA1_3DES,
        Pkcs12Cipher::TwoKeyTripleDes => oid::PBE_SHA1_2DES,
        Pkcs12Cipher::Rc2With128 => oid::PBE_SHA1_RC2_128,
        Pkcs12Cipher::Rc2With40 => oid::PBE_SHA1_RC2_40,
        Pkcs12Cipher::Rc4With128 => oid::PBE_SHA1_RC4_128,
        Pkcs12Cipher::Rc4With40 => oid::PBE_SHA1_RC4_40,
    }
}

/// The versions that stand for effective bits below 256 (RFC 8018 App. B.2.3).
const RC2_VERSIONS: [(u64, u16); 3] = [(160, 40), (120, 64), (58, 128)];

/// The bits that count when no version is stated.
const RC2_DEFAULT_BITS: u16 = 32;

fn read_cipher(reader: &mut Reader<'_>) -> Result<(Cipher, Vec<u8>), AlgorithmError> {
    ber::algorithm(reader, |oid, reader| {
        let cipher = match oid {
            oid::AES128_CBC => Cipher::Aes128,
            oid::AES192_CBC => Cipher::Aes192,
            oid::AES256_CBC => Cipher::Aes256,
            oid::DES_EDE3_CBC => Cipher::TripleDes,
            oid::RC2_CBC => {
                reader.enter(Tag::SEQUENCE)?;
                let version = ber::optional_count(reader)?;
                let iv = ber::octets(reader)?;
                reader.leave()?;
                let effective_bits = match version.map(Count::get) {
                    None => Some(RC2_DEFAULT_BITS),
                    Some(Some(version @ 256..=1024)) => u16::try_from(version).ok(),
                    Some(version) => RC2_VERSIONS.iter().find(|known| Some(known.0) == version).map(|known| known.1),
                };
                let unknown =
                    AlgorithmError::Parameters("the version of RC2 stands for no key length (RFC 8018 App. B.2.3)");
                return Ok((Cipher::Rc2 { effective_bits: effective_bits.ok_or(unknown)? }, iv));
            }
            _ => return Err(AlgorithmError::Unsupported { role: Role::Cipher, oid: oid.to_vec() }),
        };
        Ok((cipher, ber::octets(reader)?))
    })
}

fn write_cipher(cipher: Cipher, iv: &[u8]) -> Vec<u8> {
    let iv = ber::write_octets(iv);
    let oid = match cipher {
        Cipher::Aes128 => oid::AES128_CBC,
        Cipher::Aes192 => oid::AES192_CBC,
        Cipher::Aes256 => oid::AES256_CBC,
        Cipher::TripleDes => oid::DES_EDE3_CBC,
        Cipher::Rc2 { effective_bits } => {
            let version = RC2_VERSIONS.iter().find(|known| known.1 == effective_bits);
            let version = version.map_or(u64::from(effective_bits), |known| known.0);
            let parameters = ber::sequence(&[&Count::new(version).to_der(), &iv]);
            return ber::write_algorithm(oid::RC2_CBC, Some(&parameters));
        }
    };
    encode(Tag::SEQUENCE, &[&encode(Tag::OID, &[oid]), &iv])
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Encryption::Pkcs12 { cipher, iterations, .. } => write!(f, "{}, {iterations} iterations", cipher.name()),
            Encryption::Pbes2 { kdf, cipher, .. } => write!(f, "PBES2 with {cipher}, {kdf}"),
        }
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DerivedKey({} octets)", self.key.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Password;

    fn all() -> Vec<Encryption> {
        let pbkdf2 = |prf| Kdf::Pbkdf2 { salt: vec![1; 8], iterations: Count::new(3), key_length: None, prf };
        let ciphers = [
            Cipher::Aes128,
            Cipher::Aes192,
            Cipher::Aes256,
            Cipher::TripleDes,
            Cipher::Rc2 { effective_bits: 40 },
            Cipher::Rc2 { effective_bits: 128 },
            Cipher::Rc2 { effective_bits: 256 },
        ];
        let mut all = Vec::new();
        for cipher in Pkcs12Cipher::ALL {
            all.push(Encryption::Pkcs12 { cipher, salt: vec![1; 8], iterations: Count::new(3) });
        }
        for (index, cipher) in ciphers.into_iter().enumerate() {
            let kdf = pbkdf2(Hash::ALL[index % Hash::ALL.len()]);
            all.push(Encryption::Pbes2 { kdf, cipher, iv: vec![2; cipher.block_octets()] });
        }
        all
    }

    #[test]
    fn both_directions() {
        let password = Password::new("pässword".to_owned());
        for encryption in all() {
            assert_eq!(Encryption::read(&encryption.to_der()).unwrap(), encryption);
            match encryption.derive(Passphrase::Text(&password)) {
                Ok(key) => {
                    let ciphertext = encryption.encrypt(&key, b"plaintext").unwrap();
                    assert_eq!(encryption.decrypt(&key, &ciphertext).unwrap().expose(), b"plaintext");
                    assert!(!format!("{key:?}").contains("["));
                }
                Err(error) => {
                    assert!(encryption.to_string().contains("RC4"));
                    assert!(matches!(error, PbeError::Unsupported(_)));
                }
            }
        }
    }

    #[test]
    fn key_length_must_fit() {
        let encryption = |key_length, cipher: Cipher| Encryption::Pbes2 {
            kdf: Kdf::Pbkdf2 {
                salt: vec![1; 8],
                iterations: Count::new(1),
                key_length: Some(Count::new(key_length)),
                prf: Hash::Sha256,
            },
            cipher,
            iv: vec![2; cipher.block_octets()],
        };
        assert!(encryption(32, Cipher::Aes256).rounds().is_ok());
        assert!(encryption(16, Cipher::Aes256).rounds().is_err());
        assert!(encryption(1 << 40, Cipher::Aes256).rounds().is_err());
        assert!(encryption(1 << 40, Cipher::Rc2 { effective_bits: 128 }).rounds().is_err());
        assert!(encryption(5, Cipher::Rc2 { effective_bits: 40 }).rounds().is_ok());
    }

    #[test]
    fn what_is_not_supported_is_named() {
        let der = ber::write_algorithm(oid::PBE_MD5_DES, None);
        let error = Encryption::read(&der).unwrap_err();
        assert_eq!(error.to_string(), "the encryption algorithm pbeWithMD5AndDES-CBC is not supported");
        let error = Encryption::read(&[0x30, 0x03]).unwrap_err();
        assert!(error.to_string().starts_with("the algorithm identifier cannot be read: byte 1"), "{error}");
    }
}
