//! Whether the name of a CA is that of a product which replaces certificates: then what was
//! presented is not the server's own, and advice about the server misses.

use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::validation::PathOutcome;
use certlens_core::x509::Certificate;
use certlens_probe::interception::products::{Match, find};
use certlens_probe::interception::signals::Weight;

/// The product that the issuer of this certificate is named after, where the name says so
/// strongly.
pub(crate) fn issuing(certificate: &Certificate) -> Option<Match> {
    find(&certificate.issuer()).filter(|found| found.pattern.weight >= Weight::Strong)
}

/// The same of the certificates of a path, from the end entity's on.
pub(crate) fn replacing(outcome: &PathOutcome) -> Option<Match> {
    outcome.path.certificates.iter().find_map(|one| issuing(&one.certificate))
}

/// That a certificate has the look of a product's, where nobody asked.
pub(crate) fn finding(outcome: &PathOutcome) -> Option<Finding> {
    let own = &outcome.path.certificates.first()?.certificate;
    // Products have pages of their own, with self-signed certificates.
    if own.is_self_issued() {
        return None;
    }
    let found = replacing(outcome)?;
    let name = found.product.name;
    let is_own = find(&own.subject()).is_some_and(|own| own.product == found.product);
    let page = if is_own { format!(", unless this is a page of {name} itself") } else { String::new() };
    let message = format!(
        "a CA above the certificate ({found}) has a name of {name}: it seems that {name} replaced the server's own on the way{page}"
    );
    Some(Finding::new(Code::ServerReplaced, Severity::Warning, message))
}
