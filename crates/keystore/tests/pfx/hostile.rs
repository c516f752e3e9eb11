//! Files whose author wants them to cost as much as they can, one for each thing
//! that multiplies the cost.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certlens_core::encoding::der::{Tag, encode};
use certlens_keystore::pbe::{Cipher, Count, Encryption, Hash, Kdf, Mac, MacData, Passphrase, Pkcs12Cipher};
use certlens_keystore::pfx::limits::{MAX_ATTRIBUTES, MAX_BAGS, MAX_PFX_OCTETS, MAX_PRIVATE_KEYS, MAX_SAFES};

use crate::build::*;

/// Room for what stands around the contents of the largest files.
const FRAME: usize = 200;

/// As many of these bags as a file has room for.
fn filled(bags: &[Vec<u8>]) -> Vec<u8> {
    filled_by(bags, MAX_BAGS)
}

fn filled_by(bags: &[Vec<u8>], most: usize) -> Vec<u8> {
    let mut left = MAX_PFX_OCTETS - FRAME;
    let mut all = Vec::new();
    for bag in bags.iter().cycle().take(most) {
        let Some(rest) = left.checked_sub(bag.len()) else { break };
        left = rest;
        all.push(bag.as_slice());
    }
    without_mac(&[plain_safe(&[all.concat()])])
}

fn integer(magnitude: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if magnitude.first().is_none_or(|first| first & 0x80 != 0) { &[0] } else { &[] };
    encode(Tag::INTEGER, &[sign, magnitude])
}

fn pkcs8(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    sequence(&[&[0x02, 1, 0], algorithm, &octet_string(key)])
}

fn algorithm(dotted: &str, parameters: &[u8]) -> Vec<u8> {
    sequence(&[&oid(dotted), parameters])
}

/// RSA keys of 16,384 bits whose primes do multiply to the modulus, so that all is
/// checked: one large prime, or two of the same length; all other numbers as long as
/// they may be.
fn rsa(small: bool) -> Vec<u8> {
    let long = vec![0xff; 2048];
    let (n, p, q) = if small {
        // 3 · 0x55…55 = 0xff…ff.
        (long.clone(), vec![3], vec![0x55; 2048])
    } else {
        // (2^8192 - 1)² = 2^16384 - 2^8193 + 1.
        let mut n = vec![0xff; 2048];
        n[1023] = 0xfe;
        n[1024..].fill(0);
        n[2047] = 1;
        (n, vec![0xff; 1024], vec![0xff; 1024])
    };
    let numbers = [&[][..], &n, &long, &long, &p, &q, &long, &long, &long].map(integer).concat();
    pkcs8(&algorithm("1.2.840.113549.1.1.1", &[0x05, 0]), &sequence(&[&numbers]))
}

/// Numbers with the longest prime and value that are computed with.
fn discrete(dotted: &str) -> Vec<u8> {
    let p = vec![0xff; 384];
    let parameters = if dotted == DSA { vec![&p[..], &[7; 32], &[0x7f; 384]] } else { vec![&p[..], &[0x7f; 384]] };
    let parameters: Vec<u8> = parameters.into_iter().flat_map(integer).collect();
    pkcs8(&algorithm(dotted, &sequence(&[&parameters])), &integer(&[0xff; 64]))
}

const DSA: &str = "1.2.840.10040.4.1";
const DH: &str = "1.2.840.113549.1.3.1";

fn ec(curve: &str, octets: usize) -> Vec<u8> {
    let key = sequence(&[&[0x02, 1, 1], &octet_string(&[&vec![0; octets - 1][..], &[7]].concat())]);
    pkcs8(&algorithm("1.2.840.10045.2.1", &oid(curve)), &key)
}

