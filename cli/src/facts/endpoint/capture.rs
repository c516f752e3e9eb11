//! What an endpoint presented.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certlens_core::encoding::der::{Cursor, Decode};
use certlens_core::x509::name::Name;
use certlens_probe::tls::{Capture, ClientCertificate, ClientCertificateWord, How, Possession, Version};
use schemars::JsonSchema;
use serde::Serialize;

use crate::endpoint::{Endpoint, Place, Sent};

/// What an endpoint presented in its handshake.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CaptureFacts {
    /// How it was got: `handshake`, `partial-handshake`, or `plain-hello` from a server that speaks old versions alone.
    how: &'static str,
    /// The name that the server was asked for (SNI).
    server_name: Option<String>,
    /// The version of TLS.
    version: Option<String>,
    /// The cipher suite.
    cipher_suite: Option<String>,
    /// The group in which keys were exchanged.
    key_exchange_group: Option<String>,
    /// The application protocol (ALPN).
    alpn: Option<String>,
    /// The certificates exactly as they were sent.
    chain: Vec<SentFacts>,
    /// How many more came than are kept.
    chain_omitted: usize,
    /// The stapled OCSP response, base64 of its DER.
    staple: Option<String>,
    /// The SCTs that came as an extension of TLS, base64 of the list; of handshakes they are not known.
    tls_scts: Option<String>,
    /// Whether the server showed that it has the key of its certificate.
    key_possession: PossessionFacts,
    /// What it gives for resuming sessions.
    sessions: SessionFacts,
    /// Its request for a client certificate, if it made one.
    client_certificate: Option<ClientCertificateFacts>,
    /// Octets that it sent until the handshake ended.
    octets: usize,
}

/// A certificate as it was sent.
#[derive(Debug, Serialize, JsonSchema)]
struct SentFacts {
    /// Where it belongs: `path`, `anchor`, `duplicate`, `surplus` or `broken`.
    place: &'static str,
    /// Its depth in the path, 0 being the server's own.
    depth: Option<usize>,
    /// RFC 4514.
    subject: Option<String>,
    /// RFC 4514.
    issuer: Option<String>,
    /// End of validity, RFC 3339.
    not_after: Option<String>,
    /// SHA-256 of it.
    sha256: Option<String>,
    /// SHA-256 of its SubjectPublicKeyInfo, base64, as pins are written (RFC 7469 §2.4).
    spki_sha256: Option<String>,
    /// Why it cannot be read.
    error: Option<String>,
    /// Base64 of its DER.
    der: String,
}

/// Whether a server has the key of its certificate.
#[derive(Debug, Serialize, JsonSchema)]
struct PossessionFacts {
    /// `proven`, `unproven` or `disproven`.
    status: &'static str,
    /// The signature scheme by which it signed.
    scheme: Option<String>,
    /// Why it is not proven.
    why: Option<String>,
}

/// What a server gives for resuming sessions.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionFacts {
    /// Tickets of TLS 1.3 that came; null when they were not waited for.
    tickets: Option<usize>,
    /// The most octets of early data that one allows; null when they were not waited for.
    early_data: Option<u32>,
    /// Whether a session of TLS 1.2 can be resumed.
    resumable_tls12: bool,
}

/// A request for a client certificate.
#[derive(Debug, Serialize, JsonSchema)]
struct ClientCertificateFacts {
    /// The CAs from which it takes certificates, RFC 4514; none means any.
    ca_names: Vec<String>,
    /// The signature schemes that it takes.
    schemes: Vec<String>,
    /// Whether a certificate was given.
    given: bool,
    /// What the server said to that.
    answer: String,
}

