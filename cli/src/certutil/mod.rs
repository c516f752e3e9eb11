//! certutil's front door: its command lines, and its shapes of output.
//!
//! A command line typed for certutil is translated into one of certlens
//! ([`dispatch`] finds the verb in a table, the verb's module translates its
//! arguments), which then runs like any other. [`render`] writes the verdict in
//! certutil's shapes, for the verb and for `--format certutil` alike.

mod constants;
mod csplist;
mod describe;
mod dispatch;
mod dump;
mod dumped;
mod elsewhere;
mod ending;
mod import_pfx;
mod imported;
mod lines;
mod merge_pfx;
mod render;
mod rows;
mod status;
mod translate;
mod url;
mod verify;

pub(crate) use csplist::providers;
pub(crate) use dispatch::{Entry, enter};
pub(crate) use dumped::{Dump, pfx_structure};
pub(crate) use imported::{import, not_read as import_not_read};
pub(crate) use render::{not_read, unseen, verdict};
