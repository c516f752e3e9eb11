//! Test keys, the same in every run, and signatures made with them.
//!
//! Every private key here is public knowledge and good for nothing but tests.
//! EC, Ed25519 and ML-DSA keys are derived from a number; RSA keys, which are
//! slow to find, are committed beside this file (made once with `openssl
//! genpkey -algorithm RSA | openssl pkcs8 -topk8 -nocrypt -outform DER`).

mod rsa;

use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521};
use aws_lc_rs::digest::{self, Digest, SHA256, SHA384, SHA512, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, ML_DSA_65_SIGNING, PqdsaKeyPair,
};

use crate::der;
use rsa::RsaKey;

const DERIVABLE: &str = "a derived key is in range";

/// A test key: a kind and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    kind: Kind,
    number: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    P256,
    P384,
    P521,
    Ed25519,
    MlDsa65,
    Rsa2048,
    Rsa1024,
}

/// How something is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the algorithm it names")]
pub enum Signing {
    RsaSha1,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha1,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    Ed25519,
    MlDsa65,
}

impl Signing {
    /// The AlgorithmIdentifier, encoded: NULL parameters for RSA (RFC 4055 §5),
    /// none for the others.
    pub fn identifier(self) -> Vec<u8> {
        let (oid, parameters) = match self {
            Signing::RsaSha1 => ("1.2.840.113549.1.1.5", der::null()),
            Signing::RsaSha256 => ("1.2.840.113549.1.1.11", der::null()),
            Signing::RsaSha384 => ("1.2.840.113549.1.1.12", der::null()),
            Signing::RsaSha512 => ("1.2.840.113549.1.1.13", der::null()),
            Signing::EcdsaSha1 => ("1.2.840.10045.4.1", Vec::new()),
            Signing::EcdsaSha256 => ("1.2.840.10045.4.3.2", Vec::new()),
            Signing::EcdsaSha384 => ("1.2.840.10045.4.3.3", Vec::new()),
            Signing::EcdsaSha512 => ("1.2.840.10045.4.3.4", Vec::new()),
            Signing::Ed25519 => ("1.3.101.112", Vec::new()),
            Signing::MlDsa65 => ("2.16.840.1.101.3.4.3.18", Vec::new()),
        };
        der::algorithm(oid, &parameters)
    }

    fn hash(self) -> &'static digest::Algorithm {
        match self {
            Signing::RsaSha1 | Signing::EcdsaSha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Signing::RsaSha256 | Signing::EcdsaSha256 => &SHA256,
            Signing::RsaSha384 | Signing::EcdsaSha384 => &SHA384,
            Signing::RsaSha512 | Signing::EcdsaSha512 | Signing::Ed25519 | Signing::MlDsa65 => &SHA512,
        }
    }
}

impl Key {
    /// The P-256 key with this number.
    pub fn p256(number: u32) -> Key {
        Key { kind: Kind::P256, number }
    }

    /// The P-384 key with this number.
    pub fn p384(number: u32) -> Key {
        Key { kind: Kind::P384, number }
    }

    /// The P-521 key with this number.
    pub fn p521(number: u32) -> Key {
        Key { kind: Kind::P521, number }
    }

    /// The Ed25519 key with this number.
    pub fn ed25519(number: u32) -> Key {
        Key { kind: Kind::Ed25519, number }
    }

    /// The ML-DSA-65 key with this number.
    pub fn ml_dsa_65(number: u32) -> Key {
        Key { kind: Kind::MlDsa65, number }
    }

    /// An RSA key of 2048 bits; there are two, even numbers are the first.
    pub fn rsa2048(number: u32) -> Key {
        Key { kind: Kind::Rsa2048, number: number % 2 }
    }

    /// The RSA key of 1024 bits.
    pub fn rsa1024() -> Key {
        Key { kind: Kind::Rsa1024, number: 0 }
    }

    /// The SubjectPublicKeyInfo, encoded.
    pub fn spki(&self) -> Vec<u8> {
        let (algorithm, key) = match self.kind {
            Kind::P256 => (ec_algorithm("1.2.840.10045.3.1.7"), self.ec_point()),
            Kind::P384 => (ec_algorithm("1.3.132.0.34"), self.ec_point()),
            Kind::P521 => (ec_algorithm("1.3.132.0.35"), self.ec_point()),
            Kind::Ed25519 => (der::algorithm("1.3.101.112", &[]), self.ed25519_pair().public_key().as_ref().to_vec()),
            Kind::MlDsa65 => {
                let key = self.ml_dsa_pair().public_key().as_ref().to_vec();
                (der::algorithm("2.16.840.1.101.3.4.3.18", &[]), key)
            }
            Kind::Rsa2048 | Kind::Rsa1024 => {
                (der::algorithm("1.2.840.113549.1.1.1", &der::null()), self.rsa_key().public_key())
            }
        };
        der::sequence([algorithm, der::bit_string(0, &key)])
    }

