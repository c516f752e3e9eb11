//! Where issuers publish roots that are often missing, as data.
//!
//! Nothing is downloaded; the SHA-256 says whether what came is what was meant.

/// A root and where its issuer publishes it. Digests are in lower-case hexadecimal.
pub(crate) struct KnownRoot {
    /// Its common name, or the unit where that says more.
    pub(crate) name: &'static str,
    /// SHA-256 of the certificate.
    pub(crate) sha256: &'static str,
    /// SHA-1 of the certificate.
    pub(crate) sha1: &'static str,
    /// SHA-256 of the SubjectPublicKeyInfo.
    pub(crate) spki_sha256: &'static str,
    /// The issuer's own URL.
    pub(crate) url: &'static str,
}

const fn known(
    name: &'static str,
    sha256: &'static str,
    sha1: &'static str,
    spki_sha256: &'static str,
    url: &'static str,
) -> KnownRoot {
    KnownRoot { name, sha256, sha1, spki_sha256, url }
}

/// The root of this name; case does not count.
pub(super) fn by_name(name: &str) -> Option<&'static KnownRoot> {
    KNOWN.iter().find(|root| root.name.eq_ignore_ascii_case(name))
}

/// The root of this SHA-1 or SHA-256 in lower-case hexadecimal.
pub(super) fn by_thumbprint(digits: &str) -> Option<&'static KnownRoot> {
    KNOWN.iter().find(|root| root.sha256 == digits || root.sha1 == digits)
}

