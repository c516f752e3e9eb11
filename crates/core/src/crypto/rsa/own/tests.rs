use super::*;
use crate::crypto::vectors::{MESSAGE, Vector, private_exponent, public_key, spki, vector, vectors};
use crate::x509::spki::PublicKey;

fn rsa_key(spki: &[u8]) -> RsaKey<'_> {
    match public_key(spki) {
        PublicKey::Rsa { n, e, .. } => RsaKey::new(n, e).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Signs any encoded message with the private exponent of a test key.
fn sign(key: &RsaKey<'_>, name: &str, encoded: &[u8]) -> Vec<u8> {
    let modulus = BigUint::from_bytes_be(key.modulus);
    let representative = BigUint::from_bytes_be(encoded);
    assert!(representative < modulus);
    let signed = representative.modpow(&BigUint::from_bytes_be(&private_exponent(name)), &modulus).to_bytes_be();
    let mut signature = vec![0; key.modulus.len() - signed.len()];
    signature.extend(signed);
    signature
}

#[test]
fn own_code_agrees_with_openssl_on_every_rsa_vector() {
    let mut seen = 0;
    for Vector { key, name, algorithm, signature } in vectors() {
        let check = |message: &[u8], signature: &[u8]| {
            let spki = spki(key);
            match algorithm {
                SignatureAlgorithm::RsaPkcs1(hash) => {
                    Some(verify_pkcs1(&rsa_key(&spki), hash, message.into(), signature))
                }
                SignatureAlgorithm::RsaPss(parameters) => {
                    let salt = parameters.salt_len as usize;
                    Some(verify_pss(&rsa_key(&spki), parameters, salt, message.into(), signature))
                }
                _ => None,
            }
        };
        let Some(result) = check(MESSAGE, &signature) else { continue };
        seen += 1;
        assert_eq!(result, Ok(()), "{key} {name}");
        assert_eq!(check(&MESSAGE[1..], &signature), Some(Err(VerifyError::Invalid)), "{key} {name}");
        let mut changed = signature;
        changed[10] ^= 1;
        assert_eq!(check(MESSAGE, &changed), Some(Err(VerifyError::Invalid)), "{key} {name}");
    }
    assert!(seen > 40, "{seen}");
}

fn digest_info(algorithm: HashAlgorithm) -> Vec<u8> {
    let value = hash(algorithm, &[MESSAGE]).unwrap();
    [digest_info_prefix(algorithm).unwrap(), value.as_bytes()].concat()
}

#[test]
fn a_forged_cube_with_garbage_after_the_hash_is_refused() {
    // With an exponent of 3 the cube root of "00 01 FF.. 00 DigestInfo garbage"
    // is a signature to any verifier that does not look at the end.
    let spki = spki("rsa2048e3");
    let key = rsa_key(&spki);
    for algorithm in [HashAlgorithm::Md5, HashAlgorithm::Sha1, HashAlgorithm::Sha224, HashAlgorithm::Sha256] {
        let wanted = [&[0, 1][..], &[0xff; 8], &[0], &digest_info(algorithm)].concat();
        let mut target = wanted.clone();
        target.resize(256, 0);
        let forged = BigUint::from_bytes_be(&target).cbrt() + 1_u8;
        let mut signature = vec![0; 256 - forged.to_bytes_be().len()];
        signature.extend(forged.to_bytes_be());
        // The forgery is a good one: a lenient verifier would find what it looks for.
        assert!(public_operation(&key, &signature, 256).unwrap().starts_with(&wanted));

        assert_eq!(verify_pkcs1(&key, algorithm, MESSAGE.into(), &signature), Err(VerifyError::Invalid));
        let library = crate::crypto::rsa::verify_pkcs1(&key, algorithm, MESSAGE.into(), &signature);
        assert_eq!(library, Err(VerifyError::Invalid), "{algorithm:?}");
    }
}

#[test]
fn pkcs1_encodings_that_no_honest_signer_makes() {
    let spki = spki("rsa2048");
    let key = rsa_key(&spki);
    let algorithm = HashAlgorithm::Sha256;
    let info = digest_info(algorithm);
    let encode = |start: [u8; 2], padding: &[u8], separator: &[u8], info: &[u8], end: &[u8]| {
        [&start[..], padding, separator, info, end].concat()
    };
    let ff = vec![0xff; 256 - 3 - info.len()];
    let mut without_null = vec![0x30, 0x2f, 0x30, 0x0b];
    without_null.extend(&info[4..15]);
    without_null.extend(&info[17..]);
    let mut spoilt = ff.clone();
    spoilt[20] = 0xfe;
    for (what, encoded, good) in [
        ("correct", encode([0, 1], &ff, &[0], &info, &[]), true),
        ("block type 2", encode([0, 2], &ff, &[0], &info, &[]), false),
        ("block type 0", encode([0, 0], &vec![0; ff.len()], &[0], &info, &[]), false),
        ("first octet 1", encode([1, 1], &ff, &[0], &info, &[]), false),
        ("garbage after the hash", encode([0, 1], &ff[..100], &[0], &info, &ff[100..]), false),
        ("padding spoilt", encode([0, 1], &spoilt, &[0], &info, &[]), false),
        ("no separator", encode([0, 1], &ff, &[0xff], &info, &[]), false),
        ("no NULL", encode([0, 1], &[&ff[..], &[0xff; 2]].concat(), &[0], &without_null, &[]), false),
        ("only the hash", encode([0, 1], &[&ff[..], &[0xff; 19]].concat(), &[0], &info[19..], &[]), false),
    ] {
        assert_eq!(encoded.len(), 256, "{what}");
        let signature = sign(&key, "rsa2048", &encoded);
        let expected = if good { Ok(()) } else { Err(VerifyError::Invalid) };
        assert_eq!(verify_pkcs1(&key, algorithm, MESSAGE.into(), &signature), expected, "{what}");
        let library = crate::crypto::rsa::verify_pkcs1(&key, algorithm, MESSAGE.into(), &signature);
        assert_eq!(library, expected, "{what}, as aws-lc sees it");
    }
}

#[test]
fn a_modulus_too_short_for_the_hash() {
    let spki = spki("rsa512");
    let key = rsa_key(&spki);
    for (algorithm, fits) in [(HashAlgorithm::Sha256, true), (HashAlgorithm::Sha384, false)] {
        let result = verify_pkcs1(&key, algorithm, MESSAGE.into(), &[1; 64]);
        assert_eq!(matches!(result, Err(VerifyError::MalformedKey(_))), !fits, "{result:?}");
    }
    let parameters = PssParameters { hash: HashAlgorithm::Sha512, mgf_hash: HashAlgorithm::Sha512, salt_len: 0 };
    assert_eq!(verify_pss(&key, parameters, 0, MESSAGE.into(), &[1; 64]), Err(VerifyError::Invalid));
}

/// What to get wrong in an EMSA-PSS encoding.
#[derive(Clone, Copy, Default)]
struct Wrong {
    trailer: bool,
    leading_bits: u8,
    padding: bool,
    separator: bool,
    salt: bool,
}

/// EMSA-PSS-ENCODE (RFC 8017 §9.1.1) with SHA-1 and 20 octets of salt, and a mistake.
fn pss_encode(bits: usize, salt: u8, wrong: Wrong) -> Vec<u8> {
    let (algorithm, salt) = (HashAlgorithm::Sha1, [salt; 20]);
    let octets = (bits - 1).div_ceil(8);
    let value = hash(algorithm, &[MESSAGE]).unwrap();
    let signed_salt = if wrong.salt { [!salt[0]; 20] } else { salt };
    let h = hash(algorithm, &[&[0; 8], value.as_bytes(), &signed_salt]).unwrap();
    let mut block = vec![0; octets - 20 - 1 - 21];
    if wrong.padding {
        // Not the first octet, some bits of which are cut away.
        block[1] = 0x80;
    }
    block.push(if wrong.separator { 0x02 } else { 0x01 });
    block.extend(salt);
    let mask = mgf1(algorithm, h.as_bytes(), block.len()).unwrap();
    block.iter_mut().zip(&mask).for_each(|(octet, mask)| *octet ^= mask);
    block[0] &= 0xff >> (8 * octets - (bits - 1));
    block[0] |= wrong.leading_bits;
    [&block[..], h.as_bytes(), &[if wrong.trailer { 0xcc } else { 0xbc }]].concat()
}

#[test]
fn pss_encodings_that_no_honest_signer_makes() {
    let parameters = PssParameters { hash: HashAlgorithm::Sha1, mgf_hash: HashAlgorithm::Sha1, salt_len: 20 };
    for (name, bits) in [("rsa1023", 1023), ("rsa2048", 2048), ("rsa2049", 2049)] {
        let spki = spki(name);
        let key = rsa_key(&spki);
        let check = |salt_len: usize, encoded: &[u8]| {
            let parameters = PssParameters { salt_len: salt_len as u32, ..parameters };
            verify_pss(&key, parameters, salt_len, MESSAGE.into(), &sign(&key, name, encoded))
        };
        let good = pss_encode(bits, 0x5a, Wrong::default());
        assert_eq!(check(20, &good), Ok(()), "{name}");
        for salt_len in [0, 19, 21, 32] {
            assert_eq!(check(salt_len, &good), Err(VerifyError::Invalid), "{name}, salt {salt_len}");
        }
        for (what, wrong) in [
            ("trailer", Wrong { trailer: true, ..Wrong::default() }),
            ("padding", Wrong { padding: true, ..Wrong::default() }),
            ("separator", Wrong { separator: true, ..Wrong::default() }),
            ("salt", Wrong { salt: true, ..Wrong::default() }),
        ] {
            assert_eq!(check(20, &pss_encode(bits, 0x5a, wrong)), Err(VerifyError::Invalid), "{name}, {what}");
        }
    }
    // A bit between emBits and the end of its octet: emBits of this key is 1022.
    let spki = spki("rsa1023");
    let key = rsa_key(&spki);
    let modulus = BigUint::from_bytes_be(key.modulus);
    let wrong = Wrong { leading_bits: 0x40, ..Wrong::default() };
    // Not every salt gives an encoding below the modulus.
    let salt = (0..=255).find(|salt| BigUint::from_bytes_be(&pss_encode(1023, *salt, wrong)) < modulus).unwrap();
    let check = |wrong| {
        let signature = sign(&key, "rsa1023", &pss_encode(1023, salt, wrong));
        verify_pss(&key, parameters, 20, MESSAGE.into(), &signature)
    };
    assert_eq!(check(Wrong::default()), Ok(()));
    assert_eq!(check(wrong), Err(VerifyError::Invalid));
}

#[test]
fn a_representative_with_an_octet_too_many_is_refused() {
    // The encoded message of a modulus of 8k + 1 bits is k octets long.
    let spki = spki("rsa2049");
    let key = rsa_key(&spki);
    let mut encoded = pss_encode(2049, 0x5a, Wrong::default());
    assert_eq!(encoded.len(), 256);
    encoded.insert(0, 1);
    // Below the modulus; the check comes before any of these octets is looked at.
    encoded[1] = 0;
    let signature = sign(&key, "rsa2049", &encoded);
    assert_eq!(public_operation(&key, &signature, 256), Err(VerifyError::Invalid));
    assert_eq!(public_operation(&key, &signature, 257), Ok(encoded));
}

#[test]
fn a_signature_not_below_the_modulus() {
    let spki = spki("rsa2048");
    let key = rsa_key(&spki);
    let Vector { signature, .. } = vector("rsa2048", "rsa-sha224");
    let modulus = BigUint::from_bytes_be(key.modulus);
    assert_eq!(public_operation(&key, key.modulus, 256), Err(VerifyError::Invalid));
    // The same residue, beyond the modulus: correct to whoever forgets to look.
    let beyond = (BigUint::from_bytes_be(&signature) + &modulus).to_bytes_be();
    assert_eq!(public_operation(&key, &beyond, 256), Err(VerifyError::Invalid));
    assert!(public_operation(&key, &(modulus - 1_u8).to_bytes_be(), 256).is_ok());
}

#[test]
fn the_largest_key_takes_bounded_time() {
    let modulus = vec![0xff; crate::crypto::rsa::RSA_MAX_MODULUS_BITS / 8];
    let key = RsaKey { modulus: &modulus, exponent: &[1, 0xff, 0xff, 0xff, 0xff], bits: 16_384 };
    let result = verify_pkcs1(&key, HashAlgorithm::Sha256, MESSAGE.into(), &vec![0x77; modulus.len()]);
    assert_eq!(result, Err(VerifyError::Invalid));
}
