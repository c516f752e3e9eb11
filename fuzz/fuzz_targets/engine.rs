//! Whole verifications: certlens, rustls-webpki, and a model of both.
//!
//! The input describes a small PKI (see [`certlens_fuzz::pki`]), which is built,
//! signed and verified. The two verifiers are compared by way of the model, which
//! judges the description under [`Rules`]: what the rules do not tell apart,
//! certlens and webpki must judge alike.
//!
//! | Field of `Rules` | certlens | webpki |
//! |---|---|---|
//! | `names_as_written` | names are compared by RFC 5280 §7.1 | octet by octet |
//! | `loops_by_name_and_key` | a path has no two certificates of the same subject, key and alternative names (RFC 4158 §5.2) | of the same subject and key |
//! | `refuses_ca_as_target` | a CA may be the target (RFC 5280 §6.1 knows no other) | `CaUsedAsEndEntity` |
//! | `ignores_key_usage` | §4.2.1.3, §6.1.4 (n): keyCertSign of CAs, usages of the target | not looked at |
//! | `takes_server_auth_only` | anyExtendedKeyUsage counts, and Netscape's server gated cryptography in a CA | must be serverAuth itself |
//! | `counts_self_issued` | §6.1.4 (l): path lengths leave self-issued CAs out | every CA counts |
//! | `constrains_self_issued` | §6.1.3 (b): name constraints leave self-issued CAs out | every certificate is subject to them |
//! | `processes_few_extensions` | critical certificate policies and key identifiers are processed | refused when critical |
//! | `refuses_constrained_directories` | directoryName constraints are processed | nothing is accepted below them |
//! | `refuses_constrained_mailboxes` | rfc822Name constraints are processed | a mailbox is not accepted below them |
//! | `meets_malformed_bases_late` | a CA with a malformed base issues nothing | only names that are compared with it are refused |
//! | `knows_no_policies` | certificate policies are processed, as the request demands | not looked at |
//! | `knows_no_limit` | the request can limit the number of intermediates | it cannot |
//!
//! Alike by construction: webpki knows an anchor as name, key and name
//! constraints, so that certlens is told the same; what more it enforces under
//! RFC 5937 is compared with the model alone. Not compared: an input whose search
//! webpki gives up for its 100 signatures.

#![no_main]

use std::cell::OnceCell;

use certlens_core::anchors::{AnchorSet, AnchorUse, TrustAnchor};
use certlens_core::engine::{Paths, Validation};
use certlens_core::identity::ReferenceName;
use certlens_core::origin::Origin;
use certlens_core::path::{Verifier, VerifyCache};
use certlens_core::policy::{InitialPolicies, Profile, Purpose, ValidationPolicy};
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::time::Time;
use certlens_core::validation::{PathOutcome, validate};
use certlens_core::verdict::{Status, Verdict};
use certlens_core::x509::issuer::NamedKey;
use certlens_fuzz::pki::build::{self, Built};
use certlens_fuzz::pki::model::{self, Anchors, Rules};
use certlens_fuzz::pki::{Pki, REFERENCE, Request, policies};
use certlens_testkit::time::MIDDLE;
use libfuzzer_sys::fuzz_target;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{EndEntityCert, KeyUsage};

fuzz_target!(|data: &[u8]| {
    let Some(mut pki) = Pki::read(data) else { return };
    if pki.named_keys {
        // One name and one key are one anchor, whatever the certificates are.
        let all = &pki.certificates;
        let mut seen = Vec::new();
        pki.anchors.retain(|place| {
            let known = (all[*place].subject, all[*place].key);
            !seen.contains(&known) && {
                seen.push(known);
                true
            }
        });
    }
    let built = build::build(&pki);
    let named = check(&pki, &built, Anchors::Named);
    check(&pki, &built, Anchors::Constrained);
    let Some(accepted) = webpki(&pki, &built) else { return };
    let expected = model::is_trusted(&pki, Rules::WEBPKI, Anchors::Named);
    assert_eq!(accepted, expected, "webpki is not as the model has it; certlens says {named:?}: {pki:#?}");
});

thread_local! {
    /// Used by all inputs, so that it has seen everything.
    static SHARED: OnceCell<VerifyCache> = const { OnceCell::new() };
}

