//! Findings as notes.

use certlens_report::{Level, Note};

use crate::facts::finding::{FindingFacts, LocusFacts, SeverityFacts};

/// A finding with everything that a person needs to act on it.
pub(crate) fn finding_note(finding: &FindingFacts) -> Note {
    let level = match finding.severity {
        SeverityFacts::Info => Level::Info,
        SeverityFacts::Warning => Level::Warning,
        SeverityFacts::Error => Level::Error,
    };
    let note = Note::new(level, finding.code.clone(), finding.message.clone());
    Note {
        citation: Some(finding.citation.clone()),
        expected: finding.expected.as_ref().map(|fact| fact.to_text().into()),
        found: finding.found.as_ref().map(|fact| fact.to_text().into()),
        location: location(&finding.locus).map(Into::into),
        hint: Some(finding.hint.clone().into()),
        ..note
    }
}

fn location(locus: &LocusFacts) -> Option<String> {
    let bytes = locus.bytes.map(|bytes| match bytes.end.saturating_sub(bytes.start) {
        0 | 1 => format!("byte {}", bytes.start),
        _ => format!("bytes {} to {}", bytes.start, bytes.end - 1),
    });
    let parts: Vec<String> = locus.part.iter().cloned().chain(bytes).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
