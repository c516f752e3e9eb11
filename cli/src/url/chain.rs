//! Which certificates of a path are asked about, and in which path they are judged.

use certlens_core::anchors::TrustAnchor;
use certlens_core::path::{CandidatePath, PathEnd};
use certlens_core::pool::Sourced;
use certlens_core::validation::{BrokenEdge, PathOutcome};
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::sources::issuer_urls;

/// A path whose certificates are asked about.
pub(super) struct Chain<'a> {
    best: &'a PathOutcome,
    /// Certificates whose URLs are asked, from the target up: of a trust anchor nothing
    /// is asked, and of a self-signed certificate nobody else could say anything.
    pub(super) asked: usize,
    /// Those of them whose issuer is at hand.
    pub(super) judged: usize,
    /// Whether it ends in a trust anchor; else it is judged as if it did.
    pub(super) is_anchored: bool,
}

impl<'a> Chain<'a> {
    /// Names alone make no chain: it ends below the first certificate that the next one
    /// did not issue, as if that one's issuer were not at hand.
    pub(super) fn of(best: &'a PathOutcome, broken: Option<&BrokenEdge>) -> Chain<'a> {
        let all = best.path.certificates.len();
        let (asked, judged) = match (broken, &best.path.end) {
            (Some(edge), _) => (edge.depth + 1, edge.depth),
            (None, PathEnd::Anchor(_)) => (all, all),
            (None, PathEnd::TargetIsAnchor(_)) => (0, 0),
            (None, PathEnd::SelfSigned(_)) => (all.saturating_sub(1), all.saturating_sub(1)),
            (None, PathEnd::NoIssuer(_) | PathEnd::Loop(_) | PathEnd::NotFollowed(_)) => (all, all.saturating_sub(1)),
        };
        Chain { best, asked, judged, is_anchored: broken.is_none() && best.path.anchor().is_some() }
    }

    pub(super) fn certificates(&self) -> &'a [Sourced] {
        &self.best.path.certificates
    }

    pub(super) fn certificate(&self, depth: usize) -> Option<&'a Certificate> {
        self.certificates().get(depth).map(|sourced| &sourced.certificate)
    }

    /// The certificates that are asked about.
    pub(super) fn members(&self) -> impl Iterator<Item = (usize, &'a Certificate)> {
        self.certificates().iter().take(self.asked).map(|sourced| &sourced.certificate).enumerate()
    }

    /// Who issued the certificate at a depth, when that is known.
    pub(super) fn issuer(&self, depth: usize) -> Option<Issuer<'a>> {
        if depth >= self.judged {
            return None;
        }
        match (self.certificate(depth + 1), &self.best.path.end) {
            (Some(above), _) => Some(Issuer::Certificate(above)),
            (None, PathEnd::Anchor(anchor)) => Some(anchor.issuer()),
            (None, _) => None,
        }
    }

    /// The path in which what came is judged. Where it reaches no trust anchor, its last
    /// certificate is taken for one: the question is what URLs give, not whom to trust.
    pub(super) fn to_judge(&self) -> Option<PathOutcome> {
        let path = match self.certificates().split_at_checked(self.judged)? {
            ([], _) => return None,
            _ if self.is_anchored => self.best.path.clone(),
            (below, [top, ..]) => {
                let anchor = TrustAnchor::from_certificate(top.certificate.clone(), top.origin.clone());
                CandidatePath { certificates: below.to_vec(), end: PathEnd::Anchor(anchor) }
            }
            (_, []) => return None,
        };
        Some(PathOutcome { path, findings: Vec::new(), policies: self.best.policies.clone(), revocation: Vec::new() })
    }

    /// What helps when the issuer of a certificate is not at hand.
    pub(super) fn find_issuer(&self, depth: usize) -> &'static str {
        let is_listed = self.certificate(depth).is_some_and(|certificate| !issuer_urls(certificate).is_empty());
        if is_listed {
            "Mend the caIssuers URL first, or give the issuer with --intermediates or --anchors."
        } else {
            "The certificate does not say where its issuer is (caIssuers): give the issuer with --intermediates or --anchors."
        }
    }
}
