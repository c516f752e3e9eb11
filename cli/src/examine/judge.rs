//! The verdict on what an endpoint presented.

use std::cell::OnceCell;
use std::collections::HashSet;

use certlens_core::finding::{Code, Finding, Severity};
use certlens_core::identity::ReferenceName;
use certlens_core::origin::Origin;
use certlens_core::policy::{Profile, Purpose, RevocationMode, RevocationScope, ValidationPolicy};
use certlens_core::pool::Sourced;
use certlens_core::validation::PathOutcome;
use certlens_core::verdict::Verdict;
use certlens_core::x509::extension::{ExtensionValue, TlsFeature};
use certlens_core::x509::name::NameDigest;
use certlens_core::x509::ocsp::OcspResponse;
use certlens_core::x509::oid::oids;
use certlens_core::x509::{CertId, Certificate};
use certlens_probe::probe::Probe;
use certlens_probe::target::{Host, Sni, Target};

use super::Examined;
use crate::args::VerifyArgs;
use crate::endpoint::{Endpoint, Way, localhost, product, sent};
use crate::error::Failure;
use crate::load::Loaded;
use crate::trust;
use crate::verification::{Material, Request, Verified};

/// Judges what endpoints present, as a run demands.
pub(crate) struct Judge<'a> {
    request: &'a Request,
    args: &'a VerifyArgs,
    /// Name and key of every anchor of the Mozilla set.
    public: OnceCell<HashSet<(NameDigest, [u8; 32])>>,
    /// What is wrong with `localhost`, once it was looked up.
    localhost: OnceCell<Option<Finding>>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(args: &'a VerifyArgs, request: &'a Request) -> Judge<'a> {
        Judge { request, args, public: OnceCell::new(), localhost: OnceCell::new() }
    }

    /// Judges one.
    ///
    /// # Errors
    ///
    /// When what was given for the verification cannot be used.
    pub(crate) fn examine(&self, probe: Probe, way: &Way) -> Result<Examined, Failure> {
        let mut endpoint = Endpoint::unjudged(probe, way.clone());
        if localhost::is_meant(&endpoint.probe.target.host) {
            endpoint.findings.extend(self.localhost()?);
        }
        let Endpoint { probe, way, mut sent, mut findings, .. } = endpoint;
        let staple = probe.capture.as_ref().and_then(|capture| capture.staple.as_deref());
        let staple = staple.and_then(|der| match OcspResponse::from_der(der) {
            Ok(response) => Some(response),
            Err(error) => {
                let message = format!("the stapled OCSP response cannot be read: {error}");
                findings.push(Finding::new(Code::StapleUnreadable, Severity::Warning, message));
                None
            }
        });
        let mut certificates = sent.iter().map(|one| match &one.certificate {
            Ok(certificate) => Some(Sourced { certificate: certificate.clone(), origin: Origin::Handshake }),
            Err(_) => None,
        });
        let Some(Some(target)) = certificates.next() else {
            let web_rules = Vec::new();
            return Ok(Examined::Unseen(Box::new(Endpoint { probe, way, sent, findings, web_rules })));
        };
        let others: Vec<Sourced> = certificates.flatten().collect();
        let policy = self.policy(&probe.target, &way.settings.sni, &target.certificate, staple.is_some())?;
        let mut verified = self.verify(&target, &others, staple.as_ref(), &policy)?;
        let mut web_rules = Vec::new();
        if policy.profile != Profile::Web {
            let web = ValidationPolicy { profile: Profile::Web, ..policy.clone() };
            if self.ends_in_public(&verified.verdict) && policy.allow_weak.is_empty() {
                verified = self.verify(&target, &others, staple.as_ref(), &web)?;
            } else {
                let strict = ValidationPolicy { allow_weak: Default::default(), ..web };
                let strict = self.verify(&target, &others, staple.as_ref(), &strict)?;
                web_rules = beside(&verified.verdict, &strict.verdict);
            }
        }
        findings.extend(sent::by_path(&mut sent, verified.verdict.best.as_ref()));
        // A public CA is no such product, whatever company runs it.
        let is_public = verified.missing_root().is_some() || self.ends_in_public(&verified.verdict);
        let best = verified.verdict.best.as_ref().filter(|_| !is_public);
        findings.extend(best.and_then(product::finding));
        verified.endpoint = Some(Box::new(Endpoint { probe, way, sent, findings, web_rules }));
        Ok(Examined::Verified(Box::new(verified)))
    }

    fn localhost(&self) -> Result<Option<Finding>, Failure> {
        if let Some(known) = self.localhost.get() {
            return Ok(known.clone());
        }
        let found = localhost::look_up()?;
        Ok(self.localhost.get_or_init(|| found).clone())
    }

    fn verify(
        &self,
        target: &Sourced,
        others: &[Sourced],
        staple: Option<&OcspResponse>,
        policy: &ValidationPolicy,
    ) -> Result<Verified, Failure> {
        let material = Material {
            target: target.clone(),
            others: others.iter().cloned().map(Loaded::Read).collect(),
            findings: Vec::new(),
            staple: staple.cloned(),
        };
        Verified::by(material, self.request, policy.clone())
    }

    /// What is demanded of an endpoint: beside what the run demands, a server's purpose
    /// and the host's name; and, where nothing was said of revocation, that a staple
    /// which came, or which the certificate demands (RFC 7633), counts.
    fn policy(
        &self,
        target: &Target,
        sni: &Sni,
        certificate: &Certificate,
        has_staple: bool,
    ) -> Result<ValidationPolicy, Failure> {
        let mut policy = self.request.policy.clone();
        if self.args.purpose.is_empty() {
            policy.purposes = vec![Purpose::server_auth()];
        }
        if self.args.name.is_none() {
            let name = match (&target.host, sni) {
                // Of an address alone that was asked for a name, that is meant.
                (Host::Address(_), Sni::Name(name)) => name.clone(),
                (host, _) => host.to_string(),
            };
            let name = ReferenceName::parse(&name)
                .map_err(|error| Failure::unusable(format!("{target}: {error}")).advice("give the name with --name"))?;
            policy.name = Some(name);
        }
        let revocation = &mut policy.revocation;
        revocation.staple_possible = true;
        let unsaid = self.args.revocation.revocation.is_none() && revocation.mode == RevocationMode::None;
        if unsaid && (has_staple || demands_staple(certificate)) {
            revocation.mode = RevocationMode::BestEffort;
            revocation.scope = RevocationScope::EndEntity;
        }
        Ok(policy)
    }

    /// Whether the path ends in an anchor of the Mozilla set, whatever set it was found in.
    fn ends_in_public(&self, verdict: &Verdict) -> bool {
        let anchor = verdict.best.as_ref().and_then(|best| best.path.anchor());
        let Some(certificate) = anchor.and_then(|anchor| anchor.certificate()) else { return false };
        self.is_public(certificate)
    }

    /// Whether a certificate has name and key of an anchor of the Mozilla set.
    pub(crate) fn is_public(&self, certificate: &Certificate) -> bool {
        let key = |certificate: &Certificate| (certificate.subject_digest(), certificate.spki_digest());
        let public = self.public.get_or_init(|| {
            trust::mozilla_certificates().filter_map(|der| Some(key(&Certificate::from_der(der).ok()?))).collect()
        });
        public.contains(&key(certificate))
    }
}

/// What the rules for public servers say beside the verdict: private CAs break them
/// legitimately, and programs warn of it.
fn beside(verdict: &Verdict, strict: &Verdict) -> Vec<Finding> {
    let (Some(best), Some(strict)) = (&verdict.best, &strict.best) else { return Vec::new() };
    let ids = |outcome: &PathOutcome| -> Vec<CertId> {
        outcome.path.certificates.iter().map(|one| one.certificate.id()).collect()
    };
    if ids(best) != ids(strict) {
        return Vec::new();
    }
    let is_known = |finding: &Finding| {
        best.findings.iter().any(|known| known.code == finding.code && known.locus == finding.locus)
    };
    let new = strict.findings.iter().filter(|finding| finding.severity != Severity::Info && !is_known(finding));
    new.map(|finding| Finding { severity: Severity::Warning, ..finding.clone() }).collect()
}

fn demands_staple(certificate: &Certificate) -> bool {
    let Some(extension) = certificate.extension(oids::TLS_FEATURE) else { return false };
    match extension.value() {
        Ok(ExtensionValue::TlsFeature(features)) => {
            features.iter().any(|feature| feature == TlsFeature::STATUS_REQUEST)
        }
        _ => false,
    }
}
