//! Runs that are kept and repeated: `--record`, `--replay`, and the cache's commands.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test: what is not as expected has to stop it")]

#[path = "record/cache.rs"]
mod cache;
#[path = "record/pki.rs"]
mod pki;
#[path = "record/replay.rs"]
mod replay;
#[path = "record/server.rs"]
mod server;
#[path = "record/strange.rs"]
mod strange;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// 2026-07-01, when everything of the test kit is valid.
const AT: &str = "2026-07-01T00:00:00Z";

/// certlens without anything of this machine's environment that it reads.
fn certlens() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certlens"));
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR", "NO_COLOR", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    certlens().args(args).output().expect("certlens starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("standard output is UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("standard error is UTF-8")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders are in UTF-8")
}
