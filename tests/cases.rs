//! The case folders of `testdata/cases`: each `case*.txt` is one run of
//! `certlens verify` with its exit code and the whole set of errors and
//! warnings; the text report of `case.txt` stands beside it as `case.out`.
//!
//! `CERTLENS_UPDATE=1 cargo test --test cases` rewrites the expectations; look
//! at the difference before you commit it. So it does for `testdata/scenarios`, which
//! [`scenarios`] plays.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a harness that finds its data broken has to stop")]

#[cfg(unix)]
#[path = "cases/scenarios.rs"]
mod scenarios;
#[cfg(unix)]
#[path = "retrieval/web.rs"]
#[expect(dead_code, reason = "the tests of retrieval have it answer otherwise, too")]
mod web;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

struct Case {
    file: PathBuf,
    args: Vec<String>,
    exit: i32,
    findings: BTreeSet<String>,
    /// Lines that are for people and for other tools.
    others: Vec<String>,
}

impl Case {
    fn read(file: &Path) -> Case {
        let text = fs::read_to_string(file).unwrap();
        let mut case =
            Case { file: file.to_owned(), args: Vec::new(), exit: -1, findings: BTreeSet::new(), others: Vec::new() };
        for line in text.lines() {
            match line.split_once(": ") {
                Some(("args", args)) => case.args = args.split(' ').map(str::to_owned).collect(),
                Some(("exit", exit)) => case.exit = exit.parse().unwrap(),
                Some(("finding", finding)) => {
                    assert!(case.findings.insert(finding.to_owned()), "{}: twice {finding}", file.display());
                }
                _ => case.others.push(line.to_owned()),
            }
        }
        assert!(!case.args.is_empty() && case.exit >= 0, "{}: no args or no exit", file.display());
        case
    }

    fn run(&self, further: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_certlens"))
            .args(&self.args)
            .args(further)
            .current_dir(self.file.parent().unwrap())
            .output()
            .unwrap()
    }

    fn write(&self, exit: i32, findings: &BTreeSet<String>) {
        let mut lines = vec![format!("args: {}", self.args.join(" ")), format!("exit: {exit}")];
        lines.extend(findings.iter().map(|finding| format!("finding: {finding}")));
        lines.extend(self.others.iter().cloned());
        fs::write(&self.file, lines.join("\n") + "\n").unwrap();
    }
}

/// All errors and warnings of the report, as `severity code @depth`.
fn findings(report: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut take = |list: &Value| {
        for finding in list.as_array().into_iter().flatten() {
            let severity = finding["severity"].as_str().unwrap();
            if severity != "info" {
                let depth = finding["locus"]["depth"].as_u64().map_or("-".to_owned(), |depth| depth.to_string());
                all.insert(format!("{severity} {} @{depth}", finding["code"].as_str().unwrap()));
            }
        }
    };
    take(&report["findings"]);
    for result in report["results"].as_array().unwrap() {
        take(&result["findings"]);
        take(&result["path"]["findings"]);
    }
    all
}

fn case_files() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cases");
    let is_case = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("case") && name.ends_with(".txt")
    };
    let mut files: Vec<PathBuf> = fs::read_dir(cases)
        .unwrap()
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(is_case)
        .collect();
    files.sort();
    files
}

#[test]
fn every_case_has_its_verdict_and_findings() {
    let update = std::env::var_os("CERTLENS_UPDATE").is_some();
    let files = case_files();
    assert!(files.len() >= 60, "only {} cases found", files.len());
    let mut failures = Vec::new();
    for file in &files {
        let shown = file.display();
        let case = Case::read(file);
        let json = case.run(&["--format", "json"]);
        let exit = json.status.code().unwrap();
        let Ok(report) = serde_json::from_slice::<Value>(&json.stdout) else {
            failures.push(format!("{shown}: no JSON\n{}", String::from_utf8_lossy(&json.stderr)));
            continue;
        };
        let found = findings(&report);
        let text = case.run(&[]);
        assert_eq!(text.status.code(), Some(exit), "{shown}: text and JSON end differently");
        let text = String::from_utf8(text.stdout).unwrap();
        let golden = file.ends_with("case.txt").then(|| file.with_extension("out"));
        if update {
            case.write(exit, &found);
            if let Some(golden) = golden {
                fs::write(golden, &text).unwrap();
            }
            continue;
        }
        if exit != case.exit || found != case.findings {
            failures.push(format!("{shown}: exit {exit} {found:?}\n  expected {} {:?}", case.exit, case.findings));
        }
        let verdict = match exit {
            0 => "TRUSTED (",
            1 => "UNTRUSTED (",
            _ => "INDETERMINATE (",
        };
        assert!(text.starts_with(verdict), "{shown}: the first line is not the verdict");
        if golden.is_some_and(|golden| fs::read_to_string(golden).unwrap_or_default() != text) {
            failures.push(format!("{shown}: the text differs from case.out:\n{text}"));
        }
    }
    assert!(failures.is_empty(), "{} failures in {} cases:\n{}", failures.len(), files.len(), failures.join("\n"));
}
