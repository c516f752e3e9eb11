//! certlens-probe: reaches TLS endpoints stage by stage, and captures what they send.
//!
//! Name, connection, proxy, protocol upgrade, TLS: each stage is timed and has failures
//! of its own, because the cure for a closed port is another one than that for a proxy
//! that asks for a password. Nothing here judges trust: whatever certificates a peer
//! presents are captured as sent, and certlens-core judges them.

pub mod alert;
pub mod answer;
pub mod failure;
pub mod interception;
pub mod limits;
pub mod many;
pub mod probe;
pub mod proxy;
pub mod resolve;
pub mod stream;
pub mod target;
pub mod tcp;
mod text;
pub mod tls;
pub mod upgrade;

pub use failure::{CAUSES, Failure, Stage};
