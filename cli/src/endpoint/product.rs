//! Whether the name of a CA is that of a product which replaces certificates: then what was
//! presented is not the server's own, and advice about the server misses.

use certlens_core::validation::PathOutcome;
use certlens_core::x509::Certificate;
use certlens_probe::interception::products::{Match, find};
use certlens_probe::interception::signals::Weight;

/// The product that the issuer of this certificate is named after, where the name says so
/// strongly.
pub(super) fn issuing(certificate: &Certificate) -> Option<Match> {
    find(&certificate.issuer()).filter(|found| found.pattern.weight >= Weight::Strong)
}

/// The same of the certificates of a path, from the end entity's on.
pub(crate) fn replacing(outcome: &PathOutcome) -> Option<Match> {
    outcome.path.certificates.iter().find_map(|one| issuing(&one.certificate))
}
