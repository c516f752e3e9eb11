use aws_lc_rs::signature::{KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair};

use super::*;
use crate::crypto::algorithm::HashAlgorithm;
use crate::crypto::rsa::{RSA_MAX_EXPONENT_BITS, RSA_MAX_MODULUS_BITS};
use crate::crypto::vectors::{
    MESSAGE, Vector, context, integer, null, oid, public_key, sequence, spki, uint, vector, vectors,
};
use crate::encoding::der::{Cursor, Decode};
use crate::x509::spki::Curve;

/// Whether only own code, behind the feature `legacy`, verifies this.
fn is_legacy(algorithm: &SignatureAlgorithm<'_>, key: &PublicKey<'_>) -> bool {
    use HashAlgorithm::{Md5, Sha1, Sha224, Sha384};
    let bits = key.bits().unwrap_or(0);
    match *algorithm {
        SignatureAlgorithm::Dsa(_) => true,
        SignatureAlgorithm::RsaPkcs1(hash) => {
            bits < 1024 || matches!(hash, Md5 | Sha224) || (hash == Sha384 && bits < 2048)
        }
        SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash, .. }) => {
            bits < 2048 || hash != mgf_hash || matches!(hash, Sha1 | Sha224)
        }
        _ => false,
    }
}

#[test]
fn every_vector_verifies_and_no_tampered_one_does() {
    let vectors = vectors();
    assert!(vectors.len() > 60);
    for Vector { key: key_name, name, algorithm, signature } in vectors {
        let what = format!("{key_name} {name}");
        let spki = spki(key_name);
        let key = public_key(&spki);
        let result = verify(&algorithm, &key, MESSAGE, &signature);
        if algorithm == SignatureAlgorithm::Ed448 || (is_legacy(&algorithm, &key) && !cfg!(feature = "legacy")) {
            assert!(matches!(result, Err(VerifyError::UnsupportedAlgorithm(_))), "{what}: {result:?}");
            continue;
        }
        assert_eq!(result, Ok(()), "{what}");

        let refused = |message: &[u8], signature: &[u8], how: &str| {
            assert_eq!(verify(&algorithm, &key, message, signature), Err(VerifyError::Invalid), "{what}: {how}");
        };
        let mut message = MESSAGE.to_vec();
        message[0] ^= 1;
        refused(&message, &signature, "message changed");
        refused(&MESSAGE[1..], &signature, "message cut");
        for at in [0, signature.len() / 2, signature.len() - 1] {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            refused(MESSAGE, &changed, "signature changed");
        }
        refused(MESSAGE, &signature[..signature.len() - 1], "signature cut at the end");
        refused(MESSAGE, &signature[1..], "signature cut at the start");
        refused(MESSAGE, &[&signature[..], &[0]].concat(), "signature with an octet after it");
        refused(MESSAGE, &[&[0], &signature[..]].concat(), "signature with an octet before it");
        refused(MESSAGE, &[], "no signature");
    }
}

#[test]
fn another_key_of_the_same_kind_does_not_verify() {
    let other = spki("rsa2048e3");
    let Vector { algorithm, signature, .. } = vector("rsa2048", "rsa-sha256");
    assert_eq!(verify(&algorithm, &public_key(&other), MESSAGE, &signature), Err(VerifyError::Invalid));
}

