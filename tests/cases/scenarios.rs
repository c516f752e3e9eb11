//! The scenario folders of `testdata/scenarios`: what an administrator comes with, what
//! certlens says about it, the way out that it prints, run as it stands, and the same
//! check passing afterwards.
//!
//! `steps.txt` has the steps in blocks, `testdata/README.md` says what may stand in it.
//! What a command prints stands beside it, numbered by step. `CERTLENS_UPDATE=1` rewrites
//! what is expected.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::web::{Answer, Web};

/// What a step does.
#[derive(Clone)]
enum Action {
    /// Runs a command line in a shell.
    Run(String),
    /// The same; codes are taken from its JSON.
    Check(String),
    /// Runs the first line of what was printed last that begins so, with words behind it.
    Printed { begins: String, more: String },
    /// The last check once more, with one word in the place of another.
    Again(Option<(String, String)>),
    /// Serves the files of a folder on this port from here on.
    Serve { folder: String, port: u16 },
}

struct Step {
    action: Action,
    /// Lines for people and those that say what is done, kept as they are.
    head: Vec<String>,
    exit: i32,
    codes: BTreeSet<String>,
}

/// A copy of a folder, where commands write.
struct Place {
    folder: TempDir,
    bin: TempDir,
    /// What was printed last, and the last check.
    printed: String,
    checked: String,
}

fn blocks(text: &str) -> Vec<Step> {
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    blocks.map(step).collect()
}

fn step(block: &str) -> Step {
    let (mut action, mut more) = (None, String::new());
    let mut step = Step { action: Action::Again(None), head: Vec::new(), exit: 0, codes: BTreeSet::new() };
    for line in block.lines() {
        let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}: no key"));
        let value = value.trim().to_owned();
        match key {
            "exit" => step.exit = value.parse().unwrap(),
            "code" => assert!(step.codes.insert(value), "{line}: twice"),
            _ => step.head.push(line.to_owned()),
        }
        let value = line[key.len() + 1..].trim().to_owned();
        match key {
            "run" => action = Some(Action::Run(value)),
            "check" => action = Some(Action::Check(value)),
            "printed" => action = Some(Action::Printed { begins: value, more: String::new() }),
            "with" => more = value,
            "again" => {
                let words = value.split_once(" is ").map(|(old, new)| (old.to_owned(), new.to_owned()));
                action = Some(Action::Again(words));
            }
            "serve" => {
                let (folder, port) = value.split_once(" on ").unwrap();
                action = Some(Action::Serve { folder: folder.to_owned(), port: port.parse().unwrap() });
            }
            "exit" | "code" | "note" => {}
            _ => panic!("{line}: not known"),
        }
    }
    step.action = match action.unwrap_or_else(|| panic!("nothing is done: {block}")) {
        Action::Printed { begins, .. } => Action::Printed { begins, more },
        other => other,
    };
    step
}

impl Place {
    fn new(scenario: &Path) -> Place {
        let (folder, bin) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for entry in fs::read_dir(scenario).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
            }
        }
        for name in ["certlens", "certutil"] {
            symlink(env!("CARGO_BIN_EXE_certlens"), bin.path().join(name)).unwrap();
        }
        Place { folder, bin, printed: String::new(), checked: String::new() }
    }

    /// A command line in a shell, where `certlens` and `certutil` are ours, and what stands
    /// in the folder comes next.
    fn shell(&self, line: &str) -> Output {
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{}:{path}", self.bin.path().display(), self.folder.path().display());
        let mut command = Command::new("sh");
        for variable in ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
            command.env_remove(variable).env_remove(variable.to_ascii_uppercase());
        }
        command.args(["-c", line]).env("PATH", path).current_dir(self.folder.path()).stdin(Stdio::null());
        command.output().unwrap()
    }

    /// The command line of a step.
    fn line(&mut self, action: &Action) -> String {
        match action {
            Action::Run(line) => line.clone(),
            Action::Check(line) => {
                self.checked.clone_from(line);
                line.clone()
            }
            Action::Printed { begins, more } => {
                let lines = self.printed.lines().map(str::trim);
                let found = lines.into_iter().find(|line| line.starts_with(begins.as_str()));
                let found = found.unwrap_or_else(|| panic!("no line begins {begins:?}:\n{}", self.printed));
                format!("{found} {more}").trim_end().to_owned()
            }
            Action::Again(None) => self.checked.clone(),
            Action::Again(Some((old, new))) => {
                assert!(self.checked.contains(old.as_str()), "{old}: is not in {}", self.checked);
                self.checked.replace(old, new)
            }
            Action::Serve { .. } => String::new(),
        }
    }
}

