//! What endpoints present, judged by core.

mod judge;

pub(crate) use judge::Judge;

use crate::endpoint::Endpoint;
use crate::exit::Exit;
use crate::verification::Verified;

/// An endpoint with the verdict on its certificate, if it presented one.
pub(crate) enum Examined {
    /// It presented a certificate; the endpoint stands in the verification.
    Verified(Box<Verified>),
    /// It did not, or none that can be read.
    Unseen(Box<Endpoint>),
}

impl Examined {
    pub(crate) fn endpoint(&self) -> Option<&Endpoint> {
        match self {
            Examined::Verified(verified) => verified.endpoint.as_deref(),
            Examined::Unseen(endpoint) => Some(endpoint),
        }
    }

    pub(crate) fn verified(&self) -> Option<&Verified> {
        match self {
            Examined::Verified(verified) => Some(verified),
            Examined::Unseen(_) => None,
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Examined::Verified(verified) => verified.exit(),
            Examined::Unseen(endpoint) => endpoint.exit(),
        }
    }
}
