//! Every file of the collection, with its password and without: what the tables say
//! of its provider, key spec and key store, exit codes, what refusing it costs, and that
//! no report has the password in it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::{VARIABLE, at, certlens, code, json, schema, stderr, stdout};

/// What refusing a file may take: seconds of a processor, and octets of memory,
/// those of the program among them.
const REFUSED_WITHIN: (u64, u64) = (1, 64 << 20);

struct Row {
    file: String,
    password: String,
    provider: String,
    /// The key spec, as `default:AT_KEYEXCHANGE` and `KSP:sign`.
    spec: String,
    /// Whether the machine's key store is asked for, `y` or `n`.
    machine: String,
    /// Whether the file opens.
    opens: bool,
}

fn place() -> PathBuf {
    std::env::var_os("CERTLENS_PFX")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/pfx"), PathBuf::from)
}

/// The rows of a table, of which there are at least so many; `None`, said aloud, when it
/// is not there.
fn rows(table: &str, fewest: usize) -> Option<Vec<Row>> {
    let (folder, [provider, spec, machine]) = match table {
        "MADE.tsv" => ("made", ["provider (expected)", "keyspec", "machine"]),
        _ => ("real", ["provider attr (per key)", "implied keyspec", "keyset attr machine y/n"]),
    };
    let collection = place();
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
    assert!([provider, spec, machine].iter().all(|name| column(name).is_some()), "{header:?}");
    let get = |cells: &[String], name: &str| column(name).and_then(|at| cells.get(at).cloned()).unwrap_or_default();
    let row = |cells: Vec<String>| Row {
        file: collection.join(folder).join(get(&cells, "file")).display().to_string(),
        password: match get(&cells, "password").as_str() {
            "(null)" | "(empty)" => String::new(),
            password => password.to_owned(),
        },
        provider: get(&cells, provider),
        spec: get(&cells, spec),
        machine: get(&cells, machine),
        opens: match table {
            "MADE.tsv" => get(&cells, "opens y/n") == "y" || get(&cells, "error expected").contains("may be accepted"),
            _ => !["must be rejected", "must not overflow"].iter().any(|word| get(&cells, "notes").contains(word)),
        },
    };
    let rows: Vec<Row> = lines.map(row).collect();
    assert!(rows.len() >= fewest, "{table}: {} rows", rows.len());
    Some(rows)
}

/// Nobody can give the password of a file that is protected to accounts of a domain.
#[test]
fn no_password_is_asked_for_where_windows_alone_knows_it() {
    let Some(rows) = rows("MADE.tsv", 115) else { return };
    let row = rows.iter().find(|row| row.file.ends_with("235_sid_protected_secret_only.pfx")).unwrap();
    for command in ["predict", "convert"] {
        let args = ["pfx", command, &row.file, "--output", "/nonexistent/out.pfx"];
        let ran = certlens().args(args).output().unwrap();
        assert_eq!(code(&ran), 2, "{command}: {}", stdout(&ran));
        let said = stderr(&ran);
        assert!(
            said.contains("on a computer of that domain") && !said.contains("--password-file"),
            "{command}: {said}"
        );
    }
}

/// A file whose keys are those of two certificates: which one is meant cannot be known.
#[test]
fn several_keys_leave_open_which_certificate_is_meant() {
    let Some(rows) = rows("MADE.tsv", 115) else { return };
    let row = rows.iter().find(|row| row.file.contains("/50_two_keys")).unwrap();
    let mut command = certlens();
    command.env(VARIABLE, &row.password).args(["verify", &row.file, "--trust", "mozilla", "--password-env", VARIABLE]);
    let output = command.output().unwrap();
    assert_eq!(code(&output), 2, "{}", stdout(&output));
    assert!(stderr(&output).contains("2 of them have a private key in the file"), "{}", stderr(&output));
}

/// certlens under limits of processor time and memory, which end it.
#[cfg(unix)]
fn limited(seconds: u64, octets: u64) -> Command {
    let program = env!("CARGO_BIN_EXE_certlens");
    let limits = format!("ulimit -t {seconds} && ulimit -v {} && exec \"$0\" \"$@\"", octets >> 10);
    let mut command = Command::new("sh");
    command.args(["-c", &limits, program]).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

#[cfg(not(unix))]
fn limited(_: u64, _: u64) -> Command {
    certlens()
}

/// What a file that is refused may cost.
fn bounded() -> Command {
    let (seconds, octets) = REFUSED_WITHIN;
    limited(seconds, octets)
}

/// The limits are ones: scrypt with 16 MiB needs more than nothing.
#[cfg(target_os = "linux")]
#[test]
fn what_takes_too_much_is_ended() {
    let Some(rows) = rows("MADE.tsv", 115) else { return };
    let row = rows.iter().find(|row| row.file.contains("/77_scrypt_n16384")).unwrap();
    let run = |mut command: Command| {
        command.env(VARIABLE, &row.password).args(["pfx", "inspect", &row.file, "--password-env", VARIABLE]);
        command.output().unwrap().status.code()
    };
    assert_eq!(run(bounded()), Some(0));
    assert_ne!(run(limited(1, 24 << 20)), Some(0));
}

fn inspect(row: &Row, with_password: bool, format: &str) -> Output {
    let mut command = if row.opens { certlens() } else { bounded() };
    command.env(VARIABLE, &row.password).args(["pfx", "inspect", &row.file, "--format", format]);
    if with_password {
        command.args(["--password-env", VARIABLE]);
    }
    command.output().unwrap()
}

/// The key spec of each key, as the tables write it.
fn specs(file: &Value) -> String {
    let keys = at(file, "/keys").as_array().unwrap();
    let specs: Vec<String> = keys
        .iter()
        .map(|key| {
            let spec = key.pointer("/key_spec").and_then(Value::as_str).unwrap_or_default();
            match (spec.strip_prefix("none in a KSP; CNG usage "), spec.strip_suffix(" in a CSP, by default")) {
                (Some(usage), _) => format!("KSP:{usage}"),
                (_, Some(spec)) => format!("default:{spec}"),
                _ => spec.trim_end_matches(" in a CSP").to_owned(),
            }
        })
        .collect();
    if specs.is_empty() { "-".to_owned() } else { specs.join(" | ") }
}

/// Whether each key is to be the machine's, as the tables write it.
fn machine(file: &Value) -> String {
    let keys = at(file, "/keys").as_array().unwrap().iter();
    let all: Vec<&str> = keys.map(|key| if at(key, "/machine_keyset") == true { "y" } else { "n" }).collect();
    all.join(" | ")
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
        let output = inspect(&row, true, "json");
        let expected = if row.opens { 0 } else { 2 };
        // What a limit ends has no code.
        if output.status.code() != Some(expected) {
            failures.push(format!("{}: {}, not {expected}: {}", row.file, output.status, stderr(&output)));
            continue;
        }
        if !row.opens {
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
        // Of a file that does not open they are not known.
        if row.opens {
            let (spec, machine) = (specs(file), machine(file));
            if spec != row.spec {
                failures.push(format!("{}: key spec {spec}, not {}", row.file, row.spec));
            }
            if !machine.is_empty() && machine != row.machine {
                failures.push(format!("{}: machine {machine}, not {}", row.file, row.machine));
            }
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
    if let Some(rows) = rows("MADE.tsv", 115) {
        check(rows);
    }
}

#[test]
fn real_files() {
    if let Some(rows) = rows("REAL.tsv", 42) {
        check(rows);
    }
}
