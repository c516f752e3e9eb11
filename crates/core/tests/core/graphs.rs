//! Which paths a search hands out, and in which order: certificates as edges
//! from issuer to subject, and every complete path that they have.

#![expect(clippy::indexing_slicing, reason = "the target is always there, and the others come after it")]

use std::collections::BTreeSet;

use certlens_core::anchors::{AnchorForm, AnchorSet, AnchorUse, TrustAnchor};
use certlens_core::origin::Origin;
use certlens_core::path::{CandidatePath, NoGuide, PathEnd, Search, Verifier, VerifyCache};
use certlens_core::pool::{CertPool, Sourced};
use certlens_core::x509::Certificate;
use certlens_core::x509::issuer::NamedKey;
use certlens_testkit::{CertificateBuilder, Extension, Issuer, Key, Name, time};
use proptest::prelude::*;

/// A name and a key, as in `A1`: certificates of `A1` and `A2` have one name and
/// two keys.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Entity<'t> {
    name: &'t str,
    key: Key,
}

impl<'t> Entity<'t> {
    fn read(text: &'t str) -> Entity<'t> {
        let (name, number) = text.split_at(1);
        let [letter] = name.as_bytes() else { panic!("{text}: a name has one letter") };
        let number: u32 = number.parse().expect("a key has a number");
        Entity { name, key: Key::ed25519(u32::from(*letter) * 10 + number) }
    }
}

/// Makes the certificate of an edge, as in `R1>A1`; after a colon stands what is
/// special about it.
fn certificate(label: &str) -> Certificate {
    let (edge, special) = label.split_once(':').unwrap_or((label, ""));
    let (issuer, subject) = edge.split_once('>').expect("an edge has two ends");
    let (issuer, subject) = (Entity::read(issuer), Entity::read(subject));
    let name = Name::cn(subject.name);
    let builder = match subject.name {
        "T" => CertificateBuilder::new(name, subject.key),
        _ => CertificateBuilder::ca(name, subject.key),
    };
    let builder = match special {
        "" => builder,
        // Ended before anything of this PKI's targets began.
        "expired" => builder.validity(time::CA_START, time::START - 1),
        "later" => builder.validity(time::START + 1, time::CA_END + 2),
        "long" => builder.validity(time::CA_START, time::CA_END + 1),
        "bare" => builder.without_key_identifiers(),
        "wrong" => {
            builder.extension(Extension::subject_key_identifier(&[7; 20])).validity(time::CA_START, time::CA_END + 1)
        }
        _ => panic!("{label}: nothing is known by that name"),
    };
    let der = builder.issued_by(Issuer::new(issuer.name, issuer.key));
    Certificate::from_der(&der).expect("the testkit makes certificates")
}

/// Makes an anchor: `R1` is a self-signed certificate, `key:R1` a name and a key,
/// and an edge is that certificate.
fn anchor(label: &str) -> TrustAnchor {
    if let Some(entity) = label.strip_prefix("key:") {
        let Entity { name, key } = Entity::read(entity);
        let key = NamedKey::from_der(&Name::cn(name).to_der(), &key.spki()).expect("a name and a key");
        return TrustAnchor::from_key(key, Origin::Memory);
    }
    let edge = if label.contains('>') { label.to_owned() } else { format!("{label}>{label}") };
    TrustAnchor::from_certificate(certificate(&edge), Origin::Memory)
}

/// Certificates and anchors with their labels.
struct Given {
    /// The target first.
    certificates: Vec<(String, Sourced)>,
    anchors: Vec<(String, TrustAnchor)>,
}

impl Given {
    fn new(certificates: &str, anchors: &str) -> Given {
        let sourced = |label: &str| Sourced { certificate: certificate(label), origin: Origin::Memory };
        Given {
            certificates: certificates.split(' ').map(|label| (label.to_owned(), sourced(label))).collect(),
            anchors: anchors.split(' ').map(|label| (label.to_owned(), anchor(label))).collect(),
        }
    }

