//! PBKDF2 (RFC 8018 §5.2) and scrypt (RFC 7914).

use std::fmt;
use std::num::NonZeroU32;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::Tag;
use zeroize::Zeroizing;

use super::ber;
use super::count::Count;
use super::error::{AlgorithmError, LimitError, PbeError, Role};
use super::hash::Hash;
use super::limits::{
    MAX_ITERATIONS, MAX_SALT_OCTETS, MAX_SCRYPT_BLOCK_SIZE, MAX_SCRYPT_OCTETS, MAX_SCRYPT_PARALLELIZATION,
};
use super::passphrase::Passphrase;
use crate::oid;

/// A key derivation function with its parameters, as PBES2 and PBMAC1 name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kdf {
    /// PBKDF2 (RFC 8018 App. A.2).
    Pbkdf2 {
        /// The salt.
        salt: Vec<u8>,
        /// How often the function is iterated.
        iterations: Count,
        /// Octets of the key, when stated.
        key_length: Option<Count>,
        /// The hash whose HMAC is iterated; SHA-1 when none is named.
        prf: Hash,
    },
    /// scrypt (RFC 7914 §7.1).
    Scrypt {
        /// The salt.
        salt: Vec<u8>,
        /// N, the cost of time and memory.
        cost: Count,
        /// r, the block size.
        block_size: Count,
        /// p, how often the whole is done.
        parallelization: Count,
        /// Octets of the key, when stated.
        key_length: Option<Count>,
    },
}

/// What the parameters are once they were held against the limits.
enum Checked {
    Pbkdf2 { iterations: NonZeroU32, prf: Hash },
    Scrypt(scrypt::Params),
}

impl Kdf {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Kdf, AlgorithmError> {
        ber::algorithm(reader, |oid, reader| match oid {
            oid::PBKDF2 => {
                reader.enter(Tag::SEQUENCE)?;
                if reader.peek()?.is_some_and(|header| header.tag == Tag::SEQUENCE) {
                    return Err(AlgorithmError::Parameters(
                        "the salt of PBKDF2 comes from elsewhere; expected it to be given",
                    ));
                }
                let salt = ber::octets(reader)?;
                let iterations = ber::count(reader)?;
                let key_length = ber::optional_count(reader)?;
                let prf = if reader.peek()?.is_some() {
                    ber::algorithm(reader, |oid, _| {
                        let role = Role::PseudoRandomFunction;
                        Hash::by_hmac_oid(oid).ok_or(AlgorithmError::Unsupported { role, oid: oid.to_vec() })
                    })?
                } else {
                    Hash::Sha1
                };
                reader.leave()?;
                Ok(Kdf::Pbkdf2 { salt, iterations, key_length, prf })
            }
            oid::SCRYPT => {
                reader.enter(Tag::SEQUENCE)?;
                let salt = ber::octets(reader)?;
                let (cost, block_size) = (ber::count(reader)?, ber::count(reader)?);
                let parallelization = ber::count(reader)?;
                let key_length = ber::optional_count(reader)?;
                reader.leave()?;
                Ok(Kdf::Scrypt { salt, cost, block_size, parallelization, key_length })
            }
            _ => Err(AlgorithmError::Unsupported { role: Role::KeyDerivation, oid: oid.to_vec() }),
        })
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        let length = self.key_length().map(Count::to_der).unwrap_or_default();
        match self {
            Kdf::Pbkdf2 { salt, iterations, prf, .. } => {
                // DEFAULT hmacWithSHA1 is left out (X.690 §11.5).
                let prf = match prf {
                    Hash::Sha1 => Vec::new(),
                    prf => ber::write_algorithm(prf.hmac_oid(), None),
                };
                let parameters = ber::sequence(&[&ber::write_octets(salt), &iterations.to_der(), &length, &prf]);
                ber::write_algorithm(oid::PBKDF2, Some(&parameters))
            }
            Kdf::Scrypt { salt, cost, block_size, parallelization, .. } => {
                let counts = [cost.to_der(), block_size.to_der(), parallelization.to_der()].concat();
                let parameters = ber::sequence(&[&ber::write_octets(salt), &counts, &length]);
                ber::write_algorithm(oid::SCRYPT, Some(&parameters))
            }
        }
    }

