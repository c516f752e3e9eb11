//! Keeping the cache within its bounds, and emptying it.

use std::collections::HashMap;
use std::fs::{self, TryLockError};
use std::path::PathBuf;

use super::error::CacheError;
use super::files::{self, Found, Layout, Name};
use super::key::Digest;
use super::record::{Content, MAX_RECORD_OCTETS, Record};
use super::{Cache, Cleared};

/// How long a file that nothing refers to is left alone: its writer may be about
/// to. No write takes an hour.
pub const ORPHAN_SECONDS: i64 = 3_600;

/// Evicting goes on to this part of the bound, in tenths, so that not every
/// answer from then on evicts another.
const EVICT_TO_TENTHS: u64 = 9;

/// After this many answers of one process its count is taken anew, for other
/// processes store too.
const RECOUNT_AFTER: u32 = 256;

/// What one process believes is stored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    octets: u64,
    entries: usize,
    /// Answers until it is counted anew; 0 also before the first.
    left: u32,
}

/// A record's file and what it holds down.
struct Entry {
    path: PathBuf,
    stored: i64,
    object: Option<Digest>,
}

impl Cache {
    /// Counts what was stored, and sweeps when a bound is passed or the count is old.
    ///
    /// # Errors
    ///
    /// When the bounds cannot be kept.
    pub(super) fn account(&self, octets: u64, now: i64) -> Result<(), CacheError> {
        let mut tally = self.tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tally.octets = tally.octets.saturating_add(octets);
        tally.entries = tally.entries.saturating_add(1);
        let within = tally.octets <= self.config.max_octets && tally.entries <= self.config.max_entries;
        if within && tally.left > 0 {
            tally.left -= 1;
            return Ok(());
        }
        // Counted at the next answer again, if this fails or another process is at it.
        tally.left = 0;
        if let Some((octets, entries)) = self.sweep(now)? {
            *tally = Tally { octets, entries, left: RECOUNT_AFTER };
        }
        Ok(())
    }

