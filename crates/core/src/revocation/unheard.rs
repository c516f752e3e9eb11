//! What URLs gave that says nothing about a certificate, and certificates that name
//! no URL.

use std::collections::HashSet;

use crate::finding::{Code, Finding, Severity};
use crate::origin::Origin;
use crate::path::Verifier;
use crate::revocation::checker::Checker;
use crate::revocation::crl::{Question, not_used};
use crate::revocation::evidence::{EvidenceCrl, FailedSource, SourceKind};
use crate::revocation::points::Points;
use crate::revocation::signer::Refusal;
use crate::revocation::{RevocationOutcome, RevocationStatus, SourceOutcome, SourceResult};
use crate::x509::Certificate;
use crate::x509::oid::oids;
use crate::x509::sources::{
    Listed, crl_urls, freshest_crl_urls, freshest_of_crl, left_out, ocsp_urls, without_credentials,
};

impl Checker<'_> {
    /// Delta CRLs that were asked for, because the certificate or a complete CRL that
    /// counts names them (RFC 5280 §4.2.1.15, §5.2.6), and of which nothing was seen.
    pub(super) fn note_deltas(
        &mut self,
        (points, used): (&Points, &[(usize, &EvidenceCrl)]),
        combined: &HashSet<usize>,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
        sources: &mut Vec<SourceOutcome>,
    ) {
        if used.is_empty() {
            return;
        }
        let evidence = self.evidence;
        let mut seen = HashSet::new();
        let mut urls = freshest_crl_urls(question.certificate);
        urls.extend(used.iter().flat_map(|(_, one)| freshest_of_crl(&one.crl)));
        urls.retain(|url| seen.insert(url.clone()));
        for url in &urls {
            let Some((place, one)) = evidence.crl_from(url) else { continue };
            let is_known =
                sources.iter().any(|source| source.place == Some(place) && source.kind == SourceKind::DeltaCrl);
            if combined.contains(&place) || is_known {
                continue;
            }
            let trouble = if one.crl.is_delta() {
                self.delta_trouble(place, &one.crl, (points, used), question, verifier)
            } else {
                let message = "what came is a complete CRL and no delta CRL";
                Some(Refusal { code: Code::DeltaCrlNotUsable, message: message.into() })
            };
            if let Some(refusal) = trouble {
                let result = not_used(refusal, question);
                sources.push(outcome_of(SourceKind::DeltaCrl, url, (place, one), result));
            }
        }
        for failure in evidence.failures(SourceKind::DeltaCrl, &urls, question.certificate.id()) {
            sources.push(failed(SourceKind::DeltaCrl, failure, question.certificate));
        }
    }

    /// CRLs that came from where the certificate's should be, and are of others (RFC
    /// 5280 §6.3.3 (b)(1)).
    pub(super) fn note_others(&self, certificate: &Certificate, sources: &mut Vec<SourceOutcome>) {
        let points = Points::of(certificate);
        let issuers: HashSet<_> = [certificate.issuer_digest()].into_iter().chain(points.crl_issuers()).collect();
        for url in crl_urls(certificate) {
            let Some((place, one)) = self.evidence.crl_from(&url) else { continue };
            let is_known = sources.iter().any(|source| source.place == Some(place) && source.kind != SourceKind::Ocsp);
            if is_known || issuers.contains(&one.crl.issuer_digest()) {
                continue;
            }
            let message = format!(
                "the CRL there is of {}, the certificate's issuer is {}",
                one.crl.issuer().brief(),
                certificate.issuer().brief()
            );
            let finding = Finding::new(Code::CrlWrongIssuer, Severity::Warning, message).at(None, certificate.id());
            sources.push(outcome_of(SourceKind::Crl, &url, (place, one), SourceResult::NotUsed(Box::new(finding))));
        }
    }

    /// What was asked for in vain.
    pub(super) fn note_failures(&self, certificate: &Certificate, sources: &mut Vec<SourceOutcome>) {
        for (kind, urls) in [(SourceKind::Ocsp, ocsp_urls(certificate)), (SourceKind::Crl, crl_urls(certificate))] {
            for failure in self.evidence.failures(kind, &urls, certificate.id()) {
                sources.push(failed(kind, failure, certificate));
            }
        }
    }
}

/// What a URL gave in vain, as a source.
fn failed(kind: SourceKind, failure: &FailedSource, certificate: &Certificate) -> SourceOutcome {
    SourceOutcome {
        kind,
        origin: failure.origin.clone(),
        place: None,
        delta: None,
        combined: None,
        result: SourceResult::NotUsed(Box::new(failure.finding.clone().at(None, certificate.id()))),
        this_update: None,
        next_update: None,
    }
}

/// What a URL gave, which is held as of the first that gave it.
fn outcome_of(
    kind: SourceKind,
    url: &str,
    (place, evidence): (usize, &EvidenceCrl),
    result: SourceResult,
) -> SourceOutcome {
    SourceOutcome {
        kind,
        origin: Origin::Url(without_credentials(url)),
        place: Some(place),
        delta: None,
        combined: None,
        result,
        this_update: Some(evidence.crl.this_update().time),
        next_update: evidence.crl.next_update().map(|time| time.time),
    }
}

/// A delta CRL of a URL that could not be used is worth a warning where the rest is
/// enough: what was revoked since the complete CRL is not seen. Where it is not, the
/// finding that says so has it.
pub(super) fn idle_deltas(certificate: &Certificate, found: &RevocationOutcome) -> Vec<Finding> {
    if !matches!(found.status, RevocationStatus::Good | RevocationStatus::RevokedLater(_)) {
        return Vec::new();
    }
    let idle = found.sources.iter().filter_map(|source| match (&source.result, &source.origin) {
        (SourceResult::NotUsed(finding), Origin::Url(_)) if source.kind == SourceKind::DeltaCrl => {
            Some((&source.origin, finding))
        }
        _ => None,
    });
    idle.map(|(origin, finding)| {
        let message = format!(
            "the delta CRL of {origin} is not used, and what was revoked since the complete CRL is not seen: {}",
            finding.message
        );
        let warning = Finding::new(finding.code, Severity::Warning, message).hint(finding.advice());
        warning.at(Some(found.depth), certificate.id())
    })
    .collect()
}

pub(super) fn names_no_source(certificate: &Certificate) -> bool {
    ocsp_urls(certificate).is_empty() && crl_urls(certificate).is_empty()
}

/// How a certificate that names no URL to ask is without one.
pub(super) fn nameless(certificate: &Certificate) -> String {
    if certificate.extension(oids::NO_REV_AVAIL).is_some() {
        return "it says that there is no revocation information (noRevAvail, RFC 9608), and no CRL or OCSP response for it was given"
            .to_owned();
    }
    let is_of_revocation = |listed: Listed| matches!(listed, Listed::Crls | Listed::Responders);
    let left: Vec<String> =
        left_out(certificate).into_iter().filter(|left| is_of_revocation(left.listed)).map(|left| left.why).collect();
    if left.is_empty() {
        "it names no source, neither a CRL nor an OCSP responder, and no CRL or OCSP response for it was given"
            .to_owned()
    } else {
        format!(
            "it names no source that can be asked ({}), and no CRL or OCSP response for it was given",
            left.join("; ")
        )
    }
}
