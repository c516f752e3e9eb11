//! A client with a memory: what is still fresh is not asked for again.

use crate::budget::{self, Allowance, Budget};
use crate::cache::{Cache, CacheError};
use crate::client::{Client, Event, distinct, in_order};
use crate::failure::{CAUSES, Failure, Stage};
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

/// Where answers may come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// What is fresh from the cache, the rest from the network.
    CacheOrNetwork,
    /// The network alone: to learn whether it can be reached.
    Network,
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
    /// time. So are failures of the last seconds, when the client is set up as it
    /// was then. `progress` hears of an answer from the cache only that it is there.
    pub fn fetch(&self, requests: &[Request], now: i64, progress: &dyn Fn(Event<'_>)) -> Vec<Retrieved> {
        self.fetch_within(requests, &self.allowance(), From::CacheOrNetwork, now, progress)
    }

    /// What calls that belong together may spend, from now on.
    pub fn allowance(&self) -> Allowance {
        self.client.allowance()
    }

    /// [`fetch`](Self::fetch) with what calls before have left, from where it is said.
    pub fn fetch_within(
        &self,
        requests: &[Request],
        allowance: &Allowance,
        from: From,
        now: i64,
        progress: &dyn Fn(Event<'_>),
    ) -> Vec<Retrieved> {
        let cache = self.cache.as_ref().filter(|_| from == From::CacheOrNetwork);
        let (asked, places) = distinct(requests);
        let budget = &allowance.octets;
        let mut done: Vec<Option<Retrieved>> = Vec::with_capacity(asked.len());
        for request in &asked {
            let cached = cache.and_then(|cache| self.cached(cache, request, budget, now));
            if let Some(retrieved) = &cached {
                progress(Event::Finished(retrieved));
            }
            done.push(cached);
        }
        let missing = asked.iter().zip(&done).filter(|(_, done)| done.is_none());
        let missing: Vec<Request> = missing.map(|(request, _)| (*request).clone()).collect();
        if !missing.is_empty() {
            let fetched = self.client.fetch_within(&missing, allowance, progress);
            for (slot, retrieved) in done.iter_mut().filter(|slot| slot.is_none()).zip(fetched) {
                *slot = Some(retrieved);
            }
        }
        in_order(&places, done)
    }

    fn cached(&self, cache: &Cache, request: &Request, budget: &Budget, now: i64) -> Option<Retrieved> {
        let cached = cache.get(&self.client.addressed(request), now)?;
        let (outcome, headers) = match cached.outcome {
            Ok(answer) if budget.take(answer.octets.len()) => (Ok(answer.octets), answer.headers),
            Ok(answer) => (Err(budget::spent()), answer.headers),
            Err(failure) if failure.under != self.client.circumstances() => return None,
            Err(failure) => (Err(failure.to_failure(&CAUSES)?), Vec::new()),
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
    /// stands in it (nextUpdate), seconds since 1970. A failure is kept for
    /// [`NEGATIVE_SECONDS`](crate::cache::NEGATIVE_SECONDS), unless it is of this
    /// machine's making or of a kind that users mend.
    ///
    /// # Errors
    ///
    /// When the cache cannot be written; nothing else depends on it.
    pub fn keep(&self, retrieved: &Retrieved, fresh_until: Option<i64>, now: i64) -> Result<(), CacheError> {
        let (Some(cache), Source::Network) = (&self.cache, retrieved.source) else { return Ok(()) };
        let request = self.client.addressed(&retrieved.request);
        match &retrieved.outcome {
            Ok(octets) => {
                cache.put(&request, octets, &retrieved.headers, fresh_until, now)?;
            }
            Err(failure) if is_of_the_network(failure) => {
                cache.put_failure(&request, failure, self.client.circumstances(), now)?;
            }
            Err(_) => {}
        }
        Ok(())
    }
}

/// Whether the failure is worth remembering. What this machine refused by itself
/// is found out again for nothing; proxies, trust stores and accounts are what
/// users mend, and try again at once.
fn is_of_the_network(failure: &Failure) -> bool {
    !failure.cannot_tell && !matches!(failure.stage, Stage::Url | Stage::Proxy | Stage::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::Config as CacheConfig;
    use crate::config::{Config, ProxyChoice};
    use crate::{PrivateAddresses, What};

    #[test]
    fn a_url_without_a_host_is_kept_with_the_host_that_was_asked() {
        let folder = tempfile::tempdir().unwrap();
        let fetcher = |host: Option<&str>| {
            let mut config = Config::new(PrivateAddresses::Refused, ProxyChoice::None);
            config.ldap_host = host.map(str::to_owned);
            let cache = Cache::open(CacheConfig::at(folder.path().join("cache")));
            Fetcher::new(Client::new(config).unwrap(), Some(cache))
        };
        let url = "ldap:///CN=a,DC=b?certificateRevocationList".to_owned();
        let request = Request { url, what: What::Crl };
        let retrieved = Retrieved {
            request: request.clone(),
            outcome: Ok(b"of the first".to_vec()),
            source: Source::Network,
            elapsed: std::time::Duration::ZERO,
            peer: None,
            proxy: None,
            redirects: Vec::new(),
            status: None,
            headers: Vec::new(),
        };
        fetcher(Some("first.test")).keep(&retrieved, Some(1_000_000), 0).unwrap();
        let known = |host| {
            let fetcher = fetcher(host);
            fetcher
                .cached(fetcher.cache().unwrap(), &request, &Budget::new(99), 1)
                .map(|retrieved| retrieved.outcome.unwrap())
        };
        assert_eq!(known(Some("first.test")).unwrap(), b"of the first");
        assert_eq!(known(Some("second.test:1389")), None);
        assert_eq!(known(None), None);
    }

    #[test]
    fn answers_from_the_cache_count_against_the_limit_of_a_call() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(CacheConfig::at(folder.path().join("cache")));
        let request = Request { url: "http://h/".to_owned(), what: What::Crl };
        cache.put(&request, b"12345", &[], None, 0).unwrap();
        let client = Client::new(Config::new(PrivateAddresses::Refused, ProxyChoice::None)).unwrap();
        let fetcher = Fetcher::new(client, Some(cache));
        let budget = Budget::new(9);
        let outcome =
            || fetcher.cached(fetcher.cache().unwrap(), &request, &budget, 1).map(|retrieved| retrieved.outcome);
        assert_eq!(outcome().unwrap().unwrap(), b"12345");
        assert_eq!(outcome().unwrap().unwrap_err().cause, "total-too-large");
    }
}
