use super::*;
use crate::crypto::vectors::{MESSAGE, Vector, public_key, spki, vector};

fn parts<'a>(key: &PublicKey<'a>) -> (DsaParameters<'a>, Integer<'a>) {
    match key {
        PublicKey::Dsa { parameters: Some(parameters), y } => (*parameters, *y),
        other => panic!("{other:?}"),
    }
}

#[test]
fn inherited_parameters() {
    let spki = spki("dsa2048-256");
    let own = public_key(&spki);
    let (parameters, y) = parts(&own);
    let bare = PublicKey::Dsa { parameters: None, y };
    let Vector { algorithm, signature, .. } = vector("dsa2048-256", "dsa-sha256");
    let verify = |key: &PublicKey<'_>| crate::crypto::verify::verify(&algorithm, key, MESSAGE, &signature);

    assert_eq!(verify(&bare), Err(VerifyError::DsaParametersMissing));
    assert_eq!(verify(&resolve_dsa(bare, None)), Err(VerifyError::DsaParametersMissing));
    if cfg!(feature = "legacy") {
        assert_eq!(verify(&resolve_dsa(bare, Some(parameters))), Ok(()));
    }
    // A key's own parameters stay, whatever the issuer has.
    let other = self::spki("dsa1024-160");
    let (foreign, _) = parts(&public_key(&other));
    assert_eq!(parts(&resolve_dsa(own, Some(foreign))).0, parameters);
    assert!(matches!(resolve_dsa(PublicKey::Ed25519(&[]), Some(foreign)), PublicKey::Ed25519(_)));
}

#[cfg(not(feature = "legacy"))]
#[test]
fn the_missing_feature_is_named() {
    let spki = spki("dsa1024-160");
    let Vector { algorithm, signature, .. } = vector("dsa1024-160", "dsa-sha1");
    let result = crate::crypto::verify::verify(&algorithm, &public_key(&spki), MESSAGE, &signature);
    assert_eq!(
        result.unwrap_err().to_string(),
        "DSA with SHA-1 (this build lacks the feature `legacy`) cannot be verified"
    );
}

#[cfg(feature = "legacy")]
mod own {
    use super::*;
    use crate::crypto::algorithm::SignatureAlgorithm;
    use crate::crypto::vectors::{integer, sequence, tlv, uint};