/// One key of each kind that is computed with.
pub(crate) fn keys() -> Vec<(&'static str, Vec<u8>)> {
    let seed = |dotted: &str| pkcs8(&algorithm(dotted, &[]), &encode(Tag::context(0), &[&[7; 32]]));
    let curve = |dotted: &str| pkcs8(&algorithm(dotted, &[]), &octet_string(&[7; 32]));
    vec![
        ("RSA with one small prime", rsa(true)),
        ("RSA", rsa(false)),
        ("DSA", discrete(DSA)),
        ("DH", discrete(DH)),
        ("P-256", ec("1.2.840.10045.3.1.7", 32)),
        ("P-384", ec("1.3.132.0.34", 48)),
        ("P-521", ec("1.3.132.0.35", 66)),
        ("Ed25519", curve("1.3.101.112")),
        ("X25519", curve("1.3.101.110")),
        ("ML-DSA-44", seed("2.16.840.1.101.3.4.3.17")),
        ("ML-DSA-87", seed("2.16.840.1.101.3.4.3.19")),
    ]
}

/// A PFX full of this key.
pub(crate) fn full_of(key: &[u8]) -> Vec<u8> {
    filled_by(&[bag(KEY, key)], MAX_PRIVATE_KEYS)
}

/// PBES2 with AES-256 by this derivation.
pub(crate) fn pbes2(kdf: Kdf) -> Encryption {
    Encryption::Pbes2 { kdf, cipher: Cipher::Aes256, iv: vec![3; 16] }
}

pub(crate) fn scrypt(n: u64, r: u64, p: u64) -> Kdf {
    let [cost, block_size, parallelization] = [n, r, p].map(Count::new);
    Kdf::Scrypt { salt: vec![5; 8], cost, block_size, parallelization, key_length: None }
}

/// A bag with a key that is encrypted in a way that is stated, and is not.
fn claimed_key(encryption: &Encryption) -> Vec<u8> {
    bag(SHROUDED_KEY, &sequence(&[&encryption.to_der(), &octet_string(&[0; 64])]))
}

/// A safe that is encrypted in a way that is stated, and is not.
fn claimed_safe(encryption: &Encryption, octets: usize) -> Vec<u8> {
    ciphertext_safe(&encryption.to_der(), &vec![0x5a; octets])
}

/// The longest ciphertext that a file has room for, in whole blocks.
const LONGEST: usize = (MAX_PFX_OCTETS - 2 * FRAME) / 16 * 16;

fn pbmac1(prf: Hash, iterations: u64, key_octets: u64) -> Vec<u8> {
    let key_length = Some(Count::new(key_octets));
    let kdf = Kdf::Pbkdf2 { salt: vec![1; 8], iterations: Count::new(iterations), key_length, prf };
    let mac = Mac::Pbmac1 { kdf, hash: Hash::Sha256 };
    with_mac_data(&[plain_safe(&[certificate_bag(b"x")])], &MacData::to_der(&mac, &[0; 32]))
}

/// Derivations: those that are refused for what they would cost, with the limit's
/// name, and those that are just allowed.
pub(crate) fn derivations() -> Vec<(&'static str, Vec<u8>, Option<&'static str>)> {
    let own = |iterations, count| without_mac(&vec![claimed_safe(&aes(iterations), 32); count]);
    let keys = |encryption: &Encryption, count| without_mac(&[plain_safe(&vec![claimed_key(encryption); count])]);
    let salted = |octets| Encryption::Pkcs12 {
        cipher: Pkcs12Cipher::TripleDes,
        salt: vec![1; octets],
        iterations: Count::new(1),
    };
    vec![
        ("safes with derivations of their own", own(600_000, MAX_SAFES), Some("MAX_ROUNDS")),
        ("keys with derivations of their own", keys(&aes(100_000), MAX_PRIVATE_KEYS), Some("MAX_ROUNDS")),
        ("iterations", own(5_000_001, 1), Some("MAX_ITERATIONS")),
        ("PBMAC1 with a huge key", pbmac1(Hash::Sha1, 1, 1 << 40), Some("MAX_MAC_KEY_OCTETS")),
        ("PBMAC1 with the longest key", pbmac1(Hash::Sha1, 5_000_000, 128), Some("MAX_ROUNDS")),
        ("PBMAC1 with a slow hash", pbmac1(Hash::Sha512, 5_000_000, 64), Some("MAX_ROUNDS")),
        ("scrypt's N", without_mac(&[claimed_safe(&pbes2(scrypt(1 << 18, 8, 1)), 32)]), Some("MAX_SCRYPT_OCTETS")),
        ("scrypt's r", without_mac(&[claimed_safe(&pbes2(scrypt(2, 257, 1)), 32)]), Some("MAX_SCRYPT_BLOCK_SIZE")),
        (
            "scrypt's p",
            without_mac(&[claimed_safe(&pbes2(scrypt(2, 8, 1 << 20)), 32)]),
            Some("MAX_SCRYPT_PARALLELIZATION"),
        ),
        ("keys by scrypt", keys(&pbes2(scrypt(1 << 14, 8, 1)), MAX_PRIVATE_KEYS), Some("MAX_ROUNDS")),
        ("salts", keys(&salted(1_025), 1), Some("MAX_SALT_OCTETS")),
        ("keys with the longest salts", keys(&salted(1_024), MAX_PRIVATE_KEYS), None),
        ("keys of one iteration", keys(&aes(1), MAX_PRIVATE_KEYS), None),
        ("scrypt before a long safe", without_mac(&[claimed_safe(&pbes2(scrypt(1 << 15, 8, 1)), LONGEST)]), None),
        (
            "scrypt with the longest blocks",
            without_mac(&[claimed_safe(&pbes2(scrypt(1 << 10, 256, 14)), LONGEST)]),
            None,
        ),
        ("a long safe by Triple DES", without_mac(&[claimed_safe(&triple_des(1), LONGEST)]), None),
    ]
}

