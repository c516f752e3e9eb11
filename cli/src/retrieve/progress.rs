//! What is shown while URLs are asked.

use std::cell::Cell;
use std::io::{IsTerminal, Write};

use certlens_fetch::{Event, shown};

/// One line on a terminal that says what is being asked.
pub(super) struct Progress {
    total: usize,
    done: Cell<usize>,
    visible: bool,
}

impl Progress {
    pub(super) fn new(total: usize) -> Progress {
        Progress { total, done: Cell::new(0), visible: std::io::stderr().is_terminal() }
    }

    pub(super) fn show(&self, event: Event<'_>) {
        let url = match event {
            Event::Started(request) => shown(&request.url),
            Event::Finished(retrieved) => {
                self.done.set(self.done.get() + 1);
                shown(&retrieved.request.url)
            }
        };
        if self.visible {
            let url: String = certlens_report::escape(&url).chars().take(60).collect();
            // That standard error is gone is no reason to stop.
            let _ = write!(std::io::stderr(), "\r\x1b[2Kretrieving {} of {}: {url}", self.done.get(), self.total);
        }
    }

    pub(super) fn clear(&self) {
        if self.visible {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}
