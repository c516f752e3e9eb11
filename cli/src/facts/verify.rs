//! The facts of `certlens verify`.

use std::collections::HashSet;

use certlens_core::anchors::AnchorUse;
use certlens_core::crypto::algorithm::SignatureAlgorithm;
use certlens_core::encoding::hex;
use certlens_core::path::{CandidatePath, MissingIssuer, NearIssuerKind, PathEnd};
use certlens_core::policy::InitialPolicies;
use certlens_core::pool::Sourced;
use certlens_core::validation::PathOutcome;
use certlens_core::verdict::Status;
use certlens_core::x509::Certificate;
use certlens_core::x509::oid::Oid;
use schemars::JsonSchema;
use serde::Serialize;

use crate::endpoint::Endpoint;
use crate::exit::Exit;
use crate::facts::endpoint::{DemandedFacts, EndpointFacts, status};
use crate::facts::finding::FindingFacts;
use crate::facts::octets::NumberFacts;
use crate::facts::revocation::{RetrievalFacts, RevocationFacts, RevocationRequestFacts};
use crate::verification::{NotRead, Request, Verified};

/// The report of `certlens verify`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct VerifyReport {
    /// Always `certlens/verify/1`.
    schema: &'static str,
    /// The version of certlens.
    version: &'static str,
    /// The exit code of the run.
    exit_code: u8,
    /// What was demanded.
    request: RequestFacts,
    /// One result a target.
    results: Vec<ResultFacts>,
    /// Endpoints that presented no certificate.
    not_seen: Vec<EndpointFacts>,
    /// Targets that could not be read.
    not_read: Vec<NotReadFacts>,
    /// Findings about trust anchors and intermediates given.
    findings: Vec<FindingFacts>,
}

/// What was demanded of every target.
#[derive(Debug, Serialize, JsonSchema)]
struct RequestFacts {
    /// Verification time, RFC 3339, UTC.
    time: String,
    /// Whether the time was the machine's clock.
    time_is_clock: bool,
    /// `rfc5280` or `web`.
    profile: &'static str,
    /// Purposes, each of which must be allowed.
    purposes: Vec<String>,
    /// The name that the target must have.
    name: Option<String>,
    /// Weak algorithms that were allowed.
    allow_weak: Vec<&'static str>,
    /// The most intermediates, self-issued ones not counted.
    max_path_length: Option<u32>,
    /// Whether only name and key of the trust anchors were taken.
    anchors_as_keys: bool,
    /// Certificate policies that were acceptable; null when any was.
    initial_policies: Option<Vec<String>>,
    /// Whether the path had to be valid for one of them.
    require_explicit_policy: bool,
    /// Whether policies could not be mapped.
    inhibit_policy_mapping: bool,
    /// Whether anyPolicy counted for nothing.
    inhibit_any_policy: bool,
    /// Where the trust anchors came from.
    trust: Vec<TrustFacts>,
    /// How many trust anchors there were in all, each counted once.
    anchors: usize,
    /// How many certificates `--intermediates` gave.
    intermediates: usize,
    /// What had to be known about revocation.
    revocation: RevocationRequestFacts,
}

/// A set of trust anchors.
#[derive(Debug, Serialize, JsonSchema)]
struct TrustFacts {
    /// The file, directory or set.
    name: String,
    /// How many anchors it added.
    anchors: usize,
}

/// A target that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
struct NotReadFacts {
    /// The argument.
    target: String,
    /// Why.
    message: String,
    /// What to do.
    hint: Option<String>,
}

/// The verdict on one target.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ResultFacts {
    /// The target.
    target: PathCertificateFacts,
    /// The endpoint that presented it, and what was demanded of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<Box<PresentedFacts>>,
    /// `trusted`, `untrusted` or `indeterminate`; of an endpoint `tls_failed` when its certificate is not untrusted, and
    /// TLS did not complete.
    status: &'static str,
    /// The code of the finding that decided.
    reason: Option<&'static str>,
    /// The deciding path.
    path: Option<PathFacts>,
    /// Other paths that were tried; with `--all-paths`, all that there are, up to 64.
    other_paths: Vec<OtherPathFacts>,
    /// How many more were tried.
    other_paths_dropped: usize,
    /// The certificates of other paths that are not in the deciding one, each once.
    other_certificates: Vec<PathCertificateFacts>,
    /// Findings about the run and the target's file; those about a certificate of the path are in `path`.
    findings: Vec<FindingFacts>,
    /// Signatures verified.
    signatures_verified: usize,
    /// URLs that were asked, in that order.
    retrieved: Vec<RetrievalFacts>,
}

