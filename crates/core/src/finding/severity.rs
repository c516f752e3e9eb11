//! How much a finding matters.

use std::fmt;

/// How much a finding matters. The policy sets it; the code does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; changes nothing.
    Info,
    /// Accepted now, but a likely trouble elsewhere.
    Warning,
    /// The certificate or path is refused.
    Error,
}

impl Severity {
    /// The word that stands before a finding.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Info => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
