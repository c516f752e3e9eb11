//! certlens-core.

pub mod crypto;
pub mod encoding;
pub mod time;
pub mod x509;
