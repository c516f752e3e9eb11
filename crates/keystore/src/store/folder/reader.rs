//! Reading the files of a folder, within its limits.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use certlens_core::encoding::input::{self, MAX_INPUT_OCTETS};
use certlens_core::encoding::sniff::{ObjectKind, sniff};
use certlens_core::origin::Origin;
use certlens_core::x509::Certificate;
use certlens_core::x509::certificate::CertId;
use zeroize::Zeroizing;

use super::{
    Found, MAX_FILES, MAX_FOLDER_CERTIFICATES, MAX_FOLDER_KEYS, MAX_FOLDER_OCTETS, MAX_FOLDER_ROUNDS, NotOpened,
    NotUsed, Skipped,
};
use crate::key::{Budget, FoundKey, KeyError, KeyWork, PrivateKey, find_within};
use crate::provider::{KeyFacts, KeyKind, NamedProvider, UsageAttribute};
use crate::secret::Password;
use crate::store::{Entry, StoreError};

/// What was found in the files of a folder.
pub(super) struct Reader<'a> {
    pub(super) passwords: &'a [Password],
    pub(super) entries: Vec<Entry>,
    /// Where in `entries` a certificate is.
    pub(super) known: HashMap<CertId, usize>,
    pub(super) found: Vec<Found>,
    pub(super) not_opened: Vec<NotOpened>,
    pub(super) skipped: Vec<Skipped>,
    /// What the keys of all key files may still cost.
    budget: Budget,
    /// What may still be computed with the keys of PFX files.
    pub(super) work: KeyWork,
    /// The rounds that PFX files may still cost.
    pub(super) rounds: u64,
    /// The octets that may still be read.
    octets: usize,
}

/// Reads all of them.
pub(super) fn read<'a>(path: &Path, passwords: &'a [Password]) -> Result<Reader<'a>, StoreError> {
    let mut reader = Reader::new(passwords);
    for file in files(path)? {
        reader.file(&file)?;
    }
    Ok(reader)
}

/// The files of a folder by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let unreadable = |error| StoreError::Io { path: path.display().to_string(), error };
    let mut files = Vec::new();
    for (count, entry) in fs::read_dir(path).map_err(unreadable)?.enumerate() {
        if count == MAX_FILES {
            return Err(StoreError::LimitExceeded { name: "MAX_FILES", limit: MAX_FILES });
        }
        let file = entry.map_err(unreadable)?.path();
        // Pipes and devices would not end; what links lead to is looked at.
        if fs::metadata(&file).is_ok_and(|metadata| metadata.is_file()) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// A file, which may have private keys; at most one octet more than is allowed.
fn octets(path: &Path, most: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX).min(most) + 1;
    // Reserved at once: a vector that grows leaves copies behind.
    let mut octets = Zeroizing::new(Vec::with_capacity(length));
    file.take(most as u64 + 1).read_to_end(&mut octets)?;
    Ok(octets)
}

