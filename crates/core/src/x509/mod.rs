//! Certificates and what they are made of (RFC 5280 §4).

pub mod oid;
pub mod spki;
