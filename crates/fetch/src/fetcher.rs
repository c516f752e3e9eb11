//! A client with a memory: what is still fresh is not asked for again.

use std::collections::HashMap;

use crate::cache::{Cache, CacheError};
use crate::client::{Client, Event};
use crate::failure::{self, Failure, Stage};
use crate::ldap;
use crate::request::{Request, Retrieved, Source};

/// Retrieves, and keeps what was retrieved.
///
/// How long an answer counts is known only to whoever reads it, so keeping it is a
/// second step: [`Fetcher::keep`].
#[derive(Debug)]
pub struct Fetcher {
    client: Client,
    cache: Option<Cache>,
}

impl Fetcher {
    /// A client, with a cache or without.
    pub fn new(client: Client, cache: Option<Cache>) -> Fetcher {
        Fetcher { client, cache }
    }

    /// The cache, when there is one.
    pub fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// The answers in the order of the requests: from the cache what is fresh at
    /// `now` (seconds since 1970), and all others from the network at the same
    /// time. A failure is remembered for seconds.
    pub fn fetch(&self, requests: &[Request], now: i64, progress: &dyn Fn(Event<'_>)) -> Vec<Retrieved> {
        let mut known: HashMap<&Request, Retrieved> = HashMap::new();
        for request in requests {
            if known.contains_key(request) {
                continue;
            }
            if let Some(retrieved) = self.cached(request, now) {
                progress(Event::Finished(&retrieved));
                known.insert(request, retrieved);
            }
        }
        let unknown: Vec<Request> = requests.iter().filter(|request| !known.contains_key(request)).cloned().collect();
        let mut asked = if unknown.is_empty() { Vec::new() } else { self.client.fetch(&unknown, progress) }.into_iter();
        requests.iter().filter_map(|request| known.get(request).cloned().or_else(|| asked.next())).collect()
    }

    fn cached(&self, request: &Request, now: i64) -> Option<Retrieved> {
        let cached = self.cache.as_ref()?.get(request, now)?;
        let (outcome, headers) = match cached.outcome {
            Ok(answer) => (Ok(answer.octets), answer.headers),
            Err(failure) => {
                let causes: Vec<&'static str> = failure::CAUSES.into_iter().chain(ldap::CAUSES).collect();
                (Err(failure.to_failure(&causes)?), Vec::new())
            }
        };
        Some(Retrieved {
            request: request.clone(),
            outcome,
            source: Source::Cache { stored: cached.stored },
            elapsed: std::time::Duration::ZERO,
            peer: None,
            proxy: None,
            redirects: Vec::new(),
            status: None,
            headers,
        })
    }

    /// Keeps an answer of the network until it is out of date: `fresh_until` is what
    /// stands in it (nextUpdate), seconds since 1970.
    ///
    /// # Errors
    ///
    /// When the cache cannot be written; nothing else depends on it.
    pub fn keep(&self, retrieved: &Retrieved, fresh_until: Option<i64>, now: i64) -> Result<(), CacheError> {
        let (Some(cache), Source::Network) = (&self.cache, retrieved.source) else { return Ok(()) };
        match &retrieved.outcome {
            Ok(octets) => {
                cache.put(&retrieved.request, octets, &retrieved.headers, fresh_until, now)?;
            }
            Err(failure) if is_of_the_network(failure) => {
                cache.put_failure(&retrieved.request, failure, now)?;
            }
            Err(_) => {}
        }
        Ok(())
    }
}

/// What this run refused by itself is found out again for nothing.
fn is_of_the_network(failure: &Failure) -> bool {
    failure.stage != Stage::Url && failure.cause != "total-time-spent"
}
