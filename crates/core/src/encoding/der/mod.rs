//! A zero-copy DER cursor that reads on where the meaning is clear and keeps a
//! note of every departure from DER (X.690 §8, §10 and §11) with its byte
//! offset.
//!
//! A certificate that is not DER is still worth showing, so the cursor tells
//! two things apart. A [`Deviation`](super::deviation::Deviation) is an encoding that another reader could
//! also understand, only not the one that DER allows; it is noted and reading
//! goes on. A [`DerError`] means that the octets cannot be read as what was
//! expected; it ends the reading of that object (or of that extension).
//!
//! All offsets count from the start of the buffer that the first cursor was
//! made over, so a finding can point at the octet.

mod cursor;
mod encode;
mod error;
mod list;
mod sink;
mod tag;
mod value;

pub use cursor::Cursor;
pub use encode::encode;
pub use error::{DerError, DerErrorKind, InField};
pub use list::{Decode, SequenceOf};
pub use sink::{DeviationSink, MAX_DEVIATIONS, Span};
pub use tag::Tag;
pub use value::{BitString, Integer, Tlv};

/// How deep constructed values may nest where the structure itself sets no
/// bound (indefinite lengths). Certificates in the wild stay below 15.
pub const MAX_NESTING: usize = 32;
