//! Answers kept on disk, so that they need not be asked for again.
//!
//! ```text
//! entries/<SHA-256 of kind, OCSP request and URL>          the record of an answer
//! entries/<the same>.failed                                the record of a failure
//! objects/<first two digits>/<SHA-256 of the answer>       the answer
//! lock                                                     held while sweeping
//! ```
//!
//! Files are written under another name, then renamed, and never changed: a
//! process that dies leaves at most a file that nothing refers to, and processes
//! that store the same answer at once replace each other's whole files. An object
//! is verified by its digest whenever it is read. What comes out of the cache is
//! to be judged like what comes from the network: it only saves the way.
//!
//! Nothing here reads a clock or the environment, and everything blocks.

mod config;
mod error;
mod files;
mod freshness;
mod key;
mod listing;
mod record;
mod sweep;

use std::sync::Mutex;

pub use config::{Config, MAX_CACHE_ENTRIES, MAX_CACHE_OCTETS, Platform};
pub use error::CacheError;
pub use freshness::{CERTIFICATES_SECONDS, MAX_UNDATED_SECONDS, NEGATIVE_SECONDS, NotKept, UNDATED_SECONDS};
pub use key::{Digest, Kind, MAX_URL_OCTETS};
pub use listing::{EntryInfo, MIN_PREFIX};
pub use record::{Content, KEPT_HEADERS, MAX_TEXT_OCTETS, RememberedFailure};
pub use sweep::ORPHAN_SECONDS;

use crate::failure::Failure;
use crate::request::Request;
use files::{Layout, Name};
use key::Key;
use record::Record;

/// How often a store starts over when another process deletes the folders under it.
const STORE_TRIES: usize = 5;

/// A cache in a folder. Sharing it between threads and processes is safe.
#[derive(Debug)]
pub struct Cache {
    config: Config,
    layout: Layout,
    tally: Mutex<sweep::Tally>,
}

/// What the cache has for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// When it was stored, in seconds since 1970.
    pub stored: i64,
    /// From when on it is to be asked for again.
    pub expires: i64,
    /// The answer, or the failure that took its place.
    pub outcome: Result<Answer, RememberedFailure>,
}

/// An answer, verified to be what was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its octets.
    pub octets: Vec<u8>,
    /// Those of [`KEPT_HEADERS`] that came with it, in lower case.
    pub headers: Vec<(String, String)>,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is kept until then.
    Until(i64),
    /// It is not kept, nor is an older one any more.
    NotKept(NotKept),
    /// A failure is not kept, because there is an answer that still holds.
    AnswerHolds,
}

/// A door for fuzzing: what a record with these lines says, and what a record that
/// says the same has in it; `None` when it is none.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn fuzz_record(lines: &str) -> Option<(String, String)> {
    let sealed = format!("{lines}check {}\n", Digest::of(lines.as_bytes()));
    let record = Record::read(sealed.as_bytes())?;
    let written = record.write();
    let again = Record::read(written.as_bytes());
    assert_eq!(again.as_ref(), Some(&record), "what is written is read");
    Some((format!("{record:?}"), written))
}

/// What [`Cache::clear`] deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleared {
    /// Records.
    pub entries: usize,
    /// Octets of answers.
    pub octets: u64,
}

impl Cache {
    /// Creates nothing yet; a folder that cannot be used shows when something is stored.
    pub fn open(config: Config) -> Self {
        let layout = Layout { root: config.directory.clone() };
        Cache { config, layout, tally: Mutex::default() }
    }

    /// How it was set up.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What there is for this request that may still be used: an answer, else a
    /// failure of the last seconds. What is damaged is as if it were not there.
    pub fn get(&self, request: &Request, now: i64) -> Option<Cached> {
        let id = Key::of(request).ok()?.id();
        self.fresh(Name::Plain(id), now).or_else(|| self.fresh(Name::Failed(id), now))
    }

