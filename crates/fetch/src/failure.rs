//! Why something could not be retrieved: at which stage, and what to do.

use std::fmt;

/// How far a retrieval came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// The URL itself: scheme, syntax, an address that may not be asked.
    Url,
    /// Resolving the host's name.
    Dns,
    /// Reaching the host.
    Connect,
    /// The proxy on the way.
    Proxy,
    /// The TLS handshake, the server's certificate included.
    Tls,
    /// The answer's status, redirects included.
    Http,
    /// The LDAP server's answer.
    Ldap,
    /// The size of the answer.
    Size,
    /// What came is not what was asked for: a web page, a login form, nothing.
    Content,
}

impl Stage {
    /// The word that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            Stage::Url => "url",
            Stage::Dns => "dns",
            Stage::Connect => "connect",
            Stage::Proxy => "proxy",
            Stage::Tls => "tls",
            Stage::Http => "http",
            Stage::Ldap => "ldap",
            Stage::Size => "size",
            Stage::Content => "content",
        }
    }
}

/// A retrieval that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where it failed.
    pub stage: Stage,
    /// What kind of failure, stable and kebab-case, as `name-not-resolved`.
    pub cause: &'static str,
    /// The failure as a sentence with its particulars, without the URL.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// The code by which WinHTTP reports the same, as 12007, when it does.
    pub winhttp: Option<u32>,
    /// Whether it says nothing about the server: this machine may not ask, or asked
    /// from outside of where an answer would be given.
    pub cannot_tell: bool,
}

impl Failure {
    /// A failure at `stage`, of the kind `cause`.
    pub(crate) fn new(
        stage: Stage,
        cause: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Failure {
        Failure { stage, cause, message: message.into(), hint: hint.into(), winhttp: None, cannot_tell: false }
    }

    /// With WinHTTP's code for it.
    pub(crate) fn code(mut self, winhttp: u32) -> Failure {
        self.winhttp = Some(winhttp);
        self
    }

    /// It says nothing about the server.
    pub(crate) fn says_nothing(mut self) -> Failure {
        self.cannot_tell = true;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
