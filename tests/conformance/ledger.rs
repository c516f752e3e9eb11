//! The ledgers: where certlens and a suite disagree, and why.
//!
//! One line a case, `id | expected | ours | reason`. A reason that begins with
//! `decided:` marks a contentious case; each of these has a line, whichever
//! side certlens takes. One line may stand for many contentious cases:
//! `PREFIX* (contentious, N cases)` means those that have no line of their own,
//! whose ids begin with PREFIX, and whose results are those of the line; there
//! must be exactly N.

use std::collections::BTreeSet;
use std::fs;

use crate::doors::{Observed, word};
use crate::suites;

/// What the reason of a contentious case begins with.
const DECIDED: &str = "decided: ";

/// The lines of a suite's ledger.
pub(crate) struct Ledger {
    lines: Vec<Line>,
}

struct Line {
    cases: Cases,
    expected: bool,
    ours: bool,
    reason: String,
    /// The line as it stands there.
    text: String,
}

enum Cases {
    One(String),
    Group { prefix: String, count: usize },
}

impl Ledger {
    /// Reads the ledger of a suite.
    pub(crate) fn read(suite: &str) -> Ledger {
        let file = suites::repository().join(format!("tests/conformance/{suite}.ledger"));
        Ledger::parse(&fs::read_to_string(file).unwrap())
    }

    fn parse(text: &str) -> Ledger {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(Line::parse).collect();
        Ledger { lines }
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// What the ledger lacks, and what of it does not hold.
    pub(crate) fn compare(&self, observed: &[Observed], contentious: &BTreeSet<String>) -> Vec<String> {
        let mut complaints = Vec::new();
        let own: BTreeSet<&str> = self.lines.iter().filter_map(Line::own_case).collect();
        let mut found = vec![0; self.lines.len()];
        for case in observed {
            let contended = contentious.contains(&case.id);
            let is_about = |line: &Line| match &line.cases {
                Cases::One(id) => *id == case.id,
                Cases::Group { prefix, .. } => {
                    contended && case.id.starts_with(prefix) && !own.contains(case.id.as_str()) && line.says(case)
                }
            };
            let about: Vec<usize> = (0..self.lines.len()).filter(|index| is_about(&self.lines[*index])).collect();
            for index in &about {
                found[*index] += 1;
                complaints.extend(self.lines[*index].complaint(case, contended));
            }
            if about.len() > 1 {
                complaints.push(format!("{} lines are about {}", about.len(), case.id));
            } else if about.is_empty() && (contended || !case.agrees()) {
                let (expected, ours) = (word(case.expected), word(case.ours));
                let by = case.refused_by.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
                let kind = if contended { DECIDED } else { "" };
                complaints.push(format!("not in the ledger: {} | {expected} | {ours} | {kind}{by}", case.id));
            }
        }
        for (line, found) in self.lines.iter().zip(found) {
            let count = match line.cases {
                Cases::One(_) => 1,
                Cases::Group { count, .. } => count,
            };
            if found == 0 || found != count {
                complaints.push(format!("stale line, it is about {found} cases: {}", line.text));
            }
        }
        complaints
    }
}

impl Line {
    fn parse(text: &str) -> Line {
        let parts: Vec<_> = text.splitn(4, " | ").collect();
        let [cases, expected, ours, reason] = parts[..] else { panic!("not four parts: {text}") };
        let result = |part: &str| match part {
            "SUCCESS" => true,
            "FAILURE" => false,
            _ => panic!("neither SUCCESS nor FAILURE: {text}"),
        };
        assert!(!reason.trim_start_matches(DECIDED).trim().is_empty(), "no reason: {text}");
        let cases = match cases.split_once("* (contentious, ") {
            Some((prefix, count)) => {
                assert!(reason.starts_with(DECIDED), "a group, but not decided: {text}");
                let count = count.strip_suffix(" cases)").unwrap().parse().unwrap();
                Cases::Group { prefix: prefix.to_owned(), count }
            }
            None => Cases::One(cases.to_owned()),
        };
        Line { cases, expected: result(expected), ours: result(ours), reason: reason.to_owned(), text: text.to_owned() }
    }

    /// The id, when the line is about one case.
    fn own_case(&self) -> Option<&str> {
        match &self.cases {
            Cases::One(id) => Some(id),
            Cases::Group { .. } => None,
        }
    }

    /// Whether the case ended as the line says.
    fn says(&self, case: &Observed) -> bool {
        self.expected == case.expected && self.ours == case.ours
    }

    /// What is wrong with a line that is about this case.
    fn complaint(&self, case: &Observed, contended: bool) -> Option<String> {
        let text = &self.text;
        if !self.says(case) {
            return Some(format!("it is {} | {} now: {text}", word(case.expected), word(case.ours)));
        }
        match (contended, self.reason.starts_with(DECIDED)) {
            (true, false) => Some(format!("contentious, but not decided: {text}")),
            (false, true) => Some(format!("decided, but not contentious: {text}")),
            (false, false) if case.agrees() => Some(format!("stale line, the suite agrees: {text}")),
            _ => None,
        }
    }
}

#[test]
fn what_does_not_hold_is_said() {
    let case = |id: &str, expected, ours| Observed {
        id: id.to_owned(),
        expected,
        ours,
        refused_by: BTreeSet::new(),
        refused_alone: BTreeSet::new(),
        complaints: Vec::new(),
    };
    let observed = [
        case("agreed", true, true),
        case("other", true, false),
        case("open::one", false, false),
        case("open::two", false, false),
        case("open::three", false, true),
    ];
    let contentious: BTreeSet<_> = ["open::one", "open::two", "open::three"].map(str::to_owned).into();
    let other = "other | SUCCESS | FAILURE | because";
    let group = "open::* (contentious, 2 cases) | FAILURE | FAILURE | decided: so";
    let three = "open::three | FAILURE | SUCCESS | decided: so";
    let complaints = |lines: &[&str]| Ledger::parse(&lines.join("\n")).compare(&observed, &contentious).len();
    assert_eq!(complaints(&["# a comment", "", other, group, three]), 0);
    for (lines, why) in [
        (&[group, three][..], "a disagreement without a line"),
        (&[other, group], "a contentious case without a line"),
        (&[other, group, three, "agreed | SUCCESS | FAILURE | because"], "a line with another result"),
        (&[other, group, three, "agreed | SUCCESS | SUCCESS | because"], "a line for an agreement"),
        (&[other, group, three, "agreed | SUCCESS | SUCCESS | decided: so"], "decided, but not contentious"),
        (&[other, group, "open::three | FAILURE | SUCCESS | because"], "contentious, but not decided"),
        (&[other, group, three, "gone | SUCCESS | FAILURE | because"], "a line for no case"),
        (&[other, group, three, three], "a line twice"),
        (&[other, three, "open::* (contentious, 3 cases) | FAILURE | FAILURE | decided: so"], "a wrong number"),
        (&[other, group, group, three], "a group twice"),
    ] {
        assert_ne!(complaints(lines), 0, "{why}");
    }
}
