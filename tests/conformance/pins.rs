//! The pins: by what each refused case is refused.
//!
//! One line a case, `id  code@depth [code@depth …]`: every finding that refuses,
//! of the path that came nearest and of the run, depth 0 being the target. Where
//! the validator alone says otherwise of the path that the suite gives, that is
//! a second line, `id (path given)  …`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::doors::Observed;
use crate::suites;

/// Compares the pins of a suite with what was observed, or rewrites them.
pub(crate) fn compare_or_update(suite: &str, observed: &[Observed]) -> Vec<String> {
    let file = suites::repository().join(format!("tests/conformance/{suite}.pins"));
    let found: Vec<(String, String)> = observed.iter().filter(|case| !case.ours).flat_map(pins).collect();
    if std::env::var_os("CERTLENS_UPDATE").is_some() {
        let lines: Vec<_> = found.iter().map(|(case, reasons)| format!("{case}  {reasons}\n")).collect();
        fs::write(&file, HEADER.to_owned() + &lines.concat()).unwrap();
    }
    let text = fs::read_to_string(&file).unwrap_or_default();
    let mut pinned: BTreeMap<&str, &str> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (case, reasons) = line.split_once("  ").unwrap();
        assert!(pinned.insert(case, reasons).is_none(), "{suite}.pins: twice {case}");
    }
    let mut complaints = Vec::new();
    for (case, now) in &found {
        match pinned.remove(case.as_str()) {
            Some(then) if then == now => {}
            Some(then) => complaints.push(format!("{case}: refused by {now}, pinned {then}")),
            None => complaints.push(format!("{case}: refused by {now}, not pinned")),
        }
    }
    complaints.extend(pinned.iter().map(|(case, then)| format!("{case}: pinned {then}, but not refused")));
    complaints
}

/// The pins of a refused case.
fn pins(case: &Observed) -> Vec<(String, String)> {
    let join = |reasons: &BTreeSet<String>| reasons.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    let mut pins = vec![(case.id.clone(), join(&case.refused_by))];
    if case.refused_alone != case.refused_by {
        pins.push((format!("{} (path given)", case.id), join(&case.refused_alone)));
    }
    pins
}

const HEADER: &str = "\
# By what each refused case is refused: every finding that refuses, and the depth of its certificate (0 is the target).
# Written by `CERTLENS_UPDATE=1 cargo test -p certlens --test conformance`.
";
