//! Why the cache could not do something. None of it stops a retrieval.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A cache that cannot be used as it should: read-only, full, in the way of
/// something else. What was asked of the network goes on without it.
#[derive(Debug)]
pub enum CacheError {
    /// The file system refused.
    Io {
        /// What was tried, as "create" or "write".
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What it answered.
        source: io::Error,
    },
    /// Something else stands where the cache wants a folder of its own, as a
    /// link that leads out of it.
    NotAFolder {
        /// Where.
        path: PathBuf,
    },
    /// The URL has control characters or is longer than
    /// [`MAX_URL_OCTETS`](super::MAX_URL_OCTETS); no record of it is kept.
    Url,
}

impl CacheError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CacheError {
        let path = path.to_path_buf();
        move |source| CacheError::Io { action, path, source }
    }

    /// Whether a file or folder was not there (any more).
    pub(super) fn is_absence(&self) -> bool {
        matches!(self, CacheError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CacheError::Io { action, path, source } => write!(f, "cannot {action} {}: {source}", path.display()),
            CacheError::NotAFolder { path } => write!(f, "{} is not a folder of the cache", path.display()),
            CacheError::Url => f.write_str("the URL is too long, or has control characters, for a record in the cache"),
        }
    }
}

impl std::error::Error for CacheError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CacheError::Io { source, .. } => Some(source),
            CacheError::NotAFolder { .. } | CacheError::Url => None,
        }
    }
}
