//! Certificate policies along a path (RFC 5280 §6.1.3 (d) to (f), §6.1.4 (a),
//! (b), (h) to (j), §6.1.5 (a), (b), (g)).

use std::collections::BTreeSet;

use crate::finding::{Code, Fact, Finding, bounded};
use crate::policy::{InitialPolicies, ValidationPolicy};
use crate::validation::policy_graph::PolicyGraph;
use crate::validation::state::State;
use crate::x509::Certificate;
use crate::x509::extension::{ExtensionValue, PolicyConstraints, PolicyInformation, PolicyMapping, PolicyQualifier};
use crate::x509::oid::{Oid, oids};

/// The most policies of a target whose qualifiers are kept for the report.
const MAX_QUALIFIED: usize = 32;

/// The most octets of a qualifier and the most qualifiers of a policy that are
/// kept; a notice has up to 200 characters (RFC 5280 §4.2.1.4).
const MAX_QUALIFIER_OCTETS: usize = 1_000;
const MAX_QUALIFIERS: usize = 8;

/// What a path is valid for (`user-constrained-policy-set`, RFC 5280 §6.1.6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidPolicies {
    /// Policies as the content octets of their identifiers, in the sense of the
    /// trust anchor's domain, before any mapping; anyPolicy is among them when
    /// every policy is valid.
    pub user_constrained: BTreeSet<Vec<u8>>,
    /// Policies that the target asserts and that are valid there, with their
    /// qualifiers in words.
    pub asserted: Vec<AssertedPolicy>,
}

/// A policy that the target asserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertedPolicy {
    /// The content octets of its identifier.
    pub policy: Vec<u8>,
    /// Addresses of practice statements and texts of notices.
    pub qualifiers: Vec<String>,
}

/// A counter that runs down to zero along the path.
#[derive(Clone, Copy)]
struct Counter {
    /// Certificates that are not self-issued and may still follow; `None` is more
    /// than any path has.
    left: Option<u32>,
    by: SetBy,
}

/// Who set a counter.
#[derive(Clone, Copy)]
enum SetBy {
    Nobody,
    Request,
    Certificate(usize),
}

impl Counter {
    /// §6.1.2 (d) to (f): zero when the request demands it.
    fn new(demanded: bool) -> Counter {
        if demanded { Counter { left: Some(0), by: SetBy::Request } } else { Counter { left: None, by: SetBy::Nobody } }
    }

    fn is_zero(&self) -> bool {
        self.left == Some(0)
    }

    fn count_down(&mut self) {
        self.left = self.left.map(|left| left.saturating_sub(1));
    }

    fn lower_to(&mut self, skip: Option<u32>, depth: usize) {
        if let Some(skip) = skip
            && self.left.is_none_or(|left| skip < left)
        {
            *self = Counter { left: Some(skip), by: SetBy::Certificate(depth) };
        }
    }
}

/// The variables of §6.1.2 (a) and (d) to (f).
pub(super) struct Policies<'a> {
    graph: PolicyGraph<'a>,
    initial: InitialPolicies,
    explicit: Counter,
    mapping: Counter,
    any: Counter,
    /// Where the last valid policy was lost, as a finding that is reported if a
    /// policy turns out to be required.
    lost: Option<Finding>,
    reported: bool,
}

impl<'a> Policies<'a> {
    pub(super) fn new(policy: &ValidationPolicy) -> Policies<'a> {
        Policies {
            graph: PolicyGraph::new(),
            initial: policy.initial_policies.clone(),
            explicit: Counter::new(policy.require_explicit_policy),
            mapping: Counter::new(policy.inhibit_policy_mapping),
            any: Counter::new(policy.inhibit_any_policy),
            lost: None,
            reported: false,
        }
    }
}

/// The policies that a certificate asserts; `None` without the extension.
fn asserted(certificate: &Certificate) -> Option<Vec<PolicyInformation<'_>>> {
    match certificate.extension(oids::CERTIFICATE_POLICIES)?.value() {
        Ok(ExtensionValue::CertificatePolicies(list)) => Some(list.iter().collect()),
        // Not readable: reported elsewhere, and refused there.
        _ => Some(Vec::new()),
    }
}