    #[test]
    fn numbers_of_the_signature_out_of_range() {
        let spki = spki("dsa1024-160");
        let (parameters, y) = parts(&public_key(&spki));
        let Vector { signature, .. } = vector("dsa1024-160", "dsa-sha1");
        let mut content = crate::encoding::der::Cursor::silent(&signature).sequence().unwrap();
        let numbers = (content.integer().unwrap(), content.integer().unwrap());
        let (r, s) = (tlv(2, numbers.0.as_bytes()), tlv(2, numbers.1.as_bytes()));
        let q = tlv(2, parameters.q.as_bytes());
        let check = |signature: &[u8]| verify(&parameters, &y, HashAlgorithm::Sha1, MESSAGE.into(), signature);
        assert_eq!(check(&sequence(&[&r, &s])), Ok(()));

        // r + q and s + q are the same residues.
        let add_q = |number: Integer<'_>| {
            let sum = num_bigint::BigUint::from_bytes_be(number.unsigned().unwrap())
                + num_bigint::BigUint::from_bytes_be(parameters.q.unsigned().unwrap());
            uint(&sum.to_bytes_be())
        };
        for (what, bad) in [
            ("r = 0", sequence(&[&uint(&[]), &s])),
            ("s = 0", sequence(&[&r, &uint(&[])])),
            ("r = q", sequence(&[&q, &s])),
            ("s = q", sequence(&[&r, &q])),
            ("r + q", sequence(&[&add_q(numbers.0), &s])),
            ("s + q", sequence(&[&r, &add_q(numbers.1)])),
            ("r = 1, s = 1", sequence(&[&uint(&[1]), &uint(&[1])])),
            ("negative r", sequence(&[&[2, 1, 0xff], &s])),
            ("huge r", sequence(&[&uint(&[1; 600]), &s])),
            ("a third number", sequence(&[&r, &s, &s])),
            ("one number", sequence(&[&r])),
            ("not minimal", sequence(&[&tlv(2, &[&[0, 0], numbers.0.unsigned().unwrap()].concat()), &s])),
            ("octets after it", [sequence(&[&r, &s]), vec![0]].concat()),
            ("indefinite length", [&[0x30, 0x80], &r[..], &s, &[0, 0]].concat()),
            ("raw", vec![0; 40]),
        ] {
            assert_eq!(check(&bad), Err(VerifyError::Invalid), "{what}");
        }
    }

    #[test]
    fn keys_that_anyone_could_sign_for_and_keys_beyond_the_limit() {
        let spki = spki("dsa1024-160");
        let (good, y) = parts(&public_key(&spki));
        let minus_one = {
            let p = num_bigint::BigUint::from_bytes_be(good.p.unsigned().unwrap());
            uint(&(p - 1_u8).to_bytes_be())
        };
        let even_p = minus_one.clone();
        let (zero, one, p) = (uint(&[]), uint(&[1]), tlv(2, good.p.as_bytes()));
        let negative = [2, 1, 0xff];
        let long_q = uint(&[0xff; 33]);
        let even_q = {
            let mut magnitude = good.q.unsigned().unwrap().to_vec();
            *magnitude.last_mut().unwrap() &= 0xfe;
            uint(&magnitude)
        };
        let check = |parameters: &DsaParameters<'_>, y: &Integer<'_>, r: u8| {
            let signature = sequence(&[&uint(&[r]), &uint(&[1])]);
            verify(parameters, y, HashAlgorithm::Sha1, MESSAGE.into(), &signature)
        };
        assert_eq!(check(&good, &y, 1), Err(VerifyError::Invalid));
        for bad in [&zero[..], &one, &minus_one, &p, &negative] {
            let parameters = DsaParameters { g: integer(bad), ..good };
            let result = check(&parameters, &y, 1);
            assert!(matches!(result, Err(VerifyError::MalformedKey(_))), "g: {result:?}");
            let result = check(&good, &integer(bad), 1);
            assert!(matches!(result, Err(VerifyError::MalformedKey(_))), "y: {result:?}");
        }
        for (what, parameters) in [
            ("even p", DsaParameters { p: integer(&even_p), ..good }),
            ("even q", DsaParameters { q: integer(&even_q), ..good }),
            ("zero p", DsaParameters { p: integer(&zero), ..good }),
            ("zero q", DsaParameters { q: integer(&zero), ..good }),
            ("q of 264 bits", DsaParameters { q: integer(&long_q), ..good }),
            ("p below q", DsaParameters { p: integer(&one), ..good }),
        ] {
            let result = check(&parameters, &y, 1);
            assert!(matches!(result, Err(VerifyError::MalformedKey(_))), "{what}: {result:?}");
        }
        let mut longest = vec![0xff; DSA_MAX_MODULUS_BITS / 8];
        let at_limit = uint(&longest);
        assert_eq!(check(&DsaParameters { p: integer(&at_limit), ..good }, &y, 1), Err(VerifyError::Invalid));
        longest.insert(0, 1);
        let beyond = uint(&longest);
        let limit = VerifyError::LimitExceeded { name: "DSA_MAX_MODULUS_BITS", limit: 4096, found: 4097 };
        assert_eq!(check(&DsaParameters { p: integer(&beyond), ..good }, &y, 1), Err(limit.clone()));
        assert_eq!(check(&good, &integer(&beyond), 1), Err(limit));
    }

    #[test]
    fn hashes_that_dsa_never_had() {
        let spki = spki("dsa1024-160");
        let (parameters, y) = parts(&public_key(&spki));
        for hash in [HashAlgorithm::Md2, HashAlgorithm::Md5] {
            let named = VerifyError::UnsupportedAlgorithm(SignatureAlgorithm::Dsa(hash).describe());
            assert_eq!(verify(&parameters, &y, hash, MESSAGE.into(), &[]), Err(named));
        }
    }
}
