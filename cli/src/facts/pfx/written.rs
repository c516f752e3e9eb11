//! The facts of the commands that write: what was written, and what changed.

use schemars::JsonSchema;
use serde::Serialize;

use super::{PfxFacts, StepFacts};

/// The report of `certlens pfx convert`, `create`, `extract`, `merge` and `password`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WrittenReport {
    /// Always `certlens/pfx-written/1`.
    pub(crate) schema: &'static str,
    /// The version of certlens.
    pub(crate) version: &'static str,
    /// The exit code of the run.
    pub(crate) exit_code: u8,
    /// The command, as `convert`.
    pub(crate) command: &'static str,
    /// The files that were read, in the order of the command line.
    pub(crate) inputs: Vec<String>,
    /// The file that was written.
    pub(crate) output: String,
    /// Its size.
    pub(crate) octets: usize,
    /// How many private keys are in it.
    pub(crate) keys: usize,
    /// How many certificates are in it.
    pub(crate) certificates: usize,
    /// By which password it is protected.
    pub(crate) password: PasswordFacts,
    /// What is otherwise than it was in the first file that was read.
    pub(crate) changes: Vec<ChangeFacts>,
    /// What one should know about it.
    pub(crate) remarks: Vec<String>,
    /// The PFX file, as it was read back before it was put in its place; absent of PEM files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<Box<PfxFacts>>,
    /// What to do next.
    pub(crate) next: Vec<StepFacts>,
}

impl WrittenReport {
    pub(crate) const SCHEMA: &'static str = "certlens/pfx-written/1";
}

/// By which password a file is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PasswordFacts {
    /// That of the first file that was read.
    Kept,
    /// A new one.
    New,
    /// The empty one, which protects nothing.
    Empty,
    /// None.
    None,
}

/// Something that is otherwise than it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ChangeFacts {
    /// What.
    pub(crate) what: String,
    /// What it was; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<String>,
    /// What it is; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
}

impl ChangeFacts {
    /// `None` when nothing changed.
    pub(crate) fn new(what: impl Into<String>, before: Option<String>, after: Option<String>) -> Option<ChangeFacts> {
        (before != after).then(|| ChangeFacts { what: what.into(), before, after })
    }
}
