//! Why a probe went no further: at which stage, and what to do.

use std::fmt;

/// How far a probe came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Resolving the host's name.
    Name,
    /// Reaching the host, or the proxy in front of it.
    Connect,
    /// What the proxy answered.
    Proxy,
    /// The protocol's own request for TLS (STARTTLS and its kin).
    Upgrade,
    /// The TLS handshake.
    Tls,
}

impl Stage {
    /// Every stage, in the order in which a probe passes them.
    pub const ALL: [Stage; 5] = [Stage::Name, Stage::Connect, Stage::Proxy, Stage::Upgrade, Stage::Tls];

    /// The word that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            Stage::Name => "name",
            Stage::Connect => "connect",
            Stage::Proxy => "proxy",
            Stage::Upgrade => "upgrade",
            Stage::Tls => "tls",
        }
    }
}

/// A probe that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where it failed.
    pub stage: Stage,
    /// What kind of failure, stable and kebab-case, as `connection-refused`.
    pub cause: &'static str,
    /// The failure as a sentence with its particulars.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// The codes by which Windows reports the same: a Winsock or WinHTTP error as 10061,
    /// an HRESULT as 0x8009030D.
    pub windows: Vec<u32>,
}

impl Failure {
    /// A failure at `stage`, of the kind `cause`.
    pub fn new(stage: Stage, cause: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure { stage, cause, message: message.into(), hint: hint.into(), windows: Vec::new() }
    }

    /// With a code of Windows for it.
    #[must_use]
    pub fn windows(mut self, code: u32) -> Failure {
        self.windows.push(code);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
