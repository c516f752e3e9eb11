//! Natural numbers that are secret: what checking a key needs, and no more.
//!
//! Every buffer is overwritten when it is dropped, which libraries of big
//! numbers do not promise. Time depends on the values: this is for looking at a
//! key that is at hand, not for answering strangers with it.

use zeroize::Zeroizing;

const LIMB_BITS: usize = u64::BITS as usize;

/// A natural number: limbs from the lowest on, the highest not zero.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Natural(Zeroizing<Vec<u64>>);

impl Natural {
    /// From big-endian octets.
    pub(super) fn from_be(octets: &[u8]) -> Natural {
        let limb = |chunk: &[u8]| chunk.iter().fold(0, |limb, &octet| limb << 8 | u64::from(octet));
        Natural::new(octets.rchunks(8).map(limb).collect())
    }

    /// Big-endian octets without leading zeros.
    pub(super) fn to_be(&self) -> Zeroizing<Vec<u8>> {
        let mut octets = Zeroizing::new(Vec::with_capacity(self.0.len() * 8));
        octets.extend(self.0.iter().rev().flat_map(|limb| limb.to_be_bytes()));
        let zeros = octets.iter().take_while(|octet| **octet == 0).count();
        octets.rotate_left(zeros);
        let length = octets.len() - zeros;
        octets.truncate(length);
        octets
    }

    fn new(limbs: Vec<u64>) -> Natural {
        let mut limbs = Zeroizing::new(limbs);
        let zeros = limbs.iter().rev().take_while(|limb| **limb == 0).count();
        let length = limbs.len() - zeros;
        limbs.truncate(length);
        Natural(limbs)
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn is_one(&self) -> bool {
        self.0.as_slice() == [1]
    }

    fn is_odd(&self) -> bool {
        self.0.first().is_some_and(|limb| limb & 1 == 1)
    }

    pub(super) fn bits(&self) -> usize {
        self.0.last().map_or(0, |limb| self.0.len() * LIMB_BITS - limb.leading_zeros() as usize)
    }

    fn bit(&self, index: usize) -> bool {
        self.0.get(index / LIMB_BITS).is_some_and(|limb| limb >> (index % LIMB_BITS) & 1 == 1)
    }

    /// One less; zero stays.
    pub(super) fn minus_one(&self) -> Natural {
        let mut limbs = self.0.to_vec();
        if !self.is_zero() {
            subtract(&mut limbs, &[1]);
        }
        Natural::new(limbs)
    }

    /// The product; quadratic, so lengths have to be bounded before.
    pub(super) fn times(&self, other: &Natural) -> Natural {
        let mut limbs = vec![0; self.0.len() + other.0.len()];
        for (shift, &factor) in self.0.iter().enumerate() {
            add_product(limbs.get_mut(shift..).unwrap_or_default(), factor, &other.0);
        }
        Natural::new(limbs)
    }

    /// The remainder, or `None` for the modulus zero; quadratic in bits by limbs.
    pub(super) fn modulo(&self, modulus: &Natural) -> Option<Natural> {
        if modulus.is_zero() {
            return None;
        }
        let mut rest = Zeroizing::new(vec![0; modulus.0.len() + 1]);
        for index in (0..self.bits()).rev() {
            double(&mut rest, self.bit(index));
            reduce_once(&mut rest, &modulus.0);
        }
        Some(Natural::new(rest.to_vec()))
    }

    /// `self` to the power of `exponent` modulo an odd number above one; `None`
    /// for other moduli. Montgomery's method (Handbook of Applied Cryptography
    /// §14.3.2, §14.6.1).
    pub(super) fn power(&self, exponent: &Natural, modulus: &Natural) -> Option<Natural> {
        if !modulus.is_odd() || modulus.is_one() {
            return None;
        }
        let field = Montgomery::new(modulus)?;
        // R = 2^(64·limbs): R² brings numbers into Montgomery's form, 1 brings them back.
        let one = field.shifted(field.limbs() * LIMB_BITS);
        let square = field.shifted(2 * field.limbs() * LIMB_BITS);
        let base = field.times(&field.padded(&self.modulo(modulus)?), &square);
        let mut result = one;
        for index in (0..exponent.bits()).rev() {
            result = field.times(&result, &result);
            if exponent.bit(index) {
                result = field.times(&result, &base);
            }
        }
        let result = field.times(&result, &field.padded(&Natural::new(vec![1])));
        Some(Natural::new(result.to_vec()))
    }
}

/// An odd modulus, and −1 divided by it modulo 2^64.
struct Montgomery<'a> {
    modulus: &'a [u64],
    inverse: u64,
}

