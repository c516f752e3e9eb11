//! Certificates and what they are made of (RFC 5280 §4), and what is said about
//! their revocation (RFC 6960).

pub mod certificate;
pub mod crl;
pub(crate) mod digest;
pub mod extension;
pub mod general_name;
pub mod issuer;
pub mod name;
pub mod ocsp;
pub mod oid;
pub mod reason;
pub mod sources;
pub mod spki;
pub mod string;
pub mod validity;

pub use certificate::{CertId, Certificate};
pub use crl::Crl;
