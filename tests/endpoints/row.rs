//! A situation, and what has to come of it.

use std::any::Any;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use certlens_testkit::program::Isolated;
use serde_json::Value;

use crate::lab::Lab;

/// Situations that are gone through at the same time, of one table.
const AT_ONCE: usize = 3;

/// How long certlens may take in any of them.
const LIMIT: Duration = Duration::from_secs(25);

/// A situation.
pub(crate) struct Row {
    /// What it is, in words.
    pub(crate) name: &'static str,
    /// Starts what is needed; `None` when it is not installed.
    pub(crate) start: fn(&Lab) -> Option<Served>,
    /// The command and its arguments, and before them, as in a shell, variables of its
    /// environment; without any the system's trust store is the lab's root, and no proxy
    /// is set. `{at}`, `{port}` and `{proxy}` are those of what was
    /// started, `{now}` is the machine's time,
    /// `{pin}` that of the servers' key. Trust anchors, the time of the verification and a timeout are added.
    pub(crate) arguments: &'static str,
    /// The exit code.
    pub(crate) exit: i32,
    /// Stage and cause of the failure, as `connect/connection-refused`, with a bar between
    /// two of which either may come; empty for none.
    pub(crate) failure: &'static str,
    /// Codes of all findings about what was sent, and of all errors of the verdict; for
    /// `intercept` its verdict.
    pub(crate) findings: &'static [&'static str],
    /// What the text has to say, its next step included.
    pub(crate) text: &'static [&'static str],
}

/// What a situation has running.
#[derive(Default)]
pub(crate) struct Served {
    at: Option<SocketAddr>,
    proxy: Option<SocketAddr>,
    isolated: Option<Isolated>,
    kept: Vec<Box<dyn Any + Send>>,
}

impl Served {
    /// A server that somebody else keeps.
    pub(crate) fn at(address: SocketAddr) -> Served {
        Served { at: Some(address), ..Served::default() }
    }

    /// Where the server is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.at.unwrap()
    }

    /// A server that is kept.
    pub(crate) fn server(server: certlens_testkit::server::Server) -> Option<Served> {
        Some(Served::at(server.address()).keep(server))
    }

    /// With a proxy.
    pub(crate) fn through(self, proxy: SocketAddr) -> Served {
        Served { proxy: Some(proxy), ..self }
    }

    /// certlens is run in this network.
    pub(crate) fn isolated(isolated: Isolated) -> Served {
        Served { isolated: Some(isolated), ..Served::default() }
    }

    /// With something that ends when this does.
    pub(crate) fn keep(mut self, what: impl Any + Send) -> Served {
        self.kept.push(Box::new(what));
        self
    }
}