#[test]
fn the_hash_and_the_salt_are_part_of_the_algorithm() {
    let spki = spki("rsa2048");
    let key = public_key(&spki);
    let check = |name: &str, algorithm| verify(&algorithm, &key, MESSAGE, &vector("rsa2048", name).signature);
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    assert_eq!(check("rsa-sha256", SignatureAlgorithm::RsaPkcs1(Sha512)), Err(VerifyError::Invalid));
    let pss = |hash, salt_len| SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash: hash, salt_len });
    assert_eq!(check("pss-sha256-sha256-32", pss(Sha256, 32)), Ok(()));
    for salt_len in [0, 20, 31, 33, 222, 223, 65_535, 65_536, u32::MAX] {
        assert_eq!(check("pss-sha256-sha256-32", pss(Sha256, salt_len)), Err(VerifyError::Invalid), "{salt_len}");
    }
    assert_eq!(check("pss-sha256-sha256-32", pss(Sha384, 32)), Err(VerifyError::Invalid));
    assert_eq!(check("pss-sha256-sha256-32", SignatureAlgorithm::RsaPkcs1(Sha256)), Err(VerifyError::Invalid));
    assert_eq!(check("rsa-sha256", pss(Sha256, 32)), Err(VerifyError::Invalid));
}

#[test]
fn ml_dsa() {
    for (set, other, signing) in [
        (MlDsa::MlDsa44, MlDsa::MlDsa65, &ML_DSA_44_SIGNING),
        (MlDsa::MlDsa65, MlDsa::MlDsa87, &ML_DSA_65_SIGNING),
        (MlDsa::MlDsa87, MlDsa::MlDsa44, &ML_DSA_87_SIGNING),
    ] {
        let pair = PqdsaKeyPair::from_seed(signing, &[7; 32]).unwrap();
        let mut signature = vec![0; signing.signature_len()];
        pair.sign(MESSAGE, &mut signature).unwrap();
        let octets = pair.public_key().as_ref();
        let key = PublicKey::MlDsa(set, octets);
        let algorithm = SignatureAlgorithm::MlDsa(set);
        assert_eq!(verify(&algorithm, &key, MESSAGE, &signature), Ok(()), "{}", set.name());
        assert_eq!(verify(&algorithm, &key, &MESSAGE[1..], &signature), Err(VerifyError::Invalid));
        assert_eq!(verify(&algorithm, &key, MESSAGE, &signature[1..]), Err(VerifyError::Invalid));
        signature[100] ^= 1;
        assert_eq!(verify(&algorithm, &key, MESSAGE, &signature), Err(VerifyError::Invalid));
        let wrong = verify(&SignatureAlgorithm::MlDsa(other), &key, MESSAGE, &signature);
        assert!(matches!(wrong, Err(VerifyError::KeyMismatch { .. })), "{wrong:?}");
        let short = verify(&algorithm, &PublicKey::MlDsa(set, &octets[1..]), MESSAGE, &signature);
        assert!(matches!(short, Err(VerifyError::MalformedKey(_))), "{short:?}");
    }
}

#[test]
fn every_algorithm_refuses_every_other_kind_of_key() {
    let spkis = ["rsa2048", "p256", "ed25519", "dsa1024-160"].map(spki);
    let hash = HashAlgorithm::Sha256;
    let algorithms = [
        vec![
            SignatureAlgorithm::RsaPkcs1(hash),
            SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash: hash, salt_len: 32 }),
        ],
        vec![SignatureAlgorithm::Ecdsa(hash)],
        vec![SignatureAlgorithm::Ed25519],
        vec![SignatureAlgorithm::Dsa(hash)],
    ];
    for (own, algorithms) in algorithms.iter().enumerate() {
        for (other, spki) in spkis.iter().enumerate() {
            for algorithm in algorithms {
                let result = verify(algorithm, &public_key(spki), MESSAGE, &[0; 256]);
                let mismatch = matches!(result, Err(VerifyError::KeyMismatch { .. }));
                assert_eq!(mismatch, own != other, "{} with key {other}: {result:?}", algorithm.describe());
            }
        }
    }
    let mismatch = verify(&SignatureAlgorithm::Ed25519, &public_key(&spkis[0]), MESSAGE, &[]);
    assert_eq!(mismatch.unwrap_err().to_string(), "the algorithm needs an Ed25519 key, the key is an RSA key");
}

