//! One CRL about one certificate (RFC 5280 §6.3.3).

use std::cmp::Ordering;

use crate::anchors::TrustAnchor;
use crate::encoding::der::Integer;
use crate::finding::{Code, Finding, Severity};
use crate::path::{IssuerKey, Verifier};
use crate::policy::CLOCK_TOLERANCE;
use crate::revocation::checker::Checker;
use crate::revocation::evidence::{EvidenceCrl, SourceKind};
use crate::revocation::points::{NotCovered, Points, coverage, names_issuer};
use crate::revocation::signer::{KeyDigest, Refusal, refuse};
use crate::revocation::{CombinedDelta, Revocation, SourceOutcome, SourceResult};
use crate::time::Time;
use crate::x509::Certificate;
use crate::x509::crl::{Crl, CrlExtensionValue, Lookup, RevokedEntry};
use crate::x509::oid::oids;

/// certificateHold (RFC 5280 §5.3.1), the one revocation that can be taken back.
pub(super) const CERTIFICATE_HOLD: u8 = 6;

/// removeFromCRL (RFC 5280 §5.3.1), which only a delta CRL can say.
const REMOVE_FROM_CRL: u8 = 8;

/// What a CRL showed.
pub(super) struct Judged {
    pub(super) outcome: SourceOutcome,
    /// The reasons for which it shows that the certificate was not revoked at the
    /// verification time.
    pub(super) reasons: u16,
}

/// What a complete CRL says about a certificate together with a delta CRL, before
/// anything was said about freshness.
struct Said<'e> {
    /// `None` when it is not listed.
    entry: Option<RevokedEntry>,
    reasons: u16,
    delta: Option<(usize, &'e EvidenceCrl)>,
    /// Whether the entry, or its removal, stands in the delta CRL alone.
    by_delta: bool,
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
    // RFC 5280 §5.2.3: numbers have up to 20 octets.
    if one.len().max(other.len()) > 20 {
        return None;
    }
    Some(one.len().cmp(&other.len()).then_with(|| one.cmp(other)))
}

/// The entry about the certificate, if there is one.
pub(super) fn lookup(crl: &Crl, certificate: &Certificate, time: Time) -> Result<Option<RevokedEntry>, Refusal> {
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
    Ok(gravest(entries.into_iter().filter(is_of_certificate), time))
}

/// Of several entries about one certificate, twice in one CRL or in a complete and a
/// delta CRL, the one that counts: in force, final, early.
fn gravest(entries: impl IntoIterator<Item = RevokedEntry>, time: Time) -> Option<RevokedEntry> {
    entries.into_iter().min_by_key(|entry| {
        let date = entry.revocation_date.time;
        (is_removal(entry), date > time, entry.reason == Some(CERTIFICATE_HOLD), date, entry.reason)
    })
}

pub(super) fn is_removal(entry: &RevokedEntry) -> bool {
    entry.reason == Some(REMOVE_FROM_CRL)
}

