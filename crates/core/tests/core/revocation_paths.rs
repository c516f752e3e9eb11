//! Revocation and the search for paths: what is asked of which certificate, what
//! binds which path, and what hostile evidence may cost.

use certlens_core::anchors::AnchorUse;
use certlens_core::policy::{RevocationMode, RevocationScope};
use certlens_core::revocation::{MAX_REVOCATION_SIGNATURES, MAX_SIGNER_PATHS};
use certlens_core::verdict::Status;
use certlens_testkit::{
    Ca, CertificateBuilder, CrlBuilder, CrlEntry, Extension, IdpSpec, Issuer, Key, KeyUsage, Name, time,
};

use crate::crl_scope::point_of;
use crate::harness::{Case, Pki, target};
use crate::revocation::{SERIAL, anchor_crl, case, good, revoked, sources, unknown};

const CA_SERIAL: &[u8] = &[0x0c, 0xa1];
const NONE: [&[u8]; 0] = [];

fn best_effort(case: Case) -> Case {
    case.with(|policy| policy.revocation.mode = RevocationMode::BestEffort)
}

#[test]
fn how_much_must_be_known() {
    let pki = Pki::new();
    let nothing = || pki.case(target()).require_revocation(NONE);
    let errors = &["error revocation-unknown@0", "error revocation-unknown@1"];
    nothing().expect("required", Status::Indeterminate, errors);
    let warnings = &["warning revocation-unknown@0", "warning revocation-unknown@1"];
    best_effort(nothing()).trusted("best effort", warnings);
    let only = |case: Case| case.with(|policy| policy.revocation.scope = RevocationScope::EndEntity);
    only(nothing()).expect("the end entity", Status::Indeterminate, &errors[..1]);
    nothing().with(|policy| policy.revocation.mode = RevocationMode::None).trusted("not looked at", &[]);
    revoked(
        &best_effort(case(&pki, [CrlBuilder::new().entry(SERIAL).signed_by(&pki.intermediate)])),
        "revoked",
        &["revoked"],
    );
}

#[test]
fn a_revoked_intermediate() {
    let pki = Pki::new();
    let ca = Ca::issued(Ca::builder("Intermediate", Key::p256(1)).serial(CA_SERIAL), &pki.anchor);
    let crls = || [CrlBuilder::new().entry(CA_SERIAL).signed_by(&pki.anchor), CrlBuilder::new().signed_by(&ca)];
    let case =
        || Case::new(target().issued_by(&ca)).pool([ca.der()]).anchors([pki.anchor.der()]).require_revocation(crls());
    case().untrusted("revoked", &["error revoked@1"]);
    best_effort(case()).untrusted("revoked", &["error revoked@1"]);
    case().with(|policy| policy.revocation.scope = RevocationScope::EndEntity).trusted("not looked at", &[]);
}

#[test]
fn anchors_are_not_looked_at() {
    let anchor = Ca::self_signed(Ca::builder("Anchor", Key::p256(0)).serial(CA_SERIAL));
    let crl = || [CrlBuilder::new().entry(CA_SERIAL).signed_by(&anchor)];
    let below = Case::new(target().issued_by(&anchor)).anchors([anchor.der()]).require_revocation(crl());
    good(&below, "its own CRL lists the anchor", &["good"]);
    let itself = Case::new(anchor.der()).anchors([anchor.der()]).require_revocation(crl());
    itself.trusted("the target is the anchor", &[]);
    // A name and a key are no certificate: what they signed can be revoked.
    let as_key = itself.with(|policy| policy.anchor_use = AnchorUse::NameAndKey);
    revoked(&as_key, "by its own key", &["revoked"]);
}

/// Two certificates of one CA, by two anchors.
struct TwoPaths {
    anchors: [Ca; 2],
    cas: [Ca; 2],
}

impl TwoPaths {
    fn new() -> TwoPaths {
        let anchors = [Ca::anchor("Anchor 1", Key::p256(0)), Ca::anchor("Anchor 2", Key::p256(3))];
        let ca = |anchor: &Ca| Ca::issued(Ca::builder("Intermediate", Key::p256(1)).serial(CA_SERIAL), anchor);
        let cas = [ca(&anchors[0]), ca(&anchors[1])];
        TwoPaths { anchors, cas }
    }