/// Whether the certificate asserts any policy at all.
pub(super) fn asserts_any(certificate: &Certificate) -> bool {
    certificate.extension(oids::CERTIFICATE_POLICIES).is_some()
}

/// Whether the certificate requires a policy of everything below it.
pub(super) fn requires_at_once(certificate: &Certificate) -> bool {
    constraints(certificate).is_some_and(|constraints| constraints.require_explicit_policy == Some(Some(0)))
}

fn mappings(certificate: &Certificate) -> Vec<PolicyMapping<'_>> {
    match certificate.extension(oids::POLICY_MAPPINGS).map(|extension| extension.value()) {
        Some(Ok(ExtensionValue::PolicyMappings(list))) => list.iter().collect(),
        _ => Vec::new(),
    }
}

fn constraints(certificate: &Certificate) -> Option<PolicyConstraints> {
    match certificate.extension(oids::POLICY_CONSTRAINTS)?.value() {
        Ok(ExtensionValue::PolicyConstraints(constraints)) => Some(constraints),
        _ => None,
    }
}

/// What RFC 5937 §4 takes from a trust anchor's certificate: its policies narrow
/// the initial set, its constraints the counters.
pub(super) fn take_from_anchor(state: &mut State<'_>, certificate: &Certificate) {
    if let Some(asserted) = asserted(certificate).filter(|asserted| !asserted.is_empty())
        && !asserted.iter().any(|information| information.policy == oids::ANY_POLICY)
    {
        let initial = &state.policies.initial;
        let both = asserted.iter().map(|information| information.policy).filter(|policy| initial.accepts(*policy));
        let both = both.map(|policy| policy.as_bytes().to_vec()).collect();
        state.policies.initial = InitialPolicies::Only(both);
    }
    lower(state, certificate);
}

/// §6.1.3 (d) to (f).
pub(super) fn process<'a>(state: &mut State<'a>, certificate: &'a Certificate) {
    let self_issued_ca = state.depth() > 0 && certificate.is_self_issued();
    let any_counts = !state.policies.any.is_zero() || self_issued_ca;
    let was_null = state.policies.graph.is_null();
    let list = asserted(certificate);
    if list.as_ref().is_some_and(|list| has_duplicates(list)) {
        let finding = state
            .finding(Code::PolicyDuplicate, "a certificate policy stands more than once")
            .part("certificatePolicies");
        state.push_form(finding);
    }
    let policies = list.iter().flatten().map(|information| information.policy);
    state.policies.graph.assert(policies, any_counts);
    if state.policies.graph.is_null() && !was_null {
        let message = match &list {
            None => "it has no certificatePolicies, so that the path is valid for no policy",
            Some(list) if list.iter().any(|information| information.policy == oids::ANY_POLICY) => {
                "it asserts anyPolicy, which counts for nothing here, and no policy that is valid for the path above"
            }
            Some(_) => "it asserts no policy that is valid for the path above",
        };
        let finding = state
            .finding(Code::PolicyNotValid, message)
            .part("certificatePolicies")
            .found(Fact::list(list.iter().flatten().map(|information| information.policy.name_or_dotted())));
        let expected = expected(&state.policies);
        let who = if state.depth() == 0 { "the target" } else { "the CA" };
        let hint = match expected.as_slice() {
            [] => format!("Have {who} certified anew with certificatePolicies"),
            [one] => format!("Have {who} certified anew with the policy {one} in certificatePolicies"),
            many => {
                format!("Have {who} certified anew with one of the policies {} in certificatePolicies", many.join(", "))
            }
        };
        let finding = if expected.is_empty() { finding } else { finding.expected(Fact::list(expected)) };
        state.policies.lost = Some(finding.hint(hint));
    }
    require(state);
}

/// So many are compared pairwise.
const FEW: usize = 8;

/// The policies of which the certificate at hand should have asserted one; none
/// when any would have done.
fn expected(policies: &Policies<'_>) -> Vec<String> {
    let mut above: Vec<Oid<'_>> = policies.graph.expected_before().take(MAX_QUALIFIED).collect();
    if above.contains(&oids::ANY_POLICY) {
        above.clear();
        if let InitialPolicies::Only(only) = &policies.initial {
            above.extend(only.iter().take(MAX_QUALIFIED).map(|octets| Oid::new(octets)));
        }
    }
    above.iter().map(Oid::name_or_dotted).collect()
}

