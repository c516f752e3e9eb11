//! RSA verification on plain big integers, for what aws-lc-rs does not offer:
//! moduli below 1024 or beyond 8192 bits, MD5 and SHA-224, SHA-384 below 2048
//! bits, PSS with SHA-1, with SHA-224, below 2048 bits or with two hashes.
//!
//! Everything here is public, so nothing has to take constant time. The work is
//! bounded by the limits of [`RsaKey::new`](super::RsaKey::new).

use num_bigint::BigUint;

use super::RsaKey;
use crate::crypto::algorithm::{HashAlgorithm, PssParameters, SignatureAlgorithm};
use crate::crypto::digest::{Message, hash};
use crate::crypto::error::VerifyError;

/// RSASSA-PKCS1-v1_5: builds the one encoding that is correct and compares the
/// whole of it (RFC 8017 §8.2.2 step 4). Reading the signature's encoding
/// instead is what let forgers with an exponent of 3 hide garbage in it.
pub(super) fn verify_pkcs1(
    key: &RsaKey<'_>,
    algorithm: HashAlgorithm,
    message: Message<'_>,
    signature: &[u8],
) -> Result<(), VerifyError> {
    let unsupported = || VerifyError::UnsupportedAlgorithm(SignatureAlgorithm::RsaPkcs1(algorithm).describe());
    let prefix = digest_info_prefix(algorithm).ok_or_else(unsupported)?;
    let value = message.hash(algorithm).ok_or_else(unsupported)?;

    // RFC 8017 §9.2: 00 01 FF..FF 00 DigestInfo, with at least eight FF.
    let length = key.modulus.len();
    let info = prefix.len() + value.as_bytes().len();
    let padding = length
        .checked_sub(info + 3)
        .filter(|padding| *padding >= 8)
        .ok_or(VerifyError::MalformedKey("the RSA modulus is too short for the hash (RFC 8017 §9.2 step 3)"))?;
    let mut expected = Vec::with_capacity(length);
    expected.extend([0x00, 0x01]);
    expected.resize(2 + padding, 0xff);
    expected.push(0x00);
    expected.extend(prefix);
    expected.extend(value.as_bytes());

    if public_operation(key, signature, length)? == expected { Ok(()) } else { Err(VerifyError::Invalid) }
}

/// DigestInfo up to the hash value, with NULL parameters (RFC 8017 §9.2 note 1).
/// The form without parameters is refused, as aws-lc refuses it.
fn digest_info_prefix(algorithm: HashAlgorithm) -> Option<&'static [u8]> {
    Some(match algorithm {
        HashAlgorithm::Md2 | HashAlgorithm::Md4 => return None,
        HashAlgorithm::Md5 => b"\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10",
        HashAlgorithm::Sha1 => b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
        HashAlgorithm::Sha224 => b"\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c",
        HashAlgorithm::Sha256 => b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
        HashAlgorithm::Sha384 => b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
        HashAlgorithm::Sha512 => b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
    })
}

/// EMSA-PSS-VERIFY (RFC 8017 §9.1.2) with exactly `salt_octets` of salt.
pub(super) fn verify_pss(
    key: &RsaKey<'_>,
    parameters: PssParameters,
    salt_octets: usize,
    message: Message<'_>,
    signature: &[u8],
) -> Result<(), VerifyError> {
    let unsupported = || VerifyError::UnsupportedAlgorithm(SignatureAlgorithm::RsaPss(parameters).describe());
    let message_hash = message.hash(parameters.hash).ok_or_else(unsupported)?;
    let hash_octets = parameters.hash.output_octets();

    // RFC 8017 §8.1.2 step 2c: emBits is modBits - 1, so that the encoded message
    // is an octet shorter than a modulus of 8k + 1 bits.
    let encoded_bits = key.bits - 1;
    let encoded_octets = encoded_bits.div_ceil(8);
    let encoded = public_operation(key, signature, encoded_octets)?;

    // Steps 3 to 5: masked DB, H and the trailer.
    let block_octets = encoded_octets.checked_sub(hash_octets + 1).ok_or(VerifyError::Invalid)?;
    let padding_octets = block_octets.checked_sub(salt_octets + 1).ok_or(VerifyError::Invalid)?;
    let (masked, rest) = encoded.split_at_checked(block_octets).ok_or(VerifyError::Invalid)?;
    let Some((0xbc, presented)) = rest.split_last() else { return Err(VerifyError::Invalid) };

    // Step 6: the bits before emBits are zero.
    let beyond = 8 * encoded_octets - encoded_bits;
    let keep = 0xff_u8 >> beyond;
    if masked.first().is_none_or(|first| first & !keep != 0) {
        return Err(VerifyError::Invalid);
    }

    // Steps 7 to 10: DB is zeros, 01, salt.
    let mut block = mgf1(parameters.mgf_hash, presented, block_octets).ok_or_else(unsupported)?;
    block.iter_mut().zip(masked).for_each(|(mask, octet)| *mask ^= octet);
    if let Some(first) = block.first_mut() {
        *first &= keep;
    }
    let (padding, rest) = block.split_at_checked(padding_octets).ok_or(VerifyError::Invalid)?;
    let Some((0x01, salt)) = rest.split_first() else { return Err(VerifyError::Invalid) };
    if padding.iter().any(|octet| *octet != 0) {
        return Err(VerifyError::Invalid);
    }

    // Steps 12 to 14: H is the hash of eight zeros, the message's hash and the salt.
    let expected = hash(parameters.hash, &[&[0; 8], message_hash.as_bytes(), salt]).ok_or_else(unsupported)?;
    if expected.as_bytes() == presented { Ok(()) } else { Err(VerifyError::Invalid) }
}

/// MGF1 (RFC 8017 §B.2.1); `None` when the hash cannot be computed.
fn mgf1(algorithm: HashAlgorithm, seed: &[u8], octets: usize) -> Option<Vec<u8>> {
    let mut mask = Vec::with_capacity(octets + algorithm.output_octets());
    for counter in 0_u32.. {
        if mask.len() >= octets {
            break;
        }
        mask.extend(hash(algorithm, &[seed, &counter.to_be_bytes()])?.as_bytes());
    }
    mask.truncate(octets);
    Some(mask)
}

/// RSAVP1 and I2OSP (RFC 8017 §5.2.2, §4.1): the message representative in
/// `octets` octets.
fn public_operation(key: &RsaKey<'_>, signature: &[u8], octets: usize) -> Result<Vec<u8>, VerifyError> {
    let modulus = BigUint::from_bytes_be(key.modulus);
    let signature = BigUint::from_bytes_be(signature);
    // §5.2.2 step 1: "signature representative out of range".
    if signature >= modulus {
        return Err(VerifyError::Invalid);
    }
    let representative = signature.modpow(&BigUint::from_bytes_be(key.exponent), &modulus).to_bytes_be();
    // §4.1 step 1: too large for its octets.
    let zeros = octets.checked_sub(representative.len()).ok_or(VerifyError::Invalid)?;
    let mut encoded = vec![0; zeros];
    encoded.extend(representative);
    Ok(encoded)
}

#[cfg(test)]
mod tests;
