//! Authentication by a password: PKCS#12's own MAC (RFC 7292 §4, App. B) and
//! PBMAC1 (RFC 9579).

use std::fmt;

use certlens_core::encoding::ber::Reader;
use certlens_core::encoding::der::{InField, Tag};
use zeroize::Zeroizing;

use super::ber;
use super::count::Count;
use super::error::{AlgorithmError, PbeError, Role};
use super::hash::Hash;
use super::kdf::{self, Kdf};
use super::limits::{MAX_MAC_KEY_OCTETS, MIN_MAC_KEY_OCTETS};
use super::passphrase::Passphrase;
use super::pkcs12::{self, KeyPurpose};
use crate::oid;

/// A MAC algorithm with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mac {
    /// HMAC with a key by PKCS#12's own derivation.
    Pkcs12 {
        /// The hash of HMAC and derivation.
        hash: Hash,
        /// The salt.
        salt: Vec<u8>,
        /// How often the hash is iterated.
        iterations: Count,
    },
    /// PBMAC1: HMAC with a key by PBKDF2 (RFC 8018 §7.1).
    Pbmac1 {
        /// How the key is derived.
        kdf: Kdf,
        /// The hash of the HMAC.
        hash: Hash,
    },
}

/// MacData of a PFX (RFC 7292 §4): the algorithm, and the MAC itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacData {
    /// The algorithm, or why it cannot be read.
    pub algorithm: Result<Mac, AlgorithmError>,
    /// The MAC.
    pub digest: Vec<u8>,
}

impl MacData {
    /// Reads a MacData, in BER. The iteration count may be left out and is then 1.
    ///
    /// # Errors
    /// The octets are no MacData. An algorithm that is not known is no error here.
    pub fn read(octets: &[u8]) -> Result<MacData, AlgorithmError> {
        let mut reader = Reader::new(octets);
        reader.enter(Tag::SEQUENCE).in_field("macData")?;
        reader.enter(Tag::SEQUENCE).in_field("macData.mac")?;
        let algorithm = reader.expect(Tag::SEQUENCE).in_field("macData.mac.digestAlgorithm")?.raw;
        let digest = ber::octets(&mut reader)?;
        reader.leave()?;
        let salt = ber::octets(&mut reader)?;
        let iterations = ber::optional_count(&mut reader)?.unwrap_or(Count::new(1));
        let algorithm = ber::algorithm(&mut Reader::new(algorithm), |oid, reader| match oid {
            oid::PBMAC1 => read_pbmac1(reader),
            _ => match Hash::by_oid(oid) {
                Some(hash) => Ok(Mac::Pkcs12 { hash, salt, iterations }),
                None => Err(AlgorithmError::Unsupported { role: Role::Mac, oid: oid.to_vec() }),
            },
        });
        Ok(MacData { algorithm, digest })
    }

    /// MacData in DER, of a MAC made by [`Mac::compute`].
    pub fn to_der(algorithm: &Mac, digest: &[u8]) -> Vec<u8> {
        let (identifier, salt, iterations) = match algorithm {
            Mac::Pkcs12 { hash, salt, iterations } => {
                (ber::write_algorithm(hash.oid(), None), salt.as_slice(), *iterations)
            }
            Mac::Pbmac1 { kdf, hash } => {
                let parameters = ber::sequence(&[&kdf.to_der(), &ber::write_algorithm(hash.hmac_oid(), None)]);
                // Without a meaning, but without them older readers would read nothing (RFC 9579 §5).
                (ber::write_algorithm(oid::PBMAC1, Some(&parameters)), kdf.salt(), Count::new(1))
            }
        };
        // DEFAULT 1 is left out (X.690 §11.5), but not where RFC 9579 App. A has it.
        let is_default = iterations == Count::new(1) && matches!(algorithm, Mac::Pkcs12 { .. });
        let iterations = if is_default { Vec::new() } else { iterations.to_der() };
        let mac = ber::sequence(&[&identifier, &ber::write_octets(digest)]);
        ber::sequence(&[&mac, &ber::write_octets(salt), &iterations])
    }
}

fn read_pbmac1(reader: &mut Reader<'_>) -> Result<Mac, AlgorithmError> {
    reader.enter(Tag::SEQUENCE)?;
    let kdf = Kdf::read(reader)?;
    let hash = ber::algorithm(reader, |oid, _| {
        Hash::by_hmac_oid(oid).ok_or(AlgorithmError::Unsupported { role: Role::Mac, oid: oid.to_vec() })
    })?;
    reader.leave()?;
    Ok(Mac::Pbmac1 { kdf, hash })
}

impl Mac {
    /// What the derivation costs, in iterations of a hash; see [`super::limits::MAX_ROUNDS`].
    ///
    /// # Errors
    /// Parameters beyond the limits, or that nothing can work with.
    pub fn rounds(&self) -> Result<u64, PbeError> {
        match self {
            Mac::Pkcs12 { hash, salt, iterations } => {
                kdf::check_salt(salt)?;
                let iterations = u64::from(kdf::check_iterations(*iterations)?.get());
                Ok(pkcs12::rounds(*hash, iterations, hash.octets()))
            }
            Mac::Pbmac1 { kdf, .. } => kdf.rounds(pbmac1_key_octets(kdf)?),
        }
    }

    /// The MAC of the octets.
    ///
    /// # Errors
    /// As [`Mac::rounds`]; a password that is too long.
    pub fn compute(&self, password: Passphrase<'_>, octets: &[u8]) -> Result<Vec<u8>, PbeError> {
        Ok(self.hash().hmac(&self.key(password)?, octets))
    }