fn has_duplicates(list: &[PolicyInformation<'_>]) -> bool {
    if list.len() <= FEW {
        let again = |(place, one): (usize, &PolicyInformation<'_>)| {
            list.iter().skip(place + 1).any(|other| other.policy == one.policy)
        };
        return list.iter().enumerate().any(again);
    }
    let mut seen = BTreeSet::new();
    !list.iter().all(|information| seen.insert(information.policy))
}

/// §6.1.3 (f).
fn require(state: &mut State<'_>) {
    if state.policies.explicit.is_zero() && state.policies.graph.is_null() && !state.policies.reported {
        state.policies.reported = true;
        let lost = state.policies.lost.take();
        let finding = lost.unwrap_or_else(|| state.finding(Code::PolicyNotValid, "the path is valid for no policy"));
        let finding = because(state, finding, state.policies.explicit.by);
        state.push(finding);
    }
}

/// Says who demands a policy.
fn because(state: &State<'_>, mut finding: Finding, by: SetBy) -> Finding {
    let who = match by {
        SetBy::Certificate(depth) => match state.path.certificate(depth) {
            Some(certificate) => format!("the CA {} demands one by policyConstraints", certificate.subject().brief()),
            None => "a CA above demands one".to_owned(),
        },
        SetBy::Request | SetBy::Nobody => "the verification demands one".to_owned(),
    };
    finding.message.push_str(&format!("; {who}"));
    if let Some(hint) = &mut finding.hint {
        hint.push_str(match by {
            SetBy::Request if state.policy.require_explicit_policy => {
                ", or verify without --require-explicit-policy if no policy is needed."
            }
            _ => ".",
        });
    }
    finding
}

/// §6.1.4 (a), (b) and (h) to (j).
pub(super) fn prepare<'a>(state: &mut State<'a>, certificate: &'a Certificate) {
    let mappings = mappings(certificate);
    if !mappings.is_empty() {
        let is_any = |oid: Oid<'_>| oid == oids::ANY_POLICY;
        if mappings.iter().any(|mapping| is_any(mapping.issuer_domain) || is_any(mapping.subject_domain)) {
            let finding = state
                .finding(Code::PolicyMappingInvalid, "anyPolicy is mapped, which it must not be")
                .part("policyMappings");
            state.push(finding);
        }
        let was_null = state.policies.graph.is_null();
        let allowed = !state.policies.mapping.is_zero();
        let pairs = mappings.iter().map(|mapping| (mapping.issuer_domain, mapping.subject_domain));
        state.policies.graph.map(pairs, allowed);
        if state.policies.graph.is_null() && !was_null {
            let message = match state.policies.mapping.by {
                SetBy::Certificate(depth) => match state.path.certificate(depth) {
                    Some(by) => format!(
                        "it maps every policy that the path is valid for, and {} inhibits mapping",
                        by.subject().brief()
                    ),
                    None => "it maps every policy that the path is valid for, and mapping is inhibited".to_owned(),
                },
                _ => "it maps every policy that the path is valid for, and mapping is inhibited".to_owned(),
            };
            let finding = state
                .finding(Code::PolicyNotValid, message)
                .part("policyMappings")
                .found(Fact::list(mappings.iter().map(|mapping| mapping.issuer_domain.name_or_dotted())))
                .hint("Have the target certified under a policy that needs no mapping, or the CA without the mapping");
            state.policies.lost = Some(finding);
        }
    }
    if !certificate.is_self_issued() {
        let policies = &mut state.policies;
        for counter in [&mut policies.explicit, &mut policies.mapping, &mut policies.any] {
            counter.count_down();
        }
    }
    lower(state, certificate);
}

