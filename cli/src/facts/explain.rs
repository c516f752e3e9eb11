//! The facts of `certlens explain`: the registry.

use certlens_core::finding::Code;
use schemars::JsonSchema;
use serde::Serialize;

use crate::causes::Cause;
use crate::facts::finding::{SeverityFacts, WindowsFacts};

/// The report of `certlens explain`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ExplainReport {
    /// Always `certlens/explain/1`.
    schema: &'static str,
    /// The codes asked for, or all.
    codes: Vec<CodeFacts>,
    /// The causes of failed retrievals asked for, or all.
    causes: Vec<CauseFacts>,
}

/// Why a URL was not retrieved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CauseFacts {
    /// The stable name.
    cause: &'static str,
    /// What it means.
    meaning: &'static str,
    /// What to do in general.
    hint: &'static str,
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
    /// Severity under the profile `rfc5280`.
    severity_rfc5280: SeverityFacts,
    /// Severity under the profile `web`.
    severity_web: SeverityFacts,
    /// What to do in general.
    hint: &'static str,
    /// What Windows calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    windows: Option<WindowsFacts>,
}

impl ExplainReport {
    pub(crate) const SCHEMA: &'static str = "certlens/explain/1";

    pub(crate) fn new(codes: &[Code], causes: &[&Cause]) -> Self {
        let causes = causes
            .iter()
            .map(|cause| CauseFacts { cause: cause.name, meaning: cause.meaning, hint: cause.hint })
            .collect();
        let codes = codes
            .iter()
            .map(|code| {
                let entry = code.entry();
                CodeFacts {
                    code: entry.name,
                    meaning: entry.meaning,
                    citation: entry.citation,
                    severity_rfc5280: SeverityFacts::from(entry.rfc5280),
                    severity_web: SeverityFacts::from(entry.web),
                    hint: entry.hint,
                    windows: entry.windows.map(WindowsFacts::new),
                }
            })
            .collect();
        ExplainReport { schema: Self::SCHEMA, codes, causes }
    }
}
