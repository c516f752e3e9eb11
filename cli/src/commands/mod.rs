//! What each command does between arguments and report.

pub(crate) mod cache;
pub(crate) mod explain;
pub(crate) mod inspect;
pub(crate) mod verify;