/// What is decrypted is as long as the file, and is full of small parts.
fn decrypted(fragment: usize) -> Vec<u8> {
    let password = password();
    let phrase = Passphrase::Text(&password);
    let attribute = sequence(&[&oid("1.2.3"), &encode(Tag::SET, &[&[0x05, 0].repeat(LONGEST / 2 - 10_000)])]);
    let key = sequence(&[
        &[0x02, 1, 0],
        &algorithm("1.2.3.4", &[]),
        // A length in more octets than it needs has all of it rewritten.
        &[0x04, 0x81, 1, 7],
        &encode(Tag::context_constructed(0), &[&attribute]),
    ]);
    let ciphertext = encrypt(&aes(1), phrase, &sequence(&[&bag(KEY, &key)]));
    let info = sequence(&[&oid("1.2.840.113549.1.7.1"), &aes(1).to_der(), &fragments(&ciphertext, fragment, 0xa0)]);
    let safe = content_info("1.2.840.113549.1.7.6", &sequence(&[&[0x02, 1, 0], &info]));
    with_mac(&hmac(1), phrase, &[safe])
}

/// A string in fragments, under this identifier octet.
fn fragments(octets: &[u8], each: usize, identifier: u8) -> Vec<u8> {
    let fragments: Vec<u8> = octets.chunks(each).flat_map(octet_string).collect();
    [&[identifier, 0x80], fragments.as_slice(), &[0, 0]].concat()
}

/// A value with its length in four octets.
fn long(identifier: u8, content: &[u8]) -> Vec<u8> {
    [&[identifier, 0x84], &(content.len() as u32).to_be_bytes()[..], content].concat()
}

/// A certificate with these octets where its extensions are, and of this subject and point.
fn certificate(serial: u32, point: &[u8], curve: &str, extensions: &[u8]) -> Vec<u8> {
    let signature = algorithm("1.2.840.10045.4.3.2", &[]);
    let name = sequence(&[&encode(Tag::SET, &[&sequence(&[&oid("2.5.4.3"), &encode(Tag::UTF8_STRING, &[b"x"])])])]);
    let time = |text: &str| encode(Tag::UTC_TIME, &[text.as_bytes()]);
    let validity = sequence(&[&time("250101000000Z"), &time("350101000000Z")]);
    let bits = |octets: &[u8]| encode(Tag::BIT_STRING, &[&[0], octets]);
    let spki = sequence(&[&algorithm("1.2.840.10045.2.1", &oid(curve)), &bits(point)]);
    let extensions = match extensions {
        [] => Vec::new(),
        some => encode(Tag::context_constructed(3), &[&sequence(&[some])]),
    };
    let version = explicit(&[0x02, 1, 2]);
    let serial = integer(&[&[1], &serial.to_be_bytes()[..]].concat());
    let tbs = sequence(&[&version, &serial, &signature, &name, &validity, &name, &spki, &extensions]);
    sequence(&[&tbs, &signature, &bits(&sequence(&[&[2, 1, 5], &[2, 1, 7]]))])
}

