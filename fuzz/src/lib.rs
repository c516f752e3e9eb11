//! What the fuzz targets share: asking a certificate for everything it has, and
//! second implementations to compare with.

pub mod name_oracle;
pub mod pki;
pub mod policy_tree;
pub mod probe;
mod touch;

pub use touch::touch;
