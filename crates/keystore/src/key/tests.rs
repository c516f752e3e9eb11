use aws_lc_rs::encoding::AsRawBytes;
use aws_lc_rs::signature::{KeyPair, ML_DSA_65_SIGNING, PqdsaKeyPair};
use certlens_core::encoding::der::{Tag, encode};
use certlens_core::x509::oid::{Oid, encode_dotted};
use certlens_core::x509::spki::MlDsa;

use super::*;
use crate::secret::Password;

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    encode(Tag::SEQUENCE, parts)
}

fn algorithm(oid: Oid<'_>, parameters: &[u8]) -> Vec<u8> {
    sequence(&[&encode(Tag::OID, &[oid.as_bytes()]), parameters])
}

fn pkcs8(version: u8, algorithm: &[u8], key: &[u8], rest: &[u8]) -> Vec<u8> {
    sequence(&[&[2, 1, version], algorithm, &encode(Tag::OCTET_STRING, &[key]), rest])
}

/// ECPrivateKey of the value one, whose point is the generator.
fn one_on_p256(octets: usize, point: Option<&[u8]>) -> Vec<u8> {
    let mut value = vec![0; octets];
    value[octets - 1] = 1;
    let public = point.map(|point| encode(Tag::context_constructed(1), &[&encode(Tag::BIT_STRING, &[&[0], point])]));
    sequence(&[&[2, 1, 1], &encode(Tag::OCTET_STRING, &[&value]), &public.unwrap_or_default()])
}

fn on_p256(key: &[u8]) -> Vec<u8> {
    let curve = encode(Tag::OID, &[oids::P256.as_bytes()]);
    pkcs8(0, &algorithm(oids::EC_PUBLIC_KEY, &curve), key, &[])
}

/// x of the generator of P-256 (FIPS 186-4 §D.1.2.3); its y is odd.
const GENERATOR_X: [u8; 32] = [
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d,
    0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
];

/// RFC 8410 §10.3: without public key, and with an attribute and the public key.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
";

#[test]
fn version_1_and_2_with_an_unknown_attribute() {
    let keys: Vec<PrivateKey> = find(ED25519.as_bytes(), None).into_iter().map(|found| found.key.unwrap()).collect();
    let [plain, full] = keys.as_slice() else { panic!("two keys") };
    assert_eq!(plain.algorithm(), &KeyAlgorithm::Ed25519);
    assert_eq!(plain.spki(), full.spki());
    assert_eq!((plain.problems(), full.problems()), (&[][..], &[][..]));
    assert_eq!(full.attributes().iter().count(), 1);
    assert_eq!(full.matches(plain.spki().unwrap()), Match::Yes);
    let text: Vec<u8> = [plain.to_pem(), full.to_pem()].iter().flat_map(|pem| pem.expose().to_vec()).collect();
    assert_eq!(String::from_utf8(text).unwrap(), ED25519, "written as they were read");

    let mut exchange = full.clone();
    exchange.set_key_usage(Some(&KeyUsageAttribute::key_exchange()));
    let exchange = PrivateKey::from_pkcs8(exchange.to_pkcs8().expose()).unwrap();
    assert_eq!(exchange.attributes().key_usage().unwrap().as_der(), [3, 2, 0, 0x10]);
    assert_eq!(exchange.attributes().iter().count(), 2, "the unknown attribute is kept");
    assert_eq!(format!("{plain:?}"), "PrivateKey(Ed25519, 0 problems)");
}

#[test]
fn a_stored_public_key_that_is_another_one() {
    let mut der = PrivateKey::read(ED25519.as_bytes(), None).unwrap().to_pkcs8().expose().to_vec();
    der.extend(encode(Tag::context(1), &[&[0], &[7; 32]]));
    der[1] += 35;
    let key = PrivateKey::from_pkcs8(&der).unwrap();
    assert_eq!(key.problems(), [KeyProblem::PublicKeyInVersion1, KeyProblem::StoredPublicKey]);
    der[4] = 1;
    assert_eq!(PrivateKey::from_pkcs8(&der).unwrap().problems(), [KeyProblem::StoredPublicKey]);
    der[4] = 2;
    let version = KeyError::Version { structure: "OneAsymmetricKey", found: Some(2) };
    assert_eq!(PrivateKey::from_pkcs8(&der), Err(version));
}

