//! Which algorithms and keys are accepted, under which profile, with what
//! allowed.

use certlens_core::verdict::Status;
use certlens_testkit::{Ca, CertificateBuilder, Key, Name, Signing, der};

use crate::harness::{Case, Pki, target};

/// A chain of three made with these keys: anchor, intermediate, target.
fn chain(keys: [Key; 3], signing: Option<Signing>) -> Case {
    let sign = |builder: CertificateBuilder| match signing {
        Some(signing) => builder.signing(signing),
        None => builder,
    };
    let anchor = Ca::anchor("Anchor", keys[0]);
    let intermediate = Ca::issued(sign(Ca::builder("Intermediate", keys[1])), &anchor);
    let target = sign(CertificateBuilder::new(Name::cn("Target"), keys[2])).issued_by(&intermediate);
    Case::new(target).pool([intermediate.der()]).anchors([anchor.der()])
}

#[test]
fn sound_algorithms() {
    for (what, keys, signing) in [
        ("RSA", [Key::rsa2048(0), Key::rsa2048(1), Key::rsa2048(0)], None),
        ("RSA with SHA-384", [Key::rsa2048(0), Key::rsa2048(1), Key::p256(0)], Some(Signing::RsaSha384)),
        ("RSA with SHA-512", [Key::rsa2048(0), Key::rsa2048(1), Key::p256(0)], Some(Signing::RsaSha512)),
        ("P-256", [Key::p256(0), Key::p256(1), Key::p256(2)], None),
        ("P-256 with SHA-512", [Key::p256(0), Key::p256(1), Key::p256(2)], Some(Signing::EcdsaSha512)),
        ("P-384", [Key::p384(0), Key::p384(1), Key::p384(2)], None),
        ("P-384 with SHA-256", [Key::p384(0), Key::p384(1), Key::p384(2)], Some(Signing::EcdsaSha256)),
        ("P-521", [Key::p521(0), Key::p521(1), Key::p521(2)], None),
        ("mixed", [Key::rsa2048(0), Key::p384(1), Key::p256(2)], None),
    ] {
        chain(keys, signing).trusted(what, &[]);
        chain(keys, signing).web().trusted(what, &[]);
    }
}

#[test]
fn algorithms_beyond_the_web_profile() {
    for (what, key) in [("Ed25519", Key::ed25519 as fn(u32) -> Key), ("ML-DSA-65", Key::ml_dsa_65)] {
        let case = chain([key(0), key(1), key(2)], None);
        case.trusted(what, &[]);
        case.web().allow_weak("all").untrusted(
            what,
            &[
                "error key-refused@0",
                "error key-refused@1",
                "error key-refused@2",
                "error signature-algorithm-refused@0",
                "error signature-algorithm-refused@1",
            ],
        );
    }
}

#[test]
fn sha1_is_refused_unless_allowed() {
    let refused = ["error signature-sha1@0", "error signature-sha1@1"];
    for (what, keys, signing) in [
        ("RSA", [Key::rsa2048(0), Key::rsa2048(1), Key::p256(2)], Signing::RsaSha1),
        ("ECDSA", [Key::p256(0), Key::p256(1), Key::p256(2)], Signing::EcdsaSha1),
    ] {
        let case = chain(keys, Some(signing));
        case.untrusted(what, &refused);
        case.clone().allow_weak("rsa1024").untrusted(what, &refused);
        case.clone().allow_weak("sha1").trusted(what, &["warning signature-sha1@0", "warning signature-sha1@1"]);
        case.web().allow_weak("all").untrusted(what, &refused);
    }
}

#[test]
fn short_rsa_keys_are_refused_unless_allowed() {
    let case = chain([Key::rsa2048(0), Key::rsa1024(), Key::p256(0)], None);
    case.untrusted("of the intermediate", &["error key-rsa-too-small@1"]);
    case.clone().allow_weak("sha1").untrusted("of the intermediate", &["error key-rsa-too-small@1"]);
    case.clone().allow_weak("rsa1024").trusted("of the intermediate", &["warning key-rsa-too-small@1"]);
    case.web().allow_weak("all").untrusted("of the intermediate", &["error key-rsa-too-small@1"]);
    // The signature on an anchor is never judged, its key is.
    let case = chain([Key::rsa1024(), Key::p256(1), Key::rsa1024()], None);
    case.untrusted("of anchor and target", &["error key-rsa-too-small@0", "error key-rsa-too-small@2"]);
    case.allow_weak("rsa1024")
        .trusted("of anchor and target", &["warning key-rsa-too-small@0", "warning key-rsa-too-small@2"]);
}

