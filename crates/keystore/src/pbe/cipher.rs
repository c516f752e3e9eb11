//! Block ciphers in CBC mode with the padding of PKCS#7 (RFC 5652 §6.3).

use std::fmt;

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use cbc::cipher::array::Array;
use cbc::cipher::consts::U8;
use cbc::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, BlockSizeUser, InnerIvInit, KeyInit,
};
use des::TdesEde3;
use rc2::Rc2;
use zeroize::Zeroizing;

use super::error::PbeError;
use crate::secret::SecretOctets;

/// A cipher of PBES2 (RFC 8018 App. B.2), in CBC mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cipher {
    /// AES with a key of 128 bits.
    Aes128,
    /// AES with a key of 192 bits.
    Aes192,
    /// AES with a key of 256 bits.
    Aes256,
    /// Triple DES with three keys.
    TripleDes,
    /// RC2 (RFC 2268).
    Rc2 {
        /// The bits of the key that count, 1 to 1024.
        effective_bits: u16,
    },
}

/// A cipher of PKCS#12's own encryption (RFC 7292 App. C).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pkcs12Cipher {
    /// Triple DES with three keys, CBC mode.
    TripleDes,
    /// Triple DES with two keys, CBC mode.
    TwoKeyTripleDes,
    /// RC2 with 128 bits, CBC mode.
    Rc2With128,
    /// RC2 with 40 bits, CBC mode: broken by trying all keys.
    Rc2With40,
    /// RC4 with 128 bits: named, but not supported.
    Rc4With128,
    /// RC4 with 40 bits: named, but not supported.
    Rc4With40,
}

impl Cipher {
    /// Octets of the key; RC2 takes any number, and without a stated length as
    /// many as hold the bits that count.
    pub const fn key_octets(self) -> usize {
        match self {
            Cipher::Aes128 => 16,
            Cipher::Aes192 | Cipher::TripleDes => 24,
            Cipher::Aes256 => 32,
            Cipher::Rc2 { effective_bits } => effective_bits.div_ceil(8) as usize,
        }
    }

    /// Octets of a block, and of the initialization vector.
    pub const fn block_octets(self) -> usize {
        match self {
            Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 => 16,
            Cipher::TripleDes | Cipher::Rc2 { .. } => 8,
        }
    }

