//! The facts of `certlens cache`.

use certlens_core::time::Time;
use certlens_fetch::cache::{Cleared, Content, EntryInfo};
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::revocation::FailureFacts;

/// The report of `certlens cache`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CacheReport {
    /// Always `certlens/cache/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// `list`, `show`, `delete` or `clear`.
    pub(crate) command: &'static str,
    /// Where the cache is.
    pub(crate) directory: String,
    /// Whether there is such a directory; it is created when something is stored.
    pub(crate) exists: bool,
    /// The entries listed, shown or deleted, by URL.
    pub(crate) entries: Vec<EntryFacts>,
    /// What `clear` deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cleared: Option<ClearedFacts>,
}

/// One entry.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EntryFacts {
    /// By which it is shown and deleted; six digits are enough.
    pub(crate) id: String,
    /// What was asked for: `certificates`, `crl` or `ocsp`.
    pub(crate) kind: &'static str,
    /// `fresh` and `failure` are used, `expired` no more.
    pub(crate) state: EntryState,
    /// From where, without user name and password.
    pub(crate) url: String,
    /// SHA-256 of the OCSP request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<String>,
    /// When it was stored, RFC 3339.
    pub(crate) stored: String,
    /// Until when it is used, RFC 3339.
    pub(crate) expires: String,
    /// Its length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) octets: Option<u64>,
    /// SHA-256 of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// The headers that are kept with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<HeaderFacts>,
    /// Why nothing came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<FailureFacts>,
    /// With `show`: what it holds, an object a line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) content: Vec<String>,
}

/// What an entry is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EntryState {
    /// An answer that is used.
    Fresh,
    /// An answer or failure that is not used any more.
    Expired,
    /// A failure that keeps the URL from being asked again for some seconds.
    Failure,
}

impl EntryState {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            EntryState::Fresh => "fresh",
            EntryState::Expired => "expired",
            EntryState::Failure => "failure",
        }
    }
}

/// A header of an HTTP answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HeaderFacts {
    /// Its name in lower case.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: String,
}

/// What was deleted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ClearedFacts {
    /// Entries.
    pub(crate) entries: usize,
    /// Octets of answers.
    pub(crate) octets: u64,
}

impl From<Cleared> for ClearedFacts {
    fn from(cleared: Cleared) -> Self {
        ClearedFacts { entries: cleared.entries, octets: cleared.octets }
    }
}

impl CacheReport {
    pub(crate) const SCHEMA: &'static str = "certlens/cache/1";

    pub(crate) fn new(command: &'static str, directory: String, exists: bool) -> Self {
        CacheReport {
            schema: Self::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            command,
            directory,
            exists,
            entries: Vec::new(),
            cleared: None,
        }
    }
}

impl EntryFacts {
    pub(crate) fn new(entry: &EntryInfo, now: i64) -> Self {
        let in_force = entry.stored <= now && now < entry.expires;
        let (state, octets, sha256, headers, failure) = match &entry.content {
            Content::Object { digest, size, headers } => {
                let header =
                    |(name, value): &(String, String)| HeaderFacts { name: name.clone(), value: value.clone() };
                let headers = headers.iter().map(header).collect();
                (EntryState::Fresh, Some(*size), Some(digest.to_string()), headers, None)
            }
            Content::Failure(failure) => {
                let failure = FailureFacts {
                    stage: failure.stage.word(),
                    cause: failure.cause.clone(),
                    message: failure.message.clone(),
                    hint: failure.hint.clone(),
                    winhttp: failure.winhttp,
                    cannot_tell: failure.cannot_tell,
                };
                (EntryState::Failure, None, None, Vec::new(), Some(failure))
            }
        };
        EntryFacts {
            id: entry.id.to_string(),
            kind: entry.kind.word(),
            state: if in_force { state } else { EntryState::Expired },
            url: entry.url.clone(),
            request: entry.request.map(|digest| digest.to_string()),
            stored: Time::from_unix(entry.stored).to_string(),
            expires: Time::from_unix(entry.expires).to_string(),
            octets,
            sha256,
            headers,
            failure,
            content: Vec::new(),
        }
    }
}
