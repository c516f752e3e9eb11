//! certlens-core.

pub mod encoding;
pub mod time;
pub mod x509;