    /// The salt.
    pub fn salt(&self) -> &[u8] {
        match self {
            Kdf::Pbkdf2 { salt, .. } | Kdf::Scrypt { salt, .. } => salt,
        }
    }

    /// Octets of the key, when stated.
    pub fn key_length(&self) -> Option<Count> {
        match self {
            Kdf::Pbkdf2 { key_length, .. } | Kdf::Scrypt { key_length, .. } => *key_length,
        }
    }

    /// Whether it takes much memory, so that two are not to be done side by side.
    pub(super) fn takes_memory(&self) -> bool {
        matches!(self, Kdf::Scrypt { .. })
    }

    fn check(&self) -> Result<Checked, PbeError> {
        check_salt(self.salt())?;
        match *self {
            Kdf::Pbkdf2 { iterations, prf, .. } => {
                let iterations = check_iterations(iterations)?;
                Ok(Checked::Pbkdf2 { iterations, prf })
            }
            Kdf::Scrypt { cost, block_size, parallelization, .. } => {
                let limit = MAX_SCRYPT_OCTETS / 128;
                let (what, name) = ("scrypt's cost N", "MAX_SCRYPT_OCTETS / 128");
                let n = cost.within(what, limit, name)?;
                let (what, name) = ("scrypt's block size r", "MAX_SCRYPT_BLOCK_SIZE");
                let r = block_size.within(what, MAX_SCRYPT_BLOCK_SIZE, name)?;
                let p = parallelization.within(
                    "scrypt's parallelization p",
                    MAX_SCRYPT_PARALLELIZATION,
                    "MAX_SCRYPT_PARALLELIZATION",
                )?;
                // They are at most 2^18 and 2^8 here.
                let octets = 128 * n * r;
                let what = "scrypt's memory in octets";
                Count::new(octets).within(what, MAX_SCRYPT_OCTETS, "MAX_SCRYPT_OCTETS")?;
                if n < 2 || !n.is_power_of_two() {
                    return Err(PbeError::Parameters("scrypt's cost N is no power of two above one (RFC 7914 §2)"));
                }
                let params = scrypt::Params::new(n.ilog2() as u8, r as u32, p as u32);
                let params = params.map_err(|_| {
                    PbeError::Parameters(
                        "scrypt's parameters do not fit each other: N is to be less than 2^(16 r) (RFC 7914 §2)",
                    )
                })?;
                Ok(Checked::Scrypt(params))
            }
        }
    }

    /// The cost of deriving `length` octets, in iterations of a hash.
    ///
    /// # Errors
    /// Parameters beyond the limits, or senseless ones.
    pub(super) fn rounds(&self, length: usize) -> Result<u64, PbeError> {
        Ok(match (self.check()?, self) {
            (Checked::Pbkdf2 { iterations, prf }, _) => {
                // Two hashes each; the library has none by SHA-224.
                let weight = match prf {
                    Hash::Sha1 | Hash::Sha256 => 2,
                    Hash::Sha224 => 8,
                    Hash::Sha384 | Hash::Sha512 => 15,
                };
                length.div_ceil(prf.octets()) as u64 * u64::from(iterations.get()) * weight
            }
            (Checked::Scrypt(_), Kdf::Scrypt { cost, block_size, parallelization, .. }) => {
                let factor = |count: &Count| count.get().unwrap_or(u64::MAX);
                // Twice over N blocks of 2r parts, each mixed in the time of two rounds.
                [block_size, parallelization]
                    .into_iter()
                    .fold(factor(cost).saturating_mul(8), |rounds, count| rounds.saturating_mul(factor(count)))
            }
            (Checked::Scrypt(_), Kdf::Pbkdf2 { .. }) => 0,
        })
    }

    /// Derives `length` octets.
    ///
    /// # Errors
    /// Parameters beyond the limits, or senseless ones; a password that is too long.
    pub(super) fn derive(&self, password: Passphrase<'_>, length: usize) -> Result<Zeroizing<Vec<u8>>, PbeError> {
        let password = password.utf8()?;
        let mut derived = Zeroizing::new(vec![0; length]);
        match self.check()? {
            Checked::Pbkdf2 { iterations, prf } => prf.pbkdf2(&password, self.salt(), iterations, &mut derived),
            Checked::Scrypt(params) => scrypt::scrypt(&password, self.salt(), &params, &mut derived)
                .map_err(|_| PbeError::Parameters("scrypt derives at least one octet"))?,
        }
        Ok(derived)
    }
}

