//! Builds certificates, CRLs and OCSP responses for tests: good ones, and ones
//! that are wrong in one chosen way.
//!
//! It hands out bytes and depends on no other crate of the workspace, so that
//! its mistakes are its own: a fault in the library's encoder or reader cannot
//! hide itself by standing on both sides of a test. For the same reason it
//! writes DER with code of its own, and where the library refuses an encoding,
//! this crate can write it.
//!
//! Everything is fixed. Keys are derived from their number (RSA keys are
//! committed), serial numbers from the contents, times are constants; only
//! ECDSA signatures differ from run to run.
//!
//! ```
//! use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Key, Name};
//!
//! let anchor = Ca::anchor("Anchor", Key::p256(0));
//! let issuing = Ca::intermediate("Issuing CA", Key::p256(1), &anchor);
//! let target = CertificateBuilder::new(Name::cn("www.example.com"), Key::p256(2))
//!     .extension(Extension::subject_alt_name([GeneralName::dns("www.example.com")]))
//!     .issued_by(&issuing);
//! assert_eq!(target.first(), Some(&0x30));
//! ```

mod ca;
mod certificate;
mod crl;
pub mod der;
mod extension;
mod general_name;
mod issuer;
mod key;
pub mod microsoft;
mod name;
mod ocsp;
pub mod pem;
pub mod program;
pub mod server;
mod signed;
pub mod time;

pub use ca::Ca;
pub use certificate::CertificateBuilder;
pub use crl::{CrlBuilder, CrlEntry};
pub use extension::{DistributionPointSpec, Extension, IdpSpec, KeyUsage, RelativeName, purposes};
pub use general_name::GeneralName;
pub use issuer::Issuer;
pub use key::{Key, Signing};
pub use name::{Name, attributes};
pub use ocsp::{OcspBuilder, OcspHash, OcspSingle, OcspStatus};
