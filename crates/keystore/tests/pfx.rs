//! PFX files that are made here: what can be in them, what their password does,
//! and what is refused.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a harness that finds its data broken has to stop")]

#[path = "pfx/build.rs"]
mod build;
#[cfg(target_os = "linux")]
#[path = "pfx/cost.rs"]
mod cost;
#[path = "pfx/editing.rs"]
mod editing;
#[cfg(target_os = "linux")]
#[path = "pfx/hostile.rs"]
mod hostile;
#[path = "pfx/limits.rs"]
mod limits;
#[path = "pfx/mutation.rs"]
mod mutation;
#[path = "pfx/opening.rs"]
mod opening;
#[path = "pfx/reading.rs"]
mod reading;
#[path = "pfx/writing.rs"]
mod writing;
