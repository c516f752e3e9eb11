//! How an endpoint was reached.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certlens_core::x509::Certificate;
use certlens_probe::Failure;
use certlens_probe::probe::{StageReport, Trial, TrialOutcome};
use certlens_probe::proxy::ProxyReport;
use certlens_probe::target::Opening;
use schemars::JsonSchema;
use serde::Serialize;

use super::milliseconds;
use crate::endpoint::Endpoint;

/// A stage that was entered.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StageFacts {
    /// `name`, `connect`, `proxy`, `upgrade` or `tls`.
    stage: &'static str,
    /// Whether it was passed.
    passed: bool,
    /// The cause of the failure, if it was not.
    cause: Option<&'static str>,
    /// How long it took, in milliseconds.
    milliseconds: u64,
}

impl From<&StageReport> for StageFacts {
    fn from(report: &StageReport) -> Self {
        StageFacts {
            stage: report.stage.word(),
            passed: report.outcome.is_ok(),
            cause: report.outcome.err(),
            milliseconds: milliseconds(report.elapsed),
        }
    }
}

/// Why a client gets no further.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FailureFacts {
    /// The stage at which it failed.
    pub(crate) stage: &'static str,
    /// What kind of failure, stable and in kebab case.
    pub(crate) cause: &'static str,
    /// The failure as a sentence.
    message: String,
    /// What to do.
    hint: String,
    /// The codes by which Windows reports the same.
    windows: Vec<WindowsCode>,
}

impl FailureFacts {
    /// The codes of Windows as they are written.
    pub(crate) fn codes(&self) -> Vec<&str> {
        self.windows.iter().map(|code| code.text.as_str()).collect()
    }
}

/// A code of Windows.
#[derive(Debug, Serialize, JsonSchema)]
struct WindowsCode {
    /// The number.
    code: u32,
    /// As it is written: an HRESULT in hexadecimal, a Winsock or WinHTTP error in decimal.
    text: String,
}

/// A code of Windows as it is written there.
pub(crate) fn windows_code(code: u32) -> String {
    if code > 0xffff { format!("0x{code:08X}") } else { code.to_string() }
}

impl From<&Failure> for FailureFacts {
    fn from(failure: &Failure) -> Self {
        FailureFacts {
            stage: failure.stage.word(),
            cause: failure.cause,
            message: failure.message.clone(),
            hint: failure.hint.clone(),
            windows: failure
                .windows
                .iter()
                .map(|code| WindowsCode { code: *code, text: windows_code(*code) })
                .collect(),
        }
    }
}

/// A further connection that was made to find out why TLS failed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TrialFacts {
    /// What was done otherwise.
    change: String,
    /// Whether the server answered then.
    answered: bool,
    /// What came of it, in words.
    outcome: String,
    /// How long it took, in milliseconds.
    milliseconds: u64,
}

impl From<&Trial> for TrialFacts {
    fn from(trial: &Trial) -> Self {
        TrialFacts {
            change: trial.change.to_string(),
            answered: trial.outcome == TrialOutcome::Answered,
            outcome: outcome(&trial.outcome),
            milliseconds: milliseconds(trial.elapsed),
        }
    }
}

/// What came of a trial, in words.
pub(crate) fn outcome(outcome: &TrialOutcome) -> String {
    match outcome {
        TrialOutcome::Answered => "answered".to_owned(),
        TrialOutcome::Failed(trouble) => trouble.to_string(),
        TrialOutcome::NotReached(failure) => failure.message.clone(),
    }
}

/// A proxy, in its own words.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProxyFacts {
    /// Where the proxy was named.
    from: Option<String>,
    /// The status of its last answer (HTTP), or its reply code (SOCKS5).
    status: Option<u16>,
    /// The reason phrase beside it.
    reason: String,
    /// Header fields by which it shows what it is.
    headers: Vec<HeaderFacts>,
    /// The title of the page that came with a refusal.
    title: Option<String>,
    /// The schemes by which it lets users log in.
    schemes: Vec<String>,
    /// The scheme that was answered.
    authenticated_by: Option<&'static str>,
    /// The certificates of the proxy itself, in the order in which it sent them, when it is spoken to under TLS.
    chain: Vec<ProxyCertificateFacts>,
}

/// A certificate of a proxy.
#[derive(Debug, Serialize, JsonSchema)]
struct ProxyCertificateFacts {
    /// RFC 4514.
    subject: Option<String>,
    /// RFC 4514.
    issuer: Option<String>,
    /// End of validity, RFC 3339.
    not_after: Option<String>,
    /// SHA-256 of it.
    sha256: Option<String>,
    /// Why it cannot be read.
    error: Option<String>,
    /// Base64 of its DER.
    der: String,
}

impl ProxyCertificateFacts {
    fn new(der: &[u8]) -> ProxyCertificateFacts {
        let read = Certificate::from_der(der);
        let certificate = read.as_ref();
        ProxyCertificateFacts {
            subject: certificate.map(|certificate| certificate.subject().brief()).ok(),
            issuer: certificate.map(|certificate| certificate.issuer().brief()).ok(),
            not_after: certificate.map(|certificate| certificate.not_after().time.to_string()).ok(),
            sha256: certificate.map(|certificate| certificate.id().to_string()).ok(),
            error: certificate.err().map(ToString::to_string),
            der: STANDARD.encode(der),
        }
    }
}

/// A header field.
#[derive(Debug, Serialize, JsonSchema)]
struct HeaderFacts {
    /// Its name, in lower case.
    name: String,
    /// Its value.
    value: String,
}

impl ProxyFacts {
    pub(super) fn new(report: &ProxyReport, endpoint: &Endpoint) -> ProxyFacts {
        ProxyFacts {
            from: endpoint.way.proxy_from.clone(),
            status: report.status,
            reason: report.reason.clone(),
            headers: report
                .headers
                .iter()
                .map(|(name, value)| HeaderFacts { name: name.clone(), value: value.clone() })
                .collect(),
            title: report.title.clone(),
            schemes: report.schemes.clone(),
            authenticated_by: report.authenticated_by,
            chain: endpoint.probe.proxy_chain.iter().map(|der| ProxyCertificateFacts::new(der)).collect(),
        }
    }
}

/// How an endpoint comes to TLS.
pub(super) fn opening(opening: Opening) -> String {
    match opening {
        Opening::Tls => "tls".to_owned(),
        Opening::Upgrade(protocol) => protocol.to_string(),
    }
}
