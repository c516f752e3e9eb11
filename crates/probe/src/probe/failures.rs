//! Why TLS failed, in words, with what to do and what Windows calls it.

use std::time::Duration;

use super::route::Route;
use super::trial::{Change, Trial, TrialOutcome};
use super::trouble::Trouble;
use crate::alert::Alert;
use crate::failure::{Failure, Stage};
use crate::tls::handshake::{Offer, Versions};
use crate::tls::sniff::Answer;
use crate::tls::{Capture, ClientCertificate, Identity, Suite, Version};
use crate::upgrade::Protocol;

// WinHTTP, Winsock and Schannel.
pub(super) const TIMED_OUT: u32 = 12_002;
const CONNECTION_ERROR: u32 = 12_030;
const CLIENT_CERTIFICATE_NEEDED: u32 = 12_044;
const SECURE_CHANNEL_ERROR: u32 = 12_157;
const SECURE_FAILURE: u32 = 12_175;
const RESET: u32 = 10_054;
const SEC_E_INVALID_TOKEN: u32 = 0x8009_0308;
const SEC_E_ILLEGAL_MESSAGE: u32 = 0x8009_0326;
const SEC_E_ALGORITHM_MISMATCH: u32 = 0x8009_0331;

/// What a Windows server that cannot use its key looks like from outside.
const SERVER_KEY: &str = "On a Windows server look into its System log for Schannel's event 36870 (0x8009030D): the service's account may not read the private key.";

fn tls(cause: &'static str, message: String, hint: impl Into<String>) -> Failure {
    Failure::new(Stage::Tls, cause, message, hint)
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f32())
}

/// The failure behind a trouble, before anything else was tried.
pub(super) fn of(route: &Route<'_>, trouble: &Trouble, capture: Option<&Capture>) -> Failure {
    let contact = route.contact();
    // Some servers, Windows among them, hang up on clients without a certificate.
    if let (Trouble::Closed(_) | Trouble::Reset(_), Some(asked)) =
        (trouble, capture.and_then(|capture| capture.client_certificate.as_ref()))
    {
        return client_certificate(route, asked, None);
    }
    match trouble {
        Trouble::NotTls(answer) => not_tls(route, answer),
        Trouble::Alert(alert) => of_alert(route, *alert, capture),
        Trouble::Silent(after) => tls(
            "handshake-silent",
            format!("{contact} accepts the connection and sends nothing for {} after the ClientHello", seconds(*after)),
            "Either a firewall lets the connection through and drops what looks like TLS, or the service waits for another protocol, or it hangs.",
        )
        .windows(TIMED_OUT),
        Trouble::Stalled(after) => tls(
            "handshake-timed-out",
            format!("{contact} began a handshake and did not end it within {}", seconds(*after)),
            "The service is overloaded or hangs, or packets of full size get lost on the way (a tunnel with a smaller MTU whose ICMP messages are blocked).",
        )
        .windows(TIMED_OUT),
        Trouble::Reset(0) => tls(
            "reset-after-hello",
            format!("{contact} accepts the connection and resets it after the ClientHello"),
            format!("A firewall or proxy between that does not want this connection does so, or a service that is not TLS. {SERVER_KEY}"),
        )
        .windows(RESET)
        .windows(CONNECTION_ERROR),
        Trouble::Closed(0) => tls(
            "closed-after-hello",
            format!("{contact} accepts the connection and closes it after the ClientHello, without a word"),
            format!("The service may not speak TLS here, or something between ends the connection. {SERVER_KEY}"),
        )
        .windows(CONNECTION_ERROR),
        Trouble::Reset(octets) => tls(
            "reset-in-handshake",
            format!("{contact} reset the connection within the handshake, after {octets} octets"),
            "Something between that reads the server's certificate may object to it; else look into the server's log.",
        )
        .windows(RESET)
        .windows(CONNECTION_ERROR),
        Trouble::Closed(octets) => tls(
            "closed-in-handshake",
            format!("{contact} closed the connection within the handshake, after {octets} octets"),
            "Look into the server's log.",
        )
        .windows(CONNECTION_ERROR),
        Trouble::Incompatible(what) => tls(
            "tls-incompatible",
            format!("{contact} chose what current clients do not speak: {what}"),
            "Its TLS has to be set up for TLS 1.2 or 1.3 with cipher suites of ECDHE and AES-GCM or ChaCha20.",
        )
        .windows(SECURE_CHANNEL_ERROR)
        .windows(SEC_E_ALGORITHM_MISMATCH),
        Trouble::Misbehaved(what) => tls(
            "tls-malformed",
            format!("what {contact} sends breaks the rules of TLS: {what}"),
            "The server, or something between that takes part in the handshake, is at fault; ask its maker for an update.",
        )
        .windows(SECURE_CHANNEL_ERROR)
        .windows(SEC_E_ILLEGAL_MESSAGE),
        Trouble::Limit(name) => tls(
            "handshake-too-large",
            format!("{contact} sends more than a handshake can have ({name})"),
            "No sound server does so; the peer is faulty or hostile.",
        )
        .windows(SECURE_CHANNEL_ERROR),
        Trouble::Unusable(why) => tls("handshake-unusable", format!("there can be no such handshake with {contact}: {why}"), "Change the name to ask for (SNI) or the client certificate."),
    }
}

