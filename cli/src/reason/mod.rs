//! Reasons in a sentence, which reports show and other judgements rest on.

pub(crate) mod url;
pub(crate) mod verify;
