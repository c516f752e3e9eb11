//! Hashing for the schemes that need the hash itself and not only a signature check.

use aws_lc_rs::digest;

use super::algorithm::HashAlgorithm;

/// Octets of the longest output, that of SHA-512.
const MAX_OUTPUT: usize = 64;

/// A hash value, kept without allocation.
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

/// Hashes `parts` one after the other; `None` when this build cannot compute
/// the hash: MD2 and MD4 never, MD5 only with the feature `legacy`.
pub(super) fn hash(algorithm: HashAlgorithm, parts: &[&[u8]]) -> Option<HashValue> {
    let library = match algorithm {
        HashAlgorithm::Md2 | HashAlgorithm::Md4 => return None,
        HashAlgorithm::Md5 => return md5(parts),
        HashAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        HashAlgorithm::Sha224 => &digest::SHA224,
        HashAlgorithm::Sha256 => &digest::SHA256,
        HashAlgorithm::Sha384 => &digest::SHA384,
        HashAlgorithm::Sha512 => &digest::SHA512,
    };
    let mut context = digest::Context::new(library);
    for part in parts {
        context.update(part);
    }
    Some(HashValue::new(context.finish().as_ref()))
}

/// Hashes octets, for fingerprints; `None` when this build cannot compute the
/// hash (see [`HashAlgorithm`]).
pub fn digest(algorithm: HashAlgorithm, octets: &[u8]) -> Option<Vec<u8>> {
    Some(hash(algorithm, &[octets])?.as_bytes().to_vec())
}

#[cfg(feature = "legacy")]
fn md5(parts: &[&[u8]]) -> Option<HashValue> {
    use md5::Digest;

    let mut context = md5::Md5::new();
    for part in parts {
        context.update(part);
    }
    Some(HashValue::new(&context.finalize()))
}

#[cfg(not(feature = "legacy"))]
fn md5(_parts: &[&[u8]]) -> Option<HashValue> {
    None
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