    /// The target with its paths in both orders.
    fn cases(&self, target: &CertificateBuilder, pool: &[Vec<u8>], crls: &[Vec<u8>]) -> [Case; 2] {
        let target = target.issued_by(&self.cas[0]);
        let ([ca, other_ca], [anchor, other_anchor]) = (&self.cas, &self.anchors);
        [[(ca, anchor), (other_ca, other_anchor)], [(other_ca, other_anchor), (ca, anchor)]].map(|order| {
            let pool = order.map(|(ca, _)| ca.der().to_vec()).into_iter().chain(pool.to_vec());
            let anchors = order.map(|(_, anchor)| anchor.der().to_vec());
            Case::new(target.clone()).pool(pool).anchors(anchors).require_revocation(crls)
        })
    }
}

#[test]
fn another_path_avoids_a_revoked_intermediate() {
    let two = TwoPaths::new();
    let crls = [
        CrlBuilder::new().entry(CA_SERIAL).signed_by(&two.anchors[0]),
        CrlBuilder::new().signed_by(&two.anchors[1]),
        CrlBuilder::new().signed_by(&two.cas[0]),
    ];
    for case in two.cases(&target(), &[], &crls) {
        case.trusted("the other path", &[]);
    }
    for case in two.cases(&target(), &[], &crls[..1]) {
        // The other path only lacks evidence.
        let errors = &["error revocation-unknown@0", "error revocation-unknown@1"];
        case.expect("not known", Status::Indeterminate, errors);
    }
    let both = [crls[0].clone(), CrlBuilder::new().entry(CA_SERIAL).signed_by(&two.anchors[1]), crls[2].clone()];
    for case in two.cases(&target(), &[], &both) {
        case.untrusted("both are revoked", &["error revoked@1"]);
    }
}

#[test]
fn a_revocation_binds_every_path() {
    let two = TwoPaths::new();
    // Only the second anchor vouches for the CRL's issuer.
    let builder = CertificateBuilder::bare(Name::cn("CRL issuer"), Key::p256(7));
    let signer = builder.extension(Extension::key_usage(&[KeyUsage::CrlSign])).issued_by(&two.anchors[1]);
    let scope = IdpSpec { indirect: true, ..IdpSpec::default() };
    let entry = CrlEntry { certificate_issuer: Some(Name::cn("Intermediate")), ..CrlEntry::new(SERIAL) };
    let listing = CrlBuilder::new().issuing_distribution_point(&scope).entry_full(entry);
    let target = target().serial(SERIAL).extension(Extension::crl_distribution_points_of(&[point_of("CRL issuer")]));
    let mut crls = vec![
        CrlBuilder::new().signed_by(&two.anchors[0]),
        CrlBuilder::new().signed_by(&two.anchors[1]),
        listing.signed_by(Issuer::new("CRL issuer", Key::p256(7))),
    ];
    for case in two.cases(&target, std::slice::from_ref(&signer), &crls) {
        case.untrusted("seen before and after", &["error revoked@0"]);
        best_effort(case).all_paths().untrusted("with best effort", &["error revoked@0"]);
    }
    // Good by another source on one path, revoked on the other one.
    crls.push(CrlBuilder::new().signed_by(&two.cas[0]));
    for case in two.cases(&target, &[signer], &crls) {
        case.all_paths().untrusted("even when the other path has a good source", &["error revoked@0"]);
    }
}

/// CRLs of the intermediate's name, newer than the true one, that nobody signed.
fn forged(count: usize) -> Vec<Vec<u8>> {
    let crl = |number: usize| CrlBuilder::new().number(number as i64).this_update(time::THIS_UPDATE + 60);
    (1..=count)
        .map(|number| {
            crl(number).entry(SERIAL).corrupt_signature().signed_by(Issuer::new("Intermediate", Key::p256(1)))
        })
        .collect()
}

#[test]
fn a_mass_of_forged_crls_hides_nothing() {
    let pki = Pki::new();
    let own = |crl: CrlBuilder| case(&pki, [crl.signed_by(&pki.intermediate)]);
    let few = || forged(100);
    let hidden = own(CrlBuilder::new().entry(SERIAL)).require_revocation(few());
    assert!(hidden.verdict().errors().iter().any(|finding| finding.code.to_string() == "revoked"));
    let verdict = own(CrlBuilder::new()).require_revocation(few()).trusted("good among forged ones", &[]);
    // The report stays short.
    assert!(sources(&verdict, 0).len() <= 33);
    let many = forged(MAX_REVOCATION_SIGNATURES);
    for crl in [CrlBuilder::new(), CrlBuilder::new().entry(SERIAL)] {
        let crl = crl.signed_by(&pki.intermediate);
        for mode in [RevocationMode::Require, RevocationMode::BestEffort] {
            let case = case(&pki, [&crl]).require_revocation(&many).with(|policy| policy.revocation.mode = mode);
            let verdict = case.verdict();
            // What the limit left unseen may be a revocation, with best effort too.
            assert_eq!(verdict.status, Status::Indeterminate, "{mode:?}");
            assert!(verdict.signatures <= MAX_REVOCATION_SIGNATURES + 10, "{}", verdict.signatures);
        }
    }
}

