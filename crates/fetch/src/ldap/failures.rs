//! What goes wrong when a directory is asked, in words that help.

use std::time::Duration;

use super::message::{MAX_ENTRIES, MAX_VALUES, Outcome, code, code_name};
use super::url::UrlError;
use crate::failure::{Failure, Stage};
use crate::reach;
use crate::tls_failure::{self, Peer};

/// WinHTTP's codes of what can happen here as well.
pub(super) mod winhttp {
    pub(in crate::ldap) const INVALID_URL: u32 = 12_005;
    pub(in crate::ldap) const UNRECOGNIZED_SCHEME: u32 = 12_006;
    pub(in crate::ldap) const CONNECTION_ERROR: u32 = 12_030;
}

/// How servers say in a general error that a reader has to say first who it is:
/// Active Directory by its number and sentence, OpenLDAP under `require authc`.
const BIND_REQUIRED: [&str; 3] = ["000004DC", "successful bind must be completed", "authentication required"];

/// A failure that has a code of WinHTTP, or none.
pub(super) fn failure(
    stage: Stage,
    cause: &'static str,
    winhttp: Option<u32>,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> Failure {
    Failure { winhttp, ..Failure::new(stage, cause, message, hint) }
}

/// It says nothing about what was asked for.
pub(super) fn cannot_tell(failure: Failure) -> Failure {
    Failure { cannot_tell: true, ..failure }
}

pub(super) fn host_missing() -> Failure {
    cannot_tell(failure(
        Stage::Url,
        "ldap-host-missing",
        None,
        "the URL names no server: this is Active Directory's form, which computers in the domain resolve to a domain controller",
        "Check from a computer in the domain, or name a domain controller with --ldap-host HOST.",
    ))
}

pub(super) fn host_unusable(error: UrlError) -> Failure {
    cannot_tell(failure(
        Stage::Url,
        "ldap-host-unusable",
        None,
        format!("the server given for URLs that name none cannot be used: {error}"),
        "Give a host, or host:port, to --ldap-host.",
    ))
}

/// What an operation's result means when it is not success. `bound` says whether
/// credentials were given.
pub(super) fn of_outcome(outcome: &Outcome, server: &str, bound: bool) -> Failure {
    let said = said(outcome);
    match outcome.code {
        code::OPERATIONS_ERROR | code::UNWILLING_TO_PERFORM
            if BIND_REQUIRED.iter().any(|mark| outcome.text.contains(mark)) =>
        {
            bind_required(&said, server, bound)
        }
        code::STRONGER_AUTH_REQUIRED
        | code::CONFIDENTIALITY_REQUIRED
        | code::INAPPROPRIATE_AUTHENTICATION
        | code::INSUFFICIENT_ACCESS => bind_required(&said, server, bound),
        code::INVALID_CREDENTIALS => bind_refused(&said, server),
        code::NO_SUCH_OBJECT => failure(
            Stage::Ldap,
            "ldap-no-such-object",
            None,
            format!("{server} has no such entry: {said}"),
            format!(
                "Look whether the entry exists, as the issuing CA publishes it.{}",
                if bound { "" } else { " Servers answer the same to anonymous readers who may not see it." }
            ),
        ),
        code::REFERRAL => referral(&outcome.referrals, server),
        _ => failure(
            Stage::Ldap,
            "ldap-result",
            None,
            format!("{server} answered {said}"),
            "Ask who runs the directory what its log says about this.",
        ),
    }
}

/// A server's answer in one phrase.
pub(super) fn said(outcome: &Outcome) -> String {
    let name = code_name(outcome.code);
    match outcome.text.as_str() {
        "" => format!("{name} ({})", outcome.code),
        text => format!("{name} ({}): {text}", outcome.code),
    }
}

fn bind_required(said: &str, server: &str, bound: bool) -> Failure {
    let hint = if bound {
        "The account that was given may not read this; use one that may."
    } else {
        "Active Directory, and other servers set up so, do not answer anonymous readers: check from a computer in the domain, or give an account that may read."
    };
    cannot_tell(failure(
        Stage::Ldap,
        "ldap-bind-required",
        None,
        format!("{server} does not let this reader read: {said}"),
        hint,
    ))
}

pub(super) fn bind_refused(said: &str, server: &str) -> Failure {
    cannot_tell(failure(
        Stage::Ldap,
        "ldap-bind-refused",
        None,
        format!("{server} does not accept the account given: {said}"),
        "Look whether name and password are right; Active Directory takes user@domain for a name, too.",
    ))
}

pub(super) fn referral(addresses: &[String], server: &str) -> Failure {
    let to = if addresses.is_empty() {
        "elsewhere".to_owned()
    } else {
        // Whatever a server writes there: no credentials of it are shown.
        let shown: Vec<String> = addresses.iter().map(|address| crate::shown(address)).collect();
        format!("to {}", shown.join(", "))
    };
    failure(
        Stage::Ldap,
        "ldap-referral",
        None,
        format!("{server} does not hold the entry and refers {to}; referrals are not followed"),
        "Ask the server that it refers to, for example by --ldap-host HOST.",
    )
}

pub(super) fn malformed(server: &str, octets: &[u8]) -> Failure {
    let shown: String =
        octets.iter().take(16).map(|octet| if octet.is_ascii_graphic() { char::from(*octet) } else { '.' }).collect();
    failure(
        Stage::Ldap,
        "malformed-answer",
        None,
        format!("what {server} answers is not LDAP (it begins {shown:?})"),
        "Look whether another service, or a proxy, answers at that port.",
    )
}

pub(super) fn too_many(server: &str) -> Failure {
    failure(
        Stage::Size,
        "too-large",
        None,
        format!(
            "{server} answers with more than MAX_ENTRIES ({MAX_ENTRIES}) entries, or MAX_VALUES ({MAX_VALUES}) values"
        ),
        "Look what the URL finds there; no certificate needs so many.",
    )
}

pub(super) fn lost(server: &str, why: &str) -> Failure {
    failure(
        Stage::Ldap,
        "connection-reset",
        Some(winhttp::CONNECTION_ERROR),
        format!("{server} ended the connection without an answer ({why})"),
        "Look whether an LDAP server listens there, and whether a firewall between cuts the connection.",
    )
}

/// The TLS handshake ended in an error, before the account was sent.
pub(super) fn handshake(server: &str, error: &std::io::Error) -> Failure {
    let failed = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error) => tls_failure::failure(error, &Peer { server, through: "", issuer: None, advice: "" }),
        None => failure(
            Stage::Tls,
            "connection-reset",
            Some(winhttp::CONNECTION_ERROR),
            format!("{server} ended the connection during the TLS handshake ({error})"),
            "Does the server speak TLS at that port? A firewall that inspects TLS breaks connections off like this, too.",
        ),
    };
    let hint = format!("The account was not sent. {}", failed.hint);
    Failure { hint, ..failed }
}

