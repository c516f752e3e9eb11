//! RSA private keys (RFC 8017 §A.1.2).

use certlens_core::crypto::rsa::RSA_MAX_MODULUS_BITS;
use certlens_core::encoding::der::{Cursor, DerError, InField, Tag, encode};

use super::algorithm::KeyAlgorithm;
use super::error::{KeyError, KeyProblem};
use super::facts::Facts;
use super::natural::Natural;
use super::work::KeyWork;

/// The numbers of a two-prime RSAPrivateKey.
struct RsaNumbers<'a> {
    n: &'a [u8],
    e: &'a [u8],
    d: &'a [u8],
    p: &'a [u8],
    q: &'a [u8],
    dp: &'a [u8],
    dq: &'a [u8],
    qinv: &'a [u8],
}

/// Reads an RSAPrivateKey and checks that its numbers belong together.
///
/// # Errors
/// Another structure, more than two primes, or numbers that are not positive or
/// longer than [`RSA_MAX_MODULUS_BITS`].
pub(super) fn read(
    mut cursor: Cursor<'_>,
    pss_only: bool,
    problems: &mut Vec<KeyProblem>,
    work: &mut KeyWork,
) -> Result<Facts, KeyError> {
    let mut inside = cursor.sequence().in_field("RSAPrivateKey")?;
    cursor.finish();
    match inside.integer().in_field("RSAPrivateKey.version")?.to_u32() {
        Some(0) => {}
        Some(1) => return Err(KeyError::MultiPrime),
        found => return Err(KeyError::Version { structure: "RSAPrivateKey", found }),
    }
    let numbers = RsaNumbers {
        n: number(&mut inside, "modulus")?,
        e: number(&mut inside, "publicExponent")?,
        d: number(&mut inside, "privateExponent")?,
        p: number(&mut inside, "prime1")?,
        q: number(&mut inside, "prime2")?,
        dp: number(&mut inside, "exponent1")?,
        dq: number(&mut inside, "exponent2")?,
        qinv: number(&mut inside, "coefficient")?,
    };
    inside.finish();
    if numbers.n.is_empty() || numbers.e.is_empty() {
        return Err(KeyError::Malformed("the RSA modulus or public exponent is zero (RFC 8017 §3.1)"));
    }
    check(&numbers, problems, work);
    let exponent =
        (numbers.e.len() <= 8).then(|| numbers.e.iter().fold(0, |value, &octet| value << 8 | u64::from(octet)));
    let algorithm = KeyAlgorithm::Rsa { bits: Natural::from_be(numbers.n).bits(), exponent, pss_only };
    let public = encode(Tag::SEQUENCE, &[&unsigned(numbers.n), &unsigned(numbers.e)]);
    Ok(Facts::computed(algorithm, Ok(public)))
}

/// The magnitude of the next INTEGER, bounded.
fn number<'a>(inside: &mut Cursor<'a>, field: &'static str) -> Result<&'a [u8], KeyError> {
    let magnitude = inside.integer().in_field(field).map_err(|error: DerError| KeyError::Der(error))?.unsigned();
    let magnitude = magnitude.ok_or(KeyError::Malformed("an RSA key has a negative number"))?;
    bounded(magnitude)
}

/// Refuses numbers that would cost too much to compute with.
pub(super) fn bounded(magnitude: &[u8]) -> Result<&[u8], KeyError> {
    let bits = magnitude.len() * 8 - magnitude.first().map_or(0, |first| first.leading_zeros() as usize);
    if bits > RSA_MAX_MODULUS_BITS {
        let (name, limit) = ("RSA_MAX_MODULUS_BITS", RSA_MAX_MODULUS_BITS);
        return Err(KeyError::LimitExceeded { name, limit, found: bits });
    }
    Ok(magnitude)
}

/// An INTEGER that is not negative.
pub(super) fn unsigned(magnitude: &[u8]) -> Vec<u8> {
    match magnitude.first() {
        Some(first) if first & 0x80 == 0 => encode(Tag::INTEGER, &[magnitude]),
        _ => encode(Tag::INTEGER, &[&[0], magnitude]),
    }
}