fn not_tls(route: &Route<'_>, answer: &Answer) -> Failure {
    use crate::answer::Speaks;
    // What is connected to may be another host; who is probed stays the target.
    let (contact, target) = (route.contact(), route.target.authority());
    let (cause, message, hint) = match answer {
        Answer::Other(Speaks::Http, words) => (
            "plain-http",
            format!("{contact} answers the ClientHello in plain HTTP: {words}"),
            "TLS is not switched on there, or the port is that of HTTP: give the port of HTTPS, have TLS switched on, or, with a proxy between, connect through it by CONNECT.".to_owned(),
        ),
        Answer::Other(speaks, words) => (
            "other-protocol",
            format!("{contact} does not begin with TLS, but speaks {}: {words}", speaks.name()),
            match speaks.scheme() {
                Some(scheme) => format!("If TLS is begun within that protocol, probe it by {scheme}://{target}."),
                None => "Check the port.".to_owned(),
            },
        ),
        Answer::Ssl2 => (
            "ssl-2",
            format!("{contact} answers in SSL 2.0, which is forbidden (RFC 6176)"),
            "It has to be replaced, or set up for TLS 1.2.".to_owned(),
        ),
        Answer::Unknown(words) => (
            "not-tls",
            format!("what {contact} answers is not TLS: {words}"),
            "Check the port, and whether TLS is switched on there.".to_owned(),
        ),
        Answer::Nothing | Answer::Handshake | Answer::Alert(_) => {
            ("not-tls", format!("what {contact} answers is not TLS"), "Check the port.".to_owned())
        }
    };
    tls(cause, message, hint).windows(SECURE_CHANNEL_ERROR).windows(SEC_E_INVALID_TOKEN)
}

fn of_alert(route: &Route<'_>, alert: Alert, capture: Option<&Capture>) -> Failure {
    let contact = route.contact();
    let asked = capture.and_then(|capture| capture.client_certificate.as_ref());
    // Before TLS 1.3 a server that misses a client certificate says handshake_failure.
    let about_client = alert.concerns_client_certificate() || alert.description == 40;
    match asked {
        Some(asked) if about_client => return client_certificate(route, asked, Some(alert)),
        None if alert.description == 116 => {
            return tls(
                "client-certificate-demanded",
                format!("{contact} demands a client certificate: {alert}"),
                format!("{CLIENT_OPTION}, of a CA that the server takes."),
            )
            .windows(CLIENT_CERTIFICATE_NEEDED);
        }
        _ => {}
    }
    let hint = match alert.description {
        112 => "Check the name: the server has no certificate or site for it, or the address leads to another server than it should.".to_owned(),
        80 => SERVER_KEY.to_owned(),
        109 => "Give the name to ask for (SNI).".to_owned(),
        120 => "Offer another application protocol (ALPN), or none.".to_owned(),
        40 | 70 | 71 | 86 => "The server's versions and cipher suites have to be set up for TLS 1.2 or 1.3; a server of many names sends this too when it is asked for none of them.".to_owned(),
        _ => "Look into the server's log.".to_owned(),
    };
    let failure =
        tls("tls-alert", format!("{contact} ended the handshake with the alert {alert}: {}", alert.meaning()), hint)
            .windows(SECURE_CHANNEL_ERROR);
    match alert.description {
        40 => failure.windows(SEC_E_ILLEGAL_MESSAGE),
        _ => failure.windows(SECURE_FAILURE),
    }
}