/// Sources: for DigiCert, Baltimore and Microsoft the table of roots in Microsoft's "Azure TLS
/// certificate changes" and "Office TLS certificate changes"; for Let's Encrypt its page "Chains
/// of Trust"; for Google pki.goog/repository; for Amazon amazontrust.com/repository; for GlobalSign
/// the AIA of the certificates that it issues.
#[rustfmt::skip]
const KNOWN: &[KnownRoot] = &[
    known("DigiCert Global Root G2", "cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f", "df3c24f9bfd666761b268073fe06d1cc8d4f82a4", "8bb593a93be1d0e8a822bb887c547890c3e706aad2dab76254f97fb36b82fc26", "http://cacerts.digicert.com/DigiCertGlobalRootG2.crt"),
    known("DigiCert Global Root CA", "4348a0e9444c78cb265e058d5e8944b4d84f9662bd26db257f8934a443c70161", "a8985d3a65e5e5c4b2d7d66d40c6dd2fb19c5436", "aff988906dde12955d9bebbf928fdcc31cce328d5b9384f21c8941ca26e20391", "http://cacerts.digicert.com/DigiCertGlobalRootCA.crt"),
    known("DigiCert TLS RSA4096 Root G5", "371a00dc0533b3721a7eeb40e8419e70799d2b0a0f2c1d80693165f7cec4ad75", "a78849dc5d7c758c8cde399856b3aad0b2a57135", "6a97b51c8219e93e5dec64bad5806cdeb0f8355be47e757010b702456e01aafd", "http://cacerts.digicert.com/DigiCertTLSRSA4096RootG5.crt"),
    known("DigiCert Trusted Root G4", "552f7bdcf1a7af9e6ce672017f4f12abf77240c78e761ac203d1d9d20ac89988", "ddfb16cd4931c973a2037d3fc83a4d7d775d05e4", "59df317bfa9f4f0ab7ca514d7772296aa2c765b87664d08b96e57399e364729c", "http://cacerts.digicert.com/DigiCertTrustedRootG4.crt"),
    known("Baltimore CyberTrust Root", "16af57a9f676b0ab126095aa5ebadef22ab31119d644ac95cd4b93dbf3f26aeb", "d4de20d05e66fc53fe1a50882c78db2852cae474", "63d9af9b47b1064d49a10e7b7fd566dbc8caa399459bfc2829c571ad8c6ef34a", "http://cacerts.digicert.com/BaltimoreCyberTrustRoot.crt"),
    known("Microsoft RSA Root Certificate Authority 2017", "c741f70f4b2a8d88bf2e71c14122ef53ef10eba0cfa5e64cfa20f418853073e0", "73a5e64a3bff8316ff0edccc618a906e4eae4d74", "b2f7298b52bf2c3cac4ddfe72de4d682ac58957595982f2b62301af597c699c5", "https://www.microsoft.com/pkiops/certs/Microsoft%20RSA%20Root%20Certificate%20Authority%202017.crt"),
    known("Microsoft ECC Root Certificate Authority 2017", "358df39d764af9e1b766e9c972df352ee15cfac227af6ad1d70e8e4a6edcba02", "999a64c37ff47d9fab95f14769891460eec4c3c5", "35f53ce1264611e03340fe37e1ec7d4cc986c5613dca70fd04aa44545f2daf28", "https://www.microsoft.com/pkiops/certs/Microsoft%20ECC%20Root%20Certificate%20Authority%202017.crt"),
    known("ISRG Root X1", "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6", "cabd2a79a1076a31f21d253635cb039d4329a5e8", "0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3", "https://letsencrypt.org/certs/isrgrootx1.der"),
    known("ISRG Root X2", "69729b8e15a86efc177a57afb7171dfc64add28c2fca8cf1507e34453ccb1470", "bdb1b93cd5978d45c6261455f8db95c75ad153af", "762195c225586ee6c0237456e2107dc54f1efc21f61a792ebd515913cce68332", "https://letsencrypt.org/certs/isrg-root-x2.der"),
    known("GTS Root R1", "d947432abde7b7fa90fc2e6b59101b1280e0e1c7e4e40fa3c6887fff57a7f4cf", "e58c1cc4913b38634be9106ee3ad8e6b9dd9814a", "871a9194f4eed5b312ff40c84c1d524aed2f778bbff25f138cf81f680a7adc67", "https://pki.goog/repo/certs/gtsr1.der"),
    known("GTS Root R2", "8d25cd97229dbf70356bda4eb3cc734031e24cf00fafcfd32dc76eb5841c7ea8", "9a44497632dbdefad0bcfb5a7b17bd9e56092494", "55f77de41c03792428f8d518c55104225be43a5598d926a528ad653e1ccec7bf", "https://pki.goog/repo/certs/gtsr2.der"),
    known("GTS Root R3", "34d8a73ee208d9bcdb0d956520934b4e40e69482596e8b6f73c8426b010a6f48", "ede571802bc892b95b833cd232683f09cda01e46", "4179edd981ef747477b49626408af43daa2ca7ab7f9e082c1060f84096774348", "https://pki.goog/repo/certs/gtsr3.der"),
    known("GTS Root R4", "349dfa4058c5e263123b398ae795573c4e1313c83fe68f93556cd5e8031b3c7d", "77d30367b5e00c15f60c3861df7ce13b92464d47", "9847e5653e5e9e847516e5cb818606aa7544a19be67fd7366d506988e8d84347", "https://pki.goog/repo/certs/gtsr4.der"),
    known("Amazon Root CA 1", "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e", "8da7f965ec5efc37910f1c6e59fdc1cc6a6ede16", "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2", "https://www.amazontrust.com/repository/AmazonRootCA1.cer"),
    known("Amazon Root CA 2", "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4", "5a8cef45d7a69859767a8c8b4496b578cf474b1a", "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461", "https://www.amazontrust.com/repository/AmazonRootCA2.cer"),
    known("Amazon Root CA 3", "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4", "0d44dd8c3c8c1a1a58756481e90f2e2affb3d26e", "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9", "https://www.amazontrust.com/repository/AmazonRootCA3.cer"),
    known("Amazon Root CA 4", "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092", "f6108407d6f8bb67980cc2e244c2ebae1cef63be", "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5", "https://www.amazontrust.com/repository/AmazonRootCA4.cer"),
    known("GlobalSign Root CA - R3", "cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b", "d69b561148f01c77c54578c10926df5b856976ad", "706bb1017c855c59169bad5c1781cf597f12d2cad2f63d1a4aa37493800ffb80", "http://secure.globalsign.com/cacert/root-r3.crt"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use certlens_core::crypto::algorithm::HashAlgorithm;
    use certlens_core::crypto::digest;
    use certlens_core::encoding::hex;

    /// Roots that Mozilla no longer trusts, which programs still ask for.
    const NOT_IN_MOZILLA: [&str; 3] = ["Baltimore CyberTrust Root", "DigiCert Global Root CA", "GTS Root R2"];

    #[test]
    fn digests_are_those_of_the_roots_of_these_names() {
        let mozilla = crate::trust::mozilla();
        for root in KNOWN {
            assert_eq!((root.sha256.len(), root.sha1.len(), root.spki_sha256.len()), (64, 40, 64), "{}", root.name);
            assert!(root.url.starts_with("http"), "{}", root.name);
            let anchor = mozilla.iter().find(|anchor| anchor.id().is_some_and(|id| id.to_string() == root.sha256));
            match anchor {
                Some(anchor) => {
                    assert!(!NOT_IN_MOZILLA.contains(&root.name), "{}", root.name);
                    assert!(anchor.name().brief().contains(root.name), "{}", root.name);
                    let certificate = anchor.certificate().unwrap();
                    let key = digest(HashAlgorithm::Sha256, certificate.spki_raw()).unwrap();
                    assert_eq!(hex::encode(&key), root.spki_sha256, "{}", root.name);
                    assert_eq!(crate::facts::certificate::thumbprint(certificate.der()), root.sha1, "{}", root.name);
                }
                None => assert!(NOT_IN_MOZILLA.contains(&root.name), "{}: is in no set", root.name),
            }
        }
    }
}
