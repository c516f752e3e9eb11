//! DSA and Diffie-Hellman private keys (RFC 3279 §2.3.2, §2.3.3; PKCS #3 §9).

use certlens_core::encoding::der::{Cursor, InField, Integer, Tlv};

use super::algorithm::KeyAlgorithm;
use super::error::{KeyError, KeyProblem, NoPublicKey};
use super::facts::Facts;
use super::natural::Natural;
use super::rsa::{bounded, unsigned};
use super::work::KeyWork;

/// The longest prime that a public key is computed with, in bits. DSA ends at
/// 3072 (FIPS 186-4 §4.2); computing takes about a tenth of a second there.
pub(super) const MAX_COMPUTED_PRIME_BITS: usize = 3072;

/// The longest private value that a public key is computed with, in bits. DSA's have
/// 256 at most, and those of Diffie-Hellman in named groups some 225 to 400 (RFC 7919 §5.2);
/// a file may have hundreds of keys, each of whose author chooses the cost.
pub(super) const MAX_COMPUTED_VALUE_BITS: usize = 512;

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Dsa,
    /// p and g stand first.
    Pkcs3OrX942,
}

/// p and g.
struct Parameters<'a> {
    p: &'a [u8],
    g: &'a [u8],
}

fn magnitude<'a>(number: Integer<'a>) -> Result<&'a [u8], KeyError> {
    bounded(number.unsigned().ok_or(KeyError::Malformed("a DSA or DH key has a negative number"))?)
}

/// Reads the parameters of an algorithm identifier: p, q, g of DSA; p, g and
/// what follows of Diffie-Hellman.
fn parameters<'a>(group: Group, parameters: Option<Tlv<'a>>) -> Result<Option<Parameters<'a>>, KeyError> {
    let Some(mut inside) = parameters.filter(|tlv| tlv.tag.is_constructed()).map(|tlv| tlv.cursor()) else {
        return Ok(None);
    };
    let p = magnitude(inside.integer().in_field("parameters.p")?)?;
    if group == Group::Dsa {
        inside.integer().in_field("parameters.q")?;
    }
    let g = magnitude(inside.integer().in_field("parameters.g")?)?;
    Ok(Some(Parameters { p, g }))
}

/// Reads the private key octets of a PKCS#8 structure: x alone.
///
/// # Errors
/// Another structure; numbers that are negative or beyond 16,384 bits.
pub(super) fn read(
    group: Group,
    algorithm: Option<Tlv<'_>>,
    mut cursor: Cursor<'_>,
    work: &mut KeyWork,
) -> Result<Facts, KeyError> {
    let x = magnitude(cursor.integer().in_field("privateKey")?)?;
    cursor.finish();
    facts(group, parameters(group, algorithm)?, x, work)
}

fn facts(group: Group, parameters: Option<Parameters<'_>>, x: &[u8], work: &mut KeyWork) -> Result<Facts, KeyError> {
    let bits = parameters.as_ref().map(|parameters| Natural::from_be(parameters.p).bits());
    let public = match parameters {
        None => Err(NoPublicKey::NoParameters),
        Some(parameters) => compute(&parameters, x, work).map(|y| unsigned(&y)),
    };
    let algorithm = match group {
        Group::Dsa => KeyAlgorithm::Dsa { bits },
        Group::Pkcs3OrX942 => KeyAlgorithm::Dh { bits },
    };
    Ok(Facts::computed(algorithm, public))
}

/// g^x modulo p.
fn compute(parameters: &Parameters<'_>, x: &[u8], work: &mut KeyWork) -> Result<Vec<u8>, NoPublicKey> {
    let [p, g, x] = [parameters.p, parameters.g, x].map(Natural::from_be);
    if p.bits() > MAX_COMPUTED_PRIME_BITS || (x.bits() > MAX_COMPUTED_VALUE_BITS && x.bits() <= p.bits()) {
        return Err(NoPublicKey::TooLarge);
    }
    if x.is_zero() || x.bits() > p.bits() {
        return Err(NoPublicKey::PrivateValue);
    }
    if !work.spend(steps(p.bits(), g.bits(), x.bits())) {
        return Err(NoPublicKey::WorkSpent);
    }
    // An even modulus is no prime.
    Ok(g.power(&x, &p).ok_or(NoPublicKey::NoParameters)?.to_be().to_vec())
}

/// What computing costs: up to two products for each bit of the exponent, each of two
/// passes of limbs by limbs; and doublings into Montgomery's form.
fn steps(p: usize, g: usize, x: usize) -> u64 {
    let limbs = p.div_ceil(64);
    (4 * x * limbs * limbs + (3 * 64 * limbs + g) * limbs) as u64
}

/// OpenSSL's DSA key: version 0, p, q, g, y, x.
pub(super) struct TraditionalDsa<'a> {
    /// p, q and g as they stand: Dss-Parms without its header.
    pub(super) parameters: [Tlv<'a>; 3],
    /// x as it stands.
    pub(super) private: Tlv<'a>,
    pub(super) facts: Facts,
}

impl<'a> TraditionalDsa<'a> {
    /// # Errors
    /// As [`read`].
    pub(super) fn read(
        mut cursor: Cursor<'a>,
        problems: &mut Vec<KeyProblem>,
        work: &mut KeyWork,
    ) -> Result<TraditionalDsa<'a>, KeyError> {
        let mut inside = cursor.sequence().in_field("DSAPrivateKey")?;
        cursor.finish();
        let version = inside.integer().in_field("DSAPrivateKey.version")?.to_u32();
        if version != Some(0) {
            return Err(KeyError::Version { structure: "DSAPrivateKey", found: version });
        }
        let parameters = [inside.read()?, inside.read()?, inside.read()?];
        let [p, _, g] = parameters;
        let y = magnitude(inside.integer().in_field("DSAPrivateKey.y")?)?;
        let private = inside.read().in_field("DSAPrivateKey.x")?;
        inside.finish();
        let both = Parameters { p: magnitude(p.integer()?)?, g: magnitude(g.integer()?)? };
        let mut facts = facts(Group::Dsa, Some(both), magnitude(private.integer()?)?, work)?;
        match &facts.public {
            Ok(computed) if *computed != unsigned(y) => problems.push(KeyProblem::StoredPublicKey),
            Err(NoPublicKey::TooLarge) => (facts.public, facts.is_stored) = (Ok(unsigned(y)), true),
            _ => {}
        }
        Ok(TraditionalDsa { parameters, private, facts })
    }
}
