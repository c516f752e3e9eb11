//! Protocol upgrades against servers on loopback.

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