    /// Deletes what is of no more use, then what was stored first until the rest
    /// is within the bounds. Gives what is left in octets and records; `None` when
    /// another process is sweeping.
    fn sweep(&self, now: i64) -> Result<Option<(u64, usize)>, CacheError> {
        let lock = files::open_lock(&self.layout.lock())?;
        // Not all file systems can lock; then two may sweep at once, and evict more.
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Ok(None);
        }
        let mut entries = self.sweep_records(now)?;
        let mut references: HashMap<Digest, usize> = HashMap::new();
        for object in entries.iter().filter_map(|entry| entry.object) {
            *references.entry(object).or_default() += 1;
        }
        let mut objects = HashMap::new();
        let mut orphans = Vec::new();
        let mut octets: u64 = 0;
        for folder in files::object_folders(&self.layout) {
            for file in files::own_files(&folder)? {
                match file.name {
                    Name::Plain(digest) if references.contains_key(&digest) => {
                        octets += file.size;
                        objects.insert(digest, file.size);
                    }
                    _ if is_old(&file, now) => files::remove(&file.path)?,
                    Name::Plain(_) => {
                        octets += file.size;
                        orphans.push(file);
                    }
                    Name::Failed(_) | Name::Temporary => {}
                }
            }
        }
        // An object stands before its record does, so one that is missing was deleted.
        let (kept, dangling) =
            entries.into_iter().partition(|entry| entry.object.is_none_or(|object| objects.contains_key(&object)));
        entries = kept;
        let dangling: Vec<Entry> = dangling;
        for entry in dangling {
            files::remove(&entry.path)?;
        }
        let limits = (self.config.max_octets, self.config.max_entries);
        if octets > limits.0 || entries.len() > limits.1 {
            let target = (limits.0 / 10 * EVICT_TO_TENTHS, limits.1 - limits.1 / 10);
            // Without a record, at most a writer loses its answer by it.
            for orphan in orphans {
                files::remove(&orphan.path)?;
                octets = octets.saturating_sub(orphan.size);
            }
            // The oldest are taken from the end; before them what another clock
            // has stored in the future, which nobody may use.
            entries.sort_by_key(|entry| std::cmp::Reverse(if entry.stored > now { i64::MIN } else { entry.stored }));
            while octets > target.0 || entries.len() > target.1 {
                if entries.len() == 1 && limits.1 > 0 && octets <= limits.0 {
                    break;
                }
                let Some(entry) = entries.pop() else { break };
                files::remove(&entry.path)?;
                let Some(object) = entry.object else { continue };
                let left = references.entry(object).or_default();
                *left = left.saturating_sub(1);
                if *left == 0 {
                    files::remove(&self.layout.object(object))?;
                    octets = octets.saturating_sub(objects.get(&object).copied().unwrap_or(0));
                }
            }
        }
        Ok(Some((octets, entries.len())))
    }

    /// The records of use; the others are deleted.
    fn sweep_records(&self, now: i64) -> Result<Vec<Entry>, CacheError> {
        let mut entries = Vec::new();
        for file in files::own_files(&self.layout.entries())? {
            let record = read_record(&self.layout, file.name).filter(|record| now < record.expires);
            match (record, file.name) {
                (Some(Record { stored, content, .. }), _) => {
                    let object = match content {
                        Content::Object { digest, .. } => Some(digest),
                        Content::Failure(_) => None,
                    };
                    entries.push(Entry { path: file.path, stored, object });
                }
                (None, Name::Temporary) if !is_old(&file, now) => {}
                (None, _) => files::remove(&file.path)?,
            }
        }
        Ok(entries)
    }

    /// Deletes everything that bears the cache's names, and its folders as far as
    /// nothing else is in them.
    ///
    /// # Errors
    ///
    /// When something cannot be deleted; the rest may be gone.
    pub fn clear(&self) -> Result<Cleared, CacheError> {
        let mut cleared = Cleared::default();
        let mut folders = files::object_folders(&self.layout);
        // Records first: one without its object is harmless, but needless work for readers.
        for file in files::own_files(&self.layout.entries())? {
            files::remove(&file.path)?;
            cleared.entries += usize::from(file.name != Name::Temporary);
        }
        for folder in &folders {
            for file in files::own_files(folder)? {
                files::remove(&file.path)?;
                cleared.octets += file.size;
            }
        }
        files::remove(&self.layout.lock())?;
        folders.extend([self.layout.objects(), self.layout.entries()]);
        for folder in folders {
            // Fails where something foreign is inside, which is as it should be.
            let _ = fs::remove_dir(folder);
        }
        if let Ok(mut tally) = self.tally.lock() {
            *tally = Tally::default();
        }
        Ok(cleared)
    }

    /// Deletes an object if no record refers to it.
    ///
    /// # Errors
    ///
    /// When the file system refuses.
    pub(super) fn release(&self, object: Digest) -> Result<(), CacheError> {
        let refers = |file: &Found| {
            let record = read_record(&self.layout, file.name);
            matches!(record, Some(Record { content: Content::Object { digest, .. }, .. }) if digest == object)
        };
        let needed = files::own_files(&self.layout.entries())?.iter().any(refers);
        if needed { Ok(()) } else { files::remove(&self.layout.object(object)) }
    }
}

fn is_old(file: &Found, now: i64) -> bool {
    now.saturating_sub(file.modified) > ORPHAN_SECONDS
}

/// The record in a file, if it is what the file's name says.
pub(super) fn read_record(layout: &Layout, name: Name) -> Option<Record> {
    let (path, id, failed) = match name {
        Name::Plain(id) => (layout.answer(id), id, false),
        Name::Failed(id) => (layout.failure(id), id, true),
        Name::Temporary => return None,
    };
    let record = Record::read(&files::read(&path, MAX_RECORD_OCTETS as u64)?)?;
    let is_failure = matches!(record.content, Content::Failure(_));
    (record.key.id() == id && is_failure == failed).then_some(record)
}
