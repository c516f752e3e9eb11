//! OpenSSL's traditional encryption of PEM blocks: the headers of RFC 1421
//! §4.6.1, and a key that one round of MD5 makes of the password
//! (EVP_BytesToKey). Read, for there are many such files; never written.

use aws_lc_rs::cipher::{AES_128, AES_192, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use cbc::cipher::array::Array;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use des::TdesEde3;
use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::error::KeyError;
use crate::secret::{Password, SecretOctets};

/// The ciphers that are read.
#[derive(Clone, Copy)]
enum Cipher {
    TripleDes,
    Aes128,
    Aes192,
    Aes256,
}

impl Cipher {
    fn by_name(name: &str) -> Option<Cipher> {
        Some(match name {
            "DES-EDE3-CBC" => Cipher::TripleDes,
            "AES-128-CBC" => Cipher::Aes128,
            "AES-192-CBC" => Cipher::Aes192,
            "AES-256-CBC" => Cipher::Aes256,
            _ => return None,
        })
    }

    fn key_octets(self) -> usize {
        match self {
            Cipher::Aes128 => 16,
            Cipher::TripleDes | Cipher::Aes192 => 24,
            Cipher::Aes256 => 32,
        }
    }

    fn block_octets(self) -> usize {
        if matches!(self, Cipher::TripleDes) { 8 } else { 16 }
    }

    /// Decrypts in place and returns the length without padding.
    fn decrypt(self, key: &[u8], iv: &[u8], octets: &mut [u8]) -> Option<usize> {
        let algorithm = match self {
            Cipher::TripleDes => return triple_des(key, iv, octets),
            Cipher::Aes128 => &AES_128,
            Cipher::Aes192 => &AES_192,
            Cipher::Aes256 => &AES_256,
        };
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
        let iv = FixedLength::<16>::try_from(iv).ok()?;
        Some(key.decrypt(octets, DecryptionContext::Iv128(iv)).ok()?.len())
    }
}

fn triple_des(key: &[u8], iv: &[u8], octets: &mut [u8]) -> Option<usize> {
    let mut cipher = cbc::Decryptor::<TdesEde3>::new_from_slices(key, iv).ok()?;
    let (blocks, rest) = Array::slice_as_chunks_mut(octets);
    cipher.decrypt_blocks(blocks);
    if !rest.is_empty() {
        return None;
    }
    let padding = *octets.last()?;
    let length = octets.len().checked_sub(usize::from(padding))?;
    let is_padding = (1..=8).contains(&padding) && octets.iter().skip(length).all(|octet| *octet == padding);
    is_padding.then_some(length)
}

/// Decrypts the content of a PEM block by its DEK-Info header.
///
/// # Errors
/// A cipher that is not read, a header that cannot be, or the wrong password.
pub(super) fn decrypt(
    dek_info: Option<&str>,
    content: &[u8],
    password: Option<&Password>,
) -> Result<SecretOctets, KeyError> {
    let header =
        dek_info.ok_or(KeyError::Malformed("an encrypted PEM block has no DEK-Info header (RFC 1421 §4.6.1.3)"))?;
    let (name, parameters) = header.split_once(',').unwrap_or((header, ""));
    let name = name.trim();
    let cipher = Cipher::by_name(name).ok_or_else(|| KeyError::UnsupportedEncryption(name.to_owned()))?;
    let iv = hex(parameters.trim()).filter(|iv| iv.len() == cipher.block_octets());
    let iv =
        iv.ok_or(KeyError::Malformed("the DEK-Info header has no initialization vector of its cipher's length"))?;
    let password = password.ok_or(KeyError::PasswordNeeded)?;
    let key = bytes_to_key(password.expose().as_bytes(), &iv, cipher.key_octets());
    let mut octets = Zeroizing::new(content.to_vec());
    let length = cipher.decrypt(&key, &iv, &mut octets).ok_or(KeyError::WrongPassword)?;
    octets.truncate(length);
    Ok(SecretOctets::new(std::mem::take(&mut octets)))
}

/// EVP_BytesToKey with MD5 and one round: each block is the hash of the one
/// before, the password, and the first eight octets of the vector.
fn bytes_to_key(password: &[u8], iv: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(length + 16));
    let mut last = Zeroizing::new([0u8; 16]);
    while key.len() < length {
        let mut hash = Md5::new();
        if !key.is_empty() {
            hash.update(*last);
        }
        hash.update(password);
        hash.update(iv.get(..8).unwrap_or(iv));
        *last = hash.finalize().into();
        key.extend_from_slice(last.as_slice());
    }
    key.truncate(length);
    key
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |octet: &u8| char::from(*octet).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((digit(high)? << 4 | digit(low)?) as u8),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_do_not_do() {
        let password = Password::new("test".to_owned());
        let error = |header: Option<&str>| decrypt(header, &[0; 16], Some(&password)).unwrap_err();
        assert!(matches!(error(None), KeyError::Malformed(_)));
        assert!(matches!(error(Some("AES-128-CBC")), KeyError::Malformed(_)));
        assert!(matches!(error(Some("AES-128-CBC,00")), KeyError::Malformed(_)));
        assert!(matches!(error(Some("DES-EDE3-CBC,000102030405060g")), KeyError::Malformed(_)));
        assert_eq!(error(Some("DES-CBC,0001020304050607")), KeyError::UnsupportedEncryption("DES-CBC".to_owned()));
        assert_eq!(error(Some("AES-128-CBC,000102030405060708090A0B0C0D0E0F")), KeyError::WrongPassword);
        let header = "DES-EDE3-CBC,0001020304050607";
        assert_eq!(error(Some(header)), KeyError::WrongPassword);
        assert_eq!(decrypt(Some(header), &[0; 16], None), Err(KeyError::PasswordNeeded));
        assert_eq!(decrypt(Some(header), &[0; 15], Some(&password)), Err(KeyError::WrongPassword));
        assert_eq!(decrypt(Some(header), &[], Some(&password)), Err(KeyError::WrongPassword));
    }
}
