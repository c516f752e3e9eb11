//! How certificates of a file lead up from an end entity. This is about what a
//! file has, and not about trust.

use std::collections::HashMap;

use certlens_core::crypto::error::VerifyError;
use certlens_core::path::IssuerKey;
use certlens_core::x509::Certificate;
use certlens_core::x509::extension::ExtensionValue;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::name::NameDigest;
use certlens_core::x509::oid::oids;

use super::{Bundle, BundleProblem, CertificateItem};

/// Most signatures that are verified for the chains of one file.
const MAX_VERIFIED: usize = 256;

/// Most octets that are hashed for that: certificates have a few kilobytes, and one
/// that has megabytes is not hashed for each certificate of its issuer's name.
const MAX_HASHED_OCTETS: usize = 16 << 20;

/// Certificates from an end entity up, each with its issuer behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The certificates, at least one.
    pub certificates: Vec<usize>,
    /// Why it ends where it ends.
    pub end: ChainEnd,
}

/// Why a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChainEnd {
    /// The last certificate is self-issued.
    SelfIssued,
    /// The issuer of the last one is not in the file.
    IssuerMissing,
    /// The issuer of the last one stands in the chain already: a circle.
    Circle,
    /// Looking further would have cost more than is allowed.
    Limit,
}

struct Search<'a> {
    certificates: &'a [CertificateItem<'a>],
    by_subject: HashMap<NameDigest, Vec<usize>>,
    /// How many signatures may still be verified.
    left: usize,
    octets_left: usize,
}

pub(super) fn chains(certificates: &[CertificateItem<'_>], bundle: &mut Bundle) {
    let mut by_subject: HashMap<NameDigest, Vec<usize>> = HashMap::new();
    let mut first_of = HashMap::new();
    for (at, item) in certificates.iter().enumerate() {
        match first_of.get(&item.certificate.id()) {
            Some(first) => bundle.problems.push(BundleProblem::CertificateRepeated { first: *first, second: at }),
            None => {
                first_of.insert(item.certificate.id(), at);
                by_subject.entry(item.certificate.subject_digest()).or_default().push(at);
            }
        }
    }
    let is_first =
        |at: usize| certificates.get(at).is_some_and(|item| first_of.get(&item.certificate.id()) == Some(&at));
    let mut starts: Vec<usize> = bundle.pairs.iter().map(|pair| pair.certificate).filter(|at| is_first(*at)).collect();
    starts.sort_unstable();
    starts.dedup();
    if starts.is_empty() {
        starts.extend(end_entity(certificates, &by_subject));
    }
    let mut search = Search { certificates, by_subject, left: MAX_VERIFIED, octets_left: MAX_HASHED_OCTETS };
    bundle.chains = starts.into_iter().map(|start| search.chain(start)).collect();

    let mut is_used = vec![false; certificates.len()];
    for at in bundle.chains.iter().flat_map(|chain| &chain.certificates) {
        if let Some(used) = is_used.get_mut(*at) {
            *used = true;
        }
    }
    let unused = is_used.iter().enumerate().filter(|(at, used)| !**used && is_first(*at)).map(|(at, _)| at);
    bundle.problems.extend(unused.map(|certificate| BundleProblem::NotInChain { certificate }));
    if bundle.chains.iter().any(|chain| !chain.certificates.is_sorted()) {
        bundle.problems.push(BundleProblem::OutOfOrder);
    }
}

/// Where there is no key: the first certificate that is no CA's and issued none of
/// the others, else the first that issued none, else the first.
fn end_entity(certificates: &[CertificateItem<'_>], by_subject: &HashMap<NameDigest, Vec<usize>>) -> Option<usize> {
    let mut is_issuer = vec![false; certificates.len()];
    for item in certificates.iter().filter(|item| !item.certificate.is_self_issued()) {
        for at in by_subject.get(&item.certificate.issuer_digest()).into_iter().flatten() {
            if let Some(issuer) = is_issuer.get_mut(*at) {
                *issuer = true;
            }
        }
    }
    let free = || is_issuer.iter().enumerate().filter(|(_, issuer)| !**issuer).map(|(at, _)| at);
    let is_end = |at: &usize| certificates.get(*at).is_some_and(|item| !is_ca(item.certificate));
    free().find(is_end).or_else(|| free().next()).or((!certificates.is_empty()).then_some(0))
}

/// Whether it says that it is a CA's (RFC 5280 §4.2.1.9).
pub(crate) fn is_ca(certificate: &Certificate) -> bool {
    let constraints = certificate.extension(oids::BASIC_CONSTRAINTS).map(|extension| extension.value());
    matches!(constraints, Some(Ok(ExtensionValue::BasicConstraints(constraints))) if constraints.ca)
}

impl Search<'_> {
    fn chain(&mut self, start: usize) -> Chain {
        let mut certificates = vec![start];
        let end = loop {
            let last = certificates.last().and_then(|at| self.certificates.get(*at));
            let Some(child) = last.map(|item| item.certificate) else { break ChainEnd::IssuerMissing };
            if child.is_self_issued() {
                break ChainEnd::SelfIssued;
            }
            match self.issuer(child) {
                Ok(Some(issuer)) if certificates.contains(&issuer) => break ChainEnd::Circle,
                Ok(Some(issuer)) => certificates.push(issuer),
                Ok(None) => break ChainEnd::IssuerMissing,
                Err(LimitHit) => break ChainEnd::Limit,
            }
        };
        Chain { certificates, end }
    }

    /// The certificate of the issuer: those whose key identifier is the wanted one
    /// first, and only if the signature is theirs, or cannot be verified here.
    fn issuer(&mut self, child: &Certificate) -> Result<Option<usize>, LimitHit> {
        let wanted = child.authority_key_identifier();
        let named = self.by_subject.get(&child.issuer_digest()).map(Vec::as_slice).unwrap_or_default();
        let mut candidates: Vec<(bool, usize, &Certificate)> = named
            .iter()
            .filter_map(|at| {
                let certificate = self.certificates.get(*at)?.certificate;
                let is_wanted = wanted.is_some() && certificate.subject_key_identifier() == wanted;
                Some((!is_wanted, *at, certificate))
            })
            .collect();
        candidates.sort_by_key(|(is_other, at, _)| (*is_other, *at));
        for (_, at, certificate) in candidates {
            self.left = self.left.checked_sub(1).ok_or(LimitHit)?;
            self.octets_left = self.octets_left.checked_sub(child.der().len()).ok_or(LimitHit)?;
            match IssuerKey::of(Issuer::Certificate(certificate)).verify(child) {
                Ok(()) | Err(VerifyError::UnsupportedAlgorithm(_) | VerifyError::UnsupportedKey(_)) => {
                    return Ok(Some(at));
                }
                Err(_) => {}
            }
        }
        Ok(None)
    }
}

/// [`MAX_VERIFIED`] signatures were verified, or [`MAX_HASHED_OCTETS`] octets hashed.
struct LimitHit;