    fn fresh(&self, name: Name, now: i64) -> Option<Cached> {
        let record = sweep::read_record(&self.layout, name).filter(|record| record.is_fresh(now))?;
        let Record { stored, expires, content, .. } = record;
        let outcome = match content {
            Content::Object { digest, size, headers } => Ok(Answer { octets: self.object(digest, size)?, headers }),
            // Whatever another version wrote: a failure never lasts.
            Content::Failure(_) if now.saturating_sub(stored) >= NEGATIVE_SECONDS => return None,
            Content::Failure(failure) => Err(failure),
        };
        Some(Cached { stored, expires, outcome })
    }

    /// The octets of an object if they are what their name says; a damaged one is deleted.
    fn object(&self, digest: Digest, size: u64) -> Option<Vec<u8>> {
        let path = self.layout.object(digest);
        let octets = files::read(&path, size.min(self.config.max_octets))?;
        if octets.len() as u64 == size && Digest::of(&octets) == digest {
            return Some(octets);
        }
        let _ = files::remove(&path);
        None
    }

    /// Keeps an answer that came at `now`, for as long as its headers and
    /// `fresh_until` permit, which is the nextUpdate of a CRL or OCSP response.
    ///
    /// # Errors
    ///
    /// When it cannot be kept, or the cache's bounds cannot; what was there before
    /// may still be.
    pub fn put(
        &self,
        request: &Request,
        octets: &[u8],
        headers: &[(String, String)],
        fresh_until: Option<i64>,
        now: i64,
    ) -> Result<Stored, CacheError> {
        let key = Key::of(request)?;
        let id = key.id();
        let size = octets.len() as u64;
        let expiry = match freshness::expiry(key.kind, headers, fresh_until, now) {
            Ok(_) if size > self.config.max_octets => Err(NotKept::TooLarge),
            other => other,
        };
        let expires = match expiry {
            Ok(expires) => expires,
            Err(why) => {
                // The server has spoken since: what it said before must not come back.
                files::remove(&self.layout.answer(id))?;
                files::remove(&self.layout.failure(id))?;
                return Ok(Stored::NotKept(why));
            }
        };
        let digest = Digest::of(octets);
        let content = Content::Object { digest, size, headers: record::kept_headers(headers) };
        let record = Record { key, stored: now, expires, content }.write();
        self.store(|| {
            let folder = self.layout.object_folder(digest);
            files::ensure_folder(&self.layout.objects())?;
            files::ensure_folder(&folder)?;
            files::replace(&folder, &self.layout.object(digest), octets)?;
            files::replace(&self.layout.entries(), &self.layout.answer(id), record.as_bytes())
        })?;
        files::remove(&self.layout.failure(id))?;
        self.account(size, now)?;
        Ok(Stored::Until(expires))
    }

    /// Remembers a failure for [`NEGATIVE_SECONDS`], unless there is an answer that
    /// still holds. `under` stands for the circumstances that it came under, such as
    /// the proxy: who asks under others will not want to hear of it.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    pub fn put_failure(
        &self,
        request: &Request,
        failure: &Failure,
        under: Digest,
        now: i64,
    ) -> Result<Stored, CacheError> {
        let key = Key::of(request)?;
        let id = key.id();
        if self.fresh(Name::Plain(id), now).is_some() {
            return Ok(Stored::AnswerHolds);
        }
        let expires = now.saturating_add(NEGATIVE_SECONDS);
        let record =
            Record { key, stored: now, expires, content: Content::Failure(RememberedFailure::new(failure, under)) };
        let record = record.write();
        self.store(|| files::replace(&self.layout.entries(), &self.layout.failure(id), record.as_bytes()))?;
        self.account(0, now)?;
        Ok(Stored::Until(expires))
    }

    /// Makes the folders, then stores; again from the start when another process
    /// deleted them in between.
    fn store(&self, write: impl Fn() -> Result<(), CacheError>) -> Result<(), CacheError> {
        let mut tries = 1;
        loop {
            let done = files::ensure_root(&self.layout.root)
                .and_then(|()| files::ensure_folder(&self.layout.entries()))
                .and_then(|()| write());
            match done {
                Err(error) if error.is_absence() && tries < STORE_TRIES => tries += 1,
                done => return done,
            }
        }
    }
}
