//! certlens-core: from octets to a verdict that explains itself.
//!
//! No I/O, no clock, no `unsafe`, nothing asynchronous: everything a
//! verification depends on is handed to it, so it can be repeated.
//!
//! The modules follow the flow of data; each uses only those before it:
//!
//! 1. [`encoding`]: octets to structures (DER, PEM, PKCS#7, telling them apart),
//!    and [`time`].
//! 2. [`x509`]: certificates, names, keys, extensions.
//! 3. [`crypto`]: signatures, and which algorithms may be accepted; [`microsoft`]:
//!    the trust lists and serialized stores of Windows.
//! 4. [`origin`], [`finding`]: where things came from, what was found out.
//! 5. [`pool`], [`anchors`]: what a path can be made of.
//! 6. [`path`]: candidate paths.
//! 7. [`identity`], [`policy`]: names, and what is demanded.
//! 8. [`validation`]: judging one path; [`revocation`]: is anything in it revoked;
//!    [`verdict`] and [`engine`]: the answer.

pub mod anchors;
pub mod crypto;
pub mod encoding;
pub mod engine;
pub mod finding;
pub mod identity;
pub mod microsoft;
pub mod origin;
pub mod path;
pub mod policy;
pub mod pool;
pub mod revocation;
pub mod time;
pub mod validation;
pub mod verdict;
pub mod x509;