#[test]
fn what_cannot_be_verified_is_named() {
    let spki = spki("rsa2048");
    let key = public_key(&spki);
    let unsupported = |algorithm: SignatureAlgorithm<'_>, key: &PublicKey<'_>| {
        verify(&algorithm, key, MESSAGE, &[0; 256]).unwrap_err().to_string()
    };
    let pss_md4 = PssParameters { hash: HashAlgorithm::Md4, mgf_hash: HashAlgorithm::Sha1, salt_len: 20 };
    for (algorithm, text) in [
        (SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Md2), "MD2 with RSA cannot be verified"),
        (SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Md4), "MD4 with RSA cannot be verified"),
        (SignatureAlgorithm::RsaPss(pss_md4), "RSA-PSS with MD4, MGF1 with SHA-1, salt 20 cannot be verified"),
        (SignatureAlgorithm::RsaPssOther(oids::SHA3_256), "RSA-PSS with sha3-256 cannot be verified"),
        (SignatureAlgorithm::Ed448, "Ed448 cannot be verified"),
        (SignatureAlgorithm::Unknown(oids::SM2_WITH_SM3), "sm2-with-sm3 cannot be verified"),
    ] {
        assert_eq!(unsupported(algorithm, &key), text);
    }
    let curve = PublicKey::Ec { curve: Curve::Other(oids::SECP256K1), point: &[4; 65] };
    let ecdsa = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    assert_eq!(unsupported(ecdsa, &curve), "a key of the kind EC secp256k1 cannot be used");
    assert_eq!(
        unsupported(ecdsa, &PublicKey::Unknown(oids::GOST_2012_256)),
        "a key of the kind GOST R 34.10-2012 (256) cannot be used"
    );
    let p256 = self::spki("p256");
    let md5 = SignatureAlgorithm::Ecdsa(HashAlgorithm::Md5);
    assert_eq!(unsupported(md5, &public_key(&p256)), "ECDSA with MD5 cannot be verified");
}

#[test]
fn points_that_are_no_key() {
    let spki = spki("p256");
    let PublicKey::Ec { point, .. } = public_key(&spki) else { panic!() };
    let Vector { algorithm, signature, .. } = vector("p256", "ecdsa-sha256");
    let check = |point: &[u8]| verify(&algorithm, &PublicKey::Ec { curve: Curve::P256, point }, MESSAGE, &signature);
    assert_eq!(check(point), Ok(()));

    // The compressed form of the same point (SEC 1 §2.3.3).
    let mut compressed = point[..33].to_vec();
    compressed[0] = 2 + (point[64] & 1);
    assert_eq!(check(&compressed), Ok(()));
    compressed[0] ^= 1;
    assert_eq!(check(&compressed), Err(VerifyError::Invalid), "the mirrored point");

    let mut hybrid = point.to_vec();
    hybrid[0] = 6 + (point[64] & 1);
    let mut off_curve = point.to_vec();
    off_curve[64] ^= 1;
    let mut beyond_field = point.to_vec();
    beyond_field[1..33].fill(0xff);
    for (what, bad) in [
        ("hybrid", hybrid),
        ("not on the curve", off_curve),
        ("coordinate beyond the field", beyond_field),
        ("infinity", vec![0]),
        ("empty", vec![]),
        ("short", point[..64].to_vec()),
        ("long", [point, &[0]].concat()),
        ("a whole SubjectPublicKeyInfo", spki.clone()),
        ("a point of another curve", {
            let other = self::spki("p384");
            let PublicKey::Ec { point, .. } = public_key(&other) else { panic!() };
            point.to_vec()
        }),
    ] {
        assert!(matches!(check(&bad), Err(VerifyError::MalformedKey(_))), "{what}: {:?}", check(&bad));
    }
}

