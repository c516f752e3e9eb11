//! Inputs that could not be read.

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::Failure;

/// An input that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NotReadFacts {
    /// The argument or file.
    pub(crate) input: String,
    /// Why.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: Option<String>,
}

impl NotReadFacts {
    pub(crate) fn new(input: &str, failure: &Failure) -> Self {
        NotReadFacts { input: input.to_owned(), message: failure.message.clone(), hint: failure.advice.clone() }
    }
}