/// The verdict, which is as the model has it, and stays the same in every way in
/// which it must.
fn check(pki: &Pki, built: &[Built], kind: Anchors) -> Status {
    let anchors = anchor_set(pki, built, kind);
    let policy = policy(kind, &pki.request);
    let run = |pool: &[usize], paths: Paths, cache: &VerifyCache| {
        let mut members = CertPool::new();
        pool.iter().for_each(|place| {
            members.add(built[*place].certificate.clone(), Origin::Memory);
        });
        let validation = Validation {
            target: &sourced(&built[0]),
            pool: &members,
            anchors: &anchors,
            policy: &policy,
            time: Time::from_unix(MIDDLE),
            paths,
            evidence: &certlens_core::revocation::Evidence::new(),
            cache,
        };
        validation.run()
    };
    let verdict = run(&pki.pool, Paths::UntilTrusted, &VerifyCache::new());
    let expected = if model::is_trusted(pki, Rules::CERTLENS, kind) { Status::Trusted } else { Status::Untrusted };
    assert_eq!(verdict.status, expected, "{kind:?}: not as the model has it: {pki:#?}");
    SHARED.with(|shared| {
        let shared = shared.get_or_init(VerifyCache::new);
        alone(&verdict, &policy, shared, pki);
        let again = run(&pki.pool, Paths::UntilTrusted, shared);
        assert_eq!(said(&again), said(&verdict), "another cache: {pki:#?}");
        assert_eq!(run(&pki.pool, Paths::All, shared).status, verdict.status, "all paths: {pki:#?}");
        let mut pool = pki.pool.clone();
        pool.reverse();
        assert_eq!(said(&run(&pool, Paths::UntilTrusted, shared)), said(&verdict), "the pool reversed: {pki:#?}");
        if !pool.is_empty() {
            pool.remove(pki.left_out % pki.pool.len());
            let fewer = run(&pool, Paths::UntilTrusted, shared).status;
            assert!(fewer != Status::Trusted || verdict.status == Status::Trusted, "one more in the pool: {pki:#?}");
        }
    });
    verdict.status
}

/// What of a verdict must not depend on the order of anything.
fn said(verdict: &Verdict) -> (Status, Vec<Vec<u8>>, Vec<String>) {
    let path = verdict.best.iter().flat_map(|best| &best.path.certificates);
    let ders = path.map(|sourced| sourced.certificate.der().to_vec()).collect();
    (verdict.status, ders, verdict.all_findings().map(|finding| finding.code.to_string()).collect())
}

/// The deciding path by itself is judged as it was, and trusted only with the
/// verdict.
fn alone(verdict: &Verdict, policy: &ValidationPolicy, cache: &VerifyCache, pki: &Pki) {
    let Some(best) = &verdict.best else { panic!("no path is shown: {pki:#?}") };
    assert_eq!(best.is_trusted(), verdict.status == Status::Trusted, "the best path and the verdict: {pki:#?}");
    let again = validate(best.path.clone(), policy, Time::from_unix(MIDDLE), &mut Verifier::new(cache));
    let codes = |outcome: &PathOutcome| outcome.findings.iter().map(|finding| finding.code).collect::<Vec<_>>();
    assert_eq!(codes(&again), codes(best), "the path by itself: {pki:#?}");
}

fn policy(kind: Anchors, request: &Request) -> ValidationPolicy {
    let mut policy = ValidationPolicy::new(Profile::Rfc5280);
    policy.purposes = vec![Purpose::server_auth()];
    policy.name = ReferenceName::parse(REFERENCE).ok();
    if request.only_p {
        policy.initial_policies = InitialPolicies::of([policies::P]);
    }
    policy.require_explicit_policy = request.explicit;
    policy.inhibit_policy_mapping = request.no_mapping;
    policy.inhibit_any_policy = request.no_any;
    policy.max_path_length = request.at_most_one.then_some(1);
    policy.anchor_use = match kind {
        Anchors::Named => AnchorUse::NameAndKey,
        Anchors::Constrained => AnchorUse::Constrained,
    };
    policy
}

fn anchor_set(pki: &Pki, built: &[Built], kind: Anchors) -> AnchorSet {
    let mut anchors = AnchorSet::new();
    for place in &pki.anchors {
        let certificate = &built[*place].certificate;
        let mut anchor = TrustAnchor::from_certificate(certificate.clone(), Origin::Memory);
        if kind == Anchors::Named {
            if pki.named_keys {
                let key = NamedKey::from_der(certificate.subject_raw(), certificate.spki_raw());
                anchor = TrustAnchor::from_key(key.expect("they were read before"), Origin::Memory);
            }
            if let Some(constraints) = build::name_constraints(&pki.certificates[*place]) {
                anchor = anchor.constrained_to(&constraints).expect("the testkit wrote them");
            }
        }
        anchors.add_anchor(anchor);
    }
    anchors
}

fn sourced(built: &Built) -> Sourced {
    Sourced { certificate: built.certificate.clone(), origin: Origin::Memory }
}

/// Whether webpki accepts the target; `None` when it gives up.
fn webpki(pki: &Pki, built: &[Built]) -> Option<bool> {
    let der = |place: &usize| CertificateDer::from(built[*place].der.as_slice());
    let given: Vec<CertificateDer<'_>> = pki.anchors.iter().map(der).collect();
    let anchors: Vec<_> = given
        .iter()
        .map(|der| webpki::anchor_from_trusted_cert(der).expect("every certificate made here can be an anchor"))
        .collect();
    let pool: Vec<CertificateDer<'_>> = pki.pool.iter().map(der).collect();
    let target = der(&0);
    let Ok(target) = EndEntityCert::try_from(&target) else { return Some(false) };
    let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(MIDDLE as u64));
    let usage = KeyUsage::server_auth();
    let name = ServerName::try_from(REFERENCE).expect("it is a DNS name");
    match target.verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &anchors, &pool, time, usage, None, None) {
        Ok(_) => Some(target.verify_is_valid_for_subject_name(&name).is_ok()),
        Err(webpki::Error::MaximumSignatureChecksExceeded) => None,
        Err(_) => Some(false),
    }
}
