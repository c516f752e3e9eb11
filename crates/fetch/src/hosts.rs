//! What is known about hosts while calls go on that belong together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::failure::Failure;
use crate::limits::MAX_CONCURRENT_PER_HOST;

/// Requests to the same host and port.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) turns: Semaphore,
    /// That the host could not be reached, or does not answer: those who still
    /// wait for their turn need not find out for themselves.
    pub(crate) dead: Mutex<Option<Failure>>,
}

/// The hosts of calls that belong together, by what is connected to.
#[derive(Debug, Default)]
pub(crate) struct Hosts(Mutex<HashMap<String, Arc<Host>>>);

impl Hosts {
    /// The host of a request, when a call begins. What cost nothing to find out, such as
    /// a refused connection, is found out anew: it may have been a moment's.
    pub(crate) fn of(&self, key: String) -> Arc<Host> {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Host { turns: Semaphore::new(MAX_CONCURRENT_PER_HOST), dead: Mutex::new(None) });
        let host = hosts.entry(key).or_insert_with(new);
        let mut dead = host.dead.lock().unwrap_or_else(PoisonError::into_inner);
        if dead.as_ref().is_some_and(|failure| failure.cause != "timed-out") {
            *dead = None;
        }
        drop(dead);
        Arc::clone(host)
    }
}
