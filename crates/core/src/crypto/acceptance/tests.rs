use super::*;
use crate::crypto::vectors::{integer, uint};
use crate::x509::oid::oids;
use crate::x509::spki::{DsaParameters, MlDsa};
use Acceptance::{Accepted, Refused};

const RFC5280: AlgorithmPolicy = AlgorithmPolicy { profile: AlgorithmProfile::Rfc5280, allow_weak: WeakKinds::NONE };
const WEB: AlgorithmPolicy = AlgorithmPolicy { profile: AlgorithmProfile::Web, allow_weak: WeakKinds::ALL };

fn weak(kinds: &[WeakKind]) -> WeakKinds {
    kinds.iter().fold(WeakKinds::NONE, |set, kind| set.with(*kind))
}

fn pss(hash: HashAlgorithm, mgf_hash: HashAlgorithm, salt_len: u32) -> SignatureAlgorithm<'static> {
    SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash, salt_len })
}

#[test]
fn the_table_of_signature_algorithms() {
    use HashAlgorithm::{Md2, Md4, Md5, Sha1, Sha224, Sha256, Sha384, Sha512};
    use SignatureAlgorithm::{Dsa, Ecdsa, Ed448, Ed25519, RsaPkcs1};
    use WeakKind as Kind;

    let refused = |reason| (Refused(reason), Refused(reason));
    let accepted = (Accepted, Accepted);
    let not_for_web = |reason| (Accepted, Refused(reason));
    let weak = |kinds: &[WeakKind]| {
        let kinds = weak(kinds);
        (Acceptance::Weak { kinds, allowed: false }, Refused(RefusalReason::WeakForWeb(kinds)))
    };
    let pss_not_for_web = not_for_web(RefusalReason::PssNotForWeb);
    for (algorithm, (rfc5280, web)) in [
        (RsaPkcs1(Md2), refused(RefusalReason::BrokenHash(Md2))),
        (RsaPkcs1(Md4), refused(RefusalReason::BrokenHash(Md4))),
        (RsaPkcs1(Md5), weak(&[Kind::Md5])),
        (RsaPkcs1(Sha1), weak(&[Kind::Sha1])),
        (RsaPkcs1(Sha224), not_for_web(RefusalReason::HashNotForWeb(Sha224))),
        (RsaPkcs1(Sha256), accepted),
        (RsaPkcs1(Sha384), accepted),
        (RsaPkcs1(Sha512), accepted),
        (Ecdsa(Sha1), weak(&[Kind::Sha1])),
        (Ecdsa(Sha224), not_for_web(RefusalReason::HashNotForWeb(Sha224))),
        (Ecdsa(Sha256), accepted),
        (Ecdsa(Sha384), accepted),
        (Ecdsa(Sha512), accepted),
        (pss(Sha256, Sha256, 32), accepted),
        (pss(Sha384, Sha384, 48), accepted),
        (pss(Sha512, Sha512, 64), accepted),
        (pss(Sha256, Sha256, 20), pss_not_for_web),
        (pss(Sha256, Sha384, 32), pss_not_for_web),
        (pss(Sha224, Sha224, 28), not_for_web(RefusalReason::HashNotForWeb(Sha224))),
        (pss(Sha1, Sha1, 20), weak(&[Kind::Sha1])),
        (pss(Sha256, Sha1, 32), weak(&[Kind::Sha1])),
        (pss(Sha1, Md5, 20), weak(&[Kind::Sha1, Kind::Md5])),
        (pss(Sha1, Md2, 20), refused(RefusalReason::BrokenHash(Md2))),
        (SignatureAlgorithm::RsaPssOther(oids::SHA3_256), refused(RefusalReason::UnknownAlgorithm)),
        (Ed25519, not_for_web(RefusalReason::NotForWeb)),
        (Ed448, not_for_web(RefusalReason::NotForWeb)),
        (SignatureAlgorithm::MlDsa(MlDsa::MlDsa65), not_for_web(RefusalReason::NotForWeb)),
        (Dsa(Sha1), weak(&[Kind::Dsa, Kind::Sha1])),
        (Dsa(Sha256), weak(&[Kind::Dsa])),
        (SignatureAlgorithm::Unknown(oids::SM2_WITH_SM3), refused(RefusalReason::UnknownAlgorithm)),
    ] {
        assert_eq!(RFC5280.judge_signature(&algorithm), rfc5280, "{}", algorithm.describe());
        assert_eq!(WEB.judge_signature(&algorithm), web, "{} for web", algorithm.describe());
    }
}