impl CaptureFacts {
    pub(super) fn new(capture: &Capture, endpoint: &Endpoint) -> CaptureFacts {
        CaptureFacts {
            how: capture.how.word(),
            server_name: capture.server_name.clone(),
            version: capture.version.map(|version| version.to_string()),
            cipher_suite: capture.suite.map(|suite| suite.to_string()),
            key_exchange_group: capture.group.map(|group| group.to_string()),
            alpn: capture.alpn.as_deref().map(|alpn| String::from_utf8_lossy(alpn).into_owned()),
            chain: endpoint.sent.iter().map(SentFacts::from).collect(),
            chain_omitted: capture.chain_omitted,
            staple: capture.staple.as_ref().map(|staple| STANDARD.encode(staple)),
            tls_scts: capture.scts.as_ref().map(|scts| STANDARD.encode(scts)),
            key_possession: PossessionFacts::from(&capture.possession),
            sessions: SessionFacts::new(capture, endpoint),
            client_certificate: capture.client_certificate.as_ref().map(ClientCertificateFacts::from),
            octets: capture.octets,
        }
    }
}

impl SessionFacts {
    fn new(capture: &Capture, endpoint: &Endpoint) -> SessionFacts {
        let sessions = &capture.sessions;
        let is_tls_1_3 = capture.how == How::Handshake && capture.version == Some(Version::TLS_1_3);
        // Some come without being waited for.
        let known = endpoint.way.settings.tickets && is_tls_1_3 || sessions.tickets > 0;
        SessionFacts {
            tickets: known.then_some(sessions.tickets),
            early_data: known.then_some(sessions.early_data),
            resumable_tls12: sessions.resumable_1_2,
        }
    }
}

impl From<&Sent> for SentFacts {
    fn from(sent: &Sent) -> Self {
        let (place, depth) = match sent.place {
            Place::Path(depth) => ("path", Some(depth)),
            Place::Anchor => ("anchor", None),
            Place::Again(_) => ("duplicate", None),
            Place::Surplus => ("surplus", None),
            Place::Broken => ("broken", None),
        };
        let read = sent.certificate.as_ref();
        SentFacts {
            place,
            depth,
            subject: read.map(|certificate| certificate.subject().brief()).ok(),
            issuer: read.map(|certificate| certificate.issuer().brief()).ok(),
            not_after: read.map(|certificate| certificate.not_after().time.to_string()).ok(),
            sha256: read.map(|certificate| certificate.id().to_string()).ok(),
            spki_sha256: read.map(|certificate| STANDARD.encode(certificate.spki_digest())).ok(),
            error: read.err().cloned(),
            der: STANDARD.encode(&sent.der),
        }
    }
}

impl From<&Possession> for PossessionFacts {
    fn from(possession: &Possession) -> Self {
        let (status, scheme, why) = match possession {
            Possession::Proven(scheme) => ("proven", Some(scheme.to_string()), None),
            Possession::Unproven(why) => ("unproven", None, Some(why.clone())),
            Possession::Disproven(scheme, why) => ("disproven", Some(scheme.to_string()), Some(why.clone())),
        };
        PossessionFacts { status, scheme, why }
    }
}

impl From<&ClientCertificate> for ClientCertificateFacts {
    fn from(asked: &ClientCertificate) -> Self {
        ClientCertificateFacts {
            ca_names: asked.ca_names.iter().map(|name| ca_name(name)).collect(),
            schemes: asked.schemes.iter().map(ToString::to_string).collect(),
            given: asked.given,
            answer: answer(asked.word),
        }
    }
}

/// The name of a CA, from its encoding.
pub(crate) fn ca_name(der: &[u8]) -> String {
    match Name::decode(&mut Cursor::silent(der)) {
        Ok(name) => name.brief(),
        Err(error) => format!("(cannot be read: {error})"),
    }
}

/// What a server said to the client certificate that it got or did not get.
pub(crate) fn answer(word: ClientCertificateWord) -> String {
    match word {
        ClientCertificateWord::Accepted => "TLS went on, and the server may still refuse".to_owned(),
        ClientCertificateWord::Refused(alert) => format!("refused: {alert}"),
        ClientCertificateWord::Closed => "closed the connection".to_owned(),
        ClientCertificateWord::Silent => "said nothing".to_owned(),
        ClientCertificateWord::NotReached => "the handshake did not come so far".to_owned(),
    }
}
