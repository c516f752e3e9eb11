//! certlens-core.

pub mod crypto;
pub mod encoding;
pub mod engine;
pub mod finding;
pub mod identity;
pub mod origin;
pub mod path;
pub mod policy;
pub mod pool;
pub mod time;
pub mod validation;
pub mod verdict;
pub mod x509;
