//! The providers that are known by name. Data alone.

use super::names::{
    BASE, BASE_DSS_DH, Class, ENHANCED, ENHANCED_AES, PASSPORT_KSP, PLATFORM, PROTOTYPE, ProviderType, RSA_SCHANNEL,
    SMART_CARD_CSP, SMART_CARD_KSP, SOFTWARE_KSP,
};
use super::statement::{Confidence, Stated, source};

/// A provider of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownProvider {
    /// Its name as Windows spells it.
    pub name: &'static str,
    /// What it is.
    pub class: Class,
    /// Who makes it.
    pub vendor: &'static str,
    /// How well name and class are founded.
    pub confidence: Confidence,
    /// What one should know before one uses it.
    pub note: Option<Stated<&'static str>>,
    /// Whether keys of servers are badly kept there: it is Base, is for signatures
    /// alone, or keeps keys on a smart card or for a person.
    pub is_unfit: bool,
}

impl KnownProvider {
    /// All in the table: CSPs, then KSPs, Microsoft's first.
    pub fn all() -> &'static [KnownProvider] {
        KNOWN
    }

    /// Whether it keeps keys on a smart card, so that nothing is imported without one.
    pub fn is_on_smart_card(&self) -> bool {
        self.name == SMART_CARD_CSP || self.name == SMART_CARD_KSP
    }

    /// The one with this name, without regard to case.
    pub fn by_name(name: &str) -> Option<&'static KnownProvider> {
        KNOWN.iter().find(|known| {
            name.eq_ignore_ascii_case(known.name)
                || name
                    .strip_suffix(PROTOTYPE)
                    .is_some_and(|base| known.name == ENHANCED_AES && base.eq_ignore_ascii_case(known.name))
        })
    }
}

const MICROSOFT: &str = "Microsoft";

const fn csp(name: &'static str, provider_type: ProviderType, vendor: &'static str) -> KnownProvider {
    let class = Class::Csp { provider_type };
    KnownProvider { name, class, vendor, confidence: Confidence::Documented, note: None, is_unfit: false }
}

const fn ksp(name: &'static str, vendor: &'static str) -> KnownProvider {
    KnownProvider { name, class: Class::Ksp, vendor, confidence: Confidence::Documented, note: None, is_unfit: false }
}

const fn noted(known: KnownProvider, note: Stated<&'static str>) -> KnownProvider {
    KnownProvider { note: Some(note), ..known }
}

const fn unfit(known: KnownProvider) -> KnownProvider {
    KnownProvider { is_unfit: true, ..known }
}

const fn with(known: KnownProvider, confidence: Confidence) -> KnownProvider {
    KnownProvider { confidence, ..known }
}

const KNOWN: &[KnownProvider] = &[
    unfit(noted(
        csp(BASE, ProviderType::RSA_FULL, MICROSOFT),
        Stated::new(
            "importers that prefer CNG put the key into a KSP all the same, and without administrative rights RSA exchange keys beyond 1024 bits are refused",
            Confidence::Observed,
            source::RUNTIME_119124,
        ),
    )),
    csp(ENHANCED, ProviderType::RSA_FULL, MICROSOFT),
    csp("Microsoft Strong Cryptographic Provider", ProviderType::RSA_FULL, MICROSOFT),
    unfit(noted(
        csp(SMART_CARD_CSP, ProviderType::RSA_FULL, MICROSOFT),
        Stated::new(
            "keys live on a smart card; since the updates of October 2025 (KB5066835) programs that ask it for RSA keys fail with \"Invalid provider type specified\"",
            Confidence::Observed,
            "KeePass plugin issues 14, 15",
        ),
    )),
    unfit(noted(
        csp("Microsoft RSA Signature Cryptographic Provider", ProviderType::RSA_SIG, MICROSOFT),
        Stated::new(
            "it makes signatures alone and exchanges no keys",
            Confidence::Documented,
            "wincrypt.h, PROV_RSA_SIG",
        ),
    )),
    csp("Microsoft Base DSS Cryptographic Provider", ProviderType::DSS, MICROSOFT),
    csp(RSA_SCHANNEL, ProviderType::RSA_SCHANNEL, MICROSOFT),
    csp(BASE_DSS_DH, ProviderType::DSS_DH, MICROSOFT),
    csp("Microsoft Enhanced DSS and Diffie-Hellman Cryptographic Provider", ProviderType::DSS_DH, MICROSOFT),
    csp("Microsoft DH SChannel Cryptographic Provider", ProviderType::DH_SCHANNEL, MICROSOFT),
    csp(ENHANCED_AES, ProviderType::RSA_AES, MICROSOFT),
    csp("Luna Cryptographic Services for Microsoft Windows", ProviderType::RSA_FULL, "Thales"),
    csp("Luna SChannel Cryptographic Services for Microsoft Windows", ProviderType::RSA_SCHANNEL, "Thales"),
    csp("Luna enhanced RSA and AES provider for Microsoft Windows", ProviderType::RSA_AES, "Thales"),
    with(csp("eToken Base Cryptographic Provider", ProviderType::RSA_FULL, "Thales"), Confidence::Low),
    csp("DigiCert PKI Client CSP", ProviderType::RSA_FULL, "DigiCert"),
    ksp(SOFTWARE_KSP, MICROSOFT),
    unfit(noted(
        ksp(SMART_CARD_KSP, MICROSOFT),
        Stated::new(
            "keys live on a smart card; nothing is imported without one",
            Confidence::Medium,
            "the provider's name",
        ),
    )),
    unfit(noted(
        ksp(PASSPORT_KSP, MICROSOFT),
        Stated::new("keys of Windows Hello, bound to a user", Confidence::Medium, "the provider's name"),
    )),
    noted(
        ksp(PLATFORM, MICROSOFT),
        Stated::new("keys live in the TPM of one machine", Confidence::Documented, source::CERTUTIL_HELP),
    ),
    ksp("nCipher Security World Key Storage Provider", "Entrust"),
    ksp("SafeNet Key Storage Provider", "Thales"),
    ksp("Cavium Key Storage Provider", "Amazon (SDK 3), Azure Cloud HSM"),
    ksp("CloudHSM Key Storage Provider", "Amazon (SDK 5)"),
    ksp("Securosys Primus HSM Key Storage Provider", "Securosys"),
    ksp("Cosmian KMS KSP", "Cosmian"),
];
