//! What is known about revocation, and what was asked for.

use certlens_core::policy::{PreferredSource, RevocationMode, RevocationPolicy, RevocationScope};
use certlens_core::revocation::{
    Revocation, RevocationOutcome, RevocationStatus, SourceKind, SourceOutcome, SourceResult,
};
use certlens_fetch::{Failure, Retrieved, Source, shown};
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::finding::FindingFacts;
use crate::retrieve::Attempt;
use crate::verification::Request;

/// What was demanded about revocation.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RevocationRequestFacts {
    /// `none`, `best_effort` or `require`.
    mode: &'static str,
    /// `end_entity` or `chain`; a trust anchor is never looked at.
    scope: &'static str,
    /// Which source is asked for first: `ocsp` or `crl`.
    prefer: &'static str,
    /// How many CRLs were given.
    crls: usize,
    /// How many OCSP responses were given.
    responses: usize,
    /// Whether URLs in certificates were asked.
    fetch: bool,
}

impl RevocationRequestFacts {
    pub(crate) fn new(request: &Request) -> Self {
        let RevocationPolicy { mode, scope, prefer, .. } = request.policy.revocation;
        RevocationRequestFacts {
            mode: match mode {
                RevocationMode::None => "none",
                RevocationMode::BestEffort => "best_effort",
                RevocationMode::Require => "require",
            },
            scope: match scope {
                RevocationScope::EndEntity => "end_entity",
                RevocationScope::Chain => "chain",
            },
            prefer: match prefer {
                PreferredSource::Ocsp => "ocsp",
                PreferredSource::Crl => "crl",
            },
            crls: request.given.crls,
            responses: request.given.responses,
            fetch: request.retriever.is_some(),
        }
    }
}

/// What is known about one certificate.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RevocationFacts {
    /// Place of the certificate in the path, 0 being the target.
    depth: usize,
    /// `good`, `revoked`, `revoked_later` (after the verification time) or `unknown`.
    pub(crate) status: &'static str,
    /// When and why it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation: Option<RevokedFacts>,
    /// The CRLs and responses that were looked at, in that order.
    sources: Vec<SourceFacts>,
}

/// When and why a certificate was revoked.
#[derive(Debug, Serialize, JsonSchema)]
struct RevokedFacts {
    /// When, RFC 3339.
    time: String,
    /// Why, by the names of RFC 5280 §5.3.1.
    reason: String,
    /// Since when the certificate is thought to be invalid, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    invalidity_date: Option<String>,
}

/// One CRL or response.
#[derive(Debug, Serialize, JsonSchema)]
struct SourceFacts {
    /// `crl`, `delta_crl` or `ocsp`.
    kind: &'static str,
    /// Where it came from.
    origin: String,
    /// `good`, `revoked` or `not_used`.
    result: &'static str,
    /// The delta CRL that was combined with it; the times are then the delta CRL's.
    #[serde(skip_serializing_if = "Option::is_none")]
    delta: Option<DeltaFacts>,
    /// Why it was not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<FindingFacts>,
    /// When it was made, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    this_update: Option<String>,
    /// Until when it counts, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_update: Option<String>,
}

/// A delta CRL that was combined with a complete one.
#[derive(Debug, Serialize, JsonSchema)]
struct DeltaFacts {
    /// Where it came from.
    origin: String,
    /// Whether the result stands in it alone: the complete CRL says otherwise.
    decides: bool,
}

impl From<&Revocation> for RevokedFacts {
    fn from(revocation: &Revocation) -> Self {
        RevokedFacts {
            time: revocation.time.to_string(),
            reason: revocation.reason_name().to_owned(),
            invalidity_date: revocation.invalidity_date.map(|date| date.to_string()),
        }
    }
}

impl From<&RevocationOutcome> for RevocationFacts {
    fn from(found: &RevocationOutcome) -> Self {
        let (status, revocation) = match &found.status {
            RevocationStatus::Good => ("good", None),
            RevocationStatus::Revoked(revocation) => ("revoked", Some(revocation)),
            RevocationStatus::RevokedLater(revocation) => ("revoked_later", Some(revocation)),
            RevocationStatus::Unknown => ("unknown", None),
        };
        RevocationFacts {
            depth: found.depth,
            status,
            revocation: revocation.map(RevokedFacts::from),
            sources: found.sources.iter().map(SourceFacts::from).collect(),
        }
    }
}