/// The endpoint that presented a certificate.
#[derive(Debug, Serialize, JsonSchema)]
struct PresentedFacts {
    /// How it was reached, and what it presented.
    reached: EndpointFacts,
    /// What was demanded of its certificate.
    demanded: DemandedFacts,
}

/// A path that was tried and did not decide.
#[derive(Debug, Serialize, JsonSchema)]
struct OtherPathFacts {
    /// SHA-256 of its certificates, the target first; a trust anchor last.
    certificates: Vec<String>,
    /// How it ends: `anchor`, `target_is_anchor`, `self_signed`, `no_issuer`, `loop` or `not_followed`.
    end: &'static str,
    /// The findings, the trust anchor's first.
    findings: Vec<FindingFacts>,
}

/// A path with what was found out about it.
#[derive(Debug, Serialize, JsonSchema)]
struct PathFacts {
    /// The target first; a trust anchor last.
    certificates: Vec<PathCertificateFacts>,
    /// How it ends: `anchor`, `target_is_anchor`, `self_signed`, `no_issuer`, `loop` or `not_followed`.
    end: &'static str,
    /// The issuer that was not found.
    missing_issuer: Option<MissingIssuerFacts>,
    /// Certificate policies that the path is valid for, in the sense of the trust
    /// anchor (user-constrained-policy-set, RFC 5280 §6.1.6); 2.5.29.32.0 stands for any.
    policies: Vec<String>,
    /// Policies that the target asserts, with their qualifiers.
    asserted_policies: Vec<AssertedPolicyFacts>,
    /// What is known about revocation; empty when it was not looked at, which it is
    /// only for paths that are otherwise valid.
    revocation: Vec<RevocationFacts>,
    /// The findings, the trust anchor's first.
    findings: Vec<FindingFacts>,
}

/// A policy that the target asserts.
#[derive(Debug, Serialize, JsonSchema)]
struct AssertedPolicyFacts {
    /// Its identifier, dotted.
    policy: String,
    /// Addresses of practice statements and texts of notices.
    qualifiers: Vec<String>,
}

/// One certificate of a path.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PathCertificateFacts {
    /// Place in the path, 0 being the target.
    depth: usize,
    /// `target`, `intermediate` or `anchor`.
    role: &'static str,
    /// RFC 4514; a name beyond 500 octets is cut and ends with an ellipsis.
    subject: String,
    /// RFC 4514; cut likewise.
    issuer: String,
    /// Serial number, hexadecimal.
    serial: String,
    /// Start of validity, RFC 3339.
    not_before: String,
    /// End of validity, RFC 3339.
    not_after: String,
    /// The public key, as `RSA 2048`.
    public_key: String,
    /// The signature algorithm, as `SHA-256 with RSA`.
    signature_algorithm: String,
    /// SHA-256 of the certificate.
    sha256: String,
    /// Where it came from.
    origin: String,
}

/// An issuer that was not found.
#[derive(Debug, Serialize, JsonSchema)]
struct MissingIssuerFacts {
    /// Its name, RFC 4514.
    name: String,
    /// The key identifier it must have, hexadecimal.
    key_identifier: Option<String>,
    /// Where the certificate says that it is.
    ca_issuers: Vec<String>,
    /// Certificates that come near.
    near_misses: Vec<NearMissFacts>,
}

/// A certificate that comes near.
#[derive(Debug, Serialize, JsonSchema)]
struct NearMissFacts {
    /// `same_name_other_key`, `same_key_other_name` or `similar_name`.
    kind: &'static str,
    /// Its subject, RFC 4514.
    subject: String,
    /// Its key identifier, hexadecimal.
    key_identifier: Option<String>,
    /// Where it came from.
    origin: String,
}

impl VerifyReport {
    pub(crate) const SCHEMA: &'static str = "certlens/verify/1";

