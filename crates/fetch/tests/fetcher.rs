//! The client with its cache, and HTTP and LDAP behind the same door.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "helpers of tests may panic and talk, as tests do"
)]

#[path = "fetcher/cached.rs"]
mod cached;
#[path = "fetcher/directories.rs"]
mod directories;
#[path = "ldap/fake.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod fake;
#[path = "fetcher/processes.rs"]
mod processes;
#[path = "ldap/slapd.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod slapd;
#[path = "http/support.rs"]
mod support;
