//! Protocol upgrades against servers on loopback.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may panic, as tests do")]

mod support;

#[path = "upgrade/good.rs"]
mod good;
#[path = "upgrade/hostile.rs"]
mod hostile;
#[path = "upgrade/net_tcp.rs"]
mod net_tcp;
#[path = "upgrade/other.rs"]
mod other;
#[path = "upgrade/real.rs"]
mod real;
#[path = "upgrade/refusing.rs"]
mod refusing;