#[test]
fn every_weakness_has_to_be_allowed() {
    let allowed = |kinds: &[WeakKind], algorithm| {
        let policy = AlgorithmPolicy { allow_weak: weak(kinds), ..RFC5280 };
        match policy.judge_signature(&algorithm) {
            Acceptance::Weak { allowed, .. } => allowed,
            other => panic!("{other:?}"),
        }
    };
    let dsa_sha1 = SignatureAlgorithm::Dsa(HashAlgorithm::Sha1);
    assert!(!allowed(&[], dsa_sha1));
    assert!(!allowed(&[WeakKind::Dsa, WeakKind::Md5, WeakKind::Rsa1024], dsa_sha1));
    assert!(!allowed(&[WeakKind::Sha1], dsa_sha1));
    assert!(allowed(&[WeakKind::Dsa, WeakKind::Sha1], dsa_sha1));
    assert!(allowed(&WeakKind::ALL, SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Md5)));
    let everything = AlgorithmPolicy { allow_weak: WeakKinds::ALL, ..RFC5280 };
    let md2 = SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Md2);
    assert_eq!(everything.judge_signature(&md2), RFC5280.judge_signature(&md2));
}

/// A number of exactly these bits, odd.
fn number(bits: usize) -> Vec<u8> {
    let mut magnitude = vec![0xff; bits.div_ceil(8)];
    magnitude[0] >>= (8 - bits % 8) % 8;
    uint(&magnitude)
}

fn judge_rsa(policy: &AlgorithmPolicy, n: &[u8], e: &[u8], pss_only: bool) -> Acceptance {
    policy.judge_key(&PublicKey::Rsa { der: &[], n: integer(n), e: integer(e), pss_only })
}

#[test]
fn the_table_of_rsa_keys() {
    let e = uint(&[1, 0, 1]);
    let kinds = weak(&[WeakKind::Rsa1024]);
    for (bits, rfc5280, web) in [
        (512, Refused(RefusalReason::RsaTooShort { bits: 512 }), Refused(RefusalReason::RsaTooShort { bits: 512 })),
        (1023, Refused(RefusalReason::RsaTooShort { bits: 1023 }), Refused(RefusalReason::RsaTooShort { bits: 1023 })),
        (1024, Acceptance::Weak { kinds, allowed: false }, Refused(RefusalReason::WeakForWeb(kinds))),
        (2047, Acceptance::Weak { kinds, allowed: false }, Refused(RefusalReason::WeakForWeb(kinds))),
        (2048, Accepted, Accepted),
        (2049, Accepted, Refused(RefusalReason::RsaNotWholeOctets { bits: 2049 })),
        (2056, Accepted, Accepted),
        (4096, Accepted, Accepted),
    ] {
        assert_eq!(judge_rsa(&RFC5280, &number(bits), &e, false), rfc5280, "{bits}");
        assert_eq!(judge_rsa(&WEB, &number(bits), &e, false), web, "{bits} for web");
    }
    let allowing = AlgorithmPolicy { allow_weak: kinds, ..RFC5280 };
    assert_eq!(judge_rsa(&allowing, &number(1024), &e, false), Acceptance::Weak { kinds, allowed: true });
    assert!(matches!(judge_rsa(&allowing, &number(1023), &e, false), Refused(_)));
    assert_eq!(judge_rsa(&RFC5280, &number(2048), &e, true), Accepted);
    assert_eq!(judge_rsa(&WEB, &number(2048), &e, true), Refused(RefusalReason::PssKeyNotForWeb));
}

