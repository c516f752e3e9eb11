//! Where deviations and places are kept.

use std::cell::RefCell;

use crate::encoding::deviation::{Deviation, DeviationKind};

/// The most departures that are kept of one object. One is enough to refuse it;
/// a hostile object can have millions.
pub const MAX_DEVIATIONS: usize = 1_000;

/// Where cursors note departures from DER.
#[derive(Debug, Default)]
pub struct DeviationSink(RefCell<Vec<Deviation>>);

impl DeviationSink {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was noted, in reading order, at most [`MAX_DEVIATIONS`].
    pub fn into_deviations(self) -> Vec<Deviation> {
        self.0.into_inner()
    }
}

/// Start and end of a part of the object, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// First octet.
    pub start: u32,
    /// One past the last octet.
    pub end: u32,
}

impl Span {
    /// The span as a range of indices.
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

#[cold]
pub(super) fn note(sink: Option<&DeviationSink>, offset: usize, kind: DeviationKind) {
    if let Some(sink) = sink {
        let mut noted = sink.0.borrow_mut();
        if noted.len() < MAX_DEVIATIONS {
            noted.push(Deviation { offset, kind });
        }
    }
}
