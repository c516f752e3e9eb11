//! From facts to documents.

pub(crate) mod explain;
pub(crate) mod inspect;
mod path;
pub(crate) mod revocation;
pub(crate) mod url;
pub(crate) mod verify;