#[test]
fn the_signature_on_an_anchor_is_never_judged() {
    let anchor = Ca::self_signed(Ca::builder("Anchor", Key::rsa2048(0)).signing(Signing::RsaSha1));
    let case = Case::new(target().issued_by(&anchor)).anchors([anchor.der()]);
    case.trusted("above a target", &[]);
    case.web().trusted("above a target", &[]);
    Case::new(anchor.der()).anchors([anchor.der()]).trusted("as target", &[]);
}

#[test]
fn a_weakness_that_is_allowed_does_not_excuse_a_wrong_signature() {
    let anchor = Ca::anchor("Anchor", Key::rsa2048(0));
    let target = target().signing(Signing::RsaSha1).corrupt_signature().issued_by(&anchor);
    Case::new(target)
        .anchors([anchor.der()])
        .allow_weak("all")
        .untrusted("SHA-1", &["warning signature-sha1@0", "error signature-invalid@0"]);
}

#[test]
fn unknown_algorithms_are_named_and_never_accepted() {
    let pki = Pki::new();
    let unknown = || der::algorithm("1.2.3.4", &[]);
    let target = target().inner_algorithm(unknown()).outer_algorithm(unknown());
    pki.case(target)
        .allow_weak("all")
        .untrusted("signature", &["error signature-algorithm-refused@0", "error signature-not-verifiable@0"]);
    let key = der::sequence([der::algorithm("1.2.3.4", &[]), der::bit_string(0, &[1])]);
    pki.case(crate::harness::target().spki(key)).allow_weak("all").untrusted("key", &["error key-refused@0"]);
    let curve = der::algorithm("1.2.840.10045.2.1", &der::oid("1.3.132.0.10"));
    let key = der::sequence([curve, der::bit_string(0, &[4; 65])]);
    pki.case(crate::harness::target().spki(key)).untrusted("secp256k1", &["error key-refused@0"]);
}

#[test]
fn signatures_that_are_not_the_issuers() {
    let pki = Pki::new();
    let wrong = ["error signature-invalid@0"];
    for (what, builder) in [
        ("last bit flipped", target().corrupt_signature()),
        ("empty", target().edit_signature(|_| der::bit_string(0, &[]))),
        ("zeros", target().edit_signature(|_| der::bit_string(0, &[0; 64]))),
        (
            "r and s zero",
            target().edit_signature(|_| der::bit_string(0, &der::sequence([der::integer(0), der::integer(0)]))),
        ),
        (
            "r and s one",
            target().edit_signature(|_| der::bit_string(0, &der::sequence([der::integer(1), der::integer(1)]))),
        ),
        (
            "not whole octets",
            target().edit_signature(|der| {
                let mut bits = der::open(&der).0.to_vec();
                bits[0] = 1;
                *bits.last_mut().unwrap() &= 0xfe;
                der::tlv(der::tag::BIT_STRING, &bits)
            }),
        ),
        (
            "octet behind it",
            target().edit_signature(|der| der::tlv(der::tag::BIT_STRING, &[der::open(&der).0, &[0]].concat())),
        ),
        (
            "of other contents",
            target().edit_tbs(|tbs| tbs).edit_certificate(|der| {
                // The time of one day later, written over the signed one.
                let at = der.windows(13).position(|window| window == b"260101000000Z").unwrap();
                let mut der = der;
                der[at + 5] = b'2';
                der
            }),
        ),
    ] {
        pki.case(builder).untrusted(what, &wrong);
    }
    let other_kind =
        target().inner_algorithm(Signing::RsaSha256.identifier()).outer_algorithm(Signing::RsaSha256.identifier());
    pki.case(other_kind).untrusted("another kind of key", &wrong);
}

#[test]
fn the_same_edge_is_verified_once() {
    let pki = Pki::new();
    let verdict = pki.case(target()).verdict();
    assert_eq!((verdict.status, verdict.signatures), (Status::Trusted, 2));
}
