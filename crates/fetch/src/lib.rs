//! certlens-fetch: gets what a verification asks for from where certificates say
//! it is.
//!
//! It moves octets and says how that went; what the octets mean is judged in
//! certlens-core. URLs in certificates are chosen by whoever made the
//! certificate, so everything here is bounded and suspicious: which schemes,
//! which addresses, how many octets, how long.

pub mod cache;
mod failure;
pub mod ldap;
mod request;

pub use failure::{Failure, Stage};
pub use request::{Request, Retrieved, Source, What};
