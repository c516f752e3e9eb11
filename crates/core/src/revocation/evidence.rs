//! What is at hand about revocation, and what was asked for in vain.

use std::collections::{HashMap, HashSet};

use crate::finding::Finding;
use crate::origin::Origin;
use crate::x509::Crl;
use crate::x509::name::NameDigest;
use crate::x509::ocsp::OcspResponse;

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

/// An OCSP response, where it came from, and what it answers.
#[derive(Clone, Debug)]
pub struct EvidenceOcsp {
    /// The response.
    pub response: OcspResponse,
    /// Where it came from; a staple is of [`Origin::Handshake`].
    pub origin: Origin,
    /// The nonce that was sent with the request, when one was.
    pub nonce: Option<Vec<u8>>,
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
    responses: Vec<EvidenceOcsp>,
    asked: HashMap<SourceKind, HashSet<String>>,
    asked_for_issuers: HashSet<String>,
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

    /// Adds an OCSP response.
    pub fn add_response(&mut self, evidence: EvidenceOcsp) {
        self.responses.push(evidence);
    }

    /// Notes that this URL was asked, whatever came of it.
    pub fn note_asked(&mut self, kind: SourceKind, url: &str) {
        self.asked.entry(kind).or_default().insert(url.to_owned());
    }

    /// Notes that this URL was asked for an issuer's certificate.
    pub fn note_asked_for_issuer(&mut self, url: &str) {
        self.asked_for_issuers.insert(url.to_owned());
    }

    /// Notes that this URL was asked, and that what came of it is of no use.
    pub fn note_failure(&mut self, failure: FailedSource) {
        self.note_asked(failure.kind, &failure.url);
        self.failed.push(failure);
    }

    /// Whether this URL was asked.
    pub fn was_asked(&self, kind: SourceKind, url: &str) -> bool {
        self.asked.get(&kind).is_some_and(|asked| asked.contains(url))
    }

    /// Whether this URL was asked for an issuer's certificate.
    pub fn was_asked_for_issuer(&self, url: &str) -> bool {
        self.asked_for_issuers.contains(url)
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

    /// All OCSP responses.
    pub fn responses(&self) -> impl ExactSizeIterator<Item = &EvidenceOcsp> {
        self.responses.iter()
    }

    /// Whether a response came in the handshake.
    pub fn has_staple(&self) -> bool {
        self.responses.iter().any(|one| one.origin == Origin::Handshake)
    }

    /// Whether nothing is at hand and nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.crls.is_empty() && self.responses.is_empty() && self.asked.is_empty()
    }
}