impl<'a> Reader<'a> {
    pub(super) fn new(passwords: &'a [Password]) -> Reader<'a> {
        Reader {
            passwords,
            entries: Vec::new(),
            known: HashMap::new(),
            found: Vec::new(),
            not_opened: Vec::new(),
            skipped: Vec::new(),
            budget: Budget::default(),
            work: KeyWork::default(),
            rounds: MAX_FOLDER_ROUNDS,
            octets: MAX_FOLDER_OCTETS,
        }
    }

    fn file(&mut self, path: &Path) -> Result<(), StoreError> {
        let name = path.display().to_string();
        let octets = match octets(path, MAX_INPUT_OCTETS.min(self.octets)) {
            Ok(octets) => octets,
            Err(error) => {
                self.skipped.push(Skipped { path: name, why: NotUsed::Io(error) });
                return Ok(());
            }
        };
        self.octets = self
            .octets
            .checked_sub(octets.len())
            .ok_or(StoreError::LimitExceeded { name: "MAX_FOLDER_OCTETS", limit: MAX_FOLDER_OCTETS })?;
        if sniff(&octets) == ObjectKind::Pfx {
            return self.pfx(&name, &octets);
        }
        let keys = self.keys(&octets);
        let (mut is_used, count) = (!keys.is_empty(), keys.len());
        self.has_room_for_keys(count)?;
        for (index, FoundKey { key, .. }) in keys.into_iter().enumerate() {
            self.found.push(Found::in_file(Origin::File { path: name.clone(), index, count }, key));
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
        if input.objects.iter().any(|object| object.kind == ObjectKind::Pfx) {
            return self.pfx(&name, &octets);
        }
        let count = input.objects.len();
        for object in input.certificates() {
            let Ok(certificate) = Certificate::from_der(&object.der) else { continue };
            is_used = true;
            self.certificate(certificate, Origin::File { path: name.clone(), index: object.index, count }, None)?;
        }
        if !is_used && let Some(object) = input.objects.first() {
            self.skipped.push(Skipped { path: name, why: NotUsed::Other(object.kind) });
        }
        Ok(())
    }

    /// The private keys of a file that is no PFX; at most one more than there is room for.
    fn keys(&mut self, octets: &[u8]) -> Vec<FoundKey> {
        let most = (MAX_FOLDER_KEYS + 1).saturating_sub(self.found.len());
        let mut passwords = self.passwords.iter();
        self.budget.limit_keys(most);
        let mut keys = find_within(octets, passwords.next(), &mut self.budget);
        let is_locked = |found: &FoundKey| matches!(found.key, Err(KeyError::WrongPassword));
        for password in passwords {
            if !keys.iter().any(is_locked) {
                break;
            }
            self.budget.limit_keys(most);
            let again = find_within(octets, Some(password), &mut self.budget);
            for (found, again) in keys.iter_mut().zip(again).filter(|(found, _)| is_locked(found)) {
                *found = again;
            }
        }
        keys
    }

    /// That so many more keys can be kept.
    pub(super) fn has_room_for_keys(&self, more: usize) -> Result<(), StoreError> {
        if self.found.len().saturating_add(more) > MAX_FOLDER_KEYS {
            return Err(StoreError::LimitExceeded { name: "MAX_FOLDER_KEYS", limit: MAX_FOLDER_KEYS });
        }
        Ok(())
    }

    /// Keeps a certificate, each once; the name counts that comes first.
    pub(super) fn certificate(
        &mut self,
        certificate: Certificate,
        origin: Origin,
        friendly_name: Option<String>,
    ) -> Result<(), StoreError> {
        if let Some(entry) = self.known.get(&certificate.id()).and_then(|at| self.entries.get_mut(*at)) {
            entry.friendly_name = entry.friendly_name.take().or(friendly_name);
            return Ok(());
        }
        if self.entries.len() == MAX_FOLDER_CERTIFICATES {
            let (name, limit) = ("MAX_FOLDER_CERTIFICATES", MAX_FOLDER_CERTIFICATES);
            return Err(StoreError::LimitExceeded { name, limit });
        }
        self.known.insert(certificate.id(), self.entries.len());
        self.entries.push(Entry { certificate, origin, friendly_name, has_key: false });
        Ok(())
    }
}

impl Found {
    /// One of a file that says nothing of Windows.
    fn in_file(origin: Origin, key: Result<PrivateKey, KeyError>) -> Found {
        let facts = match &key {
            Ok(key) => KeyFacts::of(key, NamedProvider::Absent, false),
            Err(_) => KeyFacts {
                provider: NamedProvider::Absent,
                machine_keyset: false,
                usage: UsageAttribute::Unknown,
                algorithm: KeyKind::Unknown,
            },
        };
        Found { origin, facts, key: Some(key), container: None, of: Vec::new(), is_in_pfx: false }
    }
}
