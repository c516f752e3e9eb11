//! One link of a path: does this key verify that certificate's signature?

use std::collections::HashMap;

use crate::crypto::algorithm::SignatureAlgorithm;
use crate::crypto::dsa::resolve_dsa;
use crate::crypto::error::VerifyError;
use crate::crypto::verify::{check_key_restrictions, verify};
use crate::x509::spki::{DsaParameters, PublicKey};
use crate::x509::{CertId, Certificate};

/// An issuer's key, with the DSA parameters that it inherits when its own are
/// left out (RFC 3279 §2.3.2, RFC 5280 §6.1.4 (f)).
#[derive(Clone, Copy)]
pub struct IssuerKey<'a> {
    /// The certificate that holds the key.
    pub certificate: &'a Certificate,
    /// Parameters of the issuer above, when known.
    pub inherited: Option<DsaParameters<'a>>,
}

impl<'a> IssuerKey<'a> {
    /// A key that stands on its own.
    pub fn of(certificate: &'a Certificate) -> Self {
        IssuerKey { certificate, inherited: None }
    }

    /// The DSA parameters that a certificate issued with this key inherits.
    pub fn parameters(&self) -> Option<DsaParameters<'a>> {
        match self.certificate.spki().public_key() {
            Ok(PublicKey::Dsa { parameters, .. }) => parameters.or(self.inherited),
            _ => None,
        }
    }

    /// Whether the key is DSA and lacks parameters that only a certificate
    /// above can supply.
    pub fn needs_parameters(&self) -> bool {
        matches!(self.certificate.spki().public_key(), Ok(PublicKey::Dsa { parameters: None, .. }))
            && self.inherited.is_none()
    }

    /// Verifies a certificate's signature (RFC 5280 §6.1.3 (a)(1)).
    ///
    /// # Errors
    ///
    /// Why it was not found correct.
    pub fn verify(&self, child: &Certificate) -> Result<(), VerifyError> {
        let spki = self.certificate.spki();
        let Ok(key) = spki.public_key() else {
            return Err(VerifyError::MalformedKey("the issuer's public key cannot be decoded"));
        };
        let identifier = child.signature_algorithm();
        let Ok(algorithm) = SignatureAlgorithm::from_identifier(&identifier) else {
            return Err(VerifyError::UnsupportedAlgorithm(identifier.oid.name_or_dotted()));
        };
        check_key_restrictions(&spki.algorithm, &algorithm)?;
        // Every algorithm known here signs whole octets.
        let signature = child.signature().octets().ok_or(VerifyError::Invalid)?;
        verify(&algorithm, &resolve_dsa(key, self.inherited), child.tbs(), signature)
    }
}

/// The issuer's key, as [`cache_key`] writes it, and the child.
type Edge = ([u8; 32], Option<[Vec<u8>; 3]>, CertId);

/// Signatures that were verified before: issuer key with its resolved
/// parameters, and child. Each is verified once.
#[derive(Default)]
pub struct EdgeCache {
    known: HashMap<Edge, Result<(), VerifyError>>,
    verified: usize,
}

impl EdgeCache {
    /// Nothing verified yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many signatures were really verified.
    pub fn verified(&self) -> usize {
        self.verified
    }

    /// The result for this edge, when it is known already.
    pub fn known(&self, key: &IssuerKey<'_>, child: &Certificate) -> Option<Result<(), VerifyError>> {
        self.known.get(&edge(key, child)).cloned()
    }

    /// Verifies this edge, or gives the result from before.
    ///
    /// # Errors
    ///
    /// Why the signature was not found correct.
    pub fn verify(&mut self, key: &IssuerKey<'_>, child: &Certificate) -> Result<(), VerifyError> {
        if let Some(result) = self.known(key, child) {
            return result;
        }
        self.verified += 1;
        let result = key.verify(child);
        self.known.insert(edge(key, child), result.clone());
        result
    }
}

/// Digests, so that a look-up costs the same however large the certificates are.
fn edge(key: &IssuerKey<'_>, child: &Certificate) -> Edge {
    let inherited = key
        .inherited
        .map(|parameters| [parameters.p, parameters.q, parameters.g].map(|integer| integer.as_bytes().to_vec()));
    (key.certificate.spki_digest(), inherited, child.id())
}
