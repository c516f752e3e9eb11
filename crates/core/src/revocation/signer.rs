//! Who signed a CRL, and may they? (RFC 5280 §6.3.3 (f), (g).)

use std::collections::HashMap;
use std::rc::Rc;

use crate::anchors::{AnchorSet, AnchorUse, TrustAnchor};
use crate::crypto::Message;
use crate::crypto::acceptance::Acceptance;
use crate::crypto::algorithm::SignatureAlgorithm;
use crate::finding::{Code, Severity};
use crate::path::{IssuerKey, Search, Verifier};
use crate::policy::{Purpose, RevocationMode, ValidationPolicy};
use crate::pool::{CertPool, Sourced};
use crate::revocation::RevocationStatus;
use crate::revocation::checker::{Checker, MAX_REVOCATION_SIGNATURES, MAX_SIGNER_PATHS, holder};
use crate::revocation::points::{distribution_points, names_issuer};
use crate::validation::{PathGuide, validate};
use crate::x509::Certificate;
use crate::x509::crl::Crl;
use crate::x509::extension::{ExtensionValue, KeyUsageBit};
use crate::x509::issuer::Issuer;
use crate::x509::name::NameDigest;
use crate::x509::oid::oids;

/// Why a source is not used.
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) message: String,
}

pub(super) fn refuse<T>(code: Code, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, message: message.into() })
}

/// SHA-256 of a public key.
pub(super) type KeyDigest = [u8; 32];

/// Keys of one name in the pool, each with the certificates that have it.
#[derive(Default)]
pub(super) struct Candidates<'a> {
    keys: Vec<Vec<&'a Sourced>>,
    by_identifier: HashMap<&'a [u8], Vec<usize>>,
}

impl<'a> Candidates<'a> {
    fn of(pool: &'a CertPool, name: NameDigest) -> Candidates<'a> {
        let mut candidates = Candidates::default();
        let mut places = HashMap::new();
        for sourced in pool.by_subject(name) {
            let place = *places.entry(sourced.certificate.spki_digest()).or_insert(candidates.keys.len());
            if place == candidates.keys.len() {
                candidates.keys.push(Vec::new());
            }
            if let Some(certificates) = candidates.keys.get_mut(place) {
                certificates.push(sourced);
            }
            if let Some(identifier) = sourced.certificate.subject_key_identifier() {
                candidates.by_identifier.entry(identifier).or_default().push(place);
            }
        }
        candidates
    }

    /// All keys, first those with this identifier (RFC 4158 §3.5.12).
    fn ranked(&self, identifier: Option<&[u8]>) -> impl Iterator<Item = &Vec<&'a Sourced>> {
        let first = identifier.and_then(|identifier| self.by_identifier.get(identifier));
        first.into_iter().flatten().filter_map(|place| self.keys.get(*place)).chain(&self.keys)
    }
}

/// How many paths of one signer are looked at.
const PATHS_OF_A_SIGNER: usize = 8;

/// Whether keyUsage lets the issuer sign CRLs (RFC 5280 §4.2.1.3): without the
/// extension it may.
fn may_sign_crls(issuer: Issuer<'_>) -> bool {
    let Issuer::Certificate(certificate) = issuer else { return true };
    match certificate.extension(oids::KEY_USAGE).map(|extension| extension.value()) {
        None => true,
        Some(Ok(ExtensionValue::KeyUsage(usage))) => usage.has(KeyUsageBit::CrlSign),
        Some(_) => false,
    }
}

fn is_anchor(issuer: Issuer<'_>, anchor: &TrustAnchor) -> bool {
    matches!(issuer, Issuer::Certificate(one) if anchor.certificate() == Some(one))
}

/// Judges the algorithm that something is signed with.
pub(super) fn accept_algorithm(
    policy: &ValidationPolicy,
    identifier: &crate::x509::spki::AlgorithmIdentifier<'_>,
    code: Code,
) -> Result<(), Refusal> {
    let Ok(algorithm) = SignatureAlgorithm::from_identifier(identifier) else {
        return refuse(code, "the parameters of its signature algorithm cannot be decoded");
    };
    match policy.algorithms().judge_signature(&algorithm) {
        Acceptance::Accepted | Acceptance::Weak { allowed: true, .. } => Ok(()),
        Acceptance::Weak { .. } => {
            refuse(code, format!("it is signed with {}, which is not acceptable", algorithm.describe()))
        }
        Acceptance::Refused(reason) => refuse(code, format!("it is signed with {}: {reason}", algorithm.describe())),
    }
}