/// The time was over while waiting for this; `received` octets had come.
pub(super) fn timed_out(stage: Stage, server: &str, received: usize, after: Duration) -> Failure {
    let (message, hint) = match stage {
        Stage::Dns => (
            format!("the name of {server} was not resolved"),
            "This machine's DNS servers do not answer: check them".to_owned(),
        ),
        Stage::Connect => (
            format!("{server} did not accept a connection"),
            format!("Open the firewall for {server} (TCP) on the way from this machine"),
        ),
        Stage::Tls => (
            format!("the TLS handshake with {server} was not finished"),
            format!("Does {server} speak TLS? A firewall that inspects TLS may hold it up"),
        ),
        _ if received == 0 => (
            format!("{server} accepted the connection, but did not answer"),
            "The directory is overloaded or hangs, or a firewall on the way holds back the answer".to_owned(),
        ),
        _ => (
            format!("{server} sent only {received} octets of the answer"),
            "The directory or the way to it is slow".to_owned(),
        ),
    };
    reach::timed_out(stage, &message, &hint, after)
}

#[cfg(test)]
mod tests {
    use super::{Outcome, of_outcome};

    fn cause(code: u32, text: &str) -> (&'static str, bool) {
        let failure = of_outcome(&Outcome { code, text: text.to_owned(), referrals: Vec::new() }, "h:389", false);
        (failure.cause, failure.cannot_tell)
    }

    #[test]
    fn what_anonymous_readers_are_told_is_recognised() {
        let text = "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563";
        assert_eq!(cause(1, text), ("ldap-bind-required", true));
        assert_eq!(cause(1, "something else"), ("ldap-result", false));
        assert_eq!(cause(53, "authentication required"), ("ldap-bind-required", true));
        assert_eq!(cause(53, ""), ("ldap-result", false));
        for code in [8, 13, 48, 50] {
            assert_eq!(cause(code, ""), ("ldap-bind-required", true));
        }
        assert_eq!(cause(32, ""), ("ldap-no-such-object", false));
        assert_eq!(cause(10, ""), ("ldap-referral", false));
        assert_eq!(cause(49, ""), ("ldap-bind-refused", true));
        assert_eq!(cause(4_000_000, ""), ("ldap-result", false));
        // Whatever the code, it has a failure.
        for code in 0..100 {
            cause(code, "");
        }
    }
}