/// Whether a CRL may have an entry about the certificate, whoever signed it.
pub(super) fn may_list(crl: &Crl, certificate: &Certificate, time: Time) -> bool {
    !matches!(lookup(crl, certificate, time), Ok(None))
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
        points: &Points,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Judged {
        let crl = &evidence.crl;
        let said = self.said(place, crl, points, question, verifier);
        let delta = said.as_ref().ok().and_then(|said| said.delta);
        let decides = said.as_ref().is_ok_and(|said| said.by_delta);
        let combined = delta.map(|(place, delta)| CombinedDelta {
            place,
            origin: delta.origin.clone(),
            this_update: delta.crl.this_update().time,
            decides,
        });
        let newest = delta.map_or(crl, |(_, delta)| &delta.crl);
        // A complete CRL that is out of date is made up to date by a delta (§6.3.3 (a)).
        let fresh = || {
            if self.policy.severity(Code::CrlNumberMissing) == Severity::Error {
                require_identification(crl)?;
            }
            if delta.is_some() { Ok(()) } else { check_fresh(crl, self.time) }
        };
        let (result, reasons) = match said {
            Ok(Said { entry: Some(entry), reasons, .. }) => {
                let result = SourceResult::Revoked(revocation(&entry));
                if entry.revocation_date.time <= self.time {
                    (result, 0)
                } else {
                    // Not revoked before: only one that is not out of date shows it.
                    match fresh() {
                        Err(refusal) if refusal.code != Code::CrlNotYetValid => (not_used(refusal, question), 0),
                        _ => (result, reasons),
                    }
                }
            }
            Ok(Said { entry: None, reasons, .. }) => match fresh() {
                Ok(()) => (SourceResult::Good, reasons),
                Err(refusal) => (not_used(refusal, question), 0),
            },
            Err(refusal) => (not_used(refusal, question), 0),
        };
        let outcome = SourceOutcome {
            kind: SourceKind::Crl,
            origin: evidence.origin.clone(),
            place: Some(place),
            delta: combined,
            result,
            this_update: Some(newest.this_update().time),
            next_update: newest.next_update().map(|time| time.time),
        };
        Judged { outcome, reasons }
    }

    /// Everything about a CRL but what it lists: coverage, form, signer. Gives the
    /// reasons that it covers and the signer's key.
    fn check_crl(
        &mut self,
        place: usize,
        crl: &Crl,
        points: &Points,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Result<(u16, KeyDigest), Refusal> {
        let reasons = coverage(question.certificate, points, crl)
            .map_err(|NotCovered { code, message }| Refusal { code, message })?;
        check_form(crl)?;
        let signer = self.check_signer(place, crl, question.issuer, question.anchor, verifier)?;
        Ok((reasons, signer))
    }

    fn said(
        &mut self,
        place: usize,
        crl: &Crl,
        points: &Points,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Result<Said<'a>, Refusal> {
        let (reasons, signer) = self.check_crl(place, crl, points, question, verifier)?;
        let delta = self.delta_for(crl, signer, question, verifier);
        let by_base = lookup(crl, question.certificate, self.time);
        let by_delta = delta.map_or(Ok(None), |(_, delta)| lookup(&delta.crl, question.certificate, self.time));
        let of_base = by_base.as_ref().ok().cloned().flatten();
        let entry = match (by_delta, by_base) {
            // (k), of a hold: nothing else is taken back (§5.3.1).
            (Ok(Some(entry)), Ok(base)) if is_removal(&entry) => {
                base.filter(|base| base.reason != Some(CERTIFICATE_HOLD))
            }
            // What one of them lists is revoked, whatever the other one is like.
            (by_delta, by_base) => {
                let unreadable = by_delta.as_ref().err().is_some() || by_base.as_ref().err().is_some();
                let listed = [&by_delta, &by_base].into_iter().filter_map(|one| one.as_ref().ok().cloned().flatten());
                match gravest(listed, self.time) {
                    None if unreadable => {
                        by_delta?;
                        by_base?
                    }
                    entry => entry,
                }
            }
        };
        let by_delta = delta.is_some() && entry != of_base;
        Ok(Said { entry, reasons, delta, by_delta })
    }

    /// The newest delta CRL that is not out of date and may be combined with the
    /// complete one (RFC 5280 §5.2.4, §6.3.3 (a), (c), (h)).
    fn delta_for(
        &mut self,
        crl: &Crl,
        signer: KeyDigest,
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Option<(usize, &'a EvidenceCrl)> {
        let evidence = self.evidence;
        let mut fitting: Vec<(usize, &'a EvidenceCrl)> = evidence
            .crls_of(crl.issuer_digest())
            .filter(|(_, one)| one.crl.is_delta() && fits(&one.crl, crl))
            .filter(|(_, one)| check_fresh(&one.crl, self.time).is_ok())
            .collect();
        fitting.sort_by_cached_key(|(_, one)| {
            let number = one.crl.number().and_then(|number| number.unsigned()).unwrap_or_default();
            let newest = std::cmp::Reverse((one.crl.this_update().time, number.len(), number));
            // Of two with one number and date, which no CA issues, that one counts which
            // releases nothing, and their order decides nothing.
            let releases =
                matches!(lookup(&one.crl, question.certificate, self.time), Ok(Some(entry)) if is_removal(&entry));
            (newest, releases, one.crl.digest())
        });
        fitting.into_iter().find(|(place, delta)| {
            check_form(&delta.crl).is_ok()
                && self
                    .check_signer(*place, &delta.crl, question.issuer, question.anchor, verifier)
                    // (h): with the key of the complete CRL.
                    .is_ok_and(|key| key == signer)
        })
    }

    /// A delta CRL that was combined with no complete one. Alone it does not show
    /// that a certificate is not revoked; but what it revokes is revoked. For a report
    /// about sources, one that could be combined with a complete CRL in use is good,
    /// though a newer one was taken or it has nothing new.
    pub(super) fn judge_delta(
        &mut self,
        place: usize,
        evidence: &EvidenceCrl,
        (points, complete): (&Points, &[(usize, &EvidenceCrl)]),
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> SourceOutcome {
        let delta = &evidence.crl;
        let result = match lookup(delta, question.certificate, self.time) {
            Ok(Some(entry)) if !is_removal(&entry) => self
                .check_crl(place, delta, points, question, verifier)
                .map(|_| SourceResult::Revoked(revocation(&entry))),
            Ok(_) if self.every_source => {
                match self.delta_trouble(place, delta, (points, complete), question, verifier) {
                    None => Ok(SourceResult::Good),
                    Some(refusal) => Err(refusal),
                }
            }
            Ok(_) => refuse(Code::DeltaCrlNotUsable, ALONE),
            Err(refusal) => Err(refusal),
        };
        SourceOutcome {
            kind: SourceKind::DeltaCrl,
            origin: evidence.origin.clone(),
            place: Some(place),
            delta: None,
            result: result.unwrap_or_else(|refusal| not_used(refusal, question)),
            this_update: Some(delta.this_update().time),
            next_update: delta.next_update().map(|time| time.time),
        }
    }

    /// Why a delta CRL, which a URL gave that names one, cannot be combined with any of
    /// the complete CRLs that count; `None` where it can, though a newer one was taken,
    /// or where it just has nothing new (RFC 5280 §5.2.4).
    pub(super) fn delta_trouble(
        &mut self,
        place: usize,
        delta: &Crl,
        (points, complete): (&Points, &[(usize, &EvidenceCrl)]),
        question: Question<'_>,
        verifier: &mut Verifier<'_>,
    ) -> Option<Refusal> {
        let unfit = |message: &'static str| Some(Refusal { code: Code::DeltaCrlNotUsable, message: message.into() });
        if complete.is_empty() {
            return unfit(ALONE);
        }
        let signer = match self.check_crl(place, delta, points, question, verifier) {
            Ok((_, signer)) => signer,
            Err(refusal) => return Some(refusal),
        };
        if let Err(refusal) = check_fresh(delta, self.time) {
            return Some(refusal);
        }
        let (Some(base), Some(number)) = (delta.base_number(), delta.number()) else {
            return unfit("it does not have the numbers that say which complete CRL it updates");
        };
        let numbers = || complete.iter().filter_map(|(_, one)| one.crl.number());
        if numbers().next().is_none() {
            return unfit("the complete CRL has no number (cRLNumber), so that nothing can be combined with it");
        }
        if numbers().any(|complete| compare(number, complete).is_some_and(Ordering::is_le)) {
            return None;
        }
        for (place, one) in complete.iter().filter(|(_, one)| fits(delta, &one.crl)) {
            let key = self.check_signer(*place, &one.crl, question.issuer, question.anchor, verifier);
            if key.is_ok_and(|key| key == signer) {
                return None;
            }
        }
        if numbers().all(|complete| compare(base, complete).is_none_or(Ordering::is_gt)) {
            return unfit("it updates a newer complete CRL than the one at hand");
        }
        if complete.iter().all(|(_, one)| one.crl.this_update().time > delta.this_update().time) {
            return unfit("by its date it is older than the complete CRL, though newer by its number");
        }
        if complete.iter().all(|(_, one)| scope(&one.crl) != scope(delta)) {
            return unfit("its scope is another than that of the complete CRL");
        }
        unfit("it is not signed with the key of the complete CRL")
    }
}

const ALONE: &str = "it is a delta CRL, and no complete CRL of its scope with a fitting number is at hand";

/// Whether the delta CRL is of the complete one's scope and key, its base no newer than
/// that one, and itself newer (RFC 5280 §5.2.4), by number and not against its date:
/// what it lists must not count as told on the later day of the complete one.
fn fits(delta: &Crl, complete: &Crl) -> bool {
    let (Some(base), Some(number), Some(of_complete)) = (delta.base_number(), delta.number(), complete.number()) else {
        return false;
    };
    compare(base, of_complete).is_some_and(Ordering::is_le)
        && compare(number, of_complete).is_some_and(Ordering::is_gt)
        && delta.this_update().time >= complete.this_update().time
        && scope(delta) == scope(complete)
        && delta.authority_key_identifier() == complete.authority_key_identifier()
}

/// The scope as encoded: complete and delta CRL must have the same (RFC 5280 §5.2.4).
fn scope(crl: &Crl) -> Option<&[u8]> {
    crl.extension(oids::ISSUING_DISTRIBUTION_POINT).map(|extension| extension.value_octets())
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