#[test]
fn ecdsa_signatures_are_der() {
    let spki = spki("p256");
    let key = public_key(&spki);
    let Vector { algorithm, signature, .. } = vector("p256", "ecdsa-sha256");
    let mut content = Cursor::silent(&signature).sequence().unwrap();
    let (r, s) = (content.integer().unwrap().as_bytes(), content.integer().unwrap().as_bytes());
    let check = |signature: &[u8]| verify(&algorithm, &key, MESSAGE, signature);
    let der = |tag, content: &[u8]| crate::crypto::vectors::tlv(tag, content);
    assert_eq!(check(&sequence(&[&der(2, r), &der(2, s)])), Ok(()));
    for (what, bad) in [
        ("r with a redundant octet", sequence(&[&der(2, &[&[0], r].concat()), &der(2, s)])),
        ("a third number", sequence(&[&der(2, r), &der(2, s), &uint(&[1])])),
        ("r is zero", sequence(&[&uint(&[]), &der(2, s)])),
        ("s is zero", sequence(&[&der(2, r), &uint(&[])])),
        ("both are zero", sequence(&[&uint(&[]), &uint(&[])])),
        ("r is negative", sequence(&[&der(2, &[0xff]), &der(2, s)])),
        ("raw octets", [&[0; 64][..]].concat()),
    ] {
        assert_eq!(check(&bad), Err(VerifyError::Invalid), "{what}");
    }
}

#[test]
fn ed25519_keys_are_raw() {
    let spki = spki("ed25519");
    let PublicKey::Ed25519(octets) = public_key(&spki) else { panic!() };
    let Vector { algorithm, signature, .. } = vector("ed25519", "ed25519");
    assert_eq!(verify(&algorithm, &PublicKey::Ed25519(octets), MESSAGE, &signature), Ok(()));
    for bad in [&spki[..], &octets[1..], &[]] {
        let result = verify(&algorithm, &PublicKey::Ed25519(bad), MESSAGE, &signature);
        assert!(matches!(result, Err(VerifyError::MalformedKey(_))), "{result:?}");
    }
}

/// An odd number of exactly these bits.
fn number(bits: usize) -> Vec<u8> {
    let mut magnitude = vec![0xff; bits.div_ceil(8)];
    magnitude[0] >>= (8 - bits % 8) % 8;
    uint(&magnitude)
}

#[test]
fn rsa_keys_are_checked_before_anything_is_computed() {
    let check = |n: &[u8], e: &[u8]| {
        let key = PublicKey::Rsa { der: &[], n: integer(n), e: integer(e), pss_only: false };
        let octets = integer(n).unsigned().map_or(0, <[u8]>::len);
        let hash = HashAlgorithm::Sha256;
        let pss = SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash: hash, salt_len: 32 });
        let signature = vec![1; octets];
        let results =
            [SignatureAlgorithm::RsaPkcs1(hash), pss].map(|algorithm| verify(&algorithm, &key, MESSAGE, &signature));
        assert_eq!(results[0], results[1]);
        results[0].clone()
    };
    let (n, e) = (number(2048), uint(&[1, 0, 1]));
    assert_eq!(check(&n, &e), Err(VerifyError::Invalid));
    assert_eq!(check(&n, &number(RSA_MAX_EXPONENT_BITS)), Err(VerifyError::Invalid));
    assert_eq!(
        check(&n, &number(RSA_MAX_EXPONENT_BITS + 1)),
        Err(VerifyError::LimitExceeded { name: "RSA_MAX_EXPONENT_BITS", limit: 33, found: 34 })
    );
    assert_eq!(
        check(&number(RSA_MAX_MODULUS_BITS + 1), &e),
        Err(VerifyError::LimitExceeded { name: "RSA_MAX_MODULUS_BITS", limit: 16_384, found: 16_385 })
    );
    for bad in [uint(&[]), uint(&[1]), uint(&[2]), uint(&[1, 0, 0]), vec![0x02, 0x01, 0xfd]] {
        assert!(matches!(check(&n, &bad), Err(VerifyError::MalformedKey(_))), "exponent {bad:?}");
    }
    let mut even = n.clone();
    *even.last_mut().unwrap() = 0xfe;
    for bad in [even, uint(&[]), vec![0x02, 0x02, 0x80, 0x01]] {
        assert!(matches!(check(&bad, &e), Err(VerifyError::MalformedKey(_))), "modulus {bad:?}");
    }
}

