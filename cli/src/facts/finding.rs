//! Findings as JSON has them.

use certlens_core::finding::{Fact, Finding, Severity, WindowsEquivalent};
use schemars::JsonSchema;
use serde::Serialize;

/// Something found out about a certificate, a path or an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FindingFacts {
    /// Stable code in kebab case; `certlens explain CODE` says more.
    pub(crate) code: String,
    /// How much it matters under the policy in force.
    pub(crate) severity: SeverityFacts,
    /// The finding as a sentence.
    pub(crate) message: String,
    /// Where it is.
    pub(crate) locus: LocusFacts,
    /// What would have been right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<TypedFact>,
    /// What stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<TypedFact>,
    /// The rule, with its section.
    pub(crate) citation: String,
    /// What the code means in general.
    pub(crate) meaning: String,
    /// What to do about it.
    pub(crate) hint: String,
    /// How Windows reports the same trouble, when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) windows: Option<WindowsFacts>,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SeverityFacts {
    /// Worth knowing; changes nothing.
    Info,
    /// Accepted, but a likely trouble elsewhere.
    Warning,
    /// The certificate or path is refused.
    Error,
}

/// Where a finding points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct LocusFacts {
    /// Place of the certificate in its path, 0 being the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) depth: Option<usize>,
    /// SHA-256 of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<String>,
    /// The field or extension, by the name of RFC 5280.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) part: Option<String>,
    /// The octets in the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<ByteRange>,
}

/// A range of octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ByteRange {
    /// Offset of the first octet.
    pub(crate) start: u32,
    /// Offset after the last octet.
    pub(crate) end: u32,
}

/// A value that was expected or found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub(crate) enum TypedFact {
    /// Words, a name, an identifier.
    Text(String),
    /// An instant in RFC 3339.
    Time(String),
    /// A count, a length, a number of bits.
    Number(i64),
    /// Several values, any of which counts.
    List(Vec<String>),
}

/// How Windows reports the same trouble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct WindowsFacts {
    /// Bit of CERT_TRUST_STATUS.dwErrorStatus, as `0x00000001`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trust_status: Option<WindowsCode>,
    /// HRESULT of the chain policy, as `0x800b0101`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hresult: Option<WindowsCode>,
}

/// A number of Windows and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct WindowsCode {
    /// The number in hexadecimal, behind `0x`.
    pub(crate) code: String,
    /// Its symbolic name.
    pub(crate) name: String,
}

impl WindowsCode {
    fn new(code: u32, name: &str) -> Option<Self> {
        (code != 0).then(|| WindowsCode { code: format!("0x{code:08x}"), name: name.to_owned() })
    }
}

impl FindingFacts {
    /// Everything known about a finding, the registry's words included.
    pub(crate) fn new(finding: &Finding) -> Self {
        let entry = finding.code.entry();
        let certificate = finding.locus.certificate;
        FindingFacts {
            code: entry.name.to_owned(),
            severity: finding.severity.into(),
            message: finding.message.clone(),
            locus: LocusFacts {
                depth: certificate.and_then(|certificate| certificate.depth),
                certificate: certificate.map(|certificate| certificate.id.to_string()),
                part: finding.locus.part.clone(),
                bytes: finding.locus.bytes.map(|span| ByteRange { start: span.start, end: span.end }),
            },
            expected: finding.expected.as_ref().map(TypedFact::new),
            found: finding.found.as_ref().map(TypedFact::new),
            citation: entry.citation.to_owned(),
            meaning: entry.meaning.to_owned(),
            hint: finding.advice().to_owned(),
            windows: entry.windows.map(WindowsFacts::new),
        }
    }

    /// All of them.
    pub(crate) fn all<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<FindingFacts> {
        findings.into_iter().map(FindingFacts::new).collect()
    }
}

impl WindowsFacts {
    pub(crate) fn new(windows: WindowsEquivalent) -> Self {
        WindowsFacts {
            trust_status: WindowsCode::new(windows.trust_status, windows.trust_status_name),
            hresult: WindowsCode::new(windows.hresult, windows.hresult_name),
        }
    }
}

impl From<Severity> for SeverityFacts {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => SeverityFacts::Info,
            Severity::Warning => SeverityFacts::Warning,
            Severity::Error => SeverityFacts::Error,
        }
    }
}

impl TypedFact {
    fn new(fact: &Fact) -> Self {
        match fact {
            Fact::Text(text) => TypedFact::Text(text.clone()),
            Fact::Time(time) => TypedFact::Time(time.to_string()),
            Fact::Number(number) => TypedFact::Number(*number),
            Fact::List(values) => TypedFact::List(values.clone()),
        }
    }

    /// The value in words.
    pub(crate) fn to_text(&self) -> String {
        match self {
            TypedFact::Text(text) | TypedFact::Time(text) => text.clone(),
            TypedFact::Number(number) => number.to_string(),
            TypedFact::List(values) if values.is_empty() => "none".to_owned(),
            TypedFact::List(values) => values.join(", "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_core::finding::Code;
    use certlens_core::time::Time;

    #[test]
    fn a_finding_carries_types_and_the_names_of_windows() {
        let finding = Finding::new(Code::Expired, Severity::Error, "not after 2025-01-01T00:00:00Z")
            .part("validity")
            .expected(Fact::Time(Time::from_unix(0)));
        let json = serde_json::to_value(FindingFacts::new(&finding)).unwrap();
        assert_eq!(json["code"], "expired");
        assert_eq!(json["severity"], "error");
        assert_eq!(json["expected"], serde_json::json!({"type": "time", "value": "1970-01-01T00:00:00Z"}));
        assert_eq!(json["windows"]["trust_status"]["code"], "0x00000001");
        assert_eq!(json["windows"]["hresult"]["name"], "CERT_E_EXPIRED");
        assert_eq!(json["locus"], serde_json::json!({"part": "validity"}));
        assert!(json["hint"].as_str().is_some_and(|hint| hint.contains("--at")));
    }
}
