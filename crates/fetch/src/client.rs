//! Asks many URLs at once, and gives the answers in the order of the questions.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::budget::{Allowance, Budget};
use crate::cache::Digest;
use crate::config::{Config, ConfigError};
use crate::directory::{Directory, is_ldap};
use crate::failure::{Failure, Stage};
use crate::hosts::Host;
use crate::http::{Http, Trail, timed_out};
use crate::limits::{MAX_CONCURRENT, TOTAL_TIMEOUTS};
use crate::locator;
use crate::reach::seconds;
use crate::request::{Request, Retrieved, Source};

/// What happens during a call, for a progress display.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A URL is being asked.
    Started(&'a Request),
    /// It was answered, or failed.
    Finished(&'a Retrieved),
}

/// Retrieves what requests ask for.
#[derive(Debug)]
pub struct Client {
    http: Arc<Http>,
    directory: Arc<Directory>,
    circumstances: Digest,
    /// Taken out when the client is dropped.
    runtime: Option<Runtime>,
}

/// What the requests of one call share.
struct Call {
    http: Arc<Http>,
    directory: Arc<Directory>,
    turns: Semaphore,
    budget: Arc<Budget>,
    deadline: tokio::time::Instant,
}

impl Client {
    /// A client; nothing is asked yet.
    ///
    /// # Errors
    ///
    /// When the proxy or a trust anchor cannot be used, or the system gives no
    /// means for a network client.
    pub fn new(config: Config) -> Result<Client, ConfigError> {
        let http = Arc::new(Http::new(&config)?);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ConfigError::Runtime)?;
        let directory = Arc::new(Directory::new(&config));
        let circumstances = Digest::of(format!("{} {directory:?}", http.circumstances()).as_bytes());
        Ok(Client { http, directory, circumstances, runtime: Some(runtime) })
    }

    /// What a failure may depend on besides the servers: another proxy, timeout
    /// or account may bring an answer. No password goes into it.
    pub(crate) fn circumstances(&self) -> Digest {
        self.circumstances
    }

    /// What the answer to `request` depends on: two clients need not mean the same
    /// server by a URL without a host.
    pub(crate) fn addressed(&self, request: &Request) -> Request {
        let url = self.directory.with_host(&request.url).unwrap_or_else(|| request.url.clone());
        Request { url, what: request.what.clone() }
    }

    /// Asks all `requests` at the same time and waits for all of them. The
    /// answers come in the order of the requests; what is asked for twice is
    /// fetched once. `progress` hears of each URL.
    ///
    /// # Panics
    ///
    /// When called from asynchronous code, which it would block.
    pub fn fetch(&self, requests: &[Request], progress: &dyn Fn(Event<'_>)) -> Vec<Retrieved> {
        self.fetch_within(requests, &self.allowance(), progress)
    }

    /// What calls that belong together may spend, from now on: [`MAX_TOTAL_OCTETS`](crate::limits::MAX_TOTAL_OCTETS) and
    /// [`TOTAL_TIMEOUTS`] times the timeout of one URL.
    pub fn allowance(&self) -> Allowance {
        Allowance::new(self.http.timeout.saturating_mul(TOTAL_TIMEOUTS))
    }

    /// [`fetch`](Self::fetch) with what calls before have left.
    pub fn fetch_within(
        &self,
        requests: &[Request],
        allowance: &Allowance,
        progress: &dyn Fn(Event<'_>),
    ) -> Vec<Retrieved> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.fetch_all(requests, allowance, progress)),
            // Only a client that is being dropped has none.
            None => Vec::new(),
        }
    }

    /// By whom requests wait for each other.
    fn host_key(&self, request: &Request) -> String {
        if is_ldap(&request.url) {
            return self.directory.host_key(request);
        }
        locator::parse(&request.url, None).map(|url| locator::authority(&url)).unwrap_or_default()
    }

    async fn fetch_all(
        &self,
        requests: &[Request],
        allowance: &Allowance,
        progress: &dyn Fn(Event<'_>),
    ) -> Vec<Retrieved> {
        let (asked, places) = distinct(requests);
        let call = Arc::new(Call {
            http: Arc::clone(&self.http),
            directory: Arc::clone(&self.directory),
            turns: Semaphore::new(MAX_CONCURRENT),
            budget: Arc::clone(&allowance.octets),
            deadline: allowance.end.into(),
        });
        let mut tasks = JoinSet::new();
        let (starting, mut started) = mpsc::unbounded_channel();
        for (place, request) in asked.iter().enumerate() {
            let host = allowance.hosts.of(self.host_key(request));
            let (call, request, starting) = (Arc::clone(&call), (*request).clone(), starting.clone());
            tasks.spawn(async move {
                let retrieved = call.retrieve(request, &host, || {
                    // Nobody listens any more only when the call was given up.
                    let _ = starting.send(place);
                });
                (place, retrieved.await)
            });
        }
        drop(starting);

        let mut done: Vec<Option<Retrieved>> = asked.iter().map(|_| None).collect();
        loop {
            tokio::select! {
                biased;
                Some(place) = started.recv() => {
                    if let Some(request) = asked.get(place) {
                        progress(Event::Started(request));
                    }
                }
                finished = tasks.join_next() => match finished {
                    Some(Ok((place, retrieved))) => {
                        progress(Event::Finished(&retrieved));
                        if let Some(slot) = done.get_mut(place) {
                            *slot = Some(retrieved);
                        }
                    }
                    Some(Err(error)) => {
                        if let Ok(panic) = error.try_into_panic() {
                            std::panic::resume_unwind(panic);
                        }
                    }
                    None => break,
                },
            }
        }
        in_order(&places, done)
    }
}

