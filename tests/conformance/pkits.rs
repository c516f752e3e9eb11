//! NIST PKITS, judged under the profile `rfc5280`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use certlens_core::anchors::TrustAnchor;
use certlens_core::crypto::acceptance::WeakKinds;
use certlens_core::origin::Origin;
use certlens_core::path::{CandidatePath, IssuerKey, PathEnd, VerifyCache};
use certlens_core::policy::{InitialPolicies, Profile, RevocationMode, ValidationPolicy};
use certlens_core::pool::CertPool;
use certlens_core::time::Time;
use certlens_core::validation::PathOutcome;
use certlens_core::x509::issuer::Issuer;
use certlens_core::x509::oid::{self, Oid};
use certlens_core::x509::spki::PublicKey;
use certlens_core::x509::{Certificate, Crl};
use serde_json::Value;

use crate::doors::{self, Demand, Observed};
use crate::suites::{self, text, texts};

/// Certificates by their files.
type Certificates = BTreeMap<String, Certificate>;

/// One case.
struct Case<'s> {
    id: &'s str,
    expected: bool,
    target: &'s Certificate,
    /// As listed, from the one that the anchor issued.
    intermediates: Vec<&'s Certificate>,
    anchor: &'s Certificate,
    demand: Demand,
    /// `user-constrained-policy-set`, as dotted identifiers.
    policies: BTreeSet<&'s str>,
}

/// Runs every case.
pub(crate) fn observe(folder: &Path) -> Vec<Observed> {
    let suite = suites::json(&folder.join("pkits.json"));
    let folder = folder.join(text(&suite["root"]));
    let all = suite["testcases"].as_array().unwrap();
    let certificates = read_certificates(&folder, all);
    let cases: Vec<_> = all.iter().map(|case| Case::read(case, &certificates, &folder)).collect();
    let authorities: BTreeSet<_> = all.iter().flat_map(|case| texts(&case["intermediates"])).collect();
    let authorities: Vec<_> = authorities.iter().map(|file| &certificates[*file]).collect();
    let pools = [doors::pool(authorities.iter().copied()), doors::pool(authorities.iter().rev().copied())];
    let cache = VerifyCache::new();
    cases.iter().map(|case| case.observe(&pools, &cache)).collect()
}

fn read_certificates(folder: &Path, cases: &[Value]) -> Certificates {
    let mut files: BTreeSet<&str> = cases.iter().flat_map(|case| texts(&case["intermediates"])).collect();
    files.extend(cases.iter().flat_map(|case| [text(&case["leaf"]), text(&case["trust_anchor"])]));
    let read = |file: &str| Certificate::from_der(&fs::read(folder.join(file)).unwrap()).unwrap();
    files.into_iter().map(|file| (file.to_owned(), read(file))).collect()
}

