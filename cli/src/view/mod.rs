//! From facts to documents.

pub(crate) mod cache;
pub(crate) mod explain;
pub(crate) mod inspect;
mod path;
pub(crate) mod revocation;
pub(crate) mod verify;
