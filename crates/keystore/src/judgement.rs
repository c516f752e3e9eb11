//! What comes of a demand on a key or certificate, and who says so.

use std::fmt;

use crate::provider::Confidence;

/// What comes of a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It is met.
    Pass,
    /// From what is at hand nobody can know; the reason says what would tell.
    CannotKnow,
    /// It is not met.
    Fail,
}

impl Outcome {
    /// The word for a report.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::CannotKnow => "cannot know",
            Outcome::Fail => "fail",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An outcome with its reason and foundation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What comes of the demand.
    pub outcome: Outcome,
    /// Why, in one sentence without a full stop.
    pub reason: String,
    /// How well what is said about Windows is founded.
    pub confidence: Confidence,
    /// Who says so, short enough for a table.
    pub source: &'static str,
}

impl Judgement {
    /// With this outcome.
    pub fn new(outcome: Outcome, reason: impl Into<String>, confidence: Confidence, source: &'static str) -> Judgement {
        Judgement { outcome, reason: reason.into(), confidence, source }
    }

    /// One answer for several cases of which one will be true, each with its name:
    /// their common outcome, as sure as the least sure of them, or, when it depends
    /// on the case, that nobody can know. `None` without cases.
    pub fn of_cases(cases: Vec<(String, Judgement)>) -> Option<Judgement> {
        let least_sure = cases.iter().map(|(_, one)| one).min_by_key(|one| one.confidence)?.clone();
        let differs = cases.iter().any(|(_, one)| one.outcome != least_sure.outcome);
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for (name, one) in &cases {
            match reasons.iter_mut().find(|(reason, _)| *reason == one.reason) {
                Some((_, names)) => names.push(name),
                None => reasons.push((&one.reason, vec![name])),
            }
        }
        let reason = match reasons.as_slice() {
            [(reason, _)] => (*reason).to_owned(),
            several => {
                let each = several.iter().map(|(reason, names)| format!("{}: {reason}", names.join(", ")));
                each.collect::<Vec<_>>().join("; ")
            }
        };
        let outcome = if differs { Outcome::CannotKnow } else { least_sure.outcome };
        Some(Judgement { outcome, reason, ..least_sure })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_that_agree_and_that_do_not() {
        let case = |name: &str, outcome, reason: &str, sure| {
            (name.to_owned(), Judgement::new(outcome, reason, sure, "somebody"))
        };
        let pass = case("wizard", Outcome::Pass, "it is there", Confidence::Documented);
        let low = case("certutil", Outcome::Pass, "it is there", Confidence::Low);
        let fail = case("script", Outcome::Fail, "it is not", Confidence::Observed);
        assert_eq!(Judgement::of_cases(vec![]), None);
        let both = Judgement::of_cases(vec![pass.clone(), low.clone()]).unwrap();
        assert_eq!(
            (both.outcome, both.reason.as_str(), both.confidence),
            (Outcome::Pass, "it is there", Confidence::Low)
        );
        let mixed = Judgement::of_cases(vec![pass, fail, low]).unwrap();
        assert_eq!(mixed.outcome, Outcome::CannotKnow);
        assert_eq!(mixed.reason, "wizard, certutil: it is there; script: it is not");
    }
}
