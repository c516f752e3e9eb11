//! The scenario folders of `testdata/scenarios`: what an administrator comes with, what
//! certlens says about it, the way out that it prints, run as it stands, and the same
//! check passing afterwards.
//!
//! `steps.txt` has the steps in blocks, `testdata/README.md` says what may stand in it.
//! What a command prints stands beside it, numbered by step. `CERTLENS_UPDATE=1` rewrites
//! what is expected.

#[path = "codes.rs"]
mod codes;
#[path = "network.rs"]
mod network;
#[path = "steps.rs"]
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::web::{Answer, Web};
use codes::codes;
use steps::{Action, blocks};

/// A copy of a folder, where commands write.
struct Place {
    folder: TempDir,
    bin: TempDir,
    /// What was printed, the last at the end, and the last check.
    printed: Vec<String>,
    checked: String,
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

impl Place {
    fn new(scenario: &Path) -> Place {
        let (folder, bin) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        copy(scenario, folder.path());
        for name in ["certlens", "certutil"] {
            symlink(env!("CARGO_BIN_EXE_certlens"), bin.path().join(name)).unwrap();
        }
        Place { folder, bin, printed: Vec::new(), checked: String::new() }
    }

    /// A command line in a shell, where `certlens` and `certutil` are ours, and what stands
    /// in the folder comes next.
    fn shell(&self, line: &str) -> Output {
        let path = std::env::var("PATH").unwrap();
        let (bin, folder) = (self.bin.path().display(), self.folder.path().display());
        let path = format!("{bin}:{folder}:{path}:{}", network::folders());
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
                let mut lines = self.printed.iter().rev().flat_map(|said| said.lines()).map(str::trim);
                let found = lines.find(|line| line.starts_with(begins.as_str()));
                let found = found.unwrap_or_else(|| panic!("no line begins {begins:?}:\n{}", self.printed.join("\n")));
                format!("{found} {more}").trim_end().to_owned()
            }
            Action::Again(None) => self.checked.clone(),
            Action::Again(Some((old, new))) => {
                assert!(self.checked.contains(old.as_str()), "{old}: is not in {}", self.checked);
                self.checked.replace(old, new)
            }
            _ => String::new(),
        }
    }
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

/// Without what differs from run to run where certificates are made anew: dates, and
/// digests in hexadecimal, with which letters and digits of the same number of places stand.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut word = String::new();
    for character in text.chars().chain(['\n']) {
        if character.is_ascii_alphanumeric() || "-:".contains(character) {
            word.push(character);
            continue;
        }
        let is_date = word.len() >= 10
            && word.bytes().zip("dddd-dd-ddTdd:dd:ddZ".bytes()).all(|(one, like)| match like {
                b'd' => one.is_ascii_digit(),
                _ => one == like,
            });
        let is_digest = word.len() >= 16 && word.bytes().all(|octet| octet.is_ascii_hexdigit());
        match (is_date, is_digest) {
            (true, _) => masked.push_str("YYYY-MM-DDThh:mm:ssZ".get(..word.len()).unwrap_or(&word)),
            (false, true) => masked.extend(word.chars().map(|_| 'x')),
            (false, false) => masked.push_str(&word),
        }
        word.clear();
        masked.push(character);
    }
    masked.pop();
    // A proxy dates its certificates two days back, in whole seconds.
    masked.replace("1 day 23 hours ago", "2 days 0 hours ago")
}

/// Whether it happens in a network of its own: it has names of its own then.
fn is_apart(scenario: &Path) -> bool {
    scenario.join("hosts").is_file()
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
    if let Some(port) = port.filter(|_| !is_apart(scenario)) {
        reserve(port);
    }
    let mut place = Place::new(scenario);
    let mut running = BTreeMap::new();
    let mut failures = Vec::new();
    for (at, step) in steps.iter_mut().enumerate() {
        match &step.action {
            Action::Serve { folder, port } => {
                let web = Web::on(*port);
                for entry in fs::read_dir(scenario.join(folder)).unwrap().map(Result::unwrap) {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    web.set(&format!("/{name}"), Answer::Octets(fs::read(entry.path()).unwrap()));
                }
            }
            Action::Start { line, port } => {
                assert!(is_apart(scenario), "{shown}: servers need a network of their own: a file hosts");
                running.insert(*port, network::start(line, *port, place.folder.path()));
            }
            Action::Stop(port) => {
                let server = running.remove(port).unwrap_or_else(|| panic!("{shown}: nothing runs at {port}"));
                network::stop(server, *port);
            }
            Action::Mount { own, path } => network::mount(&place.folder.path().join(own), path),
            Action::Needs(programs) => {
                if !network::are_there(programs) {
                    return failures;
                }
            }
            Action::Run(_) | Action::Check(_) | Action::Printed { .. } | Action::Again(_) => {}
        }
        if !step.action.prints() {
            continue;
        }
        let line = place.line(&step.action);
        let output = place.shell(&line);
        let exit = output.status.code().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let said = if step.varies { masked(&printed) } else { printed.clone() };
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
        place.printed.push(printed);
    }
    if update {
        fs::write(file, steps.iter().map(steps::Step::written).collect::<Vec<_>>().join("\n\n") + "\n").unwrap();
    }
    // Whatever is written by an update: what was wrong must be right in the end. What is not
    // reached ends with 3.
    let first = steps.iter().find(|step| matches!(step.action, Action::Check(_))).map(|step| step.exit);
    let last = steps.iter().rev().find(|step| matches!(step.action, Action::Again(_))).map(|step| step.exit);
    if !matches!((first, last), (Some(1 | 3), Some(0))) {
        failures.push(format!("{shown}: the first check ends with {first:?}, the last one again with {last:?}"));
    }
    failures
}

fn is_update() -> bool {
    std::env::var_os("CERTLENS_UPDATE").is_some()
}

#[test]
fn every_scenario_leads_from_trouble_to_a_passing_check() {
    // Started by itself in a network of its own, for one of them.
    if let Some(scenario) = std::env::var_os(network::VARIABLE).map(PathBuf::from) {
        let failures = play(&scenario, is_update());
        assert!(failures.is_empty(), "{}", failures.join("\n\n"));
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/scenarios");
    let mut scenarios: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    scenarios.sort();
    assert!(scenarios.len() >= 10, "only {} scenarios found", scenarios.len());
    let failures: Vec<String> = scenarios
        .iter()
        .flat_map(|scenario| match is_apart(scenario) {
            true => network::apart(scenario, "scenarios::every_scenario_leads_from_trouble_to_a_passing_check"),
            false => play(scenario, is_update()),
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