/// Goes through all situations of a table, and says of each that went otherwise.
pub(crate) fn go_through(rows: &[Row]) {
    let lab = Lab::new();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Err(why) = row.happens(&lab) {
                        wrong.lock().unwrap().push(format!("## {}\n{why}", row.name));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} situations:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

impl Row {
    fn happens(&self, lab: &Lab) -> Result<(), String> {
        let Some(served) = (self.start)(lab) else {
            eprintln!("SKIPPED: {}", self.name);
            return Ok(());
        };
        let arguments = self.filled_in(&served);
        let (exit, text, error) = certlens(lab.folder(), &served, &arguments, "text")?;
        let (exit_of_json, json, _) = certlens(lab.folder(), &served, &arguments, "json")?;
        let shown = format!("certlens {arguments}\n{text}{error}");
        let json: Value = serde_json::from_str(&json).map_err(|error| format!("no JSON: {error}\n{shown}"))?;
        let mut wrong = Vec::new();
        if (exit, exit_of_json) != (self.exit, self.exit) {
            wrong.push(format!("exit code {exit} in text and {exit_of_json} in JSON for {}", self.exit));
        }
        let failure = failure(&json);
        if !self.failure.split('|').any(|expected| failure == expected) {
            wrong.push(format!("failure “{failure}” for “{}”", self.failure));
        }
        let expected: BTreeSet<&str> = self.findings.iter().copied().collect();
        let found = findings(&json);
        if found.iter().map(String::as_str).collect::<BTreeSet<_>>() != expected {
            wrong.push(format!("findings {found:?} for {expected:?}"));
        }
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in self.text {
            if !flat.contains(&served.filled_in(words)) {
                wrong.push(format!("the text lacks “{}”", served.filled_in(words)));
            }
        }
        // Whoever is told that something is wrong is told what to do, by what both say alike.
        if self.exit != 0 && !flat.contains("What to do") {
            wrong.push("the text does not say what to do".to_owned());
        }
        let hint = endpoint(&json)["failure"]["hint"].as_str().unwrap_or_default();
        if !self.failure.contains('|') && !flat.contains(hint) {
            wrong.push(format!("the text lacks the hint “{hint}”"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n{shown}", wrong.join("\n"))) }
    }

    fn filled_in(&self, served: &Served) -> String {
        let mut arguments = served.filled_in(self.arguments);
        if !arguments.contains("--anchors") {
            arguments.push_str(" --anchors root.pem");
        }
        if !arguments.contains("--at ") {
            arguments.push_str(" --at 2026-07-01T00:00:00Z");
        }
        if !arguments.contains("--timeout") {
            arguments.push_str(" --timeout 5");
        }
        arguments
    }
}

impl Served {
    fn filled_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if text.contains("{pin}") {
            text = text.replace("{pin}", &Lab::pin());
        }
        if text.contains("{now}") {
            let now = Command::new("date").args(["-u", "+%FT%TZ"]).output().unwrap().stdout;
            text = text.replace("{now}", String::from_utf8(now).unwrap().trim());
        }
        if let Some(at) = self.at {
            text = text.replace("{at}", &at.to_string()).replace("{port}", &at.port().to_string());
        }
        if let Some(proxy) = self.proxy {
            text = text.replace("{proxy}", &proxy.to_string()).replace("{proxy-port}", &proxy.port().to_string());
        }
        text
    }
}

/// Exit code, output and messages.
fn certlens(folder: &Path, served: &Served, arguments: &str, format: &str) -> Result<(i32, String, String), String> {
    let program = env!("CARGO_BIN_EXE_certlens");
    let mut command = match &served.isolated {
        Some(isolated) => isolated.command(program),
        None => Command::new(program),
    };
    for variable in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(variable).env_remove(variable.to_ascii_uppercase());
    }
    // This machine's own trust store is nobody's business here.
    command.env("SSL_CERT_FILE", "root.pem").env_remove("SSL_CERT_DIR");
    let is_variable = |word: &&str| word.contains('=');
    command.envs(arguments.split(' ').take_while(is_variable).filter_map(|word| word.split_once('=')));
    command.args(arguments.split(' ').skip_while(is_variable)).args(["--format", format]);
    command.current_dir(folder).stdin(Stdio::null());
    let begun = Instant::now();
    let output = command.output().unwrap();
    let text = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
    let (said, messages) = (text(output.stdout), text(output.stderr));
    if begun.elapsed() > LIMIT {
        return Err(format!("certlens {arguments} took {:?}\n{said}{messages}", begun.elapsed()));
    }
    match output.status.code() {
        Some(code @ 0..=3) => Ok((code, said, messages)),
        code => Err(format!("certlens {arguments} ended with {code:?}\n{said}{messages}")),
    }
}

/// The endpoint, in the report of probe or of verify.
fn endpoint(json: &Value) -> &Value {
    let places = [&json["results"][0]["endpoint"]["reached"], &json["not_seen"][0], &json["endpoint"]];
    places.into_iter().find(|place| !place.is_null()).unwrap_or(&Value::Null)
}

fn failure(json: &Value) -> String {
    let failure = &endpoint(json)["failure"];
    match (failure["stage"].as_str(), failure["cause"].as_str()) {
        (Some(stage), Some(cause)) => format!("{stage}/{cause}"),
        _ => String::new(),
    }
}

/// Codes of all findings about what was sent, and of all errors of the verdict.
fn findings(json: &Value) -> BTreeSet<String> {
    let code = |finding: &Value| finding["code"].as_str().unwrap_or_default().to_owned();
    if json["schema"] == "certlens/intercept/1" {
        return std::iter::once(json["verdict"].as_str().unwrap_or_default().to_owned()).collect();
    }
    let mut codes = BTreeSet::new();
    let sent = endpoint(json)["findings"].as_array();
    codes.extend(sent.into_iter().flatten().map(code));
    errors(if json["verdict"].is_null() { &json["results"] } else { &json["verdict"] }, &mut codes);
    codes
}

fn errors(value: &Value, codes: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let (Some(code), Some("error")) = (value["code"].as_str(), value["severity"].as_str()) {
                codes.insert(code.to_owned());
            }
            fields.values().for_each(|value| errors(value, codes));
        }
        Value::Array(values) => values.iter().for_each(|value| errors(value, codes)),
        _ => {}
    }
}
