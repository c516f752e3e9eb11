//! `certlens pfx check` and `certlens ha` on files that openssl made: each demand met
//! and not met, what helps, exit codes, and JSON by its schema; and on servers on loopback.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a harness that finds its data broken has to stop")]

#[path = "ha/check.rs"]
mod check;
#[path = "ha/collection.rs"]
mod collection;
#[path = "ha/demands.rs"]
mod demands;
#[path = "ha/lab.rs"]
mod lab;
#[path = "ha/limits.rs"]
mod limits;
#[path = "ha/nodes.rs"]
mod nodes;
#[path = "pfx/schema.rs"]
mod schema;
#[path = "ha/service.rs"]
mod service;
