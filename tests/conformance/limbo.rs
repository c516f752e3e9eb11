//! x509-limbo, judged under the profile `web`, whose rules the suite tests
//! beside those of RFC 5280.

use std::collections::BTreeSet;
use std::path::Path;

use certlens_core::anchors::AnchorSet;
use certlens_core::identity::ReferenceName;
use certlens_core::path::VerifyCache;
use certlens_core::policy::{Profile, Purpose, RevocationMode, ValidationPolicy};
use certlens_core::pool::CertPool;
use certlens_core::time::Time;
use certlens_core::x509::Certificate;
use serde_json::Value;

use crate::doors::{self, Demand, Observed};
use crate::suites::{self, text, texts};

/// When a case is verified that is valid at any time the suite knows.
const ANY_TIME: &str = "2026-12-01T00:00:00Z";

/// One case.
pub(crate) struct Case {
    id: String,
    expected: bool,
    target: Certificate,
    pool: CertPool,
    anchors: AnchorSet,
    demand: Demand,
}

/// The cases, and the ids of those where the specifications allow either result
/// or every implementation known to the suite disagrees with it.
pub(crate) fn read(folder: &Path) -> (Vec<Case>, BTreeSet<String>) {
    let suite = suites::json(&folder.join("limbo.json"));
    let cases: Vec<Case> = suite["testcases"].as_array().unwrap().iter().map(Case::read).collect();
    let ids: BTreeSet<_> = cases.iter().map(|case| case.id.as_str()).collect();
    let contentious = suites::json(&folder.join("contentious.json"));
    let contentious = contentious.as_object().unwrap().keys().filter(|id| ids.contains(id.as_str())).cloned().collect();
    (cases, contentious)
}

impl Case {
    fn read(case: &Value) -> Case {
        let all = |list: &Value| texts(list).flat_map(suites::certificates).collect::<Vec<_>>();
        let [target] = suites::certificates(text(&case["peer_certificate"])).try_into().unwrap();
        Case {
            id: text(&case["id"]).to_owned(),
            expected: text(&case["expected_result"]) == doors::word(true),
            target,
            pool: doors::pool(&all(&case["untrusted_intermediates"])),
            anchors: doors::anchors(&all(&case["trusted_certs"])),
            demand: Demand {
                policy: policy(case),
                time: Time::parse_rfc3339(case["validation_time"].as_str().unwrap_or(ANY_TIME)).unwrap(),
                evidence: doors::evidence(texts(&case["crls"]).flat_map(suites::crls)),
            },
        }
    }
}

/// What a case demands. Its `key_usage` is not asked for: certlens takes what
/// the key must be allowed to do from the purpose. The names of clients are
/// not either: the suite says which a certificate has, not which it must have.
fn policy(case: &Value) -> ValidationPolicy {
    let mut policy = ValidationPolicy::new(Profile::Web);
    let is_server = text(&case["validation_kind"]) == "SERVER";
    policy.purposes = texts(&case["extended_key_usage"]).map(|name| Purpose::parse(name).unwrap()).collect();
    if policy.purposes.is_empty() {
        let usual = if is_server { "serverAuth" } else { "clientAuth" };
        policy.purposes.push(Purpose::parse(usual).unwrap());
    }
    if is_server && let name @ Value::Object(_) = &case["expected_peer_name"] {
        let kind = match text(&name["kind"]) {
            "DNS" => "dns",
            "IP" => "ip",
            "RFC822" => "email",
            kind => panic!("{}: a name of kind {kind}", case["id"]),
        };
        policy.name = Some(ReferenceName::parse(&format!("{kind}:{}", text(&name["value"]))).unwrap());
    }
    // A case that gives CRLs is about them.
    if case["crls"].as_array().is_some_and(|crls| !crls.is_empty()) {
        policy.revocation.mode = RevocationMode::Require;
    }
    policy.max_path_length = case["max_chain_depth"].as_u64().map(|most| u32::try_from(most).unwrap());
    policy
}

/// Runs a case. The suite gives no path: the validator alone is given the one
/// that decided, and has to say the same of it.
pub(crate) fn observe(case: &Case) -> Observed {
    let verdict = case.demand.build(&case.target, &case.pool, &case.anchors, &VerifyCache::new());
    let ours = doors::is_trusted(&verdict);
    let mut refused_by = doors::refusals(verdict.all_findings());
    refused_by.extend(doors::unused_sources(&verdict.best));
    let mut complaints = Vec::new();
    match &verdict.best {
        Some(best) => {
            let alone = case.demand.validate(best.path.clone(), &case.pool);
            if alone.is_trusted() != ours {
                complaints.push(format!("{}: the validator alone says {}", case.id, doors::word(alone.is_trusted())));
            }
            if alone.findings != best.findings || alone.policies != best.policies {
                complaints.push(format!("{}: the validator alone finds {:?}", case.id, alone.findings));
            }
        }
        None => complaints.push(format!("{}: no path decided", case.id)),
    }
    Observed {
        id: case.id.clone(),
        expected: case.expected,
        ours,
        refused_alone: refused_by.clone(),
        refused_by,
        complaints,
    }
}