    /// Whether this is the MAC of the octets, compared in constant time.
    ///
    /// # Errors
    /// As [`Mac::compute`].
    pub fn verify(&self, password: Passphrase<'_>, octets: &[u8], mac: &[u8]) -> Result<bool, PbeError> {
        Ok(self.hash().verify_hmac(&self.key(password)?, octets, mac))
    }

    /// The hash of the HMAC.
    pub fn hash(&self) -> Hash {
        match self {
            Mac::Pkcs12 { hash, .. } | Mac::Pbmac1 { hash, .. } => *hash,
        }
    }

    fn key(&self, password: Passphrase<'_>) -> Result<Zeroizing<Vec<u8>>, PbeError> {
        self.rounds()?;
        match self {
            Mac::Pkcs12 { hash, salt, iterations } => {
                let iterations = u64::from(kdf::check_iterations(*iterations)?.get());
                let password = password.bmp()?;
                Ok(pkcs12::derive(*hash, KeyPurpose::Mac, &password, salt, iterations, hash.octets()))
            }
            Mac::Pbmac1 { kdf, .. } => kdf.derive(password, pbmac1_key_octets(kdf)?),
        }
    }
}

/// The length of the key must be stated (RFC 9579 §4): else it would be guessed,
/// and a guess of no octets is a MAC that everybody can make.
fn pbmac1_key_octets(kdf: &Kdf) -> Result<usize, PbeError> {
    let Some(stated) = kdf.key_length() else {
        return Err(PbeError::Parameters("PBMAC1 states no keyLength, which RFC 9579 §4 demands"));
    };
    let octets = stated.within("the key length of PBMAC1", MAX_MAC_KEY_OCTETS, "MAX_MAC_KEY_OCTETS")? as usize;
    if octets < MIN_MAC_KEY_OCTETS {
        return Err(PbeError::Parameters("PBMAC1 has a key of fewer than 20 octets, which can be guessed"));
    }
    Ok(octets)
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mac::Pkcs12 { hash, iterations, .. } => write!(f, "HMAC {hash}, {iterations} iterations"),
            Mac::Pbmac1 { kdf, hash } => write!(f, "PBMAC1 with HMAC {hash}, {kdf}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Password;

    fn pbmac1(key_length: Option<u64>) -> Mac {
        let key_length = key_length.map(Count::new);
        let kdf = Kdf::Pbkdf2 { salt: vec![1; 8], iterations: Count::new(2), key_length, prf: Hash::Sha256 };
        Mac::Pbmac1 { kdf, hash: Hash::Sha512 }
    }

    #[test]
    fn both_directions() {
        let password = Password::new("test".to_owned());
        let mut all = vec![pbmac1(Some(64))];
        for hash in Hash::ALL {
            for iterations in [1, 2048] {
                all.push(Mac::Pkcs12 { hash, salt: vec![3; 20], iterations: Count::new(iterations) });
            }
        }
        for mac in all {
            let digest = mac.compute(Passphrase::Text(&password), b"octets").unwrap();
            assert_eq!(digest.len(), mac.hash().octets());
            let read = MacData::read(&MacData::to_der(&mac, &digest)).unwrap();
            assert_eq!(read, MacData { algorithm: Ok(mac.clone()), digest: digest.clone() });
            assert_eq!(mac.verify(Passphrase::Text(&password), b"octets", &digest), Ok(true));
            assert_eq!(mac.verify(Passphrase::Text(&password), b"octet", &digest), Ok(false));
            assert_eq!(mac.verify(Passphrase::Text(&password), b"octets", &digest[1..]), Ok(false));
            assert_eq!(mac.verify(Passphrase::Absent, b"octets", &digest), Ok(false));
        }
    }

    #[test]
    fn the_iterations_beside_the_mac() {
        let pkcs12 = |count| Mac::Pkcs12 { hash: Hash::Sha256, salt: vec![3; 8], iterations: Count::new(count) };
        let ends_with_one = |mac: &Mac| MacData::to_der(mac, &[0; 32]).ends_with(&[0x02, 1, 1]);
        assert!(ends_with_one(&pbmac1(Some(64))) && !ends_with_one(&pkcs12(1)));
        assert!(MacData::to_der(&pkcs12(2), &[0; 32]).ends_with(&[0x02, 1, 2]));
    }

    #[test]
    fn key_length_of_pbmac1() {
        assert!(pbmac1(None).rounds().unwrap_err().to_string().contains("states no keyLength"));
        assert!(pbmac1(Some(0)).rounds().unwrap_err().to_string().contains("no count"));
        assert!(pbmac1(Some(19)).rounds().unwrap_err().to_string().contains("can be guessed"));
        assert!(pbmac1(Some(20)).rounds().is_ok());
        assert!(pbmac1(Some(1 << 30)).rounds().unwrap_err().to_string().contains("MAX_MAC_KEY_OCTETS"));
    }

    #[test]
    fn unknown_hashes_are_named() {
        let mac = ber::sequence(&[&ber::write_algorithm(oid::MD5, None), &ber::write_octets(&[0; 16])]);
        let read = MacData::read(&ber::sequence(&[&mac, &ber::write_octets(&[0; 8])])).unwrap();
        assert_eq!(read.algorithm.unwrap_err().to_string(), "the MAC algorithm MD5 is not supported");
    }
}
