//! Why a proxy opens no tunnel, in sentences.

use std::io;
use std::time::Duration;

use super::auth::{Answer, BASIC, DIGEST, Unanswerable};
use super::connect::{Stop, unanswerable};
use super::head::{Head, HeadError};
use super::{Kind, Talk};
use crate::answer::{self, Speaks};
use crate::failure::{Failure, Stage};
use crate::limits::{MAX_PROXY_FIELDS, MAX_PROXY_HEAD_OCTETS};

/// Winsock's and WinHTTP's numbers.
pub(super) mod windows {
    /// ERROR_WINHTTP_TIMEOUT.
    pub(in crate::proxy) const TIMEOUT: u32 = 12002;
    /// ERROR_WINHTTP_NAME_NOT_RESOLVED.
    pub(in crate::proxy) const NAME_NOT_RESOLVED: u32 = 12007;
    /// ERROR_WINHTTP_LOGIN_FAILURE.
    pub(in crate::proxy) const LOGIN_FAILURE: u32 = 12015;
    /// ERROR_WINHTTP_CANNOT_CONNECT.
    pub(in crate::proxy) const CANNOT_CONNECT: u32 = 12029;
    /// ERROR_WINHTTP_CONNECTION_ERROR.
    pub(in crate::proxy) const CONNECTION_ERROR: u32 = 12030;
    /// ERROR_WINHTTP_INVALID_SERVER_RESPONSE.
    pub(in crate::proxy) const INVALID_RESPONSE: u32 = 12152;
}

