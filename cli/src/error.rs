//! Why the work could not be done: always what, why, and what to do.

use std::fmt;

use crate::exit::Exit;

/// A failure that ends the run, or one input's part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The exit code it asks for.
    pub(crate) exit: Exit,
    /// What failed, with the file's name.
    pub(crate) message: String,
    /// What to do.
    pub(crate) advice: Option<String>,
}

impl Failure {
    /// Wrong usage or an unreadable input.
    pub(crate) fn unusable(message: impl Into<String>) -> Self {
        Failure { exit: Exit::Unusable, message: message.into(), advice: None }
    }

    /// Says what to do.
    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", certlens_report::escape(&self.message))?;
        if let Some(advice) = &self.advice {
            write!(f, "\n hint: {}", certlens_report::escape(advice))?;
        }
        Ok(())
    }
}
