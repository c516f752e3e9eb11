//! What was found out about a certificate, path or input: stable codes with
//! meaning, citation and cure, and findings that carry them to the report.

mod code;
mod registry;
mod severity;

use std::fmt;

pub use registry::{Code, Entry, WindowsEquivalent};
pub use severity::Severity;

use crate::encoding::der::Span;
use crate::time::Time;
use crate::x509::certificate::CertId;

/// Which certificate a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateRef {
    /// Place in the path, 0 being the target; `None` outside a path.
    pub depth: Option<usize>,
    /// The certificate.
    pub id: CertId,
}

/// Where a finding points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locus {
    /// The certificate, when it is about one.
    pub certificate: Option<CertificateRef>,
    /// The field or extension, by the name of RFC 5280.
    pub part: Option<String>,
    /// The octets in the certificate.
    pub bytes: Option<Span>,
}

/// A typed value that was expected or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Words, a name, an identifier.
    Text(String),
    /// An instant.
    Time(Time),
    /// A count, a length, a number of bits.
    Number(i64),
    /// Several values, any of which counts.
    List(Vec<String>),
}

/// The most values that a list shows; a certificate can have thousands.
const MAX_LISTED: usize = 10;

/// The most octets of a message or hint, and of one value. What certificates
/// say goes into them, and a certificate can say megabytes.
const MAX_MESSAGE: usize = 4_000;
const MAX_VALUE: usize = 1_000;

/// A text cut after so many octets, with an ellipsis.
pub(crate) fn bounded(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

impl Fact {
    fn bounded(self) -> Fact {
        match self {
            Fact::Text(text) => Fact::Text(bounded(text, MAX_VALUE)),
            Fact::List(values) => Fact::List(values.into_iter().map(|value| bounded(value, MAX_VALUE)).collect()),
            Fact::Time(_) | Fact::Number(_) => self,
        }
    }

    /// A list, of which the first ten values are kept and the rest counted.
    pub fn list<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Fact {
        let mut values = values.into_iter();
        let mut listed: Vec<String> = values.by_ref().take(MAX_LISTED).map(Into::into).collect();
        match values.count() {
            0 => {}
            more => listed.push(format!("and {more} more")),
        }
        Fact::List(listed)
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Text(text) => f.write_str(text),
            Fact::Time(time) => time.fmt(f),
            Fact::Number(number) => number.fmt(f),
            Fact::List(values) if values.is_empty() => f.write_str("none"),
            Fact::List(values) => f.write_str(&values.join(", ")),
        }
    }
}

/// One thing found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing, stable across releases.
    pub code: Code,
    /// How much it matters under the policy in force.
    pub severity: Severity,
    /// Where.
    pub locus: Locus,
    /// The finding as a sentence with its particulars.
    pub message: String,
    /// What would have been right.
    pub expected: Option<Fact>,
    /// What stood there.
    pub found: Option<Fact>,
    /// What to do in this case; the registry has the general advice.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding without particulars beyond its sentence.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Finding {
            code,
            severity,
            locus: Locus::default(),
            message: bounded(message.into(), MAX_MESSAGE),
            expected: None,
            found: None,
            hint: None,
        }
    }

    /// Points it at a certificate of a path.
    pub fn at(mut self, depth: Option<usize>, id: CertId) -> Self {
        self.locus.certificate = Some(CertificateRef { depth, id });
        self
    }

    /// Names the field or extension.
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.locus.part = Some(part.into());
        self
    }

    /// Names the octets.
    pub fn bytes(mut self, bytes: Span) -> Self {
        self.locus.bytes = Some(bytes);
        self
    }

    /// Says what would have been right.
    pub fn expected(mut self, fact: Fact) -> Self {
        self.expected = Some(fact.bounded());
        self
    }

    /// Says what stood there.
    pub fn found(mut self, fact: Fact) -> Self {
        self.found = Some(fact.bounded());
        self
    }

    /// Says what to do in this case.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(bounded(hint.into(), MAX_MESSAGE));
        self
    }

    /// What to do: the particular advice, or the registry's.
    pub fn advice(&self) -> &str {
        self.hint.as_deref().unwrap_or(self.code.entry().hint)
    }
}
