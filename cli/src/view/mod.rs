//! From facts to documents.

mod again;
pub(crate) mod cache;
pub(crate) mod check;
pub(crate) mod crl;
mod endpoint;
pub(crate) mod explain;
pub(crate) mod ha;
pub(crate) mod inspect;
mod installing;
pub(crate) mod intercept;
mod intercept_cure;
mod judged;
mod missing;
pub(crate) mod ocsp;
mod path;
pub(crate) mod pfx;
pub(crate) mod probe;
pub(crate) mod revocation;
mod root;
pub(crate) mod roots;
mod roots_cure;
pub(crate) mod url;
pub(crate) mod verify;

pub(crate) use judged::unreadable;
