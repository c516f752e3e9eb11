//! What one way shows, as facts for the comparison.

use certlens_core::anchors::TrustAnchor;
use certlens_core::origin::{Origin, TrustSet};
use certlens_core::verdict::Status;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::NamedKey;
use certlens_probe::Stage;
use certlens_probe::interception::observation::{Anchor, Observation, Outcome, Reached, TrustFacts, Way};

use crate::endpoint::{Endpoint, Examined, Judge};
use crate::reason;
use crate::verification::{Request, Verified, mozilla_anchor};

/// What was seen in one way.
pub(crate) fn observation(way: Way, examined: &Examined, judge: &Judge<'_>, request: &Request) -> Option<Observation> {
    let endpoint = examined.endpoint()?;
    let outcome = match examined.verified() {
        Some(verified) => Outcome::Reached(Box::new(reached(endpoint, verified, judge, request)?)),
        None => failed(endpoint),
    };
    Some(Observation { way, outcome })
}

fn failed(endpoint: &Endpoint) -> Outcome {
    match &endpoint.probe.failure {
        Some(failure) => Outcome::from(failure),
        None => Outcome::Failed {
            stage: Stage::Tls,
            cause: "server-certificate-broken",
            message: "the server's certificate cannot be read".to_owned(),
        },
    }
}

fn reached(endpoint: &Endpoint, verified: &Verified, judge: &Judge<'_>, request: &Request) -> Option<Reached> {
    let capture = endpoint.probe.capture.as_ref()?;
    let headers = endpoint.probe.proxy.as_ref().map(|report| report.headers.clone()).unwrap_or_default();
    Some(Reached::from_capture(capture, trust(verified, judge, request), headers))
}

fn trust(verified: &Verified, judge: &Judge<'_>, request: &Request) -> TrustFacts {
    let here = verified.verdict.best.as_ref().and_then(|best| best.path.anchor()).cloned();
    let anchor = here.or_else(|| mozilla_anchor(&verified.target, &verified.pool));
    let trusted_here = verified.verdict.status == Status::Trusted;
    let is_public = |anchor: &TrustAnchor| {
        anchor.origin == Origin::TrustSet(TrustSet::Mozilla)
            || anchor.certificate().is_some_and(|certificate| judge.is_public(certificate))
    };
    TrustFacts {
        trusted_here,
        anchor_in_mozilla: anchor.as_ref().is_some_and(is_public),
        anchor: anchor.as_ref().and_then(known_as),
        why_not: (!trusted_here).then(|| reason::verify::reason(verified, request)),
    }
}

fn known_as(anchor: &TrustAnchor) -> Option<Anchor> {
    match anchor.certificate() {
        Some(certificate) => Some(Anchor::Certificate(Certificate::clone(certificate))),
        None => {
            let issuer = anchor.issuer();
            NamedKey::from_der(issuer.name_raw(), issuer.spki_raw()).ok().map(Anchor::NamedKey)
        }
    }
}
