//! Whether a handshake was signed by the key of the server's certificate.
//!
//! The signature is verified by certlens-core, with the key as core reads it: the TLS
//! library's own verification parses the whole certificate by the rules of the web and
//! so calls a genuine signature bad when the certificate is of version 1.

use certlens_core::crypto::algorithm::{HashAlgorithm, PssParameters, SignatureAlgorithm};
use certlens_core::crypto::error::VerifyError;
use certlens_core::crypto::verify::{check_key_restrictions, verify};
use certlens_core::x509::Certificate;
use certlens_core::x509::spki::{Curve, MlDsa, PublicKey};

use super::capture::Possession;
use super::names::{Scheme, Version};

/// The algorithm of a scheme (RFC 8446 §4.2.3, RFC 5246 §7.4.1.4.1), and for TLS 1.3 the
/// curve that goes with it.
fn algorithm(scheme: Scheme) -> Option<(SignatureAlgorithm<'static>, Option<Curve<'static>>)> {
    use HashAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    // RFC 8446 §4.2.3: the salt is as long as the hash.
    let pss = |hash: HashAlgorithm| {
        let salt_len = u32::try_from(hash.output_octets()).unwrap_or_default();
        SignatureAlgorithm::RsaPss(PssParameters { hash, mgf_hash: hash, salt_len })
    };
    Some(match scheme.0 {
        0x0201 => (SignatureAlgorithm::RsaPkcs1(Sha1), None),
        0x0401 => (SignatureAlgorithm::RsaPkcs1(Sha256), None),
        0x0501 => (SignatureAlgorithm::RsaPkcs1(Sha384), None),
        0x0601 => (SignatureAlgorithm::RsaPkcs1(Sha512), None),
        0x0203 => (SignatureAlgorithm::Ecdsa(Sha1), None),
        0x0403 => (SignatureAlgorithm::Ecdsa(Sha256), Some(Curve::P256)),
        0x0503 => (SignatureAlgorithm::Ecdsa(Sha384), Some(Curve::P384)),
        0x0603 => (SignatureAlgorithm::Ecdsa(Sha512), Some(Curve::P521)),
        0x0202 => (SignatureAlgorithm::Dsa(Sha1), None),
        0x0804 | 0x0809 => (pss(Sha256), None),
        0x0805 | 0x080a => (pss(Sha384), None),
        0x0806 | 0x080b => (pss(Sha512), None),
        0x0807 => (SignatureAlgorithm::Ed25519, None),
        0x0808 => (SignatureAlgorithm::Ed448, None),
        0x0904 => (SignatureAlgorithm::MlDsa(MlDsa::MlDsa44), None),
        0x0905 => (SignatureAlgorithm::MlDsa(MlDsa::MlDsa65), None),
        0x0906 => (SignatureAlgorithm::MlDsa(MlDsa::MlDsa87), None),
        _ => return None,
    })
}

/// Whether `signature` over `message` was made with the key of `certificate`.
pub(crate) fn check(
    version: Version,
    scheme: Scheme,
    certificate: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Possession {
    let Some((algorithm, curve)) = algorithm(scheme) else {
        return Possession::Unproven(format!("the handshake is signed by {scheme}, which is not known here"));
    };
    let certificate = match Certificate::from_der(certificate) {
        Ok(certificate) => certificate,
        Err(error) => return Possession::Unproven(format!("the certificate cannot be read: {error}")),
    };
    let spki = certificate.spki();
    let key = match spki.public_key() {
        Ok(key) => key,
        Err(error) => return Possession::Unproven(format!("the certificate's key cannot be read: {error}")),
    };
    // RFC 8446 §4.2.3: from TLS 1.3 on an ECDSA scheme names the curve too.
    if version >= Version::TLS_1_3
        && let (Some(wanted), PublicKey::Ec { curve, .. }) = (curve, key)
        && wanted != curve
    {
        return Possession::Disproven(scheme, format!("{scheme} is not for a key of the kind {}", key.describe()));
    }
    let checked =
        check_key_restrictions(&spki.algorithm, &algorithm).and_then(|()| verify(&algorithm, &key, message, signature));
    match checked {
        Ok(()) => Possession::Proven(scheme),
        Err(
            error @ (VerifyError::UnsupportedAlgorithm(_)
            | VerifyError::UnsupportedKey(_)
            | VerifyError::DsaParametersMissing
            | VerifyError::LimitExceeded { .. }),
        ) => Possession::Unproven(error.to_string()),
        Err(error) => Possession::Disproven(scheme, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_testkit::{CertificateBuilder, Key, Name, Signing};

    fn certificate(key: Key) -> Vec<u8> {
        CertificateBuilder::new(Name::cn("host.test"), key).self_signed()
    }

    #[test]
    fn a_signature_is_the_key_s_or_it_is_not() {
        let message = b"what is signed";
        let cases = [
            (Key::p256(1), Signing::EcdsaSha256, 0x0403),
            (Key::p384(1), Signing::EcdsaSha384, 0x0503),
            (Key::p521(1), Signing::EcdsaSha512, 0x0603),
            (Key::ed25519(1), Signing::Ed25519, 0x0807),
            (Key::ml_dsa_65(1), Signing::MlDsa65, 0x0905),
            (Key::rsa2048(0), Signing::RsaSha256, 0x0401),
            (Key::rsa2048(0), Signing::RsaSha1, 0x0201),
        ];
        for (key, signing, number) in cases {
            let scheme = Scheme(number);
            let der = certificate(key);
            let signature = key.sign(signing, message);
            let check = |message: &[u8], der: &[u8]| check(Version::TLS_1_2, scheme, der, message, &signature);
            assert_eq!(check(message, &der), Possession::Proven(scheme), "{scheme}");
            assert!(matches!(check(b"something else", &der), Possession::Disproven(..)), "{scheme}");
            assert!(matches!(check(message, b"no certificate"), Possession::Unproven(_)), "{scheme}");
        }
    }

    #[test]
    fn tls_1_3_binds_a_curve_to_its_scheme() {
        let key = Key::p384(1);
        let signature = key.sign(Signing::EcdsaSha256, b"m");
        let at = |version| check(version, Scheme(0x0403), &certificate(key), b"m", &signature);
        assert_eq!(at(Version::TLS_1_2), Possession::Proven(Scheme(0x0403)));
        assert!(matches!(at(Version::TLS_1_3), Possession::Disproven(..)));
    }

    #[test]
    fn what_cannot_be_verified_proves_nothing() {
        let der = certificate(Key::p256(1));
        for scheme in [Scheme(0x0808), Scheme(0x9999)] {
            let found = check(Version::TLS_1_3, scheme, &der, b"m", b"s");
            assert!(matches!(found, Possession::Unproven(_)), "{found:?}");
        }
    }
}