#[test]
fn points_of_elliptic_curves() {
    let key = PrivateKey::from_pkcs8(&on_p256(&one_on_p256(32, None))).unwrap();
    assert_eq!(key.algorithm(), &KeyAlgorithm::Ec(EcCurve::P256));
    let spki = key.spki().unwrap();
    assert_eq!(spki[27..59], GENERATOR_X);
    assert_eq!((key.problems(), key.matches(spki)), (&[][..], Match::Yes));

    let compressed = [&[3][..], &GENERATOR_X].concat();
    let key = PrivateKey::from_pkcs8(&on_p256(&one_on_p256(32, Some(&compressed)))).unwrap();
    assert_eq!((key.problems(), key.spki()), (&[][..], Ok(spki)));
    let other = [&[2][..], &GENERATOR_X].concat();
    let key = PrivateKey::from_pkcs8(&on_p256(&one_on_p256(32, Some(&other)))).unwrap();
    assert_eq!((key.problems(), key.spki()), (&[KeyProblem::StoredPublicKey][..], Ok(spki)));

    let short = PrivateKey::from_pkcs8(&on_p256(&one_on_p256(1, None))).unwrap();
    assert_eq!(short.problems(), [KeyProblem::PrivateValueLength { expected: 32, found: 1 }]);
    assert_eq!(short.spki(), Ok(spki));
    let mut zero = one_on_p256(32, None);
    *zero.last_mut().unwrap() = 0;
    let zero = PrivateKey::from_pkcs8(&on_p256(&zero)).unwrap();
    assert_eq!((zero.problems(), zero.spki()), (&[KeyProblem::PrivateValue][..], Err(NoPublicKey::PrivateValue)));
    assert_eq!(zero.matches(spki), Match::Unknown(NoMatch::PublicHalf(NoPublicKey::PrivateValue)));

    assert_eq!(PrivateKey::from_sec1(&one_on_p256(32, None)), Err(KeyError::NoCurve));
    let rsa = facts::spki(&rsa_encryption(), &sequence(&[&[2, 1, 33], &[2, 1, 3]]));
    assert_eq!((key.matches(&rsa), zero.matches(&rsa)), (Match::No, Match::No));
    assert_eq!(key.matches(&[0x30, 0]), Match::Unknown(NoMatch::Unreadable));
}

#[test]
fn a_curve_that_stands_inside_the_key_alone() {
    let curve = encode(Tag::context_constructed(0), &[&encode(Tag::OID, &[oids::P256.as_bytes()])]);
    let mut value = [0; 32];
    value[31] = 1;
    let inside = sequence(&[&[2, 1, 1], &encode(Tag::OCTET_STRING, &[&value]), &curve]);
    let key = PrivateKey::from_pkcs8(&pkcs8(0, &algorithm(oids::EC_PUBLIC_KEY, &[]), &inside, &[])).unwrap();
    let usual = PrivateKey::from_pkcs8(&on_p256(&one_on_p256(32, None))).unwrap();
    assert_eq!((key.spki(), key.matches(usual.spki().unwrap())), (usual.spki(), Match::Yes));
}

