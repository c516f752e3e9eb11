//! What `certlens cache` shows and deletes.

use certlens_core::x509::sources::without_credentials;

use super::error::CacheError;
use super::files::{self, Name};
use super::key::{Digest, Kind};
use super::record::{Content, Record};
use super::sweep::read_record;
use super::{Answer, Cache};

/// The fewest digits of an id that are taken for one; four thousand records
/// rarely share six.
pub const MIN_PREFIX: usize = 6;

/// One record of the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryInfo {
    /// Under which it is found and deleted. A failure has the id of the answer
    /// that it stands for.
    pub id: Digest,
    /// What was asked for.
    pub kind: Kind,
    /// From where, without credentials.
    pub url: String,
    /// The SHA-256 of the OCSP request.
    pub request: Option<Digest>,
    /// When it was stored, in seconds since 1970.
    pub stored: i64,
    /// From when on it is not used any more.
    pub expires: i64,
    /// The answer, or the failure.
    pub content: Content,
}

impl From<Record> for EntryInfo {
    fn from(record: Record) -> Self {
        let Record { key, stored, expires, content } = record;
        EntryInfo { id: key.id(), kind: key.kind, url: key.url, request: key.request, stored, expires, content }
    }
}

impl Cache {
    /// All records, expired ones included, by URL.
    ///
    /// # Errors
    ///
    /// When the folder is there but cannot be read.
    pub fn list(&self) -> Result<Vec<EntryInfo>, CacheError> {
        let files = files::own_files(&self.layout.entries())?;
        let records = files.iter().filter_map(|file| read_record(&self.layout, file.name));
        let mut entries: Vec<EntryInfo> = records.map(EntryInfo::from).collect();
        entries.sort_by(|left, right| {
            (&left.url, left.kind, left.id, left.stored).cmp(&(&right.url, right.kind, right.id, right.stored))
        });
        Ok(entries)
    }

    /// The records of a URL, or of an id of which at least [`MIN_PREFIX`] digits
    /// are given.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    pub fn find(&self, id_or_url: &str) -> Result<Vec<EntryInfo>, CacheError> {
        let url = without_credentials(id_or_url);
        let prefix = id_or_url.to_ascii_lowercase();
        let mut entries = self.list()?;
        entries.retain(|entry| {
            entry.url == url || (prefix.len() >= MIN_PREFIX && entry.id.to_string().starts_with(&prefix))
        });
        Ok(entries)
    }

    /// The answer of a record, whether or not it has expired; `None` for a failure
    /// and for what is damaged or gone.
    pub fn read(&self, entry: &EntryInfo) -> Option<Answer> {
        match &entry.content {
            Content::Object { digest, size, headers } => {
                Some(Answer { octets: self.object(*digest, *size)?, headers: headers.clone() })
            }
            Content::Failure(_) => None,
        }
    }

    /// Deletes what is stored under this id, answer and failure, and says whether
    /// there was anything.
    ///
    /// # Errors
    ///
    /// When the file system refuses.
    pub fn delete(&self, id: Digest) -> Result<bool, CacheError> {
        let record = read_record(&self.layout, Name::Plain(id));
        let mut was_there = false;
        for path in [self.layout.answer(id), self.layout.failure(id)] {
            was_there |= path.symlink_metadata().is_ok();
            files::remove(&path)?;
        }
        if let Some(Record { content: Content::Object { digest, .. }, .. }) = record {
            self.release(digest)?;
        }
        Ok(was_there)
    }
}
