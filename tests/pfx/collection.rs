//! Every file of the collection, with its password and without: what the tables say
//! of its provider, exit codes, time, and that no report has the password in it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{VARIABLE, at, certlens, code, json, schema, stderr, stdout};

/// What a hostile file may take, in a build without optimisation, on a busy machine.
const REFUSED_WITHIN: Duration = Duration::from_secs(5);

struct Row {
    file: String,
    password: String,
    provider: String,
    /// Whether the file opens.
    opens: bool,
}

/// The rows of a table; `None`, said aloud, when it is not there.
fn rows(table: &str, folder: &str, provider: &str) -> Option<Vec<Row>> {
    let collection = std::env::var_os("CERTLENS_PFX")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/pfx"), PathBuf::from);
    let path = collection.join(table);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("SKIPPED: {}: {error} (set CERTLENS_PFX)\n", path.display());
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{message}");
            std::io::stderr().write_all(message.as_bytes()).unwrap();
            return None;
        }
    };
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let column = |name: &str| header.iter().position(|title| title == name);
    let get = |cells: &[String], name: &str| column(name).and_then(|at| cells.get(at).cloned()).unwrap_or_default();
    let row = |cells: Vec<String>| Row {
        file: collection.join(folder).join(get(&cells, "file")).display().to_string(),
        password: match get(&cells, "password").as_str() {
            "(null)" | "(empty)" => String::new(),
            password => password.to_owned(),
        },
        provider: get(&cells, provider),
        opens: match table {
            "MADE.tsv" => get(&cells, "opens y/n") == "y" || get(&cells, "error expected").contains("may be accepted"),
            _ => !["must be rejected", "must not overflow"].iter().any(|word| get(&cells, "notes").contains(word)),
        },
    };
    Some(lines.map(row).collect())
}

/// A file whose keys are those of two certificates: which one is meant cannot be known.
#[test]
fn several_keys_leave_open_which_certificate_is_meant() {
    let Some(rows) = rows("MADE.tsv", "made", "provider (expected)") else { return };
    let row = rows.iter().find(|row| row.file.contains("/50_two_keys")).unwrap();
    let mut command = certlens();
    command.env(VARIABLE, &row.password).args(["verify", &row.file, "--trust", "mozilla", "--password-env", VARIABLE]);
    let output = command.output().unwrap();
    assert_eq!(code(&output), 2, "{}", stdout(&output));
    assert!(stderr(&output).contains("2 of them have a private key in the file"), "{}", stderr(&output));
}

fn inspect(row: &Row, with_password: bool, format: &str) -> std::process::Output {
    let mut command = certlens();
    command.env(VARIABLE, &row.password).args(["pfx", "inspect", &row.file, "--format", format]);
    if with_password {
        command.args(["--password-env", VARIABLE]);
    }
    command.output().unwrap()
}

/// The provider of each key, as the tables write it.
fn providers(file: &Value) -> String {
    let keys = at(file, "/keys").as_array().unwrap();
    let names: Vec<&str> = keys
        .iter()
        .map(|key| match at(key, "/provider/state").as_str().unwrap() {
            "absent" => "-",
            "empty" => "(empty)",
            "unreadable" => "(unreadable)",
            _ => at(key, "/provider/name").as_str().unwrap(),
        })
        .collect();
    if names.iter().all(|name| *name == "-") { "-".to_owned() } else { names.join(" | ") }
}

fn check(rows: Vec<Row>) {
    let mut failures = Vec::new();
    for row in rows {
        let started = Instant::now();
        let output = inspect(&row, true, "json");
        let elapsed = started.elapsed();
        let expected = if row.opens { 0 } else { 2 };
        if code(&output) != expected {
            failures.push(format!("{}: exit {}, not {expected}: {}", row.file, code(&output), stderr(&output)));
            continue;
        }
        if !row.opens {
            assert!(elapsed < REFUSED_WITHIN, "{}: {elapsed:?}", row.file);
            assert!(
                stderr(&output).starts_with("error: ") && stderr(&output).contains(" hint: "),
                "{}",
                stderr(&output)
            );
        }
        let report = json(&output);
        schema::check("pfx-1", &report);
        let Some(file) = report.pointer("/files/0") else { continue };
        let found = providers(file);
        // A table has the spelling of the file, a report that of the table of providers.
        // An attribute without a value is none in the table.
        let is_none = row.provider == "-" && found == "(empty)";
        if !is_none && !found.eq_ignore_ascii_case(&row.provider) {
            failures.push(format!("{}: provider {found}, not {}", row.file, row.provider));
        }
        // Without the password it is the same.
        let locked = json(&inspect(&row, false, "json"));
        if let Some(file) = locked.pointer("/files/0").filter(|_| row.file.contains("/made/"))
            && providers(file) != found
        {
            failures.push(format!("{}: locked: provider {}", row.file, providers(file)));
        }
        let text = stdout(&inspect(&row, true, "text"));
        assert!(text.contains(&row.file), "{text}");
        // Short passwords are words of their own, and people take names for passwords.
        if row.password.len() > 6 && row.file.contains("/made/") {
            assert!(!(text + &stdout(&output)).contains(&row.password), "{}", row.file);
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn made_files() {
    if let Some(rows) = rows("MADE.tsv", "made", "provider (expected)") {
        check(rows);
    }
}

#[test]
fn real_files() {
    if let Some(rows) = rows("REAL.tsv", "real", "provider attr (per key)") {
        check(rows);
    }
}
