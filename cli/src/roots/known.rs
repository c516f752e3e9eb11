//! Where issuers publish roots that are often missing, as data.
//!
//! Nothing is downloaded; the SHA-256 says whether what came is what was meant.

/// A root and where its issuer publishes it.
pub(super) struct KnownRoot {
    /// SHA-256 of the certificate.
    pub(super) sha256: &'static str,
    /// Its common name, for readers of this table.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests hold it to the certificates"))]
    pub(super) name: &'static str,
    /// The issuer's own URL.
    pub(super) url: &'static str,
}

const fn known(sha256: &'static str, name: &'static str, url: &'static str) -> KnownRoot {
    KnownRoot { sha256, name, url }
}

/// The URL of a certificate, by its SHA-256 in lower-case hexadecimal.
pub(super) fn download(sha256: &str) -> Option<&'static str> {
    KNOWN.iter().find(|root| root.sha256 == sha256).map(|root| root.url)
}

/// Sources: for DigiCert, Baltimore and Microsoft the table of roots in Microsoft's "Azure TLS
/// certificate changes" and "Office TLS certificate changes"; for Let's Encrypt its page "Chains
/// of Trust"; for Google pki.goog/repository; for Amazon amazontrust.com/repository; for GlobalSign
/// the AIA of the certificates that it issues.
#[rustfmt::skip]
const KNOWN: &[KnownRoot] = &[
    known("cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f", "DigiCert Global Root G2", "http://cacerts.digicert.com/DigiCertGlobalRootG2.crt"),
    known("4348a0e9444c78cb265e058d5e8944b4d84f9662bd26db257f8934a443c70161", "DigiCert Global Root CA", "http://cacerts.digicert.com/DigiCertGlobalRootCA.crt"),
    known("371a00dc0533b3721a7eeb40e8419e70799d2b0a0f2c1d80693165f7cec4ad75", "DigiCert TLS RSA4096 Root G5", "http://cacerts.digicert.com/DigiCertTLSRSA4096RootG5.crt"),
    known("552f7bdcf1a7af9e6ce672017f4f12abf77240c78e761ac203d1d9d20ac89988", "DigiCert Trusted Root G4", "http://cacerts.digicert.com/DigiCertTrustedRootG4.crt"),
    known("16af57a9f676b0ab126095aa5ebadef22ab31119d644ac95cd4b93dbf3f26aeb", "Baltimore CyberTrust Root", "http://cacerts.digicert.com/BaltimoreCyberTrustRoot.crt"),
    known("c741f70f4b2a8d88bf2e71c14122ef53ef10eba0cfa5e64cfa20f418853073e0", "Microsoft RSA Root Certificate Authority 2017", "https://www.microsoft.com/pkiops/certs/Microsoft%20RSA%20Root%20Certificate%20Authority%202017.crt"),
    known("358df39d764af9e1b766e9c972df352ee15cfac227af6ad1d70e8e4a6edcba02", "Microsoft ECC Root Certificate Authority 2017", "https://www.microsoft.com/pkiops/certs/Microsoft%20ECC%20Root%20Certificate%20Authority%202017.crt"),
    known("96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6", "ISRG Root X1", "https://letsencrypt.org/certs/isrgrootx1.der"),
    known("69729b8e15a86efc177a57afb7171dfc64add28c2fca8cf1507e34453ccb1470", "ISRG Root X2", "https://letsencrypt.org/certs/isrg-root-x2.der"),
    known("d947432abde7b7fa90fc2e6b59101b1280e0e1c7e4e40fa3c6887fff57a7f4cf", "GTS Root R1", "https://pki.goog/repo/certs/gtsr1.der"),
    known("8d25cd97229dbf70356bda4eb3cc734031e24cf00fafcfd32dc76eb5841c7ea8", "GTS Root R2", "https://pki.goog/repo/certs/gtsr2.der"),
    known("34d8a73ee208d9bcdb0d956520934b4e40e69482596e8b6f73c8426b010a6f48", "GTS Root R3", "https://pki.goog/repo/certs/gtsr3.der"),
    known("349dfa4058c5e263123b398ae795573c4e1313c83fe68f93556cd5e8031b3c7d", "GTS Root R4", "https://pki.goog/repo/certs/gtsr4.der"),
    known("8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e", "Amazon Root CA 1", "https://www.amazontrust.com/repository/AmazonRootCA1.cer"),
    known("1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4", "Amazon Root CA 2", "https://www.amazontrust.com/repository/AmazonRootCA2.cer"),
    known("18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4", "Amazon Root CA 3", "https://www.amazontrust.com/repository/AmazonRootCA3.cer"),
    known("e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092", "Amazon Root CA 4", "https://www.amazontrust.com/repository/AmazonRootCA4.cer"),
    known("cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b", "GlobalSign Root CA - R3", "http://secure.globalsign.com/cacert/root-r3.crt"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Roots that Mozilla no longer trusts, which programs still ask for.
    const NOT_IN_MOZILLA: [&str; 3] =
        ["Baltimore CyberTrust Root", "DigiCert Global Root CA", "DigiCert Global Root G2"];

    #[test]
    fn digests_are_those_of_the_roots_of_these_names() {
        let mozilla = crate::trust::mozilla();
        for root in KNOWN {
            assert!(root.sha256.len() == 64 && root.url.starts_with("http"), "{}", root.name);
            let anchor = mozilla.iter().find(|anchor| anchor.id().is_some_and(|id| id.to_string() == root.sha256));
            match anchor {
                Some(anchor) => assert!(anchor.name().brief().contains(root.name), "{}", root.name),
                None => assert!(NOT_IN_MOZILLA.contains(&root.name), "{}: is in no set", root.name),
            }
        }
    }
}
