//! Retrieval from the servers and proxies that people run: nginx and squid.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "helpers of tests may panic and talk, as tests do"
)]

#[path = "real/nginx.rs"]
mod nginx;
#[path = "real/process.rs"]
mod process;
#[path = "real/proxied.rs"]
mod proxied;
#[path = "real/served.rs"]
mod served;
#[path = "real/squid.rs"]
mod squid;
#[path = "http/support.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod support;
