//! Why there is no TLS, in sentences.

use std::io;

use super::incoming::{Incoming, Refusal, Trouble};
use super::{Asked, Protocol};
use crate::answer::{self, Speaks};
use crate::failure::{Failure, Stage};

/// Winsock's and WinHTTP's numbers.
mod windows {
    /// WSAECONNRESET.
    pub(super) const RESET: u32 = 10054;
    /// WSAETIMEDOUT.
    pub(super) const TIMED_OUT: u32 = 10060;
    /// SEC_E_INVALID_TOKEN, for what is not TLS or not at this time.
    pub(super) const INVALID_TOKEN: u32 = 0x8009_0308;
}

/// What a failure is about.
pub(super) struct Context<'a> {
    pub(super) protocol: Protocol,
    pub(super) asked: &'a Asked<'a>,
    /// What the server should have said.
    pub(super) awaits: &'static str,
    /// What it said.
    pub(super) incoming: &'a Incoming,
}

impl Context<'_> {
    fn fail(&self, cause: &'static str, message: String, hint: impl Into<String>) -> Failure {
        Failure::new(Stage::Upgrade, cause, message, hint)
    }

    fn server(&self) -> String {
        self.asked.authority()
    }

    /// The server's answer was no, or not what the protocol has.
    pub(super) fn trouble(&self, trouble: &Trouble) -> Failure {
        match trouble {
            Trouble::Refused(Refusal { cause, did, hint }) => {
                self.fail(cause, format!("{} {did}", self.server()), hint.clone())
            }
            Trouble::TooLong { at, what, most } => self.fail(
                "upgrade-too-long",
                format!(
                    "{} sends {what} without an end: from octet {at} on more than {most} came, while waiting for {}",
                    self.server(),
                    self.awaits
                ),
                format!("This is not how {} servers behave: check what listens on this port.", self.protocol),
            ),
            Trouble::Unexpected { at, expected } => self.unexpected(*at, expected),
        }
    }

    fn unexpected(&self, at: usize, expected: &str) -> Failure {
        let all = self.incoming.all();
        if let Some(other) = answer::speaks(all).filter(|other| !is_of(*other, self.protocol)) {
            return self.other(other, all);
        }
        let found = match all.get(at..).unwrap_or_default() {
            [] => "nothing".to_owned(),
            found => answer::shown(found),
        };
        self.fail(
            "upgrade-unexpected",
            format!(
                "{} does not speak {} as it should: at octet {at} of what it sent {expected} was expected, and {found} found",
                self.server(),
                self.protocol
            ),
            format!("Check that a {} server listens on this port, and no other service or proxy in front of it.", self.protocol),
        )
        .windows(windows::INVALID_TOKEN)
    }

    fn other(&self, other: Speaks, all: &[u8]) -> Failure {
        let server = self.server();
        let shown = answer::shown(all);
        let (protocol, awaits) = (self.protocol, self.awaits);
        match other {
            Speaks::Tls => self.fail(
                "upgrade-plain-tls",
                format!(
                    "{server} speaks TLS from the beginning, without {protocol} before it: for {awaits} it sent {shown}"
                ),
                plain_tls_hint(self.protocol, self.asked),
            ),
            Speaks::Http => self.fail(
                "upgrade-plain-http",
                format!("{server} is a web server and does not speak {protocol}: for {awaits} it sent {shown}"),
                format!("Check the port. If the web server itself is meant, probe https://{server}/"),
            ),
            other => self.fail(
                "upgrade-other-protocol",
                format!("{server} speaks {}, not {protocol}: for {awaits} it sent {shown}", other.name()),
                match other.scheme() {
                    Some(scheme) => format!("Check the port. If this service is meant, probe {scheme}://{server}"),
                    None => format!(
                        "Check the port: a {protocol} server listens elsewhere, by default on {}.",
                        protocol.default_port()
                    ),
                },
            ),
        }
        .windows(windows::INVALID_TOKEN)
    }

    /// The time is over.
    pub(super) fn timed_out(&self) -> Failure {
        let seconds = self.asked.timeout.as_secs_f32();
        let server = self.server();
        let (cause, message) = match self.incoming.all().len() {
            0 => ("upgrade-silent", format!("{server} sent nothing within {seconds} s; waited for {}", self.awaits)),
            count => (
                "upgrade-timed-out",
                format!(
                    "{server} did not come to TLS within {seconds} s: it sent {count} octets, and {} did not come",
                    self.awaits
                ),
            ),
        };
        let hint = match self.incoming.all().len() {
            0 => format!(
                "Either the port speaks TLS from the beginning (probe tls://{server}), or it is no {} server, or a firewall holds back what is sent.",
                self.protocol
            ),
            _ => {
                "The server is overloaded or holds back its answers: try again with a longer time, and look at its log."
                    .to_owned()
            }
        };
        self.fail(cause, message, hint).windows(windows::TIMED_OUT)
    }

    /// The server hung up in good order.
    pub(super) fn closed(&self) -> Failure {
        let server = self.server();
        let awaits = self.awaits;
        let message = match self.incoming.all() {
            [] => format!("{server} closed the connection without a word; waited for {awaits}"),
            // Something that a parser waits for the rest of.
            all if self.incoming.rest().is_empty() => {
                format!("{server} closed the connection after {} octets; waited for {awaits}", all.len())
            }
            _ => {
                let at = self.incoming.at();
                let rest = answer::shown(self.incoming.rest());
                format!("{server} closed the connection in the middle of {awaits}: from octet {at} on it sent {rest}")
            }
        };
        if let Some(other) = answer::speaks(self.incoming.all()).filter(|other| !is_of(*other, self.protocol)) {
            return self.other(other, self.incoming.all());
        }
        self.fail("upgrade-closed", message, self.hung_up_hint())
    }

    /// The connection broke.
    pub(super) fn broken(&self, error: &io::Error) -> Failure {
        let server = self.server();
        if let Some(other) = answer::speaks(self.incoming.all()).filter(|other| !is_of(*other, self.protocol)) {
            return self.other(other, self.incoming.all());
        }
        let awaits = self.awaits;
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => self
                .fail(
                    "upgrade-reset",
                    format!("{server} reset the connection, or something on the way did; waited for {awaits}"),
                    self.hung_up_hint(),
                )
                .windows(windows::RESET),
            io::ErrorKind::UnexpectedEof => self.closed(),
            _ => self.fail(
                "upgrade-broken",
                format!("the connection to {server} broke ({error}); waited for {awaits}"),
                "Try again; if it breaks at the same place, look at the server's log.",
            ),
        }
    }

    fn hung_up_hint(&self) -> String {
        let server = self.server();
        let specific = match self.protocol {
            Protocol::Tds => {
                " SQL Server with strict encryption (TDS 8.0) does so as well, and speaks TLS from the beginning."
            }
            Protocol::NetTcp => {
                " A port of HTTP or of plain TLS does so, and so does a net.tcp server at its limit of connections."
            }
            Protocol::Rdp => " Windows does so when its RDP service has no usable certificate.",
            _ => "",
        };
        format!(
            "Check that a {} server listens on this port, and that it lets this machine in. A port that speaks TLS from the beginning does so, too: probe tls://{server}.{specific}",
            self.protocol
        )
    }
}