    /// Every path that a search hands out, each as its labels, the target's first
    /// and the anchor's last.
    fn paths(&self, use_of_anchors: AnchorUse, cache: &VerifyCache) -> Vec<String> {
        let mut pool = CertPool::new();
        let mut anchors = AnchorSet::new();
        for (_, sourced) in self.certificates.iter().skip(1) {
            pool.add(sourced.certificate.clone(), Origin::Memory);
        }
        for (_, anchor) in &self.anchors {
            anchors.add_anchor(anchor.clone());
        }
        let mut search = Search::new(&self.certificates[0].1, &pool, &anchors, use_of_anchors);
        let mut verifier = Verifier::new(cache);
        let paths = std::iter::from_fn(|| search.next(&mut NoGuide, &mut verifier)).map(|path| self.describe(&path));
        let paths = paths.collect();
        assert_eq!(search.limit(), None);
        paths
    }

    fn describe(&self, path: &CandidatePath) -> String {
        let certificate = |wanted: &Sourced| {
            let found = self.certificates.iter().find(|(_, sourced)| sourced.certificate == wanted.certificate);
            found.map(|(label, _)| label.as_str())
        };
        let anchor = |wanted: &AnchorForm| {
            let found = self.anchors.iter().find(|(_, anchor)| anchor.form == *wanted);
            found.map(|(label, _)| label.as_str())
        };
        let mut labels: Vec<Option<&str>> = path.certificates.iter().map(certificate).collect();
        match &path.end {
            PathEnd::Anchor(end) => labels.push(anchor(&end.form)),
            PathEnd::TargetIsAnchor(_) => labels.push(Some("itself")),
            other => panic!("the path is not complete: {other:?}"),
        }
        labels.into_iter().map(|label| label.expect("everything in a path was given")).collect::<Vec<_>>().join(" ")
    }
}

type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// What it is, certificates (the target's first), anchors, paths in their order.
const GRAPHS: &[Row] = &[
    ("linear", "B1>T1 A1>B1 R1>A1", "R1", &["B1>T1 A1>B1 R1>A1 R1"]),
    ("anchor above the target", "R1>T1", "R1", &["R1>T1 R1"]),
    ("no way", "A1>T1 S1>A1", "R1", &[]),
    ("cross-signed", "A1>T1 R1>A1 S1>A1:long", "R1 S1", &["A1>T1 S1>A1:long S1", "A1>T1 R1>A1 R1"]),
    ("cross-signed, one leg ends nowhere", "A1>T1 R1>A1 S1>A1:long", "R1", &["A1>T1 R1>A1 R1"]),
    ("bridge, from one side", "A1>T1 S1>A1 X1>S1 S1>X1 R1>X1 X1>R1 S1>S1", "R1", &["A1>T1 S1>A1 X1>S1 R1>X1 R1"]),
    (
        "bridge, from both sides",
        "A1>T1 S1>A1 X1>S1 S1>X1 R1>X1:long X1>R1",
        "R1 S1",
        &["A1>T1 S1>A1 S1", "A1>T1 S1>A1 X1>S1 R1>X1:long R1", "A1>T1 S1>A1 X1>S1 S1>X1 S1"],
    ),
    (
        "mesh",
        "C1>T1 A1>B1 A1>C1 B1>A1 B1>C1 C1>A1 C1>B1 R1>A1",
        "R1",
        &["C1>T1 A1>C1 R1>A1 R1", "C1>T1 B1>C1 A1>B1 R1>A1 R1"],
    ),
    ("renewed with its key", "A1>T1 R1>A1:expired R1>A1", "R1", &["A1>T1 R1>A1 R1", "A1>T1 R1>A1:expired R1"]),
    ("renewed with a new key", "A2>T1 R1>A1:long R1>A2", "R1", &["A2>T1 R1>A2 R1"]),
    ("new with old, below the old", "R2>T1 R1>R2 R2>R1", "R1", &["R2>T1 R1>R2 R1"]),
    ("old with new, below the new", "R1>T1 R1>R2 R2>R1", "R2", &["R1>T1 R2>R1 R2"]),
    (
        "rollover between two anchors",
        "R1>T1 R1>R2 R2>R1",
        "R1 R2",
        &["R1>T1 R1", "R1>T1 R2>R1 R2", "R1>T1 R2>R1 R1>R2 R1"],
    ),
    ("loop", "A1>T1 B1>A1 A1>B1", "R1", &[]),
    ("loop with a way out", "A1>T1 B1>A1 A1>B1 R1>B1", "R1", &["A1>T1 B1>A1 R1>B1 R1"]),
    ("two anchors of one name", "A1>T1 R2>A1", "R1 R2", &["A1>T1 R2>A1 R2"]),
    ("intermediate as anchor", "A1>T1 R1>A1", "R1>A1", &["A1>T1 R1>A1"]),
    ("intermediate and what is above as anchors", "A1>T1 R1>A1", "R1 R1>A1", &["A1>T1 R1>A1"]),
    ("one of two siblings as anchor", "A1>T1 R1>A1 R1>A1:long", "R1 R1>A1", &["A1>T1 R1>A1", "A1>T1 R1>A1:long R1"]),
    ("name and key", "A1>T1 R1>A1", "key:R1", &["A1>T1 R1>A1 key:R1"]),
    ("name and another key", "A1>T1 R1>A1", "key:R2", &[]),
    // A name and a key come without the identifier that the target asks for.
    ("name and key of the intermediate", "A1>T1 R1>A1", "R1 key:A1", &["A1>T1 R1>A1 R1", "A1>T1 key:A1"]),
    (
        "key identifiers",
        "A1>T1 R1>A1:wrong R1>A1:bare R1>A1",
        "R1",
        &["A1>T1 R1>A1 R1", "A1>T1 R1>A1:bare R1", "A1>T1 R1>A1:wrong R1"],
    ),
    (
        "key identifiers before nearness",
        "A1>T1 R1>A1:wrong B1>A1 R1>B1",
        "R1",
        &["A1>T1 B1>A1 R1>B1 R1", "A1>T1 R1>A1:wrong R1"],
    ),
    (
        "nearness before validity",
        "A1>T1 R1>A1:expired B1>A1:long R1>B1",
        "R1",
        &["A1>T1 R1>A1:expired R1", "A1>T1 B1>A1:long R1>B1 R1"],
    ),
    (
        "validity at the target's start before the latest end, and that before the rest",
        "A1>T1 R1>A1:later R1>A1:expired R1>A1 R1>A1:long",
        "R1",
        &["A1>T1 R1>A1:long R1", "A1>T1 R1>A1 R1", "A1>T1 R1>A1:later R1", "A1>T1 R1>A1:expired R1"],
    ),
];

#[test]
fn paths_and_their_order() {
    for (what, certificates, anchors, expected) in GRAPHS {
        for use_of_anchors in [AnchorUse::Constrained, AnchorUse::NameAndKey] {
            let mut given = Given::new(certificates, anchors);
            assert_eq!(given.paths(use_of_anchors, &VerifyCache::new()), *expected, "{what}");
            given.certificates[1..].reverse();
            given.anchors.reverse();
            assert_eq!(given.paths(use_of_anchors, &VerifyCache::new()), *expected, "{what}, reversed");
        }
    }
}

#[test]
fn a_target_that_is_an_anchor_is_its_own_path() {
    let given = Given::new("A1>T1 R1>A1", "A1>T1 R1");
    assert_eq!(given.paths(AnchorUse::Constrained, &VerifyCache::new()), ["A1>T1 itself"]);
    // A name and a key are no certificate.
    assert_eq!(given.paths(AnchorUse::NameAndKey, &VerifyCache::new()), ["A1>T1 R1>A1 R1"]);
    let given = Given::new("A1>T1 R1>A1", "key:T1 R1");
    assert_eq!(given.paths(AnchorUse::Constrained, &VerifyCache::new()), ["A1>T1 R1>A1 R1"]);
    let self_signed = Given::new("T1>T1", "T1>T1");
    assert_eq!(self_signed.paths(AnchorUse::Constrained, &VerifyCache::new()), ["T1>T1 itself"]);
    assert_eq!(self_signed.paths(AnchorUse::NameAndKey, &VerifyCache::new()), ["T1>T1 T1>T1"]);
}

/// All edges among CAs, and from the anchor to each.
fn edges(cas: &[&str]) -> Vec<String> {
    let issuers = cas.iter().chain(&["R1"]);
    issuers.flat_map(|issuer| cas.iter().map(move |subject| format!("{issuer}>{subject}"))).collect()
}

/// The paths by looking at labels alone: no entity stands twice in one, and an
/// anchor only at its end.
fn brute_force(chain: &mut Vec<String>, pool: &[String], anchors: &[String], found: &mut BTreeSet<String>) {
    let ends = |label: &str| label.split_once('>').map(|(from, to)| (from.to_owned(), to.to_owned()));
    let Some((issuer, _)) = chain.last().and_then(|top| ends(top)) else { return };
    for anchor in anchors {
        let entity = anchor.strip_prefix("key:").map_or_else(|| ends(anchor).map(|(_, to)| to), |key| Some(key.into()));
        if entity.as_ref() == Some(&issuer) {
            found.insert(format!("{} {anchor}", chain.join(" ")));
        }
    }
    for label in pool {
        let Some((_, subject)) = ends(label) else { continue };
        let stands = chain.iter().filter_map(|one| ends(one)).any(|(_, to)| to == subject);
        if subject == issuer && !stands && !anchors.contains(label) {
            chain.push(label.clone());
            brute_force(chain, pool, anchors, found);
            chain.pop();
        }
    }
}

fn is_complete(all: &Given, chosen: impl Fn(usize) -> bool, anchors: &[&str], cache: &VerifyCache) {
    let is_chosen = |(place, _): &(usize, &(String, Sourced))| *place == 0 || chosen(place - 1);
    let certificates: Vec<_> =
        all.certificates.iter().enumerate().filter(is_chosen).map(|(_, one)| one.clone()).collect();
    let is_anchor = |(label, _): &&(String, TrustAnchor)| anchors.contains(&label.as_str());
    let given = Given { certificates, anchors: all.anchors.iter().filter(is_anchor).cloned().collect() };
    let paths = given.paths(AnchorUse::NameAndKey, cache);
    let labels: Vec<String> = given.certificates.iter().map(|(label, _)| label.clone()).collect();
    let anchors: Vec<String> = anchors.iter().map(|label| (*label).to_owned()).collect();
    let mut expected = BTreeSet::new();
    brute_force(&mut vec![labels[0].clone()], &labels[1..], &anchors, &mut expected);
    assert_eq!(paths.len(), expected.len(), "a path is missing or comes twice: {labels:?}, {anchors:?}: {paths:#?}");
    assert_eq!(BTreeSet::from_iter(paths), expected, "{labels:?}, {anchors:?}");
}

/// With self-signed ones among them, 12 edges: each of the 4,096 graphs.
#[test]
fn every_graph_of_three_cas_is_searched_whole() {
    let edges = edges(&["A1", "B1", "C1"]);
    let all = Given::new(&format!("A1>T1 {}", edges.join(" ")), "R1>R1");
    let cache = VerifyCache::new();
    for mask in 0..1u32 << edges.len() {
        is_complete(&all, |place| mask >> place & 1 == 1, &["R1>R1"], &cache);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Four CAs, or two with two keys each, so that names connect what keys do not.
    #[test]
    fn graphs_of_four_cas_are_searched_whole(two_keys: bool, mask in 0..1u32 << 20, anchors in 1..1u32 << 4) {
        let cas = if two_keys { ["A1", "A2", "B1", "B2"] } else { ["A1", "B1", "C1", "D1"] };
        let labels = ["R1>R1", "R1>A1", "key:B1", "B1>B1"];
        let all = Given::new(&format!("A1>T1 {}", edges(&cas).join(" ")), &labels.join(" "));
        let chosen: Vec<&str> =
            labels.into_iter().enumerate().filter(|(place, _)| anchors >> place & 1 == 1).map(|(_, one)| one).collect();
        is_complete(&all, |place| mask >> place & 1 == 1, &chosen, &VerifyCache::new());
    }
}
