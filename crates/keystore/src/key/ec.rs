//! Elliptic-curve private keys (RFC 5915 §3).

use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521};
use certlens_core::encoding::der::{Cursor, InField, Tag, Tlv, encode};
use certlens_core::x509::oid::Oid;
use zeroize::Zeroizing;

use super::algorithm::{EcCurve, KeyAlgorithm};
use super::error::{KeyError, KeyProblem, NoPublicKey};
use super::facts::Facts;
use super::work::KeyWork;

/// ECPrivateKey.
pub(super) struct EcPrivateKey<'a> {
    /// Big-endian, as it stands.
    private: &'a [u8],
    /// The curve, as it stands inside.
    pub(super) parameters: Option<Tlv<'a>>,
    /// The point that is stored with it.
    public: Option<&'a [u8]>,
}

impl<'a> EcPrivateKey<'a> {
    /// Reads an ECPrivateKey.
    ///
    /// # Errors
    /// Another structure or version.
    pub(super) fn read(mut cursor: Cursor<'a>) -> Result<EcPrivateKey<'a>, KeyError> {
        let mut inside = cursor.sequence().in_field("ECPrivateKey")?;
        cursor.finish();
        let version = inside.integer().in_field("ECPrivateKey.version")?.to_u32();
        if version != Some(1) {
            return Err(KeyError::Version { structure: "ECPrivateKey", found: version });
        }
        let private = inside.octet_string().in_field("ECPrivateKey.privateKey")?;
        let parameters = match inside.optional(Tag::context_constructed(0)).in_field("ECPrivateKey.parameters")? {
            Some(tagged) => Some(tagged.cursor().read().in_field("ECPrivateKey.parameters")?),
            None => None,
        };
        let public = match inside.optional(Tag::context_constructed(1)).in_field("ECPrivateKey.publicKey")? {
            Some(tagged) => tagged.cursor().bit_string().in_field("ECPrivateKey.publicKey")?.octets(),
            None => None,
        };
        inside.finish();
        Ok(EcPrivateKey { private, parameters, public })
    }

    /// What the key says under the curve of its algorithm identifier.
    pub(super) fn facts(
        &self,
        parameters: Option<Tlv<'_>>,
        problems: &mut Vec<KeyProblem>,
        work: &mut KeyWork,
    ) -> Result<Facts, KeyError> {
        let parameters = parameters.or(self.parameters).ok_or(KeyError::NoCurve)?;
        if self.parameters.is_some_and(|inside| inside.raw() != parameters.raw()) {
            problems.push(KeyProblem::CurvesDiffer);
        }
        let curve = match parameters.tag {
            Tag::OID => EcCurve::by_oid(Oid::new(parameters.oid()?)),
            Tag::SEQUENCE => EcCurve::Explicit,
            Tag::NULL => EcCurve::Implicit,
            _ => {
                return Err(KeyError::Malformed(
                    "an elliptic-curve key has no curve where it stands (RFC 5480 §2.1.1)",
                ));
            }
        };
        let computed = self.compute(&curve, problems, work);
        if let (Ok(computed), Some(stored)) = (&computed, self.public)
            && !same_point(computed, stored)
        {
            problems.push(KeyProblem::StoredPublicKey);
        }
        let (public, is_stored) = match (computed, self.public) {
            (Err(NoPublicKey::NotComputed), Some(stored)) => (Ok(stored.to_vec()), true),
            (computed, _) => (computed, false),
        };
        Ok(Facts { algorithm: KeyAlgorithm::Ec(curve), public, is_stored })
    }

    /// The point that belongs to the private value, uncompressed.
    fn compute(
        &self,
        curve: &EcCurve,
        problems: &mut Vec<KeyProblem>,
        work: &mut KeyWork,
    ) -> Result<Vec<u8>, NoPublicKey> {
        // With the steps that it takes.
        let (algorithm, steps) = match curve {
            EcCurve::P256 => (&ECDH_P256, 40_000),
            EcCurve::P384 => (&ECDH_P384, 160_000),
            EcCurve::P521 => (&ECDH_P521, 280_000),
            _ => return Err(NoPublicKey::NotComputed),
        };
        let expected = curve.private_octets().ok_or(NoPublicKey::NotComputed)?;
        if self.private.len() != expected {
            problems.push(KeyProblem::PrivateValueLength { expected, found: self.private.len() });
        }
        if !work.spend(steps) {
            return Err(NoPublicKey::WorkSpent);
        }
        let value = padded(self.private, expected);
        let point = value.and_then(|value| {
            let key = agreement::PrivateKey::from_private_key(algorithm, &value).ok()?;
            Some(key.compute_public_key().ok()?.as_ref().to_vec())
        });
        if point.is_none() {
            problems.push(KeyProblem::PrivateValue);
        }
        point.ok_or(NoPublicKey::PrivateValue)
    }

    /// ECPrivateKey without parameters, which stand in the algorithm identifier
    /// of PKCS#8, and with the public key, without which some programs refuse it.
    pub(super) fn without_parameters(&self, point: Option<&[u8]>) -> Zeroizing<Vec<u8>> {
        let private = Zeroizing::new(encode(Tag::OCTET_STRING, &[self.private]));
        let public = point.or(self.public).map(|point| {
            let bits = encode(Tag::BIT_STRING, &[&[0], point]);
            encode(Tag::context_constructed(1), &[&bits])
        });
        let version = encode(Tag::INTEGER, &[&[1]]);
        Zeroizing::new(encode(Tag::SEQUENCE, &[&version, &private, public.as_deref().unwrap_or_default()]))
    }
}

/// The value in exactly this many octets; `None` if it is too large.
fn padded(value: &[u8], octets: usize) -> Option<Zeroizing<Vec<u8>>> {
    let zeros = value.iter().take_while(|octet| **octet == 0).count();
    let magnitude = value.get(zeros..)?;
    let mut padded = Zeroizing::new(vec![0; octets.checked_sub(magnitude.len())?]);
    padded.reserve_exact(magnitude.len());
    padded.extend_from_slice(magnitude);
    Some(padded)
}

/// A point as it is compressed: its first octet, and x; `None` for other octets.
fn compressed(point: &[u8]) -> Option<(u8, &[u8])> {
    match point.split_first()? {
        (0x04, coordinates) if coordinates.len() % 2 == 0 => {
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            Some((2 | (y.last()? & 1), x))
        }
        (&sign @ (0x02 | 0x03), x) => Some((sign, x)),
        _ => None,
    }
}

/// Whether two encoded points are the same: uncompressed, or one of them
/// compressed (SEC 1 §2.3.3).
pub(super) fn same_point(a: &[u8], b: &[u8]) -> bool {
    let is_compressed = |point: &[u8]| matches!(point.first(), Some(0x02 | 0x03));
    let either = is_compressed(a) || is_compressed(b);
    a == b || (either && compressed(a).is_some_and(|a| Some(a) == compressed(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_either_form() {
        let (even, odd) = ([4, 7, 7, 9, 2], [4, 7, 7, 9, 3]);
        assert!(same_point(&even, &even) && !same_point(&even, &odd));
        assert!(same_point(&[2, 7, 7], &even) && same_point(&even, &[2, 7, 7]));
        assert!(same_point(&odd, &[3, 7, 7]) && !same_point(&odd, &[2, 7, 7]));
        assert!(!same_point(&[], &even) && !same_point(&[2, 7, 8], &even));
    }

    #[test]
    fn values_are_padded_or_too_large() {
        assert_eq!(padded(&[1, 2], 4).as_deref(), Some(&vec![0, 0, 1, 2]));
        assert_eq!(padded(&[0, 0, 1, 2], 3).as_deref(), Some(&vec![0, 1, 2]));
        assert!(padded(&[1, 2, 3], 2).is_none());
    }
}
