//! From facts to documents.

pub(crate) mod explain;
pub(crate) mod inspect;
pub(crate) mod verify;