impl<'a> Montgomery<'a> {
    fn new(modulus: &'a Natural) -> Option<Montgomery<'a>> {
        let lowest = *modulus.0.first()?;
        // Newton's iteration doubles the bits that are right; an odd number is its own inverse modulo 8.
        let inverse =
            (0..5).fold(lowest, |x, _| x.wrapping_mul(2u64.wrapping_sub(lowest.wrapping_mul(x)))).wrapping_neg();
        Some(Montgomery { modulus: &modulus.0, inverse })
    }

    fn limbs(&self) -> usize {
        self.modulus.len()
    }

    fn padded(&self, number: &Natural) -> Zeroizing<Vec<u64>> {
        let mut limbs = Zeroizing::new(vec![0; self.limbs()]);
        limbs.iter_mut().zip(number.0.iter()).for_each(|(limb, &of)| *limb = of);
        limbs
    }

    /// 2^bits modulo the modulus.
    fn shifted(&self, bits: usize) -> Zeroizing<Vec<u64>> {
        let mut rest = Zeroizing::new(vec![0; self.limbs() + 1]);
        double(&mut rest, true);
        for _ in 0..bits {
            double(&mut rest, false);
            reduce_once(&mut rest, self.modulus);
        }
        rest.truncate(self.limbs());
        rest
    }

    /// a·b/R.
    fn times(&self, a: &[u64], b: &[u64]) -> Zeroizing<Vec<u64>> {
        let mut sum = Zeroizing::new(vec![0u64; self.limbs() + 2]);
        for &factor in a {
            add_product(&mut sum, factor, b);
            let lowest = sum.first().copied().unwrap_or(0);
            add_product(&mut sum, lowest.wrapping_mul(self.inverse), self.modulus);
            // The lowest limb is zero now: divide by 2^64.
            sum.rotate_left(1);
        }
        reduce_once(&mut sum, self.modulus);
        sum.truncate(self.limbs());
        sum
    }
}

/// Adds `factor`·`by`; what does not fit is lost.
fn add_product(sum: &mut [u64], factor: u64, by: &[u64]) {
    let mut carry = 0;
    for (limb, &other) in sum.iter_mut().zip(by) {
        let wide = u128::from(*limb) + u128::from(factor) * u128::from(other) + u128::from(carry);
        (*limb, carry) = (wide as u64, (wide >> LIMB_BITS) as u64);
    }
    for limb in sum.iter_mut().skip(by.len()) {
        let (added, overflow) = limb.overflowing_add(carry);
        (*limb, carry) = (added, u64::from(overflow));
    }
}

/// Doubles, and adds the bit.
fn double(limbs: &mut [u64], bit: bool) {
    let mut carry = u64::from(bit);
    for limb in limbs {
        (*limb, carry) = (*limb << 1 | carry, *limb >> (LIMB_BITS - 1));
    }
}

/// Subtracts the modulus if there is enough.
fn reduce_once(limbs: &mut [u64], modulus: &[u64]) {
    let padding = limbs.len().saturating_sub(modulus.len());
    let padded = std::iter::repeat_n(&0, padding).chain(modulus.iter().rev());
    if limbs.iter().rev().ge(padded) {
        subtract(limbs, modulus);
    }
}

/// Subtracts what is not larger.
fn subtract(limbs: &mut [u64], by: &[u64]) {
    let mut borrow = 0;
    let mut others = by.iter();
    for limb in limbs {
        let other = others.next().copied().unwrap_or(0);
        let (less, first) = limb.overflowing_sub(other);
        let (less, second) = less.overflowing_sub(borrow);
        (*limb, borrow) = (less, u64::from(first || second));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: u128) -> Natural {
        Natural::from_be(&value.to_be_bytes())
    }

    #[test]
    fn octets_there_and_back() {
        for octets in [&[][..], &[1], &[0xff; 8], &[1, 0, 0, 0, 0, 0, 0, 0, 0], &[7; 33]] {
            assert_eq!(Natural::from_be(octets).to_be().as_slice(), octets);
        }
        assert_eq!(Natural::from_be(&[0, 0, 5]).to_be().as_slice(), [5]);
        assert_eq!(Natural::from_be(&[1, 0, 0, 0, 0, 0, 0, 0, 0]).bits(), 65);
    }

    #[test]
    fn against_machine_arithmetic() {
        let values = [0, 1, 2, 3, 0xffff_ffff, u64::MAX, 0x1234_5678_9abc_def1];
        for a in values.map(u128::from) {
            for b in values.map(u128::from) {
                assert!(number(a).times(&number(b)) == number(a * b), "{a} * {b}");
                let rest = number(a * b + a).modulo(&number(b));
                assert!(rest == (a * b + a).checked_rem(b).map(number), "{a} % {b}");
            }
        }
        assert!(number(1 << 64).minus_one() == number(u128::from(u64::MAX)));
    }

    #[test]
    fn powers() {
        let prime = number((1 << 127) - 1);
        // Fermat: a^(p-1) = 1, a^p = a.
        for base in [2, 3, 1 << 100, u128::MAX] {
            assert!(number(base).power(&prime.minus_one(), &prime).unwrap().is_one());
            assert!(number(base).power(&prime, &prime) == number(base).modulo(&prime));
        }
        assert!(number(5).power(&number(0), &number(7)).unwrap().is_one());
        assert!(number(14).power(&number(3), &number(7)).unwrap().is_zero());
        assert!(number(5).power(&number(3), &number(8)).is_none(), "even moduli are not asked for");
        assert!(number(5).power(&number(3), &number(1)).is_none());
    }

    #[test]
    fn longer_than_a_limb_everywhere() {
        let octets: Vec<u8> = (1..=200u8).collect();
        let (a, b) = (Natural::from_be(&octets), Natural::from_be(&octets[..90]));
        let product = a.times(&b);
        assert!(product.modulo(&a).unwrap().is_zero());
        assert!(product.modulo(&b).unwrap().is_zero());
        let odd = Natural::from_be(&[&octets[..100], &[1]].concat());
        let slow = a.modulo(&odd).unwrap().times(&a).modulo(&odd).unwrap().times(&a).modulo(&odd);
        assert!(a.power(&number(3), &odd) == slow);
    }
}
