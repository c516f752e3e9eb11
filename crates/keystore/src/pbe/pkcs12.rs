//! The key derivation of PKCS#12 (RFC 7292 App. B).

use zeroize::Zeroizing;

use super::hash::Hash;

/// What is derived (RFC 7292 App. B.3): octets for one are none for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// A key to encrypt with.
    Encryption,
    /// An initialization vector.
    Iv,
    /// A key for a MAC.
    Mac,
}

impl KeyPurpose {
    const fn id(self) -> u8 {
        match self {
            KeyPurpose::Encryption => 1,
            KeyPurpose::Iv => 2,
            KeyPurpose::Mac => 3,
        }
    }
}

/// Derives `length` octets from a password in BMP form (RFC 7292 App. B.2).
pub(super) fn derive(
    hash: Hash,
    purpose: KeyPurpose,
    password: &[u8],
    salt: &[u8],
    iterations: u64,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = hash.block_octets();
    let repeated = |octets: &[u8]| {
        let length = octets.len().div_ceil(block) * block;
        Zeroizing::new(octets.iter().copied().cycle().take(length).collect::<Vec<u8>>())
    };
    let mut input = Zeroizing::new(Vec::new());
    let (salt, password) = (repeated(salt), repeated(password));
    input.reserve_exact(salt.len() + password.len());
    input.extend_from_slice(&salt);
    input.extend_from_slice(&password);

    let mut derived = Zeroizing::new(Vec::with_capacity(length + hash.octets()));
    while derived.len() < length {
        let mut start = Zeroizing::new(vec![purpose.id(); block]);
        start.reserve_exact(input.len());
        start.extend_from_slice(&input);
        hash.iterate(&start, iterations, |last| {
            derived.extend_from_slice(last);
            let addend = repeated(last);
            for chunk in input.chunks_mut(block) {
                add_and_one(chunk, &addend);
            }
        });
    }
    derived.truncate(length);
    derived
}

/// How many times the hash is iterated to derive `length` octets.
pub(super) const fn rounds(hash: Hash, iterations: u64, length: usize) -> u64 {
    let weight = match hash {
        Hash::Sha1 | Hash::Sha224 | Hash::Sha256 => 1,
        Hash::Sha384 | Hash::Sha512 => 6,
    };
    (length.div_ceil(hash.octets()) as u64 * weight).saturating_mul(iterations)
}

/// `number + addend + 1`, both big-endian and of the same length, without what
/// does not fit.
fn add_and_one(number: &mut [u8], addend: &[u8]) {
    let mut carry = 1;
    for (digit, octet) in number.iter_mut().rev().zip(addend.iter().rev()) {
        let sum = u16::from(*digit) + u16::from(*octet) + carry;
        *digit = sum as u8;
        carry = sum >> 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_core::encoding::hex;

    fn bmp(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).chain([0, 0]).collect()
    }

    /// Vectors that PKCS#12 implementations share: Gutmann's for SHA-1.
    #[test]
    fn vectors() {
        let salt = [0x0a, 0x58, 0xcf, 0x64, 0x53, 0x0d, 0x82, 0x3f];
        let key = derive(Hash::Sha1, KeyPurpose::Encryption, &bmp("smeg"), &salt, 1, 24);
        assert_eq!(hex::encode(&key), "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3");
        let iv = derive(Hash::Sha1, KeyPurpose::Iv, &bmp("smeg"), &salt, 1, 8);
        assert_eq!(hex::encode(&iv), "79993dfe048d3b76");
        let salt = [0x05, 0xde, 0xc9, 0x59, 0xac, 0xff, 0x72, 0xf7];
        let key = derive(Hash::Sha1, KeyPurpose::Encryption, &bmp("queeg"), &salt, 1000, 24);
        assert_eq!(hex::encode(&key), "ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4");
        let mac =
            derive(Hash::Sha1, KeyPurpose::Mac, &bmp("smeg"), &[0x3d, 0x83, 0xc0, 0xe4, 0x54, 0x6a, 0xc1, 0x40], 1, 20);
        assert_eq!(hex::encode(&mac), "8d967d88f6caa9d714800ab3d48051d63f73a312");
    }

    #[test]
    fn addition_wraps() {
        let mut number = [0xff, 0xff];
        add_and_one(&mut number, &[0x00, 0x01]);
        assert_eq!(number, [0x00, 0x01]);
    }

    #[test]
    fn rounds_count_blocks() {
        assert_eq!(rounds(Hash::Sha1, 10, 24), 20);
        assert_eq!(rounds(Hash::Sha256, 10, 32), 10);
        assert_eq!(rounds(Hash::Sha256, u64::MAX, 64), u64::MAX);
    }
}