    /// The private key as PKCS#8 version 1, unencrypted.
    pub fn pkcs8(&self) -> Vec<u8> {
        let document = match self.kind {
            Kind::P256 | Kind::P384 | Kind::P521 => self.ec_pair().to_pkcs8v1(),
            Kind::Ed25519 => self.ed25519_pair().to_pkcs8v1(),
            Kind::MlDsa65 => self.ml_dsa_pair().to_pkcs8v1(),
            Kind::Rsa2048 | Kind::Rsa1024 => return self.rsa_pkcs8().to_vec(),
        };
        document.expect("a key pair can be written").as_ref().to_vec()
    }

    /// The key identifier of RFC 5280 §4.2.1.2 (1): SHA-1 of the key's octets.
    pub fn key_identifier(&self) -> Vec<u8> {
        let spki = self.spki();
        let (content, _) = der::open(&spki);
        let (_, bit_string) = der::open(content);
        let (bits, _) = der::open(bit_string);
        let octets = bits.get(1..).unwrap_or_default();
        digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, octets).as_ref().to_vec()
    }

    /// How this key signs unless told otherwise.
    pub fn default_signing(&self) -> Signing {
        match self.kind {
            Kind::P256 => Signing::EcdsaSha256,
            Kind::P384 => Signing::EcdsaSha384,
            Kind::P521 => Signing::EcdsaSha512,
            Kind::Ed25519 => Signing::Ed25519,
            Kind::MlDsa65 => Signing::MlDsa65,
            Kind::Rsa2048 | Kind::Rsa1024 => Signing::RsaSha256,
        }
    }

    /// Signs a message.
    ///
    /// # Panics
    ///
    /// When the key cannot sign in this way.
    pub fn sign(&self, signing: Signing, message: &[u8]) -> Vec<u8> {
        match (self.kind, signing) {
            (
                Kind::Rsa2048 | Kind::Rsa1024,
                Signing::RsaSha1 | Signing::RsaSha256 | Signing::RsaSha384 | Signing::RsaSha512,
            ) => self.rsa_key().sign_pkcs1(&digest(signing.hash(), message)),
            (
                Kind::P256 | Kind::P384 | Kind::P521,
                Signing::EcdsaSha1 | Signing::EcdsaSha256 | Signing::EcdsaSha384 | Signing::EcdsaSha512,
            ) => self.sign_ecdsa(signing, message),
            (Kind::Ed25519, Signing::Ed25519) => self.ed25519_pair().sign(message).as_ref().to_vec(),
            (Kind::MlDsa65, Signing::MlDsa65) => {
                let mut signature = vec![0; ML_DSA_65_SIGNING.signature_len()];
                let length = self.ml_dsa_pair().sign(message, &mut signature).expect("ML-DSA can sign");
                signature.truncate(length);
                signature
            }
            _ => panic!("{self:?} cannot sign by {signing:?}"),
        }
    }

    /// A fixed string of `length` octets, at most 64, that depends on kind and number.
    fn seed(&self, length: usize) -> Vec<u8> {
        let label = format!("certlens test key {:?} {}", self.kind, self.number);
        let mut seed = digest(&SHA512, label.as_bytes()).as_ref().to_vec();
        seed.truncate(length);
        seed
    }

    /// The private scalar: below the order of its curve, since the orders of
    /// P-256 and P-384 start with 32 one bits or more, and since 512 bits are
    /// fewer than P-521's order has.
    fn ec_scalar(&self) -> Vec<u8> {
        match self.kind {
            Kind::P256 => self.seed(32),
            Kind::P384 => self.seed(48),
            _ => [vec![0; 2], self.seed(64)].concat(),
        }
    }

    fn ec_point(&self) -> Vec<u8> {
        let curve = match self.kind {
            Kind::P256 => &ECDH_P256,
            Kind::P384 => &ECDH_P384,
            _ => &ECDH_P521,
        };
        let private = agreement::PrivateKey::from_private_key(curve, &self.ec_scalar()).expect(DERIVABLE);
        private.compute_public_key().expect(DERIVABLE).as_ref().to_vec()
    }

    fn ec_pair(&self) -> EcdsaKeyPair {
        let (signing, _) = self.ec_signing();
        EcdsaKeyPair::from_private_key_and_public_key(signing, &self.ec_scalar(), &self.ec_point()).expect(DERIVABLE)
    }

    /// One way to sign for each curve, with the hash that it takes.
    fn ec_signing(&self) -> (&'static EcdsaSigningAlgorithm, &'static digest::Algorithm) {
        match self.kind {
            Kind::P256 => (&ECDSA_P256_SHA256_ASN1_SIGNING, &SHA256),
            Kind::P384 => (&ECDSA_P384_SHA384_ASN1_SIGNING, &SHA384),
            _ => (&ECDSA_P521_SHA512_ASN1_SIGNING, &SHA512),
        }
    }

    /// Signs over any hash. ECDSA takes the hash's first bits, as many as the
    /// curve's order has, as an integer (FIPS 186-5 §6.4.1), so that a longer one
    /// can be cut and a shorter one padded in front to the length that the
    /// library wants.
    fn sign_ecdsa(&self, signing: Signing, message: &[u8]) -> Vec<u8> {
        let (_, wanted) = self.ec_signing();
        let hash = digest(signing.hash(), message);
        let mut value = vec![0; wanted.output_len().saturating_sub(hash.as_ref().len())];
        value.extend(hash.as_ref());
        value.truncate(wanted.output_len());
        let value = Digest::import_less_safe(&value, wanted).expect("the value has the hash's length");
        self.ec_pair().sign_digest(&value).expect("ECDSA can sign").as_ref().to_vec()
    }

    fn ed25519_pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&self.seed(32)).expect(DERIVABLE)
    }

    fn ml_dsa_pair(&self) -> PqdsaKeyPair {
        PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, &self.seed(32)).expect(DERIVABLE)
    }

    fn rsa_pkcs8(&self) -> &'static [u8] {
        match (self.kind, self.number) {
            (Kind::Rsa1024, _) => include_bytes!("key/rsa-1024.pk8"),
            (_, 0) => include_bytes!("key/rsa-2048-0.pk8"),
            _ => include_bytes!("key/rsa-2048-1.pk8"),
        }
    }

    fn rsa_key(&self) -> RsaKey {
        RsaKey::from_pkcs8(self.rsa_pkcs8())
    }
}

