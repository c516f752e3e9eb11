//! One CRL about one certificate (RFC 5280 §6.3.3).

use std::cmp::Ordering;

use crate::anchors::TrustAnchor;
use crate::encoding::der::Integer;
use crate::finding::{Code, Finding, Severity};
use crate::path::{IssuerKey, Verifier};
use crate::policy::CLOCK_TOLERANCE;
use crate::revocation::checker::Checker;
use crate::revocation::evidence::{EvidenceCrl, SourceKind};
use crate::revocation::points::{NotCovered, coverage, distribution_points, names_issuer};
use crate::revocation::signer::{Refusal, refuse};
use crate::revocation::{Revocation, SourceOutcome, SourceResult};
use crate::time::Time;
use crate::x509::Certificate;
use crate::x509::crl::{Crl, CrlExtensionValue, Lookup, RevokedEntry};
use crate::x509::oid::oids;

/// removeFromCRL (RFC 5280 §5.3.1), which only a delta CRL can say.
const REMOVE_FROM_CRL: u8 = 8;

/// What a CRL showed, and for which reasons.
pub(super) struct Judged {
    pub(super) outcome: SourceOutcome,
    pub(super) reasons: u16,
}

/// What a CRL says about a certificate, before anything was said about freshness.
pub(super) enum Said {
    NotListed,
    Listed(RevokedEntry),
    Removed,
}

/// The certificate in question with what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Question<'q> {
    pub(super) certificate: &'q Certificate,
    pub(super) issuer: IssuerKey<'q>,
    pub(super) anchor: &'q TrustAnchor,
}

/// RFC 5280 §5.1.1.2, §5.1.2.1, §5.2: is it a CRL that means what it says?
pub(super) fn check_form(crl: &Crl) -> Result<(), Refusal> {
    if let Some(deviation) = crl.deviations().first() {
        return refuse(Code::CrlNotDer, format!("byte {}: {}", deviation.offset, deviation.kind));
    }
    if crl.signature_algorithm().raw != crl.signed_algorithm().raw {
        return refuse(Code::CrlMalformed, "it names one signature algorithm inside and another one outside");
    }
    match crl.version() {
        None if crl.extensions().len() > 0 => {
            return refuse(Code::CrlMalformed, "it is of version 1 and has extensions (RFC 5280 §5.1.2.1)");
        }
        None | Some(1) => {}
        Some(number) => return refuse(Code::CrlMalformed, format!("its version is unknown (encoded as {number})")),
    }
    let mut seen: Vec<_> = crl.extensions().map(|extension| extension.oid().as_bytes()).collect();
    seen.sort_unstable();
    if let Some([twice, _]) = seen.array_windows::<2>().find(|[one, two]| one == two) {
        let name = crate::x509::oid::Oid::new(twice).name_or_dotted();
        return refuse(Code::CrlMalformed, format!("it has the extension {name} twice"));
    }
    for extension in crl.extensions() {
        let name = extension.oid().name_or_dotted();
        match extension.value() {
            Err(error) => return refuse(Code::CrlMalformed, format!("its extension {name} cannot be read: {error}")),
            Ok(CrlExtensionValue::Unknown(_)) if extension.is_critical() => {
                let message = format!("its critical extension {name} is not processed");
                return refuse(Code::CrlExtensionNotProcessed, message);
            }
            Ok(_) => {}
        }
    }
    if let Some((oid, offset)) = crl.unprocessed_entry() {
        let name = oid.name_or_dotted();
        let message = format!("the critical extension {name} of its entry at byte {offset} is not processed");
        return refuse(Code::CrlExtensionNotProcessed, message);
    }
    let is_indirect = crl.issuing_distribution_point().is_ok_and(|point| point.is_some_and(|point| point.indirect));
    if crl.has_certificate_issuer() && !is_indirect {
        let message = "an entry is of another issuer, but the CRL does not say that it is indirect (RFC 5280 §5.3.3)";
        return refuse(Code::CrlMalformed, message);
    }
    Ok(())
}