/// RFC 8017 §3.2: n = p·q, e·d ≡ 1 modulo p−1 and q−1, e·dP ≡ 1 modulo p−1,
/// e·dQ ≡ 1 modulo q−1, q·qInv ≡ 1 modulo p. The primes are not tested for being prime.
fn check(numbers: &RsaNumbers<'_>, problems: &mut Vec<KeyProblem>, work: &mut KeyWork) {
    if numbers.p.is_empty() && numbers.q.is_empty() {
        problems.push(KeyProblem::RsaPrimesMissing);
        return;
    }
    if !work.spend(steps(numbers)) {
        problems.push(KeyProblem::RsaUnchecked);
        return;
    }
    let [n, e, d, p, q] = [numbers.n, numbers.e, numbers.d, numbers.p, numbers.q].map(Natural::from_be);
    if p.times(&q) != n || p.is_one() || q.is_one() {
        // What follows would be as wrong; and it costs little only because the primes are as long as the modulus.
        problems.push(KeyProblem::RsaPrimes);
        return;
    }
    let is_inverse = |a: &Natural, b: &Natural, modulus: &Natural| {
        a.times(b).modulo(modulus).is_some_and(|rest| rest.is_one() || (modulus.is_one() && rest.is_zero()))
    };
    let (below_p, below_q) = (p.minus_one(), q.minus_one());
    if !is_inverse(&e, &d, &below_p) || !is_inverse(&e, &d, &below_q) {
        problems.push(KeyProblem::RsaPrivateExponent);
    }
    let [dp, dq, qinv] = [numbers.dp, numbers.dq, numbers.qinv].map(Natural::from_be);
    if !is_inverse(&e, &dp, &below_p) || !is_inverse(&e, &dq, &below_q) {
        problems.push(KeyProblem::RsaCrtExponents);
    }
    if !is_inverse(&q, &qinv, &p) {
        problems.push(KeyProblem::RsaCoefficient);
    }
}

/// What the check costs: each bit of a product passes over the limbs of its modulus.
fn steps(numbers: &RsaNumbers<'_>) -> u64 {
    let RsaNumbers { e, d, p, q, dp, dq, qinv, .. } = *numbers;
    let modulo = |a: &[u8], b: &[u8], modulus: &[u8]| (a.len() + b.len()) as u64 * modulus.len() as u64;
    modulo(e, d, p) + modulo(e, d, q) + modulo(e, dp, p) + modulo(e, dq, q) + modulo(q, qinv, p)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RSAPrivateKey of these numbers; a good one is 3·11 with e = 3, d = 7.
    fn key(numbers: [u8; 8]) -> Vec<u8> {
        let parts: Vec<Vec<u8>> = std::iter::once(0).chain(numbers).map(|number| unsigned(&[number])).collect();
        encode(Tag::SEQUENCE, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    fn problems(numbers: [u8; 8]) -> Vec<KeyProblem> {
        let mut problems = Vec::new();
        read(Cursor::silent(&key(numbers)), false, &mut problems, &mut KeyWork::default()).unwrap();
        problems
    }

    #[test]
    fn numbers_that_do_not_belong_together() {
        // p = 3, q = 11: d = 7 (3·7 = 21 = 1 mod 2 and mod 10), dp = 1, dq = 7, qinv = 2 (11·2 = 22 = 1 mod 3).
        assert_eq!(problems([33, 3, 7, 3, 11, 1, 7, 2]), []);
        assert_eq!(problems([35, 3, 7, 3, 11, 1, 7, 2]), [KeyProblem::RsaPrimes]);
        assert_eq!(problems([33, 3, 7, 1, 33, 1, 7, 2]), [KeyProblem::RsaPrimes]);
        assert_eq!(problems([33, 3, 9, 3, 11, 1, 7, 2]), [KeyProblem::RsaPrivateExponent]);
        assert_eq!(problems([33, 3, 7, 3, 11, 1, 9, 2]), [KeyProblem::RsaCrtExponents]);
        assert_eq!(problems([33, 3, 7, 3, 11, 2, 7, 2]), [KeyProblem::RsaCrtExponents]);
        assert_eq!(problems([33, 3, 7, 3, 11, 1, 7, 3]), [KeyProblem::RsaCoefficient]);
        assert_eq!(problems([33, 3, 7, 0, 0, 0, 0, 0]), [KeyProblem::RsaPrimesMissing]);
    }

    #[test]
    fn refusals() {
        let read = |der: &[u8]| read(Cursor::silent(der), false, &mut Vec::new(), &mut KeyWork::default()).map(|_| ());
        assert!(matches!(read(&key([0, 3, 7, 3, 11, 1, 7, 2])), Err(KeyError::Malformed(_))));
        let mut multi = key([33, 3, 7, 3, 11, 1, 7, 2]);
        multi[4] = 1;
        assert_eq!(read(&multi), Err(KeyError::MultiPrime));
        multi[4] = 2;
        assert_eq!(read(&multi), Err(KeyError::Version { structure: "RSAPrivateKey", found: Some(2) }));
        let huge = encode(Tag::SEQUENCE, &[&unsigned(&[0]), &unsigned(&[0xff; 2049])]);
        let limit = KeyError::LimitExceeded { name: "RSA_MAX_MODULUS_BITS", limit: 16_384, found: 16_392 };
        assert_eq!(read(&huge), Err(limit));
    }
}