/// How a client certificate is given.
const CLIENT_OPTION: &str = "Give a client certificate with its private key by --client-cert FILE (PEM or PFX)";

/// unknown_ca (RFC 8446 §6.2).
const UNKNOWN_CA: u8 = 48;

/// The server does not go on without a client certificate, or not with this one.
pub(super) fn client_certificate(route: &Route<'_>, asked: &ClientCertificate, alert: Option<Alert>) -> Failure {
    let contact = route.contact();
    let said = alert.map_or_else(|| "it closed the connection".to_owned(), |alert| format!("alert {alert}"));
    let failure = if asked.given {
        let meaning = alert.map_or("it does not say why", Alert::meaning);
        let sent = route.settings.identity.as_ref().map_or(0, Identity::certificates);
        let hint = match alert {
            Some(Alert { description: UNKNOWN_CA, .. }) => format!(
                "{}. Compare its issuer with the CAs that the server names: the intermediates below one of them must be in the file of --client-cert, behind the client's own certificate; of another CA no certificate will do until the server trusts it.",
                match sent {
                    1 => "The client's own certificate was sent alone".to_owned(),
                    count => format!("{count} certificates were sent, the client's own among them"),
                }
            ),
            _ => "Compare its issuer with the CAs that the server names, and its validity and purposes with what the server demands; the server's log says more.".to_owned(),
        };
        tls("client-certificate-refused", format!("{contact} refuses the client certificate ({said}): {meaning}"), hint)
    } else {
        let (names, of) = match asked.ca_names.len() {
            0 => (
                "; it names no CAs".to_owned(),
                "it names no CAs: ask those who run the server which they take certificates of",
            ),
            1 => ("; it names one CA".to_owned(), "issued by the CA that the server names"),
            count => (format!("; it names {count} CAs"), "issued by one of the CAs that the server names"),
        };
        tls(
            "client-certificate-demanded",
            format!("{contact} demands a client certificate ({said}){names}"),
            format!("{CLIENT_OPTION}{} {of}.", if asked.ca_names.is_empty() { ";" } else { "," }),
        )
    };
    failure.windows(CLIENT_CERTIFICATE_NEEDED)
}

/// The failure, when the server answers to something done otherwise.
pub(super) fn explained(
    route: &Route<'_>,
    offer: &Offer<'_>,
    trouble: &Trouble,
    change: Change,
    capture: Option<&Capture>,
) -> Failure {
    let contact = route.contact();
    let before = of(route, trouble, None);
    let name = offer.server_name.unwrap_or_default();
    let mut failure = match change {
        Change::WithoutName => tls(
            "name-not-wanted",
            format!("{}. Without the name {name} (SNI) it answers", before.message),
            match trouble {
                Trouble::Alert(_) => {
                    format!("The server has no site of the name {name}: check the name, and where it leads to.")
                }
                _ => format!(
                    "A firewall or proxy that goes by host names blocks {name}: have it allowed there (by its full name, not by addresses)."
                ),
            },
        ),
        Change::OnlyTls12 => tls(
            "version-not-wanted",
            format!("{}. With TLS 1.2 alone it answers", before.message),
            "The server, or a firewall or proxy between, cannot bear the offer of TLS 1.3 and has to be updated; until then limit clients to TLS 1.2.",
        ),
        Change::BothVersions => tls(
            "version-not-spoken",
            format!(
                "{}. It speaks {}, and not {}",
                before.message,
                capture
                    .and_then(|capture| capture.version)
                    .map_or_else(|| "another version".to_owned(), |version| version.to_string()),
                match offer.versions {
                    Versions::Tls12 => Version::TLS_1_2,
                    _ => Version::TLS_1_3,
                },
            ),
            "Do not limit the version, or have the server set up for it.",
        ),
        Change::PlainHello(_) => too_old(contact, &before, capture),
        Change::Upgrade(protocol) => tls(
            "needs-upgrade",
            format!("{contact} speaks {protocol}, which begins without TLS and has a request for it"),
            format!("Probe it by {}://{}.", protocol.scheme(), route.target.authority()),
        ),
        Change::DirectTls => before.clone(),
    };
    failure.windows = before.windows;
    failure
}

