//! Probing many endpoints at once.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::limits::{MAX_CONCURRENT, MAX_CONCURRENT_PER_HOST};
use crate::probe::{Probe, Settings, probe};
use crate::resolve::Resolve;
use crate::target::{Host, Target};

/// How many endpoints are probed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Of all; at least one is.
    pub overall: usize,
    /// Of one host; at least one is.
    pub per_host: usize,
}

impl Default for Load {
    fn default() -> Load {
        Load { overall: MAX_CONCURRENT, per_host: MAX_CONCURRENT_PER_HOST }
    }
}

/// An endpoint with how it is probed, which a proxy that is not for all of them decides.
pub type Planned = (Target, Arc<Settings>);

/// Probes of many endpoints, on the runtime in which [`Probes::next`] is called. Dropping
/// it ends those that are under way.
///
/// An endpoint that is stuck takes one place of its host and one of all until its
/// timeouts are over; endpoints that wait for a place of their host take none.
pub struct Probes<I> {
    targets: I,
    resolver: Arc<dyn Resolve>,
    load: Load,
    /// The index of the next target.
    index: usize,
    running: JoinSet<(usize, Host, Probe)>,
    hosts: HashMap<Host, Places>,
    /// Targets for which a place of their host has become free.
    ready: VecDeque<(usize, Planned)>,
}

/// The places of a host.
#[derive(Default)]
struct Places {
    taken: usize,
    waiting: VecDeque<(usize, Planned)>,
}

impl<I: Iterator<Item = Planned>> Probes<I> {
    /// Probes of `targets`, which are taken as places become free.
    pub fn new(targets: impl IntoIterator<IntoIter = I>, resolver: Arc<dyn Resolve>, load: Load) -> Probes<I> {
        let load = Load { overall: load.overall.max(1), per_host: load.per_host.max(1) };
        Probes {
            targets: targets.into_iter(),
            resolver,
            load,
            index: 0,
            running: JoinSet::new(),
            hosts: HashMap::new(),
            ready: VecDeque::new(),
        }
    }

    /// The next probe that is done, with the index of its target among all; `None` after
    /// the last. Nothing is lost when the future is dropped before it is done.
    pub async fn next(&mut self) -> Option<(usize, Probe)> {
        self.fill();
        match self.running.join_next().await? {
            Ok((index, host, probe)) => {
                self.leave(&host);
                // Those who wait are let in now and not only when the caller comes again.
                self.fill();
                Some((index, probe))
            }
            // No probe is aborted while this lives.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => None,
            },
        }
    }

    /// How many are under way.
    pub fn under_way(&self) -> usize {
        self.running.len()
    }

    fn fill(&mut self) {
        while self.running.len() < self.load.overall {
            let Some((index, planned)) = self.ready.pop_front().or_else(|| self.admit()) else { return };
            let ((target, settings), resolver) = (planned, Arc::clone(&self.resolver));
            self.running.spawn(async move {
                let probe = probe(&target, &settings, &*resolver).await;
                (index, target.host, probe)
            });
        }
    }

    /// The next target whose host has a place, which is taken; others are set aside.
    fn admit(&mut self) -> Option<(usize, Planned)> {
        loop {
            let planned = self.targets.next()?;
            let index = self.index;
            self.index += 1;
            let places = self.hosts.entry(planned.0.host.clone()).or_default();
            if places.taken < self.load.per_host {
                places.taken += 1;
                return Some((index, planned));
            }
            places.waiting.push_back((index, planned));
        }
    }

    /// Gives a host's place to the next that waits for it.
    fn leave(&mut self, host: &Host) {
        let Some(places) = self.hosts.get_mut(host) else { return };
        match places.waiting.pop_front() {
            Some(next) => self.ready.push_back(next),
            None => {
                places.taken = places.taken.saturating_sub(1);
                if places.taken == 0 {
                    self.hosts.remove(host);
                }
            }
        }
    }
}

impl<I> std::fmt::Debug for Probes<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Probes")
            .field("under_way", &self.running.len())
            .field("load", &self.load)
            .finish_non_exhaustive()
    }
}
