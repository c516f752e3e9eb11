//! Hashing for the schemes that need the hash itself and not only a signature check.

use aws_lc_rs::digest;

use super::algorithm::HashAlgorithm;

/// Octets of the longest output, that of SHA-512.
const MAX_OUTPUT: usize = 64;

/// A hash value, kept without allocation.
#[derive(Clone, Copy)]
pub(super) struct HashValue {
    bytes: [u8; MAX_OUTPUT],
    length: usize,
}

impl HashValue {
    fn new(output: &[u8]) -> Self {
        let mut bytes = [0; MAX_OUTPUT];
        let mut length = 0;
        for (to, from) in bytes.iter_mut().zip(output) {
            *to = *from;
            length += 1;
        }
        HashValue { bytes, length }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// A hash of something that is too long to be kept.
#[derive(Clone, Copy)]
pub struct Hashed {
    algorithm: HashAlgorithm,
    value: HashValue,
}

/// Makes a [`Hashed`] of octets that come piece by piece.
pub struct Hasher {
    algorithm: HashAlgorithm,
    state: HasherState,
}

enum HasherState {
    Library(digest::Context),
    #[cfg(feature = "legacy")]
    Md5(md5::Md5),
}

impl Hasher {
    /// Nothing hashed yet; `None` when this build cannot compute the hash (see
    /// [`digest()`]).
    pub fn new(algorithm: HashAlgorithm) -> Option<Hasher> {
        let state = match library(algorithm) {
            Some(library) => HasherState::Library(digest::Context::new(library)),
            #[cfg(feature = "legacy")]
            None if algorithm == HashAlgorithm::Md5 => HasherState::Md5(md5::Digest::new()),
            None => return None,
        };
        Some(Hasher { algorithm, state })
    }

    /// Hashes these octets after those before.
    pub fn update(&mut self, octets: &[u8]) {
        match &mut self.state {
            HasherState::Library(context) => context.update(octets),
            #[cfg(feature = "legacy")]
            HasherState::Md5(context) => md5::Digest::update(context, octets),
        }
    }

    /// The hash.
    pub fn finish(self) -> Hashed {
        let value = match self.state {
            HasherState::Library(context) => HashValue::new(context.finish().as_ref()),
            #[cfg(feature = "legacy")]
            HasherState::Md5(context) => HashValue::new(&md5::Digest::finalize(context)),
        };
        Hashed { algorithm: self.algorithm, value }
    }
}

/// What was signed: its octets, or their hash where the octets are no longer there.
#[derive(Clone, Copy)]
pub enum Message<'a> {
    /// The octets.
    Octets(&'a [u8]),
    /// Their hash, which only serves algorithms that sign this very hash.
    Hashed(&'a Hashed),
}

impl<'a> From<&'a [u8]> for Message<'a> {
    fn from(octets: &'a [u8]) -> Self {
        Message::Octets(octets)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Message<'a> {
    fn from(octets: &'a [u8; N]) -> Self {
        Message::Octets(octets)
    }
}

impl<'a> From<&'a Vec<u8>> for Message<'a> {
    fn from(octets: &'a Vec<u8>) -> Self {
        Message::Octets(octets)
    }
}

impl Message<'_> {
    /// The hash; `None` when it cannot be computed, or is not the one at hand.
    pub(super) fn hash(self, algorithm: HashAlgorithm) -> Option<HashValue> {
        match self {
            Message::Octets(octets) => hash(algorithm, &[octets]),
            Message::Hashed(hashed) => (hashed.algorithm == algorithm).then_some(hashed.value),
        }
    }
}

/// The library's name of a hash; `None` for those that it does not compute.
pub(super) fn library(algorithm: HashAlgorithm) -> Option<&'static digest::Algorithm> {
    Some(match algorithm {
        HashAlgorithm::Md2 | HashAlgorithm::Md4 | HashAlgorithm::Md5 => return None,
        HashAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        HashAlgorithm::Sha224 => &digest::SHA224,
        HashAlgorithm::Sha256 => &digest::SHA256,
        HashAlgorithm::Sha384 => &digest::SHA384,
        HashAlgorithm::Sha512 => &digest::SHA512,
    })
}

/// The message's hash as the library holds it.
pub(super) fn imported(message: Message<'_>, algorithm: HashAlgorithm) -> Option<digest::Digest> {
    let value = message.hash(algorithm)?;
    digest::Digest::import_less_safe(value.as_bytes(), library(algorithm)?).ok()
}

/// Hashes `parts` one after the other; `None` when this build cannot compute
/// the hash: MD2 and MD4 never, MD5 only with the feature `legacy`.
pub(super) fn hash(algorithm: HashAlgorithm, parts: &[&[u8]]) -> Option<HashValue> {
    let mut hasher = Hasher::new(algorithm)?;
    parts.iter().for_each(|part| hasher.update(part));
    Some(hasher.finish().value)
}

/// Hashes octets, for fingerprints; `None` when this build cannot compute the
/// hash (see [`HashAlgorithm`]).
pub fn digest(algorithm: HashAlgorithm, octets: &[u8]) -> Option<Vec<u8>> {
    Some(hash(algorithm, &[octets])?.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_known_values_of_abc() {
        // FIPS 180-4 and RFC 1321 examples, the first four octets.
        for (algorithm, start) in [
            (HashAlgorithm::Md5, [0x90, 0x01, 0x50, 0x98]),
            (HashAlgorithm::Sha1, [0xa9, 0x99, 0x3e, 0x36]),
            (HashAlgorithm::Sha224, [0x23, 0x09, 0x7d, 0x22]),
            (HashAlgorithm::Sha256, [0xba, 0x78, 0x16, 0xbf]),
            (HashAlgorithm::Sha384, [0xcb, 0x00, 0x75, 0x3f]),
            (HashAlgorithm::Sha512, [0xdd, 0xaf, 0x35, 0xa1]),
        ] {
            if algorithm == HashAlgorithm::Md5 && !cfg!(feature = "legacy") {
                assert!(hash(algorithm, &[b"abc"]).is_none());
                continue;
            }
            let value = hash(algorithm, &[b"a", b"", b"bc"]).unwrap();
            assert_eq!(value.as_bytes().len(), algorithm.output_octets(), "{algorithm:?}");
            assert_eq!(value.as_bytes()[..4], start, "{algorithm:?}");
        }
        assert!(hash(HashAlgorithm::Md2, &[]).is_none() && hash(HashAlgorithm::Md4, &[]).is_none());
        assert_eq!(digest(HashAlgorithm::Sha1, b"abc").map(|value| value.len()), Some(20));
    }
}
