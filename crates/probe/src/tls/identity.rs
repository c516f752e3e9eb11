//! A client certificate with its key.

use std::fmt;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use zeroize::Zeroize;

/// A client certificate with its key, as it is given to servers that ask for one.
#[derive(Clone)]
pub struct Identity(pub(crate) Arc<CertifiedKey>);

/// Why a client certificate cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityError(String);

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for IdentityError {}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} certificates, key not shown)", self.0.cert.len())
    }
}

impl Identity {
    /// An identity of the client's certificate with its intermediates, encoded, and its
    /// private key as PKCS#8, not encrypted.
    ///
    /// # Errors
    ///
    /// When there is no certificate, or the key cannot be read or is not the certificate's.
    pub fn from_pkcs8(chain: Vec<Vec<u8>>, key: &[u8]) -> Result<Identity, IdentityError> {
        let chain = chain.into_iter().map(CertificateDer::from).collect();
        Self::new(chain, PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key)).clone_key())
    }

    /// An identity of a PEM file's certificates, the client's first, and its private key,
    /// not encrypted.
    ///
    /// # Errors
    ///
    /// As [`Identity::from_pkcs8`], and when the PEM blocks cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Identity, IdentityError> {
        let chain = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| IdentityError(format!("the client certificate cannot be read: {error}")))?;
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| {
            let encrypted = pem.windows(17).any(|window| window == b"ENCRYPTED PRIVATE");
            IdentityError(if encrypted {
                "the client's private key is encrypted; it is expected as PKCS#8 without a password".to_owned()
            } else {
                format!("the client's private key cannot be read: {error}")
            })
        })?;
        Self::new(chain, key)
    }

    /// How many certificates a server is sent, the client's own included.
    pub fn certificates(&self) -> usize {
        self.0.cert.len()
    }

    fn new(chain: Vec<CertificateDer<'static>>, mut key: PrivateKeyDer<'static>) -> Result<Identity, IdentityError> {
        let signing = aws_lc_rs::sign::any_supported_type(&key);
        key.zeroize();
        if chain.is_empty() {
            return Err(IdentityError("there is no client certificate beside the private key".to_owned()));
        }
        let signing = signing.map_err(|_| {
            IdentityError(
                "the client's private key is none of RSA, ECDSA by a NIST curve or Ed25519 in PKCS#8".to_owned(),
            )
        })?;
        let certified = CertifiedKey::new(chain, signing);
        match certified.keys_match() {
            Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
                Err(IdentityError("the private key is not that of the client certificate".to_owned()))
            }
            // A certificate that the library cannot parse, as one of version 1, is left to the server.
            _ => Ok(Identity(Arc::new(certified))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_testkit::{CertificateBuilder, Key, Name, pem};

    fn certificate(key: Key) -> Vec<u8> {
        CertificateBuilder::new(Name::cn("client"), key).self_signed()
    }

    #[test]
    fn a_key_goes_with_its_certificate_only() {
        for key in [Key::p256(1), Key::rsa2048(0), Key::ed25519(4)] {
            assert!(Identity::from_pkcs8(vec![certificate(key)], &key.pkcs8()).is_ok(), "{key:?}");
        }
        let other = Identity::from_pkcs8(vec![certificate(Key::p256(1))], &Key::p256(2).pkcs8());
        assert!(other.is_err_and(|error| error.to_string().contains("not that of")));
        let none = Identity::from_pkcs8(Vec::new(), &Key::p256(2).pkcs8());
        assert!(none.is_err_and(|error| error.to_string().contains("no client certificate")));
        let garbage = Identity::from_pkcs8(vec![certificate(Key::p256(1))], b"garbage");
        assert!(garbage.is_err_and(|error| error.to_string().contains("PKCS#8")));
    }

    #[test]
    fn pem_has_both() {
        let key = Key::p256(1);
        let certificate = pem::encode("CERTIFICATE", &certificate(key));
        let text = format!("{certificate}{}", pem::encode("PRIVATE KEY", &key.pkcs8()));
        let identity = Identity::from_pem(text.as_bytes()).expect("an identity");
        assert_eq!(format!("{identity:?}"), "Identity(1 certificates, key not shown)");
        let encrypted = format!("{certificate}{}", pem::encode("ENCRYPTED PRIVATE KEY", b"0"));
        let refused = Identity::from_pem(encrypted.as_bytes());
        assert!(refused.is_err_and(|error| error.to_string().contains("encrypted")));
    }
}
