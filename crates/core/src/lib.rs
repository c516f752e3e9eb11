//! certlens-core.

pub mod encoding;
pub mod finding;
pub mod identity;
pub mod origin;
pub mod time;
pub mod x509;