    /// Decrypts, and takes the padding off.
    ///
    /// # Errors
    /// Not a number of whole blocks; padding that is none; a key or IV of the wrong length.
    pub(super) fn decrypt(self, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Result<SecretOctets, PbeError> {
        let block = self.block_octets();
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(block) {
            return Err(PbeError::CiphertextLength { octets: ciphertext.len() });
        }
        let mut octets = Zeroizing::new(ciphertext.to_vec());
        match self {
            Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 => {
                let iv = FixedLength::<16>::try_from(iv).map_err(|_| WRONG_IV)?;
                let key = DecryptingKey::cbc(self.aes_key(key)?).map_err(|_| WRONG_KEY)?;
                let _ = key.decrypt(&mut octets, DecryptionContext::Iv128(iv)).map_err(|_| WRONG_KEY)?;
            }
            Cipher::TripleDes => decrypt_blocks(triple_des(key)?, iv, &mut octets)?,
            Cipher::Rc2 { effective_bits } => decrypt_blocks(rc2(key, effective_bits)?, iv, &mut octets)?,
        }
        let length = unpadded(&octets, block).ok_or(PbeError::Padding)?;
        octets.truncate(length);
        Ok(SecretOctets::new(std::mem::take(&mut octets)))
    }

    /// Adds padding, and encrypts.
    ///
    /// # Errors
    /// A key or IV of the wrong length.
    pub(super) fn encrypt(self, key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, PbeError> {
        let block = self.block_octets();
        let padding = block - plaintext.len() % block;
        let mut octets = Vec::with_capacity(plaintext.len() + padding);
        octets.extend_from_slice(plaintext);
        octets.resize(plaintext.len() + padding, padding as u8);
        match self {
            Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 => {
                let iv = FixedLength::<16>::try_from(iv).map_err(|_| WRONG_IV)?;
                let key = EncryptingKey::cbc(self.aes_key(key)?).map_err(|_| WRONG_KEY)?;
                let _ = key.less_safe_encrypt(&mut octets, EncryptionContext::Iv128(iv)).map_err(|_| WRONG_KEY)?;
            }
            Cipher::TripleDes => encrypt_blocks(triple_des(key)?, iv, &mut octets)?,
            Cipher::Rc2 { effective_bits } => encrypt_blocks(rc2(key, effective_bits)?, iv, &mut octets)?,
        }
        Ok(octets)
    }

    fn aes_key(self, key: &[u8]) -> Result<UnboundCipherKey, PbeError> {
        let algorithm = match self {
            Cipher::Aes128 => &AES_128,
            Cipher::Aes192 => &AES_192,
            _ => &AES_256,
        };
        UnboundCipherKey::new(algorithm, key).map_err(|_| WRONG_KEY)
    }
}

const WRONG_KEY: PbeError = PbeError::Parameters("the cipher does not take a key of this length");
const WRONG_IV: PbeError = PbeError::Parameters("the cipher does not take an initialization vector of this length");

impl Pkcs12Cipher {
    /// All of them.
    pub const ALL: [Pkcs12Cipher; 6] = [
        Pkcs12Cipher::TripleDes,
        Pkcs12Cipher::TwoKeyTripleDes,
        Pkcs12Cipher::Rc2With128,
        Pkcs12Cipher::Rc2With40,
        Pkcs12Cipher::Rc4With128,
        Pkcs12Cipher::Rc4With40,
    ];

    /// The standard's name of the encryption with this cipher.
    pub const fn name(self) -> &'static str {
        match self {
            Pkcs12Cipher::TripleDes => "pbeWithSHAAnd3-KeyTripleDES-CBC",
            Pkcs12Cipher::TwoKeyTripleDes => "pbeWithSHAAnd2-KeyTripleDES-CBC",
            Pkcs12Cipher::Rc2With128 => "pbeWithSHAAnd128BitRC2-CBC",
            Pkcs12Cipher::Rc2With40 => "pbeWithSHAAnd40BitRC2-CBC",
            Pkcs12Cipher::Rc4With128 => "pbeWithSHAAnd128BitRC4",
            Pkcs12Cipher::Rc4With40 => "pbeWithSHAAnd40BitRC4",
        }
    }

    /// Octets of the key that is derived.
    pub const fn key_octets(self) -> usize {
        match self {
            Pkcs12Cipher::TripleDes => 24,
            Pkcs12Cipher::TwoKeyTripleDes | Pkcs12Cipher::Rc2With128 | Pkcs12Cipher::Rc4With128 => 16,
            Pkcs12Cipher::Rc2With40 | Pkcs12Cipher::Rc4With40 => 5,
        }
    }

    /// The cipher; none for RC4.
    pub(super) const fn cipher(self) -> Option<Cipher> {
        match self {
            Pkcs12Cipher::TripleDes | Pkcs12Cipher::TwoKeyTripleDes => Some(Cipher::TripleDes),
            Pkcs12Cipher::Rc2With128 => Some(Cipher::Rc2 { effective_bits: 128 }),
            Pkcs12Cipher::Rc2With40 => Some(Cipher::Rc2 { effective_bits: 40 }),
            Pkcs12Cipher::Rc4With128 | Pkcs12Cipher::Rc4With40 => None,
        }
    }
}

fn triple_des(key: &[u8]) -> Result<TdesEde3, PbeError> {
    // With two keys the first is the third, too.
    let mut three = Zeroizing::new([0; 24]);
    if !matches!(key.len(), 16 | 24) {
        return Err(WRONG_KEY);
    }
    for (octet, value) in three.iter_mut().zip(key.iter().cycle()) {
        *octet = *value;
    }
    TdesEde3::new_from_slice(three.as_slice()).map_err(|_| WRONG_KEY)
}

fn rc2(key: &[u8], effective_bits: u16) -> Result<Rc2, PbeError> {
    if !(1..=128).contains(&key.len()) || !(1..=1024).contains(&effective_bits) {
        return Err(WRONG_KEY);
    }
    Ok(Rc2::new_with_eff_key_len(key, usize::from(effective_bits)))
}

fn decrypt_blocks<C>(cipher: C, iv: &[u8], octets: &mut [u8]) -> Result<(), PbeError>
where
    C: BlockCipherDecrypt + BlockSizeUser<BlockSize = U8>,
{
    let iv: [u8; 8] = iv.try_into().map_err(|_| WRONG_IV)?;
    let (blocks, _) = Array::<u8, U8>::slice_as_chunks_mut(octets);
    cbc::Decryptor::inner_iv_init(cipher, &iv.into()).decrypt_blocks(blocks);
    Ok(())
}

fn encrypt_blocks<C>(cipher: C, iv: &[u8], octets: &mut [u8]) -> Result<(), PbeError>
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U8>,
{
    let iv: [u8; 8] = iv.try_into().map_err(|_| WRONG_IV)?;
    let (blocks, _) = Array::<u8, U8>::slice_as_chunks_mut(octets);
    cbc::Encryptor::inner_iv_init(cipher, &iv.into()).encrypt_blocks(blocks);
    Ok(())
}

/// The length without padding. Whoever decrypts here holds the file already, so
/// there is nobody whom a difference in time could tell something.
fn unpadded(octets: &[u8], block: usize) -> Option<usize> {
    let padding = usize::from(*octets.last()?);
    let length = octets.len().checked_sub(padding)?;
    let well_formed =
        (1..=block).contains(&padding) && octets.iter().skip(length).all(|&octet| usize::from(octet) == padding);
    well_formed.then_some(length)
}

impl fmt::Display for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cipher::Aes128 => f.write_str("AES-128-CBC"),
            Cipher::Aes192 => f.write_str("AES-192-CBC"),
            Cipher::Aes256 => f.write_str("AES-256-CBC"),
            Cipher::TripleDes => f.write_str("DES-EDE3-CBC"),
            Cipher::Rc2 { effective_bits } => write!(f, "RC2-CBC with {effective_bits} bits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_core::encoding::hex;

    const ALL: [Cipher; 6] = [
        Cipher::Aes128,
        Cipher::Aes192,
        Cipher::Aes256,
        Cipher::TripleDes,
        Cipher::Rc2 { effective_bits: 40 },
        Cipher::Rc2 { effective_bits: 128 },
    ];

    #[test]
    fn what_is_encrypted_is_decrypted() {
        for cipher in ALL {
            let key: Vec<u8> = (0..cipher.key_octets() as u8).collect();
            let iv = vec![7; cipher.block_octets()];
            for length in 0..40 {
                let plaintext: Vec<u8> = (0..length).collect();
                let ciphertext = cipher.encrypt(&key, &iv, &plaintext).unwrap();
                assert!(ciphertext.len() > plaintext.len());
                assert_eq!(cipher.decrypt(&key, &iv, &ciphertext).unwrap().expose(), plaintext, "{cipher}");
            }
            let error = cipher.decrypt(&key, &iv, &[0; 17]).unwrap_err();
            assert_eq!(error, PbeError::CiphertextLength { octets: 17 });
            assert!(cipher.encrypt(&key, &iv[1..], b"").is_err());
            assert!(matches!(cipher, Cipher::Rc2 { .. }) || cipher.encrypt(&key[1..], &iv, b"").is_err());
        }
    }

    /// RFC 2268 §5: key of 5 octets is in no vector, one of 16 with 64 bits is.
    #[test]
    fn rc2_vector() {
        let key = [0x88, 0xbc, 0xa9, 0x0e, 0x90, 0x87, 0x5a, 0x7f, 0x0f, 0x79, 0xc3, 0x84, 0x62, 0x7b, 0xaf, 0xb2];
        let ciphertext = Cipher::Rc2 { effective_bits: 128 }.encrypt(&key, &[0; 8], &[0; 8]).unwrap();
        assert_eq!(hex::encode(&ciphertext[..8]), "2269552ab0f85ca6");
        let ciphertext = Cipher::Rc2 { effective_bits: 64 }.encrypt(&key, &[0; 8], &[0; 8]).unwrap();
        assert_eq!(hex::encode(&ciphertext[..8]), "1a807d272bbe5db1");
    }

    #[test]
    fn padding_must_be_whole() {
        assert_eq!(unpadded(&[1, 2, 2], 8), Some(1));
        assert_eq!(unpadded(&[8; 8], 8), Some(0));
        assert_eq!(unpadded(&[1, 3, 2], 8), None);
        assert_eq!(unpadded(&[9; 16], 8), None);
        assert_eq!(unpadded(&[0; 8], 8), None);
        assert_eq!(unpadded(&[], 8), None);
    }
}