#[test]
fn a_curve_written_out_may_be_another_one() {
    let key = PrivateKey::from_pkcs8(&on_p256(&one_on_p256(32, None))).unwrap();
    let point = &key.spki().unwrap()[26..];
    let explicit = algorithm(oids::EC_PUBLIC_KEY, &sequence(&[&[2, 1, 1]]));
    let theirs = spki(&explicit, point);
    assert_eq!(key.matches(&theirs), Match::Unknown(NoMatch::CurveWrittenOut));
    assert_eq!(key.matches(&spki(&explicit, &[&[4], &[1; 64][..]].concat())), Match::No);
    let own = PrivateKey::from_pkcs8(&pkcs8(0, &explicit, &one_on_p256(32, Some(point)), &[])).unwrap();
    let stored = Match::Unknown(NoMatch::Stored);
    assert_eq!((own.algorithm(), own.matches(&theirs)), (&KeyAlgorithm::Ec(EcCurve::Explicit), stored));
}

#[test]
fn ml_dsa_as_seed_as_expanded_key_and_both() {
    let pair = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, &[7; 32]).unwrap();
    let expanded = pair.private_key().as_raw_bytes().unwrap();
    let seed = encode(Tag::context(0), &[&[7; 32]]);
    let octets = |octets: &[u8]| encode(Tag::OCTET_STRING, &[octets]);
    let both = |seed: &[u8]| sequence(&[&octets(seed), &octets(expanded.as_ref())]);
    let read = |key: &[u8]| PrivateKey::from_pkcs8(&pkcs8(0, &algorithm(oids::ML_DSA_65, &[]), key, &[]));
    for key in [&seed, &octets(expanded.as_ref()), &both(&[7; 32])] {
        let key = read(key).unwrap();
        assert_eq!((key.algorithm(), key.problems()), (&KeyAlgorithm::MlDsa(MlDsa::MlDsa65), &[][..]));
        assert!(key.spki().unwrap().ends_with(pair.public_key().as_ref()));
    }
    assert_eq!(read(&both(&[8; 32])).unwrap().problems(), [KeyProblem::SeedDiffers]);
    assert!(matches!(read(&encode(Tag::context(0), &[&[7; 31]])), Err(KeyError::Malformed(_))));
}

#[test]
fn small_groups() {
    // 5^3 modulo 23 = 10.
    let parameters = |numbers: &[u8]| {
        sequence(&numbers.iter().map(|n| vec![2, 1, *n]).collect::<Vec<_>>().concat().chunks(3).collect::<Vec<_>>())
    };
    let dsa = pkcs8(0, &algorithm(oids::DSA, &parameters(&[23, 11, 5])), &[2, 1, 3], &[]);
    let dsa = PrivateKey::from_pkcs8(&dsa).unwrap();
    assert_eq!(dsa.algorithm(), &KeyAlgorithm::Dsa { bits: Some(5) });
    assert!(dsa.spki().unwrap().ends_with(&[3, 4, 0, 2, 1, 10]));
    let traditional = |y| PrivateKey::from_traditional_dsa(&parameters(&[0, 23, 11, 5, y, 3])).unwrap();
    assert_eq!((traditional(10).spki(), traditional(10).problems()), (dsa.spki(), &[][..]));
    assert_eq!(traditional(9).problems(), [KeyProblem::StoredPublicKey]);
    assert_eq!(traditional(10).to_pkcs8(), dsa.to_pkcs8());

    let dh = pkcs8(0, &algorithm(algorithm::DH_KEY_AGREEMENT, &parameters(&[23, 5])), &[2, 1, 3], &[]);
    let dh = PrivateKey::from_pkcs8(&dh).unwrap();
    assert_eq!(dh.algorithm().describe(), "DH 5");
    assert!(dh.spki().unwrap().ends_with(&[3, 4, 0, 2, 1, 10]));
    assert_eq!((dh.matches(dh.spki().unwrap()), dh.matches(dsa.spki().unwrap())), (Match::Yes, Match::No));

    let bare = PrivateKey::from_pkcs8(&pkcs8(0, &algorithm(oids::DSA, &[]), &[2, 1, 3], &[])).unwrap();
    assert_eq!(bare.spki(), Err(NoPublicKey::NoParameters));
    let even = pkcs8(0, &algorithm(oids::DSA, &parameters(&[22, 11, 5])), &[2, 1, 3], &[]);
    assert_eq!(PrivateKey::from_pkcs8(&even).unwrap().spki(), Err(NoPublicKey::NoParameters));
    let large = sequence(&[&rsa::unsigned(&[0xff; 513]), &[2, 1, 11], &[2, 1, 5]]);
    let large = PrivateKey::from_pkcs8(&pkcs8(0, &algorithm(oids::DSA, &large), &[2, 1, 3], &[])).unwrap();
    assert_eq!(large.spki(), Err(NoPublicKey::TooLarge));
}

