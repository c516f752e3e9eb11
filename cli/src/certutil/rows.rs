//! What became of each URL of a certificate, a row each.
//!
//! Where the rows come from is known here alone: from the questions that the
//! verdict needed. certutil asks every URL; the rest is shown as not asked.

use certlens_core::encoding::hex;
use certlens_core::finding::Code;
use certlens_core::path::IssuerKey;
use certlens_core::revocation::{RevocationOutcome, SourceOutcome, SourceResult};
use certlens_core::time::Time;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::sources::{crl_urls, freshest_crl_urls, freshest_of_crl, issuer_urls, ocsp_urls};
use certlens_core::x509::{Certificate, Crl};
use certlens_fetch::{Failure, Retrieved, shown};

use super::constants;
use super::describe::sha1;
use crate::retrieve::{Attempt, Content, Wanted, is_from, lists};
use crate::verification::Verified;

/// The parts of certutil's list of URLs, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Issuer,
    Crl,
    Delta,
    Ocsp,
}

impl Section {
    pub(super) const ALL: [Section; 4] = [Section::Issuer, Section::Crl, Section::Delta, Section::Ocsp];

    pub(super) const fn heading(self) -> &'static str {
        match self {
            Section::Issuer => "Certificate AIA",
            Section::Crl => "Certificate CDP",
            Section::Delta => "Base CRL CDP",
            Section::Ocsp => "Certificate OCSP",
        }
    }

    /// What stands in the place of an object that did not come.
    const fn label(self) -> &'static str {
        match self {
            Section::Issuer => "AIA",
            Section::Crl | Section::Delta => "CDP",
            Section::Ocsp => "OCSP",
        }
    }

    const fn wanted(self) -> Wanted {
        match self {
            Section::Issuer => Wanted::Issuer,
            Section::Crl => Wanted::Crl,
            Section::Delta => Wanted::DeltaCrl,
            Section::Ocsp => Wanted::Ocsp,
        }
    }
}

/// One row.
#[derive(Debug)]
pub(super) struct UrlRow {
    pub(super) section: Section,
    pub(super) status: &'static str,
    pub(super) label: String,
    /// Whole seconds.
    pub(super) elapsed: u64,
    pub(super) sha1: Option<String>,
    /// The URL, with its place among those of its section and the object's place in
    /// what came; without the places when nothing came.
    pub(super) url: (Option<(usize, usize)>, String),
    /// Why it is not as good as it could be.
    pub(super) failure: Option<String>,
}

/// The rows of the certificate at a depth of the deciding path.
pub(super) fn rows(verified: &Verified, depth: usize, certificate: &Certificate, time: Time) -> Vec<UrlRow> {
    let context = Context { verified, depth, certificate, time };
    Section::ALL.into_iter().flat_map(|section| context.section(section)).collect()
}

struct Context<'a> {
    verified: &'a Verified,
    depth: usize,
    certificate: &'a Certificate,
    time: Time,
}

