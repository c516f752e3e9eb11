//! The facts of `certlens probe`: how an endpoint was reached, and what it presented.

use schemars::JsonSchema;
use serde::Serialize;

use crate::examine::Examined;
use crate::facts::endpoint::{DemandedFacts, EndpointFacts, status};
use crate::facts::verify::ResultFacts;

/// One line of the report of `certlens probe`: one endpoint.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProbeReport {
    /// Always `certlens/probe/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// Place of the endpoint among those of the run, from 0.
    index: usize,
    /// What this endpoint contributes to the exit code of the run.
    exit_code: u8,
    /// What it comes to: `trusted`, `untrusted` or `indeterminate`; `not_reached` when name, connection or proxy failed;
    /// `no_tls` when its protocol did not come to TLS; `tls_failed` when TLS did not complete, whatever the verdict on its
    /// certificate is.
    status: &'static str,
    /// How it was reached, and what it presented.
    endpoint: EndpointFacts,
    /// What was demanded of its certificate; null without one.
    demanded: Option<DemandedFacts>,
    /// The verdict on its certificate; null without one.
    verdict: Option<ResultFacts>,
}

impl ProbeReport {
    pub(crate) const SCHEMA: &'static str = "certlens/probe/1";

    pub(crate) fn new(index: usize, examined: &Examined) -> Option<ProbeReport> {
        let verified = examined.verified();
        Some(ProbeReport {
            schema: Self::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            index,
            exit_code: examined.exit().code(),
            status: status(examined.endpoint()?, verified),
            endpoint: EndpointFacts::from(examined.endpoint()?),
            demanded: verified.map(|verified| DemandedFacts::from(&verified.policy)),
            verdict: verified.map(ResultFacts::from),
        })
    }
}
