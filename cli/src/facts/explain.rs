//! The facts of `certlens explain`: the registry.

use certlens_core::finding::Code;
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::finding::WindowsFacts;

/// The report of `certlens explain`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ExplainReport {
    /// Always `certlens/explain/1`.
    schema: &'static str,
    /// The codes asked for, or all.
    codes: Vec<CodeFacts>,
}

/// What the registry says of one code.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CodeFacts {
    /// The stable name.
    code: &'static str,
    /// What it means.
    meaning: &'static str,
    /// The rule.
    citation: &'static str,
    /// Severity under the profile `rfc5280`: error, warning or note.
    severity_rfc5280: &'static str,
    /// Severity under the profile `web`: error, warning or note.
    severity_web: &'static str,
    /// What to do in general.
    hint: &'static str,
    /// What Windows calls it.
    windows: Option<WindowsFacts>,
}

impl ExplainReport {
    pub(crate) const SCHEMA: &'static str = "certlens/explain/1";

    pub(crate) fn new(codes: &[Code]) -> Self {
        let codes = codes
            .iter()
            .map(|code| {
                let entry = code.entry();
                CodeFacts {
                    code: entry.name,
                    meaning: entry.meaning,
                    citation: entry.citation,
                    severity_rfc5280: entry.rfc5280.word(),
                    severity_web: entry.web.word(),
                    hint: entry.hint,
                    windows: WindowsFacts::of(*code),
                }
            })
            .collect();
        ExplainReport { schema: Self::SCHEMA, codes }
    }
}
