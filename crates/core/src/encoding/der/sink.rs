//! Where deviations and places are kept.

use std::cell::RefCell;

use crate::encoding::deviation::{Deviation, DeviationKind};

/// Where cursors note departures from DER.
#[derive(Debug, Default)]
pub struct DeviationSink(pub(super) RefCell<Vec<Deviation>>);

impl DeviationSink {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was noted, in reading order.
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
        sink.0.borrow_mut().push(Deviation { offset, kind });
    }
}