/// Whether the CRL counts at this time; only then what it does not list is not revoked.
pub(super) fn check_fresh(crl: &Crl, time: Time) -> Result<(), Refusal> {
    let this_update = crl.this_update().time;
    if this_update.unix() > time.unix().saturating_add(CLOCK_TOLERANCE) {
        return refuse(Code::CrlNotYetValid, format!("it was issued on {this_update}, after the verification time"));
    }
    match crl.next_update() {
        None => refuse(Code::CrlNextUpdateMissing, "it does not say until when it counts (nextUpdate)"),
        Some(next) if next.time.unix().saturating_add(CLOCK_TOLERANCE) < time.unix() => {
            refuse(Code::CrlExpired, format!("the next one was due on {}, before the verification time", next.time))
        }
        Some(_) => Ok(()),
    }
}

fn compare(one: Integer<'_>, other: Integer<'_>) -> Option<Ordering> {
    let (one, other) = (one.unsigned()?, other.unsigned()?);
    Some(one.len().cmp(&other.len()).then_with(|| one.cmp(other)))
}

pub(super) fn lookup(crl: &Crl, certificate: &Certificate) -> Result<Said, Refusal> {
    let entries = match crl.lookup(certificate.serial().as_bytes()) {
        Lookup::Entries(entries) => entries,
        Lookup::NotLookedFor => {
            return refuse(Code::CrlUnreadable, "it was read before this certificate was known; give it again");
        }
        Lookup::Unreadable => {
            return refuse(Code::CrlUnreadable, "its entries with the certificate's serial number cannot be read");
        }
    };
    let by_issuer = crl.issuer_raw() == certificate.issuer_raw() || crl.issuer_digest() == certificate.issuer_digest();
    let is_of_certificate = |entry: &RevokedEntry| match entry.certificate_issuer_names() {
        Some(names) => names_issuer(names, certificate.issuer_digest()),
        None => by_issuer,
    };
    // Twice in one CRL: the earlier revocation counts.
    let found = entries.into_iter().filter(is_of_certificate).min_by_key(|entry| entry.revocation_date.time);
    Ok(found.map_or(Said::NotListed, Said::Listed))
}

pub(super) fn revocation(entry: &RevokedEntry) -> Revocation {
    Revocation { time: entry.revocation_date.time, reason: entry.reason, invalidity_date: entry.invalidity_date }
}