fn plain_tls_hint(protocol: Protocol, asked: &Asked<'_>) -> String {
    let server = asked.authority();
    match protocol {
        Protocol::Tds => {
            format!("Probe tls://{server}: SQL Server with strict encryption (TDS 8.0) speaks TLS from the beginning.")
        }
        Protocol::NetTcp => format!(
            "Probe tls://{server}. A .NET client finds no net.tcp endpoint here: check the port, and that no TLS proxy stands in front of the service."
        ),
        _ => format!("Probe tls://{server}; clients must be set to TLS from the beginning (“SSL/TLS”), not STARTTLS."),
    }
}

/// Whether an answer that begins so may be of this protocol after all.
fn is_of(speaks: Speaks, protocol: Protocol) -> bool {
    match protocol {
        Protocol::Smtp => matches!(speaks, Speaks::Smtp | Speaks::SmtpOrFtp),
        Protocol::Ftp => matches!(speaks, Speaks::Ftp | Speaks::SmtpOrFtp),
        Protocol::Imap => speaks == Speaks::Imap,
        Protocol::Pop3 => speaks == Speaks::Pop3,
        Protocol::Ldap => speaks == Speaks::Ldap,
        Protocol::XmppClient | Protocol::XmppServer => speaks == Speaks::Xml,
        Protocol::Postgres => speaks == Speaks::Postgres,
        Protocol::Mysql => speaks == Speaks::Mysql,
        Protocol::Tds => speaks == Speaks::Tds,
        Protocol::Rdp => speaks == Speaks::Rdp,
        Protocol::NetTcp => speaks == Speaks::NetTcp,
    }
}

/// The failure that an answer to a ClientHello explains, if it is of something else
/// than the protocol.
pub(super) fn better(protocol: Protocol, asked: &Asked<'_>, answer: &[u8]) -> Option<Failure> {
    let other = answer::speaks(answer).filter(|other| !is_of(*other, protocol))?;
    let mut incoming = Incoming::default();
    incoming.push(answer);
    let context = Context { protocol, asked, awaits: "a ClientHello", incoming: &incoming };
    Some(context.other(other, answer))
}
