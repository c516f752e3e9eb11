//! PFX files as a user meets them: `certlens pfx inspect`, what writes them, PFX
//! files as inputs of other commands, and certutil's verbs for them.
//!
//! The collection of PFX files is looked for in the folder that `CERTLENS_PFX` names,
//! or else in `../shared/pfx` beside the repository. Where tests are run without
//! anybody looking (`CI=true`), a collection that is not there fails the tests.

#![expect(clippy::unwrap_used, reason = "a test that finds its data broken has to stop")]

#[path = "pfx/certutil.rs"]
mod certutil;
#[path = "pfx/collection.rs"]
mod collection;
#[path = "pfx/foreign.rs"]
mod foreign;
#[path = "pfx/hints.rs"]
mod hints;
#[path = "pfx/import.rs"]
mod import;
#[path = "pfx/inputs.rs"]
mod inputs;
#[path = "pfx/inspect.rs"]
mod inspect;
#[path = "pfx/made.rs"]
mod made;
#[cfg(target_os = "linux")]
#[path = "pfx/memory.rs"]
mod memory;
#[path = "pfx/merging.rs"]
mod merging;
#[path = "pfx/outputs.rs"]
mod outputs;
#[path = "pfx/passwords.rs"]
mod passwords;
#[path = "pfx/remarks.rs"]
mod remarks;
#[path = "pfx/schema.rs"]
mod schema;
#[path = "pfx/secrets.rs"]
mod secrets;
#[path = "pfx/writing.rs"]
mod writing;

use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The password of the files that are made here.
const PASSWORD: &str = "correct horse";

/// The variable that tells it to certlens.
const VARIABLE: &str = "CERTLENS_TEST_PASSWORD";

fn certlens() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
    command.env_remove("NO_COLOR").env(VARIABLE, PASSWORD).stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    certlens().args(args).output().unwrap()
}

/// With the password of the files that are made here.
fn opened(args: &[&str]) -> Output {
    run(&[args, &["--password-env", VARIABLE]].concat())
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Standard output as one line of words: where a report wraps depends on the paths in it.
fn words(output: &Output) -> String {
    stdout(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first_line(output: &Output) -> String {
    stdout(output).lines().next().unwrap_or_default().to_owned()
}

/// The report as JSON, which has the exit code in it.
fn json(output: &Output) -> Value {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.get("exit_code"), Some(&Value::from(output.status.code())));
    report
}

/// What is at a place of a report.
fn at<'a>(report: &'a Value, pointer: &str) -> &'a Value {
    report.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer} of {report:#}"))
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}
