//! Findings as a report shows them.

use super::Text;

/// How much a [`Note`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Accepted, but not good.
    Warning,
    /// The reason for a refusal.
    Error,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How much it weighs.
    pub level: Level,
    /// The stable code by which it can be looked up; empty when it has none.
    pub code: String,
    /// What was found, in words.
    pub message: Text,
    /// The rule's source, such as a section of an RFC.
    pub citation: Option<String>,
    /// What had to be there.
    pub expected: Option<Text>,
    /// What was there instead.
    pub found: Option<Text>,
    /// Where, when the note does not stand beside the thing itself.
    pub location: Option<Text>,
    /// What helps.
    pub hint: Option<Text>,
}

impl Note {
    /// A note of this level with nothing but code and message.
    pub fn new(level: Level, code: impl Into<String>, message: impl Into<Text>) -> Self {
        Note {
            level,
            code: code.into(),
            message: message.into(),
            citation: None,
            expected: None,
            found: None,
            location: None,
            hint: None,
        }
    }

    /// A note of level [`Level::Error`].
    pub fn error(code: impl Into<String>, message: impl Into<Text>) -> Self {
        Note::new(Level::Error, code, message)
    }

    /// A note of level [`Level::Warning`].
    pub fn warning(code: impl Into<String>, message: impl Into<Text>) -> Self {
        Note::new(Level::Warning, code, message)
    }

    /// A note of level [`Level::Info`].
    pub fn info(code: impl Into<String>, message: impl Into<Text>) -> Self {
        Note::new(Level::Info, code, message)
    }

    /// Sets the rule's source.
    pub fn citation(mut self, citation: impl Into<String>) -> Self {
        self.citation = Some(citation.into());
        self
    }

    /// Sets what had to be there.
    pub fn expected(mut self, expected: impl Into<Text>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Sets what was there instead.
    pub fn found(mut self, found: impl Into<Text>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Sets the place.
    pub fn location(mut self, location: impl Into<Text>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Sets what helps.
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
