//! The codes in JSON reports: what the scenarios expect of a check.

use std::collections::BTreeSet;

use serde_json::Value;

/// What is not as it should be: demands that are not met or not known, and URLs that do
/// not work.
pub(crate) fn codes(report: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let judged = ["nodes", "results"].iter().filter_map(|name| report[*name].as_array()).flatten();
    for demand in judged.filter_map(|one| one["demands"].as_array()).flatten() {
        let outcome = demand["outcome"].as_str().unwrap();
        if matches!(outcome, "fail" | "cannot_know") {
            all.insert(format!("{outcome} {}", demand["code"].as_str().unwrap()));
        }
    }
    let chains = report["chains"].as_array().into_iter().flatten();
    for row in chains.filter_map(|chain| chain["urls"].as_array()).flatten() {
        let (kind, status) = (row["kind"].as_str().unwrap(), row["status"].as_str().unwrap());
        if status != "verified" {
            let cause = row["retrieved"]["failure"]["cause"].as_str().unwrap_or_default();
            all.insert(format!("{status} {kind} @{} {cause}", row["depth"]).trim_end().to_owned());
        }
    }
    all
}
