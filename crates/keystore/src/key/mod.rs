//! Private keys: reading them in every form they come in, what they are, and
//! whether they are those of a certificate.
//!
//! Whatever form a key came in, it is kept as PKCS#8 (RFC 5958), whose
//! attributes say how Windows may use it. What is wrong with a key that can be
//! read is a [`KeyProblem`], not an error.

mod algorithm;
mod attributes;
mod discrete;
mod ec;
mod error;
mod facts;
mod legacy;
mod matching;
mod modern;
mod natural;
mod pem;
mod pkcs8;
mod rsa;
#[cfg(test)]
mod tests;
mod work;

use std::fmt;

use certlens_core::encoding::der::{Cursor, DeviationSink, Tag, encode};
use certlens_core::x509::oid::oids;

pub use algorithm::{EcCurve, KeyAlgorithm};
pub use attributes::{KeyAttribute, KeyAttributes, KeyUsageAttribute};
pub use error::{KeyError, KeyProblem, NoPublicKey};
pub use matching::{Match, NoMatch};
pub(crate) use matching::{Matcher, Public};
pub(crate) use pem::{Budget, find_within};
pub use pem::{FoundKey, MAX_KEYS, find};
pub use work::{KeyWork, MAX_KEY_WORK};

use crate::secret::SecretOctets;
use discrete::TraditionalDsa;
use ec::EcPrivateKey;
use facts::{rsa_encryption, spki};

/// Longest private key that is read, in octets. An RSA key of 16,384 bits has
/// some 9,300, an ML-DSA-87 key 4,900; attributes are short.
pub const MAX_KEY_OCTETS: usize = 64 << 10;

/// Most departures from DER that are kept of one key; one is enough to know.
const MAX_NOTED: usize = 16;

/// A private key.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey {
    /// The whole AlgorithmIdentifier.
    algorithm_identifier: Vec<u8>,
    /// The content of privateKey.
    octets: SecretOctets,
    attributes: KeyAttributes,
    /// The content of publicKey.
    stored_public: Option<Vec<u8>>,
    algorithm: KeyAlgorithm,
    spki: Result<Vec<u8>, NoPublicKey>,
    /// Whether `spki` is what was stored, and not computed.
    is_public_stored: bool,
    problems: Vec<KeyProblem>,
}

impl PrivateKey {
    /// Reads PKCS#8: OneAsymmetricKey of either version (RFC 5958 §2).
    ///
    /// # Errors
    /// Another structure, a key that no algorithm of its name can have, or one
    /// beyond [`MAX_KEY_OCTETS`] or RSA_MAX_MODULUS_BITS.
    pub fn from_pkcs8(der: &[u8]) -> Result<PrivateKey, KeyError> {
        PrivateKey::from_pkcs8_within(der, &mut KeyWork::default())
    }

    /// The same for one of many keys: what is computed with it counts against what is
    /// left for all of them. Where that is too little, the public half is not known, even
    /// if it is stored, and the numbers of an RSA key are not checked.
    ///
    /// # Errors
    /// As [`PrivateKey::from_pkcs8`].
    pub fn from_pkcs8_within(der: &[u8], work: &mut KeyWork) -> Result<PrivateKey, KeyError> {
        read(der, |cursor| pkcs8::read(cursor, work))
    }

    /// Reads PKCS#1: a two-prime RSAPrivateKey (RFC 8017 §A.1.2).
    ///
    /// # Errors
    /// As [`PrivateKey::from_pkcs8`]; [`KeyError::MultiPrime`].
    pub fn from_pkcs1(der: &[u8]) -> Result<PrivateKey, KeyError> {
        PrivateKey::from_pkcs1_within(der, &mut KeyWork::default())
    }

    fn from_pkcs1_within(der: &[u8], work: &mut KeyWork) -> Result<PrivateKey, KeyError> {
        read(der, |cursor| {
            let mut problems = Vec::new();
            let facts = rsa::read(cursor, false, &mut problems, work)?;
            // Without what may stand behind the structure.
            let octets = cursor.without_sink().expect(Tag::SEQUENCE)?.raw();
            Ok(PrivateKey {
                algorithm_identifier: rsa_encryption(),
                octets: SecretOctets::new(octets.to_vec()),
                attributes: KeyAttributes::default(),
                stored_public: None,
                algorithm: facts.algorithm,
                is_public_stored: facts.is_stored,
                spki: facts.public.map(|key| spki(&rsa_encryption(), &key)),
                problems,
            })
        })
    }

    /// Reads SEC 1: ECPrivateKey (RFC 5915 §3).
    ///
    /// # Errors
    /// As [`PrivateKey::from_pkcs8`]; [`KeyError::NoCurve`].
    pub fn from_sec1(der: &[u8]) -> Result<PrivateKey, KeyError> {
        PrivateKey::from_sec1_within(der, &mut KeyWork::default())
    }

    fn from_sec1_within(der: &[u8], work: &mut KeyWork) -> Result<PrivateKey, KeyError> {
        read(der, |cursor| {
            let mut problems = Vec::new();
            let key = EcPrivateKey::read(cursor)?;
            let parameters = key.parameters.ok_or(KeyError::NoCurve)?;
            let facts = key.facts(Some(parameters), &mut problems, work)?;
            let oid = encode(Tag::OID, &[oids::EC_PUBLIC_KEY.as_bytes()]);
            let algorithm_identifier = encode(Tag::SEQUENCE, &[&oid, parameters.raw()]);
            let octets = key.without_parameters(facts.public.as_deref().ok());
            Ok(PrivateKey {
                octets: SecretOctets::new(octets.to_vec()),
                attributes: KeyAttributes::default(),
                stored_public: None,
                algorithm: facts.algorithm,
                is_public_stored: facts.is_stored,
                spki: facts.public.map(|key| spki(&algorithm_identifier, &key)),
                algorithm_identifier,
                problems,
            })
        })
    }

