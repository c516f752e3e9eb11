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
    let mut at_limit = false;
    while let Some(next) = issuer(graph, &chain, verifier) {
        if chain.len() == MAX_PATH_CERTIFICATES {
            at_limit = true;
            break;
        }
        chain.push(next);
    }
    let nodes = chain.iter().filter_map(|node| graph.nodes.get(*node));
    let certificates: Vec<Sourced> = nodes.map(|node| node.sourced.clone()).collect();
    let end = match certificates.last() {
        Some(top) if cut || at_limit => PathEnd::NotFollowed(top.certificate.issuer().brief()),
        Some(top) if is_self_signed(&top.certificate, verifier) => PathEnd::SelfSigned,
        Some(top) => PathEnd::NoIssuer(missing::describe(&top.certificate, pool, anchors)),
        None => unreachable!("the target is always there"),
    };
    CandidatePath { certificates, end }
}

fn is_self_signed(certificate: &Certificate, verifier: &mut Verifier<'_>) -> bool {
    let key = IssuerKey::of(Issuer::Certificate(certificate));
    certificate.is_self_issued() && verifier.verify(&key, certificate).is_ok()
}

/// The issuer of the top certificate that explains most: one whose signature
/// verifies, else the first one that key identifiers do not speak against.
fn issuer(graph: &Graph<'_>, chain: &[usize], verifier: &mut Verifier<'_>) -> Option<usize> {
    let top = *chain.last()?;
    let child = graph.certificate(top)?;
    let name = graph.issuer_name(top)?;
    let is_new = |certificate: &Certificate| {
        !chain.iter().filter_map(|node| graph.certificate(*node)).any(|one| one.is_same_entity(certificate))
    };
    let mut ranked: Vec<(Rank<'_>, usize)> = Vec::new();
    for place in &name.subjects {
        let certificate = graph.certificate(*place)?;
        let rank = Rank::new(Issuer::Certificate(certificate), child, height(graph, *place));
        if rank.key != KeyMatch::Differs && is_new(certificate) {
            ranked.push((rank, *place));
        }
    }
    ranked.sort_by(|(one, _), (other, _)| one.compare(other));
    let verified = ranked.iter().take(MAX_TRIES).find(|(_, place)| {
        let Some(issuer) = graph.issuer(Above::Node(*place)) else { return false };
        verifier.verify(&IssuerKey::of(issuer), child).is_ok()
    });
    verified.or(ranked.first()).map(|(_, place)| *place)
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