/// What is not as it should be: demands that are not met or not known, and URLs that do
/// not work.
fn codes(report: &Value) -> BTreeSet<String> {
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

/// What is printed, as it is compared: times that were measured, and widths of columns
/// that follow from them, are left out, and so is the version.
fn comparable(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_rule = |word: &str| word.chars().all(|character| character == '─');
    let mut compared = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let is_measured = words.get(at + 1) == Some(&"ms") && word.parse::<u32>().is_ok();
        if *word == env!("CARGO_PKG_VERSION") {
            compared.push("VERSION".to_owned());
        } else if !is_rule(word) && !is_measured {
            compared.push((*word).to_owned());
        }
    }
    compared
}

/// Waits until no other run of these tests has a port, and keeps them away from it until
/// this process ends, as the server does.
fn reserve(port: u16) {
    let lock = File::create(std::env::temp_dir().join(format!("certlens-test-port-{port}"))).unwrap();
    lock.lock().unwrap();
    drop(TcpListener::bind(("127.0.0.1", port)).unwrap_or_else(|error| {
        panic!("port {port}, which certificates of the scenarios name, is taken by another program: {error}")
    }));
    std::mem::forget(lock);
}

fn play(scenario: &Path, update: bool) -> Vec<String> {
    let shown = scenario.file_name().unwrap().to_string_lossy().into_owned();
    let file = scenario.join("steps.txt");
    let mut steps = blocks(&fs::read_to_string(&file).unwrap());
    assert!(scenario.join("recipe.md").is_file(), "{shown}: has no recipe.md");
    let port = steps.iter().find_map(|step| match step.action {
        Action::Serve { port, .. } => Some(port),
        _ => None,
    });
    if let Some(port) = port {
        reserve(port);
    }
    let mut place = Place::new(scenario);
    let mut failures = Vec::new();
    for (at, step) in steps.iter_mut().enumerate() {
        if let Action::Serve { folder, port } = &step.action {
            let web = Web::on(*port);
            for entry in fs::read_dir(scenario.join(folder)).unwrap().map(Result::unwrap) {
                let name = entry.file_name().to_string_lossy().into_owned();
                web.set(&format!("/{name}"), Answer::Octets(fs::read(entry.path()).unwrap()));
            }
            continue;
        }
        let line = place.line(&step.action);
        let output = place.shell(&line);
        let (exit, said) = (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let found = match &step.action {
            Action::Check(_) | Action::Again(_) => {
                let json = place.shell(&format!("{line} --format json"));
                let report = serde_json::from_slice(&json.stdout);
                codes(&report.unwrap_or_else(|error| panic!("{shown}: {line}: {error}\n{errors}")))
            }
            _ => BTreeSet::new(),
        };
        let golden = scenario.join(format!("{}.out", at + 1));
        let text = format!("$ {line}\n{said}");
        let is_same = comparable(&fs::read_to_string(&golden).unwrap_or_default()) == comparable(&text);
        if update {
            (step.exit, step.codes) = (exit, found);
            if !is_same {
                fs::write(golden, &text).unwrap();
            }
        } else {
            if (exit, &found) != (step.exit, &step.codes) {
                let expected = (step.exit, &step.codes);
                failures
                    .push(format!("{shown}: {line}\n  {:?}\n  expected {expected:?}\n{said}{errors}", (exit, found)));
            }
            if !is_same {
                failures.push(format!("{shown}: what step {} prints differs:\n{text}{errors}", at + 1));
            }
        }
        place.printed = said;
    }
    if update {
        let written = |step: &Step| {
            let mut lines = step.head.clone();
            if !matches!(step.action, Action::Serve { .. }) {
                lines.push(format!("exit: {}", step.exit));
            }
            lines.extend(step.codes.iter().map(|code| format!("code: {code}")));
            lines.join("\n")
        };
        fs::write(file, steps.iter().map(written).collect::<Vec<_>>().join("\n\n") + "\n").unwrap();
    }
    // Whatever is written by an update: what was wrong must be right in the end.
    let first = steps.iter().find(|step| matches!(step.action, Action::Check(_))).map(|step| step.exit);
    let last = steps.iter().rev().find(|step| matches!(step.action, Action::Again(_))).map(|step| step.exit);
    if (first, last) != (Some(1), Some(0)) {
        failures.push(format!("{shown}: the first check ends with {first:?}, the last one again with {last:?}"));
    }
    failures
}

#[test]
fn every_scenario_leads_from_trouble_to_a_passing_check() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/scenarios");
    let mut scenarios: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    scenarios.sort();
    assert!(scenarios.len() >= 5, "only {} scenarios found", scenarios.len());
    let update = std::env::var_os("CERTLENS_UPDATE").is_some();
    let failures: Vec<String> = scenarios.iter().flat_map(|scenario| play(scenario, update)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
