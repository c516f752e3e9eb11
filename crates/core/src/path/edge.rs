//! One link of a path: does this key verify that certificate's signature?

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::crypto::Message;
use crate::crypto::algorithm::SignatureAlgorithm;
use crate::crypto::dsa::resolve_dsa;
use crate::crypto::error::VerifyError;
use crate::crypto::verify::{check_key_restrictions, verify};
use crate::encoding::der::BitString;
use crate::path::budget::{MAX_CACHED_EDGES, OCTETS_PER_SIGNATURE};
use crate::x509::issuer::Issuer;
use crate::x509::spki::{AlgorithmIdentifier, Curve, DsaParameters, PublicKey};
use crate::x509::{CertId, Certificate};

/// An issuer's key, with the DSA parameters that it inherits when its own are
/// left out (RFC 3279 §2.3.2, RFC 5280 §6.1.4 (f)).
#[derive(Clone, Copy)]
pub struct IssuerKey<'a> {
    /// Who holds the key.
    pub issuer: Issuer<'a>,
    /// Parameters of the issuer above, when known.
    pub inherited: Option<DsaParameters<'a>>,
}

impl<'a> IssuerKey<'a> {
    /// A key that stands on its own.
    pub fn of(issuer: Issuer<'a>) -> Self {
        IssuerKey { issuer, inherited: None }
    }

    /// The DSA parameters that a certificate issued with this key inherits.
    pub fn parameters(&self) -> Option<DsaParameters<'a>> {
        match self.issuer.spki().public_key() {
            Ok(PublicKey::Dsa { parameters, .. }) => parameters.or(self.inherited),
            _ => None,
        }
    }

    /// Verifies a certificate's signature (RFC 5280 §6.1.3 (a)(1)).
    ///
    /// # Errors
    ///
    /// Why it was not found correct.
    pub fn verify(&self, child: &Certificate) -> Result<(), VerifyError> {
        self.verify_signed(&child.signature_algorithm(), child.tbs(), child.signature())
    }

    /// Verifies a signature on anything.
    ///
    /// # Errors
    ///
    /// Why it was not found correct.
    pub fn verify_signed<'m>(
        &self,
        identifier: &AlgorithmIdentifier<'_>,
        message: impl Into<Message<'m>>,
        signature: BitString<'_>,
    ) -> Result<(), VerifyError> {
        let spki = self.issuer.spki();
        let Ok(key) = spki.public_key() else {
            return Err(VerifyError::MalformedKey("the issuer's public key cannot be decoded"));
        };
        let Ok(algorithm) = SignatureAlgorithm::from_identifier(identifier) else {
            return Err(VerifyError::UnsupportedAlgorithm(identifier.oid.name_or_dotted()));
        };
        check_key_restrictions(&spki.algorithm, &algorithm)?;
        // Every algorithm known here signs whole octets.
        let signature = signature.octets().ok_or(VerifyError::Invalid)?;
        verify(&algorithm, &resolve_dsa(key, self.inherited), message, signature)
    }

    /// What the verification of a child's signature costs, in verifications with RSA
    /// 2048 or P-256; `None` when the key lacks DSA parameters.
    pub fn cost(&self, child: &Certificate) -> Option<usize> {
        self.cost_of(child.tbs().len())
    }

    /// What the verification of a signature on so many octets costs, in verifications
    /// with RSA 2048 or P-256: about the time that it takes. `None` when the key lacks
    /// DSA parameters, which the path above it has.
    pub(crate) fn cost_of(&self, octets: usize) -> Option<usize> {
        let of_key = match self.issuer.spki().public_key() {
            Ok(PublicKey::Rsa { n, .. }) => 1 + (n.as_bytes().len() / 512).pow(2),
            Ok(PublicKey::Ec { curve: Curve::P384, .. }) => 4,
            Ok(PublicKey::Ec { curve: Curve::P521, .. }) => 8,
            Ok(PublicKey::Dsa { parameters: None, .. }) if self.inherited.is_none() => return None,
            Ok(PublicKey::Dsa { .. }) => 64,
            _ => 1,
        };
        Some(of_key + octets / OCTETS_PER_SIGNATURE)
    }

    fn id(&self) -> KeyId {
        let inherited =
            self.inherited.map(|dsa| Box::new([dsa.p, dsa.q, dsa.g].map(|integer| integer.as_bytes().to_vec())));
        KeyId { spki: self.issuer.spki_digest(), inherited }
    }
}

/// An issuer's key with its resolved parameters.
#[derive(Clone, PartialEq, Eq, Hash)]
struct KeyId {
    spki: [u8; 32],
    inherited: Option<Box<[Vec<u8>; 3]>>,
}

type Outcome = Result<(), VerifyError>;

/// Signatures that were verified before: issuer key with its resolved
/// parameters, and child. Each is verified once.
///
/// It can be shared between verifications and between threads: what is
/// remembered is a fact about octets, whoever asks.
#[derive(Default)]
pub struct VerifyCache {
    known: Mutex<Known>,
}

/// A few edges are compared one by one; only when there are many are digests
/// worth computing.
#[derive(Default)]
struct Known {
    few: Vec<(Box<[u8]>, Certificate, Outcome)>,
    many: HashMap<(KeyId, CertId), Outcome>,
}

const FEW: usize = 8;

impl Known {
    fn get(&self, key: &IssuerKey<'_>, child: &Certificate) -> Option<&Outcome> {
        if key.inherited.is_none() {
            let spki = key.issuer.spki_raw();
            let few = self.few.iter().find(|(known, certificate, _)| certificate == child && **known == *spki);
            if let Some((_, _, outcome)) = few {
                return Some(outcome);
            }
        }
        if self.many.is_empty() { None } else { self.many.get(&(key.id(), child.id())) }
    }

    fn insert(&mut self, key: &IssuerKey<'_>, child: &Certificate, outcome: Outcome) {
        if self.few.len() < FEW && key.inherited.is_none() {
            self.few.push((Box::from(key.issuer.spki_raw()), child.clone(), outcome));
            return;
        }
        if self.many.len() >= MAX_CACHED_EDGES {
            self.many.clear();
        }
        self.many.insert((key.id(), child.id()), outcome);
    }
}

impl VerifyCache {
    /// Nothing verified yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // What was inserted is whole, whatever a thread did afterwards.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One verification's use of a cache: it counts the signatures that were new.
pub struct Verifier<'c> {
    cache: &'c VerifyCache,
    verified: usize,
}

impl<'c> Verifier<'c> {
    /// Nothing counted yet.
    pub fn new(cache: &'c VerifyCache) -> Self {
        Verifier { cache, verified: 0 }
    }

    /// How many signatures were verified, those remembered not counted.
    pub fn verified(&self) -> usize {
        self.verified
    }

    /// What is known about an edge, without verifying it.
    pub fn known(&self, key: &IssuerKey<'_>, child: &Certificate) -> Option<Result<(), VerifyError>> {
        self.cache.lock().get(key, child).cloned()
    }

    /// Gives the result from before, or verifies this edge.
    ///
    /// # Errors
    ///
    /// Why the signature was not found correct.
    pub fn verify(&mut self, key: &IssuerKey<'_>, child: &Certificate) -> Result<(), VerifyError> {
        if let Some(result) = self.known(key, child) {
            return result;
        }
        // Without its parameters nothing is known about the key, and another path may
        // have them.
        if key.cost(child).is_none() {
            return key.verify(child);
        }
        self.verified += 1;
        // Two threads may verify the same edge at once; neither waits for the other.
        let result = key.verify(child);
        self.cache.lock().insert(key, child, result.clone());
        result
    }
}