    pub(crate) fn new(
        request: &Request,
        verified: &[Verified],
        unseen: &[Endpoint],
        not_read: &[NotRead],
        exit: Exit,
    ) -> Self {
        VerifyReport {
            schema: Self::SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            exit_code: exit.code(),
            request: RequestFacts::from(request),
            results: verified.iter().map(ResultFacts::with_endpoint).collect(),
            not_seen: unseen.iter().map(EndpointFacts::from).collect(),
            not_read: not_read
                .iter()
                .map(|one| NotReadFacts {
                    target: one.argument.clone(),
                    message: one.failure.message.clone(),
                    hint: one.failure.advice.clone(),
                })
                .collect(),
            findings: FindingFacts::all(request.trust.findings.iter().chain(&request.findings)),
        }
    }
}

impl From<&Request> for RequestFacts {
    fn from(request: &Request) -> Self {
        let policy = &request.policy;
        RequestFacts {
            time: request.time.to_string(),
            time_is_clock: request.time_is_clock,
            profile: policy.profile.name(),
            purposes: policy.purposes.iter().map(ToString::to_string).collect(),
            name: policy.name.as_ref().map(ToString::to_string),
            allow_weak: policy.allow_weak.iter().map(|kind| kind.name()).collect(),
            max_path_length: policy.max_path_length,
            anchors_as_keys: policy.anchor_use == AnchorUse::NameAndKey,
            initial_policies: match &policy.initial_policies {
                InitialPolicies::Any => None,
                InitialPolicies::Only(only) => Some(dotted(only)),
            },
            require_explicit_policy: policy.require_explicit_policy,
            inhibit_policy_mapping: policy.inhibit_policy_mapping,
            inhibit_any_policy: policy.inhibit_any_policy,
            trust: request
                .trust
                .sets
                .iter()
                .map(|(name, anchors)| TrustFacts { name: name.clone(), anchors: *anchors })
                .collect(),
            anchors: request.trust.anchors.len(),
            intermediates: request.intermediates.len(),
            revocation: RevocationRequestFacts::new(request),
        }
    }
}

/// Object identifiers in dotted form; of very many the first.
fn dotted<'a>(contents: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<String> {
    contents.into_iter().take(MAX_POLICIES).map(|content| Oid::new(content).to_string()).collect()
}

/// The most policies that are listed; certificates of public CAs have up to ten.
const MAX_POLICIES: usize = 100;

impl From<&Verified> for ResultFacts {
    fn from(verified: &Verified) -> Self {
        let verdict = &verified.verdict;
        let path = verdict.best.as_ref().map(PathFacts::from);
        let deciding = path.iter().flat_map(|path| &path.certificates);
        let mut listed: HashSet<String> = deciding.map(|certificate| certificate.sha256.clone()).collect();
        let mut other_certificates = Vec::new();
        let mut other_paths = Vec::new();
        for outcome in &verdict.others {
            // Each certificate in full once: a hostile pool makes many paths of few certificates.
            let mut ids = Vec::new();
            for (depth, role, sourced) in members(&outcome.path) {
                let id = sourced.certificate.id().to_string();
                if listed.insert(id.clone()) {
                    other_certificates.push(path_certificate(depth, role, &sourced));
                }
                ids.push(id);
            }
            let end = end(&outcome.path.end);
            other_paths.push(OtherPathFacts { certificates: ids, end, findings: FindingFacts::all(&outcome.findings) });
        }
        ResultFacts {
            target: path_certificate(0, "target", &verified.target),
            endpoint: None,
            status: match verdict.status {
                Status::Trusted => "trusted",
                Status::Untrusted => "untrusted",
                Status::Indeterminate => "indeterminate",
            },
            reason: verdict.reason().map(|finding| finding.code.name()),
            path,
            other_paths,
            other_paths_dropped: verdict.others_dropped,
            other_certificates,
            findings: FindingFacts::all(verdict.findings.iter().chain(&verified.findings)),
            signatures_verified: verdict.signatures,
            retrieved: verified.attempts.iter().map(RetrievalFacts::from).collect(),
        }
    }
}

impl ResultFacts {
    /// With the endpoint, where there is one and the report is not about it.
    fn with_endpoint(verified: &Verified) -> Self {
        let presented = verified.endpoint.as_ref().map(|endpoint| {
            let demanded = DemandedFacts::from(&verified.policy);
            Box::new(PresentedFacts { reached: EndpointFacts::from(&**endpoint), demanded })
        });
        let facts = ResultFacts::from(verified);
        let status = verified.endpoint.as_ref().map_or(facts.status, |endpoint| status(endpoint, Some(verified)));
        ResultFacts { endpoint: presented, status, ..facts }
    }
}