#[test]
fn a_mass_of_signers() {
    let pki = Pki::new();
    let candidate = |number: u32| {
        let builder = CertificateBuilder::bare(Name::cn("Intermediate"), Key::p256(100 + number));
        builder.extension(Extension::key_usage(&[KeyUsage::CrlSign])).issued_by(&pki.anchor)
    };
    let pool: Vec<_> = (0..1_100).map(candidate).collect();
    let signer = Issuer::new("Intermediate", Key::p256(100 + 1_099));
    // Its key identifier tells the right one.
    let crl = CrlBuilder::new().signed_by(&signer);
    good(&case(&pki, [crl]).pool(pool.clone()), "the last one", &["good"]);
    let unmarked = case(&pki, [CrlBuilder::new().without("2.5.29.35").signed_by(&signer)]).pool(pool);
    unmarked.clone().expect(
        "too many",
        Status::Indeterminate,
        &["error revocation-unknown@0", "error revocation-unknown@1"],
    );
    best_effort(unmarked).expect(
        "with best effort",
        Status::Indeterminate,
        &["error revocation-unknown@0", "error revocation-unknown@1"],
    );
}

#[test]
fn a_mass_of_paths_of_signers() {
    let pki = Pki::new();
    let name = |number: u32| format!("CRL issuer {number}");
    let count = MAX_SIGNER_PATHS as u32 + 1;
    let crl = |number: u32| {
        // The last one, which alone is valid, has the oldest CRL.
        let crl = CrlBuilder::new().this_update(time::THIS_UPDATE - i64::from(number));
        let crl = crl.issuing_distribution_point(&IdpSpec { indirect: true, ..IdpSpec::default() });
        crl.signed_by(Issuer::new(&name(number), Key::p256(100 + number)))
    };
    let signer = |number: u32, valid: bool| {
        let builder = CertificateBuilder::bare(Name::cn(&name(number)), Key::p256(100 + number));
        let builder = builder.extension(Extension::key_usage(&[KeyUsage::CrlSign]));
        if valid { builder } else { builder.validity(time::CA_START, time::START) }.issued_by(&pki.anchor)
    };
    let with = |count: u32| {
        let points: Vec<_> = (0..count).map(|number| point_of(&name(number))).collect();
        let target = target().serial(SERIAL).extension(Extension::crl_distribution_points_of(&points));
        let pool: Vec<_> = (0..count).map(|number| signer(number, number + 1 == count)).collect();
        pki.case(target).pool(pool).require_revocation([anchor_crl(&pki)]).require_revocation((0..count).map(crl))
    };
    assert_eq!(with(count - 1).verdict().status, Status::Trusted);
    assert_eq!(with(count).verdict().status, Status::Indeterminate);
    assert_eq!(best_effort(with(count)).verdict().status, Status::Indeterminate);
}

#[test]
fn many_points_and_many_names_cost_little() {
    let pki = Pki::new();
    let uri = |place: usize| format!("http://crl.example/{place}");
    let points: Vec<_> = (0..1_000).map(|place| certlens_testkit::DistributionPointSpec::uri(&uri(place))).collect();
    let target = target().serial(SERIAL).extension(Extension::crl_distribution_points_of(&points));
    let names = (2_000..2_100).map(|place| certlens_testkit::GeneralName::uri(uri(place))).collect();
    let scope = IdpSpec { full_name: names, ..IdpSpec::default() };
    let sign = |number: i64| {
        let crl = CrlBuilder::new().number(number).issuing_distribution_point(&scope);
        crl.corrupt_signature().signed_by(&pki.intermediate)
    };
    let crls: Vec<_> = (1..=1_000).map(sign).collect();
    let case = pki.case(target).require_revocation([anchor_crl(&pki)]).require_revocation(crls);
    let verdict = case.expect("none is in common", Status::Indeterminate, &["error revocation-unknown@0"]);
    assert!(sources(&verdict, 0).iter().all(|source| source == "crl-no-common-distribution-point"));
    unknown(
        &pki.case(crate::harness::target().serial(SERIAL)).require_revocation([anchor_crl(&pki)]),
        "nothing given",
        &[],
    );
}