/// §6.1.4 (i) and (j). A number beyond 32 bits is more than any path has.
fn lower(state: &mut State<'_>, certificate: &Certificate) {
    let depth = state.depth();
    if let Some(constraints) = constraints(certificate) {
        state.policies.explicit.lower_to(constraints.require_explicit_policy.flatten(), depth);
        state.policies.mapping.lower_to(constraints.inhibit_policy_mapping.flatten(), depth);
    }
    if let Some(Ok(ExtensionValue::InhibitAnyPolicy(skip))) =
        certificate.extension(oids::INHIBIT_ANY_POLICY).map(|extension| extension.value())
    {
        state.policies.any.lower_to(skip, depth);
    }
}

/// §6.1.5 (a), (b) and (g): the policies that the path is valid for, of which
/// there must be one when one is required.
pub(super) fn wrap_up(state: &mut State<'_>, certificate: &Certificate) -> ValidPolicies {
    state.policies.explicit.count_down();
    if constraints(certificate).is_some_and(|constraints| constraints.require_explicit_policy == Some(Some(0))) {
        state.policies.explicit.lower_to(Some(0), state.depth());
    }
    require(state);
    let authority = state.policies.graph.authority_constrained();
    let initial = &state.policies.initial;
    let mut user_constrained: BTreeSet<Vec<u8>> = authority
        .policies
        .iter()
        .filter(|policy| initial.accepts(**policy))
        .map(|policy| policy.as_bytes().to_vec())
        .collect();
    if authority.any {
        match initial {
            InitialPolicies::Any => {
                user_constrained.insert(oids::ANY_POLICY.as_bytes().to_vec());
            }
            InitialPolicies::Only(only) => user_constrained.extend(only.iter().cloned()),
        }
    }
    if user_constrained.is_empty() && state.policies.explicit.is_zero() && !state.policies.reported {
        state.policies.reported = true;
        let names = |policies: &mut dyn Iterator<Item = Oid<'_>>| {
            policies.map(|policy| policy.name_or_dotted()).collect::<Vec<_>>()
        };
        let wanted = match initial {
            InitialPolicies::Any => vec!["any".to_owned()],
            InitialPolicies::Only(only) => names(&mut only.iter().map(|octets| Oid::new(octets))),
        };
        let found = names(&mut authority.policies.iter().copied());
        let own = names(&mut state.policies.graph.valid().take(MAX_QUALIFIED));
        let mut message = "the path is valid for none of the policies that are acceptable".to_owned();
        if own != found && !own.is_empty() {
            message.push_str(&format!("; what the target calls {} counts as {}", own.join(", "), found.join(", ")));
        }
        let finding = state
            .finding(Code::PolicyNotValid, message)
            .part("certificatePolicies")
            .expected(Fact::list(wanted))
            .found(Fact::list(found))
            .hint("Use a certificate issued under an acceptable policy; --initial-policy says which ones are");
        let finding = because(state, finding, state.policies.explicit.by);
        state.push(finding);
    }
    ValidPolicies { user_constrained, asserted: qualified(state, certificate) }
}

fn qualified(state: &State<'_>, certificate: &Certificate) -> Vec<AssertedPolicy> {
    let valid: BTreeSet<Oid<'_>> = state.policies.graph.valid().collect();
    let list = asserted(certificate).unwrap_or_default();
    list.iter()
        .filter(|information| valid.contains(&information.policy) || information.policy == oids::ANY_POLICY)
        .take(MAX_QUALIFIED)
        .map(|information| AssertedPolicy {
            policy: information.policy.as_bytes().to_vec(),
            qualifiers: information
                .qualifiers
                .iter()
                .flat_map(|list| list.iter())
                .take(MAX_QUALIFIERS)
                .map(|one| describe(&one))
                .collect(),
        })
        .collect()
}

fn describe(qualifier: &PolicyQualifier<'_>) -> String {
    let text = match qualifier {
        PolicyQualifier::Cps(uri) => uri.to_text().into_owned(),
        PolicyQualifier::UserNotice(notice) => match (&notice.explicit_text, &notice.organization) {
            (Some(text), _) | (None, Some(text)) => text.to_text().into_owned(),
            (None, None) => "a notice without text".to_owned(),
        },
        PolicyQualifier::Other(oid, _) => format!("a qualifier of kind {}", oid.name_or_dotted()),
    };
    bounded(text, MAX_QUALIFIER_OCTETS)
}
