//! Where certificates and their keys are kept: one trait for all of them.
//!
//! It asks for what diagnosing a key takes, and no more. A folder of files is the
//! first store; it can be read alone. The stores of Windows will be others.

mod folder;

use std::fmt;
use std::io;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use certlens_core::origin::Origin;
use certlens_core::x509::Certificate;
use certlens_core::x509::certificate::CertId;

pub use folder::{
    Folder, LoneKey, MAX_FILES, MAX_FOLDER_CERTIFICATES, MAX_FOLDER_KEYS, MAX_FOLDER_OCTETS, MAX_FOLDER_ROUNDS,
    NotOpened, NotUsed, Skipped,
};

use crate::exchange::Held;
use crate::permissions::Acl;
use crate::provider::{ImportFlags, KeyFacts};
use crate::secret::Password;

/// A place where certificates and their keys are kept.
pub trait KeyStore {
    /// What it is called in a report.
    fn name(&self) -> String;

    /// Its certificates, each once, in its own order.
    ///
    /// # Errors
    /// It cannot be read.
    fn entries(&self) -> Result<Vec<Entry>, StoreError>;

    /// Those that a search is for.
    ///
    /// # Errors
    /// As [`KeyStore::entries`].
    fn find(&self, search: &Search) -> Result<Vec<Entry>, StoreError> {
        let mut entries = self.entries()?;
        entries.retain(|entry| search.is_for(&entry.certificate));
        Ok(entries)
    }

    /// The private key of a certificate; `None` when there is none.
    ///
    /// # Errors
    /// There is one, and nothing can be learnt of it.
    fn key(&self, certificate: &Certificate) -> Result<Option<StoredKey>, StoreError>;

    /// Who may read the private key of a certificate.
    ///
    /// # Errors
    /// There is no key, the store keeps no such list, or it cannot be read.
    fn permissions(&self, certificate: &Certificate) -> Result<Acl, StoreError>;

    /// Imports a PFX file with these flags of PFXImportCertStore, and tells which
    /// certificates were added.
    ///
    /// # Errors
    /// The store can be read alone, the password is wrong, or the file is not imported.
    fn import(
        &mut self,
        pfx: &[u8],
        password: Option<&Password>,
        flags: ImportFlags,
    ) -> Result<Vec<CertId>, StoreError>;
}

/// A certificate in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The certificate.
    pub certificate: Certificate,
    /// Where it is.
    pub origin: Origin,
    /// Its friendly name, where the store has such names.
    pub friendly_name: Option<String>,
    /// Whether it says that it has its private key.
    pub has_key: bool,
}

/// A private key in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// Where it is.
    pub origin: Origin,
    /// What is known of it.
    pub facts: KeyFacts,
    /// Where Windows holds it; `None` for a key in a file.
    pub held: Option<Held>,
    /// Name of its container, where it has one.
    pub container: Option<String>,
}

/// Which certificates are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// The one with this SHA-256.
    Sha256(CertId),
    /// That with this SHA-1, Windows' thumbprint.
    Sha1([u8; 20]),
    /// Those with this serial number, by its content octets.
    Serial(Vec<u8>),
    /// Those whose subject has this text, without regard to case.
    Subject(String),
}

impl Search {
    /// What a text is for: a thumbprint in hexadecimal digits, as Windows shows it
    /// with spaces or colons, else a part of the subject.
    pub fn parse(text: &str) -> Search {
        // Copied from a Windows dialog, a thumbprint begins with an invisible mark.
        let is_between = |character: char| matches!(character, ' ' | ':' | '\u{200e}' | '\u{feff}');
        let digits: String = text.chars().filter(|character| !is_between(*character)).collect();
        let octets = hexadecimal(&digits).unwrap_or_default();
        if let Ok(sha1) = <[u8; 20]>::try_from(octets.as_slice()) {
            return Search::Sha1(sha1);
        }
        match <[u8; 32]>::try_from(octets.as_slice()) {
            Ok(sha256) => Search::Sha256(CertId(sha256)),
            Err(_) => Search::Subject(text.to_owned()),
        }
    }

    /// Whether it is for this certificate.
    pub fn is_for(&self, certificate: &Certificate) -> bool {
        match self {
            Search::Sha256(id) => certificate.id() == *id,
            Search::Sha1(thumbprint) => {
                digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate.der()).as_ref() == thumbprint.as_slice()
            }
            Search::Serial(serial) => certificate.serial().as_bytes() == serial.as_slice(),
            Search::Subject(text) => certificate.subject().to_string().to_lowercase().contains(&text.to_lowercase()),
        }
    }
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let digit = |octet: &u8| char::from(*octet).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
        _ => None,
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}

/// Why a store does not do what it is asked.
#[derive(Debug)]
pub enum StoreError {
    /// It cannot be read.
    Io {
        /// What was to be read.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// It has more than is read.
    LimitExceeded {
        /// The constant's name.
        name: &'static str,
        /// Its value.
        limit: usize,
    },
    /// It can be read alone.
    ReadOnly,
    /// The certificate has no private key there.
    NoKey,
    /// It keeps no lists of who may read keys.
    NoPermissions,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "{path} cannot be read: {error}"),
            Self::LimitExceeded { name, limit } => write!(f, "there is more than {name} allows ({limit})"),
            Self::ReadOnly => f.write_str("nothing can be imported: this store can be read alone"),
            Self::NoKey => f.write_str("the certificate has no private key there"),
            Self::NoPermissions => f.write_str("files have no lists of who may read keys: ask the node"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