impl<'a> Context<'a> {
    fn attempts(&self, wanted: Wanted) -> impl Iterator<Item = &'a Attempt> {
        let certificate = self.certificate;
        self.verified
            .attempts
            .iter()
            .filter(move |attempt| attempt.wanted == wanted && attempt.certificate == *certificate)
    }

    fn revocation(&self) -> Option<&'a RevocationOutcome> {
        self.verified.verdict.best.as_ref()?.revocation.iter().find(|found| found.depth == self.depth)
    }

    fn section(&self, section: Section) -> Vec<UrlRow> {
        let mut urls = match section {
            Section::Issuer => issuer_urls(self.certificate),
            Section::Crl => crl_urls(self.certificate),
            Section::Delta => {
                let of_crls = self.attempts(Wanted::Crl).filter_map(Attempt::crl).flat_map(freshest_of_crl);
                freshest_crl_urls(self.certificate).into_iter().chain(of_crls).collect()
            }
            Section::Ocsp => ocsp_urls(self.certificate),
        };
        // A CRL's issuer is asked for at addresses that stand in the CRL.
        urls.extend(self.attempts(section.wanted()).map(|attempt| attempt.retrieved().request.url.clone()));
        let mut seen = std::collections::HashSet::new();
        urls.retain(|url| seen.insert(url.clone()));
        let mut rows = Vec::new();
        for (place, url) in urls.iter().enumerate() {
            let of_url = |attempt: &&Attempt| attempt.retrieved().request.url == *url;
            match self.attempts(section.wanted()).find(of_url) {
                Some(attempt) => rows.extend(self.asked(section, place, attempt)),
                None => rows.push(UrlRow {
                    section,
                    status: "Not asked",
                    label: section.label().to_owned(),
                    elapsed: 0,
                    sha1: None,
                    url: (None, shown(url)),
                    failure: Some(self.why_not_asked(section).to_owned()),
                }),
            }
        }
        rows
    }

    fn why_not_asked(&self, section: Section) -> &'static str {
        let path = self.verified.verdict.best.as_ref().map(|best| &best.path);
        let is_anchor = path.is_some_and(|path| path.anchor().is_some() && path.end_depth() == self.depth);
        let has_issuer = path.is_some_and(|path| path.certificate(self.depth + 1).is_some());
        match section {
            _ if is_anchor => "Not needed: a trust anchor",
            Section::Issuer if has_issuer => "Not needed: the issuer is at hand",
            Section::Crl | Section::Delta | Section::Ocsp
                if self.revocation().is_some_and(RevocationOutcome::is_known) =>
            {
                "Not needed: another source was enough"
            }
            _ => "Not reached",
        }
    }

    fn asked(&self, section: Section, place: usize, attempt: &Attempt) -> Vec<UrlRow> {
        let retrieved = attempt.retrieved();
        let url = shown(&retrieved.request.url);
        let row = |status, label: String, object: usize, octets: &[u8], failure| UrlRow {
            section,
            status,
            label,
            elapsed: retrieved.elapsed.as_secs(),
            sha1: Some(sha1(octets)),
            url: (Some((place, object)), url.clone()),
            failure,
        };
        let failed = |failure: String| {
            vec![UrlRow {
                section,
                status: "Failed",
                label: section.label().to_owned(),
                elapsed: retrieved.elapsed.as_secs(),
                sha1: None,
                url: (None, url.clone()),
                failure: Some(format!("Error retrieving URL: {failure}")),
            }]
        };
        let octets = match &retrieved.outcome {
            Err(failure) => return failed(format!("{} {}", sentence(failure), code(failure, retrieved))),
            Ok(octets) => octets,
        };
        match attempt.content() {
            Err(unread) => failed(format!("{} ({})", unread.message, unread.code.name())),
            Ok(Content::Certificates(certificates)) => certificates
                .iter()
                .take(MAX_CERTIFICATES)
                .enumerate()
                .map(|(index, one)| {
                    let status = if issued(one, self.certificate) { "Verified" } else { "Wrong Issuer" };
                    row(status, format!("Certificate ({index})"), index, one.der(), None)
                })
                .collect(),
            Ok(Content::Crl(crl)) => {
                let kind = if crl.is_delta() { "Delta CRL" } else { "Base CRL" };
                let (status, failure) = self.judged_crl(attempt, crl);
                vec![row(status, format!("{kind}{}", number(crl)), 0, crl.der().unwrap_or(octets), failure)]
            }
            Ok(Content::Ocsp { .. }) => {
                let mut sources = self.revocation().into_iter().flat_map(|found| &found.sources);
                let (status, failure) = judged(sources.find(|source| is_from(attempt, source)));
                vec![row(status, "OCSP".to_owned(), 0, octets, failure)]
            }
        }
    }

    fn judged_crl(&self, attempt: &Attempt, crl: &Crl) -> (&'static str, Option<String>) {
        let mut sources = self.revocation().into_iter().flat_map(|found| &found.sources);
        match sources.find(|source| is_from(attempt, source)) {
            // Of two that were combined, it is the one that lists the certificate.
            Some(source)
                if matches!(source.result, SourceResult::Revoked(_)) && !lists(crl, self.certificate, self.time) =>
            {
                ("Verified", None)
            }
            source => judged(source),
        }
    }
}

/// The most certificates of one answer that get a row.
const MAX_CERTIFICATES: usize = 16;

/// The number of a CRL in brackets, hexadecimal.
pub(super) fn number(crl: &Crl) -> String {
    crl.number().map_or_else(String::new, |number| format!(" ({})", hex::brief(number.as_bytes())))
}

fn issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    let issuer = Issuer::Certificate(issuer);
    issuer.is_named_by(certificate) && IssuerKey::of(issuer).verify(certificate).is_ok()
}

/// Status and, where the status does not say it all, the reason.
fn judged(source: Option<&SourceOutcome>) -> (&'static str, Option<String>) {
    let Some(source) = source else { return ("Not used", None) };
    let finding = match &source.result {
        SourceResult::Good => return ("Verified", None),
        SourceResult::Revoked(_) => return ("Revoked", None),
        SourceResult::NotUsed(finding) => finding,
    };
    let status = match finding.code {
        Code::CrlExpired | Code::OcspExpired => "Expired",
        Code::CrlWrongIssuer | Code::CrlIssuerNotFound | Code::OcspNotAuthorised => "Wrong Issuer",
        Code::CrlNoCommonPoint => "No IDP Intersection",
        _ => "Failed",
    };
    (status, Some(format!("Error: {} ({})", finding.message, finding.code.name())))
}

fn sentence(failure: &Failure) -> String {
    let mut characters = failure.message.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// What Windows would call the failure.
fn code(failure: &Failure, retrieved: &Retrieved) -> String {
    match (failure.winhttp, retrieved.status) {
        (Some(code), _) => constants::winhttp(code),
        (None, Some(status)) if failure.cause == "http-status" => constants::http_status(status),
        (None, _) => format!("({})", failure.cause),
    }
}
