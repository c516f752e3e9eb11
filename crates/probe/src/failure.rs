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

/// Every [`Failure::cause`], by name.
pub const CAUSES: &[&str] = &[
    "client-certificate-demanded",
    "client-certificate-refused",
    "closed-after-hello",
    "closed-in-handshake",
    "connection-failed",
    "connection-forbidden",
    "connection-refused",
    "connection-reset",
    "connection-timed-out",
    "endpoint-not-found",
    "endpoint-unavailable",
    "handshake-silent",
    "handshake-timed-out",
    "handshake-too-large",
    "handshake-unusable",
    "host-unreachable",
    "name-not-resolved",
    "name-not-wanted",
    "name-servers-silent",
    "needs-upgrade",
    "no-random-numbers",
    "not-tls",
    "other-protocol",
    "plain-http",
    "proxy-authentication-required",
    "proxy-cannot-connect",
    "proxy-closed",
    "proxy-credentials",
    "proxy-credentials-refused",
    "proxy-declined",
    "proxy-destination",
    "proxy-destination-timed-out",
    "proxy-forbids",
    "proxy-login-page",
    "proxy-malformed",
    "proxy-name-unresolved",
    "proxy-not-a-proxy",
    "proxy-not-verified",
    "proxy-other-protocol",
    "proxy-silent",
    "proxy-status",
    "proxy-timed-out",
    "proxy-tls",
    "proxy-too-long",
    "reset-after-hello",
    "reset-in-handshake",
    "ssl-2",
    "tls-alert",
    "tls-incompatible",
    "tls-malformed",
    "tls-not-completed",
    "tls-too-old",
    "upgrade-broken",
    "upgrade-closed",
    "upgrade-not-offered",
    "upgrade-other-protocol",
    "upgrade-plain-http",
    "upgrade-plain-tls",
    "upgrade-refused",
    "upgrade-reset",
    "upgrade-silent",
    "upgrade-timed-out",
    "upgrade-too-long",
    "upgrade-unexpected",
    "upgrade-via",
    "version-not-spoken",
    "version-not-wanted",
];

impl Failure {
    /// A failure at `stage`, of the kind `cause`.
    pub fn new(stage: Stage, cause: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Failure {
        debug_assert!(CAUSES.binary_search(&cause).is_ok(), "{cause} is not listed");
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