#[test]
fn other_algorithms_are_kept_by_their_identifier() {
    let oid = encode_dotted("1.2.3.4").unwrap();
    let public = encode(Tag::context(1), &[&[0, 9]]);
    let der = pkcs8(1, &algorithm(Oid::new(&oid), &[]), b"anything", &public);
    let key = PrivateKey::from_pkcs8(&der).unwrap();
    assert_eq!(key.algorithm().describe(), "1.2.3.4");
    // Nobody knows whether what stands beside it is its own.
    assert_eq!(key.matches(&spki(&algorithm(Oid::new(&oid), &[]), &[9])), Match::Unknown(NoMatch::Stored));
    assert_eq!(key.matches(&spki(&algorithm(Oid::new(&oid), &[]), &[8])), Match::No);
    assert_eq!(key.to_pkcs8().expose(), der);
    let without = PrivateKey::from_pkcs8(&pkcs8(0, &algorithm(Oid::new(&oid), &[]), b"anything", &[])).unwrap();
    assert_eq!(without.spki(), Err(NoPublicKey::NotComputed));
}

#[test]
fn text_of_other_kinds() {
    let key = PrivateKey::read(ED25519.as_bytes(), None).unwrap();
    let units = std::iter::once(0xfeff).chain(ED25519.encode_utf16());
    let bare = ED25519.lines().nth(1).unwrap();
    for file in [
        ED25519.replace('\n', "\r\n").into_bytes(),
        units.flat_map(u16::to_le_bytes).collect(),
        format!("\n{}\n{}\n", &bare[..30], &bare[30..]).into_bytes(),
    ] {
        assert_eq!(PrivateKey::read(&file, None).as_ref(), Ok(&key));
    }
    let found = &find(format!("\n {bare}").as_bytes(), None)[0];
    assert_eq!((found.offset, found.line, found.label.as_deref()), (2, None, None));
}

#[test]
fn what_is_no_key() {
    let read = |file: &[u8]| PrivateKey::read(file, None).unwrap_err().to_string();
    assert_eq!(read(b""), "expected a private key, found an empty file");
    assert!(read(&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 0]).contains("keytool -importkeystore"));
    let putty = b"PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n";
    assert_eq!(read(putty), "a PuTTY private key is not read; convert it to PKCS#8");
    let request = b"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n";
    assert_eq!(read(request), "expected a private key, found a certificate signing request (PKCS#10)");
    assert_eq!(read(b"hello"), "expected a private key, found text without any PEM block");
    let openssh = "-----BEGIN OPENSSH PRIVATE KEY-----\nYWJj\n-----END OPENSSH PRIVATE KEY-----\n";
    assert_eq!(read(openssh.as_bytes()), "an OpenSSH private key is not read; convert it to PKCS#8");
    let broken = "-----BEGIN PRIVATE KEY-----\nYW!j\n-----END PRIVATE KEY-----\n";
    assert!(read(broken.as_bytes()).contains("expected a base64 character"));
    let wrong = "-----BEGIN RSA PRIVATE KEY-----\nYWJj\n-----END RSA PRIVATE KEY-----\n";
    assert!(read(wrong.as_bytes()).contains("RSAPrivateKey"));
    let huge = PrivateKey::from_pkcs8(&vec![0; MAX_KEY_OCTETS + 1]);
    assert!(matches!(huge, Err(KeyError::LimitExceeded { name: "MAX_KEY_OCTETS", .. })));
}

