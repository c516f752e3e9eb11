//! What a server presents, as files.

use std::path::Path;

use super::write;
use crate::{CertificateBuilder, Extension, GeneralName, Key, Name, pem, purposes, time};

/// The certificates that a server sends, as it sends them, and the first one's key.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The certificates in DER.
    pub chain: Vec<Vec<u8>>,
    /// The key of the first one.
    pub key: Key,
}

impl Presented {
    /// These certificates, with the key of the first.
    pub fn new<C: AsRef<[u8]>>(key: Key, chain: impl IntoIterator<Item = C>) -> Presented {
        Presented { chain: chain.into_iter().map(|der| der.as_ref().to_vec()).collect(), key }
    }

    /// A certificate for `localhost` that has no issuer but itself, valid for years: servers
    /// and clients go by the machine's clock.
    pub fn self_signed(key: Key) -> Presented {
        let certificate = CertificateBuilder::new(Name::cn("localhost"), key)
            .validity(time::CA_START, time::CA_END)
            .extension(Extension::basic_constraints(false, None).critical())
            .extension(Extension::extended_key_usage([purposes::SERVER_AUTH]))
            .extension(Extension::subject_alt_name([GeneralName::dns("localhost")]))
            .self_signed();
        Presented::new(key, [certificate])
    }

    /// The certificates in PEM, one after the other.
    pub fn chain_pem(&self) -> String {
        self.chain.iter().map(|der| pem::certificate(der)).collect()
    }

    /// The key in PEM.
    pub fn key_pem(&self) -> String {
        pem::encode("PRIVATE KEY", &self.key.pkcs8())
    }

    /// Writes `NAME.pem` and `NAME.key`.
    ///
    /// # Panics
    ///
    /// When they cannot be written.
    pub fn write(&self, folder: &Path, name: &str) {
        write(&folder.join(format!("{name}.pem")), self.chain_pem());
        write(&folder.join(format!("{name}.key")), self.key_pem());
    }
}