/// A salt that is not too long.
pub(super) fn check_salt(salt: &[u8]) -> Result<(), PbeError> {
    if salt.len() <= MAX_SALT_OCTETS {
        return Ok(());
    }
    Err(PbeError::Limit(LimitError {
        what: "the length of the salt",
        found: Count::new(salt.len() as u64),
        limit: MAX_SALT_OCTETS as u64,
        name: "MAX_SALT_OCTETS",
    }))
}

/// An iteration count that can be worked with.
pub(super) fn check_iterations(iterations: Count) -> Result<NonZeroU32, PbeError> {
    let what = "the iteration count";
    let count = iterations.within(what, MAX_ITERATIONS, "MAX_ITERATIONS")?;
    let count = u32::try_from(count).ok().and_then(NonZeroU32::new);
    count.ok_or(PbeError::InvalidCount { what, found: iterations })
}

impl fmt::Display for Kdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kdf::Pbkdf2 { iterations, prf, .. } => write!(f, "PBKDF2 with HMAC {prf}, {iterations} iterations"),
            Kdf::Scrypt { cost, block_size, parallelization, .. } => {
                write!(f, "scrypt with N = {cost}, r = {block_size}, p = {parallelization}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Password;
    use certlens_core::encoding::hex;

    fn scrypt(cost: u64, block_size: u64, parallelization: u64) -> Kdf {
        Kdf::Scrypt {
            salt: b"NaCl".to_vec(),
            cost: Count::new(cost),
            block_size: Count::new(block_size),
            parallelization: Count::new(parallelization),
            key_length: None,
        }
    }

    /// RFC 7914 §12, second vector.
    #[test]
    fn scrypt_vector() {
        let password = Password::new("password".to_owned());
        let key = scrypt(1024, 8, 16).derive(Passphrase::Text(&password), 64).unwrap();
        let expected = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
                        2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640";
        assert_eq!(hex::encode(&key), expected);
    }

    #[test]
    fn limits() {
        assert_eq!(scrypt(16_384, 8, 1).rounds(32), Ok(1_048_576));
        assert!(scrypt(32_768, 8, 1).check().is_ok());
        let text = |kdf: Kdf| kdf.rounds(32).unwrap_err().to_string();
        assert_eq!(
            text(scrypt(131_072, 8, 1)),
            "scrypt's memory in octets is 134217728, and the limit MAX_SCRYPT_OCTETS is 33554432"
        );
        assert_eq!(
            text(scrypt(1 << 30, 8, 1)),
            "scrypt's cost N is 1073741824, and the limit MAX_SCRYPT_OCTETS / 128 is 262144"
        );
        assert!(text(scrypt(1000, 8, 1)).contains("power of two"));
        assert!(text(scrypt(0, 8, 1)).contains("no count"));
        assert!(text(scrypt(16, 8, 17)).contains("MAX_SCRYPT_PARALLELIZATION"));
        let pbkdf2 = |iterations| Kdf::Pbkdf2 {
            salt: vec![0; 8],
            iterations: Count::new(iterations),
            key_length: None,
            prf: Hash::Sha1,
        };
        assert_eq!(pbkdf2(600_000).rounds(32), Ok(2_400_000));
        assert!(text(pbkdf2(10_000_000)).contains("MAX_ITERATIONS"));
    }

    #[test]
    fn what_is_written_is_read() {
        let salt = vec![1, 2, 3];
        let mut all = vec![scrypt(16, 8, 1)];
        for prf in Hash::ALL {
            for key_length in [None, Some(Count::new(32))] {
                all.push(Kdf::Pbkdf2 { salt: salt.clone(), iterations: Count::new(2048), key_length, prf });
            }
        }
        for kdf in all {
            assert_eq!(Kdf::read(&mut Reader::new(&kdf.to_der())).unwrap(), kdf);
        }
    }
}
