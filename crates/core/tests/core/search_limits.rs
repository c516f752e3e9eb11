//! Searches that somebody wants to be long: they end, and what they say is
//! right or names the limit.

use certlens_core::path::{MAX_PATH_CERTIFICATES, MAX_SIGNATURES};
use certlens_core::verdict::{Status, Verdict};
use certlens_testkit::{Ca, CertificateBuilder, Extension, GeneralName, Issuer, Key, Name, der, time};

use crate::harness::{self, Case, Pki};

/// Ed25519 keys sign and verify fast, and there is any number of them.
fn key(number: u32) -> Key {
    Key::ed25519(number)
}

fn target(issuer: impl AsRef<Issuer>) -> Vec<u8> {
    CertificateBuilder::new(Name::cn("Target"), key(0)).issued_by(issuer)
}

/// A chain with this number of certificates between target and anchor.
fn chain(intermediates: u32) -> Case {
    let anchor = Ca::anchor("Anchor", key(1));
    let mut issuer = anchor.clone();
    let mut pool = Vec::new();
    for number in 0..intermediates {
        issuer = Ca::intermediate(&format!("CA {number}"), key(10 + number), &issuer);
        pool.push(issuer.der().to_vec());
    }
    Case::new(target(&issuer)).pool(pool).anchors([anchor.der()])
}

#[track_caller]
fn expect_limit(verdict: &Verdict, name: &str) {
    assert_eq!(verdict.status, Status::Indeterminate);
    let named = verdict.findings.iter().any(|finding| finding.message.contains(name));
    assert!(named, "{:?}", verdict.findings);
}

#[test]
fn long_chains() {
    let longest = MAX_PATH_CERTIFICATES as u32 - 1;
    chain(longest).trusted("the longest that is followed", &[]);
    for intermediates in [longest + 1, 40, 200] {
        expect_limit(&chain(intermediates).verdict(), "MAX_PATH_CERTIFICATES");
    }
}

/// CAs of one name whose keys did not sign the target. `identifier` is the key
/// identifier that they claim.
fn impostors(count: u32, identifier: &[u8], issuer: &Ca) -> Vec<Vec<u8>> {
    let impostor = |number| {
        Ca::builder("Intermediate", key(1000 + number))
            .extension(Extension::subject_key_identifier(identifier))
            // Ends last, so that it is tried first.
            .validity(time::CA_START, time::CA_END + 1)
            .issued_by(issuer)
    };
    (0..count).map(impostor).collect()
}

#[test]
fn many_cas_of_one_name_with_wrong_keys() {
    let anchor = Ca::anchor("Anchor", key(1));
    let intermediate = Ca::intermediate("Intermediate", key(2), &anchor);
    let case = || Case::new(target(&intermediate)).anchors([anchor.der()]);
    let claimed = impostors(500, &key(2).key_identifier(), &anchor);
    let honest = impostors(500, &[7; 20], &anchor);

    case().pool(honest.clone()).pool([intermediate.der()]).trusted("honest identifiers", &[]);
    let verdict = case().pool(claimed.clone()).pool([intermediate.der()]).trusted("false identifiers", &[]);
    assert!(verdict.signatures <= MAX_SIGNATURES);
    case().pool(honest).untrusted("the right one missing", &["error issuer-not-found@0"]);

    let more = impostors(MAX_SIGNATURES as u32 + 1, &key(2).key_identifier(), &anchor);
    let verdict = case().pool(more).pool([intermediate.der()]).verdict();
    expect_limit(&verdict, "MAX_SIGNATURES");
    assert!(verdict.signatures <= MAX_SIGNATURES + 1000);
}

#[test]
fn every_path_that_could_be_trusted_was_seen_so_the_answer_is_no() {
    // More broken paths than are kept, each ending in the anchor: that some of
    // them are left out hides nothing, because none could be trusted.
    let anchor = Ca::anchor("Anchor", key(1));
    let intermediate = Ca::intermediate("Intermediate", key(2), &anchor);
    let claimed = impostors(100, &key(2).key_identifier(), &anchor);
    Case::new(target(&intermediate))
        .pool(claimed)
        .anchors([anchor.der()])
        .untrusted("100 broken paths", &["error signature-invalid@0"]);
}

