//! The steps of a scenario, as `steps.txt` has them: blocks of `key: value`.

use std::collections::BTreeSet;

/// What a step does.
#[derive(Clone)]
pub(crate) enum Action {
    /// Runs a command line in a shell.
    Run(String),
    /// The same; codes are taken from its JSON.
    Check(String),
    /// Runs the first line that begins so of what was printed last and has one, with words behind it.
    Printed { begins: String, more: String },
    /// The last check once more, with one word in the place of another.
    Again(Option<(String, String)>),
    /// Serves the files of a folder on this port from here on.
    Serve { folder: String, port: u16 },
    /// Starts a server, which then listens at this port.
    Start { line: String, port: u16 },
    /// Ends the server at this port.
    Stop(u16),
    /// Has a file or a folder of the scenario stand in the place of one of the system's.
    Mount { own: String, path: String },
    /// Programs without which nothing of this can be done.
    Needs(Vec<String>),
}

impl Action {
    /// Whether something is printed.
    pub(crate) fn prints(&self) -> bool {
        matches!(self, Action::Run(_) | Action::Check(_) | Action::Printed { .. } | Action::Again(_))
    }
}

pub(crate) struct Step {
    pub(crate) action: Action,
    /// Lines for people and those that say what is done, kept as they are.
    pub(crate) head: Vec<String>,
    /// Whether dates and digests differ from run to run.
    pub(crate) varies: bool,
    pub(crate) exit: i32,
    pub(crate) codes: BTreeSet<String>,
}

impl Step {
    /// As it stands in the file.
    pub(crate) fn written(&self) -> String {
        let mut lines = self.head.clone();
        if self.action.prints() {
            lines.push(format!("exit: {}", self.exit));
        }
        lines.extend(self.codes.iter().map(|code| format!("code: {code}")));
        lines.join("\n")
    }
}

pub(crate) fn blocks(text: &str) -> Vec<Step> {
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    blocks.map(step).collect()
}

fn step(block: &str) -> Step {
    let (mut action, mut more, mut at) = (None, String::new(), None);
    let (mut head, mut codes, mut exit, mut varies) = (Vec::new(), BTreeSet::new(), 0, false);
    let port = |text: &str| text.parse::<u16>().unwrap_or_else(|error| panic!("{text}: {error}"));
    for line in block.lines() {
        let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}: no key"));
        let value = value.trim().to_owned();
        match key {
            "exit" | "code" => {}
            _ => head.push(line.to_owned()),
        }
        match key {
            "exit" => exit = value.parse().unwrap(),
            "code" => assert!(codes.insert(value), "{line}: twice"),
            "run" => action = Some(Action::Run(value)),
            "check" => action = Some(Action::Check(value)),
            "printed" => action = Some(Action::Printed { begins: value, more: String::new() }),
            "with" => more = value,
            "again" => {
                let words = value.split_once(" is ").map(|(old, new)| (old.to_owned(), new.to_owned()));
                action = Some(Action::Again(words));
            }
            "serve" => {
                let (folder, number) = value.split_once(" on ").unwrap();
                action = Some(Action::Serve { folder: folder.to_owned(), port: port(number) });
            }
            "start" => action = Some(Action::Start { line: value, port: 0 }),
            "at" => at = Some(port(&value)),
            "stop" => action = Some(Action::Stop(port(&value))),
            "mount" => {
                let (own, path) = value.split_once(" on ").unwrap();
                action = Some(Action::Mount { own: own.to_owned(), path: path.to_owned() });
            }
            "needs" => action = Some(Action::Needs(value.split(' ').map(str::to_owned).collect())),
            "varies" => {
                assert_eq!(value, "dates and digests", "{line}: not known");
                varies = true;
            }
            "note" => {}
            _ => panic!("{line}: not known"),
        }
    }
    let action = match action.unwrap_or_else(|| panic!("nothing is done: {block}")) {
        Action::Printed { begins, .. } => Action::Printed { begins, more },
        Action::Start { line, .. } => Action::Start { line, port: at.unwrap_or_else(|| panic!("no port: {block}")) },
        other => other,
    };
    Step { action, head, varies, exit, codes }
}