/// Contents that are long, deep or many.
pub(crate) fn contents() -> Vec<(&'static str, Vec<u8>)> {
    let attribute = sequence(&[&oid("1.2.3"), &encode(Tag::SET, &[])]);
    let attributes = vec![attribute; MAX_ATTRIBUTES];
    let filler = sequence(&[&oid("1.2.3"), &encode(Tag::SET, &[&octet_string(&[0; 27])])]);
    let nulls = [0x05, 0].repeat(MAX_PFX_OCTETS / 2 - FRAME);
    let key_of_nulls = long(
        0x30,
        &[
            &[0x02, 1, 0][..],
            &algorithm("1.2.3.4", &[]),
            &octet_string(&[7]),
            &encode(Tag::context_constructed(0), &[&sequence(&[&oid("1.2.3"), &encode(Tag::SET, &[&nulls])])]),
        ]
        .concat(),
    );
    let deep = |identifier, levels, content: &[u8]| {
        (0..levels).fold(octet_string(content), |inside, _| long(identifier, &inside))
    };
    let large = vec![0x5a; MAX_PFX_OCTETS - 4 * FRAME];
    let within = |attribute: &[u8]| {
        let value = sequence(&[&oid("1.2.3"), &encode(Tag::SET, &[attribute])]);
        without_mac(&[plain_safe(&[bag_with("1.2.3", &octet_string(b""), &[value])])])
    };
    let framed = |content: &[u8]| sequence(&[&[0x02, 1, 3], &content_info("1.2.840.113549.1.7.1", content)]);
    let safe = |size| sequence(&[&plain_safe(&[certificate_bag(&vec![0x30; size])])]);
    let unused = certificate(0, &[2; 33], "1.2.3.4.5", &[]);
    // One point of many octets on an unknown curve for all keys, compressed, and certificates with others.
    let point = [&[2][..], &vec![7; 35_000]].concat();
    let stored = encode(Tag::context_constructed(1), &[&encode(Tag::BIT_STRING, &[&[0], &point])]);
    let ec = sequence(&[&[0x02, 1, 1], &octet_string(&[7; 32]), &stored]);
    let ec = pkcs8(&algorithm("1.2.840.10045.2.1", &oid("1.2.3.4.5")), &ec);
    let one_id = sequence(&[&oid("1.2.840.113549.1.9.21"), &encode(Tag::SET, &[&octet_string(&[1])])]);
    let paired: Vec<Vec<u8>> = std::iter::repeat_n(bag(KEY, &ec), 64)
        .chain((0..4_090).map(|at| certificate_bag(&certificate(at, &[2, 8], "1.2.3.4.5", &[]))))
        .collect();
    let same = super::hostile::ec("1.2.840.10045.3.1.7", 32);
    let misled: Vec<Vec<u8>> = std::iter::repeat_n(bag_with(KEY, &same, std::slice::from_ref(&one_id)), 64)
        .chain((0..4_090).map(|at| {
            let value = certificate(at, &[4; 65], "1.2.840.10045.3.1.7", &[]);
            let typed = sequence(&[&oid("1.2.840.113549.1.9.22.1"), &explicit(&octet_string(&value))]);
            bag_with(CERTIFICATE, &typed, std::slice::from_ref(&one_id))
        }))
        .collect();
    let short = (0..256u32).flat_map(|arc| sequence(&[&[0x06, 1, arc as u8 & 0x7f], &[0x04, 0]]));
    let short = certificate(0, b"", "1.2", &short.collect::<Vec<u8>>());
    let distinct = (0..256u32).flat_map(|arc| sequence(&[&oid(&format!("1.2.{arc}")), &[0x04, 0]]));
    let distinct = certificate(0, b"", "1.2", &distinct.collect::<Vec<u8>>());
    let names = [0x31, 7, 0x30, 5, 6, 1, 0x2a, 0x0c, 0].repeat(100_000);
    let names = sequence(&[&oid("2.5.29.17"), &octet_string(&sequence(&[&explicit4(&sequence(&[&names]))]))]);
    let named = certificate(0, b"", "1.2", &names);
    let bulky = sequence(&[&oid("1.2.3.4"), &octet_string(&vec![0x5a; 2 << 20])]);
    let issuers: Vec<Vec<u8>> = std::iter::once(certificate(0, &[4; 65], "1.2.840.10045.3.1.7", &bulky))
        .chain((1..300).map(|at| certificate(at, &[4; 65], "1.2.840.10045.3.1.7", &[])))
        .map(|octets| certificate_bag(&octets))
        .collect();
    vec![
        ("bags", filled(&[bag("1.2.3", &octet_string(b""))])),
        ("bags with attributes", filled(&[bag_with("1.2.3", &octet_string(b""), &attributes[..10])])),
        ("long bags", filled(&[bag_with("1.2.3", &octet_string(&[0; 700]), &attributes[..10])])),
        ("bags with long attributes", filled(&[bag_with("1.2.3", &octet_string(b""), &vec![filler; 10])])),
        ("certificates", filled(&[certificate_bag(&unused)])),
        ("certificates with short extensions", filled(&[certificate_bag(&short)])),
        ("certificates with short extensions, encrypted", encrypted(&certificate_bag(&short))),
        ("certificates with extensions", filled(&[certificate_bag(&distinct)])),
        ("certificates with long names", filled(&[certificate_bag(&named)])),
        ("a large certificate", without_mac(&[plain_safe(&[certificate_bag(&large)])])),
        ("a large certificate among others", without_mac(&[plain_safe(&issuers)])),
        ("keys with long points", without_mac(&[plain_safe(&paired)])),
        ("one localKeyID for all", without_mac(&[plain_safe(&misled)])),
        ("a key of many small values", without_mac(&[plain_safe(&[bag(KEY, &key_of_nulls)])])),
        ("an attribute of many small values", within(&nulls[..nulls.len() - 400])),
        ("an attribute of deep values", within(&deep(0x30, 18, &large))),
        ("strings in nested fragments", framed(&deep(0x24, 24, &large))),
        ("strings in fragments of one octet", framed(&fragments(&safe(1_000_000), 1, 0x24))),
        ("strings in fragments", framed(&fragments(&safe(3_000_000), 1_000, 0x24))),
        ("values nested to the end", [0x30, 0x80].repeat(MAX_PFX_OCTETS / 2)),
        ("fragments nested to the end", framed(&[0x24, 0x80].repeat(MAX_PFX_OCTETS / 2 - FRAME))),
        ("an encrypted safe of small values", decrypted(4_000)),
        (
            "PEM",
            pem_of("PKCS12", &without_mac(&[plain_safe(&[certificate_bag(&large[..large.len() / 4 * 3 - 80_000])])])),
        ),
        ("an OBJECT IDENTIFIER as long as the file", without_mac(&[content_info_of(&large)])),
    ]
}

