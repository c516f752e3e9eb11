//! The hashes that derivations and MACs are made of.

use std::fmt;
use std::hint::black_box;
use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac, pbkdf2};
use zeroize::Zeroize;

use crate::oid;

/// A hash function, alone or in an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// All of them.
    pub const ALL: [Hash; 5] = [Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512];

    /// Octets of a hash value.
    pub const fn octets(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha224 => 28,
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    /// Octets of a block that the function takes at a time.
    pub const fn block_octets(self) -> usize {
        match self {
            Hash::Sha1 | Hash::Sha224 | Hash::Sha256 => 64,
            Hash::Sha384 | Hash::Sha512 => 128,
        }
    }

    /// What standards call it.
    pub const fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "SHA-1",
            Hash::Sha224 => "SHA-224",
            Hash::Sha256 => "SHA-256",
            Hash::Sha384 => "SHA-384",
            Hash::Sha512 => "SHA-512",
        }
    }

    /// The hash's identifier.
    pub(super) const fn oid(self) -> &'static [u8] {
        match self {
            Hash::Sha1 => oid::SHA1,
            Hash::Sha224 => oid::SHA224,
            Hash::Sha256 => oid::SHA256,
            Hash::Sha384 => oid::SHA384,
            Hash::Sha512 => oid::SHA512,
        }
    }

    /// The identifier of its HMAC.
    pub(super) const fn hmac_oid(self) -> &'static [u8] {
        match self {
            Hash::Sha1 => oid::HMAC_SHA1,
            Hash::Sha224 => oid::HMAC_SHA224,
            Hash::Sha256 => oid::HMAC_SHA256,
            Hash::Sha384 => oid::HMAC_SHA384,
            Hash::Sha512 => oid::HMAC_SHA512,
        }
    }

    pub(super) fn by_oid(oid: &[u8]) -> Option<Hash> {
        Hash::ALL.into_iter().find(|hash| hash.oid() == oid)
    }

    pub(super) fn by_hmac_oid(oid: &[u8]) -> Option<Hash> {
        Hash::ALL.into_iter().find(|hash| hash.hmac_oid() == oid)
    }

    pub(super) fn digest(self, octets: &[u8]) -> digest::Digest {
        digest::digest(self.digest_algorithm(), octets)
    }

    /// The hash of the octets, of that the hash, and so on, as often as is said; what
    /// is left of the last one is overwritten.
    pub(super) fn iterate(self, octets: &[u8], iterations: u64, last: impl FnOnce(&[u8])) {
        let mut value = self.digest(octets);
        for _ in 1..iterations {
            value = self.digest(value.as_ref());
        }
        last(value.as_ref());
        // The library does not overwrite its values: put another one in its place.
        value = self.digest(&[]);
        black_box(&value);
    }

    const fn digest_algorithm(self) -> &'static digest::Algorithm {
        match self {
            Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha224 => &digest::SHA224,
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha384 => &digest::SHA384,
            Hash::Sha512 => &digest::SHA512,
        }
    }

    const fn hmac_algorithm(self) -> hmac::Algorithm {
        match self {
            Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha224 => hmac::HMAC_SHA224,
            Hash::Sha256 => hmac::HMAC_SHA256,
            Hash::Sha384 => hmac::HMAC_SHA384,
            Hash::Sha512 => hmac::HMAC_SHA512,
        }
    }

    /// HMAC of the octets (RFC 2104).
    pub(super) fn hmac(self, key: &[u8], octets: &[u8]) -> Vec<u8> {
        hmac::sign(&self.hmac_key(key), octets).as_ref().to_vec()
    }

    /// Whether this is the HMAC of the octets, in constant time.
    pub(super) fn verify_hmac(self, key: &[u8], octets: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.hmac_key(key), octets, tag).is_ok()
    }

    fn hmac_key(self, key: &[u8]) -> hmac::Key {
        hmac::Key::new(self.hmac_algorithm(), key)
    }

    /// PBKDF2 with the HMAC of this hash (RFC 8018 §5.2).
    pub(super) fn pbkdf2(self, password: &[u8], salt: &[u8], iterations: NonZeroU32, out: &mut [u8]) {
        let algorithm = match self {
            Hash::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Hash::Sha224 => return self.pbkdf2_by_hand(password, salt, iterations, out),
            Hash::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Hash::Sha384 => pbkdf2::PBKDF2_HMAC_SHA384,
            Hash::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        };
        pbkdf2::derive(algorithm, iterations, salt, password, out);
    }

    /// The same in plain terms, for the hash that the library has no PBKDF2 of.
    fn pbkdf2_by_hand(self, password: &[u8], salt: &[u8], iterations: NonZeroU32, out: &mut [u8]) {
        let key = self.hmac_key(password);
        for (index, block) in out.chunks_mut(self.octets()).enumerate() {
            let mut context = hmac::Context::with_key(&key);
            context.update(salt);
            context.update(&(index as u32 + 1).to_be_bytes());
            let mut last = context.sign();
            let mut sum = last.as_ref().to_vec();
            for _ in 1..iterations.get() {
                last = hmac::sign(&key, last.as_ref());
                for (sum, octet) in sum.iter_mut().zip(last.as_ref()) {
                    *sum ^= octet;
                }
            }
            for (octet, sum) in block.iter_mut().zip(&sum) {
                *octet = *sum;
            }
            sum.zeroize();
            // As in `iterate`: of a single iteration it is the key.
            last = hmac::sign(&key, &[]);
            black_box(&last);
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_core::encoding::hex;

    #[test]
    fn pbkdf2_by_hand_is_pbkdf2() {
        for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            let (mut ours, mut theirs) = ([0; 100], [0; 100]);
            let iterations = NonZeroU32::new(7).unwrap();
            hash.pbkdf2(b"password", b"salt", iterations, &mut theirs);
            hash.pbkdf2_by_hand(b"password", b"salt", iterations, &mut ours);
            assert_eq!(ours, theirs, "{hash}");
        }
    }

    /// RFC 6070 §2, second vector.
    #[test]
    fn pbkdf2_vector() {
        let mut out = [0; 20];
        Hash::Sha1.pbkdf2(b"password", b"salt", NonZeroU32::new(2).unwrap(), &mut out);
        assert_eq!(hex::encode(&out), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
    }

    #[test]
    fn iterated_hashes() {
        for hash in Hash::ALL {
            let twice = hash.digest(hash.digest(b"octets").as_ref());
            hash.iterate(b"octets", 2, |last| assert_eq!(last, twice.as_ref()));
            hash.iterate(b"octets", 1, |last| assert_eq!(last, hash.digest(b"octets").as_ref()));
        }
    }

    #[test]
    fn sizes_are_those_of_the_hashes() {
        for hash in Hash::ALL {
            assert_eq!(hash.digest(b"").as_ref().len(), hash.octets());
            assert_eq!(hash.digest_algorithm().block_len(), hash.block_octets());
        }
    }
}