#[test]
fn an_rsa_signature_not_below_the_modulus_is_refused() {
    for (key_name, name) in [("rsa2048", "rsa-sha256"), ("rsa2048", "rsa-sha224"), ("rsa2048", "pss-sha1-sha1-20")] {
        let spki = spki(key_name);
        let key = public_key(&spki);
        let Vector { algorithm, .. } = vector(key_name, name);
        if is_legacy(&algorithm, &key) && !cfg!(feature = "legacy") {
            continue;
        }
        let PublicKey::Rsa { n, .. } = key else { panic!() };
        for signature in [n.unsigned().unwrap(), &[0xff; 256]] {
            assert_eq!(verify(&algorithm, &key, MESSAGE, signature), Err(VerifyError::Invalid));
        }
    }
}

#[test]
fn a_pss_key_is_for_pss_alone() {
    let plain = spki("rsa2048");
    let PublicKey::Rsa { der, n, e, .. } = public_key(&plain) else { panic!() };
    let key = PublicKey::Rsa { der, n, e, pss_only: true };
    let Vector { algorithm, signature, .. } = vector("rsa2048", "pss-sha256-sha256-32");
    assert_eq!(verify(&algorithm, &key, MESSAGE, &signature), Ok(()));
    let Vector { algorithm, signature, .. } = vector("rsa2048", "rsa-sha256");
    let result = verify(&algorithm, &key, MESSAGE, &signature);
    assert!(matches!(result, Err(VerifyError::KeyMismatch { .. })), "{result:?}");
}

#[test]
fn restrictions_of_a_pss_key() {
    let hash = |algorithm| sequence(&[&oid(algorithm), &null()]);
    let restricted = |algorithm, salt: u8| {
        let mgf1 = sequence(&[&oid(oids::MGF1), &hash(algorithm)]);
        let parameters = sequence(&[&context(0, &hash(algorithm)), &context(1, &mgf1), &context(2, &uint(&[salt]))]);
        sequence(&[&oid(oids::RSASSA_PSS), &parameters])
    };
    let check = |der: &[u8], algorithm: &SignatureAlgorithm<'_>| {
        check_key_restrictions(&AlgorithmIdentifier::decode(&mut Cursor::silent(der)).unwrap(), algorithm)
    };
    let pss = |hash, mgf_hash, salt_len| SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash, salt_len });
    use HashAlgorithm::{Sha1, Sha256};
    let sha256 = restricted(oids::SHA256, 32);
    for (algorithm, allowed) in [
        (pss(Sha256, Sha256, 32), true),
        (pss(Sha256, Sha256, 222), true),
        (pss(Sha256, Sha256, 31), false),
        (pss(Sha256, Sha1, 32), false),
        (pss(Sha1, Sha256, 32), false),
        (SignatureAlgorithm::RsaPkcs1(Sha256), false),
    ] {
        let result = check(&sha256, &algorithm);
        assert_eq!(result.is_ok(), allowed, "{}", algorithm.describe());
        assert!(allowed || matches!(result, Err(VerifyError::KeyRestriction(_))));
        let unrestricted = sequence(&[&oid(oids::RSASSA_PSS)]);
        assert_eq!(check(&unrestricted, &algorithm), Ok(()));
        assert_eq!(check(&sequence(&[&oid(oids::RSA_ENCRYPTION), &null()]), &algorithm), Ok(()));
    }
    let unknown_hash = restricted(oids::SHA3_256, 32);
    assert_eq!(check(&unknown_hash, &pss(Sha256, Sha256, 32)), Err(OTHER_HASH));
    let unreadable = sequence(&[&oid(oids::RSASSA_PSS), &null()]);
    assert!(matches!(check(&unreadable, &pss(Sha256, Sha256, 32)), Err(VerifyError::MalformedKey(_))));
}
