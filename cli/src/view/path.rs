//! A path as a tree, with what was found out at each certificate.

use std::collections::HashMap;

use certlens_core::encoding::hex;
use certlens_core::finding::{Code, Fact, Finding, Severity};
use certlens_core::identity::presented;
use certlens_core::path::{CandidatePath, PathEnd};
use certlens_core::validation::PathOutcome;
use certlens_core::x509::Certificate;
use certlens_core::x509::name::NameDigest;
use certlens_report::{Emphasis, Level, Node, Note, Text, Tree};

use crate::facts::verify::{public_key, signature_algorithm};
use crate::view::revocation;

/// A longer path is shown by its ends, and by where something was found out.
const MAX_SHOWN: usize = 12;
const SHOWN_AT_EACH_END: usize = 3;

pub(super) fn tree(outcome: &PathOutcome) -> Tree {
    let path = &outcome.path;
    let mut nodes = Vec::new();
    match &path.end {
        PathEnd::Anchor(anchor) if anchor.certificate().is_none() => {
            nodes.push(Node::new(anchor.name().brief()).label("trust anchor").label(anchor.origin.to_string()));
        }
        PathEnd::NoIssuer(missing) => nodes.push(absent("(not found)", &missing.name, "missing issuer")),
        PathEnd::Loop(issuer) => nodes.push(absent("(again)", issuer, "stands below")),
        PathEnd::NotFollowed(issuer) => nodes.push(absent("(not followed)", issuer, "and further")),
        PathEnd::Anchor(_) | PathEnd::TargetIsAnchor(_) | PathEnd::SelfSigned(_) => {}
    }
    let members = members(path);
    let names = count_names(&members);
    let mut left_out = 0;
    for (place, member) in members.iter().enumerate() {
        let mine: Vec<&Finding> = outcome.findings.iter().filter(|finding| is_about(finding, member.depth)).collect();
        let in_the_middle = place >= SHOWN_AT_EACH_END && place + SHOWN_AT_EACH_END < members.len();
        if members.len() > MAX_SHOWN && in_the_middle && mine.is_empty() {
            left_out += 1;
            continue;
        }
        push_left_out(&mut nodes, &mut left_out);
        let shares_name = names.get(&member.certificate.subject_digest()).is_some_and(|count| *count > 1);
        let mut node = node(member, shares_name);
        for detail in revocation::details(outcome, member.depth) {
            node = node.detail(detail);
        }
        let node = mine.into_iter().fold(node, |node, finding| node.note(note(finding)));
        nodes.push(node);
    }
    push_left_out(&mut nodes, &mut left_out);
    Tree::path(nodes)
}

fn absent(what: &str, name: &str, label: &str) -> Node {
    Node::new(Text::new().with(Emphasis::Quiet, format!("{what} {name}"))).label(label)
}

fn push_left_out(nodes: &mut Vec<Node>, left_out: &mut usize) {
    if *left_out > 0 {
        let what = format!("… {left_out} certificates left out; --format json has them");
        nodes.push(Node::new(Text::new().with(Emphasis::Quiet, what)));
        *left_out = 0;
    }
}

fn is_about(finding: &Finding, depth: usize) -> bool {
    finding.locus.certificate.and_then(|certificate| certificate.depth) == Some(depth)
}

/// One certificate of a path.
struct Member<'a> {
    depth: usize,
    certificate: &'a Certificate,
    role: &'static str,
    origin: String,
}

/// The certificates, the trust anchor first.
fn members(path: &CandidatePath) -> Vec<Member<'_>> {
    let mut members = Vec::new();
    if let PathEnd::Anchor(anchor) = &path.end
        && let Some(certificate) = anchor.certificate()
    {
        let origin = anchor.origin.to_string();
        members.push(Member { depth: path.end_depth(), certificate, role: "trust anchor", origin });
    }
    let is_anchor = matches!(path.end, PathEnd::TargetIsAnchor(_));
    for (depth, sourced) in path.certificates.iter().enumerate().rev() {
        let role = match depth {
            0 if is_anchor => "target and trust anchor",
            0 => "target",
            _ => "intermediate",
        };
        let origin = sourced.origin.to_string();
        members.push(Member { depth, certificate: &sourced.certificate, role, origin });
    }
    members
}

fn count_names(members: &[Member<'_>]) -> HashMap<NameDigest, usize> {
    let mut names = HashMap::new();
    for member in members {
        *names.entry(member.certificate.subject_digest()).or_default() += 1;
    }
    names
}

fn node(member: &Member<'_>, shares_name: bool) -> Node {
    let certificate = member.certificate;
    let mut facts = format!(
        "{} to {} · {} · {}",
        certificate.not_before().time.date(),
        certificate.not_after().time.date(),
        public_key(certificate),
        signature_algorithm(certificate)
    );
    // Certificates of one name are told apart by their keys.
    if let Some(identifier) = certificate.subject_key_identifier().filter(|_| shares_name) {
        facts.push_str(&format!(" · key {}", hex::brief(identifier.get(..8).unwrap_or(identifier))));
    }
    Node::new(title(certificate)).label(member.role).label(member.origin.as_str()).detail(facts)
}

/// The subject, or without one the first alternative name.
fn title(certificate: &Certificate) -> String {
    if !certificate.subject().is_empty() {
        return certificate.subject().brief();
    }
    match presented(certificate).first() {
        Some(name) => format!("(no subject) {}", name.describe_with_kind()),
        None => "(no subject)".to_owned(),
    }
}

pub(super) fn note(finding: &Finding) -> Note {
    let level = match finding.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Info,
    };
    let mut note =
        Note::new(level, finding.code.name(), finding.message.as_str()).citation(finding.code.entry().citation);
    // A time or a name stands in the sentence already; lists and identifiers are worth their own line.
    if shows_values(finding.code) {
        // What is one name alone stands in the sentence, too.
        let in_sentence = |fact: &&Fact| {
            matches!(finding.code, Code::NameNotPermitted | Code::NameExcluded)
                && matches!(fact, Fact::List(values) if values.len() == 1)
        };
        if let Some(expected) = finding.expected.as_ref().filter(|fact| !in_sentence(fact)) {
            note = note.expected(expected.to_string());
        }
        if let Some(found) = finding.found.as_ref().filter(|fact| !in_sentence(fact)) {
            note = note.found(found.to_string());
        }
    }
    note
}

fn shows_values(code: Code) -> bool {
    matches!(
        code,
        Code::NameMismatch
            | Code::NameNotPermitted
            | Code::NameExcluded
            | Code::NameConstraintMalformed
            | Code::PolicyNotValid
            | Code::PurposeNotAllowed
            | Code::KeyUsageNotForPurpose
            | Code::KeyUsageNoCertSign
            | Code::KeyIdentifierMismatch
            | Code::NameNotChained
            | Code::SignatureAlgorithmMismatch
            | Code::IssuerNotFound
            | Code::AnchorNotTrusted
            | Code::SelfSignedNotAnchored
    )
}
