//! The codes in JSON reports: what the scenarios expect of a check.

use std::collections::BTreeSet;

use serde_json::Value;

/// What is not as it should be: demands that are not met or not known, URLs that do not
/// work, where endpoints fail, errors and warnings about certificates, and what was found
/// of their replacement.
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
    for endpoint in endpoints(report) {
        let failure = &endpoint["failure"];
        if let Some(cause) = failure["cause"].as_str() {
            all.insert(format!("{} {cause}", failure["stage"].as_str().unwrap()));
        }
        all.extend(serious(&endpoint["findings"]));
    }
    for verdict in verdicts(report) {
        all.extend(serious(&verdict["findings"]));
        all.extend(serious(&verdict["path"]["findings"]));
    }
    if report["schema"] == "certlens/intercept/1" {
        let by = report["product"]["name"].as_str().map(|name| format!(" by {name}")).unwrap_or_default();
        all.insert(format!("{}{by}", report["verdict"].as_str().unwrap()));
    }
    all
}

/// The endpoints of a report, whatever it is of.
fn endpoints(report: &Value) -> Vec<&Value> {
    let results = report["results"].as_array().into_iter().flatten();
    let reached = results.map(|result| &result["endpoint"]["reached"]);
    let ways = report["ways"].as_array().into_iter().flatten().map(|way| &way["endpoint"]);
    reached.chain(ways).chain([&report["endpoint"]]).filter(|endpoint| endpoint.is_object()).collect()
}

/// The verdicts on certificates of endpoints.
fn verdicts(report: &Value) -> Vec<&Value> {
    let results = report["results"].as_array().into_iter().flatten();
    results.chain([&report["verdict"]]).filter(|verdict| verdict["path"].is_object()).collect()
}

/// Errors and warnings among findings, with the depth of the certificate that they are about.
fn serious(findings: &Value) -> Vec<String> {
    let findings = findings.as_array().into_iter().flatten();
    findings
        .filter_map(|finding| {
            let severity = finding["severity"].as_str().filter(|severity| *severity != "info")?;
            let depth = finding["locus"]["certificate"]["depth"].as_u64();
            let place = depth.map(|depth| format!(" @{depth}")).unwrap_or_default();
            Some(format!("{severity} {}{place}", finding["code"].as_str().unwrap()))
        })
        .collect()
}
