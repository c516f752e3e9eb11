//! Facts of endpoints: how they were reached, and what they presented.

mod capture;
mod route;

use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use capture::{CaptureFacts, answer, ca_name};
pub(crate) use route::{FailureFacts, ProxyFacts, StageFacts, TrialFacts, outcome, windows_code};

use crate::endpoint::Endpoint;
use crate::facts::finding::FindingFacts;
use crate::verification::Verified;
use certlens_core::finding::Severity;
use certlens_core::policy::ValidationPolicy;
use certlens_core::verdict::Status;
use certlens_probe::Stage;

/// What was demanded of the certificate of an endpoint.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DemandedFacts {
    /// The name.
    name: Option<String>,
    /// Purposes, each of which must be allowed.
    purposes: Vec<String>,
    /// `rfc5280`, or `web` where the path ends in a public trust anchor.
    profile: &'static str,
}

impl From<&ValidationPolicy> for DemandedFacts {
    fn from(policy: &ValidationPolicy) -> Self {
        DemandedFacts {
            name: policy.name.as_ref().map(ToString::to_string),
            purposes: policy.purposes.iter().map(ToString::to_string).collect(),
            profile: policy.profile.name(),
        }
    }
}

/// An endpoint: how it was reached, and what it presented.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct EndpointFacts {
    /// As a URL.
    target: String,
    /// The host's name or address.
    host: String,
    /// The port.
    port: u16,
    /// How it comes to TLS: `tls` at once, or the protocol whose own request is made.
    opening: String,
    /// The proxy, if there was one.
    proxy: Option<ProxyFacts>,
    /// Why it was reached without the proxy that there is for others.
    direct_because: Option<String>,
    /// The addresses that its name, or that of the proxy, has.
    addresses: Vec<String>,
    /// What became of those that were tried.
    attempts: Vec<AttemptFacts>,
    /// The address that was connected to.
    pub(crate) connected: Option<String>,
    /// The stages that were entered, in order.
    stages: Vec<StageFacts>,
    /// What the server said before TLS.
    notes: Vec<String>,
    /// What it presented.
    capture: Option<CaptureFacts>,
    /// Why a client as set up here gets no further.
    pub(crate) failure: Option<FailureFacts>,
    /// Further connections that were made to find out why TLS failed.
    trials: Vec<TrialFacts>,
    /// Findings about what was sent.
    findings: Vec<FindingFacts>,
    /// What the CA/Browser Forum's rules say to a server whose path does not end in a public trust anchor; none of it
    /// counts for the verdict.
    web_rules: Vec<FindingFacts>,
    /// How long all of it took, in milliseconds.
    milliseconds: u64,
}

/// An address that was tried.
#[derive(Debug, Serialize, JsonSchema)]
struct AttemptFacts {
    /// The address.
    address: String,
    /// What became of it, in words.
    outcome: String,
}

/// What an endpoint comes to, its certificate and the rest together.
pub(crate) fn status(endpoint: &Endpoint, verified: Option<&Verified>) -> &'static str {
    let failed = match endpoint.probe.failure.as_ref().map(|failure| failure.stage) {
        Some(Stage::Name | Stage::Connect | Stage::Proxy) => Some("not_reached"),
        Some(Stage::Upgrade) => Some("no_tls"),
        Some(Stage::Tls) => Some("tls_failed"),
        None => None,
    };
    let is_wrong = endpoint.findings.iter().any(|finding| finding.severity == Severity::Error);
    match verified.map(|verified| verified.verdict.status) {
        None => failed.unwrap_or("tls_failed"),
        Some(Status::Untrusted) => "untrusted",
        Some(_) if is_wrong => "untrusted",
        Some(Status::Indeterminate) => failed.unwrap_or("indeterminate"),
        Some(Status::Trusted) => failed.unwrap_or("trusted"),
    }
}

impl From<&Endpoint> for EndpointFacts {
    fn from(endpoint: &Endpoint) -> Self {
        let probe = &endpoint.probe;
        EndpointFacts {
            target: probe.target.to_string(),
            host: probe.target.host.to_string(),
            port: probe.target.port,
            opening: route::opening(probe.target.opening),
            proxy: probe.proxy.as_ref().map(|report| ProxyFacts::new(report, endpoint)),
            direct_because: endpoint.way.why_direct.clone(),
            addresses: probe.addresses.iter().map(|address| address.ip().to_string()).collect(),
            attempts: probe
                .attempts
                .iter()
                .map(|attempt| AttemptFacts { address: attempt.address.to_string(), outcome: attempt.fate.to_string() })
                .collect(),
            connected: probe.connected.map(|address| address.to_string()),
            stages: probe.stages.iter().map(StageFacts::from).collect(),
            notes: probe.notes.clone(),
            capture: probe.capture.as_ref().map(|capture| CaptureFacts::new(capture, endpoint)),
            failure: probe.failure.as_ref().map(FailureFacts::from),
            trials: probe.trials.iter().map(TrialFacts::from).collect(),
            findings: FindingFacts::all(&endpoint.findings),
            web_rules: FindingFacts::all(&endpoint.web_rules),
            milliseconds: milliseconds(probe.elapsed),
        }
    }
}

fn milliseconds(elapsed: std::time::Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