    /// Reads OpenSSL's DSA key: version, p, q, g, y and x in a SEQUENCE.
    ///
    /// # Errors
    /// As [`PrivateKey::from_pkcs8`].
    pub fn from_traditional_dsa(der: &[u8]) -> Result<PrivateKey, KeyError> {
        PrivateKey::from_traditional_dsa_within(der, &mut KeyWork::default())
    }

    fn from_traditional_dsa_within(der: &[u8], work: &mut KeyWork) -> Result<PrivateKey, KeyError> {
        read(der, |cursor| {
            let mut problems = Vec::new();
            let key = TraditionalDsa::read(cursor, &mut problems, work)?;
            let parameters = encode(Tag::SEQUENCE, &key.parameters.map(|number| number.raw()));
            let oid = encode(Tag::OID, &[oids::DSA.as_bytes()]);
            let algorithm_identifier = encode(Tag::SEQUENCE, &[&oid, &parameters]);
            Ok(PrivateKey {
                octets: SecretOctets::new(key.private.raw().to_vec()),
                attributes: KeyAttributes::default(),
                stored_public: None,
                algorithm: key.facts.algorithm,
                is_public_stored: key.facts.is_stored,
                spki: key.facts.public.map(|key| spki(&algorithm_identifier, &key)),
                algorithm_identifier,
                problems,
            })
        })
    }

    /// What kind of key it is.
    pub fn algorithm(&self) -> &KeyAlgorithm {
        &self.algorithm
    }

    /// The public half as SubjectPublicKeyInfo (RFC 5280 §4.1): computed from
    /// the private half where that is possible, else as stored with it.
    ///
    /// # Errors
    /// Neither is possible, and why.
    pub fn spki(&self) -> Result<&[u8], NoPublicKey> {
        self.spki.as_deref().map_err(|why| *why)
    }

    /// The attributes (RFC 5958 §2).
    pub fn attributes(&self) -> &KeyAttributes {
        &self.attributes
    }

    /// What is wrong with the key although it can be read.
    pub fn problems(&self) -> &[KeyProblem] {
        &self.problems
    }

    /// Whether this is the private key of a SubjectPublicKeyInfo. Keys are
    /// compared by their values, not by their encoding: a key marked for PSS and
    /// a compressed point match those that are not. The same public half is not enough:
    /// the private half must be shown to belong to it.
    pub fn matches(&self, spki: &[u8]) -> Match {
        self.matcher().matches(&Public::of(spki))
    }

    /// The same for many public keys.
    pub(crate) fn matcher(&self) -> Matcher<'_> {
        Matcher::new(&self.algorithm, self.spki(), self.proof())
    }

    /// What it comes to when a public key is the same as the public half: that alone shows
    /// nothing of a private half which does not belong to it, or was not held against it.
    fn proof(&self) -> Match {
        let first = |is: fn(&KeyProblem) -> bool| self.problems.iter().copied().find(is);
        match (first(KeyProblem::is_corrupt), first(KeyProblem::is_unchecked)) {
            (Some(problem), _) => Match::Corrupt(problem),
            (None, Some(problem)) => Match::Unknown(NoMatch::PrivateHalf(problem)),
            (None, None) if self.is_public_stored => Match::Unknown(NoMatch::Stored),
            (None, None) => Match::Yes,
        }
    }

    /// Sets the attribute keyUsage in the place of any that is there, or removes
    /// it; other attributes stay. Windows takes the key spec from it.
    pub fn set_key_usage(&mut self, usage: Option<&KeyUsageAttribute>) {
        self.attributes.set_key_usage(usage);
        let about_usage =
            |problem: &KeyProblem| matches!(problem, KeyProblem::KeyUsageUnreadable | KeyProblem::KeyUsageRepeated);
        self.problems.retain(|problem| !about_usage(problem));
    }

    /// Writes PKCS#8 with the attributes: version 1, or version 2 if the key
    /// came with its public key (RFC 5958 §2).
    pub fn to_pkcs8(&self) -> SecretOctets {
        pkcs8::write(self)
    }
}

/// Reads a key of bounded size and notes what departs from DER.
fn read(der: &[u8], reader: impl FnOnce(Cursor<'_>) -> Result<PrivateKey, KeyError>) -> Result<PrivateKey, KeyError> {
    if der.len() > MAX_KEY_OCTETS {
        return Err(KeyError::LimitExceeded { name: "MAX_KEY_OCTETS", limit: MAX_KEY_OCTETS, found: der.len() });
    }
    let sink = DeviationSink::new();
    let mut key = reader(Cursor::new(der, &sink))?;
    key.problems.extend(sink.into_deviations().into_iter().take(MAX_NOTED).map(KeyProblem::NotDer));
    Ok(key)
}

impl fmt::Debug for PrivateKey {
    // The octets are secret, and so is what could be computed back from problems: say no values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, {} problems)", self.algorithm.describe(), self.problems.len())
    }
}
