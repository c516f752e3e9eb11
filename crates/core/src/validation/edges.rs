//! Whether each certificate of a path was issued by the one above it, and no more.

use crate::path::{CandidatePath, IssuerKey, Verifier};
use crate::validation::prepare;
use crate::x509::Certificate;
use crate::x509::issuer::Issuer;

/// Where a path is none: its names fit, and that is all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenEdge {
    /// The place of the certificate that the next one did not issue, 0 being the target.
    pub depth: usize,
    /// Why, as a sentence.
    pub why: String,
}

/// Whether a certificate says that it may issue certificates (RFC 5280 §6.1.4 (k), (n)).
pub fn is_issuer(certificate: &Certificate) -> bool {
    prepare::may_issue(certificate)
}

/// The place nearest to the target where a certificate was not signed by the one above
/// it, or that one may not issue any (RFC 5280 §6.1.3 (a)(1), §6.1.4 (k), (n)). Nothing
/// else of the path is looked at; a trust anchor is a CA because the caller says so.
pub fn broken_edge(path: &CandidatePath, verifier: &mut Verifier<'_>) -> Option<BrokenEdge> {
    let anchor = path.anchor().filter(|_| path.end_depth() > 0);
    let mut issuer = anchor.map(|anchor| IssuerKey::of(anchor.issuer()));
    let mut broken = None;
    for (depth, sourced) in path.certificates.iter().enumerate().rev() {
        let certificate = &sourced.certificate;
        if let Some(key) = &issuer {
            let above = key.issuer.name().brief();
            let may_issue = match key.issuer {
                Issuer::Certificate(above) => depth + 1 == path.certificates.len() || is_issuer(above),
                Issuer::NamedKey(_) => true,
            };
            let why = match verifier.verify(key, certificate) {
                Err(error) => Some(format!("its signature does not verify with the key of {above}: {error}")),
                Ok(()) if !may_issue => Some(format!("{above}, which signed it, is no CA")),
                Ok(()) => None,
            };
            if let Some(why) = why {
                broken = Some(BrokenEdge { depth, why });
            }
        }
        let inherited = issuer.and_then(|key| key.parameters());
        issuer = Some(IssuerKey { issuer: Issuer::Certificate(certificate), inherited });
    }
    broken
}