#[test]
fn a_file_may_not_cost_more_than_its_limit() {
    use crate::pbe::{Cipher, Count, Encryption, Hash, Kdf, Passphrase, PbeError};
    let key = PrivateKey::read(ED25519.as_bytes(), None).unwrap();
    let encryption = |iterations| Encryption::Pbes2 {
        kdf: Kdf::Pbkdf2 { salt: vec![1; 8], iterations: Count::new(iterations), key_length: None, prf: Hash::Sha256 },
        cipher: Cipher::Aes128,
        iv: vec![2; 16],
    };
    let (right, wrong) = (Password::new("right".into()), Password::new("wrong".into()));
    let cheap = key.to_encrypted_pkcs8(&encryption(1), Passphrase::Text(&right)).unwrap();
    assert_eq!(PrivateKey::from_der(&cheap, Some(&right)).unwrap(), key);
    assert_eq!(PrivateKey::from_der(&cheap, None), Err(KeyError::PasswordNeeded));
    assert_eq!(PrivateKey::from_der(&cheap, Some(&wrong)), Err(KeyError::WrongPassword));

    // More iterations than all keys of a file may have are not even begun.
    let with = |iterations: u64| {
        let key = sequence(&[&encryption(iterations).to_der(), &encode(Tag::OCTET_STRING, &[&[0; 64]])]);
        String::from_utf8(pem::armor("ENCRYPTED PRIVATE KEY", &key).expose().to_vec()).unwrap()
    };
    let limit = |found: &FoundKey| match &found.key {
        Err(KeyError::Pbe(PbeError::Limit(limit))) => limit.name,
        Err(KeyError::WrongPassword) => "",
        other => panic!("{other:?}"),
    };
    let limits: Vec<_> = find(with(1 << 33).as_bytes(), Some(&right)).iter().map(limit).collect();
    assert_eq!(limits, ["MAX_ITERATIONS"]);
    let mut budget = Budget { rounds: 40_000, ..Budget::default() };
    let several = with(9_000).repeat(4);
    let limits: Vec<_> = find_within(several.as_bytes(), Some(&right), &mut budget).iter().map(limit).collect();
    assert_eq!(limits, ["", "", "MAX_ROUNDS", "MAX_ROUNDS"]);
    // Without a password nothing is derived, whatever the file demands.
    let costly = with(4_000_000).repeat(MAX_KEYS + 1);
    let found = find(costly.as_bytes(), None);
    assert!(found.iter().all(|found| found.key == Err(KeyError::PasswordNeeded)));
    assert_eq!(found.len(), MAX_KEYS);
}

/// Of files that are read together, no more keys are looked at than may be kept.
#[test]
fn keys_of_many_files_are_counted() {
    let file = PrivateKey::read(ED25519.as_bytes(), None).unwrap().to_pem().expose().repeat(5);
    let mut budget = Budget { keys: 7, ..Budget::default() };
    let found = [0; 3].map(|_| find_within(&file, None, &mut budget).len());
    assert_eq!((found, budget.keys), ([5, 2, 0], 0));
    assert!(budget.work.left() < MAX_KEY_WORK, "what was computed counts for all files");
    let mut spent = Budget { work: KeyWork::none(), ..Budget::default() };
    let found = find_within(&file, None, &mut spent);
    assert!(found.iter().all(|found| found.key.as_ref().unwrap().spki() == Err(NoPublicKey::WorkSpent)));
}

/// Else a file of many keys would have one taken for that of a certificate that it is not.
#[test]
fn stored_public_keys_are_not_taken_unseen() {
    let point = [&[4][..], &GENERATOR_X, &[7; 32]].concat();
    let stored = PrivateKey::from_pkcs8_within(&on_p256(&one_on_p256(32, Some(&point))), &mut KeyWork::none()).unwrap();
    assert_eq!(stored.spki(), Err(NoPublicKey::WorkSpent));
}

