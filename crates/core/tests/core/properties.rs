//! What holds of every verification, whatever is in the pool.

#![expect(clippy::indexing_slicing, reason = "places are drawn from the list that they are used on")]

use std::collections::BTreeSet;

use certlens_core::finding::Finding;
use certlens_core::path::{Verifier, VerifyCache};
use certlens_core::time::Time;
use certlens_core::validation::validate;
use certlens_core::verdict::{Status, Verdict};
use certlens_testkit::{CertificateBuilder, Extension, GeneralName, Issuer, Key, KeyUsage, purposes, time};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::harness::Case;

/// One certificate: holder and issuer are entities, names with keys.
#[derive(Clone, Debug)]
struct Described {
    holder: usize,
    issuer: usize,
    flaw: Flaw,
}

/// What is wrong with a certificate, or special about it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    None,
    Expired,
    Longer,
    NoCa,
    NoSigning,
    OtherPurpose,
    NoRoom,
    NamesOnly,
    Broken,
    NoIdentifiers,
    WrongIdentifier,
}

/// Entities: the last three share the name of another, and one its key.
const ENTITIES: [(&str, u32); 7] = [("Target", 0), ("A", 1), ("B", 2), ("C", 3), ("A", 4), ("B", 5), ("c", 3)];

/// The last of the first four is the trust anchor.
const ANCHOR: usize = 3;

const FLAWS: [Flaw; 10] = [
    Flaw::Expired,
    Flaw::Longer,
    Flaw::NoCa,
    Flaw::NoSigning,
    Flaw::OtherPurpose,
    Flaw::NoRoom,
    Flaw::NamesOnly,
    Flaw::Broken,
    Flaw::NoIdentifiers,
    Flaw::WrongIdentifier,
];

fn flaw() -> impl Strategy<Value = Flaw> {
    prop_oneof![3 => Just(Flaw::None), 2 => select(&FLAWS[..])]
}

/// Certificates of CAs: a chain that can be sound, and any others.
fn pool() -> impl Strategy<Value = Vec<Described>> {
    let chain = [(1, 2), (2, ANCHOR)].map(|(holder, issuer)| {
        let flaw = prop_oneof![3 => Just(Flaw::None), 1 => select(&FLAWS[..])];
        flaw.prop_map(move |flaw| Described { holder, issuer, flaw })
    });
    let any = (1..ENTITIES.len(), 1..ENTITIES.len(), flaw()).prop_map(|(holder, issuer, flaw)| Described {
        holder,
        issuer,
        flaw,
    });
    (chain, prop::collection::vec(any, 0..6)).prop_map(|(chain, others)| chain.into_iter().chain(others).collect())
}

fn entity(place: usize) -> Issuer {
    let (name, key) = ENTITIES[place];
    Issuer::new(name, Key::ed25519(key))
}

impl Described {
    fn build(&self) -> Vec<u8> {
        let (holder, issuer) = (entity(self.holder), entity(self.issuer));
        let builder = match self.holder {
            0 => CertificateBuilder::new(holder.name, holder.key)
                .extension(Extension::subject_alt_name([GeneralName::dns("www.example.com")])),
            _ => CertificateBuilder::ca(holder.name, holder.key),
        };
        let builder = match self.flaw {
            Flaw::None => builder,
            Flaw::Expired => builder.validity(time::CA_START, time::START),
            Flaw::Longer => builder.validity(time::CA_START, time::CA_END + 1),
            Flaw::NoCa => builder.extension(Extension::basic_constraints(false, None)),
            Flaw::NoSigning => builder.extension(Extension::key_usage(&[KeyUsage::CrlSign])),
            Flaw::OtherPurpose => builder.extension(Extension::extended_key_usage([purposes::CODE_SIGNING])),
            Flaw::NoRoom => builder.extension(Extension::basic_constraints(true, Some(0))),
            Flaw::NamesOnly => {
                builder.extension(Extension::name_constraints(&[GeneralName::dns("other.example")], &[]))
            }
            Flaw::Broken => builder.corrupt_signature(),
            Flaw::NoIdentifiers => builder.without_key_identifiers(),
            Flaw::WrongIdentifier => builder.extension(Extension::subject_key_identifier(&[7; 20])),
        };
        builder.issued_by(issuer)
    }
}

/// A target below the first entity, the anchor, and a pool.
fn case(pool: &[Described]) -> Case {
    let target = Described { holder: 0, issuer: 1, flaw: Flaw::None };
    let anchor = Described { holder: ANCHOR, issuer: ANCHOR, flaw: Flaw::None };
    Case::new(target.build())
        .anchors([anchor.build()])
        .pool(pool.iter().map(Described::build))
        .purpose("server-auth")
        .name("www.example.com")
}

/// What of a verdict a reader sees first: status, path and findings.
fn said(verdict: &Verdict) -> (Status, Vec<Vec<u8>>, Vec<String>) {
    let path = verdict.best.iter().flat_map(|best| &best.path.certificates);
    let findings = verdict.all_findings().map(|finding| format!("{} {}", finding.code, finding.message));
    (verdict.status, path.map(|sourced| sourced.certificate.der().to_vec()).collect(), findings.collect())
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn one_more_in_the_pool_never_takes_trust_away(pool in pool(), more in pool(), which: Index) {
        let more = which.get(&more);
        let before = case(&pool).verdict().status;
        let after = case(&[pool.as_slice(), std::slice::from_ref(more)].concat()).verdict().status;
        prop_assert!(before != Status::Trusted || after == Status::Trusted, "{after:?} with {more:?}");
    }

    #[test]
    fn the_order_of_the_pool_changes_nothing(
        (pool, shuffled) in pool().prop_flat_map(|pool| (Just(pool.clone()), Just(pool).prop_shuffle()))
    ) {
        prop_assert_eq!(said(&case(&pool).verdict()), said(&case(&shuffled).verdict()));
    }

    #[test]
    fn a_verified_path_is_verified_by_itself(pool in pool()) {
        let verdict = case(&pool).verdict();
        let Some(best) = &verdict.best else { return Err(TestCaseError::fail("no path is shown")) };
        prop_assert_eq!(best.is_trusted(), verdict.status == Status::Trusted);
        let policy = case(&[]).policy().clone();
        let cache = VerifyCache::new();
        let again = validate(best.path.clone(), &policy, Time::from_unix(time::MIDDLE), &mut Verifier::new(&cache));
        prop_assert_eq!(again.is_trusted(), best.is_trusted());
        let codes = |findings: &[Finding]| findings.iter().map(|finding| finding.code).collect::<Vec<_>>();
        prop_assert_eq!(codes(&again.findings), codes(&best.findings));
    }
}

/// The properties say nothing unless pools of both kinds come up.
#[test]
fn pools_are_sound_and_unsound() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let statuses: BTreeSet<String> = (0..50)
        .map(|_| {
            let pool = pool().new_tree(&mut runner).expect("a pool can be made").current();
            format!("{:?}", case(&pool).verdict().status)
        })
        .collect();
    assert_eq!(statuses.len(), 2, "{statuses:?}");
}
