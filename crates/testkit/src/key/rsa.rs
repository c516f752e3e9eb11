//! RSA signatures of any hash and key length: aws-lc-rs signs neither over
//! SHA-1 nor with keys below 2048 bits, which tests of refusals need.

use aws_lc_rs::digest::{Digest, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384};
use num_bigint::BigUint;

use crate::der;

/// An RSA key: modulus, public and private exponent.
pub(super) struct RsaKey {
    modulus: BigUint,
    public_exponent: BigUint,
    private_exponent: BigUint,
}

impl RsaKey {
    /// Reads a PrivateKeyInfo of this crate (RFC 5958 §2, RFC 8017 §A.1.2).
    pub(super) fn from_pkcs8(pkcs8: &[u8]) -> RsaKey {
        let info = der::open(pkcs8).0;
        // version, algorithm, then the key in an OCTET STRING.
        let (_version, rest) = der::open(info);
        let (_algorithm, rest) = der::open(rest);
        let key = der::open(der::open(rest).0).0;
        let (_version, rest) = der::open(key);
        let (modulus, rest) = der::open(rest);
        let (public_exponent, rest) = der::open(rest);
        let (private_exponent, _) = der::open(rest);
        RsaKey {
            modulus: BigUint::from_bytes_be(modulus),
            public_exponent: BigUint::from_bytes_be(public_exponent),
            private_exponent: BigUint::from_bytes_be(private_exponent),
        }
    }

    /// RSAPublicKey, encoded (RFC 8017 §A.1.1).
    pub(super) fn public_key(&self) -> Vec<u8> {
        let number = |value: &BigUint| der::unsigned(&value.to_bytes_be());
        der::sequence([number(&self.modulus), number(&self.public_exponent)])
    }

    /// RSASSA-PKCS1-v1_5 over a hash value (RFC 8017 §8.2.1). Not in constant
    /// time: the keys are public.
    pub(super) fn sign_pkcs1(&self, hash: &Digest) -> Vec<u8> {
        let oid = match hash.algorithm() {
            algorithm if *algorithm == SHA1_FOR_LEGACY_USE_ONLY => "1.3.14.3.2.26",
            algorithm if *algorithm == SHA256 => "2.16.840.1.101.3.4.2.1",
            algorithm if *algorithm == SHA384 => "2.16.840.1.101.3.4.2.2",
            _ => "2.16.840.1.101.3.4.2.3",
        };
        let info = der::sequence([der::algorithm(oid, &der::null()), der::octet_string(hash.as_ref())]);
        let octets = self.modulus.bits().div_ceil(8) as usize;
        let padding = octets.checked_sub(info.len() + 3).expect("the key is long enough for the hash");
        let encoded = [&[0, 1][..], &vec![0xff; padding], &[0], &info].concat();
        let signature = BigUint::from_bytes_be(&encoded).modpow(&self.private_exponent, &self.modulus);
        let magnitude = signature.to_bytes_be();
        [vec![0; octets - magnitude.len()], magnitude].concat()
    }
}
