//! Probing the endpoints of a run, all on one runtime.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::sync::Arc;

use certlens_probe::many::{Load, Probes};
use certlens_probe::probe::Probe;
use certlens_probe::resolve::System;
use certlens_probe::target::Target;

use super::settings::{Plan, Way};
use crate::error::Failure;
use crate::exit::Exit;

/// Endpoints that are going to be probed.
pub(crate) struct Run {
    planned: Vec<(Target, Way)>,
    load: Load,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Every endpoint was probed.
    Whole,
    /// Somebody interrupted it after this many.
    Interrupted(usize),
}

impl Run {
    /// # Errors
    ///
    /// When the proxy of a target cannot be used, or an option is for none of the targets.
    pub(crate) fn new(targets: Vec<Target>, plan: &Plan, load: Load) -> Result<Run, Failure> {
        plan.fits(&targets)?;
        // Session tickets are worth waiting for where nobody waits for the next endpoint.
        let is_one = targets.len() == 1;
        let way = |target: Target| {
            let way = plan.way(&target)?;
            Ok((target, if is_one { way.with_tickets() } else { way }))
        };
        Ok(Run { planned: targets.into_iter().map(way).collect::<Result<_, _>>()?, load })
    }

    /// Endpoints with the way to each.
    pub(crate) fn of(planned: Vec<(Target, Way)>, load: Load) -> Run {
        Run { planned, load }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.planned.len()
    }

    /// Probes all of them, and hands over each as it is done, with its place. What is
    /// done there holds up none that are under way.
    ///
    /// # Errors
    ///
    /// When the runtime cannot be had, or what `done` gives.
    pub(crate) fn each(
        &self,
        mut done: impl FnMut(usize, Probe, &Way) -> Result<(), Failure>,
    ) -> Result<Ended, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| no_runtime(&error))?;
        let progress = Progress::new(self.planned.len());
        let planned: Vec<_> =
            self.planned.iter().map(|(target, way)| (target.clone(), Arc::clone(&way.settings))).collect();
        let (mut probes, mut interrupted) = {
            let _inside = runtime.enter();
            (Probes::new(planned, Arc::new(System), self.load), Box::pin(tokio::signal::ctrl_c()))
        };
        let mut count = 0;
        let ended = loop {
            progress.show(count);
            let next = runtime.block_on(async {
                tokio::select! {
                    // First, or results that come all the time would drown it.
                    biased;
                    _ = &mut interrupted => Err(()),
                    next = probes.next() => Ok(next),
                }
            });
            match next {
                Ok(Some((place, probe))) => {
                    count += 1;
                    progress.clear();
                    if let Some((_, way)) = self.planned.get(place) {
                        done(place, probe, way)?;
                    }
                }
                Ok(None) => break Ended::Whole,
                Err(()) => break Ended::Interrupted(count),
            }
        };
        progress.clear();
        {
            let _inside = runtime.enter();
            drop(probes);
        }
        // A name that is still being resolved need not be waited for.
        runtime.shutdown_background();
        Ok(ended)
    }
}

pub(super) fn no_runtime(error: &std::io::Error) -> Failure {
    let message = format!("the network's runtime cannot be started: {error}");
    Failure { exit: Exit::Internal, message, advice: None }
}

/// Probes all endpoints and gives them in their order; those that an interruption left
/// out are missing.
///
/// # Errors
///
/// As [`Run::each`].
pub(crate) fn all<T>(
    run: &Run,
    mut make: impl FnMut(Probe, &Way) -> Result<T, Failure>,
) -> Result<(Vec<Option<T>>, Ended), Failure> {
    let mut made: Vec<Option<T>> = std::iter::repeat_with(|| None).take(run.len()).collect();
    let ended = run.each(|place, probe, way| {
        if let Some(slot) = made.get_mut(place) {
            *slot = Some(make(probe, way)?);
        }
        Ok(())
    })?;
    Ok((made, ended))
}

/// One line on a terminal, when there is something to wait for.
struct Progress {
    total: usize,
    visible: bool,
    shown: Cell<bool>,
}

impl Progress {
    fn new(total: usize) -> Progress {
        Progress { total, visible: total > 1 && std::io::stderr().is_terminal(), shown: Cell::new(false) }
    }

    fn show(&self, done: usize) {
        if self.visible {
            self.shown.set(true);
            let width = 30;
            let filled = (done * width).checked_div(self.total).unwrap_or(width);
            let bar = format!("{}{}", "=".repeat(filled), " ".repeat(width.saturating_sub(filled)));
            // That standard error is gone is no reason to stop.
            let _ = write!(std::io::stderr(), "\r\x1b[2Kprobing [{bar}] {done} of {}", self.total);
        }
    }

    fn clear(&self) {
        if self.shown.replace(false) {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}
