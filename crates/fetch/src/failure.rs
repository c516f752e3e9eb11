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
    /// Every stage, in the order in which a retrieval passes them.
    pub const ALL: [Stage; 9] = [
        Stage::Url,
        Stage::Dns,
        Stage::Connect,
        Stage::Proxy,
        Stage::Tls,
        Stage::Http,
        Stage::Ldap,
        Stage::Size,
        Stage::Content,
    ];

    /// The stage that reports and JSON call by this word.
    pub fn from_word(word: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.word() == word)
    }

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

/// Every cause that a retrieval can give.
pub const CAUSES: [&str; 57] = [
    "address-refused",
    "captive-portal",
    "client-certificate-wanted",
    "client-failed",
    "connection-refused",
    "connection-reset",
    "content-encoding-broken",
    "content-encoding-unknown",
    "empty-body",
    "html-page",
    "http-status",
    "ldap-attribute-unknown",
    "ldap-bind-refused",
    "ldap-bind-required",
    "ldap-bind-unsafe",
    "ldap-disconnected",
    "ldap-extension-unknown",
    "ldap-for-ocsp",
    "ldap-host-missing",
    "ldap-host-unusable",
    "ldap-no-attribute",
    "ldap-no-entry",
    "ldap-no-such-object",
    "ldap-password-empty",
    "ldap-referral",
    "ldap-result",
    "ldap-start-tls-refused",
    "ldap-value-empty",
    "login-page",
    "malformed-answer",
    "name-not-resolved",
    "not-asked",
    "private-address-refused",
    "proxy-authentication-required",
    "proxy-refused",
    "proxy-unreachable",
    "redirect-loop",
    "redirect-without-target",
    "scheme-refused",
    "timed-out",
    "tls-certificate-invalid",
    "tls-expired",
    "tls-handshake-failed",
    "tls-not-yet-valid",
    "tls-revoked",
    "tls-untrusted",
    "tls-unusable",
    "tls-wrong-name",
    "tls-wrong-purpose",
    "too-large",
    "too-many-redirects",
    "total-time-spent",
    "total-too-large",
    "unreachable",
    "url-malformed",
    "url-too-long",
    "wrong-content",
];

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
        debug_assert!(CAUSES.contains(&cause), "{cause} is not in CAUSES");
        Failure { stage, cause, message: message.into(), hint: hint.into(), winhttp: None, cannot_tell: false }
    }

    /// With WinHTTP's code for it.
    pub(crate) fn code(mut self, winhttp: u32) -> Failure {
        self.winhttp = Some(winhttp);
        self
    }

    /// Whether what all URLs together may cost was spent, so that this one was given up:
    /// asked in another call it may answer.
    pub fn is_of_allowance(&self) -> bool {
        matches!(self.cause, "total-time-spent" | "total-too-large")
    }

    /// What is to be said of a further URL at a host that has just failed so: that it
    /// was not asked, and why.
    pub(crate) fn of_the_host(self) -> Failure {
        let cause = "not-asked";
        if self.cause == cause {
            return self;
        }
        let message = format!("not asked, because another URL of this host had just failed: {}", self.message);
        Failure { cause, message, ..self }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::CAUSES;

    fn read_all(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read_all(&path, text);
            } else if path.file_name().is_some_and(|name| name != "failure.rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                // What tests say is no cause of anything.
                text.push_str(source.split("#[cfg(test)]").next().unwrap());
            }
        }
    }

    /// That no failure has another cause is asserted where failures are made.
    #[test]
    fn the_table_has_the_causes_that_there_are() {
        let mut source = String::new();
        read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut source);
        // Made here.
        for cause in CAUSES.into_iter().filter(|cause| *cause != "not-asked") {
            assert!(source.contains(&format!("\"{cause}\"")), "nothing has the cause {cause}");
        }
        // The cause is what follows the stage.
        for part in source.split("Stage::").skip(1) {
            let Some((_, rest)) = part.split_once(',') else { continue };
            let Some(rest) = rest.trim_start().strip_prefix('"') else { continue };
            let cause = rest.split('"').next().unwrap();
            if cause.contains(' ') {
                continue;
            }
            assert!(CAUSES.contains(&cause), "{cause} is not in CAUSES");
        }
        assert_eq!(CAUSES.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>(), CAUSES, "sorted");
    }
}
