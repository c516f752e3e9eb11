//! Endpoints, reached by certlens-probe, and what they sent.

mod identity;
pub(crate) mod localhost;
pub(crate) mod product;
mod run;
pub(crate) mod sent;
mod settings;

use certlens_core::finding::{Finding, Severity};
use certlens_probe::Stage;
use certlens_probe::probe::Probe;

pub(crate) use run::{Ended, Run, all};
pub(crate) use sent::{Place, Sent};
pub(crate) use settings::{Plan, Way, targets};

use crate::exit::Exit;

/// An endpoint, and what it sent.
pub(crate) struct Endpoint {
    pub(crate) probe: Probe,
    /// How it was to be reached.
    pub(crate) way: Way,
    /// The certificates that it sent.
    pub(crate) sent: Vec<Sent>,
    /// What is to be said of what it sent.
    pub(crate) findings: Vec<Finding>,
    /// What the rules for public servers say to a server that is not held to them.
    pub(crate) web_rules: Vec<Finding>,
}

impl Endpoint {
    /// An endpoint whose certificates are not judged.
    pub(crate) fn unjudged(probe: Probe, way: Way) -> Endpoint {
        let sent = probe.capture.as_ref().map(sent::read).unwrap_or_default();
        let findings = probe.capture.as_ref().map(|capture| sent::of_capture(capture, &sent)).unwrap_or_default();
        Endpoint { probe, way, sent, findings, web_rules: Vec::new() }
    }

    /// The endpoint as it is written.
    pub(crate) fn name(&self) -> String {
        self.probe.target.to_string()
    }

    /// What not getting there, or what was sent, comes to without the certificate.
    pub(crate) fn exit(&self) -> Exit {
        let failed = match &self.probe.failure {
            // Whoever listens there answered, and not as a client needs it.
            Some(failure) if failure.stage >= Stage::Upgrade => Exit::Failed,
            Some(_) => Exit::Indeterminate,
            None => Exit::Success,
        };
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        let sent = if self.findings.iter().any(is_error) { Exit::Failed } else { Exit::Success };
        failed.max(sent)
    }
}