impl<'a> Checker<'a> {
    /// Finds whose key verifies the CRL, and judges that issuer: the issuer of the
    /// certificate in question, the trust anchor, or another certificate of the
    /// CRL issuer's name with a path to that anchor.
    pub(super) fn check_signer(
        &mut self,
        place: usize,
        crl: &Crl,
        issuer: IssuerKey<'_>,
        anchor: &TrustAnchor,
        verifier: &mut Verifier<'_>,
    ) -> Result<KeyDigest, Refusal> {
        accept_algorithm(self.policy, &crl.signature_algorithm(), Code::CrlAlgorithmRefused)?;
        let is_named =
            |issuer: Issuer<'_>| issuer.name_raw() == crl.issuer_raw() || issuer.name_digest() == crl.issuer_digest();
        // Whether a key is at hand that the CRL does not rule out as its own.
        let mut has_key = false;
        let mut try_key = |checker: &mut Self, key: IssuerKey<'_>| -> Result<bool, Refusal> {
            if checker.crl_verifies(place, crl, key)? {
                return Ok(true);
            }
            has_key |= match (crl.authority_key_identifier(), key.issuer.key_identifier()) {
                (Some(wanted), Some(found)) => wanted == found,
                _ => true,
            };
            Ok(false)
        };
        let not_crl_sign = |issuer: Issuer<'_>| Refusal {
            code: Code::CrlIssuerNoCrlSign,
            message: format!("the key usage of {} does not have cRLSign", issuer.name().brief()),
        };
        // Of the first certificate whose key it is; another one with this key may do.
        let mut refusal = None;
        // Both have been validated with the path in question.
        for key in [issuer, IssuerKey::of(anchor.issuer())] {
            if is_named(key.issuer) && try_key(self, key)? {
                let is_bare = self.policy.anchor_use == AnchorUse::NameAndKey && is_anchor(key.issuer, anchor);
                if is_bare || may_sign_crls(key.issuer) {
                    return Ok(key.issuer.spki_digest());
                }
                refusal.get_or_insert_with(|| not_crl_sign(key.issuer));
            }
        }
        let pool = self.pool;
        let name = crl.issuer_digest();
        let candidates = self.candidates.entry(name).or_insert_with(|| Rc::new(Candidates::of(pool, name)));
        for certificates in Rc::clone(candidates).ranked(crl.authority_key_identifier()) {
            for sourced in certificates {
                let key = IssuerKey::of(Issuer::Certificate(&sourced.certificate));
                if !try_key(self, key)? {
                    break;
                }
                if !may_sign_crls(key.issuer) {
                    refusal.get_or_insert_with(|| not_crl_sign(key.issuer));
                    continue;
                }
                match self.check_signer_path(sourced, anchor, verifier) {
                    Ok(()) => return Ok(key.issuer.spki_digest()),
                    Err(other) => refusal = refusal.or(Some(other)),
                }
            }
        }
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        if has_key {
            return refuse(
                Code::CrlSignatureInvalid,
                format!("no key of {} at hand verifies its signature", crl.issuer().brief()),
            );
        }
        let which = crl.authority_key_identifier().map_or_else(String::new, |identifier| {
            format!(" and key identifier {}", crate::encoding::hex::encode(identifier))
        });
        refuse(
            Code::CrlIssuerNotFound,
            format!("no certificate of its issuer, {}{which}, is at hand", crl.issuer().brief()),
        )
    }

    fn crl_verifies(&mut self, place: usize, crl: &Crl, key: IssuerKey<'_>) -> Result<bool, Refusal> {
        let edge = (place, key.issuer.spki_digest());
        if let Some(known) = self.crl_signatures.get(&edge) {
            return Ok(*known);
        }
        // A key without its parameters verifies nothing, for nothing.
        let (message, octets) = match crl.signed_hash() {
            Some(hash) => (Message::Hashed(hash), 0),
            None => (crl.signed(), crl.octets()),
        };
        self.spend(Code::CrlIssuerNotFound, key.cost_of(octets).unwrap_or(1))?;
        let verifies = key.verify_signed(&crl.signature_algorithm(), message, crl.signature()).is_ok();
        // Inherited parameters are not part of the edge.
        if key.inherited.is_none() {
            self.crl_signatures.insert(edge, verifies);
        }
        Ok(verifies)
    }

    pub(super) fn spend_signature(&mut self, code: Code) -> Result<(), Refusal> {
        self.spend(code, 1)
    }

    fn spend(&mut self, code: Code, cost: usize) -> Result<(), Refusal> {
        // One that costs more than all of them is verified when it is the first.
        if self.spent > 0 && self.spent.saturating_add(cost) > MAX_REVOCATION_SIGNATURES {
            self.limit_reached = true;
            return refuse(
                code,
                format!(
                    "{MAX_REVOCATION_SIGNATURES} signatures were verified for revocation, and no more are (limit MAX_REVOCATION_SIGNATURES)"
                ),
            );
        }
        self.spent = self.spent.saturating_add(cost);
        self.signatures += 1;
        Ok(())
    }

    /// The signer's own path: it ends at the same trust anchor, and nothing in it
    /// is revoked.
    fn check_signer_path(
        &mut self,
        signer: &Sourced,
        anchor: &TrustAnchor,
        verifier: &mut Verifier<'_>,
    ) -> Result<(), Refusal> {
        if self.speaks_for_itself(&signer.certificate) {
            let result = self.find_signer_path(signer, anchor, true, verifier);
            return result.or_else(|(code, message)| refuse(code, message));
        }
        let memo = (signer.certificate.id(), holder(anchor.issuer()));
        if let Some(known) = self.signers.get(&memo) {
            return match known {
                Ok(()) => Ok(()),
                Err((code, message)) => refuse(*code, message.clone()),
            };
        }
        let cycles = self.cycles;
        let result = self.find_signer_path(signer, anchor, false, verifier);
        // What was cut short by a cycle may come out otherwise from elsewhere.
        if cycles == self.cycles {
            self.signers.insert(memo, result.clone());
        }
        result.or_else(|(code, message)| refuse(code, message))
    }

    /// Whether it is the signer's own status that is looked for, and its certificate,
    /// which its CA signed, names the signer's own CRLs as the ones to look at
    /// (cRLIssuer). Then there is no other source, and this one is taken.
    fn speaks_for_itself(&self, signer: &Certificate) -> bool {
        self.in_progress.last() == Some(&signer.id())
            && distribution_points(signer).is_some_and(|points| {
                let named = points.iter().filter_map(|point| point.crl_issuer);
                named.into_iter().any(|issuers| names_issuer(issuers, signer.subject_digest()))
            })
    }

    fn find_signer_path(
        &mut self,
        signer: &Sourced,
        anchor: &TrustAnchor,
        for_itself: bool,
        verifier: &mut Verifier<'_>,
    ) -> Result<(), (Code, String)> {
        let name = signer.certificate.subject().brief();
        if self.signer_paths >= MAX_SIGNER_PATHS {
            self.limit_reached = true;
            return Err((
                Code::CrlIssuerNotValid,
                format!(
                    "the path of {name} was not looked for, after those of {MAX_SIGNER_PATHS} others (limit MAX_SIGNER_PATHS)"
                ),
            ));
        }
        self.signer_paths += 1;
        let policy = ValidationPolicy {
            allow_weak: self.policy.allow_weak,
            purposes: vec![Purpose::Any],
            anchor_use: self.policy.anchor_use,
            ..ValidationPolicy::new(self.policy.profile)
        };
        let mut anchors = AnchorSet::new();
        anchors.add_anchor(anchor.clone());
        let mut search = Search::small(signer, self.pool, &anchors, policy.anchor_use);
        let mut guide = PathGuide::new(&signer.certificate, &policy, self.time);
        let mut code = Code::CrlIssuerNotValid;
        let mut reason = format!("{name} has no path to the trust anchor {}", anchor.name().brief());
        for _ in 0..PATHS_OF_A_SIGNER {
            let Some(candidate) = search.next(&mut guide, verifier) else { break };
            let outcome = validate(candidate, &policy, self.time, verifier);
            if !outcome.is_trusted() {
                if let Some(finding) = outcome.findings.iter().find(|finding| finding.severity == Severity::Error) {
                    code = Code::CrlIssuerNotValid;
                    reason = format!("{name} cannot be accepted: {}", finding.message);
                }
                continue;
            }
            match self.statuses_of(&outcome.path, usize::from(for_itself), verifier) {
                None => return Ok(()),
                Some((depth, RevocationStatus::Revoked(_))) => {
                    code = Code::CrlIssuerNotValid;
                    reason = match depth {
                        0 => format!("{name} is revoked itself"),
                        _ => format!("a certificate above {name} is revoked"),
                    };
                }
                // What a limit left unseen may be that it is revoked.
                Some(_) if self.policy.revocation.mode == RevocationMode::Require || self.limit_reached => {
                    code = Code::CrlIssuerStatusUnknown;
                    reason = format!("whether {name} is revoked itself is not known");
                }
                Some(_) => return Ok(()),
            }
        }
        Err((code, reason))
    }
}