fn ec_algorithm(curve: &str) -> Vec<u8> {
    der::algorithm("1.2.840.10045.2.1", &der::oid(curve))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA1_ASN1, ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA384_ASN1,
        ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA512_ASN1, ED25519, ML_DSA_65,
        RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        RSA_PKCS1_2048_8192_SHA384, UnparsedPublicKey, VerificationAlgorithm,
    };

    fn public_octets(key: Key) -> Vec<u8> {
        let spki = key.spki();
        let (_, bits) = der::open(der::open(&spki).0);
        der::open(bits).0[1..].to_vec()
    }

    #[test]
    fn signatures_verify_with_the_public_key() {
        let cases: &[(Key, Signing, &'static dyn VerificationAlgorithm)] = &[
            (Key::p256(0), Signing::EcdsaSha256, &ECDSA_P256_SHA256_ASN1),
            (Key::p256(1), Signing::EcdsaSha1, &ECDSA_P256_SHA1_ASN1),
            (Key::p256(2), Signing::EcdsaSha384, &ECDSA_P256_SHA384_ASN1),
            (Key::p384(0), Signing::EcdsaSha384, &ECDSA_P384_SHA384_ASN1),
            (Key::p384(1), Signing::EcdsaSha512, &ECDSA_P384_SHA512_ASN1),
            (Key::p521(1), Signing::EcdsaSha256, &ECDSA_P521_SHA256_ASN1),
            (Key::p521(0), Signing::EcdsaSha512, &ECDSA_P521_SHA512_ASN1),
            (Key::ed25519(0), Signing::Ed25519, &ED25519),
            (Key::ml_dsa_65(0), Signing::MlDsa65, &ML_DSA_65),
            (Key::rsa2048(0), Signing::RsaSha256, &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
            (Key::rsa2048(1), Signing::RsaSha384, &RSA_PKCS1_2048_8192_SHA384),
            (Key::rsa1024(), Signing::RsaSha1, &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        ];
        for (key, signing, algorithm) in cases {
            let signature = key.sign(*signing, b"message");
            let public = public_octets(*key);
            let public = UnparsedPublicKey::new(*algorithm, &public);
            assert!(public.verify(b"message", &signature).is_ok(), "{key:?} {signing:?}");
            assert!(public.verify(b"massage", &signature).is_err(), "{key:?} {signing:?}");
        }
    }

    #[test]
    fn keys_are_fixed_and_distinct() {
        assert_eq!(Key::p256(3).spki(), Key::p256(3).spki());
        let mut all: Vec<Vec<u8>> = (0..16).map(|number| Key::p256(number).spki()).collect();
        all.extend((0..16).map(|number| Key::ed25519(number).spki()));
        all.extend([Key::rsa2048(0).spki(), Key::rsa2048(1).spki(), Key::rsa1024().spki()]);
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        assert_eq!(Key::p256(0).key_identifier().len(), 20);
        assert_eq!(Key::rsa2048(2), Key::rsa2048(0));
    }

    #[test]
    fn private_keys_can_be_written() {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &Key::p256(0).pkcs8()).unwrap();
        assert_eq!(pair.public_key().as_ref(), public_octets(Key::p256(0)));
        let pair = Ed25519KeyPair::from_pkcs8(&Key::ed25519(0).pkcs8()).unwrap();
        assert_eq!(pair.public_key().as_ref(), public_octets(Key::ed25519(0)));
        assert!(Key::rsa2048(0).pkcs8().len() > 1000);
    }
}