#[test]
fn issuers_that_cannot_be_verified_do_not_crowd_out_the_right_one() {
    let anchor = Ca::anchor("Anchor", key(1));
    let intermediate = Ca::intermediate("Intermediate", key(2), &anchor);
    let identifier = key(2).key_identifier();
    let impostor = |number: u32| {
        Ca::builder("Intermediate", key(2))
            .extension(Extension::subject_key_identifier(&identifier))
            .validity(time::CA_START, time::CA_END + i64::from(number) + 1)
    };
    let unknown = || der::algorithm("1.2.3.4", &[]);
    let key_of_unknown_kind = |number: u32| der::sequence([unknown(), der::bit_string(0, &number.to_be_bytes())]);
    let signed: Vec<Vec<u8>> = (0..100)
        .map(|number| impostor(number).inner_algorithm(unknown()).outer_algorithm(unknown()).issued_by(&anchor))
        .collect();
    let keyed: Vec<Vec<u8>> =
        (0..100).map(|number| impostor(number).spki(key_of_unknown_kind(number)).issued_by(&anchor)).collect();
    for (what, crowd) in [("signed by an unknown algorithm", signed), ("with a key of an unknown kind", keyed)] {
        let case = Case::new(target(&intermediate)).pool(crowd).anchors([anchor.der()]);
        case.clone().pool([intermediate.der()]).trusted(what, &[]);
        assert_eq!(case.verdict().status, Status::Untrusted, "{what}, alone");
    }
}

#[test]
fn cas_that_all_certify_each_other() {
    // 12 CAs, 132 cross-certificates: more paths than anybody can walk.
    let names: Vec<String> = (0..12).map(|number| format!("CA {number}")).collect();
    let issuers: Vec<Issuer> = names.iter().zip(10..).map(|(name, number)| Issuer::new(name, key(number))).collect();
    let mut pool = Vec::new();
    for issuer in &issuers {
        for (name, number) in names.iter().zip(10..).filter(|(_, number)| key(*number) != issuer.key) {
            pool.push(Ca::builder(name, key(number)).issued_by(issuer));
        }
    }
    let anchor = Ca::anchor("Anchor", key(1));
    let case = Case::new(target(&issuers[0])).pool(pool).anchors([anchor.der()]);
    let verdict = case.refused("no way out by name", &["path-loop@2"]);
    assert_eq!(verdict.signatures, 2, "only the path that is explained is verified");
    let broken = Ca::builder("CA 0", key(10)).corrupt_signature().issued_by(&anchor);
    case.clone().pool([broken]).refused("the only way out has a wrong signature", &["signature-invalid@1"]);
    let way_out = Ca::intermediate("CA 0", key(10), &anchor);
    case.pool([way_out.der()]).trusted("with a way out", &[]);
}

/// Layers of two CAs each, alike but for their alternative names, below one
/// whose names take a megabyte: each step has to cost the same however large a
/// certificate is.
#[test]
fn a_ladder_over_a_large_certificate_is_searched_in_time() {
    let large: Vec<GeneralName> =
        (0..40_000).map(|number| GeneralName::dns(format!("name-{number}.example.com"))).collect();
    let mut pool = Vec::new();
    let layers = 8;
    for layer in 0..layers {
        let issuer = Issuer::new(&format!("Layer {}", layer + 1), Key::p256(layer + 1));
        for side in ["a", "b"] {
            let mut names = vec![GeneralName::dns(format!("{side}.example"))];
            if layer + 1 == layers {
                names.extend(large.iter().cloned());
            }
            let ca = CertificateBuilder::ca(Name::cn(&format!("Layer {layer}")), Key::p256(layer))
                .extension(Extension::subject_alt_name(names));
            pool.push(ca.issued_by(&issuer));
        }
    }
    let bottom = Issuer::new("Layer 0", Key::p256(0));
    let case = Case::new(harness::target().issued_by(&bottom)).pool(pool).anchors([Pki::new().anchor.der()]);
    case.untrusted("no way out", &["error issuer-not-found@8"]);
}

