//! Which URLs are asked for which certificates.

use std::collections::{HashMap, HashSet};

use certlens_core::revocation::Need;
use certlens_core::x509::ocsp::{CertIdHash, CertIdOwned};
use certlens_core::x509::sources::{
    Listed, crl_urls, freshest_crl_urls, freshest_of_crl, issuer_of_crl, issuer_urls, left_out, ocsp_urls,
};
use certlens_core::x509::{Certificate, Crl};

use super::chain::Chain;
use super::status::{Judged, Status};
use crate::retrieve::{Attempt, Key, MAX_FETCHES, Question, Wanted, questions};

/// A row before it is judged.
pub(super) struct Planned {
    pub(super) depth: usize,
    pub(super) wanted: Wanted,
    pub(super) url: Option<String>,
    /// The question's place among all, or why there is none.
    pub(super) question: Result<usize, Judged>,
}

/// What is asked for a chain: each question once, whichever certificates it is for.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) rows: Vec<Planned>,
    listed: HashSet<(usize, Wanted, String)>,
    known: HashMap<Key, usize>,
    /// Those that were not asked yet.
    new: Vec<Question>,
}

impl Plan {
    /// What the certificates of the chain list.
    pub(super) fn list(&mut self, chain: &Chain<'_>, hash: CertIdHash) {
        for (depth, certificate) in chain.members() {
            for (wanted, urls) in [
                (Wanted::Issuer, issuer_urls(certificate)),
                (Wanted::Crl, crl_urls(certificate)),
                (Wanted::DeltaCrl, freshest_crl_urls(certificate)),
            ] {
                urls.into_iter().for_each(|url| self.add(depth, wanted, url, certificate, None));
            }
            let id = chain.issuer(depth).map(|issuer| CertIdOwned::for_certificate(certificate, issuer, hash));
            for url in ocsp_urls(certificate) {
                match &id {
                    Some(id) => self.add(depth, Wanted::Ocsp, url, certificate, Some(id.clone())),
                    None => self.refuse(
                        depth,
                        Wanted::Ocsp,
                        Some(url),
                        "a responder is asked with the issuer's key, and the issuer is not at hand",
                        chain.find_issuer(depth),
                    ),
                }
            }
            for left in left_out(certificate) {
                let wanted = match left.listed {
                    Listed::Issuers => Wanted::Issuer,
                    Listed::Responders => Wanted::Ocsp,
                    Listed::Crls => Wanted::Crl,
                    Listed::DeltaCrls => Wanted::DeltaCrl,
                };
                let hint = "Look at the certificate with certlens inspect; a CA lists few URLs, and HTTP among them.";
                self.refuse(depth, wanted, None, &left.why, hint);
            }
        }
    }

    /// What the CRLs that came list: delta CRLs, and certificates of their issuers.
    pub(super) fn list_of_crls(&mut self, chain: &Chain<'_>, attempts: &[Attempt]) {
        let of_row = |row: &Planned| {
            let attempt = attempts.get(*row.question.as_ref().ok()?)?;
            let crl = attempt.crl().filter(|crl| row.wanted == Wanted::Crl && !crl.is_delta())?;
            Some((row.depth, chain.certificate(row.depth)?, crl.clone()))
        };
        let crls: Vec<(usize, &Certificate, Crl)> = self.rows.iter().filter_map(of_row).collect();
        for (depth, certificate, crl) in crls {
            for url in freshest_of_crl(&crl) {
                self.add(depth, Wanted::DeltaCrl, url, certificate, None);
            }
            for url in issuer_of_crl(&crl) {
                let certificate = certificate.clone();
                // What the CRL is worth shows in the CRL's own row.
                let _ = self.ask(Question { wanted: Wanted::Issuer, url, certificate, id: None });
            }
        }
    }

    /// What is needed beside, without rows of its own, and was not asked yet.
    pub(super) fn beside(&mut self, needs: &[Need]) -> Vec<Question> {
        for question in questions(needs, MAX_FETCHES) {
            // A limit shows in the rows that it leaves open.
            let _ = self.ask(question);
        }
        self.take_new()
    }

    /// The questions that came up since the last call.
    pub(super) fn take_new(&mut self) -> Vec<Question> {
        std::mem::take(&mut self.new)
    }

    fn add(&mut self, depth: usize, wanted: Wanted, url: String, certificate: &Certificate, id: Option<CertIdOwned>) {
        if !self.listed.insert((depth, wanted, url.clone())) {
            return;
        }
        let question = self.ask(Question { wanted, url: url.clone(), certificate: certificate.clone(), id });
        self.rows.push(Planned { depth, wanted, url: Some(url), question });
    }

    fn ask(&mut self, question: Question) -> Result<usize, Judged> {
        let next = self.known.len();
        let key = question.key();
        if let Some(place) = self.known.get(&key) {
            return Ok(*place);
        }
        if next == MAX_FETCHES {
            let hint = match question.wanted {
                Wanted::Ocsp => "Verify the certificate alone, with its issuer: certlens verify --fetch.",
                _ => "Ask it by itself, certlens url URL, and look at what is there.",
            };
            return Err(Judged::with(
                Status::NotAsked,
                format!("{MAX_FETCHES} other URLs were asked for this chain, and no more are (limit MAX_FETCHES)"),
                hint,
            ));
        }
        self.known.insert(key, next);
        self.new.push(question);
        Ok(next)
    }

    fn refuse(&mut self, depth: usize, wanted: Wanted, url: Option<String>, why: &str, hint: &str) {
        self.rows.push(Planned { depth, wanted, url, question: Err(Judged::with(Status::NotAsked, why, hint)) });
    }
}
