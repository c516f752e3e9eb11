//! What a TLS handshake failed for.

use rustls::{AlertDescription, CertificateError, Error};

use crate::failure::{Failure, Stage};
use crate::text::printable;

/// Whom the handshake was with.
pub(crate) struct Peer<'a> {
    /// Host and port.
    pub(crate) server: &'a str,
    /// ` through the proxy …`, when there is one.
    pub(crate) through: &'a str,
    /// Who issued its certificate, when that is known.
    pub(crate) issuer: Option<&'a str>,
    /// What else is to be said where the server's TLS is at fault, after a blank.
    pub(crate) advice: &'a str,
}

/// The failure behind an error of the TLS library.
pub(crate) fn failure(error: &Error, peer: &Peer<'_>) -> Failure {
    let mut failure = kind(error, peer);
    failure
        .hint
        .push_str(&format!(" This shows what the server sends: openssl s_client -connect {} -showcerts", peer.server));
    failure
}

fn kind(error: &Error, peer: &Peer<'_>) -> Failure {
    match error {
        Error::InvalidCertificate(error) => certificate(error, peer),
        Error::AlertReceived(AlertDescription::CertificateRequired) => Failure::new(
            Stage::Tls,
            "client-certificate-wanted",
            format!("{} wants a certificate of the client", peer.server),
            "These files must be readable by everyone: the server's operator must not ask for client certificates there.",
        )
        .code(12044),
        Error::AlertReceived(alert) => handshake(peer, &format!("the server sent the alert {}", alert_name(*alert))),
        Error::InvalidMessage(_) | Error::InappropriateMessage { .. } => {
            handshake(peer, "what the server sent is not TLS")
        }
        Error::PeerIncompatible(_) => {
            handshake(peer, "the server speaks no version or algorithm that is still accepted")
        }
        Error::PeerMisbehaved(_) | Error::InappropriateHandshakeMessage { .. } => {
            handshake(peer, "what the server sent breaks the rules of TLS")
        }
        Error::NoCertificatesPresented => handshake(peer, "the server sent no certificate"),
        Error::DecryptError => handshake(peer, "what the server sent cannot be decrypted"),
        other => Failure { winhttp: Some(12175), ..handshake(peer, &said(&other.to_string())) },
    }
}

fn handshake(peer: &Peer<'_>, reason: &str) -> Failure {
    Failure::new(
        Stage::Tls,
        "tls-handshake-failed",
        format!("the TLS handshake with {}{} failed: {reason}", peer.server, peer.through),
        format!(
            "The server must speak TLS 1.2 or 1.3 with current algorithms; a proxy that inspects TLS may stand between.{}",
            peer.advice
        ),
    )
    .code(12157)
}

fn alert_name(alert: AlertDescription) -> String {
    alert.as_str().map_or_else(|| u8::from(alert).to_string(), str::to_owned)
}

