//! Without a way to a trust anchor: the one path that explains best what is
//! missing.

use crate::anchors::AnchorSet;
use crate::path::budget::MAX_PATH_CERTIFICATES;
use crate::path::candidate::{CandidatePath, PathEnd};
use crate::path::edge::{IssuerKey, Verifier};
use crate::path::graph::{Above, Graph, TARGET};
use crate::path::missing;
use crate::path::rank::{KeyMatch, Rank};
use crate::pool::{CertPool, Sourced};
use crate::x509::Certificate;
use crate::x509::issuer::Issuer;

/// How many issuers of one certificate are verified before the first of them is
/// taken as it is.
const MAX_TRIES: usize = 4;

/// Climbs from the target, at each certificate to the issuer that ranks first.
/// `cut` says that the way to a trust anchor is longer than is followed.
pub(super) fn best(
    graph: &Graph<'_>,
    pool: &CertPool,
    anchors: &AnchorSet,
    cut: bool,
    verifier: &mut Verifier<'_>,
) -> CandidatePath {
    let mut chain = vec![TARGET];
    let mut end = loop {
        match issuer(graph, &chain, verifier) {
            Next::Issuer(_) if chain.len() == MAX_PATH_CERTIFICATES => break End::Limit,
            Next::Issuer(node) => chain.push(node),
            Next::Again => break End::Loop,
            Next::Nothing => break End::Nothing,
        }
    };
    if cut {
        end = End::Limit;
    }
    let nodes = chain.iter().filter_map(|node| graph.nodes.get(*node));
    let certificates: Vec<Sourced> = nodes.map(|node| node.sourced.clone()).collect();
    let Some(top) = certificates.last().map(|sourced| sourced.certificate.clone()) else {
        unreachable!("the target is always there")
    };
    let end = match end {
        End::Limit => PathEnd::NotFollowed(top.issuer().brief()),
        _ if is_self_signed(&top, verifier) => PathEnd::SelfSigned(missing::renewed(&top, anchors)),
        End::Loop => PathEnd::Loop(top.issuer().brief()),
        End::Nothing => PathEnd::NoIssuer(missing::describe(&top, pool, anchors)),
    };
    CandidatePath { certificates, end }
}

enum End {
    Limit,
    Loop,
    Nothing,
}

enum Next {
    Issuer(usize),
    /// Whoever can have issued it stands in the chain already.
    Again,
    Nothing,
}

pub(super) fn is_self_signed(certificate: &Certificate, verifier: &mut Verifier<'_>) -> bool {
    let key = IssuerKey::of(Issuer::Certificate(certificate));
    certificate.is_self_issued() && verifier.verify(&key, certificate).is_ok()
}

/// The issuer of the top certificate that explains most: one whose signature
/// verifies, else the first one that key identifiers do not speak against.
fn issuer(graph: &Graph<'_>, chain: &[usize], verifier: &mut Verifier<'_>) -> Next {
    let Some(top) = chain.last().copied() else { return Next::Nothing };
    let (Some(child), Some(name)) = (graph.certificate(top), graph.issuer_name(top)) else { return Next::Nothing };
    let mut ranked: Vec<(Rank<'_>, usize)> = Vec::new();
    let mut again = false;
    for place in &name.subjects {
        let Some(certificate) = graph.certificate(*place) else { continue };
        let rank = Rank::new(Issuer::Certificate(certificate), child, height(graph, *place));
        if rank.key == KeyMatch::Differs {
            continue;
        }
        if chain.iter().filter_map(|node| graph.certificate(*node)).any(|one| one.is_same_entity(certificate)) {
            again = true;
        } else {
            ranked.push((rank, *place));
        }
    }
    ranked.sort_by(|(one, _), (other, _)| one.compare(other));
    let verified = ranked.iter().take(MAX_TRIES).find(|(_, place)| {
        let Some(issuer) = graph.issuer(Above::Node(*place)) else { return false };
        verifier.verify(&IssuerKey::of(issuer), child).is_ok()
    });
    match verified.or(ranked.first()) {
        Some((_, place)) => Next::Issuer(*place),
        None if again => Next::Again,
        None => Next::Nothing,
    }
}

/// In the place of the distance from an anchor, which there is not: first those
/// above which something else stands, then the self-issued, last those whose
/// issuer is missing, too.
fn height(graph: &Graph<'_>, node: usize) -> u32 {
    let Some(name) = graph.issuer_name(node) else { return 2 };
    let is_self_issued = graph.nodes.get(node).is_some_and(|node| node.subject == Some(node.issuer));
    match (is_self_issued, name.subjects.is_empty()) {
        (true, _) => 1,
        (false, false) => 0,
        (false, true) => 2,
    }
}