impl Talk<'_> {
    pub(super) fn fail(&self, cause: &'static str, did: &str, hint: impl Into<String>, windows: u32) -> Failure {
        let message = format!("the proxy {} {did}", self.proxy.authority());
        Failure::new(Stage::Proxy, cause, message, hint).windows(windows)
    }

    /// The time is over.
    pub(super) fn timed_out(&self, timeout: Duration) -> Failure {
        let seconds = timeout.as_secs_f32();
        let awaits = self.awaits;
        let destination = self.destination;
        match self.received.len() {
            0 => self.fail(
                "proxy-silent",
                &format!("sent nothing within {seconds} s; waited for {awaits}"),
                format!(
                    "The proxy may be trying to reach {destination} in vain (a firewall behind it drops what it sends), or this is no proxy of this kind: check kind and port, and ask the proxy's administrator whether its log has {destination}."
                ),
                windows::TIMEOUT,
            ),
            count => self.fail(
                "proxy-timed-out",
                &format!("did not come to an end within {seconds} s: it sent {count} octets of {awaits}"),
                "The proxy is overloaded or holds back its answer: try again with a longer time.",
                windows::TIMEOUT,
            ),
        }
    }

    /// There is no whole answer.
    pub(super) fn stopped(&self, stop: Stop) -> Failure {
        match stop {
            Stop::Silent(error) => self.hung_up(error.as_ref()),
            Stop::Within(error) => self.cut_off(error.as_ref()),
            Stop::Wrong(HeadError::Unexpected { at, expected }) => self.not_http(at, expected),
            Stop::Wrong(HeadError::TooLong) => {
                self.excessive(&format!("a head of more than {MAX_PROXY_HEAD_OCTETS} octets"))
            }
            Stop::Wrong(HeadError::TooMany) => self.excessive(&format!("more than {MAX_PROXY_FIELDS} header fields")),
            Stop::Interim => self.excessive("interim answers without an end"),
        }
    }

    /// The connection ended before the answer.
    pub(super) fn hung_up(&self, error: Option<&io::Error>) -> Failure {
        let awaits = self.awaits;
        let how = match error {
            Some(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                format!("reset the connection, or something on the way did; waited for {awaits}")
            }
            Some(error) => format!("broke off ({error}); waited for {awaits}"),
            None => format!("closed the connection without a word; waited for {awaits}"),
        };
        let kind = match self.proxy.kind {
            Kind::Http { tls: false } => "an HTTP proxy, and not one under TLS (https:) or SOCKS",
            Kind::Http { tls: true } => "an HTTP proxy",
            Kind::Socks5 { .. } => "a SOCKS5 proxy, and not one of HTTP",
        };
        self.fail(
            "proxy-closed",
            &how,
            format!("Check that this is {kind}, and that it lets this machine in; its log says why it hung up."),
            windows::CONNECTION_ERROR,
        )
    }

    /// The connection ended within the answer.
    pub(super) fn cut_off(&self, error: Option<&io::Error>) -> Failure {
        if let Some(failure) = self.other_protocol() {
            return failure;
        }
        let how = error.map_or("closed the connection".to_owned(), |error| format!("broke off ({error})"));
        self.fail(
            "proxy-closed",
            &format!("{how} in the middle of {}, after {} octets", self.awaits, self.received.len()),
            "Try again; if it happens again, the proxy's log says why.",
            windows::CONNECTION_ERROR,
        )
    }

    fn not_http(&self, at: usize, expected: &str) -> Failure {
        if let Some(failure) = self.other_protocol() {
            return failure;
        }
        let found = answer::shown(self.received.get(at..).unwrap_or_default());
        self.fail(
            "proxy-malformed",
            &format!("does not answer as HTTP has it: at octet {at} {expected} was expected, and {found} found"),
            "Check that this is the address of an HTTP proxy.",
            windows::INVALID_RESPONSE,
        )
    }

    /// Something else than a proxy of this kind, if it can be told by its answer.
    pub(super) fn other_protocol(&self) -> Option<Failure> {
        let other = answer::speaks(&self.received)?;
        let shown = answer::shown(&self.received);
        let authority = self.proxy.authority();
        let hint = match (self.proxy.kind, other) {
            (Kind::Http { .. }, Speaks::Http) | (Kind::Socks5 { .. }, Speaks::Socks5) => return None,
            (Kind::Http { .. }, Speaks::Tls) => {
                format!("It speaks TLS from the beginning: give it as https://{authority}")
            }
            (Kind::Http { .. }, Speaks::Socks5) => format!("Give it as socks5h://{authority}"),
            (Kind::Socks5 { .. }, Speaks::Http) => format!("It may be an HTTP proxy: give it as http://{authority}"),
            _ => "This is no proxy: check address and port.".to_owned(),
        };
        let kind = match self.proxy.kind {
            Kind::Http { .. } => "as an HTTP proxy",
            Kind::Socks5 { .. } => "as a SOCKS5 proxy",
        };
        let did = format!("does not answer {kind}, but as {} does: {shown}", other.name());
        Some(self.fail("proxy-other-protocol", &did, hint, windows::INVALID_RESPONSE))
    }

    /// More than is read.
    pub(super) fn excessive(&self, what: &str) -> Failure {
        self.fail(
            "proxy-too-long",
            &format!("sends {what}"),
            "This is not how proxies behave: check what listens there.",
            windows::INVALID_RESPONSE,
        )
    }

    /// An answer that is neither a success nor a demand for a login.
    pub(super) fn declined(&self, head: &Head) -> Failure {
        let destination = self.destination;
        let (cause, hint, windows) = match (head.status, self.of_squid(), self.proxy_status()) {
            (_, Some("ERR_DNS_FAIL"), _) | (_, _, Some("dns_error" | "dns_timeout")) => (
                "proxy-name-unresolved",
                format!("The proxy cannot resolve the host name: check it, or ask the proxy's administrator whether its name servers know {destination}."),
                windows::NAME_NOT_RESOLVED,
            ),
            (400, ..) => (
                "proxy-declined",
                format!("The proxy does not understand the request, or is none. If it is one, ask its administrator about CONNECT to {destination}."),
                windows::CANNOT_CONNECT,
            ),
            (401, ..) => (
                "proxy-not-a-proxy",
                "A web server asks for a login to itself, which a proxy does by 407: this is no forward proxy, or it is set up as a reverse proxy. Check address and port.".to_owned(),
                windows::CANNOT_CONNECT,
            ),
            (403, ..) => (
                "proxy-forbids",
                format!("A rule of the proxy forbids it. Ask its administrator to allow CONNECT to {destination} for this machine (many allow port 443 only), or exempt the host (NO_PROXY) where it can be reached directly."),
                windows::CANNOT_CONNECT,
            ),
            (404 | 405 | 501, ..) => (
                "proxy-not-a-proxy",
                "The server does not know CONNECT: it is a web server or a reverse proxy, or tunnels are switched off. Check address and port of the proxy.".to_owned(),
                windows::CANNOT_CONNECT,
            ),
            (429, ..) => ("proxy-declined", "The proxy asks for fewer requests: try again later.".to_owned(), windows::CANNOT_CONNECT),
            (300..=399 | 511, ..) => (
                "proxy-login-page",
                "The proxy or a captive portal wants users to log in on a page: log in by a browser, or have this machine exempted.".to_owned(),
                windows::LOGIN_FAILURE,
            ),
            (502, ..) => (
                "proxy-cannot-connect",
                format!("The proxy could not connect to {destination}, or got no sensible answer from its own next proxy: check that the host listens on that port, and ask the proxy's administrator what its log says."),
                windows::CANNOT_CONNECT,
            ),
            (503, ..) | (_, Some("ERR_CANNOT_FORWARD" | "ERR_CONNECT_FAIL"), _) => (
                "proxy-cannot-connect",
                format!("The proxy could not connect to {destination} (refused, not routed, or the name is not known to it), or is overloaded: check that the host listens on that port, and ask whether the proxy may reach it."),
                windows::CANNOT_CONNECT,
            ),
            (504, ..) => (
                "proxy-destination-timed-out",
                format!("The proxy got no answer from {destination} in time: a firewall behind the proxy drops what it sends, or the host is down."),
                windows::TIMEOUT,
            ),
            (500..=599, ..) => (
                "proxy-declined",
                "The proxy has a fault of its own: try again later, and tell its administrator.".to_owned(),
                windows::CANNOT_CONNECT,
            ),
            _ => ("proxy-declined", "Ask the proxy's administrator what its log says.".to_owned(), windows::CANNOT_CONNECT),
        };
        self.fail(cause, &format!("refused a tunnel to {destination} with {}", self.answered()), hint, windows)
    }

    /// Status and reason, and what else tells something.
    fn answered(&self) -> String {
        let report = &self.report;
        let mut answered = report.status.unwrap_or_default().to_string();
        if !report.reason.is_empty() {
            answered.push_str(&format!(" {}", report.reason));
        }
        let telling = self.header("x-squid-error").or_else(|| self.header("proxy-status"));
        if let Some(value) = telling.or_else(|| self.header("location")) {
            answered.push_str(&format!(" ({value})"));
        }
        if let Some(title) = &report.title {
            answered.push_str(&format!("; its page is titled “{title}”"));
        }
        answered
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.report.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Squid's word for what went wrong, as `ERR_CONNECT_FAIL`.
    fn of_squid(&self) -> Option<&str> {
        self.header("x-squid-error")?.split(' ').next()
    }

    /// The word of RFC 9209 §2.1.2, `error`.
    fn proxy_status(&self) -> Option<&str> {
        let parameters = self.header("proxy-status")?.split(';').map(str::trim);
        parameters.filter_map(|parameter| parameter.strip_prefix("error=")).next()
    }

    /// A login is wanted which was not given, not right, or cannot be made.
    pub(super) fn wants_login(&self, answered: Option<&Answer>, why: Option<&Unanswerable>) -> Failure {
        let schemes = &self.report.schemes;
        let offered = if schemes.is_empty() { "no scheme".to_owned() } else { schemes.join(", ") };
        let knows = |name: &str| schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(name));
        let (cause, did, hint) = match (answered, why) {
            (Some(answer), _) => (
                "proxy-credentials-refused",
                format!("did not accept user name and password by {} (it offers {offered})", answer.scheme),
                "Correct user name or password; a domain account may need its domain before it (DOMAIN\\user), and in a URL the characters @ : / of a password are written %40 %3A %2F.".to_owned(),
            ),
            (None, Some(why)) => (
                "proxy-authentication-required",
                format!("wants a login (it offers {offered}), and {}", unanswerable(why)),
                match why {
                    Unanswerable::Credentials(_) => "Use a login without it.".to_owned(),
                    _ => domain_hint(schemes),
                },
            ),
            (None, None) => (
                "proxy-authentication-required",
                format!("wants a login (it offers {offered})"),
                if knows(BASIC) || knows(DIGEST) {
                    "Give user name and password for the proxy by --proxy-user NAME --proxy-password-file FILE.".to_owned()
                } else {
                    domain_hint(schemes)
                },
            ),
        };
        self.fail(cause, &did, hint, windows::LOGIN_FAILURE)
    }
}

/// What to do about schemes that are not spoken here.
fn domain_hint(schemes: &[String]) -> String {
    let knows = |name: &str| schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(name));
    let cure = "Have this machine exempted from the login, let the proxy offer Basic or Digest as well, or run a local proxy that logs in (as cntlm or px do) and name that one.";
    if knows("Negotiate") || knows("NTLM") || knows("Kerberos") {
        format!(
            "Negotiate and NTLM log in by a Windows domain account, and only Basic and Digest are spoken here. On Windows a service does so when it runs under a domain account. {cure}"
        )
    } else {
        format!("Only Basic and Digest are spoken here. {cure}")
    }
}
