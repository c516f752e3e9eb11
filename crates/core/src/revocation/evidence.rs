//! What is at hand about revocation, and what was asked for in vain.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::encoding::der::{Integer, Span};
use crate::finding::Finding;
use crate::origin::Origin;
use crate::x509::name::NameDigest;
use crate::x509::ocsp::{OcspResponse, significant};
use crate::x509::{CertId, Crl};

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
    /// The certificate that a responder was asked about; `None` when nobody was.
    pub asked_for: Option<CertId>,
}

/// A URL that gave nothing of use.
#[derive(Clone, Debug)]
pub struct FailedSource {
    /// What was wanted.
    pub kind: SourceKind,
    /// The URL as it stands in the certificate.
    pub url: String,
    /// The certificate that it was asked for.
    pub certificate: CertId,
    /// The URL as it may be shown.
    pub origin: Origin,
    /// Why there is nothing, without a certificate.
    pub finding: Finding,
}

/// So many CRLs of one issuer are told apart by comparing them; beyond, by their
/// digests, which cost more than a few comparisons.
const COMPARED: usize = 8;

/// The CRLs of one issuer.
#[derive(Clone, Debug, Default)]
struct SameIssuer {
    places: Vec<usize>,
    /// With their places; filled when there are more than [`COMPARED`].
    digests: HashMap<[u8; 32], usize>,
}

impl SameIssuer {
    /// The place where the CRL is held; if it is not, it will be at `next`.
    fn holds(&mut self, crl: &Crl, next: usize, crls: &[EvidenceCrl]) -> Option<usize> {
        let held = self.places.iter().filter_map(|place| Some((*place, &crls.get(*place)?.crl)));
        if self.places.len() < COMPARED {
            return held.into_iter().find(|(_, one)| *one == crl).map(|(place, _)| place);
        }
        if self.digests.is_empty() {
            self.digests.extend(held.filter_map(|(place, one)| Some((one.digest()?, place))));
        }
        match self.digests.entry(crl.digest()?) {
            Entry::Occupied(entry) => Some(*entry.get()),
            Entry::Vacant(entry) => {
                entry.insert(next);
                None
            }
        }
    }
}

/// CRLs and OCSP responses at hand, in the order they were added, and the URLs
/// that were asked. None of it is trusted before it was verified.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    crls: Vec<EvidenceCrl>,
    by_issuer: HashMap<NameDigest, SameIssuer>,
    responses: Vec<EvidenceOcsp>,
    /// The single responses about each serial number, each by its response's place
    /// and its own place in that.
    by_serial: HashMap<Vec<u8>, Vec<(usize, Span)>>,
    asked: HashSet<(SourceKind, String, Option<CertId>)>,
    asked_for_issuers: HashMap<String, IssuerAnswer>,
    /// The CRL that came from a URL.
    crls_from: HashMap<String, usize>,
    failed: Vec<FailedSource>,
}

/// What came of a URL that was asked for an issuer's certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IssuerAnswer {
    /// It was asked; no more is known.
    #[default]
    Asked,
    /// Certificates of these subjects.
    Came(Vec<String>),
    /// Nothing of use.
    Failed {
        /// The stage at which retrieval failed; `None` where what came is no certificate.
        stage: Option<&'static str>,
        /// Why, as a sentence.
        why: String,
        /// What to do.
        hint: String,
    },
}

/// A CRL is the same for all certificates; a responder answers about one.
fn question(kind: SourceKind, url: &str, certificate: CertId) -> (SourceKind, String, Option<CertId>) {
    (kind, url.to_owned(), (kind == SourceKind::Ocsp).then_some(certificate))
}

impl Evidence {
    /// Nothing.
    pub fn new() -> Evidence {
        Evidence::default()
    }

    /// Adds a CRL, complete or delta, and gives its place among all CRLs. The same CRL
    /// is held once.
    pub fn add_crl(&mut self, crl: Crl, origin: Origin) -> usize {
        let same_issuer = self.by_issuer.entry(crl.issuer_digest()).or_default();
        let place = self.crls.len();
        if let Some(held) = same_issuer.holds(&crl, place, &self.crls) {
            return held;
        }
        same_issuer.places.push(place);
        self.crls.push(EvidenceCrl { crl, origin });
        place
    }

