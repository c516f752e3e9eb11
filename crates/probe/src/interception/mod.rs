//! Whether a certificate was replaced on the way, decided from what was captured.
//!
//! Pure and synchronous: captures and facts about trust come in, and so does the time;
//! a verdict with its evidence goes out. A difference alone decides nothing, because
//! content networks, regional fronts and pairs of RSA and ECDSA certificates differ
//! legitimately: what decides is where the chains end, whose keys are in them, and what
//! several weaker signs say together ([`judge`] has the rules).
//!
//! - [`observation`]: what was seen, in which way.
//! - [`public_name`]: whether public CAs issue for a host at all.
//! - [`products`]: what replaces certificates, and by which names it is known.
//! - [`compare`]: how two chains differ, certificate by certificate.
//! - [`signals`]: what speaks for and against, with its weight.
//! - [`judge`]: the verdict.
//! - [`cure`]: what to do, and what to write to those who run the proxy.

pub mod compare;
pub mod cure;
mod from_capture;
pub mod judge;
pub mod observation;
pub mod products;
pub mod public_name;
mod seen;
pub mod signals;

pub use judge::{Assessment, Judgement, Question, Verdict, assess};
pub use observation::{KeyProof, Observation, Outcome, Reached, Reference, TrustFacts, Way};
