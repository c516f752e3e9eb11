//! What holds of any set of CRLs: their order changes nothing, and more of them
//! never turn a revoked certificate into a good one.

use certlens_core::policy::RevocationScope;
use certlens_core::revocation::{RevocationStatus, SourceKind};
use certlens_core::verdict::Verdict;
use certlens_testkit::{
    Ca, CrlBuilder, CrlEntry, DistributionPointSpec, Extension, GeneralName, IdpSpec, Issuer, Key, Name, time,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::crl_scope::point_of;
use crate::harness::{Case, target};
use crate::revocation::{DAY, HOLD, REMOVE, SERIAL, status};

/// Who signs a CRL.
#[derive(Clone, Copy, Debug)]
enum Signer {
    /// The certificate's issuer.
    Issuer,
    /// Another key of its name, below the same anchor.
    Twin,
    /// Another key of its name, below another trusted anchor.
    Stranger,
    /// The issuer of indirect CRLs that the certificate names.
    Indirect,
    /// Nobody: the signature is broken.
    Nobody,
}

#[derive(Clone, Copy, Debug)]
enum Scope {
    Everything,
    FirstReasons,
    OtherReasons,
    Point,
    OtherPoint,
    CasOnly,
}

/// One CRL.
#[derive(Clone, Debug)]
struct Described {
    signer: Signer,
    scope: Scope,
    number: i64,
    base: Option<i64>,
    /// Days from the verification time.
    update: i64,
    lifetime: i64,
    /// Reasons and days of the certificate's entries.
    entries: Vec<(Option<u8>, i64)>,
}

fn described() -> impl Strategy<Value = Described> {
    const SIGNERS: [Signer; 7] = [
        Signer::Issuer,
        Signer::Issuer,
        Signer::Issuer,
        Signer::Twin,
        Signer::Stranger,
        Signer::Indirect,
        Signer::Nobody,
    ];
    const SCOPES: [Scope; 7] = [
        Scope::Everything,
        Scope::Everything,
        Scope::FirstReasons,
        Scope::OtherReasons,
        Scope::Point,
        Scope::OtherPoint,
        Scope::CasOnly,
    ];
    const REASONS: [Option<u8>; 6] = [None, Some(1), Some(HOLD), Some(HOLD), Some(REMOVE), Some(9)];
    let entry = (select(&REASONS[..]), -6..3_i64);
    (
        (select(&SIGNERS[..]), select(&SCOPES[..]), 1..6_i64, prop::option::of(1..6_i64)),
        (-5..3_i64, select(&[1, 10][..]), prop::collection::vec(entry, 0..2)),
    )
        .prop_map(|((signer, scope, number, base), (update, lifetime, entries))| Described {
            signer,
            scope,
            number,
            base,
            update,
            lifetime,
            entries,
        })
}

struct World {
    anchors: [Ca; 2],
    issuer: Ca,
    pool: Vec<Vec<u8>>,
    target: Vec<u8>,
}

impl World {
    fn new() -> World {
        let anchors = [Ca::anchor("Anchor", Key::p256(0)), Ca::anchor("Other anchor", Key::p256(3))];
        let issuer = Ca::intermediate("Intermediate", Key::p256(1), &anchors[0]);
        let twin = Ca::intermediate("Intermediate", Key::p256(7), &anchors[0]);
        let stranger = Ca::intermediate("Intermediate", Key::p256(8), &anchors[1]);
        let indirect = Ca::intermediate("CRL issuer", Key::p256(9), &anchors[0]);
        let points = [DistributionPointSpec::uri("u:own"), point_of("CRL issuer")];
        let target = target().serial(SERIAL).extension(Extension::crl_distribution_points_of(&points));
        let target = target.issued_by(&issuer);
        let pool = [&issuer, &twin, &stranger, &indirect].map(|ca| ca.der().to_vec()).to_vec();
        World { anchors, issuer, pool, target }
    }

    fn crl(&self, described: &Described) -> Vec<u8> {
        let update = time::MIDDLE + described.update * DAY;
        let mut crl = CrlBuilder::new().number(described.number).this_update(update);
        crl = crl.next_update(Some(update + described.lifetime * DAY));
        if let Some(base) = described.base {
            crl = crl.delta(base);
        }
        let indirect = matches!(described.signer, Signer::Indirect);
        let scope = match described.scope {
            Scope::Everything => IdpSpec::default(),
            Scope::FirstReasons => IdpSpec { reasons: Some(vec![1, 2, 3, 4, 5]), ..IdpSpec::default() },
            Scope::OtherReasons => IdpSpec { reasons: Some(vec![6, 7, 8]), ..IdpSpec::default() },
            Scope::Point => IdpSpec { full_name: vec![GeneralName::uri("u:own")], ..IdpSpec::default() },
            Scope::OtherPoint => IdpSpec { full_name: vec![GeneralName::uri("u:other")], ..IdpSpec::default() },
            Scope::CasOnly => IdpSpec { only_ca: true, ..IdpSpec::default() },
        };
        if indirect || !matches!(described.scope, Scope::Everything) {
            crl = crl.issuing_distribution_point(&IdpSpec { indirect, ..scope });
        }
        for (reason, day) in &described.entries {
            crl = crl.entry_full(CrlEntry {
                reason: *reason,
                date: time::MIDDLE + day * DAY,
                certificate_issuer: indirect.then(|| Name::cn("Intermediate")),
                ..CrlEntry::new(SERIAL)
            });
        }
        match described.signer {
            Signer::Issuer => crl.signed_by(&self.issuer),
            Signer::Twin => crl.signed_by(Issuer::new("Intermediate", Key::p256(7))),
            Signer::Stranger => crl.signed_by(Issuer::new("Intermediate", Key::p256(8))),
            Signer::Indirect => crl.signed_by(Issuer::new("CRL issuer", Key::p256(9))),
            Signer::Nobody => crl.corrupt_signature().signed_by(&self.issuer),
        }
    }

    fn verdict(&self, crls: &[Vec<u8>]) -> Verdict {
        let of_anchors = self.anchors.each_ref().map(|anchor| CrlBuilder::new().signed_by(anchor));
        let case = Case::new(self.target.clone()).pool(self.pool.clone());
        let case = case.anchors(self.anchors.each_ref().map(Ca::der)).require_revocation(of_anchors);
        let case = case.with(|policy| policy.revocation.scope = RevocationScope::EndEntity);
        case.require_revocation(crls).verdict()
    }
}

/// A revocation in force that nothing takes back.
fn is_final(status: &RevocationStatus) -> bool {
    matches!(status, RevocationStatus::Revoked(revocation) if revocation.reason != Some(HOLD))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn more_evidence_never_makes_a_revoked_certificate_good(
        (all, some) in prop::collection::vec(described(), 1..7)
            .prop_flat_map(|all| (Just(all.clone()), subsequence((0..all.len()).collect::<Vec<_>>(), 0..=all.len()))),
        order in prop::collection::vec(any::<u32>(), 7),
    ) {
        let world = World::new();
        let crls: Vec<Vec<u8>> = all.iter().map(|described| world.crl(described)).collect();
        let found = world.verdict(&crls);

        let mut shuffled: Vec<_> = order.iter().zip(&crls).collect();
        shuffled.sort();
        let shuffled: Vec<_> = shuffled.into_iter().map(|(_, crl)| crl.clone()).collect();
        let again = world.verdict(&shuffled);
        prop_assert_eq!(found.status, again.status);
        prop_assert_eq!(status(&found, 0), status(&again, 0));

        let part: Vec<_> = some.iter().filter_map(|place| crls.get(*place).cloned()).collect();
        let before = status(&world.verdict(&part), 0);
        let after = status(&found, 0);
        if is_final(&before) {
            prop_assert!(is_final(&after), "{before:?}, then {after:?}");
        } else if let (RevocationStatus::Revoked(_), RevocationStatus::Good | RevocationStatus::RevokedLater(_)) = (&before, &after) {
            // A hold, which something newer does not know.
            let best = found.best.as_ref().expect("a path");
            let newest_hold = best.revocation[0].sources.iter().filter(|source| {
                matches!(&source.result, certlens_core::revocation::SourceResult::Revoked(_))
            });
            let newest_hold = newest_hold.filter(|source| source.kind != SourceKind::Ocsp).filter_map(|source| source.this_update).min();
            let newest_good = best.revocation[0].sources.iter().filter(|source| {
                source.result == certlens_core::revocation::SourceResult::Good
            });
            let newest_good = newest_good.filter_map(|source| source.this_update).max();
            prop_assert!(newest_good > newest_hold, "{before:?}, then {after:?}");
        }
    }
}

#[test]
fn the_place_of_a_crl_of_some_reasons_decides_nothing() {
    let crl = |signer: Signer, entries: Vec<(Option<u8>, i64)>| Described {
        signer,
        scope: Scope::FirstReasons,
        number: 1,
        base: None,
        update: -4,
        lifetime: 10,
        entries,
    };
    let world = World::new();
    let [good, later] = [crl(Signer::Issuer, vec![]), crl(Signer::Twin, vec![(None, 2)])].map(|one| world.crl(&one));
    for crls in [[good.clone(), later.clone()], [later, good]] {
        assert!(is_final(&status(&world.verdict(&crls), 0)), "what had come by then revokes");
    }
}
