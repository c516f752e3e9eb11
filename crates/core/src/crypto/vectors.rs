//! Test vectors made by OpenSSL (tests/vectors/make-signatures.sh), a little
//! DER writing; for tests.

use super::algorithm::{HashAlgorithm, PssParameters, SignatureAlgorithm};
use crate::encoding::der::{Cursor, Decode, Integer};
use crate::x509::oid::Oid;
use crate::x509::spki::{PublicKey, SubjectPublicKeyInfo};

/// What every vector signs.
pub(super) const MESSAGE: &[u8] = b"certlens signature test message";

static LINES: &str = include_str!("../../tests/vectors/signatures.txt");

/// One signature that OpenSSL made.
pub(super) struct Vector {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) algorithm: SignatureAlgorithm<'static>,
    pub(super) signature: Vec<u8>,
}

pub(super) fn vectors() -> Vec<Vector> {
    let lines = LINES.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let signatures = lines.filter(|line| line[0] == "sig");
    let read = |line: Vec<&'static str>| Vector {
        key: line[1],
        name: line[2],
        algorithm: algorithm(line[2]),
        signature: unhex(line[3]),
    };
    signatures.map(read).collect()
}

pub(super) fn vector(key: &str, name: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.key == key && vector.name == name).unwrap()
}

/// The SubjectPublicKeyInfo of the key with this name.
pub(super) fn spki(name: &str) -> Vec<u8> {
    let mut lines = LINES.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    unhex(lines.find(|line| line[0] == "key" && line[1] == name).unwrap()[2])
}

/// The private exponent of the RSA key with this name.
#[cfg(feature = "legacy")]
pub(super) fn private_exponent(name: &str) -> Vec<u8> {
    let mut lines = LINES.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    unhex(lines.find(|line| line[0] == "private" && line[1] == name).unwrap()[2])
}

pub(super) fn public_key(spki: &[u8]) -> PublicKey<'_> {
    SubjectPublicKeyInfo::decode(&mut Cursor::silent(spki)).unwrap().public_key().unwrap()
}

fn algorithm(name: &str) -> SignatureAlgorithm<'static> {
    let hash = |name: &str| match name {
        "md5" => HashAlgorithm::Md5,
        "sha1" => HashAlgorithm::Sha1,
        "sha224" => HashAlgorithm::Sha224,
        "sha256" => HashAlgorithm::Sha256,
        "sha384" => HashAlgorithm::Sha384,
        "sha512" => HashAlgorithm::Sha512,
        other => panic!("{other}"),
    };
    match name.split('-').collect::<Vec<_>>()[..] {
        ["rsa", digest] => SignatureAlgorithm::RsaPkcs1(hash(digest)),
        ["pss", digest, mask, salt] => SignatureAlgorithm::RsaPss(PssParameters {
            hash: hash(digest),
            mgf_hash: hash(mask),
            salt_len: salt.parse().unwrap(),
        }),
        ["ecdsa", digest] => SignatureAlgorithm::Ecdsa(hash(digest)),
        ["dsa", digest] => SignatureAlgorithm::Dsa(hash(digest)),
        ["ed25519"] => SignatureAlgorithm::Ed25519,
        ["ed448"] => SignatureAlgorithm::Ed448,
        _ => panic!("{name}"),
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().map(|digit| char::from(digit).to_digit(16).unwrap() as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub(super) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut der = vec![tag];
    match length {
        0..0x80 => der.push(length as u8),
        0x80..0x100 => der.extend([0x81, length as u8]),
        _ => der.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    der.extend(content);
    der
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub(super) fn context(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, content)
}

pub(super) fn oid(value: Oid<'_>) -> Vec<u8> {
    tlv(0x06, value.as_bytes())
}

pub(super) fn null() -> Vec<u8> {
    tlv(0x05, &[])
}

/// A non-negative INTEGER with this magnitude.
pub(super) fn uint(magnitude: &[u8]) -> Vec<u8> {
    let needs_zero = magnitude.first().is_none_or(|octet| octet & 0x80 != 0);
    tlv(0x02, &[if needs_zero { &[0][..] } else { &[] }, magnitude].concat())
}

pub(super) fn integer(der: &[u8]) -> Integer<'_> {
    Cursor::silent(der).integer().unwrap()
}
