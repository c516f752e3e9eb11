//! What is at hand about revocation, and what was asked for in vain.

use std::collections::{HashMap, HashSet};

use crate::finding::Finding;
use crate::origin::Origin;
use crate::x509::Crl;
use crate::x509::name::NameDigest;

/// A kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SourceKind {
    /// A complete CRL.
    Crl,
    /// A delta CRL.
    DeltaCrl,
    /// An OCSP response.
    Ocsp,
}

/// A CRL and where it came from.
#[derive(Clone, Debug)]
pub struct EvidenceCrl {
    /// The CRL.
    pub crl: Crl,
    /// Where it came from.
    pub origin: Origin,
}

/// A URL that gave nothing of use.
#[derive(Clone, Debug)]
pub struct FailedSource {
    /// What was wanted.
    pub kind: SourceKind,
    /// The URL.
    pub url: String,
    /// Why there is nothing, without a certificate.
    pub finding: Finding,
}

/// CRLs and OCSP responses at hand, in the order they were added, and the URLs
/// that were asked. None of it is trusted before it was verified.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    crls: Vec<EvidenceCrl>,
    by_issuer: HashMap<NameDigest, Vec<usize>>,
    asked: HashSet<(SourceKind, String)>,
    failed: Vec<FailedSource>,
}

impl Evidence {
    /// Nothing.
    pub fn new() -> Evidence {
        Evidence::default()
    }

    /// Adds a CRL, complete or delta. The same CRL is held once.
    pub fn add_crl(&mut self, crl: Crl, origin: Origin) {
        let same_issuer = self.by_issuer.entry(crl.issuer_digest()).or_default();
        if same_issuer.iter().any(|place| self.crls.get(*place).is_some_and(|one| one.crl == crl)) {
            return;
        }
        same_issuer.push(self.crls.len());
        self.crls.push(EvidenceCrl { crl, origin });
    }

    /// Notes that this URL was asked, whatever came of it.
    pub fn note_asked(&mut self, kind: SourceKind, url: &str) {
        self.asked.insert((kind, url.to_owned()));
    }

    /// Notes that this URL was asked, and that what came of it is of no use.
    pub fn note_failure(&mut self, failure: FailedSource) {
        self.note_asked(failure.kind, &failure.url);
        self.failed.push(failure);
    }

    /// Whether this URL was asked.
    pub fn was_asked(&self, kind: SourceKind, url: &str) -> bool {
        // Few are asked, so that looking does not have to own the URL.
        self.asked.iter().any(|(asked, asked_url)| *asked == kind && asked_url == url)
    }

    /// What was asked in vain at one of these URLs.
    pub fn failures<'a>(&'a self, kind: SourceKind, urls: &'a [String]) -> impl Iterator<Item = &'a FailedSource> {
        self.failed.iter().filter(move |failure| failure.kind == kind && urls.contains(&failure.url))
    }

    /// CRLs of this issuer, with their place.
    pub fn crls_of(&self, issuer: NameDigest) -> impl Iterator<Item = (usize, &EvidenceCrl)> {
        let places = self.by_issuer.get(&issuer).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| Some((*place, self.crls.get(*place)?)))
    }

    /// All CRLs.
    pub fn crls(&self) -> impl ExactSizeIterator<Item = &EvidenceCrl> {
        self.crls.iter()
    }

    /// Whether nothing is at hand and nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.crls.is_empty() && self.asked.is_empty()
    }
}
