//! A folder of certificate and key files as a store.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use certlens_core::encoding::input::{self, InputError, MAX_INPUT_OCTETS};
use certlens_core::encoding::sniff::{ObjectKind, sniff};
use certlens_core::origin::Origin;
use certlens_core::x509::Certificate;
use certlens_core::x509::certificate::CertId;
use zeroize::Zeroizing;

use super::{Entry, KeyStore, StoreError, StoredKey};
use crate::key::{Budget, FoundKey, KeyError, Match, PrivateKey, find_within};
use crate::permissions::Acl;
use crate::provider::{ImportFlags, KeyFacts, NamedProvider};
use crate::secret::Password;

/// Most files of a folder that are read.
pub const MAX_FILES: usize = 4_096;

/// Most certificates that are kept of a folder.
pub const MAX_FOLDER_CERTIFICATES: usize = 4_096;

/// Most private keys that are kept of a folder. Each is compared with every
/// certificate.
pub const MAX_FOLDER_KEYS: usize = 256;

/// A folder as it was when it was read. Folders in it are not.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    entries: Vec<Entry>,
    /// Keys by the certificates that they are of.
    keys: HashMap<CertId, StoredKey>,
    lone: Vec<LoneKey>,
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
    /// It is a PFX file, which is read by itself.
    Pfx,
    /// Nothing in it is of use.
    Input(InputError),
    /// It has other objects alone.
    Other(ObjectKind),
}

impl Folder {
    /// Reads the files of a folder in the order of their names: certificates
    /// (PEM, DER, PKCS#7) and private keys, on which the password is tried if they
    /// are encrypted.
    ///
    /// # Errors
    /// The folder cannot be read, or has more than the limits allow.
    pub fn read(path: &Path, password: Option<&Password>) -> Result<Folder, StoreError> {
        // One more than may be kept, so that it is seen that there are more.
        let mut reader = Reader { budget: Budget::for_keys(MAX_FOLDER_KEYS + 1), ..Reader::default() };
        for file in files(path)? {
            reader.file(&file, password)?;
        }
        let Reader { entries, found, skipped, .. } = reader;
        let mut folder = Folder { path: path.to_owned(), entries, keys: HashMap::new(), lone: Vec::new(), skipped };
        folder.assign(found);
        Ok(folder)
    }

    /// Private keys without a certificate, and those that cannot be read.
    pub fn lone_keys(&self) -> &[LoneKey] {
        &self.lone
    }

    /// Files of which nothing was used.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Gives each key to the certificates that it is of.
    fn assign(&mut self, found: Vec<(Origin, Result<PrivateKey, KeyError>)>) {
        for (origin, key) in found {
            let key = match key {
                Ok(key) => key,
                Err(error) => {
                    self.lone.push(LoneKey { origin, facts: Err(error) });
                    continue;
                }
            };
            let facts = KeyFacts::of(&key, NamedProvider::Absent, false);
            let mut is_lone = true;
            for entry in &mut self.entries {
                if key.matches(entry.certificate.spki_raw()) != Match::Yes {
                    continue;
                }
                (entry.has_key, is_lone) = (true, false);
                let stored = StoredKey { origin: origin.clone(), facts: facts.clone(), held: None, container: None };
                // The first of several copies of a key counts.
                self.keys.entry(entry.certificate.id()).or_insert(stored);
            }
            if is_lone {
                self.lone.push(LoneKey { origin, facts: Ok(facts) });
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

/// The files of a folder by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let unreadable = |error| StoreError::Io { path: path.display().to_string(), error };
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        // Pipes and devices would not end; what links lead to is looked at.
        if fs::metadata(&file).is_ok_and(|metadata| metadata.is_file()) {
            files.push(file);
        }
        if files.len() > MAX_FILES {
            return Err(StoreError::LimitExceeded { name: "MAX_FILES", limit: MAX_FILES });
        }
    }
    files.sort();
    Ok(files)
}

/// A file, which may have private keys; at most one octet more than is read.
fn octets(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX).min(MAX_INPUT_OCTETS) + 1;
    // Reserved at once: a vector that grows leaves copies behind.
    let mut octets = Zeroizing::new(Vec::with_capacity(length));
    file.take(MAX_INPUT_OCTETS as u64 + 1).read_to_end(&mut octets)?;
    Ok(octets)
}

#[derive(Default)]
struct Reader {
    entries: Vec<Entry>,
    known: HashSet<CertId>,
    found: Vec<(Origin, Result<PrivateKey, KeyError>)>,
    skipped: Vec<Skipped>,
    /// What the keys of all files may still cost.
    budget: Budget,
}

impl Reader {
    fn file(&mut self, path: &Path, password: Option<&Password>) -> Result<(), StoreError> {
        let name = path.display().to_string();
        let mut skip = |why| self.skipped.push(Skipped { path: name.clone(), why });
        let octets = match octets(path) {
            Ok(octets) => octets,
            Err(error) => {
                skip(NotUsed::Io(error));
                return Ok(());
            }
        };
        if sniff(&octets) == ObjectKind::Pfx {
            skip(NotUsed::Pfx);
            return Ok(());
        }
        let keys = find_within(&octets, password, &mut self.budget);
        let (mut is_used, count) = (!keys.is_empty(), keys.len());
        for (index, FoundKey { key, .. }) in keys.into_iter().enumerate() {
            self.found.push((Origin::File { path: name.clone(), index, count }, key));
        }
        if self.found.len() > MAX_FOLDER_KEYS {
            return Err(StoreError::LimitExceeded { name: "MAX_FOLDER_KEYS", limit: MAX_FOLDER_KEYS });
        }
        let input = match input::read(&octets) {
            Ok(input) => input,
            Err(error) => {
                if !is_used {
                    self.skipped.push(Skipped { path: name, why: NotUsed::Input(error) });
                }
                return Ok(());
            }
        };
        let count = input.objects.len();
        for object in input.certificates() {
            let Ok(certificate) = Certificate::from_der(&object.der) else { continue };
            is_used = true;
            if !self.known.insert(certificate.id()) {
                continue;
            }
            let origin = Origin::File { path: name.clone(), index: object.index, count };
            self.entries.push(Entry { certificate, origin, friendly_name: None, has_key: false });
            if self.entries.len() > MAX_FOLDER_CERTIFICATES {
                let (name, limit) = ("MAX_FOLDER_CERTIFICATES", MAX_FOLDER_CERTIFICATES);
                return Err(StoreError::LimitExceeded { name, limit });
            }
        }
        if !is_used && let Some(object) = input.objects.first() {
            self.skipped.push(Skipped { path: name, why: NotUsed::Other(object.kind) });
        }
        Ok(())
    }
}
