//! One endpoint by several ways: what each shows, for certlens-probe to compare.

mod observe;
mod pins;
mod references;
mod shown;
mod ways;

pub(crate) use observe::{Observer, is_trusted_here};
pub(crate) use pins::{pins, shown as shown_pin};
pub(crate) use references::{notes, refuse_own};
pub(crate) use shown::{Referred, Shown, ShownReference};
pub(crate) use ways::{Planned, ways};
