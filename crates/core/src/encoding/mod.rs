//! From octets to the structures inside them: DER, PEM, PKCS#7, and telling
//! them apart.

pub mod der;
pub mod deviation;
