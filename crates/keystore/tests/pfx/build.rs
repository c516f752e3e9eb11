//! Making PFX files, good and deliberately odd ones.

use certlens_core::encoding::der::{Tag, encode};
use certlens_core::x509::oid::encode_dotted;
use certlens_keystore::pbe::{Cipher, Count, Encryption, Hash, Kdf, Mac, MacData, Passphrase, Pkcs12Cipher};
use certlens_keystore::secret::Password;

/// Octets of a private key that is none of a known algorithm.
pub(crate) const SECRET: &[u8] = b"xyzzy-plugh-fnord-quuux";

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    encode(Tag::SEQUENCE, parts)
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    encode(Tag::OID, &[&encode_dotted(dotted).unwrap()])
}

pub(crate) fn explicit(octets: &[u8]) -> Vec<u8> {
    encode(Tag::context_constructed(0), &[octets])
}

pub(crate) fn octet_string(octets: &[u8]) -> Vec<u8> {
    encode(Tag::OCTET_STRING, &[octets])
}

pub(crate) fn password() -> Password {
    Password::new("test".to_owned())
}

/// Triple DES by PKCS#12's own derivation.
pub(crate) fn triple_des(iterations: u64) -> Encryption {
    Encryption::Pkcs12 { cipher: Pkcs12Cipher::TripleDes, salt: vec![1; 8], iterations: Count::new(iterations) }
}

/// AES-256 with PBES2.
pub(crate) fn aes(iterations: u64) -> Encryption {
    let kdf = Kdf::Pbkdf2 { salt: vec![2; 8], iterations: Count::new(iterations), key_length: None, prf: Hash::Sha256 };
    Encryption::Pbes2 { kdf, cipher: Cipher::Aes256, iv: vec![3; 16] }
}

pub(crate) fn hmac(iterations: u64) -> Mac {
    Mac::Pkcs12 { hash: Hash::Sha256, salt: vec![4; 8], iterations: Count::new(iterations) }
}

pub(crate) fn encrypt(encryption: &Encryption, phrase: Passphrase<'_>, plaintext: &[u8]) -> Vec<u8> {
    encryption.encrypt(&encryption.derive(phrase).unwrap(), plaintext).unwrap()
}

/// A bag without attributes.
pub(crate) fn bag(kind: &str, value: &[u8]) -> Vec<u8> {
    bag_with(kind, value, &[])
}

pub(crate) fn bag_with(kind: &str, value: &[u8], attributes: &[Vec<u8>]) -> Vec<u8> {
    let set = if attributes.is_empty() { Vec::new() } else { encode(Tag::SET, &[&attributes.concat()]) };
    sequence(&[&oid(kind), &explicit(value), &set])
}

pub(crate) const KEY: &str = "1.2.840.113549.1.12.10.1.1";
pub(crate) const SHROUDED_KEY: &str = "1.2.840.113549.1.12.10.1.2";
pub(crate) const CERTIFICATE: &str = "1.2.840.113549.1.12.10.1.3";
pub(crate) const CRL: &str = "1.2.840.113549.1.12.10.1.4";
pub(crate) const SECRET_BAG: &str = "1.2.840.113549.1.12.10.1.5";
pub(crate) const SAFE_CONTENTS: &str = "1.2.840.113549.1.12.10.1.6";

/// PrivateKeyInfo of Ed25519.
pub(crate) fn private_key() -> Vec<u8> {
    sequence(&[&[0x02, 1, 0], &sequence(&[&oid("1.3.101.112")]), &octet_string(SECRET)])
}

pub(crate) fn key_bag() -> Vec<u8> {
    bag(KEY, &private_key())
}

pub(crate) fn shrouded_key_bag(encryption: &Encryption, phrase: Passphrase<'_>) -> Vec<u8> {
    let ciphertext = encrypt(encryption, phrase, &private_key());
    bag(SHROUDED_KEY, &sequence(&[&encryption.to_der(), &octet_string(&ciphertext)]))
}

/// A bag of a type and a value of it.
pub(crate) fn typed_bag(kind: &str, of: &str, value: &[u8]) -> Vec<u8> {
    bag(kind, &sequence(&[&oid(of), &explicit(value)]))
}

pub(crate) fn certificate_bag(octets: &[u8]) -> Vec<u8> {
    typed_bag(CERTIFICATE, "1.2.840.113549.1.9.22.1", &octet_string(octets))
}

/// A safe that is not encrypted.
pub(crate) fn plain_safe(bags: &[Vec<u8>]) -> Vec<u8> {
    content_info("1.2.840.113549.1.7.1", &octet_string(&sequence(&[&bags.concat()])))
}

/// A safe that is encrypted.
pub(crate) fn encrypted_safe(encryption: &Encryption, phrase: Passphrase<'_>, bags: &[Vec<u8>]) -> Vec<u8> {
    ciphertext_safe(&encryption.to_der(), &encrypt(encryption, phrase, &sequence(&[&bags.concat()])))
}

pub(crate) fn ciphertext_safe(algorithm: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    let content = encode(Tag::context(0), &[ciphertext]);
    let info = sequence(&[&oid("1.2.840.113549.1.7.1"), algorithm, &content]);
    content_info("1.2.840.113549.1.7.6", &sequence(&[&[0x02, 1, 0], &info]))
}

pub(crate) fn content_info(content_type: &str, content: &[u8]) -> Vec<u8> {
    sequence(&[&oid(content_type), &explicit(content)])
}

/// A PFX without MAC.
pub(crate) fn without_mac(safes: &[Vec<u8>]) -> Vec<u8> {
    with_mac_data(safes, &[])
}

/// A PFX with a MAC.
pub(crate) fn with_mac(mac: &Mac, phrase: Passphrase<'_>, safes: &[Vec<u8>]) -> Vec<u8> {
    let digest = mac.compute(phrase, &sequence(&[&safes.concat()])).unwrap();
    with_mac_data(safes, &MacData::to_der(mac, &digest))
}

pub(crate) fn with_mac_data(safes: &[Vec<u8>], mac_data: &[u8]) -> Vec<u8> {
    let content = octet_string(&sequence(&[&safes.concat()]));
    sequence(&[&[0x02, 1, 3], &content_info("1.2.840.113549.1.7.1", &content), mac_data])
}
