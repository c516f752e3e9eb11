//! Writing PFX files: what is in them ([`Contents`]), how it is protected
//! ([`Protection`]), and by which password.
//!
//! Contents are made of keys and certificates, or taken from a file that was
//! opened, changed, and written again; what is not known of a file is kept. Which
//! key is which certificate's is found out by the public keys and written as
//! localKeyID; what a file said of it counts only where keys cannot be compared.
//!
//! The output is DER. A key's attributes stand where they can be read without the
//! password, as Windows and OpenSSL have them.

mod attributes;
mod contents;
mod encode;
mod error;
mod pairing;
mod protection;
mod random;
mod take;

pub use attributes::BagAttributes;
pub use contents::{CertificateEntry, Contents, KeyEntry, Merged, OtherEntry, ToldOtherwise};
pub use error::{NameProblem, WriteError};
pub use protection::{CertificateProtection, KeyProtection, Protection, WritePassword};
pub use random::{NoRandom, RandomSource, SystemRandom};
pub use take::{Remark, RemarkKind};