/// An issuer that was entered unasked, because there was no choice, is asked about
/// once a path through it has failed.
#[test]
fn an_unfit_only_issuer_ends_the_search() {
    let mut pool = Vec::new();
    let layers = 16;
    for layer in 0..layers {
        for side in ["a", "b"] {
            let issuer = Issuer::new(&format!("Layer {}", layer + 1), key(20 + layer + 1));
            let builder = Ca::builder(&format!("Layer {layer}"), key(20 + layer));
            let names = Extension::subject_alt_name([GeneralName::dns(format!("{side}.example"))]);
            pool.push(builder.extension(names).issued_by(&issuer));
        }
    }
    let anchor = Ca::anchor(&format!("Layer {layers}"), key(20 + layers));
    let expired = Ca::builder("Expired", key(2)).validity(time::CA_START, time::START);
    let expired = Ca::issued(expired, Issuer::new("Layer 0", key(20)));
    Case::new(target(&expired))
        .pool(pool)
        .pool([expired.der()])
        .anchors([anchor.der()])
        .refused("16 layers", &["expired@1"]);
}

/// RSA keys of the largest size that count, and are of no use for the target.
fn long_keys(count: u32) -> Vec<Vec<u8>> {
    let rsa = |number: u32| {
        let modulus = [&[0x7f; 4][..], &number.to_be_bytes(), &[0x7f; 2040]].concat();
        let key = der::sequence([der::integer_octets(&modulus), der::integer(65_537)]);
        der::sequence([der::algorithm("1.2.840.113549.1.1.1", &der::null()), der::bit_string(0, &key)])
    };
    let impostor = |number| {
        let builder = Ca::builder("Intermediate", key(2)).without_key_identifiers().spki(rsa(number));
        builder.validity(time::CA_START, time::CA_END + 1).issued_by(Ca::anchor("Anchor", key(1)))
    };
    (0..count).map(impostor).collect()
}

/// The search for an explanation starts where the other one ended, with what that
/// one verified at hand: a path that it finds is as good.
#[test]
fn a_path_that_is_found_while_explaining_counts() {
    let anchor = Ca::anchor("Anchor", key(1));
    let right = Ca::issued(Ca::builder("Intermediate", key(2)).without_key_identifiers(), &anchor);
    let target = CertificateBuilder::new(Name::cn("Target"), key(0)).without_key_identifiers().issued_by(&right);
    let case = Case::new(target).pool(long_keys(MAX_SIGNATURES as u32 / 17 + 1)).pool([right.der()]);
    let verdict = case.anchors([anchor.der()]).verdict();
    assert_eq!(verdict.status, Status::Trusted, "{:?}", verdict.findings);
}

/// Many names under many constraints cost steps before anything is compared.
#[test]
fn names_are_charged_once_for_each_ca_that_constrains_them() {
    let names = (0..5_000).map(|number| GeneralName::dns(format!("name-{number}.example.com")));
    let ca = |number: u32| {
        let constraints = Extension::name_constraints(&[], &[GeneralName::dns(format!("{number}.example"))]);
        Ca::builder("Intermediate", key(1000 + number)).without_key_identifiers().extension(constraints)
    };
    let anchor = Ca::anchor("Anchor", key(1));
    let crowd: Vec<Vec<u8>> = (0..1_000).map(|number| ca(number).issued_by(&anchor)).collect();
    let issuer = Issuer::new("Intermediate", key(2));
    let target = CertificateBuilder::new(Name::cn("Target"), key(0)).without_key_identifiers();
    let target = target.extension(Extension::subject_alt_name(names)).issued_by(&issuer);
    let verdict = Case::new(target).pool(crowd).anchors([anchor.der()]).verdict();
    expect_limit(&verdict, "MAX_SEARCH_STEPS");
}
