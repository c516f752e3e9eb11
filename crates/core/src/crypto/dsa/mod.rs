//! DSA signatures (FIPS 186-4 §4, RFC 3279 §2.2.2): no longer made, but still
//! found in old certificates and in test suites.
//!
//! Verified on plain big integers. The crate `dsa` knows only four pairs of
//! lengths and brings sixteen packages for a check of forty lines; the
//! arithmetic here is already needed for RSA.

use super::algorithm::HashAlgorithm;
use super::error::VerifyError;
use crate::encoding::der::Integer;
use crate::x509::spki::{DsaParameters, PublicKey};

/// The longest DSA modulus that is computed with, in bits. FIPS 186-4 §4.2 ends
/// at 3072; keys of 4096 bits were made by OpenSSL and GnuPG users.
pub const DSA_MAX_MODULUS_BITS: usize = 4096;

/// Fills in the parameters of a DSA key that has none of its own with those of
/// its issuer (RFC 3279 §2.3.2). Any other key stays as it is.
///
/// `inherited` are the parameters of the issuer's own, already resolved key,
/// and `None` when that is no DSA key.
pub fn resolve_dsa<'a>(key: PublicKey<'a>, inherited: Option<DsaParameters<'a>>) -> PublicKey<'a> {
    match key {
        PublicKey::Dsa { parameters: None, y } => PublicKey::Dsa { parameters: inherited, y },
        other => other,
    }
}

#[cfg(not(feature = "legacy"))]
pub(super) fn verify(
    _parameters: &DsaParameters<'_>,
    _y: &Integer<'_>,
    hash_algorithm: HashAlgorithm,
    _message: super::digest::Message<'_>,
    _signature: &[u8],
) -> Result<(), VerifyError> {
    Err(super::error::needs_legacy(super::algorithm::SignatureAlgorithm::Dsa(hash_algorithm).describe()))
}

#[cfg(feature = "legacy")]
pub(super) use own::verify;

#[cfg(feature = "legacy")]
mod own {
    use num_bigint::BigUint;

    use super::{DSA_MAX_MODULUS_BITS, DsaParameters, HashAlgorithm, Integer, VerifyError};
    use crate::crypto::algorithm::SignatureAlgorithm;
    use crate::crypto::digest::Message;
    use crate::encoding::der::{Cursor, DeviationSink};

    /// The lengths of q in FIPS 186-4 §4.2, in bits; OpenSSL and BoringSSL take
    /// no others. q is what makes the two exponentiations long.
    const ORDER_BITS: [u64; 3] = [160, 224, 256];

    struct DsaKey {
        p: BigUint,
        q: BigUint,
        g: BigUint,
        y: BigUint,
    }

    impl DsaKey {
        fn new(parameters: &DsaParameters<'_>, y: &Integer<'_>) -> Result<Self, VerifyError> {
            let (p, q) = (positive(&parameters.p)?, positive(&parameters.q)?);
            let (g, y) = (positive(&parameters.g)?, positive(y)?);
            // Before any arithmetic: nothing may be longer than the modulus may be.
            for number in [p, q, g, y] {
                let found = crate::crypto::bit_length(number);
                if found > DSA_MAX_MODULUS_BITS {
                    return Err(VerifyError::LimitExceeded {
                        name: "DSA_MAX_MODULUS_BITS",
                        limit: DSA_MAX_MODULUS_BITS,
                        found,
                    });
                }
            }
            let key = DsaKey {
                p: BigUint::from_bytes_be(p),
                q: BigUint::from_bytes_be(q),
                g: BigUint::from_bytes_be(g),
                y: BigUint::from_bytes_be(y),
            };
            if !ORDER_BITS.contains(&key.q.bits()) {
                return Err(VerifyError::MalformedKey("the order q has not 160, 224 or 256 bits (FIPS 186-4 §4.2)"));
            }
            if !key.p.bit(0) || !key.q.bit(0) || key.q >= key.p {
                return Err(VerifyError::MalformedKey("p and q are not odd numbers with q below p (FIPS 186-4 §4.1)"));
            }
            // With a generator or public value of 0, 1 or p - 1 a signature can be made without the private key.
            let (two, top) = (BigUint::from(2_u8), &key.p - 1_u8);
            if !(two..top).contains(&key.g) {
                return Err(VerifyError::MalformedKey("the generator g is not between 2 and p - 2 (FIPS 186-4 §4.1)"));
            }
            if !(BigUint::from(2_u8)..&key.p - 1_u8).contains(&key.y) {
                return Err(VerifyError::MalformedKey(
                    "the public value y is not between 2 and p - 2 (SP 800-56A §5.6.2.3.1)",
                ));
            }
            Ok(key)
        }
    }

    /// FIPS 186-4 §4.7 on a Dss-Sig-Value (RFC 3279 §2.2.2).
    pub(in crate::crypto) fn verify(
        parameters: &DsaParameters<'_>,
        y: &Integer<'_>,
        hash_algorithm: HashAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        if matches!(hash_algorithm, HashAlgorithm::Md2 | HashAlgorithm::Md4 | HashAlgorithm::Md5) {
            return Err(VerifyError::UnsupportedAlgorithm(SignatureAlgorithm::Dsa(hash_algorithm).describe()));
        }
        let DsaKey { p, q, g, y } = DsaKey::new(parameters, y)?;
        let (r, s) = read_signature(signature).ok_or(VerifyError::Invalid)?;
        let zero = BigUint::ZERO;
        if r == zero || r >= q || s == zero || s >= q {
            return Err(VerifyError::Invalid);
        }
        let value = message.hash(hash_algorithm).ok_or(VerifyError::Invalid)?;
        // The leftmost bits, as many as q has; these are whole octets.
        let order_octets = (q.bits() / 8) as usize;
        let z = BigUint::from_bytes_be(value.as_bytes().get(..order_octets).unwrap_or(value.as_bytes()));
        let w = s.modinv(&q).ok_or(VerifyError::Invalid)?;
        let (u1, u2) = (z * &w % &q, &r * w % &q);
        let v = g.modpow(&u1, &p) * y.modpow(&u2, &p) % p % q;
        if v == r { Ok(()) } else { Err(VerifyError::Invalid) }
    }

    fn positive<'a>(value: &Integer<'a>) -> Result<&'a [u8], VerifyError> {
        let magnitude = value.unsigned().filter(|magnitude| !magnitude.is_empty());
        magnitude.ok_or(VerifyError::MalformedKey("a number of the DSA key is not positive (FIPS 186-4 §4.1)"))
    }

    /// r and s, from DER and nothing else, as aws-lc reads those of ECDSA.
    fn read_signature(signature: &[u8]) -> Option<(BigUint, BigUint)> {
        // Longer than any q is refused before it is worth an allocation.
        let number =
            |value: Integer<'_>| value.unsigned().filter(|magnitude| magnitude.len() <= 32).map(BigUint::from_bytes_be);
        let sink = DeviationSink::new();
        let mut outer = Cursor::new(signature, &sink);
        let mut content = outer.sequence().ok()?;
        let pair = (number(content.integer().ok()?)?, number(content.integer().ok()?)?);
        content.finish();
        outer.finish();
        sink.into_deviations().is_empty().then_some(pair)
    }
}

#[cfg(test)]
mod tests;