impl From<&SourceOutcome> for SourceFacts {
    fn from(source: &SourceOutcome) -> Self {
        let (result, finding) = match &source.result {
            SourceResult::Good => ("good", None),
            SourceResult::Revoked(_) => ("revoked", None),
            SourceResult::NotUsed(finding) => ("not_used", Some(FindingFacts::new(finding))),
        };
        SourceFacts {
            kind: kind(source.kind),
            origin: source.origin.to_string(),
            result,
            delta: source
                .delta
                .as_ref()
                .map(|delta| DeltaFacts { origin: delta.origin.to_string(), decides: delta.decides }),
            finding,
            this_update: source.this_update.map(|time| time.to_string()),
            next_update: source.next_update.map(|time| time.to_string()),
        }
    }
}

fn kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Crl => "crl",
        SourceKind::DeltaCrl => "delta_crl",
        SourceKind::Ocsp => "ocsp",
    }
}

/// One URL that was asked.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RetrievalFacts {
    /// What it was asked for: `issuer`, `ocsp`, `crl` or `delta_crl`.
    wanted: &'static str,
    /// SHA-256 of the certificate that names it.
    certificate: String,
    /// How it went.
    #[serde(flatten)]
    retrieved: RetrievedFacts,
    /// Whether the CRL came as PEM, where RFC 5280 §4.2.1.13 demands DER.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pem: bool,
    /// Why what came is of no use, when it was retrieved but is not what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<String>,
}

/// How asking a URL went.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RetrievedFacts {
    /// The URL, without user name and password.
    pub(crate) url: String,
    /// `network` or `cache`.
    pub(crate) source: &'static str,
    /// Milliseconds from asking to the last octet.
    pub(crate) milliseconds: u64,
    /// Octets that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) octets: Option<usize>,
    /// The address that was connected to; not known through a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    /// The proxy; which address it connected to could not be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy: Option<String>,
    /// Where redirects led.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) redirects: Vec<String>,
    /// The status of the last HTTP answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// Why nothing came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<FailureFacts>,
}

/// Why nothing came.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FailureFacts {
    /// How far it came: `url`, `dns`, `connect`, `proxy`, `tls`, `http`, `ldap`, `size` or `content`.
    pub(crate) stage: &'static str,
    /// Stable, in kebab case.
    pub(crate) cause: String,
    /// As a sentence.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: String,
    /// The code by which WinHTTP reports the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) winhttp: Option<u32>,
    /// Whether it says nothing about the server.
    pub(crate) cannot_tell: bool,
}

impl From<&Attempt> for RetrievalFacts {
    fn from(attempt: &Attempt) -> Self {
        RetrievalFacts {
            wanted: attempt.wanted.name(),
            certificate: attempt.certificate.id().to_string(),
            retrieved: RetrievedFacts::from(attempt.retrieved()),
            pem: attempt.is_pem_crl(),
            unreadable: match (&attempt.retrieved().outcome, attempt.content()) {
                (Ok(_), Err(unread)) => Some(unread.message.clone()),
                _ => None,
            },
        }
    }
}

impl From<&Retrieved> for RetrievedFacts {
    fn from(retrieved: &Retrieved) -> Self {
        RetrievedFacts {
            url: shown(&retrieved.request.url),
            source: match retrieved.source {
                Source::Network => "network",
                Source::Cache { .. } => "cache",
            },
            milliseconds: u64::try_from(retrieved.elapsed.as_millis()).unwrap_or(u64::MAX),
            octets: retrieved.outcome.as_ref().ok().map(Vec::len),
            address: retrieved.peer.map(|peer| peer.to_string()),
            proxy: retrieved.proxy.clone(),
            redirects: retrieved.redirects.iter().map(|url| shown(url)).collect(),
            status: retrieved.status,
            failure: retrieved.outcome.as_ref().err().map(FailureFacts::from),
        }
    }
}

impl From<&Failure> for FailureFacts {
    fn from(failure: &Failure) -> Self {
        FailureFacts {
            stage: failure.stage.word(),
            cause: failure.cause.to_owned(),
            message: failure.message.clone(),
            hint: failure.hint.clone(),
            winhttp: failure.winhttp,
            cannot_tell: failure.cannot_tell,
        }
    }
}
