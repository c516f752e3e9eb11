//! What would help, and where it may be had.

use std::collections::HashSet;

use crate::finding::Code;
use crate::policy::{PreferredSource, RevocationPolicy};
use crate::revocation::checker::questions;
use crate::revocation::crl::Question;
use crate::revocation::{Evidence, RevocationOutcome, RevocationStatus, SourceKind, SourceOutcome, SourceResult};
use crate::validation::PathOutcome;
use crate::x509::ocsp::CertIdOwned;
use crate::x509::sources::{crl_urls, freshest_crl_urls, freshest_of_crl, issuer_of_crl, issuer_urls, ocsp_urls};
use crate::x509::{Certificate, Crl};

/// What is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NeedKind {
    /// The certificate's issuer.
    Issuer,
    /// An OCSP response about this.
    Ocsp(CertIdOwned),
    /// A CRL that covers the certificate.
    Crl,
    /// A delta CRL for the complete one at hand.
    DeltaCrl,
}

/// Something that may change the verdict and can be got from any of some URLs.
#[derive(Clone, Debug)]
pub struct Need {
    /// What is needed.
    pub kind: NeedKind,
    /// Where it may be, and was not asked for: any one of them may be enough.
    pub urls: Vec<String>,
    /// The certificate that it is about.
    pub certificate: Certificate,
}

/// The most needs of one verification.
const MAX_NEEDS: usize = 64;

/// What would help where these outcomes stand.
///
/// An issuer's certificate is asked for while no path holds, not only while none
/// is complete; revocation only of the path that would hold, with what is needed
/// about those who signed its CRLs and responses.
pub(crate) fn needs(
    best: Option<&PathOutcome>,
    others: &[PathOutcome],
    evidence: &Evidence,
    policy: &RevocationPolicy,
    of_signers: Vec<Need>,
) -> Vec<Need> {
    let mut needs = Vec::new();
    let holds = |outcome: &PathOutcome| outcome.is_trusted() || outcome.is_undetermined();
    if let Some(best) = best.filter(|outcome| holds(outcome)) {
        for (question, found) in questions(&best.path).into_iter().zip(&best.revocation) {
            revocation(question, found, evidence, policy, &mut needs);
        }
        needs.extend(of_signers);
        needs.truncate(MAX_NEEDS);
        return needs;
    }
    // Revoked is the certificate, whatever path it is on.
    let target = best.and_then(|best| best.revocation.first());
    if target.is_some_and(|found| matches!(found.status, RevocationStatus::Revoked(_))) {
        return needs;
    }
    let mut seen = HashSet::new();
    for certificate in best.into_iter().chain(others).flat_map(|outcome| &outcome.path.certificates) {
        if needs.len() < MAX_NEEDS && seen.insert(certificate.certificate.id()) {
            let urls = issuer_urls(&certificate.certificate);
            let urls = urls.into_iter().filter(|url| !evidence.was_asked_for_issuer(url)).collect();
            push(NeedKind::Issuer, urls, &certificate.certificate, &mut needs);
        }
    }
    needs
}

/// What is missing about one certificate: the preferred kind of source first, the
/// other one when all of its URLs were asked in vain.
fn revocation(
    question: Question<'_>,
    found: &RevocationOutcome,
    evidence: &Evidence,
    policy: &RevocationPolicy,
    needs: &mut Vec<Need>,
) {
    let certificate = question.certificate;
    let unasked = |kind: SourceKind, urls: Vec<String>| -> Vec<String> {
        urls.into_iter().filter(|url| !evidence.was_asked(kind, url, certificate.id())).collect()
    };
    // RFC 5280 §6.3.3 (a): a delta CRL makes up to date also a complete CRL that is not.
    let takes_delta = |source: &SourceOutcome| match &source.result {
        SourceResult::Good | SourceResult::Revoked(_) => true,
        SourceResult::NotUsed(finding) => finding.code == Code::CrlExpired,
    };
    let complete = found.sources.iter().filter(|source| source.kind == SourceKind::Crl && takes_delta(source));
    let complete: Vec<&Crl> = complete.filter_map(|source| evidence.crl_at(source.place?)).collect();
    if !complete.is_empty() {
        let of_crls = complete.iter().flat_map(|crl| freshest_of_crl(crl));
        let urls = freshest_crl_urls(certificate).into_iter().chain(of_crls).collect();
        push(NeedKind::DeltaCrl, unasked(SourceKind::DeltaCrl, urls), certificate, needs);
    }
    if found.is_known() {
        return;
    }
    let responders = unasked(SourceKind::Ocsp, ocsp_urls(certificate));
    let crls = unasked(SourceKind::Crl, crl_urls(certificate));
    let ask_responders = match policy.prefer {
        PreferredSource::Ocsp => !responders.is_empty(),
        PreferredSource::Crl => crls.is_empty(),
    };
    if ask_responders {
        let id = CertIdOwned::for_certificate(certificate, question.issuer.issuer, policy.cert_id_hash);
        push(NeedKind::Ocsp(id), responders, certificate, needs);
    } else {
        push(NeedKind::Crl, crls, certificate, needs);
    }
    // The CRL's issuer may be another than the certificate's.
    let is_missing = |source: &&SourceOutcome| match &source.result {
        SourceResult::NotUsed(finding) => finding.code == Code::CrlIssuerNotFound,
        SourceResult::Good | SourceResult::Revoked(_) => false,
    };
    for crl in found.sources.iter().filter(is_missing).filter_map(|source| evidence.crl_at(source.place?)) {
        let urls = issuer_of_crl(crl).into_iter().filter(|url| !evidence.was_asked_for_issuer(url)).collect();
        push(NeedKind::Issuer, urls, certificate, needs);
    }
}

/// What is missing about certificates that signed CRLs or responses: all that they
/// list, because few are asked about.
pub(super) fn needs_of_signers(unknown: &[(Certificate, CertIdOwned)], evidence: &Evidence) -> Vec<Need> {
    let mut needs = Vec::new();
    for (certificate, id) in unknown {
        let unasked = |kind: SourceKind, urls: Vec<String>| -> Vec<String> {
            urls.into_iter().filter(|url| !evidence.was_asked(kind, url, certificate.id())).collect()
        };
        let responders = unasked(SourceKind::Ocsp, ocsp_urls(certificate));
        push(NeedKind::Ocsp(id.clone()), responders, certificate, &mut needs);
        push(NeedKind::Crl, unasked(SourceKind::Crl, crl_urls(certificate)), certificate, &mut needs);
    }
    needs
}

fn push(kind: NeedKind, mut urls: Vec<String>, certificate: &Certificate, needs: &mut Vec<Need>) {
    let mut seen = HashSet::new();
    urls.retain(|url| seen.insert(url.clone()));
    if !urls.is_empty() && needs.len() < MAX_NEEDS {
        needs.push(Need { kind, urls, certificate: certificate.clone() });
    }
}
