//! From octets to the structures inside them: DER, PEM, PKCS#7, and telling
//! them apart.

pub mod ber;
mod boundary;
pub mod der;
pub mod deviation;
pub mod hex;
pub mod input;
pub mod pem;
pub mod pkcs7;
pub mod sniff;
pub mod text;
