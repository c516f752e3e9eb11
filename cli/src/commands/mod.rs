//! What each command does between arguments and report.

pub(crate) mod cache;
pub(crate) mod crl;
pub(crate) mod explain;
pub(crate) mod ha;
pub(crate) mod inspect;
pub(crate) mod intercept;
pub(crate) mod ocsp;
pub(crate) mod pfx;
pub(crate) mod probe;
pub(crate) mod roots;
pub(crate) mod url;
pub(crate) mod verify;