impl<'a> Checker<'a> {
    /// Judges a complete CRL, with a delta CRL if one fits.
    pub(super) fn judge_crl(
        &mut self,
        place: usize,
        evidence: &EvidenceCrl,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Judged {
        let crl = &evidence.crl;
        let mut next_update = crl.next_update().map(|time| time.time);
        let mut this_update = crl.this_update().time;
        let (result, reasons) = match self.said(place, crl, question, verifier) {
            Ok((Said::Listed(entry), reasons, delta)) => {
                (this_update, next_update) = newest(crl, delta.as_ref());
                (SourceResult::Revoked(revocation(&entry)), reasons)
            }
            Ok((Said::NotListed | Said::Removed, reasons, delta)) => {
                (this_update, next_update) = newest(crl, delta.as_ref());
                // A complete CRL that is out of date is made up to date by a delta (§6.3.3 (a)).
                let fresh = match &delta {
                    Some(delta) => check_fresh(delta, self.time).or_else(|_| check_fresh(crl, self.time)),
                    None => check_fresh(crl, self.time),
                };
                match fresh {
                    Ok(()) => (SourceResult::Good, reasons),
                    Err(refusal) => (not_used(refusal, question), 0),
                }
            }
            Err(refusal) => (not_used(refusal, question), 0),
        };
        let outcome = SourceOutcome {
            kind: SourceKind::Crl,
            origin: evidence.origin.clone(),
            result,
            this_update: Some(this_update),
            next_update,
        };
        Judged { outcome, reasons }
    }

    fn said(
        &mut self,
        place: usize,
        crl: &Crl,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Result<(Said, u16, Option<Crl>), Refusal> {
        let points = distribution_points(question.certificate);
        let reasons = coverage(question.certificate, points.as_deref(), crl)
            .map_err(|NotCovered { code, message }| Refusal { code, message })?;
        check_form(crl)?;
        if self.policy.severity(Code::CrlNumberMissing) == Severity::Error {
            require_identification(crl)?;
        }
        self.check_signer(place, crl, question.issuer, question.anchor, verifier)?;
        let delta = self.delta_for(crl, question, verifier);
        if let Some(delta) = &delta {
            match lookup(delta, question.certificate)? {
                // (k)
                Said::Listed(entry) if entry.reason == Some(REMOVE_FROM_CRL) => {
                    return Ok((Said::Removed, reasons, Some(delta.clone())));
                }
                Said::Listed(entry) => return Ok((Said::Listed(entry), reasons, Some(delta.clone()))),
                Said::NotListed | Said::Removed => {}
            }
        }
        Ok((lookup(crl, question.certificate)?, reasons, delta))
    }

    /// The newest delta CRL that may be combined with the complete one
    /// (RFC 5280 §5.2.4, §6.3.3 (c)).
    fn delta_for(&mut self, crl: &Crl, question: Question<'_>, verifier: &mut Verifier<'_>) -> Option<Crl> {
        let number = crl.number()?;
        let scope = |crl: &Crl| {
            crl.extension(oids::ISSUING_DISTRIBUTION_POINT).map(|extension| extension.value_octets().to_vec())
        };
        let mut fitting: Vec<(usize, &EvidenceCrl)> = self
            .evidence
            .crls_of(crl.issuer_digest())
            .filter(|(_, one)| one.crl.is_delta() && scope(&one.crl) == scope(crl))
            .filter(|(_, one)| match (one.crl.base_number(), one.crl.number()) {
                (Some(base), Some(delta)) => {
                    compare(base, number).is_some_and(Ordering::is_le)
                        && compare(delta, number).is_some_and(Ordering::is_ge)
                }
                _ => false,
            })
            .filter(|(_, one)| one.crl.authority_key_identifier() == crl.authority_key_identifier())
            // One from after the verification time would say what was not yet known.
            .filter(|(_, one)| one.crl.this_update().time.unix() <= self.time.unix().saturating_add(CLOCK_TOLERANCE))
            .collect();
        fitting.sort_by_key(|(_, one)| std::cmp::Reverse(one.crl.this_update().time));
        for (place, one) in fitting {
            let usable = check_form(&one.crl).is_ok()
                && self.check_signer(place, &one.crl, question.issuer, question.anchor, verifier).is_ok();
            if usable {
                return Some(one.crl.clone());
            }
        }
        None
    }
}

fn newest(crl: &Crl, delta: Option<&Crl>) -> (Time, Option<Time>) {
    let of = |crl: &Crl| (crl.this_update().time, crl.next_update().map(|time| time.time));
    delta.map(of).filter(|(this_update, _)| *this_update >= crl.this_update().time).unwrap_or_else(|| of(crl))
}

/// What conforming CAs put into every CRL (RFC 5280 §5.2.1, §5.2.3).
fn require_identification(crl: &Crl) -> Result<(), Refusal> {
    if crl.extension(oids::CRL_NUMBER).is_none() {
        return refuse(Code::CrlNumberMissing, "it has no number (cRLNumber)");
    }
    if crl.authority_key_identifier().is_none() {
        return refuse(Code::CrlNumberMissing, "it does not identify its issuer's key (authorityKeyIdentifier)");
    }
    Ok(())
}

pub(super) fn not_used(refusal: Refusal, question: Question<'_>) -> SourceResult {
    let finding = Finding::new(refusal.code, Severity::Warning, refusal.message);
    SourceResult::NotUsed(Box::new(finding.at(None, question.certificate.id())))
}

/// A delta CRL for which there is no complete one.
pub(super) fn lone_delta(evidence: &EvidenceCrl, question: Question<'_>) -> SourceOutcome {
    let message = "it is a delta CRL, and no complete CRL of its scope with a fitting number is at hand";
    let refusal = Refusal { code: Code::DeltaCrlNotUsable, message: message.into() };
    SourceOutcome {
        kind: SourceKind::DeltaCrl,
        origin: evidence.origin.clone(),
        result: not_used(refusal, question),
        this_update: Some(evidence.crl.this_update().time),
        next_update: evidence.crl.next_update().map(|time| time.time),
    }
}