#[test]
fn damaged_keys_are_read_or_refused() {
    let key = PrivateKey::from_pkcs8(&on_p256(&one_on_p256(32, Some(&[&[3][..], &GENERATOR_X].concat())))).unwrap();
    let der = key.to_pkcs8();
    for at in 0..der.expose().len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut der = der.expose().to_vec();
            der[at] ^= flip;
            if let Ok(key) = PrivateKey::from_der(&der, None) {
                let _ = (key.to_pkcs8(), format!("{:?}", key.problems()));
            }
        }
    }
}

/// An RSA key of the certificate's n and e with another key's rest is not its key.
#[test]
fn the_same_public_half_is_not_enough() {
    // 33 = 3·11, e = 3, d = 7.
    let rsa = |rest: [u8; 6]| {
        let numbers: Vec<Vec<u8>> = [0, 33, 3].iter().chain(&rest).map(|number| vec![2, 1, *number]).collect();
        sequence(&numbers.iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    let theirs = |n| spki(&rsa_encryption(), &sequence(&[&[2, 1, n], &[2, 1, 3]]));
    let missing = NoMatch::PrivateHalf(KeyProblem::RsaPrimesMissing);
    for (rest, expected) in [
        ([7, 3, 11, 1, 7, 2], Match::Yes),
        ([7, 5, 7, 3, 3, 3], Match::Corrupt(KeyProblem::RsaPrimes)),
        ([9, 3, 11, 1, 7, 2], Match::Corrupt(KeyProblem::RsaPrivateExponent)),
        ([7, 3, 11, 2, 7, 2], Match::Corrupt(KeyProblem::RsaCrtExponents)),
        ([7, 3, 11, 1, 7, 3], Match::Corrupt(KeyProblem::RsaCoefficient)),
        ([7, 0, 0, 0, 0, 0], Match::Unknown(missing)),
    ] {
        let key = PrivateKey::from_pkcs1(&rsa(rest)).unwrap();
        assert_eq!((key.matches(&theirs(33)), key.matches(&theirs(35))), (expected, Match::No), "{rest:?}");
        assert!(expected.has_same_public_key() && !key.matches(&theirs(35)).has_same_public_key());
    }
    let unchecked = PrivateKey::from_pkcs1_within(&rsa([9, 3, 11, 1, 7, 2]), &mut KeyWork::none()).unwrap();
    let why = NoMatch::PrivateHalf(KeyProblem::RsaUnchecked);
    assert_eq!(unchecked.matches(&theirs(33)), Match::Unknown(why));
}

/// Where it is not computed, the public half of anybody may stand beside a private one.
#[test]
fn a_stored_public_half_proves_nothing() {
    let curve = encode(Tag::OID, &[&encode_dotted("1.3.132.0.10").unwrap()]);
    let secp256k1 = algorithm(oids::EC_PUBLIC_KEY, &curve);
    let point = [&[4][..], &[7; 64]].concat();
    let inside = one_on_p256(32, Some(&point));
    let beside = encode(Tag::context(1), &[&[0], &point]);
    let stored = Match::Unknown(NoMatch::Stored);
    for der in [pkcs8(0, &secp256k1, &inside, &[]), pkcs8(1, &secp256k1, &one_on_p256(32, None), &beside)] {
        let key = PrivateKey::from_pkcs8(&der).unwrap();
        assert_eq!(key.matches(&spki(&secp256k1, &point)), stored);
        assert_eq!(key.matches(&spki(&secp256k1, &[&[4][..], &[8; 64]].concat())), Match::No);
    }
    // A DSA key that is too large to compute: p, q, g, y, x.
    let p = rsa::unsigned(&[0xff; 513]);
    let dsa = sequence(&[&[2, 1, 0], &p, &[2, 1, 11], &[2, 1, 5], &[2, 1, 9], &[2, 1, 3]]);
    let dsa = PrivateKey::from_traditional_dsa(&dsa).unwrap();
    assert_eq!(dsa.matches(dsa.spki().unwrap()), stored);
}