impl<'s> Case<'s> {
    fn read(case: &'s Value, certificates: &'s Certificates, folder: &Path) -> Case<'s> {
        let certificate = |file: &str| &certificates[file];
        let target = certificate(text(&case["leaf"]));
        let anchor = certificate(text(&case["trust_anchor"]));
        let intermediates: Vec<_> = texts(&case["intermediates"]).map(certificate).collect();
        let mut policy = policy(&case["settings"]);
        if intermediates.iter().copied().chain([target, anchor]).any(has_dsa_key) {
            policy.allow_weak = WeakKinds::ALL;
        }
        let crls = texts(&case["crls"]).map(|file| Crl::from_der(&fs::read(folder.join(file)).unwrap()).unwrap());
        Case {
            id: text(&case["id"]),
            expected: text(&case["expected_result"]) == doors::word(true),
            target,
            intermediates,
            anchor,
            demand: Demand {
                policy,
                time: Time::parse_rfc3339(text(&case["validation_time"])).unwrap(),
                evidence: doors::evidence(crls),
            },
            policies: texts(&case["expected_user_constrained_policy_set"]).collect(),
        }
    }

    /// The path that the suite gives: what it lists, without what is there for a CRL
    /// alone, which no signature of the others leads to.
    fn path(&self) -> CandidatePath {
        let issued = |issuer: &Certificate, child: &Certificate| {
            let issuer = Issuer::Certificate(issuer);
            issuer.is_named_by(child) && IssuerKey::of(issuer).verify(child).is_ok()
        };
        let mut connected = vec![self.target];
        while let Some(top) = connected.last().copied().filter(|top| !issued(self.anchor, top)) {
            let above = self.intermediates.iter().find(|one| !connected.contains(one) && issued(one, top));
            match above {
                Some(above) => connected.push(above),
                None => {
                    connected = [self.target].into_iter().chain(self.intermediates.iter().rev().copied()).collect();
                    break;
                }
            }
        }
        let anchor = TrustAnchor::from_certificate(self.anchor.clone(), Origin::Memory);
        CandidatePath {
            certificates: connected.into_iter().map(doors::sourced).collect(),
            end: PathEnd::Anchor(anchor),
        }
    }

    /// Builds with the intermediates of the case and with those of all cases in
    /// two orders, and validates the path of the case alone: whatever the way,
    /// the answer is the same.
    fn observe(&self, pools: &[CertPool], cache: &VerifyCache) -> Observed {
        let anchors = doors::anchors([self.anchor]);
        let own = doors::pool(self.intermediates.iter().copied());
        let verdict = self.demand.build(self.target, &own, &anchors, cache);
        let ours = doors::is_trusted(&verdict);
        let mut refused_by = doors::refusals(verdict.all_findings());
        refused_by.extend(doors::unused_sources(&verdict.best));
        let mut complaints = Vec::new();
        for pool in pools {
            let verdict = self.demand.build(self.target, pool, &anchors, cache);
            if doors::is_trusted(&verdict) != ours {
                let refused_by = doors::refusals(verdict.all_findings());
                complaints.push(format!("{}: with all intermediates, {:?} {refused_by:?}", self.id, verdict.status));
            }
        }
        let alone = self.demand.validate(self.path(), &own);
        let mut refused_alone = doors::refusals(&alone.findings);
        refused_alone.extend(doors::unused_sources([&alone]));
        if alone.is_trusted() != ours {
            complaints.push(format!("{}: the validator alone finds {refused_alone:?}", self.id));
        }
        if self.expected && ours {
            complaints.extend(verdict.best.iter().chain([&alone]).filter_map(|outcome| self.wrong_policies(outcome)));
        }
        Observed { id: self.id.to_owned(), expected: self.expected, ours, refused_by, refused_alone, complaints }
    }

    /// Compares the policies for which a path that both accept is valid (the
    /// user-constrained-policy-set of RFC 5280 §6.1.6) with those that the suite
    /// states; anyPolicy, 2.5.29.32.0, is a member where every policy is valid.
    /// For a refused path the set has no meaning.
    fn wrong_policies(&self, outcome: &PathOutcome) -> Option<String> {
        let found: BTreeSet<_> = outcome.policies.user_constrained.iter().map(|policy| dotted(policy)).collect();
        let same = found.iter().map(String::as_str).eq(self.policies.iter().copied());
        (!same).then(|| format!("{}: valid for {found:?}, not {:?}", self.id, self.policies))
    }
}

fn dotted(policy: &[u8]) -> String {
    Oid::new(policy).to_string()
}

fn policy(settings: &Value) -> ValidationPolicy {
    let mut policy = ValidationPolicy::new(Profile::Rfc5280);
    let initial: Vec<_> = texts(&settings["initial_policy_set"]).map(|one| oid::encode_dotted(one).unwrap()).collect();
    policy.initial_policies = InitialPolicies::of(initial.iter().map(|octets| Oid::new(octets)));
    policy.require_explicit_policy = settings["initial_explicit_policy"].as_bool().unwrap();
    policy.inhibit_policy_mapping = settings["initial_policy_mapping_inhibit"].as_bool().unwrap();
    policy.revocation.mode = RevocationMode::Require;
    policy.inhibit_any_policy = settings["initial_any_policy_inhibit"].as_bool().unwrap();
    policy
}

fn has_dsa_key(certificate: &Certificate) -> bool {
    matches!(certificate.spki().public_key(), Ok(PublicKey::Dsa { .. }))
}