/// The server answers a hello of old only.
fn too_old(contact: &str, before: &Failure, capture: Option<&Capture>) -> Failure {
    let version = capture.and_then(|capture| capture.version);
    let suite = capture.and_then(|capture| capture.suite).map_or_else(String::new, |suite| format!(" with {suite}"));
    if version == Some(Version::TLS_1_2) && capture.and_then(|capture| capture.suite).is_some_and(is_current) {
        return tls(
            "tls-not-completed",
            format!(
                "{contact} speaks TLS 1.2{suite}; with its key or curve no handshake can be completed here, as with a key on P-521, and its certificates were read without one. {}",
                before.message
            ),
            "Clients that know the key's curve can connect; browsers may not. A key on P-256 or P-384, or an RSA key, is taken by all.",
        );
    }
    let spoken = version.map_or_else(|| "an old version".to_owned(), |version| version.to_string());
    tls(
        "tls-too-old",
        format!(
            "{contact} speaks {spoken}{suite}, which current clients do not; its certificates were read without completing a handshake. To current clients: {}",
            before.message
        ),
        if version.is_some_and(|version| version < Version::TLS_1_2) {
            "Have TLS 1.2 or later switched on at the server; on Windows Server 2008 R2 and 2012 it is off for some clients and services until it is set in the registry (SCHANNEL\\Protocols)."
        } else {
            "Have cipher suites of ECDHE with AES-GCM switched on at the server."
        },
    )
}

/// Whether current clients speak this suite of TLS 1.2.
fn is_current(suite: Suite) -> bool {
    let ours = rustls::crypto::aws_lc_rs::DEFAULT_CIPHER_SUITES;
    ours.iter().any(|known| u16::from(known.suite()) == suite.0)
}

/// The server was asked for TLS and begins with it by itself.
pub(super) fn begins_with_tls(route: &Route<'_>, protocol: Protocol, windows: Vec<u32>) -> Failure {
    let (contact, target) = (route.contact(), route.target.authority());
    let failure = Failure::new(
        Stage::Upgrade,
        "upgrade-plain-tls",
        format!("{contact} begins with TLS at once and does not wait for {protocol}'s request for it"),
        match protocol {
            Protocol::NetTcp => format!(
                "The service's binding is not net.tcp with transport security. Probe it by tls://{target}; if it is meant to be net.tcp, another service has the port."
            ),
            _ => format!("Probe it by tls://{target}."),
        },
    );
    Failure { windows, ..failure }
}

/// Says what else was tried in vain.
pub(super) fn add_what_was_tried(failure: &mut Failure, trouble: &Trouble, trials: &[Trial]) {
    let same: Vec<String> = trials
        .iter()
        .filter(|trial| matches!(&trial.outcome, TrialOutcome::Failed(other) if is_same(other, trouble)))
        .map(|trial| trial.change.to_string())
        .collect();
    if !same.is_empty() {
        failure.hint.push_str(&format!(" It was the same {}.", same.join(", ")));
    }
}

fn is_same(one: &Trouble, other: &Trouble) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}
