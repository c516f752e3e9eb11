//! Whether a certificate's issuer is among those that a URL gave.

use certlens_core::path::{IssuerKey, Verifier, VerifyCache};
use certlens_core::time::Time;
use certlens_core::validation::is_issuer;
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::Issuer;

use super::status::{Judged, Status};

/// The most certificates of one answer that are tried as the issuer. A CA that renewed
/// its key has two or three of one name.
const MAX_TRIED: usize = 16;

/// The most that signatures may cost for one chain, in those by RSA 2048.
const MAX_SIGNATURES: usize = 1_024;

/// Looks for issuers, and remembers what was verified.
pub(super) struct Above<'c> {
    verifier: Verifier<'c>,
    time: Time,
    spent: usize,
}

impl<'c> Above<'c> {
    pub(super) fn new(cache: &'c VerifyCache, time: Time) -> Above<'c> {
        Above { verifier: Verifier::new(cache), time, spent: 0 }
    }

    /// RFC 5280 §4.2.2.1: caIssuers leads to the issuer's certificate.
    /// With the end of the issuer's certificate.
    pub(super) fn judge(&mut self, child: &Certificate, certificates: &[Certificate]) -> (Judged, Option<Time>) {
        let named: Vec<&Certificate> =
            certificates.iter().filter(|one| Issuer::Certificate(one).is_named_by(child)).collect();
        let mut signers = Vec::new();
        let mut is_complete = named.len() <= MAX_TRIED;
        for one in named.iter().take(MAX_TRIED) {
            match self.signed(one, child) {
                Some(true) => signers.push(*one),
                Some(false) => {}
                None => is_complete = false,
            }
        }
        let issuers: Vec<&Certificate> = signers.iter().copied().filter(|one| is_issuer(one)).collect();
        let in_force = |one: &&&Certificate| one.not_before().time <= self.time && self.time <= one.not_after().time;
        if let Some(until) = issuers.iter().filter(in_force).map(|one| one.not_after().time).max() {
            return (Judged::works(Status::Verified), Some(until));
        }
        let over = issuers.iter().map(|one| one.not_after().time).filter(|end| *end < self.time);
        if let Some(latest) = over.max() {
            let judged = Judged::with(
                Status::Expired,
                format!("the issuer's certificate there expired on {latest}"),
                "Publish the issuer's renewed certificate under this URL.",
            );
            return (judged, Some(latest));
        }
        (self.unfit(child, certificates, &named, (&signers, &issuers), is_complete), None)
    }

    fn unfit(
        &self,
        child: &Certificate,
        certificates: &[Certificate],
        named: &[&Certificate],
        (signers, issuers): (&[&Certificate], &[&Certificate]),
        is_complete: bool,
    ) -> Judged {
        if let Some(issuer) = issuers.first() {
            return Judged::with(
                Status::NotYetValid,
                format!("the issuer's certificate there is valid from {}", issuer.not_before().time),
                "Look at this machine's clock; until then the issuer's older certificate belongs there.",
            );
        }
        if !signers.is_empty() {
            return Judged::with(
                Status::NotUsable,
                "the certificate there has the issuer's key, but does not say that it is a CA's",
                "Publish the issuer's certificate, with basicConstraints cA and keyUsage keyCertSign, under this URL.",
            );
        }
        if !is_complete {
            return Judged::with(
                Status::CannotTell,
                format!(
                    "too many certificates there have the issuer's name (limits MAX_TRIED = {MAX_TRIED}, MAX_SIGNATURES = {MAX_SIGNATURES})"
                ),
                "Publish the certificate of the issuer alone under this URL.",
            );
        }
        if named.is_empty() {
            return Judged::with(
                Status::WrongIssuer,
                format!(
                    "the certificate there is {}, the issuer is {}",
                    certificates.first().map(|one| one.subject().brief()).unwrap_or_default(),
                    child.issuer().brief()
                ),
                "Publish the certificate of the issuer under this URL.",
            );
        }
        Judged::with(
            Status::WrongIssuer,
            "the certificate there has the issuer's name and another key",
            "Publish the certificate with the key that signed: after a CA's key was renewed, both are needed, under two URLs.",
        )
    }

    /// `None` when a limit leaves it open.
    fn signed(&mut self, issuer: &Certificate, child: &Certificate) -> Option<bool> {
        let key = IssuerKey::of(Issuer::Certificate(issuer));
        if let Some(known) = self.verifier.known(&key, child) {
            return Some(known.is_ok());
        }
        // A key without its parameters verifies nothing, for nothing.
        let Some(cost) = key.cost(child) else { return Some(false) };
        if self.spent > 0 && self.spent.saturating_add(cost) > MAX_SIGNATURES {
            return None;
        }
        self.spent = self.spent.saturating_add(cost);
        Some(self.verifier.verify(&key, child).is_ok())
    }
}