    /// Adds an OCSP response, and gives its place among all responses.
    pub fn add_response(&mut self, evidence: EvidenceOcsp) -> usize {
        for single in evidence.response.basic().into_iter().flat_map(|basic| basic.responses()) {
            let serial = significant(single.cert_id.serial.as_bytes());
            self.by_serial.entry(serial.to_vec()).or_default().push((self.responses.len(), single.span));
        }
        self.responses.push(evidence);
        self.responses.len() - 1
    }

    /// Notes that this URL was asked for a certificate, whatever came of it.
    pub fn note_asked(&mut self, kind: SourceKind, url: &str, certificate: CertId) {
        self.asked.insert(question(kind, url, certificate));
    }

    /// Notes what came of this URL, which was asked for an issuer's certificate.
    pub fn note_issuer_answer(&mut self, url: &str, answer: IssuerAnswer) {
        self.asked_for_issuers.insert(url.to_owned(), answer);
    }

    /// What these URLs gave that were asked for an issuer's certificate.
    pub(crate) fn issuer_answers<'a>(
        &'a self,
        urls: &'a [String],
    ) -> impl Iterator<Item = (&'a str, &'a IssuerAnswer)> {
        urls.iter().filter_map(|url| Some((url.as_str(), self.asked_for_issuers.get(url)?)))
    }

    /// The CRL at a place that [`add_crl`](Self::add_crl) gave.
    pub(crate) fn crl_at(&self, place: usize) -> Option<&Crl> {
        self.crls.get(place).map(|one| &one.crl)
    }

    /// Notes that this URL gave the CRL at a place, which [`add_crl`](Self::add_crl) gave.
    pub fn note_crl_from(&mut self, url: &str, place: usize) {
        self.crls_from.insert(url.to_owned(), place);
    }

    /// The CRL that this URL gave, with its place.
    pub(crate) fn crl_from(&self, url: &str) -> Option<(usize, &EvidenceCrl)> {
        let place = *self.crls_from.get(url)?;
        Some((place, self.crls.get(place)?))
    }

    /// Whether any URL was asked about revocation.
    pub(crate) fn has_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Notes that this URL was asked, and that what came of it is of no use.
    pub fn note_failure(&mut self, failure: FailedSource) {
        self.note_asked(failure.kind, &failure.url, failure.certificate);
        self.failed.push(failure);
    }

    /// Whether this URL was asked for a certificate.
    pub fn was_asked(&self, kind: SourceKind, url: &str, certificate: CertId) -> bool {
        self.asked.contains(&question(kind, url, certificate))
    }

    /// Whether this URL was asked for an issuer's certificate.
    pub fn was_asked_for_issuer(&self, url: &str) -> bool {
        self.asked_for_issuers.contains_key(url)
    }

    /// What was asked in vain for a certificate at one of these URLs.
    pub fn failures<'a>(
        &'a self,
        kind: SourceKind,
        urls: &'a [String],
        certificate: CertId,
    ) -> impl Iterator<Item = &'a FailedSource> {
        self.failed.iter().filter(move |failure| {
            failure.kind == kind
                && urls.contains(&failure.url)
                && question(kind, &failure.url, failure.certificate) == question(kind, &failure.url, certificate)
        })
    }

    /// CRLs of this issuer, with their place.
    pub fn crls_of(&self, issuer: NameDigest) -> impl Iterator<Item = (usize, &EvidenceCrl)> {
        let places = self.by_issuer.get(&issuer).map_or(&[][..], |same_issuer| &same_issuer.places);
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

    /// What responses say about this serial number of whatever issuer, in the order
    /// they were added: thousands of single responses are gone through once.
    pub(crate) fn singles_about(&self, serial: Integer<'_>) -> &[(usize, Span)] {
        self.by_serial.get(significant(serial.as_bytes())).map_or(&[], Vec::as_slice)
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