/// As many of this bag as a file has room for, encrypted.
fn encrypted(bag: &[u8]) -> Vec<u8> {
    let password = password();
    let bags = bag.repeat(LONGEST / bag.len());
    let phrase = Passphrase::Text(&password);
    with_mac(&hmac(1), phrase, &[encrypted_safe(&aes(1), phrase, &[bags])])
}

/// `[4]`, a directoryName in a GeneralName.
fn explicit4(octets: &[u8]) -> Vec<u8> {
    encode(Tag::context_constructed(4), &[octets])
}

fn pem_of(label: &str, octets: &[u8]) -> Vec<u8> {
    let lines: Vec<u8> =
        octets.chunks(48).flat_map(|line| [STANDARD.encode(line).as_bytes(), b"\n"].concat()).collect();
    [format!("-----BEGIN {label}-----\n").as_bytes(), &lines, format!("-----END {label}-----\n").as_bytes()].concat()
}

fn content_info_of(oid: &[u8]) -> Vec<u8> {
    let oid: Vec<u8> = oid.iter().map(|octet| octet & 0x7f).collect();
    sequence(&[&encode(Tag::OID, &[&oid]), &explicit(&octet_string(b""))])
}

/// As many PEM blocks of this key as are read of a file.
pub(crate) fn pem(key: &[u8]) -> Vec<u8> {
    let key = certlens_keystore::key::PrivateKey::from_pkcs8(key).unwrap().to_pem();
    key.expose().repeat(certlens_keystore::key::MAX_KEYS)
}