fn end(end: &PathEnd) -> &'static str {
    match end {
        PathEnd::Anchor(_) => "anchor",
        PathEnd::TargetIsAnchor(_) => "target_is_anchor",
        PathEnd::SelfSigned(_) => "self_signed",
        PathEnd::NoIssuer(_) => "no_issuer",
        PathEnd::Loop(_) => "loop",
        PathEnd::NotFollowed(_) => "not_followed",
    }
}

/// The certificates of a path with depth and role, the target first.
fn members(path: &CandidatePath) -> Vec<(usize, &'static str, Sourced)> {
    let role = |depth| if depth == 0 { "target" } else { "intermediate" };
    let mut members: Vec<_> =
        path.certificates.iter().enumerate().map(|(depth, sourced)| (depth, role(depth), sourced.clone())).collect();
    if let PathEnd::Anchor(anchor) = &path.end {
        members.extend(anchor.certificate().map(|certificate| {
            let sourced = Sourced { certificate: certificate.clone(), origin: anchor.origin.clone() };
            (path.end_depth(), "anchor", sourced)
        }));
    }
    members
}

impl From<&PathOutcome> for PathFacts {
    fn from(outcome: &PathOutcome) -> Self {
        let path = &outcome.path;
        PathFacts {
            certificates: members(path)
                .into_iter()
                .map(|(depth, role, sourced)| path_certificate(depth, role, &sourced))
                .collect(),
            end: end(&path.end),
            missing_issuer: match &path.end {
                PathEnd::NoIssuer(missing) => Some(MissingIssuerFacts::from(missing)),
                _ => None,
            },
            policies: dotted(&outcome.policies.user_constrained),
            asserted_policies: outcome
                .policies
                .asserted
                .iter()
                .map(|asserted| AssertedPolicyFacts {
                    policy: Oid::new(&asserted.policy).to_string(),
                    qualifiers: asserted.qualifiers.clone(),
                })
                .collect(),
            revocation: outcome.revocation.iter().map(RevocationFacts::from).collect(),
            findings: FindingFacts::all(&outcome.findings),
        }
    }
}

impl From<&MissingIssuer> for MissingIssuerFacts {
    fn from(missing: &MissingIssuer) -> Self {
        MissingIssuerFacts {
            name: missing.name.clone(),
            key_identifier: missing.key_identifier.as_deref().map(hex::brief),
            ca_issuers: missing.urls.clone(),
            near_misses: missing
                .near
                .iter()
                .map(|near| NearMissFacts {
                    kind: match near.kind {
                        NearIssuerKind::SameNameOtherKey => "same_name_other_key",
                        NearIssuerKind::SameKeyOtherName => "same_key_other_name",
                        NearIssuerKind::SimilarName => "similar_name",
                    },
                    subject: near.subject.clone(),
                    key_identifier: near.key_identifier.as_deref().map(hex::brief),
                    origin: near.origin.to_string(),
                })
                .collect(),
        }
    }
}

fn path_certificate(depth: usize, role: &'static str, sourced: &Sourced) -> PathCertificateFacts {
    let certificate = &sourced.certificate;
    PathCertificateFacts {
        depth,
        role,
        subject: certificate.subject().brief(),
        issuer: certificate.issuer().brief(),
        serial: NumberFacts::new(certificate.serial()).hex,
        not_before: certificate.not_before().time.to_string(),
        not_after: certificate.not_after().time.to_string(),
        public_key: public_key(certificate),
        signature_algorithm: signature_algorithm(certificate),
        sha256: certificate.id().to_string(),
        origin: sourced.origin.to_string(),
    }
}

/// The public key in words.
pub(crate) fn public_key(certificate: &Certificate) -> String {
    match certificate.spki().public_key() {
        Ok(key) => key.describe(),
        Err(_) => format!("{} (cannot be decoded)", certificate.spki().algorithm.oid.name_or_dotted()),
    }
}

/// The signature algorithm in words.
pub(crate) fn signature_algorithm(certificate: &Certificate) -> String {
    let identifier = certificate.signature_algorithm();
    match SignatureAlgorithm::from_identifier(&identifier) {
        Ok(algorithm) => algorithm.describe(),
        Err(_) => format!("{} (parameters cannot be decoded)", identifier.oid.name_or_dotted()),
    }
}