#[test]
fn rsa_numbers_that_cannot_be_a_key() {
    let (n, e) = (number(2048), uint(&[3]));
    assert_eq!(judge_rsa(&WEB, &n, &e, false), Accepted);
    for bad in [uint(&[]), uint(&[1]), uint(&[2]), uint(&[1, 0, 0]), vec![0x02, 0x01, 0xfd]] {
        assert_eq!(judge_rsa(&RFC5280, &n, &bad, false), Refused(RefusalReason::RsaExponent), "{bad:?}");
    }
    let mut even = n.clone();
    *even.last_mut().unwrap() = 0xfe;
    for bad in [even, uint(&[]), vec![0x02, 0x02, 0x80, 0x01]] {
        assert_eq!(judge_rsa(&RFC5280, &bad, &e, false), Refused(RefusalReason::RsaModulus), "{bad:?}");
    }
}

#[test]
fn the_table_of_other_keys() {
    let ec = |curve| PublicKey::Ec { curve, point: &[] };
    for key in [ec(Curve::P256), ec(Curve::P384), ec(Curve::P521)] {
        assert_eq!((RFC5280.judge_key(&key), WEB.judge_key(&key)), (Accepted, Accepted));
    }
    for (key, reason) in [
        (ec(Curve::Other(oids::SECP256K1)), RefusalReason::Curve),
        (ec(Curve::Other(oids::P224)), RefusalReason::Curve),
        (ec(Curve::Explicit), RefusalReason::ExplicitCurve),
        (ec(Curve::Implicit), RefusalReason::ImplicitCurve),
        (PublicKey::Unknown(oids::GOST_2012_256), RefusalReason::UnknownAlgorithm),
    ] {
        assert_eq!((RFC5280.judge_key(&key), WEB.judge_key(&key)), (Refused(reason), Refused(reason)));
    }
    for key in [PublicKey::Ed25519(&[]), PublicKey::Ed448(&[]), PublicKey::MlDsa(MlDsa::MlDsa44, &[])] {
        assert_eq!((RFC5280.judge_key(&key), WEB.judge_key(&key)), (Accepted, Refused(RefusalReason::NotForWeb)));
    }
}

#[test]
fn the_table_of_dsa_keys() {
    let (short, long, small) = (number(1023), number(1024), uint(&[5]));
    let key = |p| PublicKey::Dsa {
        parameters: Some(DsaParameters { p, q: integer(&small), g: integer(&small) }),
        y: integer(&small),
    };
    let kinds = weak(&[WeakKind::Dsa]);
    let allowing = AlgorithmPolicy { allow_weak: kinds, ..RFC5280 };
    let too_short = Refused(RefusalReason::DsaTooShort { bits: 1023 });
    assert_eq!(allowing.judge_key(&key(integer(&short))), too_short);
    assert_eq!(WEB.judge_key(&key(integer(&short))), too_short);
    assert_eq!(RFC5280.judge_key(&key(integer(&long))), Acceptance::Weak { kinds, allowed: false });
    assert_eq!(allowing.judge_key(&key(integer(&long))), Acceptance::Weak { kinds, allowed: true });
    assert_eq!(WEB.judge_key(&key(integer(&long))), Refused(RefusalReason::WeakForWeb(kinds)));
    let bare = PublicKey::Dsa { parameters: None, y: integer(&small) };
    assert_eq!(allowing.judge_key(&bare), Refused(RefusalReason::DsaParametersMissing));
}

#[test]
fn words_of_the_command_line() {
    for kind in WeakKind::ALL {
        assert_eq!(kind.name().parse(), Ok(WeakKinds::from(kind)));
    }
    assert_eq!("all".parse(), Ok(WeakKinds::ALL));
    assert_eq!(WeakKinds::ALL.iter().collect::<Vec<_>>(), WeakKind::ALL);
    for bad in ["", "SHA1", "sha-1", "sha1,md5", "none"] {
        assert_eq!(bad.parse::<WeakKinds>(), Err(UnknownWeakKind(bad.to_string())));
    }
}

#[test]
fn reasons_read_as_sentences() {
    let both = RefusalReason::WeakForWeb(weak(&[WeakKind::Dsa, WeakKind::Sha1]));
    assert_eq!(both.to_string(), "not allowed for TLS servers: SHA-1 and DSA");
}
