//! Retrieval over HTTP and HTTPS, against servers on this machine.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "http/addresses.rs"]
mod addresses;
#[path = "http/bodies.rs"]
mod bodies;
#[path = "http/calls.rs"]
mod calls;
#[path = "http/failures.rs"]
mod failures;
#[path = "http/ocsp.rs"]
mod ocsp;
#[path = "http/proxies.rs"]
mod proxies;
#[path = "http/redirects.rs"]
mod redirects;
#[path = "http/support.rs"]
mod support;
#[path = "http/tls.rs"]
mod tls;
