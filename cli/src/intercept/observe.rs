//! What one way shows, as facts for the comparison.

use certlens_core::anchors::TrustAnchor;
use certlens_core::finding::Code;
use certlens_core::origin::{Origin, TrustSet};
use certlens_core::verdict::Verdict;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::NamedKey;
use certlens_probe::Stage;
use certlens_probe::interception::observation::{Anchor, Observation, Outcome, Reached, TrustFacts, Way};
use certlens_probe::probe::{Probe, TrialOutcome};
use certlens_probe::target::Sni;
use certlens_probe::tls::{Capture, How};

use crate::endpoint::Endpoint;
use crate::error::Failure;
use crate::examine::{Examined, Judge};
use crate::exit::Exit;
use crate::reason;
use crate::verification::{Request, Verified, mozilla_anchor};

/// By what captures become facts.
pub(crate) struct Observer<'a> {
    /// By the trust anchors of the run.
    pub(crate) judge: &'a Judge<'a>,
    pub(crate) request: &'a Request,
    /// By Mozilla's set.
    pub(crate) public: &'a Judge<'a>,
    /// Whether the trust anchors were given in the place of the system's.
    pub(crate) anchors_given: bool,
}

impl Observer<'_> {
    /// What was seen in one way.
    ///
    /// # Errors
    ///
    /// When what was given for the verification cannot be used.
    pub(crate) fn observation(&self, way: Way, examined: &Examined) -> Result<Option<Observation>, Failure> {
        let Some(endpoint) = examined.endpoint() else { return Ok(None) };
        let outcome = match (examined.verified(), own_capture(endpoint)) {
            (Some(verified), Some(capture)) => Outcome::Reached(Box::new(Reached::from_capture(
                capture,
                self.trust(verified, endpoint)?,
                endpoint.probe.proxy.as_ref().map(|report| report.headers.clone()).unwrap_or_default(),
            ))),
            _ => failed(endpoint),
        };
        Ok(Some(Observation { way, outcome }))
    }

    fn trust(&self, verified: &Verified, endpoint: &Endpoint) -> Result<TrustFacts, Failure> {
        let anchor_of = |verdict: &Verdict| verdict.best.as_ref().and_then(|best| best.path.anchor()).cloned();
        let public = self.public.examine(endpoint.probe.clone(), &endpoint.way)?;
        let public = public.verified().map(|verified| &verified.verdict);
        let public = public.filter(|verdict| holds_for_host(verdict)).and_then(anchor_of);
        let holds = public.is_some();
        // Of a chain with a private path and a public one that holds, the public one counts.
        let anchor = public.or_else(|| anchor_of(&verified.verdict));
        let anchor = anchor.or_else(|| mozilla_anchor(&verified.target, &verified.pool));
        let trusted_here = is_trusted_here(verified);
        let is_public = |anchor: &TrustAnchor| {
            anchor.origin == Origin::TrustSet(TrustSet::Mozilla)
                || anchor.certificate().is_some_and(|certificate| self.judge.is_public(certificate))
        };
        let anchor_in_mozilla = anchor.as_ref().is_some_and(is_public);
        let has_name = verified.verdict.errors().iter().all(|finding| finding.code != Code::NameMismatch);
        Ok(TrustFacts {
            trusted_here,
            anchor_in_mozilla,
            for_host: if anchor_in_mozilla { holds } else { has_name },
            beside: beside(verified),
            anchors_given: self.anchors_given,
            anchor: anchor.as_ref().and_then(known_as),
            why_not: (!verified.is_trusted()).then(|| reason::verify::reason(verified, self.request)),
        })
    }
}

/// What completes the path, and did not come with the chain.
fn beside(verified: &Verified) -> Vec<Certificate> {
    let path = verified.verdict.best.as_ref().map(|best| best.path.certificates.as_slice()).unwrap_or_default();
    let given = path.iter().filter(|one| one.origin != Origin::Handshake);
    given.map(|one| one.certificate.clone()).collect()
}

/// Whether the certificate is trusted here, and nothing else keeps a client from the server.
pub(crate) fn is_trusted_here(verified: &Verified) -> bool {
    verified.exit() == Exit::Success
}

/// Whether a path holds for the host by all rules but those on time and revocation: an
/// expired or revoked certificate of a public CA is still the host's.
fn holds_for_host(verdict: &Verdict) -> bool {
    let of_revocation = ["crl-", "ocsp-", "revo", "staple-"];
    verdict.errors().iter().all(|finding| {
        matches!(finding.code, Code::Expired | Code::NotYetValid | Code::SourceNotRetrieved)
            || of_revocation.iter().any(|start| finding.code.name().starts_with(start))
    })
}

/// What the server presented to a client as set up here. What it presents when it is asked
/// in another way, for finding out why it fails, is shown and not judged; but for what a
/// server that speaks old versions alone says in plaintext.
fn own_capture(endpoint: &Endpoint) -> Option<&Capture> {
    let capture = endpoint.probe.capture.as_ref()?;
    let is_own = is_own(&endpoint.probe, capture, &endpoint.way.settings.sni);
    is_own.then_some(capture)
}

fn is_own(probe: &Probe, capture: &Capture, sni: &Sni) -> bool {
    let is_of_trial = probe.trials.iter().any(|trial| trial.outcome == TrialOutcome::Answered);
    let is_name_asked_for = capture.server_name.as_deref() == probe.target.server_name(sni);
    is_name_asked_for && (!is_of_trial || capture.how == How::PlainHello)
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

fn known_as(anchor: &TrustAnchor) -> Option<Anchor> {
    match anchor.certificate() {
        Some(certificate) => Some(Anchor::Certificate(Certificate::clone(certificate))),
        None => {
            let issuer = anchor.issuer();
            NamedKey::from_der(issuer.name_raw(), issuer.spki_raw()).ok().map(Anchor::NamedKey)
        }
    }
}
