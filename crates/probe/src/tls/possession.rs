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

/// The algorithm of a scheme that is offered (RFC 8446 §4.2.3, RFC 5246 §7.4.1.4.1), and
/// for TLS 1.3 the curve that goes with it.
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
        0x0804 | 0x0809 => (pss(Sha256), None),
        0x0805 | 0x080a => (pss(Sha384), None),
        0x0806 | 0x080b => (pss(Sha512), None),
        0x0807 => (SignatureAlgorithm::Ed25519, None),
        0x0904 => (SignatureAlgorithm::MlDsa(MlDsa::MlDsa44), None),
        0x0905 => (SignatureAlgorithm::MlDsa(MlDsa::MlDsa65), None),
        0x0906 => (SignatureAlgorithm::MlDsa(MlDsa::MlDsa87), None),
        _ => return None,
    })
}

/// Whether TLS 1.3 rules a scheme out for handshakes: PKCS #1 v1.5, and SHA-1 (RFC 8446
/// §4.2.3: they are for certificates alone).
fn is_for_certificates_alone(scheme: Scheme) -> bool {
    matches!(scheme.0, 0x0401 | 0x0501 | 0x0601 | 0x0201 | 0x0203)
}

/// Whether a key is of the kind that a scheme is for (RFC 8446 §4.2.3: rsae schemes are
/// for keys marked rsaEncryption, pss schemes for those marked id-RSASSA-PSS).
fn is_for(scheme: Scheme, key: &PublicKey<'_>) -> bool {
    match (scheme.0, key) {
        (0x0201 | 0x0401 | 0x0501 | 0x0601 | 0x0804..=0x0806, PublicKey::Rsa { pss_only, .. }) => !pss_only,
        (0x0809..=0x080b, PublicKey::Rsa { pss_only, .. }) => *pss_only,
        (0x0203 | 0x0403 | 0x0503 | 0x0603, PublicKey::Ec { .. }) | (0x0807, PublicKey::Ed25519(_)) => true,
        (0x0904, PublicKey::MlDsa(kind, _)) => *kind == MlDsa::MlDsa44,
        (0x0905, PublicKey::MlDsa(kind, _)) => *kind == MlDsa::MlDsa65,
        (0x0906, PublicKey::MlDsa(kind, _)) => *kind == MlDsa::MlDsa87,
        _ => false,
    }
}

/// Whether `signature` over `message` was made with the key of `certificate`. A scheme
/// that was not offered, or is not for such a key, proves the contrary: the TLS library
/// takes any, and whoever copied a certificate can sign with garbage by one of them.
pub(crate) fn check(
    version: Version,
    scheme: Scheme,
    certificate: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Possession {
    let disproven = |why: String| Possession::Disproven(scheme, why);
    let Some((algorithm, curve)) = algorithm(scheme).filter(|_| scheme.is_offered()) else {
        return disproven(format!("the handshake is signed by {scheme}, which was not offered (RFC 8446 §4.4.3)"));
    };
    if version >= Version::TLS_1_3 && is_for_certificates_alone(scheme) {
        return disproven(format!("{version} does not allow {scheme} for handshakes (RFC 8446 §4.2.3)"));
    }
    let certificate = match Certificate::from_der(certificate) {
        Ok(certificate) => certificate,
        Err(error) => return Possession::Unproven(format!("the certificate cannot be read: {error}")),
    };
    let spki = certificate.spki();
    let key = match spki.public_key() {
        Ok(key) => key,
        Err(error) => return Possession::Unproven(format!("the certificate's key cannot be read: {error}")),
    };
    if !is_for(scheme, &key) {
        return disproven(format!("{scheme} is not for a key of the kind {}", key.describe()));
    }
    // RFC 8446 §4.2.3: from TLS 1.3 on an ECDSA scheme names the curve too.
    if version >= Version::TLS_1_3
        && let (Some(wanted), PublicKey::Ec { curve, .. }) = (curve, key)
        && wanted != curve
    {
        return disproven(format!("{scheme} is not for a key of the kind {}", key.describe()));
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
        Err(error) => disproven(error.to_string()),
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

    /// Anybody can copy a certificate and sign with garbage by a scheme that nobody verifies.
    #[test]
    fn a_scheme_that_was_not_offered_proves_the_contrary() {
        let der = certificate(Key::p256(1));
        // Ed448, DSA with SHA-1, MD5 with RSA, none of the registry.
        for scheme in [Scheme(0x0808), Scheme(0x0202), Scheme(0x0101), Scheme(0x9999)] {
            for version in [Version::TLS_1_2, Version::TLS_1_3] {
                let found = check(version, scheme, &der, b"m", b"s");
                assert!(matches!(found, Possession::Disproven(..)), "{found:?}");
            }
        }
    }

    #[test]
    fn a_scheme_for_another_kind_of_key_proves_the_contrary() {
        let keys = [Key::p256(1), Key::rsa2048(0), Key::ed25519(1), Key::ml_dsa_65(1)];
        for (key, scheme) in [(0, 0x0804), (1, 0x0403), (1, 0x0809), (2, 0x0403), (2, 0x0804), (3, 0x0904), (0, 0x0807)]
        {
            for version in [Version::TLS_1_2, Version::TLS_1_3] {
                let found = check(version, Scheme(scheme), &certificate(keys[key]), b"m", b"s");
                assert!(matches!(found, Possession::Disproven(..)), "{scheme:04x}: {found:?}");
            }
        }
    }

    #[test]
    fn tls_1_3_has_no_handshakes_signed_by_pkcs_1_or_sha_1() {
        let cases = [(Key::rsa2048(0), Signing::RsaSha256, 0x0401), (Key::rsa2048(0), Signing::RsaSha1, 0x0201)];
        for (key, signing, number) in cases {
            let signature = key.sign(signing, b"m");
            let at = |version| check(version, Scheme(number), &certificate(key), b"m", &signature);
            assert_eq!(at(Version::TLS_1_2), Possession::Proven(Scheme(number)));
            let found = at(Version::TLS_1_3);
            assert!(matches!(&found, Possession::Disproven(_, why) if why.contains("§4.2.3")), "{found:?}");
        }
    }

    /// What is offered can be verified: with a key of its kind a wrong signature is found out.
    #[test]
    fn whatever_is_offered_can_be_verified() {
        for scheme in Scheme::offered() {
            assert!(algorithm(scheme).is_some(), "{scheme}");
        }
    }
}
