//! A folder of certificate, key and PFX files as a store.

mod pfx;
mod reader;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use certlens_core::encoding::input::InputError;
use certlens_core::encoding::sniff::ObjectKind;
use certlens_core::origin::Origin;
use certlens_core::x509::Certificate;
use certlens_core::x509::certificate::CertId;

use super::{Entry, KeyStore, StoreError, StoredKey};
use crate::key::{KeyError, PrivateKey, Public};
use crate::permissions::Acl;
use crate::pfx::{OpenError, PfxError};
use crate::provider::{ImportFlags, KeyFacts};
use crate::secret::Password;

/// Most entries of a folder, files or not.
pub const MAX_FILES: usize = 4_096;

/// Most octets that the files of a folder have together.
pub const MAX_FOLDER_OCTETS: usize = 256 << 20;

/// Most certificates that are kept of a folder.
pub const MAX_FOLDER_CERTIFICATES: usize = 4_096;

/// Most private keys that are kept of a folder. Each is compared with every
/// certificate.
pub const MAX_FOLDER_KEYS: usize = 256;

/// Most rounds ([`crate::pbe::limits::MAX_ROUNDS`]) that all PFX files of a folder
/// demand together, with every password that is tried: some ten seconds. A file with
/// 600,000 iterations of SHA-256 throughout takes three million, one that Windows made
/// some ten thousand.
pub const MAX_FOLDER_ROUNDS: u64 = 100_000_000;

/// A folder as it was when it was read. Folders in it are not.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    entries: Vec<Entry>,
    /// Keys by the certificates that they are of.
    keys: HashMap<CertId, StoredKey>,
    lone: Vec<LoneKey>,
    not_opened: Vec<NotOpened>,
    skipped: Vec<Skipped>,
}

/// A private key for which there is no certificate, or that cannot be read.
#[derive(Debug)]
pub struct LoneKey {
    /// Where it is.
    pub origin: Origin,
    /// What is known of it, or why nothing is.
    pub facts: Result<KeyFacts, KeyError>,
}

/// A PFX file that no password opened, or not all of it. What it shows without one is
/// used nevertheless.
#[derive(Debug)]
pub struct NotOpened {
    /// The file.
    pub path: String,
    /// Why: of several parts the first; of several passwords the first that was tried.
    pub error: OpenError,
}

/// A file of which nothing was used.
#[derive(Debug)]
pub struct Skipped {
    /// The file.
    pub path: String,
    /// Why.
    pub why: NotUsed,
}

/// Why nothing of a file was used.
#[derive(Debug)]
pub enum NotUsed {
    /// It cannot be read.
    Io(io::Error),
    /// It is a PFX file that is damaged or beyond a limit.
    Pfx(PfxError),
    /// Nothing in it is of use.
    Input(InputError),
    /// It has other objects alone.
    Other(ObjectKind),
}

/// A private key as it was found.
struct Found {
    origin: Origin,
    facts: KeyFacts,
    /// Where it can be compared with certificates, the key; or why it cannot be read.
    /// `None` when it was not decrypted.
    key: Option<Result<PrivateKey, KeyError>>,
    container: Option<String>,
    /// The certificates that its PFX file gives it to.
    of: Vec<CertId>,
    is_in_pfx: bool,
}

impl Folder {
    /// Reads the files of a folder in the order of their names: certificates
    /// (PEM, DER, PKCS#7), private keys and PFX files. On what is encrypted the
    /// passwords are tried in their order, and on PFX files none and the empty one
    /// after them; of a PFX file that none of them opens, what it shows without its
    /// password is used.
    ///
    /// # Errors
    /// The folder cannot be read, or has more than the limits allow, which is
    /// seen before what is beyond them is read.
    pub fn read(path: &Path, passwords: &[Password]) -> Result<Folder, StoreError> {
        let read = reader::read(path, passwords)?;
        let mut folder = Folder {
            path: path.to_owned(),
            entries: read.entries,
            keys: HashMap::new(),
            lone: Vec::new(),
            not_opened: read.not_opened,
            skipped: read.skipped,
        };
        folder.assign(read.found);
        Ok(folder)
    }

    /// Private keys without a certificate, and those that cannot be read.
    pub fn lone_keys(&self) -> &[LoneKey] {
        &self.lone
    }

    /// PFX files that were not opened completely.
    pub fn not_opened(&self) -> &[NotOpened] {
        &self.not_opened
    }

    /// Files of which nothing was used.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Gives each key to the certificates that it is of: by the public key, or as its
    /// PFX file does.
    fn assign(&mut self, mut found: Vec<Found>) {
        // Of several copies of a key that one counts which says most: a PFX file tells
        // what Windows is told, and the usages when it was opened. Else the first.
        found.sort_by_key(|found| (!found.is_in_pfx, !matches!(found.key, Some(Ok(_)))));
        let certificates: Vec<Certificate> = self.entries.iter().map(|entry| entry.certificate.clone()).collect();
        let publics: Vec<Public<'_>> =
            certificates.iter().map(|certificate| Public::of(certificate.spki_raw())).collect();
        for Found { origin, facts, key, container, of, .. } in found {
            let matcher = key.as_ref().and_then(|key| Some(key.as_ref().ok()?.matcher()));
            let mut is_lone = true;
            for (entry, public) in self.entries.iter_mut().zip(&publics) {
                let id = entry.certificate.id();
                let matches = matcher.as_ref().is_some_and(|matcher| matcher.matches(public).has_same_public_key());
                if !matches && !of.contains(&id) {
                    continue;
                }
                (entry.has_key, is_lone) = (true, false);
                let (origin, facts, container) = (origin.clone(), facts.clone(), container.clone());
                self.keys.entry(id).or_insert(StoredKey { origin, facts, held: None, container });
            }
            match key {
                Some(Err(error)) => self.lone.push(LoneKey { origin, facts: Err(error) }),
                _ if is_lone => self.lone.push(LoneKey { origin, facts: Ok(facts) }),
                _ => {}
            }
        }
    }
}

impl KeyStore for Folder {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        Ok(self.entries.clone())
    }

    fn key(&self, certificate: &Certificate) -> Result<Option<StoredKey>, StoreError> {
        Ok(self.keys.get(&certificate.id()).cloned())
    }

    fn permissions(&self, certificate: &Certificate) -> Result<Acl, StoreError> {
        if self.keys.contains_key(&certificate.id()) { Err(StoreError::NoPermissions) } else { Err(StoreError::NoKey) }
    }

    fn import(&mut self, _: &[u8], _: Option<&Password>, _: ImportFlags) -> Result<Vec<CertId>, StoreError> {
        Err(StoreError::ReadOnly)
    }
}