fn certificate(error: &CertificateError, peer: &Peer<'_>) -> Failure {
    let server = peer.server;
    let issuer = peer.issuer.map(|name| format!(" (issued by {name})")).unwrap_or_default();
    let fail = |cause, what: String, hint: String, code| {
        Failure::new(Stage::Tls, cause, format!("the TLS certificate of {server}{issuer} {what}{}", peer.through), hint)
            .code(code)
    };
    match error {
        CertificateError::UnknownIssuer => fail(
            "tls-untrusted",
            "is not trusted: no path leads to a trust anchor of this machine or of Mozilla".to_owned(),
            "If its issuer is your company's, a proxy inspects TLS: have its CA put into this machine's trust store, or the host exempted. If it is the server's own, the server must send its intermediates, or its trust anchor is missing here.".to_owned(),
            12045,
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => fail(
            "tls-expired",
            "has expired".to_owned(),
            "The server's operator must renew it; check this machine's clock, too.".to_owned(),
            12037,
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => fail(
            "tls-not-yet-valid",
            "is not valid yet".to_owned(),
            "Check this machine's clock; else the server's operator must wait, or use another certificate.".to_owned(),
            12037,
        ),
        CertificateError::NotValidForName => fail(
            "tls-wrong-name",
            "is not for this name".to_owned(),
            wrong_name(),
            12038,
        ),
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names: Vec<&str> = presented.iter().take(5).map(String::as_str).collect();
            let names = if names.is_empty() { "no name".to_owned() } else { printable(&names.join(", "), 300) };
            fail("tls-wrong-name", format!("is not for this name, but for {names}"), wrong_name(), 12038)
        }
        CertificateError::Revoked => fail(
            "tls-revoked",
            "is revoked".to_owned(),
            "The server's operator must replace it.".to_owned(),
            12170,
        ),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => fail(
            "tls-wrong-purpose",
            "is not for TLS servers".to_owned(),
            "The server's operator must use one with the purpose serverAuth.".to_owned(),
            12179,
        ),
        other => fail(
            "tls-certificate-invalid",
            format!("cannot be accepted: {}", reason(other)),
            "The server's operator must replace it.".to_owned(),
            12169,
        ),
    }
}

fn reason(error: &CertificateError) -> String {
    match error {
        CertificateError::BadEncoding => "it cannot be read".to_owned(),
        CertificateError::BadSignature => "a signature in its chain is wrong".to_owned(),
        CertificateError::UnhandledCriticalExtension => "it has a critical extension that is not processed".to_owned(),
        other => said(&other.to_string()),
    }
}

/// What a library says, in words: many of its errors are names of its own, which it
/// writes as `CaUsedAsEndEntity` or `Other(CaUsedAsEndEntity)`.
fn said(text: &str) -> String {
    let is_name = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_uppercase())
            && text.chars().all(|character| character.is_ascii_alphanumeric())
            && text.chars().any(|character| character.is_ascii_lowercase())
    };
    let inner = text.rsplit(['(', '{', ' ']).find(|part| !part.trim_matches([')', '}', ' ']).is_empty());
    let name = inner.map(|part| part.trim_matches([')', '}', ' '])).unwrap_or_default();
    if text.contains(['(', '{']) || is_name(text) {
        let name = if is_name(name) { name } else { text.split(['(', '{', ' ']).next().unwrap_or_default() };
        return words(name);
    }
    printable(text, 160)
}

/// `CaUsedAsEndEntity` as `ca used as end entity`.
fn words(name: &str) -> String {
    let mut words = String::new();
    let mut before_is_lower = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && before_is_lower {
            words.push(' ');
        }
        before_is_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        words.push(character.to_ascii_lowercase());
    }
    printable(&words, 160)
}

fn wrong_name() -> String {
    "The name in the URL leads to another server than it should, or the server's certificate lacks the name; tell its operator.".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::{InvalidMessage, OtherError, PeerIncompatible, PeerMisbehaved};

    #[test]
    fn no_failure_shows_what_the_library_calls_it() {
        let other =
            || CertificateError::Other(OtherError(std::sync::Arc::new(std::io::Error::other("CaUsedAsEndEntity"))));
        let peer = Peer { server: "host.test:443", through: "", issuer: None, advice: "" };
        for error in [
            Error::InvalidCertificate(CertificateError::BadEncoding),
            Error::InvalidCertificate(CertificateError::BadSignature),
            Error::InvalidCertificate(CertificateError::UnhandledCriticalExtension),
            Error::InvalidCertificate(CertificateError::UnknownRevocationStatus),
            Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure),
            Error::InvalidCertificate(CertificateError::UnknownIssuer),
            Error::InvalidCertificate(other()),
            Error::PeerIncompatible(PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig),
            Error::PeerMisbehaved(PeerMisbehaved::InvalidCertCompression),
            Error::InvalidMessage(InvalidMessage::InvalidCcs),
            Error::AlertReceived(AlertDescription::HandshakeFailure),
            Error::NoCertificatesPresented,
            Error::DecryptError,
            Error::General("Bad(Thing)".to_owned()),
        ] {
            let failure = failure(&error, &peer);
            let shown = format!("{} {}", failure.message, failure.hint);
            for mark in ["InvalidCert", "BadEncoding", "UsedAs", "Unknown", "Other(", "Peer", "Disabled", "Error", "("]
            {
                assert!(!shown.contains(mark), "{error:?}: {shown}");
            }
            assert!(failure.hint.ends_with("openssl s_client -connect host.test:443 -showcerts"), "{shown}");
        }
    }

    #[test]
    fn names_become_words() {
        for (name, shown) in [
            ("CaUsedAsEndEntity", "ca used as end entity"),
            ("Other(CaUsedAsEndEntity)", "ca used as end entity"),
            (
                "invalid peer certificate: Other(OtherError(MissingOrMalformedExtensions))",
                "missing or malformed extensions",
            ),
            ("the server went away", "the server went away"),
            ("", ""),
        ] {
            assert_eq!(said(name), shown, "{name}");
        }
    }
}