/// Each request once, and which of them stands at each place.
pub(crate) fn distinct(requests: &[Request]) -> (Vec<&Request>, Vec<usize>) {
    let mut known: HashMap<&Request, usize> = HashMap::new();
    let mut asked: Vec<&Request> = Vec::new();
    let place = |request| {
        *known.entry(request).or_insert_with(|| {
            asked.push(request);
            asked.len() - 1
        })
    };
    let places = requests.iter().map(place).collect();
    (asked, places)
}

/// The answers in the order of the requests; each is moved to its last place.
pub(crate) fn in_order(places: &[usize], mut done: Vec<Option<Retrieved>>) -> Vec<Retrieved> {
    let mut last: HashMap<usize, usize> = HashMap::new();
    for (index, &place) in places.iter().enumerate() {
        last.insert(place, index);
    }
    let answer = |(index, place): (usize, &usize)| {
        let slot = done.get_mut(*place)?;
        if last.get(place) == Some(&index) { slot.take() } else { slot.clone() }
    };
    places.iter().enumerate().filter_map(answer).collect()
}

/// Without waiting for names that are still being resolved, which cannot be
/// broken off and may take minutes.
impl Drop for Client {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn after(duration: Duration) -> tokio::time::Instant {
    let now = tokio::time::Instant::now();
    // A timeout beyond what the clock can say is none within a year.
    now.checked_add(duration).unwrap_or_else(|| now + Duration::from_secs(365 * 24 * 3600))
}

impl Call {
    async fn retrieve(&self, request: Request, host: &Host, started: impl FnOnce()) -> Retrieved {
        // The host's turn first: who waits for it must not hold up other hosts.
        let turns = tokio::time::timeout_at(self.deadline, async {
            let host = host.turns.acquire().await;
            (host, self.turns.acquire().await)
        });
        let turns = turns.await;
        started();
        let begun = Instant::now();
        let mut trail = Trail::default();
        let known = host.dead.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let outcome = match (&turns, known) {
            (Err(_), _) => Err(self.out_of_time()),
            (Ok(_), Some(failure)) => Err(failure.of_the_host()),
            (Ok(_), None) => self.ask(&request, &mut trail).await,
        };
        if let Err(failure) = &outcome
            && trail.redirects.is_empty()
            && is_dead(failure, trail.answered)
        {
            *host.dead.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure.clone());
        }
        Retrieved {
            request,
            outcome,
            source: Source::Network,
            elapsed: begun.elapsed(),
            peer: trail.peer,
            proxy: trail.proxy,
            redirects: trail.redirects,
            status: trail.status,
            headers: trail.headers,
        }
    }

    async fn ask(&self, request: &Request, trail: &mut Trail) -> Result<Vec<u8>, Failure> {
        if is_ldap(&request.url) {
            // It keeps its own time, and knows what it waited for.
            let asking = self.directory.fetch(request, &self.http, trail, &self.budget);
            return tokio::time::timeout_at(self.deadline, asking).await.unwrap_or_else(|_| Err(self.out_of_time()));
        }
        let own = after(self.http.timeout);
        let asking = self.http.fetch(request, trail, &self.budget);
        if let Ok(outcome) = tokio::time::timeout_at(own.min(self.deadline), asking).await {
            return outcome;
        }
        if own > self.deadline {
            return Err(self.out_of_time());
        }
        match &trail.hop {
            Some(hop) => Err(timed_out(hop, self.http.timeout)),
            None => Err(self.out_of_time()),
        }
    }

    fn out_of_time(&self) -> Failure {
        let total = self.http.timeout.saturating_mul(TOTAL_TIMEOUTS);
        Failure::new(
            Stage::Connect,
            "total-time-spent",
            format!("the time for all URLs together was over after {}", seconds(total)),
            "Other URLs took all the time: see what is wrong with those, or wait longer (--timeout; all together may take four times as long).",
        )
        .code(12002)
        .says_nothing()
    }
}

/// Whether the failure says that nothing is to be had from the host at all.
fn is_dead(failure: &Failure, answered: bool) -> bool {
    match failure.stage {
        Stage::Http | Stage::Ldap => failure.cause == "timed-out" && !answered,
        Stage::Dns | Stage::Connect | Stage::Tls => failure.cause != "total-time-spent",
        Stage::Proxy => failure.cause == "proxy-unreachable" || failure.cause == "timed-out",
        _ => false,
    }
}
